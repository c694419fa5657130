//! What narrows values down: required fields, enums, bounds, patterns.

use std::cmp::Ordering;
use std::collections::HashSet;

use serde_json::{Number, Value};

use super::audience::{Audience, Hit};
use super::comparison::{Comparison, Found, Spot};
use super::rules;
use super::schema::{Keywords, Pair};
use super::stored::Test;

impl<'a> Comparison<'a> {
    pub(super) fn required(&mut self, pair: Pair<'a>, spot: &Spot<'_>) {
        let (old, new) = pair.lists("required");
        let before: HashSet<&str> = old.iter().filter_map(Value::as_str).collect();
        let properties = pair.new_one("properties");
        for name in new.iter().filter_map(Value::as_str) {
            let schema = properties.and_then(|properties| properties.get(name));
            let default = schema.and_then(|schema| schema.get("default"));
            // The server fills a default in before it asks.
            if before.contains(name) || default.is_some_and(|default| !default.is_null()) {
                continue;
            }
            let reason = format!(
                "{} has to have `{name}`: manifests without it are refused, and so is every change to what is stored without it",
                spot.subject()
            );
            let found = Found {
                rule: &rules::REQUIRED,
                hits: [Hit::Create, Hit::Update].into(),
                reason,
                test: Test::Lacks(name),
                below: ("", "/required"),
            };
            self.report(spot, found);
        }
    }

    pub(super) fn enumeration(&mut self, pair: Pair<'a>, spot: &Spot<'_>) {
        let (old, new) = pair.lists("enum");
        if new.is_empty() {
            return;
        }
        let allowed: HashSet<String> = new.iter().map(Value::to_string).collect();
        let gone = old
            .iter()
            .filter(|value| !allowed.contains(&value.to_string()));
        let gone: Vec<String> = gone.map(|value| format!("`{}`", shown(value))).collect();
        let subject = spot.subject();
        let reason = match (old.is_empty(), gone.len()) {
            (true, _) => format!(
                "{subject} could be anything and is now one of {}",
                listed(new)
            ),
            (false, 0) => return,
            (false, 1) => format!("{subject} can no longer be {}", gone.concat()),
            (false, _) => format!("{subject} can no longer be any of {}", short(&gone)),
        };
        self.tighter(
            pair,
            spot,
            (&rules::ENUM, "/enum"),
            (reason, Test::NoneOf(new)),
        );
    }

    pub(super) fn pattern(&mut self, pair: Pair<'a>, spot: &Spot<'_>) {
        let text = |value: Option<&'a Value>| {
            value
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        let subject = spot.subject();
        let reason = match (text(pair.old("pattern")), text(pair.new_one("pattern"))) {
            (old, new) if old == new => return,
            (_, None) => return,
            (None, Some(new)) => {
                format!("{subject} has to match `{new}`, and had to match nothing")
            }
            (Some(old), Some(new)) => format!(
                "{subject} has to match `{new}` and had to match `{old}`: whether all that matched does so is not decided here"
            ),
        };
        self.tighter(
            pair,
            spot,
            (&rules::PATTERN, "/pattern"),
            (reason, Test::Unanswerable),
        );
    }

    /// `minimum` with `exclusiveMinimum`, and the same of the maximum.
    pub(super) fn range(&mut self, pair: Pair<'a>, keyword: &'static str, spot: &Spot<'_>) {
        let (old, new) = (Bound::of(pair.old, keyword), Bound::of(pair.new, keyword));
        let Some(new) = new else { return };
        if old.is_some_and(|old| !new.is_tighter(old, keyword)) {
            return;
        }
        let word = if new.is_exclusive { " (exclusive)" } else { "" };
        let reason = format!(
            "the {keyword} of {} is {}{word}, and was {}",
            spot.subject(),
            new.number,
            Bound::told(old)
        );
        let below = format!("/{keyword}");
        let tested = match (new.is_exclusive, keyword) {
            (true, "minimum") => "exclusiveMinimum",
            (true, _) => "exclusiveMaximum",
            (false, keyword) => keyword,
        };
        self.tighter(
            pair,
            spot,
            (&rules::BOUND, &below),
            (reason, Test::Outside(tested, new.number)),
        );
    }

    pub(super) fn multiple(&mut self, pair: Pair<'a>, spot: &Spot<'_>) {
        let Some(Value::Number(new)) = pair.new_one("multipleOf") else {
            return;
        };
        if let Some(Value::Number(old)) = pair.old("multipleOf")
            && (old == new || is_multiple_of(old, new))
        {
            return;
        }
        let reason = format!("{} has to be a multiple of {new}", spot.subject());
        self.tighter(
            pair,
            spot,
            (&rules::BOUND, "/multipleOf"),
            (reason, Test::Outside("multipleOf", new)),
        );
    }

    /// Bounds of lengths and counts.
    pub(super) fn size(&mut self, pair: Pair<'a>, keyword: &str, spot: &Spot<'_>) {
        let number = |value: Option<&'a Value>| value.and_then(Value::as_number);
        let (old, Some(new)) = (number(pair.old(keyword)), number(pair.new_one(keyword))) else {
            return;
        };
        let is_lower = keyword.starts_with("min");
        let order = old.map(|old| compare(new, old));
        let is_tighter = match order {
            None => !is_lower || new.as_f64().is_some_and(|least| least > 0.0),
            Some(order) if is_lower => order == Ordering::Greater,
            Some(order) => order == Ordering::Less,
        };
        if is_tighter {
            let was = old.map_or_else(|| "not there".to_owned(), Number::to_string);
            let reason = format!("`{keyword}` of {} is {new}, and was {was}", spot.subject());
            let below = format!("/{keyword}");
            self.tighter(
                pair,
                spot,
                (&rules::BOUND, &below),
                (reason, Test::Outside(keyword, new)),
            );
        }
    }

    pub(super) fn unique(&mut self, pair: Pair<'a>, spot: &Spot<'_>) {
        if pair.flags("uniqueItems") == (false, true) {
            let reason = format!("{} may have no item twice", spot.subject());
            self.tighter(
                pair,
                spot,
                (&rules::BOUND, "/uniqueItems"),
                (reason, Test::Repeats),
            );
        }
    }

    /// Notes what takes fewer values than before. The server spares a value that does not change, unless it holds the one that does, or
    /// stands in a list whose items it cannot tell apart.
    pub(super) fn tighter(
        &mut self,
        pair: Pair<'a>,
        spot: &Spot<'_>,
        (rule, below): (&'static catalog_conditions::rule::Rule, &str),
        (reason, test): (String, Test<'_>),
    ) {
        let hits = Audience::from([Hit::Create])
            .and(Hit::Update, pair.is_container() || spot.is_uncorrelated);
        let is_old = pair.old(below.trim_start_matches('/')).is_some();
        let found = Found {
            rule,
            hits,
            reason,
            test,
            below: (if is_old { below } else { "" }, below),
        };
        self.report(spot, found);
    }
}

/// A bound of numbers.
#[derive(Clone, Copy)]
struct Bound<'a> {
    number: &'a Number,
    is_exclusive: bool,
    is_whole: bool,
}

impl<'a> Bound<'a> {
    fn of(schema: Option<&'a Keywords>, keyword: &str) -> Option<Self> {
        let schema = schema?;
        let exclusive = if keyword == "minimum" {
            "exclusiveMinimum"
        } else {
            "exclusiveMaximum"
        };
        Some(Self {
            number: schema.get(keyword)?.as_number()?,
            is_exclusive: schema.get(exclusive) == Some(&Value::Bool(true)),
            is_whole: schema.get("type").and_then(Value::as_str) == Some("integer"),
        })
    }

    /// The outermost whole number that is within, for a bound of whole numbers.
    fn outermost(self, keyword: &str) -> Option<i128> {
        let number = self.number.as_i128().filter(|_| self.is_whole)?;
        Some(match (self.is_exclusive, keyword) {
            (false, _) => number,
            (true, "minimum") => number + 1,
            (true, _) => number - 1,
        })
    }

    fn is_tighter(self, old: Bound<'_>, keyword: &str) -> bool {
        let order = match (self.outermost(keyword), old.outermost(keyword)) {
            (Some(new), Some(old)) => new.cmp(&old),
            _ => match compare(self.number, old.number) {
                Ordering::Equal if keyword == "minimum" => self.is_exclusive.cmp(&old.is_exclusive),
                Ordering::Equal => old.is_exclusive.cmp(&self.is_exclusive),
                order => order,
            },
        };
        match keyword {
            "minimum" => order == Ordering::Greater,
            _ => order == Ordering::Less,
        }
    }

    fn told(bound: Option<Self>) -> String {
        bound.map_or_else(
            || "not there".to_owned(),
            |bound| {
                let word = if bound.is_exclusive {
                    " (exclusive)"
                } else {
                    ""
                };
                format!("{}{word}", bound.number)
            },
        )
    }
}

/// Whether a number is a multiple of another, as both are written in decimals.
fn is_multiple_of(number: &Number, of: &Number) -> bool {
    let whole = |number: &Number, places: u32| {
        let text = number.to_string();
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let zeros = (places as usize).checked_sub(part.len())?;
        let digits = format!("{whole}{part}{}", "0".repeat(zeros));
        digits.parse::<i128>().ok()
    };
    let places = |number: &Number| {
        let text = number.to_string();
        let part = text.split_once('.').map_or(0, |(_, part)| part.len());
        u32::try_from(part).unwrap_or(u32::MAX)
    };
    // Numbers with exponents, or very many digits, are left to count as others.
    const MOST: u32 = 30;
    let places = places(number).max(places(of));
    if places > MOST {
        return false;
    }
    let both = whole(number, places).zip(whole(of, places));
    both.is_some_and(|(number, of)| of != 0 && number % of == 0)
}

fn compare(a: &Number, b: &Number) -> Ordering {
    if let (Some(a), Some(b)) = (a.as_i128(), b.as_i128()) {
        return a.cmp(&b);
    }
    let (a, b) = (a.as_f64(), b.as_f64());
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

fn shown(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn listed(values: &[Value]) -> String {
    let told: Vec<String> = values
        .iter()
        .map(|value| format!("`{}`", shown(value)))
        .collect();
    short(&told)
}

/// A list of which the first few are told.
fn short(told: &[String]) -> String {
    const TOLD: usize = 5;
    let first = told
        .get(..TOLD.min(told.len()))
        .unwrap_or_default()
        .join(", ");
    match told.len().saturating_sub(TOLD) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
