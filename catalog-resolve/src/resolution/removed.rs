//! What an answer leaves out of what is installed.

use std::collections::BTreeSet;

use crate::best::Choice;
use crate::encode::{Encoder, InstanceKey, Place};
use crate::engine::{Value, Var};
use crate::universe::Relation;

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
    let standings = encoder.situation.standings();
    let gone: Vec<(InstanceKey, Var, Value)> = standings
        .filter(|(key, standing)| standing.installed.is_some() && !choice.contains_key(*key))
        .filter_map(|(key, _)| {
            let var = encoder.find(key)?;
            Some((key.clone(), var, encoder.instance(var).kept?))
        })
        .collect();
    let all: Vec<(InstanceKey, Var, Value)> = gone.clone();
    let removed = gone.into_iter().map(|(key, var, kept)| {
        let needs_it = |of: Var| {
            let kept = encoder.instance(of).kept;
            of != var && kept.is_some_and(|kept| needs(encoder, of, kept).contains(&key))
        };
        let chosen = || choice.values().enumerate();
        let instance = encoder.instance(var);
        let standing = encoder.situation.standing(&key);
        let version = encoder
            .named(var, kept)
            .map(|(_, version)| version.to_owned());
        RemovedRelease {
            package: encoder.package(var).name.clone(),
            version: version.unwrap_or_default(),
            namespace: match &instance.place {
                Place::Cluster => instance.lives.to_string(),
                Place::Namespace(namespace) => namespace.to_string(),
            },
            is_requested: standing.is_some_and(|standing| standing.is_removed),
            freed_by: chosen()
                .filter(|(_, (of, _))| needs_it(*of))
                .map(|(at, _)| at)
                .collect(),
            needed_by: positions(all.iter().map(|(_, of, _)| needs_it(*of))),
            in_the_way_of: chosen()
                .filter(|(_, (other, value))| {
                    encoder.instance(*other).kept != Some(*value)
                        && encoder.are_apart((var, kept), (*other, *value))
                })
                .map(|(at, _)| at)
                .collect(),
        }
    });
    removed.collect()
}

fn positions(flags: impl Iterator<Item = bool>) -> Vec<usize> {
    let set = flags.enumerate().filter(|(_, is_set)| *is_set);
    set.map(|(position, _)| position).collect()
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
                        let giving = encoder.providing(provider, *capability);
                        kept.is_some_and(|kept| giving.contains(kept))
                    })
                }));
            }
            _ => {}
        }
    }
    needed
}
