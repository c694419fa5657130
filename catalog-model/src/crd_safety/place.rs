//! Where a schema stands in both CRDs, and which field of objects it is about.

use crate::pointer::escaped;
use std::fmt::Write as _;

/// A place below the schema of a version. It is written out only for those places where something breaks.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    parent: Option<&'p Place<'p>>,
    step: Step<'p>,
    depth: usize,
}

/// One step down a schema. Old and new may take it differently: a named field can be in the map of the one and a property of the other.
#[derive(Clone, Copy)]
pub(super) enum Step<'p> {
    /// The schemas of a version: their pointers.
    Root { old: &'p str, new: &'p str },
    /// A property of both.
    Property(&'p str),
    /// A property of the old schema, and a value of the map that the new one is.
    OldProperty(&'p str),
    /// A value of the map that the old schema is, and a property of the new one.
    NewProperty(&'p str),
    /// The values of a map.
    Values,
    /// The items of a list.
    Items,
}

/// A step towards a value in an object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldStep<'p> {
    Name(&'p str),
    Values,
    Items,
}

impl<'p> Place<'p> {
    pub(super) fn root(old: &'p str, new: &'p str) -> Self {
        Self {
            parent: None,
            step: Step::Root { old, new },
            depth: 0,
        }
    }

    pub(super) fn down<'c>(&'c self, step: Step<'c>) -> Place<'c> {
        Place {
            parent: Some(self),
            step,
            depth: self.depth + 1,
        }
    }

    /// Whether it is an item of a list.
    pub(super) fn is_item(&self) -> bool {
        matches!(self.step, Step::Items)
    }

    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    fn steps(&self) -> Vec<Step<'_>> {
        let mut steps = Vec::with_capacity(self.depth + 1);
        let mut place = Some(self);
        while let Some(here) = place {
            steps.push(here.step);
            place = here.parent;
        }
        steps.reverse();
        steps
    }

    /// The pointers in the old and in the new CRD.
    pub(super) fn pointers(&self) -> (String, String) {
        let (mut in_old, mut in_new) = (String::new(), String::new());
        for step in self.steps() {
            let (to_old, to_new) = match step {
                Step::Root { old, new } => {
                    in_old.push_str(old);
                    in_new.push_str(new);
                    continue;
                }
                Step::Property(name) => (Some(name), Some(name)),
                Step::OldProperty(name) => (Some(name), None),
                Step::NewProperty(name) => (None, Some(name)),
                Step::Values => (None, None),
                Step::Items => {
                    in_old.push_str("/items");
                    in_new.push_str("/items");
                    continue;
                }
            };
            push(&mut in_old, to_old);
            push(&mut in_new, to_new);
        }
        (in_old, in_new)
    }

    pub(super) fn field_steps(&self) -> Vec<FieldStep<'_>> {
        let steps = self.steps().into_iter();
        let steps = steps.filter_map(|step| match step {
            Step::Root { .. } => None,
            Step::Property(name) | Step::OldProperty(name) | Step::NewProperty(name) => {
                Some(FieldStep::Name(name))
            }
            Step::Values => Some(FieldStep::Values),
            Step::Items => Some(FieldStep::Items),
        });
        steps.collect()
    }

    /// The field of objects: `spec.rules[*].host`; nothing for whole objects.
    pub(super) fn field(&self) -> Option<String> {
        let mut text = String::new();
        for step in self.field_steps() {
            match step {
                FieldStep::Name(name) if is_plain(name) => {
                    let dot = if text.is_empty() { "" } else { "." };
                    let _ = write!(text, "{dot}{name}");
                }
                FieldStep::Name(name) => {
                    let _ = write!(text, "['{name}']");
                }
                FieldStep::Values => text.push_str(".*"),
                FieldStep::Items => text.push_str("[*]"),
            }
        }
        (!text.is_empty()).then_some(text)
    }
}

fn push(pointer: &mut String, property: Option<&str>) {
    match property {
        Some(name) => {
            let _ = write!(pointer, "/properties/{}", escaped(name));
        }
        None => pointer.push_str("/additionalProperties"),
    }
}

fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    !name.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}
