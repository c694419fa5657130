//! Laws that hold of all universes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "a test may fail loudly, and needs only a part of the oracle"
)]

mod oracle;

use catalog_resolve::{Outcome, resolve};
use oracle::random::{first_installation, world};
use oracle::world::{Dependency, Exclusion, Package, Release, World};
use proptest::prelude::*;

/// What came out, as text: the releases, or the explanation.
fn outcome(world: &World) -> Result<String, String> {
    match resolve(&world.universe(), &world.request()) {
        Outcome::Resolved(resolution) => Ok(resolution.plan().to_string()),
        Outcome::Conflict(conflict) => Err(conflict.explain().text()),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn the_order_in_which_releases_come_does_not_matter(seed in any::<u64>()) {
        let mut world = world(seed);
        let before = outcome(&world);
        world.packages.reverse();
        for package in &mut world.packages {
            package.releases.reverse();
            for release in &mut package.releases {
                release.dependencies.reverse();
                release.requires.reverse();
            }
        }
        prop_assert_eq!(before, outcome(&world));
    }

    #[test]
    fn packages_that_nobody_mentions_change_nothing(seed in any::<u64>()) {
        let mut world = world(seed);
        let before = outcome(&world);
        let dependencies = world.packages.iter().map(|p| Dependency {
            package: p.name.clone(),
            range: "<1.1",
            ..Dependency::default()
        });
        let release = Release {
            version: "9.0.0",
            dependencies: dependencies.collect(),
            ..Release::default()
        };
        world.packages.push(Package {
            name: "unrelated".into(),
            namespace: "home",
            releases: vec![release],
            ..Package::default()
        });
        prop_assert_eq!(before, outcome(&world));
    }

    #[test]
    fn more_exclusions_never_solve_a_conflict(seed in any::<u64>(), at in any::<prop::sample::Index>()) {
        let mut world = world(seed);
        let before = outcome(&world);
        let package = &world.packages[at.index(world.packages.len())];
        let exclusion = Exclusion {
            package: package.name.clone(),
            version: package.releases[0].version,
            ..Exclusion::default()
        };
        world.exclusions.push(exclusion);
        prop_assert!(before.is_ok() || outcome(&world).is_err());
    }

    #[test]
    fn an_answer_asked_for_by_name_is_the_answer(seed in any::<u64>()) {
        let mut world = first_installation(seed);
        if let Outcome::Resolved(resolution) = resolve(&world.universe(), &world.request()) {
            let all_prereleases = resolution.releases().iter().map(|r| r.package().to_owned());
            world.prereleases = all_prereleases.collect();
            let request = world.request();
            let exactly = resolution.releases().iter().fold(request, |request, release| {
                let range = format!("={}", release.version()).parse().unwrap();
                let item = catalog_resolve::Item::new(release.package(), range).namespace(release.namespace());
                request.item(match release.catalog() {
                    Some(catalog) => item.catalog(catalog),
                    None => item,
                })
            });
            let Outcome::Resolved(again) = resolve(&world.universe(), &exactly) else {
                panic!("the answer is still there");
            };
            for release in resolution.releases() {
                prop_assert!(again.releases().iter().any(|other| other.package() == release.package()));
            }
        }
    }
}
