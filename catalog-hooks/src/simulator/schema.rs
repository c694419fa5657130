//! Of which type well-known fields are, and what a 1.36 server says of another. What is not in the table is taken as it is.

use serde_json::Value;

use super::kind::Kind;
use super::refusal;
use crate::api::{Failure, ObjectRef};
use crate::pointer::At;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Map,
    /// A map whose values are texts.
    Texts,
    /// The same, of base64.
    Base64,
    List,
    Text,
    Number,
    Boolean,
}

/// A field: the kinds that have it (none: all), where it is, what it holds, and as what the server's program has it.
type Field = (
    &'static [&'static str],
    &'static str,
    Shape,
    (&'static str, &'static str),
);

const ACCOUNT: &[&str] = &["ServiceAccount"];
const CONFIG: &[&str] = &["ConfigMap"];
const JOB: &[&str] = &["Job"];
const SECRET: &[&str] = &["Secret"];
const SERVICE: &[&str] = &["Service"];

#[rustfmt::skip]
const FIELDS: [Field; 33] = [
    (&[], "/metadata/labels", Shape::Texts, ("ObjectMeta", "map[string]string")),
    (&[], "/metadata/annotations", Shape::Texts, ("ObjectMeta", "map[string]string")),
    (&[], "/metadata/finalizers", Shape::List, ("ObjectMeta", "[]string")),
    (&[], "/metadata/ownerReferences", Shape::List, ("ObjectMeta", "[]v1.OwnerReference")),
    (CONFIG, "/data", Shape::Texts, ("ConfigMap", "map[string]string")),
    (CONFIG, "/binaryData", Shape::Base64, ("ConfigMap", "map[string][]uint8")),
    (CONFIG, "/immutable", Shape::Boolean, ("ConfigMap", "bool")),
    (SECRET, "/data", Shape::Base64, ("Secret", "map[string][]uint8")),
    (SECRET, "/stringData", Shape::Texts, ("Secret", "map[string]string")),
    (SECRET, "/type", Shape::Text, ("Secret", "v1.SecretType")),
    (SECRET, "/immutable", Shape::Boolean, ("Secret", "bool")),
    (ACCOUNT, "/secrets", Shape::List, ("ServiceAccount", "[]v1.ObjectReference")),
    (ACCOUNT, "/imagePullSecrets", Shape::List, ("ServiceAccount", "[]v1.LocalObjectReference")),
    (ACCOUNT, "/automountServiceAccountToken", Shape::Boolean, ("ServiceAccount", "bool")),
    (SERVICE, "/spec", Shape::Map, ("Service", "v1.ServiceSpec")),
    (SERVICE, "/spec/ports", Shape::List, ("ServiceSpec", "[]v1.ServicePort")),
    (SERVICE, "/spec/selector", Shape::Texts, ("ServiceSpec", "map[string]string")),
    (&["Deployment"], "/spec", Shape::Map, ("Deployment", "v1.DeploymentSpec")),
    (&["Deployment"], "/spec/replicas", Shape::Number, ("DeploymentSpec", "int32")),
    (&["Deployment"], "/spec/paused", Shape::Boolean, ("DeploymentSpec", "bool")),
    (&["StatefulSet"], "/spec", Shape::Map, ("StatefulSet", "v1.StatefulSetSpec")),
    (&["StatefulSet"], "/spec/replicas", Shape::Number, ("StatefulSetSpec", "int32")),
    (&["ReplicaSet"], "/spec", Shape::Map, ("ReplicaSet", "v1.ReplicaSetSpec")),
    (&["ReplicaSet"], "/spec/replicas", Shape::Number, ("ReplicaSetSpec", "int32")),
    (&["DaemonSet"], "/spec", Shape::Map, ("DaemonSet", "v1.DaemonSetSpec")),
    (&["Deployment", "StatefulSet", "ReplicaSet", "DaemonSet", "Job"], "/spec/template/spec/containers", Shape::List, ("PodSpec", "[]v1.Container")),
    (JOB, "/spec", Shape::Map, ("Job", "v1.JobSpec")),
    (JOB, "/spec/parallelism", Shape::Number, ("JobSpec", "int32")),
    (JOB, "/spec/completions", Shape::Number, ("JobSpec", "int32")),
    (JOB, "/spec/backoffLimit", Shape::Number, ("JobSpec", "int32")),
    (JOB, "/spec/activeDeadlineSeconds", Shape::Number, ("JobSpec", "int64")),
    (JOB, "/spec/ttlSecondsAfterFinished", Shape::Number, ("JobSpec", "int32")),
    (JOB, "/spec/suspend", Shape::Boolean, ("JobSpec", "bool")),
];

/// What is wrong with a field: where, what is expected, what is there, and as what the server's program has it.
struct Mistyped<'o> {
    path: String,
    /// The same without the key of a map.
    field: &'static str,
    shape: Shape,
    found: &'o Value,
    program: (&'static str, &'static str),
}

/// That an apply has no well-known field of another type.
pub(super) fn applied(kind: &Kind, target: &ObjectRef, object: &Value) -> Result<(), Failure> {
    match mistyped(kind, object) {
        None => Ok(()),
        Some(wrong) => {
            let path = wrong.path.replace('/', ".");
            let expected = expected(wrong.shape, wrong.found);
            Err(refusal::untyped(
                kind,
                target,
                &format!("{path}: {expected}"),
            ))
        }
    }
}

/// The same for an object that is created or replaced.
pub(super) fn written(kind: &Kind, target: &ObjectRef, object: &Value) -> Result<(), Failure> {
    let Some(wrong) = mistyped(kind, object) else {
        return Ok(());
    };
    let api_version = target.api_version();
    let version = api_version.rsplit('/').next().unwrap_or_default();
    let (holder, program) = wrong.program;
    let path = wrong.field.trim_start_matches('/').replace('/', ".");
    let found = json_type(wrong.found);
    let name = &kind.kind;
    Err(refusal::bad_request(&format!(
        "{name} in version \"{version}\" cannot be handled as a {name}: json: cannot unmarshal {found} into Go struct field {holder}.{path} of type {program}"
    )))
}

fn mistyped<'o>(kind: &Kind, object: &'o Value) -> Option<Mistyped<'o>> {
    let has = |kinds: &[&str]| kinds.is_empty() || kinds.iter().any(|name| kind.is(name));
    let mut fields = FIELDS.iter().filter(|(kinds, ..)| has(kinds));
    fields.find_map(|(_, path, shape, program)| {
        let path_of: &'static str = path;
        let found = object.at(path)?;
        let wrong = |path: String, shape, found, program| Mistyped {
            path,
            field: path_of,
            shape,
            found,
            program,
        };
        if !fits(*shape, found) {
            return Some(wrong((*path).to_owned(), *shape, found, *program));
        }
        let of_value = match shape {
            Shape::Texts => "string",
            Shape::Base64 => "[]uint8",
            _ => return None,
        };
        let mut values = found.as_object().into_iter().flatten();
        let (key, value) = values.find(|(_, value)| !fits(Shape::Text, value))?;
        let program = (program.0, of_value);
        Some(wrong(format!("{path}/{key}"), Shape::Text, value, program))
    })
}

/// Nothing is taken for every type.
fn fits(shape: Shape, value: &Value) -> bool {
    match (shape, value) {
        (_, Value::Null) => true,
        (Shape::Map | Shape::Texts | Shape::Base64, value) => value.is_object(),
        (Shape::List, value) => value.is_array(),
        (Shape::Text, value) => value.is_string(),
        (Shape::Number, value) => value.is_number(),
        (Shape::Boolean, value) => value.is_boolean(),
    }
}

fn expected(shape: Shape, found: &Value) -> String {
    match shape {
        Shape::Number => format!("expected numeric (int or float), got {}", json_type(found)),
        Shape::Text => format!("expected string, got &value.valueUnstructured{{Value:{found}}}"),
        Shape::Boolean => format!("expected boolean, got &{{{}}}", printed(found)),
        Shape::List => format!("expected list, got &{{{}}}", printed(found)),
        Shape::Map | Shape::Texts | Shape::Base64 => {
            format!("expected map, got &{{{}}}", printed(found))
        }
    }
}

/// As Go prints it.
fn printed(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(printed).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Object(fields) => {
            let fields = fields.iter();
            let fields: Vec<String> = fields
                .map(|(key, value)| format!("{key}:{}", printed(value)))
                .collect();
            format!("map[{}]", fields.join(" "))
        }
        other => other.to_string(),
    }
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
