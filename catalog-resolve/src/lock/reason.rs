//! Why a release is not as it was locked.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use catalog_model::version::Version;
use catalog_model::{Lock, LockEntry};

use super::change::ChangeKind;
use super::hold::{Held, Search};
use crate::conflict::ConflictFact;
use crate::encode::InstanceKey;
use crate::request::{Exclusion, Item, Mode};
use crate::situation::{Occupant, Situation, Standing};
use crate::stated::StatedVersion;

/// Names and facts that are spelt out; how many more there are is said.
const TOLD: usize = 3;

/// What kind of reason a [`LockChange`](super::LockChange) has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ChangeReason {
    /// The request asks for it: for the package, another version or catalog, its upgrade or removal.
    Requested,
    /// Something that is chosen needs it.
    Needed,
    /// Nothing that is chosen needs it any more.
    Unneeded,
    /// What is installed is kept, or does not go back.
    Installed,
    /// No catalog has it any more, or what is there cannot be used.
    Gone,
    /// The request rules it out.
    Excluded,
    /// It does not go together with the rest: [`LockChange::facts`](super::LockChange::facts) say why.
    Conflict,
    /// The package has another scope or another namespace now.
    Place,
    /// The same version is written otherwise.
    Spelling,
    /// Other answers were preferred, or the search for the reason was given up.
    Undetermined,
}

/// A reason, and how it is told.
#[derive(Clone, Debug)]
pub(super) struct Reason {
    pub(super) kind: ChangeReason,
    pub(super) text: String,
    pub(super) facts: Vec<ConflictFact>,
}

/// Finds reasons: what is locked, what is chosen, and what more it may cost to find out.
pub(super) struct Inquiry<'s> {
    situation: &'s Situation<'s>,
    lock: &'s Lock,
    now: &'s Lock,
    /// Whether the answer is known to be the best one.
    is_proven: bool,
    search: Search<'s>,
    /// Where something moved that has no reason yet.
    open: BTreeSet<(&'s str, &'s str)>,
}

impl Reason {
    pub(super) fn new(kind: ChangeReason, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            facts: Vec::new(),
        }
    }

    /// Of what was not locked.
    pub(super) fn added(entry: &LockEntry) -> Self {
        match (entry.is_requested(), entry.askers()) {
            (true, _) => Self::new(ChangeReason::Requested, "the request asks for it"),
            (false, []) => Self::new(ChangeReason::Installed, "it is installed"),
            (false, askers) => {
                let text = format!("{} need{} it", listed(askers), plural(askers));
                Self::new(ChangeReason::Needed, text)
            }
        }
    }

    pub(super) fn unknown() -> Self {
        let text = "the search for the reason was given up";
        Self::new(ChangeReason::Undetermined, text)
    }

    /// Of a package that had an instance in each namespace.
    pub(super) fn one_instance(entry: &LockEntry) -> Self {
        let text = format!("there is one {} for the whole cluster now", entry.package());
        Self::new(ChangeReason::Place, text)
    }
}

impl<'s> Inquiry<'s> {
    pub(super) fn new(
        situation: &'s Situation<'s>,
        lock: &'s Lock,
        now: &'s Lock,
        is_proven: bool,
    ) -> Self {
        Self {
            is_proven,
            situation,
            lock,
            now,
            search: Search::new(situation, lock, now),
            open: BTreeSet::new(),
        }
    }

    /// Says which releases moved: until each has its reason, it is none for others.
    pub(super) fn leave_open(&mut self, moved: impl Iterator<Item = &'s LockEntry>) {
        self.open = moved
            .map(|entry| (entry.package(), entry.namespace()))
            .collect();
    }

    /// What was locked, with the catalog that it comes from if the lock does not say one: a release without a catalog is that of the first
    /// that has it.
    pub(super) fn meant<'l>(
        &self,
        before: &'l LockEntry,
        key: Option<&InstanceKey>,
    ) -> Cow<'l, LockEntry> {
        let standing = key.and_then(|key| Some((key, self.situation.standing(key)?)));
        let catalog = standing.and_then(|(key, standing)| match standing.locked.as_ref()? {
            Occupant::Release(id) => {
                let release = &self.situation.package(key.0).releases[*id];
                self.situation.universe.catalog(release.catalog)
            }
            Occupant::Opaque(opaque) => opaque.catalog.as_deref(),
        });
        match catalog.filter(|_| before.catalog().is_none()) {
            Some(catalog) => Cow::Owned(before.clone().from_catalog(catalog)),
            None => Cow::Borrowed(before),
        }
    }

    /// A release that moved has its reason.
    pub(super) fn explained(&mut self, entry: &'s LockEntry) {
        self.open.remove(&(entry.package(), entry.namespace()));
    }

    /// Why there is none in the place of what was locked.
    pub(super) fn why_gone(&mut self, before: &LockEntry, key: Option<&InstanceKey>) -> Reason {
        let standing = key.and_then(|key| self.situation.standing(key));
        if standing.is_some_and(|standing| standing.is_removed) {
            return Reason::new(ChangeReason::Requested, "the request removes it");
        }
        let Some(askers) = self.needed_still(before) else {
            return self.why_unneeded(before);
        };
        let found = key.and_then(|key| self.why_not(before, None, key));
        found.unwrap_or_else(|| {
            let do_without = if askers.len() == 1 { "does" } else { "do" };
            let text = format!("{} {do_without} without it now", listed(&askers));
            Reason::new(ChangeReason::Unneeded, text)
        })
    }

    /// Why another release is in its place.
    pub(super) fn why_moved(
        &mut self,
        before: &LockEntry,
        after: &LockEntry,
        kind: ChangeKind,
        key: Option<&InstanceKey>,
    ) -> Reason {
        if kind == ChangeKind::Relocated {
            let text = format!("the package lives in {} now", after.namespace());
            return Reason::new(ChangeReason::Place, text);
        }
        if kind == ChangeKind::Replaced && is_spelt_otherwise(before, after) {
            let text = format!("its version is written {} now", after.version());
            return Reason::new(ChangeReason::Spelling, text);
        }
        let is_named = key.is_some_and(|key| self.situation.names(key.0));
        let found = match is_named && kind == ChangeKind::Upgraded {
            true => None,
            false => key.and_then(|key| self.why_not(before, Some(after), key)),
        };
        found.unwrap_or_else(|| self.why_preferred(before, after, is_named))
    }

    /// Why another release was chosen though the locked one goes with all that was decided, as long as it is asked for.
    fn why_preferred(&self, before: &LockEntry, after: &LockEntry, is_named: bool) -> Reason {
        if is_named {
            let text = "the request asks for its best release";
            return Reason::new(ChangeReason::Requested, text);
        }
        if self.situation.request.mode == Mode::FewestChanges {
            let text = "the request wants the fewest changes of what is installed";
            return Reason::new(ChangeReason::Installed, text);
        }
        let askers = after.askers();
        if !self.is_proven || askers.is_empty() {
            let text = "the search for a better answer was given up";
            return Reason::new(ChangeReason::Undetermined, text);
        }
        let (none, other) = (before.version(), after.version());
        let (names, s) = (listed(askers), plural(askers));
        let text = format!("nothing needs {none} any more, and {names} need{s} {other}");
        Reason::new(ChangeReason::Unneeded, text)
    }

    /// What keeps the locked release of an instance from being chosen, if something does.
    fn why_not(
        &mut self,
        before: &LockEntry,
        after: Option<&LockEntry>,
        key: &InstanceKey,
    ) -> Option<Reason> {
        let standing = self.situation.standing(key);
        let Some((standing, locked)) = standing.and_then(|s| Some((s, s.locked.as_ref()?))) else {
            return Some(self.absent(before, key));
        };
        let is_opaque = matches!(locked, Occupant::Opaque(_));
        if is_opaque && after.is_some_and(|after| after.version() == before.version()) {
            let text = "it is installed from there, and no catalog has it any more";
            return Some(Reason::new(ChangeReason::Installed, text));
        }
        if let Some(exclusion) = self.exclusion(key, standing, locked) {
            let text = format!("it is excluded: {}", exclusion.reason);
            return Some(Reason::new(ChangeReason::Excluded, text));
        }
        let version = locked.version(self.situation.package(key.0))?;
        let ruling = self.situation.items_for(key).find(|item| {
            let is_there = item.catalog.is_none() || item.catalog.as_deref() == before.catalog();
            // A declaration may be met by what is installed, whatever its range.
            !item.is_declaration && (!is_there || !item.range.set().contains(version))
        });
        if let Some(item) = ruling {
            return Some(asked(item));
        }
        if let Some(text) = self.installed_above(key, standing, locked) {
            return Some(Reason::new(ChangeReason::Installed, text));
        }
        let held = Held::new(before, key.clone(), version);
        let held = if is_opaque { held.anywhere() } else { held };
        let askers = after.map_or_else(Vec::new, |after| self.explained_askers(after, key));
        self.search.why_not(&held, &askers)
    }

    /// Those who need what is chosen, if they stayed or their moves have their reasons already.
    fn explained_askers(&self, after: &LockEntry, key: &InstanceKey) -> Vec<Held> {
        let askers = after.askers().iter();
        let entries = askers.flat_map(|name| of_package(self.now, name));
        let explained =
            entries.filter(|entry| !self.open.contains(&(entry.package(), entry.namespace())));
        let held = explained.filter_map(|entry| {
            let of = self
                .situation
                .key(entry.package(), Some(entry.namespace()))?;
            let version = Version::parse(entry.version())
                .ok()
                .filter(|_| of != *key)?;
            Some(Held::new(entry, of, &version))
        });
        held.collect()
    }

    /// Of what no catalog has: why not.
    fn absent(&self, before: &LockEntry, key: &InstanceKey) -> Reason {
        let (package, version) = (before.package(), before.version());
        let universe = self.situation.universe;
        let is_unusable = universe
            .unusable_versions(package)
            .iter()
            .any(|v| v == version);
        let stated = StatedVersion::new(version);
        let mut releases = self.situation.package(key.0).releases.iter();
        let text = match before.catalog() {
            _ if is_unusable => {
                format!("{version} cannot be used any more, for what its files say")
            }
            Some(catalog) if releases.any(|release| stated.is(&release.version)) => {
                format!("the catalog {catalog} does not have {version} any more")
            }
            _ => format!("no catalog has {version} any more"),
        };
        Reason::new(ChangeReason::Gone, text)
    }

    fn exclusion(
        &self,
        key: &InstanceKey,
        standing: &Standing<'_>,
        locked: &Occupant,
    ) -> Option<&'s Exclusion> {
        let installed = standing.installed.as_ref();
        let is_installed = installed.is_some_and(|(_, occupant)| occupant == locked);
        let package = self.situation.package(key.0);
        let mut exclusions = self.situation.exclusions_of(&package.name).iter();
        let found = exclusions.find(|exclusion| {
            let is_meant = match locked {
                Occupant::Release(id) => {
                    let release = &package.releases[*id];
                    let catalog = self.situation.universe.catalog(release.catalog);
                    exclusion.rules_out(catalog, &release.version)
                }
                Occupant::Opaque(opaque) => {
                    exclusion.rules_out_stated(opaque.catalog.as_deref(), &opaque.version)
                }
            };
            is_meant && (exclusion.is_even_if_installed || !is_installed)
        });
        found.copied()
    }

    /// What is installed moves only up, unless an item lets it go back.
    fn installed_above(
        &self,
        key: &InstanceKey,
        standing: &Standing<'_>,
        locked: &Occupant,
    ) -> Option<String> {
        let package = self.situation.package(key.0);
        let (record, occupant) = standing.installed.as_ref()?;
        let (from, to) = (occupant.version(package)?, locked.version(package)?);
        let mut items = self.situation.items_for(key);
        let may_go_back = items.any(|item| item.is_rollback || !item.range.set().contains(from));
        let installed = format!("{} {} is installed", record.package(), record.version());
        match from.cmp(to) {
            Ordering::Less => None,
            _ if occupant == locked => None,
            Ordering::Equal => Some(format!("{installed} from another catalog, and stays")),
            Ordering::Greater if may_go_back => None,
            Ordering::Greater => Some(format!("{installed}, and does not go back unasked")),
        }
    }

    /// Those who needed a locked release and are chosen as they were; none if there are none.
    fn needed_still(&self, before: &LockEntry) -> Option<Vec<String>> {
        let is_as_before = |name: &&String| {
            let mut entries = of_package(self.lock, name);
            entries.any(|entry| of_package(self.now, name).any(|now| is_same(entry, now)))
        };
        let askers: Vec<String> = before
            .askers()
            .iter()
            .filter(is_as_before)
            .cloned()
            .collect();
        (!askers.is_empty()).then_some(askers)
    }

    /// Of what nothing needs any more, though something did, or somebody asked for it.
    fn why_unneeded(&self, before: &LockEntry) -> Reason {
        if before.is_requested() {
            let text = "the request does not ask for it any more";
            return Reason::new(ChangeReason::Requested, text);
        }
        let askers = before.askers();
        let told: Vec<String> = askers
            .iter()
            .take(TOLD)
            .map(|name| {
                let mut now = of_package(self.now, name);
                match now.next() {
                    Some(now) => format!("{name} is {} now", now.version()),
                    None => format!("{name} goes"),
                }
            })
            .collect();
        let text = match told.as_slice() {
            [] => "nothing needs it".to_owned(),
            _ => format!(
                "nothing needs it any more, as {}{}",
                told.join(", "),
                more(askers.len())
            ),
        };
        Reason::new(ChangeReason::Unneeded, text)
    }
}

impl ChangeReason {
    /// A stable name in camel case, as `requested`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Needed => "needed",
            Self::Unneeded => "unneeded",
            Self::Installed => "installed",
            Self::Gone => "gone",
            Self::Excluded => "excluded",
            Self::Conflict => "conflict",
            Self::Place => "place",
            Self::Spelling => "spelling",
            Self::Undetermined => "undetermined",
        }
    }
}

impl fmt::Display for ChangeReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An item that what was locked does not meet.
fn asked(item: &Item) -> Reason {
    let range = match item.range.as_str().trim() {
        "" | "*" => String::new(),
        range => format!(" {range}"),
    };
    let from = item.catalog.as_ref();
    let from = from.map_or_else(String::new, |name| format!(" of the catalog {name}"));
    let text = format!("the request asks for {}{range}{from}", item.package);
    Reason::new(ChangeReason::Requested, text)
}

/// Whether both mean one version, spelt in two ways.
fn is_spelt_otherwise(before: &LockEntry, after: &LockEntry) -> bool {
    StatedVersion::new(before.version()).is_same(&StatedVersion::new(after.version()))
}

/// The releases of a package: they stand together.
fn of_package<'l>(lock: &'l Lock, name: &'l str) -> impl Iterator<Item = &'l LockEntry> {
    let releases = lock.releases();
    let first = releases.partition_point(|entry| entry.package() < name);
    let releases = releases.iter().skip(first);
    releases.take_while(move |entry| entry.package() == name)
}

/// Whether what was locked is chosen.
pub(super) fn is_same(before: &LockEntry, now: &LockEntry) -> bool {
    let is_there = before.catalog().is_none() || before.catalog() == now.catalog();
    is_there && before.version() == now.version()
}

/// "a", "a and b", "a, b, c and 5 more".
fn listed(names: &[String]) -> String {
    let mut told: Vec<String> = names.iter().take(TOLD).cloned().collect();
    match (
        names.len().checked_sub(TOLD).filter(|more| *more > 0),
        told.pop(),
    ) {
        (_, None) => String::new(),
        (Some(more), Some(last)) => format!("{}, {last} and {more} more", told.join(", ")),
        (None, Some(last)) if told.is_empty() => last,
        (None, Some(last)) => format!("{} and {last}", told.join(", ")),
    }
}

fn more(count: usize) -> String {
    match count.checked_sub(TOLD).filter(|more| *more > 0) {
        Some(more) => format!(" and {more} more"),
        None => String::new(),
    }
}

fn plural(names: &[String]) -> &'static str {
    if names.len() == 1 { "s" } else { "" }
}
