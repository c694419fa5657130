//! Follows a path through a value.

use serde_json::Value;

use super::members::Members;
use super::place::{Place, Step};
use super::segment::{FieldPath, Pair, Segment};

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

impl FieldPath {
    /// Follows the path. Cost: linear in the path, and in the elements that `*` and selections pass; a value that is found, or a key
    /// that is absent, without `*` and in at most 8 steps, costs no allocation.
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
        let mut place = Place::default();
        let mut value = root;
        for (at, segment) in self.segments.iter().enumerate() {
            match take(segment, value) {
                Ok((step, below)) => {
                    place.push(step);
                    value = below;
                }
                Err(Stop::Absent) if !self.is_many() => return Finding::Absent(place),
                Err(stop) => {
                    let ahead = self.segments.get(at..).unwrap_or_default();
                    return stopped(stop, place, value, ahead);
                }
            }
        }
        match value {
            Value::Null => Finding::Null,
            value => Finding::Found(value),
        }
    }
}

/// The walk came to where the first step ahead leads to no single value.
fn stopped<'v>(stop: Stop, place: Place<'v>, value: &'v Value, ahead: &[Segment]) -> Finding<'v> {
    let Some((segment, rest)) = ahead.split_first() else {
        return Finding::Absent(place);
    };
    if *segment == Segment::Every {
        return Finding::Many(Members::below(&place, value, rest));
    }
    let finding = stop.finding(place, value, segment);
    if rest.contains(&Segment::Every) {
        return Finding::Many(Members::none(finding));
    }
    finding
}

/// Why a step leads to no single value.
#[derive(Clone, Copy)]
pub(super) enum Stop {
    Absent,
    Mismatch,
    Ambiguous,
}

impl Stop {
    /// What a path leads to whose walk stopped at a place, where a value stands that the segment was to be taken on.
    pub(super) fn finding<'v>(
        self,
        place: Place<'v>,
        value: &'v Value,
        segment: &Segment,
    ) -> Finding<'v> {
        match self {
            Self::Absent => Finding::Absent(place),
            Self::Ambiguous => Finding::Ambiguous(place),
            Self::Mismatch => Finding::Mismatch(Mismatch {
                place,
                value,
                segment: segment.clone(),
            }),
        }
    }
}

/// Takes one step; `*` leads to no single value and stops.
#[inline]
pub(super) fn take<'v>(segment: &Segment, value: &'v Value) -> Result<(Step<'v>, &'v Value), Stop> {
    match (segment, value) {
        (Segment::Key(key), Value::Object(map)) => match map.get_key_value(key.as_str()) {
            Some((key, below)) => Ok((Step::Key(key), below)),
            None => Err(Stop::Absent),
        },
        (Segment::Index(index), Value::Array(items)) => {
            let index = usize::try_from(*index).unwrap_or(usize::MAX);
            let below = items.get(index).ok_or(Stop::Absent)?;
            Ok((Step::Index(index), below))
        }
        (Segment::Select(pairs), Value::Array(items)) => select(pairs, items),
        (_, Value::Null) => Err(Stop::Absent),
        _ => Err(Stop::Mismatch),
    }
}

fn select<'v>(pairs: &[Pair], items: &'v [Value]) -> Result<(Step<'v>, &'v Value), Stop> {
    let mut matching = items
        .iter()
        .enumerate()
        .filter(|(_, item)| pairs.iter().all(|pair| pair.matches(item)));
    let (at, item) = matching.next().ok_or(Stop::Absent)?;
    match matching.next() {
        Some(_) => Err(Stop::Ambiguous),
        None => Ok((Step::Index(at), item)),
    }
}
