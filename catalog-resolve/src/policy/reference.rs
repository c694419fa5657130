//! What can stand in a policy, for people and for editors.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::form::Form;
use super::subject::{Key, KeyKind, Subject, WITHOUT_GROUP};

/// The page about rules, as Markdown.
#[must_use]
pub fn reference() -> String {
    let mut page = "\
# Policies

A policy is a YAML file with `rules`, each of which allows or denies something that a plan would do to a cluster:

```yaml
rules:
- name: our registry
  allow: images
  where: {registries: [registry.example.com]}
  reason: images are mirrored and scanned there
- name: no secrets
  deny: permissions
  where: {risks: [secrets], clusterWide: true}
  packages: ['*-operator']
  reason: secrets of other teams
```

`name`, `reason` and either `allow` or `deny` are required. Deny wins over allow; where something is allowed of a subject, all else of it is forbidden;
what is `unexamined` is forbidden unless it is allowed by name. All that stands in `where` must hold; `deny` looks for any of several values that a thing
has, `allow` asks for all. In patterns, `*` stands for any characters. An unknown key or word is an error,
and so is a pattern that nothing can be like (`verbs: [CREATE]`, `roles: [view]`, `kinds: [Deploiment.apps]`).

This page is written by the library itself (`catalog_resolve::policy::reference`), and a test keeps it so.
"
    .to_owned();
    for subject in Subject::ALL {
        let _ = write!(
            page,
            "\n## {}\n\n{}\n\n| where | is | about |\n|---|---|---|\n",
            subject.as_str(),
            capitalised(subject.about())
        );
        for key in subject.keys() {
            let _ = writeln!(
                page,
                "| `{}` | {} | {} |",
                key.name,
                written(key),
                key.about
            );
        }
    }
    page
}

/// The JSON Schema (draft-07) of policies.
#[must_use]
pub fn schema() -> Value {
    let rules = Subject::ALL
        .into_iter()
        .flat_map(|subject| ["allow", "deny"].map(|effect| rule(subject, effect)));
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A policy for plans",
        "type": "object",
        "required": ["rules"],
        "additionalProperties": false,
        "properties": {"rules": {"type": "array", "items": {"oneOf": rules.collect::<Value>()}}},
    })
}

fn rule(subject: Subject, effect: &str) -> Value {
    let mut keys: Map<String, Value> = subject
        .keys()
        .iter()
        .map(|key| (key.name.to_owned(), value(key)))
        .collect();
    let is_named = subject == Subject::Unexamined && effect == "allow";
    if let Some(names) = keys.get_mut("names").filter(|_| is_named) {
        // A name, and not whatever there is.
        names["items"] = json!({"type": "string", "pattern": "[^*]"});
    }
    let mut required = vec!["name", "reason", effect];
    required.extend(is_named.then_some("where"));
    let names: &[&str] = if is_named { &["names"] } else { &[] };
    let conditions = json!({"type": "object", "required": names, "additionalProperties": false, "properties": keys});
    json!({
        "type": "object",
        "description": subject.about(),
        "required": required,
        "additionalProperties": false,
        "properties": {
            "name": {"type": "string"},
            "reason": {"type": "string", "pattern": "\\S"},
            effect: {"const": subject.as_str()},
            "packages": {"type": "array", "minItems": 1, "items": {"type": "string"}},
            "where": conditions,
        },
    })
}

fn value(key: &Key) -> Value {
    let items = match key.kind {
        KeyKind::Flag => return json!({"type": "boolean", "description": key.about}),
        KeyKind::Patterns(Form::KindOfGroup) => json!({
            "type": "string",
            "anyOf": [{"enum": WITHOUT_GROUP}, {"pattern": "[.*]"}],
        }),
        KeyKind::Patterns(_) => json!({"type": "string"}),
        KeyKind::Words(words) => json!({ "enum": words }),
    };
    json!({"type": "array", "minItems": 1, "items": items, "description": key.about})
}

fn written(key: &Key) -> String {
    match key.kind {
        KeyKind::Flag => "true or false".to_owned(),
        KeyKind::Patterns(_) => "patterns".to_owned(),
        KeyKind::Words(words) => format!("some of `{}`", words.join("`, `")),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), characters.as_str())
}
