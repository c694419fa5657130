//! The files of `hooks/`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use catalog_conditions::document::{Entry, Fields, Mapping, Node, Reader};
use catalog_conditions::duration::parse_timeout;
use catalog_conditions::suggest::{near, nearest};
use catalog_conditions::{Diagnostic, Severity, SourceFile, Span};
use serde_json::{Map, Value};

use super::choice::choice;
use super::folder::DocumentFile;
use super::values::{object, optional_text, texts};
use crate::hook::{Action, Backoff, Hook, HookPolicy, Keep, OnFailure, Phase, Semantics, order};
use crate::name::label_problem;
use crate::origin::Origin;

/// The hooks in the order they run, and the actions.
#[derive(Default)]
pub(super) struct Hooks {
    pub(super) hooks: Vec<Hook>,
    pub(super) actions: Vec<Action>,
}

/// A hook and its file, for diagnostics that need all files.
struct Placed {
    hook: Hook,
    file: usize,
}

/// Where the items of a file are read from, and what their names begin with that have none.
struct HookFile<'a> {
    path: Arc<str>,
    stem: &'a str,
}

pub(super) fn read(files: &[DocumentFile], diagnostics: &mut Vec<Diagnostic>) -> Hooks {
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
    let Some(mapping) = node.as_mapping() else {
        return reader.wrong_type(node, "a hooks file", "a map of phases to lists");
    };
    for entry in mapping.entries() {
        let Some(key) = entry.name() else { continue };
        let phase = Phase::ALL.into_iter().find(|phase| phase.as_str() == key);
        if phase.is_none() && key != "actions" {
            unknown_phase(reader, key, (entry, mapping));
            continue;
        }
        if entry.value().is_null() {
            continue;
        }
        let items = reader.items(entry.value(), key).unwrap_or_default();
        for (index, item) in items.iter().enumerate() {
            match phase {
                Some(phase) => hooks.extend(read_hook(reader, item, phase, (&file, index))),
                None => actions.extend(read_action(reader, item, &file)),
            }
        }
    }
}

/// Helm drops hooks of unknown phases silently; here they are errors.
fn unknown_phase(reader: &mut Reader<'_>, key: &str, (entry, mapping): (&Entry, &Mapping)) {
    let shown: String = key.chars().take(64).collect();
    let names = Phase::ALL
        .iter()
        .map(|phase| phase.as_str())
        .chain(["actions"]);
    let near = near(key, names.clone());
    let span = entry.key().span();
    let diagnostic = reader.error("phase", span, format!("`{shown}` is not a phase"));
    reader.report(match near {
        Some(_) => {
            let phase = nearest(key, names).filter(|phase| mapping.entry(phase).is_none());
            let fix = phase.and_then(|phase| reader.renamed(entry.key(), phase));
            diagnostic.did_you_mean(near).fix(fix)
        }
        None => diagnostic.help(format!("phases: {}", names.collect::<Vec<_>>().join(", "))),
    });
}

fn read_hook(
    reader: &mut Reader<'_>,
    item: &Node,
    phase: Phase,
    (file, index): (&HookFile<'_>, usize),
) -> Option<Hook> {
    let mut fields = reader.fields(item, "hook")?;
    let name = match fields.take("name") {
        Some(node) => hook_name(reader, node),
        None => Some(format!("{}-{}", file.stem, index + 1)),
    };
    let policy = policy(reader, &mut fields);
    let job = fields
        .required(reader, "job")
        .and_then(|node| job(reader, node, "job"));
    let undo = fields
        .take("undo")
        .and_then(|node| job_or_nothing(reader, node));
    let resources = resources(reader, &mut fields);
    reader.finish(fields);
    Some(Hook {
        phase,
        name: name?,
        policy,
        job: job?,
        undo,
        resources,
        origin: Origin::new(&file.path, item.span()),
    })
}

fn hook_name(reader: &mut Reader<'_>, node: &Node) -> Option<String> {
    let text = reader.text(node, "name")?;
    if text.trim().is_empty() {
        let diagnostic = reader.error("name", node.span(), "a hook's name is not empty");
        reader.report(diagnostic.help("remove `name`, and the hook is named after its file"));
        return None;
    }
    Some(text.to_owned())
}

fn job_or_nothing(reader: &mut Reader<'_>, node: &Node) -> Option<Map<String, Value>> {
    job(reader, node, "undo")
}

fn read_action(reader: &mut Reader<'_>, item: &Node, file: &HookFile<'_>) -> Option<Action> {
    let mut fields = reader.fields(item, "action")?;
    let name = fields.required(reader, "name").and_then(|node| {
        let name = reader.text(node, "name")?;
        if let Some(problem) = label_problem(name) {
            let diagnostic = reader.error(
                "name",
                node.span(),
                format!("`{name}` is not the name of an action: {problem}"),
            );
            reader.report(diagnostic);
        }
        Some(name.to_owned())
    });
    let description = optional_text(reader, &mut fields, "description");
    let parameters = fields
        .take("parameters")
        .and_then(|node| object(reader, node, "parameters"))
        .map(Value::Object);
    let policy = policy(reader, &mut fields);
    let job = fields
        .required(reader, "job")
        .and_then(|node| job(reader, node, "job"));
    let resources = resources(reader, &mut fields);
    reader.finish(fields);
    Some(Action {
        name: name?,
        description,
        parameters,
        policy,
        job: job?,
        resources,
        origin: Origin::new(&file.path, item.span()),
    })
}

fn policy(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> HookPolicy {
    let mut policy = HookPolicy::default();
    if let Some(node) = fields.take("weight") {
        policy.weight = reader.integer(node, "weight").unwrap_or_default();
    }
    if let Some(node) = fields.take("after") {
        policy.after = texts(reader, node, "after");
    }
    if let Some(timeout) = duration(reader, fields, "timeout") {
        policy.timeout = timeout;
    }
    let retries = fields.take("retries");
    policy.retries = retries.and_then(|node| reader.integer(node, "retries"));
    if let Some(node) = fields.take("backoff") {
        policy.backoff = backoff(reader, node);
    }
    if let Some(node) = fields.take("onFailure") {
        let choices = [
            ("stop", OnFailure::Stop),
            ("continue", OnFailure::Continue),
            ("rollback", OnFailure::Rollback),
        ];
        policy.on_failure = choice(reader, node, "onFailure", &choices).unwrap_or_default();
    }
    if let Some(node) = fields.take("semantics") {
        let choices = [
            ("at-least-once", Semantics::AtLeastOnce),
            ("at-most-once", Semantics::AtMostOnce),
        ];
        policy.semantics = choice(reader, node, "semantics", &choices).unwrap_or_default();
    }
    if let Some(node) = fields.take("irreversible") {
        policy.irreversible = reader.boolean(node, "irreversible").unwrap_or_default();
    }
    if let Some(node) = fields.take("keep") {
        let choices = [
            ("onFailure", Keep::OnFailure),
            ("always", Keep::Always),
            ("never", Keep::Never),
        ];
        policy.keep = choice(reader, node, "keep", &choices).unwrap_or_default();
    }
    policy.stuck_after = duration(reader, fields, "stuckAfter");
    if let (Semantics::AtMostOnce, Some(node)) = (
        policy.semantics,
        retries.filter(|_| policy.retries > Some(0)),
    ) {
        let diagnostic = reader.error(
            "semantics",
            node.span(),
            "a hook that runs at most once cannot be retried",
        );
        reader.report(diagnostic.help("remove `retries`, or `semantics: at-most-once`"));
    }
    policy
}

fn duration(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    key: &'static str,
) -> Option<Duration> {
    let node = fields.take(key)?;
    let text = reader.text(node, key)?;
    match parse_timeout(text) {
        Ok(duration) if !duration.is_zero() => Some(duration),
        Ok(_) => {
            let diagnostic = reader.error(
                "duration",
                node.span(),
                format!("`{key}` must be longer than nothing"),
            );
            reader.report(diagnostic);
            None
        }
        Err(error) => {
            let diagnostic = reader.error("duration", node.span(), error.to_string());
            reader.report(diagnostic);
            None
        }
    }
}

fn backoff(reader: &mut Reader<'_>, node: &Node) -> Backoff {
    let mut backoff = Backoff::default();
    let Some(mut fields) = reader.fields(node, "backoff") else {
        return backoff;
    };
    backoff.initial = duration(reader, &mut fields, "initial").unwrap_or(backoff.initial);
    if let Some(node) = fields.take("factor") {
        backoff.factor = reader.integer(node, "factor").unwrap_or(backoff.factor);
    }
    backoff.max = duration(reader, &mut fields, "max").unwrap_or(backoff.max);
    reader.finish(fields);
    backoff
}

/// A `batch/v1` Job with at least one container. The rest is the API server's affair.
fn job(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<Map<String, Value>> {
    let job = object(reader, node, what)?;
    let mut complain = |span: Span, message: String, help: &str| {
        let diagnostic = reader.error("job", span, message);
        reader.report(diagnostic.help(help));
    };
    for (key, expected) in [("apiVersion", "batch/v1"), ("kind", "Job")] {
        if job.get(key).and_then(Value::as_str) != Some(expected) {
            let span = node
                .value(key)
                .map_or(Span::new(node.span().start, node.span().start), Node::span);
            complain(
                span,
                format!("`{what}` is not a Job"),
                &format!("write `{key}: {expected}`"),
            );
        }
    }
    let containers = job
        .get("spec")
        .and_then(|spec| spec.pointer("/template/spec/containers"))
        .and_then(Value::as_array);
    if containers.is_none_or(Vec::is_empty) {
        complain(
            node.span(),
            format!("the Job of `{what}` has no container"),
            "add one under `spec.template.spec.containers`, with `name` and `image`",
        );
    }
    for (index, container) in containers.into_iter().flatten().enumerate() {
        for key in ["name", "image"] {
            if container
                .get(key)
                .and_then(Value::as_str)
                .is_none_or(str::is_empty)
            {
                complain(
                    node.span(),
                    format!("container {} of this Job has no `{key}`", index + 1),
                    "every container of a Job needs a `name` and an `image`",
                );
            }
        }
    }
    Some(job)
}

fn resources(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Vec<Value> {
    let Some(node) = fields.take("resources") else {
        return Vec::new();
    };
    let items = reader.items(node, "resources").unwrap_or_default();
    items
        .iter()
        .filter_map(|item| resource(reader, item))
        .collect()
}

fn resource(reader: &mut Reader<'_>, item: &Node) -> Option<Value> {
    let object = object(reader, item, "resource")?;
    let text = |pointer: &str| item_text(&object, pointer);
    if text("apiVersion").is_none()
        || text("kind").is_none()
        || object
            .get("metadata")
            .and_then(|metadata| metadata.get("name"))
            .and_then(Value::as_str)
            .is_none()
    {
        let diagnostic = reader.error("resource", item.span(), "a resource is a whole Kubernetes object: it needs `apiVersion`, `kind` and `metadata.name`");
        reader.report(diagnostic);
        return None;
    }
    Some(Value::Object(object))
}

fn item_text<'v>(object: &'v Map<String, Value>, key: &str) -> Option<&'v str> {
    object.get(key).and_then(Value::as_str)
}

/// The hooks of one phase in order; unknown names in `after`, names used twice and cycles are errors.
fn ordered(
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
