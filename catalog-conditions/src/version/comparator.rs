//! One comparator of a range: an operator and a version.

use std::fmt;

use super::cut::Cut;
use super::operand::{Dialect, Operand};
use super::package_version::Version;
use super::set::VersionSet;

/// What a comparator asks of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Tilde,
    Caret,
    /// Terraform's `~>`: only the last number given may grow.
    Pessimistic,
}

impl Operator {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Operator::Equal => "=",
            Operator::NotEqual => "!=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Tilde => "~",
            Operator::Caret => "^",
            Operator::Pessimistic => "~>",
        }
    }
}

/// An operator and its operand. Comparators that mean the same by definition are made the same: `~1.2` is `1.2.x`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Comparator {
    operator: Operator,
    operand: Operand,
}

impl Comparator {
    /// The comparator in its simplest form. The operand is no bare wildcard: that is no comparator.
    pub(super) fn new(operator: Operator, operand: Operand) -> Self {
        use Operator::{Caret, Equal, GreaterOrEqual, Less, Pessimistic, Tilde};
        let pinned = operand.is_pinned();
        match (operator, operand.given) {
            (GreaterOrEqual | Less, _) => Self {
                operator,
                operand: operand.filled(),
            },
            (Tilde | Caret | Pessimistic, 1 | 2) if pinned => Self { operator, operand },
            (Tilde, 1 | 2) | (Caret | Pessimistic, 1) => Self {
                operator: Equal,
                operand,
            },
            (Pessimistic, 3) => Self {
                operator: Tilde,
                operand,
            },
            (Tilde | Caret | Pessimistic, _) => Self { operator, operand },
            _ if pinned => Self {
                operator,
                operand: operand.filled(),
            },
            _ => Self { operator, operand },
        }
    }

    /// The one version that this asks for, if it asks for one.
    pub(super) fn exact(&self) -> Option<&Version> {
        (self.operator == Operator::Equal && !self.operand.is_line())
            .then_some(&self.operand.version)
    }

    /// The version whose prereleases this admits: a bound that names one. What is ruled out is no bound.
    pub(super) fn named_prerelease(&self) -> Option<[u64; 3]> {
        let names = self.operator != Operator::NotEqual && self.operand.version.is_prerelease();
        names.then(|| self.operand.version.core())
    }

    /// The versions that this takes, by order.
    pub(super) fn set(&self, dialect: Dialect) -> VersionSet {
        let plain = self.plain_set();
        if dialect == Dialect::Package || self.operand.version.is_prerelease() {
            return plain;
        }
        plain.difference(&own_prereleases(&self.operand.version))
    }

    fn plain_set(&self) -> VersionSet {
        let version = &self.operand.version;
        let low = Cut::before(version);
        match self.operator {
            Operator::Equal => VersionSet::between(low, self.behind()),
            Operator::NotEqual => VersionSet::between(low, self.behind()).complement(),
            Operator::Greater => VersionSet::between(self.behind(), Cut::End),
            Operator::GreaterOrEqual => VersionSet::between(low, Cut::End),
            Operator::Less => VersionSet::between(Cut::Start, low),
            Operator::LessOrEqual => VersionSet::between(Cut::Start, self.behind()),
            Operator::Tilde | Operator::Caret | Operator::Pessimistic => {
                VersionSet::between(low, Cut::behind_line(version.core(), self.kept()))
            }
        }
    }

    /// Just behind the version, or the line, that the operand is.
    fn behind(&self) -> Cut {
        let Operand { version, given } = &self.operand;
        if self.operand.is_line() {
            Cut::behind_line(version.core(), *given)
        } else {
            Cut::behind(version)
        }
    }

    /// How many of the numbers may not change, for the operators that let the rest grow.
    fn kept(&self) -> u8 {
        let given = self.operand.given;
        match (self.operator, self.operand.version.core()) {
            (Operator::Pessimistic, _) => given.saturating_sub(1).max(1),
            (Operator::Caret, [0, 0, _]) => given,
            (Operator::Caret, [0, _, _]) => given.min(2),
            (Operator::Caret, _) => given.min(1),
            _ => given.min(2),
        }
    }
}

/// The prereleases of the very version that a bound is: a bound of a cluster range that names none keeps them out.
fn own_prereleases(version: &Version) -> VersionSet {
    let lowest = Version::from_parts(version.core(), "0", "");
    let release = Version::from_parts(version.core(), "", "");
    VersionSet::between(Cut::before(&lowest), Cut::before(&release))
}

impl fmt::Display for Comparator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.operator {
            // A line says by its wildcard that it is one.
            Operator::Equal if self.operand.is_line() => {}
            operator => formatter.write_str(operator.as_str())?,
        }
        match self.operator {
            Operator::Tilde | Operator::Caret | Operator::Pessimistic => {
                self.operand.write(formatter, "")
            }
            _ => self.operand.write(formatter, ".x"),
        }
    }
}
