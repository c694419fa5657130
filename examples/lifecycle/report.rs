//! What is shown: each effect as it is carried out, what is waited for, and how it all ended.

use std::io::IsTerminal;
use std::time::Duration;

use catalog_examples::{Answer, Arguments, Failure, Format, Output};
use catalog_hooks::journal::{
    AttemptJournal, Journal, OperationJournal, OperationStatus, RunState,
};
use catalog_hooks::plan::PlannedOperation;
use catalog_hooks::{Machine, Outcome, Poll, Stop};
use indicatif::ProgressBar;
use serde_json::{Value, json};

use crate::DECISIONS;
use crate::commands::Commands;
use crate::planning::{as_options, listed, needed_by};

/// Shows a run.
pub(crate) struct Reporter<'o> {
    output: &'o mut Output,
    format: Format,
    /// On a terminal, what is waited for; elsewhere each new wait is a line.
    waiting: Option<ProgressBar>,
    /// The last effect and the last wait that were shown: what is tried again and again is shown once.
    last: [String; 2],
    effects: u64,
    crash_after: Option<u64>,
    pace: Option<Duration>,
    /// Of a run of several operations, which package each is about.
    packages: Vec<String>,
}

impl<'o> Reporter<'o> {
    pub(crate) fn new(arguments: &Arguments, output: &'o mut Output) -> Result<Self, Failure> {
        let number = |option, what| {
            let text = arguments.option(option);
            let number = text.map(|text| {
                text.parse::<u64>()
                    .map_err(|_| Failure::new(format!("`{text}` is no number of {what}")))
            });
            number.transpose()
        };
        let format = arguments.format()?;
        let on_terminal = format == Format::Text && std::io::stderr().is_terminal();
        Ok(Self {
            output,
            format,
            waiting: on_terminal.then(ProgressBar::new_spinner),
            last: Default::default(),
            effects: 0,
            crash_after: number("crash-after", "effects")?,
            pace: number("pace", "milliseconds")?.map(Duration::from_millis),
            packages: Vec::new(),
        })
    }

    /// Where something else than a run is shown.
    pub(crate) fn page(&mut self) -> (Format, &mut Output) {
        (self.format, self.output)
    }

    /// Shows what a run of several operations will do, and what of it is done.
    pub(crate) fn begin(&mut self, machine: &Machine) {
        let plan = machine.plan();
        let operations = plan.operations();
        if operations.len() < 2 {
            return;
        }
        let packages = operations.iter().map(|one| one.operation().package());
        self.packages = packages.map(ToString::to_string).collect();
        if self.format == Format::Json {
            return;
        }
        let journal = machine.journal();
        for (planned, operation) in operations.iter().zip(journal.operations()) {
            let status = match operation.status() {
                OperationStatus::NotStarted => String::new(),
                _ => format!(": {}", status(operation)),
            };
            self.output.line(format!("{}{status}", listed(planned)));
        }
        self.output.show();
    }

    /// Shows what comes next, before it is done.
    pub(crate) fn show(&mut self, next: &Poll) {
        match next {
            Poll::Do(effect) => {
                if self.crash_after == Some(self.effects) {
                    self.output.show();
                    std::process::abort();
                }
                self.effects += 1;
                if let Some(pace) = self.pace {
                    std::thread::sleep(pace);
                }
                // What only reads is too much to follow.
                if effect.task.is_write() {
                    let package = effect.operation.and_then(|index| self.packages.get(index));
                    let line = match package {
                        Some(package) => format!("{package}: {}", effect.task),
                        None => effect.task.to_string(),
                    };
                    self.say(&line, 0);
                }
            }
            // Without a reason it waits for an answer only.
            Poll::Wait(wait) if wait.reasons.is_empty() => {}
            Poll::Wait(wait) => {
                let reasons = wait.reasons.join("; ");
                match &self.waiting {
                    Some(bar) => {
                        bar.enable_steady_tick(Duration::from_millis(100));
                        bar.set_message(catalog_conditions::show::one_line(&reasons));
                    }
                    None => self.say(&format!("wait {reasons}"), 1),
                }
            }
            _ => {}
        }
    }

    /// Shows a line of one of two kinds, unless it is as the last one of its kind.
    fn say(&mut self, line: &str, kind: usize) {
        let last = self.last.get_mut(kind);
        let is_new = last.is_some_and(|last| std::mem::replace(last, line.to_owned()) != line);
        if self.format == Format::Json || !is_new {
            return;
        }
        match &self.waiting {
            Some(bar) => {
                let output = &mut *self.output;
                bar.suspend(|| {
                    output.line(line);
                    output.show();
                });
            }
            None => {
                self.output.line(line);
                self.output.show();
            }
        }
    }

    /// Shows how it ended.
    pub(crate) fn end(
        self,
        machine: &Machine,
        outcome: &Outcome,
        commands: &Commands<'_>,
    ) -> Answer {
        if let Some(bar) = &self.waiting {
            bar.finish_and_clear();
        }
        let journal = machine.journal();
        let plan = machine.plan();
        let both = plan.operations().iter().zip(journal.operations());
        let ways = Ways {
            commands,
            // Of a run that stopped in the middle, what its operations say of the end is not true yet.
            state: match outcome {
                Outcome::Stopped(_) => RunState::UnderWay,
                _ => journal.state(),
            },
        };
        match self.format {
            Format::Text => {
                if plan.operations().is_empty() {
                    let lines = journal.history();
                    lines.iter().for_each(|line| self.output.line(line));
                    if lines.is_empty() {
                        self.output.line("no Job is held");
                    }
                }
                for (planned, operation) in both {
                    for line in in_words(planned, operation, &ways) {
                        self.output.line(line);
                    }
                }
                if let (Outcome::Partial | Outcome::Unchanged, 2..) =
                    (outcome, plan.operations().len())
                {
                    self.output.line("");
                    let all = counts(&journal);
                    self.output.line(format!("{}: {all}", kind(outcome)));
                }
                if let Outcome::Stopped(stop) = outcome {
                    self.output
                        .line(format!("stopped: {}", as_options(&stop.to_string())));
                    self.output.line(format!("next: {}", next(stop, &journal)));
                }
            }
            Format::Json => {
                let operations: Vec<Value> = both
                    .map(|(planned, operation)| as_json(planned, operation, &ways))
                    .collect();
                let stop = match outcome {
                    Outcome::Stopped(stop) => Some(stop.to_string()),
                    _ => None,
                };
                self.output.json(&json!({
                    "run": plan.run(), "outcome": kind(outcome), "stop": stop, "effects": self.effects,
                    "operations": operations, "history": journal.history(),
                }));
            }
        }
        match outcome {
            Outcome::Done => Answer::Fine,
            _ => Answer::Finding,
        }
    }
}

/// What a run that has ended can come to, and how that is asked for.
struct Ways<'a> {
    commands: &'a Commands<'a>,
    state: RunState,
}

impl Ways<'_> {
    /// What can be done next about an operation, if something is to be; of one that has not begun, by how far its run is.
    fn next(&self, planned: &PlannedOperation, one: &OperationJournal) -> Option<String> {
        let is_ahead = one.status() == OperationStatus::NotStarted;
        let next = match (self.state, one.failure()) {
            (RunState::UnderWay, _) => return None,
            (RunState::Waits, note) if is_ahead => {
                let next = note.map_or("resume, or abandon", |note| &note.next);
                return Some(format!("{next}; give --resume or --decide abandon"));
            }
            (RunState::Rests, _) if is_ahead => {
                return Some("it begins when all that comes before it is done".to_owned());
            }
            (RunState::Over, _) if is_ahead => "the run is over without it: begin again",
            (_, Some(note)) => &note.next,
            (_, None) => return None,
        };
        let next = self.commands.of(planned.operation(), &as_options(next));
        let decisions = match offered(planned, one).as_slice() {
            [] => String::new(),
            names => format!("; give --decide {}", names.join(" or ")),
        };
        Some(next + &decisions)
    }

    /// The decisions that change something of an operation, as they are given.
    fn offered(&self, planned: &PlannedOperation, one: &OperationJournal) -> Vec<&'static str> {
        match (self.state, one.status()) {
            (RunState::Waits, OperationStatus::NotStarted) => vec!["resume", "abandon"],
            _ => offered(planned, one),
        }
    }
}

/// What can be done about a run that stopped.
fn next(stop: &Stop, journal: &Journal) -> &'static str {
    let mut operations = journal.operations().iter();
    match stop {
        Stop::NotReleased(_) => "mend the cause, and the same command again",
        Stop::Leftovers(_) => "the same command again, when nothing of that is in the way",
        // There is no journal yet that could be resumed.
        _ if operations.all(|one| one.status() == OperationStatus::NotStarted) => {
            "the same command again"
        }
        _ => "the same command with --resume goes on where it stopped",
    }
}

fn kind(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Unchanged => "unchanged",
        Outcome::Partial => "partial",
        _ => "stopped",
    }
}

/// How many operations ended how, in the order in which that first came.
fn counts(journal: &Journal) -> String {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for status in journal.operations().iter().map(status) {
        match counts.iter_mut().find(|(known, _)| *known == status) {
            Some((_, count)) => *count += 1,
            None => counts.push((status, 1)),
        }
    }
    let counts = counts
        .iter()
        .map(|(status, count)| format!("{count} {status}"));
    counts.collect::<Vec<_>>().join(", ")
}

/// An operation and what came of it, with what can be done next.
fn in_words(
    planned: &PlannedOperation,
    operation: &OperationJournal,
    ways: &Ways<'_>,
) -> Vec<String> {
    let is_midway =
        ways.state == RunState::UnderWay && operation.status() == OperationStatus::Running;
    let status = match is_midway {
        true => "stopped in the middle".to_owned(),
        false => status(operation),
    };
    let mut lines = vec![String::new(), format!("{}: {status}", planned.operation())];
    for one in operation.attempts() {
        let (phase, hook, role, attempt) = (one.phase(), one.hook(), one.role(), one.attempt());
        lines.push(format!(
            "  {phase} {hook}, {role} {attempt}: {}",
            verdict(one)
        ));
    }
    if let Some(note) = operation.failure() {
        let what = match operation.status() {
            OperationStatus::NotStarted => "waits",
            _ => "failed",
        };
        let message = as_options(&note.message);
        lines.push(format!("  {what} in {}: {message}", note.step));
    }
    let next = ways.next(planned, operation);
    lines.extend(next.map(|next| format!("  next: {next}")));
    let remarks = operation.kept().iter().chain(operation.warnings());
    let remarks = remarks.map(|line| ways.commands.remark(planned, line));
    lines.extend(remarks.map(|line| format!("  {line}")));
    lines
}

/// The decisions that change something of an operation that came to rest, as they are given.
fn offered(planned: &PlannedOperation, operation: &OperationJournal) -> Vec<&'static str> {
    if !operation.status().is_open() {
        return Vec::new();
    }
    let all = DECISIONS.into_iter();
    let offered = all.filter(|(_, decision)| planned.refuses(operation, *decision).is_none());
    offered.map(|(name, _)| name).collect()
}

fn as_json(planned: &PlannedOperation, operation: &OperationJournal, ways: &Ways<'_>) -> Value {
    let attempts = operation.attempts().iter().map(|one| {
        let message = one.verdict().map(|verdict| verdict.message.clone());
        json!({
            "phase": one.phase(), "hook": one.hook(), "role": one.role().as_str(), "attempt": one.attempt(),
            "job": one.job(), "verdict": verdict(one), "message": message.unwrap_or_default(),
        })
    });
    let attempts: Vec<Value> = attempts.collect();
    let failure = operation
        .failure()
        .map(|note| json!({"step": note.step, "message": note.message, "next": note.next}));
    json!({
        "operation": planned.operation().to_string(), "level": planned.level(), "neededBy": needed_by(planned), "status": status(operation), "attempts": attempts,
        "kept": operation.kept(), "warnings": operation.warnings(), "failure": failure,
        "next": ways.next(planned, operation), "decisions": ways.offered(planned, operation),
    })
}

/// The status as the journal has it.
fn status(operation: &OperationJournal) -> String {
    match serde_json::to_value(operation.status()) {
        Ok(Value::String(status)) => status,
        _ => String::new(),
    }
}

fn verdict(attempt: &AttemptJournal) -> String {
    attempt
        .verdict()
        .map_or_else(|| "not over".to_owned(), |verdict| verdict.kind.to_string())
}
