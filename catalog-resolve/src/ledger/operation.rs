//! What one operation adds to a cluster.

use std::collections::BTreeSet;
use std::rc::Rc;

use catalog_model::Phase;

use super::contents::{Contents, Origin};
use super::effect::{Effect, ObjectRef};
use super::growth::{Growth, growth};
use super::place::Place;
use super::{Arrival, Examination, Known};
use crate::plan::{Action, Step};

/// What one operation of a plan adds to a cluster, compared with the release that is there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationLedger {
    step: usize,
    action: Action,
    package: String,
    namespace: String,
    from: Option<String>,
    to: Option<String>,
    entries: Vec<Entry>,
    growth: Vec<Growth>,
    conditions: Vec<OpenCondition>,
    unexamined: Vec<Unexamined>,
}

/// One line of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub(super) effect: Effect,
    pub(super) change: Change,
    pub(super) origins: Vec<String>,
    pub(super) places: Vec<Place>,
}

/// What becomes of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Change {
    /// It comes; a hook runs.
    Added,
    /// It is there before and afterwards, and says something else afterwards.
    Changed,
    /// The release that goes has it, and that which comes has not. Whether it is deleted is for whoever carries out the plan to say.
    Dropped,
}

/// A condition of a release that is to be asked before it is installed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenCondition {
    pub(super) name: String,
    pub(super) needs: Option<String>,
}

/// Something that can have effects, and of which nothing is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unexamined {
    what: String,
    why: String,
}

impl Unexamined {
    pub(super) fn new(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            why: why.into(),
        }
    }

    /// What it is: a module, a file, a release.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Why nothing is known of it.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }
}

impl OpenCondition {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it waits for, if another release of the plan brings that: it is asked again once that is there. If there is nothing, the
    /// condition has not been asked at all.
    #[must_use]
    pub fn needs(&self) -> Option<&str> {
        self.needs.as_deref()
    }
}

impl Change {
    /// A stable name, as `added`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Dropped => "dropped",
        }
    }
}

impl Entry {
    pub(super) fn new(effect: &Effect, change: Change, origins: &BTreeSet<Origin>) -> Self {
        let mut texts: Vec<String> = origins.iter().map(|origin| origin.text.clone()).collect();
        texts.dedup();
        Self {
            effect: effect.clone(),
            change,
            origins: texts,
            places: origins.iter().filter_map(|one| one.place.clone()).collect(),
        }
    }

    /// What comes, changes or goes.
    #[must_use]
    pub fn effect(&self) -> &Effect {
        &self.effect
    }

    /// Which of these.
    #[must_use]
    pub fn change(&self) -> Change {
        self.change
    }

    /// Where the release says so, ascending: a file of definitions, `module name, file`, `hook phase/name`.
    #[must_use]
    pub fn origins(&self) -> &[String] {
        &self.origins
    }

    /// The same as places in files, in the same order.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.places
    }
}

impl OperationLedger {
    pub(super) fn new((at, step): (usize, &Step), from: Option<&str>, to: Option<&str>) -> Self {
        Self {
            step: at,
            action: step.action(),
            package: step.package().to_owned(),
            namespace: step.namespace().to_owned(),
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            entries: Vec::new(),
            growth: Vec::new(),
            conditions: Vec::new(),
            unexamined: Vec::new(),
        }
    }

    /// The position of its step in the plan.
    #[must_use]
    pub fn step(&self) -> usize {
        self.step
    }

    /// What is done.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// Where it goes, or is.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The version that is there before: that which is installed, or the hop before this one.
    #[must_use]
    pub fn from(&self) -> Option<&str> {
        self.from.as_deref()
    }

    /// The version that is there afterwards.
    #[must_use]
    pub fn to(&self) -> Option<&str> {
        self.to.as_deref()
    }

    /// What comes, changes and goes, by effect.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What the roles of the release that comes allow and those of the one before do not; nothing where there is none before.
    #[must_use]
    pub fn growth(&self) -> &[Growth] {
        &self.growth
    }

    /// The conditions that are still to be asked: those that wait for other releases, and all if there was no cluster to ask.
    #[must_use]
    pub fn conditions(&self) -> &[OpenCondition] {
        &self.conditions
    }

    /// What can have effects that are not in this ledger.
    #[must_use]
    pub fn unexamined(&self) -> &[Unexamined] {
        &self.unexamined
    }

    /// Says that the operation is not looked at.
    pub(super) fn leave_out(&mut self, why: String) {
        let versions = self.to.as_ref().or(self.from.as_ref());
        let what = format!("{} {}", self.package, versions.map_or("", String::as_str));
        self.unexamined.push(Unexamined::new(what, why));
    }

    /// Looks at the releases before and afterwards.
    pub(super) fn examine(&mut self, examination: &mut Examination<'_>, arrival: Arrival) {
        let before = self.known(self.from.clone(), examination);
        let after = self.known(self.to.clone(), examination);
        let (before, after) = (before.as_deref(), after.as_deref());
        let deployed = |known: Option<&Known<'_>>| known.map(|known| known.deployed.clone());
        let was_there = deployed(before).unwrap_or_default();
        let there = deployed(after).unwrap_or_default();
        let mut comes = self.hooks(before, after);
        comes.extend(there.clone());
        self.unexamined.extend(comes.unexamined.iter().cloned());
        self.unexamined.sort();
        self.unexamined.dedup();
        if let Some(known) = after {
            self.conditions = conditions(examination, known);
        }
        if before.is_some() && after.is_some() {
            match growth(was_there.effects.keys(), there.effects.keys()) {
                Some(growth) => self.growth = growth,
                None => self.leave_out("its roles allow too much to say what is new".to_owned()),
            }
        }
        let changed = changed(&was_there, &there);
        let all = [was_there, comes, there];
        let [was_there, comes, there] = all.map(|all| all.scoped(&examination.made));
        let has_run = before.map(|known| match arrival {
            Arrival::Unknown => known.arrived.scoped(&examination.made),
            Arrival::Upgrade => known.upgraded.scoped(&examination.made),
        });
        let has_run = has_run.unwrap_or_default();
        let added = comes.iter().filter_map(|(effect, origins)| {
            // What a hook brings goes again; what is deployed stays, even if a hook had it before.
            let had_run = || has_run.contains_key(effect) && !there.contains_key(effect);
            let is_there = was_there.contains_key(effect) || had_run();
            let change = match effect {
                Effect::Hook { .. } => Change::Added,
                _ if !is_there => Change::Added,
                Effect::Object { object, .. } if changed.contains(object) => Change::Changed,
                _ => return None,
            };
            Some(Entry::new(effect, change, origins))
        });
        let dropped = was_there
            .iter()
            .filter(|(effect, _)| !comes.contains_key(*effect));
        let dropped = dropped.map(|(effect, from)| Entry::new(effect, Change::Dropped, from));
        self.entries = added.chain(dropped).collect();
        self.entries.sort();
    }

    /// A release of the package as the catalog has it; one that it has not is unexamined.
    fn known<'c>(
        &mut self,
        version: Option<String>,
        examination: &mut Examination<'c>,
    ) -> Option<Rc<Known<'c>>> {
        let version = version?;
        let known = examination.known(&self.package, &version);
        if known.is_none() {
            let what = format!("{} {version}", self.package);
            let why = "the catalog has no such release";
            self.unexamined.push(Unexamined::new(what, why));
        }
        known
    }

    /// What the hooks of the operation do, each from the release whose hooks run in its phase
    /// ([`Operation::phases`](catalog_model::Operation::phases)).
    fn hooks(&self, before: Option<&Known<'_>>, after: Option<&Known<'_>>) -> Contents {
        let phases = match self.action {
            Action::Install => [(Phase::PreInstall, after), (Phase::PostInstall, after)],
            Action::Upgrade => [(Phase::PreUpgrade, after), (Phase::PostUpgrade, after)],
            Action::Rollback => [(Phase::PreRollback, before), (Phase::PostRollback, after)],
            Action::Uninstall => [
                (Phase::PreUninstall, before),
                (Phase::PostUninstall, before),
            ],
            Action::Keep => return Contents::default(),
        };
        let known = phases
            .into_iter()
            .filter_map(|(phase, of)| Some((phase, of?)));
        let hooks =
            known.flat_map(|(phase, of)| of.release.hooks(phase).map(|hook| (of.release, hook)));
        Contents::of_hooks(hooks)
    }
}

/// The objects of both that say something else in each.
fn changed(before: &Contents, after: &Contents) -> BTreeSet<ObjectRef> {
    let both = after.texts.iter().filter(|(object, text)| {
        let was = before.texts.get(object);
        was.is_some_and(|was| was != *text)
    });
    both.map(|(object, _)| object.clone()).collect()
}

/// The conditions of a release that are still open.
fn conditions(examination: &Examination<'_>, known: &Known<'_>) -> Vec<OpenCondition> {
    let (package, version) = (known.release.package(), known.release.version());
    let view = examination.ledger.view.filter(|view| view.has_cluster());
    let Some(view) = view else {
        let conditions = known.release.conditions().conditions().iter();
        let open = conditions.map(|condition| OpenCondition {
            name: condition.name().to_owned(),
            needs: None,
        });
        return open.collect();
    };
    let deferred = view.deferred(package.as_str(), version.as_str()).iter();
    let open = deferred.map(|deferred| OpenCondition {
        name: deferred.condition().to_owned(),
        needs: Some(deferred.needs().to_owned()),
    });
    open.collect()
}
