//! Conditions that other releases of a catalog can make hold.

use std::collections::{BTreeMap, BTreeSet};

use catalog_model::conditions::condition::{Condition, ConditionSet};
use catalog_model::conditions::evaluate::{Context, evaluate};
use catalog_model::conditions::report::{Gate, Missing, Outcome, Report};
use catalog_model::conditions::snapshot::Snapshot;
use catalog_model::{Capability, Definition, Release};
use serde_json::{Value, json};

use crate::catalogs::{Catalogs, Origin, ReleaseKey};

/// A condition that holds only once another release has brought what it misses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deferred {
    condition: String,
    needs: String,
    asker: String,
    /// The releases whose definitions satisfy the condition.
    pub(crate) providers: BTreeSet<ReleaseKey>,
}

impl Deferred {
    /// The condition's name.
    #[must_use]
    pub fn condition(&self) -> &str {
        &self.condition
    }

    /// What must be there before it is asked again, as `API monitoring.coreos.com/v1/ServiceMonitor`.
    #[must_use]
    pub fn needs(&self) -> &str {
        &self.needs
    }

    /// What the asker requires and only the providers provide. Two releases of a package may ask in different ways, so both are named.
    pub(crate) fn capability(&self) -> Capability {
        Capability::Name(format!(
            "{} (condition \"{}\" of {})",
            self.needs, self.condition, self.asker
        ))
    }
}

/// Marks conditions of a report on `release` that miss only what another package of the catalogs brings, so that they do not close its
/// gate, and returns them.
///
/// Whether a release brings it is not guessed from names: the condition is asked about the release's own definitions, as they will be
/// once applied. For many releases, [`ConditionProviders`] are found once.
pub fn defer<'c>(
    report: &mut Report,
    release: &Release,
    catalogs: impl Into<Catalogs<'c>>,
) -> Vec<Deferred> {
    ConditionProviders::of(catalogs).defer(report, release)
}

/// What conditions of a release can miss in some cluster and another package of the catalogs brings, as the condition's name and what
/// is missed: where they miss it, [`defer`] defers them. For a fleet, which asks many clusters at once.
///
/// For many releases, [`ConditionProviders`] are found once.
#[must_use]
pub fn brought_to<'c>(
    release: &Release,
    catalogs: impl Into<Catalogs<'c>>,
) -> Vec<(String, Missing)> {
    ConditionProviders::of(catalogs).brought_to(release)
}

/// The releases of catalogs that bring definitions, by what a condition can miss: for whoever asks about many releases what [`defer`] and [`brought_to`]
/// say of one.
///
/// ```
/// use catalog_model::{LoadOptions, MemorySource, load};
/// use catalog_resolve::ConditionProviders;
///
/// let crd = "apiVersion: apiextensions.k8s.io/v1
/// kind: CustomResourceDefinition
/// metadata: {name: widgets.example.com}
/// spec: {group: example.com, scope: Namespaced, names: {kind: Widget, plural: widgets}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}
/// ";
/// let source = MemorySource::from_iter([
///     ("widgets/1.0.0/metadata.yaml", "name: widgets\nversion: 1.0.0\n"),
///     ("widgets/1.0.0/definitions/widgets.yaml", crd),
///     ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
///     ("web/1.0.0/conditions/all.yaml", "conditions: [{name: widgets, target: {crd: {name: widgets.example.com}}}]\n"),
/// ]);
/// let catalog = load(&source, &LoadOptions::default())?.into_catalog();
/// let mut providers = ConditionProviders::of(&catalog);
/// let brought = |release| Vec::from_iter(providers.brought_to(release).into_iter().map(|(condition, _)| condition));
/// let newest = catalog.packages().filter_map(|package| package.newest());
/// assert_eq!(Vec::from_iter(newest.map(brought)), [vec!["widgets".to_owned()], vec![]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ConditionProviders<'c> {
    releases: Vec<(Origin<'c>, &'c Release)>,
    by_name: BTreeMap<String, BTreeSet<usize>>,
    /// The cluster that each would make of an empty one, where it was asked.
    brought: BTreeMap<usize, Snapshot>,
}

impl<'c> ConditionProviders<'c> {
    /// Those of some catalogs.
    ///
    /// Cost: linear in the definitions of the catalogs.
    #[must_use]
    pub fn of(catalogs: impl Into<Catalogs<'c>>) -> Self {
        let catalogs = catalogs.into();
        let releases: Vec<_> = catalogs.releases().collect();
        let mut by_name: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (index, (_, release)) in releases.iter().enumerate() {
            for capability in release.definitions().iter().flat_map(Definition::provides) {
                by_name.entry(name(&capability)).or_default().insert(index);
            }
        }
        Self {
            releases,
            by_name,
            brought: BTreeMap::new(),
        }
    }

    /// What [`brought_to`] says of a release.
    ///
    /// Cost: each release that brings what a condition can miss is asked about. The cluster that it makes is made once, and kept as long as these are.
    #[must_use]
    pub fn brought_to(&mut self, release: &Release) -> Vec<(String, Missing)> {
        let conditions = release.conditions().conditions().iter();
        let closing = conditions.filter(|condition| {
            let (severity, on_unknown) = (condition.severity(), condition.on_unknown());
            !Gate::of(Outcome::NotSatisfied, severity, on_unknown).is_open()
        });
        let missing = closing.flat_map(|condition| {
            let missing = condition.can_miss().into_iter();
            missing.map(move |missing| (condition, missing))
        });
        missing
            .filter(|(condition, missing)| !self.satisfying(condition, missing, release).is_empty())
            .map(|(condition, missing)| (condition.name().to_owned(), missing))
            .collect()
    }

    /// What [`defer`] does to a report on a release.
    ///
    /// Cost: as for [`brought_to`](Self::brought_to).
    pub fn defer(&mut self, report: &mut Report, asker: &Release) -> Vec<Deferred> {
        let mut deferred = Vec::new();
        for condition in asker.conditions().conditions() {
            // What does not close the gate is no requirement: its author said that the package goes without.
            let Some(answer) = report.condition(condition.name()) else {
                continue;
            };
            if answer.outcome() != Outcome::NotSatisfied || answer.gate().is_open() {
                continue;
            }
            let Some(missing) = answer.missing().cloned() else {
                continue;
            };
            let providers = self.satisfying(condition, &missing, asker);
            let packages: BTreeSet<&str> =
                providers.iter().map(|key| key.package.as_str()).collect();
            let brought_by = Vec::from_iter(packages).join(" or ");
            if !providers.is_empty() && report.defer(condition.name(), &brought_by) {
                deferred.push(Deferred {
                    condition: condition.name().to_owned(),
                    needs: missing.to_string(),
                    asker: format!("{} {}", asker.package(), asker.version()),
                    providers,
                });
            }
        }
        deferred
    }

    /// The releases of other packages whose definitions make a condition hold. What a release brings itself comes too late for it.
    fn satisfying(
        &mut self,
        condition: &Condition,
        missing: &Missing,
        asker: &Release,
    ) -> BTreeSet<ReleaseKey> {
        let mut question = ConditionSet::new();
        // The only condition of a set has no namesake to complain of.
        let _ = question.push(condition.clone());
        let candidates: Vec<usize> = self
            .by_name
            .get(&missed(missing))
            .into_iter()
            .flatten()
            .copied()
            .collect();
        let mut satisfying = BTreeSet::new();
        for index in candidates {
            let Some((origin, release)) = self
                .releases
                .get(index)
                .copied()
                .filter(|(_, release)| release.package() != asker.package())
            else {
                continue;
            };
            let brought = self
                .brought
                .entry(index)
                .or_insert_with(|| brought(release));
            let report = evaluate(&question, brought, &Context::new());
            if report
                .conditions()
                .iter()
                .all(|answer| answer.outcome() == Outcome::Satisfied)
            {
                satisfying.insert(ReleaseKey::new(origin.name, release));
            }
        }
        satisfying
    }
}

/// An empty cluster with a release's definitions applied.
fn brought(release: &Release) -> Snapshot {
    let definitions = release.definitions().iter();
    let applied = definitions
        .map(applied)
        .fold(Snapshot::builder(), |builder, object| {
            builder.object(object)
        });
    applied.complete().build()
}

/// A definition as the API server shows it once it is applied: a CRD is established, and stores its storage version.
fn applied(definition: &Definition) -> Value {
    let mut object = definition.object().clone();
    if definition.identity().is_crd() {
        let versions = object
            .pointer("/spec/versions")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let stored = versions
            .filter(|version| version.get("storage") == Some(&Value::Bool(true)))
            .filter_map(|version| version.get("name").cloned());
        let status = json!({
            "conditions": [{ "type": "NamesAccepted", "status": "True" }, { "type": "Established", "status": "True" }],
            "storedVersions": stored.collect::<Vec<_>>(),
        });
        if let Value::Object(fields) = &mut object {
            fields.insert("status".to_owned(), status);
        }
    }
    object
}

/// The name under which a provider of a capability is looked up: that of what a condition can miss, whatever its version.
fn name(capability: &Capability) -> String {
    match capability {
        Capability::Api { group, kind, .. } => format!("api {group}/{kind}"),
        Capability::Definition { kind, name, .. } => format!("{kind} {name}"),
        other => format!("name {other}"),
    }
}

fn missed(missing: &Missing) -> String {
    match missing {
        Missing::Api { group, kind, .. } => format!("api {group}/{kind}"),
        Missing::Crd { name } => format!("CustomResourceDefinition {name}"),
        Missing::Definition { kind, name } => format!("{kind} {name}"),
        // What later versions of conditions can miss, no release is known to bring.
        other => format!("unknown {other}"),
    }
}
