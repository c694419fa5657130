//! Records that a cluster keeps.

use std::sync::Arc;

use catalog_conditions::document::{self, Limits, Reader};
use catalog_conditions::selector::LabelSelector;
use catalog_conditions::snapshot::Snapshot;
use catalog_conditions::{Diagnostic, Severity, SourceFile};
use serde_json::Value;

use super::InstalledRelease;
use super::read::{self, Places};
use crate::base64;

/// The type of the Secrets that hold records.
const TYPE: &str = "catalog.dev/installed";
/// The label of records of installs and uninstalls that were not finished.
const UNFINISHED: &str = "catalog.dev/unfinished";
/// The label that all of them have.
const LABEL: &str = "catalog.dev/package";

pub(super) fn records(
    snapshot: &Snapshot,
    home: &str,
    limits: &Limits,
) -> (Vec<InstalledRelease>, Vec<Diagnostic>) {
    let mut diagnostics: Vec<Diagnostic> = unread(snapshot, home).into_iter().collect();
    let mut records = Vec::new();
    let mut places = Places::new();
    for secret in snapshot
        .objects("", "Secret")
        .filter(|secret| holds_record(secret, home))
    {
        if let Some(note) = unfinished(secret, home) {
            diagnostics.push(note);
            continue;
        }
        let file = match record_file(secret, home) {
            Ok(file) => file,
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                continue;
            }
        };
        let document = document::parse(&file, limits);
        diagnostics.extend(document.diagnostics);
        let mut reader = Reader::new(&file, "installed", Severity::Error);
        if let Some(node) = document.documents.first() {
            records.extend(read::record(&mut reader, node, &mut places));
        }
        diagnostics.extend(reader.into_diagnostics());
    }
    (records, diagnostics)
}

/// That Secrets of the namespace may be missing from the snapshot.
fn unread(snapshot: &Snapshot, home: &str) -> Option<Diagnostic> {
    let labelled: Option<LabelSelector> = LABEL.parse().ok();
    let by_label = |selector| snapshot.covers_selection("", "Secret", Some(home), &selector);
    if snapshot.covers("", "Secret", Some(home)) || labelled.is_some_and(by_label) {
        return None;
    }
    let failure = snapshot.failure("", "Secret", Some(home), None);
    let why = failure
        .map(|failure| format!(": {failure}"))
        .unwrap_or_default();
    let message = format!(
        "what is installed is not known, because the Secrets of namespace `{home}` were not all read{why}"
    );
    let help = format!(
        "read them into the snapshot: `kubectl get secrets --namespace {home} --selector {LABEL} --output yaml`"
    );
    Some(Diagnostic::error("installed.unread", message).help(help))
}

fn holds_record(secret: &Value, home: &str) -> bool {
    let text = |pointer| secret.pointer(pointer).and_then(Value::as_str);
    let labels = secret.pointer("/metadata/labels");
    text("/metadata/namespace") == Some(home)
        && text("/type") == Some(TYPE)
        && labels.is_some_and(|labels| labels.get(LABEL).is_some())
}

/// That a record is that of an install or uninstall which was not finished, if it is: the package does not count as installed.
fn unfinished(secret: &Value, home: &str) -> Option<Diagnostic> {
    let metadata = secret.get("metadata")?;
    let labels = metadata.get("labels")?;
    if labels.get(UNFINISHED).is_none_or(|value| value != "true") {
        return None;
    }
    let package = labels.get(LABEL)?.as_str()?;
    let name = metadata.get("name")?.as_str()?;
    let message = format!(
        "an install or uninstall of `{package}` was not finished, and it does not count as installed: the Secret `{home}/{name}` says what it left"
    );
    Some(
        Diagnostic::warning("installed.unfinished", message).help("go on with it, or uninstall it"),
    )
}

/// The text of the record that a Secret holds, alone, under the Secret's name.
fn record_file(secret: &Value, home: &str) -> Result<Arc<SourceFile>, Box<Diagnostic>> {
    let text = |pointer| secret.pointer(pointer).and_then(Value::as_str);
    let path = format!("{home}/{}", text("/metadata/name").unwrap_or_default());
    let error = |problem: &str| {
        let message = format!("the Secret `{path}` keeps an installed release, but {problem}");
        let help = "read the Secret with its data; if it is damaged, restore it, or install the package again";
        Box::new(Diagnostic::error("installed.secret", message).help(help))
    };
    let data =
        text("/data/record").ok_or_else(|| error("its `data.record` is not in the snapshot"))?;
    let bytes = base64::decode(data).ok_or_else(|| error("its `data.record` is not base64"))?;
    let record: Value =
        serde_json::from_slice(&bytes).map_err(|_| error("its `data.record` is not JSON"))?;
    let release = record
        .get("release")
        .ok_or_else(|| error("its `data.record` has no `release`"))?;
    Ok(SourceFile::new(
        format!("Secret {path}"),
        release.to_string(),
    ))
}
