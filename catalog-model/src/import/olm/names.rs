//! The bundles there are, by name: upgrades and channels name bundles, and releases are versions.

use std::collections::{BTreeMap, BTreeSet};

use catalog_conditions::version::Version;

use crate::import::reading::brief;

/// The bundles of each package, by name.
#[derive(Default)]
pub(super) struct Names {
    packages: BTreeMap<String, Package>,
}

#[derive(Default)]
struct Package {
    bundles: BTreeMap<String, Named>,
    versions: BTreeSet<String>,
}

/// What has a name.
pub(super) struct Named {
    /// `None` where bundles of the name have different versions.
    version: Option<String>,
    /// Whether a catalog has it; otherwise it is a folder only.
    pub(super) is_in_catalog: bool,
}

/// A version that a name stands for.
pub(super) enum Meant<'a> {
    /// That of the bundle of this name.
    Bundle(&'a str),
    /// There is no bundle of this name, nor of the version that the name says in the way of its package.
    Absent(&'a str),
}

impl Names {
    /// Adds a bundle; a catalog has it, or it is a folder.
    pub(super) fn add(&mut self, package: &str, name: &str, version: &str, is_in_catalog: bool) {
        let package = self.packages.entry(package.to_owned()).or_default();
        package.versions.insert(version.to_owned());
        let bundles = &mut package.bundles;
        let named = bundles.entry(name.to_owned()).or_insert_with(|| Named {
            version: Some(version.to_owned()),
            is_in_catalog,
        });
        named.version.take_if(|known| known != version);
        named.is_in_catalog |= is_in_catalog;
    }

    pub(super) fn has_package(&self, package: &str) -> bool {
        self.packages.contains_key(package)
    }

    pub(super) fn get(&self, package: &str, name: &str) -> Option<&Named> {
        self.packages.get(package)?.bundles.get(name)
    }

    /// The version that a name stands for in what a bundle says of upgrades. A name without a bundle stands for the version that it says only
    /// where the bundle itself is named after its version in the same way, and no bundle has that version under another name.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub(super) fn meant<'a>(
        &'a self,
        package: &str,
        own: (&str, &str),
        name: &'a str,
    ) -> Result<Meant<'a>, String> {
        let shown = brief(name);
        if let Some(named) = self.get(package, name) {
            let Some(version) = named.version.as_deref() else {
                return Err(format!(
                    "bundles of the name `{shown}` have different versions"
                ));
            };
            return match Version::parse(version) {
                Ok(_) => Ok(Meant::Bundle(version)),
                Err(_) => Err(format!(
                    "the version of the bundle `{shown}` cannot be read"
                )),
            };
        }
        let (own_name, own_version) = own;
        let said = (own_name.strip_suffix(own_version))
            .filter(|prefix| prefix.ends_with(['.', 'v']))
            .and_then(|prefix| name.strip_prefix(prefix))
            .filter(|version| is_whole(version) && !self.has_version(package, version));
        said.map(Meant::Absent).ok_or_else(|| {
            format!(
                "no bundle of the package has the name `{shown}`, and upgrades lead from versions"
            )
        })
    }

    fn has_version(&self, package: &str, version: &str) -> bool {
        let package = self.packages.get(package);
        package.is_some_and(|package| package.versions.contains(version))
    }
}

/// Whether a version has all its three numbers: a name that ends in fewer may mean anything.
fn is_whole(version: &str) -> bool {
    let numbers = version.split(['-', '+']).next().unwrap_or_default();
    numbers.split('.').count() == 3 && Version::parse(version).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{Meant, Names};

    #[test]
    fn names_mean_versions() {
        let mut names = Names::default();
        names.add("op", "op.v1.0.0", "1.0.0-rc.7", true);
        names.add("op", "blue", "1.5.0", true);
        names.add("op", "twice", "1.0.0", true);
        names.add("op", "twice", "1.0.1", false);
        names.add("op", "odd", "latest", true);
        let check = |own: (&str, &str), name: &str, expected: &str| {
            let meant = match names.meant("op", own, name) {
                Ok(Meant::Bundle(version)) => version.to_owned(),
                Ok(Meant::Absent(version)) => format!("{version}, absent"),
                Err(why) => why,
            };
            assert_eq!(meant, expected, "{name}");
        };
        let own = ("op.v2.0.0", "2.0.0");
        let absent = |name: &str| {
            format!(
                "no bundle of the package has the name `{name}`, and upgrades lead from versions"
            )
        };
        check(own, "op.v1.0.0", "1.0.0-rc.7");
        check(own, "blue", "1.5.0");
        check(
            own,
            "twice",
            "bundles of the name `twice` have different versions",
        );
        check(own, "odd", "the version of the bundle `odd` cannot be read");
        check(own, "op.v1.9.0", "1.9.0, absent");
        check(own, "op.v1.5.0", &absent("op.v1.5.0"));
        check(own, "ghost.v1.9.0", &absent("ghost.v1.9.0"));
        check(own, "op.v1", &absent("op.v1"));
        check(("green", "2.0.0"), "op.v1.9.0", &absent("op.v1.9.0"));
        check(("op.v2.0.0", "3.0.0"), "op.v1.9.0", &absent("op.v1.9.0"));
    }
}
