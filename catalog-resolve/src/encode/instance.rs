//! Instances: packages at places, and which value of a variable is which release.

use std::sync::Arc;

use crate::engine::{ABSENT, Value, ValueSet};
use crate::universe::{Package, PackageId, ReleaseId};

/// Where an instance is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// Everywhere: the only instance of a cluster-wide package.
    Cluster,
    /// In one namespace.
    Namespace(Arc<str>),
}

/// What names an instance; ordered by package name, then place.
pub(crate) type InstanceKey = (PackageId, Place);

/// One package at one place: one variable of the engine.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    pub(crate) package: PackageId,
    pub(crate) place: Place,
    /// The namespace whose packages it sees, besides those of the cluster.
    pub(crate) lives: Arc<str>,
    values: Values,
}

/// The order in which releases are preferred.
#[derive(Clone, Debug)]
enum Values {
    /// As the universe has them: value `n` is release `n - 1` of so many.
    Given(u32),
    /// Value `n` is the `n`th of these.
    Sorted(Vec<ReleaseId>),
}

impl Instance {
    /// An instance of `package`, whose releases are preferred by catalog and then version; stable ones come first unless
    /// prereleases are allowed.
    pub(crate) fn new(key: InstanceKey, package: &Package, allows_prereleases: bool) -> Self {
        let lives = match &key.1 {
            Place::Cluster => Arc::from(package.namespace.as_str()),
            Place::Namespace(namespace) => Arc::clone(namespace),
        };
        let values = if allows_prereleases {
            let mut order: Vec<_> = package.releases.ids().collect();
            order.sort_by(|a, b| {
                let (a, b) = (&package.releases[*a], &package.releases[*b]);
                a.catalog
                    .cmp(&b.catalog)
                    .then_with(|| b.version.cmp(&a.version))
            });
            Values::Sorted(order)
        } else {
            Values::Given(package.releases.len() as u32)
        };
        Self {
            package: key.0,
            place: key.1,
            lives,
            values,
        }
    }

    /// What names it.
    pub(crate) fn key(&self) -> InstanceKey {
        (self.package, self.place.clone())
    }

    /// How many values it has, "absent" included.
    pub(crate) fn count(&self) -> u32 {
        1 + match &self.values {
            Values::Given(count) => *count,
            Values::Sorted(order) => order.len() as u32,
        }
    }

    /// The release that a value stands for.
    pub(crate) fn release(&self, value: Value) -> Option<ReleaseId> {
        let position = value.checked_sub(1)?;
        match &self.values {
            Values::Given(count) => (position < *count).then(|| ReleaseId::from(position)),
            Values::Sorted(order) => order.get(position as usize).copied(),
        }
    }

    /// The releases and their values, best first.
    pub(crate) fn releases(&self) -> impl Iterator<Item = (Value, ReleaseId)> + '_ {
        (1..self.count()).filter_map(|value| Some((value, self.release(value)?)))
    }

    /// The values of some releases.
    pub(crate) fn values_of(&self, wanted: impl Fn(ReleaseId) -> bool) -> ValueSet {
        let wanted = self.releases().filter(|(_, release)| wanted(*release));
        ValueSet::of(self.count(), wanted.map(|(value, _)| value))
    }

    /// The values of the given releases, of which there may be far fewer than the package has.
    pub(crate) fn values_of_these(&self, releases: &[ReleaseId]) -> ValueSet {
        match &self.values {
            Values::Given(_) => {
                ValueSet::of(self.count(), releases.iter().map(|r| u32::from(*r) + 1))
            }
            Values::Sorted(_) => self.values_of(|release| releases.binary_search(&release).is_ok()),
        }
    }

    /// All values but these.
    pub(crate) fn all_but(&self, set: &ValueSet) -> ValueSet {
        let mut all = ValueSet::all(self.count());
        all.subtract(set);
        all
    }

    /// These values, or absence.
    pub(crate) fn or_absent(&self, mut set: ValueSet) -> ValueSet {
        set.insert(ABSENT);
        set
    }

    /// Whether conflicts between the two count: one is cluster-wide, or both share a namespace.
    pub(crate) fn reaches(&self, other: &Self) -> bool {
        self.key() != other.key()
            && (self.place == Place::Cluster
                || other.place == Place::Cluster
                || self.place == other.place)
    }
}
