//! Releases as they are named on a command line.

use catalog_model::version::Version;
use catalog_model::{Catalog, Package, Release};

use crate::program::Failure;

/// The release that `PACKAGE` or `PACKAGE@VERSION` names; without a version, the newest that can be used.
///
/// # Errors
///
/// There is none.
pub fn release<'c>(catalog: &'c Catalog, text: &str) -> Result<&'c Release, Failure> {
    let (name, version) = text
        .split_once('@')
        .map_or((text, None), |(name, version)| (name, Some(version)));
    let package = catalog.package(name);
    let package = package.ok_or_else(|| {
        Failure::new(format!("there is no package `{name}` in this catalog"))
            .did_you_mean(catalog.near(name))
    })?;
    let Some(version) = version else {
        return package.newest().ok_or_else(|| {
            Failure::new(format!(
                "no release of `{name}` can be used: {}",
                unusable(package)
            ))
        });
    };
    let wanted = Version::parse(version).map_err(|error| Failure::new(error.to_string()))?;
    catalog.release(name, &wanted).ok_or_else(|| {
        Failure::new(format!(
            "there is no usable `{name}` {version}: {}",
            unusable(package)
        ))
    })
}

/// Which releases there are, as far as there are any.
fn unusable(package: &Package) -> String {
    let usable = package.releases().iter();
    let usable: Vec<_> = usable.map(|release| release.version().as_str()).collect();
    let broken = package.unusable().iter();
    let broken: Vec<_> = broken.map(|release| release.version()).collect();
    let [usable, broken] = [usable, broken].map(|versions| versions.join(", "));
    match (usable.as_str(), broken.as_str()) {
        ("", broken) => format!("not usable are {broken}; `validate` says why"),
        (usable, "") => format!("usable are {usable}"),
        (usable, broken) => {
            format!("usable are {usable}, and not usable are {broken}; `validate` says why")
        }
    }
}
