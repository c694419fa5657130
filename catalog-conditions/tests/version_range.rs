//! Package ranges: what each form takes, its canonical text, what is refused, and what the author is told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

use catalog_conditions::version::{Prereleases, Version, VersionRange};

fn range(text: &str) -> VersionRange {
    VersionRange::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

fn version(text: &str) -> Version {
    Version::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

/// Which of a row of versions, separated by spaces, a range takes.
fn taken(text: &str, versions: &str, prereleases: Prereleases) -> String {
    let range = range(text);
    let taken: Vec<&str> = versions
        .split(' ')
        .filter(|text| range.matches(&version(text), prereleases))
        .collect();
    taken.join(" ")
}

#[test]
fn each_form_takes_what_its_users_expect() {
    let check = |text: &str, takes: &str| {
        let all = "0.0.0 0.0.3 0.0.4 0.1.0 0.2.3 0.2.9 0.3.0 1.0.0 1.1.9 1.2.0 1.2.3 1.2.4 1.3.0 1.9.9 2.0.0 2.3.0 2.3.9 2.4.0 3.0.0";
        assert_eq!(taken(text, all, Prereleases::Named), takes, "{text}");
    };
    let all = "0.0.0 0.0.3 0.0.4 0.1.0 0.2.3 0.2.9 0.3.0 1.0.0 1.1.9 1.2.0 1.2.3 1.2.4 1.3.0 1.9.9 2.0.0 2.3.0 2.3.9 2.4.0 3.0.0";
    for text in [
        "",
        " ",
        "*",
        "x",
        "X",
        "x.x.x",
        "v*",
        "~*",
        "^*",
        ">=*",
        "<=x",
        "=*",
        "*-0",
        "* - *",
        "1.2.3 || *",
        ">=0",
    ] {
        check(text, all);
    }
    for text in [
        "1.2.3",
        "=1.2.3",
        "= 1.2.3",
        "==1.2.3",
        "v1.2.3",
        "=v1.2.3",
        "V1.2.3",
        "1.2.03",
        ">=1.2.3 <=1.2.3",
    ] {
        check(text, "1.2.3");
    }
    for text in [
        "1.2",
        "=1.2",
        "1.2.x",
        "1.2.X",
        "1.2.*",
        "v1.2",
        "~1.2",
        "~1.2.x",
        "~ 1.2",
        "~1.2.0",
        "~>1.2.0",
        ">=1.2 <1.3",
    ] {
        check(text, "1.2.0 1.2.3 1.2.4");
    }
    for text in [
        "1", "1.x", "1.X.X", "1.x.x", "~1", "^1", "^1.x", "~>1", "~> 1.0", "^1.0.0", "1.*",
    ] {
        check(text, "1.0.0 1.1.9 1.2.0 1.2.3 1.2.4 1.3.0 1.9.9");
    }
    check("0", "0.0.0 0.0.3 0.0.4 0.1.0 0.2.3 0.2.9 0.3.0");
    check("^0", "0.0.0 0.0.3 0.0.4 0.1.0 0.2.3 0.2.9 0.3.0");
    check("^0.0", "0.0.0 0.0.3 0.0.4");
    check("^0.0.3", "0.0.3");
    check("^0.2", "0.2.3 0.2.9");
    check("^0.2.3", "0.2.3 0.2.9");
    check("^1.2.3", "1.2.3 1.2.4 1.3.0 1.9.9");
    check("~0", "0.0.0 0.0.3 0.0.4 0.1.0 0.2.3 0.2.9 0.3.0");
    check("~1.2.3", "1.2.3 1.2.4");
    check("~> 1.2", "1.2.0 1.2.3 1.2.4 1.3.0 1.9.9");
    check("~>0.2", "0.2.3 0.2.9 0.3.0");
    check("~>1.2.3", "1.2.3 1.2.4");
    check(">1.2.3", "1.2.4 1.3.0 1.9.9 2.0.0 2.3.0 2.3.9 2.4.0 3.0.0");
    check(">1.2", "1.3.0 1.9.9 2.0.0 2.3.0 2.3.9 2.4.0 3.0.0");
    check(">1", "2.0.0 2.3.0 2.3.9 2.4.0 3.0.0");
    check("=>2.3", "2.3.0 2.3.9 2.4.0 3.0.0");
    check("<0.1", "0.0.0 0.0.3 0.0.4");
    check("<=0.0", "0.0.0 0.0.3 0.0.4");
    check("=<0.0.3", "0.0.0 0.0.3");
    check("!=1.2 >=1.1 <1.9", "1.1.9 1.3.0");
    check("!=1.2.3, 1.2", "1.2.0 1.2.4");
    check("!=1 , <=2.0.0 , >=0.3", "0.3.0 2.0.0");
    check("1.9 - 2.3", "1.9.9 2.0.0 2.3.0 2.3.9");
    check("v1.9.9 - v2.3.0", "1.9.9 2.0.0 2.3.0");
    check("1.x  -  1.1.x", "1.0.0 1.1.9");
    check("1.9 - 2.3, !=2.0.0", "1.9.9 2.3.0 2.3.9");
    check("* - 0.0.3", "0.0.0 0.0.3");
    check(">=1.9,<2||>=2.4,<3", "1.9.9 2.4.0");
    check("  >= 1.9  <2  ||  >=2.4\n<3\t", "1.9.9 2.4.0");
    check(">2 <1", "");
    check("1.2.3 2.0.0", "");
    check("<0.0.0-0", "");
}

#[test]
fn prereleases_need_a_bound_that_names_their_version() {
    let versions = "1.2.0-alpha 1.2.0-rc.1 1.2.0 1.2.3-beta.2 1.2.3-beta.4 1.2.3 1.2.4-beta.2 2.0.0-alpha 2.0.0-rc.1 2.0.0 3.0.0-rc.1";
    let check = |text: &str, named: &str, allowed: &str| {
        assert_eq!(
            taken(text, versions, Prereleases::Named),
            named,
            "{text}, named"
        );
        assert_eq!(
            taken(text, versions, Prereleases::Allowed),
            allowed,
            "{text}, allowed"
        );
    };
    check("*", "1.2.0 1.2.3 2.0.0", versions);
    check(
        "1.x",
        "1.2.0 1.2.3",
        "1.2.0-alpha 1.2.0-rc.1 1.2.0 1.2.3-beta.2 1.2.3-beta.4 1.2.3 1.2.4-beta.2",
    );
    check(
        "^1.2",
        "1.2.0 1.2.3",
        "1.2.0 1.2.3-beta.2 1.2.3-beta.4 1.2.3 1.2.4-beta.2",
    );
    check("1.2.0-rc.1", "1.2.0-rc.1", "1.2.0-rc.1");
    check("1.2-rc.1", "1.2.0-rc.1", "1.2.0-rc.1");
    check(
        "~1.2.3-beta.3",
        "1.2.3-beta.4 1.2.3",
        "1.2.3-beta.4 1.2.3 1.2.4-beta.2",
    );
    check(
        "~1.2.3-beta.2",
        "1.2.3-beta.2 1.2.3-beta.4 1.2.3",
        "1.2.3-beta.2 1.2.3-beta.4 1.2.3 1.2.4-beta.2",
    );
    check(
        ">=1.2.0-rc <2",
        "1.2.0-rc.1 1.2.0 1.2.3",
        "1.2.0-rc.1 1.2.0 1.2.3-beta.2 1.2.3-beta.4 1.2.3 1.2.4-beta.2 2.0.0-alpha 2.0.0-rc.1",
    );
    check(
        ">=1.2.3 <2.0.0-b",
        "1.2.3 2.0.0-alpha",
        "1.2.3 1.2.4-beta.2 2.0.0-alpha",
    );
    check(
        ">=2-0",
        "2.0.0-alpha 2.0.0-rc.1 2.0.0",
        "2.0.0-alpha 2.0.0-rc.1 2.0.0 3.0.0-rc.1",
    );
    check(
        "2.x-0",
        "2.0.0-alpha 2.0.0-rc.1 2.0.0",
        "2.0.0-alpha 2.0.0-rc.1 2.0.0",
    );
    check("~>2-rc", "2.0.0-rc.1 2.0.0", "2.0.0-rc.1 2.0.0");
    check("<2.0.0-0 >=1.2.4", "", "");
    // A prerelease named in one alternative does not open another.
    check(
        "=2.0.0-alpha || >=2.0.0 || <=1.2.0",
        "1.2.0 2.0.0-alpha 2.0.0",
        "1.2.0-alpha 1.2.0-rc.1 1.2.0 2.0.0-alpha 2.0.0 3.0.0-rc.1",
    );
    // Ruling a prerelease out does not let its neighbours in.
    check(
        ">=1.2.3 !=2.0.0-alpha",
        "1.2.3 2.0.0",
        "1.2.3 1.2.4-beta.2 2.0.0-rc.1 2.0.0 3.0.0-rc.1",
    );
}

#[test]
fn a_bound_without_build_metadata_ignores_it() {
    let check = |text: &str, takes: &str| {
        let all =
            "1.14.1 1.14.2 v1.14.2 1.14.2+0 1.14.2+1 1.14.2+01 1.14.2+2 1.14.2+10 1.14.2+a 1.14.3";
        assert_eq!(taken(text, all, Prereleases::Named), takes, "{text}");
    };
    check(
        "=1.14.2",
        "1.14.2 v1.14.2 1.14.2+0 1.14.2+1 1.14.2+01 1.14.2+2 1.14.2+10 1.14.2+a",
    );
    check(">1.14.2", "1.14.3");
    check("<1.14.2", "1.14.1");
    check("=1.14.2+1", "1.14.2+1 1.14.2+01");
    check(
        "!=1.14.2+1 1.14.2",
        "1.14.2 v1.14.2 1.14.2+0 1.14.2+2 1.14.2+10 1.14.2+a",
    );
    check(">1.14.2+1", "1.14.2+2 1.14.2+10 1.14.2+a 1.14.3");
    check(">=1.14.2+2", "1.14.2+2 1.14.2+10 1.14.2+a 1.14.3");
    check("<1.14.2+1", "1.14.1 1.14.2 v1.14.2 1.14.2+0");
    check(
        "<=1.14.2+1",
        "1.14.1 1.14.2 v1.14.2 1.14.2+0 1.14.2+1 1.14.2+01",
    );
    check("<1.14.2+0 >=1.14.2", "1.14.2 v1.14.2");
    check("^1.14.2+10", "1.14.2+10 1.14.2+a 1.14.3");
}

#[test]
fn canonical_text_says_the_same_in_one_way() {
    let check = |text: &str, canonical: &str| {
        assert_eq!(range(text).to_string(), canonical, "{text}");
        assert_eq!(range(canonical), range(text), "{text}");
        assert_eq!(range(text).as_str(), text);
    };
    check("", "*");
    check("V1.02.3", "=1.2.3");
    check("==1.2.3+01", "=1.2.3+01");
    check("1.2", "1.2.x");
    check("~1", "1.x");
    check("~1.2.x", "1.2.x");
    check("~1.2.3", "~1.2.3");
    check("~1.2-rc", "~1.2-rc");
    check("~0-rc+7", "~0-rc+7");
    check("^0.0", "^0.0");
    check("^1.X", "1.x");
    check("^ v1.2", "^1.2");
    check("~> 1.2", "~>1.2");
    check("~>1.2.3", "~1.2.3");
    check(">1.2", ">1.2.x");
    check("!=1.2", "!=1.2.x");
    check("!=1.2-0", "!=1.2.x-0");
    check("<1", "<1.0.0");
    check("=>1 =<2", ">=1.0.0, <=2.x");
    check("1.2 - 2.3 ||*||2.x-0", ">=1.2.0, <=2.3.x || * || 2.x-0");
    check(
        " >=1.2  <2 , !=1.5.0-rc.1||3 ",
        ">=1.2.0, <2.0.0, !=1.5.0-rc.1 || 3.x",
    );
    check("*, <2", "<2.0.0");
}

#[test]
fn a_set_is_written_as_a_range_of_the_same_set() {
    let check = |text: &str, written: &str| {
        let set = range(text).set().clone();
        assert_eq!(set.to_string(), written, "{text}");
        assert_eq!(*range(written).set(), set, "{text}");
    };
    check("*", "*");
    check(">2 <1", "<0.0.0-0");
    check(">=0.0.0-0", "*");
    check("1.2.3 || >=1.2.3", ">=1.2.3");
    check("!=1.2.3", "<1.2.3 || >1.2.3");
    check("^1.2 || ^2.0.0-0", ">=1.2.0, <3.0.0-0");
    check("<1.2.4-0 >=1.2", ">=1.2.0, <=1.2.3");
    check("=1.2.3+1", "=1.2.3+1");
    check("=1.2.3 <1.2.3+0", ">=1.2.3, <1.2.3+0");
    check("^18446744073709551615", ">=18446744073709551615.0.0");
    check(
        "~1.18446744073709551615.3",
        ">=1.18446744073709551615.3, <2.0.0-0",
    );
}

#[test]
fn knows_what_it_asks_for_exactly() {
    let check = |text: &str, exact: Option<&str>, asked: &str| {
        let range = range(text);
        assert_eq!(range.exact().map(Version::as_str), exact, "{text}");
        let versions = "1.2.3 v1.2.3+1 1.2.3+2 1.2.4 1.2.0-rc.1";
        let asks: Vec<&str> = versions
            .split(' ')
            .filter(|text| range.asks_exactly(&version(text)))
            .collect();
        assert_eq!(asks.join(" "), asked, "{text}");
    };
    check("v1.2.3", Some("1.2.3"), "1.2.3 v1.2.3+1 1.2.3+2");
    check("=1.2.3+1", Some("1.2.3+1"), "v1.2.3+1");
    check("1.2-rc.1", Some("1.2.0-rc.1"), "1.2.0-rc.1");
    check("1.2.3 || =1.2.4", None, "1.2.3 v1.2.3+1 1.2.3+2 1.2.4");
    check("1.2", None, "");
    check(">=1.2.3", None, "");
    check("~1.2.3", None, "");
    check("*", None, "");
}

#[test]
fn knows_whether_it_is_any() {
    for text in ["", "*", "x.x", "^*", "~X", "*-0", "=*", "*, *", "1.2 || *"] {
        assert!(range(text).is_any(), "{text}");
    }
    for text in ["1", ">=0", ">=0.0.0-0", "<1 || >=1", "*, <2"] {
        assert!(!range(text).is_any(), "{text}");
    }
    assert_eq!(VersionRange::any(), range(""));
    assert_eq!(VersionRange::any().as_str(), "*");
}

#[test]
fn tells_the_author_what_a_bound_does_not_mean() {
    let notes = |text: &str| {
        let notes: Vec<String> = range(text)
            .notes()
            .iter()
            .map(|note| format!("{:?} at {}: {note}", note.kind(), note.offset()))
            .collect();
        notes.join("\n")
    };
    insta::assert_snapshot!(notes(">=4.2.2-6, <5-0"), @r#"
    PackagingRevision at 2: `4.2.2-6` orders before the release it revises, as SemVer has it; a revision that follows it is written behind `+`
    LowestPrerelease at 12: `5-0` admits prereleases of that one version only; who installs may allow the others
    "#);
    assert_eq!(notes(">=4.2.2-rc.6, <5.0.0+2"), "");
}

#[test]
fn spaces_stand_anywhere_between_signs() {
    for (spaced, text) in [
        ("> = 1.2", ">=1.2"),
        (">\t=1.2", ">=1.2"),
        ("= > 1.2", ">=1.2"),
        ("< = 1", "<=1"),
        ("= < 1", "<=1"),
        ("! = 1.2.3", "!=1.2.3"),
        ("= = 1.2.3", "=1.2.3"),
        ("~ > 1.2", "~>1.2"),
        ("^ 1.2", "^1.2"),
        ("> =  1.2 , <  2 ||  ! = 3 ", ">=1.2, <2 || !=3"),
    ] {
        assert_eq!(range(spaced), range(text), "{spaced}");
    }
    // A number is one word, and so is `||`.
    for text in [
        "1 . 2", "1. 2", "1.2 -rc", "1 | | 2", "> ~ 1", "> > 1", "! ! = 1",
    ] {
        assert!(VersionRange::parse(text).is_err(), "{text}");
    }
}

#[test]
fn says_what_is_wrong_where_and_what_to_write() {
    let check = |text: &str, offset: usize| {
        let error = VersionRange::parse(text).expect_err(text);
        assert_eq!(error.offset(), offset, "{error}");
        error.to_string()
    };
    let messages = [
        check(">= bar", 3),
        check("BAR >= 1.2.3", 0),
        check("latest", 0),
        check(">=", 2),
        check(">= || 2", 3),
        check("> < 1", 2),
        check("1.2.3.4", 6),
        check(">=1.2.3-beta.01", 13),
        check("12.3.34~ 1.2.3", 7),
        check(">=1<2", 3),
        check("1.2 -2", 4),
        check("1.2- 2", 4),
        check("1.2 - ", 6),
        check("1.2 - >2", 6),
        check(">=1.2 - 2", 6),
        check("1.2 | 2", 4),
        check("1.2|2", 3),
        check("1.2 || ", 7),
        check("|| 1.2", 0),
        check(",1", 0),
        check("1,", 1),
        check("1,,2", 2),
        check("1 , || 2", 2),
        check("!1.2", 0),
        check("!=*", 0),
        check("1, >x", 3),
        check("1.x.3", 4),
        check("1.2.x-rc", 4),
        check("1.2.3; 2", 5),
    ];
    insta::assert_snapshot!(messages.join("\n"), @r#"
    `>= bar` is not a version range: `b` stands where a number is needed; a version begins with up to three numbers, as in `1.2.3-rc.1` (at byte 3)
    `BAR >= 1.2.3` is not a version range: `B` stands where a number is needed; a version begins with up to three numbers, as in `1.2.3-rc.1` (at byte 0)
    `latest` is not a version range: `l` stands where a number is needed; a version begins with up to three numbers, as in `1.2.3-rc.1` (at byte 0)
    `>=` is not a version range: a version is missing after `>=` (at byte 2)
    `>= || 2` is not a version range: a version is missing after `>=` (at byte 3)
    `> < 1` is not a version range: a version is missing after `>` (at byte 2)
    `1.2.3.4` is not a version range: there are more than three numbers; write a fourth one as build metadata, as in `1.2.3+4` (at byte 6)
    `>=1.2.3-beta.01` is not a version range: a number in a prerelease has a leading zero; write it without (at byte 13)
    `12.3.34~ 1.2.3` is not a version range: nothing separates this from what stands before; put a space, a comma or `||` between them (at byte 7)
    `>=1<2` is not a version range: nothing separates this from what stands before; put a space, a comma or `||` between them (at byte 3)
    `1.2 -2` is not a version range: a hyphen stands where a version is needed; a hyphen range is two versions without operators, as in `1.2 - 2.3` (at byte 4)
    `1.2- 2` is not a version range: letters or digits are missing behind `-`, `+` or a dot; write them, as in `-rc.1`, or leave out what stands before (at byte 4)
    `1.2 - ` is not a version range: a version is missing after `-` (at byte 6)
    `1.2 - >2` is not a version range: a version is missing after `-` (at byte 6)
    `>=1.2 - 2` is not a version range: a hyphen stands where a version is needed; a hyphen range is two versions without operators, as in `1.2 - 2.3` (at byte 6)
    `1.2 | 2` is not a version range: a single `|` means nothing; write `||` between alternatives (at byte 4)
    `1.2|2` is not a version range: a single `|` means nothing; write `||` between alternatives (at byte 3)
    `1.2 || ` is not a version range: an alternative is empty; write `*` if every version is meant (at byte 7)
    `|| 1.2` is not a version range: an alternative is empty; write `*` if every version is meant (at byte 0)
    `,1` is not a version range: nothing stands on one side of a comma; leave the comma out (at byte 0)
    `1,` is not a version range: nothing stands on one side of a comma; leave the comma out (at byte 1)
    `1,,2` is not a version range: nothing stands on one side of a comma; leave the comma out (at byte 2)
    `1 , || 2` is not a version range: nothing stands on one side of a comma; leave the comma out (at byte 2)
    `!1.2` is not a version range: `!` alone means nothing; write `!=` (at byte 0)
    `!=*` is not a version range: `!=*` takes no version at all; leave it out, or write a version instead of `*` (at byte 0)
    `1, >x` is not a version range: `>*` takes no version at all; leave it out, or write a version instead of `*` (at byte 3)
    `1.x.3` is not a version range: a number cannot follow a wildcard; leave out everything after the wildcard (at byte 4)
    `1.2.x-rc` is not a version range: a wildcard takes no prerelease but `-0` and no build metadata; write the numbers in full (at byte 4)
    `1.2.3; 2` is not a version range: `;` cannot follow a number; a prerelease begins with `-`, build metadata with `+` (at byte 5)
    "#);
}
