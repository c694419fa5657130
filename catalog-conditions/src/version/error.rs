//! What is wrong with a text that should have been a version or a range.

use thiserror::Error;

/// The longest text that is read as one version, in bytes.
pub(super) const LONGEST_VERSION: usize = 4096;

/// The longest text that is read as one range, in bytes.
pub(super) const LONGEST_RANGE: usize = 64 * 1024;

/// A text that cannot be read as a version.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{input}` is not a version: {problem} (at byte {offset})")]
pub struct VersionError {
    input: String,
    offset: usize,
    problem: Problem,
}

impl VersionError {
    pub(super) fn new(text: &str, fault: Fault) -> Self {
        Self {
            input: excerpt(text),
            offset: fault.offset,
            problem: fault.problem,
        }
    }

    /// Where the text stops being a version, in bytes from its beginning.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

/// A text that cannot be read as a range of versions.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{input}` is not a version range: {problem} (at byte {offset})")]
pub struct RangeError {
    input: String,
    offset: usize,
    problem: Problem,
}

impl RangeError {
    pub(super) fn new(text: &str, fault: Fault) -> Self {
        Self {
            input: excerpt(text),
            offset: fault.offset,
            problem: fault.problem,
        }
    }

    /// Where the text stops being a range, in bytes from its beginning.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

/// A problem and where it is, before it is known whether a version or a range was being read.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) offset: usize,
    pub(super) problem: Problem,
}

impl Fault {
    pub(super) fn new(offset: usize, problem: Problem) -> Self {
        Self { offset, problem }
    }

    /// The same fault in a text in which the one that was read begins at `base`.
    pub(super) fn shifted(self, base: usize) -> Self {
        Self {
            offset: base + self.offset,
            ..self
        }
    }
}

/// Everything that can be wrong, worded for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum Problem {
    #[error("it is empty; write at least a number, as in `1` or `1.2.3`")]
    Empty,
    #[error("it is longer than {0} bytes")]
    TooLong(usize),
    #[error("a number is missing; write up to three numbers, as in `1.2.3`")]
    MissingNumber,
    #[error("`{}` stands where a number is needed; a version begins with up to three numbers, as in `1.2.3-rc.1`", shown(*.0))]
    NotANumber(char),
    #[error(
        "a hyphen stands where a version is needed; a hyphen range is two versions without operators, as in `1.2 - 2.3`"
    )]
    LooseHyphen,
    #[error("a number is larger than {max}", max = u64::MAX)]
    NumberTooLarge,
    #[error("`{}` cannot follow a number; a prerelease begins with `-`, build metadata with `+`", shown(*.0))]
    AfterNumber(char),
    #[error(
        "there are more than three numbers; write a fourth one as build metadata, as in `1.2.3+4`"
    )]
    TooManyNumbers,
    #[error("a wildcard belongs to ranges, not to versions; write the number")]
    WildcardInVersion,
    #[error("a number cannot follow a wildcard; leave out everything after the wildcard")]
    NumberAfterWildcard,
    #[error(
        "a wildcard takes no prerelease but `-0` and no build metadata; write the numbers in full"
    )]
    WildcardWithSuffix,
    #[error(
        "letters or digits are missing behind `-`, `+` or a dot; write them, as in `-rc.1`, or leave out what stands before"
    )]
    EmptyIdentifier,
    #[error("`{}` is not allowed in a prerelease or build metadata; use letters, digits, hyphens and dots", shown(*.0))]
    NotInIdentifier(char),
    #[error("a number in a prerelease has a leading zero; write it without")]
    LeadingZero,
    #[error("a version is missing after `{0}`")]
    MissingVersion(&'static str),
    #[error("`{0}*` takes no version at all; leave it out, or write a version instead of `*`")]
    TakesNothing(&'static str),
    #[error(
        "nothing separates this from what stands before; put a space, a comma or `||` between them"
    )]
    Glued,
    #[error("a single `|` means nothing; write `||` between alternatives")]
    SingleBar,
    #[error("an alternative is empty; write `*` if every version is meant")]
    EmptyAlternative,
    #[error("nothing stands on one side of a comma; leave the comma out")]
    LooseComma,
    #[error("`!` alone means nothing; write `!=`")]
    LooseBang,
}

/// A character as it can be shown in one line, whatever it is.
fn shown(character: char) -> String {
    match character {
        '"' | '\'' | '\\' => character.to_string(),
        other => other.escape_debug().collect(),
    }
}

/// As much of a text as a message can hold, without anything that would upset a terminal.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut shortened: String = text.chars().take(LONGEST).map(shown).collect();
    if text.chars().nth(LONGEST).is_some() {
        shortened.push('…');
    }
    shortened
}
