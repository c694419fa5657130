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

#[test]
fn what_is_installed_stays_unless_it_has_to_move_or_is_named() {
    let releases = "foo 1.0.0: needs lib\n foo 2.0.0: needs lib >=2\n lib 1.0.0\n lib 2.0.0";
    insta::assert_snapshot!(plan(releases, "foo | installed lib 1.0.0"), @r"
    1  install foo 1.0.0 in foo
       1 package stays as it is
    ");
    insta::assert_snapshot!(plan(releases, "foo | installed lib 1.0.0 | upgrade lib"), @r"
    1  upgrade lib from 1.0.0 to 2.0.0 in lib
    2  install foo 2.0.0 in foo
    ");
    insta::assert_snapshot!(plan(releases, "foo >=2 | installed lib 1.0.0"), @r"
    1  upgrade lib from 1.0.0 to 2.0.0 in lib
    2  install foo 2.0.0 in foo
    ");
    insta::assert_snapshot!(plan(releases, "| installed lib 1.0.0 | installed foo 1.0.0 | upgrade all"), @r"
    1  upgrade lib from 1.0.0 to 2.0.0 in lib
    2  upgrade foo from 1.0.0 to 2.0.0 in foo
    ");
}

#[test]
fn upgrades_take_the_hops_that_they_have_to() {
    let releases = "db 1.0.0\n db 1.5.0: replaces 1.0.0\n db 1.6.0: replaces 1.0.0\n db 2.0.0: skips >=1.5, <2\n db 3.0.0: replaces 2.0.0";
    insta::assert_snapshot!(plan(releases, "| installed db 1.0.0 | upgrade db"), @r"
     1  upgrade db from 1.0.0 by 1.6.0 by 2.0.0 to 3.0.0 in db
    ");
    insta::assert_snapshot!(plan(releases, "db <3 | installed db 1.5.0"), @r"
        1 package stays as it is
    ");
    insta::assert_snapshot!(plan(releases, "db =1.0.0 (rollback) | installed db 2.0.0 was 1.0.0"), @r"
     1  rollback db from 2.0.0 to 1.0.0 in db
    ");
}

#[test]
fn what_goes_makes_way_after_whatever_needs_it() {
    let releases = "old 1.0.0\n ui 1.0.0: needs old\n ui 2.0.0: needs new\n new 1.0.0: conflicts old\n tool 1.0.0: needs old";
    insta::assert_snapshot!(plan(releases, "| installed old 1.0.0 | installed tool 1.0.0 | remove old | remove tool"), @r"
    1  uninstall tool 1.0.0 in tool
    2  uninstall old 1.0.0 in old
    ");
    // The new release of the ui cannot wait for the old package to go, which waits for it: so it is not what counts.
    insta::assert_snapshot!(plan(releases, "| installed old 1.0.0 | installed ui 1.0.0 | remove old"), @r"
    1  install new 1.0.0 in new
    2  upgrade ui from 1.0.0 to 2.0.0 in ui
    3  uninstall old 1.0.0 in old
    ");
    let leftovers = "app 1.0.0: needs lib\n app 2.0.0\n lib 1.0.0";
    insta::assert_snapshot!(plan(leftovers, "app >=2 | installed app 1.0.0 requested | installed lib 1.0.0"), @r"
    1  upgrade app from 1.0.0 to 2.0.0 in app
       1 package stays as it is
    ");
    insta::assert_snapshot!(plan(leftovers, "app >=2 | installed app 1.0.0 requested | installed lib 1.0.0 | autoremove"), @r"
    1  upgrade app from 1.0.0 to 2.0.0 in app
    2  uninstall lib 1.0.0 in lib
    ");
}
