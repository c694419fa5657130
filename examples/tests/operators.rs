//! All consecutive versions of operators that are published: what the next one means to a cluster that has the one before, and what it may do more.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail loudly, and says why it was skipped"
)]

#[path = "../../catalog-model/tests/published/mod.rs"]
mod published;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use catalog_model::conditions::snapshot::{Snapshot, SnapshotBuilder};
use catalog_model::import::{ImportOptions, olm};
use catalog_model::verdict::{ClusterComparison, PACKAGE, ReleaseVerdict};
use catalog_model::{LoadOptions, MemorySource, Release, load};
use catalog_resolve::ledger::{Change, Growth, between};
use serde_json::{Value, json};

use self::published::tar_xz;

/// Operators with few and small CRDs: all of them take minutes in a build without optimisation. `OPERATORS=all` takes all in any build.
const SMALL: [&str; 6] = [
    "cert-manager",
    "grafana-operator",
    "keycloak-operator",
    "node-healthcheck-operator",
    "rabbitmq-messaging-topology-operator",
    "vault-config-operator",
];

/// How much of a growth is listed.
const LISTED: usize = 8;

/// Two versions of an operator.
struct Pair<'c> {
    old: &'c Release,
    new: &'c Release,
    verdict: ReleaseVerdict,
    growth: Vec<Growth>,
    images: usize,
}

impl<'c> Pair<'c> {
    fn new(files: &MemorySource, old: &'c Release, new: &'c Release) -> Self {
        let snapshot = cluster(old);
        let package = new.package().as_str();
        let comparison = ClusterComparison::new(&snapshot, package, new.version(), "operators");
        let ledger = between((Some(files), old), (Some(files), new));
        let added = ledger
            .entries()
            .iter()
            .filter(|entry| entry.change() == Change::Added);
        Self {
            old,
            new,
            verdict: comparison.installed(old.version()).judge_all(new),
            growth: ledger.growth().to_vec(),
            images: added
                .filter(|entry| entry.effect().kind() == "image")
                .count(),
        }
    }

    /// What is listed: the verdict, each cause of a break with how often it is there, and what is allowed anew.
    fn told(&self) -> String {
        let (old, new) = (self.old.version(), self.new.version());
        let worst = self.verdict.worst().as_str();
        let mut text = format!("{} {old} → {new}: {worst}\n", self.new.package());
        let mut causes: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for definition in self.verdict.definitions() {
            for found in definition.breaks() {
                *causes
                    .entry((definition.object().name(), found.code()))
                    .or_default() += 1;
            }
        }
        for ((name, code), count) in causes {
            let _ = writeln!(text, "  ! {name}: {code} ×{count}");
        }
        for growth in self.growth.iter().take(LISTED) {
            let _ = writeln!(text, "  ^ {growth}");
        }
        if let Some(more) = self
            .growth
            .len()
            .checked_sub(LISTED)
            .filter(|more| *more > 0)
        {
            let _ = writeln!(text, "  ^ and {more} more");
        }
        if self.images > 0 {
            let _ = writeln!(text, "  + {} images", self.images);
        }
        text
    }
}

/// A cluster that has the definitions of a release, as a server keeps what was applied of them.
fn cluster(release: &Release) -> Snapshot {
    let package = release.package().as_str();
    let marked = release.definitions().iter().map(|definition| {
        let mut object = definition.object().clone();
        let metadata = object["metadata"].as_object_mut().unwrap();
        let labels = metadata.entry("labels").or_insert(json!({}));
        labels[PACKAGE] = package.into();
        if definition.identity().is_crd() {
            let versions = object["spec"]["versions"].as_array().unwrap().iter();
            let stored = versions.filter(|version| version["storage"] == true);
            let stored: Value = stored.map(|version| version["name"].clone()).collect();
            object["status"] = json!({ "storedVersions": stored });
        }
        object
    });
    marked
        .fold(Snapshot::builder(), SnapshotBuilder::object)
        .complete()
        .build()
}

/// Whoever changes a rule runs this test with `UPDATE_RULES=1` and `OPERATORS=all`, and commits the list.
#[test]
fn consecutive_versions_of_operators() {
    let takes_all = !cfg!(debug_assertions) || std::env::var_os("OPERATORS").is_some();
    let is_wanted = |path: &str| {
        let operator = path.split_once("operators/").map(|(_, rest)| rest);
        let operator = operator.and_then(|rest| rest.split('/').next());
        operator.is_some_and(|name| takes_all || SMALL.contains(&name))
    };
    let Some(operators) = tar_xz("olm-operators.tar.xz", is_wanted) else {
        return;
    };
    let import = olm(&operators, &ImportOptions::default()).unwrap();
    let loaded = load(import.files(), &LoadOptions::default()).unwrap();
    let releases = loaded
        .catalog()
        .packages()
        .flat_map(|package| package.releases().windows(2));
    let pairs: Vec<Pair<'_>> = releases
        .map(|pair| Pair::new(import.files(), &pair[0], &pair[1]))
        .collect();
    let text: String = pairs.iter().map(Pair::told).collect();
    let (growing, count) = (
        pairs.iter().filter(|pair| !pair.growth.is_empty()).count(),
        pairs.len(),
    );
    let breaking = pairs
        .iter()
        .filter(|pair| pair.verdict.worst().as_str() == "incompatible")
        .count();
    eprintln!(
        "{count} upgrades, {breaking} of them breaking, {growing} with roles that allow more"
    );
    assert!(count > 50, "{count}");
    let known = ["upToDate", "install", "upgrade", "incompatible"];
    let odd: Vec<&str> = pairs
        .iter()
        .map(|pair| pair.verdict.worst().as_str())
        .filter(|verdict| !known.contains(verdict))
        .collect();
    assert!(odd.is_empty(), "{odd:?}");
    for pair in &pairs {
        // What a cluster has of a release is up to date for that release.
        let snapshot = cluster(pair.old);
        let package = pair.old.package().as_str();
        let same = ClusterComparison::new(&snapshot, package, pair.old.version(), "operators")
            .judge_all(pair.old);
        assert_eq!(
            same.worst().as_str(),
            "upToDate",
            "{}: {same:?}",
            pair.told()
        );
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/operators.txt");
    if takes_all && std::env::var_os("UPDATE_RULES").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let about: String = written
        .split_inclusive('\n')
        .scan(false, |is_about, line| {
            if !line.starts_with(' ') {
                let package = line.split(' ').next().unwrap();
                *is_about = loaded.catalog().package(package).is_some();
            }
            Some(if *is_about { line } else { "" })
        })
        .collect();
    assert!(
        about == text,
        "operators.txt is not what is found: run `UPDATE_RULES=1 OPERATORS=all cargo test --release -p catalog-examples --test operators`\n{text}"
    );
}
