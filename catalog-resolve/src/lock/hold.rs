//! Asks again for what was locked, to see what is against it.

use catalog_model::version::{Version, VersionRange};
use catalog_model::{Lock, LockEntry};

use super::inquiry::is_same;
use super::reason::{ChangeReason, Reason};
use crate::conflict::{Alternative, ConflictFact, Explanation, FactKind};
use crate::encode::{InstanceKey, Place};
use crate::request::{Item, Request};
use crate::resolution::{Resolution, ResolvedRelease};
use crate::resolve::{Outcome, resolve};
use crate::situation::Situation;

/// Steps that each search may take.
const STEPS: u64 = 200_000;
/// Searches for all changes together.
const SEARCHES: usize = 60;
/// Facts that are told in the sentence; all of them are there as data.
const TOLD: usize = 4;

/// A release that a search asks for by itself.
pub(super) struct Held {
    key: InstanceKey,
    item: Item,
    package: String,
    version: String,
    /// Whether it counts from whichever catalog it is.
    is_anywhere: bool,
    /// What is said of it where it is in the way of another.
    text: String,
}

/// Asks whether locked releases could have been chosen.
pub(super) struct Search<'s> {
    situation: &'s Situation<'s>,
    /// What was decided before, or as well: what stays as it was locked or installed, and what the request upgrades.
    decided: Vec<Held>,
    left: usize,
}

impl Held {
    pub(super) fn new(entry: &LockEntry, key: InstanceKey, version: &Version) -> Self {
        let exactly = VersionRange::parse(&format!("={version}"));
        let range = exactly.unwrap_or_else(|_| VersionRange::any());
        let mut item = Item::new(entry.package(), range).namespace(entry.namespace());
        if let Some(catalog) = entry.catalog() {
            item = item.catalog(catalog);
        }
        Self {
            key,
            item,
            package: entry.package().to_owned(),
            version: version.to_string(),
            is_anywhere: false,
            text: format!("{} {}", entry.package(), entry.version()),
        }
    }

    /// The same of whichever catalog: none has what is only installed.
    pub(super) fn anywhere(mut self) -> Self {
        self.item.catalog = None;
        self.is_anywhere = true;
        self
    }

    fn is_in(&self, resolution: &Resolution) -> bool {
        let mut releases = resolution.releases().iter();
        releases.any(|release| {
            let is_here = match &self.key.1 {
                Place::Cluster => true,
                Place::Namespace(namespace) => release.namespace() == &**namespace,
            };
            is_here
                && release.package() == self.package
                && release.version() == self.version
                && (self.is_anywhere || self.is_there(release))
        })
    }

    /// Whether a release is in the catalog that is asked for.
    fn is_there(&self, release: &ResolvedRelease) -> bool {
        let catalog = self.item.catalog.as_deref();
        let mut others = release.also_in();
        release.catalog() == catalog || others.any(|name| Some(name) == catalog)
    }

    /// Whether a fact says no more than that this release is asked for, which nobody did but the search.
    fn is_said_by(&self, fact: &ConflictFact) -> bool {
        let [only] = fact.alternatives() else {
            return false;
        };
        fact.kind() == FactKind::Request && self.is_meant(only)
    }

    fn is_meant(&self, alternative: &Alternative) -> bool {
        let is_there = match &self.key.1 {
            Place::Cluster => alternative.namespace().is_none(),
            Place::Namespace(namespace) => alternative.namespace() == Some(namespace),
        };
        let mut versions = alternative
            .releases()
            .map(|(_, version)| Version::parse(version));
        is_there
            && !alternative.may_be_absent()
            && alternative.package() == self.package
            && versions
                .all(|version| version.is_ok_and(|version| self.item.range.asks_exactly(&version)))
    }
}

impl<'s> Search<'s> {
    pub(super) fn new(situation: &'s Situation<'s>, lock: &Lock, now: &Lock) -> Self {
        let decided = now.releases().iter().filter_map(|entry| {
            let key = situation.key(entry.package(), Some(entry.namespace()))?;
            let before = lock.release(entry.package(), entry.namespace());
            let is_locked = before.is_some_and(|before| is_same(before, entry));
            let standing = situation.standing(&key);
            let installed = standing.and_then(|standing| standing.installed.as_ref());
            let is_kept = installed.is_some_and(|(record, _)| record.version() == entry.version());
            let is_decided = is_locked || is_kept || situation.names(key.0);
            let version = Version::parse(entry.version())
                .ok()
                .filter(|_| is_decided)?;
            let mut held = Held::new(entry, key, &version);
            held.text += match (is_locked, is_kept) {
                (true, _) => " is locked too",
                (false, true) => " is installed",
                (false, false) => " is upgraded first",
            };
            Some(held)
        });
        Self {
            situation,
            decided: decided.collect(),
            left: SEARCHES,
        }
    }

    /// What is against a release: those who need what is chosen instead, or else what the request says, or else all that was decided besides;
    /// nothing if it would have gone.
    pub(super) fn why_not(&mut self, held: &Held, askers: &[Held]) -> Option<Reason> {
        let alone = self.situation.request.clone().item(held.item.clone());
        let decided = std::mem::take(&mut self.decided);
        let mut others = decided.iter().filter(|other| other.key != held.key);
        let attempts = [
            Vec::from_iter(askers),
            Vec::new(),
            Vec::from_iter(&mut others),
        ];
        let first = usize::from(askers.is_empty());
        let reason = attempts.iter().skip(first).find_map(|with| {
            let items = with.iter().map(|other| other.item.clone());
            match self.ask(held, &items.fold(alone.clone(), Request::item)) {
                Asked::Refused(conflict) => Some(self.told(&conflict, (held, with, askers))),
                Asked::Unknown => Some(Reason::unknown()),
                Asked::Possible => None,
            }
        });
        self.decided = decided;
        reason
    }

    fn ask(&mut self, held: &Held, request: &Request) -> Asked {
        let Some(left) = self.left.checked_sub(1) else {
            return Asked::Unknown;
        };
        self.left = left;
        let request = request.clone().budget(request.steps.min(STEPS));
        match resolve(self.situation.universe, &request) {
            Outcome::Resolved(resolution) if held.is_in(&resolution) => Asked::Possible,
            // The item took another release of the same precedence: that says nothing of this one.
            Outcome::Resolved(_) => Asked::Unknown,
            Outcome::Conflict(conflict) => {
                let conflict = conflict.explain();
                // Where even this took too long, so would whatever comes.
                self.left = if conflict.is_minimal() { self.left } else { 0 };
                Asked::Refused(Box::new(conflict))
            }
            Outcome::BudgetExceeded(_) => Asked::Unknown,
        }
    }

    /// The facts of a conflict, but for what only the search asked for. What of that is in the way is named instead, if no fact names it as
    /// who needs something.
    fn told(
        &self,
        conflict: &Explanation,
        (held, with, askers): (&Held, &[&Held], &[Held]),
    ) -> Reason {
        let was_only_held = |other: &&Held| {
            let mut items = self.situation.items_for(&other.key);
            let is_asked = items.any(|item| item.range == other.item.range);
            !is_asked && conflict.facts().iter().any(|fact| other.is_said_by(fact))
        };
        let in_the_way: Vec<&Held> = with.iter().copied().filter(was_only_held).collect();
        let facts = conflict.facts().iter().filter(|fact| {
            !held.is_said_by(fact) && !in_the_way.iter().any(|other| other.is_said_by(fact))
        });
        let facts: Vec<ConflictFact> = facts.cloned().collect();
        let is_named = |other: &&&Held| !askers.iter().any(|asker| asker.key == other.key);
        let named: Vec<&Held> = in_the_way.iter().filter(is_named).copied().collect();
        Reason {
            kind: ChangeReason::Conflict,
            text: sentence(&facts, &named),
            facts,
        }
    }
}

enum Asked {
    Possible,
    Refused(Box<Explanation>),
    Unknown,
}

/// First what the releases say, then what is asked for, then what else was decided.
fn sentence(facts: &[ConflictFact], decided: &[&Held]) -> String {
    let is_asked = |fact: &&ConflictFact| fact.kind() == FactKind::Request;
    let (asked, others): (Vec<_>, Vec<_>) = facts.iter().partition(is_asked);
    let facts = others.iter().chain(&asked).map(|fact| fact.text());
    let told: Vec<&str> = facts
        .chain(decided.iter().map(|held| held.text.as_str()))
        .collect();
    let more = match told.len().saturating_sub(TOLD) {
        0 => String::new(),
        1 => "; and one more fact".to_owned(),
        more => format!("; and {more} more facts"),
    };
    let told: Vec<&str> = told.into_iter().take(TOLD).collect();
    match told.is_empty() {
        true => "it does not go with the rest".to_owned(),
        false => told.join("; ") + &more,
    }
}
