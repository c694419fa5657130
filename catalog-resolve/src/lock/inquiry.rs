//! Why a release is not as it was locked.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use catalog_model::{Lock, LockEntry};

use super::change::ChangeKind;
use super::hold::{Held, Search};
use super::reason::{ChangeReason, Reason, TOLD, listed, more, plural};
use crate::encode::InstanceKey;
use crate::request::{Exclusion, Mode};
use crate::situation::{Occupant, Situation, Standing};
use crate::stated::StatedVersion;

/// Finds reasons: what is locked, what is chosen, and what more it may cost to find out.
pub(super) struct Inquiry<'s> {
    pub(super) situation: &'s Situation<'s>,
    lock: &'s Lock,
    pub(super) now: &'s Lock,
    /// Whether the answer is known to be the best one.
    is_proven: bool,
    search: Search<'s>,
    /// Where something moved that has no reason yet.
    pub(super) open: BTreeSet<(&'s str, &'s str)>,
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

    /// What was locked, with the catalog that it comes from if the lock does not say one, or says one that does not have it any more: a release
    /// without a catalog is that of the first that has it.
    pub(super) fn meant<'l>(
        &self,
        before: &'l LockEntry,
        key: Option<&InstanceKey>,
    ) -> Cow<'l, LockEntry> {
        let standing = key.and_then(|key| Some((key, self.situation.standing(key)?)));
        let universe = self.situation.universe;
        let catalog = standing.and_then(|(key, standing)| match standing.locked.as_ref()? {
            Occupant::Release(id) => {
                let package = self.situation.package(key.0);
                let release = &package.releases[*id];
                let is_there = universe.is_in(release, before.catalog());
                let catalog = self.situation.catalog_of(package, release);
                universe.catalog(catalog).filter(|_| !is_there)
            }
            Occupant::Opaque(opaque) => {
                let is_said = before.catalog().is_some();
                opaque.catalog.as_deref().filter(|_| !is_said)
            }
        });
        match catalog {
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
        let found = match key {
            Some(key) => self.why_not(before, None, key),
            None => Some(self.absent(before, None)),
        };
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
            return Some(self.absent(before, Some(key)));
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
            let wanted = item.catalog.as_deref();
            let is_there = wanted.is_none() || self.is_in(key, locked, wanted);
            // A declaration may be met by what is installed, whatever its range.
            !item.is_declaration && (!is_there || !item.range.set().contains(version))
        });
        if let Some(item) = ruling {
            return Some(Reason::asked(item));
        }
        if let Some(text) = self.installed_above(key, standing, locked) {
            return Some(Reason::new(ChangeReason::Installed, text));
        }
        let askers = after.map_or_else(Vec::new, |after| self.explained_askers(after));
        if let Some(text) = self.needed_otherwise(&askers, key, locked) {
            return Some(Reason::new(ChangeReason::Needed, text));
        }
        let held = Held::new(before, key.clone(), version);
        let held = if is_opaque { held.anywhere() } else { held };
        let askers = askers.into_iter().filter_map(|entry| self.held(entry, key));
        let askers: Vec<Held> = askers.collect();
        self.search.why_not(&held, &askers)
    }

    /// Of what no catalog has: why not. Without a key, of a package that nobody even mentions.
    fn absent(&self, before: &LockEntry, key: Option<&InstanceKey>) -> Reason {
        let (package, version) = (before.package(), before.version());
        let universe = self.situation.universe;
        let is_unusable = universe
            .unusable_versions(package)
            .iter()
            .any(|v| v == version);
        let stated = StatedVersion::new(version);
        let package = key.map(|key| self.situation.package(key.0));
        let mut releases = package.into_iter().flat_map(|known| known.releases.iter());
        let text = match before.catalog() {
            _ if is_unusable => {
                format!("{version} cannot be used any more, for what its files say")
            }
            Some(catalog) if universe.find_catalog(catalog).is_none() => {
                format!("nothing is known of the catalog {catalog}, which had {version}")
            }
            Some(catalog) if releases.any(|release| stated.is(&release.version)) => {
                format!("the catalog {catalog} does not have {version} any more")
            }
            _ => format!("no catalog has {version} any more"),
        };
        Reason::new(ChangeReason::Gone, text)
    }

    /// Whether the catalog of a name has what an instance can be at.
    fn is_in(&self, key: &InstanceKey, occupant: &Occupant, catalog: Option<&str>) -> bool {
        match occupant {
            Occupant::Release(id) => {
                let release = &self.situation.package(key.0).releases[*id];
                self.situation.universe.is_in(release, catalog)
            }
            Occupant::Opaque(opaque) => opaque.was_in(catalog),
        }
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
        let counts = |exclusion: &Exclusion| exclusion.is_even_if_installed || !is_installed;
        let found = match locked {
            Occupant::Release(id) => {
                let release = &package.releases[*id];
                self.situation.ruling_out(package, release, counts)
            }
            Occupant::Opaque(opaque) => self.situation.ruling_out_opaque(package, opaque, counts),
        };
        found.into_iter().next()
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
            let mut entries = of_package(self.lock, name).iter();
            entries.any(|entry| {
                of_package(self.now, name)
                    .iter()
                    .any(|now| is_same(entry, now))
            })
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
            .map(|name| match of_package(self.now, name).first() {
                Some(now) => format!("{name} is {} now", now.version()),
                None => format!("{name} goes"),
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

/// Whether both mean one version, spelt in two ways.
fn is_spelt_otherwise(before: &LockEntry, after: &LockEntry) -> bool {
    StatedVersion::new(before.version()).is_same(&StatedVersion::new(after.version()))
}

/// The releases of a package: they stand together.
pub(super) fn of_package<'l>(lock: &'l Lock, name: &str) -> &'l [LockEntry] {
    let releases = lock.releases();
    let first = releases.partition_point(|entry| entry.package() < name);
    let end = releases.partition_point(|entry| entry.package() <= name);
    releases.get(first..end).unwrap_or_default()
}

/// Whether what was locked is chosen.
pub(super) fn is_same(before: &LockEntry, now: &LockEntry) -> bool {
    let is_there = before.catalog().is_none() || before.shares_catalog(now);
    is_there && before.version() == now.version()
}
