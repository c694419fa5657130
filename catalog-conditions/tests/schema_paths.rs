//! Paths against a CRD's schema: what stands there, what is refused, and in which words.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use catalog_conditions::path::FieldPath;
use catalog_conditions::schema::{Field, Schema, SchemaError};
use serde_json::{Value, json};

/// A schema with one of everything.
fn widget() -> Value {
    let port = json!({"type": "object", "properties": {
        "name": {"type": "string"}, "port": {"type": "integer"}, "protocol": {"type": "string", "enum": ["TCP", "UDP"]},
        "tls": {"type": "boolean"}, "weight": {"type": "number"},
    }});
    let texts = json!({"type": "object", "additionalProperties": {"type": "string"}});
    json!({"type": "object", "properties": {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"type": "object"},
        "spec": {"type": "object", "properties": {
            "replicas": {"type": "integer", "nullable": true},
            "share": {"type": "number"},
            "paused": {"type": "boolean"},
            "mode": {"type": "string", "enum": ["fast", "slow"]},
            "maxSurge": {"x-kubernetes-int-or-string": true, "anyOf": [{"type": "integer"}, {"type": "string"}]},
            "ports": {"type": "array", "items": port, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port", "protocol"]},
            "routes": {"type": "array", "items": port},
            "hosts": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
            "labels": texts,
            "limits": {"type": "object", "additionalProperties": {"x-kubernetes-int-or-string": true}},
            "pools": {"type": "object", "additionalProperties": {"type": "object", "properties": {"size": {"type": "integer"}}}},
            "anything": {"x-kubernetes-preserve-unknown-fields": true},
            "values": {"type": "object", "x-kubernetes-preserve-unknown-fields": true, "properties": {"image": {"type": "object", "properties": {"tag": {"type": "string"}}}}},
            "list": {"type": "array", "x-kubernetes-preserve-unknown-fields": true, "items": {"type": "object", "properties": {"known": {"type": "object"}}}},
            "template": {"type": "object", "x-kubernetes-embedded-resource": true, "properties": {"spec": {"type": "object"}}},
            "nothing": {"type": "object"},
            "matrix": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
        }},
        "status": {"type": "object", "properties": {
            "conditions": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"], "items": {
                "type": "object", "properties": {"type": {"type": "string"}, "status": {"type": "string", "enum": ["True", "False", "Unknown"]}},
            }},
        }},
    }})
}

fn told(result: Result<Field<'_>, SchemaError>) -> String {
    match result {
        Err(error) => format!("{error}: {}", error.help()),
        Ok(field) => {
            let mut text = field.to_string();
            if field.is_nullable() && !field.is_any() {
                text.push_str(" or null");
            }
            if let Some(allowed) = field.allowed() {
                let allowed: Vec<String> = allowed.iter().map(ToString::to_string).collect();
                text.push_str(&format!(", one of {}", allowed.join(" ")));
            }
            for lint in field.lints() {
                text.push_str(&format!("; {lint}: {}", lint.help()));
            }
            text
        }
    }
}

fn check(schema: &Value, paths: &[&str]) -> String {
    let lines = paths.iter().map(|path| {
        let parsed = FieldPath::parse(path).expect(path);
        format!("{path}: {}", told(Schema::new(schema).check(&parsed)))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_stands_at_a_path() {
    let told = check(
        &widget(),
        &[
            "apiVersion",
            "metadata.name",
            "metadata.generation",
            "metadata.labels['app.kubernetes.io/name']",
            "metadata.ownerReferences[kind=ReplicaSet].controller",
            "spec",
            "spec.replicas",
            "spec.share",
            "spec.paused",
            "spec.mode",
            "spec.maxSurge",
            "spec.ports",
            "spec.ports[*].protocol",
            "spec.ports[port=80,protocol=TCP].name",
            "spec.routes[2].tls",
            "spec.routes[tls=true].weight",
            "spec.hosts[*]",
            "spec.matrix[0][1]",
            "spec.labels.app",
            "spec.labels[*]",
            "spec.limits['nvidia.com/gpu']",
            "spec.pools.blue.size",
            "spec.pools[*].size",
            "spec.anything",
            "spec.anything.at[0].all",
            "spec.values.image.tag",
            "spec.values.other.field",
            "spec.list[0].unknown[name=x]",
            "spec.template.metadata.labels.app",
            "spec.template.kind",
            "spec[*]",
            "spec[*].size",
            "*.conditions[*].status",
            "status.conditions[type=Ready].status",
        ],
    );
    insta::assert_snapshot!(told, @r#"
    apiVersion: a string
    metadata.name: a string
    metadata.generation: a whole number
    metadata.labels['app.kubernetes.io/name']: a string
    metadata.ownerReferences[kind=ReplicaSet].controller: true or false
    spec: a map
    spec.replicas: a whole number or null
    spec.share: a number
    spec.paused: true or false
    spec.mode: a string, one of "fast" "slow"
    spec.maxSurge: a string or a whole number
    spec.ports: a list
    spec.ports[*].protocol: a string, one of "TCP" "UDP"
    spec.ports[port=80,protocol=TCP].name: a string
    spec.routes[2].tls: true or false
    spec.routes[tls=true].weight: a number
    spec.hosts[*]: a string
    spec.matrix[0][1]: a whole number
    spec.labels.app: a string
    spec.labels[*]: a string
    spec.limits['nvidia.com/gpu']: a string or a whole number
    spec.pools.blue.size: a whole number
    spec.pools[*].size: a whole number
    spec.anything: any value
    spec.anything.at[0].all: any value
    spec.values.image.tag: a string
    spec.values.other.field: any value
    spec.list[0].unknown[name=x]: any value
    spec.template.metadata.labels.app: a string
    spec.template.kind: a string
    spec[*]: any value
    spec[*].size: any value
    *.conditions[*].status: a string, one of "True" "False" "Unknown"
    status.conditions[type=Ready].status: a string, one of "True" "False" "Unknown"
    "#);
}

#[test]
fn what_no_object_has_is_refused() {
    let told = check(
        &widget(),
        &[
            "sepc.replicas",
            "replicas",
            "[0].a",
            "[name=x].a",
            "spec.replica",
            "spec.colour",
            "spec.replicas.min",
            "spec.replicas[0]",
            "spec.maxSurge[*]",
            "spec.ports.name",
            "spec.ports['80']",
            "spec.routes.name",
            "spec.hosts.first",
            "spec.hosts[name=x]",
            "spec.matrix[x=1]",
            "spec.ports[prot=TCP].port",
            "spec.ports[port=http].name",
            "spec.ports[port='80'].name",
            "spec.ports[port=8.5].name",
            "spec.routes[tls=yes].name",
            "spec.labels.app.kubernetes",
            "spec.labels.app[0]",
            "spec.labels[0]",
            "spec.pools.blue.sizes",
            "spec.pools[0]",
            "spec[0]",
            "spec.values.image.tags",
            "spec.list[0].known.unknown",
            "spec.template.status",
            "spec.template.metadata.label",
            "spec.nothing.at.all",
            "spec.nothing[*].at",
            "*.colour",
            "spec.pools[*].sizes",
            "metadata.labels.app.kubernetes",
            "status.conditions[typ=Ready].status",
            "status.conditions.Ready",
        ],
    );
    insta::assert_snapshot!(told, @r"
    sepc.replicas: the object has no field `sepc`: did you mean `spec`?
    replicas: the object has no field `replicas`: did you mean `spec.replicas`?
    [0].a: a path begins with a field of the object, which is no list: known fields: apiVersion, kind, metadata, spec, status
    [name=x].a: a path begins with a field of the object, which is no list: known fields: apiVersion, kind, metadata, spec, status
    spec.replica: `spec` has no field `replica`: did you mean `replicas`?
    spec.colour: `spec` has no field `colour`: known fields: anything, hosts, labels, limits, list, matrix, maxSurge, mode, nothing, paused, … 7 more
    spec.replicas.min: `spec.replicas` is a whole number: the next step does not fit it: end the path here
    spec.replicas[0]: `spec.replicas` is a whole number: the next step does not fit it: end the path here
    spec.maxSurge[*]: `spec.maxSurge` is a string or a whole number: the next step does not fit it: end the path here
    spec.ports.name: `spec.ports` is a list: the next step does not fit it: write `spec.ports[port=x,protocol=x]` for one element, or `spec.ports[*]` for each
    spec.ports['80']: `spec.ports` is a list: the next step does not fit it: write `spec.ports[port=x,protocol=x]` for one element, or `spec.ports[*]` for each
    spec.routes.name: `spec.routes` is a list: the next step does not fit it: write `spec.routes[0]` or `spec.routes[name=x]` for one element, or `spec.routes[*]` for each
    spec.hosts.first: `spec.hosts` is a list: the next step does not fit it: write `spec.hosts[0]` for one element, or `spec.hosts[*]` for each
    spec.hosts[name=x]: the elements of `spec.hosts` are no objects, and a selection compares their fields: write `spec.hosts[0]` for one element, or `spec.hosts[*]` for each
    spec.matrix[x=1]: the elements of `spec.matrix` are no objects, and a selection compares their fields: write `spec.matrix[0]` for one element, or `spec.matrix[*]` for each
    spec.ports[prot=TCP].port: the elements of `spec.ports` have no field `prot`: did you mean `port`?
    spec.ports[port=http].name: in the elements of `spec.ports`, `port` is a whole number, and never `http`: select by another key, or write a whole number after `port=`
    spec.ports[port='80'].name: in the elements of `spec.ports`, `port` is a whole number, and never `80`: what is quoted equals strings only: write it without the quotes
    spec.ports[port=8.5].name: in the elements of `spec.ports`, `port` is a whole number, and never `8.5`: select by another key, or write a whole number after `port=`
    spec.routes[tls=yes].name: in the elements of `spec.routes`, `tls` is true or false, and never `yes`: select by another key, or write true or false after `tls=`
    spec.labels.app.kubernetes: `spec.labels` is a map of strings: nothing lies below its keys: if the key is `app.kubernetes`, write `spec.labels['app.kubernetes']`
    spec.labels.app[0]: `spec.labels` is a map of strings: nothing lies below its keys: the path ends with the key: `spec.labels['key']`
    spec.labels[0]: `spec.labels` is a map: the next step does not fit it: name a key: `spec.labels['key']`
    spec.pools.blue.sizes: `spec.pools.blue` has no field `sizes`: did you mean `size`?
    spec.pools[0]: `spec.pools` is a map: the next step does not fit it: name a key: `spec.pools['key']`
    spec[0]: `spec` is an object: the next step does not fit it: known fields: anything, hosts, labels, limits, list, matrix, maxSurge, mode, nothing, paused, … 7 more
    spec.values.image.tags: `spec.values.image` has no field `tags`: did you mean `tag`?
    spec.list[0].known.unknown: `spec.list[0].known` has no field `unknown`: its schema specifies no fields
    spec.template.status: `spec.template` has no field `status`: known fields: apiVersion, kind, metadata, spec
    spec.template.metadata.label: `spec.template.metadata` has no field `label` in any kind: did you mean `labels`?
    spec.nothing.at.all: `spec.nothing` has no field `at`: its schema specifies no fields
    spec.nothing[*].at: `spec.nothing` is an object without fields: the next step does not fit it: end the path here
    *.colour: `[*]` has no field `colour`: known fields: anything, hosts, labels, limits, list, matrix, maxSurge, mode, nothing, paused, … 7 more
    spec.pools[*].sizes: `spec.pools[*]` has no field `sizes`: did you mean `size`?
    metadata.labels.app.kubernetes: `metadata.labels` is a map of strings: nothing lies below its keys: if the key is `app.kubernetes`, write `metadata.labels['app.kubernetes']`
    status.conditions[typ=Ready].status: the elements of `status.conditions` have no field `typ`: did you mean `type`?
    status.conditions.Ready: `status.conditions` is a list: the next step does not fit it: write `status.conditions[type=x]` for one element, or `status.conditions[*]` for each
    ");
}

#[test]
fn an_index_into_a_list_without_order_is_pointed_out() {
    let told = check(
        &widget(),
        &[
            "spec.ports[0].name",
            "spec.hosts[0]",
            "spec.routes[0].name",
            "status.conditions[0].status",
            "spec.matrix[0][0]",
        ],
    );
    insta::assert_snapshot!(told, @r#"
    spec.ports[0].name: a string; `spec.ports` is a map by `port` and `protocol`: the order of its elements means nothing: write `spec.ports[port=x,protocol=x]`
    spec.hosts[0]: a string; `spec.hosts` is a set: the order of its elements means nothing: write `spec.hosts[*]` with `each: any`
    spec.routes[0].name: a string
    status.conditions[0].status: a string, one of "True" "False" "Unknown"; `status.conditions` is a map by `type`: the order of its elements means nothing: write `status.conditions[type=x]`
    spec.matrix[0][0]: a whole number
    "#);
}

#[test]
fn a_value_is_held_if_its_type_is() {
    let schema = widget();
    let holds = |path: &str, value: Value| {
        let field = Schema::new(&schema).check(&FieldPath::parse(path).unwrap());
        field.unwrap().holds(&value)
    };
    for (path, held, not_held) in [
        (
            "spec.replicas",
            vec![json!(1), json!(2.0), json!(null)],
            vec![json!("1"), json!(1.5), json!(true)],
        ),
        (
            "spec.share",
            vec![json!(1), json!(1.5)],
            vec![json!("1.5"), json!(null)],
        ),
        (
            "spec.maxSurge",
            vec![json!(1), json!("25%")],
            vec![json!(0.25), json!([])],
        ),
        ("spec.mode", vec![json!("any text")], vec![json!({})]),
        ("spec.hosts", vec![json!([1])], vec![json!("a")]),
        (
            "spec.anything",
            vec![json!([1]), json!(null), json!({}), json!(0.5)],
            vec![],
        ),
    ] {
        for value in held {
            assert!(holds(path, value.clone()), "{path}: {value}");
        }
        for value in not_held {
            assert!(!holds(path, value.clone()), "{path}: {value}");
        }
    }
}

/// A CRD's version, and whether `spec.known`, `spec.unknown` and `spec.unknown.deeper` are paths of it.
#[test]
fn every_era_of_crds_is_read() {
    let schema = json!({"openAPIV3Schema": {"type": "object", "properties": {
        "spec": {"type": "object", "properties": {"known": {"type": "string"}}},
    }}});
    let v1 = "apiextensions.k8s.io/v1";
    let v1beta1 = "apiextensions.k8s.io/v1beta1";
    let cases = [
        (
            v1,
            json!({"versions": [{"name": "v1", "schema": schema}]}),
            [true, false],
        ),
        (
            v1,
            json!({"preserveUnknownFields": true, "versions": [{"name": "v1", "schema": schema}]}),
            [true, true],
        ),
        (v1, json!({"versions": [{"name": "v1"}]}), [true, true]),
        (
            v1,
            json!({"versions": [{"name": "v1", "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}),
            [true, true],
        ),
        (
            v1beta1,
            json!({"preserveUnknownFields": false, "validation": schema, "versions": [{"name": "v1"}]}),
            [true, false],
        ),
        (
            v1beta1,
            json!({"preserveUnknownFields": false, "validation": schema, "version": "v1"}),
            [true, false],
        ),
        (
            v1beta1,
            json!({"validation": schema, "version": "v1"}),
            [true, true],
        ),
        (v1beta1, json!({"version": "v1"}), [true, true]),
        (
            v1,
            json!({"versions": [{"name": "v1", "schema": {"openAPIV3Schema": {"$ref": "#/x"}}}]}),
            [true, true],
        ),
        (
            v1,
            json!({"versions": [{"name": "v1", "schema": {"openAPIV3Schema": "text"}}]}),
            [true, true],
        ),
        (
            v1,
            json!({"versions": [5, null, {"name": "v1", "schema": {"openAPIV3Schema": {"type": 5, "properties": []}}}]}),
            [true, true],
        ),
    ];
    for (api_version, spec, allowed) in cases {
        let crd = json!({"apiVersion": api_version, "spec": spec});
        assert!(Schema::of_crd(&crd, "v2").is_none(), "{crd}");
        let schema = Schema::of_crd(&crd, "v1").unwrap();
        let found = ["spec.known", "spec.unknown.deeper"]
            .map(|path| schema.check(&FieldPath::parse(path).unwrap()).is_ok());
        assert_eq!(found, allowed, "{crd}");
        // What a schema does say holds in every era, except where it is beyond reading.
        let below_text = schema.check(&FieldPath::parse("spec.known.deeper").unwrap());
        assert_eq!(
            below_text.is_err(),
            crd.to_string().contains("\"known\""),
            "{crd}"
        );
    }
    assert!(Schema::of_crd(&json!({}), "v1").is_none());
    assert!(Schema::of_crd(&json!({"spec": {"versions": "v1"}}), "v1").is_none());
}
