//! Taking packages away, and who is in the way.

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
mod scenario;

use std::time::{Duration, Instant};

use catalog_model::InstalledRelease;
use catalog_resolve::{
    Action, Outcome, ReleaseSpec, Request, Resolution, Uninstall, Universe, resolve, uninstall,
};
use oracle::random::{Random, world};
use oracle::world::{Installed, Removal, World};
use proptest::prelude::*;
use scenario::{request, universe};

/// The plan, or the refusal.
fn outcome(releases: &str, wanted: &str) -> String {
    match uninstall(&universe(releases), &request(wanted)) {
        Uninstall::Planned(resolution) => resolution.plan().to_string(),
        Uninstall::Refused(refusal) => refusal.to_string(),
        other => panic!("{other:?}"),
    }
}

const SHOP: &str =
    "suite 1.0.0: needs shop >=1\n shop 1.0.0: needs db ^1\n shop 2.0.0\n db 1.0.0\n tool 1.0.0";
const ALL: &str = "| installed suite 1.0.0 requested | installed shop 1.0.0 | installed db 1.0.0 | installed tool 1.0.0";

#[test]
fn what_nothing_needs_goes_alone() {
    insta::assert_snapshot!(outcome(SHOP, &format!("{ALL} | remove tool")), @r"
    1  uninstall tool 1.0.0 in tool
       3 packages stay as they are
    ");
    insta::assert_snapshot!(outcome(SHOP, &format!("{ALL} | remove db | remove suite | remove shop")), @r"
    1  uninstall suite 1.0.0 in suite
    2  uninstall shop 1.0.0 in shop
    3  uninstall db 1.0.0 in db
       1 package stays as it is
    ");
}

#[test]
fn whatever_needs_it_is_named() {
    insta::assert_snapshot!(outcome(SHOP, &format!("{ALL} | remove db")), @r"
    cannot uninstall db
      shop 1.0.0 needs db ^1
      suite 1.0.0 needs shop >=1
    this would help: uninstall shop, suite too
    this would help: upgrade shop to 2.0.0
    ");
    // What the user may not have is no repair.
    insta::assert_snapshot!(outcome(SHOP, &format!("{ALL} | remove db | exclude shop 2.0.0: not here")), @r"
    cannot uninstall db
      shop 1.0.0 needs db ^1
      suite 1.0.0 needs shop >=1
    this would help: uninstall shop, suite too
    ");
}

#[test]
fn what_is_pinned_stays() {
    let pinned = "| installed shop 1.0.0 pinned | installed db 1.0.0";
    insta::assert_snapshot!(outcome(SHOP, &format!("{pinned} | remove shop")), @r"
    cannot uninstall shop
      shop is pinned
    this would help: unpin shop
    ");
    insta::assert_snapshot!(outcome(SHOP, &format!("{pinned} | remove db")), @r"
    cannot uninstall db
      shop 1.0.0 needs db ^1 and is pinned
    this would help: unpin shop, and uninstall shop too
    ");
    insta::assert_snapshot!(outcome(SHOP, &format!("{pinned} | installed suite 1.0.0 | remove shop")), @r"
    cannot uninstall shop
      shop is pinned
      suite 1.0.0 needs shop >=1
    this would help: unpin shop, and uninstall suite too
    ");
}

#[test]
fn what_is_not_there_cannot_go() {
    insta::assert_snapshot!(outcome(SHOP, "| installed db 1.0.0 | remove db | remove ghost | remove shop"), @r"
    cannot uninstall db, ghost, shop
      ghost is not installed
      shop is not installed
    ");
}

#[test]
fn a_capability_is_needed_as_long_as_nobody_else_gives_it() {
    let releases = "app 1.0.0: requires ingress\n nginx 1.0.0: provides ingress\n traefik 1.0.0: provides ingress";
    let both = "| installed app 1.0.0 | installed nginx 1.0.0 | installed traefik 1.0.0";
    insta::assert_snapshot!(outcome(releases, &format!("{both} | remove nginx")), @r"
    1  uninstall nginx 1.0.0 in nginx
       2 packages stay as they are
    ");
    insta::assert_snapshot!(outcome(releases, &format!("{both} | remove nginx | remove traefik")), @r"
    cannot uninstall nginx, traefik
      app 1.0.0 needs the capability ingress
    this would help: uninstall app too
    ");
    insta::assert_snapshot!(outcome(releases, "| installed app 1.0.0 | installed nginx 1.0.0 | remove nginx"), @r"
    cannot uninstall nginx
      app 1.0.0 needs the capability ingress
    this would help: uninstall app too
    this would help: install traefik 1.0.0
    ");
}

#[test]
fn instances_of_one_package_are_told_apart() {
    let releases = "agent 1.0.0: namespaced; needs db\n db 1.0.0";
    insta::assert_snapshot!(outcome(releases, "| installed db 1.0.0 | installed agent 1.0.0 in x | installed agent 1.0.0 in y | remove db"), @r"
    cannot uninstall db
      agent 1.0.0 in x needs db
      agent 1.0.0 in y needs db
    this would help: uninstall agent in x, agent in y too
    ");
    let several =
        "| installed agent 1.0.0 in x | installed agent 1.0.0 in y pinned | installed db 1.0.0";
    insta::assert_snapshot!(outcome(releases, &format!("{several} | remove agent")), @r"
    cannot uninstall agent in default
      agent is not installed in default: it is in x, y
    ");
    insta::assert_snapshot!(outcome(releases, &format!("{several} | remove agent in x | remove agent in y | remove agent in y")), @r"
    cannot uninstall agent in x, agent in y
      agent in y is pinned
    this would help: unpin agent in y
    ");
}

#[test]
fn what_moves_in_several_namespaces_is_told_apart() {
    let releases = "agent 1.0.0: namespaced; needs db\n agent 2.0.0: namespaced\n db 1.0.0";
    insta::assert_snapshot!(outcome(releases, "| installed db 1.0.0 | installed agent 1.0.0 in x | installed agent 1.0.0 in y | remove db"), @r"
    cannot uninstall db
      agent 1.0.0 in x needs db
      agent 1.0.0 in y needs db
    this would help: uninstall agent in x, agent in y too
    this would help: upgrade agent to 2.0.0 in x, upgrade agent to 2.0.0 in y
    ");
}

#[test]
fn what_was_not_found_within_the_budget_is_not_denied() {
    let request = request(&format!("{ALL} | remove db"));
    let refusal = |budget: u64| match uninstall(&universe(SHOP), &request.clone().budget(budget)) {
        Uninstall::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    };
    let settled = refusal(1_000);
    assert!(settled.is_settled() && settled.by_moving().is_some());
    let given_up = refusal(0);
    assert!(!given_up.is_settled() && given_up.by_moving().is_none());
    insta::assert_snapshot!(given_up, @r"
    cannot uninstall db
      shop 1.0.0 needs db ^1
      suite 1.0.0 needs shop >=1
    the search for what would help ended with its budget
    ");
}

#[test]
fn what_is_in_the_way_has_a_package_unless_it_is_a_conflict() {
    let refused = uninstall(&universe(SHOP), &request("| remove ghost"));
    let Uninstall::Refused(refusal) = refused else {
        panic!("it is not there")
    };
    let obstacle = &refusal.obstacles()[0];
    assert_eq!(
        (obstacle.package(), obstacle.namespace()),
        (Some("ghost"), Some("default"))
    );
}

#[test]
fn leftovers_go_if_asked() {
    let all = "| installed app 1.0.0 requested | installed lib 1.0.0";
    let releases = "app 1.0.0: needs lib\n lib 1.0.0";
    insta::assert_snapshot!(outcome(releases, &format!("{all} | remove app")), @r"
    1  uninstall app 1.0.0 in app
       1 package stays as it is
    ");
    insta::assert_snapshot!(outcome(releases, &format!("{all} | remove app | autoremove")), @r"
    1  uninstall app 1.0.0 in app
    2  uninstall lib 1.0.0 in lib
    ");
}

#[test]
fn a_leftover_is_not_in_the_way() {
    let releases =
        "root 1.0.0: needs helper\n helper 1.0.0: needs lib\n user 1.0.0: needs helper\n lib 1.0.0";
    let leftovers = "| installed helper 1.0.0 | installed user 1.0.0 | installed lib 1.0.0 | remove lib | autoremove";
    insta::assert_snapshot!(outcome(releases, leftovers), @r"
    1  uninstall user 1.0.0 in user
    2  uninstall helper 1.0.0 in helper
    3  uninstall lib 1.0.0 in lib
    ");
    // It is, if something that stays needs it; what only needs it itself is still not.
    insta::assert_snapshot!(outcome(releases, &format!("{leftovers} | installed root 1.0.0 requested")), @r"
    cannot uninstall lib
      helper 1.0.0 needs lib
      root 1.0.0 needs helper
    this would help: uninstall helper, root too
    ");
}

#[test]
fn as_json() {
    let refused = uninstall(&universe(SHOP), &request(&format!("{ALL} | remove db")));
    let Uninstall::Refused(refusal) = refused else {
        panic!("it is needed")
    };
    assert_eq!(
        refusal.to_json(),
        serde_json::json!({
            "status": "refused", "obstacles": [],
            "neededBy": [
                {"package": "shop", "version": "1.0.0", "namespace": "shop", "needs": ["needs db ^1"], "direct": true, "pinned": false},
                {"package": "suite", "version": "1.0.0", "namespace": "suite", "needs": ["needs shop >=1"], "direct": false, "pinned": false},
            ],
            "repairs": ["uninstall shop, suite too", "upgrade shop to 2.0.0"],
            "settled": true,
        })
    );
    assert_eq!(refusal.with_dependants().unwrap().removed().len(), 3);
    assert!(refusal.dependants()[0].is_direct());
}

#[test]
fn a_long_chain_goes_in_time() {
    let count = 10_000;
    let name = |at: usize| format!("p-{at:06}");
    let mut builder = Universe::builder();
    for at in 0..count {
        let spec = ReleaseSpec::new(name(at), "1.0.0");
        builder.add(if at == 0 {
            spec
        } else {
            spec.dependency(name(at - 1), "*")
        });
    }
    let universe = builder.build();
    let installed = (0..count).map(|at| InstalledRelease::new(name(at), "1.0.0", "x"));
    let request = installed
        .fold(Request::new(), Request::installed)
        .remove(name(0));
    let begin = Instant::now();
    let Uninstall::Refused(refusal) = uninstall(&universe, &request) else {
        panic!("it is needed")
    };
    println!(
        "{} dependants: {:?}",
        refusal.dependants().len(),
        begin.elapsed()
    );
    assert_eq!(refusal.dependants().len(), count - 1);
    assert_eq!(refusal.with_dependants().unwrap().removed().len(), count);
    assert!(begin.elapsed() < Duration::from_secs(30));
}

/// A world of which nothing but what is installed counts, and some of that is to go.
fn farewell(seed: u64) -> World {
    let mut world = world(seed);
    let r = &mut Random::new(seed);
    world.items.clear();
    world.upgrades.clear();
    world.upgrades_all = false;
    world.locked.clear();
    world.exclusions.clear();
    world.removals.clear();
    world.autoremoves = r.once_in(3);
    for record in &mut world.installed {
        record.is_pinned = r.once_in(8);
    }
    for record in &world.installed {
        if !record.is_pinned && r.once_in(3) {
            let (package, namespace) = (record.package.clone(), Some(record.namespace));
            world.removals.push(Removal { package, namespace });
        }
    }
    world
}

/// Whether something installed does not go by itself.
fn stays(world: &World, record: &Installed) -> bool {
    !world.autoremoves || record.is_requested || record.is_pinned
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// What is asked for can go exactly if there is an answer with all else pinned that stays; if it cannot, nothing less than the dependants
    /// that stay has to go with it.
    #[test]
    fn it_is_refused_exactly_if_something_else_would_have_to_move(seed in any::<u64>()) {
        let world = farewell(seed);
        if !world.removals.is_empty() {
            let universe = world.universe();
            let mut pinned = world.clone();
            let is_to_go = |package: &str, namespace| {
                let mut removals = world.removals.iter();
                removals.any(|r| r.package == package && (r.namespace == Some(namespace) || !world.is_namespaced(package)))
            };
            for record in &mut pinned.installed {
                record.is_pinned = stays(&world, record) && !is_to_go(&record.package, record.namespace);
            }
            // Nothing that is pinned moves, but something new could come in the place of what goes.
            let only_goes = |resolution: &Resolution| {
                let plan = resolution.plan();
                plan.steps().iter().all(|step| matches!(step.action(), Action::Keep | Action::Uninstall))
            };
            let can_go = match resolve(&universe, &pinned.request()) {
                Outcome::Resolved(resolution) => only_goes(&resolution),
                _ => false,
            };
            match uninstall(&universe, &world.request()) {
                Uninstall::Planned(resolution) => {
                    prop_assert!(can_go, "{}", world);
                    prop_assert!(only_goes(&resolution));
                    if !world.autoremoves {
                        prop_assert_eq!(resolution.removed().len(), world.removals.len());
                    }
                }
                Uninstall::Refused(refusal) => {
                    prop_assert!(!can_go, "{}\n{}", world, refusal);
                    prop_assert!(refusal.obstacles().is_empty() && !refusal.dependants().is_empty());
                    let all: Vec<_> = refusal.dependants().iter().collect();
                    let without = |left_out: Option<usize>| {
                        let others = all.iter().enumerate().filter(|(at, _)| Some(*at) != left_out);
                        others.fold(world.request(), |request, (_, one)| request.remove_from(one.namespace(), one.package()))
                    };
                    if all.iter().all(|one| !one.is_pinned()) {
                        prop_assert!(matches!(uninstall(&universe, &without(None)), Uninstall::Planned(_)), "{}", world);
                        prop_assert!(refusal.with_dependants().is_some());
                    }
                    let staying = (0..all.len()).filter(|at| {
                        let (package, namespace) = (all[*at].package(), all[*at].namespace());
                        let mut records = world.installed.iter();
                        let record = records.find(|r| r.package == package && r.namespace == namespace);
                        stays(&world, record.unwrap())
                    });
                    let staying: Vec<usize> = staying.collect();
                    prop_assert!(!staying.is_empty(), "{}\n{}", world, refusal);
                    for at in staying {
                        prop_assert!(matches!(uninstall(&universe, &without(Some(at))), Uninstall::Refused(_)), "{}", world);
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    }
}
