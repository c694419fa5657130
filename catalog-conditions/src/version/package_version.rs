//! The version of a package.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use super::error::{Fault, Problem, VersionError};
use super::identifier;
use super::read::{self, LeadingZeros, Parts, Piece};

/// The version of a package: the text its author wrote, and what it means.
///
/// Reading is lenient, as Helm's is: `v1.0`, `V1` and `1.0.0` all mean 1.0.0, and so does `01.0.0`. The text stays as it
/// was written, because it names the release.
///
/// Versions are totally ordered: by [SemVer's precedence](https://semver.org/#spec-item-11), then by build metadata with
/// its numeric parts as numbers (packagers count their revisions there: `1.14.2+2` follows `1.14.2+1`), then by text.
/// Two versions are equal only if their texts are. Cloning costs one reference count.
///
/// ```
/// use catalog_conditions::version::Version;
///
/// let version = Version::parse("v1.14-rc.2+10")?;
/// assert_eq!((version.major(), version.minor(), version.patch()), (1, 14, 0));
/// assert_eq!((version.prerelease(), version.build()), ("rc.2", "10"));
/// assert_eq!(version.to_string(), "v1.14-rc.2+10");
/// assert!(version > Version::parse("1.14.0-rc.2+9")?);
/// # Ok::<(), catalog_conditions::version::VersionError>(())
/// ```
#[derive(Clone)]
pub struct Version {
    text: Arc<str>,
    core: [u64; 3],
    prerelease: Span,
    build: Span,
}

/// Where a part lies in the text. Texts are capped at a length that 16 bits hold.
#[derive(Clone, Copy, Default)]
struct Span {
    start: u16,
    end: u16,
}

impl Span {
    fn new(start: usize, len: usize) -> Self {
        let narrow = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        Self {
            start: narrow(start),
            end: narrow(start + len),
        }
    }

    fn of(piece: Option<Piece<'_>>) -> Self {
        piece.map_or_else(Self::default, |piece| {
            Self::new(piece.offset, piece.text.len())
        })
    }

    fn within(self, text: &str) -> &str {
        text.get(usize::from(self.start)..usize::from(self.end))
            .unwrap_or_default()
    }
}

impl Version {
    /// Reads a version.
    ///
    /// # Errors
    ///
    /// If the text is not up to three numbers (each below 2⁶⁴, with or without a leading `v`), a prerelease behind `-` and
    /// build metadata behind `+`, or is longer than 4096 bytes. White space is not skipped.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        let read = || {
            let parts = read::cut(text)?;
            if let Some(offset) = parts.wildcard {
                return Err(Fault::new(offset, Problem::WildcardInVersion));
            }
            check(&parts)?;
            Ok(Self {
                text: text.into(),
                core: parts.core,
                prerelease: Span::of(parts.prerelease),
                build: Span::of(parts.build),
            })
        };
        read().map_err(|fault| VersionError::new(text, fault))
    }

    /// The version with these parts, written in full. The caller has checked the lists of identifiers.
    pub(super) fn from_parts(core: [u64; 3], prerelease: &str, build: &str) -> Self {
        let [major, minor, patch] = core;
        let mut text = format!("{major}.{minor}.{patch}");
        let mut append = |mark: char, list: &str| {
            if list.is_empty() {
                return Span::default();
            }
            text.push(mark);
            text.push_str(list);
            Span::new(text.len() - list.len(), list.len())
        };
        let prerelease = append('-', prerelease);
        let build = append('+', build);
        Self {
            text: text.into(),
            core,
            prerelease,
            build,
        }
    }

    /// The text the author wrote.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first number.
    #[must_use]
    pub fn major(&self) -> u64 {
        let [major, _, _] = self.core;
        major
    }

    /// The second number; 0 if there is none.
    #[must_use]
    pub fn minor(&self) -> u64 {
        let [_, minor, _] = self.core;
        minor
    }

    /// The third number; 0 if there is none.
    #[must_use]
    pub fn patch(&self) -> u64 {
        let [_, _, patch] = self.core;
        patch
    }

    /// All three numbers.
    pub(super) fn core(&self) -> [u64; 3] {
        self.core
    }

    /// What stands behind the `-`: identifiers separated by dots; empty if the version is stable.
    #[must_use]
    pub fn prerelease(&self) -> &str {
        self.prerelease.within(&self.text)
    }

    /// What stands behind the `+`: identifiers separated by dots; empty if there is no build metadata.
    #[must_use]
    pub fn build(&self) -> &str {
        self.build.within(&self.text)
    }

    /// Whether the version comes before a release of the same three numbers.
    #[must_use]
    pub fn is_prerelease(&self) -> bool {
        !self.prerelease().is_empty()
    }

    /// The number behind the `-`, if that is all there is, as in `4.2.2-6`.
    ///
    /// Packagers who write so mean a revision that follows 4.2.2; SemVer says that it precedes it, and so does this crate.
    /// Callers tell the author. `-0` is not taken for a revision: it is the usual way to write the lowest prerelease.
    #[must_use]
    pub fn packaging_revision(&self) -> Option<&str> {
        Some(self.prerelease()).filter(|list| identifier::is_numeric(list) && *list != "0")
    }

    /// Compares by precedence alone, as SemVer 2.0.0 §11 defines it: build metadata and spelling do not count.
    #[must_use]
    pub fn cmp_precedence(&self, other: &Self) -> Ordering {
        let by_prerelease = || match (self.is_prerelease(), other.is_prerelease()) {
            (true, true) => identifier::compare(self.prerelease(), other.prerelease()),
            (mine, others) => others.cmp(&mine),
        };
        self.core.cmp(&other.core).then_with(by_prerelease)
    }

    /// Compares build metadata alone: none is the least, numeric parts count as numbers.
    pub(super) fn cmp_build(&self, other: &Self) -> Ordering {
        identifier::compare(self.build(), other.build())
    }

    /// Whether the two mean the same version, however they are written: `v1.2+1` and `1.2.0+01` do.
    #[must_use]
    pub fn same_precedence_and_build(&self, other: &Self) -> bool {
        self.cmp_precedence(other)
            .then_with(|| self.cmp_build(other))
            .is_eq()
    }
}

/// Checks the lists of identifiers as a package's version may have them.
pub(super) fn check(parts: &Parts<'_>) -> Result<(), Fault> {
    if let Some(piece) = parts.prerelease {
        read::check_identifiers(piece, LeadingZeros::Refused)?;
    }
    parts.build.map_or(Ok(()), |piece| {
        read::check_identifiers(piece, LeadingZeros::Allowed)
    })
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        Self::parse(text)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.cmp_precedence(other)
            .then_with(|| self.cmp_build(other))
            .then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Version {}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.text)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Version({})", self.text)
    }
}
