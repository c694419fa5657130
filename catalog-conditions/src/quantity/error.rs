//! What is wrong with a text that should have been an amount.

use thiserror::Error;

use crate::show;

/// How much of a suffix a message repeats.
const LONGEST: usize = 20;

/// A text or value that is no amount.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{subject} is not a quantity: {problem}")]
pub struct QuantityError {
    subject: String,
    problem: Problem,
}

impl QuantityError {
    pub(super) fn new(text: &str, problem: Problem) -> Self {
        Self {
            subject: format!("`{}`", excerpt(text, 3 * LONGEST)),
            problem,
        }
    }

    /// For a value of a type that no quantity has.
    pub(super) fn of_kind(kind: &str) -> Self {
        let article = if kind == "null" { "" } else { "a " };
        Self {
            subject: format!("{article}{kind}"),
            problem: Problem::Kind,
        }
    }
}

/// Everything that can be wrong, worded for the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum Problem {
    #[error("it is empty; write a number, as in `500m` or `1.5Gi`")]
    Empty,
    #[error("it does not begin with a number; write one, as in `500m` or `1.5Gi`")]
    NoNumber,
    #[error("white space is not allowed; write the unit right behind the number")]
    WhiteSpace,
    #[error("`{0}` is no unit; the units are n, u, m, k, M, G, T, P, E and Ki, Mi, Gi, Ti, Pi, Ei")]
    Unit(String),
    #[error(
        "`{written}` is no unit; write `{decimal}` for powers of 1000 or `{binary}` for powers of 1024"
    )]
    EitherUnit {
        written: String,
        decimal: &'static str,
        binary: &'static str,
    },
    #[error("`{written}` is no unit; write `{unit}`")]
    OtherUnit { written: String, unit: &'static str },
    #[error("its exponent is beyond 32 bits; write a smaller one")]
    Exponent,
    #[error("write a number or a string, as in \"1.5Gi\"")]
    Kind,
}

impl Problem {
    /// A suffix that is none, and what was probably meant: `GB`, `gb`, `K`, `mi`, `GiB`.
    pub(super) fn unit(suffix: &str) -> Self {
        let written = excerpt(suffix, LONGEST);
        let lower = written.to_ascii_lowercase();
        let stem = lower.strip_suffix('b').unwrap_or(&lower);
        let (stem, is_binary) = stem
            .strip_suffix('i')
            .map_or((stem, false), |stem| (stem, true));
        let meant = [
            ("k", "k", "Ki"),
            ("m", "M", "Mi"),
            ("g", "G", "Gi"),
            ("t", "T", "Ti"),
            ("p", "P", "Pi"),
            ("e", "E", "Ei"),
        ]
        .into_iter()
        .find(|(letter, ..)| *letter == stem);
        match meant {
            Some((_, _, unit)) if is_binary => Self::OtherUnit { written, unit },
            Some((_, decimal, binary)) => Self::EitherUnit {
                written,
                decimal,
                binary,
            },
            None => Self::Unit(written),
        }
    }
}

/// As much of a text as a message can hold, with nothing invisible in it.
fn excerpt(text: &str, longest: usize) -> String {
    let mut chars = text.chars();
    let head: String = chars.by_ref().take(longest).collect();
    let more = if chars.next().is_some() { "…" } else { "" };
    show::one_line(&head) + more
}
