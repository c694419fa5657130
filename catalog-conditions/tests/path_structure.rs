//! What is known of paths without a schema.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use catalog_conditions::path::{FieldPath, Structure};

#[track_caller]
fn is(kind: (&str, &str), path: &str, structure: Structure) {
    assert_eq!(
        FieldPath::parse(path).unwrap().structure(kind.0, kind.1),
        Ok(structure),
        "{path}"
    );
}

const POD: (&str, &str) = ("v1", "Pod");
const CONFIG_MAP: (&str, &str) = ("v1", "ConfigMap");

#[test]
fn metadata_is_the_same_for_every_kind() {
    is(POD, "metadata.name", Structure::Text);
    is(POD, "metadata.generation", Structure::Integer);
    is(POD, "metadata.labels", Structure::Any);
    is(
        POD,
        "metadata.labels['app.kubernetes.io/name']",
        Structure::Text,
    );
    is(POD, "metadata.annotations[*]", Structure::Text);
    is(POD, "metadata.finalizers[0]", Structure::Text);
    is(
        POD,
        "metadata.ownerReferences[kind=ReplicaSet].controller",
        Structure::Boolean,
    );
    is(POD, "metadata.ownerReferences[*].uid", Structure::Text);
    is(
        POD,
        "metadata.managedFields[0].fieldsV1['f:spec']",
        Structure::Any,
    );
    is(POD, "metadata[*]", Structure::Any);
    is(POD, "apiVersion", Structure::Text);
    is(POD, "spec.anything[0].at.all", Structure::Any);
    is(CONFIG_MAP, "data['tls.crt']", Structure::Text);
    is(("v1", "Secret"), "stringData.password", Structure::Text);
    is(("example.com/v1", "Secret"), "data.tls.crt", Structure::Any);
    is(("example.com/v1", "Widget"), "data.tls.crt", Structure::Any);
}

#[test]
fn paths_that_no_object_has_are_refused() {
    let refused = [
        (POD, "metadata.labels.app.kubernetes"),
        (POD, "metadata.annotations.a[0]"),
        (POD, "metadata.labels[*].x"),
        (POD, "metadata.labels[0]"),
        (POD, "metadata.labels[app=web]"),
        (POD, "metadata.label.app"),
        (POD, "metadata.colour"),
        (POD, "metadata.name.x"),
        (POD, "metadata.finalizers.x"),
        (POD, "metadata.finalizers[name=x]"),
        (POD, "metadata.ownerReferences.name"),
        (POD, "metadata.ownerReferences[0].names"),
        (POD, "metadata[0]"),
        (POD, "kind.x"),
        (CONFIG_MAP, "data.tls.crt"),
        (CONFIG_MAP, "binaryData.a.b.c"),
    ];
    let told: Vec<String> = refused
        .iter()
        .map(|((api_version, kind), path)| {
            let error = FieldPath::parse(path)
                .unwrap()
                .structure(api_version, kind)
                .unwrap_err();
            format!("{path}: {error}; {}", error.help())
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    metadata.labels.app.kubernetes: `metadata.labels` is a map of strings: nothing lies below its keys; if the key is `app.kubernetes`, write `metadata.labels['app.kubernetes']`
    metadata.annotations.a[0]: `metadata.annotations` is a map of strings: nothing lies below its keys; the path ends with the key: `metadata.annotations['key']`
    metadata.labels[*].x: `metadata.labels` is a map of strings: nothing lies below its keys; the path ends with the key: `metadata.labels['key']`
    metadata.labels[0]: `metadata.labels` is a map of strings: the next step does not fit it; name a key: `metadata.labels['key']`
    metadata.labels[app=web]: `metadata.labels` is a map of strings: the next step does not fit it; name a key: `metadata.labels['key']`
    metadata.label.app: `metadata` has no field `label` in any kind; did you mean `labels`?
    metadata.colour: `metadata` has no field `colour` in any kind; known fields: annotations, creationTimestamp, deletionGracePeriodSeconds, deletionTimestamp, finalizers, generateName, generation, labels, managedFields, name, namespace, ownerReferences, resourceVersion, selfLink, uid
    metadata.name.x: `metadata.name` is a single value: the next step does not fit it; end the path here
    metadata.finalizers.x: `metadata.finalizers` is a list: the next step does not fit it; write `metadata.finalizers[0]` for one element, or `metadata.finalizers[*]` for each
    metadata.finalizers[name=x]: `metadata.finalizers` is a list: the next step does not fit it; write `metadata.finalizers[0]` for one element, or `metadata.finalizers[*]` for each
    metadata.ownerReferences.name: `metadata.ownerReferences` is a list: the next step does not fit it; write `metadata.ownerReferences[0]` for one element, or `metadata.ownerReferences[*]` for each
    metadata.ownerReferences[0].names: `metadata.ownerReferences[0]` has no field `names` in any kind; did you mean `name`?
    metadata[0]: `metadata` is an object: the next step does not fit it; name one of its fields
    kind.x: `kind` is a single value: the next step does not fit it; end the path here
    data.tls.crt: `data` is a map of strings: nothing lies below its keys; if the key is `tls.crt`, write `data['tls.crt']`
    binaryData.a.b.c: `binaryData` is a map of strings: nothing lies below its keys; if the key is `a.b.c`, write `binaryData['a.b.c']`
    ");
}
