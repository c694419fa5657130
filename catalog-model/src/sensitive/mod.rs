//! Which values may be secret: the one rule by which differences and verdicts leave out values, and diagnostics the lines of files.
//!
//! A value is not shown if
//!
//! - it stands under a key that holds what nobody describes: what containers are given (`env`, `args`, `command`), the content of ConfigMaps and
//!   Secrets (`data`, `stringData`, `binaryData`), `values`, and the copy of an object in an annotation;
//! - it is a text or number under a key that is called as a secret, in whatever spelling: one with `password`, `token`, `secret`, `credential`,
//!   `apiKey`, `connectionString` and the like in it (`PGPASSWORD`, `api-token`), with the word `auth`, `dsn` or `jwt`, or with one that ends in `pass`
//!   or `pwd`; or it is the `value` or `default` beside a `name` or `key` that is called so. What a key like `secretName`, `tokenPath` or `authUrl`
//!   says is the name of something, and is shown; so is what a schema says of a field `password`, but for its default, examples and constants;
//! - it is a text with a secret in it by its form: a URL with a user (but `git@`), a data source name (`user:password@tcp(…)`), an assignment to a
//!   key that is called as a secret (`password=…`, `token: …`, and so the default of a parameter in CUE), an option that is (`--password …`), a text of
//!   `Bearer` and one word, a private key in PEM, a JSON Web Token, a token that its issuer begins as all of its own (`ghp_…`, `AKIA…`);
//! - it is a list or map with any such value in it.
//!
//! What the rule does not catch: a secret under a key of another name, as `pin`, in a form of no meaning; one in the path of a URL, as
//! webhooks of chats have it; one that a program puts together of parts.

mod form;
mod key;

use serde_json::{Map, Value};

use crate::pointer::unescaped;

/// Keys under which nobody says which values are secret.
const HOLDERS: [&str; 8] = [
    "args",
    "binaryData",
    "command",
    "data",
    "env",
    "kubectl.kubernetes.io/last-applied-configuration",
    "stringData",
    "values",
];

/// Keywords of schemas that say nothing of what values are.
const KEYWORDS: [&str; 29] = [
    "additionalProperties",
    "allOf",
    "anyOf",
    "description",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "nullable",
    "oneOf",
    "pattern",
    "properties",
    "required",
    "title",
    "type",
    "uniqueItems",
    "x-kubernetes-list-type",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-validations",
];

/// What is known of a place in a document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Regard {
    /// Nothing.
    Open,
    /// It is in a value of which nobody says what is secret.
    Held,
    /// It is called as a secret.
    Called,
    /// It is in the schema of a field, which may be called as a secret.
    Described { is_secret: bool },
}

/// A place: what is known of it, and the key of the value that is there.
#[derive(Clone, Copy)]
struct Place<'v> {
    regard: Regard,
    key: &'v str,
}

/// Whether a value that stands at a JSON pointer into a document may be shown. Where the pointer leads out of the document, its keys count.
/// Cost: linear in the value and in the maps on the way there.
#[must_use]
pub fn may_be_shown(document: &Value, pointer: &str, value: &Value) -> bool {
    // No recursion: how deep values are is up to who wrote them.
    let mut open = vec![(place_of(document, pointer), value)];
    while let Some((place, value)) = open.pop() {
        match value {
            _ if place.regard == Regard::Held => return false,
            Value::Object(map) => {
                let below = |key, value| place.below(Some(map), key, Some(value));
                open.extend(map.iter().map(|(key, value)| (below(key, value), value)));
            }
            Value::Array(items) => open.extend(items.iter().map(|item| (place, item))),
            scalar if place.hides(scalar) => return false,
            _ => {}
        }
    }
    true
}

/// Whether a line of a file may be shown, for the sake of what stands at a JSON pointer into an object in it. Cost: linear in the line and in the maps
/// on the way there.
#[must_use]
pub fn may_show_line(object: &Value, pointer: &str, line: &str) -> bool {
    let value = object.pointer(pointer).unwrap_or(&Value::Null);
    let is_held =
        |(key, after): (&str, &str)| HOLDERS.contains(&key) && !form::value_in(after).is_empty();
    (!is_inline(value) || may_be_shown(object, pointer, value))
        && !form::is_secret(line)
        && !form::assignments(line).any(is_held)
        && place_of(object, pointer).regard != Regard::Held
}

/// Whether a value stands on a line with its key.
fn is_inline(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

/// The same as [`may_be_shown`] for two states of a document: neither says that the value may be secret.
pub(crate) fn in_both<'v>(
    old: &'v Value,
    new: &'v Value,
) -> impl Fn(&str, &Value) -> bool + use<'v> {
    move |pointer, value| may_be_shown(old, pointer, value) && may_be_shown(new, pointer, value)
}

/// What is known of the place that a pointer leads to.
fn place_of<'p>(document: &Value, pointer: &'p str) -> Place<'p> {
    let mut place = Place {
        regard: Regard::Open,
        key: "",
    };
    let mut value = Some(document);
    for token in pointer.split('/').skip(1) {
        let key = unescaped(token);
        let next = value.and_then(|value| match value {
            Value::Array(items) => items.get(key.parse::<usize>().ok()?),
            other => other.get(key.as_ref()),
        });
        let is_item = value.is_some_and(Value::is_array);
        if !is_item {
            let map = value.and_then(Value::as_object);
            let regard = place.below(map, &key, next).regard;
            place = Place { regard, key: token };
        }
        value = next;
    }
    place
}

impl<'v> Place<'v> {
    /// The place of a key in the map here, as far as that is known.
    fn below(self, map: Option<&Map<String, Value>>, key: &'v str, value: Option<&Value>) -> Self {
        let is_field = self.key == "properties" && value.is_some_and(Value::is_object);
        let is_secret = matches!(
            self.regard,
            Regard::Called | Regard::Described { is_secret: true }
        );
        let regard = match self.regard {
            Regard::Held => Regard::Held,
            Regard::Open | Regard::Described { .. } if is_field => Regard::Described {
                is_secret: is_secret || key::is_called_secret(key),
            },
            Regard::Described { .. } if KEYWORDS.contains(&key) => self.regard,
            _ if HOLDERS.contains(&key) => Regard::Held,
            _ if key::is_name(key) => Regard::Open,
            _ if is_secret || key::is_called_secret(key) => Regard::Called,
            _ if matches!(key, "value" | "default") && map.is_some_and(names_secret) => {
                Regard::Called
            }
            regard => regard,
        };
        Self { regard, key }
    }

    /// Whether a value here, neither list nor map, may be secret.
    fn hides(self, scalar: &Value) -> bool {
        match (self.regard, scalar) {
            (_, Value::String(text)) if text.is_empty() => false,
            (Regard::Called, Value::String(_) | Value::Number(_)) => true,
            (_, Value::String(text)) => form::is_secret(text),
            _ => false,
        }
    }
}

/// Whether a map says of its `value` that it is a secret.
fn names_secret(map: &Map<String, Value>) -> bool {
    let names = ["name", "key"].into_iter().filter_map(|key| map.get(key));
    let mut names = names.filter_map(Value::as_str);
    names.any(key::names_secret)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{may_be_shown, may_show_line};

    /// Documents, a pointer into each, and whether what is there may be shown.
    #[test]
    fn secrets_are_told_by_keys_and_forms() {
        let cases: Vec<(Value, &str, bool)> = vec![
            // By the key.
            (json!({"PGPASSWORD": "hunter2"}), "/PGPASSWORD", false),
            (json!({"apiToken": "hunter2"}), "/apiToken", false),
            (json!({"api-token": "hunter2"}), "/api-token", false),
            (
                json!({"connectionString": "hunter2"}),
                "/connectionString",
                false,
            ),
            (json!({"DB_PWD": 1234}), "/DB_PWD", false),
            (json!({"dbpass": "hunter2"}), "/dbpass", false),
            (json!({"mysqlpwd": "hunter2"}), "/mysqlpwd", false),
            (json!({"passcode": 1234}), "/passcode", false),
            (json!({"sshKey": "hunter2"}), "/sshKey", false),
            (
                json!({"sshKeyPath": "/etc/ssh", "bypass": "a", "compass": "north"}),
                "",
                true,
            ),
            (json!({"auth": {"key": "hunter2"}}), "/auth/key", false),
            (
                json!({"credentials": [{"a": "hunter2"}]}),
                "/credentials/0/a",
                false,
            ),
            (json!({"credentials": [{"a": "hunter2"}]}), "", false),
            (
                json!({"a.b/api-token": "hunter2"}),
                "/a.b~1api-token",
                false,
            ),
            (json!({"author": "somebody", "passage": "narrow"}), "", true),
            (json!({"automountServiceAccountToken": true}), "", true),
            (json!({"password": ""}), "", true),
            (
                json!({"secretName": "db", "passwordSecretRef": {"name": "a", "key": "b"}}),
                "",
                true,
            ),
            (
                json!({"tokenPath": "/var/run/token", "authUrl": "https://a.example.com/"}),
                "",
                true,
            ),
            (
                json!({"imagePullSecrets": [{"name": "registry"}]}),
                "",
                true,
            ),
            // By the name beside it.
            (
                json!([{"name": "PGPASSWORD", "value": "hunter2"}]),
                "/0/value",
                false,
            ),
            (json!([{"key": "token", "default": "hunter2"}]), "", false),
            (json!([{"name": "level", "value": "info"}]), "", true),
            (json!([{"name": "secretName", "value": "db"}]), "", true),
            // By what is around it.
            (
                json!({"env": [{"name": "A", "value": "b"}]}),
                "/env/0/value",
                false,
            ),
            (json!({"data": {}}), "", false),
            (
                json!({"spec": {"containers": [{"command": ["a"]}]}}),
                "/spec",
                false,
            ),
            // In schemas.
            (
                json!({"properties": {"password": {"type": "string", "minLength": 3}}}),
                "",
                true,
            ),
            (
                json!({"properties": {"password": {"default": "hunter2"}}}),
                "",
                false,
            ),
            (
                json!({"properties": {"auth": {"properties": {"a": {"enum": ["hunter2"]}}}}}),
                "",
                false,
            ),
            (
                json!({"properties": {"data": {"type": "object"}, "env": {"default": []}}}),
                "",
                true,
            ),
            (json!({"properties": {"password": "hunter2"}}), "", false),
            (
                json!({"properties": {"db": {"password": "hunter2"}}}),
                "",
                false,
            ),
            (
                json!({"properties": {"password": {"is": "hunter2"}}}),
                "",
                false,
            ),
            // By the form.
            (
                json!("postgres://web:hunter2@db.example.com/web"),
                "",
                false,
            ),
            (json!("see https://hunter2@example.com, or so"), "", false),
            (json!("git+ssh://git@example.com/a/b"), "", true),
            (json!("https://example.com/a@b"), "", true),
            (json!("web:hunter2@tcp(db:3306)/web"), "", false),
            (json!("Server=db;User=web;Password=hunter2;"), "", false),
            (
                json!("https://example.com/?a=b&access_token=hunter2"),
                "",
                false,
            ),
            (json!("level: info\npassword: hunter2\n"), "", false),
            (json!("{\"password\":\"hunter2\"}"), "", false),
            (
                json!("parameter: {\n  password: *\"hunter2\" | string\n}"),
                "",
                false,
            ),
            (
                json!("parameter: {\n  password: string | *\"hunter2\"\n}"),
                "",
                false,
            ),
            (
                json!("parameter: {\n  password: string\n  apiToken?: string\n}"),
                "",
                true,
            ),
            (json!("-----BEGIN RSA PRIVATE KEY-----\nhunter2"), "", false),
            (json!("Bearer eyJhbGciOi.eyJzdWIi.c2ln"), "", false),
            (json!("login --password hunter2"), "", false),
            (json!("login --db-pass 'hunter2' --verbose"), "", false),
            (json!("run --token-file /run/token --verbose"), "", true),
            (json!("Bearer abcdef"), "", false),
            (json!("Bearer of the ring"), "", true),
            (
                json!("pull with ghp_0123456789abcdefABCDEF0123456789abcd"),
                "",
                false,
            ),
            (json!("id=AKIAIOSFODNN7EXAMPLE"), "", false),
            (json!("glpat-0123456789abcdefghij"), "", false),
            (json!("the prefix is ghp_, or AKIA"), "", true),
            (json!("https://example.com/AKIAIOSF"), "", true),
            (json!("quay.io/web/token-server:1.0"), "", true),
            (json!("quay.io/web/secrets@sha256:0011"), "", true),
            (json!("self.password == oldSelf.password"), "", true),
        ];
        for (document, pointer, is_shown) in cases {
            let value = document.pointer(pointer).unwrap_or(&Value::Null);
            assert_eq!(
                may_be_shown(&document, pointer, value),
                is_shown,
                "{document} {pointer}"
            );
        }
    }

    #[test]
    fn lines_are_shown_that_have_no_secret_in_them() {
        let object = json!({"spec": {
            "containers": [{"name": "a", "image": "a:1", "env": [{"name": "A", "value": "hunter2"}]}],
            "list": [{"name": "password", "value": "hunter2"}],
        }});
        for (pointer, line, is_shown) in [
            ("/spec/containers/0/image", "  image: a:1", true),
            ("/spec/containers/0", "- name: a", true),
            ("/spec/containers/0/env/0/value", "  value: hunter2", false),
            (
                "/spec/containers/0/image",
                "- {image: a:1, env: [{name: A, value: hunter2}]}",
                false,
            ),
            ("/spec/containers/0", "  env:", true),
            ("/spec/list/0/value", "  value: hunter2", false),
            (
                "",
                "{\"apiVersion\": \"v1\", \"password\": \"hunter2\"}",
                false,
            ),
            ("/gone/args/0", "  replicas: 1", false),
        ] {
            assert_eq!(
                may_show_line(&object, pointer, line),
                is_shown,
                "{pointer} {line}"
            );
        }
    }
}
