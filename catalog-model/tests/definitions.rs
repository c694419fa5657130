//! Definitions: what is read of them, and which of them no API server would take.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail loudly, and says why it was skipped"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use catalog_model::document::{Limits, parse};
use catalog_model::{
    Conversion, Definition, LoadOptions, Loaded, MemorySource, OamKind, ResourceScope, Schematic,
    SourceFile, load,
};
use serde_json::{Value, json};

fn loaded(definitions: &str) -> Loaded {
    let source = MemorySource::from_iter([
        ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
        ("p/1.0.0/definitions/d.yaml", definitions),
    ]);
    load(&source, &LoadOptions::default()).unwrap()
}

/// The definitions of a file without errors.
fn definitions(text: &str) -> Vec<Definition> {
    let loaded = loaded(text);
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics());
    let package = loaded.catalog().package("p").unwrap();
    package.releases()[0].definitions().to_vec()
}

/// Loads definitions and compares all diagnostics.
fn check(text: &str, expected: &[&str]) {
    let loaded = loaded(text);
    let lines: Vec<String> = loaded
        .diagnostics()
        .iter()
        .map(|found| {
            found
                .to_string()
                .replacen("p/1.0.0/definitions/d.yaml:", "", 1)
        })
        .collect();
    assert_eq!(lines, expected, "{text}");
}

fn crd() -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": "Widget", "plural": "widgets"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}}}],
        },
    })
}

/// A CRD with one value set by JSON pointer (`null` removes it), and what must be said of it.
fn check_crd(edits: &[(&str, Value)], expected: &[&str]) {
    let mut crd = crd();
    for (pointer, value) in edits {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match crd.pointer_mut(parent).unwrap() {
            Value::Object(map) if value.is_null() => drop(map.remove(key)),
            Value::Object(map) => drop(map.insert(key.to_owned(), value.clone())),
            Value::Array(items) => items.push(value.clone()),
            other => *other = value.clone(),
        }
    }
    let found: Vec<String> = loaded(&crd.to_string())
        .diagnostics()
        .iter()
        .map(|found| {
            format!(
                "{}[{}]: {}",
                found.severity(),
                found.code(),
                found.message()
            )
        })
        .collect();
    assert_eq!(found, expected, "{edits:?}");
}

#[test]
fn a_crd_says_what_it_serves() {
    let text = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Cluster\n  names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList, shortNames: [w, wd], categories: [all]}\n  conversion: {strategy: Webhook, webhook: {conversionReviewVersions: [v1], clientConfig: {url: 'https://e.com'}}}\n  versions:\n  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, description: one}}}\n  - {name: v1beta1, served: false, storage: false, deprecated: true, deprecationWarning: use v1, schema: {openAPIV3Schema: {type: object}}}\n";
    let definitions = definitions(text);
    let definition = &definitions[0];
    assert_eq!(
        (definition.file(), definition.origin().span().start),
        ("definitions/d.yaml", 0)
    );
    assert!(definition.oam().is_none());
    let crd = definition.crd().unwrap();
    assert_eq!(
        (crd.group(), crd.kind(), crd.plural(), crd.singular()),
        (
            Some("example.com"),
            Some("Widget"),
            Some("widgets"),
            Some("widget")
        )
    );
    assert_eq!(crd.list_kind(), Some("WidgetList"));
    assert_eq!(crd.short_names().collect::<Vec<_>>(), ["w", "wd"]);
    assert_eq!(crd.categories().collect::<Vec<_>>(), ["all"]);
    assert_eq!(crd.scope(), Some(ResourceScope::Cluster));
    assert!(
        matches!(crd.conversion(), Conversion::Webhook(webhook) if webhook["conversionReviewVersions"] == json!(["v1"]))
    );
    let stored = crd.storage_version().unwrap();
    assert_eq!((stored.name(), stored.is_served()), (Some("v1"), true));
    assert_eq!(stored.schema().unwrap()["description"], "one");
    let old = crd.version("v1beta1").unwrap();
    assert_eq!(old.pointer(), "/spec/versions/1");
    assert!(std::ptr::eq(
        definition.object().pointer(&old.pointer()).unwrap(),
        old.value()
    ));
    assert_eq!(
        (
            old.is_served(),
            old.is_deprecated(),
            old.deprecation_warning()
        ),
        (false, true, Some("use v1"))
    );
    let provided: Vec<String> = definition.provides().map(|one| one.to_string()).collect();
    assert_eq!(
        provided,
        [
            "apiextensions.k8s.io/CustomResourceDefinition/widgets.example.com",
            "example.com/v1/Widget"
        ]
    );
    assert_eq!(definition.requires().count(), 0);
}

#[test]
fn crds_that_the_api_server_refuses() {
    let one = |edit: (&str, Value), message: &str| {
        check_crd(&[edit], &[&format!("error[definition.crd]: {message}")]);
    };
    check_crd(&[], &[]);
    one(
        ("/spec/scope", json!("namespaced")),
        "`spec.scope` must be `Cluster` or `Namespaced`",
    );
    one(
        ("/spec/scope", Value::Null),
        "`spec.scope` must be `Cluster` or `Namespaced`",
    );
    one(
        ("/spec/group", Value::Null),
        "this CustomResourceDefinition has no `spec.group`",
    );
    one(
        ("/spec/names/kind", Value::Null),
        "this CustomResourceDefinition has no `spec.names.kind`",
    );
    one(
        ("/metadata/name", json!("widget.example.com")),
        "the name of this CustomResourceDefinition must be `widgets.example.com`, not `widget.example.com`",
    );
    check_crd(
        &[
            ("/metadata/name", json!("widgets.example")),
            ("/spec/group", json!("example")),
        ],
        &["error[definition.crd]: the group `example` is not a domain with at least one dot"],
    );
    let kubernetes = [
        ("/metadata/name", json!("widgets.x.k8s.io")),
        ("/spec/group", json!("x.k8s.io")),
    ];
    check_crd(
        &kubernetes,
        &[
            "error[definition.crd]: the group `x.k8s.io` is Kubernetes' own: a CustomResourceDefinition in it needs the annotation `api-approved.kubernetes.io`",
        ],
    );
    let approved = (
        "/metadata/annotations",
        json!({"api-approved.kubernetes.io": "https://github.com/kubernetes/enhancements/pull/1"}),
    );
    check_crd(
        &[kubernetes[0].clone(), kubernetes[1].clone(), approved],
        &[],
    );
    one(
        ("/spec/names/singular", json!("Widget")),
        "`spec.names.singular` cannot be `Widget`: it must begin and end with a lower-case letter or a digit",
    );
    one(
        ("/spec/names/kind", json!("7Up")),
        "`spec.names.kind` cannot be `7Up`: it must begin with a letter",
    );
    one(
        ("/spec/names/shortNames", json!(["w", "w.x"])),
        "`spec.names.shortNames` cannot be `w.x`: it may hold only lower-case letters, digits and `-`",
    );
    one(
        ("/spec/names/listKind", json!("Widget")),
        "`spec.names.listKind` and `spec.names.kind` must differ",
    );
    one(
        ("/spec/preserveUnknownFields", json!(true)),
        "`spec.preserveUnknownFields` cannot be true: write `x-kubernetes-preserve-unknown-fields: true` into the schema",
    );
    for versions in [json!([]), json!({}), Value::Null] {
        one(
            ("/spec/versions", versions),
            "this CustomResourceDefinition serves no version: one of `spec.versions` needs `served: true`",
        );
    }
}

#[test]
fn versions_of_crds_that_the_api_server_refuses() {
    let one = |edit: (&str, Value), message: &str| {
        check_crd(&[edit], &[&format!("error[definition.crd]: {message}")]);
    };
    one(
        ("/spec/versions/0/storage", json!(false)),
        "exactly one of `spec.versions` is the one in which objects are stored, not 0: give one `storage: true`, the others `storage: false`",
    );
    let another = |name: &str, storage: bool| json!({"name": name, "served": true, "storage": storage, "schema": {"openAPIV3Schema": {"type": "object"}}});
    one(
        ("/spec/versions/-", another("v2", true)),
        "exactly one of `spec.versions` is the one in which objects are stored, not 2: give one `storage: true`, the others `storage: false`",
    );
    one(
        ("/spec/versions/-", another("v1", false)),
        "two versions are named `v1`",
    );
    check_crd(&[("/spec/versions/-", another("v2", false))], &[]);
    one(
        ("/spec/versions/0/served", json!(false)),
        "this CustomResourceDefinition serves no version: one of `spec.versions` needs `served: true`",
    );
    one(
        ("/spec/versions/0/served", json!("true")),
        "the version `v1` must say `served: true` or `served: false`",
    );
    one(
        ("/spec/versions/0/name", json!("1")),
        "a version cannot be named `1`: it must begin with a letter",
    );
    one(
        ("/spec/versions/0/schema", Value::Null),
        "the version `v1` has no `schema.openAPIV3Schema`",
    );
    one(
        ("/spec/versions/0/schema", json!({"openAPIV3Schema": {}})),
        "the schema of the version `v1` must begin with `type: object`",
    );
    one(
        ("/spec/versions/0/deprecationWarning", json!("old")),
        "the version `v1` has a `deprecationWarning` without `deprecated: true`",
    );
    one(
        ("/spec/conversion", json!({"strategy": "Webhook"})),
        "`strategy: Webhook` needs `spec.conversion.webhook`",
    );
    one(
        (
            "/spec/conversion",
            json!({"strategy": "Webhook", "webhook": {}}),
        ),
        "`spec.conversion.webhook` needs `clientConfig` and `conversionReviewVersions`",
    );
    one(
        (
            "/spec/conversion",
            json!({"strategy": "None", "webhook": {}}),
        ),
        "`spec.conversion.webhook` goes with `strategy: Webhook` only",
    );
    one(
        ("/spec/conversion", json!({})),
        "`spec.conversion.strategy` must be `None` or `Webhook`",
    );
    check_crd(&[("/spec/conversion", json!({"strategy": "None"}))], &[]);
    for client in [Value::Null, json!("https://e.com")] {
        let webhook = json!({"clientConfig": client, "conversionReviewVersions": ["v1"]});
        one(
            (
                "/spec/conversion",
                json!({"strategy": "Webhook", "webhook": webhook}),
            ),
            "`spec.conversion.webhook` needs `clientConfig` and `conversionReviewVersions`",
        );
    }
    check_crd(
        &[
            ("/apiVersion", json!("apiextensions.k8s.io/v1beta1")),
            ("/spec/scope", Value::Null),
        ],
        &[
            "warning[definition.crd.v1beta1]: no API server since Kubernetes 1.22 takes a CustomResourceDefinition of apiextensions.k8s.io/v1beta1",
        ],
    );
}

#[test]
fn a_crd_is_refused_at_the_place_that_is_wrong() {
    check(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Cluster\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - {name: V1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}\n",
        &[
            "9:12: error[definition.crd]: a version cannot be named `V1`: it must begin and end with a lower-case letter or a digit",
        ],
    );
}

#[test]
fn a_kind_without_namespaces_takes_none() {
    let one = "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: a, namespace: b}}\n";
    let other = one.replace("namespace: b", "namespace: c");
    check(
        &format!("{one}---\n{other}"),
        &[
            "1:50: note[definition.kind]: `ClusterRole` is no definition: it is applied like one",
            "1:94: warning[definition.namespace]: a `ClusterRole` lives in no namespace: `b` is not used",
            "3:1: error[definition.duplicate]: `ClusterRole.rbac.authorization.k8s.io/a` is defined here again, first in p/1.0.0/definitions/d.yaml:1",
            "3:50: note[definition.kind]: `ClusterRole` is no definition: it is applied like one",
            "3:94: warning[definition.namespace]: a `ClusterRole` lives in no namespace: `c` is not used",
        ],
    );
    let definitions = definitions(
        "{apiVersion: core.oam.dev/v1beta1, kind: TraitDefinition, metadata: {name: a, namespace: b}}\n---\n{apiVersion: core.oam.dev/v1beta1, kind: TraitDefinition, metadata: {name: a, namespace: c}}\n",
    );
    assert_eq!(definitions.len(), 2, "one in each namespace");
    assert_eq!(definitions[1].identity().namespace(), Some("c"));
}

#[test]
fn lists_stand_for_their_items() {
    let item =
        |name: &str| format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}}}");
    for kind in [
        "{apiVersion: v1, kind: List, items: ",
        "{apiVersion: v1, kind: ConfigMapList, items: ",
    ] {
        let definitions = definitions(&format!("{kind}[{}, {}]}}\n", item("a"), item("b")));
        let names: Vec<_> = definitions
            .iter()
            .map(|definition| definition.identity().name())
            .collect();
        assert_eq!(names, ["a", "b"]);
        assert_ne!(
            definitions[0].origin().span(),
            definitions[1].origin().span()
        );
    }
    // A kind of somebody's that only ends like a list is itself.
    let definitions = definitions("{apiVersion: e.com/v1, kind: AllowList, metadata: {name: a}}\n");
    assert_eq!(definitions[0].identity().kind(), "AllowList");
}

#[test]
fn oam_definitions_say_what_they_make_and_need() {
    let definition = |kind: &str, spec: &str| {
        let text = format!(
            "apiVersion: core.oam.dev/v1beta1\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n"
        );
        definitions(&text).remove(0)
    };
    let requires = |definition: &Definition| -> Vec<String> {
        definition.requires().map(|one| one.to_string()).collect()
    };
    let cue = definition(
        "ComponentDefinition",
        "{workload: {definition: {apiVersion: apps.kruise.io/v1alpha1, kind: CloneSet}}, schematic: {cue: {template: 'output: {}'}}}",
    );
    let oam = cue.oam().unwrap();
    assert_eq!(
        (oam.kind(), oam.schematic()),
        (OamKind::Component, Some(Schematic::Cue("output: {}")))
    );
    assert_eq!(
        oam.workload(),
        Some(("apps.kruise.io/v1alpha1", "CloneSet"))
    );
    assert_eq!(requires(&cue), ["apps.kruise.io/v1alpha1/CloneSet"]);
    let own = definition(
        "ComponentDefinition",
        "{workload: {definition: {apiVersion: apps/v1, kind: Deployment}}, schematic: {terraform: {configuration: 'module'}}}",
    );
    assert!(
        matches!(own.oam().unwrap().schematic(), Some(Schematic::Terraform(terraform)) if terraform["configuration"] == "module")
    );
    assert!(requires(&own).is_empty(), "Kubernetes brings it");
    let typed = definition(
        "ComponentDefinition",
        "{workload: {type: clonesets.apps.kruise.io}, schematic: {helm: {}}}",
    );
    assert!(matches!(
        typed.oam().unwrap().schematic(),
        Some(Schematic::Helm(_))
    ));
    assert_eq!(
        requires(&typed),
        ["core.oam.dev/WorkloadDefinition/clonesets.apps.kruise.io"]
    );
    let detected = definition(
        "ComponentDefinition",
        "{workload: {type: autodetects.core.oam.dev}, schematic: {kube: {}}}",
    );
    assert!(matches!(
        detected.oam().unwrap().schematic(),
        Some(Schematic::Kube(_))
    ));
    assert!(requires(&detected).is_empty());
    let referring = definition(
        "TraitDefinition",
        "{definitionRef: {name: scaledobjects.keda.sh}, schematic: {wasm: {}}}",
    );
    assert!(matches!(
        referring.oam().unwrap().schematic(),
        Some(Schematic::Other("wasm", _))
    ));
    assert_eq!(
        requires(&referring),
        ["apiextensions.k8s.io/CustomResourceDefinition/scaledobjects.keda.sh"]
    );
    let built_in = definition(
        "TraitDefinition",
        "{definitionRef: {name: ingresses.networking.k8s.io}}",
    );
    assert_eq!(
        built_in.oam().unwrap().definition_ref(),
        Some("ingresses.networking.k8s.io")
    );
    assert!(requires(&built_in).is_empty());
    assert_eq!(built_in.oam().unwrap().schematic(), None);
    for (kind, expected) in [
        ("WorkloadDefinition", OamKind::Workload),
        ("PolicyDefinition", OamKind::Policy),
        ("WorkflowStepDefinition", OamKind::WorkflowStep),
    ] {
        let definition = definition(kind, "{}");
        assert_eq!(definition.oam().unwrap().kind(), expected);
        assert_eq!(
            definition
                .provides()
                .map(|one| one.to_string())
                .collect::<Vec<_>>(),
            [format!("core.oam.dev/{kind}/a")]
        );
    }
}

/// What an API server once took must not be refused here: the CRDs of real operators, charts and addons.
#[test]
fn the_crds_of_real_operators_are_taken() {
    let Some(folder) = unpacked() else { return };
    let mut crds = BTreeMap::new();
    collect(&folder, &mut crds);
    let (mut taken, mut old, mut refused) = (0, 0, BTreeMap::new());
    for text in crds.into_values() {
        let loaded = loaded(&text);
        let errors: Vec<_> = loaded
            .diagnostics()
            .iter()
            .filter(|found| found.code().starts_with("definition."))
            .map(ToString::to_string)
            .collect();
        match errors.as_slice() {
            [] => taken += 1,
            [only] if only.contains("definition.crd.v1beta1") => old += 1,
            [first, ..] => *refused.entry(first.clone()).or_insert(0) += 1,
        }
    }
    eprintln!("{taken} taken, {old} of v1beta1, {refused:#?}");
    assert!(refused.is_empty());
    assert!(taken > 350 && old == 0, "{taken} CRDs, {old} old ones");
}

/// The archives, unpacked; `None`, said aloud, where they are not there.
fn unpacked() -> Option<PathBuf> {
    let folder = std::env::var_os("CATALOG_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let unpacked = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("definitions");
    std::fs::create_dir_all(&unpacked).unwrap();
    for name in [
        "olm-operators.tar.xz",
        "helm-charts.tar.xz",
        "kubevela-addons.tar.gz",
    ] {
        let archive = folder.join(name);
        let mut tar = Command::new("tar");
        tar.arg("-xf").arg(&archive).arg("-C").arg(&unpacked);
        if !archive.is_file() || !tar.status().is_ok_and(|status| status.success()) {
            eprintln!(
                "skipped: {} is not there or cannot be unpacked",
                archive.display()
            );
            return None;
        }
    }
    Some(unpacked)
}

/// Every CRD once, as JSON by its text.
fn collect(folder: &Path, crds: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, crds);
            continue;
        }
        let yaml = path.extension().is_some_and(|ending| ending == "yaml");
        let Some(text) = yaml.then(|| std::fs::read_to_string(&path).ok()).flatten() else {
            continue;
        };
        // The largest have the largest schemas, which are not looked at.
        let small = text.len() < 100_000;
        if !small || !text.contains("kind: CustomResourceDefinition") || text.contains("{{") {
            continue;
        }
        let file = SourceFile::new(path.display().to_string(), text);
        for document in parse(&file, &Limits::snapshot()).documents {
            let mut object = document.to_json();
            if object["kind"] == "CustomResourceDefinition" {
                // What is in the schemas is not looked at, and is most of the text.
                for version in object["spec"]["versions"]
                    .as_array_mut()
                    .into_iter()
                    .flatten()
                {
                    let schema = version.pointer_mut("/schema/openAPIV3Schema");
                    schema
                        .and_then(Value::as_object_mut)
                        .map(|schema| schema.remove("properties"));
                }
                let text = object.to_string();
                crds.insert(text.clone(), text);
            }
        }
    }
}
