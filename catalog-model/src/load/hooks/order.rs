//! The order of the hooks of one phase.

use std::collections::BTreeMap;

use catalog_conditions::Diagnostic;
use catalog_conditions::suggest::near;

use crate::hook::{Hook, order};
use crate::load::folder::DocumentFile;

/// A hook and its file, for diagnostics that need all files.
pub(super) struct Placed {
    pub(super) hook: Hook,
    pub(super) file: usize,
}

/// The hooks of one phase in order; unknown names in `after`, names used twice and cycles are errors.
pub(super) fn ordered(
    placed: Vec<Placed>,
    files: &[DocumentFile],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Hook> {
    let at = |placed: &Placed, code: &'static str, message: String| match files.get(placed.file) {
        Some(file) => Diagnostic::error(code, message).at(&file.file, placed.hook.origin.span()),
        None => Diagnostic::error(code, message),
    };
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, item) in placed.iter().enumerate() {
        if names.insert(&item.hook.name, index).is_some() {
            diagnostics.push(at(
                item,
                "hooks.name.duplicate",
                format!(
                    "two {} hooks are named `{}`",
                    item.hook.phase, item.hook.name
                ),
            ));
        }
    }
    let mut after = Vec::with_capacity(placed.len());
    for item in &placed {
        let mut before = Vec::new();
        for name in &item.hook.policy.after {
            match names.get(name.as_str()) {
                Some(index) => before.push(*index),
                None => {
                    let diagnostic = at(
                        item,
                        "hooks.after",
                        format!(
                            "`after` names `{name}`, and there is no such {} hook",
                            item.hook.phase
                        ),
                    );
                    diagnostics.push(diagnostic.did_you_mean(near(name, names.keys().copied())));
                }
            }
        }
        before.sort_unstable();
        before.dedup();
        after.push(before);
    }
    let keys: Vec<(i32, usize)> = placed
        .iter()
        .map(|item| (item.hook.policy.weight, item.file))
        .collect();
    match order(&keys, &after) {
        Ok(order) => {
            let mut hooks: Vec<Option<Hook>> =
                placed.into_iter().map(|item| Some(item.hook)).collect();
            order
                .into_iter()
                .filter_map(|index| hooks.get_mut(index)?.take())
                .collect()
        }
        Err(cycle) => {
            let names: Vec<_> = cycle
                .iter()
                .filter_map(|index| placed.get(*index))
                .map(|item| format!("`{}`", item.hook.name))
                .collect();
            if let Some(first) = cycle.first().and_then(|index| placed.get(*index)) {
                diagnostics.push(at(
                    first,
                    "hooks.after",
                    format!(
                        "these hooks wait for each other and none can begin: {}",
                        names.join(", ")
                    ),
                ));
            }
            Vec::new()
        }
    }
}
