//! The laws of versions, sets and ranges, and a naive reading of ranges as oracle.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use catalog_conditions::version::{Prereleases, Version, VersionRange, VersionSet};
use proptest::prelude::*;
use proptest::sample::select;

const PRERELEASES: [&str; 13] = [
    "", "", "", "-0", "-0.0", "-1", "-a", "-a.0", "-a.0.0", "-a.1", "-a-", "-10", "-rc.1",
];
const BUILDS: [&str; 11] = [
    "", "", "", "", "+0", "+00", "+0.0", "+1", "+01", "+a", "+a.0",
];

/// A version in one of its spellings, from a pool in which equal ones, neighbours and the largest numbers meet.
fn version_text() -> impl Strategy<Value = String> {
    let number = || select(vec!["0", "0", "1", "1", "2", "01", "18446744073709551615"]);
    let numbers = prop_oneof![
        1 => number().prop_map(str::to_owned),
        1 => (number(), number()).prop_map(|(major, minor)| format!("{major}.{minor}")),
        6 => (number(), number(), number()).prop_map(|(major, minor, patch)| format!("{major}.{minor}.{patch}")),
    ];
    (
        select(vec!["", "", "v", "V"]),
        numbers,
        select(PRERELEASES.to_vec()),
        select(BUILDS.to_vec()),
    )
        .prop_map(|(v, numbers, prerelease, build)| format!("{v}{numbers}{prerelease}{build}"))
}

fn version() -> impl Strategy<Value = Version> {
    version_text().prop_map(|text| Version::parse(&text).unwrap())
}

/// A comparator as text: any operator with any version.
fn comparator() -> impl Strategy<Value = String> {
    let operator = select(vec![
        "", "=", "==", "!=", ">", ">=", "=>", "<", "<=", "=<", "~", "~>", "^",
    ]);
    let term =
        (operator, version_text()).prop_map(|(operator, version)| format!("{operator}{version}"));
    prop_oneof![
        8 => term,
        1 => (version_text(), version_text()).prop_map(|(low, high)| format!("{low} - {high}")),
        1 => select(vec!["*", "1.x", "0.1.X", "!=1.x", ">1.0.*", "<=0.x", "1.x-0", "^0.x"]).prop_map(str::to_owned),
    ]
}

fn range_text() -> impl Strategy<Value = String> {
    let alternative = prop::collection::vec(comparator(), 1..4).prop_map(|all| all.join(", "));
    prop::collection::vec(alternative, 1..4).prop_map(|all| all.join(" || "))
}

fn range() -> impl Strategy<Value = VersionRange> {
    range_text().prop_map(|text| VersionRange::parse(&text).unwrap())
}

fn set() -> impl Strategy<Value = VersionSet> {
    range().prop_map(|range| range.set().clone())
}

/// Versions around one: those between which a set could end if it ends at this one or at a line it is in.
fn around(version: &Version) -> Vec<Version> {
    let (major, minor, patch) = (version.major(), version.minor(), version.patch());
    let mut cores = vec![
        (0, 0, 0),
        (u64::MAX, u64::MAX, u64::MAX),
        (major, minor, patch),
    ];
    cores.extend([
        (major.saturating_add(1), 0, 0),
        (major, minor.saturating_add(1), 0),
        (major, minor, patch.saturating_add(1)),
        (major, minor, patch.saturating_sub(1)),
    ]);
    let prereleases = endings(version.prerelease());
    let builds = endings(version.build());
    let mut found = Vec::new();
    for (major, minor, patch) in cores {
        for prerelease in &prereleases {
            let mark = if prerelease.is_empty() { "" } else { "-" };
            for build in &builds {
                let plus = if build.is_empty() { "" } else { "+" };
                let text = format!("{major}.{minor}.{patch}{mark}{prerelease}{plus}{build}");
                found.push(Version::parse(&text).unwrap());
            }
        }
    }
    found
}

fn endings(list: &str) -> Vec<String> {
    let mut found: Vec<String> = ["", "0", "0.z", "zz"].map(str::to_owned).into();
    if !list.is_empty() {
        let shorter = list.strip_suffix(".0").unwrap_or(list);
        found.extend(
            [list, shorter]
                .into_iter()
                .flat_map(|list| ["", ".0", ".0.z", ".z"].map(|end| format!("{list}{end}"))),
        );
    }
    found
}

fn hash(version: &Version) -> u64 {
    let mut hasher = DefaultHasher::new();
    version.hash(&mut hasher);
    hasher.finish()
}

proptest! {
    #[test]
    fn runs_are_the_members(set in set(), mut versions in prop::collection::vec(version(), 0..12)) {
        versions.sort();
        let runs: Vec<_> = set.runs(versions.len(), |at| &versions[at]).collect();
        let inside: Vec<usize> = runs.iter().cloned().flatten().collect();
        let members = (0..versions.len()).filter(|at| set.contains(&versions[*at]));
        prop_assert_eq!(inside, members.collect::<Vec<_>>());
        prop_assert!(runs.iter().all(|run| !run.is_empty()));
    }

    #[test]
    fn versions_are_totally_ordered(a in version(), b in version(), c in version()) {
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
        prop_assert!(a != b || hash(&a) == hash(&b));
        if a <= b && b <= c {
            prop_assert!(a <= c);
        }
        prop_assert_eq!(a.cmp_precedence(&b), b.cmp_precedence(&a).reverse());
        if a.cmp_precedence(&b) != Ordering::Equal {
            prop_assert_eq!(a.cmp(&b), a.cmp_precedence(&b));
        }
        let same = a.cmp_precedence(&b).is_eq() && a.build() == b.build();
        prop_assert!(!same || a.same_precedence_and_build(&b));
        prop_assert_eq!(Version::parse(&a.to_string()).unwrap(), a);
    }

    #[test]
    fn set_operations_obey_their_laws(a in set(), b in set(), c in set()) {
        prop_assert_eq!(a.union(&b), b.union(&a));
        prop_assert_eq!(a.intersection(&b), b.intersection(&a));
        prop_assert_eq!(a.union(&b.union(&c)), a.union(&b).union(&c));
        prop_assert_eq!(a.intersection(&b.intersection(&c)), a.intersection(&b).intersection(&c));
        prop_assert_eq!(a.intersection(&b.union(&c)), a.intersection(&b).union(&a.intersection(&c)));
        prop_assert_eq!(a.union(&b.intersection(&c)), a.union(&b).intersection(&a.union(&c)));
        prop_assert_eq!(a.union(&b).complement(), a.complement().intersection(&b.complement()));
        prop_assert_eq!(a.intersection(&b).complement(), a.complement().union(&b.complement()));
        prop_assert_eq!(a.complement().complement(), a.clone());
        prop_assert_eq!(a.difference(&b), a.intersection(&b.complement()));
        prop_assert_eq!(a.union(&a.complement()), VersionSet::all());
        prop_assert_eq!(a.intersection(&a.complement()), VersionSet::none());
        prop_assert_eq!(a.is_subset(&b), a.union(&b) == b);
        prop_assert_eq!(a.is_disjoint(&b), a.is_subset(&b.complement()));
    }

    #[test]
    fn set_operations_are_those_of_membership(a in set(), b in set(), v in version()) {
        let (in_a, in_b) = (a.contains(&v), b.contains(&v));
        prop_assert_eq!(a.union(&b).contains(&v), in_a || in_b);
        prop_assert_eq!(a.intersection(&b).contains(&v), in_a && in_b);
        prop_assert_eq!(a.difference(&b).contains(&v), in_a && !in_b);
        prop_assert_eq!(a.complement().contains(&v), !in_a);
        prop_assert!(VersionSet::all().contains(&v) && !VersionSet::none().contains(&v));
        prop_assert!(VersionSet::exactly(&v).contains(&v));
    }

    #[test]
    fn canonical_text_parses_back(range in range(), v in version()) {
        let again = VersionRange::parse(&range.to_string()).unwrap();
        prop_assert_eq!(&again, &range);
        prop_assert_eq!(again.to_string(), range.to_string());
        prop_assert_eq!(again.set(), range.set());
        prop_assert_eq!(again.is_any(), range.is_any());
        prop_assert_eq!(again.asks_exactly(&v), range.asks_exactly(&v));
        for prereleases in [Prereleases::Named, Prereleases::Allowed] {
            prop_assert_eq!(again.matches(&v, prereleases), range.matches(&v, prereleases));
        }
        let set = range.set();
        let written = VersionRange::parse(&set.to_string()).unwrap();
        prop_assert_eq!(written.set(), set);
    }

    #[test]
    fn spelling_does_not_matter(text in range_text(), spaces in prop::collection::vec(select(vec!["", " ", "\t ", "\n"]), 40)) {
        let mut spaces = spaces.into_iter().cycle();
        let mut spelled = String::new();
        for token in text.split_inclusive(['=', '<', '>', '~', '^', ',', '|', '!']) {
            spelled.push_str(token);
            // The operators of two characters may not be torn apart.
            let splits = !matches!(token.as_bytes().last(), Some(b'!' | b'=' | b'<' | b'>' | b'~' | b'|'));
            if splits {
                spelled.push_str(spaces.next().unwrap());
            }
        }
        let spelled = format!("{}{spelled}{}", spaces.next().unwrap(), spaces.next().unwrap());
        prop_assert_eq!(VersionRange::parse(&spelled).unwrap(), VersionRange::parse(&text).unwrap());
        let shouted = text.replace(" || ", "||").replace(", ", " ").replace(['x', '*'], "X");
        prop_assert_eq!(VersionRange::parse(&shouted).unwrap(), VersionRange::parse(&text).unwrap());
    }
}

/// Versions that are each other's nearest, with the ends of lines among them.
fn neighbours() -> Vec<Version> {
    let cores = [
        "0.0.0",
        "1.0.0",
        "1.0.1",
        "1.0.18446744073709551615",
        "1.1.0",
    ];
    let prereleases = ["", "-0", "-0.0", "-a", "-a.0", "-a.0.0"];
    let builds = ["", "+0", "+00", "+0.0", "+a", "+a.0"];
    let mut found = Vec::new();
    for core in cores {
        for prerelease in prereleases {
            found.extend(
                builds.map(|build| Version::parse(&format!("{core}{prerelease}{build}")).unwrap()),
            );
        }
    }
    found
}

#[test]
fn sets_are_equal_exactly_if_no_version_tells_them_apart() {
    let versions = neighbours();
    let mut witnesses: Vec<Version> = versions.iter().flat_map(around).collect();
    witnesses.sort();
    witnesses.dedup();
    let mut sets = BTreeMap::new();
    let mut members = BTreeMap::new();
    for version in &versions {
        for operator in ["<", "<=", ">", ">="] {
            let text = format!("{operator}{version}");
            let set = VersionRange::parse(&text).unwrap().set().clone();
            let begins_inside = set.contains(&witnesses[0]);
            let end = witnesses.partition_point(|witness| set.contains(witness) == begins_inside);
            let mut beyond = witnesses[end..].iter().step_by(11);
            assert!(
                beyond.all(|witness| set.contains(witness) != begins_inside),
                "{text} has one end"
            );
            let known = sets
                .entry((begins_inside, end))
                .or_insert_with(|| set.clone());
            assert_eq!(*known, set, "{text} has the members of {known}");
            let known = members.entry(set.to_string()).or_insert(set.clone());
            assert_eq!(*known, set, "{text} is written as {known}");
        }
    }
    assert_eq!(
        sets.len(),
        members.len(),
        "different sets have different members"
    );
    assert!(sets.len() > 100);
}

/// A comparator of a full version, for the naive reading.
type Term = (&'static str, Version);

/// What the specification says of a comparator, word by word, without sets.
fn holds((operator, bound): &Term, version: &Version) -> bool {
    let by_build = if bound.build().is_empty() {
        Ordering::Equal
    } else {
        version.cmp(&in_text_of(version, bound))
    };
    let order = version.cmp_precedence(bound).then(by_build);
    match *operator {
        "=" => order.is_eq(),
        "!=" => order.is_ne(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        other => panic!("no operator: {other}"),
    }
}

/// A version that means `bound` in a text that orders as `version`'s if they mean the same.
fn in_text_of(version: &Version, bound: &Version) -> Version {
    if version.same_precedence_and_build(bound) {
        version.clone()
    } else {
        bound.clone()
    }
}

fn takes(alternatives: &[Vec<Term>], version: &Version, prereleases: Prereleases) -> bool {
    let core = |v: &Version| (v.major(), v.minor(), v.patch());
    let named = |(operator, bound): &Term| {
        *operator != "!=" && bound.is_prerelease() && core(bound) == core(version)
    };
    alternatives.iter().any(|terms| {
        let open = !version.is_prerelease()
            || prereleases == Prereleases::Allowed
            || terms.iter().any(named);
        open && terms.iter().all(|term| holds(term, version))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn ranges_take_what_a_naive_reading_takes(
        alternatives in prop::collection::vec(
            prop::collection::vec((select(vec!["=", "!=", ">", ">=", "<", "<="]), full_version()), 1..4), 1..4),
        versions in prop::collection::vec(version(), 20),
    ) {
        let written: Vec<String> = alternatives.iter()
            .map(|terms| terms.iter().map(|(operator, bound)| format!("{operator}{bound}")).collect::<Vec<_>>().join(" "))
            .collect();
        let text = written.join(" || ");
        let range = VersionRange::parse(&text).unwrap();
        for version in &versions {
            for prereleases in [Prereleases::Named, Prereleases::Allowed] {
                let naive = takes(&alternatives, version, prereleases);
                prop_assert_eq!(range.matches(version, prereleases), naive, "`{}` of {}, {:?}", text, version, prereleases);
            }
        }
    }
}

fn full_version() -> impl Strategy<Value = Version> {
    let number = || select(vec![0, 1, 2, u64::MAX]);
    (
        number(),
        number(),
        number(),
        select(PRERELEASES.to_vec()),
        select(BUILDS.to_vec()),
    )
        .prop_map(|(major, minor, patch, prerelease, build)| {
            Version::parse(&format!("{major}.{minor}.{patch}{prerelease}{build}")).unwrap()
        })
}
