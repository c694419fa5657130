//! A place between versions: where an interval begins or ends.

use std::cmp::Ordering;

use super::identifier;
use super::package_version::Version;

/// A place in the order of versions that no version occupies.
///
/// Every place has one representation: places with no version between them are one place (behind 1.2.3 is before
/// 1.2.4-0, behind `rc` is before `rc.0`), and the constructors choose. That is what makes equality of sets exact.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Cut {
    /// Before every version.
    Start,
    /// Just before or just behind all versions that mean the same as one.
    At(Place),
    /// Behind every version.
    End,
}

/// A place beside a version. The version's text is canonical, so that deriving equality is right.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) version: Version,
    pub(super) among: Among,
    pub(super) side: Side,
}

/// Which versions lie together on one side of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Among {
    /// All with the version's precedence, whatever their build metadata.
    Precedence,
    /// All with the version's precedence and build metadata, of which there is some.
    Build,
}

/// The side of the version at which a place lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Side {
    Before,
    Behind,
}

impl Cut {
    /// Just before everything that a bound without build metadata, or one with it, means by `version`.
    pub(super) fn before(version: &Version) -> Self {
        if version.build().is_empty() {
            before_precedence(version)
        } else {
            before_build(version)
        }
    }

    /// Just behind everything that a bound without build metadata, or one with it, means by `version`.
    pub(super) fn behind(version: &Version) -> Self {
        if version.build().is_empty() {
            return behind_precedence(version);
        }
        place(
            version,
            &identifier::canonical(version.build()),
            Among::Build,
            Side::Behind,
        )
    }

    /// Behind every version that begins with the first `kept` of the numbers: before the lowest prerelease of the next.
    pub(super) fn behind_line([major, minor, patch]: [u64; 3], kept: u8) -> Self {
        let next_major = || major.checked_add(1).map(|major| [major, 0, 0]);
        let next_minor = || minor.checked_add(1).map(|minor| [major, minor, 0]);
        let next_patch = || patch.checked_add(1).map(|patch| [major, minor, patch]);
        // A number that cannot grow is followed by the next of the number before it.
        let next = match kept {
            0 => None,
            1 => next_major(),
            2 => next_minor().or_else(next_major),
            _ => next_patch().or_else(next_minor).or_else(next_major),
        };
        next.map_or(Cut::End, |core| {
            Cut::before(&Version::from_parts(core, "0", ""))
        })
    }

    /// Whether a version lies behind this place.
    pub(super) fn is_before(&self, version: &Version) -> bool {
        let place = match self {
            Cut::Start => return true,
            Cut::End => return false,
            Cut::At(place) => place,
        };
        let order = match place.among {
            Among::Precedence => place.version.cmp_precedence(version),
            Among::Build => place
                .version
                .cmp_precedence(version)
                .then_with(|| place.version.cmp_build(version)),
        };
        order.then(place.side.cmp(&Side::Behind)).is_lt()
    }
}

fn before_precedence(version: &Version) -> Cut {
    let core @ [major, minor, patch] = version.core();
    match version.prerelease() {
        "0" if core == [0, 0, 0] => Cut::Start,
        "0" => match patch.checked_sub(1) {
            Some(patch) => behind_precedence(&Version::from_parts([major, minor, patch], "", "")),
            None => place(version, "", Among::Precedence, Side::Before),
        },
        list => match list.strip_suffix(".0") {
            Some(shorter) => behind_precedence(&Version::from_parts(core, shorter, "")),
            None => place(version, "", Among::Precedence, Side::Before),
        },
    }
}

fn behind_precedence(version: &Version) -> Cut {
    // The last number that there is has no successor: what follows is the next line.
    if version.patch() == u64::MAX && !version.is_prerelease() {
        return Cut::behind_line(version.core(), 3);
    }
    place(version, "", Among::Precedence, Side::Behind)
}

fn before_build(version: &Version) -> Cut {
    let build = identifier::canonical(version.build());
    match build.strip_suffix(".0") {
        Some(shorter) => place(version, shorter, Among::Build, Side::Behind),
        None => place(version, &build, Among::Build, Side::Before),
    }
}

fn place(version: &Version, build: &str, among: Among, side: Side) -> Cut {
    let version = Version::from_parts(version.core(), version.prerelease(), build);
    Cut::At(Place {
        version,
        among,
        side,
    })
}

impl Ord for Cut {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Cut::At(left), Cut::At(right)) => left.cmp(right),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl Cut {
    fn rank(&self) -> u8 {
        match self {
            Cut::Start => 0,
            Cut::At(_) => 1,
            Cut::End => 2,
        }
    }
}

impl PartialOrd for Cut {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        let within = || match (self.among, other.among) {
            (Among::Build, Among::Build) => self
                .version
                .cmp_build(&other.version)
                .then(self.side.cmp(&other.side)),
            _ => self.rank().cmp(&other.rank()),
        };
        self.version
            .cmp_precedence(&other.version)
            .then_with(within)
    }
}

impl Place {
    /// Where the place lies among those of equal precedence: the builds are between the two ends.
    fn rank(&self) -> u8 {
        match (self.among, self.side) {
            (Among::Precedence, Side::Before) => 0,
            (Among::Build, _) => 1,
            (Among::Precedence, Side::Behind) => 2,
        }
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
