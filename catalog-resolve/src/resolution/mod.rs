//! The answer: which release of each package, who needs it, and what goes.

mod askers;
mod asking;
mod hops;
mod links;
mod need;
mod note;
mod passing;
mod release;
mod removed;
mod rows;

pub use self::hops::Hop;
pub use self::need::{NeedKind, UnmetNeed};
pub use self::note::{Note, NoteKind};
pub use self::release::ResolvedRelease;
pub use self::removed::RemovedRelease;

use std::sync::Arc;

use self::asking::Asking;
use self::links::Links;
use self::passing::Passing;
use crate::best::Choice;
use crate::encode::{Encoder, InstanceKey};

/// The releases that a request leads to.
#[derive(Clone, Debug)]
pub struct Resolution {
    pub(crate) releases: Vec<ResolvedRelease>,
    pub(crate) removed: Vec<RemovedRelease>,
    pub(crate) unproven: Option<String>,
    notes: Vec<Note>,
    pub(crate) steps: u64,
}

impl Resolution {
    /// The releases by package name, then by namespace.
    #[must_use]
    pub fn releases(&self) -> &[ResolvedRelease] {
        &self.releases
    }

    /// The release of a package; of one that has an instance in each of several namespaces, the first by namespace:
    /// [`release_in`](Self::release_in) says which.
    #[must_use]
    pub fn release(&self, package: &str) -> Option<&ResolvedRelease> {
        self.releases
            .iter()
            .find(|release| release.package() == package)
    }

    /// The release of a package in a namespace. A cluster-wide package is in one, where its catalog or what is installed says.
    ///
    /// ```
    /// use catalog_model::Scope;
    /// use catalog_model::version::VersionRange;
    /// use catalog_resolve::{Item, Outcome, ReleaseSpec, Request, Universe, resolve};
    ///
    /// let mut builder = Universe::builder();
    /// for version in ["1.0.0", "2.0.0"] {
    ///     builder.add(ReleaseSpec::new("agent", version).scope(Scope::Namespace));
    /// }
    /// let item = |range: &str, namespace: &str| Ok(Item::new("agent", VersionRange::parse(range)?).namespace(namespace));
    /// let request = Request::new().item(item("*", "blue")?).item(item("<2", "green")?);
    /// let universe = builder.build();
    /// let Outcome::Resolved(resolution) = resolve(&universe, &request) else { panic!("there is an answer") };
    /// assert_eq!(resolution.release_in("agent", "green").map(|release| release.version()), Some("1.0.0"));
    /// assert!(resolution.release_in("agent", "red").is_none());
    /// # Ok::<(), catalog_model::version::RangeError>(())
    /// ```
    #[must_use]
    pub fn release_in(&self, package: &str, namespace: &str) -> Option<&ResolvedRelease> {
        let mut releases = self.releases.iter();
        releases.find(|release| release.package() == package && release.namespace() == namespace)
    }

    /// What is installed and goes, by package name, then by namespace.
    #[must_use]
    pub fn removed(&self) -> &[RemovedRelease] {
        &self.removed
    }

    /// What is installed, stays, and is needed by nobody: no user asked for it, nothing that is present needs it, and
    /// [`Request::autoremove`](crate::Request::autoremove) would let it go. By package name, then by namespace.
    pub fn orphans(&self) -> impl Iterator<Item = &ResolvedRelease> {
        self.releases
            .iter()
            .filter(|release| !release.is_wanted && release.needed_by().len() == 0)
    }

    /// What is worth knowing of it: a declaration below what is installed, something that stays though it lacks what it needs, a release
    /// of a lower catalog, a record that was ignored, and whether the answer may not be the best.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let unproven = self.unproven.as_deref().map(Note::unproven);
        self.notes.iter().cloned().chain(unproven).collect()
    }

    /// If the budget ended before the answer was known to be the best one: the first package about which it is not known.
    /// The answer is an answer all the same.
    #[must_use]
    pub fn unproven(&self) -> Option<&str> {
        self.unproven.as_deref()
    }

    /// The steps that the search took, as [`Request::budget`](crate::Request::budget) counts them.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// None if the search is cancelled before it is done.
    pub(crate) fn new(encoder: &Encoder<'_>, choice: &Choice, steps: u64) -> Option<Self> {
        let (links, unmet) = Links::new(encoder, choice)?;
        let links = Arc::new(links);
        let passing = Passing::new(encoder, choice);
        let asking = Asking::new(encoder, steps);
        let is_requested = requested(encoder);
        let mut notes = note::notes(encoder, choice);
        let mut unmet = unmet.into_iter().peekable();
        let mut releases: Vec<ResolvedRelease> = Vec::with_capacity(choice.len());
        // One for each, as they are known by their positions.
        for (position, (key, var, value)) in choice.iter().enumerate() {
            if encoder.is_cancelled() {
                return None;
            }
            let chosen = (var, value);
            while let Some((_, relation)) = unmet.next_if(|(of, _)| *of == position) {
                notes.extend(note::broken(encoder, choice, chosen, relation));
            }
            let place = (&links, position);
            let mut release = ResolvedRelease::new(encoder, place, (&passing, &asking), chosen);
            if release.is_way_cut() {
                notes.push(Note::unsearched_way(release.package()));
            }
            release.is_requested = is_requested.get(var.index()).is_some_and(|it| *it);
            release.is_wanted = release.is_requested || is_held(encoder, key);
            releases.push(release);
        }
        notes.extend(note::shared(encoder, choice));
        let resolution = Self {
            removed: removed::removed(encoder, choice),
            releases,
            unproven: None,
            notes,
            steps,
        };
        (!encoder.is_cancelled()).then_some(resolution)
    }
}

/// By variable, whether the request asks for the instance.
fn requested(encoder: &Encoder<'_>) -> Vec<bool> {
    let mut requested = vec![false; encoder.var_count()];
    for (_, key) in encoder.situation.items() {
        let var = key.and_then(|key| encoder.find(key));
        if let Some(is_requested) = var.and_then(|var| requested.get_mut(var.index())) {
            *is_requested = true;
        }
    }
    requested
}

/// Whether a user asked for what is installed, or pinned it.
fn is_held(encoder: &Encoder<'_>, key: &InstanceKey) -> bool {
    let standing = encoder.situation.standing(key);
    let installed = standing.and_then(|standing| standing.installed.as_ref());
    installed.is_none_or(|(record, _)| record.is_pinned() || record.is_requested())
}
