//! The suffixes of an amount.

use super::error::Problem;
use super::format::Format;

/// What a suffix multiplies by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A power of ten by its letter: `m`, `k`, none.
    Decimal(i32),
    /// A power of two by its letters: `Ki`.
    Binary(u32),
    /// A power of ten in digits: `e3`, `E-6`.
    Exponent(i32),
}

pub(super) const DECIMAL: [(&str, i32); 10] = [
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("", 0),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];

pub(super) const BINARY: [(&str, u32); 6] = [
    ("Ki", 10),
    ("Mi", 20),
    ("Gi", 30),
    ("Ti", 40),
    ("Pi", 50),
    ("Ei", 60),
];

impl Unit {
    /// Reads a whole suffix. `E` alone is exa; with digits it is an exponent.
    pub(super) fn parse(suffix: &str) -> Result<Self, Problem> {
        if let Some((_, power)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
            return Ok(Self::Decimal(*power));
        }
        if let Some((_, power)) = BINARY.iter().find(|(name, _)| *name == suffix) {
            return Ok(Self::Binary(*power));
        }
        let unknown = || Problem::unit(suffix);
        let exponent = suffix.strip_prefix(['e', 'E']).ok_or_else(unknown)?;
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(unknown());
        }
        // Kubernetes cuts the exponent off at 32 bits, and reads 1e4294967296 as 1: that is nobody's meaning.
        let exponent = exponent.parse().map_err(|_| Problem::Exponent)?;
        Ok(Self::Exponent(exponent))
    }

    pub(super) fn format(self) -> Format {
        match self {
            Self::Decimal(_) => Format::DecimalSi,
            Self::Binary(_) => Format::BinarySi,
            Self::Exponent(_) => Format::DecimalExponent,
        }
    }
}
