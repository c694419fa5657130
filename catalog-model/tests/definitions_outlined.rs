//! Definitions whose upper levels alone are read are those of the whole file, with the same diagnostics.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::{LoadOptions, MemorySource, load};
use proptest::prelude::*;
use proptest::sample::select;

const CRD: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
  namespace: somewhere
  labels:
    app: widgets
  annotations:
    api-approved.kubernetes.io: https://example.com
spec:
  group: example.com
  scope: Namespaced
  preserveUnknownFields: false
  names:
    kind: Widget
    listKind: WidgetList
    plural: widgets
    singular: widget
    shortNames: [wd]
    categories:
    - all
  conversion:
    strategy: Webhook
    webhook:
      conversionReviewVersions: [v1]
      clientConfig:
        service:
          name: widgets
          namespace: somewhere
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      scale:
        specReplicasPath: .spec.replicas
    additionalPrinterColumns:
    - name: Age
      type: date
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              size: {type: integer}
  - name: v1beta1
    served: true
    storage: false
    deprecated: true
    deprecationWarning: use v1
    schema:
      openAPIV3Schema:
        type: object
        x-kubernetes-preserve-unknown-fields: true
";

const VALUES: &[&str] = &[
    "",
    "~",
    "x",
    "yes",
    "0644",
    "'1'",
    "1",
    "true",
    "false",
    ".nan",
    "{}",
    "[]",
    "[x]",
    "{x: y}",
    "List",
    "WidgetList",
    "None",
    "v1",
    "Cluster",
    "ConfigMap",
    "!!str x",
    "\"x\\ny\"",
    "x-y.z",
];

/// What comes of a file: each definition with its place in lines and its object, or why there is none.
fn outcome(text: &str) -> (Vec<String>, Vec<String>) {
    let source = MemorySource::from_iter([
        ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
        ("p/1.0.0/definitions/d.yaml", text),
    ]);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let diagnostics = loaded.diagnostics().iter().map(ToString::to_string);
    let releases = loaded
        .catalog()
        .packages()
        .flat_map(|package| package.releases());
    let definitions = releases
        .flat_map(|release| release.definitions())
        .map(|definition| {
            let span = definition.origin().span();
            // The first line is not the same in both.
            let place = text.get(span.start.max(16)..span.end).unwrap_or_default();
            let provided: Vec<String> = definition
                .provides()
                .map(|one| format!("{one:?}"))
                .collect();
            format!(
                "{} {provided:?} {} {place}",
                definition.identity(),
                definition.object()
            )
        });
    (definitions.collect(), diagnostics.collect())
}

/// An anchor keeps a file from being read in outline, and changes nothing else.
fn check(text: &str) {
    let outlined = outcome(&format!("--- #############\n{text}"));
    let whole = outcome(&format!("--- &whole ######\n{text}"));
    assert_eq!(outlined, whole, "{text}");
}

#[test]
fn whether_in_a_list_or_not() {
    check(CRD);
    assert_eq!(outcome(&format!("--- #############\n{CRD}")).0.len(), 1);
    check(
        "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {a: {b: {c: {d: {e: {f: {}}}}}}}\n",
    );
    let item = CRD.replace('\n', "\n  ");
    check(&format!("kind: List\napiVersion: v1\nitems:\n- {item}\n"));
    let old = item.replace(
        "      openAPIV3Schema:\n          type: object",
        "      openAPIV3Schema:\n          type: array",
    );
    check(&format!("kind: List\napiVersion: v1\nitems:\n- {old}\n"));
}

proptest! {
    #[test]
    fn outlined_and_whole_agree(
        changes in proptest::collection::vec((0..200_usize, 0..6_usize, select(VALUES)), 0..4),
        copies in 1..3_usize,
    ) {
        let mut lines: Vec<String> = CRD.lines().map(str::to_owned).collect();
        for (at, change, value) in changes {
            let at = at % lines.len();
            match change {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, lines[at].clone()),
                _ => {
                    let end = lines[at].find(':').map_or(lines[at].len(), |colon| colon + 1);
                    lines[at].truncate(end);
                    lines[at].push(' ');
                    lines[at].push_str(value);
                }
            }
        }
        check(&vec![lines.join("\n"); copies].join("\n---\n"));
    }
}
