//! All shapes of plans: what each of up to three packages is to do, in which levels, how many at a time, and where one fails.

use std::fmt;

use catalog_model::OperationKind::{self, Install, Rollback, Uninstall, Upgrade};

/// The packages, in the order of the plan.
pub(crate) const PACKAGES: [&str; 3] = ["a", "b", "c"];

/// What a package can be told to do.
pub(crate) const KINDS: [OperationKind; 4] = [Install, Upgrade, Rollback, Uninstall];

/// A place where an operation can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Stage {
    /// Its conditions are not met when all are asked.
    Gates,
    /// Its conditions are not met any more when it begins.
    Conditions,
    Namespace,
    HooksBefore,
    Definitions,
    Modules,
    Ready,
    Prune,
    DeleteModules,
    DeleteDefinitions,
    Gone,
    HooksAfter,
    Commit,
    Sweep,
    Forget,
}

/// The stages of an operation, in order.
pub(crate) fn stages(kind: OperationKind) -> &'static [Stage] {
    use Stage::{
        Commit, Conditions, Definitions, DeleteDefinitions, DeleteModules, Forget, Gates, Gone,
        HooksAfter, HooksBefore, Modules, Namespace, Prune, Ready, Sweep,
    };
    match kind {
        Install => &[
            Gates,
            Conditions,
            Namespace,
            HooksBefore,
            Definitions,
            Modules,
            Ready,
            HooksAfter,
            Commit,
            Sweep,
        ],
        Uninstall => &[
            HooksBefore,
            DeleteModules,
            DeleteDefinitions,
            Gone,
            HooksAfter,
            Sweep,
            Forget,
        ],
        _ => &[
            Gates,
            Conditions,
            HooksBefore,
            Definitions,
            Modules,
            Ready,
            Prune,
            HooksAfter,
            Commit,
            Sweep,
        ],
    }
}

/// A plan to be made, and what fails in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Shape {
    /// What each package does.
    pub(crate) kinds: Vec<OperationKind>,
    /// The level of each.
    pub(crate) levels: Vec<usize>,
    pub(crate) parallel: usize,
    pub(crate) unwinds: bool,
    /// Which of them fails, by its place in the plan, and where.
    pub(crate) failing: Option<(usize, Stage)>,
}

/// All shapes for so many packages.
pub(crate) fn shapes(packages: usize) -> Vec<Shape> {
    let mut all = Vec::new();
    for kinds in tuples(packages) {
        for levels in levels(packages) {
            for parallel in 1..=3 {
                for unwinds in [false, true] {
                    let failing = (0..packages).flat_map(|place| {
                        let stages = stages(kinds[place]).iter();
                        stages.map(move |stage| Some((place, *stage)))
                    });
                    all.extend([None].into_iter().chain(failing).map(|failing| Shape {
                        kinds: kinds.clone(),
                        levels: levels.clone(),
                        parallel,
                        unwinds,
                        failing,
                    }));
                }
            }
        }
    }
    all
}

/// All ways to give each of so many packages something to do.
fn tuples(packages: usize) -> Vec<Vec<OperationKind>> {
    (0..packages).fold(vec![Vec::new()], |all, _| {
        let more = |tuple: Vec<OperationKind>| {
            KINDS
                .map(|kind| [tuple.as_slice(), &[kind]].concat())
                .to_vec()
        };
        all.into_iter().flat_map(more).collect()
    })
}

/// All ways to put so many operations into levels: a plan has them in the order of their levels, and each kind of operation comes to each place,
/// so these are all weak orders, but for the packages' names.
fn levels(packages: usize) -> Vec<Vec<usize>> {
    (1..packages).fold(vec![vec![0]], |all, _| {
        let more = |levels: Vec<usize>| {
            let last = levels[levels.len() - 1];
            [last, last + 1].map(|level| [levels.as_slice(), &[level]].concat())
        };
        all.into_iter().flat_map(more).collect()
    })
}

impl fmt::Display for Shape {
    /// `install | upgrade, rollback; 2 at a time; unwinds; 1 fails in Modules`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, kind) in self.kinds.iter().enumerate() {
            let between = match place {
                0 => "",
                _ if self.levels[place] == self.levels[place - 1] => ", ",
                _ => " | ",
            };
            write!(f, "{between}{kind:?}")?;
        }
        write!(f, "; {} at a time", self.parallel)?;
        if self.unwinds {
            f.write_str("; unwinds")?;
        }
        match self.failing {
            Some((place, stage)) => write!(f, "; {place} fails in {stage:?}"),
            None => Ok(()),
        }
    }
}
