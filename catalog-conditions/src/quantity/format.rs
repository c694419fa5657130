//! Writing an amount.

use std::fmt;

use super::amount::Quantity;
use super::unit::{BINARY, DECIMAL};

/// Which kind of suffix an amount is written with. There are these three and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Powers of ten by a letter: `1500m`, `12M`.
    DecimalSi,
    /// Powers of 1024 by two letters: `12Mi`.
    BinarySi,
    /// Powers of ten in digits: `12e6`.
    DecimalExponent,
}

impl Quantity {
    /// The canonical text: no fraction, the largest suffix that loses nothing, no plus sign. An amount that no binary suffix writes
    /// exactly has a decimal one, and what is beyond `E` an exponent.
    ///
    /// ```
    /// use catalog_conditions::quantity::Quantity;
    /// for (text, canonical) in [("1.5", "1500m"), ("0.5Gi", "512Mi"), ("2048", "2048"), ("12e2", "1200"), ("5000E", "5e21")] {
    ///     assert_eq!(Quantity::parse(text).unwrap().canonical(), canonical);
    /// }
    /// ```
    #[must_use]
    pub fn canonical(&self) -> String {
        if self.is_zero() {
            return "0".to_owned();
        }
        let sign = if self.is_negative() { "-" } else { "" };
        let number = match self.format {
            Format::BinarySi => self.binary(),
            Format::DecimalSi | Format::DecimalExponent => None,
        };
        format!("{sign}{}", number.unwrap_or_else(|| self.decimal()))
    }

    /// With a binary suffix; `None` for what is below 1024, not whole, or so much that it would not read back.
    fn binary(&self) -> Option<String> {
        let mut number = self.value.whole_magnitude()?;
        let bounds = 1024..=i64::MAX.unsigned_abs();
        if !bounds.contains(&number) {
            return None;
        }
        let mut suffix = "";
        for (name, _) in BINARY {
            if !number.is_multiple_of(1024) {
                break;
            }
            number /= 1024;
            suffix = name;
        }
        Some(format!("{number}{suffix}"))
    }

    /// With a power of ten that is a multiple of three.
    fn decimal(&self) -> String {
        let scale = self.value.scale();
        let zeros = usize::try_from(scale.rem_euclid(3)).unwrap_or(0);
        let power = scale - scale.rem_euclid(3);
        let digits = self.value.digits().to_owned() + &"0".repeat(zeros);
        let letter = DECIMAL
            .iter()
            .find(|(_, letter_power)| i64::from(*letter_power) == power)
            .map(|(name, _)| name);
        match (self.format, letter) {
            (_, Some(&"")) => digits,
            (Format::DecimalSi | Format::BinarySi, Some(letter)) => digits + letter,
            _ => format!("{digits}e{power}"),
        }
    }
}

impl fmt::Display for Quantity {
    /// As Kubernetes writes it back: the [canonical](Quantity::canonical) text, but a short text that was read and is all but canonical
    /// already (`+5`, `1.500`, `1E3`) as it stood.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.written {
            Some(text) => f.write_str(text),
            None => f.write_str(&self.canonical()),
        }
    }
}
