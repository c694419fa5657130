//! What needs something as it is installed.

use std::collections::{BTreeMap, BTreeSet};

use super::refusal::Dependant;
use crate::encode::{Encoder, InstanceKey, Place};
use crate::engine::{Value, Var};
use crate::universe::{CapabilityId, Relation};

/// Who needs whom of what is installed.
pub(super) struct Dependants {
    installed: BTreeMap<InstanceKey, (Var, Value)>,
    needs: Vec<Need>,
    /// Which needs each instance meets.
    of: BTreeMap<InstanceKey, Vec<usize>>,
}

/// Something that one instance needs, and that any of some others gives it.
struct Need {
    asker: InstanceKey,
    givers: BTreeSet<InstanceKey>,
    text: String,
}

impl Dependants {
    pub(super) fn of(encoder: &Encoder<'_>) -> Self {
        let standings = encoder.situation.standings();
        let installed = standings.filter_map(|(key, standing)| {
            standing.installed.as_ref()?;
            let var = encoder.find(key)?;
            Some((key.clone(), (var, encoder.instance(var).kept?)))
        });
        let mut dependants = Self {
            installed: installed.collect(),
            needs: Vec::new(),
            of: BTreeMap::new(),
        };
        for (key, at) in &dependants.installed {
            dependants.needs.extend(needs(encoder, key, *at));
        }
        for (position, need) in dependants.needs.iter().enumerate() {
            for giver in &need.givers {
                let of = dependants.of.entry(giver.clone()).or_default();
                of.push(position);
            }
        }
        dependants
    }
}

/// What an installed release needs and finds among what is installed. What it lacks already is no matter.
fn needs(encoder: &Encoder<'_>, key: &InstanceKey, (var, kept): (Var, Value)) -> Vec<Need> {
    let mut needs = Vec::new();
    let mut add = |givers: BTreeSet<InstanceKey>, text: String| {
        if !givers.is_empty() && !givers.contains(key) {
            needs.push(Need {
                asker: key.clone(),
                givers,
                text,
            });
        }
    };
    let is_there = |key: &InstanceKey| {
        let var = encoder.find(key);
        var.is_some_and(|var| encoder.instance(var).kept.is_some())
    };
    for relation in encoder.relations(var, kept) {
        match relation {
            Relation::Dependency(dependency) if !dependency.is_optional => {
                let meant = encoder.meant_by(var, dependency.package);
                let name = &encoder.situation.package(dependency.package).name;
                let text = match dependency.range.as_str().trim() {
                    "" | "*" => format!("needs {name}"),
                    range => format!("needs {name} {range}"),
                };
                add([meant].into_iter().filter(is_there).collect(), text);
            }
            Relation::Requires(capability) if encoder.looks_for(var, kept, *capability) => {
                let text = encoder.universe.capability(*capability);
                let givers = providers(encoder, var, *capability);
                add(givers, format!("needs the capability {text}"));
            }
            _ => {}
        }
    }
    needs
}

/// The installed instances that give a capability to who requires it.
fn providers(encoder: &Encoder<'_>, asker: Var, capability: CapabilityId) -> BTreeSet<InstanceKey> {
    let providers = encoder.universe.providers(capability).iter();
    let keys = providers.map(|package| encoder.meant_by(asker, *package));
    let giving = keys.filter(|key| {
        encoder.find(key).is_some_and(|provider| {
            let kept = encoder.instance(provider).kept;
            kept.is_some_and(|kept| encoder.providing(provider, capability).contains(kept))
        })
    });
    giving.collect()
}

/// What would have to go if some instances go, though it stays by itself: whatever needs one of them, and whatever needs that, by name and
/// place. Of what goes by itself, only what something that stays needs is told. Takes linear time.
pub(super) fn found(
    encoder: &Encoder<'_>,
    dependants: &Dependants,
    asked: &BTreeSet<InstanceKey>,
) -> Vec<Dependant> {
    let mut gone = asked.clone();
    let mut open: Vec<InstanceKey> = asked.iter().cloned().collect();
    let mut left: Vec<usize> = dependants.needs.iter().map(|n| n.givers.len()).collect();
    let mut broken: BTreeMap<&InstanceKey, Vec<&Need>> = BTreeMap::new();
    while let Some(key) = open.pop() {
        for position in dependants.of.get(&key).into_iter().flatten() {
            let (Some(need), Some(left)) =
                (dependants.needs.get(*position), left.get_mut(*position))
            else {
                continue;
            };
            *left -= 1;
            if *left == 0 && !asked.contains(&need.asker) {
                broken.entry(&need.asker).or_default().push(need);
                if gone.insert(need.asker.clone()) {
                    open.push(need.asker.clone());
                }
            }
        }
    }
    let in_the_way = in_the_way(encoder, &broken);
    broken.retain(|key, _| in_the_way.contains(key));
    let found = broken.into_iter().filter_map(|(key, needs)| {
        let (var, kept) = dependants.installed.get(key)?;
        let standing = encoder.situation.standing(key)?;
        let (record, _) = standing.installed.as_ref()?;
        let direct = needs.iter().filter(|need| need.givers.is_subset(asked));
        let mut texts: Vec<String> = direct.map(|need| need.text.clone()).collect();
        let is_direct = !texts.is_empty();
        if !is_direct {
            texts = needs.iter().map(|need| need.text.clone()).collect();
        }
        texts.sort_unstable();
        texts.dedup();
        let version = encoder.named(*var, *kept).map(|(_, version)| version);
        Some(Dependant {
            package: encoder.package(*var).name.to_string(),
            version: version.unwrap_or_default().to_owned(),
            namespace: match &key.1 {
                Place::Cluster => record.namespace().to_owned(),
                Place::Namespace(namespace) => namespace.to_string(),
            },
            needs: texts,
            is_direct,
            is_pinned: record.is_pinned(),
        })
    });
    found.collect()
}

/// Those of some broken instances that do not go by themselves, and whom they need.
fn in_the_way<'d>(
    encoder: &Encoder<'_>,
    broken: &BTreeMap<&'d InstanceKey, Vec<&'d Need>>,
) -> BTreeSet<&'d InstanceKey> {
    let stays = |key: &InstanceKey| {
        let standing = encoder.situation.standing(key);
        standing.is_some_and(|standing| encoder.situation.stays(standing))
    };
    let mut open: Vec<&InstanceKey> = broken.keys().copied().filter(|key| stays(key)).collect();
    let mut in_the_way: BTreeSet<&InstanceKey> = open.iter().copied().collect();
    while let Some(key) = open.pop() {
        let needs = broken.get(key).into_iter().flatten();
        for giver in needs.flat_map(|need| &need.givers) {
            if broken.contains_key(giver) && in_the_way.insert(giver) {
                open.push(giver);
            }
        }
    }
    in_the_way
}
