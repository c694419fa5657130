//! A decimal number: its text, and its order.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Number;

/// A decimal number of any size and precision: ±0.d₁d₂… × 10^exponent, without leading or trailing zeros among the digits.
///
/// Two spellings of one number are equal (1, 1.0, 1e0). Comparing costs no more than the digits written, whatever the exponent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Decimal {
    pub(super) negative: bool,
    /// ASCII digits; empty for zero.
    pub(super) digits: String,
    pub(super) exponent: i64,
}

impl Decimal {
    pub(crate) const ZERO: Self = Self {
        negative: false,
        digits: String::new(),
        exponent: 0,
    };

    /// Reads JSON's number syntax and nothing else; `None` also for an exponent beyond ±10^15, which no number needs.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if !is_digits(whole) || leading_zero || !fraction.is_none_or(is_digits) {
            return None;
        }
        Self::new(negative, whole, fraction.unwrap_or_default(), exponent)
    }

    /// A JSON number as it is held: a floating-point one counts as the shortest decimal that reads back as it.
    pub(crate) fn from_number(number: &Number) -> Self {
        let text = number.to_string();
        Self::parse(&text).unwrap_or_else(|| Self::beyond(&text))
    }

    /// A number whose exponent is beyond all bounds: next to nothing, or more than any other. Only a JSON library that keeps numbers as
    /// they were written holds such.
    fn beyond(text: &str) -> Self {
        if text.contains("e-") || text.contains("E-") {
            return Self::ZERO;
        }
        Self {
            negative: text.starts_with('-'),
            digits: "1".to_owned(),
            exponent: i64::MAX / 4,
        }
    }

    /// Whether it has no fraction.
    pub(crate) fn is_whole(&self) -> bool {
        i64::try_from(self.digits.len()).is_ok_and(|length| length == 0 || length <= self.exponent)
    }

    /// `whole.fraction` × 10^exponent, of ASCII digits, either of which may be empty; `None` where the exponent leaves 64 bits.
    pub(crate) fn new(negative: bool, whole: &str, fraction: &str, exponent: i64) -> Option<Self> {
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        let leading = i64::try_from(all.len() - significant.len()).ok()?;
        let digits = significant.trim_end_matches('0');
        let point = i64::try_from(whole.len()).ok()?;
        let zero = digits.is_empty();
        Some(Self {
            negative: negative && !zero,
            digits: digits.to_owned(),
            exponent: if zero {
                0
            } else {
                exponent.checked_add(point)?.checked_sub(leading)?
            },
        })
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether it lies between -1 and 1.
    pub(crate) fn is_below_one(&self) -> bool {
        self.exponent <= 0
    }

    /// The digits without sign, leading and trailing zeros; empty for zero.
    pub(crate) fn digits(&self) -> &str {
        &self.digits
    }

    /// The power of ten that the last digit counts: 3 for 5000, -2 for 0.25.
    pub(crate) fn scale(&self) -> i64 {
        let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        self.exponent.saturating_sub(length)
    }

    /// The number without its sign, if it is a whole one of 64 bits.
    pub(crate) fn whole_magnitude(&self) -> Option<u64> {
        if self.is_zero() {
            return Some(0);
        }
        let power = u32::try_from(self.scale()).ok()?;
        let digits: u64 = self.digits.parse().ok()?;
        digits.checked_mul(10_u64.checked_pow(power)?)
    }

    /// How the numbers stand to each other without their signs.
    pub(super) fn magnitude(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self
                .exponent
                .cmp(&other.exponent)
                .then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let magnitude: i64 = is_digits(digits).then(|| digits.parse().ok())??;
    let small = magnitude <= 1_000_000_000_000_000;
    small.then_some(if text.starts_with('-') {
        -magnitude
    } else {
        magnitude
    })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        let digits = number.unsigned_abs().to_string();
        Self::new(number < 0, &digits, "", 0).unwrap_or(Self::ZERO)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    /// Plain digits where they are few (`0.001`, `1500`), else with an exponent (`1e40`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.digits.is_empty() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        if !(-5..=25).contains(&self.exponent) {
            let (first, rest) = self
                .digits
                .split_at_checked(1)
                .unwrap_or((&self.digits, ""));
            let point = if rest.is_empty() { "" } else { "." };
            return write!(f, "{first}{point}{rest}e{}", self.exponent - 1);
        }
        if self.exponent <= 0 {
            let zeros = usize::try_from(-self.exponent).unwrap_or(0);
            return write!(f, "0.{}{}", "0".repeat(zeros), self.digits);
        }
        let whole = usize::try_from(self.exponent).unwrap_or(0);
        match self.digits.split_at_checked(whole) {
            Some((whole, "")) => f.write_str(whole),
            Some((whole, fraction)) => write!(f, "{whole}.{fraction}"),
            None => {
                let zeros = usize::try_from(self.exponent - length).unwrap_or(0);
                write!(f, "{}{}", self.digits, "0".repeat(zeros))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;
    use std::cmp::Ordering;

    fn read(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
    }

    #[test]
    fn numbers_compare_by_value() {
        let cases = [
            ("1", "1.0", Ordering::Equal),
            ("1", "1e0", Ordering::Equal),
            ("100", "1E+2", Ordering::Equal),
            ("0", "-0.0e5", Ordering::Equal),
            ("9007199254740993", "9007199254740992", Ordering::Greater),
            ("0.1", "0.10000000000000000001", Ordering::Less),
            ("-2", "-1", Ordering::Less),
            ("-1", "0", Ordering::Less),
            ("99", "100", Ordering::Less),
            ("0.02", "0.1", Ordering::Less),
            ("1e999999999999", "1e999999999998", Ordering::Greater),
        ];
        for (left, right, order) in cases {
            assert_eq!(read(left).cmp(&read(right)), order, "{left} to {right}");
            assert_eq!(
                read(right).cmp(&read(left)),
                order.reverse(),
                "{right} to {left}"
            );
        }
    }

    #[test]
    fn only_the_syntax_of_json_is_read() {
        for text in [
            "",
            "-",
            "01",
            "1.",
            ".5",
            "+1",
            "1e",
            "0x10",
            " 1",
            "1_0",
            "NaN",
            "1e9999999999999999999",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_canonical_text_is_plain_where_short() {
        let cases = [
            ("1.50", "1.5"),
            ("1e3", "1000"),
            ("-0", "0"),
            ("0.0010", "0.001"),
            ("1e40", "1e40"),
            ("12.5e-30", "1.25e-29"),
            ("-1234.5", "-1234.5"),
            ("100", "100"),
        ];
        for (text, canonical) in cases {
            assert_eq!(read(text).to_string(), canonical);
            assert_eq!(read(canonical), read(text));
        }
    }
}
