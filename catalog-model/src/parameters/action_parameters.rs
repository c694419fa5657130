//! What can be set in an action.

use std::sync::Arc;

use catalog_conditions::{Diagnostic, Severity};
use serde_json::{Map, Value, json};

use super::declared::rules;
use super::layer::Layer;
use super::limits::ParameterLimits;
use super::located::Located;
use super::origin::LayerOrigin;
use super::release_parameters::ReleaseParameters;
use super::schema::{ParameterSchema, SchemaOrigin};
use crate::hook::Action;
use crate::release::Release;

/// Keywords by which a schema says itself what other names there may be.
const OPEN: [&str; 12] = [
    "additionalProperties",
    "unevaluatedProperties",
    "patternProperties",
    "propertyNames",
    "$ref",
    "allOf",
    "anyOf",
    "oneOf",
    "if",
    "dependencies",
    "dependentSchemas",
    "$dynamicRef",
];

/// The parameters of one action of a release: a JSON Schema, and what it says of values that a user gives.
///
/// ```
/// use catalog_model::parameters::{ActionParameters, ParameterLimits};
/// use catalog_model::{LoadOptions, MemorySource, load};
/// use serde_json::json;
///
/// let job = r#"{"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {"spec": {"containers": [{"name": "b", "image": "b:1"}]}}}}"#;
/// let schema = r#"{"required": ["target"], "properties": {"target": {"type": "string"}, "days": {"type": "integer", "default": 7}}}"#;
/// let source = MemorySource::from_iter([
///     ("db/1.0.0/metadata.yaml", "name: db\nversion: 1.0.0\n".to_owned()),
///     ("db/1.0.0/hooks/a.yaml", format!("actions: [{{name: back-up, parameters: {schema}, job: {job}}}]")),
/// ]);
/// let loaded = load(&source, &LoadOptions::default())?;
/// let release = loaded.catalog().package("db").and_then(|db| db.newest()).ok_or("it is there")?;
/// let (parameters, _) = ActionParameters::read(release, &release.actions()[0], &ParameterLimits::default());
///
/// let given = json!({"target": "s3://b"});
/// let all = parameters.complete(&given).map_err(|wrong| wrong[0].to_string())?;
/// assert_eq!(json!(all), json!({"target": "s3://b", "days": 7}));
/// let wrong = parameters.complete(&json!({"taget": 7})).unwrap_err();
/// assert_eq!(wrong.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ActionParameters {
    action: String,
    schema: Arc<ParameterSchema>,
    parameters: ReleaseParameters,
}

impl ActionParameters {
    /// Reads the parameters of an action. Where its author wrote none, it takes none; where the schema names properties and says nothing of
    /// others, it takes no others: a name that is misspelt would reach nobody.
    ///
    /// Never fails: what is wrong with the schema is a diagnostic, and then everything is allowed. Cost: that of compiling the schema, bounded by
    /// `limits`.
    #[must_use]
    pub fn read(
        release: &Release,
        action: &Action,
        limits: &ParameterLimits,
    ) -> (Self, Vec<Diagnostic>) {
        let json = closed(action.parameters());
        let (package, version) = (release.package().as_str(), release.version().as_str());
        let file = format!("{}/{}", release.folder(), action.file());
        let (schema, diagnostics) = match rules(&json, limits) {
            Ok(rules) => {
                let schema =
                    ParameterSchema::with_rules(json.clone(), SchemaOrigin::Declared, rules);
                (schema, Vec::new())
            }
            Err(problems) => {
                let said = problems.into_iter().map(|problem| {
                    let message = format!(
                        "the parameters of action `{}`: {}",
                        action.name(),
                        problem.message
                    );
                    Diagnostic::error(format!("values-schema.{}", problem.rule), message)
                        .at_path(file.clone())
                        .help(problem.help)
                        .about(package, Some(version))
                });
                (ParameterSchema::unknown(), said.collect())
            }
        };
        let schema = Arc::new(schema);
        let only = (action.name(), Arc::clone(&schema));
        let parameters = Self {
            action: action.name().to_owned(),
            parameters: ReleaseParameters::of_one((package, version), only, limits),
            schema,
        };
        (parameters, diagnostics)
    }

    /// The schema, from which forms are made.
    #[must_use]
    pub fn schema(&self) -> &ParameterSchema {
        &self.schema
    }

    /// The values that are given, and the defaults of those that are not, by name.
    ///
    /// # Errors
    ///
    /// Everything in them that the schema refuses; that they are no map, or too large.
    pub fn complete(&self, given: &Value) -> Result<Map<String, Value>, Vec<Diagnostic>> {
        let refused = |message: String| vec![Diagnostic::error("parameters.values.type", message)];
        let action = &self.action;
        if !given.is_object() {
            return Err(refused(format!(
                "the parameters of action `{action}` are a map `{{name: value}}`"
            )));
        }
        let of_user = self.layer(LayerOrigin::User, given).map_err(refused)?;
        let defaults = Value::Object(defaults(self.schema.json()));
        let defaults = self
            .layer(LayerOrigin::Defaults, &defaults)
            .map_err(refused)?;
        let (merged, mut wrong) = self.parameters.merge(defaults.into_iter().chain(of_user));
        wrong.retain(|diagnostic| diagnostic.severity() == Severity::Error);
        let violations = merged.validate().into_iter();
        wrong.extend(violations.map(|violation| violation.diagnostic().clone()));
        match merged.reveal().get_mut(action).map(Value::take) {
            _ if !wrong.is_empty() => Err(wrong),
            Some(Value::Object(all)) => Ok(all),
            _ => Ok(Map::new()),
        }
    }

    /// Values, unless they are too large or there are none.
    fn layer(&self, origin: LayerOrigin, values: &Value) -> Result<Option<Layer>, String> {
        let limits = &self.parameters.limits().document;
        let located = Located::bounded(values, limits).ok_or_else(|| {
            format!(
                "the parameters of action `{}` nest deeper than {} or are more than {}",
                self.action, limits.depth, limits.nodes
            )
        })?;
        Ok(Layer::of_module(origin, None, &self.action, located))
    }
}

/// The schema of an author, closed where it may be.
fn closed(written: Option<&Value>) -> Value {
    let Some(written) = written else {
        return json!({"type": "object", "additionalProperties": false});
    };
    let mut schema = written.clone();
    if let Some(fields) = schema.as_object_mut() {
        let is_open = OPEN.iter().any(|keyword| fields.contains_key(*keyword));
        if fields.contains_key("properties") && !is_open {
            fields.insert("additionalProperties".to_owned(), false.into());
        }
    }
    schema
}

/// The values that properties have where nobody says anything.
fn defaults(schema: &Value) -> Map<String, Value> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let with_default = properties.into_iter().flatten();
    with_default
        .filter_map(|(name, property)| Some((name.clone(), property.get("default")?.clone())))
        .collect()
}
