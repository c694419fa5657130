//! Variables in Terraform's own language.

use std::ops::Range;
use std::sync::Arc;

use catalog_conditions::{Diagnostic, SourceFile, Span};
use hcl_edit::Span as _;
use hcl_edit::expr::Expression;
use hcl_edit::parser::{parse_body, parse_expr};
use hcl_edit::structure::{Attribute, Block, Body};
use serde_json::Value;

use super::constraint::Constraint;
use super::declaration::{unknown_argument, unknown_block, unknown_of_validation, wrong_name};
use super::literal::literal;
use super::variable::{Default, Validation, Variable, Written, not_plain};

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

/// The type that stands in another file format, and whose place there is `span`.
pub(super) fn constraint_of(
    text: &str,
    (file, span): (&Arc<SourceFile>, Span),
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Written> {
    let constraint = match parse_expr(text) {
        Ok(expression) => Constraint::read(&expression).map_err(|no_type| no_type.message),
        Err(_) => Err("this is no type".to_owned()),
    };
    let constraint = constraint
        .map_err(|message| diagnostics.push(wrong_type(message).at(file, span)))
        .ok()?;
    let text = text.to_owned();
    let written = Written { constraint, text };
    written.check_defaults(file, |_| span, diagnostics);
    Some(written)
}

fn wrong_type(message: String) -> Diagnostic {
    Diagnostic::error("terraform.type", message).help(TYPES)
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
            let message = "a `variable` block has one name";
            let diagnostic = Diagnostic::error("terraform.variable.name", message)
                .help("write `variable \"name\" { … }`");
            self.say(diagnostic, block.ident.span());
            return None;
        };
        let name = label.as_str();
        if let Some(wrong) = wrong_name(name) {
            self.say(wrong, label.span());
        }
        let mut variable = Variable::new(self.file, self.span(label.span()));
        for attribute in block.body.attributes() {
            self.attribute(&mut variable, attribute);
        }
        for block in block.body.blocks() {
            match unknown_block(block.ident.as_str()) {
                Some(unknown) => self.say(unknown, block.ident.span()),
                None => {
                    let validation = self.validation(&block.body);
                    variable.validations.push(validation);
                }
            }
        }
        self.say_default(name, &variable);
        Some((name.to_owned(), variable))
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
                    place: (Arc::clone(self.file), self.span(value.span())),
                });
            }
            "sensitive" | "ephemeral" => variable.say_secret(literal(value).as_ref()),
            "nullable" => variable.say_nullable(literal(value).as_ref()),
            other => {
                if let Some(unknown) = unknown_argument(other) {
                    self.say(unknown, attribute.key.span());
                }
            }
        }
    }

    fn constraint(&mut self, value: &Expression) -> Option<Written> {
        let constraint = match Constraint::read(value) {
            Ok(constraint) => constraint,
            Err(no_type) => {
                self.say(wrong_type(no_type.message), Some(no_type.bytes));
                return None;
            }
        };
        let text = self.text(value);
        let written = Written { constraint, text };
        let skipped = self.skipped;
        let span = |bytes: Range<usize>| Span::new(skipped + bytes.start, skipped + bytes.end);
        written.check_defaults(self.file, span, self.diagnostics);
        Some(written)
    }

    fn validation(&mut self, body: &Body) -> Validation {
        let mut validation = Validation::default();
        for attribute in body.attributes() {
            match attribute.key.as_str() {
                "condition" => validation.condition = self.text(&attribute.value),
                "error_message" => {
                    validation.message = match literal(&attribute.value) {
                        Some(Value::String(text)) => text,
                        _ => self.text(&attribute.value),
                    }
                }
                other => {
                    if let Some(unknown) = unknown_of_validation(other) {
                        self.say(unknown, attribute.key.span());
                    }
                }
            }
        }
        validation
    }

    /// Says of a default that is no plain value that it is not known; never what it is, if it is secret.
    fn say_default(&mut self, name: &str, variable: &Variable) {
        let default = variable.default.as_ref();
        let Some(default) = default.filter(|default| default.value.is_none()) else {
            return;
        };
        let (file, span) = &default.place;
        let diagnostic = not_plain(&format!("`{name}`"), "kept as text").at(file, *span);
        self.diagnostics.push(match variable.is_secret {
            Some(true) => diagnostic.withholding_source(),
            _ => diagnostic,
        });
    }

    fn say(&mut self, diagnostic: Diagnostic, range: Option<Range<usize>>) {
        let span = self.span(range);
        self.diagnostics.push(diagnostic.at(self.file, span));
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

const TYPES: &str = "write `string`, `number`, `bool`, `any`, or `list(…)`, `set(…)`, `map(…)`, `object({…})`, `tuple([…])` of types";
