//! The catalogs that a program was given: one, or several with names.

use catalog_model::registry::{CatalogKey, Descriptor, OfferedRelease, Registry, RegistryView};
use catalog_model::sync::SyncWatch;
use catalog_model::version::Version;
use catalog_model::{
    Catalog, CatalogAddress, Diagnostic, LoadOptions, Loaded, Package, Release, ReleaseLocation,
    load,
};
use catalog_resolve::{Catalogs, Resolution, ResolvedRelease};
use serde_json::{Value, json};

use crate::arguments::Given;
use crate::input::source;
use crate::program::{Answer, Failure, note};
use crate::release::release;

/// The code of what is said of a catalog without packages.
pub const NO_PACKAGE: &str = "catalog.empty";

/// One catalog, or several of which the first that has a package is asked for it.
pub struct Choice {
    /// By falling priority, those that could be read. One without a name is the only one.
    loaded: Vec<(Option<String>, Loaded)>,
    /// All of them, where they have names.
    registry: Option<Registry>,
}

impl Choice {
    /// Reads the catalogs. Of several, one that cannot be read is told of on standard error and keeps no other from answering; so is one that has
    /// no package at all, which may not be the folder that was meant.
    ///
    /// # Errors
    ///
    /// None of them can be read.
    pub fn read(given: &[Given<'_>], options: LoadOptions) -> Result<Self, Failure> {
        let choice = Self::read_all(given, options)?;
        choice.tell_of_empty();
        Ok(choice)
    }

    fn read_all(given: &[Given<'_>], options: LoadOptions) -> Result<Self, Failure> {
        if let [only] = given
            && only.name.is_none()
        {
            return Ok(Self {
                loaded: vec![(None, load(&source(only.address)?, &options)?)],
                registry: None,
            });
        }
        let registry = registry(given, options)?;
        let view = registry.view(None);
        let loaded: Vec<_> = view
            .catalogs()
            .filter_map(|one| Some((Some(one.name().to_owned()), one.loaded()?)))
            .collect();
        let problems = view
            .catalogs()
            .filter_map(|one| Some((one.name(), one.problem()?)));
        for (name, problem) in problems {
            note(format!(
                "warning: catalog {name} does not answer: {problem}"
            ));
        }
        let choice = Self {
            loaded,
            registry: Some(registry),
        };
        match choice.problem() {
            Some(problem) if choice.loaded.is_empty() => Err(problem),
            _ => Ok(choice),
        }
    }

    fn tell_of_empty(&self) {
        for (name, loaded) in self.loaded() {
            let mut diagnostics = loaded.diagnostics().iter();
            if let Some(empty) = diagnostics.find(|one| one.code() == NO_PACKAGE) {
                let name = name.map(|name| format!(" {name}")).unwrap_or_default();
                note(format!("warning: catalog{name} has no package: {empty}"));
            }
        }
    }

    /// The catalogs with their names.
    #[must_use]
    pub fn catalogs(&self) -> Catalogs<'_> {
        if let Some(only) = self.only() {
            return Catalogs::from(only);
        }
        let several = self.loaded().filter_map(|(name, one)| Some((name?, one)));
        several.map(|(name, one)| (name, one.catalog())).collect()
    }

    /// The same as a resolution takes them: what several have with the same files is one release, and what they have with others can be told apart by its
    /// digest.
    ///
    /// Cost: releases of one version are compared, by their files where ids do not tell.
    #[must_use]
    pub fn united(&self) -> Catalogs<'_> {
        match self.view() {
            Some(view) => self
                .catalogs()
                .uniting(|one, other| view.are_same(one, other))
                .with_digests(|name, release| Some(view.digest(name, release)?.to_string())),
            None => self.catalogs(),
        }
    }

    /// The catalogs with what is wrong in them.
    pub fn loaded(&self) -> impl Iterator<Item = (Option<&str>, &Loaded)> {
        let loaded = self.loaded.iter();
        loaded.map(|(name, one)| (name.as_deref(), one))
    }

    /// The catalog that was given alone and without a name.
    #[must_use]
    pub fn only(&self) -> Option<&Catalog> {
        match self.loaded.as_slice() {
            [(None, only)] => Some(only.catalog()),
            _ => None,
        }
    }

    /// A catalog by its name, or the one that has none.
    #[must_use]
    pub fn catalog(&self, name: Option<&str>) -> Option<&Catalog> {
        let mut loaded = self.loaded();
        let found = loaded.find(|(known, _)| *known == name);
        found.map(|(_, loaded)| loaded.catalog())
    }

    /// What is wrong in all catalogs.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.loaded().flat_map(|(_, one)| one.diagnostics())
    }

    /// The package that speaks for all of its name: that of the first catalog that has a release of it.
    #[must_use]
    pub fn package(&self, name: &str) -> Option<&Package> {
        let mut packages = self
            .loaded()
            .filter_map(|(_, one)| one.catalog().package(name));
        packages.find(|package| !package.releases().is_empty())
    }

    /// What requests see of several catalogs.
    #[must_use]
    pub fn view(&self) -> Option<RegistryView<'_>> {
        self.registry.as_ref().map(|registry| registry.view(None))
    }

    /// The release that `PACKAGE` or `PACKAGE@VERSION` names, and its catalog: the first that has it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn release(&self, text: &str) -> Result<(Option<&str>, &Release), Failure> {
        let Some(view) = self.view() else {
            let only = self
                .only()
                .ok_or_else(|| Failure::new("there is no catalog"))?;
            return Ok((None, release(only, text)?));
        };
        let offered = match text.split_once('@') {
            None => view.newest(text).map_err(not_found)?.ok_or_else(|| {
                Failure::new(format!(
                    "no release of `{text}` can be used; `validate` says why"
                ))
            })?,
            Some((package, version)) => {
                let version =
                    Version::parse(version).map_err(|error| Failure::new(error.to_string()))?;
                view.release(package, &version).map_err(not_found)?
            }
        };
        if let Some(conflict) = offered.conflict() {
            note(format!("warning: {conflict}"));
        }
        let name = offered.catalog().name();
        let (package, version) = (offered.release().package(), offered.release().version());
        let catalog = self.catalog(Some(name));
        let found = catalog.and_then(|catalog| catalog.release(package.as_str(), version));
        let name = self
            .loaded()
            .find_map(|(known, _)| known.filter(|one| *one == name));
        found
            .map(|release| (name, release))
            .ok_or_else(|| Failure::new(format!("there is no usable `{package}` {version}")))
    }

    /// The newest release of every package, each of the first catalog that has one.
    pub fn newest(&self) -> impl Iterator<Item = (Option<&str>, &Release)> {
        let mut newest = std::collections::BTreeMap::new();
        for (name, loaded) in self.loaded() {
            for package in loaded.catalog().packages() {
                if let Some(release) = package.newest() {
                    newest.entry(package.name()).or_insert((name, release));
                }
            }
        }
        newest.into_values()
    }

    /// What several catalogs say of the releases of an answer: sentences about those that are not the same everywhere.
    #[must_use]
    pub fn conflicts(&self, resolution: &Resolution) -> Vec<String> {
        let releases = resolution.releases().iter();
        let offered = releases.filter_map(|release| self.offered(release));
        offered.filter_map(|offered| offered.conflict()).collect()
    }

    /// Where a chosen release lies, of several catalogs: `catalog`, `address`, `commit`, `path` and `digest`.
    #[must_use]
    pub fn location(&self, release: &ResolvedRelease) -> Option<Value> {
        let offered = self.offered(release)?;
        Some(location(&offered).0.to_json())
    }

    fn offered(&self, release: &ResolvedRelease) -> Option<OfferedRelease<'_>> {
        let version = Version::parse(release.version()).ok()?;
        let view = self.view()?;
        view.release_in(release.catalog()?, release.package(), &version)
            .ok()
    }

    /// The first catalog that could not be read, as what is to be said at the end.
    #[must_use]
    pub fn problem(&self) -> Option<Failure> {
        let view = self.view()?;
        let mut problems = view.catalogs().filter(|one| one.problem().is_some());
        let first = problems.next()?;
        let problem = first.problem().unwrap_or_default();
        Some(Failure::new(format!("catalog {}: {problem}", first.name())))
    }

    /// What a program ends with: that a catalog could not be read, be it that others answered, or else the answer.
    ///
    /// # Errors
    ///
    /// A catalog could not be read.
    pub fn end(&self, answer: Answer) -> Result<Answer, Failure> {
        match self.problem() {
            Some(problem) => Err(problem),
            None => Ok(answer),
        }
    }

    /// The catalogs that could not be read, for scripts: `[{"catalog", "error"}]`; nothing of one that has no name.
    #[must_use]
    pub fn unreadable(&self) -> Option<Value> {
        let view = self.view()?;
        let problems = view.catalogs().filter_map(|one| {
            let problem = one.problem()?;
            Some(json!({ "catalog": one.name(), "error": problem }))
        });
        Some(problems.collect())
    }
}

/// The catalogs in a registry, the first with the highest priority.
fn registry(given: &[Given<'_>], options: LoadOptions) -> Result<Registry, Failure> {
    let mut registry = Registry::new(options);
    for (at, one) in given.iter().enumerate() {
        let name = one.name.unwrap_or_default();
        let key = CatalogKey::global(name).map_err(Failure::new)?;
        let address = CatalogAddress::parse(one.address);
        let address = address.map_err(|error| Failure::new(format!("catalog {name}: {error}")))?;
        let priority = i32::try_from(given.len() - at).unwrap_or(i32::MAX);
        let descriptor = Descriptor::new(key.clone(), address).with_priority(priority);
        let failed =
            |error: catalog_model::registry::RegistryError| Failure::new(error.to_string());
        registry.register(descriptor).map_err(failed)?;
        let task = registry.begin_sync(&key).map_err(failed)?;
        let outcome = match source(one.address) {
            Ok(source) => {
                let commit = source.commit().map(str::to_owned);
                task.run(Box::new(source), commit.as_deref(), SyncWatch::default())
            }
            Err(failure) => task.fail(failure.to_string()),
        };
        registry.record(outcome).map_err(failed)?;
    }
    Ok(registry)
}

/// The location of an offered release, with a digest where it has one; why it has none is said on standard error, and given.
#[must_use]
pub fn location(offered: &OfferedRelease<'_>) -> (ReleaseLocation, Option<String>) {
    match offered.location() {
        Ok(location) => (location, None),
        Err(error) => {
            note(format!("{offered} has no digest: {error}"));
            (offered.place(), Some(error.to_string()))
        }
    }
}

/// That there is no such thing, with a name like it.
#[must_use]
pub fn not_found(error: catalog_model::registry::RegistryError) -> Failure {
    Failure::new(error.to_string()).did_you_mean(error.near())
}
