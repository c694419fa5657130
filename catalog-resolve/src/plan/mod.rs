//! In which order an answer is carried out.

mod order;
mod step;

pub use self::step::{Action, Step};

use std::fmt;

use self::order::{levels, order};
use crate::resolution::Resolution;

/// The steps that lead to a [`Resolution`], in an order in which everything comes after what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    steps: Vec<Step>,
    cycles: Vec<Vec<String>>,
}

/// Orders a resolution. Steps of one level can be done at the same time, after all of the levels below. Packages that need
/// each other, as members of a group may, are on one level. Optional dependencies, required capabilities, and what is in the way of
/// something new count so far as they close no cycle. What goes, goes after what needs it now has gone or moved.
///
/// Takes time linear in the releases and their dependencies, unless optional dependencies and requirements form cycles.
#[must_use]
pub fn plan(resolution: &Resolution) -> Plan {
    let (order, cycles) = order(resolution);
    let mut steps: Vec<Step> = Vec::with_capacity(resolution.releases.len());
    for (node, level) in levels(&order) {
        for position in order.node_weight(node).into_iter().flatten() {
            steps.extend(Step::at(resolution, *position, level));
        }
    }
    steps.sort_by(|a, b| a.place().cmp(&b.place()));
    let names = |cycle: Vec<usize>| {
        let steps = cycle
            .into_iter()
            .filter_map(|at| Step::at(resolution, at, 0));
        steps.map(|step| step.package().to_owned()).collect()
    };
    Plan {
        steps,
        cycles: cycles.into_iter().map(names).collect(),
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

    /// The groups of packages that need each other, by name; their members are on one level.
    #[must_use]
    pub fn cycles(&self) -> &[Vec<String>] {
        &self.cycles
    }
}

impl fmt::Display for Plan {
    /// A line a step: `1  install loki 3.2.0 in loki`, with levels counted from 1. Steps in which nothing happens are counted in a last line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kept, steps): (Vec<_>, Vec<_>) = self
            .steps
            .iter()
            .partition(|step| step.action() == Action::Keep);
        for step in steps {
            writeln!(f, "{:>2}  {step}", step.level() + 1)?;
        }
        match kept.len() {
            0 => Ok(()),
            1 => writeln!(f, "    1 package stays as it is"),
            count => writeln!(f, "    {count} packages stay as they are"),
        }
    }
}
