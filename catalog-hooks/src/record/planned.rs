//! What an operation will put on record, as far as that is known before.

use catalog_model::version::Version;
use catalog_model::{InstalledRelease, Operation};
use serde_json::Value;

use super::{HISTORY, InstalledRecord, IrreversibleHook, OF_ONE_VERSION, RECORD_VERSION};
use crate::api::ObjectRef;
use crate::context::OperationContext;
use crate::journal::LedgerEntry;
use crate::plan::{Content, PlannedOperation};

impl InstalledRecord {
    /// What will be on record of an instance once an operation is done, as far as that can be known before: by which plan, and what was there
    /// already, only the run knows. `None` after an uninstall, and after an action of what is on no record.
    pub(crate) fn expected_after(planned: &PlannedOperation) -> Option<Self> {
        let Some(target) = planned.target() else {
            let stays = planned.operation().to().is_some();
            return planned.installed().filter(|_| stays).cloned();
        };
        let known = |entry: &LedgerEntry| {
            let mut before = planned.previous().iter();
            before
                .find(|known| known.object.is_same_object(&entry.object))
                .cloned()
        };
        let entries = target.entries().into_iter();
        let ledger = entries.map(|entry| known(&entry).unwrap_or(entry));
        let record = planned.record()?;
        Some(Self {
            ledger: ledger.collect(),
            irreversible: record.irreversible_above(),
            ..record.clone()
        })
    }

    /// The same, of an operation that begins with another record than was thought.
    pub(crate) fn following(mut self, operation: &Operation, installed: Option<&Self>) -> Self {
        let history = history(installed, operation);
        if let Some(fields) = self.release.as_object_mut() {
            match history.is_empty() {
                true => fields.remove("history"),
                false => fields.insert("history".to_owned(), history.into()),
            };
        }
        Self {
            plans: Self::plans_before(installed),
            irreversible: Self::irreversible_before(installed),
            ..self
        }
    }

    /// The plans that brought an instance where it is. An install that was not finished is nothing to go back to.
    fn plans_before(installed: Option<&Self>) -> Vec<String> {
        let finished = installed.filter(|record| !record.unfinished);
        finished
            .map(|record| record.plans.clone())
            .unwrap_or_default()
    }

    fn irreversible_before(installed: Option<&Self>) -> Vec<IrreversibleHook> {
        let hooks = installed.map(Self::irreversible_hooks);
        hooks.unwrap_or_default().to_vec()
    }

    /// What an operation will commit, but for its ledger; `None` for an uninstall.
    pub(crate) fn planned(
        operation: &Operation,
        context: &OperationContext,
        (installed, record): (Option<&Self>, Option<InstalledRelease>),
        target: Option<&Content>,
    ) -> Option<Self> {
        let is_given = record.is_some();
        let to = operation.to()?;
        let (package, namespace) = (operation.package().as_str(), operation.namespace());
        let mut release = record
            .map(|record| record.to_json())
            .or_else(|| installed.map(|record| record.release.clone()))
            .unwrap_or_else(|| InstalledRelease::new(package, to.as_str(), namespace).to_json());
        let history = history(installed, operation);
        if let Some(fields) = release.as_object_mut() {
            if !is_given {
                // What the release before was is not what this one is.
                fields.retain(|key, _| !OF_ONE_VERSION.contains(&key.as_str()));
            }
            let definitions = definitions(target);
            if !definitions.is_empty() {
                fields.insert("definitions".to_owned(), definitions.into());
            }
            fields.insert("version".to_owned(), to.as_str().into());
            if !history.is_empty() {
                fields.insert("history".to_owned(), history.into());
            }
        }
        Some(Self {
            version: RECORD_VERSION,
            release,
            release_uid: context.release_uid().to_owned(),
            ledger: Vec::new(),
            surplus_modules: Vec::new(),
            pinned_modules: Vec::new(),
            plans: Self::plans_before(installed),
            unfinished: false,
            left_by: None,
            attempted: Vec::new(),
            irreversible: Self::irreversible_before(installed),
            unrecorded: false,
        })
    }
}

/// The definitions of a release, as records list them.
fn definitions(target: Option<&Content>) -> Vec<Value> {
    let definitions = target.map(Content::definitions).unwrap_or_default();
    let named = definitions.iter().filter_map(ObjectRef::of);
    named
        .filter_map(|object| serde_json::to_value(object).ok())
        .collect()
}

/// The versions an instance had before, the newest last. One that was only attempted is none of them.
fn history(installed: Option<&InstalledRecord>, operation: &Operation) -> Vec<String> {
    let was_attempted =
        |from: &&Version| installed.is_some_and(|record| record.attempted_version(from).is_some());
    let from = operation.from().filter(|from| !was_attempted(from));
    let before = installed.and_then(|record| record.release.get("history")?.as_array());
    let before = before
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.as_str()?.to_owned()));
    let mut history: Vec<String> = before.chain(from.map(ToString::to_string)).collect();
    let surplus = history.len().saturating_sub(HISTORY);
    history.drain(..surplus);
    history
}
