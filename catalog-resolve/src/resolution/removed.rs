//! What an answer leaves out of what is installed.

use std::collections::{BTreeMap, BTreeSet};

use crate::best::Choice;
use crate::encode::{Encoder, InstanceKey};
use crate::engine::{Value, Var};
use crate::universe::{DefinitionId, PackageId, Relation};

/// A release that is installed, and goes.
#[derive(Clone, Debug)]
pub struct RemovedRelease {
    package: String,
    version: String,
    namespace: String,
    is_requested: bool,
    /// Positions of the releases that come before it goes: what is there in their place now needs it.
    pub(crate) freed_by: Vec<usize>,
    /// Positions, among what is removed, of what needs it and goes before it.
    pub(crate) needed_by: Vec<usize>,
    /// Positions of the releases that it is in the way of.
    pub(crate) in_the_way_of: Vec<usize>,
}

impl RemovedRelease {
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

    /// Whether the request asks for its removal: if not, nothing needs it any more.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.is_requested
    }
}

/// What is installed and not chosen, by package and place.
pub(super) fn removed(encoder: &Encoder<'_>, choice: &Choice) -> Vec<RemovedRelease> {
    let gone = gone(encoder, choice);
    if gone.is_empty() {
        return Vec::new();
    }
    let chosen = choice.values().map(|(var, _)| var);
    let by_chosen = needed_by(encoder, chosen);
    let by_gone = needed_by(encoder, gone.iter().map(|((_, var), _)| *var));
    let moving = Moving::of(encoder, choice);
    let gone = gone.iter().take_while(|_| !encoder.is_cancelled());
    let removed = gone.map(|((key, var), kept)| {
        let standing = encoder.situation.standing(key);
        let version = encoder.named(*var, *kept);
        RemovedRelease {
            package: encoder.package(*var).name.to_string(),
            version: version.map_or_else(String::new, |(_, version)| version.to_owned()),
            namespace: encoder.instance(*var).lives.to_string(),
            is_requested: standing.is_some_and(|standing| standing.is_removed),
            freed_by: by_chosen.get(key).cloned().unwrap_or_default(),
            needed_by: by_gone.get(key).cloned().unwrap_or_default(),
            in_the_way_of: moving.apart_from(encoder, *var, *kept),
        }
    });
    removed.collect()
}

/// An instance that goes, and the value at which it is installed.
pub(super) type Gone = ((InstanceKey, Var), Value);

/// What is installed and not chosen, in the order of [`removed`].
pub(super) fn gone(encoder: &Encoder<'_>, choice: &Choice) -> Vec<Gone> {
    let standings = encoder.situation.standings();
    let gone = standings
        .filter(|(key, standing)| standing.installed.is_some() && choice.get(key).is_none())
        .filter_map(|(key, _)| {
            let var = encoder.find(key)?;
            Some(((key.clone(), var), encoder.instance(var).kept?))
        });
    gone.collect()
}

/// Who of some instances needs another as it is installed: the positions of who does, by whom it needs.
fn needed_by(
    encoder: &Encoder<'_>,
    askers: impl Iterator<Item = Var>,
) -> BTreeMap<InstanceKey, Vec<usize>> {
    let mut needed_by: BTreeMap<InstanceKey, Vec<usize>> = BTreeMap::new();
    let askers = askers.take_while(|_| !encoder.is_cancelled());
    for (position, asker) in askers.enumerate() {
        let Some(kept) = encoder.instance(asker).kept else {
            continue;
        };
        let own = encoder.instance(asker).key();
        for key in needs(encoder, asker, kept) {
            if key != own {
                needed_by.entry(key).or_default().push(position);
            }
        }
    }
    needed_by
}

/// What of an answer is not there yet, by what it can be in the way of: positions and instances with their values.
struct Moving {
    all: BTreeMap<usize, (Var, Value)>,
    by_package: BTreeMap<PackageId, Vec<usize>>,
    by_conflict: BTreeMap<PackageId, Vec<usize>>,
    by_definition: BTreeMap<DefinitionId, Vec<usize>>,
}

impl Moving {
    fn of(encoder: &Encoder<'_>, choice: &Choice) -> Self {
        let mut moving = Self {
            all: BTreeMap::new(),
            by_package: BTreeMap::new(),
            by_conflict: BTreeMap::new(),
            by_definition: BTreeMap::new(),
        };
        let chosen = choice.values().take_while(|_| !encoder.is_cancelled());
        for (position, (var, value)) in chosen.enumerate() {
            let instance = encoder.instance(var);
            if instance.kept == Some(value) {
                continue;
            }
            moving.all.insert(position, (var, value));
            let of_package = moving.by_package.entry(instance.package);
            of_package.or_default().push(position);
            for package in conflicting(encoder, var, value) {
                moving
                    .by_conflict
                    .entry(package)
                    .or_default()
                    .push(position);
            }
            for definition in shipped(encoder, var, value) {
                let of_definition = moving.by_definition.entry(definition);
                of_definition.or_default().push(position);
            }
        }
        moving
    }

    /// The positions of what cannot be there as long as something else is.
    fn apart_from(&self, encoder: &Encoder<'_>, var: Var, kept: Value) -> Vec<usize> {
        let of_packages = conflicting(encoder, var, kept).filter_map(|p| self.by_package.get(&p));
        let against = self.by_conflict.get(&encoder.instance(var).package);
        let of_definitions = shipped(encoder, var, kept).filter_map(|d| self.by_definition.get(&d));
        let candidates = of_packages.chain(against).chain(of_definitions);
        let candidates: BTreeSet<usize> = candidates.flatten().copied().collect();
        let is_apart = |position: &usize| {
            let other = self.all.get(position);
            other.is_some_and(|other| encoder.are_apart((var, kept), *other))
        };
        candidates.into_iter().filter(is_apart).collect()
    }
}

/// The packages of which a release rules versions out.
pub(super) fn conflicting<'e>(
    encoder: &'e Encoder<'_>,
    var: Var,
    value: Value,
) -> impl Iterator<Item = PackageId> + 'e {
    let relations = encoder.relations(var, value);
    relations.filter_map(|relation| match relation {
        Relation::Conflict(conflict) => Some(conflict.package),
        Relation::Dependency(_) | Relation::Requires(_) => None,
    })
}

/// What the objects are called that a release ships, in whatever namespace.
pub(super) fn shipped<'e>(
    encoder: &'e Encoder<'_>,
    var: Var,
    value: Value,
) -> impl Iterator<Item = DefinitionId> + 'e {
    let release = encoder.release(var, value).into_iter();
    release.flat_map(|release| release.definitions.iter().map(|shipped| shipped.name))
}

/// The instances that a release needs, by name or for what they provide as they are installed.
fn needs(encoder: &Encoder<'_>, var: Var, value: Value) -> BTreeSet<InstanceKey> {
    let mut needed = BTreeSet::new();
    for relation in encoder.relations(var, value) {
        match relation {
            Relation::Dependency(dependency) if !dependency.is_optional => {
                needed.insert(encoder.meant_by(var, dependency.package));
            }
            Relation::Requires(capability) if encoder.looks_for(var, value, *capability) => {
                let providers = encoder.universe.providers(*capability).iter();
                let keys = providers.map(|package| encoder.meant_by(var, *package));
                needed.extend(keys.filter(|key| {
                    let provider = encoder.find(key);
                    provider.is_some_and(|provider| {
                        let kept = encoder.instance(provider).kept;
                        kept.is_some_and(|kept| encoder.provides(provider, kept, *capability))
                    })
                }));
            }
            _ => {}
        }
    }
    needed
}
