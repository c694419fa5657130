//! What is on record of an installed instance.

use catalog_model::version::Version;
use catalog_model::{InstalledRelease, Operation, OperationKind};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::ObjectRef;
use crate::context::OperationContext;
use crate::digest;
use crate::instance::instance_name;
use crate::journal::{LedgerEntry, OperationJournal};
use crate::label;
use crate::module::RenderedModule;
use crate::plan::{Content, PlannedOperation, Track};
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    surplus_modules: Vec<RenderedModule>,
    #[serde(default)]
    plans: Vec<String>,
    #[serde(default, skip_serializing_if = "crate::flag::is_false")]
    unfinished: bool,
    /// The plan of the operation that wrote it last, without its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempted: Option<Attempted>,
}

/// Another version than the one on record, of which an operation that did not come to its end left something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Attempted {
    version: String,
    /// The plan of the operation that attempted it.
    plan: String,
    /// Whether its modules were begun.
    #[serde(default, skip_serializing_if = "crate::flag::is_false")]
    modules: bool,
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
            surplus_modules: Vec::new(),
            plans: Vec::new(),
            unfinished: false,
            left_by: None,
            attempted: None,
        }
    }

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
        Some(Self {
            ledger: ledger.collect(),
            ..planned.record()?.clone()
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
            surplus_modules: Vec::new(),
            plans: Self::plans_before(installed),
            unfinished: false,
            left_by: None,
            attempted: None,
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

    /// All plans that it refers to: those that [brought](Self::plans) it here, and that of what was [attempted](Self::attempted), the newest last.
    pub(crate) fn known_plans(&self) -> impl DoubleEndedIterator<Item = &String> {
        let attempted = self.attempted.as_ref().map(|attempted| &attempted.plan);
        self.plans.iter().chain(attempted)
    }

    /// The version that an upgrade or a rollback was bringing, or leaving, which did not come to its end and was not taken back: the instance has
    /// [`version`](Self::version) on record, and may hold parts of this one too. An operation from it to the version on record, a rollback or an
    /// upgrade, deletes them; so does one from the version on record to another.
    #[must_use]
    pub fn attempted(&self) -> Option<&str> {
        Some(self.attempted.as_ref()?.version.as_str())
    }

    /// Whether an operation that begins at this version leaves one whose modules were never begun.
    pub(crate) fn is_without_modules(&self, from: &Version) -> bool {
        let attempted = self.attempted.as_ref();
        attempted.is_some_and(|one| one.version == from.as_str() && !one.modules)
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

    /// The same, with what an operation of this plan left that was not finished.
    pub(crate) fn left(&self, left: Left, plan: &str) -> Self {
        let attempted = left.attempted(self, plan);
        Self {
            left_by: Some(plan.to_owned()),
            attempted,
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
        Self {
            left_by: Some(plan.to_owned()),
            attempted: None,
            ..self.holding(Left::of(ledger, Vec::new())).going()
        }
    }

    /// The same, of these objects and modules.
    pub(crate) fn holding(&self, left: Left) -> Self {
        Self {
            ledger: left.ledger,
            surplus_modules: left.modules,
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

    /// Whether nothing has come to the one that is not in the other, but who asks for it.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        let what = |record: &Self| {
            let parts = (
                record.plans.clone(),
                record.left_by.clone(),
                record.attempted.clone(),
                record.unfinished,
            );
            (record.version().to_owned(), parts)
        };
        what(self) == what(other)
            && self.ledger == other.ledger
            && self.surplus_modules == other.surplus_modules
    }

    /// The record of an install that was not finished, with what it left.
    pub(crate) fn unfinished(&self, left: Left, plan: &str) -> Self {
        Self {
            surplus_modules: left.modules,
            unfinished: true,
            ..self.committed(left.ledger, plan)
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
            surplus_modules: Vec::new(),
            plans,
            unfinished: false,
            left_by: None,
            attempted: None,
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

/// What an operation that was not finished left of an instance.
pub(crate) struct Left {
    pub(crate) ledger: Vec<LedgerEntry>,
    /// What drivers were asked to deploy, and the release that is on record does not have.
    pub(crate) modules: Vec<RenderedModule>,
    between: Option<Between>,
}

/// The versions that an operation was between, which has not come to where it says on record what is there.
struct Between {
    from: String,
    to: String,
    /// Whether the modules of the one that it brings were begun.
    has_begun_modules: bool,
}

impl Left {
    /// What is there after an operation, as far as that came. `previous`: what the release before had written.
    pub(crate) fn by(
        (planned, previous): (&PlannedOperation, Vec<LedgerEntry>),
        journal: &OperationJournal,
    ) -> Self {
        Self {
            ledger: ledger_after(previous, journal),
            modules: surplus_modules(planned, journal),
            between: Between::of(planned, journal),
        }
    }

    /// These objects and modules, of a release that is whole.
    pub(crate) fn of(ledger: Vec<LedgerEntry>, modules: Vec<RenderedModule>) -> Self {
        Self {
            ledger,
            modules,
            between: None,
        }
    }

    /// What was attempted by an operation of this plan, of an instance that has this on record. Who was on the way to what is on record adds nothing
    /// to what was known.
    fn attempted(&self, record: &InstalledRecord, plan: &str) -> Option<Attempted> {
        let known = record.attempted.as_ref();
        let Some(between) = &self.between else {
            return known.cloned();
        };
        let attempted = |version: &str, modules: bool| Attempted {
            version: version.to_owned(),
            plan: plan.to_owned(),
            modules,
        };
        let Between { from, to, .. } = between;
        if to == record.version() {
            let left = (from != record.version()).then(|| attempted(from, true));
            return known.cloned().or(left);
        }
        let was_begun = known.is_some_and(|known| known.version == *to && known.modules);
        Some(attempted(to, between.has_begun_modules || was_begun))
    }
}

impl Between {
    fn of(planned: &PlannedOperation, journal: &OperationJournal) -> Option<Self> {
        if !planned.is_between_versions() || journal.is_on_record(planned) {
            return None;
        }
        let operation = planned.operation();
        Some(Self {
            from: operation.from()?.to_string(),
            to: operation.to()?.to_string(),
            has_begun_modules: journal.has_reached_modules(planned),
        })
    }
}

fn surplus_modules(planned: &PlannedOperation, journal: &OperationJournal) -> Vec<RenderedModule> {
    let was_asked = |module: &&RenderedModule| {
        let mut asked = journal.modules.iter();
        asked.any(|one| one.deploy && one.is_of(module))
    };
    let driven = |content: Option<&'_ Content>| -> Vec<RenderedModule> {
        let modules = content.into_iter().flat_map(Content::driven_modules);
        modules.cloned().collect()
    };
    let is_committed = journal.reached().0 == Track::Forward && journal.is_on_record(planned);
    let known = match planned.operation().kind() {
        _ if is_committed => driven(planned.target()),
        OperationKind::Install => Vec::new(),
        // It began at what was attempted.
        _ if planned.brings_what_is_on_record() => driven(planned.target()),
        _ => driven(planned.before()),
    };
    let mut surplus: Vec<RenderedModule> = Vec::new();
    let brought = driven(planned.target()).into_iter();
    let brought = brought.filter(|module| was_asked(&module));
    for module in brought.chain(planned.surplus_modules().iter().cloned()) {
        let is_it = |other: &RenderedModule| other.is_same(&module);
        if !known.iter().any(is_it) && !surplus.iter().any(is_it) {
            surplus.push(module);
        }
    }
    surplus
}

/// The versions an instance had before, the newest last. One that was only attempted is none of them.
fn history(installed: Option<&InstalledRecord>, operation: &Operation) -> Vec<String> {
    let was_whole = |from: &&Version| {
        let attempted = installed.and_then(InstalledRecord::attempted);
        attempted != Some(from.as_str())
    };
    let from = operation.from().filter(was_whole);
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
