//! What is read.

use std::collections::BTreeMap;
use std::io::Read;

use catalog_examples::{Failure, text_or_gzip};
use catalog_model::crd_safety::CrdFile;
use catalog_model::document::{Limits, parse};
use catalog_model::{Diagnostic, Severity, SourceFile};
use serde_json::Value;

/// The largest standard input that is read.
const LIMIT: u64 = 64 << 20;

/// Lists that kubectl prints of a whole cluster are one document.
fn limits() -> Limits {
    let mut limits = Limits::snapshot();
    (limits.document_bytes, limits.nodes) = (128 << 20, 3_000_000);
    limits
}

/// The CRDs of a file, by name.
pub(crate) fn read(path: &str) -> Result<BTreeMap<String, CrdFile>, Failure> {
    let file = SourceFile::new(path, text(path)?);
    let (crds, diagnostics) = CrdFile::read(&file, &limits());
    refuse(&diagnostics)?;
    let mut named = BTreeMap::new();
    for crd in crds {
        let line = file.line(crd.span("").start);
        let Some(name) = crd.name().map(str::to_owned) else {
            return Err(Failure::new(format!(
                "{path}:{line}: this CRD has no `metadata.name`"
            )));
        };
        if let Some(first) = named.insert(name.clone(), crd) {
            let before = file.line(first.span("").start);
            return Err(Failure::new(format!(
                "{path}:{line}: `{name}` is there twice, first in line {before}"
            )));
        }
    }
    if named.is_empty() {
        return Err(Failure::new(format!(
            "{path}: there is no CustomResourceDefinition in it"
        )));
    }
    Ok(named)
}

/// The objects of a file, lists of them taken apart.
pub(crate) fn objects(path: &str) -> Result<Vec<Value>, Failure> {
    let file = SourceFile::new(path, text(path)?);
    let read = parse(&file, &limits());
    refuse(&read.diagnostics)?;
    let documents = read.documents.iter().map(|document| document.to_json());
    let objects = documents.flat_map(
        |mut object| match object.get_mut("items").map(Value::take) {
            Some(Value::Array(items)) => items,
            _ => vec![object],
        },
    );
    Ok(objects.collect())
}

fn text(path: &str) -> Result<String, Failure> {
    if path != "-" {
        return text_or_gzip(path);
    }
    let mut text = String::new();
    let read = std::io::stdin()
        .lock()
        .take(LIMIT + 1)
        .read_to_string(&mut text);
    read.map_err(|error| Failure::new(format!("standard input: {error}")))?;
    if text.len() as u64 > LIMIT {
        return Err(Failure::new(format!(
            "standard input has more than {LIMIT} bytes"
        )));
    }
    Ok(text)
}

fn refuse(diagnostics: &[Diagnostic]) -> Result<(), Failure> {
    let mut errors = diagnostics
        .iter()
        .filter(|one| one.severity() == Severity::Error);
    match errors.next() {
        Some(error) => Err(Failure::new(error.to_string())),
        None => Ok(()),
    }
}
