//! The values that a path with a `*` leads to.

use std::collections::BTreeMap;

use serde_json::Value;

use super::find::{Finding, Mismatch, Stop, take};
use super::place::{Place, Step};
use super::segment::Segment;
use super::trail::{Link, Trail};

/// What a path with a `*` leads to.
///
/// ```
/// use catalog_conditions::path::{FieldPath, Finding};
/// use serde_json::json;
///
/// let pod = json!({"spec": {"containers": [{"name": "web", "image": "web:1"}, {"name": "init"}]}});
/// let path = FieldPath::parse("spec.containers[*].image")?;
/// let Finding::Many(images) = path.find(&pod) else { unreachable!() };
/// let told: Vec<String> = images.iter().map(|image| format!("{} {:?}", image.place(), image.found())).collect();
/// assert_eq!(told[0], r#"spec.containers[0].image Found(String("web:1"))"#);
/// assert!(told[1].starts_with("spec.containers[1] Absent"));
/// # Ok::<(), catalog_conditions::path::PathError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Members<'v> {
    ends: Vec<(Link, End<'v>)>,
    uncounted: Vec<Finding<'v>>,
    trail: Trail<'v>,
}

/// One value that a `*` leads to. It is a member even if the rest of the path leads nowhere from there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member<'m, 'v> {
    trail: &'m Trail<'v>,
    link: Link,
    end: &'m End<'v>,
}

/// How the rest of the path ended for a member. Smaller than a [`Finding`]: a list may have many elements, and few are looked at closely.
#[derive(Clone, Debug, PartialEq)]
enum End<'v> {
    At(&'v Value),
    Absent,
    Ambiguous,
    Mismatch(Box<(&'v Value, Segment)>),
}

impl<'v> Members<'v> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The members, in the order of the lists and of the keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Member<'_, 'v>> {
        self.ends.iter().map(|(link, end)| Member {
            trail: &self.trail,
            link: *link,
            end,
        })
    }

    /// Where members could not be counted, since the way to them is a mismatch or ambiguous: there may be any number more.
    #[must_use]
    pub fn uncounted(&self) -> &[Finding<'v>] {
        &self.uncounted
    }

    /// Members that stand at these links of a trail.
    pub(crate) fn at(trail: Trail<'v>, ends: impl IntoIterator<Item = (Link, &'v Value)>) -> Self {
        let ends = ends.into_iter().map(|(link, value)| (link, End::At(value)));
        Self {
            ends: ends.collect(),
            uncounted: Vec::new(),
            trail,
        }
    }

    /// The members below a value that stands at `place`; `rest` are the steps behind the `*`.
    pub(super) fn below(place: &Place<'v>, value: &'v Value, rest: &[Segment]) -> Self {
        let mut members = Self::default();
        let mut link = Link::ROOT;
        for step in place.steps() {
            link = members.trail.push(link, *step);
        }
        members.spread(link, value, rest);
        members
    }

    /// No member that could be counted, since the way to the `*` ended so.
    pub(super) fn none(finding: Finding<'v>) -> Self {
        let mut members = Self::default();
        members.miss(finding);
        members
    }

    /// Takes the steps of a leg, and from each value at its end the rest. Recursion is as deep as a path has `*`, at most 64.
    fn follow(&mut self, mut link: Link, mut value: &'v Value, leg: &Leg<'_>) {
        for segment in leg.steps {
            match take(segment, value) {
                Ok((step, below)) => {
                    link = self.trail.push(link, step);
                    value = below;
                }
                Err(stop) if leg.then.is_none() => {
                    return self.ends.push((link, End::of(stop, value, segment)));
                }
                Err(stop) => {
                    return self.miss(stop.finding(self.trail.place(link), value, segment));
                }
            }
        }
        match leg.then {
            Some(rest) => self.spread(link, value, rest),
            None => self.ends.push((link, End::At(value))),
        }
    }

    /// From each element of a list or value of an object, goes on with `rest`.
    fn spread(&mut self, link: Link, value: &'v Value, rest: &[Segment]) {
        let leg = Leg::of(rest);
        match value {
            Value::Array(items) => {
                let steps = items.iter().enumerate();
                self.each(link, steps.map(|(at, item)| (Step::Index(at), item)), &leg);
            }
            // A map keeps its keys sorted unless `preserve_order` of serde_json is on somewhere in the program.
            Value::Object(map) if map.keys().is_sorted() => {
                let steps = map.iter();
                self.each(link, steps.map(|(key, item)| (Step::Key(key), item)), &leg);
            }
            Value::Object(map) => {
                let sorted: BTreeMap<&str, &Value> =
                    map.iter().map(|(key, item)| (key.as_str(), item)).collect();
                let steps = sorted.into_iter();
                self.each(link, steps.map(|(key, item)| (Step::Key(key), item)), &leg);
            }
            Value::Null => {}
            _ => self.miss(Stop::Mismatch.finding(self.trail.place(link), value, &Segment::Every)),
        }
    }

    fn each(
        &mut self,
        link: Link,
        children: impl ExactSizeIterator<Item = (Step<'v>, &'v Value)>,
        leg: &Leg<'_>,
    ) {
        self.ends.reserve(children.len());
        self.trail.reserve(children.len());
        for (step, child) in children {
            let link = self.trail.push(link, step);
            self.follow(link, child, leg);
        }
    }

    /// Below nothing there is no member; below what is unknown there may be some.
    #[cold]
    fn miss(&mut self, finding: Finding<'v>) {
        if !matches!(finding, Finding::Absent(_)) {
            self.uncounted.push(finding);
        }
    }
}

/// The steps from one `*` to the next, or to the end.
struct Leg<'p> {
    steps: &'p [Segment],
    /// What comes behind the next `*`, if there is one.
    then: Option<&'p [Segment]>,
}

impl<'p> Leg<'p> {
    fn of(segments: &'p [Segment]) -> Self {
        let star = segments
            .iter()
            .position(|segment| *segment == Segment::Every);
        Self {
            steps: star.and_then(|at| segments.get(..at)).unwrap_or(segments),
            then: star.and_then(|at| segments.get(at + 1..)),
        }
    }
}

impl<'v> Member<'_, 'v> {
    /// Where it stands, as far as it exists.
    #[must_use]
    pub fn place(&self) -> Place<'v> {
        self.trail.place(self.link)
    }

    /// What the rest of the path leads to from there; never [`Finding::Many`].
    #[must_use]
    pub fn found(&self) -> Finding<'v> {
        match self.end {
            End::At(Value::Null) => Finding::Null,
            End::At(value) => Finding::Found(value),
            End::Absent => Finding::Absent(self.place()),
            End::Ambiguous => Finding::Ambiguous(self.place()),
            End::Mismatch(misfit) => Finding::Mismatch(Mismatch {
                place: self.place(),
                value: misfit.0,
                segment: misfit.1.clone(),
            }),
        }
    }
}

impl<'v> End<'v> {
    fn of(stop: Stop, value: &'v Value, segment: &Segment) -> Self {
        match stop {
            Stop::Absent => Self::Absent,
            Stop::Ambiguous => Self::Ambiguous,
            Stop::Mismatch => Self::Mismatch(Box::new((value, segment.clone()))),
        }
    }
}
