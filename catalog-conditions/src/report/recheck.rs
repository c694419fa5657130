//! What became otherwise between two evaluations of the same conditions.

use std::collections::BTreeMap;
use std::fmt;

use super::Report;
use super::condition::ConditionReport;
use super::display;
use super::outcome::Outcome;
use super::read_object::ReadObject;
use crate::show;

/// What became otherwise for one condition: its outcome, the objects that it rests on, or both.
///
/// `Display` says it in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recheck {
    condition: String,
    before: Option<Outcome>,
    now: Option<Outcome>,
    objects: Vec<(ReadObject, ObjectChange)>,
}

/// What became of an object that an answer rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ObjectChange {
    /// It was not there, or not read, and is now.
    Came,
    /// It was read and is no longer there, or no longer looked at.
    Went,
    /// Another object of the same name (its `uid` is another): what was known of the old one says nothing about it.
    Replaced,
    /// The same object in another state (its `resourceVersion` is another, or is not known).
    Changed,
}

impl Recheck {
    /// The condition's name.
    #[must_use]
    pub fn condition(&self) -> &str {
        &self.condition
    }

    /// The outcome before; `None` if the condition was not asked.
    #[must_use]
    pub fn before(&self) -> Option<Outcome> {
        self.before
    }

    /// The outcome now; `None` if the condition is not asked any more.
    #[must_use]
    pub fn now(&self) -> Option<Outcome> {
        self.now
    }

    /// The objects that changed, in order, each as it is now, or was if it went.
    #[must_use]
    pub fn objects(&self) -> &[(ReadObject, ObjectChange)] {
        &self.objects
    }
}

impl ObjectChange {
    /// `came`, `went`, `replaced` or `changed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Came => "came",
            Self::Went => "went",
            Self::Replaced => "replaced",
            Self::Changed => "changed",
        }
    }
}

impl Report {
    /// What became otherwise since an earlier report on the same conditions: for a look just before applying what was planned. Conditions
    /// for which nothing did are left out. In the order of this report, then those that only the earlier one has.
    ///
    /// Conditions are matched by name, and several of one name by their order. An outcome can be the same while the object that it rests
    /// on was deleted and made anew: that is told too.
    ///
    /// ```
    /// use catalog_conditions::condition::{Condition, ConditionSet, Expression};
    /// use catalog_conditions::report::ObjectChange;
    /// use catalog_conditions::{Context, Snapshot, evaluate};
    /// use serde_json::json;
    ///
    /// let mut conditions = ConditionSet::new();
    /// conditions.push(Condition::new("widgets", Expression::crd("widgets.example.com")));
    /// let at = |uid: &str| {
    ///     let crd = json!({
    ///         "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
    ///         "metadata": {"name": "widgets.example.com", "uid": uid, "resourceVersion": "7"},
    ///         "status": {"conditions": [{"type": "Established", "status": "True"}]},
    ///     });
    ///     evaluate(&conditions, &Snapshot::builder().object(crd).build(), &Context::new())
    /// };
    /// assert!(at("a").changes_since(&at("a")).is_empty());
    /// let changes = at("b").changes_since(&at("a"));
    /// assert_eq!(changes[0].objects()[0].1, ObjectChange::Replaced);
    /// assert_eq!(
    ///     changes[0].to_string(),
    ///     "\"widgets\" is satisfied as before; CustomResourceDefinition/widgets.example.com was replaced"
    /// );
    /// ```
    #[must_use]
    pub fn changes_since(&self, earlier: &Self) -> Vec<Recheck> {
        let mut before = by_name(earlier);
        let now = by_name(self);
        let own = self.conditions().iter().zip(keys(self));
        let mut changes: Vec<Recheck> = own
            .filter_map(|(condition, key)| compare(before.remove(&key), Some(condition)))
            .collect();
        let gone = earlier.conditions().iter().zip(keys(earlier));
        let gone = gone.filter(|(_, key)| !now.contains_key(key));
        changes.extend(gone.filter_map(|(condition, _)| compare(Some(condition), None)));
        changes
    }
}

/// A condition's name, and how many of that name come before it.
type Key<'r> = (&'r str, usize);

fn keys(report: &Report) -> impl Iterator<Item = Key<'_>> {
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    report.conditions().iter().map(move |condition| {
        let count = met.entry(condition.name()).or_default();
        *count += 1;
        (condition.name(), *count - 1)
    })
}

fn by_name(report: &Report) -> BTreeMap<Key<'_>, &ConditionReport> {
    keys(report).zip(report.conditions()).collect()
}

/// `None` if nothing became otherwise.
fn compare(before: Option<&ConditionReport>, now: Option<&ConditionReport>) -> Option<Recheck> {
    let condition = now.or(before)?.name().to_owned();
    let (earlier, later) = (reads(before), reads(now));
    let (before, now) = (
        before.map(ConditionReport::outcome),
        now.map(ConditionReport::outcome),
    );
    let gone = earlier.iter().filter(|(key, _)| !later.contains_key(*key));
    let gone = gone.map(|(key, object)| (key, *object, Some(ObjectChange::Went)));
    let stayed = later.iter().map(|(key, object)| {
        let change = match earlier.get(key) {
            None => Some(ObjectChange::Came),
            Some(earlier) => change(earlier, object),
        };
        (key, *object, change)
    });
    let mut objects: Vec<_> = gone.chain(stayed).collect();
    objects.sort_by_key(|(key, ..)| **key);
    let objects: Vec<_> = objects
        .into_iter()
        .filter_map(|(_, object, change)| Some((object.clone(), change?)))
        .collect();
    (before != now || !objects.is_empty()).then_some(Recheck {
        condition,
        before,
        now,
        objects,
    })
}

fn change(earlier: &ReadObject, now: &ReadObject) -> Option<ObjectChange> {
    if earlier.uid() != now.uid() {
        return Some(ObjectChange::Replaced);
    }
    // Without a version, nobody can tell that it is the same state.
    let version = now.resource_version();
    let same = version.is_some() && version == earlier.resource_version();
    (!same).then_some(ObjectChange::Changed)
}

/// What names an object: version of its API, kind, namespace, name.
type Identity<'r> = (&'r str, &'r str, Option<&'r str>, &'r str);

/// What a condition and each question in it rest on.
fn reads(condition: Option<&ConditionReport>) -> BTreeMap<Identity<'_>, &ReadObject> {
    let leaves = condition.map_or(&[][..], ConditionReport::leaves);
    let own = condition.map(ConditionReport::answer);
    let answers = own
        .into_iter()
        .chain(leaves.iter().map(|leaf| leaf.answer()));
    let objects = answers.flat_map(|answer| answer.reads());
    objects.map(|object| (identity(object), object)).collect()
}

fn identity(object: &ReadObject) -> Identity<'_> {
    let (kind, name) = (object.kind(), object.name());
    (object.api_version(), kind, object.namespace(), name)
}

impl fmt::Display for Recheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = |outcome: Option<Outcome>| outcome.map_or("not asked", display::outcome);
        let (before, now) = (outcome(self.before), outcome(self.now));
        let name = show::text(&self.condition);
        if self.before == self.now {
            write!(f, "{name} is {now} as before")?;
        } else {
            write!(f, "{name} is {now} and was {before}")?;
        }
        for (object, change) in &self.objects {
            let namespace = object.namespace().unwrap_or_default();
            let object = show::object(object.kind(), namespace, object.name());
            let did = match change {
                ObjectChange::Replaced => "was replaced",
                other => other.as_str(),
            };
            write!(f, "; {object} {did}")?;
        }
        Ok(())
    }
}
