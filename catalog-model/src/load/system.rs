//! `system` in `metadata.yaml`.

use std::collections::BTreeMap;

use catalog_conditions::condition::{Condition, ConditionSet};
use catalog_conditions::document::{Node, Reader};
use catalog_conditions::version::{KubeVersionRange, RangeNote, VersionRange};

use super::values::note_range;

const KEYS: [&str; 2] = ["kubernetes", "vela"];

/// Entries of `system` become conditions, so that there is one mechanism and not two; what they say is kept for whoever writes the file again.
pub(super) fn read(
    reader: &mut Reader<'_>,
    node: &Node,
    conditions: &mut ConditionSet,
) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let Some(mut fields) = reader.fields(node, "system") else {
        return texts;
    };
    for key in KEYS {
        let Some(node) = fields.take(key) else {
            continue;
        };
        let Some(text) = reader.text(node, key) else {
            continue;
        };
        match condition(key, text) {
            Ok((condition, notes)) => {
                note_range(reader, node, &notes);
                reader.note_unquoted(node);
                drop(conditions.push(condition));
            }
            Err(message) => {
                let diagnostic = reader.error("system", node.span(), message);
                reader.report(diagnostic);
            }
        }
        texts.insert(key.to_owned(), text.to_owned());
    }
    // A requirement that nobody checks is worse than none: unknown keys are errors here, strict or not.
    for unknown in reader.unknown_keys(&fields) {
        let (entry, near) = (unknown.entry(), unknown.near());
        let shown: String = entry.name().unwrap_or_default().chars().take(64).collect();
        let diagnostic = reader.error(
            "system",
            entry.key().span(),
            format!("`{shown}` is not a system whose version can be asked for"),
        );
        reader.report(match near {
            Some(_) => diagnostic.did_you_mean(near).fix(unknown.into_fix()),
            None => diagnostic.help("known: kubernetes, vela; for anything else write a condition"),
        });
    }
    texts
}

fn condition(key: &str, text: &str) -> Result<(Condition, Vec<RangeNote>), String> {
    if key == "kubernetes" {
        let range = KubeVersionRange::parse(text).map_err(|error| error.to_string())?;
        let notes = range.notes().to_vec();
        return Ok((Condition::kubernetes_version(range), notes));
    }
    let range = VersionRange::parse(text).map_err(|error| error.to_string())?;
    let notes = range.notes().to_vec();
    Ok((Condition::vela_version(range), notes))
}
