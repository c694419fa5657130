//! The wording of what was found, and of what to do about it. Nothing read from a Secret passes here.

use serde_json::Value;

use super::ask;
use super::judge::Judgment;
use super::truth::Truth;
use crate::condition::{
    Around, Asked, Bound, Comparison, Doubt, Fact, Field, ObjectTarget, Part, Question, Reading,
    StatusCondition, Test, Tree, Verdict, length,
};
use crate::path::{FieldPath, Finding, Member, Mismatch, Place, Segment};
use crate::report::Reason;
use crate::show;
use crate::snapshot::Snapshot;
use crate::suggest::near;

pub(super) const DISCOVERY: &str = "add the discovery documents to the snapshot: what `kubectl get --raw /api` and `kubectl get --raw /apis` print";
pub(super) const NO_NAMESPACE: &str =
    "say which namespace the package goes to, or write `namespace` into the target";
const UNAUTHORIZED: &str = "the API server does not know who asks: renew the credentials";
const UNAVAILABLE: &str = "ask again when the API server answers";
const UNDISCOVERED: &str = "mend the API service or the conversion webhook that does not answer: see `kubectl get apiservices`";
pub(super) const TERMINATING: &str = "wait until it is gone or made anew, and ask again";

/// How many keys or names a line lists.
pub(super) const LISTED: usize = 8;

/// What a path led to, as the line `actual` says it.
pub(super) fn actual(finding: &Finding<'_>, secret: bool) -> String {
    match finding {
        Finding::Found(value) if secret => show_secret(value),
        Finding::Found(value) => show::value(value),
        Finding::Null => "null".to_owned(),
        Finding::Absent(_) => "absent".to_owned(),
        Finding::Ambiguous(_) => "several elements match".to_owned(),
        Finding::Mismatch(_) => "the path does not fit the object".to_owned(),
        Finding::Many(members) => format!("{} values", members.len()),
    }
}

/// The place of a member; keys of a Secret are read from it too.
pub(super) fn place(place: &Place<'_>, secret: bool) -> String {
    if secret {
        "a value".to_owned()
    } else {
        show::plain(&place.to_string())
    }
}

/// Type and decoded length, and nothing else: a digest of a short secret is the secret.
fn show_secret(value: &Value) -> String {
    match value {
        Value::String(text) => format!(
            "not shown, being read from a Secret (string, {} bytes)",
            decoded_length(text)
        ),
        other => format!(
            "not shown, being read from a Secret ({})",
            show::kind(other)
        ),
    }
}

/// The bytes that base64 text stands for; of other text, its own.
fn decoded_length(text: &str) -> usize {
    let padding = text
        .bytes()
        .rev()
        .take(2)
        .take_while(|&byte| byte == b'=')
        .count();
    let body = text.len() - padding;
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let is_base64 = text.len().is_multiple_of(4) && text.bytes().take(body).all(is_digit);
    if is_base64 { body * 3 / 4 } else { text.len() }
}

/// A kind that the cluster does not serve.
pub(super) fn kind_absent(snapshot: &Snapshot, group: &str, kind: &str) -> Vec<String> {
    let versions = snapshot.served_versions(group, kind);
    if !versions.is_empty() {
        return vec![format!(
            "the cluster serves {kind} in {}",
            listed(versions.iter().copied())
        )];
    }
    let kinds = snapshot.served_kinds(group);
    match near(kind, kinds.iter().copied()) {
        Some(near) => vec![format!("did you mean `{}`?", show::plain(near))],
        None if kinds.is_empty() && !group.is_empty() => {
            vec![format!(
                "the cluster serves nothing of the group {group}: install what brings it"
            )]
        }
        None => vec!["install what brings it".to_owned()],
    }
}

/// The note beside an answer that rests on a kind which is not served.
pub(super) fn noted_kind_absent(target: &ObjectTarget) -> String {
    format!(
        "note: the cluster does not serve {} {}",
        target.api_version(),
        target.kind
    )
}

/// A named object that does not exist: where else one of that name is, or one of a name near it.
pub(super) fn object_absent(
    snapshot: &Snapshot,
    (group, kind): (&str, &str),
    (namespace, name): (&str, &str),
) -> Vec<String> {
    let objects = || snapshot.stored_of_kind(group, kind);
    let elsewhere: Vec<&str> = objects()
        .filter(|(_, other, _)| *other == name)
        .map(|(place, _, _)| place)
        .collect();
    if !elsewhere.is_empty() {
        let places = listed(elsewhere.into_iter());
        return vec![format!("one of that name is in {places}")];
    }
    let names = objects()
        .filter(|(place, _, _)| *place == namespace)
        .map(|(_, name, _)| name);
    near(name, names)
        .map(|near| format!("did you mean `{}`?", show::plain(near)))
        .into_iter()
        .collect()
}

/// What to do about an object whose state is not known.
pub(super) fn presence(
    snapshot: &Snapshot,
    reason: Reason,
    (group, kind): (&str, &str),
    (namespace, name): (&str, &str),
) -> Vec<String> {
    let resource = if group.is_empty() {
        kind.to_lowercase()
    } else {
        format!("{}.{group}", kind.to_lowercase())
    };
    let text = match reason {
        Reason::NotInSnapshot if snapshot.covers_some_namespace(group, kind) => {
            format!("the snapshot covers {kind} in some namespaces only: add the others to it and to its SnapshotCoverage")
        }
        Reason::NotInSnapshot => {
            let name = if name.is_empty() { String::new() } else { format!(" {}", show::plain(name)) };
            let place = if namespace.is_empty() { String::new() } else { format!(" -n {}", show::plain(namespace)) };
            format!("the snapshot does not say: add what `kubectl get {resource}{name}{place} -o yaml` prints, and a SnapshotCoverage document for {kind}")
        }
        Reason::OtherVersion => "save it in the version asked for, as in `kubectl get <plural>.<version>.<group>`, or ask for the version that is there".to_owned(),
        Reason::Contradictory => "keep one of the documents about it".to_owned(),
        Reason::Terminating => TERMINATING.to_owned(),
        Reason::NoNamespace => NO_NAMESPACE.to_owned(),
        Reason::TooMany => "ask for less: without `..` and with fewer wildcards".to_owned(),
        Reason::Forbidden => format!("{} may or may not exist: grant {} on it, or set onUnknown: warn", the(name), verb(name)),
        Reason::Unauthorized => UNAUTHORIZED.to_owned(),
        Reason::Unavailable => UNAVAILABLE.to_owned(),
        Reason::Discovery => UNDISCOVERED.to_owned(),
        Reason::NothingSelected => "nothing is selected, and `all` of nothing proves nothing: mend the selector, or write `allowEmpty: true`".to_owned(),
        _ => return Vec::new(),
    };
    vec![text]
}

/// On a failed read of what is no object: the version, discovery, an access review.
pub(super) fn general_read_failed(reason: Reason) -> Option<String> {
    let text = match reason {
        Reason::Forbidden => {
            "let who asks read it: the roles `system:discovery` and `system:basic-user` do"
        }
        Reason::Unauthorized => UNAUTHORIZED,
        Reason::Unavailable => UNAVAILABLE,
        Reason::Discovery => UNDISCOVERED,
        _ => return None,
    };
    Some(text.to_owned())
}

fn the(name: &str) -> &'static str {
    if name.is_empty() {
        "such objects"
    } else {
        "the object"
    }
}

fn verb(name: &str) -> &'static str {
    if name.is_empty() { "list" } else { "get" }
}

/// One member of a set, as the help lists it; `what` it was asked for is known.
pub(super) fn member(
    question: &Question,
    member: &Member<'_, '_>,
    around: Around<'_>,
    secret: bool,
) -> String {
    let found = member.found();
    let place = place(&member.place(), secret);
    match (question, &found) {
        (Question::Satisfies(facts), Finding::Found(value)) if !secret => {
            format!(
                "{place}: {}",
                unmet(facts, around.of(value), secret).join("; ")
            )
        }
        _ => format!("{place} is {}", actual(&found, secret)),
    }
}

/// What an operator found that looks at the whole object.
pub(super) fn whole(test: &Test, object: &Value, secret: bool) -> String {
    match test {
        Test::Condition(condition) if !secret => condition_as_it_is(condition, object),
        _ => "present".to_owned(),
    }
}

fn condition_as_it_is(wanted: &StatusCondition, object: &Value) -> String {
    let conditions = object
        .pointer("/status/conditions")
        .and_then(Value::as_array);
    let Some(conditions) = conditions else {
        return "the object has no `status.conditions`".to_owned();
    };
    let text = |condition: &Value, key: &str| {
        let text = condition.get(key).and_then(Value::as_str);
        text.map(show::plain)
    };
    let of_type = |condition: &&Value| {
        condition.get("type").and_then(Value::as_str) == Some(wanted.kind.as_str())
    };
    let mut found = conditions.iter().filter(of_type);
    match (found.next(), found.next()) {
        (None, _) => format!("no condition {}", show::plain(&wanted.kind)),
        (Some(_), Some(_)) => format!("several conditions {}", show::plain(&wanted.kind)),
        (Some(condition), None) => {
            let status = text(condition, "status").unwrap_or("nothing".to_owned());
            match text(condition, "reason").filter(|reason| !reason.is_empty()) {
                Some(reason) => format!("{status}, with reason {reason}"),
                None => status,
            }
        }
    }
}

/// Facts as the line `expected` says them.
pub(super) fn facts(facts: &Tree<Fact>) -> String {
    let mut texts: Vec<String> = facts.leaves().take(LISTED).map(fact).collect();
    let more = facts.question_count().saturating_sub(LISTED);
    if more > 0 {
        texts.push(format!("{more} more"));
    }
    match facts.part() {
        Part::Any(_) => format!("any of: {}", texts.join("; ")),
        Part::Not(_) => format!("not: {}", texts.join("; ")),
        Part::All(_) | Part::Leaf(_) => texts.join("; "),
    }
}

fn fact(fact: &Fact) -> String {
    let each = fact
        .each
        .map(|each| format!("{each}: "))
        .unwrap_or_default();
    match &fact.field {
        Some(field) => format!("{field} {each}{}", fact.asked.test),
        None => fact.asked.test.to_string(),
    }
}

/// How many of the facts hold.
pub(super) fn count_of_facts(
    facts: &Tree<Fact>,
    finding: &Finding<'_>,
    around: Around<'_>,
) -> String {
    let Finding::Found(value) = finding else {
        return actual(finding, true);
    };
    let holding = facts
        .leaves()
        .filter(|fact| ask::fact(fact, around.of(value)).truth == Truth::Satisfied)
        .count();
    format!("{holding} of {} facts hold", facts.question_count())
}

/// The facts that do not hold of a value, each with what was found.
pub(super) fn unmet(facts: &Tree<Fact>, around: Around<'_>, secret: bool) -> Vec<String> {
    let value = around.object;
    let unmet = facts.leaves().filter_map(|one| {
        let Judgment { truth, reason } = ask::fact(one, around);
        let holds = match truth {
            Truth::Satisfied => return None,
            Truth::NotSatisfied => "does not hold".to_owned(),
            Truth::Unknown => format!("is unknown ({reason})"),
        };
        let actual = match &one.field {
            Some(_) => fact_as_it_is(one, value, secret),
            None => whole(&one.asked.test, value, secret),
        };
        Some(format!("`{}` {holds}: {actual}", fact(one)))
    });
    unmet.take(LISTED).collect()
}

/// What a fact looks at.
pub(super) fn fact_as_it_is(fact: &Fact, value: &Value, secret: bool) -> String {
    match ask::found(fact, value) {
        Ok(found) => actual(&found, secret),
        Err(error) => error.to_string(),
    }
}

/// What to do about a field that is not as asked for.
pub(super) fn finding(
    question: &Question,
    target: &ObjectTarget,
    around: Around<'_>,
    finding: &Finding<'_>,
) -> Vec<String> {
    let asked = match (question, finding) {
        (Question::Satisfies(facts), Finding::Found(value)) => {
            return unmet(facts, around.of(value), target.is_secret());
        }
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

/// The conditions that an object has, where the one asked for is not among them.
fn no_condition(wanted: &StatusCondition, object: &Value) -> Option<String> {
    let conditions = object
        .pointer("/status/conditions")
        .and_then(Value::as_array)?;
    let types: Vec<&str> = conditions
        .iter()
        .filter_map(|condition| condition.get("type").and_then(Value::as_str))
        .collect();
    if types.contains(&wanted.kind.as_str()) {
        return Some(
            "its controller does not know, or not yet: wait, or ask for Unknown".to_owned(),
        );
    }
    Some(match near(&wanted.kind, types.iter().copied()) {
        Some(near) => format!("did you mean `{}`?", show::plain(near)),
        None if types.is_empty() => "the object has no conditions yet".to_owned(),
        None => format!(
            "the object has the conditions {}",
            listed(types.into_iter())
        ),
    })
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
            match near(key, map.keys().map(String::as_str)) {
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

pub(super) fn value_at<'v>(object: &'v Value, place: &Place<'_>) -> Option<&'v Value> {
    place
        .steps()
        .iter()
        .try_fold(object, |value, step| match step {
            crate::path::Step::Key(key) => value.get(key),
            crate::path::Step::Index(index) => value.get(index),
        })
}

pub(super) fn shown_place(place: &Place<'_>) -> String {
    show::plain(&place.to_string())
}

pub(super) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(LISTED);
    let mut names: Vec<String> = names.take(LISTED).map(show::plain).collect();
    if more > 0 {
        names.push(format!("{more} more"));
    }
    names.join(", ")
}
