//! Who needs whom in an answer.

use std::sync::{Arc, OnceLock};

use super::askers::Askers;
use super::rows::Rows;
use crate::best::Choice;
use crate::encode::{Encoder, Met};
use crate::engine::{Value, Var};
use crate::universe::{CapabilityId, Dependency, Relation};

/// The positions of the instances of an answer.
struct Positions {
    /// By variable.
    of: Vec<Option<usize>>,
    values: Vec<Value>,
}

impl Positions {
    fn new(encoder: &Encoder<'_>, choice: &Choice) -> Self {
        let mut positions = Self {
            of: vec![None; encoder.var_count()],
            values: Vec::with_capacity(choice.len()),
        };
        for (position, (var, value)) in choice.values().enumerate() {
            if let Some(of) = positions.of.get_mut(var.index()) {
                *of = Some(position);
            }
            positions.values.push(value);
        }
        positions
    }

    fn of(&self, var: Var) -> Option<usize> {
        self.of.get(var.index()).copied().flatten()
    }
}

/// What chosen releases have to do with others: positions, ascending, each once. All releases of an answer share it.
pub(super) struct Links {
    pub(super) packages: Box<[Arc<str>]>,
    /// What each depends on.
    pub(super) needs: Rows,
    /// Those of them that have to come before it.
    pub(super) waits: Rows,
    /// Who provides what it requires.
    pub(super) providers: Rows,
    /// Other dependencies, which it would rather come after.
    pub(super) follows: Rows,
    /// Found out when somebody first asks.
    askers: OnceLock<Askers>,
}

impl Links {
    /// With what the installed state does not meet of what a release says that stays as it is installed, by position. None if the search is
    /// cancelled before it is done.
    pub(super) fn new<'a>(
        encoder: &Encoder<'a>,
        choice: &Choice,
    ) -> Option<(Self, Vec<(usize, &'a Relation)>)> {
        let positions = Positions::new(encoder, choice);
        let rows = || Rows::with_room(choice.len());
        let packages = choice.values();
        let packages = packages.map(|(var, _)| Arc::clone(&encoder.package(var).name));
        let mut links = Self {
            packages: packages.collect(),
            needs: rows(),
            waits: rows(),
            providers: rows(),
            follows: rows(),
            askers: OnceLock::new(),
        };
        let mut unmet = Vec::new();
        for (position, chosen) in choice.values().enumerate() {
            if encoder.is_cancelled() {
                return None;
            }
            let lacks = |relation| unmet.push((position, relation));
            links.add(encoder, &positions, chosen, lacks);
            links.needs.end(|_| true);
            links.waits.end(|_| true);
            links.providers.end(|_| true);
            let waits = links.waits.of(position);
            links.follows.end(|it| waits.binary_search(&it).is_err());
        }
        Some((links, unmet))
    }

    /// The package of a release.
    pub(super) fn package(&self, position: usize) -> &str {
        self.packages.get(position).map_or("", |name| name)
    }

    /// The packages that need a release, by name.
    pub(super) fn askers(&self, position: usize) -> impl ExactSizeIterator<Item = &str> {
        let askers = self.askers.get_or_init(|| Askers::new(self));
        let askers = askers.of(position).iter();
        askers.map(|asker| self.package(*asker))
    }

    /// What a release needs by name or for what that provides: some perhaps twice.
    pub(super) fn all_needed(&self, position: usize) -> impl Iterator<Item = usize> {
        let (needs, providers) = (self.needs.of(position), self.providers.of(position));
        needs.iter().chain(providers).copied()
    }

    fn add<'a>(
        &mut self,
        encoder: &Encoder<'a>,
        positions: &Positions,
        (var, value): (Var, Value),
        mut lacks: impl FnMut(&'a Relation),
    ) {
        let is_kept = encoder.instance(var).kept == Some(value);
        for relation in encoder.relations(var, value) {
            let is_unmet = match relation {
                Relation::Dependency(dependency) => {
                    !self.depends(encoder, positions, (var, is_kept), dependency)
                }
                Relation::Requires(capability) => {
                    let is_alone = !self.requires(encoder, positions, (var, value), *capability);
                    is_kept && is_alone && encoder.is_without(var, value, *capability)
                }
                Relation::Conflict(_) => true,
            };
            if is_kept && is_unmet {
                lacks(relation);
            }
        }
    }

    /// Takes note of a dependency; whether what is installed meets it.
    fn depends(
        &mut self,
        encoder: &Encoder<'_>,
        positions: &Positions,
        (var, is_kept): (Var, bool),
        dependency: &Dependency,
    ) -> bool {
        let target = encoder.meant(var, dependency.package);
        let position = target.and_then(|target| positions.of(target));
        let is_met = encoder.installed_meets(var, dependency) == Met::Yes;
        match dependency.is_optional || is_kept || is_met {
            true => self.follows.extend(position),
            false => self.waits.extend(position),
        }
        if !dependency.is_optional {
            self.needs.extend(position);
        }
        is_met
    }

    /// Takes note of a requirement; whether another chosen release provides the capability.
    fn requires(
        &mut self,
        encoder: &Encoder<'_>,
        positions: &Positions,
        (var, value): (Var, Value),
        capability: CapabilityId,
    ) -> bool {
        // What the cluster or the release itself gives, nobody is needed for.
        let looks_for = encoder.looks_for(var, value, capability);
        let mut is_given = false;
        for package in encoder.universe.providers(capability) {
            let provider = encoder.meant(var, *package);
            let Some(provider) = provider.filter(|provider| *provider != var) else {
                continue;
            };
            let position = positions.of(provider);
            let value = position.and_then(|position| positions.values.get(position));
            let gives = |value: &Value| encoder.provides(provider, *value, capability);
            if value.is_some_and(gives) {
                is_given = true;
                self.providers.extend(position.filter(|_| looks_for));
            }
        }
        is_given
    }
}
