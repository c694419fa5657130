//! A release as its author wrote it, as far as it is needed when no catalog has it any more.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use catalog_model::conditions::condition::{Condition, ConditionSet};
use catalog_model::document::Limits;
use catalog_model::version::{KubeVersionRange, Version, VersionRange};
use catalog_model::{
    Action, Hook, HookPolicy, Keep, LoadOptions, MemorySource, OnFailure, PackageName, Phase,
    Release, Semantics, SourceFile, load,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The hooks of all phases, the actions and the conditions of a release, which read back the same. What it consists of is not here: of that a plan has what was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReleaseTexts {
    /// The version folder, whose name says the version too.
    folder: String,
    version: String,
    /// `system` of the metadata.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    system: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    conditions: Vec<ConditionText>,
    /// By phase, as a file of `hooks/` has them, and the actions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    hooks: BTreeMap<String, Vec<Value>>,
}

/// The key of the actions beside the phases.
const ACTIONS: &str = "actions";

/// A file of `conditions/`. Its name counts: conditions without a name are called after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConditionText {
    name: String,
    text: String,
}

impl ReleaseTexts {
    pub(super) fn of(release: &Release) -> Self {
        let phase = |phase: Phase| {
            let hooks: Vec<Value> = release.hooks(phase).map(hook).collect();
            (!hooks.is_empty()).then(|| (phase.to_string(), hooks))
        };
        let actions: Vec<Value> = release.actions().iter().map(action).collect();
        let actions = (!actions.is_empty()).then(|| (ACTIONS.to_owned(), actions));
        let hooks = Phase::ALL.into_iter().filter_map(phase);
        Self {
            folder: release.folder().to_owned(),
            version: release.version().to_string(),
            system: release.metadata().system().clone(),
            conditions: condition_files(release),
            hooks: hooks.chain(actions).collect(),
        }
    }

    /// The conditions. One that cannot be read, because the program that wrote it knew more, stays in the set and opens no gate.
    pub(super) fn conditions(&self) -> ConditionSet {
        let mut set = ConditionSet::new();
        for (key, range) in &self.system {
            set.push(system(key, range));
        }
        for ConditionText { name, text } in &self.conditions {
            let file = SourceFile::new(name, text);
            let (of_file, _) = ConditionSet::parse(&file, &Limits::default());
            set.extend(of_file);
        }
        set
    }

    /// The release with its hooks and conditions, read as from a catalog; `None`: the program that wrote it knew more than this one.
    pub(super) fn release(&self, package: &PackageName) -> Option<Release> {
        let folder = &self.folder;
        let mut metadata = json!({"name": package.as_str(), "version": self.version});
        if let (Some(fields), false) = (metadata.as_object_mut(), self.system.is_empty()) {
            fields.insert("system".to_owned(), json!(self.system));
        }
        let mut files = vec![(format!("{folder}/metadata.yaml"), metadata.to_string())];
        for ConditionText { name, text } in &self.conditions {
            files.push((format!("{folder}/conditions/{name}"), text.clone()));
        }
        if !self.hooks.is_empty() {
            let hooks = json!(self.hooks).to_string();
            files.push((format!("{folder}/hooks/hooks.yaml"), hooks));
        }
        let source = MemorySource::from_iter(files);
        let mut options = LoadOptions::default();
        // All files of hooks are one here.
        options.limits = Limits::snapshot();
        let catalog = load(&source, &options).ok()?.into_catalog();
        let version = Version::parse(&self.version).ok()?;
        catalog.release(package.as_str(), &version).cloned()
    }
}

fn condition_files(release: &Release) -> Vec<ConditionText> {
    let mut known = BTreeSet::new();
    let located = release.conditions().conditions().iter();
    let files = located
        .filter_map(|condition| Some(condition.location()?.file()))
        .filter(|file| known.insert(file.path()));
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let texts = files.map(|file| ConditionText {
        name: name(file.path()),
        text: file.text().to_owned(),
    });
    texts.collect()
}

fn system(key: &str, range: &str) -> Condition {
    let condition = match key {
        "kubernetes" => KubeVersionRange::parse(range)
            .ok()
            .map(Condition::kubernetes_version),
        "vela" => VersionRange::parse(range).ok().map(Condition::vela_version),
        _ => None,
    };
    condition.unwrap_or_else(|| Condition::broken(format!("system.{key}")))
}

/// A hook as a file of `hooks/` has it. In the order they run they may all stand in one file: position decides last.
fn hook(hook: &Hook) -> Value {
    let mut fields = fields(hook.name(), hook.policy());
    fields.insert("job".to_owned(), hook.job().clone().into());
    if let Some(undo) = hook.undo() {
        fields.insert("undo".to_owned(), undo.clone().into());
    }
    if !hook.resources().is_empty() {
        fields.insert("resources".to_owned(), hook.resources().into());
    }
    Value::Object(fields)
}

/// An action as a file of `hooks/` has it.
fn action(action: &Action) -> Value {
    let mut fields = fields(action.name(), action.policy());
    fields.insert("job".to_owned(), action.job().clone().into());
    if let Some(description) = action.description() {
        fields.insert("description".to_owned(), description.into());
    }
    if let Some(parameters) = action.parameters() {
        fields.insert("parameters".to_owned(), parameters.clone());
    }
    if !action.resources().is_empty() {
        fields.insert("resources".to_owned(), action.resources().into());
    }
    Value::Object(fields)
}

fn fields(name: &str, policy: &HookPolicy) -> Map<String, Value> {
    let backoff = json!({
        "initial": duration(policy.backoff.initial),
        "factor": policy.backoff.factor,
        "max": duration(policy.backoff.max),
    });
    let mut fields = Map::new();
    let mut set = |key: &str, value: Value| {
        if !value.is_null() {
            fields.insert(key.to_owned(), value);
        }
    };
    set("name", name.into());
    set("weight", policy.weight.into());
    set("after", policy.after.clone().into());
    set("timeout", duration(policy.timeout));
    set("retries", policy.retries.into());
    set("backoff", backoff);
    set("onFailure", on_failure(policy.on_failure).into());
    set("semantics", semantics(policy.semantics).into());
    set("irreversible", policy.irreversible.into());
    set("keep", keep(policy.keep).into());
    set("stuckAfter", policy.stuck_after.map(duration).into());
    fields
}

/// As Go writes it.
fn duration(duration: Duration) -> Value {
    format!("{}ns", duration.as_nanos()).into()
}

fn on_failure(what: OnFailure) -> &'static str {
    match what {
        OnFailure::Stop => "stop",
        OnFailure::Continue => "continue",
        OnFailure::Rollback => "rollback",
    }
}

fn semantics(semantics: Semantics) -> &'static str {
    match semantics {
        Semantics::AtLeastOnce => "at-least-once",
        Semantics::AtMostOnce => "at-most-once",
    }
}

fn keep(keep: Keep) -> &'static str {
    match keep {
        Keep::OnFailure => "onFailure",
        Keep::Always => "always",
        Keep::Never => "never",
    }
}
