//! Puts a snapshot together.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::coverage::{Coverage, Namespaces};
use super::crds::CrdApis;
use super::discovery::Discovery;
use super::document::Document;
use super::objects::Objects;
use super::scope::{Scope, well_known_scope};
use super::{Snapshot, read};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Limits;
use crate::source::SourceFile;

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
    server_versions: BTreeSet<String>,
}

impl SnapshotBuilder {
    /// Adds a value as the API server writes it: an object, a list, or a discovery, version or coverage document.
    pub fn object(mut self, value: Value) -> Self {
        self.add(Document {
            value,
            origin: None,
            item_spans: Vec::new(),
        });
        self
    }

    /// Adds the text of a file: what `kubectl get -o yaml|json`, `kubectl get --raw` and `kubectl version` print, one or more
    /// documents. Compressed files are the caller's to unpack.
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

    /// Vouches that all objects of the cluster are here (`--complete` of the programs). APIs are another matter: that a kind is not
    /// served, only discovery documents say.
    pub fn complete(mut self) -> Self {
        self.coverage.cover_everything();
        self
    }

    /// The snapshot.
    #[must_use]
    pub fn build(mut self) -> Snapshot {
        self.leave_out_homeless();
        self.diagnostics.sort();
        let one_version = self.server_versions.len() == 1;
        Snapshot {
            crds: CrdApis::of(&self.objects),
            objects: self.objects,
            discovery: self.discovery,
            coverage: self.coverage,
            server_version: self.server_versions.pop_first().filter(|_| one_version),
            diagnostics: self.diagnostics,
        }
    }

    /// Keeps a version; true if it contradicts another.
    pub(super) fn add_server_version(&mut self, version: &str) -> bool {
        self.server_versions.insert(version.to_owned()) && self.server_versions.len() > 1
    }

    /// An object without `metadata.namespace` of a kind that lives in namespaces is in none that could be asked for.
    fn leave_out_homeless(&mut self) {
        let scope = |group: &str, kind: &str| {
            self.discovery
                .scope(group, kind)
                .or_else(|| well_known_scope(group, kind))
        };
        let namespaced: Vec<(String, String)> = self
            .objects
            .group_kinds()
            .filter(|(group, kind)| scope(group, kind) == Some(Scope::Namespaced))
            .map(|(group, kind)| (group.to_owned(), kind.to_owned()))
            .collect();
        for (group, kind) in namespaced {
            let homeless = self.objects.remove_homeless(&group, &kind);
            if homeless.is_empty() {
                continue;
            }
            self.objects.mark_unread(&group, &kind);
            for name in homeless {
                let message = format!(
                    "{} has no `metadata.namespace`, and is left out",
                    crate::show::object(&kind, "", &name)
                );
                self.report(None, Severity::Error, "identity", message);
            }
        }
    }
}
