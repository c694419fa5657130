//! What a schema asks for, in words.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::violation::ViolationKind;

/// How many values a message lists.
const LISTED: usize = 8;
/// Where a shown text is cut.
const LONGEST: usize = 80;

/// What is wrong with one value, and what to do.
pub(super) struct Wording {
    pub(super) kind: ViolationKind,
    /// What follows the name of the value: "must be a text, not a number".
    pub(super) said: String,
    pub(super) help: Vec<String>,
}

impl Wording {
    fn new(kind: ViolationKind, said: impl Into<String>) -> Self {
        Self {
            kind,
            said: said.into(),
            help: Vec::new(),
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

/// Whether the value at a JSON pointer inside the module is secret.
type IsSecret<'a> = &'a dyn Fn(&str) -> bool;

/// What an error says. Of a secret neither the value nor what the schema compares it with is quoted.
pub(super) fn wording(error: &ValidationError<'_>, is_secret: IsSecret<'_>) -> Wording {
    let instance = error.instance().as_ref();
    let secret = is_secret(error.instance_path().as_str());
    match error.kind() {
        Kind::Type { kind } => {
            let expected = alternatives(expected_types(kind).into_iter());
            Wording::new(
                ViolationKind::Type,
                format!("must be {expected}, not {}", described(instance, secret)),
            )
        }
        Kind::Enum { options } => choice(
            options.as_array().map_or(&[], Vec::as_slice),
            instance,
            secret,
        ),
        Kind::Constant { expected_value } => {
            choice(std::slice::from_ref(expected_value), instance, secret)
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            none_fits(error, context, is_secret)
        }
        Kind::OneOfMultipleValid { .. } => Wording::new(
            ViolationKind::Alternative,
            "fits more than one alternative of the schema, of which exactly one must fit",
        )
        .help("leave out what belongs to another alternative"),
        Kind::Not { .. } => Wording::new(
            ViolationKind::Alternative,
            "is what the schema rules out with `not`",
        ),
        Kind::FalseSchema => {
            Wording::new(ViolationKind::Forbidden, "is not allowed here").help("remove it")
        }
        Kind::PropertyNames { error } => {
            let Wording { kind, said, help } = wording(error, &|_| false);
            let key = error.instance().as_str().map(shown).unwrap_or_default();
            Wording {
                kind,
                said: format!("has the key `{key}`, which {said}"),
                help,
            }
        }
        kind => bounds(kind, instance, secret).unwrap_or_else(|| {
            Wording::new(
                ViolationKind::Other,
                format!(
                    "does not fit what the schema says under `{}`",
                    kind.keyword()
                ),
            )
        }),
    }
}

/// Bounds on numbers and sizes, patterns and formats.
fn bounds(kind: &Kind, instance: &Value, secret: bool) -> Option<Wording> {
    let not = |said: String| format!("{said}, not {}", described(instance, secret));
    let bound = |said: String| Wording::new(ViolationKind::Bound, not(said));
    let size = |said: String| Wording::new(ViolationKind::Size, said);
    Some(match kind {
        Kind::Minimum { limit } => bound(format!("must be at least {limit}")),
        Kind::Maximum { limit } => bound(format!("must be at most {limit}")),
        Kind::ExclusiveMinimum { limit } => bound(format!("must be more than {limit}")),
        Kind::ExclusiveMaximum { limit } => bound(format!("must be less than {limit}")),
        Kind::MultipleOf { multiple_of } => bound(format!("must be a multiple of {multiple_of}")),
        Kind::MinLength { limit } => size(format!(
            "must have at least {}",
            counted(*limit, "character")
        )),
        Kind::MaxLength { limit } => size(format!(
            "must have at most {}",
            counted(*limit, "character")
        )),
        Kind::MinItems { limit } => size(format!("must have at least {}", counted(*limit, "item"))),
        Kind::MaxItems { limit } => size(format!("must have at most {}", counted(*limit, "item"))),
        Kind::AdditionalItems { limit } => size(format!(
            "must have at most {}",
            counted(*limit as u64, "item")
        )),
        Kind::MinProperties { limit } => {
            size(format!("must have at least {}", counted(*limit, "key")))
        }
        Kind::MaxProperties { limit } => {
            size(format!("must have at most {}", counted(*limit, "key")))
        }
        Kind::UniqueItems => size("must not have the same item twice".to_owned()),
        Kind::Contains => size("lacks an item that the schema wants under `contains`".to_owned()),
        Kind::Pattern { pattern } => Wording::new(
            ViolationKind::Pattern,
            not(format!("must match `{}`", shown(pattern))),
        ),
        Kind::Format { format } => Wording::new(
            ViolationKind::Pattern,
            not(format!("must have the format `{}`", shown(format))),
        ),
        _ => return None,
    })
}

fn choice(options: &[Value], instance: &Value, secret: bool) -> Wording {
    if secret {
        return Wording::new(
            ViolationKind::Choice,
            "is none of the values that the schema lists",
        )
        .help("see the schema for them");
    }
    let texts = options.iter().filter_map(Value::as_str);
    let near = instance
        .as_str()
        .and_then(|text| catalog_conditions::suggest::near(text, texts));
    let more = options.len().saturating_sub(LISTED);
    let mut listed: Vec<String> = options.iter().take(LISTED).map(quoted).collect();
    if more > 0 {
        listed.push(format!("{more} more"));
    }
    let said = match listed.as_slice() {
        [only] => format!("must be {only}, not {}", described(instance, secret)),
        several => format!(
            "must be one of {}, not {}",
            several.join(", "),
            described(instance, secret)
        ),
    };
    let wording = Wording::new(ViolationKind::Choice, said);
    match near {
        Some(near) => wording.help(format!("did you mean `{near}`?")),
        None => wording,
    }
}

/// Alternatives of which none fits: their types if that is all that is wrong, else what the one that nearly fits wants.
fn none_fits(
    error: &ValidationError<'_>,
    tried: &[Vec<ValidationError<'_>>],
    is_secret: IsSecret<'_>,
) -> Wording {
    let here = error.instance_path();
    let types = tried.iter().map(|errors| match errors.as_slice() {
        [error] if error.instance_path() == here => match error.kind() {
            Kind::Type { kind } => Some(expected_types(kind)),
            _ => None,
        },
        _ => None,
    });
    if let Some(types) = types.collect::<Option<Vec<_>>>() {
        let mut expected: Vec<&str> = Vec::new();
        for name in types.into_iter().flatten() {
            if !expected.contains(&name) {
                expected.push(name);
            }
        }
        return Wording::new(
            ViolationKind::Type,
            format!(
                "must be {}, not {}",
                alternatives(expected.into_iter()),
                described(error.instance(), is_secret(here.as_str()))
            ),
        );
    }
    let wording = Wording::new(
        ViolationKind::Alternative,
        format!(
            "fits none of the {} alternatives of the schema",
            tried.len()
        ),
    );
    // The alternative that looked deepest into the value, with the fewest complaints, is what was probably meant.
    let nearest = tried
        .iter()
        .filter(|errors| !errors.is_empty())
        .max_by_key(|errors| {
            let depth = errors.iter().map(depth).max();
            (depth, std::cmp::Reverse(errors.len()))
        });
    match nearest.and_then(|errors| errors.first()) {
        Some(error) => {
            let place = error.instance_path().as_str();
            let name = place.rsplit('/').next().filter(|name| !name.is_empty());
            let subject = name.map_or("it".to_owned(), |name| format!("`{}`", shown(name)));
            let said = explained(error, is_secret);
            wording.help(format!("of the nearest one, {subject} {said}"))
        }
        None => wording,
    }
}

/// What an error inside an alternative says: keys too, which outside are reported one by one.
fn explained(error: &ValidationError<'_>, is_secret: IsSecret<'_>) -> String {
    match error.kind() {
        Kind::Required { property } => {
            format!("lacks `{}`", shown(property.as_str().unwrap_or_default()))
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let names: Vec<String> = unexpected
                .iter()
                .take(LISTED)
                .map(|name| format!("`{}`", shown(name)))
                .collect();
            format!("has {}, which it does not know", names.join(", "))
        }
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
            "fits none of its alternatives".to_owned()
        }
        _ => wording(error, is_secret).said,
    }
}

fn depth(error: &ValidationError<'_>) -> usize {
    error.instance_path().as_str().matches('/').count()
}

fn expected_types(kind: &TypeKind) -> Vec<&'static str> {
    let name = |kind: JsonType| match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "a map",
        JsonType::String => "a text",
    };
    let mut names = match kind {
        TypeKind::Single(kind) => vec![name(*kind)],
        TypeKind::Multiple(kinds) => kinds.iter().map(name).collect(),
    };
    // What is rather not meant comes last.
    names.sort_by_key(|name| *name == "null");
    names
}

/// "a", "a or b", "a, b or c".
fn alternatives<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    match names.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// A value in a message: its kind, and where it is short and no secret, itself.
fn described(value: &Value, secret: bool) -> String {
    let kind = match value {
        Value::Null => return "null".to_owned(),
        Value::Array(_) => return "a list".to_owned(),
        Value::Object(_) => return "a map".to_owned(),
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
    };
    match value {
        _ if secret => format!("{kind} that is not shown, being sensitive"),
        Value::String(_) => format!("the text {}", quoted(value)),
        Value::Number(_) => format!("the number {}", quoted(value)),
        _ => quoted(value),
    }
}

/// A value in backticks, a text without quotes.
fn quoted(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{}`", shown(text)),
        other => format!("`{}`", shown(&other.to_string())),
    }
}

/// A text as messages show it: on one line, not too long, and with nothing invisible in it.
pub(super) fn shown(text: &str) -> String {
    let mut chars = text.chars();
    let mut shown = String::new();
    for c in chars.by_ref().take(LONGEST) {
        if c.is_control() || is_invisible(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    if chars.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Characters that turn the direction of text, or have no width.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn counted(count: u64, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}
