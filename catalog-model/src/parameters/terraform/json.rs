//! Variables in Terraform's JSON (`*.tf.json`).

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog_conditions::{Diagnostic, SourceFile, Span};
use serde_json::{Map, Value};

use super::declaration::{VALIDATION, unknown_key, unknown_of_validation, wrong_name};
use super::hcl::constraint_of;
use super::number::number;
use super::variable::{Default, Validation, Variable};
use crate::parameters::json::{Json, JsonKind, Member, NotRead, Reason};

/// How deep lists and maps may nest, as in Terraform's own language.
const DEPTH: usize = 64;

/// The variables of a file. What else the file declares is not looked at.
pub(super) fn variables(
    file: &Arc<SourceFile>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(String, Variable)> {
    match Json::parse(file.text(), DEPTH) {
        Ok(root) => Reading { file, diagnostics }.root(&root),
        Err(error) => {
            diagnostics.push(not_read(&error, file));
            Vec::new()
        }
    }
}

fn not_read(error: &NotRead, file: &Arc<SourceFile>) -> Diagnostic {
    let message = match error.reason {
        Reason::Syntax => "this is not JSON".to_owned(),
        Reason::Depth => format!("this nests deeper than the {DEPTH} levels allowed"),
    };
    // The line may hold a default that is secret.
    Diagnostic::error("terraform.syntax", message)
        .at(file, Span::new(error.at, error.at))
        .withholding_source()
}

struct Reading<'r> {
    file: &'r Arc<SourceFile>,
    diagnostics: &'r mut Vec<Diagnostic>,
}

impl Reading<'_> {
    fn root(&mut self, root: &Json) -> Vec<(String, Variable)> {
        let mut found = Vec::new();
        for top in blocks(root) {
            let members = self.members(top, "the file is no map of blocks");
            for member in members.iter().filter(|member| member.key == "variable") {
                for block in blocks(&member.value) {
                    let variables = self.members(block, "`variable` is no map of variables");
                    let variables = variables.iter().map(|variable| self.variable(variable));
                    found.extend(variables.flatten());
                }
            }
        }
        found
    }

    /// What a name stands for: a block for each time it is declared.
    fn variable(&mut self, member: &Member) -> Vec<(String, Variable)> {
        if let Some(wrong) = wrong_name(&member.key) {
            self.say(wrong, member.place);
        }
        let bodies = blocks(&member.value);
        let mut found = Vec::new();
        for body in bodies {
            let mut variable = Variable::new(self.file, member.place);
            let what = format!("the variable `{}` is no map of arguments", member.key);
            for argument in self.arguments(body, &what) {
                self.argument(&mut variable, argument);
            }
            found.push((member.key.clone(), variable));
        }
        found
    }

    fn argument(&mut self, variable: &mut Variable, argument: &Member) {
        let value = to_value(&argument.value);
        let place = (Arc::clone(self.file), argument.value.span);
        match argument.key.as_str() {
            "description" => variable.description = value.as_str().map(str::to_owned),
            "type" => {
                let text = value.as_str().unwrap_or_default();
                let place = (self.file, argument.value.span);
                variable.constraint = constraint_of(text, place, self.diagnostics);
            }
            "default" => {
                self.check_keys(&argument.value);
                variable.default = Some(Default {
                    text: value.to_string(),
                    value: Some(value),
                    place,
                });
            }
            "sensitive" | "ephemeral" => variable.say_secret(Some(&value)),
            "nullable" => variable.say_nullable(Some(&value)),
            VALIDATION => {
                let validations = blocks(&argument.value);
                let validations = validations.iter().map(|block| self.validation(block));
                variable.validations.extend(validations);
            }
            other => {
                if let Some(unknown) = unknown_key(other) {
                    self.say(unknown, argument.place);
                }
            }
        }
    }

    fn validation(&mut self, block: &Json) -> Validation {
        let mut validation = Validation::default();
        for argument in self.arguments(block, "`validation` is no map of arguments") {
            let text = to_value(&argument.value);
            let text = text.as_str().unwrap_or_default().to_owned();
            match argument.key.as_str() {
                "condition" => validation.condition = text,
                "error_message" => validation.message = text,
                other => {
                    if let Some(unknown) = unknown_of_validation(other) {
                        self.say(unknown, argument.place);
                    }
                }
            }
        }
        validation
    }

    /// The arguments of a block, each of which may be there once. What stands under `//` is a comment.
    fn arguments<'j>(&mut self, block: &'j Json, what: &str) -> Vec<&'j Member> {
        let members = self.members(block, what);
        self.check_unique(members);
        let arguments = members.iter().filter(|member| member.key != "//");
        arguments.collect()
    }

    fn members<'j>(&mut self, json: &'j Json, what: &str) -> &'j [Member] {
        if let JsonKind::Map(members) = &json.kind {
            return members;
        }
        let diagnostic = Diagnostic::error("terraform.variable.type", what)
            .help("write `{\"variable\": {\"name\": {\"type\": \"string\"}}}`");
        self.say(diagnostic, json.span);
        &[]
    }

    /// Refuses maps that name a key twice, in a value.
    fn check_keys(&mut self, json: &Json) {
        match &json.kind {
            JsonKind::Map(members) => {
                self.check_unique(members);
                members
                    .iter()
                    .for_each(|member| self.check_keys(&member.value));
            }
            JsonKind::List(items) => items.iter().for_each(|item| self.check_keys(item)),
            _ => {}
        }
    }

    fn check_unique(&mut self, members: &[Member]) {
        let mut keys = BTreeSet::new();
        for member in members {
            if member.key != "//" && !keys.insert(member.key.as_str()) {
                let message = "this key is in the map already";
                let diagnostic = Diagnostic::error("terraform.syntax", message);
                self.say(diagnostic.help("keep one of them"), member.place);
            }
        }
    }

    fn say(&mut self, diagnostic: Diagnostic, span: Span) {
        self.diagnostics.push(diagnostic.at(self.file, span));
    }
}

/// Where a block may stand, a list of blocks may too, or nothing.
fn blocks(json: &Json) -> Vec<&Json> {
    match &json.kind {
        JsonKind::List(items) => items.iter().collect(),
        JsonKind::Null => Vec::new(),
        _ => vec![json],
    }
}

/// The value that Terraform reads. Recursion is bounded by [`DEPTH`].
fn to_value(json: &Json) -> Value {
    match &json.kind {
        JsonKind::Null => Value::Null,
        JsonKind::Bool(value) => Value::Bool(*value),
        JsonKind::Number(text) => number(text),
        JsonKind::Text(text) => Value::String(text.clone()),
        JsonKind::List(items) => Value::Array(items.iter().map(to_value).collect()),
        JsonKind::Map(members) => {
            let members = members.iter();
            let members = members.map(|member| (member.key.clone(), to_value(&member.value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
    }
}
