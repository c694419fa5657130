//! How lists and maps merge, what is dropped of them, and what is filled in.

use serde_json::Value;

use super::audience::{Audience, Hit};
use super::comparison::{Comparison, Found, Spot};
use super::repeats::repeats;
use super::rules;
use super::schema::{Child, Keywords, Pair, unnamed};
use super::stored::Test;
use crate::sensitive::may_be_shown;

impl<'a> Comparison<'a> {
    pub(super) fn list_type(&mut self, pair: Pair<'a>, keyword: &str, spot: &Spot<'_>) {
        let kind = |value: Option<&'a Value>| value.and_then(Value::as_str).unwrap_or("atomic");
        let list_type = "x-kubernetes-list-type";
        let (old, new) = (kind(pair.old(list_type)), kind(pair.new_one(list_type)));
        let is_of_keys = keyword.ends_with("map-keys");
        if is_of_keys != (old == new)
            || is_of_keys && keys(pair.old(keyword)) == keys(pair.new_one(keyword))
        {
            return;
        }
        // What was told apart by some keys is by more of them.
        let (before, now) = (keys(pair.old(keyword)), keys(pair.new_one(keyword)));
        let has_all = before.iter().all(|key| now.contains(key));
        if is_of_keys && new == "map" && !before.is_empty() && has_all {
            return;
        }
        let subject = spot.subject();
        let (hits, reason, test) = match new {
            "set" => (
                Audience::from([Hit::Create]),
                format!(
                    "{subject} was a list of the type `{old}` and is a set: a list with an item twice is refused"
                ),
                Test::Repeats,
            ),
            "map" => (
                // What is stored with an item twice may keep it, and change.
                Audience::from([Hit::Create]),
                format!(
                    "the items of {subject} are told apart by keys that did not do so before: a list in which two have the same, or one has none, is refused"
                ),
                Test::Unanswerable,
            ),
            _ => (
                Audience::from([Hit::Update]),
                format!(
                    "{subject} was a list of the type `{old}` and belongs as a whole to one who applies it: others who apply items of their own are refused"
                ),
                Test::Unanswerable,
            ),
        };
        let below = format!("/{keyword}");
        let found = Found {
            rule: &rules::LIST_TYPE,
            hits,
            reason,
            test,
            below: (&below, &below),
        };
        self.report(spot, found);
    }

    pub(super) fn map_type(&mut self, pair: Pair<'a>, spot: &Spot<'_>) {
        let keyword = "x-kubernetes-map-type";
        let is_atomic = |value: Option<&Value>| value.and_then(Value::as_str) == Some("atomic");
        if is_atomic(pair.old(keyword)) || !is_atomic(pair.new_one(keyword)) {
            return;
        }
        let found = Found {
            rule: &rules::MAP_TYPE,
            hits: [Hit::Update].into(),
            reason: format!(
                "{} belongs as a whole to one who applies it: others who apply keys of their own are refused",
                spot.subject()
            ),
            test: Test::Unanswerable,
            below: ("", "/x-kubernetes-map-type"),
        };
        self.report(spot, found);
    }

    pub(super) fn default(&mut self, pair: Pair<'a>, spot: &Spot<'_>) {
        let (old, new) = (pair.old("default"), pair.new_one("default"));
        if old == new {
            return;
        }
        let subject = spot.subject();
        let (at_old, at_new) = spot.place.pointers();
        let (reason, test) = match (old, new) {
            // What had to be there is there, and stays as it is.
            (None, Some(_)) if spot.required.0 => return,
            (Some(_), None) if spot.required.1 => return self.bare(spot),
            (None, Some(new)) => (
                format!(
                    "{subject} is {} where nobody sets it, and was absent",
                    told(new, &at_new)
                ),
                Test::Missing,
            ),
            (Some(old), None) => (
                format!(
                    "{subject} is absent where nobody sets it, and was {}",
                    told(old, &at_old)
                ),
                Test::Unanswerable,
            ),
            (Some(old), Some(new)) => (
                format!(
                    "{subject} is {} where nobody sets it, and was {}: what is stored keeps the old value",
                    told(new, &at_new),
                    told(old, &at_old)
                ),
                Test::Unanswerable,
            ),
            (None, None) => return,
        };
        let below = |value: Option<&Value>| if value.is_some() { "/default" } else { "" };
        let found = Found {
            rule: &rules::DEFAULT,
            hits: [Hit::Read].into(),
            reason,
            test,
            below: (below(old), below(new)),
        };
        self.report(spot, found);
        self.default_within(pair, spot);
        if let (Some(default), Some(schema)) = (new, pair.new) {
            self.repeated_default(default, schema, spot);
        }
    }

    /// A default that has an item twice, which the server takes, and then refuses in every object that it fills in.
    pub(super) fn repeated_default(&mut self, default: &Value, schema: &Keywords, spot: &Spot<'_>) {
        if !repeats(default, schema) {
            return;
        }
        let found = Found {
            rule: &rules::DEFAULT,
            hits: [Hit::Create].into(),
            reason: format!(
                "the default of {} has an item twice, which is refused wherever it is filled in",
                spot.subject()
            ),
            test: Test::Unanswerable,
            below: ("", "/default"),
        };
        self.report(spot, found);
    }

    /// A field that has to be there, and is no longer filled in.
    fn bare(&mut self, spot: &Spot<'_>) {
        let found = Found {
            rule: &rules::REQUIRED,
            hits: Audience::from([Hit::Create]).and(Hit::Update, spot.is_uncorrelated),
            reason: format!(
                "{} has to be there and is no longer filled in: manifests without it are refused",
                spot.subject()
            ),
            test: Test::Missing,
            below: ("/default", ""),
        };
        self.report(spot, found);
    }

    pub(super) fn pruning(&mut self, pair: Pair<'a>, spot: &Spot<'_>) {
        let (kept, _) = pair.flags("x-kubernetes-preserve-unknown-fields");
        // Where the new schema says something of all other keys, that is compared. That they may be anything keeps them, and nothing below.
        let is_shallow = pair.new_one("additionalProperties") == Some(&Value::Bool(true));
        let is_dropped = matches!(unnamed(pair.new, self.new.prunes()), Child::Dropped);
        if !kept || !(is_dropped || is_shallow && self.new.prunes()) {
            return;
        }
        let found = Found {
            rule: &rules::PRUNING,
            hits: [Hit::Read, Hit::Create].into(),
            reason: format!(
                "fields of {} that the schema does not name were kept: they are dropped when objects are read, and manifests that have some are refused, or lose them where fields are not validated",
                spot.subject()
            ),
            test: Test::Present,
            below: ("/x-kubernetes-preserve-unknown-fields", ""),
        };
        self.report(spot, found);
    }

    pub(super) fn embedded(&mut self, pair: Pair<'a>, spot: &Spot<'_>) {
        let keyword = "x-kubernetes-embedded-resource";
        let is_kept = !matches!(unnamed(pair.new, self.new.prunes()), Child::Dropped);
        let subject = spot.subject();
        let (hits, reason) = match pair.flags(keyword) {
            (false, true) => (
                [Hit::Create, Hit::Update].into(),
                format!(
                    "{subject} has to be a whole object, with `apiVersion`, `kind` and `metadata`"
                ),
            ),
            (true, false) if !is_kept => (
                Audience::from([Hit::Read, Hit::Create]),
                format!(
                    "{subject} was a whole object, and its `apiVersion`, `kind` and `metadata` are dropped unless the schema names them"
                ),
            ),
            _ => return,
        };
        let below = format!("/{keyword}");
        let found = Found {
            rule: &rules::EMBEDDED_RESOURCE,
            hits,
            reason,
            test: Test::Unanswerable,
            below: (&below, &below),
        };
        self.report(spot, found);
    }
}

fn keys(value: Option<&Value>) -> Vec<&str> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    let mut keys: Vec<&str> = list.filter_map(Value::as_str).collect();
    keys.sort_unstable();
    keys
}

/// A value, as far as it fits into a sentence.
/// A value at a place in a CRD, unless it may be secret.
fn told(default: &Value, pointer: &str) -> String {
    match may_be_shown(&Value::Null, &format!("{pointer}/default"), default) {
        true => brief(default),
        false => "a value that may be secret".to_owned(),
    }
}

fn brief(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("`{}…`", text.get(..at).unwrap_or_default()),
        None => format!("`{text}`"),
    }
}
