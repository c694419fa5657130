//! What a run has done and is doing, as a value that is written before each step.

mod attempt;
mod error;
mod kept;
mod ledger;
mod operation;
mod secret;
mod state;
mod unneeded;
mod version_1;

pub use self::attempt::{
    AttemptJournal, CancelReason, Cancellation, Evidence, HookVerdict, Running, Stage, VerdictKind,
};
pub use self::error::{JournalError, JournalErrorKind};
pub use self::kept::{JournalPlace, Journals, KeptJournal};
pub use self::ledger::{LedgerEntry, Origin, Part};
pub use self::operation::{
    FailureNote, HookKey, ModuleJournal, OperationJournal, OperationStatus, ResourceJournal,
};
pub use self::secret::{JOURNAL_TYPE, JournalSecret, SecretJournal};
pub use self::state::RunState;
pub(crate) use self::unneeded::Achieved;
pub use self::unneeded::EndedRun;

use std::io;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::plan::PinnedPlan;
use crate::record::{InstalledRecord, SoFar};
use crate::time::Timestamp;

/// The version of the journal's own shape that this crate writes. It reads those before, too. Whoever adds a field raises it, so that a program which
/// does not know the field says so, and does not take the journal for damaged.
pub const JOURNAL_VERSION: u32 = 5;

/// The longest journal, as text: 256 KiB. A plan whose journal might become longer is refused before it starts.
pub const JOURNAL_LIMIT: usize = 256 * 1024;

/// What has to be left of a journal when a hook is tried once more: what comes of that, and how it all ends, has room then.
pub(crate) const ROOM_FOR_ENDS: usize = 32 * 1024;

/// How long a journal is at most when the end of one more log is written into it, which is in its Secret too: the rest is for what is said in few
/// words.
pub(crate) const LOGS_UNTIL: usize = 112 * 1024;

/// How many lines of history are kept.
const HISTORY: usize = 10;

/// How many plans of runs before are remembered, if they could not be deleted: the newest.
const SUPERSEDED: usize = 100;

/// How long the digest of a plan is in a list.
const DIGEST: usize = 32 + r#""","#.len();

const _: () = assert!(
    SUPERSEDED * DIGEST < ROOM_FOR_ENDS / 4,
    "they have room beside how it all ends"
);

/// What a run of a plan has done and is doing.
///
/// It only grows while the run lasts: what is there stays as it is. Whoever holds it in its newest version, and only they, may act for the
/// run; [`epoch`](Self::epoch) says how often that changed hands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Journal {
    version: u32,
    run: String,
    plan: String,
    writer: String,
    epoch: u64,
    sequence: u64,
    #[serde(default)]
    pub(crate) pinned: bool,
    #[serde(default)]
    pub(crate) gates_open: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cancelled: Option<Timestamp>,
    /// Whether nothing more is to begin though nobody told a runner to stop: all there is was taken back or given up, or whether something may begin could
    /// not be told.
    #[serde(default, skip_serializing_if = "crate::flag::is_false")]
    pub(crate) begins_nothing: bool,
    #[serde(default)]
    pub(crate) unwinding: bool,
    pub(crate) operations: Vec<OperationJournal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ended: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) history: Vec<String>,
    /// The digests of the plans that the run may be the last to know, the oldest first: those of runs before that nobody goes on with, and those that its
    /// instances had on record when it was planned. They may be deleted when it has ended and nobody needs them. Those that it may have left, or may put on
    /// record again, are here still when it has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) superseded: Vec<String>,
    /// In which version it was read, if that one did not say all that is to be known, and its plan has not been asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read_in: Option<u64>,
}

/// How long a text would be that nobody keeps.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Says of a journal that it has the present shape, and in which version it was read, if that one did not say all.
fn make_present(journal: &mut Value, read_in: Option<u64>) {
    let Some(fields) = journal.as_object_mut() else {
        return;
    };
    fields.insert("version".to_owned(), JOURNAL_VERSION.into());
    if let Some(version) = read_in {
        fields.insert("readIn".to_owned(), version.into());
    }
}

/// Any version's shape.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

impl Journal {
    /// A journal for a run of a plan, of which nothing is done yet.
    pub(crate) fn new(plan: &PinnedPlan, writer: &str) -> Self {
        let operations = plan.operations().iter();
        Self {
            version: JOURNAL_VERSION,
            run: plan.run().to_owned(),
            plan: plan.digest().to_owned(),
            writer: writer.to_owned(),
            epoch: 1,
            sequence: 0,
            pinned: false,
            gates_open: false,
            cancelled: None,
            begins_nothing: false,
            unwinding: false,
            operations: operations.map(OperationJournal::new).collect(),
            ended: None,
            history: Vec::new(),
            superseded: plan.plans_before(),
            read_in: None,
        }
    }

    /// A journal in the place of one whose run came to rest.
    pub(crate) fn after(old: &Self, plan: &PinnedPlan, writer: &str) -> Self {
        let mut journal = Self::new(plan, writer);
        let run = plan.run();
        journal.epoch = old.epoch.saturating_add(1);
        journal.sequence = old.sequence;
        journal.go_on_from(old);
        if old.state() != RunState::Over {
            journal.add_line(format!("{}: superseded by {run}", old.run));
        }
        journal
    }

    /// Takes over what is still to be known of a run that is over: its lines of history, and which plans nobody else deletes.
    pub(crate) fn go_on_from(&mut self, over: &Self) {
        for line in &over.history {
            if !self.history.contains(line) {
                self.add_line(line.clone());
            }
        }
        let mut inherited: Vec<String> = Vec::new();
        for plan in over.superseded.iter().chain([&over.plan]) {
            let is_known = self.superseded.contains(plan) || inherited.contains(plan);
            if !is_known && *plan != self.plan {
                inherited.push(plan.clone());
            }
        }
        let surplus = inherited.len().saturating_sub(SUPERSEDED);
        self.superseded.splice(..0, inherited.drain(surplus..));
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    ///
    /// # Errors
    ///
    /// It is longer than [`JOURNAL_LIMIT`], was written by a newer version of this crate, or is damaged.
    pub fn parse(text: &str) -> Result<Self, JournalError> {
        if text.len() > JOURNAL_LIMIT {
            // A newer version may have another limit.
            let error = match serde_json::from_str(text) {
                Ok(Versioned { version }) if version > u64::from(JOURNAL_VERSION) => {
                    JournalError::other_version(version, JOURNAL_VERSION)
                }
                _ => JournalError::too_long(text.len()),
            };
            return Err(error);
        }
        match serde_json::from_str::<Self>(text) {
            Ok(journal) if journal.version == JOURNAL_VERSION => Ok(journal),
            _ => Self::parse_leniently(text),
        }
    }

    /// The same of a journal of a version before, which also says of one of another version that it is one.
    fn parse_leniently(text: &str) -> Result<Self, JournalError> {
        let mut value: Value = serde_json::from_str(text).map_err(JournalError::damaged)?;
        let version = value.get("version").and_then(Value::as_u64);
        match version {
            Some(1) => {
                version_1::bring_up_to_date(&mut value);
                make_present(&mut value, version);
            }
            // Of what could not be put on record it did not say so, nor which plans may be on record again.
            Some(2) => make_present(&mut value, version),
            // They differ in what they did not need to say.
            Some(3 | 4) => make_present(&mut value, None),
            Some(version) if version != u64::from(JOURNAL_VERSION) => {
                return Err(JournalError::other_version(version, JOURNAL_VERSION));
            }
            _ => {}
        }
        serde_json::from_value(value).map_err(JournalError::damaged)
    }

    /// Adds what a journal of a version before did not say, and its plan does.
    pub(crate) fn complete(&mut self, plan: &PinnedPlan) {
        let read_in = self.read_in.take();
        if read_in == Some(1) {
            version_1::complete(self, plan);
        }
        if read_in.is_some() {
            // They did not say which plans may be on record again.
            let before = plan.plans_before().into_iter();
            let before: Vec<String> = before
                .filter(|one| !self.superseded.contains(one))
                .collect();
            self.superseded.splice(..0, before);
        }
    }

    /// The plans that the run may be the last to know, or may put on record again; `None`: it was read in a version that did not say so.
    pub(crate) fn plans_known(&self) -> Option<&[String]> {
        self.read_in.is_none().then_some(&self.superseded)
    }

    /// The journal as JSON, on one line.
    ///
    /// # Errors
    ///
    /// It is longer than [`JOURNAL_LIMIT`].
    pub fn to_text(&self) -> Result<String, JournalError> {
        let text = serde_json::to_string(self).map_err(JournalError::damaged)?;
        if text.len() > JOURNAL_LIMIT {
            return Err(JournalError::too_long(text.len()));
        }
        Ok(text)
    }

    /// What there is of an instance, if what this run of `plan` did to it could not be put on record: nobody else knows of it. An uninstall is planned
    /// from it as from a record.
    #[must_use]
    pub fn unrecorded(
        &self,
        plan: &PinnedPlan,
        (package, namespace): (&str, &str),
    ) -> Option<InstalledRecord> {
        let operations = self.operations.iter().enumerate().rev();
        let own =
            operations.filter(|(_, one)| (one.package(), one.namespace()) == (package, namespace));
        let mut so_far = own.filter_map(|(index, _)| SoFar::of(plan, self, index));
        so_far.find_map(SoFar::remains)
    }

    /// Whether so many bytes more are less than it may have.
    pub(crate) fn has_room_for(&self, bytes: usize) -> bool {
        let mut length = Length(0);
        serde_json::to_writer(&mut length, self).is_ok()
            && length.0.saturating_add(bytes) < JOURNAL_LIMIT
    }

    /// The id of the run.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.run
    }

    /// The digest of the pinned plan that is carried out.
    #[must_use]
    pub fn plan(&self) -> &str {
        &self.plan
    }

    /// Who wrote it.
    #[must_use]
    pub fn writer(&self) -> &str {
        &self.writer
    }

    /// How many have held it, its writer included.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// How often it has been written.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The operations, by their place in the plan.
    #[must_use]
    pub fn operations(&self) -> &[OperationJournal] {
        &self.operations
    }

    /// Whether nothing more is to begin.
    pub(crate) fn stops(&self) -> bool {
        self.cancelled.is_some() || self.begins_nothing
    }

    /// When the run was told to stop, if it was.
    #[must_use]
    pub fn cancelled(&self) -> Option<Timestamp> {
        self.cancelled
    }

    /// When the run ended, if it has.
    #[must_use]
    pub fn ended(&self) -> Option<Timestamp> {
        self.ended
    }

    /// A line for each of the last ten runs that ended, the newest last.
    #[must_use]
    pub fn history(&self) -> &[String] {
        &self.history
    }

    pub(crate) fn operation_mut(&mut self, index: usize) -> Option<&mut OperationJournal> {
        self.operations.get_mut(index)
    }

    /// Marks the next writing of it.
    pub(crate) fn next_sequence(&mut self) {
        self.sequence = self.sequence.saturating_add(1);
    }

    /// Another holder: everything that the one before still sends is out of date.
    pub(crate) fn take_over(&mut self, writer: &str) {
        writer.clone_into(&mut self.writer);
        self.epoch = self.epoch.saturating_add(1);
    }

    /// Whether `self` is the very writing that `other` says it made.
    pub(crate) fn is_writing_of(&self, other: &Self) -> bool {
        (&self.writer, self.epoch, self.sequence) == (&other.writer, other.epoch, other.sequence)
            && self.run == other.run
    }

    /// Ends the run with a line of history.
    pub(crate) fn end(&mut self, at: Timestamp, line: String) {
        self.ended = Some(at);
        self.add_line(line);
    }

    fn add_line(&mut self, line: String) {
        self.history.push(line);
        let surplus = self.history.len().saturating_sub(HISTORY);
        self.history.drain(..surplus);
    }
}
