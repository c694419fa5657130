//! Numbers, of which Terraform knows more digits than JSON's readers keep.

use serde_json::{Number, Value};

/// A number as it is written. One that 64 bits hold is a number; of another the text is kept, which Terraform converts without losing a
/// digit, and which every type that takes the number takes.
pub(super) fn number(text: &str) -> Value {
    let whole = text.parse().map(Number::from_i128).ok().flatten();
    match whole.or_else(|| floating(text)) {
        Some(number) => Value::Number(number),
        None => Value::String(text.to_owned()),
    }
}

/// The floating-point number whose shortest text says the same.
fn floating(text: &str) -> Option<Number> {
    let float: f64 = text.parse().ok()?;
    let number = Number::from_f64(float)?;
    (Decimal::read(text)? == Decimal::read(&format!("{float:e}"))?).then_some(number)
}

/// The digits of a number without zeros at either end, and the power of ten that the last stands for.
#[derive(PartialEq)]
struct Decimal {
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// `None` where the exponent is beyond all reason.
    fn read(text: &str) -> Option<Self> {
        let text = text.trim_start_matches(['-', '+']);
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let trimmed = digits.trim_end_matches('0');
        let dropped = i64::try_from(digits.len() - trimmed.len()).ok()?;
        let fraction = i64::try_from(fraction.len()).ok()?;
        let exponent = exponent.parse::<i64>().ok()?;
        let exponent = exponent.checked_sub(fraction)?.checked_add(dropped)?;
        let digits = trimmed.trim_start_matches('0').to_owned();
        Some(match digits.as_str() {
            "" => Self {
                digits,
                exponent: 0,
            },
            _ => Self { digits, exponent },
        })
    }
}
