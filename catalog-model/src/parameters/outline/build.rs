//! Makes the outline of a schema, within limits.

use std::collections::HashMap;

use jsonschema::Draft;
use serde_json::{Map, Value};

use super::keyword::{Role, Shape, keyword};
use super::order::ordered;
use super::place::{PathId, Paths, Problem, Token};
use super::reference::{References, Resource};
use super::{Outline, Size, Subschema};
use crate::parameters::limits::ParameterLimits;

/// More problems than these help nobody.
const PROBLEMS: usize = 50;

/// A subschema that was found: where it stands, and in which resource.
#[derive(Clone, Copy)]
pub(super) struct Found<'v> {
    pub(super) value: &'v Value,
    pub(super) path: PathId,
    pub(super) resource: Resource,
    depth: usize,
}

pub(super) struct Builder<'v> {
    limits: &'v ParameterLimits,
    found: Vec<Found<'v>>,
    /// By address: the values stay where they are while the outline is made.
    ids: HashMap<*const Value, usize>,
    outline: Vec<Subschema>,
    pub(super) paths: Paths<'v>,
    pub(super) references: References<'v>,
    patterns: usize,
    pattern_work: usize,
    path_bytes: usize,
    problems: Vec<Problem<'v>>,
    /// Over a limit: looking further helps nobody and costs.
    stopped: bool,
}

impl Outline {
    /// The outline of a schema that is read as `draft` where it does not say otherwise.
    ///
    /// # Errors
    ///
    /// References that lead out of the document or to no schema, that never end, and whatever is over a limit.
    pub(in crate::parameters) fn new<'v>(
        schema: &'v Value,
        draft: Draft,
        limits: &'v ParameterLimits,
    ) -> Result<Self, Vec<Problem<'v>>> {
        let mut builder = Builder {
            limits,
            found: Vec::new(),
            ids: HashMap::new(),
            outline: Vec::new(),
            paths: Paths::default(),
            references: References::default(),
            patterns: 0,
            pattern_work: 0,
            path_bytes: 0,
            problems: Vec::new(),
            stopped: false,
        };
        let resource = builder.references.root(draft);
        let root = builder.find(Found {
            value: schema,
            path: PathId::ROOT,
            resource,
            depth: 0,
        });
        builder.walk(0);
        builder.refer();
        if !builder.problems.is_empty() {
            return Err(builder.problems);
        }
        let Builder {
            found,
            outline,
            paths,
            patterns,
            path_bytes,
            ..
        } = builder;
        let size = Size {
            subschemas: outline.len(),
            patterns,
            path_bytes,
        };
        let outline = ordered(outline, root, limits.applications).map_err(|endless| {
            let path = found
                .get(endless.at)
                .map_or(PathId::ROOT, |found| found.path);
            vec![endless.problem(paths.tokens(path), limits)]
        })?;
        Ok(Self { size, ..outline })
    }
}

impl<'v> Found<'v> {
    /// Something inside it that no keyword leads to.
    pub(super) fn below(self, value: &'v Value, path: PathId) -> Self {
        Self {
            value,
            path,
            resource: self.resource,
            depth: self.depth + 1,
        }
    }
}

impl<'v> Builder<'v> {
    /// The number of a subschema; a new one is walked later.
    pub(super) fn find(&mut self, found: Found<'v>) -> usize {
        let next = self.found.len();
        let id = *self
            .ids
            .entry(std::ptr::from_ref(found.value))
            .or_insert(next);
        if id == next {
            self.path_bytes = self.path_bytes.saturating_add(self.paths.bytes(found.path));
            self.found.push(found);
            self.outline.push(Subschema::default());
        }
        id
    }

    pub(super) fn numbered(&self, id: usize) -> Option<Found<'v>> {
        self.found.get(id).copied()
    }

    /// A subschema that was found already.
    pub(super) fn known(&self, value: &Value) -> Option<(usize, Found<'v>)> {
        let id = *self.ids.get(&std::ptr::from_ref(value))?;
        Some((id, *self.found.get(id)?))
    }

    /// Walks the subschemas from number `next` on, and those found on the way.
    fn walk(&mut self, mut next: usize) {
        while let Some(found) = self.found.get(next).copied() {
            if self.stopped {
                return;
            }
            if self.found.len() > self.limits.subschemas {
                let message = format!(
                    "the schema has more than {} subschemas",
                    self.limits.subschemas
                );
                return self.over(found.path, "limit.subschemas", message);
            }
            // Each subschema's path is written out by the validator.
            if self.path_bytes > self.limits.path_bytes {
                let message = format!(
                    "the paths of the subschemas have more than {} bytes together",
                    self.limits.path_bytes
                );
                return self.over(PathId::ROOT, "limit.paths", message);
            }
            if found.depth > self.limits.schema_depth {
                let message = format!("subschemas nest deeper than {}", self.limits.schema_depth);
                return self.over(found.path, "limit.depth", message);
            }
            self.subschema(next, found);
            next += 1;
        }
    }

    fn subschema(&mut self, id: usize, mut found: Found<'v>) {
        let Value::Object(schema) = found.value else {
            return self.change(id, |outline| {
                outline.is_never = *found.value == Value::Bool(false)
            });
        };
        match self.references.enter(found.resource, schema, id) {
            Ok(resource) => found.resource = resource,
            Err((key, wrong)) => self.report(
                found.path,
                Some(key),
                wrong.rule(),
                wrong.message(),
                wrong.help(),
            ),
        }
        if let Some(place) = self.found.get_mut(id) {
            place.resource = found.resource;
        }
        self.facts(id, found.path, schema);
        for (key, value) in schema {
            if let Some((shape, role)) = keyword(key) {
                let path = self.paths.below(found.path, Token::Key(key));
                self.keyword(
                    id,
                    Found {
                        value,
                        path,
                        ..found
                    },
                    shape,
                    role,
                );
            }
        }
        self.references.await_targets(id, found, schema);
    }

    /// What a schema says about a value by itself.
    fn facts(&mut self, id: usize, path: PathId, schema: &'v Map<String, Value>) {
        let compared = schema
            .get("enum")
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        if compared > self.limits.enum_values {
            let message = format!(
                "this `enum` has {compared} values, more than the {} allowed",
                self.limits.enum_values
            );
            self.report(path, Some("enum"), "limit.enum", message, RAISE);
        }
        let pattern = schema.get("pattern").and_then(Value::as_str);
        let name_patterns = schema.get("patternProperties").and_then(Value::as_object);
        pattern
            .into_iter()
            .for_each(|text| self.pattern(path, "pattern", text));
        for text in name_patterns.into_iter().flat_map(Map::keys) {
            self.pattern(path, "patternProperties", text);
        }
        let format = schema.get("format").and_then(Value::as_str);
        self.change(id, |outline| {
            outline.is_secret =
                schema.get("writeOnly") == Some(&Value::Bool(true)) || format == Some("password");
            outline.comparisons = 1 + compared as u64;
            outline.has_pattern = pattern.is_some() || format.is_some();
            outline.asks_again = schema.contains_key("unevaluatedProperties")
                || schema.contains_key("unevaluatedItems");
            outline.name_patterns = name_patterns.map_or(0, Map::len) as u64;
        });
    }

    fn pattern(&mut self, path: PathId, key: &'static str, text: &str) {
        self.patterns += 1;
        if self.patterns > self.limits.patterns {
            let message = format!("the schema has more than {} patterns", self.limits.patterns);
            return self.over(path, "limit.patterns", message);
        }
        let escapes = text.bytes().filter(|byte| *byte == b'\\').count();
        let work = text.len().saturating_mul(escapes + 1);
        self.pattern_work = self.pattern_work.saturating_add(work);
        if self.pattern_work > self.limits.pattern_work {
            let message = "the patterns of the schema have too many escapes to be read".to_owned();
            return self.over(path, "limit.pattern-work", message);
        }
        if text.len() > self.limits.pattern_bytes {
            let message = format!(
                "this pattern has {} bytes, more than the {} allowed",
                text.len(),
                self.limits.pattern_bytes
            );
            self.report(path, Some(key), "limit.pattern", message, RAISE);
        }
    }

    /// The subschemas under a keyword.
    fn keyword(&mut self, id: usize, at: Found<'v>, shape: Shape, role: Role) {
        match (shape, at.value) {
            (Shape::Map, Value::Object(entries)) => {
                for (name, value) in entries {
                    let path = self.paths.below(at.path, Token::Key(name));
                    self.child(id, Found { value, path, ..at }, role, name);
                }
            }
            (Shape::List | Shape::OneOrList, Value::Array(items)) => {
                let role = if shape == Shape::OneOrList {
                    Role::Position
                } else {
                    role
                };
                for (index, value) in items.iter().enumerate() {
                    let path = self.paths.below(at.path, Token::Index(index));
                    self.child(id, Found { value, path, ..at }, role, "");
                }
            }
            (Shape::One | Shape::OneOrList, _) => self.child(id, at, role, ""),
            _ => {}
        }
    }

    fn child(&mut self, id: usize, at: Found<'v>, role: Role, name: &str) {
        // The lists of names under `dependencies`, and what is no schema at all, which the dialect's own schema says.
        if !matches!(at.value, Value::Object(_) | Value::Bool(_)) {
            return;
        }
        // What `not` holds is kept with it, once more at each level.
        let depth = at.depth + if role == Role::Contrary { 8 } else { 1 };
        let child = self.find(Found { depth, ..at });
        self.change(id, |outline| match role {
            Role::Same | Role::Contrary => outline.same.push((child, 1)),
            // Once whether it fits, once more why not.
            Role::Alternative => outline.same.push((child, 2)),
            Role::Property => _ = outline.properties.insert(name.to_owned(), child),
            Role::EveryProperty => outline.every_property.push(child),
            Role::OtherProperty => outline.other_properties.push(child),
            Role::Position => outline.positions.push(child),
            Role::EveryItem => outline.every_item.push(child),
            Role::OtherItem => outline.other_items.push(child),
            Role::Definition => {}
        });
        if role == Role::Alternative {
            self.change(child, |outline| outline.is_alternative = true);
        }
    }

    /// Follows the references, which may lead to subschemas that no keyword led to.
    fn refer(&mut self) {
        while let Some(reference) = self.references.next() {
            if self.stopped {
                return;
            }
            let before = self.found.len();
            match self.target(&reference) {
                Ok(target) => {
                    self.change(reference.from, |outline| outline.same.push((target, 1)));
                    self.walk(before);
                }
                Err(wrong) => self.report(
                    reference.found.path,
                    Some(reference.keyword),
                    wrong.rule(),
                    wrong.message(),
                    wrong.help(),
                ),
            }
        }
    }

    fn change(&mut self, id: usize, change: impl FnOnce(&mut Subschema)) {
        if let Some(subschema) = self.outline.get_mut(id) {
            change(subschema);
        }
    }

    fn over(&mut self, path: PathId, rule: &'static str, message: String) {
        self.stopped = true;
        self.problems.clear();
        self.report(path, None, rule, message, RAISE);
    }

    fn report(
        &mut self,
        path: PathId,
        key: Option<&'v str>,
        rule: &'static str,
        message: String,
        help: &'static str,
    ) {
        let mut place = self.paths.tokens(path);
        place.extend(key.map(Token::Key));
        self.problems.push(Problem {
            place,
            rule,
            message,
            help: help.into(),
        });
        self.stopped |= self.problems.len() >= PROBLEMS;
    }
}

const RAISE: &str = "if the schema is meant to be like this, raise the limit";
