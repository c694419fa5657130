//! What an expression in CEL costs at most, by the sizes that a schema allows.

use std::collections::HashMap;
use std::marker::PhantomData;

use serde_json::Value;

use super::super::schema::Keywords;
use super::expression::{Expression, Link, Macro};
use super::token::Literal;
use super::value_type::{self, Type, of_fields};
use super::{list, map, said, text};

/// The bytes of the largest request that a server takes.
pub(super) const REQUEST: f64 = 3.0 * 1024.0 * 1024.0;

/// What going through a byte of a text costs.
const OF_A_BYTE: f64 = 0.1;

/// What a round of a macro costs beside what it asks: the result so far is looked at and put together with the new one.
const OF_A_ROUND: f64 = 4.0;

/// What a list costs that is made.
const OF_A_LIST: f64 = 10.0;

/// What a map costs that is made.
const OF_A_MAP: f64 = 30.0;

/// Costs are not told apart above that.
const HUGE: f64 = 1e30;

/// A value, and how large it can be: bytes of a text, items of a list, keys of a map.
#[derive(Clone, Copy)]
struct Measured<'a> {
    kind: Type<'a>,
    most: f64,
}

impl<'a> Measured<'a> {
    const SMALL: Self = Self {
        kind: Type::Unknown,
        most: 1.0,
    };

    const BOOL: Self = Self {
        kind: Type::Bool,
        most: 1.0,
    };

    /// A text of so many bytes.
    fn text(most: f64) -> Self {
        Self {
            kind: Type::Text,
            most,
        }
    }

    /// Of which nothing is known.
    const ANYTHING: Self = Self {
        kind: Type::Unknown,
        most: REQUEST,
    };
}

/// The number that a bound says.
pub(super) fn most_of(schema: &Keywords, bound: &str) -> Option<f64> {
    said(schema, bound)?.as_f64().filter(|most| *most >= 0.0)
}

/// The bytes that a value of a schema has at least in a request. Of what it must have, so much is looked at as keeps this cheap: there may be more.
pub(super) fn least_size(schema: &Keywords, depth: usize) -> f64 {
    const DEEPEST: usize = 3;
    const MOST_FIELDS: usize = 16;
    match text(schema, "type") {
        Some("string" | "array") => 2.0,
        Some("boolean") => 4.0,
        Some("object") => {
            let required = list(schema, "required").iter().filter_map(Value::as_str);
            let fields = required.take(MOST_FIELDS).filter_map(|name| {
                let field = map(schema, "properties")?.get(name)?.as_object()?;
                let is_filled_in = said(field, "default").is_some();
                let is_counted = !is_filled_in && depth < DEEPEST;
                // Two quotes, a colon and a comma.
                is_counted.then(|| name.len() as f64 + 4.0 + least_size(field, depth + 1))
            });
            2.0 + fields.sum::<f64>()
        }
        _ => 1.0,
    }
}

/// How large values of schemas can be, told once for each schema.
#[derive(Default)]
pub(super) struct Sizes<'a> {
    known: HashMap<*const Keywords, f64>,
    schemas: PhantomData<&'a Keywords>,
}

impl<'a> Sizes<'a> {
    fn of(&mut self, schema: &'a Keywords, is_whole: bool) -> Measured<'a> {
        let known = self.known.entry(std::ptr::from_ref(schema));
        Measured {
            kind: Type::of(schema, is_whole),
            most: *known.or_insert_with(|| most_size(schema)),
        }
    }

    fn below(&mut self, schema: Option<&'a Keywords>) -> Measured<'a> {
        schema.map_or(Measured::ANYTHING, |schema| self.of(schema, false))
    }
}

fn most_size(schema: &Keywords) -> f64 {
    let by_bytes = |least: f64| REQUEST / least;
    let lengths = list(schema, "enum").iter().filter_map(Value::as_str);
    let longest = lengths.map(str::len).max();
    match text(schema, "type") {
        Some("string") => match (longest, text(schema, "format")) {
            (Some(longest), _) => longest as f64,
            (None, Some("date" | "date-time" | "duration")) => 32.0,
            // A character has up to four bytes.
            (None, _) => most_of(schema, "maxLength").map_or(REQUEST, |most| most * 4.0),
        },
        Some("array") => most_of(schema, "maxItems").unwrap_or_else(|| {
            by_bytes(map(schema, "items").map_or(1.0, |below| least_size(below, 0)) + 1.0)
        }),
        Some("object") => match map(schema, "additionalProperties") {
            Some(below) => most_of(schema, "maxProperties")
                .unwrap_or_else(|| by_bytes(least_size(below, 0) + 6.0)),
            None => map(schema, "properties").map_or(REQUEST, |fields| fields.len() as f64),
        },
        Some(_) => 1.0,
        None => REQUEST,
    }
}

/// What an expression costs that is asked once of a value of a schema.
pub(super) fn cost_of<'a>(
    expression: &Expression<'_>,
    schema: &'a Keywords,
    is_whole: bool,
    sizes: &mut Sizes<'a>,
) -> f64 {
    let mut sum = Sum {
        itself: sizes.of(schema, is_whole),
        sizes,
        variables: Vec::new(),
        cost: 0.0,
    };
    sum.expression(expression);
    sum.cost
}

/// What has been counted so far.
struct Sum<'s, 'a, 'r> {
    sizes: &'s mut Sizes<'a>,
    itself: Measured<'a>,
    variables: Vec<(&'r str, Measured<'a>)>,
    cost: f64,
}

impl<'a, 'r> Sum<'_, 'a, 'r> {
    fn add(&mut self, cost: f64) {
        self.cost = (self.cost + cost).min(HUGE);
    }

    fn expression(&mut self, expression: &Expression<'r>) -> Measured<'a> {
        match expression {
            Expression::Literal(Literal::Text(length)) => Measured::text(*length as f64),
            Expression::Literal(_) => Measured::SMALL,
            Expression::Name(name) => {
                self.add(1.0);
                let mut variables = self.variables.iter().rev();
                match variables.find(|(variable, _)| variable == name) {
                    Some((_, value)) => *value,
                    None => self.itself,
                }
            }
            Expression::Call(name, arguments) => {
                let values = self.all(arguments);
                self.add(if *name == "has" { 0.0 } else { 1.0 });
                match (*name, values.as_slice()) {
                    ("has", _) => Measured::BOOL,
                    ("size", _) => Measured::SMALL,
                    // What is read from a text goes through it.
                    (_, [of, ..]) if reads_text(name) => {
                        self.add(of.most * OF_A_BYTE);
                        *of
                    }
                    _ => Measured::SMALL,
                }
            }
            Expression::Member(first, links) => self.member(first, links),
            Expression::List(items) => {
                let values = self.all(items);
                self.add(OF_A_LIST);
                let most = values.len() as f64;
                Measured {
                    kind: Type::List(None),
                    most,
                }
            }
            Expression::Map(entries) => {
                self.all(entries);
                self.add(OF_A_MAP);
                Measured {
                    kind: Type::Map(None),
                    most: entries.len() as f64 / 2.0,
                }
            }
            Expression::Unary(_, inner) => {
                let inner = self.expression(inner);
                self.add(1.0);
                inner
            }
            Expression::Chain(first, more) => self.chain(first, more),
            Expression::Choice(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                self.expression(condition);
                let before = self.cost;
                let then_value = self.expression(then);
                let of_then = self.cost;
                self.cost = before;
                let other_value = self.expression(otherwise);
                self.cost = self.cost.max(of_then);
                if then_value.most > other_value.most {
                    then_value
                } else {
                    other_value
                }
            }
        }
    }

    fn all(&mut self, expressions: &[Expression<'r>]) -> Vec<Measured<'a>> {
        let mut values = Vec::with_capacity(expressions.len());
        for expression in expressions {
            values.push(self.expression(expression));
        }
        values
    }

    fn chain(
        &mut self,
        first: &Expression<'r>,
        more: &[(&'r str, Expression<'r>)],
    ) -> Measured<'a> {
        let mut left = self.expression(first);
        for (sign, right) in more {
            let right = self.expression(right);
            let smaller = left.most.min(right.most);
            match *sign {
                "&&" | "||" => {}
                "in" if matches!(right.kind, Type::Map(_)) => self.add(1.0),
                "in" => self.add(1.0 + right.most),
                "+" => self.add(1.0 + (left.most + right.most) * OF_A_BYTE),
                "==" | "!=" | "<" | "<=" | ">" | ">=" => self.add(1.0 + smaller * OF_A_BYTE),
                _ => self.add(1.0),
            }
            left = match *sign {
                "+" => Measured {
                    kind: left.kind,
                    most: left.most + right.most,
                },
                "-" | "*" | "/" | "%" => Measured::SMALL,
                _ => Measured::BOOL,
            };
        }
        left
    }

    fn member(&mut self, first: &Expression<'r>, links: &[Link<'r>]) -> Measured<'a> {
        let (mut value, links) = match (first, links) {
            (Expression::Name("cel"), [Link::Call("bind", arguments), rest @ ..]) => {
                (self.bind(arguments), rest)
            }
            _ => (self.expression(first), links),
        };
        for link in links {
            value = match link {
                Link::Field(name) => {
                    self.add(1.0);
                    self.field(value, name)
                }
                Link::Other => {
                    self.add(1.0);
                    Measured::ANYTHING
                }
                Link::Index(index) => {
                    self.expression(index);
                    self.add(1.0);
                    match value.kind {
                        Type::List(below) | Type::Map(below) => self.sizes.below(below),
                        _ => Measured::ANYTHING,
                    }
                }
                Link::Call(name, arguments) => match Macro::of(name, arguments) {
                    Some(call) => self.rounds(value, name, call),
                    None => self.call(value, name, arguments),
                },
            };
        }
        value
    }

    fn bind(&mut self, arguments: &[Expression<'r>]) -> Measured<'a> {
        let [Expression::Name(variable), value, body] = arguments else {
            self.all(arguments);
            return Measured::ANYTHING;
        };
        let value = self.expression(value);
        self.variables.push((variable, value));
        let body = self.expression(body);
        self.variables.pop();
        body
    }

    /// A macro, which asks the same of each item or key.
    fn rounds(&mut self, value: Measured<'a>, name: &str, call: Macro<'_, 'r>) -> Measured<'a> {
        let item = match value.kind {
            Type::List(below) => self.sizes.below(below),
            // The server takes the keys of maps for small.
            Type::Map(_) | Type::Object(..) => Measured::text(0.0),
            _ => Measured::ANYTHING,
        };
        let (before, held) = (self.cost, self.variables.len());
        self.cost = 0.0;
        let variables = call.variables.into_iter();
        self.variables
            .extend(variables.map(|variable| (variable, item)));
        self.all(call.asked);
        self.variables.truncate(held);
        let makes_list = !matches!(name, "all" | "exists" | "exists_one" | "existsOne");
        let made = if makes_list { OF_A_LIST } else { 0.0 };
        let round = self.cost + OF_A_ROUND + made;
        self.cost = before;
        self.add(round * value.most);
        match makes_list {
            true => Measured {
                kind: if name == "filter" {
                    value.kind
                } else {
                    Type::List(None)
                },
                most: value.most,
            },
            false => Measured::BOOL,
        }
    }

    fn call(
        &mut self,
        value: Measured<'a>,
        name: &str,
        arguments: &[Expression<'r>],
    ) -> Measured<'a> {
        let values = self.all(arguments);
        let of_argument = values.first().map_or(1.0, |value| value.most);
        self.add(1.0);
        match name {
            "size" | "hasValue" | "isZero" => Measured::SMALL,
            "value" | "orValue" | "or" | "optional" => value,
            "startsWith" | "endsWith" => {
                self.add(of_argument * OF_A_BYTE);
                Measured::BOOL
            }
            "contains" => {
                self.add((value.most * OF_A_BYTE).max(1.0) * (of_argument * OF_A_BYTE).max(1.0));
                Measured::BOOL
            }
            "matches" | "find" | "findAll" => {
                const OF_A_PATTERN: f64 = 0.25;
                self.add((value.most + 1.0) * OF_A_BYTE * (of_argument * OF_A_PATTERN).max(1.0));
                value
            }
            "split" => {
                self.add(value.most * OF_A_BYTE);
                Measured {
                    kind: Type::List(None),
                    most: value.most,
                }
            }
            "join" => {
                let of_items = match value.kind {
                    Type::List(below) => self.sizes.below(below).most,
                    _ => REQUEST,
                };
                let most = (value.most * of_items).min(HUGE);
                self.add(most * OF_A_BYTE);
                Measured::text(most)
            }
            // Of lists.
            "sum" | "min" | "max" | "isSorted" | "sort" => {
                self.add(value.most);
                Measured::ANYTHING
            }
            _ => {
                self.add(value.most.max(of_argument) * OF_A_BYTE);
                value
            }
        }
    }

    fn field(&mut self, value: Measured<'a>, name: &str) -> Measured<'a> {
        match value.kind {
            Type::Map(below) => self.sizes.below(below),
            Type::Metadata => Measured::text(253.0),
            Type::Object(schema, is_whole) => match value_type::field(schema, name) {
                Some(below) => self.sizes.below(Some(below)),
                None => Measured {
                    kind: of_fields(schema, is_whole, name).unwrap_or(Type::Unknown),
                    most: 253.0,
                },
            },
            _ => Measured::ANYTHING,
        }
    }
}

/// Whether a function goes through the text that it is given. That `duration` and `timestamp` do counts for nothing with the server.
fn reads_text(name: &str) -> bool {
    matches!(
        name,
        "bytes"
            | "quantity"
            | "url"
            | "ip"
            | "cidr"
            | "semver"
            | "isQuantity"
            | "isURL"
            | "isIP"
            | "isCIDR"
            | "isSemver"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::expression::read;
    use super::{Sizes, cost_of};

    #[test]
    fn costs_grow_with_what_a_rule_goes_over() {
        let schema = json!({"type": "object", "properties": {
            "few": {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 10}},
            "many": {"type": "array", "items": {"type": "string"}},
            "name": {"type": "string", "maxLength": 63},
            "map": {"type": "object", "additionalProperties": {"type": "string"}},
            "thousand": {"type": "array", "maxItems": 1_000, "items": {"type": "string", "maxLength": 1_000}},
            "text": {"type": "string"},
        }});
        let cases = [
            ("self.name == 'a'", true),
            ("self.text == self.text", true),
            ("self.few.all(a, self.few.all(b, a != b))", true),
            ("self.many.all(a, a == 'x')", true),
            (
                "self.map.all(k, k.startsWith('a') || k.contains('/'))",
                true,
            ),
            ("self.few.all(a, a in self.map)", true),
            ("self.many.all(a, duration(a) > duration('0s'))", true),
            ("self.thousand.map(x, x).join(',').size() < 100", false),
            ("self.many.all(a, self.many.all(b, a != b))", false),
            ("self.text.matches('^[a-z]+$')", true),
            ("self.many.exists(a, a.contains(self.text))", false),
        ];
        for (rule, is_cheap) in cases {
            let schema = schema.as_object().unwrap();
            let cost = cost_of(&read(rule).unwrap(), schema, false, &mut Sizes::default());
            assert_eq!(cost < 15_000_000.0, is_cheap, "{rule}: {cost}");
        }
    }
}
