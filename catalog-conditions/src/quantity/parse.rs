//! Reading an amount.

use super::amount::Quantity;
use super::error::{Problem, QuantityError};
use super::format::Format;
use super::unit::Unit;
use crate::decimal::Decimal;

/// The places behind the point that are kept: nano.
const PLACES: u32 = 9;

/// How many digits Kubernetes' fast path holds.
const SHORT: usize = 18;

impl Quantity {
    /// Reads an amount as Kubernetes' `resource.ParseQuantity` does (apimachinery 0.36), in time and memory that grow with the text only:
    /// an optional sign, a number with or without a point, and a suffix: `n u m k M G T P E` for powers of ten, `Ki Mi Gi Ti Pi Ei` for
    /// powers of 1024, or an exponent such as `e3`.
    ///
    /// - What is finer than a nano is rounded away from zero, so that asking for very little never becomes asking for nothing.
    /// - An amount with a binary suffix is capped at ±(2^63-1), as `8Ei` is. Others have no bound.
    /// - Where Kubernetes takes a number without digits as zero (`.`, `Gi`), so does this.
    /// - An exponent beyond 32 bits is refused, where Kubernetes silently reads another number.
    ///
    /// ```
    /// use catalog_conditions::quantity::Quantity;
    /// assert_eq!(Quantity::parse("0.1n").unwrap().to_string(), "1n");
    /// assert_eq!(Quantity::parse("8Ei").unwrap().to_string(), "9223372036854775807");
    /// assert_eq!(
    ///     Quantity::parse("2GB").unwrap_err().to_string(),
    ///     "`2GB` is not a quantity: `GB` is no unit; write `G` for powers of 1000 or `Gi` for powers of 1024"
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// Where Kubernetes refuses: no number, white space, an unknown suffix; and as said above.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        read(text).map_err(|problem| QuantityError::new(text, problem))
    }
}

fn read(text: &str) -> Result<Quantity, Problem> {
    if text.is_empty() {
        return Err(Problem::Empty);
    }
    if text.contains(char::is_whitespace) {
        return Err(Problem::WhiteSpace);
    }
    let parts = Parts::split(text);
    let unit = match Unit::parse(parts.suffix) {
        Ok(unit) if parts.has_digits || parts.is_short(unit) => unit,
        Err(problem) if parts.has_digits => return Err(problem),
        _ => return Err(Problem::NoNumber),
    };
    let value = parts.value(unit).ok_or(Problem::Exponent)?;
    let format = match unit {
        // A binary suffix writes whole numbers only.
        Unit::Binary(_) if value.is_below_one() && !value.is_zero() => Format::DecimalSi,
        unit => unit.format(),
    };
    let mut quantity = Quantity::new(value, format);
    if parts.is_short(unit) && parts.is_kept(unit) {
        quantity.written = Some(text.into());
    }
    Ok(quantity)
}

/// A text, cut up.
struct Parts<'t> {
    negative: bool,
    /// Whether there is a digit before or behind the point.
    has_digits: bool,
    /// The digits before the point, without leading zeros.
    whole: &'t str,
    fraction: &'t str,
    suffix: &'t str,
}

impl<'t> Parts<'t> {
    fn split(text: &'t str) -> Self {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, rest) = split_digits(unsigned);
        let (fraction, suffix) = rest.strip_prefix('.').map_or(("", rest), split_digits);
        Self {
            negative: text.starts_with('-'),
            has_digits: !whole.is_empty() || !fraction.is_empty(),
            whole: whole.trim_start_matches('0'),
            fraction,
            suffix,
        }
    }

    /// Whether Kubernetes reads it on its fast path, which takes a missing number for zero, and keeps what is written canonically.
    fn is_short(&self, unit: Unit) -> bool {
        let digits = self.whole.len().max(1) + self.fraction.len();
        match unit {
            Unit::Decimal(power) | Unit::Exponent(power) => {
                digits <= SHORT && self.scale(power) >= -i64::from(PLACES)
            }
            Unit::Binary(power) => {
                let room = 14_usize.checked_sub(power as usize * 3 / 10);
                self.fraction.is_empty() && room.is_some_and(|room| digits <= room)
            }
        }
    }

    /// Whether Kubernetes takes a short number for canonical, and gives back the text itself.
    fn is_kept(&self, unit: Unit) -> bool {
        match unit {
            Unit::Decimal(power) | Unit::Exponent(power) => {
                let digits = format!("{}{}", self.whole, self.fraction);
                !self.whole.is_empty() && !digits.ends_with("000") && self.scale(power) % 3 == 0
            }
            Unit::Binary(_) => self
                .whole
                .parse::<u64>()
                .is_ok_and(|value| !value.is_multiple_of(8)),
        }
    }

    /// The power of ten that the last digit counts.
    fn scale(&self, power: i32) -> i64 {
        let places = i64::try_from(self.fraction.len()).unwrap_or(i64::MAX);
        i64::from(power).saturating_sub(places)
    }

    /// The value, rounded and capped; `None` if its exponent has no 32 bits.
    fn value(&self, unit: Unit) -> Option<Decimal> {
        let number = |power: i32| {
            Decimal::new(self.negative, self.whole, self.fraction, i64::from(power))
                .filter(|value| value.scale() <= i64::from(i32::MAX))
        };
        match unit {
            Unit::Decimal(power) | Unit::Exponent(power) => {
                Some(number(power)?.rounded_away(PLACES))
            }
            Unit::Binary(power) => {
                let product = number(0)?.times_power_of_two(power)?.rounded_away(PLACES);
                let most = Decimal::from(i64::MAX);
                Some(match product.is_negative() {
                    true => product.max(most.negated()),
                    false => product.min(most),
                })
            }
        }
    }
}

/// The digits that a text begins with, and the rest.
fn split_digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(end).unwrap_or((text, ""))
}
