//! All consecutive versions of operators that are published: each gets a verdict, and the breaking ones are listed with their causes.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail loudly, and says why it was skipped"
)]

mod published;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use catalog_model::crd_safety::{CrdUpgrade, Edge, EdgeOptions, compare, edges};
use catalog_model::import::{ImportOptions, olm};
use catalog_model::{Catalog, LoadOptions, load};

use self::published::{SMALL_OPERATORS, is_bundle_of, tar_xz};

/// The causes in a CRD: each rule with how often it is broken, and the field of the first.
fn causes(upgrade: &CrdUpgrade<'_>) -> String {
    let mut by_code: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for found in upgrade.breaks() {
        let place = found.field().or(found.version()).unwrap_or("-");
        by_code.entry(found.code()).or_insert((0, place)).0 += 1;
    }
    let told = by_code.iter().map(|(code, (count, place))| match count {
        1 => format!("{code} {place}"),
        _ => format!("{code} ×{count} {place}"),
    });
    told.collect::<Vec<_>>().join(", ")
}

fn told(edge: &Edge<'_>) -> String {
    let (from, to) = (edge.from().version(), edge.to().version());
    let mut text = format!("{} {from} → {to}\n", edge.to().package());
    for gone in edge.gone() {
        let _ = writeln!(text, "  {}: gone", gone.identity().name());
    }
    for upgrade in edge
        .upgrades()
        .iter()
        .filter(|one| !one.breaks().is_empty())
    {
        let name = upgrade.old().identity().name();
        let _ = writeln!(text, "  {name}: {}", causes(upgrade));
    }
    text
}

/// The part of the list that is about the packages of a catalog.
fn about(list: &str, catalog: &Catalog) -> String {
    let mut is_about = false;
    let lines = list.lines().filter(|line| {
        if !line.starts_with(' ') {
            let package = line.split(' ').next().unwrap_or_default();
            is_about = catalog.package(package).is_some();
        }
        is_about
    });
    lines.map(|line| format!("{line}\n")).collect()
}

/// Whoever changes a rule runs this test with `UPDATE_RULES=1` in a build with optimisation, which takes all operators, and commits the list.
#[test]
fn consecutive_versions_of_operators() {
    let takes_all = !cfg!(debug_assertions);
    let is_wanted =
        |path: &str| is_bundle_of(path, |name| takes_all || SMALL_OPERATORS.contains(&name));
    let Some(operators) = tar_xz("olm-operators.tar.xz", is_wanted) else {
        return;
    };
    let import = olm(&operators, &ImportOptions::default()).unwrap();
    let loaded = load(import.files(), &LoadOptions::default()).unwrap();
    let mut options = EdgeOptions::default();
    options.consecutive = true;
    let edges = edges(loaded.catalog(), &options);
    let edges = edges.all();
    let breaking: Vec<String> = (edges.iter())
        .filter(|edge| edge.is_breaking() || !edge.gone().is_empty())
        .map(told)
        .collect();
    let text = breaking.concat();
    let crds: usize = edges.iter().map(|edge| edge.upgrades().len()).sum();
    let (upgrades, breaks) = (edges.len(), breaking.len());
    eprintln!("{upgrades} upgrades of {crds} CRDs, {breaks} of them breaking");
    assert!(
        upgrades > 50 && crds > 500,
        "{upgrades} upgrades of {crds} CRDs"
    );
    let unknown = edges
        .iter()
        .flat_map(Edge::upgrades)
        .flat_map(CrdUpgrade::breaks);
    let unknown: Vec<String> = unknown
        .filter(|found| found.code() == "crd.unclassified" || found.code() == "crd.limit")
        .map(ToString::to_string)
        .collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crd_safety/olm.txt");
    if takes_all && std::env::var_os("UPDATE_RULES").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        about(&written, loaded.catalog()) == text,
        "olm.txt is not what is found: run `UPDATE_RULES=1 cargo test --release -p catalog-model --features import --test crd_safety_olm`\n{text}"
    );
}

/// Operators run in clusters, so that servers took their CRDs: what is held against one is either known to be true, or wrong.
#[test]
fn servers_take_the_crds_of_operators() {
    let takes_all = !cfg!(debug_assertions);
    let is_wanted =
        |path: &str| is_bundle_of(path, |name| takes_all || SMALL_OPERATORS.contains(&name));
    let Some(operators) = tar_xz("olm-operators.tar.xz", is_wanted) else {
        return;
    };
    let import = olm(&operators, &ImportOptions::default()).unwrap();
    let loaded = load(import.files(), &LoadOptions::default()).unwrap();
    let releases = loaded.catalog().packages().flat_map(|one| one.releases());
    let definitions = releases.flat_map(|release| release.definitions().iter());
    let mut held = BTreeMap::new();
    let mut crds = 0;
    for definition in definitions.filter(|one| one.identity().is_crd()) {
        crds += 1;
        let mut before = definition.object().clone();
        before["spec"]["versions"] = serde_json::json!([]);
        let breaks = compare(&before, definition.object());
        let refused = breaks
            .iter()
            .filter(|one| one.code().starts_with("crd.invalid"));
        for one in refused {
            let text = one.to_string();
            held.entry(text)
                .or_insert_with(|| definition.identity().name().to_owned());
        }
    }
    assert!(crds > 500, "{crds}");
    for (text, name) in &held {
        eprintln!("{name}: {text}");
    }
    assert!(held.is_empty(), "{} held", held.len());
}
