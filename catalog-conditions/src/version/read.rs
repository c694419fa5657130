//! Cutting a version text into its parts, before any dialect's rules.
//!
//! The same reader serves versions and the bounds of ranges, for packages and for clusters: they differ only in what they
//! make of the parts.

use super::error::{Fault, LONGEST_VERSION, Problem};
use super::identifier;

/// A piece of the text that was read, and where it begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) offset: usize,
    pub(super) text: &'a str,
}

/// A version text cut into its parts.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    /// Major, minor and patch; zero where they are missing or a wildcard.
    pub(super) core: [u64; 3],
    /// How many of them were written as numbers.
    pub(super) given: u8,
    /// Where the first wildcard stands.
    pub(super) wildcard: Option<usize>,
    /// What follows the first `-`, up to a `+`.
    pub(super) prerelease: Option<Piece<'a>>,
    /// What follows the first `+`.
    pub(super) build: Option<Piece<'a>>,
}

/// Cuts a text into its parts: an optional `v` or `V`, up to three numbers or wildcards, and what follows `-` and `+`,
/// which is not looked at.
pub(super) fn cut(text: &str) -> Result<Parts<'_>, Fault> {
    if text.is_empty() {
        return Err(Fault::new(0, Problem::Empty));
    }
    if text.len() > LONGEST_VERSION {
        return Err(Fault::new(
            LONGEST_VERSION,
            Problem::TooLong(LONGEST_VERSION),
        ));
    }
    let numbers_start = usize::from(text.starts_with(['v', 'V']));
    let numbers_end = text.find(['-', '+']).unwrap_or(text.len());
    let (build, before_build) = split_suffix(text, text.find('+'));
    let (prerelease, _) = split_suffix(before_build, before_build.find('-'));
    let mut parts = Parts {
        core: [0; 3],
        given: 0,
        wildcard: None,
        prerelease,
        build,
    };
    let numbers = text.get(numbers_start..numbers_end).unwrap_or_default();
    read_numbers(numbers, numbers_start, &mut parts)?;
    Ok(parts)
}

/// What follows the separator at `at`, and what precedes it.
fn split_suffix(text: &str, at: Option<usize>) -> (Option<Piece<'_>>, &str) {
    let Some(at) = at else { return (None, text) };
    let suffix = text.get(at + 1..).unwrap_or_default();
    (
        Some(Piece {
            offset: at + 1,
            text: suffix,
        }),
        text.get(..at).unwrap_or_default(),
    )
}

fn read_numbers(numbers: &str, start: usize, parts: &mut Parts<'_>) -> Result<(), Fault> {
    let mut offset = start;
    let mut slots = parts.core.iter_mut();
    for piece in numbers.split('.') {
        let Some(slot) = slots.next() else {
            return Err(Fault::new(offset, Problem::TooManyNumbers));
        };
        if matches!(piece, "x" | "X" | "*") {
            parts.wildcard.get_or_insert(offset);
        } else {
            *slot = read_number(piece).map_err(|fault| fault.shifted(offset))?;
            if parts.wildcard.is_some() {
                return Err(Fault::new(offset, Problem::NumberAfterWildcard));
            }
            parts.given += 1;
        }
        offset += piece.len() + 1;
    }
    Ok(())
}

/// Reads one number. Leading zeros are read: `1.2.02` is 1.2.2, as Helm and KubeVela have it.
fn read_number(piece: &str) -> Result<u64, Fault> {
    if let Some((offset, character)) = piece.char_indices().find(|(_, c)| !c.is_ascii_digit()) {
        let problem = if offset == 0 {
            Problem::NotANumber(character)
        } else {
            Problem::AfterNumber(character)
        };
        return Err(Fault::new(offset, problem));
    }
    if piece.is_empty() {
        return Err(Fault::new(0, Problem::MissingNumber));
    }
    piece
        .parse()
        .map_err(|_| Fault::new(0, Problem::NumberTooLarge))
}

/// Whether numbers in a list of identifiers may have leading zeros.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LeadingZeros {
    Allowed,
    Refused,
}

/// Checks that a piece is a list of identifiers as SemVer 2.0.0 §9 and §10 define them.
pub(super) fn check_identifiers(piece: Piece<'_>, zeros: LeadingZeros) -> Result<(), Fault> {
    let mut offset = piece.offset;
    for part in piece.text.split('.') {
        if part.is_empty() {
            return Err(Fault::new(offset, Problem::EmptyIdentifier));
        }
        let stranger = part
            .char_indices()
            .find(|(_, c)| !(c.is_ascii_alphanumeric() || *c == '-'));
        if let Some((at, character)) = stranger {
            return Err(Fault::new(offset + at, Problem::NotInIdentifier(character)));
        }
        if zeros == LeadingZeros::Refused && identifier::without_leading_zeros(part) != part {
            return Err(Fault::new(offset, Problem::LeadingZero));
        }
        offset += part.len() + 1;
    }
    Ok(())
}
