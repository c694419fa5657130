//! Label selectors.
#![expect(dead_code, reason = "the generator of schemas alone reads these types")]

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::json;

use crate::schema::pattern;
use crate::schema::rule::{is_one_of, require, require_all, when, with};
use crate::schema::scalar::{LabelKey, SelectorValue};

/// kubectl's text, or a map.
pub(super) struct Selector;

impl JsonSchema for Selector {
    fn schema_name() -> Cow<'static, str> {
        "Selector".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = SelectorMap::json_schema(generator);
        require(&mut schema, &[]);
        let both = schema.ensure_object();
        both.extend([
            ("type".to_owned(), json!(["object", "string", "number", "boolean"])),
            ("minimum".to_owned(), json!(0)),
            ("maxLength".to_owned(), json!(4096)),
            ("pattern".to_owned(), json!(pattern::selector())),
            (
                "patternErrorMessage".to_owned(),
                json!("write requirements as kubectl does, joined by commas: `app=web,tier notin (test)`"),
            ),
        ]);
        schema
    }
}

/// Which labels objects must have: kubectl's text (`app=web,tier notin (test)`), or a map. `""` and `{}` select all.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "camelCase")]
struct SelectorMap {
    /// Labels and their values.
    #[schemars(transform = label_keys)]
    match_labels: BTreeMap<String, SelectorValue>,
    /// What is asked of labels otherwise.
    match_expressions: Vec<Expression>,
}

fn label_keys(schema: &mut Schema) {
    schema.insert(
        "propertyNames".to_owned(),
        json!({ "pattern": pattern::label_key() }),
    );
}

#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields, transform = values_fit)]
struct Expression {
    /// The key of the label.
    key: LabelKey,
    /// What is asked of it.
    #[schemars(extend("enum" = ["In", "NotIn", "Exists", "DoesNotExist"]))]
    operator: String,
    /// The values of `In` and `NotIn`.
    values: Vec<SelectorValue>,
}

fn values_fit(schema: &mut Schema) {
    require(schema, &["key", "operator"]);
    let some = json!({ "required": ["values"], "properties": { "values": { "minItems": 1 } } });
    let rules = [
        when(is_one_of("operator", &["In", "NotIn"]), some),
        when(
            is_one_of("operator", &["Exists", "DoesNotExist"]),
            with("values", json!({ "maxItems": 0 })),
        ),
    ];
    require_all(schema, rules);
}
