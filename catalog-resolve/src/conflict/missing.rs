//! Packages, catalogs and versions that are not there, and what is there instead.

use catalog_model::version::{Version, VersionRange};

use super::fact::FactKind;
use super::phrase::listed;
use crate::encode::Asked;
use crate::universe::{Package, Release, Universe};
use catalog_model::conditions::suggest::near;

/// "from the catalog main", if only one catalog will do.
pub(super) fn from(universe: &Universe, asked: &Asked<'_>) -> String {
    let name = match asked.catalog {
        Some(Ok(catalog)) => universe.catalog(catalog),
        Some(Err(name)) => Some(name),
        None => None,
    };
    name.map_or_else(String::new, |name| format!(" from the catalog {name}"))
}

/// Why nothing can be what is asked for, if nothing can.
pub(super) fn missing(
    universe: &Universe,
    (name, package): (&str, Option<&Package>),
    asked: &Asked<'_>,
    is_empty: bool,
) -> Option<(String, FactKind)> {
    let Some(package) = package.filter(|p| p.is_known()) else {
        let unusable = package.map(|p| p.unusable.as_slice()).unwrap_or_default();
        if !unusable.is_empty() {
            let why = format!(", of which no version can be used: {}", listed(unusable));
            return Some((why, FactKind::EmptyRange));
        }
        let hint = near(name, universe.package_names());
        let hint = hint.map_or_else(String::new, |near| format!(" (did you mean {near}?)"));
        return Some((
            format!(", which is in no catalog{hint}"),
            FactKind::MissingPackage,
        ));
    };
    if !is_empty {
        return None;
    }
    if let Some(Err(catalog)) = asked.catalog {
        let hint = near(catalog, universe.catalogs());
        let hint = hint.map_or_else(String::new, |near| format!(" (did you mean {near}?)"));
        return Some((
            format!(" from the catalog {catalog}, which is not there{hint}"),
            FactKind::EmptyRange,
        ));
    }
    let place = from(universe, asked);
    Some((
        format!("{place}, but {}", around(package, asked)),
        FactKind::EmptyRange,
    ))
}

/// Which versions there are instead of those asked for.
fn around(package: &Package, asked: &Asked<'_>) -> String {
    let range = asked.range.set();
    let is_meant =
        |text: &&String| Version::parse(text).is_ok_and(|version| range.contains(&version));
    if let Some(text) = package.unusable.iter().find(is_meant) {
        return format!(
            "{} {text} cannot be used (see the diagnostics)",
            package.name
        );
    }
    if range.is_empty() {
        return "no version is in that range".to_owned();
    }
    let is_there = |release: &&Release| match asked.catalog {
        Some(catalog) => catalog.is_ok_and(|id| release.is_in(id)),
        None => true,
    };
    let mut versions: Vec<_> = package
        .releases
        .iter()
        .filter(is_there)
        .map(|r| &r.version)
        .collect();
    versions.sort_unstable();
    versions.dedup();
    // Two on either side of where the range begins.
    let is_below = |version: &&Version| {
        let up_to = VersionRange::parse(&format!("<={version}"));
        up_to.is_ok_and(|up_to| up_to.set().is_disjoint(range))
    };
    let begin = versions.partition_point(is_below);
    let nearby = versions.iter().skip(begin.saturating_sub(2)).take(4);
    let nearby: Vec<String> = nearby.map(ToString::to_string).collect();
    match nearby.as_slice() {
        [] => "that catalog does not have it".to_owned(),
        [only] if versions.len() == 1 => format!("there is only {only}"),
        some if some.len() == versions.len() => format!("there are only {}", listed(some)),
        some => format!("the versions nearest to it are {}", listed(some)),
    }
}
