//! The rules of an answer, as clauses made when they matter, each with the fact it comes from.

mod admission;
mod cycles;
mod fact;
mod instance;
mod items;
mod relations;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use catalog_model::Scope;

pub(crate) use self::admission::{Admission, Asked, may_provide};
pub(crate) use self::fact::Fact;
pub(crate) use self::instance::{Instance, InstanceKey, Place};

use crate::engine::{ClauseId, Engine, Source, Term, Value, ValueSet, Var, Verdict};
use crate::request::Request;
use crate::universe::{
    CapabilityId, CatalogId, DefinitionId, Dependency, Package, PackageId, Relation, RelationId,
    Release, Universe,
};

/// A clause that was made: why, and for a choice, whose.
pub(crate) struct Made<'a> {
    pub(crate) clause: ClauseId,
    pub(crate) fact: Fact<'a>,
    /// The variable whose term is the guard, if the clause is a choice.
    pub(crate) guard: Option<Var>,
}

/// Makes the clauses of one request over one universe.
pub(crate) struct Encoder<'a> {
    pub(crate) universe: &'a Universe,
    pub(crate) request: &'a Request,
    /// By variable.
    instances: Vec<Instance>,
    by_key: BTreeMap<InstanceKey, Var>,
    made: Vec<Made<'a>>,
    encoded: HashSet<(Var, RelationId)>,
    /// Conflicts and optional dependencies, by the package they are about: they matter for each instance of it that comes.
    waiting: BTreeMap<PackageId, Vec<(Var, RelationId)>>,
    /// The values that ship an object, for each instance that may, with the digest of its content.
    shipped: HashMap<DefinitionId, Vec<(Var, String)>>,
    cluster: BTreeSet<CapabilityId>,
}

impl<'a> Encoder<'a> {
    pub(crate) fn new(universe: &'a Universe, request: &'a Request) -> Self {
        let cluster = request.cluster.iter();
        Self {
            universe,
            request,
            instances: Vec::new(),
            by_key: BTreeMap::new(),
            made: Vec::new(),
            encoded: HashSet::new(),
            waiting: BTreeMap::new(),
            shipped: HashMap::new(),
            cluster: cluster
                .filter_map(|c| universe.find_capability(c))
                .collect(),
        }
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "every variable of the engine is made together with its instance"
    )]
    pub(crate) fn instance(&self, var: Var) -> &Instance {
        &self.instances[var.index()]
    }

    /// All instances that have come up, in the order of their variables.
    pub(crate) fn instances(&self) -> impl Iterator<Item = (Var, &Instance)> {
        self.by_key.values().map(|var| (*var, self.instance(*var)))
    }

    pub(crate) fn find(&self, key: &InstanceKey) -> Option<Var> {
        self.by_key.get(key).copied()
    }

    pub(crate) fn made(&self) -> &[Made<'a>] {
        &self.made
    }

    pub(crate) fn package(&self, var: Var) -> &'a Package {
        self.universe.package(self.instance(var).package)
    }

    /// The release that a value stands for.
    pub(crate) fn release(&self, var: Var, value: Value) -> Option<&'a Release> {
        let release = self.instance(var).release(value)?;
        Some(&self.package(var).releases[release])
    }

    /// Whether the cluster provides it, whatever is installed.
    pub(crate) fn cluster_provides(&self, capability: CapabilityId) -> bool {
        self.cluster.contains(&capability)
    }

    /// The relations of a release.
    pub(crate) fn relations(&self, var: Var, value: Value) -> impl Iterator<Item = &'a Relation> {
        let package = self.package(var);
        let release = self.instance(var).release(value);
        release
            .into_iter()
            .flat_map(|r| package.relation_ids(r))
            .map(|(_, relation)| relation)
    }

    /// The instance that `asker` means when it names a package.
    pub(crate) fn meant_by(&self, asker: Var, package: PackageId) -> InstanceKey {
        self.place_of(package, &self.instance(asker).lives)
    }

    /// The instance of a package for those who live in a namespace.
    pub(crate) fn place_of(&self, package: PackageId, namespace: &Arc<str>) -> InstanceKey {
        match self.universe.package(package).scope {
            Scope::Cluster => (package, Place::Cluster),
            Scope::Namespace => (package, Place::Namespace(Arc::clone(namespace))),
        }
    }

    pub(crate) fn allows_prereleases(&self, package: PackageId) -> bool {
        self.request
            .allows_prereleases_of(&self.universe.package(package).name)
    }

    /// What a dependency asks for.
    pub(crate) fn asked<'b>(&self, dependency: &'b Dependency) -> Asked<'b> {
        let catalog = dependency.catalog.as_ref();
        Asked {
            range: &dependency.range,
            catalog: catalog.map(|c| c.as_ref().copied().map_err(String::as_str)),
            allows_prereleases: self.allows_prereleases(dependency.package),
        }
    }

    /// The values of an instance that are in a range, and those that only the prerelease rule keeps out.
    pub(crate) fn admitted(&self, var: Var, asked: &Asked<'_>) -> (ValueSet, ValueSet) {
        let (instance, package) = (self.instance(var), self.package(var));
        let mut inside = ValueSet::none(instance.count());
        let mut prereleases = inside.clone();
        for (value, release) in instance.releases() {
            match asked.admits(package, &package.releases[release]) {
                Admission::Taken => inside.insert(value),
                Admission::Prerelease => prereleases.insert(value),
                Admission::Outside => {}
            }
        }
        (inside, prereleases)
    }

    /// The values at which an instance provides a capability, for others than itself.
    pub(crate) fn providing(&self, var: Var, capability: CapabilityId) -> ValueSet {
        let (instance, package) = (self.instance(var), self.package(var));
        let allowed = self.allows_prereleases(instance.package);
        instance.values_of(|id| {
            let release = &package.releases[id];
            release.provides.binary_search(&capability).is_ok()
                && may_provide(package, release, allowed)
        })
    }

    fn add(&mut self, engine: &mut Engine, fact: Fact<'a>, terms: Vec<Term>) {
        let clause = engine.add_clause(terms);
        self.made.push(Made {
            clause,
            fact,
            guard: None,
        });
    }

    /// The variable of an instance, made if it is new, with what is known of its releases whoever asks.
    pub(crate) fn var(&mut self, engine: &mut Engine, key: InstanceKey) -> Var {
        if let Some(var) = self.find(&key) {
            return var;
        }
        let package = self.universe.package(key.0);
        let instance = Instance::new(key.clone(), package, self.allows_prereleases(key.0));
        let var = engine.add_var(instance.count());
        self.instances.push(instance);
        self.by_key.insert(key.clone(), var);
        self.rule_out(engine, var);
        for (asker, relation) in self.waiting.get(&key.0).cloned().unwrap_or_default() {
            self.relate(engine, asker, relation, var);
        }
        var
    }

    /// Excludes what is excluded or yanked, by reason.
    fn rule_out(&mut self, engine: &mut Engine, var: Var) {
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
        let exclusions: Vec<_> = self
            .request
            .exclusions
            .iter()
            .filter(|e| e.package == package.name)
            .collect();
        for (value, id) in instance.releases() {
            let release = &package.releases[id];
            let catalog = self.universe.catalog(release.catalog);
            for exclusion in &exclusions {
                let is_there =
                    exclusion.catalog.is_none() || exclusion.catalog.as_deref() == catalog;
                if is_there && exclusion.means(&release.version) {
                    rule_out(false, &exclusion.reason, value);
                }
            }
            match &release.yanked {
                Some(reason) if !self.is_asked_exactly(var, release) => {
                    rule_out(true, reason, value)
                }
                _ => {}
            }
        }
        for ((is_yanked, reason), values) in facts {
            let fact = if is_yanked {
                Fact::Yanked(var, reason)
            } else {
                Fact::Excluded(var, reason)
            };
            let left = self.instance(var).all_but(&values);
            self.add(engine, fact, vec![(var, left)]);
        }
    }

    pub(crate) fn catalog(&self, name: &str) -> Option<CatalogId> {
        self.universe.find_catalog(name)
    }
}

impl Source for Encoder<'_> {
    fn expand(&mut self, engine: &mut Engine, var: Var, value: Value) {
        let package = self.package(var);
        let Some(release) = self.instance(var).release(value) else {
            return;
        };
        for (id, _) in package.relation_ids(release) {
            if self.encoded.insert((var, id)) {
                self.encode(engine, var, id);
            }
        }
        self.ship(engine, var, &package.releases[release]);
    }

    fn review(&mut self, engine: &mut Engine) -> Verdict {
        self.refuse_cycles(engine)
    }
}
