//! What the fake server says when it refuses: the words, reasons and causes of a 1.36 server.

use serde_json::{Value, json};

use super::kind::Kind;
use crate::api::{Failure, ObjectRef};

/// A field that is wrong: why (`FieldValueInvalid`), where, and the message.
pub(super) type Wrong = (&'static str, String, String);

pub(super) fn unserved() -> Failure {
    Failure::from_status(404, &Value::from("404 page not found\n"))
}

pub(super) fn not_found(kind: &Kind, name: &str) -> Failure {
    let message = format!("{} \"{name}\" not found", kind.resource());
    status(404, "NotFound", &message, of(kind, name))
}

pub(super) fn already_exists(kind: &Kind, name: &str, is_being_deleted: bool) -> Failure {
    let before = if is_being_deleted {
        "object is being deleted: "
    } else {
        ""
    };
    let message = format!("{before}{} \"{name}\" already exists", kind.resource());
    status(409, "AlreadyExists", &message, of(kind, name))
}

pub(super) fn outdated(kind: &Kind, name: &str) -> Failure {
    let why = "the object has been modified; please apply your changes to the latest version and try again";
    conflict(kind, name, why)
}

/// What [`Request::Replace`](crate::api::Request::Replace) says of another uid.
pub(super) fn other_uid_in_storage(
    kind: &Kind,
    name: &str,
    (asked, found): (&str, &str),
) -> Failure {
    let why = format!(
        "StorageError: invalid object, Code: 4, Key: /registry/{}/{name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {asked}, UID in object meta: {found}",
        kind.plural
    );
    conflict(kind, name, &why)
}

/// What [`Request::Delete`](crate::api::Request::Delete) says of another uid, or of another resource version.
pub(super) fn other_in_record(
    (kind, name): (&Kind, &str),
    what: &str,
    (asked, found): (&str, &str),
) -> Failure {
    let why = match what {
        "UID" => "deleted and then recreated",
        _ => "modified",
    };
    let message = format!(
        "Operation cannot be fulfilled on {} \"{name}\": the {what} in the precondition ({asked}) does not match the {what} in record ({found}). The object might have been {why}",
        kind.qualified()
    );
    status(409, "Conflict", &message, of(kind, name))
}

/// What [`Request::Apply`](crate::api::Request::Apply) says of a uid where there is no object.
pub(super) fn uid_of_nothing(kind: &Kind, name: &str, asked: &str) -> Failure {
    let why = format!(
        "uid mismatch: the provided object specified uid {asked}, and no existing object was found"
    );
    conflict(kind, name, &why)
}

pub(super) fn invalid(kind: &Kind, name: &str, wrong: &[Wrong]) -> Failure {
    let said: Vec<String> = wrong
        .iter()
        .map(|(_, field, message)| format!("{field}: {message}"))
        .collect();
    let said = match said.as_slice() {
        [one] => one.clone(),
        many => format!("[{}]", many.join(", ")),
    };
    let causes: Vec<Value> = wrong
        .iter()
        .map(|(reason, field, message)| json!({"reason": reason, "field": field, "message": message}))
        .collect();
    let message = format!("{} \"{name}\" is invalid: {said}", kind.qualified());
    let details = json!({"name": name, "group": kind.group, "kind": kind.kind, "causes": causes});
    status(422, "Invalid", &message, details)
}

/// One field that may not change.
pub(super) fn immutable(field: &str, value: &Value) -> Wrong {
    (
        "FieldValueInvalid",
        field.to_owned(),
        format!("Invalid value: {value}: field is immutable"),
    )
}

pub(super) fn forbidden(kind: &Kind, name: &str, why: &str) -> Failure {
    let message = format!("{} \"{name}\" is forbidden: {why}", kind.resource());
    status(403, "Forbidden", &message, of(kind, name))
}

pub(super) fn namespace_terminating(kind: &Kind, name: &str, namespace: &str) -> Failure {
    let message = format!(
        "{} \"{name}\" is forbidden: unable to create new content in namespace {namespace} because it is being terminated",
        kind.resource()
    );
    let cause = json!({
        "reason": "NamespaceTerminating",
        "message": format!("namespace {namespace} is being terminated"),
        "field": "metadata.namespace",
    });
    let details =
        json!({"name": name, "group": kind.group, "kind": kind.plural, "causes": [cause]});
    status(403, "Forbidden", &message, details)
}

/// The fields of an apply that other managers have: manager, API version and field.
pub(super) fn field_conflict(fields: &[(String, String)], api_version: &str) -> Failure {
    let causes: Vec<Value> = fields
        .iter()
        .map(|(manager, field)| {
            json!({
                "reason": "FieldManagerConflict",
                "message": format!("conflict with \"{manager}\" using {api_version}"),
                "field": field,
            })
        })
        .collect();
    let message = match fields {
        [(manager, field)] => format!(
            "Apply failed with 1 conflict: conflict with \"{manager}\" using {api_version}: {field}"
        ),
        many => {
            let lines: Vec<String> = many
                .iter()
                .map(|(manager, field)| {
                    format!("conflicts with \"{manager}\" using {api_version}:\n- {field}")
                })
                .collect();
            format!(
                "Apply failed with {} conflicts: {}",
                many.len(),
                lines.join("\n")
            )
        }
    };
    status(409, "Conflict", &message, json!({"causes": causes}))
}

/// What a server says of an apply with fields that it does not know: 500, and it stays so.
pub(super) fn no_such_field(kind: &Kind, target: &ObjectRef, field: &str) -> Failure {
    untyped(
        kind,
        target,
        &format!(".{field}: field not declared in schema"),
    )
}

/// The same of fields that are of another type.
pub(super) fn untyped(kind: &Kind, target: &ObjectRef, what: &str) -> Failure {
    let api_version = target.api_version();
    let version = api_version
        .split_once('/')
        .map_or_else(|| format!("/{api_version}"), |_| api_version.to_owned());
    let (namespace, name) = (target.namespace().unwrap_or_default(), target.name());
    internal(&format!(
        "failed to create typed patch object ({namespace}/{name}; {version}, Kind={}): {what}",
        kind.kind
    ))
}

pub(super) fn entity_too_large(limit: usize) -> Failure {
    let message = format!("Request entity too large: limit is {limit}");
    status(413, "RequestEntityTooLarge", &message, Value::Null)
}

/// A 500 without a reason.
pub(super) fn internal(message: &str) -> Failure {
    let body = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "code": 500});
    Failure::from_status(500, &body)
}

pub(super) fn bad_request(message: &str) -> Failure {
    status(400, "BadRequest", message, Value::Null)
}

pub(super) fn unsupported_patch() -> Failure {
    let message = "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
    status(415, "UnsupportedMediaType", message, Value::Null)
}

fn conflict(kind: &Kind, name: &str, why: &str) -> Failure {
    let message = format!(
        "Operation cannot be fulfilled on {} \"{name}\": {why}",
        kind.resource()
    );
    status(409, "Conflict", &message, of(kind, name))
}

fn of(kind: &Kind, name: &str) -> Value {
    json!({"name": name, "group": kind.group, "kind": kind.plural})
}

fn status(code: u16, reason: &str, message: &str, details: Value) -> Failure {
    let body = json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
        "details": details,
        "code": code,
    });
    Failure::from_status(code, &body)
}
