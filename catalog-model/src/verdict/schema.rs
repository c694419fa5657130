//! What the schema of a custom resource says of one of its fields.

use serde_json::Value;

use super::lists::ListKind;

/// What is known of a place in a custom resource.
#[derive(Clone, Copy)]
pub(super) enum FieldSchema<'s> {
    /// Its schema.
    Known(&'s Value),
    /// Nothing is known: anything may stand here, or nothing.
    Free,
}

/// The schema of a version of a kind, out of its CRD.
pub(super) fn of_crd<'s>(crd: &'s Value, version: &str) -> Option<&'s Value> {
    let versions = crd.pointer("/spec/versions")?.as_array()?;
    let is = |one: &&Value| one.get("name").and_then(Value::as_str) == Some(version);
    versions.iter().find(is)?.pointer("/schema/openAPIV3Schema")
}

/// What a rule in CEL keeps as it is: `spec.host` of `self.spec.host == oldSelf.spec.host`.
fn kept_by(rule: &str) -> Option<Vec<&str>> {
    let (one, other) = rule.split_once("==")?;
    let (one, other) = (one.trim(), other.trim());
    let (new, old) = match one.starts_with("oldSelf") {
        true => (other, one),
        false => (one, other),
    };
    let (new, old) = (new.strip_prefix("self")?, old.strip_prefix("oldSelf")?);
    let is_name = |one: char| one.is_ascii_alphanumeric() || one == '_';
    let mut names = new.split('.').skip(1);
    let is_path = new.is_empty()
        || new.starts_with('.') && names.all(|name| !name.is_empty() && name.chars().all(is_name));
    (is_path && new == old).then(|| new.split('.').skip(1).collect())
}

fn says(schema: &Value, key: &str) -> bool {
    schema.get(key) == Some(&Value::Bool(true))
}

impl<'s> FieldSchema<'s> {
    /// The place of a key in a map.
    pub(super) fn key(self, key: &str) -> Self {
        let Self::Known(schema) = self else {
            return self;
        };
        if says(schema, "x-kubernetes-embedded-resource") {
            return Self::Free;
        }
        if let Some(found) = schema.get("properties").and_then(|all| all.get(key)) {
            return Self::Known(found);
        }
        match schema.get("additionalProperties") {
            Some(more @ Value::Object(_)) => Self::Known(more),
            _ => Self::Free,
        }
    }

    /// The place of the items of a list.
    pub(super) fn items(self) -> Self {
        match self {
            Self::Known(schema) => schema.get("items").map_or(Self::Free, Self::Known),
            Self::Free => Self::Free,
        }
    }

    /// The place that a token of a JSON pointer leads to.
    pub(super) fn step(self, token: &str) -> Self {
        match self {
            Self::Known(schema) if schema.get("items").is_some() => self.items(),
            _ => self.key(token),
        }
    }

    /// The fields of the value here that rules keep as they are, each by its path: an empty one is that of the value.
    pub(super) fn kept(self) -> impl Iterator<Item = Vec<&'s str>> {
        let rules = match self {
            Self::Known(schema) => schema.get("x-kubernetes-validations"),
            Self::Free => None,
        };
        let rules = rules.and_then(Value::as_array).into_iter().flatten();
        rules.filter_map(|rule| kept_by(rule.get("rule")?.as_str()?))
    }

    /// How the list here is merged.
    pub(super) fn list(self) -> ListKind<'s> {
        let Self::Known(schema) = self else {
            return ListKind::Atomic;
        };
        match schema.get("x-kubernetes-list-type").and_then(Value::as_str) {
            Some("set") => ListKind::Set,
            Some("map") => {
                let keys = schema.get("x-kubernetes-list-map-keys");
                let keys = keys.and_then(Value::as_array).into_iter().flatten();
                ListKind::Map(keys.filter_map(Value::as_str).collect())
            }
            _ => ListKind::Atomic,
        }
    }

    /// The value that the server writes where nothing is said.
    pub(super) fn default_value(self) -> Option<&'s Value> {
        match self {
            Self::Known(schema) => schema.get("default"),
            Self::Free => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::kept_by;

    #[test]
    fn rules_that_keep_a_value_are_known_by_their_text() {
        for (rule, kept) in [
            ("self == oldSelf", Some(vec![])),
            (" oldSelf==self\n", Some(vec![])),
            ("self.a.b == oldSelf.a.b", Some(vec!["a", "b"])),
            ("oldSelf.a_1 == self.a_1", Some(vec!["a_1"])),
            ("self.a == oldSelf.b", None),
            ("self.a == self.a", None),
            ("self == oldSelf || self.a", None),
            ("self[0] == oldSelf[0]", None),
            ("self.a() == oldSelf.a()", None),
            ("selfish == oldSelfish", None),
            ("self. == oldSelf.", None),
            ("self == oldSelf == self", None),
            ("", None),
        ] {
            assert_eq!(kept_by(rule), kept, "{rule}");
        }
    }
}
