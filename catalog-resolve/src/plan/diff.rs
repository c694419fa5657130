//! What is otherwise in another plan.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::{Map, Value, json};

use super::{Plan, Step};

/// What one plan does otherwise than another: made by [`Plan::diff`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanDiff {
    added: Vec<Step>,
    gone: Vec<Step>,
    changed: Vec<StepChange>,
    reordered: Vec<StepChange>,
}

/// One step of both plans, as it is in each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepChange {
    before: Step,
    after: Step,
    aspects: Vec<StepAspect>,
}

/// What can be otherwise in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StepAspect {
    /// What is done.
    Action,
    /// The version that is installed.
    From,
    /// The version that is there afterwards.
    To,
    /// The releases that are passed through, or what they lack.
    Hops,
    /// Where the release comes from.
    Catalog,
    /// Where it goes.
    Namespace,
}

impl StepAspect {
    const ALL: [Self; 6] = [
        Self::Action,
        Self::From,
        Self::To,
        Self::Hops,
        Self::Catalog,
        Self::Namespace,
    ];

    /// A stable name, which is also the key in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::From => "from",
            Self::To => "to",
            Self::Hops => "hops",
            Self::Catalog => "catalog",
            Self::Namespace => "namespace",
        }
    }

    fn differs(self, one: &Step, other: &Step) -> bool {
        match self {
            Self::Action => one.action() != other.action(),
            Self::From => one.from() != other.from(),
            Self::To => one.to() != other.to(),
            Self::Hops => one.hops() != other.hops(),
            Self::Catalog => one.catalog() != other.catalog(),
            Self::Namespace => one.namespace() != other.namespace(),
        }
    }
}

impl StepChange {
    /// The step in the plan that was compared.
    #[must_use]
    pub fn before(&self) -> &Step {
        &self.before
    }

    /// The step in the plan that it was compared with.
    #[must_use]
    pub fn after(&self) -> &Step {
        &self.after
    }

    /// What is otherwise, in the order of the enumeration; nothing where only the order is.
    #[must_use]
    pub fn aspects(&self) -> &[StepAspect] {
        &self.aspects
    }
}

impl Plan {
    /// What `other` does otherwise. A step is the same if it is about the same package in the same namespace; if a package has one step
    /// left in each plan, in namespaces of their own, that one has moved.
    ///
    /// ```
    /// use catalog_resolve::{Outcome, Request, Universe, resolve};
    ///
    /// let universe = Universe::from_json(r#"{"app": {"1.0.0": {"dependencies": [{"name": "db"}]}, "2.0.0": {}}, "db": {"1.0.0": {}}}"#)?;
    /// let plan = |range| {
    ///     let Ok(request) = Request::new().install("app", range) else { panic!("it can be read") };
    ///     let Outcome::Resolved(resolution) = resolve(&universe, &request) else { panic!("there is an answer") };
    ///     resolution.plan()
    /// };
    /// let (old, new) = (plan("<2"), plan("*"));
    /// assert_eq!(old.diff(&new).to_string(), "- install db 1.0.0 in db\n~ install app 1.0.0 in app -> install app 2.0.0 in app (to)\n");
    /// assert!(old.diff(&old).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Cost: n log n in the steps and their order.
    #[must_use]
    pub fn diff(&self, other: &Self) -> PlanDiff {
        let (mut old, mut new) = (self.by_place(), other.by_place());
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        old.retain(|place, position| {
            let same = new.remove(place);
            pairs.extend(same.map(|same| (*position, same)));
            same.is_none()
        });
        let moved = only_ones(&old).into_iter().filter_map(|(package, place)| {
            let there = *only_ones(&new).get(package)?;
            Some((place, there))
        });
        for (here, there) in moved.collect::<Vec<_>>() {
            let pair = old.remove(&here).zip(new.remove(&there));
            pairs.extend(pair);
        }
        pairs.sort_unstable_by_key(|(_, position)| *position);
        let steps = |plan: &Self, places: BTreeMap<Place<'_>, usize>| {
            let positions: BTreeSet<usize> = places.into_values().collect();
            let steps = positions.into_iter().filter_map(|at| plan.steps().get(at));
            steps.cloned().collect()
        };
        let mut diff = PlanDiff {
            added: steps(other, new),
            gone: steps(self, old),
            ..PlanDiff::default()
        };
        let renamed: BTreeMap<usize, usize> = pairs.iter().copied().collect();
        for (before, after) in pairs {
            if let (Some(before), Some(after)) =
                (self.steps().get(before), other.steps().get(after))
            {
                diff.compare(before, after, &renamed);
            }
        }
        diff
    }

    /// Positions by package and namespace.
    fn by_place(&self) -> BTreeMap<Place<'_>, usize> {
        let steps = self.steps().iter().enumerate();
        steps
            .map(|(position, step)| ((step.package(), step.namespace()), position))
            .collect()
    }
}

/// A package and a namespace.
type Place<'p> = (&'p str, &'p str);

/// The packages with a single step, and where that is.
fn only_ones<'p>(places: &BTreeMap<Place<'p>, usize>) -> BTreeMap<&'p str, Place<'p>> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (package, _) in places.keys() {
        *counts.entry(package).or_default() += 1;
    }
    let only = places
        .keys()
        .filter(|(package, _)| counts.get(package) == Some(&1));
    only.map(|place| (place.0, *place)).collect()
}

impl PlanDiff {
    /// Notes what is otherwise in a step. `renamed` has the new position of each old one.
    fn compare(&mut self, before: &Step, after: &Step, renamed: &BTreeMap<usize, usize>) {
        let aspects = StepAspect::ALL.into_iter();
        let aspects: Vec<StepAspect> = aspects.filter(|a| a.differs(before, after)).collect();
        let comes_after: Option<BTreeSet<usize>> = before
            .after()
            .iter()
            .map(|position| renamed.get(position).copied())
            .collect();
        let is_same_order = before.level() == after.level()
            && comes_after.is_some_and(|set| set.iter().eq(after.after()));
        let change = |aspects| StepChange {
            before: before.clone(),
            after: after.clone(),
            aspects,
        };
        if !is_same_order {
            self.reordered.push(change(aspects.clone()));
        }
        if !aspects.is_empty() {
            self.changed.push(change(aspects));
        }
    }

    /// The steps that only the other plan has, in its order.
    #[must_use]
    pub fn added(&self) -> &[Step] {
        &self.added
    }

    /// The steps that the other plan has not, in the order of the first.
    #[must_use]
    pub fn gone(&self) -> &[Step] {
        &self.gone
    }

    /// The steps of both that do something else, in the order of the other plan.
    #[must_use]
    pub fn changed(&self) -> &[StepChange] {
        &self.changed
    }

    /// The steps of both that are done at another level, or after other steps, whether or not they do something else too.
    #[must_use]
    pub fn reordered(&self) -> &[StepChange] {
        &self.reordered
    }

    /// Whether the plans do the same in the same order.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty()
            && self.gone.is_empty()
            && self.changed.is_empty()
            && self.reordered.is_empty()
    }

    /// The difference as JSON: `added` and `gone` are steps as in [`Plan::to_json`], `changed` and `reordered` are lists of
    /// `{"before": step, "after": step, "aspects": [name]}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let steps = |steps: &[Step]| -> Vec<Value> { steps.iter().map(Step::to_json).collect() };
        let changes = |changes: &[StepChange]| -> Vec<Value> {
            changes.iter().map(StepChange::to_json).collect()
        };
        json!({
            "added": steps(&self.added),
            "gone": steps(&self.gone),
            "changed": changes(&self.changed),
            "reordered": changes(&self.reordered),
        })
    }
}

impl StepChange {
    fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("before".to_owned(), self.before.to_json());
        object.insert("after".to_owned(), self.after.to_json());
        let names = self.aspects.iter().map(|aspect| aspect.as_str());
        object.insert("aspects".to_owned(), names.collect());
        Value::Object(object)
    }
}

impl fmt::Display for PlanDiff {
    /// A line a step: `- ` what goes, `+ ` what comes, `~ ` what changes with its aspects, and `  ` what is only done at another time, with
    /// levels counted from 1.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.gone {
            writeln!(f, "- {step}")?;
        }
        for step in &self.added {
            writeln!(f, "+ {step}")?;
        }
        for change in &self.changed {
            let names: Vec<&str> = change.aspects.iter().map(|a| a.as_str()).collect();
            let (before, after) = (&change.before, &change.after);
            writeln!(f, "~ {before} -> {after} ({})", names.join(", "))?;
        }
        let only_reordered = self.reordered.iter().filter(|c| c.aspects.is_empty());
        for change in only_reordered {
            let [before, after] = [&change.before, &change.after].map(|step| step.level() + 1);
            match before == after {
                true => writeln!(f, "  {} comes after other steps", change.after)?,
                false => writeln!(f, "  {} at {after} instead of {before}", change.after)?,
            }
        }
        Ok(())
    }
}
