//! Whether a value is as a schema says.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use catalog_conditions::regex::Regex;
use serde_json::Value;

use super::super::comparison::DEEPEST;
use super::super::kind::is_checked;
use super::super::schema::Keywords;
use super::{format, list, map, said, text};

/// Holds values to schemas, and compiles each pattern once.
#[derive(Default)]
pub(super) struct Judge<'a> {
    compiled: HashMap<&'a str, Option<Regex>>,
    /// Whether something was passed over that is not decided here.
    is_unsure: bool,
    /// A format among that.
    format: Option<&'a str>,
}

impl<'a> Judge<'a> {
    /// Why a value is not as a schema says; nothing too where that is not decided here: of some formats, rules in CEL, and patterns that
    /// only Go reads.
    pub(super) fn fault(&mut self, value: &Value, schema: &'a Keywords) -> Option<String> {
        self.format = None;
        self.fault_at(value, schema, 0)
    }

    /// A format that the last value was to have, and of which only the server knows whether it has.
    pub(super) fn undecided_format(&self) -> Option<&'a str> {
        self.format
    }

    fn fault_at(&mut self, value: &Value, schema: &'a Keywords, depth: usize) -> Option<String> {
        if depth > DEEPEST {
            self.is_unsure = true;
            return None;
        }
        let is = |keyword: &str| schema.get(keyword) == Some(&Value::Bool(true));
        if value.is_null() {
            let has_type = text(schema, "type").is_some() || is("x-kubernetes-int-or-string");
            let is_refused = has_type && !is("nullable");
            return is_refused.then(|| "it is null".to_owned());
        }
        kind(value, schema)
            .or_else(|| enumeration(value, schema))
            .or_else(|| self.of_format(value, schema))
            .or_else(|| match value {
                Value::String(text) => self.of_text(text, schema),
                Value::Number(number) => of_number(number.as_f64()?, schema),
                Value::Array(items) => self.of_list(items, schema, depth),
                Value::Object(fields) => self.of_map(fields, schema, depth),
                Value::Null | Value::Bool(_) => None,
            })
            .or_else(|| self.combination(value, schema, depth))
    }

    fn of_format(&mut self, value: &Value, schema: &'a Keywords) -> Option<String> {
        let format = text(schema, "format").filter(|format| is_checked(format))?;
        match format::is_of(format, text(schema, "type"), value) {
            Some(true) => None,
            Some(false) => Some(format!(
                "`{}` is not of the format `{format}`",
                brief(value)
            )),
            None => {
                self.is_unsure = true;
                self.format = self.format.or(value.is_string().then_some(format));
                None
            }
        }
    }

    fn of_text(&mut self, value: &str, schema: &'a Keywords) -> Option<String> {
        if let Some(why) = size(value.chars().count(), schema, "Length") {
            return Some(why);
        }
        let pattern = text(schema, "pattern")?;
        let Some(compiled) = self.compiled(pattern) else {
            self.is_unsure = true;
            return None;
        };
        let matches = compiled.is_match(value);
        (!matches).then(|| format!("`{value}` does not match `{pattern}`"))
    }

    /// A pattern; nothing where it is too long, or where too many were asked for.
    fn compiled(&mut self, pattern: &'a str) -> Option<&Regex> {
        const LONGEST: usize = 2048;
        const MOST: usize = 1000;
        let is_full = self.compiled.len() >= MOST;
        match self.compiled.entry(pattern) {
            Entry::Occupied(known) => known.into_mut().as_ref(),
            Entry::Vacant(_) if is_full || pattern.len() > LONGEST => None,
            Entry::Vacant(new) => new.insert(Regex::new(pattern).ok()).as_ref(),
        }
    }

    fn of_list(&mut self, items: &[Value], schema: &'a Keywords, depth: usize) -> Option<String> {
        if let Some(why) = size(items.len(), schema, "Items") {
            return Some(why);
        }
        let below = map(schema, "items");
        below.and_then(|below| {
            let mut items = items.iter();
            items.find_map(|item| self.fault_at(item, below, depth + 1))
        })
    }

    fn of_map(&mut self, fields: &Keywords, schema: &'a Keywords, depth: usize) -> Option<String> {
        if let Some(why) = size(fields.len(), schema, "Properties") {
            return Some(why);
        }
        let required = list(schema, "required").iter().filter_map(Value::as_str);
        let mut missing = required.filter(|name| !fields.contains_key(*name));
        if let Some(name) = missing.next() {
            return Some(format!("`{name}` is missing"));
        }
        fields.iter().find_map(|(name, value)| {
            let property = map(schema, "properties").and_then(|properties| properties.get(name));
            let below = property.or_else(|| schema.get("additionalProperties"))?;
            self.fault_at(value, below.as_object()?, depth + 1)
        })
    }

    fn combination(&mut self, value: &Value, schema: &'a Keywords, depth: usize) -> Option<String> {
        let mut passing = |keyword: &str| {
            let all = list(schema, keyword);
            let one = |one: &'a Value| self.fits(value, one, depth);
            let passed: Vec<Option<bool>> = all.iter().map(one).collect();
            let count = |wanted: Option<bool>| passed.iter().filter(|one| **one == wanted).count();
            (all.len(), count(Some(true)), count(Some(false)))
        };
        let (_, _, refused) = passing("allOf");
        let (any, _, none_of) = passing("anyOf");
        let (of, passed, neither) = passing("oneOf");
        let wrong = if refused > 0 {
            "allOf"
        } else if any > 0 && none_of == any {
            "anyOf"
        } else if of > 0 && neither == of || passed > 1 {
            "oneOf"
        } else {
            let not = said(schema, "not")?;
            let is_so = self.fits(value, not, depth) == Some(true);
            return is_so.then(|| "it is as `not` forbids".to_owned());
        };
        Some(format!("it is not as `{wrong}` says"))
    }

    /// Whether a value is as one schema of a combination says; nothing where that is not decided here.
    fn fits(&mut self, value: &Value, schema: &'a Value, depth: usize) -> Option<bool> {
        let was_unsure = std::mem::take(&mut self.is_unsure);
        let fault = match schema.as_object() {
            Some(schema) => self.fault_at(value, schema, depth + 1),
            None => None,
        };
        let is_unsure = std::mem::replace(&mut self.is_unsure, was_unsure);
        match fault {
            Some(_) => Some(false),
            None if is_unsure => {
                self.is_unsure = true;
                None
            }
            None => Some(true),
        }
    }
}

fn kind(value: &Value, schema: &Keywords) -> Option<String> {
    let either = schema.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true));
    let wanted = match text(schema, "type") {
        _ if either => "int-or-string",
        Some(kind) => kind,
        None => return None,
    };
    let is_whole = || value.as_f64().is_some_and(|float| float.fract() == 0.0);
    let is_right = match (value, wanted) {
        (Value::String(_), "string" | "int-or-string")
        | (Value::Number(_), "number")
        | (Value::Bool(_), "boolean")
        | (Value::Array(_), "array")
        | (Value::Object(_), "object") => true,
        (Value::Number(_), "integer" | "int-or-string") => is_whole(),
        // Taken as a default, and refused where it is filled in.
        (Value::Bool(_), "int-or-string") => true,
        _ => false,
    };
    (!is_right).then(|| format!("`{}` is not of the type `{wanted}`", brief(value)))
}

fn enumeration(value: &Value, schema: &Keywords) -> Option<String> {
    let allowed = list(schema, "enum");
    let is_same = |one: &Value| match (one.as_f64(), value.as_f64()) {
        (Some(a), Some(b)) => match (one.as_i64(), value.as_i64()) {
            (Some(a), Some(b)) => a == b,
            _ => a.partial_cmp(&b).is_some_and(Ordering::is_eq),
        },
        _ => one == value,
    };
    let is_none = !allowed.is_empty() && !allowed.iter().any(is_same);
    is_none.then(|| format!("`{}` is not in its `enum`", brief(value)))
}

fn of_number(value: f64, schema: &Keywords) -> Option<String> {
    let number = |keyword: &str| said(schema, keyword).and_then(Value::as_f64);
    let excludes = |keyword: &str| schema.get(keyword) == Some(&Value::Bool(true));
    let is_beyond = |bound: f64, is_outside: bool, exclusive: &str| {
        is_outside || excludes(exclusive) && value.partial_cmp(&bound).is_some_and(Ordering::is_eq)
    };
    if let Some(bound) = number("minimum")
        && is_beyond(bound, value < bound, "exclusiveMinimum")
    {
        return Some(format!("`{value}` is below its `minimum`"));
    }
    if let Some(bound) = number("maximum")
        && is_beyond(bound, value > bound, "exclusiveMaximum")
    {
        return Some(format!("`{value}` is above its `maximum`"));
    }
    let step = number("multipleOf").filter(|step| *step > 0.0)?;
    let times = value / step;
    let is_multiple = (times - times.round()).abs() < 1e-9;
    (!is_multiple).then(|| format!("`{value}` is no multiple of `{step}`"))
}

fn size(size: usize, schema: &Keywords, what: &str) -> Option<String> {
    let bound = |side: &str| said(schema, &format!("{side}{what}")).and_then(Value::as_u64);
    let size = size as u64;
    if bound("min").is_some_and(|least| size < least) {
        return Some(format!("it has {size}, less than its `min{what}`"));
    }
    bound("max")
        .is_some_and(|most| size > most)
        .then(|| format!("it has {size}, more than its `max{what}`"))
}

fn brief(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}
