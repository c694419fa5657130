//! How items of lists are told apart.

use std::collections::HashSet;

use serde_json::Value;

use super::super::schema::Keywords;
use super::{Acceptance, Node, Spared, list, map, text};
use crate::pointer::escaped;

const LIST_TYPE: &str = "x-kubernetes-list-type";
const KEYS: &str = "x-kubernetes-list-map-keys";

impl<'a> Acceptance<'a> {
    /// `x-kubernetes-list-type` with its keys.
    pub(super) fn list(&mut self, node: &Node<'_, 'a>, keyword: &str) {
        let subject = node.subject();
        let kind = node.text(LIST_TYPE);
        if keyword == KEYS {
            if kind != Some("map") && !list(node.schema, KEYS).is_empty() {
                let reason = format!("{subject} has keys, and its `{LIST_TYPE}` is not `map`");
                self.refuse(node, &format!("/{LIST_TYPE}"), reason);
            }
            return;
        }
        if node.text("type") != Some("array") {
            let reason = format!("{subject} has `{LIST_TYPE}`, and is no list");
            self.refuse(node, "/type", reason);
        }
        let items = map(node.schema, "items");
        match (kind, items) {
            (Some("set"), Some(items)) => self.set(node, items),
            (Some("map"), Some(items)) => self.keyed(node, items),
            (Some("map"), None) => {
                let reason = format!("{subject} has keys, and no `items` say of what");
                self.refuse(node, "/items", reason);
            }
            (Some("atomic" | "set") | None, _) => {}
            (Some(other), _) => {
                let reason = format!(
                    "`{other}`, the list type of {subject}, is none of `atomic`, `set` and `map`"
                );
                self.refuse(node, &format!("/{LIST_TYPE}"), reason);
            }
        }
    }

    fn set(&mut self, node: &Node<'_, 'a>, items: &Keywords) {
        let subject = node.subject();
        self.not_null(node, items, "/items/nullable");
        let keyword = match text(items, "type") {
            Some("array") if !matches!(text(items, LIST_TYPE), None | Some("atomic")) => LIST_TYPE,
            Some("object") if text(items, "x-kubernetes-map-type") != Some("atomic") => {
                "x-kubernetes-map-type"
            }
            _ => return,
        };
        let reason = format!(
            "{subject} is a set of what is not atomic: `{keyword}` of its items has to be `atomic`"
        );
        self.refuse(node, &format!("/items/{keyword}"), reason)
            .spared(Spared::SetOfMaps);
    }

    fn keyed(&mut self, node: &Node<'_, 'a>, items: &'a Keywords) {
        let subject = node.subject();
        self.not_null(node, items, "/items/nullable");
        if text(items, "type") != Some("object") {
            let reason = format!("{subject} has keys, and its items are no maps");
            self.refuse(node, "/items/type", reason);
            return;
        }
        let texts = |list: &'a [Value]| list.iter().filter_map(Value::as_str);
        let keys = || texts(list(node.schema, KEYS));
        if keys().next().is_none() {
            let reason = format!("{subject} is a list with keys, and no `{KEYS}` name them");
            self.refuse(node, &format!("/{KEYS}"), reason);
        }
        let required: HashSet<&str> = texts(list(items, "required")).collect();
        let mut seen = HashSet::new();
        for key in keys() {
            if !seen.insert(key) {
                let reason = format!("`{key}` is twice among the keys of {subject}");
                self.refuse(node, &format!("/{KEYS}"), reason);
            }
            self.key(node, items, (key, required.contains(key)));
        }
    }

    fn key(&mut self, node: &Node<'_, 'a>, items: &'a Keywords, (key, is_required): (&str, bool)) {
        let subject = node.subject();
        let schema = map(items, "properties").and_then(|fields| fields.get(key)?.as_object());
        let Some(schema) = schema else {
            let reason = format!("`{key}`, a key of {subject}, is no field of its items");
            self.refuse(node, &format!("/{KEYS}"), reason);
            return;
        };
        let below = format!("/items/properties/{}", escaped(key));
        if matches!(text(schema, "type"), Some("array" | "object")) {
            let reason = format!("`{key}`, a key of {subject}, is a list or a map");
            self.refuse(node, &format!("{below}/type"), reason);
        }
        if !is_required && super::said(schema, "default").is_none() {
            let reason = format!(
                "`{key}`, a key of {subject}, is neither required of its items nor has a default"
            );
            self.refuse(node, &below, reason)
                .spared(Spared::OptionalMapKey);
        }
        self.not_null(node, schema, &format!("{below}/nullable"));
    }

    fn not_null(&mut self, node: &Node<'_, 'a>, schema: &Keywords, below: &str) {
        if schema.get("nullable") == Some(&Value::Bool(true)) {
            let reason = format!(
                "items of {} are told apart, and they or their keys may be null",
                node.subject()
            );
            self.refuse(node, below, reason)
                .spared(Spared::OptionalMapKey);
        }
    }
}
