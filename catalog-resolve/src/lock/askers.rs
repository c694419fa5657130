//! What those who need a package keep it from.

use catalog_model::version::Version;
use catalog_model::{LockEntry, version::VersionRange};

use super::hold::Held;
use super::inquiry::{Inquiry, of_package};
use crate::encode::InstanceKey;
use crate::situation::Occupant;
use crate::universe::{Dependency, Relation, Release};

impl<'s> Inquiry<'s> {
    /// Those who need what is chosen, if they stayed or their moves have their reasons already.
    pub(super) fn explained_askers(&self, after: &LockEntry) -> Vec<&'s LockEntry> {
        let now = self.now;
        let entries = after.askers().iter().flat_map(|name| of_package(now, name));
        let is_explained =
            |entry: &&LockEntry| !self.open.contains(&(entry.package(), entry.namespace()));
        entries.filter(is_explained).collect()
    }

    /// A release of another instance than this one, to be asked for.
    pub(super) fn held(&self, entry: &LockEntry, but: &InstanceKey) -> Option<Held> {
        let place = Some(entry.namespace());
        let key = self.situation.key(entry.package(), place)?;
        let version = Version::parse(entry.version()).ok();
        let version = version.filter(|_| key != *but)?;
        Some(Held::new(entry, key, &version))
    }

    /// What the first of those says who depend on another release than the locked one: found without a search.
    pub(super) fn needed_otherwise(
        &self,
        askers: &[&LockEntry],
        key: &InstanceKey,
        locked: &Occupant,
    ) -> Option<String> {
        let package = self.situation.package(key.0);
        let version = locked.version(package)?;
        let release = match locked {
            Occupant::Release(id) => Some(&package.releases[*id]),
            Occupant::Opaque(_) => None,
        };
        askers.iter().find_map(|asker| {
            let dependencies = self.dependencies(asker, key);
            let mut ruling = dependencies.into_iter().filter(|dependency| {
                !dependency.range.set().contains(version) || is_elsewhere(dependency, release)
            });
            let name = &package.name;
            let told = |d: &Dependency| format!("{name}{}{}", written(&d.range), self.from(d));
            let needed = ruling.next().map(told)?;
            Some(format!(
                "{} {} needs {needed}",
                asker.package(),
                asker.version()
            ))
        })
    }

    /// What a release that is not kept says of an instance: one that is kept is not asked for what is broken already.
    fn dependencies(&self, asker: &LockEntry, key: &InstanceKey) -> Vec<&'s Dependency> {
        let situation = self.situation;
        let place = Some(asker.namespace());
        let of = situation.key(asker.package(), place);
        let meant = situation.key(&situation.package(key.0).name, place);
        let Some(of) = of.filter(|_| meant.as_ref() == Some(key)) else {
            return Vec::new();
        };
        let standing = situation.standing(&of);
        let is_installed = standing.is_some_and(|standing| standing.installed.is_some());
        let package = situation.package(of.0);
        let mut ids = package.with_text(asker.version());
        let release = ids.find(|id| {
            let release = &package.releases[*id];
            !is_installed && situation.universe.is_in(release, asker.catalog())
        });
        let relations = release.into_iter().flat_map(|id| package.relation_ids(id));
        let dependencies = relations.filter_map(|(_, relation)| match relation {
            Relation::Dependency(dependency) if dependency.package == key.0 => Some(dependency),
            _ => None,
        });
        dependencies.collect()
    }

    fn from(&self, dependency: &Dependency) -> String {
        let name = match dependency.catalog.as_deref() {
            None => return String::new(),
            Some(Ok(id)) => self.situation.universe.catalog(*id).unwrap_or_default(),
            Some(Err(name)) => name,
        };
        format!(" of the catalog {name}")
    }
}

fn is_elsewhere(dependency: &Dependency, release: Option<&Release>) -> bool {
    match dependency.catalog.as_deref() {
        None => false,
        Some(Ok(id)) => !release.is_some_and(|release| release.is_in(*id)),
        Some(Err(_)) => true,
    }
}

/// A range behind the name of its package; an exact version without its `=`.
fn written(range: &VersionRange) -> String {
    match (range.exact(), range.as_str().trim()) {
        (Some(version), _) => format!(" {version}"),
        (None, "" | "*") => String::new(),
        (None, text) => format!(" {text}"),
    }
}
