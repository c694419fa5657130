//! A catalog as one cluster sees it.

use std::collections::{BTreeMap, BTreeSet};

use catalog_model::conditions::evaluate::{Context, evaluate};
use catalog_model::conditions::report::{LeafReport, Missing, Outcome, Report};
use catalog_model::conditions::snapshot::Snapshot;
use catalog_model::{Capability, Catalog, Definition, Package, Release, Scope};
use serde_json::Value;

use crate::request::Request;
use crate::resolution::Resolution;
use crate::universe::{ReleaseSpec, Universe};

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

/// A catalog compiled for the solver, with what one cluster answers to the conditions of its releases.
///
/// A release whose gate is closed is excluded, and the reason reappears in explanations. A condition that only misses an API, a CRD or
/// a definition which some release of the catalog brings becomes a requirement instead: it is [deferred](Self::deferred), to be asked
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
/// assert_eq!(resolution.releases()[0].version().as_str(), "2.9.0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ClusterView {
    universe: Universe,
    exclusions: Vec<Exclusion>,
    cluster: BTreeSet<Capability>,
    deferred: BTreeMap<(String, String), Vec<Deferred>>,
    conditions: BTreeMap<(String, String), usize>,
    is_evaluated: bool,
}

#[derive(Clone, Debug)]
struct Exclusion {
    package: String,
    version: String,
    reason: String,
}

/// A condition that holds only once another release has brought what it misses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deferred {
    condition: String,
    needs: Capability,
}

impl Deferred {
    /// The condition's name.
    #[must_use]
    pub fn condition(&self) -> &str {
        &self.condition
    }

    /// What must be there before it is asked again.
    #[must_use]
    pub fn needs(&self) -> &Capability {
        &self.needs
    }
}

impl ClusterView {
    /// The catalog without a cluster: no condition excludes anything, and no capability is there beforehand.
    #[must_use]
    pub fn without_cluster(catalog: &Catalog) -> Self {
        Self::new(catalog, None)
    }

    /// The catalog on a cluster. `home` is where packages of scope `namespace` go, for conditions that ask about it.
    ///
    /// Cost: every condition of every release is evaluated once, then the catalog is compiled.
    #[must_use]
    pub fn on(catalog: &Catalog, snapshot: &Snapshot, home: &str) -> Self {
        Self::new(catalog, Some((snapshot, home)))
    }

    fn new(catalog: &Catalog, cluster: Option<(&Snapshot, &str)>) -> Self {
        let providers = Providers::of(catalog);
        let mut builder = Universe::builder();
        let mut view = Self {
            universe: Universe::builder().build(),
            exclusions: Vec::new(),
            cluster: cluster
                .map(|(snapshot, _)| shown(snapshot))
                .unwrap_or_default(),
            deferred: BTreeMap::new(),
            conditions: BTreeMap::new(),
            is_evaluated: cluster.is_some(),
        };
        let mut contents = Contents::default();
        for package in catalog.packages() {
            for release in package.releases() {
                let mut spec = spec(release, &mut contents);
                view.conditions
                    .insert(key(release), release.conditions().conditions().len());
                if let Some((snapshot, home)) = cluster {
                    let report = view.evaluate(release, snapshot, home, &providers);
                    spec = report.into_iter().fold(spec, ReleaseSpec::requires);
                }
                builder.add(spec);
            }
            for unusable in package.unusable() {
                builder.add_unusable(package.name().as_str(), unusable.version());
            }
        }
        view.universe = builder.build();
        view
    }

    /// Evaluates a release's conditions, and returns what it must require beyond what it says.
    fn evaluate(
        &mut self,
        release: &Release,
        snapshot: &Snapshot,
        home: &str,
        providers: &Providers,
    ) -> Vec<Capability> {
        let namespace = match release.metadata().scope() {
            Scope::Cluster => release.namespace(),
            Scope::Namespace => home,
        };
        let context = Context::new().with_namespace(namespace);
        let mut report = evaluate(release.conditions(), snapshot, &context);
        let deferred = providers.defer(&mut report);
        let required = deferred
            .iter()
            .map(|deferred| deferred.needs.clone())
            .collect();
        if !deferred.is_empty() {
            self.deferred.insert(key(release), deferred);
        }
        if !report.gate().is_open() {
            let (package, version) = key(release);
            self.exclusions.push(Exclusion {
                package,
                version,
                reason: reason(&report),
            });
        }
        required
    }

    /// The compiled catalog.
    #[must_use]
    pub fn universe(&self) -> &Universe {
        &self.universe
    }

    /// A request with what this cluster rules out and provides.
    #[must_use]
    pub fn request(&self, request: Request) -> Request {
        let exclusions = self.exclusions.iter();
        let request = exclusions.fold(request, |request, exclusion| {
            request.exclude(&exclusion.package, &exclusion.version, &exclusion.reason)
        });
        request.cluster(self.cluster.iter().cloned())
    }

    /// The conditions of a release that wait for another release.
    #[must_use]
    pub fn deferred(&self, package: &str, version: &str) -> &[Deferred] {
        self.deferred
            .get(&(package.to_owned(), version.to_owned()))
            .map_or(&[], Vec::as_slice)
    }

    /// The packages of an answer whose conditions nobody evaluated, each with how many it has: without a cluster, all that have any.
    pub fn not_evaluated<'r>(
        &self,
        resolution: &'r Resolution,
    ) -> impl Iterator<Item = (&'r str, usize)> {
        let releases = resolution.releases().iter().filter(|_| !self.is_evaluated);
        releases.filter_map(|release| {
            let key = (
                release.package().to_owned(),
                release.version().as_str().to_owned(),
            );
            let count = self
                .conditions
                .get(&key)
                .copied()
                .filter(|count| *count > 0)?;
            Some((release.package(), count))
        })
    }
}

/// Marks conditions of a report that miss only what some release of the catalog brings, so that they do not close its gate.
pub fn defer(report: &mut Report, catalog: &Catalog) -> Vec<Deferred> {
    Providers::of(catalog).defer(report)
}

fn key(release: &Release) -> (String, String) {
    (
        release.package().as_str().to_owned(),
        release.version().as_str().to_owned(),
    )
}

/// Which packages provide what.
struct Providers(BTreeMap<Capability, BTreeSet<String>>);

impl Providers {
    fn of(catalog: &Catalog) -> Self {
        let mut providers: BTreeMap<Capability, BTreeSet<String>> = BTreeMap::new();
        for release in catalog.packages().flat_map(Package::releases) {
            for capability in provided(release) {
                providers
                    .entry(capability)
                    .or_default()
                    .insert(release.package().as_str().to_owned());
            }
        }
        Self(providers)
    }

    fn defer(&self, report: &mut Report) -> Vec<Deferred> {
        let conditions = report.conditions().iter();
        // What does not close the gate is no requirement: its author said that the package goes without.
        let closing = conditions.filter(|condition| {
            condition.outcome() == Outcome::NotSatisfied && !condition.gate().is_open()
        });
        let candidates: Vec<(Deferred, String)> = closing
            .filter_map(|condition| {
                let needs = capability(condition.missing()?);
                let packages = self.0.get(&needs)?;
                let brought_by = packages
                    .iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(" or ");
                Some((
                    Deferred {
                        condition: condition.name().to_owned(),
                        needs,
                    },
                    brought_by,
                ))
            })
            .collect();
        candidates
            .into_iter()
            .filter(|(deferred, by)| report.defer(&deferred.condition, by))
            .map(|(deferred, _)| deferred)
            .collect()
    }
}

/// What a release provides, each API in any version too: a condition may ask for a kind whatever its version.
fn provided(release: &Release) -> BTreeSet<Capability> {
    let mut provided = release.provides();
    let any: Vec<Capability> = provided.iter().filter_map(in_any_version).collect();
    provided.extend(any);
    provided
}

fn in_any_version(capability: &Capability) -> Option<Capability> {
    match capability {
        Capability::Api { group, kind, .. } => Some(api(group, "*", kind)),
        _ => None,
    }
}

fn api(group: &str, version: &str, kind: &str) -> Capability {
    Capability::Api {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: kind.to_owned(),
    }
}

fn definition(group: &str, kind: &str, name: &str) -> Capability {
    Capability::Definition {
        group: group.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
    }
}

fn capability(missing: &Missing) -> Capability {
    match missing {
        Missing::Api {
            group,
            version,
            kind,
        } => api(group, version.as_deref().unwrap_or("*"), kind),
        Missing::Crd { name } => definition(CRDS, "CustomResourceDefinition", name),
        Missing::Definition { kind, name } => definition(OAM, kind, name),
        // What a later version of conditions may miss, no release is known to bring.
        _ => Capability::Name(String::new()),
    }
}

/// What a snapshot shows: APIs served, CRDs and OAM definitions present.
fn shown(snapshot: &Snapshot) -> BTreeSet<Capability> {
    let apis = snapshot
        .apis()
        .flat_map(|(group, version, kind)| [api(group, version, kind), api(group, "*", kind)]);
    let kinds = OAM_KINDS
        .iter()
        .map(|kind| (OAM, *kind))
        .chain([(CRDS, "CustomResourceDefinition")]);
    let definitions = kinds.flat_map(|(group, kind)| {
        let names = snapshot
            .objects(group, kind)
            .filter_map(|object| object.pointer("/metadata/name").and_then(Value::as_str));
        names.map(move |name| definition(group, kind, name))
    });
    apis.chain(definitions).collect()
}

/// Numbers for the contents of definitions: equal contents of one object have equal numbers, and no others.
#[derive(Default)]
struct Contents<'c> {
    by_identity: BTreeMap<String, Vec<&'c Value>>,
}

impl<'c> Contents<'c> {
    fn number(&mut self, definition: &'c Definition) -> (String, String) {
        let identity = definition.identity().to_string();
        let known = self.by_identity.entry(identity.clone()).or_default();
        let number = known
            .iter()
            .position(|content| *content == definition.object())
            .unwrap_or_else(|| {
                known.push(definition.object());
                known.len() - 1
            });
        (identity, number.to_string())
    }
}

fn spec<'c>(release: &'c Release, contents: &mut Contents<'c>) -> ReleaseSpec {
    let metadata = release.metadata();
    let mut spec = ReleaseSpec::new(release.package().as_str(), release.version().as_str())
        .scope(metadata.scope())
        .namespace(release.namespace());
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
    spec = provided(release)
        .into_iter()
        .fold(spec, ReleaseSpec::provides);
    for definition in release.definitions() {
        let (identity, content) = contents.number(definition);
        spec = spec.definition(identity, content);
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
