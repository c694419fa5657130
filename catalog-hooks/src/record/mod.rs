//! What is on record of an installed instance.

use catalog_model::{InstalledRelease, Operation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::ObjectRef;
use crate::context::OperationContext;
use crate::digest;
use crate::instance::instance_name;
use crate::journal::{LedgerEntry, OperationJournal};
use crate::label;
use crate::plan::{Content, PlannedOperation};
use crate::pointer::At;
use crate::secret_data;

/// The type of the Secrets that hold installed records.
pub const RECORD_TYPE: &str = "catalog.dev/installed";

/// How many versions an instance had before are kept.
const HISTORY: usize = 10;

/// What is on record of an installed instance: one Secret in the runner's namespace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InstalledRecord {
    release: Value,
    release_uid: String,
    #[serde(default)]
    ledger: Vec<LedgerEntry>,
    #[serde(default)]
    plans: Vec<String>,
}

impl InstalledRecord {
    /// The record of an instance that was not installed by this crate.
    #[must_use]
    pub fn new(
        release: &InstalledRelease,
        release_uid: impl Into<String>,
        ledger: Vec<LedgerEntry>,
    ) -> Self {
        Self {
            release: release.to_json(),
            release_uid: release_uid.into(),
            ledger,
            plans: Vec::new(),
        }
    }

    /// What is there of an instance after an operation that was not finished: what was on record before it, and what it wrote.
    ///
    /// The next operation on the instance is given it as [`OperationInput::installed`](crate::plan::OperationInput::installed), so that it finds,
    /// replaces and deletes what that one left. Of all but an install that is not given up the record says the same when the run has ended.
    /// `None`: nothing was on record, and the operation brings nothing.
    #[must_use]
    pub fn left_by(planned: &PlannedOperation, journal: &OperationJournal) -> Option<Self> {
        let base = planned.installed().or_else(|| planned.record())?;
        Some(base.with_ledger(ledger_after(planned, journal)))
    }

    /// What will be on record of an instance once an operation is done: the next operation of the same plan on that instance is given it as
    /// [`OperationInput::installed`](crate::plan::OperationInput::installed). `None` after an uninstall, and after an action of what is on no record.
    #[must_use]
    pub fn expected_after(planned: &PlannedOperation) -> Option<Self> {
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
        Some(planned.record()?.with_ledger(ledger.collect()))
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
            release,
            release_uid: context.release_uid().to_owned(),
            ledger: Vec::new(),
            plans: installed
                .map(|record| record.plans.clone())
                .unwrap_or_default(),
        })
    }

    /// Reads the record that a Secret holds; `None` if it holds none.
    #[must_use]
    pub fn from_secret(secret: &Value) -> Option<Self> {
        let data = secret.at("/data/record")?.as_str()?;
        serde_json::from_slice(&secret_data::decode(data)?).ok()
    }

    /// The Secret, without what only a server knows.
    #[must_use]
    pub fn to_secret(&self, home: &str) -> Value {
        let text = |key| {
            self.release
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let record = serde_json::to_value(self).unwrap_or_default();
        json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "name": Self::secret_name(text("package"), text("namespace")),
                "namespace": home,
                "labels": {
                    label::MANAGED_BY: label::MANAGER,
                    label::PACKAGE: label::value(text("package")),
                    label::NAMESPACE: label::value(text("namespace")),
                    label::VERSION: label::value(text("version")),
                    label::RELEASE_UID: label::value(&self.release_uid),
                },
            },
            "type": RECORD_TYPE,
            "data": {"record": secret_data::encode(digest::canonical(&record).as_bytes())},
        })
    }

    /// Where the record of an instance is kept.
    #[must_use]
    pub fn secret_ref(home: &str, package: &str, namespace: &str) -> ObjectRef {
        ObjectRef::namespaced("v1", "Secret", home, Self::secret_name(package, namespace))
    }

    fn secret_name(package: &str, namespace: &str) -> String {
        instance_name("installed", package, namespace)
    }

    /// The record as `installed` lists have it: see [`InstalledRelease::read`].
    #[must_use]
    pub fn release(&self) -> &Value {
        &self.release
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        self.release
            .get("package")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The namespace of the instance.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.release
            .get("namespace")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The version that is installed, as it was written.
    #[must_use]
    pub fn version(&self) -> &str {
        self.release
            .get("version")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The uid of the installed release, which its objects carry as a label.
    #[must_use]
    pub fn release_uid(&self) -> &str {
        &self.release_uid
    }

    /// What was written for it.
    #[must_use]
    pub fn ledger(&self) -> &[LedgerEntry] {
        &self.ledger
    }

    /// The digests of the plans that brought it here, as far back as it can go, the newest last.
    #[must_use]
    pub fn plans(&self) -> &[String] {
        &self.plans
    }

    /// The same, with what was written.
    pub(crate) fn with_ledger(&self, ledger: Vec<LedgerEntry>) -> Self {
        Self {
            ledger,
            ..self.clone()
        }
    }

    /// The same, with what was written, and by which plan.
    pub(crate) fn committed(&self, ledger: Vec<LedgerEntry>, plan: &str) -> Self {
        let mut plans = self.plans.clone();
        plans.retain(|known| known != plan);
        plans.push(plan.to_owned());
        // The present one, and one for each version it can go back to.
        let surplus = plans.len().saturating_sub(HISTORY + 1);
        plans.drain(..surplus);
        Self {
            ledger,
            plans,
            ..self.clone()
        }
    }
}

/// What a record says of one version only.
const OF_ONE_VERSION: [&str; 3] = ["digest", "valuesHash", "definitions"];

/// The definitions of a release, as records list them.
fn definitions(target: Option<&Content>) -> Vec<Value> {
    let definitions = target.map(Content::definitions).unwrap_or_default();
    let named = definitions.iter().filter_map(ObjectRef::of);
    named
        .filter_map(|object| serde_json::to_value(object).ok())
        .collect()
}

/// What an instance consists of after an operation, as far as that came: what was written, and what stays of before.
pub(crate) fn ledger_after(
    planned: &PlannedOperation,
    journal: &OperationJournal,
) -> Vec<LedgerEntry> {
    let mut ledger = journal.ledger.clone();
    for entry in planned.previous() {
        let is_it = |other: &LedgerEntry| other.object.is_same_object(&entry.object);
        if !ledger.iter().any(is_it) && !journal.deleted.iter().any(is_it) {
            ledger.push(entry.clone());
        }
    }
    ledger
}

/// The versions an instance had before, the newest last.
fn history(installed: Option<&InstalledRecord>, operation: &Operation) -> Vec<String> {
    let before = installed.and_then(|record| record.release.get("history")?.as_array());
    let before = before
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.as_str()?.to_owned()));
    let mut history: Vec<String> = before
        .chain(operation.from().map(ToString::to_string))
        .collect();
    let surplus = history.len().saturating_sub(HISTORY);
    history.drain(..surplus);
    history
}
