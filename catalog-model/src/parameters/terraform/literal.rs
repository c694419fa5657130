//! Expressions that are plain values.

use hcl_edit::expr::{Expression, ObjectKey, UnaryOperator};
use hcl_edit::template::Element;
use serde_json::{Map, Value};

use super::number::number;

/// The value of an expression that needs no evaluation; `None` for one that does: references, functions, interpolations.
///
/// Recursion is bounded by the parser, which nests no deeper than 64.
pub(super) fn literal(expression: &Expression) -> Option<Value> {
    Some(match expression {
        Expression::Null(_) => Value::Null,
        Expression::Bool(value) => Value::Bool(*value.value()),
        Expression::Number(_) | Expression::UnaryOp(_) => number(&digits(expression)?),
        Expression::String(text) => Value::String(text.value().clone()),
        Expression::StringTemplate(template) => Value::String(text(template.iter())?),
        Expression::HeredocTemplate(heredoc) => Value::String(text(heredoc.template.iter())?),
        Expression::Parenthesis(inside) => literal(inside.inner())?,
        Expression::Array(items) => Value::Array(items.iter().map(literal).collect::<Option<_>>()?),
        Expression::Object(object) => {
            let entry = |(key, value): (&ObjectKey, &hcl_edit::expr::ObjectValue)| {
                Some((name(key)?, literal(value.expr())?))
            };
            Value::Object(object.iter().map(entry).collect::<Option<Map<_, _>>>()?)
        }
        _ => return None,
    })
}

/// A number as it is written, with the minus signs before it. The parser's own has lost the digits that a `f64` has no room for.
fn digits(expression: &Expression) -> Option<String> {
    match expression {
        Expression::Number(number) => {
            let written: &str = number.as_repr()?;
            // Space or a comment may stand behind the sign.
            let is_other =
                |c: char| !(c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
            let digits = written.rsplit(is_other).next()?.trim_start_matches('-');
            let sign = if written.starts_with('-') { "-" } else { "" };
            Some(format!("{sign}{digits}"))
        }
        Expression::Parenthesis(inside) => digits(inside.inner()),
        Expression::UnaryOp(operation) if *operation.operator.value() == UnaryOperator::Neg => {
            let digits = digits(&operation.expr)?;
            Some(match digits.strip_prefix('-') {
                Some(digits) => digits.to_owned(),
                None => format!("-{digits}"),
            })
        }
        _ => None,
    }
}

/// A template without interpolations and directives.
fn text<'e>(elements: impl Iterator<Item = &'e Element>) -> Option<String> {
    elements
        .map(|element| element.as_literal().map(|text| text.value().as_str()))
        .collect()
}

/// The name of an object's attribute.
pub(super) fn name(key: &ObjectKey) -> Option<String> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str().to_owned()),
        ObjectKey::Expression(expression) => match literal(expression)? {
            Value::String(name) => Some(name),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        },
    }
}
