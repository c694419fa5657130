//! The files of `conditions/`.

use std::collections::BTreeSet;

use crate::shim::ConditionSet;
use catalog_conditions::Diagnostic;
use catalog_conditions::document::Limits;

use super::release::DocumentFile;

/// The conditions of all files, in order.
pub(super) fn read(
    files: &[DocumentFile],
    limits: &Limits,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<ConditionSet> {
    let _ = limits;
    files
        .iter()
        .map(|file| {
            let (set, found) = ConditionSet::read(&file.file, file.documents.first());
            diagnostics.extend(found);
            set
        })
        .collect()
}

/// Adds sets to one, whose names must stay unique.
pub(super) fn extend(
    all: &mut ConditionSet,
    sets: Vec<ConditionSet>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut names: BTreeSet<String> = all
        .iter()
        .map(|condition| condition.name().to_owned())
        .collect();
    for condition in sets.into_iter().flatten() {
        if !names.insert(condition.name().to_owned()) {
            diagnostics.push(Diagnostic::error(
                "conditions.name.duplicate",
                format!(
                    "two conditions of this version are named `{}`",
                    condition.name()
                ),
            ));
        }
        all.push(condition);
    }
}
