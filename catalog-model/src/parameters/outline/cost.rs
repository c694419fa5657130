//! What it costs to hold a value against a schema.

use std::collections::BTreeMap;

use serde_json::Value;
use thiserror::Error;

use super::{Outline, Subschema};
use crate::parameters::limits::ParameterLimits;

/// Holding a value against a schema costs too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(in crate::parameters) enum TooCostly {
    #[error("the schema asks more than the {0} questions allowed about these values")]
    Questions(u64),
    #[error("the values and the schema's references nest deeper than {0} together")]
    Depth(usize),
    #[error("the schemas of the modules together ask more than is allowed about all their values")]
    Together,
}

/// What one question about a text with a regular expression counts, for each 64 bytes of the text: an expression of the largest size
/// allowed looks at each byte with some thousand states.
const PATTERN: u64 = 256;

/// How often a subschema is asked about one value, and how many others wait for the answer.
#[derive(Clone, Copy, Default)]
struct Asked {
    times: u64,
    depth: usize,
}

impl Asked {
    fn add(&mut self, times: u64, depth: usize) {
        self.times = self.times.saturating_add(times);
        self.depth = self.depth.max(depth);
    }
}

type Questions = BTreeMap<usize, Asked>;

struct Counter<'o> {
    outline: &'o Outline,
    limits: &'o ParameterLimits,
    most: u64,
    sum: u64,
}

impl Outline {
    /// How many questions the schema asks about `value`, which may be `most`; none is answered.
    ///
    /// Cost: never more than that, as each question counted stands for at least one asked.
    ///
    /// # Errors
    ///
    /// More than that, or deeper than the limits allow.
    pub(in crate::parameters) fn cost(
        &self,
        value: &Value,
        most: u64,
        limits: &ParameterLimits,
    ) -> Result<u64, TooCostly> {
        let mut counter = Counter {
            outline: self,
            limits,
            most,
            sum: 0,
        };
        counter.count(value, 0, [(self.root, Asked { times: 1, depth: 1 })].into())?;
        Ok(counter.sum)
    }
}

impl Counter<'_> {
    /// Counts the questions about a value and what is in it; returns the value's size. Recursion ends at the limit of depth, for each
    /// level of the value is one more than the questions that wait.
    fn count(
        &mut self,
        value: &Value,
        named: usize,
        mut questions: Questions,
    ) -> Result<u64, TooCostly> {
        if questions.is_empty() {
            return Ok(size(value));
        }
        self.ask_below(&mut questions);
        if questions
            .values()
            .any(|asked| asked.depth > self.limits.waiting)
        {
            return Err(TooCostly::Depth(self.limits.waiting));
        }
        self.charge_questions(value, named, &questions)?;
        let size = match value {
            Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .try_fold(1_u64, |size, (index, item)| {
                        let below = self.below(&questions, |subschema, ask| {
                            subschema.item(index).for_each(ask)
                        });
                        Ok(size.saturating_add(self.count(item, 0, below)?))
                    })?
            }
            Value::Object(entries) => entries.iter().try_fold(1_u64, |size, (name, value)| {
                let below = self.below(&questions, |subschema, ask| {
                    subschema.property(name).for_each(ask)
                });
                Ok(size.saturating_add(self.count(value, name.len(), below)?))
            })?,
            Value::String(text) => blocks(text.len()),
            _ => 1,
        };
        // Why an alternative does not fit is kept with a copy of the value.
        let copies = questions.iter().filter(|(id, _)| {
            self.subschema(**id)
                .is_some_and(|subschema| subschema.is_alternative)
        });
        let copies = copies.fold(0_u64, |sum, (_, asked)| sum.saturating_add(asked.times));
        self.charge(copies.saturating_mul(size))?;
        Ok(size)
    }

    fn subschema(&self, id: usize) -> Option<&Subschema> {
        self.outline.subschemas.get(id)
    }

    /// Adds what is asked about the same value. Whoever is asked has a higher number than who asks.
    fn ask_below(&self, questions: &mut Questions) {
        let mut next = questions.first_key_value().map(|(id, _)| *id);
        while let Some(id) = next {
            let (subschema, asked) = (
                self.subschema(id),
                questions.get(&id).copied().unwrap_or_default(),
            );
            for (below, times) in subschema.into_iter().flat_map(|subschema| {
                subschema
                    .same
                    .iter()
                    .map(|(below, times)| (*below, subschema.times(*times)))
            }) {
                questions
                    .entry(below)
                    .or_default()
                    .add(asked.times.saturating_mul(times), asked.depth + 1);
            }
            next = questions.range(id + 1..).next().map(|(id, _)| *id);
        }
    }

    fn below(
        &self,
        questions: &Questions,
        each: impl Fn(&Subschema, &mut dyn FnMut(usize)),
    ) -> Questions {
        let mut below = Questions::new();
        for (id, asked) in questions {
            if let Some(subschema) = self.subschema(*id) {
                each(subschema, &mut |id| {
                    below
                        .entry(id)
                        .or_default()
                        .add(asked.times, asked.depth + 1)
                });
            }
        }
        below
    }

    fn charge_questions(
        &mut self,
        value: &Value,
        named: usize,
        questions: &Questions,
    ) -> Result<(), TooCostly> {
        let text = value.as_str().map_or(0, str::len);
        // Whoever is asked about a list or map looks at all that is in it.
        let parts = match value {
            Value::Array(items) => items.len() as u64,
            Value::Object(entries) => entries.len() as u64,
            _ => 0,
        };
        let names = match value {
            Value::Object(entries) => entries
                .keys()
                .fold(0, |sum: u64, name| sum.saturating_add(blocks(name.len()))),
            _ => 0,
        };
        for (id, asked) in questions {
            let Some(subschema) = self.outline.subschemas.get(*id) else {
                continue;
            };
            let matching = if subschema.has_pattern {
                blocks(text.saturating_add(named))
            } else {
                0
            };
            let naming = names.saturating_mul(subschema.name_patterns);
            let patterns = PATTERN.saturating_mul(matching.saturating_add(naming));
            let own = subschema.comparisons.max(1).saturating_add(parts);
            let each = own.saturating_add(patterns);
            self.charge(each.saturating_mul(asked.times))?;
        }
        Ok(())
    }

    fn charge(&mut self, questions: u64) -> Result<(), TooCostly> {
        self.sum = self.sum.saturating_add(questions);
        if self.sum > self.most {
            return Err(TooCostly::Questions(self.most));
        }
        Ok(())
    }
}

/// How many blocks of 64 bytes a text has, at least one.
fn blocks(bytes: usize) -> u64 {
    1 + bytes as u64 / 64
}

/// How large a value is: its parts, and the blocks of its texts.
fn size(value: &Value) -> u64 {
    let mut open = vec![value];
    let mut size = 0_u64;
    while let Some(value) = open.pop() {
        size = size.saturating_add(match value {
            Value::String(text) => blocks(text.len()),
            _ => 1,
        });
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(entries) => open.extend(entries.values()),
            _ => {}
        }
    }
    size
}
