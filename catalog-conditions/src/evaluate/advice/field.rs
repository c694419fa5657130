//! A field that is not as asked for.

use serde_json::Value;

use super::shown::{actual, listed, nearest, shown_place, value_at};
use super::status::no_condition;
use crate::condition::{
    Around, Asked, Bound, Comparison, Doubt, Field, ObjectTarget, Question, Reading, Test, Verdict,
    length,
};
use crate::path::{FieldPath, Finding, Mismatch, Place, Segment};
use crate::show;

/// What to do about a field that is not as asked for.
pub(in crate::evaluate) fn finding(
    question: &Question,
    target: &ObjectTarget,
    around: Around<'_>,
    finding: &Finding<'_>,
) -> Vec<String> {
    let asked = match (question, finding) {
        (Question::Test(asked), Finding::Found(_)) => Some(asked),
        _ => None,
    };
    if target.is_secret() {
        return Vec::new();
    }
    match (finding, target.field.as_ref(), asked) {
        (Finding::Absent(place), Some(Field::Path(path)), _) => absent(path, around.object, place),
        (Finding::Mismatch(mismatch), _, _) => vec![misfit_step(mismatch)],
        (Finding::Ambiguous(place), Some(Field::Path(_)), _) => vec![format!(
            "several elements of {} match: add a pair that tells them apart, as in [port=53,protocol=UDP]",
            shown_place(place)
        )],
        (Finding::Found(value), field, Some(asked)) => {
            let path = field.and_then(Field::as_path);
            of_value(asked, target, path, (value, around))
        }
        _ => Vec::new(),
    }
}

fn of_value(
    asked: &Asked,
    target: &ObjectTarget,
    path: Option<&FieldPath>,
    (value, around): (&Value, Around<'_>),
) -> Vec<String> {
    match (asked.test.check(value, around), &asked.test) {
        (Verdict::Unknown(Doubt::Misfit), test) => vec![misfit_type(test, value)],
        (Verdict::Unknown(Doubt::Bound), Test::Compare(_, Bound::Field(bound))) => {
            let paths = std::iter::once(&bound.path).chain(&bound.minus);
            let values =
                paths.map(|path| format!("{path} is {}", actual(&path.find(around.object), false)));
            vec![format!(
                "it is compared with a field that holds no such value: {}",
                values.collect::<Vec<_>>().join(", ")
            )]
        }
        (Verdict::Unknown(Doubt::NoCondition), Test::Condition(condition)) => {
            no_condition(condition, around.object).into_iter().collect()
        }
        (Verdict::Unknown(Doubt::NoTime), _) => {
            vec!["the snapshot does not say when it was taken: add `takenAt` to its SnapshotCoverage".to_owned()]
        }
        (Verdict::Unknown(Doubt::StaleCondition), _) => {
            vec!["the condition was observed before the object's last change: wait until its controller has caught up, or set fresh: false".to_owned()]
        }
        (Verdict::Fails, Test::Compare(_, Bound::Field(bound))) => {
            let found = bound.path.find(around.object);
            vec![format!("{} is {}", bound.path, actual(&found, false))]
        }
        (Verdict::Fails, Test::Length(_)) => {
            let length = length(value).map(|length| format!("its length is {length}"));
            length.into_iter().collect()
        }
        (Verdict::Fails, test) => {
            let there = path.and_then(|path| elsewhere(test, target, path, around));
            there.into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The deepest prefix that is there, and what is beside the step that is not.
fn absent(path: &FieldPath, object: &Value, place: &Place<'_>) -> Vec<String> {
    let here = if place.is_root() {
        "the object".to_owned()
    } else {
        shown_place(place)
    };
    let value = value_at(object, place);
    let text = match (path.segments().get(place.steps().len()), value) {
        (_, Some(Value::Null)) => format!("{here} is null"),
        (Some(Segment::Key(key)), Some(Value::Object(map))) => {
            match nearest(key, map.keys().map(String::as_str)) {
                Some(near) => format!(
                    "{here} has no `{}`; did you mean `{}`?",
                    show::plain(key),
                    show::plain(near)
                ),
                None if map.is_empty() => format!("{here} is there, and empty"),
                None => {
                    let keys = listed(map.keys().map(String::as_str));
                    format!("{here} has no `{}`, but {keys}", show::plain(key))
                }
            }
        }
        (Some(Segment::Index(_)), Some(Value::Array(items))) => match items.len() {
            0 => format!("{here} is an empty list"),
            1 => format!("{here} has 1 element: {here}[0]"),
            count => format!("{here} has {count} elements: {here}[0] to [{}]", count - 1),
        },
        (Some(Segment::Select(pairs)), Some(Value::Array(items))) => {
            let key = pairs.first().map_or("", |pair| pair.key.as_str());
            let values: Vec<&str> = items
                .iter()
                .filter_map(|item| item.get(key).and_then(Value::as_str))
                .collect();
            match values.is_empty() {
                true => format!("no element of {here} matches"),
                false => format!(
                    "no element of {here} matches; `{}` there is {}",
                    show::plain(key),
                    listed(values.into_iter())
                ),
            }
        }
        _ => format!("{here} is as far as the path leads"),
    };
    vec![text]
}

fn misfit_step(mismatch: &Mismatch<'_>) -> String {
    let here = if mismatch.place.is_root() {
        "the object".to_owned()
    } else {
        shown_place(&mismatch.place)
    };
    match (mismatch.value, &mismatch.segment) {
        (Value::Array(_), _) => {
            format!(
                "{here} is a list: write {here}[0] for one element, {here}[name=x] to select one, or {here}[*] with `each`"
            )
        }
        (Value::Object(_), _) => {
            format!("{here} is a map: name one of its keys, or write {here}[*] with `each`")
        }
        (value, _) => format!("{here} is a {}: nothing lies below it", show::kind(value)),
    }
}

/// A value whose type does not fit: how to read it so that it does.
fn misfit_type(test: &Test, value: &Value) -> String {
    let reading = test.reading().unwrap_or_default();
    if reading == Reading::ImageVersion {
        return "it has no tag that reads as a version".to_owned();
    }
    if reading != Reading::Json {
        return reading
            .refusal(value)
            .unwrap_or_else(|| format!("it cannot be read as {}", reading.as_str()));
    }
    match test {
        Test::Matches(_) | Test::NotMatches(_) | Test::Text(..) => {
            return format!(
                "the field holds a {}, and the operator reads strings",
                show::kind(value)
            );
        }
        Test::Has(..) if !value.is_array() => {
            return format!(
                "the field holds a {}, and the operator reads lists",
                show::kind(value)
            );
        }
        Test::Age(_) => {
            return "it is no time in RFC 3339, such as 2026-01-31T12:00:00Z".to_owned();
        }
        Test::Length(_) => {
            return format!("a {} has no length", show::kind(value));
        }
        Test::Has(..) => return "the list has items of another type than the value".to_owned(),
        _ => {}
    }
    let wants_number = test
        .literals()
        .iter()
        .any(|literal| literal.value().is_number());
    let wants_text = test
        .literals()
        .iter()
        .any(|literal| literal.value().is_string());
    match value {
        Value::String(_) if wants_number => {
            "the field holds a string: quote the value, or read both sides alike with `as: number`"
                .to_owned()
        }
        Value::Number(_) if wants_text => {
            "the field holds a number: write the value without quotes".to_owned()
        }
        Value::Bool(_) if wants_text => {
            "the field holds a boolean: write `true` or `false` without quotes".to_owned()
        }
        other => format!(
            "the field holds a {}, which is no such value",
            show::kind(other)
        ),
    }
}

/// Another element of a list that has what the element at an index has not.
fn elsewhere(
    test: &Test,
    target: &ObjectTarget,
    path: &FieldPath,
    around: Around<'_>,
) -> Option<String> {
    let segments = path.segments();
    let at = segments
        .iter()
        .rposition(|segment| matches!(segment, Segment::Index(_)))?;
    let list = FieldPath::of(segments.get(..at)?.iter().cloned());
    let rest = segments.get(at + 1..)?;
    let items = match (at, list.find(around.object)) {
        (0, _) => return None,
        (_, Finding::Found(Value::Array(items))) => items,
        _ => return None,
    };
    let below = FieldPath::of(rest.iter().cloned());
    let (index, value) = items.iter().enumerate().find_map(|(index, item)| {
        let found = if rest.is_empty() {
            Finding::Found(item)
        } else {
            below.find(item)
        };
        match found {
            Finding::Found(value) if test.check(value, around) == Verdict::Holds => {
                Some((index, value))
            }
            _ => None,
        }
    })?;
    let index = Segment::Index(u32::try_from(index).ok()?);
    let there = FieldPath::of(
        list.segments()
            .iter()
            .cloned()
            .chain([index])
            .chain(rest.iter().cloned()),
    );
    let mut text = format!("{there} is {}", show::bare(value));
    if let (Test::Compare(Comparison::Eq, _), [Segment::Key(key)], Value::String(wanted)) =
        (test, rest, value)
    {
        let crd_version = target.kind == "CustomResourceDefinition"
            && list.to_string() == "spec.versions"
            && key == "name";
        let served = if crd_version { ".served eq true" } else { "" };
        let selected = FieldPath::of(
            list.segments()
                .iter()
                .cloned()
                .chain([Segment::select(key, wanted)]),
        );
        text.push_str(&format!(
            "; did you mean {}{served}?",
            show::plain(&selected.to_string())
        ));
    }
    Some(text)
}
