//! Follows a path through a value.

use serde_json::Value;

use super::place::{Place, Step};
use super::segment::{FieldPath, Pair, Segment, Wanted};
use crate::decimal::Decimal;

/// What a path leads to in one object.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Finding<'v> {
    /// A value that is not null.
    Found(&'v Value),
    /// JSON null, said explicitly.
    Null,
    /// Nothing: a key is missing, an index is past the end, a selection matches no element, or a parent is missing or null.
    /// The place is the deepest prefix of the path that exists.
    Absent(Place<'v>),
    /// A step that does not fit what it meets.
    Mismatch(Mismatch<'v>),
    /// A selection that matches more than one element of the list at this place.
    Ambiguous(Place<'v>),
    /// The path has a `*`.
    Many(Members<'v>),
}

/// A step that cannot be taken on the value it meets: a key of a list, an index of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch<'v> {
    /// Where the value stands.
    pub place: Place<'v>,
    /// What stands there.
    pub value: &'v Value,
    /// The step that does not fit.
    pub segment: Segment,
}

/// What a path with a `*` leads to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Members<'v> {
    /// The members, in the order of the lists and of the keys.
    pub members: Vec<Member<'v>>,
    /// Where members could not be counted, since the way to them is a mismatch or ambiguous: there may be any number more.
    pub uncounted: Vec<Finding<'v>>,
}

/// One value that a `*` leads to. It is a member even if the rest of the path leads nowhere from there.
#[derive(Clone, Debug, PartialEq)]
pub struct Member<'v> {
    /// Where it stands, as far as it exists.
    pub place: Place<'v>,
    /// What the rest of the path leads to from there; never [`Finding::Many`].
    pub found: Finding<'v>,
}

impl FieldPath {
    /// Follows the path. Cost: linear in the path, and in the elements that `*` and selections pass.
    ///
    /// ```
    /// use catalog_conditions::path::{FieldPath, Finding};
    /// use serde_json::json;
    ///
    /// let object = json!({"spec": {"replicas": null}});
    /// let find = |path: &str| FieldPath::parse(path).unwrap();
    /// assert_eq!(find("spec.replicas").find(&object), Finding::Null);
    /// assert!(matches!(find("spec.template.spec").find(&object), Finding::Absent(prefix) if prefix.to_string() == "spec"));
    /// assert!(matches!(find("spec[0]").find(&object), Finding::Mismatch(_)));
    /// ```
    #[must_use]
    pub fn find<'v>(&self, root: &'v Value) -> Finding<'v> {
        let mut frontier = vec![(Place::default(), State::At(root))];
        let mut uncounted = Vec::new();
        for segment in &self.segments {
            frontier = advance(frontier, segment, &mut uncounted);
        }
        let mut findings = frontier
            .into_iter()
            .map(|(place, state)| state.finish(place));
        if !self.is_many() {
            return findings
                .next()
                .map_or(Finding::Null, |(_, finding)| finding);
        }
        let members = findings
            .map(|(place, found)| Member { place, found })
            .collect();
        Finding::Many(Members { members, uncounted })
    }
}

/// How far one way through the object has come.
enum State<'v> {
    At(&'v Value),
    Ended(Finding<'v>),
}

impl<'v> State<'v> {
    fn finish(self, place: Place<'v>) -> (Place<'v>, Finding<'v>) {
        match self {
            Self::At(Value::Null) => (place, Finding::Null),
            Self::At(value) => (place, Finding::Found(value)),
            Self::Ended(finding) => (place, finding),
        }
    }
}

type Frontier<'v> = Vec<(Place<'v>, State<'v>)>;

fn advance<'v>(
    frontier: Frontier<'v>,
    segment: &Segment,
    uncounted: &mut Vec<Finding<'v>>,
) -> Frontier<'v> {
    if *segment != Segment::Every {
        return frontier
            .into_iter()
            .map(|(place, state)| step(place, state, segment))
            .collect();
    }
    let mut next = Vec::new();
    for (place, state) in frontier {
        match state {
            State::At(value) => spread(&place, value, &mut next, uncounted),
            // Below nothing there is no member; below what is unknown there may be some.
            State::Ended(Finding::Absent(_)) => {}
            State::Ended(finding) => uncounted.push(finding),
        }
    }
    next
}

fn spread<'v>(
    place: &Place<'v>,
    value: &'v Value,
    next: &mut Frontier<'v>,
    uncounted: &mut Vec<Finding<'v>>,
) {
    match value {
        Value::Array(items) => next.extend(
            items
                .iter()
                .enumerate()
                .map(|(at, item)| (place.child(Step::Index(at)), State::At(item))),
        ),
        Value::Object(map) => {
            next.extend(
                map.iter()
                    .map(|(key, item)| (place.child(Step::Key(key)), State::At(item))),
            );
        }
        Value::Null => {}
        _ => uncounted.push(mismatch(place.clone(), value, &Segment::Every)),
    }
}

fn step<'v>(place: Place<'v>, state: State<'v>, segment: &Segment) -> (Place<'v>, State<'v>) {
    let State::At(value) = state else {
        return (place, state);
    };
    let child = match (segment, value) {
        (_, Value::Null) => None,
        (Segment::Key(key), Value::Object(map)) => map
            .get_key_value(key.as_str())
            .map(|(key, value)| (Step::Key(key), value)),
        (Segment::Index(index), Value::Array(items)) => {
            let index = usize::try_from(*index).unwrap_or(usize::MAX);
            items.get(index).map(|value| (Step::Index(index), value))
        }
        (Segment::Select(pairs), Value::Array(items)) => {
            let mut matching = items
                .iter()
                .enumerate()
                .filter(|(_, item)| matches(item, pairs));
            let first = matching.next();
            if matching.next().is_some() {
                let ended = State::Ended(Finding::Ambiguous(place.clone()));
                return (place, ended);
            }
            first.map(|(at, value)| (Step::Index(at), value))
        }
        _ => {
            let ended = State::Ended(mismatch(place.clone(), value, segment));
            return (place, ended);
        }
    };
    match child {
        Some((step, value)) => {
            let mut place = place;
            place.push(step);
            (place, State::At(value))
        }
        None => {
            let ended = State::Ended(Finding::Absent(place.clone()));
            (place, ended)
        }
    }
}

fn mismatch<'v>(place: Place<'v>, value: &'v Value, segment: &Segment) -> Finding<'v> {
    Finding::Mismatch(Mismatch {
        place,
        value,
        segment: segment.clone(),
    })
}

fn matches(item: &Value, pairs: &[Pair]) -> bool {
    let Value::Object(map) = item else {
        return false;
    };
    pairs.iter().all(|pair| {
        map.get(&pair.key)
            .is_some_and(|value| pair.wanted.equals(value))
    })
}

impl Wanted {
    /// Whether a value is what was wanted: see the two variants.
    #[must_use]
    pub fn equals(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text(text) | Self::Quoted(text), Value::String(string)) => text == string,
            (Self::Text(text), Value::Bool(boolean)) => {
                text == if *boolean { "true" } else { "false" }
            }
            (Self::Text(text), Value::Number(number)) => {
                Decimal::from_number(number).to_string() == *text
            }
            _ => false,
        }
    }
}
