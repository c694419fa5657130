//! In which order an answer is carried out.

mod diff;
mod graph;
mod json;
mod order;
mod preference;
mod step;

pub use self::diff::{PlanDiff, StepAspect, StepChange};
pub use self::step::{Action, Step};

use std::fmt;

use catalog_model::conditions::show::one_line;

use self::order::Order;
use crate::resolution::{Resolution, ResolvedRelease};

/// The steps that lead to a [`Resolution`], in an order in which everything comes after what it needs.
///
/// It is a directed graph too: each step says [after](Step::after) which others it comes, so that a service can begin each as soon as
/// those are done. It is written as text ([`Display`](fmt::Display)), as [JSON](Self::to_json), and as a graph for
/// [Graphviz](Self::to_dot) or [Mermaid](Self::to_mermaid).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    steps: Vec<Step>,
    cycles: Vec<Vec<usize>>,
    orphans: Vec<String>,
}

/// Orders a resolution. Steps of one level can be done at the same time, after all of the levels below. Packages that need
/// each other, as members of a group may, are on one level. Optional dependencies, required capabilities, what is in the way of
/// something new, and what the hops of upgrades need count so far as they close no cycle. What goes, goes after what needs it now has gone
/// or moved.
///
/// Takes n log n time in the releases and their dependencies.
#[must_use]
pub fn plan(resolution: &Resolution) -> Plan {
    let order = Order::of(resolution);
    let levels = order.levels();
    let mut steps: Vec<(usize, Step)> = Vec::with_capacity(levels.len());
    for (position, level) in levels.into_iter().enumerate() {
        let step = Step::at(resolution, position, level, order.before());
        steps.extend(step.map(|step| (position, step)));
    }
    steps.sort_by(|(_, a), (_, b)| a.place().cmp(&b.place()));
    let mut moved_to = vec![0; steps.len()];
    for (new, (old, _)) in steps.iter().enumerate() {
        if let Some(of) = moved_to.get_mut(*old) {
            *of = new;
        }
    }
    let new = |old: usize| moved_to.get(old).copied();
    let mut cycles: Vec<Vec<usize>> = Vec::new();
    for members in order.cycles() {
        let mut cycle: Vec<usize> = members.iter().filter_map(|old| new(*old)).collect();
        cycle.sort_unstable();
        cycles.push(cycle);
    }
    cycles.sort_unstable();
    let mut steps: Vec<Step> = steps.into_iter().map(|(_, step)| step).collect();
    for (from, to) in order.before() {
        if let (Some(from), Some(step)) = (new(*from), new(*to).and_then(|to| steps.get_mut(to))) {
            step.come_after(from);
        }
    }
    for step in &mut steps {
        step.sort_after();
    }
    Plan {
        steps,
        cycles,
        orphans: resolution
            .orphans()
            .map(ResolvedRelease::package)
            .map(str::to_owned)
            .collect(),
    }
}

impl Resolution {
    /// The [plan] of this resolution.
    #[must_use]
    pub fn plan(&self) -> Plan {
        plan(self)
    }
}

impl Plan {
    /// The steps by level, then by package name and namespace. What stays as it is installed is a step too, at the first level.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The groups of steps that need each other, as positions among the [steps](Self::steps), ascending. The members of a group are on one
    /// level, and none of them is [after](Step::after) another: they are done together, when all that any of them comes after is done, and
    /// what comes after one of them comes after all.
    #[must_use]
    pub fn cycles(&self) -> &[Vec<usize>] {
        &self.cycles
    }

    /// The packages that are installed and stay though nothing needs them any more, as [`Resolution::orphans`] has them.
    #[must_use]
    pub fn orphans(&self) -> &[String] {
        &self.orphans
    }

    /// The steps in which something happens.
    fn moving(&self) -> impl Iterator<Item = (usize, &Step)> {
        let steps = self.steps.iter().enumerate();
        steps.filter(|(_, step)| step.action() != Action::Keep)
    }

    /// How many packages stay as they are, in words; none if there are none.
    fn staying(&self) -> Option<String> {
        match self.steps.len() - self.moving().count() {
            0 => None,
            1 => Some("1 package stays as it is".to_owned()),
            count => Some(format!("{count} packages stay as they are")),
        }
    }
}

impl fmt::Display for Plan {
    /// A line a step: `1  install loki 3.2.0 in loki`, with levels counted from 1, and below it what its hops lack, and what breaks or is avoided. Steps in which nothing
    /// happens are counted in a last line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (_, step) in self.moving() {
            writeln!(f, "{:>2}  {step}", step.level() + 1)?;
            for need in step.unmet() {
                writeln!(f, "    warning: on the way, {}", one_line(need.text()))?;
            }
            for one in step.avoided() {
                writeln!(f, "    note: not at once, as {one}")?;
            }
            for one in step.breaks() {
                writeln!(f, "    warning: {one}")?;
            }
        }
        match self.staying() {
            Some(staying) => writeln!(f, "    {staying}"),
            None => Ok(()),
        }
    }
}
