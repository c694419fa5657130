//! What is read once for equal files is what reading each of them would have given; and many threads read what one does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::{Diagnostic, LoadOptions, Loaded, MemorySource, Release, load};
use proptest::prelude::*;
use proptest::sample::select;

const PACKAGES: [&str; 3] = ["alpha", "beta", "gamma"];
const VERSIONS: [&str; 4] = ["1.0.0", "1.1.0", "1.2.0-rc.1", "v2"];

/// Files that versions have in common, sound ones and broken ones.
const FILES: &[(&str, &[&str])] = &[
    (
        "modules.yaml",
        &[
            "modules:\n- chart: { remote: { repo: https://e.example, name: web, version: 1.0.0 } }\n",
            "modules:\n- chart: { path: charts/web }\n",
            "modules:\n- chart: {}\n",
            "modules: [\n",
            "",
        ],
    ),
    (
        "conditions/c.yaml",
        &[
            "conditions:\n- { name: kube, target: { kubeVersion: {} }, op: range, value: '>=1.28' }\n",
            "conditions:\n- { name: kube, target: { kubeVersion: {} }, op: rang, value: '>=1.28' }\n",
            "conditions: []\n",
        ],
    ),
    (
        "hooks/a.yaml",
        &[
            "pre-install:\n- job: { apiVersion: batch/v1, kind: Job, spec: { template: { spec: { containers: [ { name: a, image: 'a:1' } ] } } } }\n",
            "pre-instal: []\n",
            "pre-install:\n- { after: [nobody], job: { apiVersion: batch/v1, kind: Job, spec: { template: { spec: { containers: [ { name: a, image: 'a:1' } ] } } } } }\n",
        ],
    ),
    ("definitions/a.yaml", DEFINITIONS),
    ("definitions/b.yml", DEFINITIONS),
];

const DEFINITIONS: &[&str] = &[
    "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: { name: scaler }\n",
    "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: { name: other }\nspec: { on: yes }\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: note }\n---\napiVersion: core.oam.dev/v1beta1\nkind: PolicyDefinition\nmetadata: { name: p }\n",
    "apiVersion: v1\nmetadata: { name: [1] }\n",
    "a: 1\na: 2\n",
    "# nothing\n",
];

type Version = (usize, usize, bool, Vec<Option<usize>>);

fn version() -> impl Strategy<Value = Version> {
    let file = FILES
        .iter()
        .map(|(_, texts)| proptest::option::weighted(0.7, 0..texts.len()).boxed());
    (
        select(&[0_usize, 1, 2][..]),
        select(&[0_usize, 1, 2, 3][..]),
        proptest::bool::weighted(0.9),
        file.collect::<Vec<_>>(),
    )
}

fn files(version: &Version) -> Vec<(String, &'static str)> {
    let (package, number, _, chosen) = version;
    let folder = format!("{}/{}", PACKAGES[*package], VERSIONS[*number]);
    let chosen = FILES.iter().zip(chosen);
    chosen
        .filter_map(|((name, texts), at)| Some((format!("{folder}/{name}"), texts[(*at)?])))
        .collect()
}

fn source(versions: &[Version]) -> MemorySource {
    let mut source = MemorySource::new();
    for version in versions {
        let (package, number, sound, _) = version;
        let (package, number) = (PACKAGES[*package], VERSIONS[*number]);
        let label = if *sound { "tier" } else { "-tier" };
        source.insert(
            format!("{package}/{number}/metadata.yaml"),
            format!("name: {package}\nversion: {number}\nlabel: {{ {label}: web }}\n"),
        );
        for (path, text) in files(version) {
            source.insert(path, text);
        }
    }
    source
}

fn read(source: &MemorySource, options: &LoadOptions) -> Loaded {
    load(source, options).unwrap()
}

/// All that a catalog says: each usable release whole, each unusable one, each diagnostic with all that it holds.
fn said<'l>(loaded: impl IntoIterator<Item = &'l Loaded>) -> (Vec<String>, Vec<Diagnostic>) {
    let (mut releases, mut diagnostics) = (Vec::new(), Vec::new());
    for loaded in loaded {
        for package in loaded.catalog().packages() {
            releases.extend(package.releases().iter().map(whole));
            releases.extend(package.unusable().iter().map(|one| format!("{one:?}")));
        }
        diagnostics.extend(loaded.diagnostics().iter().cloned());
    }
    releases.sort();
    diagnostics.sort();
    (releases, diagnostics)
}

fn whole(release: &Release) -> String {
    format!("{release:?}")
}

proptest! {
    #[test]
    fn sharing_changes_nothing(versions in proptest::collection::vec(version(), 1..12)) {
        let mut versions = versions;
        versions.sort();
        versions.dedup_by_key(|version| (version.0, version.1));
        let together = read(&source(&versions), &LoadOptions::default());
        // Alone, a version has nothing to share with.
        let alone: Vec<Loaded> = versions
            .iter()
            .map(|version| read(&source(std::slice::from_ref(version)), &LoadOptions::default()))
            .collect();
        prop_assert_eq!(said([&together]), said(&alone));
    }

    #[test]
    fn threads_change_nothing(versions in proptest::collection::vec(version(), 1..12)) {
        let source = source(&versions);
        let mut options = LoadOptions::default();
        let one = read(&source, &options);
        options.parallel = true;
        let many = read(&source, &options);
        prop_assert_eq!(format!("{:?}", one.catalog()), format!("{:?}", many.catalog()));
        prop_assert_eq!(one.diagnostics(), many.diagnostics());
    }
}

#[test]
fn equal_definitions_are_one_object() {
    let source = source(&[
        (0, 0, true, vec![None, None, None, Some(0), None]),
        (0, 1, true, vec![None, None, None, Some(0), None]),
        (1, 0, true, vec![None, None, None, Some(0), None]),
    ]);
    let loaded = read(&source, &LoadOptions::default());
    let packages = loaded.catalog().packages();
    let objects: Vec<*const serde_json::Value> = packages
        .flat_map(|package| package.releases())
        .map(|release| std::ptr::from_ref(release.definitions()[0].object()))
        .collect();
    assert_eq!(objects.len(), 3);
    assert!(objects.iter().all(|object| *object == objects[0]));
}

#[test]
fn a_diagnostic_of_an_equal_file_names_its_own_path() {
    let source = source(&[
        (0, 0, true, vec![None, None, Some(1), Some(3), None]),
        (1, 3, true, vec![None, None, Some(1), Some(3), None]),
    ]);
    let loaded = read(&source, &LoadOptions::default());
    let told: Vec<String> = loaded
        .diagnostics()
        .iter()
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    alpha/1.0.0/definitions/a.yaml:1:1: error[definition.kind.missing]: this is no Kubernetes object: `kind` is missing
    alpha/1.0.0/definitions/a.yaml:2:19: error[definition.text]: `metadata.name` must be a text, not a list
    alpha/1.0.0/hooks/a.yaml:1:1: error[hooks.phase]: `pre-instal` is not a phase
    beta/v2/definitions/a.yaml:1:1: error[definition.kind.missing]: this is no Kubernetes object: `kind` is missing
    beta/v2/definitions/a.yaml:2:19: error[definition.text]: `metadata.name` must be a text, not a list
    beta/v2/hooks/a.yaml:1:1: error[hooks.phase]: `pre-instal` is not a phase
    ");
}

#[test]
fn each_object_of_a_long_file_is_its_own() {
    let one = |number: usize| {
        format!(
            "apiVersion: core.oam.dev/v1beta1\nkind: PolicyDefinition\nmetadata: {{name: p{number}}}\n"
        )
    };
    let item = |number: usize| format!("- {}", one(number).trim_end().replace('\n', "\n  "));
    let mut text = String::new();
    for number in (0..900).step_by(3) {
        let list = format!("{}\n{}", item(number + 1), item(number + 2));
        text += &format!(
            "---\n{}---\napiVersion: v1\nkind: List\nitems:\n{list}\n",
            one(number)
        );
    }
    let mut source = MemorySource::new();
    source.insert("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n");
    source.insert("p/1.0.0/definitions/all.yaml", text);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let package = loaded.catalog().packages().next().unwrap();
    let definitions = package.releases()[0].definitions();
    assert_eq!(definitions.len(), 900);
    for (number, definition) in definitions.iter().enumerate() {
        let name = format!("p{number}");
        assert_eq!(definition.identity().name(), name);
        assert_eq!(definition.object()["metadata"]["name"], name.as_str());
    }
}
