//! One variable.

use std::ops::Range;
use std::sync::Arc;

use catalog_conditions::{Diagnostic, SourceFile, Span};
use serde_json::{Value, json};

use super::constraint::Constraint;
use super::schema::Making;

/// A variable as it is declared.
pub(super) struct Variable {
    /// Where its name stands.
    pub(super) place: Place,
    pub(super) description: Option<String>,
    pub(super) constraint: Option<Written>,
    pub(super) default: Option<Default>,
    /// Whether it is secret; what is neither true nor false counts as true.
    pub(super) is_secret: Option<bool>,
    pub(super) is_nullable: Option<bool>,
    pub(super) validations: Vec<Validation>,
}

/// A file, and bytes of it.
pub(super) type Place = (Arc<SourceFile>, Span);

/// A type with its text.
pub(super) struct Written {
    pub(super) constraint: Constraint,
    pub(super) text: String,
}

/// What a variable is when nobody sets it.
pub(super) struct Default {
    /// `None` for what is no plain value.
    pub(super) value: Option<Value>,
    pub(super) text: String,
    pub(super) place: Place,
}

/// A `validation` block, as text.
#[derive(std::default::Default)]
pub(super) struct Validation {
    pub(super) condition: String,
    pub(super) message: String,
}

impl Variable {
    pub(super) fn new(file: &Arc<SourceFile>, span: Span) -> Self {
        Self {
            place: (Arc::clone(file), span),
            description: None,
            constraint: None,
            default: None,
            is_secret: None,
            is_nullable: None,
            validations: Vec::new(),
        }
    }

    /// Takes what `sensitive` or `ephemeral` says: what is no plain `false` may be true.
    pub(super) fn say_secret(&mut self, value: Option<&Value>) {
        let is_secret = value.and_then(truth) != Some(false);
        self.is_secret = Some(self.is_secret.unwrap_or_default() || is_secret);
    }

    /// Takes what `nullable` says.
    pub(super) fn say_nullable(&mut self, value: Option<&Value>) {
        self.is_nullable = value.and_then(truth);
    }

    /// Lays what an overriding file says over it.
    pub(super) fn overlay(&mut self, over: Self) {
        self.description = over.description.or(self.description.take());
        self.constraint = over.constraint.or(self.constraint.take());
        self.default = over.default.or(self.default.take());
        self.is_secret = over.is_secret.or(self.is_secret);
        self.is_nullable = over.is_nullable.or(self.is_nullable);
        if !over.validations.is_empty() {
            self.validations = over.validations;
        }
    }

    /// What Terraform says against its default.
    pub(super) fn misfit(&self, name: &str) -> Option<Diagnostic> {
        let default = self.default.as_ref()?;
        let diagnostic = match (default.value.as_ref()?, &self.constraint) {
            (Value::Null, _) if self.is_nullable == Some(false) => null(name),
            (value, Some(written)) if !written.constraint.takes(value) => {
                misfit(&format!("`{name}`"))
            }
            _ => return None,
        };
        let (file, span) = &default.place;
        Some(diagnostic.at(file, *span))
    }

    /// Its schema. Of what is secret it holds no value: no default, none of an attribute, and no condition, which may compare with one.
    pub(super) fn schema(&self) -> Value {
        let is_secret = self.is_secret == Some(true);
        let making = Making {
            is_nullable: self.is_nullable != Some(false),
            shows_defaults: !is_secret,
        };
        let any = &Constraint::Any;
        let constraint = self.constraint.as_ref();
        let mut schema = constraint
            .map_or(any, |written| &written.constraint)
            .schema(making);
        let mut set = |key: &str, value: Value| _ = schema.insert(key.to_owned(), value);
        if let Some(description) = &self.description {
            set("description", description.as_str().into());
        }
        if let Some(written) = constraint {
            let text = match is_secret {
                true => written.constraint.to_string(),
                false => written.text.clone(),
            };
            set("x-terraform-type", text.into());
        }
        match is_secret {
            true => set("writeOnly", true.into()),
            false => self.set_values(set),
        }
        Value::Object(schema)
    }

    fn set_values(&self, mut set: impl FnMut(&str, Value)) {
        if let Some(default) = &self.default {
            match &default.value {
                Some(value) => set("default", value.clone()),
                None => set("x-default", default.text.as_str().into()),
            }
        }
        if !self.validations.is_empty() {
            let all = self.validations.iter();
            let all =
                all.map(|one| json!({"condition": one.condition, "error_message": one.message}));
            set("x-validation", all.collect());
        }
    }
}

impl Written {
    /// What is wrong with the defaults of attributes. None is quoted: it may be a secret. `span` says where bytes of the type stand.
    pub(super) fn check_defaults(
        &self,
        file: &Arc<SourceFile>,
        span: impl Fn(Range<usize>) -> Span,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        for (attribute, default, bytes) in self.constraint.defaults() {
            let name = &attribute.name;
            let diagnostic = match default {
                None => not_plain(&format!("the attribute `{name}`"), "left out"),
                Some(default) if !attribute.constraint.takes(default) => {
                    misfit(&format!("the attribute `{name}`"))
                }
                Some(_) => continue,
            };
            diagnostics.push(diagnostic.at(file, span(bytes)));
        }
    }
}

/// A default that is no plain value, which is not shown.
pub(super) fn not_plain(of: &str, fate: &str) -> Diagnostic {
    let message = format!("the default of {of} is no plain value: it is {fate}");
    Diagnostic::warning("terraform.default", message)
        .help("Terraform allows no references and no functions in it")
}

/// A default that does not fit, which is not shown.
fn misfit(of: &str) -> Diagnostic {
    let message = format!("the default of {of} does not fit its type");
    Diagnostic::error("terraform.default.type", message)
        .help("Terraform refuses the module: change the default or the type")
}

fn null(name: &str) -> Diagnostic {
    let message = format!("the default of `{name}` is null, which the variable may not be");
    Diagnostic::error("terraform.default.type", message)
        .help("Terraform refuses the module: leave out the default or `nullable = false`")
}

/// What Terraform converts to a boolean.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => match text.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}
