//! Whatever foreign packages, charts and bundles hold: no panic, a catalog that loads and is written alike, and the same bytes each time.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod foreign;
mod published;

use catalog_model::import::{Import, ImportOptions, glasskube, helm, kubevela, olm};
use catalog_model::{MemorySource, Source, SourceError};
use proptest::prelude::*;
use proptest::sample::{Index, select};

type Importer = fn(&dyn Source, &ImportOptions) -> Result<Import, SourceError>;

const IMPORTERS: [Importer; 4] = [glasskube, helm, olm, kubevela];

/// The files of a package of each format that says much, each with its path and its text in lines.
const FILES: [(&str, &str); 10] = [
    (
        "p/versions.yaml",
        "latestVersion: v1.0.0+1\nversions:\n- version: v1.0.0+1\n- version: v1.0.0+2\n",
    ),
    (
        "p/v1.0.0+1/package.yaml",
        "name: p\nscope: Namespaced\nshortDescription: s\ndefaultNamespace: n\nhelm:\n  repositoryUrl: https://e.com\n  chartName: c\n  chartVersion: 1.10\n  values:\n    a: 1\nmanifests:\n- url: ./m.yaml\n- url: https://e.com/x.yaml\ndependencies:\n- name: q\n  version: 1.x.x\ncomponents:\n- name: r\nreferences:\n- label: l\n  url: https://e.com\nvalueDefinitions:\n  v:\n    type: number\n    defaultValue: '1'\n    constraints:\n      min: 1\n    targets:\n    - chartName: c\n      patch:\n        op: add\n        path: /a/b\n  w:\n    type: options\n    options:\n    - x\n    targets:\n    - chartName: c\n      patch:\n        op: add\n        path: /c\n",
    ),
    ("p/v1.0.0+2/package.yaml", "name: p\nscope: Cluster\n"),
    (
        "p/v1.0.0+1/m.yaml",
        "apiVersion: v1\nkind: A\nmetadata:\n  name: a\n",
    ),
    (
        "c/Chart.yaml",
        "apiVersion: v2\nname: c\nversion: 1.0.0\nappVersion: 1.0\nkubeVersion: '>=1.20.0-0'\nkeywords:\n- k\nmaintainers:\n- name: n\n  email: e\nannotations:\n  a: b\ndependencies:\n- name: d\n  version: ~> 2.0\n  repository: https://e.com\n  condition: d.enabled\n- name: d\n  version: 2.X.X\n  repository: https://e.com\n  alias: e\n",
    ),
    (
        "index.yaml",
        "apiVersion: v1\nentries:\n  c:\n  - name: c\n    version: 1.0.0\n    urls:\n    - https://e.com/c.tgz\n  - name: c\n    version: 4.2.2-6\n    digest: x\n    urls:\n    - c.tgz\n  e:\n  - name: e\n    version: latest\ngenerated: x\n",
    ),
    (
        "b/metadata/annotations.yaml",
        "annotations:\n  operators.operatorframework.io.bundle.package.v1: op\n  operators.operatorframework.io.bundle.channels.v1: a,b\n",
    ),
    (
        "b/metadata/dependencies.yaml",
        "dependencies:\n- type: olm.gvk\n  value:\n    group: g.e.com\n    version: v1\n    kind: K\n- type: olm.constraint\n  value:\n    all:\n      constraints:\n      - package:\n          packageName: x\n          versionRange: '>=1'\n      - not:\n          constraints:\n          - package:\n              packageName: y\n",
    ),
    (
        "b/manifests/csv.yaml",
        "apiVersion: operators.coreos.com/v1alpha1\nkind: ClusterServiceVersion\nmetadata:\n  name: op.v1.2.0\n  annotations:\n    categories: a,b\n    olm.skipRange: '>=1.0.0 <1.2.0'\nspec:\n  version: 1.2.0\n  replaces: op.v1.1.0\n  minKubeVersion: 1.20.0\n  icon:\n  - base64data: UE5H\n    mediatype: image/png\n  customresourcedefinitions:\n    owned:\n    - name: as.e.com\n      version: v1\n      kind: A\n  install:\n    strategy: deployment\n    spec:\n      deployments:\n      - name: op\n        spec:\n          template:\n            metadata:\n              labels: null\n      permissions:\n      - serviceAccountName: op\n        rules:\n        - verbs: []\n",
    ),
    (
        "catalog.yaml",
        "---\nschema: olm.package\nname: fc\ndefaultChannel: s\n---\nschema: olm.channel\nname: s\npackage: fc\nentries:\n- name: fc.v1.0.0\n  replaces: fc.v0.9.0\n---\nschema: olm.bundle\nname: fc.v1.0.0\npackage: fc\nimage: i\nproperties:\n- type: olm.package\n  value:\n    packageName: fc\n    version: 1.0.0\n- type: olm.gvk.required\n  value:\n    group: g\n    version: v1\n    kind: K\n- type: olm.bundle.object\n  value:\n    data: e30=\nrelatedImages:\n- name: ''\n  image: x\n",
    ),
];

/// What stands where something else should.
fn hostile() -> impl Strategy<Value = String> {
    let texts = [
        "[]",
        "{}",
        "[[1], {a: b}]",
        "null",
        "~",
        "1e999",
        "123456789012345678901234567890",
        "-0",
        "0x10",
        ".nan",
        "on",
        "''",
        "\"\\0\"",
        "\"\\u202e\"",
        "../../x",
        "/etc/passwd",
        "a/b",
        "..",
        "v1.0.0",
        "*x",
        "&x [*x]",
        "!!binary x",
        "<<: {a: b}",
        "|\n  text",
        "日本",
        "{{ x }}",
        "2024-01-01",
        "- - - -",
    ];
    prop_oneof![
        8 => select(texts.to_vec()).prop_map(str::to_owned),
        1 => (100_usize..400).prop_map(|depth| "[".repeat(depth) + &"]".repeat(depth)),
        1 => (100_usize..400).prop_map(|depth| "{a: ".repeat(depth) + &"}".repeat(depth)),
        1 => any::<String>(),
    ]
}

/// One thing that becomes of a file.
#[derive(Clone, Debug)]
enum Change {
    Value(Index, Index, String),
    Twice(Index, Index),
    Gone(Index, Index),
    Cut(Index, Index),
    Whole(Index, String),
}

fn change() -> impl Strategy<Value = Change> {
    let at = || (any::<Index>(), any::<Index>());
    prop_oneof![
        6 => (at(), hostile()).prop_map(|((file, line), text)| Change::Value(file, line, text)),
        2 => at().prop_map(|(file, line)| Change::Twice(file, line)),
        2 => at().prop_map(|(file, line)| Change::Gone(file, line)),
        1 => at().prop_map(|(file, line)| Change::Cut(file, line)),
        1 => (any::<Index>(), hostile()).prop_map(|(file, text)| Change::Whole(file, text)),
    ]
}

fn changed(changes: &[Change]) -> MemorySource {
    let mut files: Vec<(String, Vec<String>)> = FILES
        .iter()
        .map(|(path, text)| {
            (
                (*path).to_owned(),
                text.lines().map(str::to_owned).collect(),
            )
        })
        .collect();
    for change in changes {
        let (Change::Value(file, ..)
        | Change::Twice(file, _)
        | Change::Gone(file, _)
        | Change::Cut(file, _)
        | Change::Whole(file, _)) = change;
        let index = file.index(files.len());
        let lines = &mut files[index].1;
        if let Change::Whole(_, text) = change {
            *lines = vec![text.clone()];
        }
        if lines.is_empty() {
            continue;
        }
        match change {
            Change::Value(_, line, text) => {
                let line = line.index(lines.len());
                let line = &mut lines[line];
                let key = line.split_once(": ").map_or(line.as_str(), |(key, _)| key);
                *line = format!("{}: {text}", key.trim_end_matches(':'));
            }
            Change::Twice(_, line) => {
                let line = line.index(lines.len());
                lines.insert(line, lines[line].clone());
            }
            Change::Gone(_, line) => drop(lines.remove(line.index(lines.len()))),
            Change::Cut(_, line) => lines.truncate(line.index(lines.len())),
            Change::Whole(..) => {}
        }
    }
    let files = files.into_iter();
    MemorySource::from_iter(files.map(|(path, lines)| (path, lines.join("\n") + "\n")))
}

fn check(source: &MemorySource) {
    for importer in IMPORTERS {
        let import = importer(source, &ImportOptions::default()).unwrap();
        if import.versions() > 0 {
            foreign::loaded(&import);
            published::written_alike(&import);
        }
        for (path, _) in import.files().files() {
            let is_safe = |part: &str| !matches!(part, "" | "." | "..");
            assert!(path.split('/').all(is_safe), "{path}");
        }
        let again = importer(source, &ImportOptions::default()).unwrap();
        assert_eq!(import.files(), again.files());
        assert_eq!(import.not_carried_over(), again.not_carried_over());
        assert_eq!(import.diagnostics(), again.diagnostics());
    }
}

#[test]
fn what_is_as_it_should_be() {
    let source = changed(&[]);
    let versions = IMPORTERS.map(|importer| {
        let import = importer(&source, &ImportOptions::default()).unwrap();
        import.versions()
    });
    assert_eq!(versions, [2, 3, 2, 0]);
    check(&source);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_made_loads(changes in prop::collection::vec(change(), 1..6)) {
        check(&changed(&changes));
    }
}
