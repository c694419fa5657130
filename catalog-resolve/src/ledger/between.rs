//! What two releases of a package add to a cluster, beside each other.

use std::collections::BTreeSet;

use catalog_model::{Phase, Release, Source};

use super::Unexamined;
use super::contents::{Contents, MadeKinds};
use super::effect::Effect;
use super::files::Files;
use super::growth::{Growth, growth};
use super::operation::{Change, Entry};

/// What one release brings and another does not: APIs, objects, permissions, images, hooks, modules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReleaseLedger {
    entries: Vec<Entry>,
    growth: Vec<Growth>,
    unexamined: Vec<Unexamined>,
}

/// Compares what two releases bring, be they two versions or one version in two states of a catalog, with whatever hooks they have; each with the source
/// that its catalog was loaded from, if that is at hand. Without it manifests of modules are unexamined. What a plan does is said by
/// [`Ledger`](super::Ledger): it runs the hooks of some phases alone.
///
/// Cost: linear in the definitions, hooks and manifests of both, within the limits of [`Ledger::files`](super::Ledger::files) for each.
#[must_use]
pub fn between(
    (old_files, before): (Option<&dyn Source>, &Release),
    (new_files, after): (Option<&dyn Source>, &Release),
) -> ReleaseLedger {
    let (old, new) = (contents(old_files, before), contents(new_files, after));
    let made: MadeKinds = old
        .made
        .iter()
        .chain(&new.made)
        .map(|(kind, is)| (kind.clone(), *is))
        .collect();
    let (was, is) = (old.scoped(&made), new.scoped(&made));
    let come = is.iter().filter_map(|(effect, origins)| {
        let change = match was.contains_key(effect) {
            false => Change::Added,
            true => match effect {
                Effect::Object { object, .. } if old.texts.get(object) != new.texts.get(object) => {
                    Change::Changed
                }
                _ => return None,
            },
        };
        Some((effect, change, origins))
    });
    let gone = was.iter().filter(|(effect, _)| !is.contains_key(*effect));
    let gone = gone.map(|(effect, origins)| (effect, Change::Dropped, origins));
    let mut entries: Vec<Entry> = come
        .chain(gone)
        .map(|(effect, change, origins)| Entry::new(effect, change, origins))
        .collect();
    entries.sort();
    let mut unexamined: BTreeSet<Unexamined> = new.unexamined;
    let growth = growth(old.effects.keys(), new.effects.keys()).unwrap_or_else(|| {
        let why = "its roles allow too much to say what is new";
        unexamined.insert(Unexamined::new(after.folder(), why));
        Vec::new()
    });
    ReleaseLedger {
        entries,
        growth,
        unexamined: unexamined.into_iter().collect(),
    }
}

fn contents(source: Option<&dyn Source>, release: &Release) -> Contents {
    let mut contents = Contents::deployed(release, &mut Files::new(source));
    let hooks = Phase::ALL
        .into_iter()
        .flat_map(|phase| release.hooks(phase));
    contents.extend(Contents::of_hooks(hooks.map(|hook| (release, hook))));
    contents
}

impl ReleaseLedger {
    /// What comes, changes and goes, by effect.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What the roles of the second release allow and those of the first do not.
    #[must_use]
    pub fn growth(&self) -> &[Growth] {
        &self.growth
    }

    /// What the second release has that can have effects which are not in this ledger.
    #[must_use]
    pub fn unexamined(&self) -> &[Unexamined] {
        &self.unexamined
    }
}
