//! Which values may be secret: the one rule by which differences and verdicts leave out values, and diagnostics the lines of files.
//!
//! A value is not shown if
//!
//! - it stands under a key that holds what nobody describes: what containers are given (`env`, `args`, `command`), the content of ConfigMaps and
//!   Secrets (`data`, `stringData`, `binaryData`), `values`, and the copy of an object in an annotation;
//! - it is a text or number under a key that is called as a secret, in whatever spelling: one with `password`, `token`, `secret`, `credential`,
//!   `apiKey`, `connectionString` and the like in it (`PGPASSWORD`, `api-token`), with the word `auth`, `dsn` or `jwt`, or with one that ends in `pass`
//!   or `pwd`; or it is the
//!   `value` or `default` beside a `name` or `key` that is called so. What a key like `secretName`, `tokenPath` or `authUrl` says is the name of
//!   something, and is shown; so is what a schema says of a field `password`, but for its default, examples and constants;
//! - it is a text with a secret in it by its form: a URL with a user (but `git@`), a data source name (`user:password@tcp(…)`), an assignment to a
//!   key that is called as a secret (`password=…`, `token: …`, and so the default of a parameter in CUE), an option that is (`--password …`), a text of
//!   `Bearer` and one word, a private key in PEM, a JSON Web Token, a token that its issuer begins as all of its own (`ghp_…`, `AKIA…`);
//! - it is a list or map with any such value in it.
//!
//! What the rule does not catch: a secret under a key of another name, as `pin`, in a form of no meaning; one in the path of a URL, as
//! webhooks of chats have it; one that a program puts together of parts.

use serde_json::{Map, Value};

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

/// What is in the names of secrets, without regard to case and punctuation.
const SECRETS: [&str; 22] = [
    "accesskey",
    "accountkey",
    "apikey",
    "authkey",
    "authorization",
    "bearer",
    "connectionstring",
    "cookie",
    "credential",
    "encryptionkey",
    "kubeconfig",
    "masterkey",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "sharedkey",
    "signingkey",
    "sshkey",
    "token",
];

/// The same, as words of their own.
const SECRET_WORDS: [&str; 4] = ["auth", "dsn", "jwt", "pw"];

/// How words end that name secrets, as `dbpass`.
const SECRET_ENDS: [&str; 2] = ["pass", "pwd"];

/// Words that end so and name none.
const OTHER_WORDS: [&str; 2] = ["bypass", "compass"];

/// How issuers begin the tokens that they give out.
const TOKEN_BEGINS: [&str; 16] = [
    "AIza",
    "AKIA",
    "ASIA",
    "gho_",
    "ghp_",
    "ghr_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "hvs.",
    "rk_live_",
    "sk_live_",
    "xapp-",
    "xoxb-",
    "xoxp-",
];

/// How many bytes tokens have at least, after such a beginning.
const SHORTEST_TOKEN: usize = 16;

/// Last words of keys that say how something is called or where it is.
const NAMES: [&str; 16] = [
    "enabled",
    "endpoint",
    "file",
    "host",
    "kind",
    "name",
    "names",
    "namespace",
    "path",
    "port",
    "ref",
    "reference",
    "refs",
    "type",
    "uri",
    "url",
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

/// Values that say of which type something is, in CUE and elsewhere.
const TYPES: [&str; 9] = [
    "bool", "boolean", "bytes", "false", "int", "null", "number", "string", "true",
];

/// How many bytes before a `=` or `:` may be a key.
const LONGEST_KEY: usize = 80;

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
        |(key, after): (&str, &str)| HOLDERS.contains(&key) && !value_in(after).is_empty();
    (!is_inline(value) || may_be_shown(object, pointer, value))
        && !is_secret(line)
        && !assignments(line).any(is_held)
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
        let key = token.replace("~1", "/").replace("~0", "~");
        let next = value.and_then(|value| match value {
            Value::Array(items) => items.get(key.parse::<usize>().ok()?),
            other => other.get(&key),
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
                is_secret: is_secret || is_called_secret(key),
            },
            Regard::Described { .. } if KEYWORDS.contains(&key) => self.regard,
            _ if HOLDERS.contains(&key) => Regard::Held,
            _ if is_name(key) => Regard::Open,
            _ if is_secret || is_called_secret(key) => Regard::Called,
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
            (_, Value::String(text)) => is_secret(text),
            _ => false,
        }
    }
}

/// Whether a map says of its `value` that it is a secret.
fn names_secret(map: &Map<String, Value>) -> bool {
    let names = ["name", "key"].into_iter().filter_map(|key| map.get(key));
    let mut names = names.filter_map(Value::as_str);
    names.any(|name| is_called_secret(name) && !is_name(name))
}

/// Whether a key is called as a secret.
fn is_called_secret(key: &str) -> bool {
    let letters: String = key
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|one| one.to_ascii_lowercase())
        .collect();
    SECRETS.iter().any(|secret| letters.contains(secret))
        || words(key).any(|word| is_secret_word(&word))
}

fn is_secret_word(word: &str) -> bool {
    let ends = SECRET_ENDS.iter().any(|end| word.ends_with(end));
    SECRET_WORDS.contains(&word) || ends && !OTHER_WORDS.contains(&word)
}

/// Whether a key says how something is called, or where it is.
fn is_name(key: &str) -> bool {
    words(key)
        .last()
        .is_some_and(|last| NAMES.contains(&last.as_str()))
}

/// The words of a key, in lower case: those of `apiToken`, `API_TOKEN` and `api-token` are the same.
fn words(key: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for one in key.chars() {
        let begins = !one.is_ascii_alphanumeric() || was_lower && one.is_ascii_uppercase();
        was_lower = one.is_ascii_lowercase() || one.is_ascii_digit();
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| one.is_ascii_alphanumeric()) {
            word.push(one.to_ascii_lowercase());
        }
    }
    words.into_iter().filter(|word| !word.is_empty())
}

/// Whether a text has a secret in it by its form.
fn is_secret(text: &str) -> bool {
    let is_given = |(key, after): (&str, &str)| {
        is_called_secret(key) && !is_name(key) && {
            let value = value_in(after);
            !value.is_empty() && !TYPES.contains(&value)
        }
    };
    text.contains("PRIVATE KEY-----")
        || has_user(text)
        || text
            .split(|one: char| one.is_whitespace() || one == '"')
            .any(is_web_token)
        || has_issued_token(text)
        || gives_by_words(text)
        || assignments(text).any(is_given)
}

/// Whether a text has a URL with a user in it, or a data source name.
fn has_user(text: &str) -> bool {
    let is_end =
        |one: char| one.is_whitespace() || matches!(one, '/' | '?' | '#' | '"' | '\'' | '`');
    let has_user = |rest: &str| {
        let authority = rest.split(is_end).next().unwrap_or_default();
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        !matches!(user, "" | "git")
    };
    let names_source = ["@tcp(", "@unix("]
        .into_iter()
        .filter_map(|at| text.split_once(at));
    text.split("://").skip(1).any(has_user)
        || names_source
            .into_iter()
            .any(|(before, _)| before.contains(':'))
}

fn is_web_token(word: &str) -> bool {
    word.starts_with("eyJ") && word.matches('.').count() == 2
}

/// Whether a text has a token in it that is known by how it begins.
fn has_issued_token(text: &str) -> bool {
    let is_of_token = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.');
    text.split(|one| !is_of_token(one)).any(|word| {
        let mut rests = TOKEN_BEGINS
            .iter()
            .filter_map(|begin| word.strip_prefix(begin));
        rests.any(|rest| rest.len() >= SHORTEST_TOKEN)
    })
}

/// Whether a text says of the word behind another that it is a secret: behind an option that is called so, or behind `Bearer` where that is all.
fn gives_by_words(text: &str) -> bool {
    let is_option = |word: &str| {
        let name = word.trim_start_matches(is_quote).strip_prefix("--");
        let is_of_name = |one: char| one.is_ascii_alphanumeric() || matches!(one, '-' | '_');
        name.is_some_and(|name| {
            name.len() <= LONGEST_KEY
                && name.chars().all(is_of_name)
                && is_called_secret(name)
                && !is_name(name)
        })
    };
    let words = || text.split_whitespace();
    let mut pairs = words().zip(words().skip(1));
    let is_bearer = |word: &str| word.eq_ignore_ascii_case("bearer");
    words().next().is_some_and(is_bearer) && words().take(3).count() == 2
        || pairs.any(|(word, next)| is_option(word) && !next.starts_with('-'))
}

/// What a text says of keys: `key=value`, `key: value`, `"key": "value"`, and in CUE `key: *"value" | string`. Each key is given with all that follows
/// its sign: what of that is the value, [`value_in`] says of those keys that matter. No key is part of another, so all of them together are linear.
fn assignments(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices(['=', ':'])
        .filter_map(move |(at, sign)| {
            let (before, after) = (text.get(..at)?, text.get(at + 1..)?);
            // A comparison, or the tag of an image.
            let is_none = match sign {
                "=" => after.starts_with('='),
                _ => !after.starts_with(is_around_value),
            };
            if is_none {
                return None;
            }
            let before = before
                .trim_end_matches([' ', '?', '!'])
                .trim_end_matches(is_quote);
            let is_key =
                |one: &char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.' | '/');
            let length = before
                .chars()
                .rev()
                .take(LONGEST_KEY)
                .take_while(is_key)
                .count();
            let key = before.get(before.len() - length..)?;
            (!key.is_empty()).then_some((key, after))
        })
}

/// The value at the beginning of what follows a `=` or `:`.
fn value_in(after: &str) -> &str {
    let value = after.split(['\n', ',', ';', '&', '}']).next();
    value.unwrap_or_default().trim_matches(is_around_value)
}

fn is_around_value(one: char) -> bool {
    one.is_whitespace() || is_quote(one) || one == '*'
}

fn is_quote(one: char) -> bool {
    matches!(one, '"' | '\'' | '`')
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

    #[test]
    fn texts_with_many_assignments_are_read_in_time() {
        let begun = std::time::Instant::now();
        for (text, is_shown) in [
            ("a=".repeat(50_000), true),
            ("secretName=".repeat(50_000), true),
            ("password= ".repeat(50_000) + ";", false),
            ("password=;".repeat(50_000), true),
        ] {
            let value = Value::from(text);
            assert_eq!(may_be_shown(&value, "", &value), is_shown);
        }
        assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
    }
}
