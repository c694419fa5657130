//! One question against the schema of the kind that it is about.

use serde_json::Value;

use super::crd::Schema;
use super::field::{Field, FieldType};
use crate::condition::{
    self, Bound, Leaf, Literal, ObjectTarget, Question, Reading, StatusCondition, Test,
};
use crate::decimal::Decimal;
use crate::diagnostic::Diagnostic;
use crate::path::{FieldPath, Segment};
use crate::show;
use crate::suggest::near;

/// What a schema says about questions.
pub(super) struct Check<'s> {
    schema: Schema<'s>,
    /// The kind, for messages.
    kind: String,
    pub(super) found: Vec<Diagnostic>,
}

impl<'s> Check<'s> {
    pub(super) fn new(schema: Schema<'s>, target: &ObjectTarget) -> Self {
        let (kind, version) = (
            show::plain(&target.kind),
            show::plain(&target.api_version()),
        );
        Self {
            schema,
            kind: format!("{kind} ({version})"),
            found: Vec::new(),
        }
    }

    /// Checks the paths of a leaf, those of `satisfies` and `valueFrom` included. A `jsonPath` says nothing about what it leads to.
    pub(super) fn leaf(&mut self, target: &ObjectTarget, leaf: &Leaf) {
        let field = target.field.as_ref();
        match &leaf.question {
            Question::Test(asked) => self.question(&[], field, &asked.test),
            Question::Satisfies(facts) => {
                let base = match field {
                    None => &[],
                    Some(condition::Field::Path(path)) if self.field(path).is_some() => {
                        path.segments()
                    }
                    Some(_) => return,
                };
                for fact in facts.leaves() {
                    self.question(base, fact.field.as_ref(), &fact.asked.test);
                }
            }
        }
    }

    /// One operator on a field of what stands at `base`.
    fn question(&mut self, base: &[Segment], field: Option<&condition::Field>, test: &Test) {
        let below = |path: &FieldPath| FieldPath::of(base.iter().chain(path.segments()).cloned());
        let bounds: Vec<FieldPath> = test.bound_paths().map(below).collect();
        if let Test::Condition(condition) = test {
            self.condition(base, condition);
        }
        let path = field.and_then(condition::Field::as_path).map(below);
        let field = path.as_ref().and_then(|path| self.field(path));
        for bound in bounds {
            let other = self.field(&bound);
            if let (Some(path), Some(field), Some(other)) = (&path, &field, other) {
                self.bound((path, field), (&bound, &other), test);
            }
        }
        if let (Some(path), Some(field)) = (&path, &field) {
            self.values(path, field, test);
        }
    }

    fn field(&mut self, path: &FieldPath) -> Option<Field<'s>> {
        match self.schema.check(path) {
            Ok(field) => {
                let lints = field.lints().iter().map(|lint| {
                    let message = format!("{lint} in {}", self.kind);
                    Diagnostic::warning("conditions.path.list-map", message).help(lint.help())
                });
                self.found.extend(lints);
                Some(field)
            }
            Err(error) => {
                let message = format!("`{path}` is no path of {}: {error}", self.kind);
                let diagnostic = Diagnostic::error("conditions.path.schema", message);
                self.found.push(diagnostic.help(error.help()));
                None
            }
        }
    }

    /// `condition` reads the object's status.
    fn condition(&mut self, base: &[Segment], condition: &StatusCondition) {
        let key = |key: &str| Segment::Key(key.to_owned());
        let element = Segment::select("type", &condition.kind);
        let list = base
            .iter()
            .cloned()
            .chain([key("status"), key("conditions"), element]);
        self.field(&FieldPath::of(list.chain([key("status")])));
    }

    fn values(&mut self, path: &FieldPath, field: &Field<'_>, test: &Test) {
        use FieldType::{List, Map, String};
        match test {
            Test::Compare(comparison, Bound::Literal(literal)) => {
                self.literal((path, field), literal, comparison.is_ordering());
            }
            Test::Between(low, high) => {
                self.literal((path, field), low, true);
                self.literal((path, field), high, true);
            }
            Test::Among(literals) | Test::NotAmong(literals) => {
                for literal in literals {
                    self.literal((path, field), literal, false);
                }
            }
            Test::Has(_, literals) => self.items((path, field), literals, test),
            Test::Range(_)
            | Test::Matches(_)
            | Test::NotMatches(_)
            | Test::Text(..)
            | Test::Age(_) => {
                self.operator((path, field), &[String], test);
            }
            Test::Length(_) => self.operator((path, field), &[String, List, Map], test),
            Test::Compare(_, Bound::Field(_))
            | Test::Exists
            | Test::NotExists
            | Test::IsNull
            | Test::Condition(_) => {}
        }
    }

    /// The values that a list is asked for.
    fn items(
        &mut self,
        (path, field): (&FieldPath, &Field<'_>),
        literals: &[Literal],
        test: &Test,
    ) {
        self.operator((path, field), &[FieldType::List], test);
        if !field.may_be(&[FieldType::List]) {
            return;
        }
        let items = FieldPath::of(path.segments().iter().cloned().chain([Segment::Every]));
        if let Some(item) = self.field(&items) {
            for literal in literals {
                self.literal((&items, &item), literal, false);
            }
        }
    }

    fn literal(
        &mut self,
        (path, field): (&FieldPath, &Field<'_>),
        literal: &Literal,
        ordered: bool,
    ) {
        let value = literal.value();
        let fits = match readable(literal.reading()) {
            Some(types) => field.may_be(types),
            // Of what is in JSON, only numbers have an order, and a bound between two whole numbers is one.
            None if ordered => field.may_be(&[FieldType::Integer, FieldType::Number]),
            None => field.holds(value),
        };
        if !fits {
            let shown = show::value(value);
            let message = format!("`{path}` of {} is {field}, and never {shown}", self.kind);
            let diagnostic = Diagnostic::error("conditions.value.type", message);
            self.found
                .push(diagnostic.help(advice(path, field, literal)));
        } else if !ordered && matches!(literal.reading(), Reading::Json | Reading::Text) {
            self.listed(path, field, value);
        }
    }

    /// Whether a string is one of those that the schema lists.
    fn listed(&mut self, path: &FieldPath, field: &Field<'_>, value: &Value) {
        let (Some(text), Some(allowed)) = (value.as_str(), field.allowed()) else {
            return;
        };
        let texts = || allowed.iter().filter_map(|value| value.as_str());
        if texts().any(|allowed| allowed == text) {
            return;
        }
        let message = format!("`{path}` of {} is never {}", self.kind, show::text(text));
        let help = match near(text, texts().take(MAX_LISTED)) {
            Some(near) => format!("did you mean {}?", show::text(near)),
            None => {
                let listed: Vec<_> = texts().take(10).map(show::text).collect();
                let more = if texts().nth(10).is_some() {
                    ", …"
                } else {
                    ""
                };
                format!("its schema lists {}{more}", listed.join(", "))
            }
        };
        self.found
            .push(Diagnostic::warning("conditions.value.enum", message).help(help));
    }

    /// Whether a field is ever of a type that an operator asks about.
    fn operator(
        &mut self,
        (path, field): (&FieldPath, &Field<'_>),
        types: &[FieldType],
        test: &Test,
    ) {
        if field.may_be(types) {
            return;
        }
        let message = format!(
            "`{path}` of {} is {field}, of which `{test}` cannot be asked",
            self.kind
        );
        let help = match types {
            [FieldType::List] => "this operator asks about a list",
            [FieldType::String] => "this operator asks about a string",
            _ => "this operator asks about a string, a list or a map",
        };
        self.found
            .push(Diagnostic::error("conditions.value.type", message).help(help));
    }

    /// Whether two fields of an object can ever be compared.
    fn bound(
        &mut self,
        one: (&FieldPath, &Field<'_>),
        other: (&FieldPath, &Field<'_>),
        test: &Test,
    ) {
        let ((path, field), (bound, held)) = (one, other);
        let fits = match test.reading().and_then(readable) {
            Some(types) => field.may_be(types) && held.may_be(types),
            None => {
                let types: Vec<FieldType> = held.types().flat_map(alike).copied().collect();
                field.may_be(&types)
            }
        };
        if !fits {
            let message = format!(
                "`{path}` of {} is {field}, and `{bound}` is {held}: the two cannot be compared so",
                self.kind
            );
            let diagnostic = Diagnostic::error("conditions.value.type", message);
            self.found.push(
                diagnostic
                    .help("compare fields of one type, or say how to read both: `as: number`"),
            );
        }
    }
}

/// How many of a schema's words are looked at for advice.
const MAX_LISTED: usize = 1000;

/// The types that `as` can read; `None` where both sides have one type.
fn readable(reading: Reading) -> Option<&'static [FieldType]> {
    const TEXTS: &[FieldType] = &[FieldType::String];
    const NUMBERS: &[FieldType] = &[FieldType::String, FieldType::Integer, FieldType::Number];
    match reading {
        Reading::Json => None,
        _ if reading.read(&Value::from(1)).is_some() => Some(NUMBERS),
        _ => Some(TEXTS),
    }
}

/// The types whose values can equal one of a type.
fn alike(of: FieldType) -> &'static [FieldType] {
    match of {
        FieldType::Integer | FieldType::Number => &[FieldType::Integer, FieldType::Number],
        FieldType::String => &[FieldType::String],
        FieldType::Boolean => &[FieldType::Boolean],
        FieldType::List => &[FieldType::List],
        FieldType::Map => &[FieldType::Map],
    }
}

fn advice(path: &FieldPath, field: &Field<'_>, literal: &Literal) -> String {
    let may_be = |of| field.may_be(&[of]);
    let text = literal.value().as_str();
    match literal.reading() {
        Reading::Json => {}
        reading => return format!("`as: {}` does not read what stands there", reading.as_str()),
    }
    if may_be(FieldType::List) {
        return format!(
            "to ask about its elements write `{path}[*]` with `each`, or use `hasItem`"
        );
    }
    if may_be(FieldType::Map) {
        return "name one of its fields in the path".to_owned();
    }
    if may_be(FieldType::String) {
        return match literal.value() {
            Value::Number(_) => "quote the value, or say how to read both sides: `as: number`",
            _ => "write a string",
        }
        .to_owned();
    }
    if may_be(FieldType::Boolean) {
        return "write `true` or `false` without quotes".to_owned();
    }
    match text.and_then(Decimal::parse) {
        Some(_) => "write the number without quotes".to_owned(),
        None => format!("write {field}"),
    }
}
