//! Laws of locks, on random worlds, and what is said of moves held against an oracle that enumerates.

#![cfg(feature = "lock")]
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

use std::cell::Cell;
use std::collections::BTreeMap;

use catalog_model::{Lock, LockEntry, SourceFile};
use catalog_resolve::{
    ChangeKind, ChangeReason, LockChange, LockChanges, Outcome, Request, Resolution, Universe,
    lock_changes, resolve, resolve_locked,
};
use oracle::build::digest;
use oracle::random::world;
use oracle::rules::{Assignment, Rules};
use oracle::world::{HOME, Locked, Package, World};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

fn answer(universe: &Universe, request: &Request) -> Option<Resolution> {
    match resolve(universe, request) {
        Outcome::Resolved(resolution) => Some(resolution),
        Outcome::Conflict(_) => None,
        other => panic!("{other:?}"),
    }
}

/// Written and read again.
fn again(lock: &Lock) -> Lock {
    let file = SourceFile::new("catalog.lock", lock.to_yaml());
    let (read, diagnostics) = Lock::read(&file, &Lock::limits());
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    read.unwrap()
}

/// The answer as text, with what is done for it.
fn told(resolution: &Resolution) -> (String, Vec<(String, bool)>) {
    let releases = resolution.releases().iter();
    let catalogs = releases.map(|r| (r.catalog().unwrap_or_default().to_owned(), r.is_kept()));
    (resolution.plan().to_string(), catalogs.collect())
}

/// What the law about locked answers leaves out, as the oracle's own test of it does: what goes although it is locked, and what is to
/// move.
fn lawful(seed: u64) -> World {
    let mut world = world(seed);
    world.autoremoves = false;
    world.locked.clear();
    world.upgrades.clear();
    world.upgrades_all = false;
    world
}

/// Whether a prerelease is in the answer that may provide more once it is locked (rule 4): unasked, it does so only where the request
/// allows it, or where the package has nothing stable.
fn has_new_provider(world: &World, answer: &Resolution) -> bool {
    let is_hidden = |package: &&Package| {
        let has_stable = package.releases.iter().any(|r| !r.version.contains('-'));
        has_stable && !world.all_prereleases && !world.prereleases.contains(&package.name)
    };
    answer.releases().iter().any(|chosen| {
        let mut packages = world.packages.iter().filter(is_hidden);
        let package = packages.find(|package| package.name == chosen.package());
        let releases = package.map_or(&[][..], |package| &package.releases);
        let mut chosen = releases.iter().filter(|r| r.version == chosen.version());
        chosen.any(|release| release.version.contains('-') && !release.provides.is_empty())
    })
}

#[test]
fn an_answer_that_is_locked_is_the_answer() {
    // Of how many answers the law is asked, and of how many all of it.
    let (answers, all) = (Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new(ProptestConfig::with_cases(500));
    let law = runner.run(&any::<u64>(), |seed| {
        let world = lawful(seed);
        let (universe, request) = (world.universe(), world.request());
        let Some(first) = answer(&universe, &request) else {
            return Ok(());
        };
        answers.set(answers.get() + 1);
        let lock = again(&first.lock(&request));
        prop_assert!(request.is_answered_by(&lock));
        let locked = request.clone().lock(&lock);
        let Some(second) = answer(&universe, &locked) else {
            return Err(TestCaseError::fail(format!("no answer\n{world}")));
        };
        let second_lock = again(&second.lock(&request));
        // With what such a prerelease brings, there may be another answer: that is the answer from then on.
        if has_new_provider(&world, &first) {
            let third = answer(&universe, &request.clone().lock(&second_lock));
            let third = third.map(|third| again(&third.lock(&request)).to_yaml());
            prop_assert_eq!(third, Some(second_lock.to_yaml()), "{}", world);
            return Ok(());
        }
        all.set(all.get() + 1);
        prop_assert_eq!(told(&first), told(&second), "{}", world);
        prop_assert_eq!(second_lock.to_yaml(), lock.to_yaml(), "{}", world);
        prop_assert_eq!(
            lock_changes(&universe, &request, &second, &lock).to_string(),
            ""
        );
        prop_assert!(resolve_locked(&universe, &request, &lock).is_ok());
        Ok(())
    });
    law.unwrap();
    let (answers, all) = (answers.get(), all.get());
    println!("{answers} answers, and all of the law is asked of {all}");
    assert!(
        answers > 100 && all * 10 > answers * 8,
        "{all} of {answers}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn the_bytes_do_not_depend_on_the_order_in_which_releases_come(seed in any::<u64>()) {
        let mut world = world(seed);
        let lock = |world: &World| {
            let request = world.request();
            answer(&world.universe(), &request).map(|answer| answer.lock(&request).to_yaml())
        };
        let before = lock(&world);
        world.packages.reverse();
        for package in &mut world.packages {
            package.releases.reverse();
            for release in &mut package.releases {
                release.dependencies.reverse();
                release.requires.reverse();
            }
        }
        world.prereleases.reverse();
        world.removals.reverse();
        prop_assert_eq!(before, lock(&world), "{}", world);
    }
}

/// What is locked in a world, as a lock.
fn lock_of(world: &World) -> Lock {
    let entries = world.locked.iter().map(|locked: &Locked| {
        let namespace = locked.namespace.unwrap_or(HOME);
        let entry = LockEntry::new(&locked.package, locked.version, namespace);
        let entry = entry.also_in(locked.also_in.iter().copied());
        let entry = match locked.content {
            Some(content) => entry.with_digest(digest(locked.version, content)),
            None => entry,
        };
        match locked.catalog {
            Some(catalog) => entry.from_catalog(catalog),
            None => entry,
        }
    });
    again(&Lock::new("", entries))
}

/// One world with a lock, the answer, and what the oracle knows of it.
struct Look<'w> {
    rules: &'w Rules<'w>,
    answers: &'w [Assignment],
    /// The release of each instance in the answer.
    chosen: Assignment,
}

impl<'w> Look<'w> {
    fn new(rules: &'w Rules<'w>, answers: &'w [Assignment], resolution: &Resolution) -> Self {
        let instances = &rules.instances;
        let chosen = rules.all().map(|i| {
            let instance = &instances.all[i];
            let mut releases = resolution.releases().iter();
            let release = releases.find(|release| {
                let is_here = instance.namespace.is_none_or(|n| n == release.namespace());
                release.package() == instance.package && is_here
            })?;
            instances.releases(i).find(|r| {
                let (known, catalog) = (instances.release(i, *r), instances.catalog_of(i, *r));
                known.version == release.version() && catalog == release.catalog()
            })
        });
        Self {
            rules,
            answers,
            chosen: chosen.collect(),
        }
    }

    /// The instance that a change is about.
    fn instance(&self, change: &LockChange) -> Option<usize> {
        let before = change.before().unwrap();
        self.rules.all().find(|i| {
            let instance = &self.rules.instances.all[*i];
            let is_here = instance.namespace.is_none_or(|n| n == before.namespace());
            instance.package == before.package() && is_here
        })
    }

    /// The answers that have what is locked, or installed, or named, or needs what is chosen, where this answer has it.
    fn as_decided(&self, change: &LockChange, but: usize) -> impl Iterator<Item = &'w Assignment> {
        let instances = &self.rules.instances;
        let decided = self.rules.all().filter(move |i| {
            let is_decided = |r| {
                let is_named = self.rules.world().names(&instances.all[*i].package);
                let askers = change.after().map_or(&[][..], LockEntry::askers);
                let is_asker = askers.contains(&instances.all[*i].package);
                is_asker || is_named || instances.is_locked(*i, r) || instances.is_kept(*i, r)
            };
            *i != but && self.chosen[*i].is_some_and(is_decided)
        });
        let decided: Vec<usize> = decided.collect();
        let mut found = Vec::new();
        for answer in self.answers {
            if decided.iter().all(|i| answer[*i] == self.chosen[*i]) {
                found.push(answer);
            }
        }
        found.into_iter()
    }

    /// What is said of one change is so.
    fn check(&self, change: &LockChange, counts: &mut BTreeMap<ChangeReason, usize>) {
        *counts.entry(change.reason()).or_default() += 1;
        if change.before().is_none() {
            return;
        }
        let at = self.instance(change);
        let locked = at.and_then(|i| self.rules.instances.locked[i]);
        let has_it =
            |answer: &Assignment| at.is_some_and(|i| locked.is_some() && answer[i] == locked);
        match change.reason() {
            ChangeReason::Gone => assert!(locked.is_none()),
            ChangeReason::Installed if self.rules.world().wants_fewest_changes => {
                let now = at.and_then(|i| self.chosen[i]);
                assert!(
                    now.is_some_and(|r| self.rules.instances.is_kept(at.unwrap(), r))
                        || !self.answers.iter().any(has_it),
                    "{change}"
                );
            }
            ChangeReason::Excluded | ChangeReason::Installed => {
                assert!(!self.answers.iter().any(has_it), "{change}");
            }
            ChangeReason::Conflict => {
                assert!(locked.is_some() && !change.facts().is_empty());
                assert!(
                    !self.as_decided(change, at.unwrap()).any(has_it),
                    "{change}"
                );
            }
            ChangeReason::Needed | ChangeReason::Unneeded
                if change.kind() != ChangeKind::Removed =>
            {
                assert!(
                    !self.as_decided(change, at.unwrap()).any(has_it),
                    "{change}"
                );
            }
            ChangeReason::Requested if change.kind() != ChangeKind::Removed => {
                let is_named = self.rules.world().names(change.package());
                assert!(is_named || !self.answers.iter().any(has_it), "{change}");
            }
            ChangeReason::Undetermined => {
                assert!(change.explanation().contains("given up"), "{change}")
            }
            _ => {}
        }
    }
}

/// If some answer has all that is locked, and all else that is installed, nothing of it moves to another release.
fn check_fewest_moves(look: &Look<'_>, changes: &LockChanges) {
    let instances = &look.rules.instances;
    let wanted = |i: usize| instances.locked[i].or(instances.kept[i]);
    let has_all = |answer: &Assignment| {
        let mut all = look.rules.all();
        all.all(|i| wanted(i).is_none() || answer[i] == wanted(i))
    };
    let world = look.rules.world();
    let is_free = world.wants_fewest_changes || world.upgrades_all || !world.upgrades.is_empty();
    if !is_free && look.answers.iter().any(has_all) {
        // What is installed and in no catalog may be said to be of another catalog: it is the same release.
        let may_be = [
            ChangeReason::Gone,
            ChangeReason::Place,
            ChangeReason::Spelling,
            ChangeReason::Installed,
        ];
        for change in changes.changes() {
            let stays = matches!(change.kind(), ChangeKind::Added | ChangeKind::Removed);
            assert!(stays || may_be.contains(&change.reason()), "{change}");
        }
    }
}

/// Worlds in which reasons are looked at.
const LAWFUL: std::ops::Range<u64> = 0..4_000;

#[test]
fn every_reason_is_true() {
    let (mut counts, mut moved) = (BTreeMap::new(), 0);
    for seed in LAWFUL {
        let world = world(seed);
        if world.locked.is_empty() {
            continue;
        }
        let unlocked = World {
            locked: Vec::new(),
            ..world.clone()
        };
        let (universe, request, lock) = (world.universe(), unlocked.request(), lock_of(&world));
        let Some(resolution) = answer(&universe, &request.clone().lock(&lock)) else {
            continue;
        };
        let changes = lock_changes(&universe, &request, &resolution, &lock);
        if changes.is_empty() {
            continue;
        }
        moved += 1;
        let rules = Rules::new(&world);
        let answers = rules.answers();
        let look = Look::new(&rules, &answers, &resolution);
        let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            changes
                .changes()
                .iter()
                .for_each(|change| look.check(change, &mut counts));
            check_fewest_moves(&look, &changes);
        }));
        assert!(told.is_ok(), "seed {seed}\n{world}\n{changes}");
    }
    println!("{moved} worlds in which something moved: {counts:?}");
    for reason in [
        ChangeReason::Gone,
        ChangeReason::Excluded,
        ChangeReason::Conflict,
        ChangeReason::Requested,
        ChangeReason::Unneeded,
    ] {
        assert!(
            counts.get(&reason).is_some_and(|count| *count > 2),
            "{reason}: {counts:?}"
        );
    }
}
