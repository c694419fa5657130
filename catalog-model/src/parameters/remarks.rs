//! What is said about layers while they are laid.

use std::sync::Arc;

use catalog_conditions::rule::Rule;
use catalog_conditions::suggest::near;
use catalog_conditions::{Diagnostic, Fix, SourceFile, Span};

use super::layer::Layer;
use super::located::{Located, LocatedKind};
use super::merge::Disagreements;
use super::origin::LayerOrigin;
use super::release_parameters::ReleaseParameters;
use super::secrets::{Secrets, split};
use super::values::LayeredValues;
use crate::rule::rule;

/// What is odd about the scalars of a layer; of a secret, only that it is.
pub(super) fn scalars(layer: &Layer, secrets: &Secrets) -> Vec<Diagnostic> {
    let remarks = layer.remarks.iter().cloned();
    remarks.map(|remark| guarded(remark, secrets)).collect()
}

/// What was said before it was known what is secret. Of a secret it says only that there is something, and offers no edit of it.
pub(super) fn guarded(remark: Diagnostic, secrets: &Secrets) -> Diagnostic {
    let Some(place) = remark.location() else {
        return remark;
    };
    let edits = remark
        .fixes()
        .iter()
        .flat_map(Fix::edits)
        .map(|edit| edit.span);
    let mut spans = edits.chain([place.span()]);
    if spans.any(|span| secrets.touch(place.file(), span)) {
        unquoted(&remark, place.file(), place.span())
    } else {
        secrets.guard(remark)
    }
}

fn unquoted(remark: &Diagnostic, file: &Arc<SourceFile>, span: Span) -> Diagnostic {
    let code = remark.code().to_owned();
    let quote = "quote it if it is a text; it is not shown, being sensitive";
    let (message, help) = match remark.code() {
        "yaml.not-finite" => ("this is no number that JSON and the API server know", quote),
        "yaml.tag" => (
            "this has a tag that means nothing to Kubernetes' tools",
            quote,
        ),
        "yaml.ambiguous" => (
            "this is one thing to kubectl and Helm, and another to YAML 1.2",
            quote,
        ),
        // What a rule is about names no value.
        other => (
            rule(other).map_or("something is wrong with this", Rule::summary),
            "it is not shown, being sensitive",
        ),
    };
    Diagnostic::new(remark.severity(), code, message)
        .at(file, span)
        .help(help)
        .withholding_source()
}

/// Why the values of one module are left aside.
pub(super) fn module(
    parameters: &ReleaseParameters,
    layer: &Layer,
    module: &str,
    values: &Located,
) -> Option<Diagnostic> {
    let shown: String = module.chars().take(64).collect();
    let diagnostic = if parameters.schema(module).is_none() {
        unknown_module(parameters, layer.origin(), module, &shown)
    } else if matches!(values.kind, LocatedKind::Map(_)) {
        return None;
    } else if values.is_null() {
        let message =
            format!("nothing stands below `{shown}`, so that nothing is set in this module");
        Diagnostic::warning("parameters.module.null", message)
            .help("name the values to delete, each with null, or remove the line")
    } else {
        let message = format!("{} sets `{shown}`, whose values are a map", layer.origin());
        Diagnostic::error("parameters.module.type", message).help(format!("write `{shown}: {{…}}`"))
    };
    Some(match (layer.file(), values.key.or(values.span)) {
        (Some(file), Some(span)) => diagnostic.at(file, span),
        _ => diagnostic,
    })
}

/// How many modules a name that is none of them is compared with.
const NAMED: usize = 100;

/// How many of them a help lists.
const LISTED: usize = 8;

fn unknown_module(
    parameters: &ReleaseParameters,
    origin: &LayerOrigin,
    module: &str,
    shown: &str,
) -> Diagnostic {
    let message = format!(
        "{origin} sets values of `{shown}`, and {} {} has no such module",
        parameters.package(),
        parameters.version()
    );
    let diagnostic = Diagnostic::error("parameters.module.unknown", message);
    // Each layer may name many that are not there.
    let known = parameters.modules().map(|(name, _)| name);
    let known: Vec<&str> = known.take(NAMED).collect();
    match near(module, known.iter().copied()) {
        Some(near) => diagnostic.did_you_mean(Some(near)),
        None if known.is_empty() => diagnostic.help("it has none at all"),
        None => diagnostic.help(format!(
            "its modules: {}; values stand below the name of their module",
            known.get(..LISTED).unwrap_or(&known).join(", ")
        )),
    }
}

/// Warnings of what two packages set differently, neither with more right, where no layer above settled it.
pub(super) fn disagreements(
    values: &LayeredValues<'_>,
    disagreements: &Disagreements,
) -> Vec<Diagnostic> {
    let found = disagreements.iter().filter_map(|(pointer, layers)| {
        let (winner, _) = values.last(pointer)?;
        layers.contains(&winner).then_some(())?;
        let used = values.layers().get(winner)?;
        let others = layers.iter().filter(|number| **number != winner);
        let others: Vec<&Layer> = others
            .filter_map(|number| values.layers().get(*number))
            .collect();
        Some(values.secrets.guard(disagreement(pointer, used, &others)))
    });
    found.collect()
}

fn disagreement(pointer: &str, used: &Layer, others: &[&Layer]) -> Diagnostic {
    let (module, below) = split(pointer);
    let names: Vec<String> = others
        .iter()
        .map(|layer| layer.origin().to_string())
        .collect();
    let message = format!(
        "{} and {} set `{below}` of module `{}` differently; the former is used",
        used.origin(),
        names.join(", "),
        module.unwrap_or_default()
    );
    let mut diagnostic = Diagnostic::warning("parameters.dependency.disagreement", message)
        .help("set it where more has a say: in a package nearer to what is asked for, in the environment, or by the user");
    if let (Some(file), Some(span)) = (used.file(), used.nearest(pointer).place()) {
        diagnostic = diagnostic.at(file, span);
    }
    for other in others {
        if let (Some(file), Some(span)) = (other.file(), other.nearest(pointer).place()) {
            diagnostic = diagnostic.related(file, span, "set differently here");
        }
    }
    diagnostic
}
