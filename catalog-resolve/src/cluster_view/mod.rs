//! Catalogs as one cluster sees them.

use std::collections::{BTreeMap, BTreeSet};

use catalog_model::conditions::evaluate::{Context, evaluate};
use catalog_model::conditions::report::{LeafReport, Report};
use catalog_model::conditions::snapshot::Snapshot;
use catalog_model::{Capability, Release, ResourceScope, Scope};
use serde_json::Value;

use crate::catalogs::{Catalogs, ReleaseKey};
use crate::deferred::{ConditionProviders, Deferred};
use crate::request::{Exclusion, Request};
use crate::resolution::{Resolution, ResolvedRelease};
use crate::universe::{ReleaseSpec, Universe};

mod contents;
mod kinds;

use self::contents::Contents;
use self::kinds::Kinds;

/// The API group of CustomResourceDefinitions, and that of OAM definitions.
const CRDS: &str = "apiextensions.k8s.io";
const OAM: &str = "core.oam.dev";
const OAM_KINDS: [&str; 5] = [
    "ComponentDefinition",
    "PolicyDefinition",
    "TraitDefinition",
    "WorkflowStepDefinition",
    "WorkloadDefinition",
];

/// A catalog, or several, compiled for the solver, with what one cluster answers to the conditions of the releases.
///
/// A release whose gate is closed is excluded, and the reason reappears in explanations. A condition that only misses an API, a CRD or
/// a definition which some release of the catalogs brings becomes a requirement instead: it is [deferred](Self::deferred), to be asked
/// again just before its step.
///
/// ```
/// use catalog_model::conditions::snapshot::Snapshot;
/// use catalog_model::{LoadOptions, MemorySource, load};
/// use catalog_resolve::{ClusterView, Outcome, Request, resolve};
///
/// let source = MemorySource::from_iter([
///     ("loki/2.9.0/metadata.yaml", "name: loki\nversion: 2.9.0\n"),
///     ("loki/3.0.0/metadata.yaml", "name: loki\nversion: 3.0.0\nsystem: {kubernetes: '>=1.31'}\n"),
/// ]);
/// let catalog = load(&source, &LoadOptions::default())?.into_catalog();
/// let snapshot = Snapshot::builder().server_version("v1.30.14").build();
/// let view = ClusterView::on(&catalog, &snapshot, "default");
/// let request = view.request(Request::new().install("loki", "*")?);
/// let Outcome::Resolved(resolution) = resolve(view.universe(), &request) else { panic!("2.9.0 is left") };
/// assert_eq!(resolution.releases()[0].version(), "2.9.0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ClusterView {
    universe: Universe,
    home: Option<String>,
    exclusions: Vec<Exclusion>,
    cluster: BTreeSet<Capability>,
    deferred: BTreeMap<ReleaseKey, Vec<Deferred>>,
    conditions: BTreeMap<ReleaseKey, usize>,
}

impl ClusterView {
    /// The catalogs without a cluster: no condition excludes anything, and no capability is there beforehand.
    #[must_use]
    pub fn without_cluster<'c>(catalogs: impl Into<Catalogs<'c>>) -> Self {
        let catalogs = catalogs.into();
        let mut view = Self::empty(None, BTreeSet::new());
        for (origin, release) in catalogs.releases() {
            let count = release.conditions().conditions().len();
            let key = ReleaseKey::new(origin.name, release);
            view.conditions.insert(key, count);
        }
        view.universe = compile(&catalogs, &BTreeMap::new());
        view
    }

    /// The catalogs on a cluster. `home` is where packages of scope `namespace` go, and [`request`](Self::request) sees to it that they do.
    ///
    /// Conditions of such a package are asked about `home` alone: make a view for each namespace that is installed to.
    /// A condition that depends on parameters closes its gate here; [`on_with`](Self::on_with) says them.
    /// Cost: every condition of every release is evaluated once, then the catalogs are compiled.
    #[must_use]
    pub fn on<'c>(catalogs: impl Into<Catalogs<'c>>, snapshot: &Snapshot, home: &str) -> Self {
        Self::on_with(catalogs, snapshot, home, &|_, context| context)
    }

    /// The catalogs on a cluster, as [`on`](Self::on) sees it, with what each release's conditions depend on beside the cluster:
    /// `context` gets the context with the release's namespace in it, and gives back what its conditions are asked in.
    ///
    /// ```
    /// use catalog_model::conditions::snapshot::Snapshot;
    /// use catalog_model::{LoadOptions, MemorySource, load};
    /// use catalog_resolve::{ClusterView, Outcome, Request, resolve};
    /// use serde_json::json;
    ///
    /// let source = MemorySource::from_iter([
    ///     ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
    ///     ("web/1.0.0/conditions/dns.yaml", "\
    /// conditions:
    /// - when: { parameter: web.tls, op: eq, value: true }
    ///   name: new enough for TLS
    ///   target: { kubeVersion: {} }
    ///   op: range
    ///   value: '>=1.31'
    /// "),
    /// ]);
    /// let catalog = load(&source, &LoadOptions::default())?.into_catalog();
    /// let snapshot = Snapshot::builder().server_version("v1.30.14").build();
    /// let resolves = |parameters| {
    ///     let view = ClusterView::on_with(&catalog, &snapshot, "default", &|release, context| {
    ///         match release.package().as_str() {
    ///             "web" => context.with_parameters(json!({"web": parameters})),
    ///             _ => context,
    ///         }
    ///     });
    ///     let request = view.request(Request::new().install("web", "*").unwrap());
    ///     matches!(resolve(view.universe(), &request), Outcome::Resolved(_))
    /// };
    /// assert!(resolves(json!({"tls": false})));
    /// assert!(!resolves(json!({"tls": true})));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn on_with<'c>(
        catalogs: impl Into<Catalogs<'c>>,
        snapshot: &Snapshot,
        home: &str,
        context: &dyn Fn(&Release, Context) -> Context,
    ) -> Self {
        let catalogs = catalogs.into();
        let mut view = Self::empty(Some(home.to_owned()), shown(snapshot));
        let mut providers = ConditionProviders::of(catalogs.clone());
        let mut relations: BTreeMap<ReleaseKey, Relations> = BTreeMap::new();
        for (origin, package) in catalogs.packages() {
            // Where a package goes is said once for all catalogs.
            let leading = catalogs.leading(package.name().as_str());
            let lives = leading.unwrap_or(package).namespace(home);
            let of_package = Context::new().with_namespace(lives);
            for release in catalogs.releases_of(origin, package) {
                let key = ReleaseKey::new(origin.name, release);
                let context = context(release, of_package.clone());
                let mut report = evaluate(release.conditions(), snapshot, &context);
                let deferred = providers.defer(&mut report, release);
                for one in &deferred {
                    wait(&mut relations, &key, one);
                }
                if !deferred.is_empty() {
                    view.deferred.insert(key.clone(), deferred);
                }
                if !report.gate().is_open() {
                    let exclusion = Exclusion::new(key.package, key.version, reason(&report));
                    // What is asked of one is asked of all that have the same.
                    let others = catalogs.also_in(origin, release).iter();
                    let others = others.map(|other| exclusion.clone().catalog(*other));
                    view.exclusions.extend(others);
                    view.exclusions.push(match origin.name {
                        Some(name) => exclusion.catalog(name),
                        None => exclusion,
                    });
                }
            }
        }
        view.universe = compile(&catalogs, &relations);
        view
    }

    fn empty(home: Option<String>, cluster: BTreeSet<Capability>) -> Self {
        Self {
            universe: Universe::builder().build(),
            home,
            exclusions: Vec::new(),
            cluster,
            deferred: BTreeMap::new(),
            conditions: BTreeMap::new(),
        }
    }

    /// The compiled catalogs.
    #[must_use]
    pub fn universe(&self) -> &Universe {
        &self.universe
    }

    /// A request with what this cluster rules out and provides, and with the home that its conditions were asked about.
    #[must_use]
    pub fn request(&self, request: Request) -> Request {
        let exclusions = self.exclusions.iter();
        let request = exclusions.cloned().fold(request, Request::exclusion);
        let request = request.cluster(self.cluster.iter().cloned());
        match &self.home {
            Some(home) => request.home(home),
            None => request,
        }
    }

    /// Whether there is a cluster, of which conditions were asked.
    pub(crate) fn has_cluster(&self) -> bool {
        self.home.is_some()
    }

    /// The conditions of a release that wait for another release: of the one in the catalog without a name, or else of the first that has it.
    #[must_use]
    pub fn deferred(&self, package: &str, version: &str) -> &[Deferred] {
        let names = std::iter::once(None).chain(self.universe.catalogs().map(Some));
        let mut found =
            names.filter_map(|catalog| self.deferred.get(&key(catalog, package, version)));
        found.next().map_or(&[], Vec::as_slice)
    }

    /// The conditions of a chosen release that wait for another release.
    #[must_use]
    pub fn deferred_of(&self, release: &ResolvedRelease) -> &[Deferred] {
        said_of(&self.deferred, release).map_or(&[], Vec::as_slice)
    }

    /// The packages of an answer whose conditions nobody evaluated, each with how many it has: without a cluster, all that have any.
    pub fn not_evaluated<'r>(
        &self,
        resolution: &'r Resolution,
    ) -> impl Iterator<Item = (&'r str, usize)> {
        let moving = resolution.releases().iter();
        moving
            .filter(|release| !release.is_kept())
            .filter_map(|release| {
                let count = said_of(&self.conditions, release).copied();
                Some((release.package(), count.filter(|count| *count > 0)?))
            })
    }
}

fn key(catalog: Option<&str>, package: &str, version: &str) -> ReleaseKey {
    ReleaseKey {
        catalog: catalog.map(str::to_owned),
        package: package.to_owned(),
        version: version.to_owned(),
    }
}

/// What is known of a chosen release: under the first of the catalogs that have it, be it that the answer calls it by another one.
fn said_of<'v, T>(known: &'v BTreeMap<ReleaseKey, T>, release: &ResolvedRelease) -> Option<&'v T> {
    let catalogs = std::iter::once(release.catalog()).chain(release.also_in().map(Some));
    let mut found = catalogs
        .filter_map(|catalog| known.get(&key(catalog, release.package(), release.version())));
    found.next()
}

/// What a snapshot shows: APIs served, CRDs and OAM definitions present.
fn shown(snapshot: &Snapshot) -> BTreeSet<Capability> {
    let apis = snapshot
        .apis()
        .map(|(group, version, kind)| Capability::Api {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
        });
    let kinds = OAM_KINDS
        .iter()
        .map(|kind| (OAM, *kind))
        .chain([(CRDS, "CustomResourceDefinition")]);
    let definitions = kinds.flat_map(|(group, kind)| {
        let names = snapshot
            .objects(group, kind)
            .filter_map(|object| object.pointer("/metadata/name").and_then(Value::as_str));
        names.map(move |name| Capability::Definition {
            group: group.to_owned(),
            kind: kind.to_owned(),
            name: name.to_owned(),
        })
    });
    apis.chain(definitions).collect()
}

/// What conditions add to what a release says.
#[derive(Debug, Default)]
struct Relations {
    requires: BTreeSet<Capability>,
    provides: BTreeSet<Capability>,
}

/// That a release waits for what others provide.
fn wait(relations: &mut BTreeMap<ReleaseKey, Relations>, asker: &ReleaseKey, deferred: &Deferred) {
    let needs = deferred.capability();
    for provider in &deferred.providers {
        let provider = relations.entry(provider.clone()).or_default();
        provider.provides.insert(needs.clone());
    }
    let asker = relations.entry(asker.clone()).or_default();
    asker.requires.insert(needs);
}

fn compile(catalogs: &Catalogs<'_>, relations: &BTreeMap<ReleaseKey, Relations>) -> Universe {
    let mut builder = Universe::builder();
    for name in catalogs.names() {
        builder.catalog(name);
    }
    let mut contents = Contents::default();
    let kinds = Kinds::of(catalogs);
    for (origin, package) in catalogs.packages() {
        for release in catalogs.releases_of(origin, package) {
            let key = ReleaseKey::new(origin.name, release);
            let mut spec = spec(release, package.namespace(""), (&mut contents, &kinds));
            if let Some(catalog) = origin.name {
                spec = spec.catalog(catalog);
            }
            let others = catalogs.also_in(origin, release).iter();
            spec = others.fold(spec, |spec, other| spec.also_in(*other));
            if let Some(digest) = catalogs.digest(origin, release) {
                spec = spec.digest(digest);
            }
            if let Some(added) = relations.get(&key) {
                let requires = added.requires.iter().cloned();
                spec = requires.fold(spec, ReleaseSpec::requires);
                let provides = added.provides.iter().cloned();
                spec = provides.fold(spec, ReleaseSpec::provides);
            }
            builder.add(spec);
        }
        for unusable in package.unusable() {
            builder.add_unusable(package.name().as_str(), unusable.version());
        }
    }
    // What comes second is left out, and that is said there.
    for (catalog, package, version) in catalogs.hidden() {
        builder.add(ReleaseSpec::new(package, version.as_str()).catalog(catalog));
    }
    builder.build()
}

fn spec<'c>(
    release: &'c Release,
    namespace: &str,
    (contents, kinds): (&mut Contents<'c>, &Kinds<'_>),
) -> ReleaseSpec {
    let metadata = release.metadata();
    let mut spec = ReleaseSpec::new(release.package().as_str(), release.version().as_str())
        .scope(metadata.scope());
    if metadata.scope() == Scope::Cluster {
        spec = spec.namespace(namespace);
    }
    if let Some(group) = metadata.group() {
        spec = spec.group(group);
    }
    for dependency in metadata.dependencies() {
        let (package, range) = (dependency.package().as_str(), dependency.range().as_str());
        spec = match (dependency.is_optional(), dependency.catalog()) {
            (false, None) => spec.dependency(package, range),
            (false, Some(catalog)) => spec.dependency_from(catalog, package, range),
            (true, None) => spec.optional_dependency(package, range),
            (true, Some(catalog)) => spec.optional_dependency_from(catalog, package, range),
        };
    }
    for conflict in metadata.conflicts() {
        spec = spec.conflict(conflict.package().as_str(), conflict.range().as_str());
    }
    spec = metadata
        .requires()
        .iter()
        .cloned()
        .fold(spec, ReleaseSpec::requires);
    spec = release
        .provides()
        .into_iter()
        .fold(spec, ReleaseSpec::provides);
    for definition in release.definitions() {
        let identity = definition.identity();
        let (name, content) = contents.number(identity, definition);
        spec = match (kinds.scope(identity), identity.namespace()) {
            (Some(ResourceScope::Cluster), _) | (None, None) => spec.definition(name, content),
            (_, Some(namespace)) => spec.definition_in(namespace, name, content),
            (Some(ResourceScope::Namespaced), None) => spec.own_definition(name, content),
        };
    }
    if let Some(version) = metadata.replaces() {
        spec = spec.replaces(version.as_str());
    }
    let skips = metadata.skips().iter();
    spec = skips.fold(spec, |spec, version| spec.skips(version.as_str()));
    if let Some(range) = metadata.skip_range() {
        spec = spec.skip_range(range.as_str());
    }
    if let Some(reason) = metadata.yanked() {
        spec = spec.yanked(reason);
    }
    if metadata.deprecated().is_some() {
        spec.deprecated()
    } else {
        spec
    }
}

/// The first condition that closes the gate, and how many others do.
fn reason(report: &Report) -> String {
    let closing: Vec<_> = report
        .conditions()
        .iter()
        .filter(|condition| !condition.gate().is_open())
        .collect();
    let Some(first) = closing.first() else {
        return "its conditions do not hold".to_owned();
    };
    let leaf = first
        .leaves()
        .iter()
        .map(LeafReport::answer)
        .find(|answer| answer.outcome() == first.outcome());
    let answer = leaf.unwrap_or(first.answer());
    let facts = match (answer.expected(), answer.actual()) {
        (Some(expected), Some(actual)) => format!(" (expected {expected}, actual {actual})"),
        _ => format!(" ({})", answer.reason()),
    };
    let others = match closing.len() {
        0 | 1 => String::new(),
        2 => ", and another one is not either".to_owned(),
        more => format!(", and {} others are not either", more - 1),
    };
    format!("condition {}{facts}{others}", first.message())
}
