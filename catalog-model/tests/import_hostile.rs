//! Whatever an addon holds: no panic, nothing lost without a word, and a catalog that loads.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::time::{Duration, Instant};

use catalog_model::import::{Import, ImportOptions, kubevela};
use catalog_model::{LoadOptions, MemorySource, Severity, load};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn import(source: &MemorySource) -> Import {
    kubevela(source, &ImportOptions::default()).unwrap()
}

/// Pieces of YAML that mean something to the importer, in every state of repair.
fn metadata() -> impl Strategy<Value = String> {
    let lines = [
        "name: a",
        "name: b",
        "name: A_b",
        "name: ../x",
        "name:",
        "version: 1.0.0",
        "version: v1",
        "version: latest",
        "version: a/b",
        "version: ..",
        "version: [1]",
        "version: \"\\0\"",
        "description: |\n  x\n  y",
        "description: on",
        "url: https://x.y",
        "url: x y",
        "url: 'a://b c'",
        "icon: ''",
        "tags: [a, 'B c', 日本, on, 1.0]",
        "tags: x",
        "tags: {a: b}",
        "dependencies:\n- name: b",
        "dependencies:\n- name: b\n  version: '>=1, <2'",
        "dependencies:\n- name: b\n  version: 1 || 2",
        "dependencies: [a, b, [c]]",
        "dependencies: {name: b}",
        "system: {vela: '>=1.5', kubernetes: 1.20}",
        "system: {vela: x}",
        "system: [y]",
        "deployTo: {controlPlane: true}",
        "deployTo: {control_plane: maybe}",
        "needNamespace: [x, y]",
        "needNamespace: -",
        "label: {a: b, '-': c}",
        "label: x",
        "invisible: true",
        "? [a]\n: b",
        "<<: {name: c, version: 3.0.0}",
        "x: &a [*a]",
        "x: *b",
        "\tx: y",
        "---",
        "...",
        "- x",
        "{{ x }}",
        "# c",
    ];
    prop_oneof![
        8 => vec(select(lines.to_vec()), 0..6).prop_map(|lines| format!("name: a\nversion: 1.0.0\n{}\n", lines.join("\n"))),
        4 => vec(select(lines.to_vec()), 0..8).prop_map(|lines| lines.join("\n")),
        1 => any::<String>(),
    ]
}

fn yaml() -> impl Strategy<Value = String> {
    let pieces = [
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}",
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: s}}\n- x",
        "apiVersion: v1\nkind: List\nitems: [[[[]]]]",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.example.com}\nspec: {group: example.com, names: {kind: A, plural: as}, scope: Cluster, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: bad}\nspec: {}",
        "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: t}",
        "apiVersion: core.oam.dev/v1beta1\nkind: ComponentDefinition\nmetadata: {name: rds}\nspec: {schematic: {terraform: {type: remote, configuration: 'https://x/y.git', path: a/../b}}}",
        "apiVersion: core.oam.dev/v1beta1\nkind: ComponentDefinition\nmetadata: {name: ../../oss}\nspec: {schematic: {terraform: {configuration: 'a'}}}",
        "apiVersion: core.oam.dev/v1beta1\nkind: Application\nspec: {components: [{name: ../c, type: helm, properties: {url: u, chart: c, values: [1], targetNamespace: '-'}}, {name: ../c, type: helm, properties: {url: u, chart: c, version: on}}]}",
        "apiVersion: core.oam.dev/v1beta1\nkind: Application\nspec: {components: [{name: /etc/x, type: raw, properties: {apiVersion: v1, kind: Pod, metadata: {name: p}}}, {type: k8s-objects, properties: {objects: [1, {}, {apiVersion: v1, kind: Pod, metadata: {name: q}}]}}]}",
        "kind: Application\nspec: {components: 3, policies: []}",
        "apiVersion: [x]\nkind: {}\nmetadata: 1",
        "a: {{ .Values.a }}",
        "a: 1\na: 2",
        "# only a comment",
        "'unclosed",
    ];
    prop_oneof![
        6 => vec(select(pieces.to_vec()), 0..4).prop_map(|pieces| pieces.join("\n---\n")),
        1 => any::<String>(),
    ]
}

fn path() -> impl Strategy<Value = &'static str> {
    select(vec![
        "template.yaml",
        "template.yml",
        "template.cue",
        "parameter.cue",
        "definitions/a.yaml",
        "definitions/b.yaml",
        "definitions/b/a.yaml",
        "definitions/b-a.yaml",
        "definitions/a.cue",
        "definitions/readme.md",
        "resources/a.yaml",
        "resources/b.yml",
        "resources/b/a.yaml",
        "resources/b-a.yaml",
        "resources/a.cue",
        "schemas/a.yaml",
        "views/a.cue",
        "other/definitions/a.yaml",
        "set-aside/definitions/a.yaml",
        "cue/template.cue",
        "manifests/a.yaml",
        "tf_modules/oss/main.tf",
        "charts/a",
        "hook/a.yaml",
        "module.yaml",
        "README.md",
        ".hidden",
        "a\\b",
        "metadata.yml",
    ])
}

fn addons() -> impl Strategy<Value = Vec<(String, String)>> {
    let addon = (
        select(vec![
            "addons/a",
            "addons/b",
            "experimental/addons/a",
            "Ünusual",
        ]),
        metadata(),
        vec((path(), yaml()), 0..8),
    );
    vec(addon, 1..4).prop_map(|addons| {
        let mut all = Vec::new();
        for (folder, metadata, files) in addons {
            all.push((format!("{folder}/metadata.yaml"), metadata));
            all.extend(
                files
                    .into_iter()
                    .map(|(path, text)| (format!("{folder}/{path}"), text)),
            );
        }
        all
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_made_loads(addons in addons()) {
        let addons = MemorySource::from_iter(addons);
        let import = import(&addons);
        if import.versions() > 0 {
            let loaded = load(import.files(), &LoadOptions::default()).unwrap();
            let errors: Vec<String> =
                loaded.diagnostics().iter().filter(|found| found.severity() == Severity::Error).map(ToString::to_string).collect();
            prop_assert!(errors.is_empty(), "{errors:#?}");
        }
        for (path, _) in import.files().files() {
            prop_assert!(path.split('/').all(|part| !matches!(part, "" | "." | "..")), "{path}");
        }
    }

    /// A file of an addon that is imported is there byte for byte, or taken apart with all its objects, or reported; so is every addon.
    #[test]
    fn nothing_is_dropped_silently(addons in addons()) {
        let addons = MemorySource::from_iter(addons);
        let import = import(&addons);
        let said = |path: &str| {
            import.not_carried_over().iter().any(|lost| lost.file == path || path.starts_with(&format!("{}/", lost.file)))
                || import.diagnostics().iter().any(|found| found.location().is_some_and(|at| path.starts_with(at.file().path())))
        };
        for (path, bytes) in addons.files().filter(|(path, _)| !path.ends_with("/metadata.yaml") && !path.contains("/resources/")) {
            let kept = import.files().files().any(|(_, other)| other == bytes);
            prop_assert!(kept || said(path), "{path}");
        }
    }

    #[test]
    fn the_same_addons_give_the_same_bytes(addons in addons()) {
        let addons = MemorySource::from_iter(addons);
        let (first, second) = (import(&addons), import(&addons));
        prop_assert_eq!(first.files(), second.files());
        prop_assert_eq!(first.not_carried_over(), second.not_carried_over());
        prop_assert_eq!(first.diagnostics(), second.diagnostics());
    }
}

/// Work must not grow with the square of what an addon holds: each of these takes some seconds at most, unoptimised.
fn check_time(what: &str, files: Vec<(String, String)>) -> Import {
    let mut source = MemorySource::from_iter(files);
    source.insert("a/metadata.yaml", "name: a\nversion: 1.0.0\n");
    let start = Instant::now();
    let import = import(&source);
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{what} took {:?}",
        start.elapsed()
    );
    import
}

#[test]
fn many_files_of_one_name() {
    let object =
        |index: usize| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{index}}}\n");
    let names = (0..4_000).map(|index| {
        (
            format!(
                "a/resources/{}.yaml",
                "/-".repeat(1 + index % 50) + &index.to_string()
            ),
            object(index),
        )
    });
    let import = check_time(
        "files",
        names
            .map(|(path, text)| (path.replace("//", "/"), text))
            .collect(),
    );
    let manifests = import
        .files()
        .files()
        .filter(|(path, _)| path.starts_with("a/1.0.0/manifests/"));
    assert_eq!(manifests.count(), 4_000);
}

#[test]
fn many_components_of_one_name() {
    let component = "  - {name: c, type: helm, properties: {url: u, chart: c, version: 1.0.0}}\n";
    let template = format!(
        "kind: Application\nspec:\n  components:\n{}",
        component.repeat(5_000)
    );
    let import = check_time("components", vec![("a/template.yaml".to_owned(), template)]);
    let loaded = load(import.files(), &LoadOptions::default()).unwrap();
    assert_eq!(
        loaded
            .catalog()
            .package("a")
            .unwrap()
            .newest()
            .unwrap()
            .modules()
            .len(),
        5_000
    );
}

#[test]
fn many_dependencies_on_one_package() {
    let lines = "- {name: b, version: '>=1'}\n- {name: b, version: '<2'}\n".repeat(5_000);
    let source = MemorySource::from_iter([
        (
            "a/metadata.yaml".to_owned(),
            format!("name: a\nversion: 1.0.0\ndependencies:\n{lines}"),
        ),
        ("a/readme.md".to_owned(), String::new()),
    ]);
    let import = import(&source);
    assert_eq!(import.versions(), 1);
}
