//! Canonical writing: loading what was written gives what was loaded, and writing again gives the same bytes.
#![cfg(feature = "write")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod corpus;

use catalog_model::document::Limits;
use catalog_model::write::release;
use catalog_model::{LoadOptions, Loaded, MemorySource, Phase, Release, Severity, Source, load};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// Writes every release of a catalog, loads what was written, and compares; the number of releases.
fn check(source: &dyn Source) -> usize {
    let first = load(source, &LoadOptions::default()).unwrap();
    let mut written = MemorySource::new();
    for one in releases(&first) {
        for (path, bytes) in release(one, source, &Limits::default()).unwrap().files() {
            written.insert(path, bytes.to_vec());
        }
    }
    let second = load(&written, &LoadOptions::default()).unwrap();
    let wrong: Vec<_> = second
        .diagnostics()
        .iter()
        .filter(|found| found.severity() == Severity::Error)
        .filter(|found| !found.code().starts_with("catalog."))
        .map(ToString::to_string)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let (before, after): (Vec<_>, Vec<_>) =
        (releases(&first).collect(), releases(&second).collect());
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        same(before, after);
        let again = release(after, &written, &Limits::default()).unwrap();
        for (path, bytes) in again.files() {
            let first = written.read(path, usize::MAX - 1).unwrap();
            assert!(first == bytes, "{path} is written otherwise again");
        }
    }
    copied(source, &written);
    before.len()
}

/// Files of conditions and hooks are the same bytes, with their comments and layout.
fn copied(source: &dyn Source, written: &MemorySource) {
    for (path, bytes) in written.files() {
        let inside = path
            .split('/')
            .any(|part| matches!(part, "conditions" | "hooks"));
        if inside {
            let before = source.read(path, usize::MAX - 1).unwrap();
            assert!(before == bytes, "{path} is not copied as it is");
        }
    }
}

fn releases(loaded: &Loaded) -> impl Iterator<Item = &Release> {
    let packages = loaded.catalog().packages();
    packages.flat_map(catalog_model::Package::releases)
}

/// Part by part, so that a failure says which.
fn same(a: &Release, b: &Release) {
    assert_eq!(a.metadata(), b.metadata());
    let unknown = |release: &Release| release.metadata().unknown().to_json();
    assert_eq!(unknown(a), unknown(b));
    assert_eq!(a.modules(), b.modules());
    assert_eq!(a.unknown_in_modules(), b.unknown_in_modules());
    assert_eq!(a.definitions(), b.definitions());
    assert_eq!(a.actions(), b.actions());
    for phase in Phase::ALL {
        assert!(a.hooks(phase).eq(b.hooks(phase)), "{phase}");
    }
    assert_eq!(a.conditions(), b.conditions());
    assert_eq!(a.version().as_str(), b.version().as_str());
    assert!(a == b, "{} {}", a.package(), a.version());
}

#[test]
fn what_the_format_does_not_know_is_kept_in_its_place() {
    let metadata = "appVersion: 1.10 # not 1.1\nname: p\nversion: 1.0.0\nx-on: on\nx-date: 2024-01-01\nx-deep: {b: [0x10, '0644', ~, !!str 7], a: {on: 1e3}}\n\
        dependencies:\n- {since: 1.0, name: q}\nrequires:\n- name: x\n- {api: a/v1/B, why: because, name-of: it}\n\
        provides: [{name: y, for: [all]}]\nconflicts: [{name: z, x: {y: [~]}}]\n";
    let modules = "x-owner: {team: 007}\nmodules:\n- chart: {path: ./c, x-a: 1.0, remote: {x-b: yes, repo: r, name: c, version: 1.0.0}}\n- kustomize: {a: 1}\n";
    let source = MemorySource::from_iter([
        ("p/1.0.0/metadata.yaml", metadata),
        ("p/1.0.0/modules.yaml", modules),
        ("p/1.0.0/c/Chart.yaml", "version: 1.0.0\n"),
    ]);
    assert_eq!(check(&source), 1);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let release = releases(&loaded).next().unwrap();
    let written = catalog_model::write::release(release, &source, &Limits::default()).unwrap();
    let text = |path: &str| String::from_utf8(written.read(path, 10_000).unwrap()).unwrap();
    insta::assert_snapshot!(text("p/1.0.0/metadata.yaml"), @r#"
    name: p
    version: 1.0.0
    dependencies:
    - name: q
      since: 1.0
    requires:
    - name: x
    - api: a/v1/B
      why: because
      name-of: it
    provides:
    - name: "y"
      for:
      - all
    conflicts:
    - name: z
      x:
        "true":
        - null
    appVersion: 1.10
    x-on: on
    x-date: "2024-01-01"
    x-deep:
      b:
      - 0x10
      - "0644"
      - null
      - "7"
      a:
        "true": 1e3
    "#);
    insta::assert_snapshot!(text("p/1.0.0/modules.yaml"), @r#"
    modules:
    - chart:
        path: ./c
        remote:
          repo: r
          name: c
          version: 1.0.0
          x-b: yes
        x-a: 1.0
      name: c
    - kustomize:
        a: 1
      name: kustomize
    x-owner:
      team: 007
    "#);
}

/// Every file of the corpus that is loaded, files with unknown keys among them.
#[test]
fn the_corpus_is_written_as_it_was_loaded() {
    let written: usize = corpus::cases()
        .iter()
        .map(|case| check(&case.catalog()))
        .sum();
    assert!(written >= 80, "{written} releases");
}

/// Lines of a metadata file, each of which may stand beside all others.
const METADATA: [&str; 33] = [
    "description: \"a: b\\n\\n  c \\t\\u2028\"",
    "description2: |2\n    x\n   y\n\n",
    "maintainers: on",
    "license: apache 2",
    "url: https://example.com/?a=b#c",
    "icon: 'it''s'",
    "labels: {tier: 1.10, example.com/on: yes, empty: ''}",
    "namespace: a-1",
    "plane: control",
    "group: '1.0'",
    "tags: [1e3, 0x10, ~a, '', ' x ', \"\\e\", 日本]",
    "dependencies:\n- {name: q, version: 1.10, optional: true, values: {a: {b: [1.5, 'on', 0644, null, {}]}, c: []}}\n- {name: r, version: '>=1.2 <2||^3-0', catalog: c, x: y}\n- {name: s, version: '*'}",
    "requires: [{api: v1/Pod}, {definition: a/B/c}, {name: x-y, since: 1.0}]",
    "provides: [{name: '1.0'}, {api: a.b/v1/C, x: {}}]",
    "conflicts: [{name: t}, {name: u, version: <2, x: []}]",
    "system: {kubernetes: 1.28, vela: '>=1.5-beta'}",
    "replaces: 0.9",
    "skips: [0.8, v0.8.1, 0.8.2+1]",
    "skipRange: <0.8",
    "yanked: yes",
    "deprecated: ''",
    "unknown: {on: [1, {a: b}], 0644: ~, '': x}",
    "x: !Custom {a: 1_000, b: .inf, c: -0, d: 1e400, e: 18446744073709551616, f: 08}",
    "y: &a [1, &b {c: d}]",
    "z: |\n  line\n\n  line\n",
    "'quoted key': >-\n  folded\n  text",
    "no: no",
    "~: null",
    "1.0: 1.0",
    "nested: {<<: {a: 1}, b: 2}",
    "long: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
    "empty-map: {}",
    "empty-list: []",
];

const MODULES: [&str; 9] = [
    "chart: {path: ./c/../c/, remote: {repo: https://e.com, name: c, version: 1.10, x: 1.10}, y: 0x1}\n  name: one",
    "chart: {path: c}\n  vaules: {a: 1.10, on: [x]}\n  name: nine\n  flux: 007",
    "chart: {path: gone, remote: {repo: oci://e.com, name: two}}\n  values: {a: [on, 'on', 1.0, 007]}\n  namespace: n",
    "terraform: {path: ., remote: {source: a/b/c, version: ~> 2.0}}\n  name: '1.0'",
    "terraform: {remote: {source: 'git::https://e.com/x.git?ref=v1'}}\n  name: four",
    "manifests: {remote: {url: https://e.com/install.yaml}}",
    "manifests: {path: c}\n  name: six\n  values: {}",
    "kustomize: {on: [1.0, ~], z: {y: x}}",
    "ocm: plain",
];

const DEFINITIONS: [&str; 5] = [
    "{apiVersion: core.oam.dev/v1beta1, kind: TraitDefinition, metadata: {name: a}, spec: {x: [on, 0644, 1.0, 1e3, '']}}",
    "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}, {apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: x}}]}",
    "apiVersion: core.oam.dev/v1beta1\nkind: ComponentDefinition\nmetadata: {name: b}\nspec:\n  schematic:\n    cue:\n      template: |\n        output: {\n        \ta: 1\n        }\n",
    "{apiVersion: v1, kind: Secret, metadata: {name: 'on'}, data: {a: !!binary aGk=}}",
    "# nothing here",
];

fn file(head: &'static str, lines: Vec<&'static str>) -> String {
    let lines: Vec<&str> = std::iter::once(head).chain(lines).collect();
    lines.join("\n") + "\n"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn what_is_written_is_what_was_loaded(
        metadata in subsequence(METADATA.to_vec(), 0..METADATA.len()).prop_shuffle(),
        version in select(vec!["1.0", "v1.10", "1.0.0+1", "2024.1.1-rc.1"]),
        modules in subsequence(MODULES.to_vec(), 0..MODULES.len()).prop_shuffle(),
        definitions in subsequence(DEFINITIONS.to_vec(), 0..DEFINITIONS.len()).prop_shuffle(),
        more in select(vec!["", "x: 1.0\n", "'on': {a: off}\n"]),
    ) {
        let folder = format!("p/{version}");
        let mut source = MemorySource::from_iter([
            (format!("{folder}/metadata.yaml"), format!("{}version: {version}\n", file("name: p", metadata))),
            (format!("{folder}/c/Chart.yaml"), "name: c\nversion: 1.10\n".to_owned()),
            (format!("{folder}/hooks/b.yml"), "# runs first\npre-install:\n- name:   a # why\n  job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: b}]}}}}\n".to_owned()),
            (format!("{folder}/conditions/a.yaml"), "# catalog: allow(conditions.empty, none yet)\nconditions:\n- {target: {kubeVersion: {}}, op: range, value: '>=1.28'}\n".to_owned()),
            (format!("{folder}/definitions/all.yml"), file("", definitions.iter().flat_map(|text| ["---", *text]).collect())),
        ]);
        if !modules.is_empty() {
            let items: Vec<String> = modules.iter().map(|item| format!("- {item}\n")).collect();
            source.insert(format!("{folder}/modules.yml"), format!("{more}modules:\n{}", items.concat()));
        }
        let loaded = load(&source, &LoadOptions::default()).unwrap();
        prop_assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics());
        prop_assert_eq!(check(&source), 1);
    }
}
