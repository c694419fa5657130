//! What is asked of a value.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use super::literal::Literal;
use super::reading::{Read, Reading};
use crate::version::{KubeVersionRange, Prereleases, VersionRange};

/// An operator with its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    Exists,
    NotExists,
    IsNull,
    Compare(Comparison, Literal),
    /// `in`.
    Among(Vec<Literal>),
    /// `notIn`.
    NotAmong(Vec<Literal>),
    Between(Literal, Literal),
    Range(Range),
}

/// The operators that compare with one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

/// A range of versions, and how a value is read to be asked whether it is in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Range {
    Semver(VersionRange),
    Image(VersionRange),
    Kube(KubeVersionRange),
}

/// What a test says of a value that is there and not null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Holds,
    Fails,
    /// Its type does not fit what is asked.
    Misfit,
}

impl Test {
    pub(crate) fn check(&self, actual: &Value) -> Verdict {
        match self {
            Self::Exists => Verdict::Holds,
            Self::NotExists | Self::IsNull => Verdict::Fails,
            Self::Compare(comparison, literal) => {
                let read = literal.read(actual);
                read.map_or(Verdict::Misfit, |read| {
                    verdict(comparison.holds(literal.compare(&read)))
                })
            }
            Self::Among(literals) => equals_one(literals, actual),
            Self::NotAmong(literals) => match equals_one(literals, actual) {
                Verdict::Holds => Verdict::Fails,
                Verdict::Fails => Verdict::Holds,
                Verdict::Misfit => Verdict::Misfit,
            },
            Self::Between(low, high) => low.read(actual).map_or(Verdict::Misfit, |read| {
                let above = Comparison::Ge.holds(low.compare(&read));
                verdict(above && Comparison::Le.holds(high.compare(&read)))
            }),
            Self::Range(range) => range.contains(actual).map_or(Verdict::Misfit, verdict),
        }
    }

    /// How values are read; `None` for a test that asks for presence alone.
    pub(crate) fn reading(&self) -> Option<Reading> {
        match self {
            Self::Exists | Self::NotExists | Self::IsNull => None,
            Self::Compare(_, literal) | Self::Between(literal, _) => Some(literal.reading()),
            Self::Among(literals) | Self::NotAmong(literals) => {
                literals.first().map(Literal::reading)
            }
            Self::Range(range) => Some(range.reading()),
        }
    }

    /// The values written, for checks against what is known of a field's type.
    pub(crate) fn literals(&self) -> &[Literal] {
        match self {
            Self::Compare(_, literal) | Self::Between(literal, _) => std::slice::from_ref(literal),
            Self::Among(literals) | Self::NotAmong(literals) => literals,
            Self::Exists | Self::NotExists | Self::IsNull | Self::Range(_) => &[],
        }
    }
}

fn verdict(holds: bool) -> Verdict {
    if holds {
        Verdict::Holds
    } else {
        Verdict::Fails
    }
}

/// A type fits if it is that of one of the values.
fn equals_one(literals: &[Literal], actual: &Value) -> Verdict {
    let mut fits = false;
    for literal in literals {
        if let Some(read) = literal.read(actual) {
            fits = true;
            if Comparison::Eq.holds(literal.compare(&read)) {
                return Verdict::Holds;
            }
        }
    }
    if fits {
        Verdict::Fails
    } else {
        Verdict::Misfit
    }
}

impl Comparison {
    pub(crate) const NAMES: [(&'static str, Self); 6] = [
        ("eq", Self::Eq),
        ("ne", Self::Ne),
        ("gt", Self::Gt),
        ("ge", Self::Ge),
        ("lt", Self::Lt),
        ("le", Self::Le),
    ];

    pub(crate) fn as_str(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, comparison)| *comparison == self)
            .map_or("", |(name, _)| name)
    }

    pub(crate) fn is_ordering(self) -> bool {
        !matches!(self, Self::Eq | Self::Ne)
    }

    /// Whether it holds for a value that stands so to the bound; without an order, only `ne` does.
    fn holds(self, order: Option<Ordering>) -> bool {
        match self {
            Self::Eq => order == Some(Ordering::Equal),
            Self::Ne => order != Some(Ordering::Equal),
            Self::Gt => order == Some(Ordering::Greater),
            Self::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            Self::Lt => order == Some(Ordering::Less),
            Self::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        }
    }
}

impl Range {
    fn reading(&self) -> Reading {
        match self {
            Self::Semver(_) => Reading::Semver,
            Self::Image(_) => Reading::ImageVersion,
            Self::Kube(_) => Reading::KubeVersion,
        }
    }

    fn contains(&self, actual: &Value) -> Option<bool> {
        match (self, self.reading().read(actual)?) {
            (Self::Semver(range) | Self::Image(range), Read::Version(version)) => {
                Some(range.matches(&version, Prereleases::Named))
            }
            (Self::Kube(range), Read::KubeVersion(version)) => Some(range.matches(&version)),
            _ => None,
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Semver(range) | Self::Image(range) => range.as_str(),
            Self::Kube(range) => range.as_str(),
        }
    }
}

impl fmt::Display for Test {
    /// What is expected: `eq "v1" (string)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists => f.write_str("exists"),
            Self::NotExists => f.write_str("notExists"),
            Self::IsNull => f.write_str("isNull"),
            Self::Compare(comparison, literal) => write!(f, "{} {literal}", comparison.as_str()),
            Self::Among(literals) => write!(f, "in {}", list(literals)),
            Self::NotAmong(literals) => write!(f, "notIn {}", list(literals)),
            Self::Between(low, high) => {
                let kind = match low.reading() {
                    Reading::Json => crate::show::kind(low.value()),
                    reading => reading.as_str(),
                };
                write!(
                    f,
                    "between {} and {} ({kind})",
                    crate::show::bare(low.value()),
                    crate::show::bare(high.value())
                )
            }
            Self::Range(range) => write!(
                f,
                "range {} ({})",
                crate::show::text(range.text()),
                range.reading().as_str()
            ),
        }
    }
}

fn list(literals: &[Literal]) -> String {
    let most = 8;
    let mut shown: Vec<String> = literals
        .iter()
        .take(most)
        .map(|literal| crate::show::bare(literal.value()))
        .collect();
    if literals.len() > most {
        shown.push(format!("… {} more", literals.len() - most));
    }
    let reading = literals.first().map_or(Reading::Json, Literal::reading);
    match reading {
        Reading::Json => format!("[{}]", shown.join(", ")),
        reading => format!("[{}] ({})", shown.join(", "), reading.as_str()),
    }
}
