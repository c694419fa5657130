//! Whether a release will do for somebody.

use std::borrow::Cow;

use catalog_model::version::{Prereleases, VersionRange};

use super::Encoder;
use crate::engine::{Value, ValueSet, Var};
use crate::situation::Opaque;
use crate::universe::{Admitted, CatalogId, Dependency, Package, Release, ReleaseId, Universe};

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
        match self.range.set().contains(&release.version) {
            true => self.admits_inside(package, release),
            false => Admission::Outside,
        }
    }

    /// The same of a release that is within the intervals of the range.
    fn admits_inside(&self, package: &Package, release: &Release) -> Admission {
        let version = &release.version;
        if !self.is_from_there(release) {
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

    fn is_from_there(&self, release: &Release) -> bool {
        match &self.catalog {
            None => true,
            Some(Ok(wanted)) => release.is_in(*wanted),
            Some(Err(_)) => false,
        }
    }

    /// The same of a release that is installed or locked, to which the prerelease rule does not apply.
    fn admits_passing(&self, is_installed: bool, release: &Release) -> Admission {
        let is_from_there = (is_installed && self.spares_installed) || self.is_from_there(release);
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
        let is_from_there = self.spares_installed || wanted.is_none() || opaque.was_in(wanted);
        match is_from_there && opaque.is_in(self.range) {
            true => Admission::Taken,
            false => Admission::Outside,
        }
    }
}

impl Admitted {
    /// What of a package will do for somebody, release `n` as value `n + 1`.
    fn to(asked: &Asked<'_>, package: &Package) -> Self {
        let count = package.releases.len() as u32 + 1;
        let mut taken = ValueSet::none(count);
        let mut prereleases: Option<Box<ValueSet>> = None;
        // Mostly what is within the intervals will do.
        let admits_all = asked.catalog.is_none() && !package.has_prerelease;
        for run in package.runs(asked.range.set()) {
            if admits_all {
                taken.insert_run(run.start + 1..run.end + 1);
                continue;
            }
            for id in run {
                let release = &package.releases[ReleaseId::from(id)];
                match asked.admits_inside(package, release) {
                    Admission::Taken => taken.insert(id + 1),
                    Admission::Prerelease => prereleases
                        .get_or_insert_with(|| Box::new(ValueSet::none(count)))
                        .insert(id + 1),
                    Admission::Outside => {}
                }
            }
        }
        Self { taken, prereleases }
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

    /// The values of an instance that a dependency takes, and those that only the prerelease rule keeps out. What the request says nothing of
    /// is found out once, for all requests.
    pub(crate) fn admitted_by(&self, var: Var, dependency: &Dependency) -> (ValueSet, ValueSet) {
        self.values_admitted(var, &self.asked(dependency), self.admitted_to(dependency))
    }

    /// The values of an instance that a dependency takes: mostly as they were found out once.
    pub(crate) fn taken<'d>(&self, var: Var, dependency: &'d Dependency) -> Cow<'d, ValueSet> {
        let says_nothing = self.instance(var).is_given() && !self.request.allows_any_prereleases();
        match says_nothing {
            true => Cow::Borrowed(&self.admitted_to(dependency).taken),
            false => Cow::Owned(self.admitted_by(var, dependency).0),
        }
    }

    /// What a dependency admits where the request says nothing.
    fn admitted_to<'d>(&self, dependency: &'d Dependency) -> &'d Admitted {
        dependency.admitted.get_or_init(|| {
            let asked = Asked {
                allows_prereleases: false,
                ..self.asked(dependency)
            };
            Admitted::to(&asked, self.situation.package(dependency.package))
        })
    }

    /// Whether what is installed at an instance will do for a dependency.
    pub(super) fn takes_installed(
        &self,
        target: Var,
        kept: Value,
        dependency: &Dependency,
    ) -> bool {
        // Mostly it would do even if it were not installed.
        let release = self.instance(target).release(kept);
        let is_admitted = |id: ReleaseId| {
            let admitted = self.admitted_to(dependency);
            admitted.taken.contains(u32::from(id) + 1)
        };
        release.is_some_and(is_admitted)
            || self.admission(target, kept, &self.asked(dependency)) == Admission::Taken
    }

    /// The values of an instance that are in a range, and those that only the prerelease rule keeps out.
    pub(crate) fn admitted(&self, var: Var, asked: &Asked<'_>) -> (ValueSet, ValueSet) {
        let admitted = Admitted::to(asked, self.package(var));
        self.values_admitted(var, asked, &admitted)
    }

    /// The values of releases that are admitted; what is installed or locked is looked at by itself.
    fn values_admitted(
        &self,
        var: Var,
        asked: &Asked<'_>,
        admitted: &Admitted,
    ) -> (ValueSet, ValueSet) {
        let instance = self.instance(var);
        let mut taken = instance.translated(&admitted.taken);
        let prereleases = admitted.prereleases.as_deref();
        let mut prereleases = match prereleases {
            Some(prereleases) => instance.translated(prereleases),
            None => ValueSet::none(instance.count()),
        };
        if asked.allows_prereleases {
            taken.unite(&prereleases);
            prereleases = ValueSet::none(instance.count());
        }
        // Of what will do anyway nothing more has to be asked.
        for value in instance.standing_values() {
            prereleases.remove(value);
            if !taken.contains(value) && self.admission(var, value, asked) == Admission::Taken {
                taken.insert(value);
            }
        }
        (taken, prereleases)
    }
}
