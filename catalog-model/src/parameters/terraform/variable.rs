//! One variable.

use std::sync::Arc;

use catalog_conditions::{SourceFile, Span};
use serde_json::{Map, Value, json};

use super::constraint::{Constraint, nullable};

/// A variable as it is declared.
pub(super) struct Variable {
    /// The file, and the name in it.
    pub(super) place: (Arc<SourceFile>, Span),
    pub(super) description: Option<String>,
    pub(super) constraint: Option<Constraint>,
    pub(super) default: Option<Default>,
    /// Whether it is secret; what is neither true nor false counts as true.
    pub(super) is_secret: Option<bool>,
    pub(super) is_nullable: Option<bool>,
    pub(super) validations: Vec<Validation>,
}

/// What a variable is when nobody sets it.
pub(super) struct Default {
    /// `None` for what is no plain value.
    pub(super) value: Option<Value>,
    pub(super) text: String,
    pub(super) span: Span,
}

/// A `validation` block, as text.
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

    /// Lays what an overriding file says over it.
    pub(super) fn overlay(&mut self, over: Self) {
        if over.default.is_some() {
            self.place.0 = over.place.0;
        }
        self.description = over.description.or(self.description.take());
        self.constraint = over.constraint.or(self.constraint.take());
        self.default = over.default.or(self.default.take());
        self.is_secret = over.is_secret.or(self.is_secret);
        self.is_nullable = over.is_nullable.or(self.is_nullable);
        if !over.validations.is_empty() {
            self.validations = over.validations;
        }
    }

    /// Its schema. The default of what is secret is left out.
    pub(super) fn schema(&self) -> Value {
        let mut schema = match &self.constraint {
            None => Map::new(),
            Some(constraint) if self.is_nullable == Some(false) => constraint.schema.clone(),
            Some(constraint) => nullable(constraint.schema.clone()),
        };
        let mut set = |key: &str, value: Value| _ = schema.insert(key.to_owned(), value);
        if let Some(description) = &self.description {
            set("description", description.as_str().into());
        }
        if let Some(constraint) = &self.constraint {
            set("x-terraform-type", constraint.text.as_str().into());
        }
        if self.is_secret == Some(true) {
            set("writeOnly", true.into());
        } else if let Some(default) = &self.default {
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
        Value::Object(schema)
    }
}
