//! Questions about a CRD, each as a field path, as a JSONPath, and as a walk written by hand.

use catalog_conditions::path::{FieldPath, Finding};
use jsonpath_rust::parser::model::JpQuery;
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_process;
use serde_json::Value;
use serde_json_path::JsonPath;

/// One question in four notations, each parsed beforehand.
pub struct Question {
    /// The field path as text.
    pub text: &'static str,
    /// The field path.
    pub path: FieldPath,
    /// What a careful engineer writes instead.
    pub by_hand: ByHand,
    /// The JSONPath for `jsonpath-rust`.
    pub jsonpath_rust: JpQuery,
    /// The JSONPath for `serde_json_path`.
    pub serde_json_path: JsonPath,
}

/// A walk written by hand.
#[derive(Clone, Copy)]
pub enum ByHand {
    /// To one value; none also if several would match.
    One(for<'v> fn(&'v Value) -> Option<&'v Value>),
    /// To several; one that has no such field is left out.
    Many(for<'v> fn(&'v Value) -> Vec<&'v Value>),
}

impl Question {
    fn new(text: &'static str, jsonpath: &str, by_hand: ByHand) -> Self {
        Self {
            text,
            path: parsed(text, FieldPath::parse(text)),
            by_hand,
            jsonpath_rust: parsed(jsonpath, parse_json_path(jsonpath)),
            serde_json_path: parsed(jsonpath, JsonPath::parse(jsonpath)),
        }
    }

    /// The values that each way leads to: field path, by hand, `jsonpath-rust`, `serde_json_path`.
    pub fn answers<'v>(&self, object: &'v Value) -> [Vec<&'v Value>; 4] {
        let ours = match self.path.find(object) {
            Finding::Found(value) => vec![value],
            Finding::Many(members) => members
                .iter()
                .filter_map(|member| match member.found() {
                    Finding::Found(value) => Some(value),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        let by_hand = match self.by_hand {
            ByHand::One(walk) => walk(object).into_iter().collect(),
            ByHand::Many(walk) => walk(object),
        };
        let jsonpath_rust = js_path_process(&self.jsonpath_rust, object)
            .map(|nodes| nodes.into_iter().map(|node| node.val()).collect())
            .unwrap_or_default();
        let serde_json_path = self.serde_json_path.query(object).all();
        [ours, by_hand, jsonpath_rust, serde_json_path]
    }
}

#[expect(clippy::panic, reason = "the questions are written below")]
fn parsed<T, E: std::fmt::Display>(text: &str, parsed: Result<T, E>) -> T {
    parsed.unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The questions: by index, by selection, by a quoted key, of every element, and some that find nothing.
pub fn questions() -> Vec<Question> {
    vec![
        Question::new(
            "metadata.name",
            "$.metadata.name",
            ByHand::One(|crd| crd.get("metadata")?.get("name")),
        ),
        Question::new(
            "metadata.annotations['controller-gen.kubebuilder.io/version']",
            "$.metadata.annotations['controller-gen.kubebuilder.io/version']",
            ByHand::One(|crd| {
                crd.get("metadata")?
                    .get("annotations")?
                    .get("controller-gen.kubebuilder.io/version")
            }),
        ),
        Question::new(
            "spec.versions[199].name",
            "$.spec.versions[199].name",
            ByHand::One(|crd| versions(crd)?.get(199)?.get("name")),
        ),
        Question::new(
            "spec.versions[200].name",
            "$.spec.versions[200].name",
            ByHand::One(|crd| versions(crd)?.get(200)?.get("name")),
        ),
        Question::new(
            "spec.versions[name=v137].schema.openAPIV3Schema.properties.spec.type",
            "$.spec.versions[?@.name=='v137'].schema.openAPIV3Schema.properties.spec.type",
            ByHand::One(|crd| {
                v137(crd)?
                    .get("schema")?
                    .get("openAPIV3Schema")?
                    .get("properties")?
                    .get("spec")?
                    .get("type")
            }),
        ),
        Question::new(
            "spec.versions[name=v137].schema.openAPIV3Schema.properties.spec.nullable",
            "$.spec.versions[?@.name=='v137'].schema.openAPIV3Schema.properties.spec.nullable",
            ByHand::One(|crd| {
                v137(crd)?
                    .get("schema")?
                    .get("openAPIV3Schema")?
                    .get("properties")?
                    .get("spec")?
                    .get("nullable")
            }),
        ),
        Question::new(
            "spec.versions[name=v137].schema.openAPIV3Schema.properties.spec.properties.field07.maxLength",
            "$.spec.versions[?@.name=='v137'].schema.openAPIV3Schema.properties.spec.properties.field07.maxLength",
            ByHand::One(|crd| {
                let spec = v137(crd)?
                    .get("schema")?
                    .get("openAPIV3Schema")?
                    .get("properties")?
                    .get("spec")?;
                spec.get("properties")?.get("field07")?.get("maxLength")
            }),
        ),
        Question::new(
            "spec.versions[name=v137,storage=false].served",
            "$.spec.versions[?@.name=='v137' && @.storage==false].served",
            ByHand::One(|crd| {
                let wanted = |version: &&Value| {
                    is(version, "name", "v137")
                        && version.get("storage").and_then(Value::as_bool) == Some(false)
                };
                only(versions(crd)?.iter().filter(wanted))?.get("served")
            }),
        ),
        Question::new(
            "status.conditions[type=Established].status",
            "$.status.conditions[?@.type=='Established'].status",
            ByHand::One(|crd| {
                let conditions = crd.get("status")?.get("conditions")?.as_array()?;
                only(
                    conditions
                        .iter()
                        .filter(|condition| is(condition, "type", "Established")),
                )?
                .get("status")
            }),
        ),
        Question::new(
            "spec.versions[*].served",
            "$.spec.versions[*].served",
            ByHand::Many(|crd| every_version(crd, "served")),
        ),
        Question::new(
            "spec.versions[*].deprecated",
            "$.spec.versions[*].deprecated",
            ByHand::Many(|crd| every_version(crd, "deprecated")),
        ),
    ]
}

fn versions(crd: &Value) -> Option<&Vec<Value>> {
    crd.get("spec")?.get("versions")?.as_array()
}

fn v137(crd: &Value) -> Option<&Value> {
    only(
        versions(crd)?
            .iter()
            .filter(|version| is(version, "name", "v137")),
    )
}

fn every_version<'v>(crd: &'v Value, key: &str) -> Vec<&'v Value> {
    versions(crd)
        .into_iter()
        .flatten()
        .filter_map(|version| version.get(key))
        .collect()
}

fn is(object: &Value, key: &str, text: &str) -> bool {
    object.get(key).and_then(Value::as_str) == Some(text)
}

/// The only one; none also if there are several.
fn only<'v>(mut matching: impl Iterator<Item = &'v Value>) -> Option<&'v Value> {
    let first = matching.next()?;
    matching.next().is_none().then_some(first)
}
