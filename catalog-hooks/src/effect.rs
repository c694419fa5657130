//! What the lifecycle wants done, and what came of it.

use std::fmt;
use std::sync::Arc;

use crate::api::{Failure, ObjectRef, Reply, Request};
use crate::time::Timestamp;

/// Something to do, with the number under which its answer is expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Its number: unique in one [`Machine`](crate::Machine), rising.
    pub id: u64,
    /// What to do.
    pub task: Task,
    /// The place in the plan of the operation that it is for; `None`: it is for the run as a whole, as writing the journal is.
    pub operation: Option<usize>,
}

/// Something that only the outside can do.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Task {
    /// Writes the journal: [`Answer::Saved`].
    SaveJournal {
        /// The journal.
        text: Arc<str>,
        /// What it replaces, and nothing else; `None`: there must be none yet.
        replaces: Option<JournalVersion>,
    },
    /// Reads the journal: [`Answer::Loaded`].
    LoadJournal,
    /// Deletes the journal, in this version and no other: [`Answer::Removed`].
    RemoveJournal(JournalVersion),
    /// Makes a call to the API server: [`Answer::Called`].
    Call(Arc<Request>),
    /// Evaluates the conditions of an operation's release on the cluster as it is: [`Answer::Gate`].
    Conditions {
        /// The operation's place in the plan.
        operation: usize,
        /// Whether it is asked before the run's first step; else just before the operation's own.
        is_ahead: bool,
    },
    /// Asks the driver of a module: [`Answer::Module`].
    Module(ModuleCall),
}

/// What came of a [`Task`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// The journal is written, in this version; or it is not, or nobody knows.
    Saved(Result<JournalVersion, Failure>),
    /// The journal as it is; `None`: there is none.
    Loaded(Result<Option<StoredJournal>, Failure>),
    /// The journal is gone.
    Removed(Result<(), Failure>),
    /// The server's answer.
    Called(Result<Reply, Failure>),
    /// What keeps the gate shut; nothing: it is open.
    Gate(Result<Vec<String>, Failure>),
    /// How the module is.
    Module(Result<ModuleStatus, ModuleFailure>),
}

/// Which writing of a journal it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalVersion {
    /// The uid of the object that holds it.
    pub uid: String,
    /// The resource version of that object; never empty and never `0`, which would overwrite anything.
    pub resource_version: String,
}

/// A journal as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredJournal {
    /// The journal.
    pub text: String,
    /// Which writing of it.
    pub version: JournalVersion,
}

/// A question to the driver of a module.
#[derive(Clone, Debug, PartialEq)]
pub struct ModuleCall {
    /// What to do.
    pub verb: ModuleVerb,
    /// The driver's name.
    pub driver: String,
    /// The module's name, unique in its release.
    pub module: String,
    /// Where it goes.
    pub namespace: String,
    /// The runner's namespace, in which its release is on record.
    pub home: String,
    /// What the driver made of the module when the plan was pinned.
    pub input: serde_json::Value,
}

/// What a driver is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModuleVerb {
    /// Brings the module into the state that its input says. Asking again changes nothing.
    Deploy,
    /// Says how it is.
    Status,
    /// Takes it away. Of one that is not there, this is done; one [of others](ModuleStatus::OfOthers) stays.
    Delete,
}

/// How a module is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModuleStatus {
    /// It is not there.
    Absent,
    /// It is on its way; with what it waits for.
    Progressing(String),
    /// It is as its input says.
    Ready,
    /// It has failed, and waiting does not help.
    Failed(String),
    /// What is there under its name was not deployed from this home, and is left alone.
    OfOthers,
}

/// A driver that could not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleFailure {
    /// What went wrong, and what to do.
    pub message: String,
    /// Whether asking again may help.
    pub may_pass: bool,
}

/// What the lifecycle wants now.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Poll {
    /// Do this. Until its answer is there, [`Machine::poll`](crate::Machine::poll) may give more that can be done beside it.
    Do(Effect),
    /// Nothing until then, or until one of these changes, or an answer comes.
    Wait(Wait),
    /// It has ended.
    Done,
}

/// What the lifecycle waits for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wait {
    /// When to ask again at the latest; `None`: only an answer ends it.
    pub until: Option<Timestamp>,
    /// Objects whose change ends it. Watching them is not needed: it only makes things faster.
    pub watching: Vec<ObjectRef>,
    /// What it waits for, in words for a user.
    pub reasons: Vec<String>,
}

impl fmt::Display for ModuleVerb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deploy => "deploy",
            Self::Status => "status of",
            Self::Delete => "delete",
        })
    }
}

impl fmt::Display for Task {
    /// As it is shown to a user who follows along: `create Job monitoring/loki-check-x`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SaveJournal { .. } => f.write_str("write the journal"),
            Self::LoadJournal => f.write_str("read the journal"),
            Self::RemoveJournal(_) => f.write_str("delete the journal"),
            Self::Call(request) => request.fmt(f),
            Self::Conditions { .. } => f.write_str("evaluate the conditions"),
            Self::Module(call) => {
                write!(f, "{} module {} ({})", call.verb, call.module, call.driver)
            }
        }
    }
}

impl Task {
    /// Whether it changes anything outside.
    #[must_use]
    pub fn is_write(&self) -> bool {
        match self {
            Self::SaveJournal { .. } | Self::RemoveJournal(_) => true,
            Self::LoadJournal | Self::Conditions { .. } => false,
            Self::Call(request) => request.is_write(),
            Self::Module(call) => call.verb != ModuleVerb::Status,
        }
    }
}
