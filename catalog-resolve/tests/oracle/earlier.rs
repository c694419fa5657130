//! Random worlds that begin where another ended: its best answer is installed or locked, then one thing is different.

use super::best::best;
use super::random::{CAPABILITIES, Features, Random, anything, make_enumerable, release};
use super::rules::Rules;
use super::world::{Exclusion, HOME, Installed, Locked, Release, Removal, WantedItem, World};

pub(super) fn world(r: &mut Random) -> World {
    // Few worlds in a row have no answer; then any will do.
    for _ in 0..6 {
        let has_state = r.once_in(2);
        let mut world = anything(r, has_state);
        make_enumerable(&mut world);
        if settle(r, &mut world) {
            change_one_thing(r, &mut world);
            return world;
        }
    }
    anything(r, true)
}

/// Installs or locks the best answer; false if there is none.
fn settle(r: &mut Random, world: &mut World) -> bool {
    let Some((mut installed, mut locked)) = records_of_best(world) else {
        return false;
    };
    for (installed, locked) in installed.iter_mut().zip(&mut locked) {
        installed.is_pinned = r.once_in(20);
        if r.once_in(6) {
            (installed.catalog, locked.catalog) = (None, None);
            locked.also_in.clear();
        }
        // It came from another catalog, or is known to be from one of them alone.
        if let Some(other) = locked.also_in.pop()
            && r.once_in(2)
        {
            (installed.catalog, locked.catalog) = (Some(other), Some(other));
        }
    }
    let both = [(true, false), (true, false), (false, true), (true, true)];
    let (is_installed, is_locked) = r.of(&both);
    if is_installed {
        world.installed = installed;
        world.removals.clear();
        world.upgrades.clear();
        world.upgrades_all = false;
        world.autoremoves &= r.once_in(2);
        if r.once_in(2) {
            world.items.clear();
        }
    }
    world.locked = if is_locked { locked } else { Vec::new() };
    true
}

/// The best answer as what is installed after it, and as what a lock keeps of it.
pub(crate) fn records_of_best(world: &World) -> Option<(Vec<Installed>, Vec<Locked>)> {
    let rules = Rules::new(world);
    let instances = &rules.instances;
    let records = best(&rules)?.into_iter().map(|(i, release)| {
        let (instance, release) = (&instances.all[i], instances.release(i, release));
        let is_item = rules.items_of(i).next().is_some();
        let installed = Installed {
            package: instance.package.clone(),
            version: release.version,
            catalog: world.catalog_of(release),
            namespace: instances.lives(i),
            is_requested: is_item || instances.records[i].is_some_and(|r| r.is_requested),
            ..Installed::default()
        };
        let locked = Locked {
            package: instance.package.clone(),
            version: release.version,
            catalog: world.catalog_of(release),
            also_in: also_in(world, release),
            namespace: instance.namespace,
        };
        (installed, locked)
    });
    Some(records.unzip())
}

/// The catalogs that have a release beside the one that it is named after.
fn also_in(world: &World, release: &Release) -> Vec<&'static str> {
    let others = world.catalogs_of(release).into_iter().skip(1);
    others.flatten().collect()
}

fn change_one_thing(r: &mut Random, world: &mut World) {
    let names: Vec<String> = world.packages.iter().map(|p| p.name.clone()).collect();
    let package = r.below(names.len());
    let name = names[package].clone();
    match r.below(14) {
        0 | 1 => {
            let features = Features::some(r);
            let release = release(r, &name, &names, &features);
            world.packages[package].add(release);
        }
        2 if world.packages[package].releases.len() > 1 => {
            let releases = &mut world.packages[package].releases;
            releases.remove(r.below(releases.len()));
        }
        2 | 3 => {
            let releases = &world.packages[package].releases;
            world.exclusions.push(Exclusion {
                package: name,
                version: releases[r.below(releases.len())].version,
                catalog: None,
                is_even_if_installed: r.once_in(2),
            });
        }
        4 | 5 => world.upgrades.push(name),
        6 => world.upgrades_all = true,
        7 => world.removals.push(Removal {
            package: name,
            namespace: r.once_in(4).then_some(HOME),
        }),
        8 | 9 => world.items.push(WantedItem {
            package: name,
            range: r.of(&["*", ">=2", "<2", "=2.0.0", ">1.2"]),
            ..WantedItem::default()
        }),
        10 => {
            world.autoremoves = true;
            world.items.pop();
        }
        11 => match world.cluster.pop() {
            Some(_) => {}
            None => world.cluster.push(r.of(&CAPABILITIES)),
        },
        12 => world.packages[package].releases[0].is_yanked = true,
        _ => {}
    }
}
