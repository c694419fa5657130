//! Who can no longer be resolved, after something changed.

mod facts;
mod touched;

use std::collections::BTreeMap;
use std::fmt;

use catalog_model::version::{Version, VersionRange};

use self::facts::{Facts, ReleaseKey};
use self::touched::Touched;
use crate::request::{Exclusion, Item, Request};
use crate::resolve::{Outcome, resolve};
use crate::universe::Universe;

/// What became of the releases of a universe, each asked for alone: at its very version, with nothing installed and no cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResolvabilityDiff {
    changes: Vec<ResolvabilityChange>,
    asked: usize,
    untouched: usize,
}

/// A release that can no longer be resolved, or can by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvabilityChange {
    package: String,
    version: String,
    catalog: Option<String>,
    kind: ResolvabilityKind,
    explanation: Option<String>,
}

/// What became of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ResolvabilityKind {
    /// It could be resolved and cannot any more.
    Lost,
    /// It is new and cannot be resolved.
    NeverHad,
    /// It could not be resolved and can by now.
    Gained,
    /// The search was given up before or after, so nothing is known.
    Undecided,
}

/// Compares who can be resolved in two universes. A release that only the first has is no change: it is gone. One of several
/// catalogs is the one that it was if any of them had it under its version.
///
/// An answer depends on what the release says, and on the packages that can be reached from it by dependencies and by what provides
/// capabilities. Only those releases are asked for of which something of that is not the same in both; all others have the
/// same answer. So the cost is linear in the size of both universes for finding them, and two searches for each.
///
/// ```
/// use catalog_resolve::{ResolvabilityKind, Universe, resolvability_diff};
///
/// let before = Universe::from_json(r#"{"app": {"1.0.0": {"dependencies": [{"name": "db", "version": "^1"}]}}, "db": {"1.4.0": {}}, "ui": {"1.0.0": {}}}"#)?;
/// let after = Universe::from_json(r#"{"app": {"1.0.0": {"dependencies": [{"name": "db", "version": "^1"}]}}, "db": {"2.0.0": {}}, "ui": {"1.0.0": {}}}"#)?;
/// let diff = resolvability_diff(&before, &after);
/// let lost = &diff.changes()[0];
/// assert_eq!((lost.package(), lost.kind()), ("app", ResolvabilityKind::Lost));
/// assert!(lost.explanation().is_some_and(|text| text.contains("app 1.0.0 needs db ^1")));
/// assert_eq!((diff.asked(), diff.untouched()), (2, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn resolvability_diff(before: &Universe, after: &Universe) -> ResolvabilityDiff {
    let (old, new) = (Facts::of(before), Facts::of(after));
    let touched = Touched::new(&old, &new);
    let mut diff = ResolvabilityDiff::default();
    for (package, facts) in &new.packages {
        for (key, release) in &facts.releases {
            let was = old.release(package, &release.keys);
            if !touched.contains(package, was.map(|(_, was)| was), release) {
                diff.untouched += 1;
                continue;
            }
            diff.asked += 1;
            let now = answer(after, package, key);
            let then = was.map(|(key, _)| answer(before, package, key));
            diff.add((package, key), then, now);
        }
    }
    diff.changes.sort_by_cached_key(|change| {
        let version = Version::parse(&change.version).ok();
        let (package, catalog) = (change.package.clone(), change.catalog.clone());
        (package, version, change.version.clone(), catalog)
    });
    diff
}

/// Whether there is an answer, or why not.
enum Answer {
    Resolved,
    Conflict(String),
    Unknown,
}

/// Asks for one release and nothing else.
fn answer(universe: &Universe, package: &str, (version, catalog): &ReleaseKey) -> Answer {
    let Ok(range) = VersionRange::parse(&format!("={version}")) else {
        return Answer::Unknown;
    };
    let others = others(universe, package, (&range, version));
    let item = Item::new(package, range);
    let item = match catalog {
        Some(catalog) => item.catalog(catalog.as_str()),
        None => item,
    };
    let request = others
        .into_iter()
        .fold(Request::new().item(item), Request::exclusion);
    match resolve(universe, &request) {
        Outcome::Resolved(_) => Answer::Resolved,
        Outcome::Conflict(conflict) => Answer::Conflict(conflict.explain().text()),
        Outcome::BudgetExceeded(_) => Answer::Unknown,
    }
}

/// Other releases that `=version` takes too: those with another build.
fn others(
    universe: &Universe,
    package: &str,
    (range, version): (&VersionRange, &str),
) -> Vec<Exclusion> {
    let versions = universe.versions(package).into_iter();
    let others = versions.filter(|one| one.as_str() != version && range.set().contains(one));
    let exclusion = |one: &Version| {
        let reason = format!("{version} is asked for, not this build");
        Exclusion::new(package, one.as_str(), reason)
    };
    others.map(exclusion).collect()
}

impl ResolvabilityDiff {
    /// The releases whose answer is another one, by package, then version, then catalog.
    #[must_use]
    pub fn changes(&self) -> &[ResolvabilityChange] {
        &self.changes
    }

    /// How many releases were asked for: those that the changes could have touched.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.asked
    }

    /// How many releases of the second universe have the answer that they had, as nothing they could need is another.
    #[must_use]
    pub fn untouched(&self) -> usize {
        self.untouched
    }

    fn add(&mut self, (package, key): (&str, &ReleaseKey), then: Option<Answer>, now: Answer) {
        let (kind, explanation) = match (then, now) {
            (Some(Answer::Unknown), _) | (_, Answer::Unknown) => {
                (ResolvabilityKind::Undecided, None)
            }
            (Some(Answer::Resolved), Answer::Conflict(why)) => (ResolvabilityKind::Lost, Some(why)),
            (None, Answer::Conflict(why)) => (ResolvabilityKind::NeverHad, Some(why)),
            (Some(Answer::Conflict(why)), Answer::Resolved) => {
                (ResolvabilityKind::Gained, Some(why))
            }
            _ => return,
        };
        self.changes.push(ResolvabilityChange {
            package: package.to_owned(),
            version: key.0.clone(),
            catalog: key.1.clone(),
            kind,
            explanation,
        });
    }
}

impl ResolvabilityChange {
    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The version, as its author wrote it.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The catalog it comes from, if that has a name.
    #[must_use]
    pub fn catalog(&self) -> Option<&str> {
        self.catalog.as_deref()
    }

    /// What became of it.
    #[must_use]
    pub fn kind(&self) -> ResolvabilityKind {
        self.kind
    }

    /// Why it cannot be resolved, as [`Explanation::text`](crate::Explanation::text) has it; of what can be by now, why it could not.
    #[must_use]
    pub fn explanation(&self) -> Option<&str> {
        self.explanation.as_deref()
    }
}

impl ResolvabilityKind {
    /// A stable name: `lost`, `neverHad`, `gained` or `undecided`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::NeverHad => "neverHad",
            Self::Gained => "gained",
            Self::Undecided => "undecided",
        }
    }
}

impl fmt::Display for ResolvabilityChange {
    /// `app 1.0.0 can no longer be resolved`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let became = match self.kind {
            ResolvabilityKind::Lost => "can no longer be resolved",
            ResolvabilityKind::NeverHad => "is new and cannot be resolved",
            ResolvabilityKind::Gained => "can be resolved by now",
            ResolvabilityKind::Undecided => "was not decided within the budget",
        };
        write!(f, "{} {} {became}", self.package, self.version)
    }
}

/// Releases by what tells them apart.
type ByRelease<T> = BTreeMap<ReleaseKey, T>;
