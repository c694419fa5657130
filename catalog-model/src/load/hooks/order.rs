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
    let mut check = Check {
        placed: &placed,
        files,
        diagnostics,
    };
    let names = check.names();
    let after: Vec<Vec<usize>> = placed
        .iter()
        .map(|item| check.after(item, &names))
        .collect();
    let keys: Vec<(i32, usize)> = placed
        .iter()
        .map(|item| (item.hook.policy.weight, item.file))
        .collect();
    match order(&keys, &after) {
        Ok(order) => in_order(placed, order),
        Err(cycle) => {
            check.report_cycle(&cycle);
            Vec::new()
        }
    }
}

/// The hooks of one phase while their names are looked at.
struct Check<'a> {
    placed: &'a [Placed],
    files: &'a [DocumentFile],
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Check<'a> {
    /// Which hook has a name; a name that two have is an error, and the last has it.
    fn names(&mut self) -> BTreeMap<&'a str, usize> {
        let mut names = BTreeMap::new();
        for (index, item) in self.placed.iter().enumerate() {
            let Hook { name, phase, .. } = &item.hook;
            if names.insert(name.as_str(), index).is_some() {
                let message = format!("two {phase} hooks are named `{name}`");
                let diagnostic = self.error(item, "hooks.name.duplicate", message);
                self.diagnostics.push(diagnostic);
            }
        }
        names
    }

    /// The hooks that a hook waits for, each once; a name that none has is an error.
    fn after(&mut self, item: &Placed, names: &BTreeMap<&str, usize>) -> Vec<usize> {
        let mut after = Vec::new();
        for name in &item.hook.policy.after {
            if let Some(index) = names.get(name.as_str()) {
                after.push(*index);
                continue;
            }
            let phase = item.hook.phase;
            let message = format!("`after` names `{name}`, and there is no such {phase} hook");
            let diagnostic = self.error(item, "hooks.after", message);
            let near = near(name, names.keys().copied());
            self.diagnostics.push(diagnostic.did_you_mean(near));
        }
        after.sort_unstable();
        after.dedup();
        after
    }

    fn report_cycle(&mut self, cycle: &[usize]) {
        let hooks: Vec<&Placed> = cycle
            .iter()
            .filter_map(|index| self.placed.get(*index))
            .collect();
        let names: Vec<String> = hooks
            .iter()
            .map(|item| format!("`{}`", item.hook.name))
            .collect();
        if let Some(first) = hooks.first() {
            let names = names.join(", ");
            let message = format!("these hooks wait for each other and none can begin: {names}");
            let diagnostic = self.error(first, "hooks.after", message);
            self.diagnostics.push(diagnostic);
        }
    }

    fn error(&self, placed: &Placed, code: &'static str, message: String) -> Diagnostic {
        let diagnostic = Diagnostic::error(code, message);
        match self.files.get(placed.file) {
            Some(file) => diagnostic.at(&file.file, placed.hook.origin.span()),
            None => diagnostic,
        }
    }
}

/// The hooks in an order that names each once.
fn in_order(placed: Vec<Placed>, order: Vec<usize>) -> Vec<Hook> {
    let mut hooks: Vec<Option<Hook>> = placed.into_iter().map(|item| Some(item.hook)).collect();
    let order = order.into_iter();
    order
        .filter_map(|index| hooks.get_mut(index)?.take())
        .collect()
}
