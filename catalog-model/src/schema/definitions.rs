//! One document of a file in `definitions/`.
#![expect(dead_code, reason = "the generator of schemas alone reads these types")]

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use super::rule::{require_all, when};
use super::scalar::{Anything, SomeText, Text};

/// A definition, or a `List` of them.
pub(super) struct Document;

impl JsonSchema for Document {
    fn schema_name() -> Cow<'static, str> {
        "Document".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let definition = generator.subschema_for::<Definition>();
        json_schema!({
            "title": "A file in definitions/",
            "description": "Kubernetes objects that extend the platform: definitions of OAM and CustomResourceDefinitions. Others are applied like them.",
            "type": "object",
            "if": {
                "required": ["apiVersion", "kind", "items"],
                "properties": {
                    "apiVersion": { "const": "v1" },
                    "kind": { "const": "List" },
                    "items": { "type": "array" },
                },
            },
            "then": { "properties": { "items": { "items": definition.clone() } } },
            "else": definition,
        })
    }
}

/// A Kubernetes object.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase", transform = crds)]
struct Definition {
    /// The group and version of its API, as `core.oam.dev/v1beta1`.
    api_version: SomeText,
    /// Its kind, as `TraitDefinition` or `CustomResourceDefinition`.
    kind: SomeText,
    /// Its name, namespace, labels and annotations.
    metadata: DefinitionMetadata,
    /// What it defines.
    spec: Option<Anything>,
}

#[derive(JsonSchema)]
#[schemars(inline)]
struct DefinitionMetadata {
    /// Its name. That of a CustomResourceDefinition is `<plural>.<group>`.
    name: Text,
}

/// A CustomResourceDefinition must say what it serves.
fn crds(schema: &mut Schema) {
    let crd = json!({
        "required": ["apiVersion", "kind"],
        "properties": {
            "apiVersion": { "type": "string", "pattern": r"^apiextensions\.k8s\.io/" },
            "kind": { "const": "CustomResourceDefinition" },
        },
    });
    let served = json!({
        "type": "object",
        "required": ["name", "served"],
        "properties": { "name": { "type": "string" }, "served": { "const": true } },
    });
    let spec = json!({
        "type": "object",
        "required": ["group", "names", "versions"],
        "properties": {
            "group": { "type": "string", "description": "The API group." },
            "names": {
                "type": "object",
                "required": ["kind", "plural"],
                "properties": { "kind": { "type": "string" }, "plural": { "type": "string" } },
            },
            "versions": {
                "type": "array",
                "description": "The versions of the API; one at least is served.",
                "contains": served,
            },
        },
    });
    let rule = json!({ "required": ["spec"], "properties": { "spec": spec } });
    require_all(schema, [when(crd, rule)]);
}
