//! The rules of an answer, as clauses made when they matter, each with the fact it comes from.

mod admission;
mod cluster_wide;
mod counter;
mod cycles;
mod fact;
mod installed;
mod instance;
mod items;
mod kept;
mod needs;
mod relations;
mod support;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use catalog_model::version::Version;

pub(crate) use self::admission::{Admission, Asked};
pub(crate) use self::cycles::forbidden_cycles;
pub(crate) use self::fact::{Fact, InstalledFact, Preference};
pub(crate) use self::instance::{Instance, InstanceKey, ObjectKey, Place};
pub(crate) use self::kept::Met;

use self::cluster_wide::ClusterWide;
use self::needs::Needs;
use self::support::Askers;

use crate::engine::{ClauseId, Engine, Source, Term, Value, ValueSet, Var, Verdict};
use crate::request::{Exclusion, Request};
use crate::situation::Situation;
use crate::universe::{
    CapabilityId, CatalogId, Dependency, Package, PackageId, Relation, RelationId, Release,
    Universe,
};

/// A clause that was made: why, and for a choice, whose.
pub(crate) struct Made<'a> {
    pub(crate) clause: ClauseId,
    pub(crate) fact: Fact<'a>,
    /// The variable whose term is the guard, if the clause is a choice.
    pub(crate) guard: Option<Var>,
}

/// So many instances there is room for in the beginning, as even small requests mostly come to more than one.
pub(crate) const FEW: usize = 8;

/// Makes the clauses of one request over one universe.
pub(crate) struct Encoder<'a> {
    pub(crate) situation: &'a Situation<'a>,
    pub(crate) universe: &'a Universe,
    pub(crate) request: &'a Request,
    instances: Vec<Instance<'a>>,
    /// By variable: the position of its instance; none if it counts.
    positions: Vec<Option<usize>>,
    cluster_wide: ClusterWide,
    /// Of those that are in a namespace.
    in_namespaces: BTreeMap<InstanceKey, Var>,
    /// None if nobody will ask for them.
    made: Option<Vec<Made<'a>>>,
    /// By variable: the relations whose clauses have been made. Instances that the engine does not know yet have none.
    encoded: Vec<ValueSet>,
    /// Conflicts and optional dependencies, by the package they are about: they matter for each instance of it that comes.
    waiting: BTreeMap<PackageId, Vec<(Var, RelationId)>>,
    /// The values that ship an object, for each instance that may, with the digest of its content.
    shipped: HashMap<ObjectKey, Vec<(Var, String)>>,
    /// Whether a question can be about an instance that need not be there.
    may_let_go: bool,
    askers: Option<Askers>,
    /// By variable: what the release needs that it had in the last model that had one.
    needs: Vec<Option<Needs>>,
}

impl<'a> Encoder<'a> {
    pub(crate) fn new(situation: &'a Situation<'a>) -> Self {
        let known = situation.standings().len() + situation.request.items.len();
        let known = known.max(FEW);
        let mut encoder = Self {
            situation,
            universe: situation.universe,
            request: situation.request,
            instances: Vec::with_capacity(known),
            positions: Vec::with_capacity(known),
            cluster_wide: ClusterWide::new(situation.package_count()),
            in_namespaces: BTreeMap::new(),
            made: Some(Vec::new()),
            encoded: Vec::new(),
            waiting: BTreeMap::new(),
            shipped: HashMap::new(),
            may_let_go: false,
            askers: None,
            needs: Vec::new(),
        };
        encoder.may_let_go = encoder.may_let_go();
        encoder
    }

    /// With everything that the request says.
    pub(crate) fn of(situation: &'a Situation<'a>, engine: &mut Engine) -> Self {
        let mut encoder = Self::new(situation);
        encoder.encode_request(engine);
        encoder
    }

    /// For a search of which nobody will ask why.
    pub(crate) fn forgetful(situation: &'a Situation<'a>) -> Self {
        Self {
            made: None,
            ..Self::new(situation)
        }
    }

    /// Makes the clauses of everything that the request says.
    pub(crate) fn encode_request(&mut self, engine: &mut Engine) {
        self.encode_items(engine);
        self.encode_installed(engine);
    }

    /// Whether nobody waits for an answer any more, so that long work can end: whatever it comes to does not count.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.request.cancellation.is_cancelled()
    }

    fn add_counter(&mut self, engine: &mut Engine, values: u32) -> Var {
        self.positions.push(None);
        self.encoded.push(ValueSet::none(0));
        engine.add_var(values, u64::MAX)
    }

    /// How many variables there are.
    pub(crate) fn var_count(&self) -> usize {
        self.positions.len()
    }

    /// Whether a variable is an instance, and no counter.
    pub(crate) fn is_instance(&self, var: Var) -> bool {
        matches!(self.positions.get(var.index()), Some(Some(_)))
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "every variable but those that count is made together with its instance, and nobody asks for theirs"
    )]
    pub(crate) fn instance(&self, var: Var) -> &Instance<'a> {
        &self.instances[self.positions[var.index()].unwrap_or(usize::MAX)]
    }

    pub(crate) fn find(&self, key: &InstanceKey) -> Option<Var> {
        match key.1 {
            Place::Cluster => self.cluster_wide.find(key.0),
            Place::Namespace(_) => self.in_namespaces.get(key).copied(),
        }
    }

    /// What was made, and why: nothing if it is [not remembered](Self::forgetful).
    pub(crate) fn made(&self) -> &[Made<'a>] {
        self.made.as_deref().unwrap_or_default()
    }

    pub(crate) fn package(&self, var: Var) -> &'a Package {
        self.instance(var).of
    }

    /// The release that a value stands for.
    pub(crate) fn release(&self, var: Var, value: Value) -> Option<&'a Release> {
        let instance = self.instance(var);
        Some(&instance.of.releases[instance.release(value)?])
    }

    /// The catalog, if it has a name, and the version that a value stands for, as texts.
    pub(crate) fn named(&self, var: Var, value: Value) -> Option<(Option<&str>, &str)> {
        if let Some(opaque) = self.instance(var).opaque(value) {
            return Some((opaque.catalog.as_deref(), opaque.version.as_str()));
        }
        let release = self.release(var, value)?;
        let catalog = self.universe.catalog(self.catalog_of(var, release));
        Some((catalog, release.version.as_str()))
    }

    /// The other catalogs that have, or had, what a value stands for.
    pub(crate) fn also_in(&self, var: Var, value: Value) -> Vec<String> {
        if let Some(opaque) = self.instance(var).opaque(value) {
            return opaque.also_in.clone();
        }
        let release = self.release(var, value);
        let Some(release) = release.filter(|release| !release.also_in.is_empty()) else {
            return Vec::new();
        };
        let catalogs = self.situation.catalogs_of(self.package(var), release);
        let others = catalogs.into_iter().skip(1);
        let names = others.filter_map(|id| self.universe.catalog(id));
        names.map(str::to_owned).collect()
    }

    /// The catalog that a release of an instance is of.
    pub(crate) fn catalog_of(&self, var: Var, release: &Release) -> CatalogId {
        self.situation.catalog_of(self.package(var), release)
    }

    /// The catalog of highest priority that has the package, where no answer is left with a release from there. That is not so of what is installed or
    /// locked, which comes before all catalogs, nor where an item names a catalog, whose newest release comes before what a higher one has too.
    pub(crate) fn preferred_catalog(&self, var: Var, value: Value) -> Option<CatalogId> {
        let (instance, release) = (self.instance(var), self.release(var, value)?);
        let preferred = self
            .package(var)
            .preferred_catalog(self.catalog_of(var, release))?;
        let key = instance.key();
        let mut items = self.situation.items_for(&key);
        let is_asked = items.any(|item| item.catalog.is_some());
        (!instance.passes(value) && !is_asked).then_some(preferred)
    }

    /// The objects that a release ships, each with a digest of its content.
    pub(crate) fn objects(
        &self,
        var: Var,
        value: Value,
    ) -> impl Iterator<Item = (ObjectKey, &'a str)> {
        let instance = self.instance(var);
        let release = self.release(var, value).into_iter();
        let shipped = release.flat_map(|release| &release.definitions);
        shipped.map(|one| (instance.object(one), one.digest.as_str()))
    }

    /// The relations of a release.
    pub(crate) fn relations(&self, var: Var, value: Value) -> impl Iterator<Item = &'a Relation> {
        let instance = self.instance(var);
        let release = instance.release(value).into_iter();
        let relations = release.flat_map(|id| instance.of.relation_ids(id));
        relations.map(|(_, relation)| relation)
    }

    /// The instance that `asker` means when it names a package.
    pub(crate) fn meant_by(&self, asker: Var, package: PackageId) -> InstanceKey {
        self.place_of(package, &self.instance(asker).lives)
    }

    /// The variable of the instance that `asker` means when it names a package, if it has one.
    #[inline]
    pub(crate) fn meant(&self, asker: Var, package: PackageId) -> Option<Var> {
        // Mostly the package is cluster-wide.
        self.cluster_wide
            .find(package)
            .or_else(|| self.find(&self.meant_by(asker, package)))
    }

    /// The instance of a package for those who live in a namespace.
    pub(crate) fn place_of(&self, package: PackageId, namespace: &Arc<str>) -> InstanceKey {
        self.situation.place_of(package, namespace)
    }

    pub(crate) fn allows_prereleases(&self, package: PackageId) -> bool {
        let request = self.request;
        request.allows_any_prereleases()
            && request.allows_prereleases_of(&self.situation.package(package).name)
    }

    /// What a dependency asks for.
    pub(crate) fn asked<'b>(&self, dependency: &'b Dependency) -> Asked<'b> {
        let catalog = dependency.catalog.as_ref();
        Asked {
            range: &dependency.range,
            catalog: catalog.map(|c| c.as_ref().as_ref().copied().map_err(String::as_str)),
            allows_prereleases: self.allows_prereleases(dependency.package),
            spares_installed: true,
        }
    }

    /// The values at which an instance provides a capability, to others and to itself.
    pub(crate) fn providing(&self, var: Var, capability: CapabilityId) -> ValueSet {
        let instance = self.instance(var);
        let values = instance.releases().map(|(value, _)| value);
        let giving = values.filter(|value| self.provides(var, *value, capability));
        ValueSet::of(instance.count(), giving)
    }

    /// Whether an instance provides a capability at a value.
    pub(crate) fn provides(&self, var: Var, value: Value, capability: CapabilityId) -> bool {
        self.release(var, value)
            .is_some_and(|release| release.provides.binary_search(&capability).is_ok())
            && self.may_provide(var, value)
    }

    /// Whether what a release provides counts at a value: who requires a capability asks for any version of whoever provides it.
    pub(crate) fn may_provide(&self, var: Var, value: Value) -> bool {
        let (instance, package) = (self.instance(var), self.package(var));
        let is_stable = |release: &Release| !release.version.is_prerelease();
        instance.passes(value)
            || !package.has_stable
            || self.release(var, value).is_some_and(is_stable)
            || self.allows_prereleases(instance.package)
    }

    fn remember(&mut self, clause: ClauseId, fact: Fact<'a>, guard: Option<Var>) {
        if let Some(made) = &mut self.made {
            made.push(Made {
                clause,
                fact,
                guard,
            });
        }
    }

    /// Whether the clauses of a relation have not been made, which they are from here on.
    fn is_new(&mut self, var: Var, id: RelationId) -> bool {
        let encoded = self.encoded.get_mut(var.index());
        encoded.is_some_and(|encoded| {
            let is_new = !encoded.contains(id.into());
            encoded.insert(id.into());
            is_new
        })
    }

    fn add(&mut self, engine: &mut Engine, fact: Fact<'a>, terms: impl IntoIterator<Item = Term>) {
        let clause = engine.add_clause(terms);
        self.remember(clause, fact, None);
    }

    /// The variable of an instance, made if it is new, with what is known of its releases whoever asks. It may be for the sake of another.
    pub(crate) fn var(&mut self, engine: &mut Engine, key: InstanceKey, asker: Option<Var>) -> Var {
        let var = self.place(key, asker);
        self.enter(engine);
        var
    }

    /// The same without an engine, which hears of it when it is first asked.
    pub(crate) fn place(&mut self, key: InstanceKey, asker: Option<Var>) -> Var {
        if let Some(var) = self.find(&key) {
            return var;
        }
        let var = Var::at(self.positions.len());
        let mut instance = Instance::new(key.clone(), self.situation);
        // The order of the answer's preferences, as far as it can be known: a search that follows it mostly comes to the best answer first.
        (instance.depth, instance.order) = match asker {
            Some(asker) => (self.instance(asker).depth + 1, u32::from(key.0)),
            None => (0, self.instances.len() as u32),
        };
        self.positions.push(Some(self.instances.len()));
        self.instances.push(instance);
        match key.1 {
            Place::Cluster => self.cluster_wide.insert(key.0, var),
            Place::Namespace(_) => {
                self.in_namespaces.insert(key, var);
            }
        }
        var
    }

    /// Tells the engine of the instances that it does not know yet, and what is known of them.
    fn enter(&mut self, engine: &mut Engine) {
        while self.encoded.len() < self.positions.len() {
            let instance = self.instance(Var::at(self.encoded.len()));
            let (package, count) = (instance.package, instance.count());
            let rank = u64::from(instance.depth) << 32 | u64::from(instance.order);
            let relations = self.situation.package(package).relations.len();
            let var = engine.add_var(count, rank);
            self.encoded.push(ValueSet::none(relations as u32));
            for (fact, left) in self.limits(var) {
                self.add(engine, fact, [(var, left)]);
            }
            for (asker, relation) in self.waiting.get(&package).cloned().unwrap_or_default() {
                self.relate(engine, asker, relation, var);
            }
        }
    }

    /// The values that an instance is limited to whoever asks, each time with the reason.
    pub(crate) fn limits(&self, var: Var) -> Vec<(Fact<'a>, ValueSet)> {
        let mut limits = Vec::new();
        let package = self.package(var);
        if package.has_yanked || self.situation.has_exclusions(package) {
            limits.extend(self.ruled_out(var));
        }
        limits.extend(self.settled(var));
        limits
    }

    /// What is left of what is excluded or yanked, by reason.
    fn ruled_out(&self, var: Var) -> Vec<(Fact<'a>, ValueSet)> {
        let package = self.package(var);
        let instance = self.instance(var);
        let mut facts: BTreeMap<(bool, &str), ValueSet> = BTreeMap::new();
        let mut rule_out = |is_yanked: bool, reason: &'a str, value: Value| {
            let none = || ValueSet::none(instance.count());
            facts
                .entry((is_yanked, reason))
                .or_insert_with(none)
                .insert(value);
        };
        let count = match self.situation.has_exclusions(package) {
            true => instance.count(),
            false => 1,
        };
        for value in 1..count {
            for exclusion in self.ruling_out(var, value) {
                rule_out(false, &exclusion.reason, value);
            }
        }
        let values = if package.has_yanked {
            instance.count()
        } else {
            1
        };
        for value in 1..values {
            let Some(release) = self.release(var, value) else {
                continue;
            };
            match &release.yanked {
                Some(reason) if !instance.passes(value) && !self.is_asked_exactly(var, release) => {
                    rule_out(true, reason, value)
                }
                _ => {}
            }
        }
        let left = facts.into_iter().map(|((is_yanked, reason), values)| {
            let fact = if is_yanked {
                Fact::Yanked(var, reason)
            } else {
                Fact::Excluded(var, reason)
            };
            (fact, instance.all_but(&values))
        });
        left.collect()
    }

    /// The exclusions of a value: what is installed is spared by most.
    fn ruling_out(&self, var: Var, value: Value) -> Vec<&'a Exclusion> {
        let (package, instance) = (self.package(var), self.instance(var));
        let is_kept = instance.kept == Some(value);
        let counts = |exclusion: &Exclusion| !is_kept || exclusion.is_even_if_installed;
        let situation = self.situation;
        match (instance.opaque(value), self.release(var, value)) {
            (Some(opaque), _) => situation.ruling_out_opaque(package, opaque, counts),
            (None, Some(release)) => situation.ruling_out(package, release, counts),
            (None, None) => Vec::new(),
        }
    }

    /// The version at which an instance is installed, if it is and its version can be read.
    pub(crate) fn installed_version(&self, var: Var) -> Option<&Version> {
        let instance = self.instance(var);
        let kept = instance.kept?;
        match instance.opaque(kept) {
            Some(opaque) => opaque.version.read(),
            None => self.release(var, kept).map(|release| &release.version),
        }
    }

    pub(crate) fn catalog(&self, name: &str) -> Option<CatalogId> {
        self.universe.find_catalog(name)
    }
}

impl Source for Encoder<'_> {
    fn expand(&mut self, engine: &mut Engine, var: Var, value: Value) {
        if !self.is_instance(var) {
            return;
        }
        let package = self.package(var);
        let Some(release) = self.instance(var).release(value) else {
            return;
        };
        for (id, relation) in package.relation_ids(release) {
            if self.is_cancelled() {
                return;
            }
            if self.is_new(var, id) {
                self.encode(engine, var, id, relation);
            }
        }
        self.ship(engine, var, &package.releases[release]);
    }

    fn review(&mut self, engine: &mut Engine) -> Verdict {
        let present = self.present(engine);
        match self.refuse_cycles(engine, &present) {
            Verdict::Accepted => self.refuse_unneeded(engine, &present),
            Verdict::Refused => Verdict::Refused,
        }
    }
}
