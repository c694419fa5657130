//! The capabilities that chosen releases require, and which of them chosen releases provide.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::encode::{Encoder, Place};
use crate::engine::{Value, ValueSet, Var};
use crate::universe::{CapabilityId, Relation};

/// A capability, for those who live in one namespace. Ordered by the capability's text, then the namespace.
pub(super) type Requirement = (CapabilityId, Arc<str>);

/// Somebody who can meet a requirement, and the releases at which it does.
pub(super) struct Provider {
    pub(super) var: Var,
    pub(super) giving: ValueSet,
}

/// A capability, and who can provide it, in order of preference.
pub(super) type Providers = (CapabilityId, Rc<[Provider]>);

/// What is known of a requirement that nobody chosen meets.
#[derive(Default)]
struct Unmet {
    /// The chosen instances that ask.
    askers: Vec<(Var, Value)>,
    /// Who can meet it, found out when it is first looked at after another asked.
    providers: Option<Rc<[Provider]>>,
}

#[derive(Default)]
pub(super) struct Requirements {
    unmet: BTreeMap<Requirement, Unmet>,
    given: BTreeSet<(CapabilityId, Place)>,
}

impl Requirements {
    /// Takes note of a chosen release.
    pub(super) fn chosen(&mut self, encoder: &Encoder<'_>, var: Var, value: Value) {
        let Some(release) = encoder.release(var, value) else {
            return;
        };
        if release.only_needs && release.provides.is_empty() {
            return;
        }
        let instance = encoder.instance(var);
        if encoder.may_provide(var, value) {
            let place = &instance.place;
            self.given
                .extend(release.provides.iter().map(|c| (*c, place.clone())));
        }
        for relation in encoder.relations(var, value) {
            if let Relation::Requires(capability) = relation
                && encoder.looks_for(var, value, *capability)
            {
                let requirement = (*capability, Arc::clone(&instance.lives));
                let unmet = self.unmet.entry(requirement).or_default();
                unmet.askers.push((var, value));
                unmet.providers = None;
            }
        }
    }

    /// Whether whoever is chosen provides all that is required.
    pub(super) fn are_met(&mut self, encoder: &Encoder<'_>) -> bool {
        self.unmet(encoder).0.is_empty()
    }

    /// What nobody chosen provides, with who can, and how many of them had to be looked for.
    pub(super) fn unmet(&mut self, encoder: &Encoder<'_>) -> (Vec<Providers>, usize) {
        if self.unmet.is_empty() {
            return (Vec::new(), 0);
        }
        let given = &self.given;
        self.unmet.retain(|(capability, lives), _| {
            let everywhere = (*capability, Place::Cluster);
            let there = (*capability, Place::Namespace(Arc::clone(lives)));
            !given.contains(&everywhere) && !given.contains(&there)
        });
        let mut looked_at = 0;
        let all = self.unmet.iter_mut().map(|(requirement, unmet)| {
            let askers = &unmet.askers;
            let providers = unmet.providers.get_or_insert_with(|| {
                let providers = providers(encoder, requirement, askers);
                looked_at += providers.len();
                providers.into()
            });
            (requirement.0, Rc::clone(providers))
        });
        (all.collect(), looked_at)
    }
}

/// Who can meet a requirement, in order of preference: installed, locked, optional dependencies of who asks, not deprecated, by catalog,
/// by name, by place.
fn providers(
    encoder: &Encoder<'_>,
    requirement: &Requirement,
    askers: &[(Var, Value)],
) -> Vec<Provider> {
    let (capability, lives) = requirement;
    let packages = encoder.universe.providers(*capability).iter();
    let vars = packages.filter_map(|p| encoder.find(&encoder.place_of(*p, lives)));
    let providers = vars.map(|var| Provider {
        var,
        giving: encoder.providing(var, *capability),
    });
    let mut providers: Vec<_> = providers.filter(|p| !p.giving.is_empty()).collect();
    providers.sort_by_cached_key(|provider| {
        let (package, instance) = (
            encoder.package(provider.var),
            encoder.instance(provider.var),
        );
        let is_wanted = askers.iter().any(|(asker, value)| {
            encoder
                .relations(*asker, *value)
                .any(|relation| match relation {
                    Relation::Dependency(d) => {
                        d.is_optional && encoder.meant_by(*asker, d.package) == instance.key()
                    }
                    Relation::Conflict(_) | Relation::Requires(_) => false,
                })
        });
        let standing = encoder.situation.standing(&instance.key());
        let is_installed = standing.is_some_and(|s| s.installed.is_some());
        let is_locked = standing.is_some_and(|s| s.locked.is_some());
        let releases = provider
            .giving
            .iter()
            .filter_map(|v| encoder.release(provider.var, v));
        let catalogs = releases.map(|release| encoder.catalog_of(provider.var, release));
        let catalog = catalogs.min();
        let is_deprecated = package.is_deprecated;
        let stands = (!is_installed, !is_locked, !is_wanted, is_deprecated);
        (stands, catalog, instance.key())
    });
    providers
}
