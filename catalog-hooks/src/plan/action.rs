//! Planning an action: something that a user asks of a release that is installed.

use std::collections::BTreeMap;

use catalog_model::{Action, Diagnostic, Operation, Release, Severity};
use serde_json::{Map, Value};

use super::error::PlanError;
use super::operation::PlannedOperation;
use crate::context::OperationContext;
use crate::error::{HookError, Problem};
use crate::hook_job::HookJob;
use crate::identity::Identity;
use crate::operation_hooks::check;
use crate::record::InstalledRecord;
use crate::role::Role;
use crate::written::Written;

/// What an action needs to be planned.
pub struct ActionInput<'a> {
    /// The operation, made with [`Operation::action`].
    pub operation: &'a Operation,
    /// Its ids.
    pub context: &'a OperationContext,
    /// The release whose action it is.
    pub release: &'a Release,
    /// What is on record of the instance.
    pub installed: &'a InstalledRecord,
    /// The values of the action's parameters, defaults too: hold them against the action's schema before, with catalog-model's
    /// `parameters::ActionParameters`.
    pub parameters: &'a Map<String, Value>,
}

impl PlannedOperation {
    /// Plans an action: one Job, and nothing else of the instance is touched. The diagnostics say what of it is different from what its
    /// author wrote.
    ///
    /// A parameter reaches the containers as the variable `PARAM_<NAME>`: its name in upper case, with `_` for whatever is neither letter
    /// nor digit. A text is taken as it is (`$(X)` in it refers to nothing), `null` is empty, and every other value is JSON. Whoever may read
    /// Jobs sees them.
    ///
    /// # Errors
    ///
    /// [`PlanErrorKind::Hooks`](super::PlanErrorKind::Hooks): the operation is no action, the release is not the one that it names and that is
    /// installed, has no such action, or its Job cannot be made into one that runs once; two parameters would have one variable.
    pub fn action(input: ActionInput<'_>) -> Result<(Self, Vec<Diagnostic>), PlanError> {
        let (job, diagnostics) = job(&input).map_err(PlanError::of_hooks)?;
        let what = (input.operation, input.context);
        Ok((Self::of_action(what, job, input.installed)?, diagnostics))
    }
}

fn job(input: &ActionInput<'_>) -> Result<(HookJob, Vec<Diagnostic>), HookError> {
    let (operation, release) = (input.operation, input.release);
    check(operation, "is of", (operation.from(), Some(release)))?;
    let (package, version) = (input.installed.package(), input.installed.version());
    let is_it = package == operation.package().as_str() && version == release.version().as_str();
    if !is_it || input.installed.is_unfinished() {
        let unfinished = match input.installed.is_unfinished() {
            true => ", whose install was not finished",
            false => "",
        };
        return Err(Problem::OtherRelease {
            operation: operation.to_string(),
            side: "is of",
            expected: format!("{} {}", release.package(), release.version()),
            given: format!("{package} {version}, by what is on record{unfinished}"),
        }
        .into());
    }
    let identity = Identity {
        operation: operation.clone(),
        context: input.context.clone(),
        version: release.version().clone(),
        phase: None,
        hook: operation.action_name().unwrap_or_default().to_owned(),
        role: Role::Action,
    };
    let author = Written::action(release, action(operation, release)?);
    let (job, diagnostics) = HookJob::first(author, identity, &variables(input.parameters)?);
    match job {
        Some(job)
            if diagnostics
                .iter()
                .all(|one| one.severity() < Severity::Error) =>
        {
            Ok((job, diagnostics))
        }
        _ => Err(Problem::Refused {
            operation: operation.to_string(),
            diagnostics,
        }
        .into()),
    }
}

/// The action that the operation names.
fn action<'r>(operation: &Operation, release: &'r Release) -> Result<&'r Action, HookError> {
    let name = operation.action_name().unwrap_or_default();
    let mut actions = release.actions().iter();
    let known = || {
        let names: Vec<String> = release
            .actions()
            .iter()
            .map(|one| format!("`{}`", one.name()))
            .collect();
        match names.is_empty() {
            true => "the release has no actions".to_owned(),
            false => format!("the actions of the release are {}", names.join(", ")),
        }
    };
    actions.find(|one| one.name() == name).ok_or_else(|| {
        Problem::NoAction {
            operation: operation.to_string(),
            known: known(),
        }
        .into()
    })
}

/// The variables of the parameters, by name.
fn variables(parameters: &Map<String, Value>) -> Result<Vec<(String, String)>, HookError> {
    let mut variables: BTreeMap<String, (&str, String)> = BTreeMap::new();
    for (name, value) in parameters {
        let variable = variable(name);
        let other = variables.insert(variable.clone(), (name, text(value)));
        if let Some((other, _)) = other {
            return Err(Problem::Parameters {
                first: other.to_owned(),
                second: name.clone(),
                variable,
            }
            .into());
        }
    }
    let pairs = variables.into_iter();
    Ok(pairs.map(|(name, (_, value))| (name, value)).collect())
}

/// `backupName` is `PARAM_BACKUPNAME`, `keep-days` is `PARAM_KEEP_DAYS`.
fn variable(name: &str) -> String {
    let rest = name.chars().map(|letter| match letter {
        letter if letter.is_ascii_alphanumeric() => letter.to_ascii_uppercase(),
        _ => '_',
    });
    "PARAM_".chars().chain(rest).collect()
}

/// The value of a variable. Kubernetes takes `$$` for a `$` that begins no reference.
fn text(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    text.replace('$', "$$")
}
