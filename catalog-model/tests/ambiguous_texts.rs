//! A plain scalar that not all readers of YAML take for the same is warned of in every field that holds a text, with a help that quotes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeSet;

use catalog_model::{Diagnostic, LoadOptions, MemorySource, load};

const JOB: &str = "{apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: b}]}}}}";

/// Each field of a text, with its file; `@` is where the text goes.
const FIELDS: [(&str, &str); 48] = [
    ("metadata.yaml", "version: @"),
    ("metadata.yaml", "description: @"),
    ("metadata.yaml", "maintainer: @"),
    ("metadata.yaml", "maintainers: [@]"),
    ("metadata.yaml", "license: @"),
    ("metadata.yaml", "url: @"),
    ("metadata.yaml", "icon: @"),
    ("metadata.yaml", "labels: {@: a}"),
    ("metadata.yaml", "tags: [@]"),
    ("metadata.yaml", "namespace: @"),
    ("metadata.yaml", "group: @"),
    ("metadata.yaml", "dependencies: [{name: @}]"),
    ("metadata.yaml", "dependencies: [{name: q, version: @}]"),
    ("metadata.yaml", "dependencies: [{name: q, catalog: @}]"),
    ("metadata.yaml", "requires: [{api: @}]"),
    ("metadata.yaml", "requires: [{definition: @}]"),
    ("metadata.yaml", "requires: [{name: @}]"),
    ("metadata.yaml", "provides: [{name: @}]"),
    ("metadata.yaml", "conflicts: [{name: @}]"),
    ("metadata.yaml", "conflicts: [{name: q, version: @}]"),
    ("metadata.yaml", "system: {kubernetes: @}"),
    ("metadata.yaml", "system: {vela: @}"),
    ("metadata.yaml", "replaces: @"),
    ("metadata.yaml", "skips: [@]"),
    ("metadata.yaml", "skipRange: @"),
    ("modules.yaml", "modules: [{name: @, flux: {}}]"),
    ("modules.yaml", "modules: [{namespace: @, flux: {}}]"),
    ("modules.yaml", "modules: [{name: m, chart: {path: @}}]"),
    (
        "modules.yaml",
        "modules: [{name: m, chart: {remote: {repo: @, name: web, version: v1}}}]",
    ),
    (
        "modules.yaml",
        "modules: [{name: m, chart: {remote: {repo: r, name: @, version: v1}}}]",
    ),
    (
        "modules.yaml",
        "modules: [{name: m, chart: {remote: {repo: r, name: web, version: @}}}]",
    ),
    (
        "modules.yaml",
        "modules: [{name: m, terraform: {remote: {source: @, version: v1}}}]",
    ),
    (
        "modules.yaml",
        "modules: [{name: m, terraform: {remote: {source: s, version: @}}}]",
    ),
    (
        "modules.yaml",
        "modules: [{name: m, manifests: {remote: {url: @}}}]",
    ),
    (
        "modules.yaml",
        "modules: [{name: m, manifests: {remote: {url: u, sha256: @}}}]",
    ),
    ("hooks/h.yaml", "pre-install: [{name: @, job: JOB}]"),
    ("hooks/h.yaml", "pre-install: [{after: [@], job: JOB}]"),
    ("hooks/h.yaml", "pre-install: [{timeout: @, job: JOB}]"),
    (
        "hooks/h.yaml",
        "pre-install: [{backoff: {initial: @}, job: JOB}]",
    ),
    ("hooks/h.yaml", "actions: [{name: @, job: JOB}]"),
    (
        "hooks/h.yaml",
        "actions: [{name: a, description: @, job: JOB}]",
    ),
    (
        "conditions/c.yaml",
        "conditions: [{name: @, target: {kubeVersion: {}}, op: range, value: '>=1.28'}]",
    ),
    (
        "conditions/c.yaml",
        "conditions: [{message: @, target: {kubeVersion: {}}, op: range, value: '>=1.28'}]",
    ),
    (
        "conditions/c.yaml",
        "conditions: [{target: {apiVersion: v1, kind: @, name: a, fieldPath: spec.a}, op: exists}]",
    ),
    (
        "conditions/c.yaml",
        "conditions: [{target: {apiVersion: v1, kind: Pod, namespace: shop, name: @, fieldPath: spec.a}, op: exists}]",
    ),
    (
        "conditions/c.yaml",
        "conditions: [{target: {apiVersion: v1, kind: Pod, namespace: @, name: a, fieldPath: spec.a}, op: exists}]",
    ),
    (
        "conditions/c.yaml",
        "conditions: [{target: {apiVersion: v1, kind: Pod, namespace: shop, name: a, fieldPath: @}, op: exists}]",
    ),
    (
        "conditions/c.yaml",
        "conditions: [{target: {apiVersion: v1, kind: Pod, namespace: shop, selector: {matchLabels: {@: a}}, fieldPath: spec.a}, each: any, op: exists}]",
    ),
];

/// Fields of which more is said where Kubernetes' tools read no text in them: of the scalar they are given, the code.
const SAID_OTHERWISE: [(&str, &str, &str); 4] = [
    ("metadata.yaml", "labels: {a: @}", "metadata.label.unquoted"),
    ("metadata.yaml", "yanked: @", "metadata.reason"),
    ("metadata.yaml", "deprecated: @", "metadata.reason"),
    (
        "conditions/c.yaml",
        "conditions: [{target: {apiVersion: v1, kind: Pod, namespace: shop, selector: {matchLabels: {a: @}}, fieldPath: spec.a}, each: any, op: exists}]",
        "conditions.type",
    ),
];

/// Scalars that readers differ on: YAML 1.1 as Kubernetes' tools have it, YAML 1.1 as it is written, YAML 1.2.
const AMBIGUOUS: [&str; 16] = [
    "on",
    "no",
    "y",
    "Off",
    "0644",
    "1_000",
    "1_0",
    "0b11",
    "-0x1f",
    "0o17",
    "1e3",
    "08",
    "2024-01-01",
    "12:30",
    "1:02:03",
    "2001-12-14t21:59:43.10-05:00",
];

/// What all readers take for the same, be it a text or not.
const CLEAR: [&str; 16] = [
    "a",
    "1.0",
    "1.10",
    "10",
    "-1",
    "0x10",
    "1.2.3",
    "true",
    "2024-01",
    "12:60",
    "v1",
    "\"on\"",
    "'12:30'",
    "!!str 0644",
    "nono",
    "1.5e+3",
];

/// The diagnostics of a release with a scalar in a field.
fn diagnostics(file: &str, field: &str, scalar: &str) -> Vec<Diagnostic> {
    let field = field.replace('@', scalar).replace("JOB", JOB);
    let mut files = vec![(format!("p/1.0.0/{file}"), format!("{field}\n"))];
    let metadata = "p/1.0.0/metadata.yaml".to_owned();
    match file {
        "metadata.yaml" if field.starts_with("version:") => files[0].1.insert_str(0, "name: p\n"),
        "metadata.yaml" => files[0].1.insert_str(0, "name: p\nversion: 1.0.0\n"),
        _ => files.push((metadata, "name: p\nversion: 1.0.0\n".to_owned())),
    }
    let source: MemorySource = files.into_iter().collect();
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    loaded.diagnostics().to_vec()
}

fn ambiguous(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let found = diagnostics.iter();
    found
        .filter(|found| found.code() == "yaml.ambiguous")
        .collect()
}

#[test]
fn every_field_of_a_text_warns_once_and_quotes() {
    for (file, field) in FIELDS {
        for scalar in AMBIGUOUS {
            let all = diagnostics(file, field, scalar);
            let found = ambiguous(&all);
            assert_eq!(found.len(), 1, "{field} {scalar}: {}", said(&all));
            assert_eq!(
                found[0].message(),
                format!("`{scalar}` is a text here, and something else to other readers of YAML")
            );
            assert_eq!(found[0].help_lines(), [format!("quote it: \"{scalar}\"")]);
            let fix = found[0].safe_fix().unwrap();
            assert_eq!(fix.edits()[0].replacement, format!("\"{scalar}\""));
        }
        for scalar in CLEAR {
            let all = diagnostics(file, field, scalar);
            assert!(
                ambiguous(&all).is_empty(),
                "{field} {scalar}: {}",
                said(&all)
            );
        }
    }
}

#[test]
fn where_more_is_said_it_is_said_instead() {
    for (file, field, code) in SAID_OTHERWISE {
        for scalar in AMBIGUOUS {
            let all = diagnostics(file, field, scalar);
            let codes: BTreeSet<&str> = all.iter().map(Diagnostic::code).collect();
            let here = codes.contains(code);
            let there = ambiguous(&all).len();
            assert_eq!(
                there,
                usize::from(!here),
                "{field} {scalar}: {}",
                said(&all)
            );
        }
    }
}

fn said(diagnostics: &[Diagnostic]) -> String {
    let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
