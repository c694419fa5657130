//! The oracle's random worlds: what they have, and the laws that its best answers keep.

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

use std::collections::BTreeMap;

use catalog_model::version::Version;
use oracle::answer::answer;
use oracle::best::best;
use oracle::earlier::records_of_best;
use oracle::random::world;
use oracle::rules::Rules;
use oracle::world::World;

/// The release of each instance in a best answer.
type Best = BTreeMap<usize, usize>;

#[test]
fn worlds_are_read_as_they_are_written() {
    for seed in 0..500 {
        let written = world(seed).to_string();
        let read = World::parse(written.clone().leak());
        assert_eq!(read.to_string(), written);
        assert_eq!(answer(&read), answer(&world(seed)), "{written}");
    }
}

/// Worlds in which the laws of an answer that is installed or locked are looked at.
const LAWFUL: std::ops::Range<u64> = 0..1_000;

#[test]
fn nothing_that_is_installed_changes_if_some_answer_changes_nothing() {
    for mut world in LAWFUL.map(world) {
        world.upgrades.clear();
        world.locked.clear();
        (world.upgrades_all, world.autoremoves) = (false, false);
        let rules = Rules::new(&world);
        let stays = |release: &dyn Fn(usize) -> Option<usize>| {
            let kept = rules.instances.kept.iter().enumerate();
            let mut installed = kept.filter(|(_, kept)| kept.is_some());
            installed.all(|(i, kept)| release(i) == *kept)
        };
        if rules.answers().iter().any(|answer| stays(&|i| answer[i])) {
            let best = best(&rules).unwrap();
            assert!(stays(&|i| best.get(&i).copied()), "{world}");
        }
    }
}

#[test]
fn an_answer_that_is_installed_is_the_answer() {
    for mut world in LAWFUL.map(world) {
        // What is named is chosen though nothing needs it; and a lower declaration need not be met once more after a rollback.
        world.autoremoves = false;
        world
            .items
            .iter_mut()
            .for_each(|item| item.is_declaration &= !item.is_rollback);
        let before = answer(&world);
        if let Some((installed, _)) = records_of_best(&world) {
            world.installed = installed;
            world.locked.clear();
            world.upgrades.clear();
            world.upgrades_all = false;
            assert_eq!(answer(&world), before, "{world}");
        }
    }
}

#[test]
fn an_answer_that_is_locked_is_the_answer() {
    for mut world in LAWFUL.map(world) {
        world.autoremoves = false;
        world.locked.clear();
        world.upgrades.clear();
        world.upgrades_all = false;
        let before = answer(&world);
        if let Some((_, locked)) = records_of_best(&world) {
            world.locked = locked;
            assert_eq!(answer(&world), before, "{world}");
        }
    }
}

/// What a world with an answer has: its name, and whether a world has it.
type Feature = (&'static str, fn(&World, &Rules<'_>, &Best) -> bool);

const FEATURES: [Feature; 24] = [
    ("several catalogs", |w, _, _| w.catalogs.len() > 1),
    (
        "a release of several catalogs that is chosen",
        |_, rules, best| {
            best.iter()
                .any(|(i, r)| !rules.instances.release(*i, *r).also_in.is_empty())
        },
    ),
    ("a locked release of several catalogs", |w, _, _| {
        w.locked.iter().any(|locked| !locked.also_in.is_empty())
    }),
    (
        "what is installed and the first catalog of its record has no more",
        |_, rules, best| {
            best.iter().any(|(i, r)| {
                let is_kept = rules.instances.is_kept(*i, *r);
                let named = rules.instances.records[*i].and_then(|record| record.catalog);
                let release = rules.instances.release(*i, *r);
                is_kept && named.is_some() && !release.is_of(named)
            })
        },
    ),
    (
        "a locked release that is found by its content",
        |w, rules, best| {
            best.iter().any(|(i, r)| {
                let release = rules.instances.release(*i, *r);
                let mut locked = w.locked.iter();
                let lock = locked.find(|lock| lock.package == rules.instances.all[*i].package);
                let is_elsewhere = lock.is_some_and(|lock| {
                    lock.content == Some(release.content()) && !release.is_of(lock.catalog)
                });
                is_elsewhere && rules.instances.is_locked(*i, *r)
            })
        },
    ),
    ("namespaces", |w, _, _| {
        w.packages.iter().any(|p| p.is_namespaced)
    }),
    ("a removal", |w, _, _| !w.removals.is_empty()),
    ("a named package", |w, _, _| !w.upgrades.is_empty()),
    ("all packages named", |w, _, _| w.upgrades_all),
    ("autoremove", |w, _, _| w.autoremoves),
    ("fewest changes", |w, _, _| w.wants_fewest_changes),
    ("a pin", |w, _, _| w.installed.iter().any(|i| i.is_pinned)),
    ("upgrade edges", |w, _, _| {
        let mut releases = w.packages.iter().flat_map(|p| &p.releases);
        releases.any(|r| !r.replaces.is_empty() || r.skip_range.is_some())
    }),
    ("an exclusion of what is installed", |w, _, _| {
        w.exclusions.iter().any(|e| e.is_even_if_installed)
    }),
    ("a lower declaration", |w, rules, _| {
        w.items.iter().any(|item| {
            let at = rules.instance_of(item);
            at.is_some_and(|i| rules.is_declared_lower(item, i))
        })
    }),
    ("a locked release that is chosen", |_, rules, best| {
        best.iter().any(|(i, r)| rules.instances.is_locked(*i, *r))
    }),
    ("a kept release", |_, rules, best| {
        best.iter().any(|(i, r)| rules.instances.is_kept(*i, *r))
    }),
    ("an opaque release", |_, rules, best| {
        best.iter()
            .any(|(i, r)| rules.instances.release(*i, *r).is_opaque)
    }),
    ("an unknown package", |w, _, _| {
        w.installed.iter().any(|i| w.package(&i.package).is_none())
    }),
    ("something that goes", |_, rules, best| {
        rules
            .all()
            .any(|i| rules.instances.is_installed(i) && !best.contains_key(&i))
    }),
    ("a move up", |_, rules, best| {
        moves(rules, best).any(|(_, from, to)| from < to)
    }),
    ("a move by hops", |_, rules, best| {
        moves(rules, best).any(|(i, from, to)| from < to && !rules.is_edge(i, from, best[&i]))
    }),
    ("a rollback", |_, rules, best| {
        moves(rules, best)
            .any(|(i, from, to)| from > to && rules.items_of(i).any(|item| item.is_rollback))
    }),
    ("a move down without a rollback", |_, rules, best| {
        moves(rules, best)
            .any(|(i, from, to)| from > to && !rules.items_of(i).any(|item| item.is_rollback))
    }),
];

/// The instances that are installed and present, with the version that each has and gets.
fn moves<'a>(
    rules: &'a Rules<'_>,
    best: &'a Best,
) -> impl Iterator<Item = (usize, &'a Version, &'a Version)> {
    best.iter().filter_map(|(i, release)| {
        let kept = rules.instances.version(*i, rules.instances.kept[*i]?)?;
        Some((*i, kept, rules.instances.version(*i, *release)?))
    })
}

#[test]
fn random_worlds_have_everything() {
    let mut counts = [0; FEATURES.len()];
    for seed in 0..4_000 {
        let world = world(seed);
        let rules = Rules::new(&world);
        if let Some(best) = best(&rules) {
            for (count, (_, has)) in counts.iter_mut().zip(FEATURES) {
                *count += usize::from(has(&world, &rules, &best));
            }
        }
    }
    for (count, (name, _)) in counts.iter().zip(FEATURES) {
        println!("{count:5} worlds of 4,000 have an answer and {name}");
        assert!(*count >= 3, "{name}: {count}");
    }
}
