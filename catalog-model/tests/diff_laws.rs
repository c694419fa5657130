//! What holds of the differences of all catalogs.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::collections::{BTreeMap, BTreeSet};

use catalog_model::diff::{CatalogState, ChangeKind, Comparison, ReleaseDiff, diff};
use catalog_model::{Catalog, LoadOptions, MemorySource, load};
use proptest::prelude::*;

/// Texts that files may have, under the paths that they may have below a version folder. `NAME` and `VERSION` are those of the release.
const TEXTS: [(&str, &[&str]); 5] = [
    (
        "metadata.yaml",
        &[
            "name: NAME\nversion: VERSION\n",
            "# a comment\nversion: VERSION\nname: NAME\n",
            "name: NAME\nversion: VERSION\nlicense: MIT\ndependencies: [{name: b, version: '>=1'}, {name: c}]\n",
            "name: NAME\nversion: VERSION\ndependencies: [{name: c}, {name: b, version: '>=1.0.0'}]\nlicense: MIT\n",
            "name: NAME\nversion: VERSION\ndependencies: [{name: b, version: '>=2'}]\nyanked: no\n",
            "name: NAME\nversion: [broken]\n",
        ],
    ),
    (
        "definitions/a.yaml",
        &[
            "",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n",
            "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: a\ndata:\n  a: b\n",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: c}\n",
        ],
    ),
    (
        "conditions/a.yaml",
        &[
            "",
            "conditions: [{name: a, target: {kubeVersion: {}}, op: range, value: '>=1.30'}]\n",
            "conditions: [{name: a, target: {kubeVersion: {}}, op: range, value: '>=1.31'}]\n",
        ],
    ),
    (
        "modules.yaml",
        &[
            "",
            "modules: [{name: m, manifests: {path: ./m}}]\n",
            "modules: [{name: m, manifests: {path: ./m}, namespace: n}]\n",
        ],
    ),
    ("m/x.yaml", &["a: 1\n", "a: 1 # one\n", "a: 2\n"]),
];

fn files() -> impl Strategy<Value = BTreeMap<String, String>> {
    let release = TEXTS.map(|(_, texts)| 0..texts.len());
    let package = || prop::collection::vec(prop::option::weighted(0.8, release.clone()), 3);
    prop::collection::vec(package(), 3).prop_map(|packages| {
        let mut files = BTreeMap::new();
        for (name, versions) in ["a", "b", "c"].into_iter().zip(packages) {
            let versions = ["1.0.0", "1.1.0", "2.0.0"].into_iter().zip(versions);
            for (version, chosen) in versions.filter_map(|(one, chosen)| Some((one, chosen?))) {
                for ((path, texts), at) in TEXTS.iter().zip(chosen) {
                    let text = texts.get(at).copied().unwrap_or_default();
                    if !text.is_empty() {
                        let text = text.replace("NAME", name).replace("VERSION", version);
                        files.insert(format!("{name}/{version}/{path}"), text);
                    }
                }
            }
        }
        files
    })
}

fn read(files: &BTreeMap<String, String>) -> (MemorySource, Catalog) {
    let source: MemorySource = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    (source, loaded.into_catalog())
}

fn key(one: &ReleaseDiff<'_>) -> String {
    format!("{} {}", one.package(), one.release().version())
}

/// What a comparison says, as seen from the other side where that is asked.
fn seen(compared: &Comparison<'_>, is_mirrored: bool) -> Vec<String> {
    let turned = |kind: ChangeKind| match (kind, is_mirrored) {
        (ChangeKind::Added, true) => "removed",
        (ChangeKind::Removed, true) => "added",
        (kind, _) => kind.as_str(),
    };
    let files = compared.files().iter();
    let files = files.map(|file| {
        let meaning = file.meaning().as_str();
        format!("{} {} {meaning}", file.path(), turned(file.kind()))
    });
    let changes = compared.changes().iter();
    let changes = changes.map(|change| {
        let (mut places, mut values) = (
            [change.before(), change.after()],
            change
                .details()
                .iter()
                .map(|detail| [detail.before(), detail.after()])
                .collect::<Vec<_>>(),
        );
        if is_mirrored {
            places.reverse();
            values.iter_mut().for_each(|pair| pair.reverse());
        }
        let (part, subject) = (change.part().as_str(), change.subject());
        format!(
            "{part} {subject} {} {places:?} {values:?}",
            turned(change.kind())
        )
    });
    files.chain(changes).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_differs_from_itself(files in files()) {
        let (source, catalog) = read(&files);
        // Read twice, so that nothing is shared.
        let (again, anew) = read(&files);
        let found = diff(CatalogState::new(&catalog).files(&source), CatalogState::new(&anew).files(&again));
        prop_assert!(found.is_empty() && found.newest().is_empty());
    }

    #[test]
    fn the_other_way_round_is_the_mirror(old in files(), new in files()) {
        let ((old_files, old), (new_files, new)) = (read(&old), read(&new));
        let (old, new) = (CatalogState::new(&old).files(&old_files), CatalogState::new(&new).files(&new_files));
        let (there, back) = (diff(old, new), diff(new, old));
        // One that is there and broken is gone for the one side, and comes for the other.
        let of = |found: &[ReleaseDiff<'_>], kinds: &[&str]| -> BTreeSet<String> {
            let of_kind = found.iter().filter(|one| kinds.contains(&one.as_str()));
            of_kind.map(key).collect()
        };
        let gone = ["removed", "broken"];
        prop_assert_eq!(of(there.releases(), &["added"]), of(back.releases(), &gone));
        prop_assert_eq!(of(there.releases(), &gone), of(back.releases(), &["added"]));
        for kind in ["mutated", "rewritten"] {
            prop_assert_eq!(of(there.releases(), &[kind]), of(back.releases(), &[kind]));
        }
        let both = there.releases().iter().filter_map(ReleaseDiff::comparison);
        let both_back = back.releases().iter().filter_map(ReleaseDiff::comparison);
        for (one, other) in both.chain(there.newest()).zip(both_back.chain(back.newest())) {
            prop_assert_eq!(seen(one, false), seen(other, true));
        }
    }

    #[test]
    fn what_is_not_named_is_the_same(old in files(), new in files()) {
        let ((old_source, before), (new_source, after)) = (read(&old), read(&new));
        let found = diff(CatalogState::new(&before).files(&old_source), CatalogState::new(&after).files(&new_source));
        let named: BTreeMap<String, &ReleaseDiff<'_>> = found.releases().iter().map(|one| (key(one), one)).collect();
        let below = |files: &BTreeMap<String, String>, folder: &str| -> BTreeMap<String, String> {
            let below = files.iter().filter(|(path, _)| path.starts_with(&format!("{folder}/")));
            below.map(|(path, text)| (path.clone(), text.clone())).collect()
        };
        for release in before.packages().flat_map(|package| package.releases()) {
            let key = format!("{} {}", release.package(), release.version());
            let folder = release.folder();
            let are_same_files = below(&old, folder) == below(&new, folder);
            prop_assert_eq!(are_same_files, !named.contains_key(&key), "{}", key);
            let Some(compared) = named.get(&key).and_then(|one| one.comparison()) else { continue };
            // What is said to mean the same does, and what means something else is said to.
            let manifests = |files: &BTreeMap<String, String>| {
                let text = files.get(&format!("{folder}/m/x.yaml")).cloned();
                text.map(|text| text.replace(" # one", ""))
            };
            let is_same = manifests(&old) == manifests(&new) && means_the_same(release, compared);
            prop_assert_eq!(is_same, compared.is_rewritten(), "{}", key);
        }
    }
}

/// Whether two releases of the texts above say the same: equal as values, but for the order of dependencies.
fn means_the_same(release: &catalog_model::Release, compared: &Comparison<'_>) -> bool {
    let after = compared.after();
    let dependencies = |release: &catalog_model::Release| -> BTreeSet<String> {
        let all = release.metadata().dependencies().iter();
        all.map(|one| format!("{} {}", one.package(), one.range()))
            .collect()
    };
    let (old, new) = (release.metadata(), after.metadata());
    dependencies(release) == dependencies(after)
        && (old.license(), old.yanked()) == (new.license(), new.yanked())
        && release.definitions() == after.definitions()
        && release.conditions() == after.conditions()
        && release.modules() == after.modules()
}
