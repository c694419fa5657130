//! One hook, and one action.

use std::sync::Arc;

use catalog_conditions::document::{Node, Reader};
use serde_json::{Map, Value};

use super::job::{job, resources};
use super::policy::policy;
use crate::hook::{Action, Hook, Phase};
use crate::load::values::{object, optional_text};
use crate::name::label_problem;
use crate::origin::Origin;

/// Where the items of a file are read from, and what their names begin with that have none.
pub(super) struct HookFile<'a> {
    pub(super) path: Arc<str>,
    pub(super) stem: &'a str,
}

pub(super) fn read_hook(
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

pub(super) fn read_action(
    reader: &mut Reader<'_>,
    item: &Node,
    file: &HookFile<'_>,
) -> Option<Action> {
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
