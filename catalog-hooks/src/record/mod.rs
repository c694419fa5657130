//! What is on record of an installed instance.

mod attempted;
mod left;
mod planned;
mod shape;
mod so_far;
mod surplus;

pub use self::attempted::{Attempted, Extent, IrreversibleHook};
pub(crate) use self::left::Left;
pub use self::shape::RECORD_VERSION;
pub(crate) use self::so_far::{SoFar, ledger_done};

use catalog_model::InstalledRelease;
use catalog_model::version::Version;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::left::Parts;
use self::surplus::PinnedModule;
use crate::api::ObjectRef;
use crate::digest;
use crate::instance::instance_name;
use crate::journal::{JournalError, LedgerEntry};
use crate::label;
use crate::module::RenderedModule;
use crate::pointer::At;
use crate::secret_data;

/// The type of the Secrets that hold installed records.
pub const RECORD_TYPE: &str = "catalog.dev/installed";

/// How many versions an instance had before are kept.
const HISTORY: usize = 10;

/// What is on record of an installed instance: one Secret in the runner's namespace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, remote = "Self")]
pub struct InstalledRecord {
    version: u32,
    release: Value,
    release_uid: String,
    #[serde(default)]
    ledger: Vec<LedgerEntry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    surplus_modules: Vec<RenderedModule>,
    /// Others of the kind, which would take too much room.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pinned_modules: Vec<PinnedModule>,
    #[serde(default)]
    plans: Vec<String>,
    #[serde(default, skip_serializing_if = "crate::flag::is_false")]
    unfinished: bool,
    /// The plan of the operation that wrote it last, without its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left_by: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attempted: Vec<Attempted>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    irreversible: Vec<IrreversibleHook>,
    /// Whether it is what the journal of a run says, and on no record: an uninstall begins with it.
    #[serde(default, skip_serializing_if = "crate::flag::is_false")]
    unrecorded: bool,
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
            version: RECORD_VERSION,
            release: release.to_json(),
            release_uid: release_uid.into(),
            ledger,
            surplus_modules: Vec::new(),
            pinned_modules: Vec::new(),
            plans: Vec::new(),
            unfinished: false,
            left_by: None,
            attempted: Vec::new(),
            irreversible: Vec::new(),
            unrecorded: false,
        }
    }

    /// Reads the record that a Secret holds; `None` if it holds none that [can be read](Self::read).
    #[must_use]
    pub fn from_secret(secret: &Value) -> Option<Self> {
        Self::read(secret).ok()
    }

    /// Reads the record that a Secret holds.
    ///
    /// # Errors
    ///
    /// A newer version of this crate wrote it, or it is damaged: nobody knows then what the instance has.
    pub fn read(secret: &Value) -> Result<Self, JournalError> {
        let data = secret.at("/data/record").and_then(Value::as_str);
        let text = data.and_then(secret_data::decode);
        let text = text.ok_or_else(|| JournalError::damaged_record("it holds no record"))?;
        shape::read(serde_json::from_slice(&text).map_err(JournalError::damaged_record)?)
    }

    /// What the labels of a record's Secret say where nobody can [read](Self::read) what it holds: which package in which namespace, its version, and whether
    /// it was finished. For who asks what else is installed: nothing is known of its objects, and an operation on the instance that was planned from this is
    /// refused. `None`: the labels are not those of the instance that the Secret is named after, or the version stands there shortened, because it is no label
    /// value as it is written (`1.0.0+build`).
    #[must_use]
    pub fn from_labels(secret: &Value) -> Option<Self> {
        let labels = secret.at("/metadata/labels")?;
        let label = |key: &str| labels.get(key)?.as_str();
        let (package, namespace) = (label(label::PACKAGE)?, label(label::NAMESPACE)?);
        let name = secret.at("/metadata/name")?.as_str()?;
        let version = label(label::VERSION).filter(|one| !label::may_be_shortened(one))?;
        let release = InstalledRelease::new(package, version, namespace);
        let mut record = Self::new(&release, label(label::RELEASE_UID)?, Vec::new());
        record.unfinished = label(label::UNFINISHED).is_some();
        (name == Self::secret_name(package, namespace)).then_some(record)
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
        let mut secret = json!({
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
        });
        if let Some(labels) = secret
            .pointer_mut("/metadata/labels")
            .filter(|_| self.unfinished)
            && let Some(labels) = labels.as_object_mut()
        {
            labels.insert(label::UNFINISHED.to_owned(), "true".into());
        }
        secret
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

    /// All plans that it refers to: those that [brought](Self::plans) it here, those of what was [attempted](Self::attempted), the newest last, and those in
    /// which modules of it stand.
    pub(crate) fn known_plans(&self) -> impl DoubleEndedIterator<Item = &String> {
        let attempted = self.attempted.iter().filter_map(|one| one.plan.as_ref());
        let modules = self.pinned_modules.iter().map(|module| &module.plan);
        self.plans.iter().chain(attempted).chain(modules)
    }

    /// The other versions than [`version`](Self::version) of which parts may be there, the one that was attempted last at the end: each was brought, or
    /// left, by an upgrade or a rollback that did not come to its end and was not taken back. What a later operation has removed is not among them.
    ///
    /// An operation from one of them to the version on record, a rollback or an upgrade, deletes the parts of all; so does one from the version on record
    /// to another.
    #[must_use]
    pub fn attempted(&self) -> &[Attempted] {
        &self.attempted
    }

    /// The irreversible hooks that may have had their effects in operations which did not come to their end: those that other operations have gone back
    /// behind, too. Each is named until its version, or a higher one, is committed. As long as the version on record was not brought whole since, nothing
    /// is [taken back](crate::Decision::TakeBack) to what is there now; a rollback that is planned goes back behind them.
    #[must_use]
    pub fn irreversible_hooks(&self) -> &[IrreversibleHook] {
        &self.irreversible
    }

    /// Whether the version on record is all that is there.
    pub(crate) fn is_whole(&self) -> bool {
        !self.unfinished && self.attempted.is_empty()
    }

    /// What is there of another version than the one on record.
    pub(crate) fn attempted_version(&self, version: &Version) -> Option<&Attempted> {
        let mut attempted = self.attempted.iter();
        attempted.find(|one| one.version == version.as_str())
    }

    /// Modules that drivers deployed for it and that its release does not have: those of an operation that was not finished.
    pub(crate) fn surplus_modules(&self) -> &[RenderedModule] {
        &self.surplus_modules
    }

    /// Whether it is that of an install or an uninstall that was not finished: then the package does not count as installed, and what was written for it
    /// is known, so that another install finds it and an uninstall deletes it.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        self.unfinished
    }

    /// Whether it is what there is by the [journals](crate::journal::KeptJournal::unrecorded) alone, as it could not be put on record. An uninstall can begin
    /// with it, and nothing else.
    #[must_use]
    pub fn is_unrecorded(&self) -> bool {
        self.unrecorded
    }

    /// The same, of which nothing but the journal of a run of this plan says that it is so.
    pub(crate) fn unrecorded(self, plan: &str) -> Self {
        Self {
            left_by: Some(plan.to_owned()),
            unrecorded: true,
            ..self
        }
    }

    /// The same, to be put on record.
    pub(crate) fn recorded(self) -> Self {
        Self {
            unrecorded: false,
            ..self
        }
    }

    /// The same, with what an operation of this plan left that was not finished.
    pub(crate) fn left(&self, left: Left, plan: &str) -> Self {
        Self {
            left_by: Some(plan.to_owned()),
            ..self.holding(left)
        }
    }

    /// The same, of what was there before it and is on no record: of this version, as the operation says that brings this one.
    pub(crate) fn before(&self, from: Option<&Version>) -> Self {
        let mut record = Self {
            plans: Vec::new(),
            ..self.clone()
        };
        if let (Some(fields), Some(from)) = (record.release.as_object_mut(), from) {
            fields.retain(|key, _| key != "history" && !OF_ONE_VERSION.contains(&key.as_str()));
            fields.insert("version".to_owned(), from.as_str().into());
        }
        record
    }

    /// The same, of which a part is gone.
    pub(crate) fn going(self) -> Self {
        Self {
            unfinished: true,
            ..self
        }
    }

    /// What stays on record of it when an operation of this plan has uninstalled it, and others are to have these objects.
    pub(crate) fn uninstalled(&self, ledger: Vec<LedgerEntry>, plan: &str) -> Self {
        let record = Self {
            ledger,
            surplus_modules: Vec::new(),
            pinned_modules: Vec::new(),
            left_by: Some(plan.to_owned()),
            attempted: Vec::new(),
            irreversible: Vec::new(),
            unrecorded: false,
            ..self.clone()
        };
        record.going()
    }

    /// The same, of these parts.
    pub(crate) fn holding(&self, left: Left) -> Self {
        Self {
            ledger: left.ledger,
            surplus_modules: left.modules,
            pinned_modules: Vec::new(),
            attempted: left.attempted,
            irreversible: left.irreversible,
            unrecorded: false,
            ..self.clone()
        }
    }

    /// Whether the plan of this digest has written it.
    pub(crate) fn is_of_plan(&self, digest: &str) -> bool {
        let last = self.plans.last();
        last.is_some_and(|last| last == digest) || self.is_left_by(digest)
    }

    /// Whether an operation of the plan of this digest left it so without its end.
    pub(crate) fn is_left_by(&self, digest: &str) -> bool {
        self.left_by.as_deref() == Some(digest)
    }

    /// Whether it is what an operation of the plan of this digest has put there when it was done.
    pub(crate) fn is_committed_by(&self, digest: &str) -> bool {
        self.is_of_plan(digest) && self.left_by.is_none() && !self.unfinished
    }

    /// Whether nothing has come to the one that is not in the other, but who asks for it.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        let what = |record: &Self| {
            let parts = (
                record.plans.clone(),
                record.left_by.clone(),
                (record.attempted.clone(), record.irreversible.clone()),
                record.unfinished,
            );
            (record.version().to_owned(), parts)
        };
        what(self) == what(other)
            && self.ledger == other.ledger
            && self.surplus_keys() == other.surplus_keys()
    }

    /// The record of an install that was not finished, with what it left.
    pub(crate) fn unfinished(&self, left: Left, plan: &str) -> Self {
        Self {
            unfinished: true,
            irreversible: left.irreversible.clone(),
            ..self.committed(left.parts(), plan)
        }
    }

    /// The same, with what was written and what stays beside it, and by which plan.
    pub(crate) fn committed(&self, parts: Parts, plan: &str) -> Self {
        let mut plans = self.plans.clone();
        plans.retain(|known| known != plan);
        plans.push(plan.to_owned());
        // The present one, and one for each version it can go back to.
        let surplus = plans.len().saturating_sub(HISTORY + 1);
        plans.drain(..surplus);
        Self {
            ledger: parts.ledger,
            surplus_modules: parts.surplus,
            pinned_modules: Vec::new(),
            plans,
            unrecorded: false,
            unfinished: false,
            left_by: None,
            attempted: Vec::new(),
            irreversible: self.irreversible_above(),
            ..self.clone()
        }
    }

    /// The irreversible hooks that it goes on naming once it is committed: those of higher versions.
    fn irreversible_above(&self) -> Vec<IrreversibleHook> {
        let hooks = self.irreversible.iter();
        let above = hooks.filter(|hook| hook.is_above(self.version()));
        above.cloned().collect()
    }
}

/// What a record says of one version only.
const OF_ONE_VERSION: [&str; 4] = ["alsoIn", "digest", "valuesHash", "definitions"];
