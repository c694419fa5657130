//! A place in an object, and what is known of it: by which rules it is compared, and what the server makes of what is not said there.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::defaults::{is_default, is_left_out, is_quantity};
use super::json::{same, same_quantity};
use super::lists::{ListKind, built_in};
use super::maps::has_chosen_keys;
use super::schema::FieldSchema;

/// What stands for a key that an author chose, so that no table takes it for the key of a field.
const CHOSEN: &str = "*";

/// Where a value stands, and by which rules it is compared.
#[derive(Clone, Copy)]
pub(super) struct Spot<'s> {
    /// The field of the map around the value, or that of the list the map is in; then the field of the value, or of its list.
    parent: &'s str,
    key: &'s str,
    /// A map whose keys authors choose: none of them is a field.
    is_chosen: bool,
    /// What the document does not state is not the cluster's, but goes.
    is_whole: bool,
    /// A CRD, in which some keys hold free JSON.
    is_crd: bool,
    /// Free JSON, of which the server leaves out and makes nothing.
    is_raw: bool,
    rules: Rules<'s>,
    depth: usize,
}

/// Who knows lists and defaults.
#[derive(Clone, Copy)]
pub(super) enum Rules<'s> {
    /// The tables of Kubernetes' own kinds, for an object of this one.
    BuiltIn(&'s str),
    /// The schema of a custom resource.
    Custom(FieldSchema<'s>),
}

impl<'s> Spot<'s> {
    pub(super) fn root(rules: Rules<'s>) -> Self {
        Self {
            parent: "",
            key: "",
            is_chosen: false,
            is_whole: false,
            is_crd: false,
            is_raw: false,
            rules,
            depth: 0,
        }
    }

    /// The value of a key in the map here.
    pub(super) fn key(self, key: &'s str) -> Self {
        let key = if self.is_chosen { CHOSEN } else { key };
        let is_raw = self.is_raw || self.is_crd && matches!(key, "default" | "example" | "enum");
        Self {
            parent: self.key,
            key,
            is_raw,
            is_chosen: match self.rules {
                Rules::BuiltIn(kind) if !is_raw => has_chosen_keys(kind, self.key, key),
                _ => false,
            },
            rules: match self.rules {
                Rules::Custom(schema) => Rules::Custom(schema.key(key)),
                built_in => built_in,
            },
            depth: self.depth + 1,
            ..self
        }
    }

    /// An item of the list here.
    pub(super) fn item(self) -> Self {
        Self {
            rules: match self.rules {
                Rules::Custom(schema) => Rules::Custom(schema.items()),
                built_in => built_in,
            },
            depth: self.depth + 1,
            ..self
        }
    }

    /// The same, of a part that is compared whole.
    pub(super) fn whole(self) -> Self {
        Self {
            is_whole: true,
            ..self
        }
    }

    /// The same in a CRD, which is compared whole.
    pub(super) fn crd(self) -> Self {
        Self {
            is_crd: true,
            ..self.whole()
        }
    }

    pub(super) fn is_whole(self) -> bool {
        self.is_whole
    }

    /// How many maps and lists are around it.
    pub(super) fn depth(self) -> usize {
        self.depth
    }

    /// How the list here is merged.
    pub(super) fn list(self) -> ListKind<'s> {
        match self.rules {
            _ if self.is_raw && self.key != "enum" => ListKind::Atomic,
            Rules::Custom(schema) => schema.list(),
            Rules::BuiltIn(_) => built_in(self.parent, self.key),
        }
    }

    /// Whether the order of the items of a list that is merged by keys says something. Versions of a CRD have none but their names'.
    pub(super) fn is_ordered(self) -> bool {
        !self.is_crd
    }

    /// Whether two values here are one amount, which the server writes in its own way.
    pub(super) fn is_same_amount(self, one: &Value, other: &Value) -> bool {
        matches!(self.rules, Rules::BuiltIn(_))
            && !self.is_raw
            && is_quantity(self.parent, self.key)
            && same_quantity(one, other)
    }

    /// What is stated by a value of the map here, if anything is: null is the empty text where texts or amounts stand under chosen keys.
    pub(super) fn stated(self, value: &Value) -> Option<Cow<'_, Value>> {
        if !value.is_null() {
            return Some(Cow::Borrowed(value));
        }
        let is_text = self.is_chosen && !self.is_crd;
        let nothing = if is_quantity(self.key, CHOSEN) {
            "0"
        } else {
            ""
        };
        is_text.then(|| Cow::Owned(nothing.into()))
    }

    /// Whether the server keeps nothing of a value that is said under a key here.
    pub(super) fn is_left_out(self, key: &str, value: &Value) -> bool {
        match self.rules {
            _ if value.is_null() => true,
            Rules::BuiltIn(kind) if self.has_fields() => {
                let is_empty_map = value.as_object().is_some_and(Map::is_empty);
                is_left_out(key, value) || is_empty_map && has_chosen_keys(kind, self.key, key)
            }
            Rules::BuiltIn(_) => false,
            Rules::Custom(_) => self.is_schema_default(key, value),
        }
    }

    /// Whether a value under a key here is what the server makes of a document that says nothing there.
    pub(super) fn is_filled_in(self, key: &str, value: &Value) -> bool {
        match self.rules {
            _ if value.is_null() => true,
            Rules::BuiltIn(_) if self.is_raw => false,
            // What a LimitRange does not say follows from the limits that it does say.
            Rules::BuiltIn(_) if self.is_limit() => true,
            Rules::BuiltIn(_) => {
                self.is_left_out(key, value)
                    || self.has_fields() && is_default(self.key, key, value)
            }
            Rules::Custom(_) => self.is_schema_default(key, value),
        }
    }

    /// What the server takes for a key that an item of the list here does not say.
    pub(super) fn default_in_item(self, key: &str) -> Option<String> {
        match self.rules {
            Rules::BuiltIn(_) => (key == "protocol").then(|| "\"TCP\"".to_owned()),
            Rules::Custom(schema) => Some(schema.items().key(key).default_value()?.to_string()),
        }
    }

    /// Whether a value here that nobody states is one of nothing: no list is empty for a reason.
    pub(super) fn is_nothing(self, value: &Value) -> bool {
        if !self.has_fields() {
            return false;
        }
        match value {
            Value::Array(items) => items.is_empty(),
            Value::String(text) => text.is_empty(),
            Value::Bool(is) => !is,
            _ => false,
        }
    }

    /// Whether a key here holds certificates that a controller puts in.
    pub(super) fn is_bundle(self, key: &str) -> bool {
        key == "caBundle" && self.has_fields()
    }

    /// Whether the keys here are fields of Kubernetes' own kinds.
    fn has_fields(self) -> bool {
        matches!(self.rules, Rules::BuiltIn(_)) && !self.is_raw && !self.is_chosen
    }

    fn is_limit(self) -> bool {
        matches!(
            (self.parent, self.key),
            ("limits", "default" | "defaultRequest")
        )
    }

    fn is_schema_default(self, key: &str, value: &Value) -> bool {
        let Rules::Custom(schema) = self.rules else {
            return false;
        };
        let default = schema.key(key).default_value();
        default.is_some_and(|default| same(default, value))
    }
}
