//! All that an index answers.

use catalog_model::Capability;
use catalog_model::index::{Entry, Index, Query};

/// All that can be asked of an index, in words: equal are those that answer alike.
pub(super) fn shown(index: &Index) -> Vec<String> {
    let mut shown = vec![format!("{} versions", index.len())];
    for package in index.packages() {
        shown.push(format!("{package} {:?}", index.unusable(package).unwrap()));
        let versions = index.versions(package).unwrap();
        shown.extend(versions.map(|entry| of_entry(&entry)));
        for version in index.versions(package).unwrap() {
            let found = index.release(package, version.version()).unwrap();
            assert!(found.version().same_precedence_and_build(version.version()));
        }
        let newest = index.newest_version(package).unwrap();
        shown.push(format!("newest {newest:?}"));
    }
    shown.push(format!("newest {:?}", index.newest().collect::<Vec<_>>()));
    for query in queries() {
        let selected = index.select(&query).unwrap();
        let entries: Vec<String> = selected.iter().map(|one| one.to_string()).collect();
        assert_eq!(entries.len(), selected.len());
        assert!(selected.iter().all(|one| selected.contains(one)));
        shown.push(format!("{query:?} {entries:?}"));
    }
    shown
}

fn of_entry(entry: &Entry<'_>) -> String {
    let of_release = (
        entry.to_string(),
        entry.folder(),
        entry.description(),
        entry.yanked(),
        entry.deprecated(),
    );
    let lists = (
        entry.labels().collect::<Vec<_>>(),
        entry.tags().collect::<Vec<_>>(),
        entry.dependencies().collect::<Vec<_>>(),
        entry.requires().collect::<Vec<_>>(),
        entry.provides().collect::<Vec<_>>(),
    );
    format!("{of_release:?} {lists:?}")
}

fn queries() -> Vec<Query> {
    let dashboards = Capability::parse_api("example.com/v1/Dashboard").unwrap();
    vec![
        Query::new(),
        Query::new().every_version(),
        Query::new().every_version().text("o"),
        Query::new().labels("tier=web".parse().unwrap()),
        Query::new().every_version().labels("tier".parse().unwrap()),
        Query::new()
            .every_version()
            .labels("!tier,stage notin (test)".parse().unwrap()),
        Query::new().every_version().provides([dashboards]),
        Query::new().provides([Capability::parse_name("metrics").unwrap()]),
    ]
}
