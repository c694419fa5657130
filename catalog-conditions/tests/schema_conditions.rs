//! Conditions against the CRDs that define what they ask about.
#![cfg(feature = "json-path")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use catalog_conditions::document::Limits;
use catalog_conditions::{ConditionSet, Severity, Snapshot, SourceFile};
use serde_json::{Value, json};

fn crd() -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"},
        "spec": {"group": "example.com", "names": {"kind": "Widget", "plural": "widgets"}, "scope": "Namespaced", "versions": [
            {"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema()}},
            {"name": "v2", "served": true, "storage": false},
        ]},
    })
}

fn schema() -> Value {
    let port = json!({"type": "object", "properties": {
        "name": {"type": "string"}, "port": {"type": "integer"}, "protocol": {"type": "string", "enum": ["TCP", "UDP"]},
    }});
    json!({"type": "object", "properties": {
        "spec": {"type": "object", "properties": {
            "replicas": {"type": "integer"}, "weight": {"type": "number"}, "paused": {"type": "boolean"},
            "mode": {"type": "string", "enum": ["fast", "slow"]}, "version": {"type": "string"},
            "surge": {"x-kubernetes-int-or-string": true},
            "ports": {"type": "array", "items": port, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port", "protocol"]},
            "hosts": {"type": "array", "items": {"type": "string"}},
            "limits": {"type": "object", "additionalProperties": {"type": "string"}},
        }},
        "status": {"type": "object", "properties": {
            "ready": {"type": "integer"}, "phase": {"type": "string"},
        }},
    }})
}

/// What is said of conditions, each line the rest of one.
fn said(crds: &[&Value], questions: &[&str]) -> String {
    let mut lines = Vec::new();
    for question in questions {
        let text = format!(
            "conditions:\n- {{ target: {{ apiVersion: example.com/v1, kind: Widget, name: main, namespace: shop{question} }}\n"
        );
        let (set, diagnostics) =
            ConditionSet::parse(&SourceFile::new("c.yaml", text), &Limits::default());
        assert_eq!(diagnostics, [], "{question}");
        let found = set.check_schemas(crds.iter().copied());
        lines.push(
            format!("{question}: {}", if found.is_empty() { "fine" } else { "" })
                .trim_end()
                .to_owned(),
        );
        for diagnostic in found {
            assert_eq!(diagnostic.location().unwrap().start().line, 2);
            lines.push(format!(
                "  {}[{}]: {}",
                diagnostic.severity(),
                diagnostic.code(),
                diagnostic.message()
            ));
            lines.extend(
                diagnostic
                    .help_lines()
                    .iter()
                    .map(|help| format!("    {help}")),
            );
        }
    }
    lines.join("\n")
}

#[test]
fn what_fits_the_schema_is_fine() {
    let told = said(
        &[&crd()],
        &[
            " }, op: exists",
            ", fieldPath: spec.replicas }, op: eq, value: 3",
            ", fieldPath: spec.replicas }, op: gt, value: 2.5",
            ", fieldPath: spec.replicas }, op: between, value: [1, 3]",
            ", fieldPath: spec.weight }, op: in, value: [1, 2.5]",
            ", fieldPath: spec.replicas }, op: eq, as: number, value: \"3\"",
            ", fieldPath: spec.version }, op: eq, as: number, value: 3",
            ", fieldPath: spec.version }, op: range, as: semver, value: '>=1.2'",
            ", fieldPath: spec.surge }, op: in, value: [1, 25%]",
            ", fieldPath: spec.mode }, op: ne, value: fast",
            ", fieldPath: 'spec.ports[port=80,protocol=TCP].name' }, op: matches, value: '^web.*'",
            ", fieldPath: 'spec.ports[*].protocol' }, each: all, op: eq, value: UDP",
            ", fieldPath: spec.hosts }, op: hasItem, value: a.example.com",
            ", fieldPath: spec.hosts }, op: eq, value: [a, b]",
            ", fieldPath: spec.limits.cpu }, op: length, value: { op: ge, value: 1 }",
            ", fieldPath: spec.limits.cpu }, op: ge, as: quantity, value: 500m",
            ", fieldPath: spec.surge }, op: ge, as: quantity, value: 1Gi",
            ", fieldPath: metadata.creationTimestamp }, op: lt, as: timestamp, value: \"2030-01-01T00:00:00Z\"",
            ", jsonPath: $.spec.unknown }, op: exists",
            ", fieldPath: status.ready }, op: eq, valueFrom: { fieldPath: spec.replicas }",
            ", fieldPath: metadata.labels.app }, op: eq, value: web",
            " }, satisfies: { all: [{ fieldPath: spec.paused, op: eq, value: false }, { fieldPath: spec.mode, op: exists }] }",
            ", fieldPath: 'spec.ports[*]' }, each: any, satisfies: { all: [{ fieldPath: port, op: eq, value: 80 }] }",
        ],
    );
    for line in told.lines() {
        assert!(line.ends_with(": fine"), "{told}");
    }
}

#[test]
fn paths_that_no_object_has_are_errors() {
    let told = said(
        &[&crd()],
        &[
            ", fieldPath: spec.replica }, op: notExists",
            ", fieldPath: spec.replicas.min }, op: exists",
            ", fieldPath: spec.ports.name }, op: exists",
            ", fieldPath: 'spec.ports[proto=TCP].name' }, op: exists",
            ", fieldPath: status.ready }, op: eq, valueFrom: { fieldPath: spec.replica }",
            ", fieldPath: status.ready }, op: le, as: number, valueFrom: { fieldPath: spec.replicas, minus: { fieldPath: spec.reserved } }",
            " }, op: condition, value: { type: Ready, status: \"True\" }",
            " }, satisfies: { all: [{ fieldPath: spec.pasued, op: eq, value: false }, { not: { fieldPath: spec.modes, op: exists } }] }",
            ", fieldPath: 'spec.ports[*]' }, each: any, satisfies: { all: [{ fieldPath: prot, op: eq, value: 80 }] }",
            ", fieldPath: 'spec.prots[*]' }, each: any, satisfies: { all: [{ fieldPath: port, op: eq, value: 80 }] }",
        ],
    );
    insta::assert_snapshot!(told, @r#"
    , fieldPath: spec.replica }, op: notExists:
      error[conditions.path.schema]: `spec.replica` is no path of Widget (example.com/v1): `spec` has no field `replica`
        did you mean `replicas`?
    , fieldPath: spec.replicas.min }, op: exists:
      error[conditions.path.schema]: `spec.replicas.min` is no path of Widget (example.com/v1): `spec.replicas` is a whole number: the next step does not fit it
        end the path here
    , fieldPath: spec.ports.name }, op: exists:
      error[conditions.path.schema]: `spec.ports.name` is no path of Widget (example.com/v1): `spec.ports` is a list: the next step does not fit it
        write `spec.ports[port=x,protocol=x]` for one element, or `spec.ports[*]` for each
    , fieldPath: 'spec.ports[proto=TCP].name' }, op: exists:
      error[conditions.path.schema]: `spec.ports[proto=TCP].name` is no path of Widget (example.com/v1): the elements of `spec.ports` have no field `proto`
        known fields: name, port, protocol
    , fieldPath: status.ready }, op: eq, valueFrom: { fieldPath: spec.replica }:
      error[conditions.path.schema]: `spec.replica` is no path of Widget (example.com/v1): `spec` has no field `replica`
        did you mean `replicas`?
    , fieldPath: status.ready }, op: le, as: number, valueFrom: { fieldPath: spec.replicas, minus: { fieldPath: spec.reserved } }:
      error[conditions.path.schema]: `spec.reserved` is no path of Widget (example.com/v1): `spec` has no field `reserved`
        known fields: hosts, limits, mode, paused, ports, replicas, surge, version, weight
     }, op: condition, value: { type: Ready, status: "True" }:
      error[conditions.path.schema]: `status.conditions[type=Ready].status` is no path of Widget (example.com/v1): `status` has no field `conditions`
        known fields: phase, ready
     }, satisfies: { all: [{ fieldPath: spec.pasued, op: eq, value: false }, { not: { fieldPath: spec.modes, op: exists } }] }:
      error[conditions.path.schema]: `spec.modes` is no path of Widget (example.com/v1): `spec` has no field `modes`
        did you mean `mode`?
      error[conditions.path.schema]: `spec.pasued` is no path of Widget (example.com/v1): `spec` has no field `pasued`
        did you mean `paused`?
    , fieldPath: 'spec.ports[*]' }, each: any, satisfies: { all: [{ fieldPath: prot, op: eq, value: 80 }] }:
      error[conditions.path.schema]: `spec.ports[*].prot` is no path of Widget (example.com/v1): `spec.ports[*]` has no field `prot`
        did you mean `port`?
    , fieldPath: 'spec.prots[*]' }, each: any, satisfies: { all: [{ fieldPath: port, op: eq, value: 80 }] }:
      error[conditions.path.schema]: `spec.prots[*]` is no path of Widget (example.com/v1): `spec` has no field `prots`
        did you mean `ports`?
    "#);
}

#[test]
fn values_that_a_field_never_has_are_errors() {
    let told = said(
        &[&crd()],
        &[
            ", fieldPath: spec.replicas }, op: eq, value: \"3\"",
            ", fieldPath: spec.replicas }, op: ne, value: many",
            ", fieldPath: spec.replicas }, op: eq, value: 1.5",
            ", fieldPath: spec.replicas }, op: in, value: [1, \"2\"]",
            ", fieldPath: spec.replicas }, op: matches, value: '^3$'",
            ", fieldPath: spec.replicas }, op: range, as: semver, value: '>=1'",
            ", fieldPath: spec.replicas }, op: ge, as: semver, value: '1.0.0'",
            ", fieldPath: spec.replicas }, op: ge, as: duration, value: 1h",
            ", fieldPath: spec.paused }, op: ge, as: quantity, value: 1Gi",
            ", fieldPath: spec.replicas }, op: length, value: { op: ge, value: 1 }",
            ", fieldPath: spec.paused }, op: eq, value: \"true\"",
            ", fieldPath: spec.version }, op: eq, value: 3",
            ", fieldPath: spec.version }, op: gt, value: 3",
            ", fieldPath: spec.version }, op: eq, value: true",
            ", fieldPath: spec.hosts }, op: eq, value: a",
            ", fieldPath: spec.hosts }, op: hasAny, value: [1, a]",
            ", fieldPath: spec.limits }, op: hasItem, value: cpu",
            ", fieldPath: spec.limits }, op: eq, value: 1",
            ", fieldPath: status.phase }, op: eq, valueFrom: { fieldPath: spec.replicas }",
        ],
    );
    insta::assert_snapshot!(told, @r#"
    , fieldPath: spec.replicas }, op: eq, value: "3":
      error[conditions.value.type]: `spec.replicas` of Widget (example.com/v1) is a whole number, and never "3" (string)
        write the number without quotes
    , fieldPath: spec.replicas }, op: ne, value: many:
      error[conditions.value.type]: `spec.replicas` of Widget (example.com/v1) is a whole number, and never "many" (string)
        write a whole number
    , fieldPath: spec.replicas }, op: eq, value: 1.5:
      error[conditions.value.type]: `spec.replicas` of Widget (example.com/v1) is a whole number, and never 1.5 (number)
        write a whole number
    , fieldPath: spec.replicas }, op: in, value: [1, "2"]:
      error[conditions.value.type]: `spec.replicas` of Widget (example.com/v1) is a whole number, and never "2" (string)
        write the number without quotes
    , fieldPath: spec.replicas }, op: matches, value: '^3$':
      error[conditions.value.type]: `spec.replicas` of Widget (example.com/v1) is a whole number, of which `matches "^3$"` cannot be asked
        this operator asks about a string
    , fieldPath: spec.replicas }, op: range, as: semver, value: '>=1':
      error[conditions.value.type]: `spec.replicas` of Widget (example.com/v1) is a whole number, of which `range ">=1" (semver)` cannot be asked
        this operator asks about a string
    , fieldPath: spec.replicas }, op: ge, as: semver, value: '1.0.0':
      error[conditions.value.type]: `spec.replicas` of Widget (example.com/v1) is a whole number, and never "1.0.0" (string)
        `as: semver` does not read what stands there
    , fieldPath: spec.replicas }, op: ge, as: duration, value: 1h:
      error[conditions.value.type]: `spec.replicas` of Widget (example.com/v1) is a whole number, and never "1h" (string)
        `as: duration` does not read what stands there
    , fieldPath: spec.paused }, op: ge, as: quantity, value: 1Gi:
      error[conditions.value.type]: `spec.paused` of Widget (example.com/v1) is true or false, and never "1Gi" (string)
        `as: quantity` does not read what stands there
    , fieldPath: spec.replicas }, op: length, value: { op: ge, value: 1 }:
      error[conditions.value.type]: `spec.replicas` of Widget (example.com/v1) is a whole number, of which `length ge 1` cannot be asked
        this operator asks about a string, a list or a map
    , fieldPath: spec.paused }, op: eq, value: "true":
      error[conditions.value.type]: `spec.paused` of Widget (example.com/v1) is true or false, and never "true" (string)
        write `true` or `false` without quotes
    , fieldPath: spec.version }, op: eq, value: 3:
      error[conditions.value.type]: `spec.version` of Widget (example.com/v1) is a string, and never 3 (number)
        quote the value, or say how to read both sides: `as: number`
    , fieldPath: spec.version }, op: gt, value: 3:
      error[conditions.value.type]: `spec.version` of Widget (example.com/v1) is a string, and never 3 (number)
        quote the value, or say how to read both sides: `as: number`
    , fieldPath: spec.version }, op: eq, value: true:
      error[conditions.value.type]: `spec.version` of Widget (example.com/v1) is a string, and never true (boolean)
        write a string
    , fieldPath: spec.hosts }, op: eq, value: a:
      error[conditions.value.type]: `spec.hosts` of Widget (example.com/v1) is a list, and never "a" (string)
        to ask about its elements write `spec.hosts[*]` with `each`, or use `hasItem`
    , fieldPath: spec.hosts }, op: hasAny, value: [1, a]:
      error[conditions.value.type]: `spec.hosts[*]` of Widget (example.com/v1) is a string, and never 1 (number)
        quote the value, or say how to read both sides: `as: number`
    , fieldPath: spec.limits }, op: hasItem, value: cpu:
      error[conditions.value.type]: `spec.limits` of Widget (example.com/v1) is a map, of which `hasItem "cpu" (string)` cannot be asked
        this operator asks about a list
    , fieldPath: spec.limits }, op: eq, value: 1:
      error[conditions.value.type]: `spec.limits` of Widget (example.com/v1) is a map, and never 1 (number)
        name one of its fields in the path
    , fieldPath: status.phase }, op: eq, valueFrom: { fieldPath: spec.replicas }:
      error[conditions.value.type]: `status.phase` of Widget (example.com/v1) is a string, and `spec.replicas` is a whole number: the two cannot be compared so
        compare fields of one type, or say how to read both: `as: number`
    "#);
}

#[test]
fn doubtful_values_and_indexes_are_warnings() {
    let told = said(
        &[&crd()],
        &[
            ", fieldPath: spec.mode }, op: eq, value: fats",
            ", fieldPath: spec.mode }, op: in, value: [fast, purple]",
            ", fieldPath: 'spec.ports[0].port' }, op: eq, value: 80",
            ", fieldPath: 'spec.ports[*].protocol' }, each: all, op: eq, value: SCTP",
        ],
    );
    insta::assert_snapshot!(told, @r#"
    , fieldPath: spec.mode }, op: eq, value: fats:
      warning[conditions.value.enum]: `spec.mode` of Widget (example.com/v1) is never "fats"
        did you mean "fast"?
    , fieldPath: spec.mode }, op: in, value: [fast, purple]:
      warning[conditions.value.enum]: `spec.mode` of Widget (example.com/v1) is never "purple"
        its schema lists "fast", "slow"
    , fieldPath: 'spec.ports[0].port' }, op: eq, value: 80:
      warning[conditions.path.list-map]: `spec.ports` is a map by `port` and `protocol`: the order of its elements means nothing in Widget (example.com/v1)
        write `spec.ports[port=x,protocol=x]`
    , fieldPath: 'spec.ports[*].protocol' }, each: all, op: eq, value: SCTP:
      warning[conditions.value.enum]: `spec.ports[*].protocol` of Widget (example.com/v1) is never "SCTP"
        its schema lists "TCP", "UDP"
    "#);
}

#[test]
fn only_crds_that_define_the_kind_in_the_version_are_asked() {
    let bad = &[", fieldPath: spec.replica }, op: exists"];
    let fine = format!("{}: fine", bad.concat());
    let with = |pointer: &str, value: &str| {
        let mut crd = crd();
        *crd.pointer_mut(pointer).unwrap() = json!(value);
        crd
    };
    assert_eq!(said(&[], bad), fine);
    assert_eq!(
        said(
            &[&json!(null), &json!({"kind": "CustomResourceDefinition"})],
            bad
        ),
        fine
    );
    for (pointer, value) in [
        ("/kind", "Widget"),
        ("/spec/group", "other.example.com"),
        ("/spec/names/kind", "Gadget"),
        ("/spec/versions/0/name", "v3"),
    ] {
        assert_eq!(said(&[&with(pointer, value)], bad), fine);
    }
    let once = said(&[&crd()], bad);
    assert!(once.contains("conditions.path.schema"));
    assert_eq!(
        said(&[&crd(), &crd()], bad),
        once,
        "each diagnostic is given once"
    );
}

#[test]
fn the_crds_of_a_snapshot_are_at_hand() {
    let cluster = SourceFile::new("cluster.yaml", crd().to_string());
    let snapshot = Snapshot::builder()
        .read(&cluster, &Limits::snapshot())
        .build();
    let text = "conditions:\n- target: { apiVersion: example.com/v1, kind: Widget, name: main, namespace: shop, fieldPath: spec.replica }\n  op: exists\n";
    let (set, _) = ConditionSet::parse(&SourceFile::new("c.yaml", text), &Limits::default());
    let found = set.check_schemas(snapshot.crds());
    assert_eq!(
        found.iter().map(|one| one.severity()).collect::<Vec<_>>(),
        [Severity::Error]
    );
}
