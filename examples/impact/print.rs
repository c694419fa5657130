//! The answer, and its formats.

use catalog_examples::{Answer, Arguments, Failure, Format, Output};
use catalog_model::conditions::show::one_line;
use catalog_model::crd_safety::Affected;
use catalog_model::sarif::{self, Tool};
use catalog_model::verdict::{DefinitionVerdict, FieldChange, Incompatibility, Owner, Verdict};
use catalog_model::{Diagnostic, MemorySource, Source};
use catalog_resolve::Resolution;
use catalog_resolve::ledger::OperationLedger;
use catalog_resolve::policy::{
    JudgedRelease, Policy, PolicyOutcome, PolicyRule, rules, verdict_rules,
};
use serde_json::{Map, Value, json};

use crate::plan::{Judged, World};

/// How many objects that a break hits are named in JSON.
const AFFECTED: usize = 100;

/// How the answer is printed.
#[derive(Clone, Copy)]
pub(crate) enum OutputFormat {
    Text,
    Json,
    Sarif,
}

/// What a plan would do.
pub(crate) struct Impact<'w> {
    judged: Vec<Judged<'w>>,
    ledger: Vec<OperationLedger>,
    policy: Option<(&'w Policy, PolicyOutcome)>,
    /// What is wrong with the policy.
    doubts: Vec<Diagnostic>,
    /// What is wrong with the definitions, and what is forbidden.
    diagnostics: Vec<Diagnostic>,
    forbidden: Vec<Diagnostic>,
}

impl OutputFormat {
    pub(crate) fn of(arguments: &Arguments) -> Result<Self, Failure> {
        match arguments.option("format").unwrap_or("text") {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            "sarif" => Ok(Self::Sarif),
            other => Err(Failure::new(format!(
                "`{other}` is no format: text, json or sarif"
            ))),
        }
    }

    /// How it is told that there is no plan.
    pub(crate) fn of_conflict(self) -> Format {
        match self {
            Self::Text => Format::Text,
            Self::Json | Self::Sarif => Format::Json,
        }
    }
}

impl<'w> Impact<'w> {
    pub(crate) fn of(
        world: &'w World,
        resolution: &Resolution,
        policy: Option<&'w Policy>,
    ) -> Self {
        let judged = world.judge(resolution);
        let ledger = world.ledger(resolution, &resolution.plan());
        let empty = MemorySource::default();
        let source = |catalog: Option<&str>| -> &dyn Source {
            world
                .source(catalog)
                .map_or(&empty as &dyn Source, |source| source)
        };
        let verdicts: Vec<JudgedRelease<'_>> = judged.iter().map(Judged::verdicts).collect();
        let diagnostics = judged.iter().zip(&verdicts);
        let diagnostics =
            diagnostics.flat_map(|(one, verdict)| verdict.diagnostics(source(one.catalog)));
        let diagnostics = diagnostics.collect();
        let outcome = policy.map(|policy| (policy, policy.gate(&ledger, &verdicts)));
        let catalog_of = |package: &str| {
            let found = judged
                .iter()
                .find(|one| one.release.package().as_str() == package);
            found.and_then(|one| one.catalog)
        };
        let forbidden = outcome.iter().flat_map(|(policy, outcome)| {
            outcome.diagnostics(policy, |package| source(catalog_of(package)))
        });
        let forbidden = forbidden.collect();
        let doubts = policy.map(|policy| policy.unknown_packages(&world.packages()));
        Self {
            doubts: doubts.unwrap_or_default(),
            judged,
            ledger,
            policy: outcome,
            diagnostics,
            forbidden,
        }
    }

    /// A definition that is worse than changed, and what a policy forbids, is a finding.
    pub(crate) fn answer(&self) -> Answer {
        let changed = Verdict::Upgrade(Vec::new()).rank();
        let is_bad = self
            .judged
            .iter()
            .any(|one| one.verdict.worst().rank() > changed);
        let is_forbidden = self
            .policy
            .as_ref()
            .is_some_and(|(_, outcome)| !outcome.is_pass());
        if is_bad || is_forbidden {
            Answer::Finding
        } else {
            Answer::Fine
        }
    }

    pub(crate) fn print(&self, format: OutputFormat, output: &mut Output) {
        match format {
            OutputFormat::Text => self.text(output),
            OutputFormat::Json => output.json(&self.json()),
            OutputFormat::Sarif => {
                let tool = Tool::new("impact").with_version(env!("CARGO_PKG_VERSION"));
                let tool = tool.with_rules(rules().chain(verdict_rules()));
                let all = self.diagnostics.iter().chain(&self.forbidden);
                let all = all.chain(&self.doubts);
                output.json(&sarif::log(&tool, all));
            }
        }
    }

    fn text(&self, output: &mut Output) {
        for one in &self.judged {
            let (package, version) = (one.release.package(), one.release.version());
            let worst = match one.verdict.definitions() {
                [] => "no definitions".to_owned(),
                _ => one.verdict.worst().to_string(),
            };
            output.line(format!("{package} {version} in {}: {worst}", one.namespace));
            for definition in one.verdict.definitions() {
                definition_text(definition, output);
            }
        }
        if !self.diagnostics.is_empty() {
            output.line("");
            output.diagnostics(&self.diagnostics);
        }
        for operation in &self.ledger {
            output.line("");
            output.lines(operation.to_string().trim_end());
        }
        if let Some((policy, outcome)) = &self.policy {
            let (path, count, asked) = (
                policy.file().path(),
                outcome.violations().len(),
                outcome.asked(),
            );
            output.line("");
            output.diagnostics(&self.forbidden);
            output.diagnostics(&self.doubts);
            for rule in outcome.idle() {
                output.line(format!("note: {}", idle(policy, rule)));
            }
            if let [_, ..] = outcome.unmatched() {
                let names = outcome.unmatched().iter();
                let names = names.map(|rule| format!("`{}`", one_line(rule.name())));
                let names: Vec<String> = names.collect();
                output.line(format!(
                    "note: of what the plan does, these rules hold of nothing: {}",
                    names.join(", ")
                ));
            }
            output.line(match count {
                0 => format!("{path}: nothing is forbidden of {asked} things"),
                _ => format!("{path}: {count} of {asked} things are forbidden"),
            });
        }
    }

    fn json(&self) -> Value {
        let worst = self.judged.iter().map(|one| one.verdict.worst());
        let worst = worst.max_by_key(|verdict| verdict.rank());
        let definitions = self.judged.iter().flat_map(Judged::to_json);
        let mut object = json!({
            "status": "resolved",
            "verdict": worst.map_or("upToDate", Verdict::as_str),
            "definitions": definitions.collect::<Value>(),
            "ledger": self.ledger.iter().map(OperationLedger::to_json).collect::<Value>(),
            "diagnostics": self.diagnostics.iter().map(Diagnostic::to_json).collect::<Value>(),
        });
        if let (Some((policy, outcome)), Some(object)) = (&self.policy, object.as_object_mut()) {
            let violations = outcome.violations().iter().zip(&self.forbidden);
            let violations = violations.map(|(violation, diagnostic)| {
                let mut violation = violation.to_json(policy);
                if let (Value::Object(all), Value::Object(place)) =
                    (&mut violation, diagnostic.to_json())
                {
                    all.extend(place.into_iter().filter(|(key, _)| is_place(key)));
                }
                violation
            });
            let policy = json!({
                "pass": outcome.is_pass(), "asked": outcome.asked(), "violations": violations.collect::<Value>(),
                "idle": outcome.idle().iter().map(PolicyRule::name).collect::<Value>(),
                "unmatched": outcome.unmatched().iter().map(PolicyRule::name).collect::<Value>(),
                "diagnostics": self.doubts.iter().map(Diagnostic::to_json).collect::<Value>(),
            });
            object.insert("policy".to_owned(), policy);
        }
        object
    }
}

/// Of a rule of a policy that none of its packages are there.
fn idle(policy: &Policy, rule: &PolicyRule) -> String {
    let (path, line) = (
        policy.file().path(),
        policy.file().position(rule.span().start).line,
    );
    format!(
        "{path}:{line}: `{}` is about packages of which the plan moves none",
        one_line(rule.name())
    )
}

fn is_place(key: &str) -> bool {
    matches!(key, "file" | "line" | "column" | "endLine" | "endColumn")
}

impl Judged<'_> {
    fn verdicts(&self) -> JudgedRelease<'_> {
        JudgedRelease {
            release: self.release,
            verdict: &self.verdict,
        }
    }

    fn to_json(&self) -> Vec<Value> {
        let definitions = self.verdict.definitions().iter();
        let definitions = definitions.map(|definition| {
            let mut object = definition_json(definition);
            object.insert("package".to_owned(), self.release.package().as_str().into());
            object.insert("version".to_owned(), self.release.version().as_str().into());
            object.insert(
                "releaseNamespace".to_owned(),
                self.namespace.as_str().into(),
            );
            object.extend(self.catalog.map(|name| ("catalog".to_owned(), name.into())));
            Value::Object(object)
        });
        definitions.collect()
    }
}

fn definition_text(definition: &DefinitionVerdict, output: &mut Output) {
    let verdict = definition.verdict();
    if *verdict == Verdict::UpToDate && definition.caveats().is_empty() {
        return;
    }
    output.line(format!("  {}: {verdict}", definition.object()));
    for change in definition.changes() {
        output.line(format!("    ~ {change}"));
    }
    for caveat in definition.caveats() {
        output.line(format!("    ? {caveat}"));
    }
}

fn definition_json(definition: &DefinitionVerdict) -> Map<String, Value> {
    let object = definition.object();
    let mut identity =
        json!({ "group": object.group(), "kind": object.kind(), "name": object.name() });
    if let (Some(namespace), Some(identity)) = (object.namespace(), identity.as_object_mut()) {
        identity.insert("namespace".to_owned(), namespace.into());
    }
    let caveats = definition.caveats().iter();
    let caveats = caveats.map(|one| json!({ "code": one.as_str(), "text": one.to_string() }));
    let verdict = definition.verdict();
    let fields = [
        ("object", identity),
        ("verdict", verdict.as_str().into()),
        ("text", verdict.to_string().into()),
        (
            "changes",
            definition.changes().iter().map(change_json).collect(),
        ),
        (
            "breaks",
            definition.breaks().iter().map(break_json).collect(),
        ),
        ("caveats", caveats.collect()),
        ("owner", definition.owner().map(owner_json).into()),
    ];
    let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
    fields.map(|(key, value)| (key.to_owned(), value)).collect()
}

fn change_json(change: &FieldChange) -> Value {
    let mut object = json!({ "pointer": change.pointer(), "kind": change.kind().as_str() });
    let sides = [("old", change.old()), ("new", change.new_value())];
    for (key, value) in sides {
        if let (Some(value), Some(object)) = (value, object.as_object_mut()) {
            object.insert(key.to_owned(), value.clone());
        }
    }
    object
}

fn break_json(found: &Incompatibility) -> Value {
    let hits: Vec<&str> = found.hits().iter().map(|hit| hit.as_str()).collect();
    let mut object = json!({ "code": found.code(), "hits": hits, "text": found.to_string() });
    if let (Incompatibility::Crd(found), Some(object)) = (found, object.as_object_mut())
        && let Affected::Known(names) = found.affected()
    {
        let told: Value = names.iter().take(AFFECTED).map(String::as_str).collect();
        object.insert("affected".to_owned(), told);
        object.insert("affectedCount".to_owned(), names.len().into());
    }
    object
}

fn owner_json(owner: &Owner) -> Value {
    json!({ "kind": owner.kind().as_str(), "namespace": owner.namespace(), "name": owner.name() })
}
