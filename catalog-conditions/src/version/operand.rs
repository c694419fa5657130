//! The version in a comparator, which may be written in part.

use std::fmt;

use super::error::{Fault, Problem};
use super::kube_version;
use super::note::{RangeNote, RangeNoteKind};
use super::package_version::{self, Version};
use super::read::{self, Parts};

/// Whose versions a range is about. The grammar is one; what a bound's suffix means is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Package,
    Kube,
}

/// The version in a comparator.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Operand {
    /// In canonical text, with zeros for what is missing.
    pub(super) version: Version,
    /// How many of the three numbers the author wrote.
    pub(super) given: u8,
}

impl Operand {
    /// Reads the word at `offset` of a range; adds to `notes` what its author should know.
    pub(super) fn read(
        word: &str,
        offset: usize,
        dialect: Dialect,
        notes: &mut Vec<RangeNote>,
    ) -> Result<Self, Fault> {
        if word.starts_with('-') {
            return Err(Fault::new(offset, Problem::LooseHyphen));
        }
        let shifted = |fault: Fault| fault.shifted(offset);
        let parts = read::cut(word).map_err(shifted)?;
        let (operand, note) = match dialect {
            Dialect::Package => read_package_bound(&parts),
            Dialect::Kube => read_cluster_bound(&parts),
        }
        .map_err(shifted)?;
        notes.extend(note.map(|kind| RangeNote::new(kind, offset, word)));
        Ok(operand)
    }

    /// Whether a whole line is meant rather than one version: `1.2`, `1.2.x`, `1.2-0`.
    pub(super) fn is_line(&self) -> bool {
        self.given < 3
    }

    /// Whether a suffix pins all three numbers, whether written or not: `1.2-rc` is 1.2.0-rc, not a line. `-0` does not:
    /// `1.2-0` is the line 1.2 from its lowest prerelease, as Helm's users write it.
    pub(super) fn is_pinned(&self) -> bool {
        !self.version.build().is_empty() || !matches!(self.version.prerelease(), "" | "0")
    }

    /// The same operand taken for one version, with zeros for what is missing.
    pub(super) fn filled(self) -> Self {
        Self { given: 3, ..self }
    }

    /// Writes the operand as far as it was given, with `wildcard` behind the numbers of a line.
    pub(super) fn write(&self, formatter: &mut fmt::Formatter<'_>, wildcard: &str) -> fmt::Result {
        let [major, minor, _] = self.version.core();
        match self.given {
            0 | 1 => write!(formatter, "{major}{wildcard}")?,
            2 => write!(formatter, "{major}.{minor}{wildcard}")?,
            _ => return write!(formatter, "{}", self.version),
        }
        for (mark, list) in [
            ('-', self.version.prerelease()),
            ('+', self.version.build()),
        ] {
            if !list.is_empty() {
                write!(formatter, "{mark}{list}")?;
            }
        }
        Ok(())
    }

    /// An operand from parts whose identifiers are checked.
    fn from_parts(parts: &Parts<'_>, prerelease: &str, build: &str) -> Result<Self, Fault> {
        let operand = Self {
            version: Version::from_parts(parts.core, prerelease, build),
            given: parts.given,
        };
        match parts.wildcard {
            Some(offset) if operand.is_pinned() => {
                Err(Fault::new(offset, Problem::WildcardWithSuffix))
            }
            _ => Ok(operand),
        }
    }
}

type Bound = Result<(Operand, Option<RangeNoteKind>), Fault>;

fn read_package_bound(parts: &Parts<'_>) -> Bound {
    package_version::check(parts)?;
    let text =
        |piece: Option<read::Piece<'_>>| piece.map_or(String::new(), |piece| piece.text.to_owned());
    let operand = Operand::from_parts(parts, &text(parts.prerelease), &text(parts.build))?;
    let note = match operand.version.prerelease() {
        "0" => Some(RangeNoteKind::LowestPrerelease),
        _ => operand
            .version
            .packaging_revision()
            .map(|_| RangeNoteKind::PackagingRevision),
    };
    Ok((operand, note))
}

fn read_cluster_bound(parts: &Parts<'_>) -> Bound {
    let lowest = parts.prerelease.is_some_and(|piece| piece.text == "0");
    let (upstream, has_vendor_build) = kube_version::split_vendor_build(parts)?;
    let prerelease = if lowest { "0" } else { upstream.as_str() };
    let operand = Operand::from_parts(parts, prerelease, "")?;
    let ignored = parts.build.is_some() || (has_vendor_build && !lowest);
    Ok((
        operand,
        ignored.then_some(RangeNoteKind::VendorBuildIgnored),
    ))
}
