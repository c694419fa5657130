//! In which order answers are carried out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "a test may fail loudly, and needs only a part of the scenarios"
)]

mod scenario;

use catalog_resolve::{Outcome, resolve};
use scenario::{request, universe};

fn plan(releases: &str, wanted: &str) -> String {
    let Outcome::Resolved(resolution) = resolve(&universe(releases), &request(wanted)) else {
        panic!("there is an answer");
    };
    resolution.plan().to_string()
}

#[test]
fn what_is_needed_comes_first_and_the_rest_at_the_same_time() {
    let releases = "suite 1.0.0: needs shop; needs crm\n shop 1.0.0: needs db\n crm 1.0.0\n db 1.0.0: lives data";
    insta::assert_snapshot!(plan(releases, "suite"), @r"
     1  install crm 1.0.0 in crm
     1  install db 1.0.0 in data
     2  install shop 1.0.0 in shop
     3  install suite 1.0.0 in suite
    ");
}

#[test]
fn providers_and_optional_dependencies_come_first_too() {
    let releases =
        "app 1.0.0: requires crd; likes cache\n operator 1.0.0: provides crd\n cache 1.0.0";
    insta::assert_snapshot!(plan(releases, "app, cache"), @r"
     1  install cache 1.0.0 in cache
     1  install operator 1.0.0 in operator
     2  install app 1.0.0 in app
    ");
}

#[test]
fn unless_that_would_close_a_cycle() {
    // base likes app, app requires what operator provides, operator needs base: not all three can be obeyed.
    let releases = "app 1.0.0: requires crd\n operator 1.0.0: provides crd; needs base\n base 1.0.0: likes app";
    insta::assert_snapshot!(plan(releases, "app"), @r"
     1  install base 1.0.0 in base
     2  install operator 1.0.0 in operator
     3  install app 1.0.0 in app
    ");
}

#[test]
fn members_of_a_group_that_need_each_other_are_on_one_level() {
    let releases = "a 1.0.0: needs b; group g\n b 1.0.0: needs a; needs c; group g\n c 1.0.0\n d 1.0.0: needs a";
    insta::assert_snapshot!(plan(releases, "d"), @r"
     1  install c 1.0.0 in c
     2  install a 1.0.0 in a
     2  install b 1.0.0 in b
     3  install d 1.0.0 in d
    ");
}
