//! Puts a snapshot together.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::access::{Access, AccessQuery, Reviews};
use super::coverage::{Coverage, Namespaces, Place};
use super::discovery::Discovery;
use super::document::Document;
use super::failure::ReadFailure;
use super::objects::Objects;
use super::{Snapshot, read};
use crate::diagnostic::Diagnostic;
use crate::document::Limits;
use crate::selector::LabelSelector;
use crate::source::SourceFile;
use crate::timestamp::Timestamp;

/// Collects what is known of a cluster, from text and from memory, in any order.
///
/// Nothing fails: what cannot be read is a diagnostic of the finished [`Snapshot`], and narrows what it covers.
///
/// ```
/// use catalog_conditions::SourceFile;
/// use catalog_conditions::document::Limits;
/// use catalog_conditions::snapshot::Snapshot;
///
/// let saved = SourceFile::new("cluster.yaml", "\
/// kind: SnapshotCoverage
/// covers:
/// - {group: apps, kind: Deployment, namespaces: [web]}
/// ");
/// let snapshot = Snapshot::builder().read(&saved, &Limits::snapshot()).build();
/// assert!(snapshot.covers("apps", "Deployment", Some("web")));
/// assert!(!snapshot.covers("apps", "Deployment", Some("default")));
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "`build` makes the snapshot"]
pub struct SnapshotBuilder {
    pub(super) objects: Objects,
    pub(super) discovery: Discovery,
    pub(super) coverage: Coverage,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) reviews: Reviews,
    server_versions: BTreeSet<String>,
    times: BTreeSet<Timestamp>,
    version_failure: Option<ReadFailure>,
    access_failure: Option<ReadFailure>,
}

impl SnapshotBuilder {
    /// Adds a value as the API server writes it: an object, a list, or a discovery, version or coverage document.
    pub fn object(mut self, value: Value) -> Self {
        self.add(Document {
            value,
            origin: None,
            item_spans: Vec::new(),
            node: None,
            is_item: false,
        });
        self
    }

    /// Adds an object that an API server sent as such, whatever its kind is called: one named `SnapshotCoverage` covers nothing.
    #[cfg(feature = "kube")]
    pub(crate) fn api_object(mut self, object: Value) -> Self {
        self.add_object(object, None);
        self
    }

    /// Adds the text of a file: what `kubectl get -o yaml|json`, `kubectl get --raw` and `kubectl version` print, one or more
    /// documents. Compressed files are the caller's to unpack (feature `fs` has `read_path`, which does).
    ///
    /// Cost: linear in the text. [`Limits::snapshot`] fits whole clusters.
    pub fn read(mut self, file: &Arc<SourceFile>, limits: &Limits) -> Self {
        let text = read::read(file, limits);
        if !text.whole {
            self.coverage.damage();
        }
        self.diagnostics.extend(text.diagnostics);
        for document in text.documents {
            self.add(document);
        }
        self
    }

    /// Says the cluster's version, as in `gitVersion`.
    pub fn server_version(mut self, version: &str) -> Self {
        if self.add_server_version(version) {
            let message = "the cluster is given two versions, and has none while they differ";
            self.diagnostics
                .push(Diagnostic::error("snapshot.version", message));
        }
        self
    }

    /// Says that all objects of a kind in these namespaces are here.
    pub fn covers(mut self, group: &str, kind: &str, namespaces: Namespaces) -> Self {
        self.coverage.cover(group, kind, namespaces);
        self
    }

    /// Says that the objects of these names are here, as far as they exist: in a namespace, or for `None` of a kind that lives in none.
    pub fn covers_names(
        mut self,
        group: &str,
        kind: &str,
        namespace: Option<&str>,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let names = names.into_iter().map(Into::into);
        self.coverage.cover_names(group, kind, namespace, names);
        self
    }

    /// Says that all objects of a kind that a selector selects in these namespaces are here.
    pub fn covers_selection(
        mut self,
        group: &str,
        kind: &str,
        namespaces: Namespaces,
        selector: LabelSelector,
    ) -> Self {
        self.coverage
            .cover_selection(group, kind, namespaces, &selector);
        self
    }

    /// Says that a read failed: of the object `name`, or for `None` of all objects of a kind; in a namespace, or for `None` in all of
    /// them (or of a kind that lives in none).
    ///
    /// What it was to bring is not known, whatever else says that it is covered.
    pub fn read_failed(
        mut self,
        group: &str,
        kind: &str,
        namespace: Option<&str>,
        name: Option<&str>,
        failure: ReadFailure,
    ) -> Self {
        let place = Place {
            group,
            kind,
            namespace,
        };
        self.coverage.fail(place, name, failure);
        self
    }

    /// Says that the APIs of a group, or of one version of it, could not be asked for; for no group, `/apis` itself could not.
    pub fn discovery_failed(
        mut self,
        group: Option<&str>,
        version: Option<&str>,
        failure: ReadFailure,
    ) -> Self {
        self.discovery.fail(group, version, failure);
        self
    }

    /// Says that the cluster's version could not be asked for.
    pub fn version_failed(mut self, failure: ReadFailure) -> Self {
        self.fail_version(failure);
        self
    }

    /// Says that an access review could not be asked for: that is why those are not known that are not here.
    pub fn access_failed(mut self, failure: ReadFailure) -> Self {
        self.fail_access(failure);
        self
    }

    /// Says what the API server answered to an access review.
    pub fn access(mut self, query: AccessQuery, access: Access) -> Self {
        if self.reviews.add(query, access) {
            let message = "an access review has two answers, and counts as undecided";
            self.diagnostics
                .push(Diagnostic::error("snapshot.contradiction", message));
        }
        self
    }

    /// Says when the cluster was read, in RFC 3339: `2026-01-31T08:00:00Z`. Against this time, ages are reckoned. A text that is no
    /// time, and a second time that differs from the first, are diagnostics.
    pub fn taken_at(mut self, time: &str) -> Self {
        if let Err(message) = self.add_time_taken(time) {
            self.diagnostics
                .push(Diagnostic::error("snapshot.time", message));
        }
        self
    }

    /// Vouches that all objects of the cluster are here (`--complete` of the programs). APIs are another matter: that a kind is not
    /// served, only discovery documents say.
    pub fn complete(mut self) -> Self {
        self.coverage.cover_everything();
        self
    }

    /// The snapshot.
    #[must_use]
    pub fn build(mut self) -> Snapshot {
        let crds = self.place_objects();
        self.diagnostics.sort();
        let diagnostics = self.diagnostics.into_iter();
        let one_version = self.server_versions.len() == 1;
        let one_time = self.times.len() == 1;
        Snapshot {
            crds,
            objects: self.objects,
            discovery: self.discovery,
            coverage: self.coverage,
            server_version: self.server_versions.pop_first().filter(|_| one_version),
            taken_at: self.times.pop_first().filter(|_| one_time),
            reviews: self.reviews,
            version_failure: self.version_failure,
            access_failure: self.access_failure,
            // The lines that they point at may be those of a Secret.
            diagnostics: diagnostics.map(Diagnostic::withholding_source).collect(),
        }
    }

    /// Keeps a version; true if it contradicts another.
    pub(super) fn add_server_version(&mut self, version: &str) -> bool {
        self.server_versions.insert(version.to_owned()) && self.server_versions.len() > 1
    }

    /// Keeps a time; `Err` says what is wrong with it.
    pub(super) fn add_time_taken(&mut self, time: &str) -> Result<(), String> {
        let time = Timestamp::parse(time).map_err(|error| error.to_string())?;
        self.times.insert(time);
        if self.times.len() > 1 {
            return Err(
                "the snapshot is given two times, and has none while they differ".to_owned(),
            );
        }
        Ok(())
    }

    pub(super) fn fail_version(&mut self, failure: ReadFailure) {
        keep_least(&mut self.version_failure, failure);
    }

    pub(super) fn fail_access(&mut self, failure: ReadFailure) {
        keep_least(&mut self.access_failure, failure);
    }
}

/// Of several failures of one read the least is kept, so that their order does not show.
fn keep_least(kept: &mut Option<ReadFailure>, failure: ReadFailure) {
    if kept.as_ref().is_none_or(|kept| failure < *kept) {
        *kept = Some(failure);
    }
}
