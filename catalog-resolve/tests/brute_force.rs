//! Every outcome on random small universes against enumeration: the same best answer, or no answer.
//!
//! `CATALOG_ORACLE_RUNS` says how many, `CATALOG_ORACLE_SEED` where to begin.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

mod oracle;

use std::collections::{BTreeMap, BTreeSet};

use catalog_resolve::{Conflict, Outcome, Resolution, repairs, resolve};
use oracle::best::best;
use oracle::random::world;
use oracle::rules::Rules;
use oracle::world::World;

/// Package, namespace if it has one in each, version, catalog.
type Chosen = BTreeSet<(String, Option<String>, String, Option<String>)>;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

#[test]
fn outcomes_are_those_of_enumeration() {
    let (runs, first) = (
        number("CATALOG_ORACLE_RUNS", 20_000),
        number("CATALOG_ORACLE_SEED", 0),
    );
    let mut conflicts = 0;
    for seed in first..first + runs {
        let world = world(seed);
        let universe = world.universe();
        let rules = Rules::new(&world);
        let expected = best(&rules);
        match (resolve(&universe, &world.request()), expected) {
            (Outcome::Resolved(resolution), Some(expected)) => {
                let expected = expected.iter().map(|(i, r)| {
                    let (instance, release) = (&rules.instances[*i], rules.release(*i, *r));
                    let namespace = instance.namespace.map(str::to_owned);
                    let catalog = release.catalog.map(str::to_owned);
                    (
                        instance.package.clone(),
                        namespace,
                        release.version.to_owned(),
                        catalog,
                    )
                });
                let chosen = chosen(&world, &resolution);
                assert_eq!(chosen, expected.collect(), "seed {seed}: {world:#?}");
                assert_is_answer(&rules, &chosen, seed);
                assert_is_ordered(&resolution, seed);
            }
            (Outcome::Conflict(conflict), None) => {
                conflicts += 1;
                assert_is_minimal(&world, &conflict, seed);
                for repair in repairs(&universe, &world.request(), &conflict) {
                    let again = resolve(&universe, repair.request());
                    assert!(
                        matches!(again, Outcome::Resolved(_)),
                        "seed {seed}: {}",
                        repair.change()
                    );
                }
            }
            (outcome, expected) => {
                panic!("seed {seed}: {outcome:?} but {expected:?} of {world:#?}")
            }
        }
    }
    println!("{runs} universes, {conflicts} without an answer");
    assert!(runs < 1_000 || (conflicts > runs / 5 && conflicts < runs * 4 / 5));
}

fn chosen(world: &World, resolution: &Resolution) -> Chosen {
    let releases = resolution.releases().iter().map(|release| {
        let package = world
            .packages
            .iter()
            .find(|p| p.name == release.package())
            .unwrap();
        let namespace = package
            .is_namespaced
            .then(|| release.namespace().to_owned());
        let catalog = release.catalog().map(str::to_owned);
        (
            release.package().to_owned(),
            namespace,
            release.version().to_string(),
            catalog,
        )
    });
    releases.collect()
}

/// The rules hold for what was chosen, looked at by itself.
fn assert_is_answer(rules: &Rules<'_>, chosen: &Chosen, seed: u64) {
    let assignment = rules.instances.iter().enumerate().map(|(i, instance)| {
        let found = chosen.iter().find(|(package, namespace, ..)| {
            *package == instance.package && namespace.as_deref() == instance.namespace
        });
        found.map(|(.., version, catalog)| {
            let is_it = |r: &usize| {
                let release = rules.release(i, *r);
                release.version == version && release.catalog == catalog.as_deref()
            };
            (0..rules.releases(i)).find(is_it).unwrap()
        })
    });
    let assignment: Vec<_> = assignment.collect();
    assert!(rules.is_answer(&assignment), "seed {seed}: {assignment:?}");
}

/// Everything comes after what it needs, or together with it if they need each other.
fn assert_is_ordered(resolution: &Resolution, seed: u64) {
    let plan = resolution.plan();
    assert_eq!(plan.steps().len(), resolution.releases().len());
    let levels: BTreeMap<_, _> = plan
        .steps()
        .iter()
        .map(|s| ((s.package(), s.namespace()), s.level()))
        .collect();
    let releases = resolution.releases();
    let level = |at: usize| levels[&(releases[at].package(), releases[at].namespace())];
    for (needer, release) in releases.iter().enumerate() {
        for needed in release.dependencies() {
            let names = [releases[*needed].package(), release.package()];
            let is_cycle = |cycle: &Vec<String>| names.iter().all(|n| cycle.iter().any(|c| c == n));
            let together = level(*needed) == level(needer) && plan.cycles().iter().any(is_cycle);
            assert!(
                level(*needed) < level(needer) || together,
                "seed {seed}: {names:?}"
            );
        }
    }
}

/// The facts cannot hold together, but any of them can be spared: by enumeration over what they say.
fn assert_is_minimal(world: &World, conflict: &Conflict, seed: u64) {
    type Place = (String, Option<String>);
    /// Nothing, or a catalog and a version.
    type Occupant<'a> = Option<(Option<&'a str>, &'a str)>;
    let mut places: BTreeSet<Place> = BTreeSet::new();
    for alternative in conflict.facts().iter().flat_map(|f| f.alternatives()) {
        places.insert((
            alternative.package().to_owned(),
            alternative.namespace().map(str::to_owned),
        ));
    }
    let choices: Vec<(Place, Vec<Occupant<'_>>)> = places
        .into_iter()
        .map(|place| {
            let package = world.packages.iter().find(|p| p.name == place.0).unwrap();
            let releases = package
                .releases
                .iter()
                .map(|r| Some((r.catalog, r.version)));
            (place, std::iter::once(None).chain(releases).collect())
        })
        .collect();
    let mut assignments: Vec<Vec<Occupant<'_>>> = vec![Vec::new()];
    for (_, options) in &choices {
        let longer = |a: &Vec<_>| {
            options
                .iter()
                .map(|o| [a.as_slice(), &[*o]].concat())
                .collect::<Vec<_>>()
        };
        assignments = assignments.iter().flat_map(longer).collect();
    }
    // The facts that each assignment does not meet: none must be empty, and for each fact one must be it alone.
    let mut alone: BTreeSet<usize> = BTreeSet::new();
    for assignment in &assignments {
        let broken = conflict.facts().iter().enumerate().filter(|(_, fact)| {
            !fact.alternatives().iter().any(|alternative| {
                let at = choices.iter().position(|((package, namespace), _)| {
                    package == alternative.package()
                        && namespace.as_deref() == alternative.namespace()
                });
                match assignment[at.unwrap()] {
                    None => alternative.may_be_absent(),
                    Some(release) => alternative.releases().any(|r| r == release),
                }
            })
        });
        let broken: Vec<usize> = broken.map(|(position, _)| position).collect();
        assert!(
            !broken.is_empty(),
            "seed {seed}: the facts hold together: {:#?}",
            conflict.facts()
        );
        if let [only] = broken.as_slice() {
            alone.insert(*only);
        }
    }
    assert!(conflict.is_minimal());
    assert_eq!(
        alone.len(),
        conflict.facts().len(),
        "seed {seed}: {:#?}",
        conflict.facts()
    );
    assert!(!conflict.facts().is_empty());
}
