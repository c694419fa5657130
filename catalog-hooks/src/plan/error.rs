//! Why there can be no plan.

use std::collections::BTreeMap;

use catalog_model::{Module, Operation, Release};
use thiserror::Error;

use super::journal_length::{JournalLength, ROOM};
use super::operation::PlannedOperation;
use crate::error::HookError;
use crate::module::ModuleError;

/// Why there can be no plan.
#[derive(Clone, Debug, PartialEq, Error)]
#[error(transparent)]
pub struct PlanError {
    problem: Box<Problem>,
}

/// What kind of [`PlanError`] it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlanErrorKind {
    /// Hooks cannot become Jobs.
    Hooks,
    /// A module cannot be deployed, or is not in the record that names it.
    Module,
    /// An object has no name, or is none.
    Object,
    /// There is nothing to do.
    Empty,
    /// Two operations on one instance do not follow each other.
    Order,
    /// The runner's namespace is one that an operation would delete.
    Home,
    /// The journal of the run might become too long.
    TooLong,
    /// What would be pinned is not what a resumed run would read.
    Unreadable,
}

#[derive(Clone, Debug, PartialEq, Error)]
enum Problem {
    #[error(transparent)]
    Hooks(HookError),
    #[error(transparent)]
    Module(ModuleError),
    #[error(
        "nothing deploys module `{module}` of {release}: it is of kind `{kind}`, and no renderer was given for that"
    )]
    NoRenderer {
        release: String,
        module: String,
        kind: String,
    },
    #[error("{what} of {release} has no `apiVersion`, `kind` or `metadata.name`")]
    Nameless { release: String, what: String },
    #[error(
        "what is on record of {0} names modules that stand in the plans which put them there: read them before it is planned, with `with_modules` of the record"
    )]
    ModulesElsewhere(String),
    #[error("the plan has no operation")]
    Empty,
    #[error("`{second}` does not follow `{first}`: an instance is at one version at a time")]
    Order { first: String, second: String },
    #[error(
        "`{first}` and `{second}` are about one instance, and have the release uids `{}` and `{}`: plan both for one release", .uids.0, .uids.1
    )]
    Uids {
        first: String,
        second: String,
        uids: (String, String),
    },
    #[error(
        "`{operation}` would delete the namespace `{home}`, in which the run keeps its journal: choose another home"
    )]
    Home { operation: String, home: String },
    #[error(
        "`{operation}` cannot be pinned, because it would not be read again as it is: {problem}"
    )]
    Unreadable { operation: String, problem: String },
    #[error(
        "the journal of the plan might come to {0} bytes, and has room for {ROOM}: split the plan into several runs"
    )]
    TooLong(usize),
    #[error(
        "the journal of `{operation}` might come to {bytes} bytes, and has room for {ROOM}: {advice}"
    )]
    OneTooLong {
        operation: String,
        bytes: usize,
        advice: &'static str,
    },
}

impl PlanError {
    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> PlanErrorKind {
        match &*self.problem {
            Problem::Hooks(_) => PlanErrorKind::Hooks,
            Problem::Module(_) | Problem::NoRenderer { .. } | Problem::ModulesElsewhere(_) => {
                PlanErrorKind::Module
            }
            Problem::Nameless { .. } => PlanErrorKind::Object,
            Problem::Empty => PlanErrorKind::Empty,
            Problem::Order { .. } | Problem::Uids { .. } => PlanErrorKind::Order,
            Problem::Home { .. } => PlanErrorKind::Home,
            Problem::TooLong(_) | Problem::OneTooLong { .. } => PlanErrorKind::TooLong,
            Problem::Unreadable { .. } => PlanErrorKind::Unreadable,
        }
    }

    /// Why hooks cannot become Jobs, if it is that.
    #[must_use]
    pub fn hooks(&self) -> Option<&HookError> {
        match &*self.problem {
            Problem::Hooks(error) => Some(error),
            _ => None,
        }
    }

    pub(super) fn of_hooks(error: HookError) -> Self {
        Problem::Hooks(error).into()
    }

    pub(super) fn module(error: ModuleError) -> Self {
        Problem::Module(error).into()
    }

    pub(super) fn no_renderer(release: &Release, module: &Module) -> Self {
        Problem::NoRenderer {
            release: named(release),
            module: module.name().to_owned(),
            kind: module.content().kind().to_owned(),
        }
        .into()
    }

    pub(super) fn modules_elsewhere(operation: &Operation) -> Self {
        Problem::ModulesElsewhere(operation.package().to_string()).into()
    }

    pub(super) fn unreadable(operation: &Operation, problem: &str) -> Self {
        Problem::Unreadable {
            operation: operation.to_string(),
            problem: problem.to_owned(),
        }
        .into()
    }

    pub(super) fn nameless(release: &Release, what: &str) -> Self {
        Problem::Nameless {
            release: named(release),
            what: what.to_owned(),
        }
        .into()
    }
}

impl From<Problem> for PlanError {
    fn from(problem: Problem) -> Self {
        Self {
            problem: Box::new(problem),
        }
    }
}

fn named(release: &Release) -> String {
    format!("{} {}", release.package(), release.version())
}

/// What must hold of all operations together.
pub(super) fn check(home: &str, operations: &[PlannedOperation]) -> Result<(), PlanError> {
    if operations.is_empty() {
        return Err(Problem::Empty.into());
    }
    let mut last: BTreeMap<(&str, &str), &PlannedOperation> = BTreeMap::new();
    for planned in operations {
        let operation = planned.operation();
        if planned.options().delete_namespace && operation.namespace() == home {
            let (operation, home) = (operation.to_string(), home.to_owned());
            return Err(Problem::Home { operation, home }.into());
        }
        let place = (operation.package().as_str(), operation.namespace());
        if let Some(before) = last.insert(place, planned) {
            follows(before, planned)?;
        }
    }
    fits(operations)
}

/// What must hold of two operations on one instance.
fn follows(before: &PlannedOperation, planned: &PlannedOperation) -> Result<(), PlanError> {
    let [first, second] = [before, planned].map(|one| one.operation().to_string());
    if before.operation().to() != planned.operation().from() {
        return Err(Problem::Order { first, second }.into());
    }
    let [one, other] = [before, planned].map(|one| one.context().release_uid().to_owned());
    let is_same_release = before.operation().to().is_some();
    if is_same_release && one != other {
        let uids = (one, other);
        return Err(Problem::Uids {
            first,
            second,
            uids,
        }
        .into());
    }
    Ok(())
}

/// Of one package too many hooks, or of their attempts.
const FEWER_HOOKS: &str =
    "allow its hooks fewer `retries`, do in one Job what several do, or split the package";

/// Of one package too many objects.
const FEWER_OBJECTS: &str = "deploy its objects as a chart, or split the package";

/// That the journal has room for all that a run can come to.
fn fits(operations: &[PlannedOperation]) -> Result<(), PlanError> {
    let mut all = JournalLength::default();
    for planned in operations {
        let own = JournalLength::of(planned);
        if own.bytes() > ROOM {
            let advice = match own.is_of_hooks() {
                true => FEWER_HOOKS,
                false => FEWER_OBJECTS,
            };
            let (operation, bytes) = (planned.operation().to_string(), own.bytes());
            let problem = Problem::OneTooLong {
                operation,
                bytes,
                advice,
            };
            return Err(problem.into());
        }
        all = all.and(own);
    }
    match all.bytes() {
        bytes if bytes > ROOM => Err(Problem::TooLong(bytes).into()),
        _ => Ok(()),
    }
}
