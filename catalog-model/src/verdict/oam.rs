//! OAM definitions of a cluster.

use std::collections::BTreeMap;
use std::fmt;
use std::mem::discriminant;

use catalog_conditions::show::one_line;
use serde_json::Value;

use super::caveat::Caveat;
use crate::definition::{OamDefinition, OamKind, ObjectIdentity, Schematic};

/// A parameter of an OAM definition that worked and no longer does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ParameterBreak {
    name: String,
    kind: ParameterBreakKind,
}

/// What became of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ParameterBreakKind {
    /// It is gone: applications that set it are refused, or not obeyed.
    Removed,
    /// It has to be set, and had not: applications without it are refused.
    Required,
    /// It has another type.
    Retyped,
}

impl ParameterBreak {
    /// The parameter.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What became of it.
    #[must_use]
    pub fn kind(&self) -> ParameterBreakKind {
        self.kind
    }
}

impl ParameterBreakKind {
    /// A stable code, as `oam.parameter.removed`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Removed => "oam.parameter.removed",
            Self::Required => "oam.parameter.required",
            Self::Retyped => "oam.parameter.type",
        }
    }
}

impl fmt::Display for ParameterBreak {
    /// One line: ``oam.parameter.removed (create): the parameter `image` is gone``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            ParameterBreakKind::Removed => "is gone",
            ParameterBreakKind::Required => "has to be set",
            ParameterBreakKind::Retyped => "has another type",
        };
        let name = one_line(&self.name);
        write!(
            f,
            "{} (create): the parameter `{name}` {what}",
            self.kind.code()
        )
    }
}

/// What is declared of a parameter.
struct Declared<'a> {
    is_required: bool,
    types: Option<&'a str>,
}

/// The parameters that break, and what is compared as a text alone.
pub(super) fn compare(
    identity: &ObjectIdentity,
    document: &Value,
    live: &Value,
) -> (Vec<ParameterBreak>, Vec<Caveat>) {
    let Some(kind) = OamKind::of(identity) else {
        return (Vec::new(), Vec::new());
    };
    let schematic = |object| OamDefinition::new(kind, object).schematic();
    let (old, new) = (schematic(live), schematic(document));
    let found = match (&old, &new) {
        (Some(Schematic::Kube(old)), Some(Schematic::Kube(new))) => breaks(old, new),
        // Programs take parameters of their own, which are not known.
        (Some(Schematic::Kube(_)), Some(new)) if text(new).is_some() => Vec::new(),
        (Some(Schematic::Kube(old)), _) => breaks(old, &Value::Null),
        (None, Some(Schematic::Kube(new))) => breaks(&Value::Null, new),
        _ => Vec::new(),
    };
    let is_other_kind = match (&old, &new) {
        (Some(Schematic::Other(old, _)), Some(Schematic::Other(new, _))) => old != new,
        (Some(old), Some(new)) => discriminant(old) != discriminant(new),
        (old, new) => old.is_some() || new.is_some(),
    };
    let other = is_other_kind.then_some("/spec/schematic");
    let texts = other.into_iter().chain(new.as_ref().and_then(text));
    let caveats = texts.map(|pointer| Caveat::ComparedAsText(pointer.to_owned()));
    (found, caveats.collect())
}

/// Where a schematic has a program that says which parameters there are.
fn text(schematic: &Schematic<'_>) -> Option<&'static str> {
    match schematic {
        Schematic::Cue(_) => Some("/spec/schematic/cue/template"),
        Schematic::Terraform(of) if of.get("configuration").is_some_and(Value::is_string) => {
            Some("/spec/schematic/terraform/configuration")
        }
        _ => None,
    }
}

fn breaks(old: &Value, new: &Value) -> Vec<ParameterBreak> {
    let (old, new) = (parameters(old), parameters(new));
    let mut found = Vec::new();
    let mut note = |name: &str, kind| {
        let name = name.to_owned();
        found.push(ParameterBreak { name, kind });
    };
    for (name, was) in &old {
        match new.get(name) {
            None => note(name, ParameterBreakKind::Removed),
            Some(is) if was.types != is.types => note(name, ParameterBreakKind::Retyped),
            Some(_) => {}
        }
    }
    for (name, _) in new.iter().filter(|(_, is)| is.is_required) {
        if old.get(name).is_none_or(|was| !was.is_required) {
            note(name, ParameterBreakKind::Required);
        }
    }
    found.sort();
    found
}

/// The parameters of a `kube` schematic: `[{name, type, fieldPaths, required}]`.
fn parameters(schematic: &Value) -> BTreeMap<&str, Declared<'_>> {
    let list = schematic.get("parameters").and_then(Value::as_array);
    let declared = list.into_iter().flatten().filter_map(|parameter| {
        let name = parameter.get("name")?.as_str()?;
        let declared = Declared {
            is_required: parameter.get("required") == Some(&Value::Bool(true)),
            types: parameter.get("type").and_then(Value::as_str),
        };
        Some((name, declared))
    });
    declared.collect()
}
