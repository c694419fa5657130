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
    /// Of each release what a [`Row`] has, in its order.
    rows: Rows<4>,
    /// Found out when somebody first asks.
    askers: OnceLock<Askers>,
}

/// What a release has to do with others: room for one at a time.
#[derive(Default)]
struct Row {
    /// What it depends on.
    needs: Vec<usize>,
    /// Those of them that have to come before it.
    waits: Vec<usize>,
    /// Who provides what it requires.
    providers: Vec<usize>,
    /// Other dependencies, which it would rather come after.
    follows: Vec<usize>,
}

impl Row {
    fn clear(&mut self) {
        for list in [
            &mut self.needs,
            &mut self.waits,
            &mut self.providers,
            &mut self.follows,
        ] {
            list.clear();
        }
    }

    /// The lists, each ascending and with everything once.
    fn finish(&mut self) -> [&[usize]; 4] {
        for list in [
            &mut self.needs,
            &mut self.waits,
            &mut self.providers,
            &mut self.follows,
        ] {
            if list.len() > 1 {
                list.sort_unstable();
                list.dedup();
            }
        }
        let waits = &self.waits;
        self.follows.retain(|it| waits.binary_search(it).is_err());
        [&self.needs, waits, &self.providers, &self.follows]
    }
}

impl Links {
    /// With what the installed state does not meet of what a release says that stays as it is installed, by position. None if the search is
    /// cancelled before it is done.
    pub(super) fn new<'a>(
        encoder: &Encoder<'a>,
        choice: &Choice,
    ) -> Option<(Self, Vec<(usize, &'a Relation)>)> {
        let positions = Positions::new(encoder, choice);
        let packages = choice.values();
        let packages = packages.map(|(var, _)| Arc::clone(&encoder.package(var).name));
        let mut links = Self {
            packages: packages.collect(),
            rows: Rows::with_room(choice.len()),
            askers: OnceLock::new(),
        };
        let (mut row, mut unmet) = (Row::default(), Vec::new());
        for (position, chosen) in choice.values().enumerate() {
            if encoder.is_cancelled() {
                return None;
            }
            let lacks = |relation| unmet.push((position, relation));
            row.clear();
            row.add(encoder, &positions, chosen, lacks);
            links.rows.push(row.finish());
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

    /// What a release depends on.
    pub(super) fn needs(&self, position: usize) -> &[usize] {
        self.rows.of::<0>(position)
    }

    /// Those of its needs that have to come before a release.
    pub(super) fn waits(&self, position: usize) -> &[usize] {
        self.rows.of::<1>(position)
    }

    /// Who provides what a release requires.
    pub(super) fn providers(&self, position: usize) -> &[usize] {
        self.rows.of::<2>(position)
    }

    /// Other dependencies of a release, which it would rather come after.
    pub(super) fn follows(&self, position: usize) -> &[usize] {
        self.rows.of::<3>(position)
    }

    /// What a release needs by name or for what that provides: some perhaps twice.
    pub(super) fn all_needed(&self, position: usize) -> impl Iterator<Item = usize> {
        let (needs, providers) = (self.needs(position), self.providers(position));
        needs.iter().chain(providers).copied()
    }
}

impl Row {
    /// Takes note of what a chosen release says of others.
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
