//! What an instance consists of after an operation that did not come to its end, was taken back, or skipped something.

use catalog_model::OperationKind;
use catalog_model::version::Version;

use super::attempted::{Attempted, Extent, IrreversibleHook};
use super::{InstalledRecord, RenderedModule};
use crate::journal::{LedgerEntry, OperationJournal};
use crate::plan::{Content, PlannedOperation, Track};

/// The parts of an instance after an operation that is not on record as done.
pub(crate) struct Left {
    pub(super) ledger: Vec<LedgerEntry>,
    /// What drivers were asked to deploy, and the release that is on record does not have.
    pub(super) modules: Vec<RenderedModule>,
    pub(super) attempted: Vec<Attempted>,
    pub(super) irreversible: Vec<IrreversibleHook>,
}

/// What an instance consists of after an operation, as far as that came: what was written, and what stays of before.
pub(crate) fn ledger_after(
    previous: Vec<LedgerEntry>,
    journal: &OperationJournal,
) -> Vec<LedgerEntry> {
    let mut ledger = journal.ledger.clone();
    for entry in previous {
        let is_it = |other: &LedgerEntry| other.object.is_same_object(&entry.object);
        let is_gone = journal.deleted.iter().any(is_it) || journal.has_let_go(&entry.object);
        if !ledger.iter().any(is_it) && !is_gone {
            ledger.push(entry);
        }
    }
    ledger
}

/// The modules that stay beside those of the release which an operation has brought: nobody asked its driver to delete them.
pub(crate) fn surplus_after(
    planned: &PlannedOperation,
    journal: &OperationJournal,
) -> Vec<RenderedModule> {
    let before = driven(planned.before()).chain(planned.surplus_modules());
    let is_brought =
        |module: &&RenderedModule| driven(planned.target()).any(|one| one.is_same(module));
    let stays = before.filter(|module| !is_brought(module) && !journal.has_deleted_module(module));
    without_repeats(stays.cloned())
}

impl Left {
    /// What is there after an operation of a plan, as far as that came, of an instance that has this on record. `previous`: what the release before had
    /// written.
    pub(crate) fn by(
        (planned, previous): (&PlannedOperation, Vec<LedgerEntry>),
        (journal, plan): (&OperationJournal, &str),
        record: &InstalledRecord,
    ) -> Self {
        Self {
            ledger: ledger_after(previous, journal),
            modules: modules_left(planned, journal, record),
            attempted: attempted_after(planned, (journal, plan), record),
            irreversible: irreversible_after(planned, journal, record),
        }
    }

    /// What is there again after an operation was taken back, of an instance that had this on record, with this ledger. Of what was attempted before it,
    /// nothing is left once there is no part that the release before has not; it was brought whole again.
    pub(crate) fn of_before(
        planned: &PlannedOperation,
        (journal, ledger): (&OperationJournal, Vec<LedgerEntry>),
        record: &InstalledRecord,
    ) -> Self {
        let stays = record.surplus_modules.iter();
        let modules: Vec<RenderedModule> = stays
            .filter(|module| !journal.has_deleted_module(module))
            .cloned()
            .collect();
        let content = planned.before().map(Content::entries).unwrap_or_default();
        let is_surplus = |entry: &LedgerEntry| {
            let mut content = content.iter();
            !entry.origin.is_others()
                && !entry.holds_data()
                && !content.any(|one| one.object.is_same_object(&entry.object))
        };
        let is_whole = journal.track() == Track::Back
            && !planned.brings_what_is_on_record()
            && modules.is_empty()
            && !ledger.iter().any(is_surplus);
        let attempted = match is_whole {
            true => Vec::new(),
            false => record.attempted.clone(),
        };
        let mut irreversible = irreversible_after(planned, journal, record);
        irreversible.retain(|hook| !is_whole || hook.is_above(record.version()));
        Self {
            ledger,
            modules,
            attempted,
            irreversible,
        }
    }

    pub(super) fn parts(self) -> Parts {
        Parts {
            ledger: self.ledger,
            surplus: self.modules,
        }
    }

    /// Whether there is neither object nor module.
    pub(crate) fn is_nothing(&self) -> bool {
        self.ledger.is_empty() && self.modules.is_empty()
    }
}

/// What an instance consists of when an operation on it is done.
pub(crate) struct Parts {
    pub(crate) ledger: Vec<LedgerEntry>,
    /// The modules beside those of its release.
    pub(crate) surplus: Vec<RenderedModule>,
}

fn driven(content: Option<&Content>) -> impl Iterator<Item = &RenderedModule> {
    content.into_iter().flat_map(Content::driven_modules)
}

fn without_repeats(modules: impl Iterator<Item = RenderedModule>) -> Vec<RenderedModule> {
    let mut all: Vec<RenderedModule> = Vec::new();
    for module in modules {
        if !all.iter().any(|other| other.is_same(&module)) {
            all.push(module);
        }
    }
    all
}

/// The versions of which an operation has left something, or has not removed all that others left.
fn attempted_after(
    planned: &PlannedOperation,
    (journal, plan): (&OperationJournal, &str),
    record: &InstalledRecord,
) -> Vec<Attempted> {
    let known = record.attempted.clone();
    let operation = planned.operation();
    let (Some(from), Some(to)) = (operation.from(), operation.to()) else {
        return known;
    };
    if !planned.is_between_versions() || journal.is_on_record(planned) {
        return known;
    }
    let has_pruned = journal.has_pruned(planned);
    let new = |version: &Version, plan: Option<String>, extent: Extent| Attempted {
        version: version.to_string(),
        plan,
        extent,
    };
    if to.as_str() == record.version() {
        let is_unknown = known.is_empty() && from.as_str() != record.version();
        let mut attempted = match is_unknown {
            true => vec![new(from, None, Extent::Modules)],
            false => known,
        };
        // It has to come to its end all the same, and what it was leaving is what it begins at again.
        for one in attempted.iter_mut().filter(|_| has_pruned) {
            one.extent = Extent::Hooks;
        }
        return attempted;
    }
    let (again, mut others): (Vec<_>, Vec<_>) = known
        .into_iter()
        .partition(|one| one.version == to.as_str());
    if has_pruned {
        others.clear();
    }
    let extent = journal.extent(planned);
    let plan = Some(plan.to_owned());
    let again = again.into_iter().next();
    let mut attempted = again.unwrap_or_else(|| new(to, None, extent));
    attempted.plan = plan;
    attempted.extent = attempted.extent.max(extent);
    others.push(attempted);
    others
}

/// The irreversible hooks that may have had their effects: those that were on record, and those of an operation that is not on record as done.
fn irreversible_after(
    planned: &PlannedOperation,
    journal: &OperationJournal,
    record: &InstalledRecord,
) -> Vec<IrreversibleHook> {
    let mut hooks = record.irreversible.clone();
    for hook in planned.irreversible_hooks(journal) {
        if !journal.is_on_record(planned) && !hooks.contains(&hook) {
            hooks.push(hook);
        }
    }
    hooks
}

/// The modules that the release on record does not have and that drivers were asked for, by this operation or before, as far as they have not gone.
fn modules_left(
    planned: &PlannedOperation,
    journal: &OperationJournal,
    record: &InstalledRecord,
) -> Vec<RenderedModule> {
    let was_asked = |module: &&RenderedModule| {
        let mut asked = journal.modules.iter();
        asked.any(|one| one.deploy && one.is_of(module))
    };
    let operation = planned.operation();
    let brings_it = operation
        .to()
        .is_some_and(|to| to.as_str() == record.version());
    let has_committed = journal.has_committed(planned);
    let is_uninstall = operation.kind() == OperationKind::Uninstall;
    let known = match operation.kind() {
        OperationKind::Install if !has_committed => None,
        // What comes next finds a record of something unfinished, and does not begin at its release.
        OperationKind::Uninstall => None,
        _ if brings_it => planned.target(),
        _ => planned.before(),
    };
    // On the way back from what was committed, they come again; of an uninstall, they are what is left.
    let before = planned.before().filter(|_| has_committed || is_uninstall);
    let brought = driven(planned.target()).filter(was_asked);
    let all = brought
        .chain(planned.surplus_modules())
        .chain(driven(before));
    let surplus = all.filter(|module| {
        !driven(known).any(|other| other.is_same(module)) && !journal.has_deleted_module(module)
    });
    without_repeats(surplus.cloned())
}
