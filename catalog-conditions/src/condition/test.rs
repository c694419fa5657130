//! What is asked of a value.

use std::fmt;

use serde_json::Value;

use super::age::Age;
use super::bound::Bound;
use super::comparison::Comparison;
use super::length::Length;
use super::literal::Literal;
use super::pattern::Pattern;
use super::range::Range;
use super::reading::{Read, Reading};
use super::status_condition::StatusCondition;
use crate::path::FieldPath;
use crate::timestamp::Timestamp;

/// An operator with its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    Exists,
    NotExists,
    IsNull,
    Compare(Comparison, Bound),
    /// `in`.
    Among(Vec<Literal>),
    /// `notIn`.
    NotAmong(Vec<Literal>),
    Between(Literal, Literal),
    Range(Range),
    Matches(Pattern),
    NotMatches(Pattern),
    Text(Part, String),
    /// `hasItem`, `hasAll`, `hasAny`, `hasNone`.
    Has(Wanted, Vec<Literal>),
    Length(Length),
    Age(Age),
    /// Looks at the object as a whole.
    Condition(StatusCondition),
}

/// Where in a string a text must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Start,
    End,
    Anywhere,
}

/// Which of several values a list must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Item,
    All,
    Any,
    None,
}

/// What a test says of a value that is there and not null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Holds,
    Fails,
    Unknown(Doubt),
}

/// Why a test cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// The value's type does not fit what is asked.
    Misfit,
    /// The field to compare with has no value that could be compared.
    Bound,
    /// The object has no such condition, or it says Unknown.
    NoCondition,
    /// Nobody says when the snapshot was taken.
    NoTime,
    /// The condition is older than the object's last change.
    StaleCondition,
}

/// What a test may look at beside the value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Around<'v> {
    /// The object that the value is in.
    pub(crate) object: &'v Value,
    /// When the snapshot was taken.
    pub(crate) now: Option<Timestamp>,
}

impl<'v> Around<'v> {
    /// The same, about another value.
    pub(crate) fn of(self, object: &'v Value) -> Self {
        Self { object, ..self }
    }
}

impl Test {
    pub(crate) fn check(&self, actual: &Value, around: Around<'_>) -> Verdict {
        match self {
            Self::Exists => Verdict::Holds,
            Self::NotExists | Self::IsNull => Verdict::Fails,
            Self::Compare(comparison, bound) => {
                Verdict::decided(bound.holds(*comparison, actual, around.object))
            }
            Self::Age(age) => Verdict::decided(age.holds(actual, around.now)),
            Self::Among(literals) => equals_one(literals, actual),
            Self::NotAmong(literals) => equals_one(literals, actual).not(),
            Self::Between(low, high) => Verdict::read(low.read(actual).map(|read| {
                let above = Comparison::Ge.holds(low.compare(&read));
                above && Comparison::Le.holds(high.compare(&read))
            })),
            Self::Range(range) => Verdict::read(range.contains(actual)),
            Self::Matches(pattern) => {
                Verdict::read(actual.as_str().map(|text| pattern.matches(text)))
            }
            Self::NotMatches(pattern) => {
                Verdict::read(actual.as_str().map(|text| !pattern.matches(text)))
            }
            Self::Text(part, wanted) => {
                Verdict::read(actual.as_str().map(|text| part.is_in(text, wanted)))
            }
            Self::Has(wanted, literals) => match actual {
                Value::Array(items) => wanted.check(literals, items),
                _ => Verdict::Unknown(Doubt::Misfit),
            },
            Self::Length(length) => Verdict::read(length.holds(actual)),
            Self::Condition(condition) => condition.check(actual),
        }
    }

    /// How values are read; `None` for a test that compares none.
    pub(crate) fn reading(&self) -> Option<Reading> {
        match self {
            Self::Compare(_, bound) => Some(bound.reading()),
            Self::Between(literal, _) => Some(literal.reading()),
            Self::Among(literals) | Self::NotAmong(literals) | Self::Has(_, literals) => {
                literals.first().map(Literal::reading)
            }
            Self::Range(range) => Some(range.reading()),
            Self::Exists
            | Self::NotExists
            | Self::IsNull
            | Self::Matches(_)
            | Self::NotMatches(_)
            | Self::Text(..)
            | Self::Length(_)
            | Self::Age(_)
            | Self::Condition(_) => None,
        }
    }

    /// The values written that the field itself is compared with, for checks against what is known of its type.
    pub(crate) fn literals(&self) -> &[Literal] {
        match self {
            Self::Compare(_, bound) => bound.as_literal().map_or(&[], std::slice::from_ref),
            Self::Between(literal, _) => std::slice::from_ref(literal),
            Self::Among(literals) | Self::NotAmong(literals) => literals,
            _ => &[],
        }
    }

    /// The fields of the object that the value is compared with.
    pub(crate) fn bound_paths(&self) -> impl Iterator<Item = &FieldPath> {
        let bound = match self {
            Self::Compare(_, Bound::Field(bound)) => Some(bound),
            _ => None,
        };
        bound
            .into_iter()
            .flat_map(|bound| std::iter::once(&bound.path).chain(&bound.minus))
    }

    /// Whether it asks for presence or absence itself.
    pub(crate) fn is_presence(&self) -> bool {
        matches!(self, Self::Exists | Self::NotExists | Self::IsNull)
    }
}

impl Verdict {
    pub(crate) fn of(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }

    /// What is asked of a value that was read, or not: then its type does not fit.
    fn read(holds: Option<bool>) -> Self {
        holds.map_or(Self::Unknown(Doubt::Misfit), Self::of)
    }

    pub(super) fn decided(holds: Result<bool, Doubt>) -> Self {
        match holds {
            Ok(holds) => Self::of(holds),
            Err(doubt) => Self::Unknown(doubt),
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Holds => Self::Fails,
            Self::Fails => Self::Holds,
            unknown => unknown,
        }
    }
}

/// A value of an object, read once for all the literals of an operator, which read alike.
struct Actual<'v> {
    value: &'v Value,
    read: Option<Read<'v>>,
}

impl<'v> Actual<'v> {
    fn new(literals: &[Literal], value: &'v Value) -> Self {
        let reading = literals.first().map(Literal::reading);
        let read = reading.and_then(|reading| reading.read(value));
        Self { value, read }
    }

    /// A type fits if it is that of one of the values.
    fn equals_one(&self, literals: &[Literal]) -> Verdict {
        let Some(read) = &self.read else {
            return Verdict::Unknown(Doubt::Misfit);
        };
        let mut fits = false;
        for literal in literals.iter().filter(|literal| literal.fits(self.value)) {
            fits = true;
            if Comparison::Eq.holds(literal.compare(read)) {
                return Verdict::Holds;
            }
        }
        Verdict::read(fits.then_some(false))
    }
}

fn equals_one(literals: &[Literal], actual: &Value) -> Verdict {
    Actual::new(literals, actual).equals_one(literals)
}

impl Wanted {
    fn check(self, literals: &[Literal], items: &[Value]) -> Verdict {
        let items = items.iter().map(|item| Actual::new(literals, item));
        let items: Vec<Actual<'_>> = items.collect();
        match self {
            Self::Any => has_one(literals, &items),
            Self::None => has_one(literals, &items).not(),
            Self::Item | Self::All => {
                let mut doubtful = None;
                for literal in literals {
                    match has_one(std::slice::from_ref(literal), &items) {
                        Verdict::Holds => {}
                        Verdict::Fails => return Verdict::Fails,
                        unknown @ Verdict::Unknown(_) => doubtful = Some(unknown),
                    }
                }
                doubtful.unwrap_or(Verdict::Holds)
            }
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Item => "hasItem",
            Self::All => "hasAll",
            Self::Any => "hasAny",
            Self::None => "hasNone",
        }
    }
}

/// Whether some item equals one of the literals. An item whose type does not fit may be the one that is looked for, or not.
fn has_one(literals: &[Literal], items: &[Actual<'_>]) -> Verdict {
    let mut doubt = false;
    for item in items {
        match item.equals_one(literals) {
            Verdict::Holds => return Verdict::Holds,
            Verdict::Fails => {}
            Verdict::Unknown(_) => doubt = true,
        }
    }
    Verdict::read((!doubt).then_some(false))
}

impl Part {
    fn is_in(self, text: &str, wanted: &str) -> bool {
        match self {
            Self::Start => text.starts_with(wanted),
            Self::End => text.ends_with(wanted),
            Self::Anywhere => text.contains(wanted),
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Start => "startsWith",
            Self::End => "endsWith",
            Self::Anywhere => "containsText",
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
            Self::Compare(comparison, bound) => write!(f, "{} {bound}", comparison.as_str()),
            Self::Among(literals) => write!(f, "in {}", list(literals)),
            Self::NotAmong(literals) => write!(f, "notIn {}", list(literals)),
            Self::Between(low, high) => {
                let kind = match low.reading() {
                    Reading::Json => crate::show::kind(low.value()),
                    reading => reading.as_str(),
                };
                let (low, high) = (
                    crate::show::bare(low.value()),
                    crate::show::bare(high.value()),
                );
                write!(f, "between {low} and {high} ({kind})")
            }
            Self::Range(range) => range.fmt(f),
            Self::Matches(pattern) => write!(f, "matches {pattern}"),
            Self::NotMatches(pattern) => write!(f, "notMatches {pattern}"),
            Self::Text(part, text) => write!(f, "{} {}", part.as_str(), crate::show::text(text)),
            Self::Has(Wanted::Item, literals) => match literals.first() {
                Some(literal) => write!(f, "hasItem {literal}"),
                None => f.write_str("hasItem"),
            },
            Self::Has(wanted, literals) => write!(f, "{} {}", wanted.as_str(), list(literals)),
            Self::Length(length) => length.fmt(f),
            Self::Age(age) => age.fmt(f),
            Self::Condition(condition) => condition.fmt(f),
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
