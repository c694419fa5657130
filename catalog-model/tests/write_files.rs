//! The files of a release, written and loaded.
#![cfg(feature = "write")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::document::Limits;
use catalog_model::write::{
    ConflictEntry, DependencyEntry, MetadataFile, ModuleEntry, ModulesFile, release,
};
use catalog_model::{
    Capability, ChartRemote, Level, LoadOptions, ManifestsRemote, MemorySource, ModuleContent,
    Plane, Release, Scope, Severity, Source, TerraformRemote, load,
};
use serde_json::{Value, json};

/// Loads strictly; whatever is worse than a note fails.
fn loaded(source: &MemorySource) -> Vec<Release> {
    let mut options = LoadOptions::default();
    options.strict = true;
    let loaded = load(source, &options).unwrap();
    let wrong: Vec<String> = loaded
        .diagnostics()
        .iter()
        .filter(|found| found.severity() > Severity::Note)
        .map(ToString::to_string)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let packages: Vec<_> = loaded.catalog().packages().cloned().collect();
    packages
        .iter()
        .flat_map(|package| package.releases().to_vec())
        .collect()
}

fn full_metadata() -> MetadataFile {
    let mut file = MetadataFile::new("grafana", "1.10");
    file.description = Some("Dashboards\nfor people.\n".to_owned());
    file.maintainers = vec!["Ann <ann@example.com>".to_owned(), "on".to_owned()];
    file.license = Some("Apache-2.0".to_owned());
    file.url = Some("https://grafana.com/?a=b#c".to_owned());
    file.icon = Some("icon.png".to_owned());
    file.labels.insert("tier".to_owned(), "1".to_owned());
    file.labels
        .insert("example.com/on".to_owned(), "yes".to_owned());
    file.namespace = Some("monitoring".to_owned());
    file.plane = Plane::Control;
    file.group = Some("observability".to_owned());
    file.tags = vec!["Let's Encrypt".to_owned(), "0644".to_owned(), "".to_owned()];
    let mut dependency = DependencyEntry::new("prometheus", ">=2.40, <3");
    dependency.catalog = Some("community".to_owned());
    dependency.optional = true;
    dependency.values = object(json!({"server": {"retention": "30", "mode": "0644"}}));
    file.dependencies = vec![dependency, DependencyEntry::new("loki", "*")];
    file.requires = vec![
        Capability::parse_api("monitoring.coreos.com/v1/ServiceMonitor").unwrap(),
        Capability::parse_definition("core.oam.dev/TraitDefinition/autoscaler").unwrap(),
    ];
    file.provides = vec![Capability::parse_name("dashboards").unwrap()];
    file.conflicts = vec![
        ConflictEntry::new("legacy-monitoring", "<2"),
        ConflictEntry::new("old", ""),
    ];
    file.system
        .insert("kubernetes".to_owned(), ">=1.28".to_owned());
    file.system.insert("vela".to_owned(), "1.5".to_owned());
    file.replaces = Some("1.9".to_owned());
    file.skips = vec!["1.9.1".to_owned()];
    file.skip_range = Some(">=1.7.0, <1.9.0".to_owned());
    file.yanked = Some("no".to_owned());
    file.deprecated = Some("use: grafana-operator".to_owned());
    file
}

fn full_modules() -> ModulesFile {
    let mut chart = ModuleEntry::new(
        "ingress",
        ModuleContent::Chart {
            path: Some("charts/ingress".to_owned()),
            remote: Some(ChartRemote {
                repo: "https://example.com".to_owned(),
                name: "ingress-nginx".to_owned(),
                version: Some("4.10".to_owned()),
            }),
        },
    );
    chart.namespace = Some("edge".to_owned());
    chart.values = object(json!({"a": {"b": [1, "1", null, "off"]}}));
    let terraform = TerraformRemote {
        source: "terraform-aws-modules/rds/aws".to_owned(),
        version: Some("~> 2.0".to_owned()),
    };
    let manifests = ManifestsRemote {
        url: "https://example.com/install.yaml".to_owned(),
        sha256: Some("ab".repeat(32)),
    };
    ModulesFile::new(vec![
        chart,
        ModuleEntry::new(
            "rds",
            ModuleContent::Terraform {
                path: None,
                remote: Some(terraform),
            },
        ),
        ModuleEntry::new(
            "crds",
            ModuleContent::Manifests {
                path: None,
                remote: Some(manifests),
            },
        ),
        ModuleEntry::new(
            "mine",
            ModuleContent::Opaque {
                kind: "kustomize".to_owned(),
                value: json!({"on": ["yes"]}),
            },
        ),
    ])
}

fn object(value: Value) -> serde_json::Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn catalog(metadata: &MetadataFile, modules: &ModulesFile) -> MemorySource {
    let folder = format!("{}/{}", metadata.name, metadata.version);
    MemorySource::from_iter([
        (format!("{folder}/metadata.yaml"), metadata.to_yaml()),
        (format!("{folder}/modules.yaml"), modules.to_yaml()),
        (
            format!("{folder}/charts/ingress/Chart.yaml"),
            "# a chart\n".to_owned(),
        ),
    ])
}

#[test]
fn every_field_reads_back() {
    let (metadata, modules) = (full_metadata(), full_modules());
    let releases = loaded(&catalog(&metadata, &modules));
    assert_eq!(
        releases[0].conditions().conditions().len(),
        2,
        "what `system` asks for"
    );
    assert_eq!(MetadataFile::of(&releases[0]), metadata);
    assert_eq!(ModulesFile::of(&releases[0]), modules);
}

#[test]
fn what_is_the_default_is_left_out() {
    let mut file = MetadataFile::new("a", "v1.0.0");
    assert_eq!(file.to_yaml(), "name: a\nversion: v1.0.0\n");
    file.scope = Scope::Namespace;
    assert_eq!(
        file.to_yaml(),
        "name: a\nversion: v1.0.0\nscope: namespace\n"
    );
    assert_eq!(ModulesFile::default().to_yaml(), "modules: []\n");
}

#[test]
fn files_as_people_see_them() {
    insta::assert_snapshot!(full_metadata().to_yaml(), @r#"
name: grafana
version: "1.10"
description: |
  Dashboards
  for people.
maintainer:
- Ann <ann@example.com>
- "on"
license: Apache-2.0
url: https://grafana.com/?a=b#c
icon: icon.png
label:
  example.com/on: "yes"
  tier: "1"
namespace: monitoring
plane: control
group: observability
tags:
- Let's Encrypt
- "0644"
- ""
dependencies:
- name: prometheus
  version: ">=2.40, <3"
  catalog: community
  optional: true
  values:
    server:
      mode: "0644"
      retention: "30"
- name: loki
requires:
- api: monitoring.coreos.com/v1/ServiceMonitor
- definition: core.oam.dev/TraitDefinition/autoscaler
provides:
- name: dashboards
conflicts:
- name: legacy-monitoring
  version: "<2"
- name: old
system:
  kubernetes: ">=1.28"
  vela: "1.5"
replaces: "1.9"
skips:
- 1.9.1
skipRange: ">=1.7.0, <1.9.0"
yanked: "no"
deprecated: "use: grafana-operator"
"#);
    insta::assert_snapshot!(full_modules().to_yaml(), @r#"
modules:
- chart:
    path: ./charts/ingress
    remote:
      repo: https://example.com
      name: ingress-nginx
      version: "4.10"
  name: ingress
  namespace: edge
  values:
    a:
      b:
      - 1
      - "1"
      - null
      - "off"
- terraform:
    remote:
      source: terraform-aws-modules/rds/aws
      version: "~> 2.0"
  name: rds
- manifests:
    remote:
      url: https://example.com/install.yaml
      sha256: abababababababababababababababababababababababababababababababab
  name: crds
- kustomize:
    "on":
    - "yes"
  name: mine
"#);
}

#[test]
fn a_release_is_written_again() {
    let definitions = "# a comment\nkind: TraitDefinition\napiVersion: core.oam.dev/v1beta1\nmetadata: {name: scaler}\n---\n\
                       kind: TraitDefinition\napiVersion: core.oam.dev/v1beta1\nmetadata: {name: on-off}\nspec: {mode: \"0644\"}\n";
    let source = MemorySource::from_iter([
        (
            "a/1.0/metadata.yaml",
            "version: '1.0' # as text\nname: a\nsystem: {vela: 1.10, kubernetes: '>=1.2'}\n",
        ),
        ("a/1.0/modules.yml", "modules: [{manifests: {path: m/}}]\n"),
        ("a/1.0/m/x.yaml", "not: [touched"),
        ("a/1.0/definitions/d.yaml", definitions),
        (
            "a/1.0/conditions/c.yaml",
            "conditions: # kept\n- {target: {crd: {name: a.example.com}}, op: exists}\n",
        ),
        ("a/1.0/readme.md", "# a\n"),
        ("a/1.0/notes/deep/n.txt", "n"),
    ]);
    let releases = loaded(&source);
    let written = release(&releases[0], &source, &Limits::default()).unwrap();
    let text: Vec<String> = written
        .files()
        .map(|(path, bytes)| format!("== {path}\n{}", String::from_utf8_lossy(bytes)))
        .collect();
    insta::assert_snapshot!(text.join("\n"), @r#"
== a/1.0/conditions/c.yaml
conditions: # kept
- {target: {crd: {name: a.example.com}}, op: exists}

== a/1.0/definitions/d.yaml
apiVersion: core.oam.dev/v1beta1
kind: TraitDefinition
metadata:
  name: scaler
---
apiVersion: core.oam.dev/v1beta1
kind: TraitDefinition
metadata:
  name: on-off
spec:
  mode: "0644"

== a/1.0/m/x.yaml
not: [touched
== a/1.0/metadata.yaml
name: a
version: "1.0"
system:
  kubernetes: ">=1.2"
  vela: "1.10"

== a/1.0/modules.yaml
modules:
- manifests:
    path: ./m
  name: m

== a/1.0/notes/deep/n.txt
n
== a/1.0/readme.md
# a
"#);
    let again = loaded(&written);
    assert_eq!(again[0].metadata(), releases[0].metadata());
    assert_eq!(again[0].modules(), releases[0].modules());
    assert_eq!(again[0].definitions(), releases[0].definitions());
    assert_eq!(
        release(&again[0], &written, &Limits::default()).unwrap(),
        written
    );
}

#[test]
fn what_comments_allow_is_allowed_in_what_is_written() {
    let definition = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n\
                      apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: on-off}\n---\n\
                      # catalog: allow(definition.kind, read by us)\n";
    let source = MemorySource::from_iter([
        (
            "a/1.0.0/metadata.yaml",
            "name: a\nversion: 1.0.0\nteam: shop   #   catalog: allow(metadata.unknown-key, portal)\n# another\n",
        ),
        (
            "a/1.0.0/modules.yml",
            "# catalog: allow(modules.remote.unpinned, follows the \"main\" line)\n\
             modules: [{name: m, manifests: {remote: {url: https://example.com/m.yaml}}}]\n",
        ),
        ("a/1.0.0/definitions/d.yaml", definition),
    ]);
    let mut options = LoadOptions::default();
    for group in ["warnings", "notes"] {
        options.levels.set(group, Level::Error).unwrap();
    }
    let newest = |source: &MemorySource| {
        let loaded = load(source, &options).unwrap();
        let package = loaded.catalog().package("a").unwrap();
        let release = package.newest().cloned();
        release.unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics()))
    };
    let first = newest(&source);
    let written = release(&first, &source, &Limits::default()).unwrap();
    let heads = written.files().map(|(_, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        text.lines().next().unwrap().to_owned()
    });
    assert_eq!(
        heads.collect::<Vec<_>>(),
        [
            "# catalog: allow(definition.kind, read by us)",
            "# catalog: allow(metadata.unknown-key, portal)",
            "# catalog: allow(modules.remote.unpinned, follows the \"main\" line)",
        ]
    );
    let again = newest(&written);
    assert_eq!(again, first);
    let twice = release(&again, &written, &Limits::default()).unwrap();
    assert_eq!(twice, written);
}

#[test]
fn a_file_that_is_too_large_is_an_error() {
    let source = MemorySource::from_iter([
        (
            "a/1.0.0/metadata.yaml",
            "name: a\nversion: 1.0.0\n".to_owned(),
        ),
        ("a/1.0.0/big.bin", "x".repeat(2000)),
    ]);
    let releases = loaded(&source);
    let mut limits = Limits::default();
    limits.file_bytes = 1000;
    let error = release(&releases[0], &source, &limits).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a/1.0.0/big.bin: the file has 2000 bytes, more than the 1000 allowed"
    );
    assert!(source.read("a/1.0.0/big.bin", 2000).is_ok());
}
