//! What is chosen, case by case, each a line or two of universe, a request and the answer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod scenario;

use catalog_resolve::{Outcome, resolve};
use scenario::{request, universe};

/// The chosen releases as `name version`, `name version in namespace` where the package has an instance in each.
#[track_caller]
fn check(releases: &str, wanted: &str, expected: &str) {
    let universe = universe(releases);
    let found = match resolve(&universe, &request(wanted)) {
        Outcome::Resolved(resolution) => {
            let releases = resolution.releases().iter().map(|r| {
                let catalog = r
                    .catalog()
                    .map_or_else(String::new, |catalog| format!(" from {catalog}"));
                let is_namespaced =
                    releases.contains(&format!("{} {}: namespaced", r.package(), r.version()));
                let place = if is_namespaced {
                    format!(" in {}", r.namespace())
                } else {
                    String::new()
                };
                format!("{} {}{place}{catalog}", r.package(), r.version())
            });
            releases.collect::<Vec<_>>().join(", ")
        }
        Outcome::Conflict(conflict) => conflict.explain().text(),
        other => format!("{other:?}"),
    };
    assert_eq!(found, expected);
}

#[test]
fn the_newest_that_goes_together() {
    check("a 1.0.0\n a 1.1.0\n a 1.10.0", "a", "a 1.10.0");
    check(
        "a 2.0.0: needs b <2\n a 1.0.0: needs b\n b 1.0.0\n b 2.0.0",
        "a",
        "a 2.0.0, b 1.0.0",
    );
    check(
        "a 2.0.0: needs b >=3\n a 1.0.0: needs b\n b 1.0.0\n b 2.0.0",
        "a",
        "a 1.0.0, b 2.0.0",
    );
}

#[test]
fn a_prerelease_provides_to_itself_only_where_prereleases_are_allowed() {
    let releases = "app 1.0.0\n app 2.0.0-rc.1: requires storage; provides storage\n disk 1.0.0: provides storage";
    let wanted = "app >=2.0.0-rc.1";
    check(releases, wanted, "app 2.0.0-rc.1, disk 1.0.0");
    let allowed = format!("{wanted} | prereleases of app");
    check(releases, &allowed, "app 2.0.0-rc.1");
    let alone = "app 1.0.0\n app 2.0.0-rc.1: requires storage; provides storage";
    let told = "cannot install app >=2.0.0-rc.1\n  app 2.0.0-rc.1 needs the capability storage, which only prereleases provide: app 2.0.0-rc.1";
    check(alone, wanted, told);
}

#[test]
fn the_order_of_items_decides_ties() {
    let either = "a 1.0.0\n a 2.0.0: conflicts b >=2\n b 1.0.0\n b 2.0.0";
    check(either, "a, b", "a 2.0.0, b 1.0.0");
    check(either, "b, a", "a 1.0.0, b 2.0.0");
}

#[test]
fn a_deep_package_gives_way_to_a_shallow_one() {
    let releases = "app 1.0.0: needs front; needs back\n front 1.0.0: needs base <2\n front 2.0.0: needs base >=2
        back 1.0.0: needs base\n back 2.0.0: needs base <2\n base 1.0.0\n base 2.0.0";
    check(
        releases,
        "app",
        "app 1.0.0, back 2.0.0, base 1.0.0, front 1.0.0",
    );
}

#[test]
fn optional_dependencies_are_obeyed_but_not_pulled_in() {
    let releases = "a 1.0.0: likes b <2\n b 1.0.0\n b 2.0.0\n c 1.0.0: needs b";
    check(releases, "a", "a 1.0.0");
    check(releases, "a, b", "a 1.0.0, b 1.0.0");
    check(releases, "c, a", "a 1.0.0, b 1.0.0, c 1.0.0");
    check("a 1.0.0: likes nothing >=1", "a", "a 1.0.0");
}

#[test]
fn prereleases_are_named_or_allowed_or_all_there_is() {
    let releases = "a 1.0.0\n a 2.0.0-rc.1\n only 0.1.0-alpha.2\n only 0.1.0-alpha.1";
    check(releases, "a", "a 1.0.0");
    check(releases, "a >=2.0.0-beta", "a 2.0.0-rc.1");
    check(releases, "a >=1.0.0-rc", "a 1.0.0");
    check(releases, "a | prereleases of a", "a 2.0.0-rc.1");
    check(releases, "only", "only 0.1.0-alpha.2");
    check(
        "a 1.0.0: needs b\n b 1.0.0-rc.1\n b 0.9.0",
        "a",
        "a 1.0.0, b 0.9.0",
    );
}

#[test]
fn what_is_yanked_is_for_who_asks_for_it_exactly() {
    let releases = "a 1.0.0\n a 1.1.0: yanked broken\n b 1.0.0: needs a =1.1.0\n b 0.9.0";
    check(releases, "a", "a 1.0.0");
    check(releases, "a 1.1.0", "a 1.1.0");
    check(releases, "b", "b 0.9.0");
    check(releases, "b, a =1.1.0", "a 1.1.0, b 1.0.0");
}

#[test]
fn exclusions_are_about_one_release() {
    check(
        "a 1.0.0\n a 2.0.0",
        "a | exclude a 2.0.0: too new",
        "a 1.0.0",
    );
    check("a 1.0.0", "a | exclude b 2.0.0: not there", "a 1.0.0");
}

#[test]
fn capabilities_are_provided_by_the_cluster_by_themselves_or_by_another() {
    let releases = "a 1.0.0: requires x\n p 1.0.0: provides x\n p 2.0.0\n q 1.0.0: provides x";
    check(releases, "a | cluster x", "a 1.0.0");
    // q at its newest before p at an older release.
    check(releases, "a", "a 1.0.0, q 1.0.0");
    check(releases, "a, p", "a 1.0.0, p 2.0.0, q 1.0.0");
    check(releases, "a, p <2", "a 1.0.0, p 1.0.0");
    check(
        "a 1.0.0: requires x; provides x\n p 1.0.0: provides x",
        "a",
        "a 1.0.0",
    );
}

#[test]
fn providers_are_preferred_as_stated() {
    check(
        "a 1.0.0: requires x; likes q\n p 1.0.0: provides x\n q 1.0.0: provides x",
        "a",
        "a 1.0.0, q 1.0.0",
    );
    check(
        "a 1.0.0: requires x\n p 1.0.0: provides x; deprecated\n q 1.0.0: provides x",
        "a",
        "a 1.0.0, q 1.0.0",
    );
    check(
        "a 1.0.0: requires x\n p 1.0.0: provides x\n q 1.0.0: provides x",
        "a",
        "a 1.0.0, p 1.0.0",
    );
    // One that brings another provider along is not alone.
    let along = "a 1.0.0: requires x\n p 1.0.0: provides x; needs q\n q 1.0.0: provides x";
    check(along, "a", "a 1.0.0, q 1.0.0");
    let catalogs =
        "catalogs main extra\n a 1.0.0: requires x; from main\n p 1.0.0: provides x; from extra
        q 1.0.0: provides x; from main";
    check(catalogs, "a", "a 1.0.0 from main, q 1.0.0 from main");
}

#[test]
fn catalogs_have_priority_over_versions() {
    let releases = "catalogs main extra\n a 1.0.0: from main\n a 2.0.0: from extra\n b 1.0.0: needs a >=2; from main
        c 1.0.0: needs a * from extra; from main";
    check(releases, "a", "a 1.0.0 from main");
    check(releases, "a (from extra)", "a 2.0.0 from extra");
    check(releases, "b", "a 2.0.0 from extra, b 1.0.0 from main");
    check(releases, "c", "a 2.0.0 from extra, c 1.0.0 from main");
}

#[test]
fn namespaced_packages_have_an_instance_where_it_is_asked_for() {
    let releases =
        "agent 1.0.0: namespaced\n agent 2.0.0: namespaced\n tool 1.0.0: namespaced; needs agent <2
        operator 1.0.0: lives system; needs agent";
    check(releases, "agent", "agent 2.0.0 in default");
    check(
        releases,
        "agent (in x), agent 1 (in y)",
        "agent 2.0.0 in x, agent 1.0.0 in y",
    );
    check(
        releases,
        "tool (in x), agent (in y)",
        "agent 1.0.0 in x, agent 2.0.0 in y, tool 1.0.0 in x",
    );
    check(
        releases,
        "operator",
        "agent 2.0.0 in system, operator 1.0.0",
    );
}

#[test]
fn a_namespaced_provider_is_seen_where_it_is() {
    let releases = "a 1.0.0: namespaced; requires x\n p 1.0.0: namespaced; provides x";
    check(
        releases,
        "a (in n), p (in m)",
        "a 1.0.0 in n, p 1.0.0 in m, p 1.0.0 in n",
    );
    check(releases, "a (in n), p (in n)", "a 1.0.0 in n, p 1.0.0 in n");
}

/// What is installed stays if something can need it, also from a namespace that nothing but the catalog names.
#[test]
fn who_can_need_something_is_found_where_it_would_live() {
    let releases = |says: &str| {
        format!(
            "operator 3.0.0: lives system; needs base 2\n operator 2.0.0: lives system\n operator 1.0.0: lives system; {says}
            agent 1.0.0: namespaced; provides metrics; needs base\n other 1.0.0: namespaced; requires metrics\n base 1.0.0\n base 2.0.0"
        )
    };
    let wanted = "operator | installed base 1.0.0 in x | autoremove";
    for says in ["needs agent", "requires metrics", "needs other"] {
        check(&releases(says), wanted, "operator 2.0.0");
    }
    let nobody = "base 2.0.0, operator 3.0.0";
    check(&releases("likes agent"), wanted, nobody);
}

#[test]
fn conflicts_reach_a_namespace_or_the_cluster() {
    let releases = "a 1.0.0: namespaced; conflicts b\n a 0.9.0: namespaced\n b 1.0.0: namespaced
        c 1.0.0: conflicts b\n c 0.9.0";
    check(releases, "b (in n), a (in m)", "a 1.0.0 in m, b 1.0.0 in n");
    check(releases, "b (in n), a (in n)", "a 0.9.0 in n, b 1.0.0 in n");
    check(releases, "b (in n), c", "b 1.0.0 in n, c 0.9.0");
}

#[test]
fn shared_definitions_must_be_the_same() {
    let releases = "a 1.0.0: ships crd/x one\n a 2.0.0: ships crd/x two\n b 1.0.0: ships crd/x one";
    check(releases, "a", "a 2.0.0");
    check(releases, "a, b", "a 1.0.0, b 1.0.0");
}

#[test]
fn cycles_are_for_groups() {
    let releases = "a 1.0.0: needs b\n a 2.0.0: needs b; group g\n b 1.0.0: needs a\n b 2.0.0: needs a; group g
        c 1.0.0: needs d\n c 0.9.0\n d 1.0.0: needs c";
    check(releases, "a", "a 2.0.0, b 2.0.0");
    check(releases, "c", "c 0.9.0");
    check(releases, "d", "c 0.9.0, d 1.0.0");
    let regrouped =
        "a 1.0.0: needs b; group g\n b 2.0.0: needs a; group h\n b 1.0.0: needs a; group g";
    check(regrouped, "a", "a 1.0.0, b 1.0.0");
}

#[test]
fn nothing_comes_that_nobody_needs() {
    check("", "", "");
    check("a 1.0.0\n b 1.0.0: needs a", "a", "a 1.0.0");
}
