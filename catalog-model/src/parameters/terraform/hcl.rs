//! Variables in Terraform's own language.

use std::ops::Range;
use std::sync::Arc;

use catalog_conditions::{Diagnostic, SourceFile, Span};
use hcl_edit::Span as _;
use hcl_edit::expr::Expression;
use hcl_edit::parser::parse_body;
use hcl_edit::structure::{Attribute, Block, Body};
use serde_json::Value;

use super::constraint::{Constraint, constraint};
use super::literal::literal;
use super::variable::{Default, Validation, Variable};

/// The variables of a file. What else the file declares is not looked at.
pub(super) fn variables(
    file: &Arc<SourceFile>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(String, Variable)> {
    let mut reading = Reading::new(file, diagnostics);
    let Some(body) = reading.body() else {
        return Vec::new();
    };
    let blocks = body.blocks().filter(|block| block.has_ident("variable"));
    blocks.filter_map(|block| reading.variable(block)).collect()
}

/// The schema of a type constraint that stands in another file format.
pub(super) fn constraint_of(text: &str) -> Option<Constraint> {
    let schema = constraint(&hcl_edit::parser::parse_expr(text).ok()?)?;
    Some(Constraint {
        text: text.to_owned(),
        schema,
    })
}

struct Reading<'r> {
    file: &'r Arc<SourceFile>,
    /// What stands before the text that the parser sees: a byte order mark.
    skipped: usize,
    diagnostics: &'r mut Vec<Diagnostic>,
}

impl<'r> Reading<'r> {
    fn new(file: &'r Arc<SourceFile>, diagnostics: &'r mut Vec<Diagnostic>) -> Self {
        let skipped = file.text().len() - file.text().trim_start_matches('\u{feff}').len();
        Self {
            file,
            skipped,
            diagnostics,
        }
    }

    /// The parser takes no file that nests deeper than 64, or chains more than 128 operators.
    fn body(&mut self) -> Option<Body> {
        match parse_body(self.file.text().get(self.skipped..).unwrap_or_default()) {
            Ok(body) => Some(body),
            Err(error) => {
                let at = self.skipped + error.location().offset();
                let message = format!("this is not Terraform's language: {}", error.message());
                // The line may hold a default that is secret.
                let diagnostic =
                    Diagnostic::error("terraform.syntax", message).at(self.file, Span::new(at, at));
                self.diagnostics.push(diagnostic.withholding_source());
                None
            }
        }
    }

    fn variable(&mut self, block: &Block) -> Option<(String, Variable)> {
        let [label] = block.labels.as_slice() else {
            let span = self.span(block.ident.span());
            let message = "a `variable` block has one name";
            let diagnostic =
                Diagnostic::error("terraform.variable.name", message).at(self.file, span);
            self.diagnostics
                .push(diagnostic.help("write `variable \"name\" { … }`"));
            return None;
        };
        let mut variable = Variable::new(self.file, self.span(label.span()));
        for attribute in block.body.attributes() {
            self.attribute(&mut variable, attribute);
        }
        let validations = block
            .body
            .blocks()
            .filter(|block| block.has_ident("validation"));
        variable.validations = validations
            .map(|block| self.validation(&block.body))
            .collect();
        self.say_default(label.as_str(), &variable);
        Some((label.as_str().to_owned(), variable))
    }

    fn attribute(&mut self, variable: &mut Variable, attribute: &Attribute) {
        let value = &attribute.value;
        match attribute.key.as_str() {
            "description" => {
                variable.description = match literal(value) {
                    Some(Value::String(text)) => Some(text.trim_end().to_owned()),
                    _ => Some(self.text(value)),
                }
            }
            "type" => variable.constraint = self.constraint(value),
            "default" => {
                variable.default = Some(Default {
                    value: literal(value),
                    text: self.text(value),
                    span: self.span(value.span()),
                });
            }
            // What is no plain `false` may be true.
            "sensitive" | "ephemeral" => {
                let is_secret = literal(value) != Some(Value::Bool(false));
                variable.is_secret = Some(variable.is_secret.unwrap_or_default() || is_secret);
            }
            "nullable" => variable.is_nullable = literal(value).and_then(|value| value.as_bool()),
            _ => {}
        }
    }

    fn constraint(&mut self, value: &Expression) -> Option<Constraint> {
        let text = self.text(value);
        let schema = constraint(value);
        if schema.is_none() {
            let shown: String = text.chars().take(64).collect();
            let span = self.span(value.span());
            let diagnostic = Diagnostic::error("terraform.type", format!("`{shown}` is no type"))
                .at(self.file, span);
            self.diagnostics.push(diagnostic.help(TYPES));
        }
        Some(Constraint {
            text,
            schema: schema?,
        })
    }

    fn validation(&self, body: &Body) -> Validation {
        let mut validation = Validation {
            condition: String::new(),
            message: String::new(),
        };
        for attribute in body.attributes() {
            match attribute.key.as_str() {
                "condition" => validation.condition = self.text(&attribute.value),
                "error_message" => {
                    validation.message = match literal(&attribute.value) {
                        Some(Value::String(text)) => text,
                        _ => self.text(&attribute.value),
                    }
                }
                _ => {}
            }
        }
        validation
    }

    /// Says of a default that is no plain value that it is not known; never what it is, if it is secret.
    fn say_default(&mut self, name: &str, variable: &Variable) {
        let Some(default) = variable
            .default
            .as_ref()
            .filter(|default| default.value.is_none())
        else {
            return;
        };
        let message = format!("the default of `{name}` is no plain value: it is kept as text");
        let diagnostic =
            Diagnostic::warning("terraform.default", message).at(self.file, default.span);
        let diagnostic = diagnostic.help("Terraform allows no references and no functions in it");
        self.diagnostics.push(match variable.is_secret {
            Some(true) => diagnostic.withholding_source(),
            _ => diagnostic,
        });
    }

    fn span(&self, range: Option<Range<usize>>) -> Span {
        let range = range.unwrap_or_default();
        Span::new(self.skipped + range.start, self.skipped + range.end)
    }

    /// An expression as it is written.
    fn text(&self, expression: &Expression) -> String {
        self.file
            .slice(self.span(expression.span()))
            .trim()
            .to_owned()
    }
}

pub(super) const TYPES: &str = "write `string`, `number`, `bool`, `any`, or `list(…)`, `set(…)`, `map(…)`, `object({…})`, `tuple([…])` of types";
