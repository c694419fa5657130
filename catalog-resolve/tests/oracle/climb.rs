//! Random worlds in which a package has far to go: its releases are reached from some of the lower ones only, and ask for much.

use catalog_model::version::Version;

use super::random::{Features, Random, VERSIONS, anything, make_enumerable, release};
use super::world::{HOME, Installed, Release, World};

/// Most of such worlds lead through releases that nothing else would lead to.
pub(crate) fn climb(seed: u64) -> World {
    let r = &mut Random::new(seed);
    let mut world = anything(r, false);
    let names: Vec<String> = world.packages.iter().map(|p| p.name.clone()).collect();
    let features = Features::of_climb(r);
    let climber = &mut world.packages[0];
    climber.releases.clear();
    for _ in 0..4 + r.below(4) {
        climber.add(release(r, "a", &names, &features));
    }
    make_steps(r, &mut climber.releases);
    let lowest = climber.releases.iter().min_by_key(|release| read(release));
    let lowest = lowest.unwrap().version;
    world.items.clear();
    world.removals.clear();
    world.upgrades = vec!["a".to_owned()];
    world.upgrades_all = r.once_in(2);
    for package in &world.packages {
        let namespace = match package.is_namespaced {
            true => HOME,
            false => package.namespace,
        };
        let version = match package.name.as_str() {
            "a" => lowest,
            _ if r.once_in(3) => continue,
            _ => package.releases[r.below(package.releases.len())].version,
        };
        world.installed.push(Installed {
            package: package.name.clone(),
            version: if r.once_in(12) {
                r.of(&VERSIONS)
            } else {
                version
            },
            namespace,
            ..Installed::default()
        });
    }
    make_enumerable(&mut world);
    world
}

fn read(release: &Release) -> Version {
    Version::parse(release.version).unwrap()
}

/// Puts releases on storeys, from low to high, each of which is reached from the one below it.
fn make_steps(r: &mut Random, releases: &mut [Release]) {
    releases.sort_by_key(read);
    let (mut below, mut here): (Vec<&'static str>, Vec<&'static str>) = (Vec::new(), Vec::new());
    for release in releases {
        if here.is_empty() || r.once_in(2) {
            (below, here) = (here, Vec::new());
        }
        let this = read(release);
        let is_lower = |text: &&&str| {
            let other = Version::parse(text).unwrap();
            other < this && !other.same_precedence_and_build(&this)
        };
        release.replaces = below.iter().filter(is_lower).copied().collect();
        release.skip_range = None;
        here.push(release.version);
    }
}
