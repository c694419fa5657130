//! What is installed in a cluster.

mod definition;
mod read;
mod snapshot;

use std::sync::Arc;

use catalog_conditions::document::Limits;
use catalog_conditions::snapshot::Snapshot;
use catalog_conditions::{Diagnostic, SourceFile};
use serde_json::{Map, Value};

pub use self::definition::InstalledDefinition;

/// The record of one installed release: what a lifecycle writes when it has installed one, and what a resolver starts from.
///
/// The version is a text: what is installed need not be in any catalog any more, nor be a version that can be read.
///
/// ```
/// use catalog_model::document::Limits;
/// use catalog_model::{InstalledRelease, SourceFile};
///
/// let file = SourceFile::new("installed.json", r#"[
///     {"package": "loki", "version": "2.9.0", "namespace": "loki", "requestedByUser": true},
///     {"package": "grafana", "version": "10.4.1", "namespace": "grafana", "catalog": "main", "pinned": true, "history": ["10.3.0"]}
/// ]"#);
/// let (records, diagnostics) = InstalledRelease::read(&file, &Limits::default());
/// assert!(diagnostics.is_empty());
/// assert_eq!(records[0], InstalledRelease::new("loki", "2.9.0", "loki").requested());
/// assert!(records[1].is_pinned());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledRelease {
    package: String,
    version: String,
    namespace: String,
    catalog: Option<String>,
    also_in: Vec<String>,
    digest: Option<String>,
    is_pinned: bool,
    is_requested: bool,
    needed_by: Vec<String>,
    values_hash: Option<String>,
    definitions: Vec<InstalledDefinition>,
    history: Vec<String>,
}

impl InstalledRelease {
    /// A version of a package, installed in a namespace: for a cluster-wide package, that in which its objects live.
    pub fn new(
        package: impl Into<String>,
        version: impl Into<String>,
        namespace: impl Into<String>,
    ) -> Self {
        Self {
            package: package.into(),
            version: version.into(),
            namespace: namespace.into(),
            catalog: None,
            also_in: Vec::new(),
            digest: None,
            is_pinned: false,
            is_requested: false,
            needed_by: Vec::new(),
            values_hash: None,
            definitions: Vec::new(),
            history: Vec::new(),
        }
    }

    /// Reads a list of records in JSON or YAML: `[{"package", "version", "namespace", "catalog"?, "alsoIn"?: [catalog], "digest"?, "pinned"?,
    /// "requestedByUser"?, "neededBy"?: [package], "valuesHash"?, "definitions"?: [{"apiVersion", "kind", "namespace"?, "name"}], "history"?: [version]}]`.
    ///
    /// What is wrong with a record is an error, and leaves it out; so is a key that is not known, as a misspelt `pinned` must not be lost. Of
    /// two records of a package in one namespace the first counts.
    #[must_use]
    pub fn read(file: &Arc<SourceFile>, limits: &Limits) -> (Vec<Self>, Vec<Diagnostic>) {
        read::list(file, limits)
    }

    /// Reads the records that a lifecycle keeps in the namespace `home` of a cluster: Secrets of the type `catalog.dev/installed` with the label
    /// `catalog.dev/package`, whose `record` holds one under `release`.
    ///
    /// That of an install or uninstall which was not finished (label `catalog.dev/unfinished`) is left out, with a warning.
    ///
    /// A record that cannot be read is an error, as in [`read`](Self::read), and so is a snapshot that does not hold all such Secrets with
    /// their data: what is not known to be installed would be planned as if it were not there.
    #[must_use]
    pub fn from_snapshot(
        snapshot: &Snapshot,
        home: &str,
        limits: &Limits,
    ) -> (Vec<Self>, Vec<Diagnostic>) {
        snapshot::records(snapshot, home, limits)
    }

    /// The record as [`read`](Self::read) reads it; what has its default is left out.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        let texts = [
            ("package", Some(&self.package)),
            ("version", Some(&self.version)),
            ("namespace", Some(&self.namespace)),
            ("catalog", self.catalog.as_ref()),
            ("digest", self.digest.as_ref()),
            ("valuesHash", self.values_hash.as_ref()),
        ];
        for (key, text) in texts {
            object.extend(text.map(|text| (key.to_owned(), text.as_str().into())));
        }
        for (key, is_set) in [
            ("pinned", self.is_pinned),
            ("requestedByUser", self.is_requested),
        ] {
            object.extend(is_set.then(|| (key.to_owned(), true.into())));
        }
        for (key, list) in [
            ("alsoIn", &self.also_in),
            ("neededBy", &self.needed_by),
            ("history", &self.history),
        ] {
            object.extend((!list.is_empty()).then(|| (key.to_owned(), list.as_slice().into())));
        }
        if !self.definitions.is_empty() {
            let definitions = self.definitions.iter().map(InstalledDefinition::to_json);
            object.insert("definitions".to_owned(), definitions.collect());
        }
        Value::Object(object)
    }

    /// The catalog it came from.
    #[must_use]
    pub fn from_catalog(mut self, name: impl Into<String>) -> Self {
        self.catalog = Some(name.into());
        self
    }

    /// Other catalogs that had the same release, by falling priority: it is known to them, too, where the first does not have it any more.
    #[must_use]
    pub fn also_in(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.also_in = names.into_iter().map(Into::into).collect();
        self
    }

    /// The digest of its version folder, when it was installed.
    #[must_use]
    pub fn with_digest(mut self, digest: impl Into<String>) -> Self {
        self.digest = Some(digest.into());
        self
    }

    /// The packages that needed it when it was installed.
    #[must_use]
    pub fn with_needed_by(mut self, packages: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.needed_by = packages.into_iter().map(Into::into).collect();
        self
    }

    /// A hash of the values that its modules were given.
    #[must_use]
    pub fn with_values_hash(mut self, hash: impl Into<String>) -> Self {
        self.values_hash = Some(hash.into());
        self
    }

    /// The definitions that it brought, or that passed to it.
    #[must_use]
    pub fn with_definitions(
        mut self,
        definitions: impl IntoIterator<Item = InstalledDefinition>,
    ) -> Self {
        self.definitions = definitions.into_iter().collect();
        self
    }

    /// Keeps it at its version, whatever is asked for.
    #[must_use]
    pub fn pinned(mut self) -> Self {
        self.is_pinned = true;
        self
    }

    /// Lets it move.
    #[must_use]
    pub fn unpinned(mut self) -> Self {
        self.is_pinned = false;
        self
    }

    /// A user asked for it: it was not installed only because something needed it.
    #[must_use]
    pub fn requested(mut self) -> Self {
        self.is_requested = true;
        self
    }

    /// The versions it had before, to which it may go back.
    #[must_use]
    pub fn with_history(mut self, versions: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.history = versions.into_iter().map(Into::into).collect();
        self
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The version, as it was installed.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where it is.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The catalog it came from, if that is known.
    #[must_use]
    pub fn catalog(&self) -> Option<&str> {
        self.catalog.as_deref()
    }

    /// Other catalogs that had the same release when it was installed, by falling priority.
    #[must_use]
    pub fn other_catalogs(&self) -> &[String] {
        &self.also_in
    }

    /// Whether it stays at its version, whatever is asked for.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        self.is_pinned
    }

    /// Whether a user asked for it.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.is_requested
    }

    /// The digest of its version folder, if that is known: `sha256:` and 64 digits.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// The packages that needed it when it was installed.
    #[must_use]
    pub fn needed_by(&self) -> &[String] {
        &self.needed_by
    }

    /// A hash of the values that its modules were given, if that is known.
    #[must_use]
    pub fn values_hash(&self) -> Option<&str> {
        self.values_hash.as_deref()
    }

    /// The definitions that it brought, or that passed to it.
    #[must_use]
    pub fn definitions(&self) -> &[InstalledDefinition] {
        &self.definitions
    }

    /// The versions it had before.
    #[must_use]
    pub fn history(&self) -> &[String] {
        &self.history
    }
}
