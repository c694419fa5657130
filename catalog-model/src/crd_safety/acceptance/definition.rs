//! What is said of a kind beside its schemas: names, versions, subresources.

use serde_json::Value;

use super::super::view::VersionView;
use super::{Acceptance, Spared};
use crate::label;
use crate::load::is_unapproved;
use crate::pointer::escaped;

impl<'a> Acceptance<'a> {
    /// What concerns the CRD as a whole.
    pub(super) fn definition(&mut self) {
        self.metadata();
        self.names();
        self.versions();
        self.conversion();
    }

    /// What concerns one version.
    pub(super) fn version(&mut self, version: &VersionView<'a>) {
        if let Some(why) = not_a_label(version.name) {
            let name = version.name;
            self.refuse_part("/name", format!("the version `{name}` {why}"));
        }
        match version.schema {
            Value::Object(schema) => self.schemas(schema, version),
            _ => {
                let reason = format!(
                    "`{}` has no schema: since `v1` each version needs one",
                    version.name
                );
                self.refuse_part("/schema", reason)
                    .spared(Spared::MissingSchema);
            }
        }
        self.scale(version);
        self.columns(version);
        self.selectable(version);
        self.deprecation(version);
    }

    fn metadata(&mut self) {
        let view = self.view;
        let told = |key: &str| {
            let told = view.at(&format!("/metadata/{key}"));
            told.and_then(Value::as_object).into_iter().flatten()
        };
        for key in ["annotations", "labels"] {
            for (name, value) in told(key).filter(|(_, value)| !value.is_null()) {
                let why = match value.as_str() {
                    None => Some("is no text, and has to be one: quote it".to_owned()),
                    // Prefixes of annotations may have capital letters.
                    Some(text) => label::key_problem(&name.to_ascii_lowercase())
                        .or_else(|| label::value_problem(text).filter(|_| key == "labels"))
                        .map(|why| format!("is not taken: {why}")),
                };
                if let Some(why) = why {
                    let reason = format!("`{name}` of its {key} {why}");
                    self.refuse_part(format!("/metadata/{key}/{}", escaped(name)), reason);
                }
            }
        }
        let group = view.text("/spec/group").unwrap_or_default();
        if is_unapproved(group, view.at("/metadata/annotations")) {
            let reason = format!(
                "the group `{group}` is Kubernetes' own, and no annotation `api-approved.kubernetes.io` says that it may be in it"
            );
            self.refuse_part("/metadata/annotations", reason);
        }
    }

    fn names(&mut self) {
        let view = self.view;
        let name = |key: &str| view.text(&format!("/spec/names/{key}"));
        for key in ["plural", "singular", "kind", "listKind"] {
            let Some(name) = name(key) else { continue };
            let is_kind = matches!(key, "kind" | "listKind");
            let plain = if is_kind {
                name.to_lowercase()
            } else {
                name.to_owned()
            };
            self.label(&format!("/spec/names/{key}"), key, &plain);
        }
        for key in ["shortNames", "categories"] {
            let pointer = format!("/spec/names/{key}");
            let names: Vec<&str> = view.texts(&pointer).collect();
            for (at, name) in names.into_iter().enumerate() {
                self.label(&format!("{pointer}/{at}"), key, name);
            }
        }
        if name("kind").is_some() && name("kind") == name("listKind") {
            let reason = "`names.listKind` is the same as `names.kind`".to_owned();
            self.refuse_part("/spec/names/listKind", reason);
        }
    }

    fn label(&mut self, pointer: &str, key: &str, name: &str) {
        if let Some(why) = not_a_label(name) {
            self.refuse_part(pointer, format!("`{name}` of `names.{key}` {why}"));
        }
    }

    fn versions(&mut self) {
        let Some(versions) = self.view.at("/spec/versions").and_then(Value::as_array) else {
            return;
        };
        let is_stored = |version: &&Value| version.get("storage") == Some(&Value::Bool(true));
        let stored = versions.iter().filter(is_stored).count();
        if stored != 1 {
            let reason = format!(
                "{stored} versions have `storage: true`: objects are stored in exactly one"
            );
            self.refuse_part("/spec/versions", reason);
        }
        let name = |version: &'a Value| version.get("name").and_then(Value::as_str);
        let mut names: Vec<&str> = versions.iter().filter_map(name).collect();
        names.sort_unstable();
        let twice = names.windows(2).find_map(|pair| match pair {
            [a, b] if a == b => Some(*a),
            _ => None,
        });
        if let Some(name) = twice {
            let reason = format!("the version `{name}` is there twice");
            self.refuse_part("/spec/versions", reason);
        }
    }

    fn scale(&mut self, version: &VersionView<'a>) {
        let of = |key: &str| version.at(&format!("/subresources/scale/{key}"));
        if version.at("/subresources/scale").is_none() {
            return;
        }
        let rules: [(&str, &[&str], bool); 3] = [
            ("specReplicasPath", &[".spec."], true),
            ("statusReplicasPath", &[".status."], true),
            ("labelSelectorPath", &[".spec.", ".status."], false),
        ];
        for (key, starts, is_required) in rules {
            let path = of(key).and_then(Value::as_str).unwrap_or_default();
            let is_right = starts.iter().any(|start| path.starts_with(start));
            if is_right || path.is_empty() && !is_required {
                continue;
            }
            let reason = format!(
                "`{key}` of the scale is `{path}`, and has to begin with `{}`",
                starts.join("` or `")
            );
            self.refuse_part(format!("/subresources/scale/{key}"), reason);
        }
    }

    fn deprecation(&mut self, version: &VersionView<'a>) {
        const LONGEST: usize = 256;
        let Some(warning) = version.at("/deprecationWarning").and_then(Value::as_str) else {
            return;
        };
        let why = if version.at("/deprecated") != Some(&Value::Bool(true)) {
            "is there while the version is not `deprecated: true`"
        } else if warning.is_empty() || warning.len() > LONGEST {
            "has no text, or more than 256 bytes of it"
        } else if warning.chars().any(char::is_control) {
            "has characters that are not printed"
        } else {
            return;
        };
        self.refuse_part("/deprecationWarning", format!("`deprecationWarning` {why}"));
    }
}

/// Why a name is no label of RFC 1035.
pub(super) fn not_a_label(name: &str) -> Option<&'static str> {
    const LONGEST: usize = 63;
    let is_of_label = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let begins = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    if name.len() > LONGEST {
        Some("has more than 63 characters")
    } else if !begins || name.ends_with('-') || !name.bytes().all(is_of_label) {
        Some(
            "is no label of lower case letters, digits and `-` that begins with a letter and does not end with `-`",
        )
    } else {
        None
    }
}
