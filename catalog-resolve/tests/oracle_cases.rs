//! The oracle itself, on cases worked by hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "a test may fail loudly, and needs only a part of the oracle"
)]

mod oracle;

use oracle::answer::answer;
use oracle::world::World;

fn check<const N: usize>(parts: [&'static str; N], expected: &str) {
    let text = parts.join("\n");
    let world = World::parse(text.clone().leak());
    assert_eq!(answer(&world), expected, "{text}");
}

#[test]
fn what_runs_is_kept_before_a_request_gets_its_newest_version() {
    let world = "lib 1.0.0
                 lib 2.0.0
                 foo 1.0.0
                 foo 2.0.0; needs lib >=2
                 installed lib 1.0.0
                 install foo";
    check([world], "foo 1.0.0, lib 1.0.0");
    check([world, "upgrade lib"], "foo 2.0.0, lib 2.0.0");
    check([world, "upgrade all"], "foo 2.0.0, lib 2.0.0");
    check([world, "install foo >=2"], "foo 2.0.0, lib 2.0.0");
    check([world, "exclude lib 1.0.0"], "foo 1.0.0, lib 1.0.0");
    check(
        [world, "exclude lib 1; even if installed"],
        "foo 2.0.0, lib 2.0.0",
    );
}

#[test]
fn what_several_catalogs_have_is_one_release() {
    let world = "catalogs main extra third
                 lib 1.0.0; from third; also main
                 lib 2.0.0; from extra; also third
                 foo 1.0.0; from main; needs lib * from third
                 bar 1.0.0; from extra; needs lib >=2 from extra";
    check([world, "install lib"], "lib 1.0.0 from main");
    check([world, "install lib; from extra"], "lib 2.0.0 from extra");
    // Who names a catalog gets its newest, be it that another one has an older one too.
    check([world, "install lib; from third"], "lib 2.0.0 from extra");
    check(
        [world, "install foo"],
        "foo 1.0.0 from main, lib 1.0.0 from main",
    );
    let both = "install foo\ninstall bar";
    check(
        [world, both],
        "bar 1.0.0 from extra, foo 1.0.0 from main, lib 2.0.0 from extra",
    );
    // What extra has is not taken from it by what is said of third.
    check(
        [world, both, "exclude lib 2.0.0; from third"],
        "bar 1.0.0 from extra, foo 1.0.0 from main, lib 2.0.0 from extra",
    );
    // Nor is it named after a catalog that it is excluded from, nor preferred for it.
    let main = "exclude lib 1.0.0; from main";
    check([world, "install lib", main], "lib 2.0.0 from extra");
    check([world, "install lib 1", main], "lib 1.0.0 from third");
    check(
        [world, "install lib; from main", main],
        "lib 1.0.0 from third",
    );
    check(
        [world, "install lib 1\nexclude lib v1; from third", main],
        "none",
    );
    let each = "exclude lib 2.0.0; from third\nexclude lib 2.0.0; from extra";
    check([world, both, each], "none");
    let there = "installed lib 2.0.0; from extra; also third";
    check([world, there, each], "lib 2.0.0 from extra");
    check([world, there, each, "upgrade lib"], "lib 2.0.0 from extra");
    let gone =
        "installed lib 3.0.0; from third; also extra\nexclude lib 3; from extra; even if installed";
    check([world, gone], "lib 3.0.0 from third");
    check(
        [world, gone, "exclude lib 3; from third; even if installed"],
        "none",
    );
    check(
        [world, "installed lib 2.0.0; from third\ninstall foo"],
        "foo 1.0.0 from main, lib 2.0.0 from extra",
    );
    check(
        [
            world,
            "locked lib 2.0.0; from gone; also third\ninstall lib",
        ],
        "lib 2.0.0 from extra",
    );
}

#[test]
fn what_is_on_record_is_known_to_each_catalog_that_has_it_still() {
    let world = "catalogs main extra
                 lib 1.0.0; from extra; holds one; needs db
                 lib 2.0.0; from extra; needs db
                 db 1.0.0; from extra";
    let there = "installed db 1.0.0\nautoremove";
    // Once no catalog knows it, nobody knows that it needs `db`.
    let gone = "installed lib 1.0.0; from main; requested";
    check([world, there, gone], "lib 1.0.0 from main");
    let known = "db 1.0.0 from extra, lib 1.0.0 from extra";
    for record in [
        "installed lib 1.0.0; from main; also extra; requested",
        "installed lib 1.0.0; from main; holds one; requested",
    ] {
        check([world, there, record], known);
    }
    // No catalog has what is on record: it keeps the names it has.
    let other = "catalogs main extra\nlib 2.0.0; from extra";
    let record = "installed lib 1.0.0; from gone; also extra; requested";
    check([other, record], "lib 1.0.0 from gone");
    check(
        [other, record, "install lib <2; from extra"],
        "lib 1.0.0 from gone",
    );
}

#[test]
fn a_lock_of_several_catalogs_means_what_was_in_it() {
    let world = "catalogs main extra
                 lib 1.0.0; from main; holds new
                 lib 1.0.0; from extra; holds old";
    let ask = "install lib";
    check(
        [world, ask, "locked lib 1.0.0; from main; also extra"],
        "lib 1.0.0 from main",
    );
    check(
        [
            world,
            ask,
            "locked lib 1.0.0; from main; also extra; holds old",
        ],
        "lib 1.0.0 from extra",
    );
    // Whether or not the lock names the catalog that holds it.
    check(
        [world, ask, "locked lib 1.0.0; from main; holds old"],
        "lib 1.0.0 from extra",
    );
    check(
        [world, ask, "locked lib 1.0.0; from main; holds another"],
        "lib 1.0.0 from main",
    );
    check(
        [world, ask, "locked lib 1.0.0; from gone; holds old"],
        "lib 1.0.0 from extra",
    );
    // The same text comes before the same version in another text, whichever catalog has it.
    let spelled = "catalogs main extra\nlib 1.0; from main\nlib 1.0.0; from extra";
    check(
        [spelled, ask, "locked lib 1.0.0; from main; also extra"],
        "lib 1.0.0 from extra",
    );
    check(
        [spelled, ask, "locked lib 1.0.0; from main"],
        "lib 1.0 from main",
    );
}

#[test]
fn a_prerelease_provides_to_itself_only_what_it_may_provide_to_others() {
    let world = "app 1.0.0
                 app 2.0.0-rc.1; requires storage; provides storage
                 disk 1.0.0; provides storage
                 install app >=2.0.0-rc.1";
    check([world], "app 2.0.0-rc.1, disk 1.0.0");
    check([world, "prereleases of app"], "app 2.0.0-rc.1");
    check([world, "locked app 2.0.0-rc.1"], "app 2.0.0-rc.1");
    check([world, "installed app 2.0.0-rc.1"], "app 2.0.0-rc.1");
    check([world, "exclude disk 1.0.0"], "none");
    let only_one = "app 2.0.0-rc.1; requires storage; provides storage
                    install app";
    check([only_one], "app 2.0.0-rc.1");
}

#[test]
fn autoremove_lets_go_what_nothing_needs() {
    let world = "app 1.0.0; needs lib *
                 lib 1.0.0
                 old 1.0.0
                 held 1.0.0
                 installed app 1.0.0; requested
                 installed lib 1.0.0
                 installed old 1.0.0
                 installed held 1.0.0; pinned";
    check([world], "app 1.0.0, held 1.0.0, lib 1.0.0, old 1.0.0");
    check([world, "autoremove"], "app 1.0.0, held 1.0.0, lib 1.0.0");
    check([world, "autoremove\nremove app"], "held 1.0.0");
    check([world, "remove app"], "held 1.0.0, lib 1.0.0, old 1.0.0");
    check([world, "remove lib"], "none");
    check([world, "remove held"], "none");
    check(
        [world, "remove old\nremove nowhere"],
        "app 1.0.0, held 1.0.0, lib 1.0.0",
    );
}

#[test]
fn upgrades_go_along_edges() {
    let ladder = "a 1.0.0
                  a 2.0.0; replaces 1.0.0
                  a 3.0.0; replaces v2
                  installed a 1.0.0";
    check([ladder], "a 1.0.0");
    check([ladder, "upgrade a"], "a 3.0.0");
    check([ladder, "upgrade a\nexclude a 2.0.0"], "a 1.0.0");
    check([ladder, "upgrade a\nexclude a 2.0.0; from main"], "a 3.0.0");
    check([ladder, "install a =3.0.0"], "a 3.0.0");
    check([ladder, "install a =3.0.0\nexclude a 2.0.0"], "none");
    let upgraded = "installed a 1.0.0\nupgrade a";
    check(
        [
            "a 2.0.0; yanked\na 3.0.0; replaces 2.0.0\na 1.0.0",
            upgraded,
        ],
        "a 1.0.0",
    );
    check(["a 2.0.0\na 3.0.0; skip range >=1 <2", upgraded], "a 3.0.0");
    check(["a 2.0.0\na 3.0.0; skip range >1 <2", upgraded], "a 2.0.0");
    // A hop may be a prerelease, and the installed version need not be one that a catalog has.
    check(
        [
            "a 2.0.0-rc.1; replaces 1.0.0\na 3.0.0; replaces 2.0.0-rc.1",
            upgraded,
        ],
        "a 3.0.0",
    );
    // The same version of another catalog is no way up.
    check(
        [
            "catalogs main extra\na 1.0.0; from main\na 1.0.0; from extra",
            "installed a 1.0.0; from extra\nupgrade a",
        ],
        "a 1.0.0 from extra",
    );
}

#[test]
fn down_goes_only_what_may() {
    let world = "a 1.0.0\na 1.5.0\na 2.0.0";
    let installed = "installed a 2.0.0; history v1";
    check([world, installed, "install a <2"], "none");
    check([world, installed, "install a <2; rollback"], "a 1.0.0");
    check([world, installed, "install a 1.5.0; rollback"], "none");
    let there = "a 1.0.0; namespaced\na 1.5.0; namespaced\na 2.0.0; namespaced\ninstalled a 2.0.0; in other";
    check([there, "install a <2; in other"], "a@other 1.5.0");
    check([there, "install a <2"], "a@home 1.5.0, a@other 2.0.0");
    check([there, "remove a"], "a@other 2.0.0");
    check([there, "remove a; in other"], "");
}

#[test]
fn what_is_pinned_stays() {
    let world = "lib 1.0.0
                 lib 2.0.0
                 foo 2.0.0; needs lib >=2
                 installed lib 1.0.0; pinned";
    check([world, "install foo"], "none");
    check([world, "upgrade lib"], "lib 1.0.0");
    check([world, "install lib"], "lib 1.0.0");
    check([world, "install lib >=2"], "none");
    check([world, "exclude lib 1.0.0; even if installed"], "none");
}

#[test]
fn a_lower_declaration_is_no_action() {
    let world = "a 1.0.0\na 2.0.0\na 3.0.0\ninstalled a 2.0.0";
    check([world, "install a <2"], "none");
    check([world, "install a <2; from main; declaration"], "a 2.0.0");
    check([world, "install a <2; declaration\nupgrade a"], "a 3.0.0");
    check([world, "install a >2; declaration"], "a 3.0.0");
    // The range has a higher version, though no catalog does.
    check([world, "install a <2 || >4; declaration"], "none");
    check(
        ["a 1.0.0\ninstalled a latest", "install a <2; declaration"],
        "none",
    );
    let there = "a 1.0.0; namespaced\na 2.0.0; namespaced\ninstalled a 2.0.0";
    check([there, "install a <2; declaration"], "a@home 1.0.0");
}

#[test]
fn what_an_installed_release_provides_the_cluster_does_not() {
    let world = "prometheus 1.0.0; provides metrics
                 victoria 1.0.0; provides metrics
                 app 1.0.0; requires metrics
                 cluster metrics
                 install app";
    check([world], "app 1.0.0");
    let there = "installed prometheus 1.0.0";
    check([world, there], "app 1.0.0, prometheus 1.0.0");
    check([world, there, "autoremove"], "app 1.0.0, prometheus 1.0.0");
    check(
        [world, there, "remove prometheus"],
        "app 1.0.0, victoria 1.0.0",
    );
    check(
        [world, there, "remove prometheus\nexclude victoria 1.0.0"],
        "none",
    );
    check(
        [world, "installed prometheus 0.1.0"],
        "app 1.0.0, prometheus 0.1.0",
    );
}

#[test]
fn what_is_broken_already_is_not_asked_for() {
    let broken = "a 1.0.0; needs b >=3
                  a 2.0.0; needs b >=3
                  b 1.0.0
                  b 2.0.0
                  c 1.0.0; needs b >=2
                  installed a 1.0.0";
    // b is not installed: nothing is pulled in. A release that is not kept needs all that it says.
    check([broken], "a 1.0.0");
    check([broken, "upgrade a"], "a 1.0.0");
    check([broken, "install a >=2"], "none");
    // b is installed out of range: it must be there, in any release.
    let b = "installed b 1.0.0";
    check([broken, b], "a 1.0.0, b 1.0.0");
    check([broken, b, "install c"], "a 1.0.0, b 2.0.0, c 1.0.0");
    check([broken, b, "remove b"], "none");
    check([broken, b, "autoremove"], "");
    check([broken, b, "autoremove\ninstall a"], "a 1.0.0, b 1.0.0");
    let hit = "a 1.0.0; conflicts b <3; conflicts c *; requires metrics; likes d >=2
               b 1.0.0
               b 2.0.0
               c 1.0.0
               d 1.0.0
               installed a 1.0.0
               installed b 1.0.0
               installed d 1.0.0";
    check([hit, "upgrade b"], "a 1.0.0, b 2.0.0, d 1.0.0");
    check([hit, "install c"], "none");
    check([hit, "remove d\ninstall d"], "none");
    let clash = "a 1.0.0; ships crd/x one\nb 1.0.0; ships crd/x two\nb 2.0.0; ships crd/x two";
    let both = "installed a 1.0.0\ninstalled b 1.0.0";
    check([clash, both], "a 1.0.0, b 1.0.0");
    check([clash, both, "install b >=2"], "none");
    check([clash, "installed a 1.0.0\ninstall b"], "none");
}

#[test]
fn only_what_is_not_kept_waits() {
    let cycle =
        "a 1.0.0; needs b *\nb 1.0.0; needs a *\na 2.0.0; needs b >=1\nb 2.0.0; needs a >=2";
    check([cycle, "install a"], "none");
    check(
        [cycle, "installed a 1.0.0\ninstalled b 1.0.0"],
        "a 1.0.0, b 1.0.0",
    );
    // a 2 does not wait for b, which is there in range.
    check(
        [
            cycle,
            "installed a 1.0.0\ninstalled b 1.0.0\nupgrade all\ninstall b",
        ],
        "a 2.0.0, b 2.0.0",
    );
    let strict = "a 1.0.0\nb 1.0.0\na 2.0.0; needs b >=2\nb 2.0.0; needs a >=2";
    check(
        [
            strict,
            "installed a 1.0.0\ninstalled b 1.0.0\ninstall a >=2",
        ],
        "none",
    );
}

#[test]
fn locks_come_before_what_is_installed() {
    let world = "a 1.0.0\na 2.0.0\na 3.0.0\ninstalled a 1.0.0";
    check([world, "locked a 2"], "a 2.0.0");
    check([world, "locked a 2\nupgrade a"], "a 3.0.0");
    check([world, "locked a 2.1.0"], "a 1.0.0");
    let world = "a 1.0.0; yanked\na 2.0.0\na 3.0.0-rc.1\nb 1.0.0";
    check(
        [world, "locked a 1.0.0\nlocked b 1.0.0\ninstall a"],
        "a 1.0.0",
    );
    check([world, "locked a 3.0.0-rc.1\ninstall a"], "a 3.0.0-rc.1");
    check([world, "locked a 1.0.0\nupgrade a\ninstall a"], "a 2.0.0");
    check(
        [world, "locked a 1.0.0\nupgrade a\ninstall a <2"],
        "a 1.0.0",
    );
    check([world, "locked a 2.0.0\nlocked b 1.0.0"], "");
}

#[test]
fn opaque_releases_say_nothing_and_stay() {
    let world = "app 1.0.0; needs ghost *
                 app 2.0.0; needs ghost >=2
                 app 0.1.0; conflicts ghost <9
                 installed ghost latest";
    check([world], "ghost latest");
    check([world, "install app"], "app 1.0.0, ghost latest");
    check([world, "install app <1"], "app 0.1.0, ghost latest");
    check([world, "install app\nremove ghost"], "app 0.1.0");
    check([world, "upgrade ghost"], "ghost latest");
    let newer = "a 1.0.0\na 2.0.0\na 3.0.0-rc.1";
    check([newer, "installed a 1.5.0; from main"], "a 1.5.0 from main");
    check([newer, "installed a 1.5.0\nupgrade a"], "a 2.0.0");
    check([newer, "installed a latest\nupgrade a"], "a latest");
    check(
        [newer, "installed a 1.5.0\ninstall a 3.0.0-rc.1"],
        "a 3.0.0-rc.1",
    );
    check([newer, "installed a 1.5.0\nlocked a 1.5.0"], "a 1.5.0");
}

#[test]
fn an_installed_instance_that_nobody_asks_for_takes_no_prerelease() {
    let world = "a 1.0.0\na 2.0.0-rc.1\nb 1.0.0; needs a >=2.0.0-rc.1\ninstall b";
    check([world], "a 2.0.0-rc.1, b 1.0.0");
    check([world, "installed a 1.0.0"], "none");
    check(
        [world, "installed a 1.0.0\nprereleases of a"],
        "a 2.0.0-rc.1, b 1.0.0",
    );
}

#[test]
fn fewest_changes_count_before_the_order_of_names() {
    let world = "foo 1.0.0; needs x >=2
                 foo 2.0.0; needs y >=2; needs z >=2
                 x 1.0.0\nx 2.0.0\ny 1.0.0\ny 2.0.0\nz 1.0.0\nz 2.0.0
                 installed x 1.0.0\ninstalled y 1.0.0\ninstalled z 1.0.0
                 install foo";
    check([world], "foo 2.0.0, x 1.0.0, y 2.0.0, z 2.0.0");
    check(
        [world, "fewest changes"],
        "foo 1.0.0, x 2.0.0, y 1.0.0, z 1.0.0",
    );
}

#[test]
fn providers_that_are_installed_come_first() {
    let world = "app 1.0.0; requires metrics; likes d *
                 a 1.0.0; provides metrics; deprecated
                 b 1.0.0; provides metrics
                 c 1.0.0
                 c 2.0.0; provides metrics
                 d 1.0.0; provides metrics
                 install app";
    check([world], "app 1.0.0, d 1.0.0");
    check([world, "exclude d 1.0.0"], "app 1.0.0, b 1.0.0");
    check(
        [world, "exclude d 1.0.0\nexclude b 1.0.0"],
        "app 1.0.0, c 2.0.0",
    );
    check([world, "locked a 1.0.0"], "a 1.0.0, app 1.0.0");
    // c stays as it is, so another has to provide.
    check([world, "installed c 1.0.0"], "app 1.0.0, c 1.0.0, d 1.0.0");
    check(
        [world, "installed c 1.0.0\nupgrade c"],
        "app 1.0.0, c 2.0.0",
    );
}
