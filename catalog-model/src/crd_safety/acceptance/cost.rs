//! What rules in CEL cost at most, which the server bounds: a bound of lists, maps or texts that goes makes those dearer that walk over it.

use std::collections::HashSet;

use serde_json::Value;

use super::super::cel::normal;
use super::super::comparison::DEEPEST;
use super::super::place::{FieldStep, Place, Step};
use super::super::schema::Keywords;
use super::super::view::VersionView;
use super::{Acceptance, Base, Refusal, list, map, rules, said, text};

/// What bounds the cost of rules.
const BOUNDS: [&str; 3] = ["maxItems", "maxLength", "maxProperties"];

/// So many of the rules above are asked, the nearest first.
const MOST_ABOVE: usize = 64;

/// What takes longer the more there is.
const WALKS: [&str; 16] = [
    "all",
    "exists",
    "exists_one",
    "existsOne",
    "filter",
    "map",
    "matches",
    "contains",
    "startsWith",
    "endsWith",
    "split",
    "replace",
    "join",
    "find",
    "findAll",
    "isSorted",
];

/// Two schemas of one place.
#[derive(Clone, Copy)]
struct Both<'p, 'a> {
    old: &'a Keywords,
    new: &'a Keywords,
    place: Place<'p>,
}

/// A rule that both have and that walks over what it speaks of, with its words and how deep it stands.
struct Above {
    text: String,
    words: HashSet<String>,
    depth: usize,
}

impl<'a> Acceptance<'a> {
    /// Notes the bounds that went where a rule stays.
    pub(super) fn costs(&mut self, old: &VersionView<'a>, new: &VersionView<'a>) {
        if let (Value::Object(old), Value::Object(new)) = (old.schema, new.schema) {
            let place = Place::root("", "");
            self.costs_at(&Both { old, new, place }, &mut Vec::new());
        }
    }

    fn costs_at(&mut self, both: &Both<'_, 'a>, above: &mut Vec<Above>) {
        let depth = both.place.depth();
        if depth > DEEPEST {
            return;
        }
        let before = above.len();
        above.extend(both.rules().filter_map(|text| Above::new(text, depth)));
        for keyword in BOUNDS {
            if said(both.old, keyword).is_some() && said(both.new, keyword).is_none() {
                self.bound_gone(both, keyword, above);
            }
        }
        both.below(|below| self.costs_at(below, above));
        above.truncate(before);
    }

    fn bound_gone(&mut self, both: &Both<'_, 'a>, keyword: &str, above: &[Above]) {
        let steps = both.place.field_steps();
        let mut rules = above.iter().rev().take(MOST_ABOVE);
        let rule = rules.find(|rule| rule.reaches(&steps));
        let rule = rule.map(|rule| rule.text.clone());
        let Some(rule) = rule.or_else(|| both.rule_below()) else {
            return;
        };
        let field = both.place.field();
        let subject = field
            .as_ref()
            .map_or_else(|| "the object".to_owned(), |field| format!("`{field}`"));
        let (_, path) = both.place.pointers();
        self.note(Refusal {
            rule: &rules::VALIDATION,
            version: self.version.map(str::to_owned),
            base: Base::Schema,
            path: format!("{path}/{keyword}"),
            reason: format!(
                "`{keyword}` of {subject} went, which bounds what the rule `{rule}` costs: it may be too dear without it"
            ),
            field,
            is_certain: false,
            spared: None,
        });
    }
}

impl<'a> Both<'_, 'a> {
    /// The rules that both have.
    fn rules(&self) -> impl Iterator<Item = String> {
        let texts = |schema: &'a Keywords| {
            let rules = list(schema, "x-kubernetes-validations").iter();
            rules.filter_map(|rule| Some(normal(text(rule.as_object()?, "rule")?)))
        };
        let old: HashSet<String> = texts(self.old).collect();
        texts(self.new).filter(move |rule| old.contains(rule))
    }

    /// A rule that stands below, and is asked once for each item.
    fn rule_below(&self) -> Option<String> {
        let mut found = None;
        self.below(|below| {
            if found.is_none() && below.place.depth() <= DEEPEST {
                found = below.rules().next().or_else(|| below.rule_below());
            }
        });
        found
    }

    /// Does something with each pair of schemas right below.
    fn below(&self, mut act: impl FnMut(&Both<'_, 'a>)) {
        let fields = |schema| map(schema, "properties");
        for (name, old) in fields(self.old).into_iter().flatten() {
            let new = fields(self.new).and_then(|fields| fields.get(name)?.as_object());
            if let (Some(old), Some(new)) = (old.as_object(), new) {
                let place = self.place.down(Step::Property(name));
                act(&Both { old, new, place });
            }
        }
        for (keyword, step) in [
            ("items", Step::Items),
            ("additionalProperties", Step::Values),
        ] {
            if let (Some(old), Some(new)) = (map(self.old, keyword), map(self.new, keyword)) {
                let place = self.place.down(step);
                act(&Both { old, new, place });
            }
        }
    }
}

impl Above {
    fn new(text: String, depth: usize) -> Option<Self> {
        let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        let words: HashSet<String> = words.map(str::to_owned).collect();
        let walks = WALKS.iter().any(|word| words.contains(*word));
        walks.then_some(Self { text, words, depth })
    }

    /// Whether it may speak of what stands at the end of the steps.
    fn reaches(&self, steps: &[FieldStep<'_>]) -> bool {
        let below = steps.get(self.depth..).unwrap_or_default().iter();
        let mut names = below.filter_map(|step| match step {
            FieldStep::Name(name) => Some(*name),
            FieldStep::Values | FieldStep::Items => None,
        });
        names.next().is_none_or(|name| self.words.contains(name))
    }
}
