//! Phases, and the lists under them.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::document::{Fields, Node, Reader, UnknownKey};
use catalog_conditions::{Diagnostic, Severity, SourceFile, Span};

use super::item::{HookFile, read_action, read_hook};
use super::order::{Placed, ordered};
use crate::hook::{Action, Hook, Phase};
use crate::load::folder::DocumentFile;

/// The hooks in the order they run, and the actions.
#[derive(Default)]
pub(in crate::load) struct Hooks {
    pub(in crate::load) hooks: Vec<Hook>,
    pub(in crate::load) actions: Vec<Action>,
}

pub(in crate::load) fn read(files: &[DocumentFile], diagnostics: &mut Vec<Diagnostic>) -> Hooks {
    let (mut placed, mut actions) = (Vec::new(), Vec::new());
    for (index, file) in files.iter().enumerate() {
        let mut reader = Reader::new(&file.file, "hooks", Severity::Error);
        let (mut hooks, mut of_file) = (Vec::new(), Vec::new());
        match file.documents.first() {
            Some(node) => read_file(&mut reader, node, &file.name, &mut hooks, &mut of_file),
            None => reader.report(
                Diagnostic::warning("hooks.empty", "this file has no hooks")
                    .at(&file.file, Span::default()),
            ),
        }
        placed.extend(hooks.into_iter().map(|hook| Placed { hook, file: index }));
        actions.extend(of_file.into_iter().map(|action| (action, index)));
        diagnostics.extend(reader.into_diagnostics());
    }
    refuse_same_actions(&actions, files, diagnostics);
    let hooks = Phase::ALL.iter().flat_map(|phase| {
        let (of_phase, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut placed)
            .into_iter()
            .partition(|placed| placed.hook.phase == *phase);
        placed = rest;
        ordered(of_phase, files, diagnostics)
    });
    Hooks {
        hooks: hooks.collect(),
        actions: actions.into_iter().map(|(action, _)| action).collect(),
    }
}

/// A user starts an action by its name alone.
fn refuse_same_actions(
    actions: &[(Action, usize)],
    files: &[DocumentFile],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut seen: BTreeMap<&str, (&Arc<SourceFile>, Span)> = BTreeMap::new();
    for (action, file) in actions {
        let Some(file) = files.get(*file) else {
            continue;
        };
        let here = action.origin.span();
        let Some((first, span)) = seen.get(action.name.as_str()) else {
            seen.insert(&action.name, (&file.file, here));
            continue;
        };
        let message = format!("two actions are named `{}`", action.name);
        let diagnostic = Diagnostic::error("hooks.action.duplicate", message)
            .at(&file.file, here)
            .related(first, *span, "first defined here");
        diagnostics.push(diagnostic.help("give one of them another `name:`"));
    }
}

fn read_file(
    reader: &mut Reader<'_>,
    node: &Node,
    name: &str,
    hooks: &mut Vec<Hook>,
    actions: &mut Vec<Action>,
) {
    let last = name.rsplit('/').next().unwrap_or(name);
    let stem = last
        .strip_suffix(".yaml")
        .or_else(|| last.strip_suffix(".yml"));
    let file = HookFile {
        path: name.into(),
        stem: stem.unwrap_or(last),
    };
    if node.as_mapping().is_none() {
        return reader.wrong_type(node, "a hooks file", "a map of phases to lists");
    }
    let Some(mut fields) = reader.fields(node, "a hooks file") else {
        return;
    };
    for phase in Phase::ALL {
        let items = items(reader, &mut fields, phase.as_str());
        for (index, item) in items.iter().enumerate() {
            hooks.extend(read_hook(reader, item, phase, (&file, index)));
        }
    }
    for item in items(reader, &mut fields, "actions") {
        actions.extend(read_action(reader, item, &file));
    }
    for unknown in reader.unknown_keys(&fields) {
        unknown_phase(reader, unknown);
    }
}

/// The list under a key.
fn items<'n>(reader: &mut Reader<'_>, fields: &mut Fields<'n>, key: &'static str) -> &'n [Node] {
    let items = fields.take(key).and_then(|node| reader.items(node, key));
    items.unwrap_or_default()
}

/// Helm drops hooks of unknown phases silently; here they are errors.
fn unknown_phase(reader: &mut Reader<'_>, unknown: UnknownKey<'_>) {
    let (entry, near) = (unknown.entry(), unknown.near());
    let shown: String = entry.name().unwrap_or_default().chars().take(64).collect();
    let message = format!("`{shown}` is not a phase");
    let diagnostic = reader.error("phase", entry.key().span(), message);
    reader.report(match near {
        Some(_) => diagnostic.did_you_mean(near).fix(unknown.into_fix()),
        None => {
            let names = Phase::ALL.iter().map(|phase| phase.as_str());
            let names = names.chain(["actions"]).collect::<Vec<_>>();
            diagnostic.help(format!("phases: {}", names.join(", ")))
        }
    });
}
