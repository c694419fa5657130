//! `Chart.yaml`: what Helm wants of it, and the charts that it names.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog_conditions::document::{Entry, Node, parse};
use catalog_conditions::{Diagnostic, Severity, SourceFile, Span};

use serde_json::Value;

use super::limits::ParameterLimits;

/// Reads a `Chart.yaml`. Without a name and a version, which are texts, Helm neither packs nor installs a chart; it takes one without
/// `apiVersion` for an old one (`ValidateMetadata` and `LoadFiles` of Helm 3).
pub(super) fn chart_yaml(
    file: &Arc<SourceFile>,
    limits: &ParameterLimits,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Node> {
    let before = diagnostics.len();
    let chart = document(file, limits, diagnostics);
    let found = diagnostics.get(before..).unwrap_or_default();
    if found
        .iter()
        .any(|found| found.severity() == Severity::Error)
    {
        return chart;
    }
    let Some(node) = chart.as_ref().filter(|node| node.as_mapping().is_some()) else {
        let (found, span) = match &chart {
            Some(node) => (node.describe(), node.span()),
            None => ("nothing", Span::default()),
        };
        let message = format!("a `Chart.yaml` is a map, not {found}");
        let diagnostic = Diagnostic::error("chart.type", message).at(file, span);
        diagnostics.push(diagnostic.help("write at least `apiVersion: v2`, `name` and `version`"));
        return None;
    };
    for key in ["name", "version"] {
        diagnostics.extend(field_problem(file, node, key));
    }
    chart
}

fn field_problem(file: &Arc<SourceFile>, chart: &Node, key: &str) -> Option<Diagnostic> {
    let entry = chart.as_mapping().and_then(|map| map.entry(key));
    let value = entry.map(Entry::value).filter(|value| !value.is_null());
    let (code, message) = match value.map(Node::to_json) {
        Some(Value::String(text)) if !text.is_empty() => return None,
        None | Some(Value::String(_)) => (
            "chart.field.missing",
            format!("`{key}` is missing, without which Helm refuses the chart"),
        ),
        Some(_) => (
            "chart.field.type",
            format!("`{key}` is no text to Helm, which refuses the chart"),
        ),
    };
    let start = Span::new(chart.span().start, chart.span().start);
    let span = entry.map_or(start, |entry| entry.key().span());
    let diagnostic = Diagnostic::error(code, message).at(file, span);
    Some(diagnostic.help(format!("write `{key}: \"…\"`")))
}

/// The one document that Helm reads of a file.
pub(super) fn document(
    file: &Arc<SourceFile>,
    limits: &ParameterLimits,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Node> {
    let parsed = parse(file, &limits.document);
    diagnostics.extend(parsed.diagnostics);
    parsed.documents.into_iter().next()
}

/// Under which keys a chart takes the values of the charts it depends on, by the files that name them.
pub(super) fn subcharts(files: impl Iterator<Item = Node>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files {
        let dependencies = file.value("dependencies").and_then(Node::as_sequence);
        for dependency in dependencies.unwrap_or_default() {
            let text = |key| {
                Some(dependency.value(key)?.as_scalar()?.text()).filter(|text| !text.is_empty())
            };
            names.extend(text("alias").or_else(|| text("name")).map(str::to_owned));
        }
    }
    names
}
