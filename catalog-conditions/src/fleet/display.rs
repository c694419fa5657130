//! The matrix for people.

use std::fmt;

use super::cause::Cause;
use super::matrix::Matrix;
use super::trial::ChangeEffect;
use crate::report::Gate;
use crate::show;

/// How many names stand in a row before the rest is counted.
const NAMED: usize = 6;
/// How many sets and how many clusters a table has at most.
const TABLE: (usize, usize) = (40, 26);
/// How many causes and lines of advice are written out.
const CAUSES: usize = 20;

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_table(f)?;
        let green = (0..self.clusters().len()).filter(|one| self.is_green(*one));
        write!(
            f,
            "{} of {} green, {} of {} open",
            green.count(),
            counted(self.clusters().len(), "cluster"),
            self.open_gates(),
            counted(self.sets().len() * self.clusters().len(), "gate"),
        )?;
        for (at, cause) in self.causes().iter().take(CAUSES).enumerate() {
            write!(f, "\n\n{}. ", at + 1)?;
            self.write_cause(f, cause)?;
        }
        let more = self.causes().len().saturating_sub(CAUSES);
        if more > 0 {
            write!(f, "\n\n… {} more", counted(more, "cause"))?;
        }
        self.write_changes(f)
    }
}

impl Matrix {
    fn write_table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sets, clusters) = (self.sets(), self.clusters());
        if sets.len() > TABLE.0
            || clusters.len() > TABLE.1
            || sets.is_empty()
            || clusters.is_empty()
        {
            return Ok(());
        }
        let names: Vec<String> = sets.iter().map(|name| show::plain(name)).collect();
        let width = names.iter().map(|name| name.chars().count()).max();
        let width = width.unwrap_or_default();
        for (at, cluster) in clusters.iter().enumerate() {
            let bars = "│ ".repeat(at);
            writeln!(f, "{:width$}  {bars}┌ {}", "", show::plain(cluster))?;
        }
        for (set, name) in names.iter().enumerate() {
            write!(f, "{name:width$} ")?;
            for cluster in 0..clusters.len() {
                write!(f, " {}", self.gate(set, cluster).map_or(' ', letter))?;
            }
            writeln!(f)?;
        }
        writeln!(f, "P pass, W pass with warnings, ? indeterminate, F fail\n")
    }

    fn write_cause(&self, f: &mut fmt::Formatter<'_>, cause: &Cause) -> fmt::Result {
        let answer = cause.answer();
        let does = cause.effect().as_str();
        let clusters = named(self.clusters(), cause.clusters().iter().copied());
        let unwanted = if cause.is_unwanted() {
            " and must not be"
        } else {
            ""
        };
        let count = counted(cause.clusters().len(), "cluster");
        write!(
            f,
            "{}{unwanted} {does} in {count}: {clusters}",
            cause.code()
        )?;
        write!(f, "\n  asked by {}", self.askers(cause))?;
        let facts = [
            ("object", answer.object()),
            ("field", answer.field()),
            ("expected", answer.expected()),
        ];
        for (label, fact) in facts {
            if let Some(fact) = fact {
                write!(f, "\n  {label:<8} {fact}")?;
            }
        }
        self.write_found(f, cause)?;
        answer
            .help()
            .iter()
            .try_for_each(|line| write!(f, "\n  help     {line}"))
    }

    /// What was found: once, if it was the same wherever it is shown.
    fn write_found(&self, f: &mut fmt::Formatter<'_>, cause: &Cause) -> fmt::Result {
        let Some((_, first)) = cause.found().first() else {
            return Ok(());
        };
        if cause.found().iter().all(|(_, found)| found == first) {
            return write!(f, "\n  actual   {first}");
        }
        for (at, (cluster, found)) in cause.found().iter().enumerate() {
            let label = if at == 0 { "actual" } else { "" };
            let name = self.clusters().get(*cluster).map(|name| show::plain(name));
            write!(f, "\n  {label:<8} {found} in {}", name.unwrap_or_default())?;
        }
        Ok(())
    }

    fn askers(&self, cause: &Cause) -> String {
        let askers = cause.askers();
        let mut shown: Vec<String> = askers
            .iter()
            .take(NAMED)
            .map(|asker| {
                let set = self.sets().get(asker.set()).map(|name| show::plain(name));
                let condition = show::text(asker.condition());
                format!("{} {condition}", set.unwrap_or_default())
            })
            .collect();
        shown.dedup();
        if askers.len() > NAMED {
            shown.push(format!("… {} more", askers.len() - NAMED));
        }
        shown.join(", ")
    }

    fn write_changes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shut = self.sets().len() * self.clusters().len() - self.open_gates();
        let Some(best) = self.best_change() else {
            return match shut {
                0 => Ok(()),
                _ => write!(f, "\n\nno single change that is known opens a gate"),
            };
        };
        write!(f, "\n\nbest single change: {}", best.change())?;
        let green = best.turns_green();
        if green.is_empty() {
            write!(
                f,
                "\n  no single change turns a cluster green; this one opens most gates"
            )?;
        } else {
            let names = named(self.clusters(), green.iter().copied());
            let count = counted(green.len(), "cluster");
            write!(f, "\n  turns    {count} green: {names}")?;
        }
        write!(f, "\n  opens    {}", gates(best))?;
        let others = self.changes().get(1..).unwrap_or_default();
        for (at, other) in others.iter().enumerate() {
            let label = if at == 0 { "\n\nother changes" } else { "" };
            let count = counted(other.turns_green().len(), "cluster");
            let opens = gates(other);
            write!(
                f,
                "{label}\n  {}: turns {count} green, opens {opens}",
                other.change()
            )?;
        }
        match self.untried() {
            0 => Ok(()),
            untried => write!(
                f,
                "\n\n{} not tried: there are too many",
                counted(untried, "change")
            ),
        }
    }
}

fn gates(effect: &ChangeEffect) -> String {
    let opens = counted(effect.opens().len(), "gate");
    match effect.shuts() {
        0 => opens,
        shuts => format!("{opens}, and shuts {shuts}"),
    }
}

fn letter(gate: Gate) -> char {
    match gate {
        Gate::Pass => 'P',
        Gate::PassWithWarnings => 'W',
        Gate::Indeterminate => '?',
        Gate::Fail => 'F',
    }
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

/// Names in a row; many are counted.
fn named(names: &[String], which: impl ExactSizeIterator<Item = usize>) -> String {
    let total = which.len();
    let shown = which.take(NAMED).filter_map(|at| names.get(at));
    let mut shown: Vec<String> = shown.map(|name| show::plain(name)).collect();
    if total > NAMED {
        shown.push(format!("… {} more", total - NAMED));
    }
    shown.join(", ")
}
