//! Names in lists.

use std::collections::{BTreeMap, BTreeSet};

use catalog_resolve::Resolution;

/// What nothing needs any more, each with its namespace if the package is, or was, in several. Nothing if there is none.
#[must_use]
pub fn orphans(resolution: &Resolution) -> String {
    let mut places: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let there = resolution
        .releases()
        .iter()
        .map(|one| (one.package(), one.namespace()));
    let gone = resolution
        .removed()
        .iter()
        .map(|one| (one.package(), one.namespace()));
    for (package, namespace) in there.chain(gone) {
        places.entry(package).or_default().insert(namespace);
    }
    let told = resolution
        .orphans()
        .map(|one| match places.get(one.package()) {
            Some(several) if several.len() > 1 => {
                format!("{} in {}", one.package(), one.namespace())
            }
            _ => one.package().to_owned(),
        });
    told.collect::<Vec<_>>().join(", ")
}
