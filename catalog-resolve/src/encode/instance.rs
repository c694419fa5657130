//! Instances: packages at places, and which value of a variable is which release.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::engine::{ABSENT, Value, ValueSet};
use crate::situation::{Occupant, Opaque, Situation, Standing};
use crate::universe::{
    Carriers, DefinitionId, ObjectPlace, Package, PackageId, ReleaseId, Shipped,
};

/// Where an instance is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
    /// Everywhere: the only instance of a cluster-wide package.
    Cluster,
    /// In one namespace.
    Namespace(Arc<str>),
}

/// What names an instance; ordered by package name, then place.
pub(crate) type InstanceKey = (PackageId, Place);

/// What names an object in a cluster: what it is called, and its namespace, if it has one of its own.
pub(crate) type ObjectKey = (DefinitionId, Option<Arc<str>>);

/// One package at one place: one variable of the engine.
#[derive(Clone, Debug)]
pub(crate) struct Instance<'a> {
    pub(crate) package: PackageId,
    /// What is known of the package.
    pub(crate) of: &'a Package,
    /// How far from the request it came up: what is installed or asked for itself is at 0.
    pub(crate) depth: u32,
    /// Its place in the order of those of one depth.
    pub(crate) order: u32,
    pub(crate) place: Place,
    /// The namespace whose packages it sees, besides those of the cluster.
    pub(crate) lives: Arc<str>,
    values: Values,
    /// The value at which it is installed.
    pub(crate) kept: Option<Value>,
    /// The value that is locked.
    pub(crate) locked: Option<Value>,
    /// What is installed, if no catalog has it any more.
    opaque: Option<(Value, Arc<Opaque>)>,
}

/// The order in which releases are preferred.
#[derive(Clone, Debug)]
enum Values {
    /// As the universe has them: value `n` is release `n - 1` of so many.
    Given(u32),
    /// The same, but that one of them comes first.
    Fronted(u32, ReleaseId),
    /// Value `n` is the `n`th of these; none is the release that no catalog has.
    Sorted(Vec<Option<ReleaseId>>),
}

impl Values {
    /// Releases are preferred by catalog and then version; stable ones come first unless prereleases are allowed.
    fn of(package: &Package, key: &InstanceKey, situation: &Situation<'_>) -> Self {
        let allows_prereleases = situation.request.allows_prereleases_of(&package.name);
        let names_catalog = situation.items_for(key).any(|item| item.catalog.is_some());
        if !allows_prereleases && !names_catalog && !situation.has_moved_catalogs(key.0) {
            return Self::Given(package.releases.len() as u32);
        }
        let mut order: Vec<_> = package.releases.ids().collect();
        order.sort_by_cached_key(|id| {
            let release = &package.releases[*id];
            let comes_later = release.version.is_prerelease() && !allows_prereleases;
            let rank = situation.catalog_rank(key, release);
            (rank, comes_later, Reverse(&release.version))
        });
        Self::sorted(order.into_iter().map(Some).collect())
    }

    /// These, which mostly are in the order that the universe has: what is installed is the newest.
    fn sorted(order: Vec<Option<ReleaseId>>) -> Self {
        let mut given = (0..).map(|id| Some(ReleaseId::from(id)));
        match order.iter().all(|slot| given.next() == Some(*slot)) {
            true => Self::Given(order.len() as u32),
            false => Self::Sorted(order),
        }
    }

    fn into_sorted(self) -> Vec<Option<ReleaseId>> {
        match self {
            Self::Sorted(order) => order,
            values => (0..values.len()).map(|at| values.get(at)).collect(),
        }
    }

    fn len(&self) -> u32 {
        match self {
            Self::Given(count) | Self::Fronted(count, _) => *count,
            Self::Sorted(order) => order.len() as u32,
        }
    }

    /// The release of the universe at a position, if there is one.
    fn get(&self, position: u32) -> Option<ReleaseId> {
        let id = match self {
            Self::Given(_) => ReleaseId::from(position),
            Self::Fronted(_, first) => match position.checked_sub(1) {
                None => *first,
                Some(before) if before < u32::from(*first) => ReleaseId::from(before),
                Some(_) => ReleaseId::from(position),
            },
            Self::Sorted(order) => return order.get(position as usize).copied().flatten(),
        };
        (position < self.len()).then_some(id)
    }

    /// The value of a release, or of the one that no catalog has.
    fn value(&self, wanted: Option<ReleaseId>) -> Option<Value> {
        let position = match (self, wanted) {
            (Self::Given(_), Some(id)) => u32::from(id),
            (Self::Fronted(_, first), Some(id)) if id == *first => 0,
            (Self::Fronted(_, first), Some(id)) if id < *first => u32::from(id) + 1,
            (Self::Fronted(..), Some(id)) => u32::from(id),
            (Self::Sorted(order), _) => order.iter().position(|slot| *slot == wanted)? as u32,
            (_, None) => return None,
        };
        Some(position + 1)
    }

    /// With these first, in this order, and then one that no catalog has, unless it is among them.
    fn with_first(self, first: &[Option<ReleaseId>], has_opaque: bool) -> Self {
        match (&self, first, has_opaque) {
            (_, [], false) => self,
            (Self::Given(_), [Some(first)], false) if *first == ReleaseId::from(0) => self,
            (Self::Given(count), [Some(first)], false) => Self::Fronted(*count, *first),
            _ => {
                let mut order = self.into_sorted();
                order.extend(has_opaque.then_some(None));
                order.sort_by_key(|slot| {
                    let position = first.iter().position(|it| it == slot);
                    position.unwrap_or(first.len())
                });
                Self::sorted(order)
            }
        }
    }
}

impl<'a> Instance<'a> {
    /// An instance of which the request says nothing but what its items say.
    fn plain(key: InstanceKey, situation: &'a Situation<'_>) -> Self {
        let package = situation.package(key.0);
        let lives = match &key.1 {
            Place::Cluster => Arc::clone(&package.namespace),
            Place::Namespace(namespace) => Arc::clone(namespace),
        };
        let values = Values::of(package, &key, situation);
        Self {
            package: key.0,
            of: package,
            depth: 0,
            order: 0,
            place: key.1,
            lives,
            values,
            kept: None,
            locked: None,
            opaque: None,
        }
    }

    /// An instance, whose releases are preferred as the situation has it: what is locked and what is installed come first, unless the best
    /// release of the package is asked for. A release that no catalog has comes last then.
    pub(crate) fn new(key: InstanceKey, situation: &'a Situation<'_>) -> Self {
        let standing = situation.standing(&key);
        let instance = Self::plain(key, situation);
        match standing {
            Some(standing) => instance.standing(situation, standing),
            None => instance,
        }
    }

    fn standing(mut self, situation: &Situation<'_>, standing: &Standing<'_>) -> Self {
        if let (Place::Cluster, Some((record, _))) = (&self.place, &standing.installed) {
            self.lives = Arc::from(record.namespace());
        }
        let installed = standing.installed.as_ref().map(|(_, occupant)| occupant);
        let slot = |occupant: &Occupant| match occupant {
            Occupant::Release(release) => Some(*release),
            Occupant::Opaque(_) => None,
        };
        let (installed, locked) = (installed.map(slot), standing.locked.as_ref().map(slot));
        // Stable: what is locked comes before what is installed, and that before the rest.
        let mut first: Vec<_> = locked.into_iter().chain(installed).collect();
        first.dedup();
        if situation.names(self.package) {
            first.clear();
        }
        let has_opaque = standing.opaque().is_some();
        self.values = self.values.with_first(&first, has_opaque);
        self.kept = installed.and_then(|slot| self.values.value(slot));
        self.locked = locked.and_then(|slot| self.values.value(slot));
        let opaque = standing.opaque().cloned();
        self.opaque = opaque.and_then(|opaque| Some((self.values.value(None)?, opaque)));
        self
    }

    /// What names it.
    pub(crate) fn key(&self) -> InstanceKey {
        (self.package, self.place.clone())
    }

    /// How many values it has, "absent" included.
    pub(crate) fn count(&self) -> u32 {
        1 + self.values.len()
    }

    /// The release of the universe that a value stands for.
    pub(crate) fn release(&self, value: Value) -> Option<ReleaseId> {
        self.values.get(value.checked_sub(1)?)
    }

    /// The release that a value stands for, if no catalog has it.
    pub(crate) fn opaque(&self, value: Value) -> Option<&Opaque> {
        let (of, opaque) = self.opaque.as_ref()?;
        (*of == value).then_some(opaque)
    }

    /// The releases of the universe and their values, best first.
    pub(crate) fn releases(&self) -> impl Iterator<Item = (Value, ReleaseId)> + '_ {
        (1..self.count()).filter_map(|value| Some((value, self.release(value)?)))
    }

    /// Whether its releases are preferred as the universe has them, and nothing is installed or locked.
    pub(super) fn is_given(&self) -> bool {
        matches!(self.values, Values::Given(_)) && self.kept.is_none() && self.locked.is_none()
    }

    /// The values of releases, of which release `n` is given as value `n + 1`.
    pub(crate) fn translated(&self, releases: &ValueSet) -> ValueSet {
        match &self.values {
            Values::Given(_) => releases.clone(),
            Values::Fronted(_, first) => releases.fronted(u32::from(*first) + 1),
            Values::Sorted(_) => self.values_of(|id| releases.contains(u32::from(id) + 1)),
        }
    }

    /// The values that are installed or locked.
    pub(crate) fn standing_values(&self) -> impl Iterator<Item = Value> {
        self.kept.into_iter().chain(self.locked)
    }

    /// The values of some releases of the universe.
    pub(crate) fn values_of(&self, wanted: impl Fn(ReleaseId) -> bool) -> ValueSet {
        let wanted = self.releases().filter(|(_, release)| wanted(*release));
        ValueSet::of(self.count(), wanted.map(|(value, _)| value))
    }

    /// The values of the carriers of a relation.
    pub(crate) fn carrying(&self, carriers: &Carriers) -> ValueSet {
        match (&self.values, carriers) {
            (Values::Sorted(_), _) => self.values_of(|release| carriers.contains(release)),
            (_, Carriers::Few(few)) => self.translated(&ValueSet::shifted(*few)),
            (_, Carriers::Many(ids)) => {
                let ids = ids.iter().map(|id| u32::from(*id) + 1);
                self.translated(&ValueSet::of(self.count(), ids))
            }
        }
    }

    /// All values but "absent".
    pub(crate) fn present(&self) -> ValueSet {
        self.all_but(&ValueSet::of(self.count(), [ABSENT]))
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

    /// Whether the prerelease rule, and being yanked, never keep a value out.
    pub(crate) fn passes(&self, value: Value) -> bool {
        self.kept == Some(value) || self.locked == Some(value)
    }

    /// What names an object in the cluster that a release ships which is here.
    pub(crate) fn object(&self, shipped: &Shipped) -> ObjectKey {
        let namespace = match &shipped.place {
            ObjectPlace::Anywhere => None,
            ObjectPlace::Namespace(namespace) => Some(Arc::clone(namespace)),
            ObjectPlace::OfInstance => Some(Arc::clone(&self.lives)),
        };
        (shipped.name, namespace)
    }

    /// Whether conflicts between the two count: one is cluster-wide, or both share a namespace.
    pub(crate) fn reaches(&self, other: &Instance<'_>) -> bool {
        self.key() != other.key()
            && (self.place == Place::Cluster
                || other.place == Place::Cluster
                || self.place == other.place)
    }
}
