//! Sums, products and rounding, digit by digit: each costs no more than the digits that it reads and writes.

use std::cmp::Ordering;

use super::Decimal;

/// The most digits that a sum is written with. Two short texts can be so far apart (1e999999999 and 1) that their exact sum fills any memory.
const MOST_DIGITS: i64 = 4096;

impl Decimal {
    /// The exact sum; `None` if it spans more than 4096 digits.
    pub(crate) fn checked_add(&self, other: &Self) -> Option<Self> {
        if self.is_zero() {
            return Some(other.clone());
        }
        if other.is_zero() {
            return Some(self.clone());
        }
        let scale = self.scale().min(other.scale());
        let width = self.exponent.max(other.exponent).checked_sub(scale)?;
        if width > MOST_DIGITS {
            return None;
        }
        let width = usize::try_from(width).ok()?;
        let (larger, smaller) = match self.magnitude(other) {
            Ordering::Less => (other, self),
            _ => (self, other),
        };
        let (left, right) = (larger.spread(scale, width), smaller.spread(scale, width));
        let digits = if larger.negative == smaller.negative {
            add(&left, &right)
        } else {
            subtract(&left, &right)
        };
        Self::new(larger.negative, &text(&digits), "", scale)
    }

    /// The exact difference; `None` as for the sum.
    pub(crate) fn checked_sub(&self, other: &Self) -> Option<Self> {
        self.checked_add(&other.negated())
    }

    pub(crate) fn negated(&self) -> Self {
        Self {
            negative: !self.negative && !self.is_zero(),
            ..self.clone()
        }
    }

    /// The number times 2^power, which must be at most 60; `None` beyond that.
    pub(crate) fn times_power_of_two(&self, power: u32) -> Option<Self> {
        // Nine times 2^60 and a carry of as much again stay within 64 bits.
        if power > 60 {
            return None;
        }
        let mut carry = 0_u64;
        let mut digits = Vec::with_capacity(self.digits.len() + 20);
        for digit in self.digits.bytes().rev() {
            carry += u64::from(digit - b'0') << power;
            digits.push(last_digit(carry));
            carry /= 10;
        }
        while carry > 0 {
            digits.push(last_digit(carry));
            carry /= 10;
        }
        Self::new(self.negative, &text(&digits), "", self.scale())
    }

    /// The number with at most so many places behind the point. What does not fit is rounded away from zero.
    pub(crate) fn rounded_away(&self, places: u32) -> Self {
        let kept = self.exponent.saturating_add(i64::from(places));
        if self.is_zero() || self.scale() >= -i64::from(places) {
            return self.clone();
        }
        let kept = usize::try_from(kept).unwrap_or(0);
        let head = self.digits.as_bytes().get(..kept).unwrap_or_default();
        let digits: Vec<u8> = head.iter().rev().map(|digit| digit - b'0').collect();
        // Something other than zero is cut off, for the last digit is none.
        let digits = add(&digits, &[1]);
        Self::new(self.negative, &text(&digits), "", -i64::from(places)).unwrap_or(Self::ZERO)
    }

    /// So many digits, the lowest first, of which the first counts 10^scale.
    fn spread(&self, scale: i64, width: usize) -> Vec<u8> {
        let zeros = usize::try_from(self.scale().saturating_sub(scale)).unwrap_or(0);
        let mut digits = vec![0; zeros];
        digits.extend(self.digits.bytes().rev().map(|digit| digit - b'0'));
        digits.resize(width.max(digits.len()), 0);
        digits
    }
}

/// The sum of two numbers of digits, the lowest first.
fn add(left: &[u8], right: &[u8]) -> Vec<u8> {
    let length = left.len().max(right.len());
    let mut sum = Vec::with_capacity(length + 1);
    let mut carry = 0;
    for at in 0..length {
        let digit = |number: &[u8]| number.get(at).copied().unwrap_or(0);
        let total = digit(left) + digit(right) + carry;
        sum.push(total % 10);
        carry = total / 10;
    }
    sum.push(carry);
    sum
}

/// The difference of two numbers of digits, the lowest first, the first of which is no smaller.
fn subtract(left: &[u8], right: &[u8]) -> Vec<u8> {
    let mut difference = Vec::with_capacity(left.len());
    let mut borrow = 0;
    for (at, digit) in left.iter().enumerate() {
        let taken = right.get(at).copied().unwrap_or(0) + borrow;
        borrow = u8::from(*digit < taken);
        difference.push(digit + 10 * borrow - taken);
    }
    difference
}

fn last_digit(number: u64) -> u8 {
    u8::try_from(number % 10).unwrap_or(0)
}

/// Digits, the lowest first, as they are written.
fn text(digits: &[u8]) -> String {
    digits
        .iter()
        .rev()
        .map(|digit| char::from(b'0' + digit))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    fn read(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
    }

    #[test]
    fn sums_are_exact() {
        let cases = [
            ("0.1", "0.2", "0.3"),
            ("999.9", "0.1", "1000"),
            ("5", "-5", "0"),
            ("-1", "0.001", "-0.999"),
            ("1e40", "-1", "9999999999999999999999999999999999999999"),
            ("1e999999999", "0", "1e999999999"),
        ];
        for (left, right, sum) in cases {
            let (left, right) = (read(left), read(right));
            assert_eq!(left.checked_add(&right), Some(read(sum)));
            assert_eq!(right.checked_add(&left), Some(read(sum)));
            assert_eq!(read(sum).checked_sub(&right), Some(left));
        }
        assert_eq!(read("1e999999999").checked_add(&read("1")), None);
    }

    #[test]
    fn rounding_goes_away_from_zero() {
        let cases = [
            ("0.25", 2, "0.25"),
            ("0.251", 2, "0.26"),
            ("-0.251", 2, "-0.26"),
            ("0.999", 2, "1"),
            ("1e-999999999", 9, "0.000000001"),
            ("1e999999999", 9, "1e999999999"),
            ("123.4", 0, "124"),
            ("0", 0, "0"),
        ];
        for (text, places, rounded) in cases {
            assert_eq!(read(text).rounded_away(places), read(rounded), "{text}");
        }
    }

    #[test]
    fn powers_of_two_multiply() {
        let cases = [
            ("1.5", 10, "1536"),
            ("-0.025", 40, "-27487790694.4"),
            ("0", 60, "0"),
        ];
        for (text, power, product) in cases {
            assert_eq!(read(text).times_power_of_two(power), Some(read(product)));
        }
        let most = read("9999999999").times_power_of_two(60);
        let expected = (9_999_999_999_u128 << 60).to_string();
        assert_eq!(most, Some(read(&expected)));
        assert_eq!(read("1").times_power_of_two(61), None);
    }
}
