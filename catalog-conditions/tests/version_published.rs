//! Ranges that others published, with their answers: where ours differ, and why.
//!
//! The data lies outside the repository: in the folder that `CATALOG_TEST_DATA` names, or in `shared/data` beside the
//! checkout. Without it these tests say that they skipped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a test may fail loudly"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::{env, fs};

use catalog_conditions::version::{
    KubeVersion, KubeVersionRange, Prereleases, Version, VersionRange,
};
use serde_json::Value;

/// The bytes of a data file, if the data is here.
fn published(name: &str) -> Option<Vec<u8>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = env::var_os("CATALOG_TEST_DATA").map_or_else(beside, PathBuf::from);
    let bytes = fs::read(folder.join(name)).ok();
    if bytes.is_none() {
        eprintln!("skipped: {name} is not in {}", folder.display());
    }
    bytes
}

fn cases(table: &[u8]) -> Vec<Value> {
    let table: Value = serde_json::from_slice(table).expect("the table is JSON");
    table["cases"]
        .as_array()
        .expect("the table has cases")
        .clone()
}

fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key]
        .as_str()
        .unwrap_or_else(|| panic!("{case} has no `{key}`"))
}

#[test]
fn helm_answers_otherwise_only_where_this_lists_it() {
    let Some(table) = published("tables/masterminds_semver_constraints.json") else {
        return;
    };
    let mut found = BTreeSet::new();
    let cases = cases(&table);
    for case in &cases {
        found.extend(if text(case, "kind") == "parse" {
            disagreement_on_form(case)
        } else {
            disagreement(case)
        });
    }
    assert_eq!(cases.len(), 393);
    let listed: BTreeSet<String> = HELM_DIFFERS
        .iter()
        .flat_map(|(rows, _)| rows.iter().map(ToString::to_string))
        .collect();
    assert_eq!(found, listed);
}

/// The rows of the table that are answered otherwise, with the reason.
const HELM_DIFFERS: &[(&[&str], &str)] = &[
    (
        &[
            "`*-0` takes 1.2.3-alpha.1",
            "`>=0-0` takes 0.0.1-alpha",
            "`>=0.0-0` takes 0.0.1-alpha",
            "`>=0.0.0-0` takes 3.4.5-beta.1",
            "`<=1.1-a` takes 0.1.0-alpha",
            "`>1.2.3-alpha.1` takes 1.3.3-alpha.2",
            "`^0.2.3-beta.2` takes 0.2.4-beta.2",
            "`^1.1.2-alpha` takes 1.2.1-beta1",
            "`^1.2.0-alpha.0` takes 1.2.1-alpha.0",
            "`^1.2.0-alpha.0` takes 1.2.1-alpha.1",
            "`~1.1-alpha` takes 1.1.1-beta",
            "`~1.2.3-beta.2` takes 1.2.4-beta.2",
            "`>= 1.0.0-0  <= 2.0.0` takes 1.0.1-beta",
            "`>= 1.0.0  <= 2.0.0-beta` takes 1.0.1-beta",
            "`>= 1.0.0  <= 2.0.0-beta || > 3` takes 1.0.1-beta",
            "`>= 1.0.0  <= 2.0.0-beta != 1.0.1 || > 3` takes 1.0.1-beta",
        ],
        "a bound that names a prerelease lets in those of its own version, as in npm and cargo; Helm lets in all others too",
    ),
    (
        &[
            "`~0.0.0` takes 1.2.3",
            "`~0.0.0` takes 1.2.3, prereleases allowed",
        ],
        "`~0.0.0` is the line 0.0 like every other `~`; Helm takes it for `*`",
    ),
    (
        &["`!=4.1-alpha` refuses 4.1.1-alpha, prereleases allowed"],
        "`4.1-alpha` is the one version 4.1.0-alpha; Helm takes it for a line",
    ),
    (
        &[
            "`^1.2.x-alpha` refuses 1.1.1-beta1",
            "`^1.2.x-alpha` refuses 1.1.1-beta1, prereleases allowed",
        ],
        "a wildcard with a prerelease is an error: no reader can tell which version it names",
    ),
];

fn disagreement(case: &Value) -> Option<String> {
    let (constraint, version) = (text(case, "constraint"), text(case, "version"));
    let allowed = case["include_prerelease"] == true;
    let prereleases = if allowed {
        Prereleases::Allowed
    } else {
        Prereleases::Named
    };
    let expected = case["match"].as_bool().expect("a boolean");
    let version = Version::parse(version).unwrap_or_else(|error| panic!("{error}"));
    let range = VersionRange::parse(constraint);
    let ours = range
        .as_ref()
        .map(|range| range.matches(&version, prereleases));
    (ours != Ok(expected)).then(|| {
        let theirs = if expected { "takes" } else { "refuses" };
        let open = if allowed { ", prereleases allowed" } else { "" };
        format!("`{constraint}` {theirs} {version}{open}")
    })
}

fn disagreement_on_form(case: &Value) -> Option<String> {
    let constraint = text(case, "constraint");
    let refused = case["error"].as_bool().expect("a boolean");
    (VersionRange::parse(constraint).is_err() != refused)
        .then(|| format!("`{constraint}` is refused: {refused}"))
}

#[test]
fn kubevela_s_system_requirements_are_answered_alike() {
    let Some(table) = published("tables/kubevela_system_requirements.json") else {
        return;
    };
    let cases = cases(&table);
    for case in &cases {
        let version =
            KubeVersion::parse(text(case, "actual")).unwrap_or_else(|error| panic!("{error}"));
        let range = KubeVersionRange::parse(text(case, "require"))
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            Some(range.matches(&version)),
            case["match"].as_bool(),
            "{case}"
        );
    }
    assert_eq!(cases.len(), 26);
}

#[test]
fn every_range_and_version_of_a_large_chart_repository_is_read() {
    let Some(packed) = published("charts-bitnami.json.gz") else {
        return;
    };
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice())
        .read_to_end(&mut bytes)
        .expect("the file is gzip");
    let charts: BTreeMap<String, BTreeMap<String, Value>> =
        serde_json::from_slice(&bytes).expect("charts by name");
    let (mut versions, mut ranges, mut refused) = (0, 0, BTreeSet::new());
    for (version, chart) in charts.values().flatten() {
        versions += 1;
        refused.extend(Version::parse(version).err().map(|error| error.to_string()));
        for dependency in chart["dependencies"].as_array().expect("a list") {
            ranges += 1;
            refused.extend(
                VersionRange::parse(text(dependency, "version"))
                    .err()
                    .map(|error| error.to_string()),
            );
        }
    }
    assert_eq!((versions, ranges), (32_998, 48_474));
    assert_eq!(refused, BTreeSet::new());
}
