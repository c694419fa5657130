//! Types of values: `type`, int-or-string, `nullable`, `format`.

use serde_json::Value;

use super::audience::{Audience, Hit};
use super::comparison::{Comparison, Found, Spot};
use super::rules;
use super::schema::{Keywords, Pair};
use super::stored::Test;

/// A type that takes either.
const INT_OR_STRING: &str = "int-or-string";

impl<'a> Comparison<'a> {
    /// Compares the types; whether the rest can be compared.
    pub(super) fn kind(&mut self, pair: Pair<'a>, spot: &Spot<'_>) -> bool {
        let (old, new) = (kind(pair.old), kind(pair.new));
        if old == new {
            return true;
        }
        let widens = widens(old, new);
        let told = |kind: Option<&str>| {
            kind.map_or_else(|| "anything".to_owned(), |kind| format!("`{kind}`"))
        };
        let (from, to) = (told(old), told(new));
        let subject = spot.subject();
        let reason = if widens {
            format!(
                "{subject} was {from} and may be {to}: clients made for the old type cannot read the new values"
            )
        } else {
            format!(
                "{subject} was {from} and is {to}: values of the old type are refused, and stored ones are not what clients expect"
            )
        };
        // What a rule cannot compute with is refused, even where nothing changes.
        let is_computed = || has_rules(pair.new) || self.is_asked_of(spot);
        let hits = Audience::from([Hit::Read]).and(Hit::Create, !widens).and(
            Hit::Update,
            !widens && (spot.is_uncorrelated || is_computed()),
        );
        let test = match (widens, new) {
            (false, Some(new)) => Test::NotOf(new),
            _ => Test::Unanswerable,
        };
        let found = Found {
            rule: &rules::TYPE,
            hits,
            reason,
            test,
            below: ("/type", "/type"),
        };
        self.report(spot, found);
        widens || old.is_none()
    }

    pub(super) fn nullable(&mut self, pair: Pair<'a>, spot: &Spot<'_>) {
        let (was, is) = pair.flags("nullable");
        if was == is {
            return;
        }
        let subject = spot.subject();
        let (hits, reason, test) = if was {
            // A null is dropped from a map and refused in a list. Where it is dropped, what had to be there is missing.
            let in_list = spot.place.is_item();
            let is_missing = spot.required.1 && pair.new_one("default").is_none();
            let hits = Audience::from([Hit::Read])
                .and(Hit::Create, in_list || is_missing)
                .and(Hit::Update, in_list && spot.is_uncorrelated || is_missing);
            let reason = format!(
                "{subject} could be null and cannot any more: a null is dropped, and refused in a list"
            );
            (hits, reason, Test::Null)
        } else {
            let reason = format!("{subject} may be null: clients that expect a value read none");
            (Audience::from([Hit::Read]), reason, Test::Unanswerable)
        };
        let found = Found {
            rule: &rules::NULLABLE,
            hits,
            reason,
            test,
            below: ("/nullable", "/nullable"),
        };
        self.report(spot, found);
        if was && pair.new_one("default").is_none() {
            self.null_within(spot);
        }
    }

    pub(super) fn format(&mut self, pair: Pair<'a>, spot: &Spot<'_>) {
        let text = |value: Option<&'a Value>| {
            value
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        let (old, new) = (text(pair.old("format")), text(pair.new_one("format")));
        if old == new {
            return;
        }
        let subject = spot.subject();
        let checks = new.is_some_and(is_checked) && !includes(new, old);
        let told = |format: Option<&str>| {
            format.map_or_else(
                || "no format".to_owned(),
                |format| format!("the format `{format}`"),
            )
        };
        let (from, to) = (told(old), told(new));
        let (hits, reason) = if checks {
            // Clients made for the format cannot read what was stored without it.
            let hits =
                Audience::from([Hit::Read, Hit::Create]).and(Hit::Update, spot.is_uncorrelated);
            (
                hits,
                format!("{subject} had {from} and has {to}: values that are not of it are refused"),
            )
        } else {
            (
                Audience::default(),
                format!("{subject} had {from} and has {to}"),
            )
        };
        // What was promised of values no longer holds of new ones.
        let hits = hits.and(Hit::Read, old.is_some() && !includes(old, new));
        if !hits.is_empty() {
            let found = Found {
                rule: &rules::FORMAT,
                hits,
                reason,
                test: Test::Unanswerable,
                below: ("/format", "/format"),
            };
            self.report(spot, found);
        }
    }
}

fn kind(schema: Option<&Keywords>) -> Option<&str> {
    let schema = schema?;
    if schema.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true)) {
        return Some(INT_OR_STRING);
    }
    schema.get("type")?.as_str().filter(|kind| !kind.is_empty())
}

fn has_rules(schema: Option<&Keywords>) -> bool {
    let rules = schema.and_then(|schema| schema.get("x-kubernetes-validations")?.as_array());
    rules.is_some_and(|rules| !rules.is_empty())
}

/// Whether a value of the old type is always one of the new.
fn widens(old: Option<&str>, new: Option<&str>) -> bool {
    matches!(
        (old, new),
        (_, None)
            | (Some("integer"), Some("number"))
            | (Some("integer" | "string"), Some(INT_OR_STRING))
    )
}

/// Whether every value of the second format is one of the first.
fn includes(wide: Option<&str>, narrow: Option<&str>) -> bool {
    matches!(
        (wide, narrow),
        (None, _)
            | (Some("int64"), Some("int32"))
            | (Some("double"), Some("float"))
            | (Some("uuid"), Some("uuid3" | "uuid4" | "uuid5"))
            | (Some("date-time"), Some("datetime"))
            | (Some("datetime"), Some("date-time"))
    )
}

/// The formats that the API server holds values to; others say something to people alone.
pub(super) fn is_checked(format: &str) -> bool {
    const CHECKED: [&str; 27] = [
        "bsonobjectid",
        "byte",
        "cidr",
        "creditcard",
        "date",
        "date-time",
        "datetime",
        "double",
        "duration",
        "email",
        "float",
        "hexcolor",
        "hostname",
        "int32",
        "int64",
        "ipv4",
        "ipv6",
        "isbn",
        "isbn10",
        "isbn13",
        "mac",
        "rgbcolor",
        "ssn",
        "uri",
        "uuid",
        "uuid3",
        "uuid4",
    ];
    CHECKED.contains(&format) || matches!(format, "uuid5" | "k8s-short-name" | "k8s-long-name")
}
