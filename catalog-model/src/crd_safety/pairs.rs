//! Pairs of definitions, those that say the same taken for one.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use super::compare;
use super::edges::Hop;
use super::finding::Break;
use crate::definition::Definition;

/// Where a definition lies in memory, which tells it from others while its release is there.
type Address = usize;

/// What breaks between definitions.
pub(super) struct Compared {
    /// Of each definition that was read, the first that says the same.
    firsts: BTreeMap<Address, Address>,
    /// Between those that do not say the same.
    breaks: BTreeMap<(Address, Address), Arc<Vec<Break>>>,
}

impl Compared {
    pub(super) fn breaks(&self, old: &Definition, new: &Definition) -> Arc<Vec<Break>> {
        let breaks = self
            .pair(old, new)
            .and_then(|pair| self.breaks.get(&pair).map(Arc::clone));
        breaks.unwrap_or_default()
    }

    fn pair(&self, old: &Definition, new: &Definition) -> Option<(Address, Address)> {
        let first = |one: &Definition| self.firsts.get(&one.address()).copied();
        first(old).zip(first(new))
    }
}

/// Compares each pair of definitions that do not say the same, once.
pub(super) fn compare_all(hops: &[Hop<'_, '_>], parallel: bool) -> Compared {
    let mut pairs: BTreeMap<(Address, Address), (&Definition, &Definition)> = BTreeMap::new();
    for (from, to) in hops {
        for (identity, old) in &from.by_identity {
            if let Some(new) = to.by_identity.get(identity) {
                pairs.insert((old.address(), new.address()), (old, new));
            }
        }
    }
    pairs.retain(|_, (old, new)| !old.is_same_text(new));
    let mut single: BTreeMap<Address, &Definition> = BTreeMap::new();
    for ((before, now), (old, new)) in &pairs {
        single.extend([(*before, *old), (*now, *new)]);
    }
    let single: Vec<&Definition> = single.into_values().collect();
    // What is asked for twice at the same time is read by one thread while the other waits, so all is read before it is compared.
    let mut compared = Compared {
        firsts: firsts(&single, &each(&single, parallel, |one| digest(one))),
        breaks: BTreeMap::new(),
    };
    let different: BTreeMap<(Address, Address), (&Definition, &Definition)> = pairs
        .into_values()
        .filter_map(|(old, new)| Some((compared.pair(old, new)?, (old, new))))
        .filter(|((old, new), _)| old != new)
        .collect();
    let different: Vec<_> = different.into_iter().collect();
    let breaks = each(&different, parallel, |(pair, (old, new))| {
        (*pair, Arc::new(compare(old.object(), new.object())))
    });
    compared.breaks = breaks.into_iter().collect();
    compared
}

/// The first of those that say the same, for each; `digests` are equal where they do.
fn firsts(single: &[&Definition], digests: &[u64]) -> BTreeMap<Address, Address> {
    let mut by_digest: HashMap<u64, Vec<&Definition>> = HashMap::new();
    let mut firsts = BTreeMap::new();
    for (one, digest) in single.iter().zip(digests) {
        let known = by_digest.entry(*digest).or_default();
        let same = known.iter().find(|known| known.object() == one.object());
        let first = same.map_or_else(|| one.address(), |same| same.address());
        if first == one.address() {
            known.push(one);
        }
        firsts.insert(one.address(), first);
    }
    firsts
}

fn digest(definition: &Definition) -> u64 {
    let mut hasher = DefaultHasher::new();
    definition.object().hash(&mut hasher);
    hasher.finish()
}

/// What comes of each, in order.
fn each<T: Sync, U: Send>(all: &[T], parallel: bool, act: impl Fn(&T) -> U + Sync) -> Vec<U> {
    #[cfg(feature = "parallel")]
    if parallel {
        use rayon::prelude::*;
        return all.par_iter().map(&act).collect();
    }
    let _ = parallel;
    all.iter().map(act).collect()
}
