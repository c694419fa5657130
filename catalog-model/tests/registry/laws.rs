//! Laws: what does not matter, what can be undone, and what breaks nothing.

use catalog_model::registry::Registry;
use catalog_model::{LoadOptions, MemorySource};
use proptest::prelude::*;

use super::made::{answers, break_down, descriptor, key, source, sync};

const KEYS: [&str; 6] = ["a", "b", "c", "x/a", "x/d", "y/a"];
const RELEASES: [&str; 8] = [
    "loki@1.0.0",
    "loki@1.0.0=patched",
    "loki@1.1.0",
    "loki@2.0.0-rc.1",
    "tempo@1.0.0",
    "tempo@1.0.0=patched",
    "tempo@v1.0",
    "mimir@3.0.0",
];
const NAMESPACES: [Option<&str>; 4] = [None, Some("x"), Some("y"), Some("z")];

/// A catalog: where in `KEYS` it is, its priority, and which of `RELEASES` it has.
type Made = (usize, i32, Vec<usize>);

fn catalogs() -> impl Strategy<Value = Vec<Made>> {
    let releases = prop::collection::vec(0..RELEASES.len(), 1..5);
    let some = prop::collection::btree_map(0..KEYS.len(), (-1..2, releases), 1..=KEYS.len());
    let listed = some.prop_map(|some| {
        let some = some.into_iter();
        some.map(|(at, (priority, releases))| (at, priority, releases))
            .collect::<Vec<_>>()
    });
    listed.prop_shuffle()
}

fn files(releases: &[usize]) -> MemorySource {
    let releases: Vec<&str> = releases.iter().map(|at| RELEASES[*at]).collect();
    source(&releases)
}

fn add(registry: &mut Registry, (at, priority, releases): &Made) {
    registry.register(descriptor(KEYS[*at], *priority)).unwrap();
    sync(registry, KEYS[*at], files(releases)).unwrap();
}

fn made(catalogs: &[Made]) -> Registry {
    let mut registry = Registry::new(LoadOptions::default());
    catalogs.iter().for_each(|one| add(&mut registry, one));
    registry
}

/// All that anybody is answered.
fn all(registry: &Registry) -> Vec<Vec<String>> {
    NAMESPACES.map(|one| answers(registry, one)).into()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_registration_does_not_matter(catalogs in catalogs()) {
        let mut sorted = catalogs.clone();
        sorted.sort();
        prop_assert_eq!(all(&made(&catalogs)), all(&made(&sorted)));
        prop_assert_eq!(made(&catalogs).to_json(), made(&sorted).to_json());
    }

    #[test]
    fn removing_what_was_added_gives_what_was_before(catalogs in catalogs()) {
        let (last, before) = catalogs.split_last().unwrap();
        let mut registry = made(before);
        let (answered, stored) = (all(&registry), registry.to_json());
        add(&mut registry, last);
        registry.remove(&key(KEYS[last.0])).unwrap();
        prop_assert_eq!(all(&registry), answered);
        prop_assert_eq!(registry.to_json(), stored);
    }

    #[test]
    fn one_that_breaks_down_changes_no_answer(catalogs in catalogs(), never in any::<bool>()) {
        let (last, before) = catalogs.split_last().unwrap();
        let mut registry = made(if never { before } else { &catalogs });
        if never {
            // A catalog that never answered; whom its name hides it hides all the same.
            registry.register(descriptor("w/broken", 99)).unwrap();
        }
        let answered = all(&registry);
        break_down(&mut registry, if never { "w/broken" } else { KEYS[last.0] });
        prop_assert_eq!(all(&registry), answered);
    }

    #[test]
    fn other_namespaces_do_not_see_what_a_namespace_registers(catalogs in catalogs()) {
        let others: Vec<Made> = catalogs.iter().filter(|one| !KEYS[one.0].starts_with("x/")).cloned().collect();
        let (with, without) = (made(&catalogs), made(&others));
        for namespace in [None, Some("y"), Some("z")] {
            prop_assert_eq!(answers(&with, namespace), answers(&without, namespace));
        }
    }

    #[test]
    fn each_answer_is_of_the_first_catalog_that_has_it(catalogs in catalogs()) {
        let registry = made(&catalogs);
        for namespace in NAMESPACES {
            let view = registry.view(namespace);
            for package in view.packages() {
                for offered in view.versions(package).unwrap() {
                    // By a loop over the catalogs that knows nothing of digests and indexes.
                    let version = offered.release().version();
                    let having: Vec<_> = view
                        .catalogs()
                        .filter(|one| one.catalog().unwrap().release(package, version).is_some())
                        .map(|one| one.name())
                        .collect();
                    prop_assert_eq!(offered.catalog().name(), having[0]);
                    let rest = offered.also_in().len() + offered.differing().len();
                    prop_assert_eq!(rest, having.len() - 1);
                    let ours = offered.release().metadata().description();
                    for same in offered.also_in() {
                        let theirs = same.catalog().unwrap().release(package, version).unwrap();
                        prop_assert_eq!(theirs.metadata().description(), ours);
                    }
                    for name in having {
                        let theirs = view.catalog(name).unwrap().catalog().unwrap();
                        let theirs = theirs.release(package, version).unwrap();
                        let one = (offered.catalog().name(), offered.release());
                        let says_the_same = theirs.version() == version && theirs.metadata().description() == ours;
                        prop_assert_eq!(view.are_same(one, (name, theirs)), says_the_same);
                        prop_assert_eq!(view.are_same((name, theirs), one), says_the_same);
                    }
                    let files = view.fetch(&offered.location().unwrap(), &Default::default());
                    prop_assert!(files.is_ok());
                }
            }
        }
    }
}
