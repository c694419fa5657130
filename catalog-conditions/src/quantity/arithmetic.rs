//! Sums and differences of amounts.

use super::amount::Quantity;
use super::format::Format;
use crate::decimal::Decimal;

impl Quantity {
    /// The exact sum, written as the first amount is, or as the second if the first is zero: Kubernetes' rule.
    ///
    /// `None` if the sum spans more than 4,096 digits, as that of `1e999999999` and `1` does, or leaves what can be written.
    ///
    /// ```
    /// use catalog_conditions::quantity::Quantity;
    /// let nodes = ["7820Mi", "15942Mi", "500m"];
    /// let total = nodes.iter().try_fold(Quantity::default(), |total, node| {
    ///     total.checked_add(&Quantity::parse(node).ok()?)
    /// });
    /// assert_eq!(total.unwrap().to_string(), "24916262912500m");
    /// ```
    #[must_use]
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        self.with_value(self.value.checked_add(&other.value)?, other)
    }

    /// The exact difference, as [`checked_add`](Self::checked_add) gives the sum. It may be negative.
    ///
    /// ```
    /// use catalog_conditions::quantity::Quantity;
    /// let allocatable = Quantity::parse("8Gi").unwrap();
    /// let asked = Quantity::parse("9Gi").unwrap();
    /// assert_eq!(allocatable.checked_sub(&asked).unwrap().to_string(), "-1Gi");
    /// ```
    #[must_use]
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        self.with_value(self.value.checked_sub(&other.value)?, other)
    }

    fn with_value(&self, value: Decimal, other: &Self) -> Option<Self> {
        let format: Format = if self.is_zero() {
            other.format
        } else {
            self.format
        };
        (value.scale() <= i64::from(i32::MAX)).then(|| Self::new(value, format))
    }
}
