//! What lies straight in a folder, of paths in their order.

use std::collections::BTreeMap;
use std::ops::Bound;

/// How much of a folder is passed by one by one: a look into the map costs as much.
const NEAR: usize = 8;

/// The names straight in a folder, in any order, each with what the map has under it; `None` for a folder of which it only has what is below. A name is there
/// once, unless the map has it and something below it as well.
///
/// Cost: for each name a look into the map, however much lies below.
pub(super) fn straight<'a, T>(
    paths: &'a BTreeMap<String, T>,
    folder: &str,
) -> Vec<(&'a str, Option<&'a T>)> {
    let prefix = match folder {
        "" => String::new(),
        folder => format!("{folder}/"),
    };
    let from = |start: &str| {
        let range = (Bound::Included(start), Bound::Unbounded);
        paths.range::<str, _>(range)
    };
    let mut found = Vec::new();
    let (mut last, mut passed) = (None, 0);
    let mut rest = from(&prefix);
    while let Some((path, value)) = rest.next() {
        let Some(below) = path.strip_prefix(prefix.as_str()) else {
            break;
        };
        let Some((name, _)) = below.split_once('/') else {
            found.push((below, Some(value)));
            continue;
        };
        if last != Some(name) {
            found.push((name, None));
            (last, passed) = (Some(name), 0);
        }
        passed += 1;
        if passed == NEAR {
            // `0` comes right after `/`: this is behind everything in that folder.
            rest = from(&format!("{prefix}{name}0"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::straight;

    #[test]
    fn what_lies_straight_in_a_folder_is_found_behind_whatever_lies_below() {
        let mut paths: BTreeMap<String, u8> = BTreeMap::new();
        for path in [
            "a", "a-b", "a-b/c", "a.b/c/d", "a/x", "a0", "b/a", "b/b/c", "c",
        ] {
            paths.insert(path.to_owned(), 0);
        }
        paths.extend((0..50).map(|n| (format!("b/many/{n}/x"), 0)));
        for folder in [
            "", "a", "a-b", "a.b", "b", "b/many", "b/many/7", "c", "none",
        ] {
            let prefix = match folder {
                "" => String::new(),
                folder => format!("{folder}/"),
            };
            let below = paths
                .keys()
                .filter_map(|path| path.strip_prefix(prefix.as_str()));
            let expected: BTreeSet<(&str, bool)> = below
                .map(|below| match below.split_once('/') {
                    Some((name, _)) => (name, false),
                    None => (below, true),
                })
                .collect();
            let found = straight(&paths, folder);
            let names = found.iter().map(|(name, value)| (*name, value.is_some()));
            assert_eq!(names.collect::<BTreeSet<_>>(), expected, "{folder}");
            assert_eq!(found.len(), expected.len(), "{folder}");
        }
    }
}
