//! What one operation of a run has done.

use serde::{Deserialize, Serialize};

use super::attempt::AttemptJournal;
use super::ledger::LedgerEntry;
use crate::api::ObjectRef;
use crate::module::RenderedModule;
use crate::plan::{PlannedOperation, Step, Track};
use crate::record::{Extent, InstalledRecord};
use crate::role::Role;

/// What one operation of a run has done and is doing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperationJournal {
    package: String,
    namespace: String,
    pub(crate) status: OperationStatus,
    /// Which ways it went, each with how far it came there. The last is the one that it goes now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) path: Vec<Reached>,
    #[serde(default)]
    pub(crate) resumed: usize,
    /// Whether what it left when it came to rest is on record, or may be.
    #[serde(default, skip_serializing_if = "crate::flag::is_false")]
    pub(crate) remembered: bool,
    /// Whether that could not be written, or it begins with what could not: nobody else knows of it, and nothing but an uninstall that begins with what the
    /// journal says may take its place.
    #[serde(default, skip_serializing_if = "crate::flag::is_false")]
    pub(crate) unrecorded: bool,
    /// Whether it was given up, and what it left was put on record, if it had to be: what others make of that since is not its business.
    #[serde(default, skip_serializing_if = "crate::flag::is_false")]
    pub(crate) settled: bool,
    /// Whether it was given up before it began, which keeps nothing else from beginning.
    #[serde(default, skip_serializing_if = "crate::flag::is_false")]
    pub(crate) withdrawn: bool,
    /// Hooks that count as over though they did not succeed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) passed: Vec<HookKey>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) attempts: Vec<AttemptJournal>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) resources: Vec<ResourceJournal>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) ledger: Vec<LedgerEntry>,
    /// What the server said it deletes, or does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) deleted: Vec<LedgerEntry>,
    /// What the server is asked to delete, from before it is asked until it has said what came of it: whoever goes on after a runner that died looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deleting: Option<LedgerEntry>,
    /// What another instance has too, and is to delete if anybody does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) handed_on: Vec<HandedOn>,
    /// What it was to delete, and another operation of the run is to have: it stays on record of the instance until then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) awaited: Vec<ObjectRef>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) kept: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) modules: Vec<ModuleJournal>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<FailureNote>,
}

/// How far an operation came on one of its ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Reached {
    pub(super) track: Track,
    /// How many steps of it are done.
    pub(super) step: usize,
}

/// How an operation stands.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum OperationStatus {
    /// Nothing has been done.
    #[default]
    NotStarted,
    /// It is being carried out, forward or back.
    Running,
    /// It is done.
    Done,
    /// Its conditions were not met, its first hooks failed and were undone, or it was given up before it began: all is as before.
    Unchanged,
    /// It failed, and was taken back.
    RolledBack,
    /// It failed, and what is done stays. It can be resumed.
    Degraded,
    /// It failed, and so did the attempt to take back what it had begun.
    Broken,
    /// Nobody but a person can say how it goes on: resume, skip, or abandon.
    NeedsDecision,
    /// An uninstall that could not be finished. It can be resumed.
    UninstallIncomplete,
    /// Another operation took its place.
    Superseded,
    /// A person gave it up.
    Abandoned,
}

/// Why an operation does not go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FailureNote {
    /// The step.
    pub step: String,
    /// What happened.
    pub message: String,
    /// What can be done next.
    pub next: String,
    /// The hook that it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hook: Option<HookKey>,
}

/// A hook, or its undo, within an operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HookKey {
    /// Its phase.
    pub phase: String,
    /// Its name.
    pub hook: String,
    /// Whether it is the hook, its undo, or an action.
    pub role: Role,
}

/// A module that its driver was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ModuleJournal {
    /// The module.
    pub module: String,
    /// Its namespace.
    pub namespace: String,
    /// Whether it was to come or to go.
    pub deploy: bool,
    /// In which direction the operation was going.
    pub track: Track,
    /// Whether it is gone, of what was to go.
    #[serde(default, skip_serializing_if = "crate::flag::is_false")]
    pub gone: bool,
}

/// An object that an operation left to another instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct HandedOn {
    pub(crate) object: ObjectRef,
    /// In which direction the operation was going, if it was given up, before that: on its way back it may need the object again.
    pub(crate) track: Track,
}

/// An object that a hook needs while it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceJournal {
    /// What it is for.
    pub key: HookKey,
    /// The object.
    pub object: ObjectRef,
    /// Its uid, as soon as that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// Whether it has been deleted again.
    #[serde(default)]
    pub deleted: bool,
}

impl ModuleJournal {
    pub(crate) fn is_of(&self, module: &RenderedModule) -> bool {
        (self.module.as_str(), self.namespace.as_str()) == (module.name(), module.namespace())
    }
}

impl FailureNote {
    /// The same, after which something else can be done.
    pub(crate) fn followed_by(mut self, next: &str) -> Self {
        next.clone_into(&mut self.next);
        self
    }
}

impl OperationStatus {
    /// Whether it came to rest and can go on if somebody says how.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::Degraded | Self::Broken | Self::NeedsDecision | Self::UninstallIncomplete
        )
    }
}

/// The longest message that is kept of what failed, in bytes: servers quote whole objects, and the journal must have room for more than one.
const LONGEST_MESSAGE: usize = 1000;

/// A message, or its beginning and how much it goes on.
fn shortened(message: String) -> String {
    if message.len() <= LONGEST_MESSAGE {
        return message;
    }
    let end = message.floor_char_boundary(LONGEST_MESSAGE);
    let beginning = message.get(..end).unwrap_or_default();
    format!("{beginning}… ({} bytes more)", message.len() - end)
}

impl OperationJournal {
    /// A journal for an operation of which nothing is done yet.
    pub(crate) fn new(planned: &PlannedOperation) -> Self {
        let operation = planned.operation();
        let installed = planned.installed();
        Self {
            package: operation.package().to_string(),
            namespace: operation.namespace().to_owned(),
            unrecorded: installed.is_some_and(InstalledRecord::is_unrecorded),
            ..Self::default()
        }
    }

    /// The package that it is about.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// Whether it is in the way of other operations on its instance when its run has ended: somebody has to say how it goes on, or what there is of the
    /// instance is on no record.
    pub(crate) fn is_in_the_way(&self) -> bool {
        self.status.is_open() || self.unrecorded
    }

    /// Whether what there is of its instance could not be put on record: its journal and the plan of that alone know of it.
    #[must_use]
    pub fn is_unrecorded(&self) -> bool {
        self.unrecorded
    }

    /// Whether both are about one instance.
    pub(crate) fn is_of_instance(&self, other: &Self) -> bool {
        (&self.package, &self.namespace) == (&other.package, &other.namespace)
    }

    /// The namespace of the instance.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// How it stands.
    #[must_use]
    pub fn status(&self) -> OperationStatus {
        self.status
    }

    /// Which way it goes.
    #[must_use]
    pub fn track(&self) -> Track {
        self.present().track
    }

    /// How many steps of its [`track`](Self::track) are done.
    #[must_use]
    pub fn step(&self) -> usize {
        self.present().step
    }

    fn present(&self) -> Reached {
        self.path.last().copied().unwrap_or_default()
    }

    fn set_present(&mut self, reached: Reached) {
        match self.path.last_mut() {
            Some(last) => *last = reached,
            None => self.path.push(reached),
        }
    }

    /// How far it came before it was given up, if it was; `None`: that is not known, as a program that did not note it began to give it up.
    fn before_end(&self) -> Option<Reached> {
        let mut path = self.path.iter().rev().copied();
        match self.path.is_empty() {
            true => Some(Reached::default()),
            false => path.find(|reached| reached.track != Track::GiveUp),
        }
    }

    /// How many steps of what was asked for are done.
    fn forward(&self) -> usize {
        let mut path = self.path.iter();
        let forward = path.find(|reached| reached.track == Track::Forward);
        forward.map_or(0, |reached| reached.step)
    }

    /// The attempts of its hooks, in the order they began.
    #[must_use]
    pub fn attempts(&self) -> &[AttemptJournal] {
        &self.attempts
    }

    /// What it has written, as far as it stays.
    #[must_use]
    pub fn ledger(&self) -> &[LedgerEntry] {
        &self.ledger
    }

    /// What was to be deleted, and why it was not.
    #[must_use]
    pub fn kept(&self) -> &[String] {
        &self.kept
    }

    /// What is worth knowing of how it went.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Why it does not go on, if it does not.
    #[must_use]
    pub fn failure(&self) -> Option<&FailureNote> {
        self.failure.as_ref()
    }

    /// Whether a Job of it was ever let run.
    pub(crate) fn has_started_hooks(&self) -> bool {
        self.attempts.iter().any(AttemptJournal::is_started)
    }

    /// Whether there is something to put on record of it when it rests or is given up: what it wrote or deleted, or, between two versions, what its
    /// hooks may have done.
    pub(crate) fn leaves_something(&self, planned: &PlannedOperation) -> bool {
        !self.ledger.is_empty()
            || !self.deleted.is_empty()
            || self.deleting.is_some()
            || !self.modules.is_empty()
            || planned.is_between_versions() && self.has_started_hooks()
    }

    /// Which way it went last, if it was given up before that; `None`: that is not known.
    pub(crate) fn last_way(&self) -> Option<Track> {
        Some(self.before_end()?.track)
    }

    /// How much there may be of the release that it brings.
    pub(crate) fn extent(&self, planned: &PlannedOperation) -> Extent {
        let steps = planned.steps(Track::Forward);
        let begun = steps.iter().take(self.forward() + 1);
        let extents = begun.map(|step| match step {
            Step::Modules(_) => Extent::Modules,
            Step::Definitions(_) => Extent::Definitions,
            _ => Extent::Hooks,
        });
        extents.max().unwrap_or(Extent::Hooks)
    }

    /// Whether it has deleted what the release that it brings does not have, and has written all that this one has.
    pub(crate) fn has_pruned(&self, planned: &PlannedOperation) -> bool {
        let steps = planned.steps(Track::Forward);
        steps
            .iter()
            .take(self.forward())
            .any(|step| *step == Step::Prune)
    }

    /// Whether it has put on record what it brought.
    pub(crate) fn has_committed(&self, planned: &PlannedOperation) -> bool {
        let steps = planned.steps(Track::Forward);
        steps
            .iter()
            .take(self.forward())
            .any(|step| *step == Step::Commit)
    }

    /// Whether all that was asked for is done, whatever is to become of it.
    pub(crate) fn is_complete(&self, planned: &PlannedOperation) -> bool {
        self.track() == Track::Forward && self.step() >= planned.steps(Track::Forward).len()
    }

    /// Whether it has put on record what the instance is: on its way forward what it brought, on its way back what was there before.
    pub(crate) fn is_on_record(&self, planned: &PlannedOperation) -> bool {
        self.before_end().is_some_and(|reached| {
            let steps = planned.steps(reached.track);
            let mut done = steps.iter().take(reached.step);
            done.any(|step| matches!(step, Step::Commit | Step::Restore))
        })
    }

    /// The hooks that may have had their effects, in the order they began.
    pub(crate) fn begun_hooks(&self) -> impl Iterator<Item = &HookKey> {
        let begun = self.attempts.iter();
        let begun = begun.filter(|one| one.key.role == Role::Run && one.is_started());
        begun.map(|one| &one.key)
    }

    /// The attempts of a hook, in order, with their places among all.
    pub(crate) fn attempts_of<'a>(
        &'a self,
        key: &'a HookKey,
    ) -> impl DoubleEndedIterator<Item = (usize, &'a AttemptJournal)> {
        self.attempts
            .iter()
            .enumerate()
            .filter(move |(_, one)| one.is_of(key))
    }

    /// Whether the operation has taken its hands off an object: left it to another instance, or deleted it and not written it again.
    pub(crate) fn has_let_go(&self, object: &ObjectRef) -> bool {
        let is_it = |entry: &LedgerEntry| entry.object.is_same_object(object);
        let deleted = self.deleted.iter().any(is_it) && !self.ledger.iter().any(is_it);
        let mut left = self.handed_on.iter();
        let way = self.way();
        deleted || left.any(|one| one.track == way && one.object.is_same_object(object))
    }

    /// Whether an object was to be deleted, and stays on record until another operation of the run has it.
    pub(crate) fn awaits(&self, object: &ObjectRef) -> bool {
        let mut awaited = self.awaited.iter();
        awaited.any(|one| one.is_same_object(object))
    }

    /// Whether an object was left to another instance, in whatever direction the operation went then.
    pub(crate) fn has_passed_on(&self, object: &ObjectRef) -> bool {
        let mut left = self.handed_on.iter();
        left.any(|one| one.object.is_same_object(object))
    }

    /// Notes that an object is gone, or goes and cannot be held.
    pub(crate) fn note_deleted(&mut self, entry: LedgerEntry) {
        self.hear_of(&entry.object);
        if !self.deleted.contains(&entry) {
            self.deleted.push(entry);
        }
    }

    /// Notes that it is known what came of the deletion of an object, if that is what the server was asked for last.
    pub(crate) fn hear_of(&mut self, object: &ObjectRef) {
        self.deleting
            .take_if(|entry| entry.object.is_same_object(object));
    }

    /// Whether the server was asked to delete an object, and it is not known what came of that.
    pub(crate) fn is_deleting(&self, object: &ObjectRef) -> bool {
        let deleting = self.deleting.as_ref();
        deleting.is_some_and(|entry| entry.object.is_same_object(object))
    }

    /// Notes that an object is left to another instance.
    pub(crate) fn hand_on(&mut self, object: &ObjectRef) {
        if !self.has_let_go(object) {
            self.handed_on.push(HandedOn {
                object: object.clone(),
                track: self.way(),
            });
        }
    }

    /// Which way it goes as far as objects are concerned: who gives up leaves them where that way has brought them.
    fn way(&self) -> Track {
        self.last_way().unwrap_or_else(|| self.track())
    }

    /// Notes that a hook needs an object, and says whether it has it already.
    pub(crate) fn note_made_for(&mut self, key: &HookKey, object: &ObjectRef) -> bool {
        let is_it = |one: &&mut ResourceJournal| one.key == *key && one.object == *object;
        if let Some(known) = self.resources.iter_mut().find(is_it) {
            let was_made = known.uid.is_some() && !known.deleted;
            known.deleted = false;
            return was_made;
        }
        self.resources.push(ResourceJournal {
            key: key.clone(),
            object: object.clone(),
            uid: None,
            deleted: false,
        });
        false
    }

    /// Comes to rest, with the reason.
    pub(crate) fn rest(&mut self, status: OperationStatus, mut note: FailureNote) {
        note.message = shortened(note.message);
        self.status = status;
        self.failure = Some(note);
    }

    /// One step more is done.
    pub(crate) fn advance(&mut self) {
        let Reached { track, step } = self.present();
        self.set_present(Reached {
            track,
            step: step + 1,
        });
    }

    /// Goes another way, from its beginning.
    pub(crate) fn turn(&mut self, track: Track) {
        self.status = OperationStatus::Running;
        let present = self.present();
        let turned = Reached { track, step: 0 };
        if present.track != track {
            // It is on the path also if nothing was done on it.
            self.set_present(present);
            self.path.push(turned);
        } else {
            self.set_present(turned);
        }
    }

    /// Notes that a driver is asked for a module, and says whether that was noted before.
    pub(crate) fn note_asked_for(&mut self, module: &RenderedModule, deploy: bool) -> bool {
        let track = self.track();
        let is_it =
            |one: &ModuleJournal| one.deploy == deploy && one.track == track && one.is_of(module);
        if self.modules.iter().any(is_it) {
            return true;
        }
        self.modules.push(ModuleJournal {
            module: module.name().to_owned(),
            namespace: module.namespace().to_owned(),
            deploy,
            track,
            gone: false,
        });
        false
    }

    /// Notes that a module is gone, or another's.
    pub(crate) fn note_rid_of(&mut self, module: &RenderedModule) {
        let mut asked = self.modules.iter_mut().rev();
        if let Some(last) = asked.find(|one| one.is_of(module)) {
            last.gone = !last.deploy;
        }
    }

    /// Whether a module that was to go has gone, and was not asked for again.
    pub(crate) fn has_deleted_module(&self, module: &RenderedModule) -> bool {
        let mut asked = self.modules.iter().rev();
        asked
            .find(|one| one.is_of(module))
            .is_some_and(|last| last.gone)
    }

    /// Goes on after it came to rest.
    pub(crate) fn go_on(&mut self) {
        self.status = OperationStatus::Running;
        self.failure = None;
        self.resumed = self.attempts.len();
    }

    /// Notes something worth knowing, once.
    pub(crate) fn warn(&mut self, warning: String) {
        let warning = shortened(warning);
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}
