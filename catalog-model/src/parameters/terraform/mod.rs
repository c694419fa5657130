//! The parameters of a Terraform module: its `variable` blocks.

mod constraint;
mod convert;
mod declaration;
mod hcl;
mod json;
mod literal;
mod number;
mod schema;
mod stack;
mod variable;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use catalog_conditions::{Diagnostic, Severity, SourceFile, Span};
use serde_json::{Map, Value, json};

use self::variable::Variable;
use super::declared::rules;
use super::limits::ParameterLimits;
use super::outline::{Problem, Token};
use super::schema::{DefaultPlaces, ParameterSchema, SchemaOrigin};

/// More that is wrong with one module helps nobody.
const MISTAKES: usize = 1000;

impl ParameterSchema {
    /// The parameters of a Terraform module: the variables that its files (`*.tf`, `*.tf.json`) declare, and no others.
    ///
    /// Types become schemas as Terraform converts: a number may stand for a text, and a text that holds one for a number; anything may be
    /// null unless the variable says `nullable = false`; attributes that an `object` does not name are allowed, and dropped. A variable
    /// without a default is required. Conditions of `validation` blocks are kept as text under `x-validation`. Numbers that 64 bits do not
    /// hold are texts, with all their digits.
    ///
    /// `sensitive` and `ephemeral` become `writeOnly`. The schema of such a variable has no value in it: neither its default nor those of
    /// attributes, nor conditions, which may compare with one.
    ///
    /// All `files` are read, by name, those that override others (`override.tf`, `*_override.tf`) last, as Terraform does. A file that cannot be
    /// read may declare anything: then nothing is known.
    ///
    /// ```
    /// use catalog_model::SourceFile;
    /// use catalog_model::parameters::{ParameterLimits, ParameterSchema};
    ///
    /// let file = SourceFile::new("variables.tf", "variable \"password\" {\n  type      = string\n  sensitive = true\n}\n");
    /// let (schema, diagnostics) = ParameterSchema::of_terraform(&[file], &ParameterLimits::default());
    /// assert!(diagnostics.is_empty());
    /// assert!(schema.is_sensitive("/password"));
    /// assert_eq!(schema.json()["required"][0], "password");
    /// ```
    #[must_use]
    pub fn of_terraform(
        files: &[Arc<SourceFile>],
        limits: &ParameterLimits,
    ) -> (Self, Vec<Diagnostic>) {
        let (parameters, diagnostics) = Self::of_variables(files, limits);
        // An argument that is not known may be one of the words for a secret, misspelt.
        let is_unknown = |said: &Diagnostic| said.code() == "terraform.variable.unknown-key";
        if !files.iter().any(says_secrets) && !diagnostics.iter().any(is_unknown) {
            return (parameters, diagnostics);
        }
        let withheld = diagnostics.into_iter().map(Diagnostic::withholding_source);
        (parameters, withheld.collect())
    }

    fn of_variables(
        files: &[Arc<SourceFile>],
        limits: &ParameterLimits,
    ) -> (Self, Vec<Diagnostic>) {
        let mut files: Vec<&Arc<SourceFile>> = files.iter().collect();
        files.sort_by_key(|file| (overrides(file), file.path()));
        if files.len() > limits.terraform_files {
            let message = format!(
                "this module has more than the {} Terraform files allowed",
                limits.terraform_files
            );
            let diagnostic = Diagnostic::error("terraform.limit.files", message);
            return (Self::unknown(), vec![of_first(&files, diagnostic)]);
        }
        stack::with_enough(|| {
            let mut module = Variables::default();
            files.iter().for_each(|file| module.read(file, limits));
            module.finish(limits)
        })
        .unwrap_or_else(|error| (Self::unknown(), vec![unread(&files, &error)]))
    }
}

/// Whether Terraform reads a file of this name. It passes over hidden ones, which editors and file systems leave behind.
pub(super) fn reads(name: &str) -> bool {
    !name.starts_with('.') && (name.ends_with(".tf") || name.ends_with(".tf.json"))
}

/// What is wrong is not said of the module, but of where it is read.
fn unread(files: &[&Arc<SourceFile>], error: &io::Error) -> Diagnostic {
    let message = format!("this module was not read: the system started no thread for it: {error}");
    let diagnostic = Diagnostic::error("module.unread", message);
    let help = "nothing is wrong with the module: read it where more memory or threads may be used";
    of_first(files, diagnostic.help(help))
}

/// The same, about a module as a whole: its first file stands for it.
fn of_first(files: &[&Arc<SourceFile>], diagnostic: Diagnostic) -> Diagnostic {
    match files.first() {
        Some(file) => diagnostic.at_path(file.path()),
        None => diagnostic,
    }
}

/// Whether a file may say of a variable that it is secret. It is asked of the text, as the file may be broken, and then of every line of
/// the module: another file may hold the variable's default. Letters can be written as escapes in JSON.
fn says_secrets(file: &Arc<SourceFile>) -> bool {
    ["sensitive", "ephemeral", "\\u"]
        .iter()
        .any(|word| file.text().contains(word))
}

/// Whether Terraform lays a file over the others.
fn overrides(file: &SourceFile) -> bool {
    let name = file.path().rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = name.strip_suffix(".json").unwrap_or(name);
    let stem = stem.strip_suffix(".tf").unwrap_or(stem);
    stem == "override" || stem.ends_with("_override")
}

/// What is over a limit before a parser has seen the file.
fn over(file: &Arc<SourceFile>, limits: &ParameterLimits) -> Option<Diagnostic> {
    let bytes = file.text().len();
    let assignments = file
        .text()
        .bytes()
        .filter(|byte| matches!(byte, b'=' | b':'))
        .count();
    let (rule, message) = if bytes > limits.terraform_bytes {
        let most = limits.terraform_bytes;
        (
            "bytes",
            format!("the file has {bytes} bytes, more than the {most} allowed"),
        )
    } else if assignments > limits.terraform_assignments {
        let most = limits.terraform_assignments;
        (
            "assignments",
            format!("the file has {assignments} `=` and `:`, more than the {most} allowed"),
        )
    } else {
        return None;
    };
    let diagnostic = Diagnostic::error(format!("terraform.limit.{rule}"), message);
    Some(
        diagnostic
            .at(file, Span::default())
            .help("split the file, or raise the limit"),
    )
}

/// The variables found so far.
#[derive(Default)]
struct Variables {
    by_name: BTreeMap<String, Variable>,
    diagnostics: Vec<Diagnostic>,
}

impl Variables {
    fn read(&mut self, file: &Arc<SourceFile>, limits: &ParameterLimits) {
        self.read_whole(file, limits);
        if self.diagnostics.len() > MISTAKES {
            // No warning may take the place of an error, without which the module would be used.
            let severity = |said: &Diagnostic| std::cmp::Reverse(said.severity());
            self.diagnostics.sort_by_key(severity);
            self.diagnostics.truncate(MISTAKES);
        }
    }

    fn read_whole(&mut self, file: &Arc<SourceFile>, limits: &ParameterLimits) {
        if let Some(over) = over(file, limits) {
            return self.diagnostics.push(over);
        }
        let found = match file.path().ends_with(".json") {
            true => json::variables(file, &mut self.diagnostics),
            false => hcl::variables(file, &mut self.diagnostics),
        };
        for (name, variable) in found {
            self.add(name, variable, overrides(file));
        }
        if self.by_name.len() > limits.variables {
            let message = format!(
                "this module has more than the {} variables allowed",
                limits.variables
            );
            self.diagnostics.push(
                Diagnostic::error("terraform.limit.variables", message).at(file, Span::default()),
            );
        }
    }

    fn add(&mut self, name: String, variable: Variable, overrides: bool) {
        match self.by_name.get_mut(&name) {
            Some(first) if overrides => first.overlay(variable),
            Some(first) => {
                let (file, span) = &variable.place;
                let diagnostic = Diagnostic::error(
                    "terraform.variable.duplicate",
                    format!("the variable `{name}` is declared twice"),
                );
                let diagnostic = diagnostic.at(file, *span).related(
                    &first.place.0,
                    first.place.1,
                    "first declared here",
                );
                self.diagnostics.push(diagnostic.help("keep one of them"));
            }
            None if overrides => {
                let (file, span) = &variable.place;
                let message =
                    format!("this overrides the variable `{name}`, which no file declares");
                let diagnostic = Diagnostic::error("terraform.variable.override", message);
                let help = "declare it in a file that overrides none, as `variables.tf`";
                self.diagnostics.push(diagnostic.at(file, *span).help(help));
            }
            None => _ = self.by_name.insert(name, variable),
        }
    }

    fn finish(mut self, limits: &ParameterLimits) -> (ParameterSchema, Vec<Diagnostic>) {
        let is_error = |diagnostic: &Diagnostic| diagnostic.severity() == Severity::Error;
        if self.diagnostics.iter().any(is_error) {
            return (ParameterSchema::unknown(), self.diagnostics);
        }
        let json = self.schema();
        let rules = match rules(&json, limits) {
            Ok(rules) => rules,
            Err(problems) => {
                let problems = problems.into_iter().map(|problem| self.too_much(problem));
                let problems: Vec<Diagnostic> = problems.collect();
                self.diagnostics.extend(problems);
                return (ParameterSchema::unknown(), self.diagnostics);
            }
        };
        let misfits = self.by_name.iter();
        let misfits = misfits.filter_map(|(name, variable)| variable.misfit(name));
        self.diagnostics.extend(misfits.take(MISTAKES));
        let mut parameters = ParameterSchema::with_rules(json, SchemaOrigin::Terraform, rules);
        let mut defaults = Map::new();
        let mut places = BTreeMap::new();
        for (name, variable) in self.by_name {
            if let Some(default) = variable
                .default
                .and_then(|default| Some((default.value?, default.place)))
            {
                defaults.insert(name.clone(), default.0);
                places.insert(name, default.1);
            }
        }
        parameters.defaults = Value::Object(defaults);
        parameters.places = DefaultPlaces::Variables(places);
        (parameters, self.diagnostics)
    }

    /// Says which variable the schema got too large with.
    fn too_much(&self, problem: Problem<'_>) -> Diagnostic {
        let named = match problem.place.as_slice() {
            [Token::Key("properties"), Token::Key(name), ..] => self.by_name.get(*name),
            _ => None,
        };
        let diagnostic = Diagnostic::error("terraform.limit.schema", problem.message);
        let diagnostic = diagnostic.help(problem.help);
        match named.or_else(|| self.by_name.values().next()) {
            Some(variable) => diagnostic.at(&variable.place.0, variable.place.1),
            None => diagnostic,
        }
    }

    fn schema(&self) -> Value {
        let properties: Map<String, Value> = self
            .by_name
            .iter()
            .map(|(name, variable)| (name.clone(), variable.schema()))
            .collect();
        let required = self
            .by_name
            .iter()
            .filter(|(_, variable)| variable.default.is_none());
        let required: Vec<&str> = required.map(|(name, _)| name.as_str()).collect();
        json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }
}
