//! Random worlds that begin where another ended: its best answer is installed or locked, then one thing is different,
//! and what several catalogs have is gone from one.

use super::best::best;
use super::random::{
    CAPABILITIES, Features, Random, anything, make_enumerable, release, spelled_otherwise,
};
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
            if r.once_in(2) {
                move_on(r, &mut world);
            }
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
            (installed.also_in, locked.also_in) = (Vec::new(), Vec::new());
        }
        // It came from another catalog, or is known to be from one of them alone.
        if let Some(other) = locked.also_in.last().copied()
            && r.once_in(3)
        {
            (installed.catalog, locked.catalog) = (Some(other), Some(other));
            (installed.also_in, locked.also_in) = (Vec::new(), Vec::new());
        }
        if r.once_in(2) {
            (installed.content, locked.content) = (None, None);
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
        let catalogs = instances.catalogs_of(i, release);
        let also_in = Vec::from_iter(catalogs[1..].iter().copied().flatten());
        let (instance, release) = (&instances.all[i], instances.release(i, release));
        let is_item = rules.items_of(i).next().is_some();
        let installed = Installed {
            package: instance.package.clone(),
            version: release.version,
            catalog: catalogs[0],
            also_in: also_in.clone(),
            content: content(release),
            namespace: instances.lives(i),
            is_requested: is_item || instances.records[i].is_some_and(|r| r.is_requested),
            ..Installed::default()
        };
        let locked = Locked {
            package: instance.package.clone(),
            version: release.version,
            catalog: catalogs[0],
            also_in,
            content: content(release),
            namespace: instance.namespace,
        };
        (installed, locked)
    });
    Some(records.unzip())
}

/// What is known of what is in it.
fn content(release: &Release) -> Option<&'static str> {
    (!release.is_opaque).then(|| release.content())
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

/// The first catalog of a release that is installed or locked has it no more, and mostly something else instead; another one has it still.
fn move_on(r: &mut Random, world: &mut World) {
    let installed = world
        .installed
        .iter()
        .map(|one| (&one.package, one.version));
    let locked = world.locked.iter().map(|one| (&one.package, one.version));
    let records = Vec::from_iter(installed.chain(locked));
    for package in &mut world.packages {
        let mut releases = package.releases.iter_mut();
        let found = releases.find(|release| {
            !release.also_in.is_empty() && records.contains(&(&package.name, release.version))
        });
        let Some(release) = found else { continue };
        let (version, first) = (release.version, release.catalog);
        release.content = Some(release.content());
        release.catalog = release.also_in.pop();
        if !r.once_in(3) {
            package.add(Release {
                version: match r.once_in(4) {
                    true => spelled_otherwise(version),
                    false => version,
                },
                catalog: first,
                content: Some("anew"),
                ..Release::default()
            });
        }
    }
}
