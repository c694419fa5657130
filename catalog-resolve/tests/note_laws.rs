//! What is said to be broken already is broken, and all of it is said.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    dead_code,
    reason = "a test may fail loudly, and needs only a part of the oracle"
)]

mod oracle;

use catalog_model::version::Version;
use catalog_resolve::{Item, NoteKind, Outcome, resolve};
use oracle::random::world;
use oracle::rules::Rules;
use oracle::world::World;

/// The same world without what an answer may owe to what is installed.
fn plain(mut world: World) -> World {
    for package in &mut world.packages {
        package.is_namespaced = false;
        for release in &mut package.releases {
            release.catalog = None;
            // A version that is written in part asks for nothing that was taken back.
            release.is_yanked = false;
            // Nothing has to wait for another, as all are of one group.
            release.group = Some("all");
            for dependency in &mut release.dependencies {
                dependency.catalog = None;
            }
        }
        // A version must mean one release.
        let mut seen: Vec<Version> = Vec::new();
        package.releases.retain(|release| {
            let version = Version::parse(release.version).unwrap();
            let mut same = seen
                .iter()
                .filter(|s| s.same_precedence_and_build(&version));
            let is_new = same.next().is_none();
            seen.push(version);
            is_new
        });
    }
    for item in &mut world.items {
        (item.catalog, item.namespace) = (None, None);
    }
    for record in &mut world.installed {
        record.catalog = None;
        // Where nothing is installed, it lives where its package says, and so do its objects.
        let mut packages = world.packages.iter();
        if let Some(package) = packages.find(|package| package.name == record.package) {
            record.namespace = package.namespace;
        }
    }
    for locked in &mut world.locked {
        locked.catalog = None;
    }
    for exclusion in &mut world.exclusions {
        exclusion.catalog = None;
    }
    world
}

/// An answer in which nothing is broken is one also if nothing had been installed before, and each release is asked for by its version; one
/// in which something is broken is none then.
#[test]
fn nothing_broken_is_passed_over_and_nothing_else_is_called_so() {
    let runs = std::env::var("CATALOG_ORACLE_RUNS").ok();
    let runs = runs.and_then(|text| text.parse().ok()).unwrap_or(20_000) / 4;
    let (mut broken, mut whole) = (0, 0);
    for seed in 0..runs {
        let world = plain(world(seed));
        if !world.is_sound() {
            continue;
        }
        let universe = world.universe();
        let Outcome::Resolved(resolution) = resolve(&universe, &world.request()) else {
            continue;
        };
        let is_known = |package: &str, version: &str| {
            let package = world.package(package);
            package.is_some_and(|p| p.releases.iter().any(|r| r.version == version))
        };
        let mut releases = resolution.releases().iter();
        if !releases.all(|release| is_known(release.package(), release.version())) {
            continue;
        }
        let again = World {
            cluster: Rules::new(&world).cluster.iter().copied().collect(),
            packages: world.packages.clone(),
            all_prereleases: true,
            ..World::default()
        };
        let request = resolution
            .releases()
            .iter()
            .fold(again.request(), |request, release| {
                let range = format!("={}", release.version()).parse().unwrap();
                request.item(Item::new(release.package(), range))
            });
        let notes = resolution.notes();
        let said = notes
            .iter()
            .any(|note| note.kind() == NoteKind::BrokenAlready);
        let holds = match resolve(&universe, &request) {
            Outcome::Resolved(again) => again.releases().len() == resolution.releases().len(),
            _ => false,
        };
        assert_eq!(said, !holds, "seed {seed}: {notes:#?}\n{world}");
        match said {
            true => broken += 1,
            false => whole += 1,
        }
    }
    println!("{broken} answers with something broken, {whole} without");
    assert!(runs < 1_000 || (broken > 20 && whole > 100));
}
