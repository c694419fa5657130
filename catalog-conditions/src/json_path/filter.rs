//! What a filter asks of a node (RFC 9535, sections 2.3.5 and 2.4).

use std::borrow::Cow;

use serde_json::Value;

use super::compare;
use super::error::TooManyNodes;
use super::evaluate::Evaluation;
use super::query::{Comparison, Logical, Operand, Relation, Search, Wanted};

/// A value of the query or of the object; `None` is the RFC's `Nothing`.
type Seen<'a> = Option<Cow<'a, Value>>;

/// Recursion is bounded by the nesting of the query.
impl<'v> Evaluation<'v> {
    /// Whether a test holds of a node.
    pub(super) fn holds(&mut self, test: &Logical, node: &'v Value) -> Result<bool, TooManyNodes> {
        self.visit(1)?;
        match test {
            Logical::Or(parts) => {
                for part in parts {
                    if self.holds(part, node)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Logical::And(parts) => {
                for part in parts {
                    if !self.holds(part, node)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Logical::Not(inner) => Ok(!self.holds(inner, node)?),
            Logical::Exists(query) => Ok(!self.values(query, node)?.is_empty()),
            Logical::Compare(comparison) => self.compare(comparison, node),
            Logical::Search(search) => self.search(search, node),
        }
    }

    fn compare(&mut self, comparison: &Comparison, node: &'v Value) -> Result<bool, TooManyNodes> {
        let left = self.operand(&comparison.left, node)?;
        let right = self.operand(&comparison.right, node)?;
        match comparison.relation {
            Relation::Equal => self.equal(&left, &right),
            Relation::NotEqual => Ok(!self.equal(&left, &right)?),
            Relation::Less => Ok(less(&left, &right)),
            Relation::Greater => Ok(less(&right, &left)),
            Relation::LessOrEqual => Ok(less(&left, &right) || self.equal(&left, &right)?),
            Relation::GreaterOrEqual => Ok(less(&right, &left) || self.equal(&left, &right)?),
        }
    }

    fn equal(&mut self, left: &Seen<'_>, right: &Seen<'_>) -> Result<bool, TooManyNodes> {
        let (Some(left), Some(right)) = (left, right) else {
            return Ok(left.is_none() && right.is_none());
        };
        let mut seen = 0;
        let equal = compare::equal(left, right, self.visits_left(), &mut seen);
        self.visit(seen)?;
        equal.ok_or(TooManyNodes {})
    }

    fn operand<'a>(
        &mut self,
        operand: &'a Operand,
        node: &'v Value,
    ) -> Result<Seen<'a>, TooManyNodes>
    where
        'v: 'a,
    {
        Ok(match operand {
            Operand::Literal(value) => Some(Cow::Borrowed(value)),
            Operand::Singular(query) | Operand::Only(query) => {
                match self.values(query, node)?.as_slice() {
                    [value] => Some(Cow::Borrowed(*value)),
                    _ => None,
                }
            }
            Operand::Count(query) => Some(number(self.values(query, node)?.len())),
            Operand::Length(of) => {
                let of = self.operand(of, node)?;
                of.as_deref().and_then(length).map(number)
            }
        })
    }

    fn search(&mut self, search: &Search, node: &'v Value) -> Result<bool, TooManyNodes> {
        let text = self.operand(&search.text, node)?;
        let Some(Value::String(text)) = text.as_deref() else {
            return Ok(false);
        };
        self.visit(text.len())?;
        let read = match &search.pattern {
            Wanted::Fixed(pattern) => return Ok(pattern.is_in(text)),
            Wanted::Read(operand) => self.operand(operand, node)?,
        };
        let Some(Value::String(pattern)) = read.as_deref() else {
            return Ok(false);
        };
        let pattern = self.pattern(pattern, search.whole)?;
        // A text that is no pattern matches nothing (section 2.4.6).
        Ok(pattern.is_some_and(|pattern| pattern.is_in(text)))
    }
}

fn less(left: &Seen<'_>, right: &Seen<'_>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if compare::less(left, right))
}

fn number<'a>(count: usize) -> Cow<'a, Value> {
    Cow::Owned(Value::from(count))
}

/// Characters of a text, elements of a list, members of an object; nothing else has a length (section 2.4.4).
fn length(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => Some(text.chars().count()),
        Value::Array(items) => Some(items.len()),
        Value::Object(map) => Some(map.len()),
        _ => None,
    }
}
