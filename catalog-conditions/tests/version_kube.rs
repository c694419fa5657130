//! Cluster versions and their ranges, and the versions in image references.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

use catalog_conditions::version::{KubeVersion, KubeVersionRange, RangeNoteKind, image_version};

fn version(text: &str) -> KubeVersion {
    KubeVersion::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

fn range(text: &str) -> KubeVersionRange {
    KubeVersionRange::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn reads_what_servers_and_vendors_state() {
    let check = |text: &str, parts: (u64, u64, u64), prerelease: &str| {
        let version = version(text);
        assert_eq!(
            (version.major(), version.minor(), version.patch()),
            parts,
            "{text}"
        );
        assert_eq!(version.prerelease(), prerelease, "{text}");
        assert_eq!(
            (version.as_str(), version.to_string().as_str()),
            (text, text)
        );
    };
    check("1.28+", (1, 28, 0), "");
    check("v1.28", (1, 28, 0), "");
    check("1.08.03", (1, 8, 3), "");
    check("v1.28.3-gke.100", (1, 28, 3), "");
    check("v1.28.3-eks-abc", (1, 28, 3), "");
    check("v1.28.3+k3s1", (1, 28, 3), "");
    check("v1.28.3-vendor_1~x", (1, 28, 3), "");
    check("v1.28.3-0", (1, 28, 3), "");
    check("v1.28.3-rc1", (1, 28, 3), "");
    check("v1.28.3-gke.1-rc.1", (1, 28, 3), "");
    check("v1.29.0-rc.1+rke2r1", (1, 29, 0), "rc.1");
    check("v1.29.0-beta.02", (1, 29, 0), "beta.2");
    check("v1.29.0-alpha.1.123+abcdef", (1, 29, 0), "alpha.1.123");
}

#[test]
fn the_vendor_s_build_never_decides() {
    let ascending = [
        "v1.9.0",
        "v1.28.0",
        "v1.28.3-alpha.9",
        "v1.28.3-beta.0",
        "v1.28.3-rc.1",
        "v1.28.3",
        "v1.28.10",
        "1.29+",
    ];
    for (left_index, left) in ascending.iter().enumerate() {
        for (right_index, right) in ascending.iter().enumerate() {
            assert_eq!(
                version(left).cmp(&version(right)),
                left_index.cmp(&right_index),
                "{left} and {right}"
            );
        }
    }
    assert_eq!(version("v1.28.3-gke.100"), version("1.28.3+k3s1"));
    assert_eq!(version("v1.28.3-rc.1+a"), version("1.28.3-rc.01"));
}

#[test]
fn each_range_takes_what_its_author_expects() {
    let clusters = "v1.27.9 v1.28.0-rc.1 v1.28.0 v1.28.3-rc.1 v1.28.3-gke.100 v1.29.0-alpha.2 v1.29.0-rc.1 v1.29.0+k3s1 v1.30.1-eks-abc";
    let check = |text: &str, takes: &str| {
        let range = range(text);
        let taken: Vec<&str> = clusters
            .split(' ')
            .filter(|text| range.matches(&version(text)))
            .collect();
        assert_eq!(taken.join(" "), takes, "{text}");
        assert_eq!(range.is_empty(), takes.is_empty(), "{text}");
        assert_eq!(
            KubeVersionRange::parse(&range.to_string()).as_ref(),
            Ok(&range),
            "{text}"
        );
    };
    check("*", clusters);
    check(
        ">=1.28",
        "v1.28.0 v1.28.3-rc.1 v1.28.3-gke.100 v1.29.0-alpha.2 v1.29.0-rc.1 v1.29.0+k3s1 v1.30.1-eks-abc",
    );
    check("=1.28.3", "v1.28.3-gke.100");
    check("v1.28.3", "v1.28.3-gke.100");
    check("<=1.28.3", "v1.27.9 v1.28.0-rc.1 v1.28.0 v1.28.3-gke.100");
    check(">=1.29", "v1.29.0+k3s1 v1.30.1-eks-abc");
    check(
        "<1.29",
        "v1.27.9 v1.28.0-rc.1 v1.28.0 v1.28.3-rc.1 v1.28.3-gke.100",
    );
    check("<=1.28", "v1.27.9 v1.28.0 v1.28.3-rc.1 v1.28.3-gke.100");
    check(
        ">1.28",
        "v1.29.0-alpha.2 v1.29.0-rc.1 v1.29.0+k3s1 v1.30.1-eks-abc",
    );
    check("1.28", "v1.28.0 v1.28.3-rc.1 v1.28.3-gke.100");
    check(
        "1.28-0",
        "v1.28.0-rc.1 v1.28.0 v1.28.3-rc.1 v1.28.3-gke.100",
    );
    check(
        "!=1.28",
        "v1.27.9 v1.29.0-alpha.2 v1.29.0-rc.1 v1.29.0+k3s1 v1.30.1-eks-abc",
    );
    check(
        "!=1.28.3",
        "v1.27.9 v1.28.0-rc.1 v1.28.0 v1.29.0-alpha.2 v1.29.0-rc.1 v1.29.0+k3s1 v1.30.1-eks-abc",
    );
    check(
        "<1.29.0-0",
        "v1.27.9 v1.28.0-rc.1 v1.28.0 v1.28.3-rc.1 v1.28.3-gke.100",
    );
    check(
        ">=1.29-0",
        "v1.29.0-alpha.2 v1.29.0-rc.1 v1.29.0+k3s1 v1.30.1-eks-abc",
    );
    check(">=1.29.0-rc.1", "v1.29.0-rc.1 v1.29.0+k3s1 v1.30.1-eks-abc");
    check("<1.29.0-rc.1 >=1.28.3", "v1.28.3-gke.100 v1.29.0-alpha.2");
    check(
        "1.28 - 1.29",
        "v1.28.0 v1.28.3-rc.1 v1.28.3-gke.100 v1.29.0+k3s1",
    );
    check("^1.29", "v1.29.0+k3s1 v1.30.1-eks-abc");
    check("~1.28.1", "v1.28.3-rc.1 v1.28.3-gke.100");
    check(">=1.28.3-gke.200 <1.29", "v1.28.3-gke.100");
    check(">=1.028+ <1.29", "v1.28.0 v1.28.3-rc.1 v1.28.3-gke.100");
    check(">1.30 <1.29", "");
}

#[test]
fn a_vendor_s_build_in_a_bound_is_ignored_with_a_warning() {
    let check = |text: &str, offsets: &[usize]| {
        let range = range(text);
        let found: Vec<usize> = range.notes().iter().map(|note| note.offset()).collect();
        assert_eq!(found, offsets, "{text}");
        assert!(
            range
                .notes()
                .iter()
                .all(|note| note.kind() == RangeNoteKind::VendorBuildIgnored)
        );
    };
    check(">=1.28.3-gke.100, <1.29.0+k3s1", &[2, 19]);
    check(">=1.28+", &[2]);
    check(">=1.28.0-rc1", &[2]);
    check(">=1.28-0, <1.30.0-beta.1", &[]);
    let range = range(">=1.28.3-gke.100");
    insta::assert_snapshot!(range.notes()[0], @"the vendor's build in `1.28.3-gke.100` is ignored; only alpha, beta and rc order cluster versions");
}

#[test]
fn says_what_is_wrong() {
    let messages = [
        KubeVersion::parse("unknown")
            .expect_err("a word")
            .to_string(),
        KubeVersion::parse("v1.29.0-rc..1")
            .expect_err("an empty identifier")
            .to_string(),
        KubeVersionRange::parse(">=1.28.x-rc.1")
            .expect_err("a wildcard with a prerelease")
            .to_string(),
    ];
    insta::assert_snapshot!(messages.join("\n"), @r#"
    `unknown` is not a version: `u` stands where a number is needed; a version begins with up to three numbers, as in `1.2.3-rc.1` (at byte 0)
    `v1.29.0-rc..1` is not a version: letters or digits are missing behind `-`, `+` or a dot; write them, as in `-rc.1`, or leave out what stands before (at byte 11)
    `>=1.28.x-rc.1` is not a version range: a wildcard takes no prerelease but `-0` and no build metadata; write the numbers in full (at byte 7)
    "#);
}

#[test]
fn finds_the_tag_of_an_image_reference() {
    let check = |reference: &str, tag: Option<&str>| {
        assert_eq!(image_version(reference), tag, "{reference}")
    };
    check("reg:5000/x:v1", Some("v1"));
    check("reg:5000/x", None);
    check("nginx:1.27", Some("1.27"));
    check("nginx", None);
    check("ghcr.io/a/b:v1.2.3@sha256:0123abcd", Some("v1.2.3"));
    check("ghcr.io/a/b@sha256:0123abcd", None);
    check("ghcr.io/a/b:", None);
    check("", None);
    check("a@b:c/d:e", None);
}
