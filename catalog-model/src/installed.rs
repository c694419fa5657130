//! What is installed in a cluster.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::document::{self, Fields, Limits, Node, Reader};
use catalog_conditions::{Diagnostic, Severity, SourceFile, Span};
use serde_json::{Map, Value};

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
    is_pinned: bool,
    is_requested: bool,
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
            is_pinned: false,
            is_requested: false,
            history: Vec::new(),
        }
    }

    /// Reads a list of records in JSON or YAML: `[{"package", "version", "namespace", "catalog"?, "pinned"?, "requestedByUser"?, "history"?:
    /// [version]}]`.
    ///
    /// What is wrong with a record is an error, and leaves it out; so is a key that is not known, as a misspelt `pinned` must not be lost. Of
    /// two records of a package in one namespace the first counts.
    #[must_use]
    pub fn read(file: &Arc<SourceFile>, limits: &Limits) -> (Vec<Self>, Vec<Diagnostic>) {
        let read = document::parse(file, limits);
        let mut diagnostics = read.diagnostics;
        let mut reader = Reader::new(file, "installed", Severity::Error);
        let mut records = Vec::new();
        if let Some(second) = read.documents.get(1) {
            let message = "a file of installed releases has one document, and this is a second";
            let diagnostic = reader.error("second-document", second.span(), message);
            reader.report(diagnostic.help("move its records into the list of the first"));
        }
        if let Some(list) = read.documents.first() {
            let mut places = BTreeMap::new();
            for node in reader.items(list, "the file").unwrap_or_default() {
                records.extend(record(&mut reader, node, &mut places));
            }
        }
        diagnostics.extend(reader.into_diagnostics());
        (records, diagnostics)
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
        if !self.history.is_empty() {
            object.insert("history".to_owned(), self.history.as_slice().into());
        }
        Value::Object(object)
    }

    /// The catalog it came from.
    #[must_use]
    pub fn from_catalog(mut self, name: impl Into<String>) -> Self {
        self.catalog = Some(name.into());
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

    /// The versions it had before.
    #[must_use]
    pub fn history(&self) -> &[String] {
        &self.history
    }
}

/// One record, with the places of those before it.
fn record(
    reader: &mut Reader<'_>,
    node: &Node,
    places: &mut BTreeMap<(String, String), Span>,
) -> Option<InstalledRelease> {
    let errors = reader.error_count();
    let mut fields = reader.fields(node, "an installed release")?;
    let [package, version, namespace] =
        ["package", "version", "namespace"].map(|key| required(reader, &mut fields, key));
    let catalog = fields
        .take("catalog")
        .and_then(|node| reader.text(node, "catalog"));
    let [is_pinned, is_requested] = ["pinned", "requestedByUser"].map(|key| {
        let node = fields.take(key);
        node.and_then(|node| reader.boolean(node, key))
            .unwrap_or_default()
    });
    let history = fields
        .take("history")
        .map(|node| texts(reader, node))
        .unwrap_or_default();
    reader.finish(fields);
    let record = InstalledRelease {
        package: package?,
        version: version?,
        namespace: namespace?,
        catalog: catalog.map(str::to_owned),
        is_pinned,
        is_requested,
        history,
    };
    let place = (record.package.clone(), record.namespace.clone());
    if let Some(first) = places.get(&place) {
        let message = format!("`{}` is installed in `{}` twice", place.0, place.1);
        let diagnostic = reader.error("twice", node.span(), message);
        let diagnostic = diagnostic.related(reader.file(), *first, "first here");
        reader.report(diagnostic.help("keep the record of what is there"));
        return None;
    }
    places.insert(place, node.span());
    (reader.error_count() == errors).then_some(record)
}

fn required(reader: &mut Reader<'_>, fields: &mut Fields<'_>, key: &'static str) -> Option<String> {
    let node = fields.required(reader, key)?;
    reader.text(node, key).map(str::to_owned)
}

fn texts(reader: &mut Reader<'_>, node: &Node) -> Vec<String> {
    let items = reader.items(node, "history").unwrap_or_default();
    let texts = items
        .iter()
        .filter_map(|item| reader.text(item, "a version"));
    texts.map(str::to_owned).collect()
}
