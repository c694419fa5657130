//! The instance that an operation is about, and what is on record of it and of others.

use catalog_examples::Failure;
use catalog_hooks::Cluster;
use catalog_hooks::api::{ListRequest, Reply, Request};
use catalog_hooks::record::{InstalledRecord, RECORD_TYPE};
use catalog_model::Catalog;
use catalog_model::version::Version;
use serde_json::Value;

use crate::planning::{as_options, failed};
use crate::wish::{Kind, Wish};

/// A package in a namespace.
pub(crate) struct Instance {
    pub(crate) namespace: String,
    /// What is on record of it.
    pub(crate) installed: Option<InstalledRecord>,
    /// What is on record of all others.
    pub(crate) others: Vec<InstalledRecord>,
}

impl Instance {
    /// Finds the instance among what is on record.
    ///
    /// # Errors
    ///
    /// It is not said which of several instances is meant.
    pub(crate) fn among(
        wish: &Wish<'_>,
        catalog: &Catalog,
        records: Vec<InstalledRecord>,
    ) -> Result<Self, Failure> {
        let own: Vec<&str> = records
            .iter()
            .filter(|record| record.package() == wish.name())
            .map(InstalledRecord::namespace)
            .collect();
        let namespace = namespace(wish, catalog, &own)?.to_owned();
        let is_it = |record: &InstalledRecord| {
            record.package() == wish.name() && record.namespace() == namespace
        };
        let (installed, others): (Vec<_>, Vec<_>) = records.into_iter().partition(is_it);
        Ok(Self {
            namespace,
            installed: installed.into_iter().next(),
            others,
        })
    }
}

impl Instance {
    /// The versions of which there may be parts beside the one that is installed, the last one that was attempted at the end.
    ///
    /// # Errors
    ///
    /// One is no version.
    pub(crate) fn attempted(&self) -> Result<Vec<Version>, Failure> {
        self.installed.as_ref().map_or(Ok(Vec::new()), attempted)
    }

    /// The version on record, if the command line names it and there are parts of others beside it. It need not be in the catalog any more.
    ///
    /// # Errors
    ///
    /// What is on record is no version.
    pub(crate) fn named_beside_attempted(
        &self,
        wish: &Wish<'_>,
    ) -> Result<Option<Version>, Failure> {
        let record = self.installed.as_ref();
        let record = record.filter(|record| is_named_beside_attempted(wish, record));
        let version = record.map(|record| Version::parse(record.version()));
        version.transpose().map_err(failed)
    }
}

/// The versions of which there may be parts beside the one that this record says is installed.
///
/// # Errors
///
/// One is no version.
pub(crate) fn attempted(record: &InstalledRecord) -> Result<Vec<Version>, Failure> {
    if record.is_unfinished() {
        return Ok(Vec::new());
    }
    let attempted = record.attempted().iter();
    let versions = attempted.map(|one| Version::parse(one.version()).map_err(failed));
    versions.collect()
}

/// Whether an upgrade is asked for to the version that a record says is installed, beside which there are parts of others.
pub(crate) fn is_named_beside_attempted(wish: &Wish<'_>, record: &InstalledRecord) -> bool {
    wish.kind == Kind::Upgrade
        && wish.name() == record.package()
        && wish.version() == Some(record.version())
        && !record.is_unfinished()
        && !record.attempted().is_empty()
}

/// Where the package is, or is to be: as the catalog says, and of what is there as the records say. `own`: where it is on record.
fn namespace<'w>(
    wish: &Wish<'w>,
    catalog: &'w Catalog,
    own: &[&'w str],
) -> Result<&'w str, Failure> {
    let package = catalog.package(wish.name());
    let home = wish.namespace.unwrap_or("default");
    let place = package.map_or(home, |package| package.namespace(home));
    // A release before this one may have named another namespace, or the catalog no package.
    let is_on_record = |namespace: &str| own.contains(&namespace);
    if let (Some(_), Some(named)) = (package, wish.namespace)
        && named != place
        && !is_on_record(named)
    {
        return Err(Failure::new(format!(
            "`{}` goes to namespace `{place}` wherever it is asked for: leave out --namespace",
            wish.name()
        )));
    }
    match (wish.namespace, own) {
        _ if wish.kind == Kind::Install => Ok(place),
        (Some(named), _) if is_on_record(named) => Ok(named),
        _ if is_on_record(place) => Ok(place),
        (None, [only]) => Ok(only),
        (None, [_, _, ..]) => Err(Failure::new(format!(
            "`{}` is installed in `{}`: say with --namespace which is meant",
            wish.name(),
            own.join("`, `")
        ))),
        _ => Ok(place),
    }
}

/// All records. Of what is not named, and nothing is to be taken from, it is enough to know that it is there: `told` hears of those that are damaged.
///
/// # Errors
///
/// They cannot be read.
pub(crate) fn records(
    cluster: &mut dyn Cluster,
    (wish, is_planned): (&Wish<'_>, bool),
    told: impl Fn(Failure),
) -> Result<Vec<InstalledRecord>, Failure> {
    let home = wish.home;
    let takes_nothing = !is_planned || matches!(wish.kind, Kind::Install | Kind::Action);
    let is_named = |record: &InstalledRecord| {
        let mut named = wish.each();
        named.any(|one| one.name() == record.package())
    };
    let record = |secret: &Value| {
        let known = record(secret);
        let labelled = InstalledRecord::from_labels(secret);
        match (known, labelled) {
            (Err(failure), Some(other)) if takes_nothing && !(is_planned && is_named(&other)) => {
                told(failure);
                Ok(other)
            }
            (known, _) => known,
        }
    };
    let request = Request::List(ListRequest {
        api_version: "v1".to_owned(),
        kind: "Secret".to_owned(),
        namespace: Some(home.to_owned()),
        labels: Vec::new(),
        fields: vec![("type".to_owned(), RECORD_TYPE.to_owned())],
    });
    match cluster.call(&request) {
        Ok(Reply::Objects(secrets)) => secrets.iter().map(record).collect(),
        Ok(_) => Ok(Vec::new()),
        Err(failure) => Err(Failure::new(format!(
            "the Secrets in `{home}` cannot be read: {failure}"
        ))),
    }
}

/// The packages that have something in a namespace by these records, but for one instance.
pub(crate) fn inhabitants(
    records: &[InstalledRecord],
    namespace: &str,
    but: (&str, &str),
) -> Vec<String> {
    let is_there = |record: &&InstalledRecord| {
        let mut objects = record.ledger().iter().map(|entry| &entry.object);
        record.namespace() == namespace
            || objects.any(|object| object.namespace() == Some(namespace))
    };
    let others = records
        .iter()
        .filter(|record| (record.package(), record.namespace()) != but);
    let others = others.filter(is_there);
    others
        .map(|record| format!("`{}` in `{}`", record.package(), record.namespace()))
        .collect()
}

/// How a namespace is deleted, unless these are in it.
pub(crate) fn deletion(namespace: &str, inhabitants: &[String]) -> String {
    match inhabitants {
        [] => format!("`kubectl delete namespace {namespace}` deletes it, and all that is in it"),
        [one] => format!("{one} is in it, and would go with it"),
        all => format!("{} are in it, and would go with it", all.join(", ")),
    }
}

fn record(secret: &Value) -> Result<InstalledRecord, Failure> {
    InstalledRecord::read(secret).map_err(|error| {
        let name = secret.pointer("/metadata/name").and_then(Value::as_str);
        let name = name.unwrap_or_default();
        Failure::new(as_options(&format!(
            "the record in Secret `{name}`: {error}"
        )))
    })
}
