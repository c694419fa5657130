//! What was chosen.

use crate::encode::{Encoder, InstanceKey};
use crate::engine::{Value, Var};
use crate::universe::PackageId;

/// What the decisions left: each instance that is present, with its value, by package and place.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    chosen: Vec<(InstanceKey, (Var, Value))>,
}

impl Choice {
    /// These, each once, in any order.
    pub(super) fn new(
        encoder: &Encoder<'_>,
        chosen: impl IntoIterator<Item = (Var, Value)>,
    ) -> Self {
        let chosen = chosen.into_iter();
        let package = |var: Var| encoder.instance(var).package;
        let mut chosen: Vec<_> = chosen.map(|it| (package(it.0), it)).collect();
        let place = |(_, (var, _)): &(PackageId, (Var, Value))| &encoder.instance(*var).place;
        chosen.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| place(a).cmp(place(b))));
        let keyed = chosen.into_iter();
        let keyed = keyed.map(|(_, (var, value))| (encoder.instance(var).key(), (var, value)));
        Self {
            chosen: keyed.collect(),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.chosen.len()
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&InstanceKey, Var, Value)> {
        self.chosen
            .iter()
            .map(|(key, (var, value))| (key, *var, *value))
    }

    /// The variables and values of all of them.
    pub(crate) fn values(&self) -> impl Iterator<Item = (Var, Value)> {
        self.chosen.iter().map(|(_, chosen)| *chosen)
    }

    /// What is chosen for an instance, if anything is.
    pub(crate) fn get(&self, key: &InstanceKey) -> Option<(Var, Value)> {
        let position = self.chosen.binary_search_by(|(known, _)| known.cmp(key));
        Some(self.chosen.get(position.ok()?)?.1)
    }

    /// Those of a package.
    pub(crate) fn of(
        &self,
        package: PackageId,
    ) -> impl Iterator<Item = (&InstanceKey, Var, Value)> {
        let start = self.chosen.partition_point(|(key, _)| key.0 < package);
        let from = self.chosen.get(start..).unwrap_or_default().iter();
        let of = from.take_while(move |(key, _)| key.0 == package);
        of.map(|(key, (var, value))| (key, *var, *value))
    }
}
