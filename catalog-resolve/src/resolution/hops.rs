//! The way from one release of a package to a higher one.

use std::collections::BTreeMap;

use catalog_model::version::Version;

use super::asking::{Answers, Asking};
use super::need::UnmetNeed;
use super::passing::{Awaited, Passing};
use crate::encode::Encoder;
use crate::engine::{Value, Var};
use crate::safety::UpgradeBreak;
use crate::universe::{Package, ReleaseId};

/// A release that an upgrade passes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    version: Version,
    catalog: Option<String>,
    pub(crate) unmet: Vec<UnmetNeed>,
}

impl Hop {
    /// The version, as its author wrote it.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The catalog it comes from, if that has a name.
    #[must_use]
    pub fn catalog(&self) -> Option<&str> {
        self.catalog.as_deref()
    }

    /// What it asks for and does not find when it is passed: neither in what is installed and still there, nor in what has come by then. An
    /// upgrade whose hops lack something may fail on its way; where another way with as few hops lacks less, that is taken.
    ///
    /// ```
    /// use catalog_model::InstalledRelease;
    /// use catalog_resolve::{Outcome, Request, Universe, resolve};
    ///
    /// let mut builder = Universe::builder();
    /// builder.add(catalog_resolve::ReleaseSpec::new("db", "1.0.0"));
    /// builder.add(catalog_resolve::ReleaseSpec::new("db", "2.0.0").replaces("1.0.0").dependency("migrator", "^2"));
    /// builder.add(catalog_resolve::ReleaseSpec::new("db", "3.0.0").replaces("2.0.0"));
    /// let request = Request::new().installed(InstalledRelease::new("db", "1.0.0", "db")).upgrade("db");
    /// let Outcome::Resolved(resolution) = resolve(&builder.build(), &request) else { panic!("there is a way") };
    /// let plan = resolution.plan();
    /// let unmet: Vec<_> = plan.steps()[0].hops()[0].unmet().iter().map(|need| need.text()).collect();
    /// assert_eq!(unmet, ["db 2.0.0 needs migrator ^2, and migrator is not there"]);
    /// ```
    #[must_use]
    pub fn unmet(&self) -> &[UnmetNeed] {
        &self.unmet
    }
}

/// The way of an upgrade.
#[derive(Clone, Debug, Default)]
pub(super) struct Way {
    pub(super) hops: Vec<Hop>,
    /// What the hops find there at the right time.
    pub(super) awaited: Vec<Awaited>,
    pub(super) breaks: Vec<UpgradeBreak>,
    pub(super) avoided: Vec<UpgradeBreak>,
    /// Whether the budget ended before it was known that there is no way on which nothing breaks.
    pub(super) is_cut: bool,
}

impl Way {
    /// Whether there is nothing on it, and nothing to say of it.
    pub(super) fn is_empty(&self) -> bool {
        self.hops.is_empty() && self.breaks.is_empty() && self.avoided.is_empty() && !self.is_cut
    }
}

/// The releases between what is installed and a higher release. Hops are neither yanked nor excluded; if there are ways on which nothing
/// [breaks](crate::UpgradeSafety) they lie on one of those; there are as few as can be, and of such ways the one is taken on which the
/// fewest needs are unmet, then the highest.
pub(super) fn way(
    encoder: &Encoder<'_>,
    (passing, asking): (&Passing<'_, '_>, &Asking<'_>),
    (var, value): (Var, Value),
) -> Way {
    let (instance, package) = (encoder.instance(var), encoder.package(var));
    if instance.kept.is_none_or(|kept| kept == value) {
        return Way::default();
    }
    let standing = encoder.situation.standing(&instance.key());
    let installed = standing.and_then(|standing| standing.installed.as_ref());
    let from = installed.and_then(|(_, occupant)| occupant.version(package));
    let (Some(from), Some(to)) = (from, instance.release(value)) else {
        return Way::default();
    };
    let may_pass = |id: &ReleaseId| {
        let release = &package.releases[*id];
        release.yanked.is_none() && !encoder.situation.is_excluded(package, release)
    };
    let value_of = |id: ReleaseId| {
        let mut releases = instance.releases();
        releases.find(|(_, of)| *of == id).map(|(value, _)| value)
    };
    let needs = |hop: usize, id: ReleaseId| match value_of(id) {
        Some(value) => passing.needs(hop, (var, value)),
        None => (Vec::new(), Vec::new()),
    };
    let lacking = |id: ReleaseId| needs(0, id).0.len();
    let answers = asking.about(&package.name);
    let is_safe = |from: &Version, to: &Version| answers.is_safe(from, to);
    let mut ids = Ways::new((package, from, to), &may_pass, &|_, _| true).best(lacking);
    let (mut breaks, mut avoided) = (breaks((package, from), &ids, to, &answers), Vec::new());
    let mut is_cut = false;
    if !breaks.is_empty() {
        let safe = Ways::new((package, from, to), &may_pass, &is_safe);
        // What was found is safe all the same: an edge that nobody asked about is not on it.
        is_cut = !safe.is_there && answers.is_cut();
        if safe.is_there {
            ids = safe.best(lacking);
            (breaks, avoided) = (Vec::new(), breaks);
        }
    }
    let mut way = Way {
        breaks,
        avoided,
        is_cut,
        ..Way::default()
    };
    for (position, id) in ids.into_iter().enumerate() {
        let (unmet, awaited) = needs(position, id);
        let release = &package.releases[id];
        let catalog = encoder.universe.catalog(encoder.catalog_of(var, release));
        way.hops.push(Hop {
            version: release.version.clone(),
            catalog: catalog.map(str::to_owned),
            unmet,
        });
        way.awaited.extend(awaited);
    }
    way
}

/// What breaks on a way.
fn breaks(
    (package, from): (&Package, &Version),
    hops: &[ReleaseId],
    to: ReleaseId,
    answers: &Answers<'_, '_>,
) -> Vec<UpgradeBreak> {
    let version = |id: &ReleaseId| &package.releases[*id].version;
    if version(&to) <= from {
        return Vec::new();
    }
    let hops = hops.iter().map(version);
    let ends = hops.clone().chain([version(&to)]);
    let steps = std::iter::once(from).chain(hops).zip(ends);
    steps
        .filter_map(|(from, to)| answers.breaks(from, to))
        .collect()
}

/// The ways with the fewest hops: the releases on them by how many hops are left, each layer from high to low.
struct Ways<'a> {
    package: &'a Package,
    from: &'a Version,
    to: ReleaseId,
    /// Which edges are taken, of those that releases state.
    is_taken: &'a dyn Fn(&Version, &Version) -> bool,
    /// Whether there is one.
    is_there: bool,
    /// The first is that of the releases from which one hop is left: themselves.
    layers: Vec<Vec<ReleaseId>>,
}

impl<'a> Ways<'a> {
    /// Breadth first from where the ways end.
    fn new(
        (package, from, to): (&'a Package, &'a Version, ReleaseId),
        may_pass: &dyn Fn(&ReleaseId) -> bool,
        is_taken: &'a dyn Fn(&Version, &Version) -> bool,
    ) -> Self {
        let mut ways = Self {
            package,
            from,
            to,
            is_taken,
            is_there: false,
            layers: Vec::new(),
        };
        if ways.version(to) <= from || ways.begins(to) {
            ways.is_there = true;
            return ways;
        }
        let mut between: Vec<ReleaseId> = package.releases.ids().filter(&may_pass).collect();
        between.retain(|id| ways.version(*id) > from && ways.version(*id) < ways.version(to));
        between.sort_by(|a, b| ways.version(*b).cmp(ways.version(*a)));
        let mut frontier = vec![to];
        while !frontier.is_empty() && !frontier.iter().any(|id| ways.begins(*id)) {
            let leads_on = |id: &ReleaseId| frontier.iter().any(|next| ways.leads(*id, *next));
            let (next, rest) = between.iter().partition(|id| leads_on(id));
            (frontier, between) = (next, rest);
            ways.layers.push(frontier.clone());
        }
        ways.is_there = !frontier.is_empty();
        ways
    }

    /// The way that is taken.
    fn best(&self, lacking: impl Fn(ReleaseId) -> usize) -> Vec<ReleaseId> {
        let way = self.highest(|_| 0);
        if !way.iter().any(|id| lacking(*id) > 0) {
            return way;
        }
        let costs = self.costs(lacking);
        self.highest(|id| costs.get(&id).copied().unwrap_or_default())
    }

    fn version(&self, id: ReleaseId) -> &'a Version {
        &self.package.releases[id].version
    }

    /// Whether a release is reached in one hop from what is installed.
    fn begins(&self, id: ReleaseId) -> bool {
        self.package.releases[id].is_reached_from(&[self.from])
            && (self.is_taken)(self.from, self.version(id))
    }

    /// Whether one release is reached in one hop from another.
    fn leads(&self, from: ReleaseId, to: ReleaseId) -> bool {
        self.package.releases[to].is_reached_from(&[self.version(from)])
            && (self.is_taken)(self.version(from), self.version(to))
    }

    /// For each release how much the cheapest way from it costs, itself included.
    fn costs(&self, of_one: impl Fn(ReleaseId) -> usize) -> BTreeMap<ReleaseId, usize> {
        let mut costs = BTreeMap::from([(self.to, 0)]);
        let mut ahead = vec![self.to];
        for layer in &self.layers {
            for id in layer {
                let reached = ahead.iter().filter(|next| self.leads(*id, **next));
                let rest = reached.filter_map(|next| costs.get(next)).min().copied();
                costs.insert(*id, of_one(*id) + rest.unwrap_or_default());
            }
            ahead.clone_from(layer);
        }
        costs
    }

    /// From what is installed, each time the cheapest of the nearest, and the highest of those.
    fn highest(&self, cost: impl Fn(ReleaseId) -> usize) -> Vec<ReleaseId> {
        let mut way: Vec<ReleaseId> = Vec::new();
        for layer in self.layers.iter().rev() {
            let leads = |id: &&ReleaseId| match way.last() {
                Some(last) => self.leads(*last, **id),
                None => self.begins(**id),
            };
            // Of equals the first is taken, and layers go from high to low.
            let Some(next) = layer.iter().filter(leads).min_by_key(|id| cost(**id)) else {
                break;
            };
            way.push(*next);
        }
        way
    }
}
