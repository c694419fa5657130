//! Whether a release will do for somebody.

use catalog_model::version::{Prereleases, Version, VersionRange};

use super::Encoder;
use crate::engine::{Value, ValueSet, Var};
use crate::situation::Opaque;
use crate::universe::{Admitted, CatalogId, Dependency, Package, Release, Universe};

/// Whether a release is in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It is.
    Taken,
    /// It would be, but it is a prerelease that nobody named or allowed.
    Prerelease,
    /// It is not.
    Outside,
}

/// Who asks for a package, and for what of it.
pub(crate) struct Asked<'a> {
    pub(crate) range: &'a VersionRange,
    /// The only catalog that will do; an error is one that nobody has.
    pub(crate) catalog: Option<Result<CatalogId, &'a str>>,
    /// Whether the request allows prereleases of the package.
    pub(crate) allows_prereleases: bool,
    /// Whether what is installed may stay though it is from another catalog.
    pub(crate) spares_installed: bool,
}

impl Asked<'_> {
    /// Applies range, catalog and the prerelease rule: a prerelease is taken if a bound names it, the request allows it,
    /// or the range is `*` and the package has no stable release.
    pub(crate) fn admits(&self, package: &Package, release: &Release) -> Admission {
        match self.is_from_there(release.catalog) {
            true => self.admits_version(package, &release.version),
            false => Admission::Outside,
        }
    }

    fn is_from_there(&self, catalog: CatalogId) -> bool {
        match &self.catalog {
            None => true,
            Some(Ok(wanted)) => *wanted == catalog,
            Some(Err(_)) => false,
        }
    }

    fn admits_version(&self, package: &Package, version: &Version) -> Admission {
        if !self.range.set().contains(version) {
            Admission::Outside
        } else if !version.is_prerelease()
            || self.allows_prereleases
            || (self.range.is_any() && !package.has_stable)
            || self.range.matches(version, Prereleases::Named)
        {
            Admission::Taken
        } else {
            Admission::Prerelease
        }
    }

    /// The same of a release that is installed or locked, to which the prerelease rule does not apply.
    fn admits_passing(&self, is_installed: bool, release: &Release) -> Admission {
        let is_from_there =
            (is_installed && self.spares_installed) || self.is_from_there(release.catalog);
        match is_from_there && self.range.set().contains(&release.version) {
            true => Admission::Taken,
            false => Admission::Outside,
        }
    }

    /// The same of what is installed and in no catalog any more.
    fn admits_opaque(&self, universe: &Universe, opaque: &Opaque) -> Admission {
        let wanted = match &self.catalog {
            None => None,
            Some(Ok(catalog)) => universe.catalog(*catalog),
            Some(Err(name)) => Some(*name),
        };
        let is_from_there =
            self.spares_installed || wanted.is_none() || opaque.catalog.as_deref() == wanted;
        match is_from_there && opaque.is_in(self.range) {
            true => Admission::Taken,
            false => Admission::Outside,
        }
    }
}

impl Admitted {
    /// What of a package will do for somebody.
    fn to(asked: &Asked<'_>, package: &Package) -> Self {
        let count = package.releases.len() as u32 + 1;
        let of = |wanted: Admission| {
            let releases = (1..).zip(package.releases.iter());
            let wanted = releases.filter(|(_, release)| asked.admits(package, release) == wanted);
            ValueSet::of(count, wanted.map(|(value, _)| value))
        };
        Self {
            taken: of(Admission::Taken),
            prereleases: of(Admission::Prerelease),
        }
    }
}

impl Encoder<'_> {
    /// Whether a value of an instance will do for somebody.
    pub(crate) fn admission(&self, var: Var, value: Value, asked: &Asked<'_>) -> Admission {
        let (instance, package) = (self.instance(var), self.package(var));
        if let Some(opaque) = instance.opaque(value) {
            return asked.admits_opaque(self.universe, opaque);
        }
        let Some(release) = self.release(var, value) else {
            return Admission::Outside;
        };
        if instance.passes(value) {
            asked.admits_passing(instance.kept == Some(value), release)
        } else {
            asked.admits(package, release)
        }
    }

    /// The values of an instance that a dependency takes, and those that only the prerelease rule keeps out.
    ///
    /// What the request says nothing of was found out before; of the rest, what is installed or locked is looked at anew.
    pub(crate) fn admitted_by(&self, var: Var, dependency: &Dependency) -> (ValueSet, ValueSet) {
        let (instance, package) = (self.instance(var), self.package(var));
        let admitted = dependency.admitted.get_or_init(|| {
            let asked = Asked {
                allows_prereleases: false,
                ..self.asked(dependency)
            };
            Admitted::to(&asked, package)
        });
        if instance.is_as_compiled() {
            return (admitted.taken.clone(), admitted.prereleases.clone());
        }
        let mut taken = instance.translated(&admitted.taken);
        let mut prereleases = instance.translated(&admitted.prereleases);
        let asked = self.asked(dependency);
        if asked.allows_prereleases {
            taken.unite(&std::mem::replace(
                &mut prereleases,
                ValueSet::none(instance.count()),
            ));
        }
        for value in instance.standing_values() {
            prereleases.remove(value);
            match self.admission(var, value, &asked) {
                Admission::Taken => taken.insert(value),
                Admission::Prerelease | Admission::Outside => taken.remove(value),
            }
        }
        (taken, prereleases)
    }

    /// The values of an instance that are in a range, and those that only the prerelease rule keeps out.
    pub(crate) fn admitted(&self, var: Var, asked: &Asked<'_>) -> (ValueSet, ValueSet) {
        let count = self.instance(var).count();
        let mut inside = ValueSet::none(count);
        let mut prereleases = inside.clone();
        for value in 1..count {
            match self.admission(var, value, asked) {
                Admission::Taken => inside.insert(value),
                Admission::Prerelease => prereleases.insert(value),
                Admission::Outside => {}
            }
        }
        (inside, prereleases)
    }
}

/// Whether a release may provide a capability: who requires one asks for any version of whoever provides it.
pub(crate) fn may_provide(package: &Package, release: &Release, allows_prereleases: bool) -> bool {
    !release.version.is_prerelease() || allows_prereleases || !package.has_stable
}
