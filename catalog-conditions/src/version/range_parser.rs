//! The grammar of ranges: alternatives, comparators and what separates them.

use super::comparator::{Comparator, Operator};
use super::error::{Fault, LONGEST_RANGE, Problem, RangeError};
use super::note::RangeNote;
use super::operand::{Dialect, Operand};

/// What stands between two `||`: all comparators must hold; without any, every version is taken.
pub(super) type Alternative = Vec<Comparator>;

/// A range, read.
#[derive(Debug)]
pub(super) struct Parsed {
    /// At least one.
    pub(super) alternatives: Vec<Alternative>,
    pub(super) notes: Vec<RangeNote>,
}

/// Reads a range. Takes time linear in the length of the text.
pub(super) fn parse(text: &str, dialect: Dialect) -> Result<Parsed, RangeError> {
    if text.len() > LONGEST_RANGE {
        return Err(RangeError::new(
            text,
            Fault::new(LONGEST_RANGE, Problem::TooLong(LONGEST_RANGE)),
        ));
    }
    let mut parser = Parser {
        text,
        at: 0,
        dialect,
        notes: Vec::new(),
    };
    let alternatives = parser
        .alternatives()
        .map_err(|fault| RangeError::new(text, fault))?;
    Ok(Parsed {
        alternatives,
        notes: parser.notes,
    })
}

/// Longer operators come before those that they begin with.
const OPERATORS: [(&str, Operator); 12] = [
    ("!=", Operator::NotEqual),
    (">=", Operator::GreaterOrEqual),
    ("=>", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("=<", Operator::LessOrEqual),
    ("==", Operator::Equal),
    ("~>", Operator::Pessimistic),
    ("=", Operator::Equal),
    (">", Operator::Greater),
    ("<", Operator::Less),
    ("~", Operator::Tilde),
    ("^", Operator::Caret),
];

struct Parser<'a> {
    text: &'a str,
    at: usize,
    dialect: Dialect,
    notes: Vec<RangeNote>,
}

impl<'a> Parser<'a> {
    fn alternatives(&mut self) -> Result<Vec<Alternative>, Fault> {
        self.skip_space();
        if self.rest().is_empty() {
            return Ok(vec![Alternative::new()]);
        }
        let mut alternatives = vec![self.alternative()?];
        while self.skip("||") {
            alternatives.push(self.alternative()?);
        }
        Ok(alternatives)
    }

    /// Reads up to `||` or the end. One term is read at least.
    fn alternative(&mut self) -> Result<Alternative, Fault> {
        let mut comparators = Alternative::new();
        self.skip_space();
        if self.at_end_of_alternative() {
            return Err(self.fault(Problem::EmptyAlternative));
        }
        loop {
            self.term(&mut comparators)?;
            let spaced = self.skip_space();
            let comma = self.at;
            let separated = self.skip(",") || spaced;
            self.skip_space();
            if self.at_end_of_alternative() {
                let loose = self
                    .text
                    .get(comma..self.at)
                    .is_some_and(|skipped| skipped.starts_with(','));
                return if loose {
                    Err(Fault::new(comma, Problem::LooseComma))
                } else {
                    Ok(comparators)
                };
            }
            if !separated {
                return Err(self.fault(Problem::Glued));
            }
        }
    }

    fn at_end_of_alternative(&self) -> bool {
        self.rest().is_empty() || self.rest().starts_with("||")
    }

    /// Reads one comparator or one hyphen range.
    fn term(&mut self, comparators: &mut Alternative) -> Result<(), Fault> {
        let start = self.at;
        if let Some(operator) = self.operator() {
            self.skip_space();
            let operand = self.operand(operator.as_str())?;
            return push(comparators, operator, operand, start);
        }
        let low = self.operand("")?;
        let Some(high) = self.upper_end()? else {
            return push(comparators, Operator::Equal, low, start);
        };
        push(comparators, Operator::GreaterOrEqual, low, start)?;
        push(comparators, Operator::LessOrEqual, high, start)
    }

    fn operator(&mut self) -> Option<Operator> {
        OPERATORS
            .into_iter()
            .find(|(text, _)| self.skip_spaced(text))
            .map(|(_, operator)| operator)
    }

    /// Steps over an operator if it comes next, with or without space between its signs: `> =` can mean nothing else than `>=`.
    fn skip_spaced(&mut self, operator: &str) -> bool {
        let mut rest = self.rest();
        for sign in operator.chars() {
            let Some(behind) = rest.trim_start().strip_prefix(sign) else {
                return false;
            };
            rest = behind;
        }
        self.at = self.text.len() - rest.len();
        true
    }

    /// The upper end of a hyphen range, if a hyphen with space on both sides follows.
    fn upper_end(&mut self) -> Result<Option<Operand>, Fault> {
        let before = self.at;
        let spaced = self.skip_space() && self.skip("-") && self.skip_space();
        if spaced {
            return self.operand("-").map(Some);
        }
        self.at = before;
        Ok(None)
    }

    /// Reads the version that must follow `before`, which is an operator or nothing.
    fn operand(&mut self, before: &'static str) -> Result<Operand, Fault> {
        let rest = self.rest();
        let ends_word = |c: char| {
            c.is_whitespace() || matches!(c, ',' | '|' | '<' | '>' | '=' | '!' | '~' | '^')
        };
        let (word, follows) = rest.split_at(rest.find(ends_word).unwrap_or(rest.len()));
        if word.is_empty() {
            return Err(self.fault(missing(before, follows)));
        }
        let operand = Operand::read(word, self.at, self.dialect, &mut self.notes)?;
        self.at += word.len();
        if follows.starts_with('|') && !follows.starts_with("||") {
            return Err(self.fault(Problem::SingleBar));
        }
        Ok(operand)
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Steps over a token if it comes next.
    fn skip(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// Steps over white space, and says whether there was any.
    fn skip_space(&mut self) -> bool {
        let trimmed = self.rest().trim_start();
        let before = self.at;
        self.at = self.text.len() - trimmed.len();
        self.at > before
    }

    fn fault(&self, problem: Problem) -> Fault {
        Fault::new(self.at, problem)
    }
}

/// Why there is no version where one is needed.
fn missing(before: &'static str, follows: &str) -> Problem {
    match follows.chars().next() {
        Some(',') => Problem::LooseComma,
        Some('!') => Problem::LooseBang,
        Some('|') if !follows.starts_with("||") => Problem::SingleBar,
        _ => Problem::MissingVersion(before),
    }
}

/// Adds a comparator, unless its version is a wildcard: then it says nothing, or too much.
fn push(
    comparators: &mut Alternative,
    operator: Operator,
    operand: Operand,
    start: usize,
) -> Result<(), Fault> {
    if operand.given > 0 || operand.is_pinned() {
        comparators.push(Comparator::new(operator, operand));
        return Ok(());
    }
    match operator {
        Operator::NotEqual | Operator::Greater | Operator::Less => {
            Err(Fault::new(start, Problem::TakesNothing(operator.as_str())))
        }
        _ => Ok(()),
    }
}
