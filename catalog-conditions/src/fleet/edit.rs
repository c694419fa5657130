//! One field of an object, set or taken away.

use serde_json::{Map, Value};

use crate::condition::{Bound, Comparison, Fact, Field, Part, Question, Test, Tree};
use crate::evaluate::Truth;
use crate::path::{FieldPath, Finding, Segment};

/// A field, and the value that it gets; `None` takes it away.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Edit {
    pub(super) path: FieldPath,
    pub(super) value: Option<Value>,
}

/// The edits that would give a question the answer that is wanted, as far as the question alone can tell. An edit of a status is none:
/// nobody sets it by hand.
pub(super) fn edits(field: Option<&Field>, question: &Question, wanted: Truth) -> Vec<Edit> {
    let base = field.map(Field::as_path);
    let base = match base {
        None => None,
        Some(Some(path)) => Some(path),
        // A JSONPath query may lead anywhere.
        Some(None) => return Vec::new(),
    };
    let edit = |path: FieldPath, test: &Test| {
        let value = match wanted {
            Truth::Satisfied => value_for(test, &path)?,
            _ => None,
        };
        is_editable(&path).then_some(Edit { path, value })
    };
    match question {
        Question::Test(asked) => {
            let edit = base.and_then(|path| edit(path.clone(), &asked.test));
            edit.into_iter().collect()
        }
        Question::Satisfies(facts) => joined_by_all(facts)
            .into_iter()
            .filter_map(|fact| edit(below(base, fact)?, &fact.asked.test))
            .collect(),
    }
}

/// The facts that must all hold.
fn joined_by_all(facts: &Tree<Fact>) -> Vec<&Fact> {
    match facts.part() {
        Part::Leaf(fact) => vec![fact],
        Part::All(parts) => {
            let leaf = |part: &'_ Tree<Fact>| matches!(part.part(), Part::Leaf(_));
            let leaves = parts.iter().filter(|part| leaf(part));
            leaves.flat_map(Tree::leaves).collect()
        }
        Part::Any(_) | Part::Not(_) => Vec::new(),
    }
}

fn below(base: Option<&FieldPath>, fact: &Fact) -> Option<FieldPath> {
    let own = fact.field.as_ref()?.as_path()?;
    let above = base.map_or(&[][..], FieldPath::segments);
    let segments = above.iter().chain(own.segments()).cloned();
    Some(FieldPath::of(segments))
}

/// The least value that satisfies a test: `Some(None)` to have none, `None` if no value can be named.
fn value_for(test: &Test, path: &FieldPath) -> Option<Option<Value>> {
    match test {
        Test::NotExists => Some(None),
        // Labels and annotations may be empty; what else would do is anybody's guess.
        Test::Exists => path
            .begins_with(&["metadata"])
            .then(|| Some(Value::from(""))),
        Test::Compare(
            Comparison::Eq | Comparison::Ge | Comparison::Le,
            Bound::Literal(literal),
        ) => Some(Some(literal.value().clone())),
        Test::Compare(Comparison::Gt, Bound::Literal(literal)) => {
            let value = literal.value().as_i64()?.checked_add(1)?;
            Some(Some(value.into()))
        }
        Test::Compare(Comparison::Lt, Bound::Literal(literal)) => {
            let value = literal.value().as_i64()?.checked_sub(1)?;
            Some(Some(value.into()))
        }
        Test::Among(literals) => Some(Some(literals.first()?.value().clone())),
        Test::Between(low, _) => Some(Some(low.value().clone())),
        _ => None,
    }
}

/// Whether a person sets such a field: no status, no identity, and of the metadata labels and annotations only.
fn is_editable(path: &FieldPath) -> bool {
    let leads_to_one = !path.is_many();
    let taken = ["apiVersion", "kind", "status"];
    let is_own = |key: &&str| path.begins_with(&[key]);
    let in_metadata =
        |key: &str| path.segments().len() == 3 && path.begins_with(&["metadata", key]);
    leads_to_one
        && !taken.iter().any(is_own)
        && (!path.begins_with(&["metadata"]) || in_metadata("labels") || in_metadata("annotations"))
}

/// Makes the edit. Returns whether it changed anything: not where it leads nowhere, or the value is there already.
pub(super) fn apply(edit: &Edit, object: &mut Value) -> bool {
    let mut at = object;
    let Some((last, way)) = edit.path.segments().split_last() else {
        return false;
    };
    for segment in way {
        let Some(next) = step(segment, at, edit.value.is_some()) else {
            return false;
        };
        at = next;
    }
    match (&edit.value, last) {
        (Some(value), last) => match step(last, at, true) {
            Some(place) if place != value => {
                *place = value.clone();
                true
            }
            _ => false,
        },
        (None, Segment::Key(key)) => at
            .as_object_mut()
            .is_some_and(|map| map.remove(key).is_some()),
        (None, _) => false,
    }
}

/// What lies one step further; `make` puts maps where nothing is.
fn step<'v>(segment: &Segment, value: &'v mut Value, make: bool) -> Option<&'v mut Value> {
    if make && value.is_null() {
        *value = Value::Object(Map::new());
    }
    match segment {
        Segment::Key(key) if make => {
            let map = value.as_object_mut()?;
            Some(map.entry(key.clone()).or_insert(Value::Null))
        }
        Segment::Key(key) => value.get_mut(key),
        Segment::Index(index) => value.get_mut(usize::try_from(*index).ok()?),
        Segment::Select(_) => {
            let index = selected(segment, value)?;
            value.get_mut(index)
        }
        Segment::Every => None,
    }
}

/// Where the one element is that a selection means.
fn selected(segment: &Segment, list: &Value) -> Option<usize> {
    let path = FieldPath::of([segment.clone()]);
    let Finding::Found(found) = path.find(list) else {
        return None;
    };
    let mut items = list.as_array()?.iter();
    items.position(|item| std::ptr::eq(item, found))
}
