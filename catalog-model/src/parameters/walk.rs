//! Walks through values, asking of each whether it is secret.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::origin::LayerOrigin;
use super::outline::{Sensitivity, Shape};
use super::pointer;
use super::release_parameters::ReleaseParameters;
use super::schema::{ParameterSchema, SchemaOrigin};
use super::secrets::{Secrecy, WITHHELD};

/// Walks through the modules of a release.
pub(super) struct Walks<'p> {
    parameters: &'p ReleaseParameters,
    /// By the address of the schema, as modules of one folder share one: what was found out about it is known for all of them.
    by_schema: HashMap<Option<*const ParameterSchema>, Walk<'p>>,
}

/// A walk through the values of one module. It may be begun again, and knows the way then.
pub(super) enum Walk<'p> {
    /// All of it is equally secret.
    Alike(Secrecy),
    Asked(Sensitivity<'p>),
}

/// Where a walk is.
#[derive(Clone, Copy)]
pub(super) enum At {
    /// All from here on is equally secret.
    Alike(Secrecy),
    State(usize),
}

impl<'p> Walks<'p> {
    pub(super) fn new(parameters: &'p ReleaseParameters) -> Self {
        Self {
            parameters,
            by_schema: HashMap::new(),
        }
    }

    /// The walk through a module. One that is not there may be a misspelt one that has secrets.
    pub(super) fn module(&mut self, name: &str) -> &mut Walk<'p> {
        let schema = self.parameters.schema(name);
        let walk = self.by_schema.entry(schema.map(std::ptr::from_ref));
        walk.or_insert_with(|| Walk::through(schema))
    }
}

impl<'p> Walk<'p> {
    pub(super) fn through(schema: Option<&'p ParameterSchema>) -> Self {
        let Some(schema) = schema else {
            return Self::Alike(Secrecy::Unknown);
        };
        match (&schema.rules, schema.origin) {
            (_, SchemaOrigin::Inferred) => Self::Alike(Secrecy::Open),
            (Some(rules), _) => {
                Self::Asked(Sensitivity::new(&rules.outline, rules.limits.applications))
            }
            (None, _) => Self::Alike(Secrecy::Unknown),
        }
    }

    /// Where the map of all values of the module is.
    pub(super) fn start(&mut self) -> At {
        match self {
            Self::Alike(secrecy) => At::Alike(*secrecy),
            Self::Asked(asked) => At::of(asked.start()),
        }
    }

    pub(super) fn step(&mut self, at: At, token: &str) -> At {
        match (self, at) {
            (Self::Asked(asked), At::State(state)) => At::of(asked.step(state, token)),
            (_, at) => at,
        }
    }

    /// How secret a value of this shape is here.
    pub(super) fn secrecy(&self, at: At, shape: Shape) -> Secrecy {
        match (self, at) {
            (_, At::Alike(secrecy)) => secrecy,
            (Self::Asked(asked), At::State(state)) if !asked.is_misplaced(state, shape) => {
                Secrecy::Open
            }
            (_, At::State(_)) => Secrecy::Secret,
        }
    }

    /// Where a JSON pointer inside the module leads.
    pub(super) fn follow(&mut self, pointer: &str) -> At {
        let start = self.start();
        let steps = pointer::steps(pointer).into_iter().flatten();
        steps.fold(start, |at, step| self.step(at, &step))
    }

    /// Whether what is at a JSON pointer in the values of the module, or a value around it, is not known to be open.
    pub(super) fn is_secret(&mut self, values: &Value, pointer: &str) -> bool {
        let mut at = self.start();
        let mut value = Some(values);
        for step in pointer::steps(pointer).into_iter().flatten() {
            if self.secrecy(at, shape_of(value)) != Secrecy::Open {
                return true;
            }
            at = self.step(at, &step);
            value = value.and_then(|value| match value {
                Value::Array(items) => items.get(step.parse::<usize>().ok()?),
                value => value.get(&step),
            });
        }
        self.secrecy(at, shape_of(value)) != Secrecy::Open
    }

    /// A value as it may be shown: in place of secrets stands [`WITHHELD`].
    pub(super) fn withheld(&mut self, at: At, origin: &LayerOrigin, value: Value) -> Value {
        if self.secrecy(at, shape_of(Some(&value))).withholds(origin) {
            return WITHHELD.into();
        }
        match value {
            Value::Array(items) => {
                let items = items.into_iter().enumerate();
                let items = items.map(|(index, item)| {
                    let below = self.step(at, &index.to_string());
                    self.withheld(below, origin, item)
                });
                items.collect()
            }
            Value::Object(entries) => {
                let entries = entries.into_iter().map(|(key, value)| {
                    let below = self.step(at, &key);
                    let value = self.withheld(below, origin, value);
                    (key, value)
                });
                Value::Object(entries.collect::<Map<_, _>>())
            }
            scalar => scalar,
        }
    }
}

impl At {
    fn of(state: Option<usize>) -> Self {
        state.map_or(Self::Alike(Secrecy::Secret), Self::State)
    }
}

fn shape_of(value: Option<&Value>) -> Shape {
    match value {
        None | Some(Value::Null) => Shape::Nothing,
        Some(Value::Array(_)) => Shape::List,
        Some(Value::Object(_)) => Shape::Map,
        Some(_) => Shape::Scalar,
    }
}
