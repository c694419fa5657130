//! A chart's parameters: `values.yaml`, `values.schema.json`, and the names of its dependencies.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog_conditions::document::{Node, parse_with_comments};
use catalog_conditions::{Diagnostic, Severity, SourceFile};
use serde_json::{Map, Value};

use super::chart_yaml::{chart_yaml, document, subcharts};
use super::declared::declared;
use super::describe::Descriptions;
use super::infer::{Inference, inferred};
use super::limits::ParameterLimits;
use super::schema::{DefaultPlaces, ParameterSchema, SchemaOrigin};

/// The files of a chart that say what can be set in it; each may be missing.
///
/// ```
/// use catalog_model::SourceFile;
/// use catalog_model::parameters::{ChartFiles, ParameterLimits, ParameterSchema, SchemaOrigin};
///
/// let values = SourceFile::new("values.yaml", "# How many pods.\nreplicas: 2\n");
/// let mut files = ChartFiles::default();
/// files.values = Some(values);
/// let (schema, diagnostics) = ParameterSchema::of_chart(&files, &ParameterLimits::default());
/// assert!(diagnostics.is_empty());
/// assert_eq!(schema.origin(), SchemaOrigin::Inferred);
/// assert_eq!(schema.json()["properties"]["replicas"]["description"], "How many pods.");
/// assert_eq!(schema.defaults()["replicas"], 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChartFiles {
    /// `Chart.yaml`, which names the charts it depends on.
    pub chart: Option<Arc<SourceFile>>,
    /// `requirements.yaml`, which names them in charts of Helm 2.
    pub requirements: Option<Arc<SourceFile>>,
    /// `values.yaml`.
    pub values: Option<Arc<SourceFile>>,
    /// `values.schema.json`.
    pub schema: Option<Arc<SourceFile>>,
}

impl ParameterSchema {
    /// The parameters of a chart: by its `values.schema.json`, else inferred from its `values.yaml`, where anything may be added.
    ///
    /// What is inferred is as wide as Helm is: a template writes a number, a text and a boolean alike, so that each may stand for the
    /// other; nothing, `""` and empty lists and maps say no more than that there is something.
    ///
    /// A `Chart.yaml` that is given is held to what Helm wants of it: a map with a `name` and a `version`.
    ///
    /// A schema that is there and cannot be used is an error, and nothing is known then: what the chart's author forbade or hid must not
    /// be allowed or shown because of a mistake.
    #[must_use]
    pub fn of_chart(files: &ChartFiles, limits: &ParameterLimits) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let chart = files.chart.as_ref();
        let chart = chart.and_then(|file| chart_yaml(file, limits, &mut diagnostics));
        let values = files
            .values
            .as_ref()
            .map(|file| Values::read(file, limits, &mut diagnostics));
        let is_broken = values.as_ref().is_some_and(|values| values.is_broken);
        let mut parameters = match &files.schema {
            Some(file) => match declared(file, limits) {
                Ok(declared) => {
                    Self::with_rules(declared.json, SchemaOrigin::Declared, declared.rules)
                }
                Err(problems) => {
                    diagnostics.extend(problems);
                    Self::unknown()
                }
            },
            None if is_broken => Self::unknown(),
            None => {
                let requirements = files.requirements.as_ref();
                let requirements =
                    requirements.and_then(|file| document(file, limits, &mut diagnostics));
                let subcharts = subcharts([chart, requirements].into_iter().flatten());
                Values::inferred(values.as_ref(), &subcharts, limits, &mut diagnostics)
            }
        };
        if let Some(values) = values {
            parameters.set_defaults(values);
        }
        if files.schema.as_ref().is_some_and(says_secrets) {
            let withheld = diagnostics.into_iter().map(Diagnostic::withholding_source);
            diagnostics = withheld.collect();
        }
        (parameters, diagnostics)
    }

    fn set_defaults(&mut self, values: Values) {
        self.defaults = Value::Object(values.json);
        if let Some(node) = values.node {
            self.places = DefaultPlaces::Document(values.file, node);
        }
    }
}

/// Whether a schema may say of a value that it is secret. It is asked of the text, as the schema may be broken, and then of every line of
/// the chart: where a secret stands is not known while the files are read. Letters can be written as escapes.
fn says_secrets(schema: &Arc<SourceFile>) -> bool {
    ["writeOnly", "password", "\\u"]
        .iter()
        .any(|word| schema.text().contains(word))
}

/// A `values.yaml`.
struct Values {
    file: Arc<SourceFile>,
    node: Option<Node>,
    json: Map<String, Value>,
    descriptions: Descriptions,
    /// Whether some of it could not be read.
    is_broken: bool,
}

impl Values {
    fn read(
        file: &Arc<SourceFile>,
        limits: &ParameterLimits,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let (parsed, comments) = parse_with_comments(file, &limits.document);
        let mut is_broken = parsed
            .diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity() == Severity::Error);
        diagnostics.extend(parsed.diagnostics);
        let mut documents = parsed.documents.into_iter();
        let node = documents.next().filter(|node| !node.is_null());
        if let Some(second) = documents.next() {
            let message = "Helm reads the first document of this file only";
            diagnostics.push(
                Diagnostic::warning("values.second-document", message).at(file, second.span()),
            );
        }
        let json = match node.as_ref().map(Node::to_json) {
            None => Map::new(),
            Some(Value::Object(map)) => map,
            Some(_) => {
                is_broken = true;
                let span = node.as_ref().map(Node::span).unwrap_or_default();
                let message = "the values of a chart are a map";
                diagnostics.push(Diagnostic::error("values.type", message).at(file, span));
                Map::new()
            }
        };
        let descriptions = Descriptions::new(file, &comments);
        Self {
            file: Arc::clone(file),
            node,
            json,
            descriptions,
            is_broken,
        }
    }

    fn inferred(
        values: Option<&Self>,
        subcharts: &BTreeSet<String>,
        limits: &ParameterLimits,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> ParameterSchema {
        let empty = Map::new();
        let nothing = Descriptions::default();
        let inference = Inference {
            values: values.map_or(&empty, |values| &values.json),
            node: values.and_then(|values| values.node.as_ref()),
            descriptions: values.map_or(&nothing, |values| &values.descriptions),
            subcharts,
        };
        let (json, is_whole) = inferred(&inference, limits);
        let parameters = ParameterSchema::inferred(json, limits);
        if let (false, Some(values)) = (is_whole && parameters.is_some(), values) {
            let message = "these values are more, or nest deeper, than a schema is inferred for: the rest may be anything";
            diagnostics.push(
                Diagnostic::note("values.limit.inferred", message).at_path(values.file.path()),
            );
        }
        parameters.unwrap_or_else(ParameterSchema::unknown)
    }
}
