//! What is known of a cluster: objects, the APIs it serves, its version, and how far that knowledge goes.
//!
//! An object that is not in a snapshot is absent only inside the snapshot's **coverage**. kubectl's own `List` has none: an empty
//! namespace, a label that matches nothing and a namespace that does not exist print the same bytes. Coverage comes from
//!
//! - a typed list (`kubectl get --raw /apis/apps/v1/deployments`) without `metadata.continue` and `metadata.remainingItemCount`: it
//!   covers its kind, and if all its items are of one namespace, that namespace only, since a list of one namespace looks no different.
//!   A list that was asked for with a `labelSelector` or `fieldSelector` looks no different either: who saves one keeps it out of a
//!   snapshot, or saves its items as kubectl's `List` with a `SnapshotCoverage` that names the selector;
//! - a document `kind: SnapshotCoverage` with `covers: everything`, or a list of
//!   `{group, kind, namespaces: all | [..], names: [..], selector: app=web}`, where `names` go with one namespace or none;
//! - who reads the cluster ([`SnapshotBuilder::covers`]) or vouches for a hand-made file ([`SnapshotBuilder::complete`]).
//!
//! A document about the snapshot or the cluster (coverage, failures, discovery, a version, an access review) stands on its own and names
//! no API group of somebody else: an object in a list is an object, whatever its kind is called.
//!
//! What could not be read takes coverage away: a file that breaks off says nothing about what is absent, and a read that failed takes
//! back what its own place or a wider one was said to cover. What contradicts itself is not known: two states of one object, two
//! scopes of one kind, a kind that discovery lacks and an object or a CRD shows.
//!
//! Who saves a cluster writes failed reads down as well, so that answers can say why something is not known:
//!
//! ```yaml
//! kind: SnapshotCoverage
//! takenAt: 2026-01-31T08:00:00Z
//! covers:
//! - {group: apps, kind: Deployment, namespaces: [web], names: [shop, cart]}
//! - {kind: Node, selector: disk=ssd}
//! ---
//! kind: SnapshotFailure
//! failures:
//! - {group: apps, kind: Deployment, namespace: db, reason: forbidden, request: 'GET deployments.apps -n db -> 403 (user "ci")'}
//! - {what: discovery, group: metrics.k8s.io, version: v1beta1, reason: unavailable, request: GET /apis/metrics.k8s.io/v1beta1 -> 503}
//! - {what: version, reason: unavailable, request: GET /version -> timeout}
//! - {what: access, reason: unavailable, request: POST selfsubjectaccessreviews.authorization.k8s.io -> 503}
//! ```
//!
//! `reason` is `unauthorized`, `forbidden`, `unavailable` (a timeout, 429, 5xx, no connection) or `discovery` (of the group, or a
//! conversion webhook). An entry without `name` is a list that failed, without `namespace` one of all namespaces.
//!
//! ```
//! use catalog_conditions::snapshot::Snapshot;
//! use serde_json::json;
//!
//! let snapshot = Snapshot::builder()
//!     .server_version("v1.33.2")
//!     .object(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "web"}}))
//!     .build();
//! assert!(snapshot.object("", "Namespace", None, "web").is_some());
//! assert!(!snapshot.covers("", "Namespace", None), "other namespaces may exist");
//! ```

mod access;
mod builder;
mod coverage;
mod coverage_document;
mod crds;
mod discovery;
mod discovery_document;
mod document;
mod failure;
mod failure_document;
mod failures;
mod identity;
mod json;
mod objects;
mod placing;
mod read;
#[cfg(feature = "fs")]
mod read_path;
mod scope;
mod selections;
mod statement;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use self::access::Reviews;
use self::coverage::Place;
use self::crds::CrdApis;
use self::discovery::Discovery;
use self::objects::Objects;
use crate::diagnostic::Diagnostic;
use crate::selector::LabelSelector;
use crate::timestamp::Timestamp;

pub use self::access::{Access, AccessQuery};
pub use self::builder::SnapshotBuilder;
pub use self::coverage::Namespaces;
pub(crate) use self::crds::{established, is_terminating, served_versions};
pub(crate) use self::discovery::Served;
pub use self::failure::{FailureKind, ReadFailure};
pub(crate) use self::objects::Copies;
pub use self::objects::Stored;
#[cfg(feature = "fs")]
pub use self::read_path::ReadPathError;
pub(crate) use self::scope::{Scope, well_known_scope};
pub use self::scope::{built_in_kinds, is_cluster_scoped};

/// How many names advice is made of. An answer must not cost more beside more objects that nobody asked about.
const ADVISED: usize = 1000;

/// A cluster's state as far as it is known. Immutable, and cheap to ask: what is asked by name takes logarithmic time in the number of
/// objects and kinds. A kind that is asked for in no version is looked up in each version of its group.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    objects: Objects,
    discovery: Discovery,
    crds: CrdApis,
    coverage: coverage::Coverage,
    server_version: Option<String>,
    taken_at: Option<Timestamp>,
    reviews: Reviews,
    version_failure: Option<ReadFailure>,
    access_failure: Option<ReadFailure>,
    diagnostics: Vec<Diagnostic>,
}

impl Snapshot {
    /// An empty snapshot to add to.
    pub fn builder() -> SnapshotBuilder {
        SnapshotBuilder::default()
    }

    /// What was wrong with the text it was read from, in order of files and places. They withhold the lines that they point at: a
    /// saved cluster holds Secrets.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The cluster's version as it calls itself (`gitVersion`), such as `v1.33.2-gke.100`.
    #[must_use]
    pub fn server_version(&self) -> Option<&str> {
        self.server_version.as_deref()
    }

    /// An object by its identity; `namespace` is `None` for a cluster-scoped kind. Of an object that is held in several versions
    /// of its API, the one whose version sorts first.
    #[must_use]
    pub fn object(
        &self,
        group: &str,
        kind: &str,
        namespace: Option<&str>,
        name: &str,
    ) -> Option<&Value> {
        let copies = self
            .objects
            .copies(group, kind, namespace.unwrap_or_default(), name)?;
        copies.first()
    }

    /// What is held of an object, given as group, kind, namespace (`None` for a kind outside namespaces) and name, for somebody who asks for
    /// one version of its API; `None` if nothing is.
    ///
    /// ```
    /// use catalog_conditions::snapshot::{Snapshot, Stored};
    /// use serde_json::json;
    ///
    /// let old = json!({"apiVersion": "policy/v1beta1", "kind": "PodDisruptionBudget", "metadata": {"namespace": "web", "name": "shop"}});
    /// let snapshot = Snapshot::builder().object(old).build();
    /// let shop = ("policy", "PodDisruptionBudget", Some("web"), "shop");
    /// assert_eq!(snapshot.look_up(shop, "v1"), Some(Stored::OtherVersion("v1beta1")));
    /// ```
    #[must_use]
    pub fn look_up(
        &self,
        (group, kind, namespace, name): (&str, &str, Option<&str>, &str),
        version: &str,
    ) -> Option<Stored<'_>> {
        self.stored((group, kind, namespace.unwrap_or_default(), name), version)
    }

    /// Whether objects of a kind live in namespaces; `None` if neither Kubernetes, nor discovery, nor a CRD or object of the snapshot says so.
    #[must_use]
    pub fn is_namespaced(&self, group: &str, kind: &str) -> Option<bool> {
        self.scope(group, kind)
            .map(|scope| scope == Scope::Namespaced)
    }

    /// Every object of a kind, ordered by namespace and name; for one that is held in several versions of its API, each.
    pub fn objects<'s>(
        &'s self,
        group: &str,
        kind: &str,
    ) -> impl Iterator<Item = &'s Value> + use<'s> {
        self.objects
            .of_kind(group, kind)
            .flat_map(|(_, _, copies)| copies.all())
    }

    /// The CustomResourceDefinitions, in the order of [`objects`](Self::objects).
    pub fn crds(&self) -> impl Iterator<Item = &Value> {
        self.objects("apiextensions.k8s.io", "CustomResourceDefinition")
    }

    /// Group, version and kind of every API that the cluster is known to serve, from discovery documents and established CRDs, in
    /// order; the core group is empty.
    pub fn apis(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let apis: BTreeSet<_> = self.discovery.apis().chain(self.crds.apis()).collect();
        apis.into_iter()
    }

    /// Whether an object of the kind that is not here does not exist: in `namespace`, or for `None` in any.
    #[must_use]
    pub fn covers(&self, group: &str, kind: &str, namespace: Option<&str>) -> bool {
        let place = place(group, kind, namespace);
        self.objects.all_read(group, kind) && self.coverage.covers(place)
    }

    /// Whether an object of this name that is not here does not exist; `namespace` is `None` for a cluster-scoped kind.
    #[must_use]
    pub fn covers_name(
        &self,
        group: &str,
        kind: &str,
        namespace: Option<&str>,
        name: &str,
    ) -> bool {
        let place = place(group, kind, namespace);
        self.objects.all_read(group, kind) && self.coverage.covers_name(place, name)
    }

    /// Whether an object that a selector selects and that is not here does not exist: in `namespace`, or for `None` in any.
    ///
    /// What was read by a selector that asks for less holds it too: `app=web` covers `app=web,tier=db`.
    #[must_use]
    pub fn covers_selection(
        &self,
        group: &str,
        kind: &str,
        namespace: Option<&str>,
        selector: &LabelSelector,
    ) -> bool {
        let place = place(group, kind, namespace);
        self.objects.all_read(group, kind) && self.coverage.covers_selection(place, selector)
    }

    /// The failed read that explains why an object that is not here is not known; for no name, why some object of the kind is not.
    ///
    /// A read of one namespace answers for that namespace and for all of them, one of all for each; the narrowest is told. Whether
    /// the object is known all the same, [`covers_name`](Self::covers_name) says.
    #[must_use]
    pub fn failure(
        &self,
        group: &str,
        kind: &str,
        namespace: Option<&str>,
        name: Option<&str>,
    ) -> Option<&ReadFailure> {
        self.coverage.failure(place(group, kind, namespace), name)
    }

    /// Whether discovery of a group failed, or of one version of it: a kind that it does not list may be served all the same.
    #[must_use]
    pub fn discovery_failed(&self, group: &str, version: Option<&str>) -> bool {
        self.discovery.failed(group, version)
    }

    /// The failed read of a group's APIs; `None` also where the API server itself could not ask who serves them (`freshness: Stale`).
    #[must_use]
    pub fn discovery_failure(&self, group: &str, version: Option<&str>) -> Option<&ReadFailure> {
        self.discovery.failure(group, version)
    }

    /// The failed read of the cluster's version.
    #[must_use]
    pub fn version_failure(&self) -> Option<&ReadFailure> {
        self.version_failure.as_ref()
    }

    /// The failed read of an access review, which explains why one is not here.
    #[must_use]
    pub fn access_failure(&self) -> Option<&ReadFailure> {
        self.access_failure.as_ref()
    }

    /// What the API server answered to an access review with exactly these attributes.
    #[must_use]
    pub fn access(&self, query: &AccessQuery) -> Option<Access> {
        self.reviews.answer(query)
    }

    /// When the cluster was read.
    #[must_use]
    pub fn taken_at(&self) -> Option<Timestamp> {
        self.taken_at
    }

    /// The CustomResourceDefinition that defines a kind.
    pub(crate) fn crd_of(&self, group: &str, kind: &str) -> Option<&Value> {
        let name = format!("{}.{group}", self.crds.resource(group, kind)?);
        let identity = (
            "apiextensions.k8s.io",
            "CustomResourceDefinition",
            "",
            name.as_str(),
        );
        match self.stored(identity, "v1")? {
            Stored::Object(crd) => Some(crd),
            _ => None,
        }
    }

    /// The plural name under which a kind is requested (`deployments`): as discovery says, else a CRD of the snapshot, else as
    /// Kubernetes names its own kinds.
    #[must_use]
    pub fn resource(&self, group: &str, kind: &str) -> Option<&str> {
        self.discovery
            .resource(group, kind)
            .or_else(|| self.crds.resource(group, kind))
            .or_else(|| scope::well_known_resource(group, kind))
    }

    pub(crate) fn stored(
        &self,
        identity: (&str, &str, &str, &str),
        version: &str,
    ) -> Option<Stored<'_>> {
        let (group, kind, namespace, name) = identity;
        self.objects
            .copies(group, kind, namespace, name)
            .map(|copies| copies.in_version(version))
    }

    /// Namespace, name and what is stored of each object of a kind.
    pub(crate) fn stored_of_kind<'s>(
        &'s self,
        group: &str,
        kind: &str,
    ) -> impl Iterator<Item = (&'s str, &'s str, &'s Copies)> + use<'s> {
        self.objects.of_kind(group, kind)
    }

    /// The same of the objects in one namespace.
    pub(crate) fn stored_in<'s>(
        &'s self,
        group: &str,
        kind: &str,
        namespace: &str,
    ) -> impl Iterator<Item = (&'s str, &'s str, &'s Copies)> + use<'s> {
        self.objects.of_namespace(group, kind, namespace)
    }

    /// The namespaces that have an object of this name, for advice: of the first 1000 of the kind.
    pub(crate) fn namespaces_with<'s>(
        &'s self,
        group: &str,
        kind: &str,
        name: &str,
    ) -> Vec<&'s str> {
        let namespaces = self.objects.namespaces_with((group, kind), name, ADVISED);
        namespaces.collect()
    }

    /// The names in a namespace, for "did you mean": at most the 500 before this one and the 500 after it, since the first letters are
    /// the last to be mistyped.
    pub(crate) fn names_around<'s>(
        &'s self,
        (group, kind): (&str, &str),
        namespace: &str,
        name: &str,
    ) -> Vec<&'s str> {
        let names = (group, kind);
        self.objects
            .names_around(names, namespace, name, ADVISED / 2)
    }

    /// Whether the cluster serves a kind: as its discovery documents say, else as an established CRD or an object shows. What was not
    /// saved at one time may differ: that discovery lacks a kind is not believed where the others show it.
    pub(crate) fn serves(&self, group: &str, version: Option<&str>, kind: &str) -> Served {
        let is_shown =
            || self.crds.serves(group, version, kind) || self.objects.shows(group, version, kind);
        match self.discovery.serves(group, version, kind) {
            Served::Unknown if is_shown() => Served::Yes,
            Served::No if is_shown() => Served::Contradictory,
            served => served,
        }
    }

    /// The versions in which discovery lists a kind, for advice.
    pub(crate) fn served_versions(&self, group: &str, kind: &str) -> Vec<&str> {
        self.discovery.versions_of(group, kind)
    }

    /// The first 1000 kinds of a group that discovery lists, for "did you mean".
    pub(crate) fn served_kinds(&self, group: &str) -> Vec<&str> {
        self.discovery.kinds_of(group).take(ADVISED).collect()
    }

    /// Whether a kind lives in namespaces; `None` if nothing says so.
    pub(crate) fn scope(&self, group: &str, kind: &str) -> Option<Scope> {
        self.discovery
            .scope(group, kind)
            .or_else(|| well_known_scope(group, kind))
            .or_else(|| self.crds.scope(group, kind))
            .or_else(|| self.objects.scope(group, kind))
    }

    /// The namespaces that a snapshot of one kind is known for, if it is not known for all.
    pub(crate) fn covers_some_namespace(&self, group: &str, kind: &str) -> bool {
        self.coverage.names_namespaces(group, kind)
    }
}

type ByGroupAndKind<T> = BTreeMap<String, BTreeMap<String, T>>;

fn place<'q>(group: &'q str, kind: &'q str, namespace: Option<&'q str>) -> Place<'q> {
    Place {
        group,
        kind,
        namespace,
    }
}

fn of<'m, T>(map: &'m ByGroupAndKind<T>, group: &str, kind: &str) -> Option<&'m T> {
    map.get(group)?.get(kind)
}
