//! Expressions that are plain values.

use hcl_edit::expr::{Expression, ObjectKey, UnaryOperator};
use hcl_edit::template::Element;
use serde_json::{Map, Number, Value};

/// The value of an expression that needs no evaluation; `None` for one that does: references, functions, interpolations.
///
/// Recursion is bounded by the parser, which nests no deeper than 64.
pub(super) fn literal(expression: &Expression) -> Option<Value> {
    Some(match expression {
        Expression::Null(_) => Value::Null,
        Expression::Bool(value) => Value::Bool(*value.value()),
        Expression::Number(number) => Value::Number(exact(number.value())?),
        Expression::String(text) => Value::String(text.value().clone()),
        Expression::StringTemplate(template) => Value::String(text(template.iter())?),
        Expression::HeredocTemplate(heredoc) => Value::String(text(heredoc.template.iter())?),
        Expression::Parenthesis(inside) => literal(inside.inner())?,
        Expression::UnaryOp(operation) if *operation.operator.value() == UnaryOperator::Neg => {
            negated(&literal(&operation.expr)?)?
        }
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

/// A whole number as one, another as a floating-point number.
fn exact(number: &hcl_edit::Number) -> Option<Number> {
    let whole = number
        .as_i64()
        .map(Number::from)
        .or_else(|| number.as_u64().map(Number::from));
    whole.or_else(|| Number::from_f64(number.as_f64()?))
}

fn negated(value: &Value) -> Option<Value> {
    let number = value.as_number()?;
    if let Some(whole) = number.as_i64().and_then(i64::checked_neg) {
        return Some(whole.into());
    }
    Number::from_f64(-number.as_f64()?).map(Value::Number)
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
