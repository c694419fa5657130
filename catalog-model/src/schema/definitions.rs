//! One document of a file in `definitions/`.
#![expect(dead_code, reason = "the generator of schemas alone reads these types")]

use std::borrow::Cow;

use super::crd::{self, CrdSpec};
use super::rule::require_all;
use super::scalar::{Anything, FullString, PlainString, StringMap};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

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
                    "apiVersion": { "type": ["string", "number", "boolean"] },
                    "kind": { "type": "string", "pattern": "List$" },
                    "items": { "type": "array" },
                },
            },
            "then": { "properties": { "items": { "items": definition.clone() } } },
            "else": definition,
        })
    }
}

/// One object.
struct Definition;

impl JsonSchema for Definition {
    fn schema_name() -> Cow<'static, str> {
        "Definition".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let spec = generator.subschema_for::<CrdSpec>().to_value();
        let mut schema = DefinitionKeys::json_schema(generator);
        require_all(&mut schema, [crd::rule(&spec)]);
        schema
    }
}

/// A Kubernetes object.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
struct DefinitionKeys {
    /// The group and version of its API, as `core.oam.dev/v1beta1`.
    api_version: FullString,
    /// Its kind, as `TraitDefinition` or `CustomResourceDefinition`.
    kind: FullString,
    /// Its name, namespace, labels and annotations.
    metadata: DefinitionMetadata,
    /// What it defines.
    spec: Option<Anything>,
}

#[derive(JsonSchema)]
#[schemars(inline)]
struct DefinitionMetadata {
    /// Its name. That of a CustomResourceDefinition is `<plural>.<group>`.
    name: FullString,
    /// Its namespace, for a kind that lives in one.
    namespace: Option<PlainString>,
    /// Its labels: texts.
    labels: Option<StringMap>,
    /// Its annotations: texts.
    annotations: Option<StringMap>,
}
