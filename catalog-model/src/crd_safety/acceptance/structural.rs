//! Structural schemas: each value has a type, and nothing is said twice.

use serde_json::Value;

use super::super::comparison::DEEPEST;
use super::super::place::{Place, Step};
use super::super::schema::Keywords;
use super::super::view::VersionView;
use super::{Acceptance, Level, Node, Spared, map};

const TYPES: [&str; 6] = ["string", "number", "integer", "boolean", "array", "object"];

/// What every object has, which the server knows without a schema.
const OF_EVERY_OBJECT: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// What may stand at the root where `status` has an address of its own, and is validated by itself.
const WITH_STATUS: [&str; 8] = [
    "not",
    "anyOf",
    "oneOf",
    "allOf",
    "enum",
    "minProperties",
    "maxProperties",
    "default",
];

/// What a schema says of its structure, read in one go.
#[derive(Default)]
struct Said<'a> {
    kind: Option<&'a str>,
    needs_no_type: bool,
    is_whole: bool,
    is_atomic: bool,
    has_keys: bool,
    has_items: bool,
    fields: Option<&'a Keywords>,
    values: Option<&'a Keywords>,
    items: Option<&'a Keywords>,
}

impl<'a> Acceptance<'a> {
    /// Looks at the schema of a version, and all below it.
    pub(super) fn schemas(&mut self, schema: &'a Keywords, version: &VersionView<'a>) {
        let root = Node {
            schema,
            place: Place::root("", ""),
            level: Level::Root,
            is_of_object: false,
            forbids_default: None,
            looks_at_default: true,
            is_correlated: true,
        };
        self.root(&root, version.at("/subresources/status").is_some());
        self.schema(&root);
    }

    fn root(&mut self, node: &Node<'_, 'a>, has_status: bool) {
        if node.is("nullable") {
            self.refuse(node, "/nullable", "the object may be null".to_owned());
        }
        if node
            .text("type")
            .is_some_and(|kind| kind != "object" && TYPES.contains(&kind))
        {
            let reason = "the object has to be of the type `object`".to_owned();
            self.refuse(node, "/type", reason);
        }
        if node.said("additionalProperties").is_some() {
            let reason = "the object may have no `additionalProperties`".to_owned();
            self.refuse(node, "/additionalProperties", reason);
        }
        let keyword = WITH_STATUS
            .iter()
            .find(|keyword| has_status && node.said(keyword).is_some_and(is_anything));
        if let Some(keyword) = keyword {
            let reason = format!(
                "the object may have no `{keyword}`, as its `status` has an address of its own and is validated by itself"
            );
            self.refuse(node, &format!("/{keyword}"), reason);
        }
    }

    fn schema(&mut self, node: &Node<'_, 'a>) {
        if node.place.depth() > DEEPEST {
            return;
        }
        let mut said = Said::default();
        for (keyword, value) in node.schema {
            if !value.is_null() {
                said.note(keyword, value);
                self.keyword(node, keyword, value);
            }
        }
        self.kind(node, &said);
        if said.is_whole {
            self.embedded(node);
        }
        self.fields(node, &said);
        self.values(node, &said);
        self.items(node, &said);
    }

    fn kind(&mut self, node: &Node<'_, 'a>, said: &Said<'a>) {
        let subject = || node.subject();
        match said.kind {
            None if !said.needs_no_type && !said.is_whole => {
                let reason = format!("{} has no `type`", subject());
                self.refuse(node, "/type", reason);
            }
            Some(kind) if !TYPES.contains(&kind) => {
                let reason = format!("{} has the type `{kind}`, which is none", subject());
                self.refuse(node, "/type", reason)
                    .spared(Spared::UnknownType);
            }
            Some("array") if !said.has_items => {
                let reason = format!("{} is a list, and no `items` say of what", subject());
                self.refuse(node, "/items", reason);
            }
            _ => {}
        }
    }

    fn embedded(&mut self, node: &Node<'_, 'a>) {
        let subject = node.subject();
        let mut told = |below: &str, why: &str| {
            self.refuse(
                node,
                below,
                format!("{subject} holds a whole object, and {why}"),
            );
        };
        if node.text("type") != Some("object") {
            told("/type", "its type is not `object`");
        }
        if node.said("additionalProperties").is_some() {
            told(
                "/additionalProperties",
                "may have no `additionalProperties`",
            );
        }
        let has_fields = map(node.schema, "properties").is_some_and(|fields| !fields.is_empty());
        if !has_fields && !node.is("x-kubernetes-preserve-unknown-fields") {
            told("/properties", "no `properties` say of what");
        }
        if node.is_of_object {
            told(
                "/x-kubernetes-embedded-resource",
                "stands inside the `metadata` of another",
            );
        }
    }

    fn fields(&mut self, node: &Node<'_, 'a>, said: &Said<'a>) {
        let is_object = node.level == Level::Root || said.is_whole;
        for (name, schema) in said.fields.into_iter().flatten() {
            let Some(schema) = schema.as_object() else {
                continue;
            };
            let is_of_object = is_object && OF_EVERY_OBJECT.contains(&name.as_str());
            let at_root = is_of_object && node.level == Level::Root;
            let field = Node {
                schema,
                place: node.place.down(Step::Property(name)),
                level: Level::Field,
                is_of_object: node.is_of_object || is_of_object,
                forbids_default: match at_root {
                    true => Some("is one of those that every object has"),
                    false => node.forbids_default,
                },
                is_correlated: node.is_correlated && !said.is_atomic,
                ..*node
            };
            if is_of_object {
                self.of_every_object(&field, name, at_root);
            }
            self.schema(&field);
        }
    }

    fn values(&mut self, node: &Node<'_, 'a>, said: &Said<'a>) {
        let Some(schema) = said.values else { return };
        let values = Node {
            schema,
            place: node.place.down(Step::Values),
            level: Level::Field,
            looks_at_default: false,
            forbids_default: match node.is_of_object {
                true => Some("is a value of a map inside `metadata`"),
                false => node.forbids_default,
            },
            ..*node
        };
        self.schema(&values);
    }

    fn items(&mut self, node: &Node<'_, 'a>, said: &Said<'a>) {
        let Some(schema) = said.items else { return };
        let items = Node {
            schema,
            place: node.place.down(Step::Items),
            level: Level::Item,
            is_correlated: node.is_correlated && said.has_keys,
            ..*node
        };
        self.schema(&items);
    }

    /// `apiVersion`, `kind` and `metadata`, of which the server knows more than schemas may say.
    fn of_every_object(&mut self, node: &Node<'_, 'a>, name: &str, at_root: bool) {
        let kind = if name == "metadata" {
            "object"
        } else {
            "string"
        };
        if node.text("type") != Some(kind) {
            let reason = format!("{} has to be of the type `{kind}`", node.subject());
            self.refuse(node, "/type", reason);
        }
        if name != "metadata" || !at_root {
            return;
        }
        let is_named = |name: &String| matches!(name.as_str(), "name" | "generateName");
        let fields = map(node.schema, "properties").filter(|fields| !fields.is_empty());
        let other = fields.is_some_and(|fields| !fields.keys().all(is_named));
        let keyword = node.schema.iter().find(|(keyword, value)| {
            let is_known = matches!(keyword.as_str(), "type" | "properties" | "default");
            !is_known && is_anything(value)
        });
        let below = match (other, keyword) {
            (true, _) => "/properties",
            (false, Some(_)) => "",
            (false, None) => return,
        };
        let reason =
            "the schema may say nothing of `metadata` but of its `name` and `generateName`"
                .to_owned();
        self.refuse(node, below, reason);
    }
}

impl<'a> Said<'a> {
    fn note(&mut self, keyword: &str, value: &'a Value) {
        let is = value == &Value::Bool(true);
        match keyword {
            "type" => self.kind = value.as_str().filter(|kind| !kind.is_empty()),
            "properties" => self.fields = value.as_object(),
            "additionalProperties" => self.values = value.as_object(),
            "items" => (self.has_items, self.items) = (true, value.as_object()),
            "x-kubernetes-int-or-string" | "x-kubernetes-preserve-unknown-fields" => {
                self.needs_no_type |= is;
            }
            "x-kubernetes-embedded-resource" => self.is_whole = is,
            "x-kubernetes-map-type" => self.is_atomic = value == "atomic",
            "x-kubernetes-list-type" => self.has_keys = value == "map",
            _ => {}
        }
    }
}

/// Whether a keyword with this value says something.
pub(super) fn is_anything(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}
