//! Who needs whom in an answer.

use crate::best::Choice;
use crate::encode::{Encoder, Met};
use crate::engine::{Value, Var};
use crate::universe::{CapabilityId, Dependency, Relation};

/// The positions of the instances of an answer.
pub(super) struct Positions {
    /// By variable.
    of: Vec<Option<usize>>,
    values: Vec<Value>,
}

impl Positions {
    pub(super) fn new(encoder: &Encoder<'_>, choice: &Choice) -> Self {
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

/// What one chosen release has to do with others: positions, ascending, each once.
#[derive(Default)]
pub(super) struct Links<'a> {
    pub(super) needs: Vec<usize>,
    /// Those of them that have to come before it, if that is not all.
    pub(super) waits: Option<Vec<usize>>,
    /// Who provides what it requires.
    pub(super) providers: Vec<usize>,
    /// Other dependencies, which it would rather come after.
    pub(super) follows: Vec<usize>,
    /// What the installed state does not meet of what it says, if it stays as it is installed.
    pub(super) unmet: Vec<&'a Relation>,
}

impl<'a> Links<'a> {
    pub(super) fn of(
        encoder: &Encoder<'a>,
        positions: &Positions,
        (var, value): (Var, Value),
    ) -> Self {
        let mut links = Self::default();
        let is_kept = encoder.instance(var).kept == Some(value);
        let said = encoder.release(var, value);
        links
            .needs
            .reserve(said.map_or(0, |release| release.relations.len()));
        for relation in encoder.relations(var, value) {
            let is_unmet = match relation {
                Relation::Dependency(dependency) => {
                    !links.depends(encoder, positions, (var, is_kept), dependency)
                }
                Relation::Requires(capability) => {
                    let is_alone = !links.requires(encoder, positions, (var, value), *capability);
                    is_kept && is_alone && encoder.is_without(var, value, *capability)
                }
                Relation::Conflict(_) => true,
            };
            if is_kept && is_unmet {
                links.unmet.push(relation);
            }
        }
        let all = [&mut links.needs, &mut links.providers, &mut links.follows];
        for list in all.into_iter().chain(&mut links.waits) {
            list.sort_unstable();
            list.dedup();
        }
        let waits = links.waits.as_ref().unwrap_or(&links.needs);
        links.follows.retain(|it| waits.binary_search(it).is_err());
        links
    }

    /// What it needs by name or for what that provides: some perhaps twice.
    pub(super) fn all_needed(&self) -> impl Iterator<Item = usize> {
        self.needs.iter().chain(&self.providers).copied()
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
        if dependency.is_optional || is_kept || is_met {
            self.follows.extend(position);
            if !dependency.is_optional {
                self.waits.get_or_insert_with(|| self.needs.clone());
            }
        } else if let Some(waits) = &mut self.waits {
            waits.extend(position);
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
