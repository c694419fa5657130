//! An amount: its value, and how it was written.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use super::error::QuantityError;
use super::format::Format;
use crate::decimal::Decimal;

/// An amount of something, exactly as Kubernetes' `resource.Quantity` reads, compares and writes it.
///
/// The value is a decimal number of any size, with at most nine places behind the point. Equality, order and hash are by value:
/// `1Gi`, `1024Mi` and `1073741824` are one amount. How it was written decides only how it is written again ([`format`](Self::format)).
///
/// ```
/// use catalog_conditions::quantity::Quantity;
/// assert_eq!(Quantity::parse("0.5").unwrap(), Quantity::parse("500m").unwrap());
/// assert!(Quantity::parse("1Ki").unwrap() > Quantity::parse("1k").unwrap());
/// assert!(Quantity::parse("1 GB").is_err());
/// ```
#[derive(Clone, Debug)]
pub struct Quantity {
    pub(super) value: Decimal,
    pub(super) format: Format,
    /// The text that it was read from, where Kubernetes keeps that.
    pub(super) written: Option<Box<str>>,
}

impl Quantity {
    pub(super) fn new(value: Decimal, format: Format) -> Self {
        Self {
            value,
            format,
            written: None,
        }
    }

    /// Which kind of suffix it is written with.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether it is nothing at all.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.value.is_zero()
    }

    /// Whether it is below zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.value.is_negative()
    }

    /// The value, if it is a whole number of 64 bits.
    ///
    /// ```
    /// use catalog_conditions::quantity::Quantity;
    /// assert_eq!(Quantity::parse("-2Ki").unwrap().as_i64(), Some(-2048));
    /// assert_eq!(Quantity::parse("1500m").unwrap().as_i64(), None);
    /// assert_eq!(Quantity::parse("10E").unwrap().as_i64(), None);
    /// ```
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        let magnitude = i128::from(self.value.whole_magnitude()?);
        let sign = if self.is_negative() { -1 } else { 1 };
        i64::try_from(sign * magnitude).ok()
    }
}

impl Default for Quantity {
    /// Zero, to begin a sum with.
    fn default() -> Self {
        Self::new(Decimal::ZERO, Format::DecimalSi)
    }
}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Quantity {}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Quantity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}
