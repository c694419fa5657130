//! `op`, `value` and `as`, and what they mean together.

use serde_json::Value;

use super::item::optional;
use super::{unsupported, value};
use crate::condition::{Comparison, Literal, Range, Reading, Target, Test};
use crate::document::{Fields, Node, Reader};
use crate::source::Span;
use crate::suggest::near;
use crate::version::{KubeVersionRange, VersionRange};

/// The operators of the format that come later.
const LATER: [&str; 13] = [
    "matches",
    "notMatches",
    "startsWith",
    "endsWith",
    "containsText",
    "hasItem",
    "hasAll",
    "hasAny",
    "hasNone",
    "length",
    "olderThan",
    "newerThan",
    "condition",
];

/// What other tools call an operator.
const SYNONYMS: [(&str, &str); 26] = [
    ("=", "eq"),
    ("==", "eq"),
    ("equal", "eq"),
    ("equals", "eq"),
    ("is", "eq"),
    ("!=", "ne"),
    ("neq", "ne"),
    ("notEqual", "ne"),
    ("notEquals", "ne"),
    (">", "gt"),
    ("greaterThan", "gt"),
    (">=", "ge"),
    ("gte", "ge"),
    ("<", "lt"),
    ("lessThan", "lt"),
    ("<=", "le"),
    ("lte", "le"),
    ("nin", "notIn"),
    ("oneOf", "in"),
    ("doesNotExist", "notExists"),
    ("absent", "notExists"),
    ("present", "exists"),
    ("null", "isNull"),
    ("semver", "range"),
    ("version", "range"),
    ("regex", "matches"),
];

#[derive(Clone, Copy)]
enum Operator {
    Exists,
    NotExists,
    IsNull,
    Compare(Comparison),
    In,
    NotIn,
    Between,
    Range,
}

/// The keys that say what is asked.
pub(super) struct Asked<'n> {
    op: Option<&'n Node>,
    /// Null included: it is an error with advice of its own.
    value: Option<&'n Node>,
    reading: Option<&'n Node>,
}

impl<'n> Asked<'n> {
    pub(super) fn take(reader: &mut Reader<'_>, fields: &mut Fields<'n>) -> Self {
        Self {
            op: optional(reader, fields, "op"),
            value: fields.take_nullable("value"),
            reading: optional(reader, fields, "as"),
        }
    }

    pub(super) fn value_span(&self) -> Option<Span> {
        self.value.map(Node::span)
    }
}

/// Reads the test; `leaf` is where to point at for what is missing.
pub(super) fn read(
    reader: &mut Reader<'_>,
    asked: &Asked<'_>,
    target: &Target,
    leaf: Span,
) -> Option<Test> {
    let operator = match asked.op {
        Some(node) => operator(reader, node)?,
        None => default_operator(reader, target, leaf)?,
    };
    let span = asked.op.map_or(leaf, Node::span);
    check_target(reader, operator, target, span)?;
    let reading = reading(reader, asked, operator, target)?;
    match operator {
        Operator::Exists => without_value(reader, asked, Test::Exists),
        Operator::NotExists => without_value(reader, asked, Test::NotExists),
        Operator::IsNull => without_value(reader, asked, Test::IsNull),
        Operator::Compare(comparison) => {
            let node = value_node(reader, asked, span)?;
            let literal = literal(reader, node, reading)?;
            if comparison.is_ordering() {
                check_ordered(reader, node, &literal)?;
            }
            Some(Test::Compare(comparison, literal))
        }
        Operator::In => Some(Test::Among(literals(reader, asked, reading, span)?)),
        Operator::NotIn => Some(Test::NotAmong(literals(reader, asked, reading, span)?)),
        Operator::Between => between(reader, asked, reading, span),
        Operator::Range => range(reader, asked, reading, span),
    }
}

fn operator(reader: &mut Reader<'_>, node: &Node) -> Option<Operator> {
    let text = reader.text(node, "op")?;
    if let Some((_, comparison)) = Comparison::NAMES.iter().find(|(name, _)| *name == text) {
        return Some(Operator::Compare(*comparison));
    }
    match text {
        "exists" => return Some(Operator::Exists),
        "notExists" => return Some(Operator::NotExists),
        "isNull" => return Some(Operator::IsNull),
        "in" => return Some(Operator::In),
        "notIn" => return Some(Operator::NotIn),
        "between" => return Some(Operator::Between),
        "range" => return Some(Operator::Range),
        later if LATER.contains(&later) => {
            unsupported::report(reader, node, &format!("op: {later}"));
            return None;
        }
        _ => {}
    }
    let names = || {
        let presence = [
            "exists",
            "notExists",
            "isNull",
            "in",
            "notIn",
            "between",
            "range",
        ];
        Comparison::NAMES
            .into_iter()
            .map(|(name, _)| name)
            .chain(presence)
    };
    let synonym = SYNONYMS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text))
        .map(|(_, op)| *op);
    let message = format!("`{}` is no operator", crate::show::plain(text));
    let diagnostic = reader.error("op", node.span(), message);
    reader.report(match synonym.or_else(|| near(text, names().chain(LATER))) {
        Some(name) => diagnostic.did_you_mean(Some(name)),
        None => diagnostic.help(format!(
            "operators: {}",
            names().collect::<Vec<_>>().join(", ")
        )),
    });
    None
}

fn default_operator(reader: &mut Reader<'_>, target: &Target, leaf: Span) -> Option<Operator> {
    if let Target::Api(_) | Target::Crd(_) | Target::DefaultStorageClass = target {
        return Some(Operator::Exists);
    }
    let diagnostic = reader.error(
        "op.missing",
        Span::new(leaf.start, leaf.start),
        "`op` is missing",
    );
    let help = match target {
        Target::KubeVersion => "add `op: range` and a range such as `value: \">=1.28\"`",
        _ => "add `op:`, such as `op: eq` with a `value`, or `op: exists`",
    };
    reader.report(diagnostic.help(help));
    None
}

/// Which operators a target answers.
fn check_target(
    reader: &mut Reader<'_>,
    operator: Operator,
    target: &Target,
    span: Span,
) -> Option<()> {
    let presence = matches!(operator, Operator::Exists | Operator::NotExists);
    let (message, help) = match target {
        Target::KubeVersion if presence || matches!(operator, Operator::IsNull) => (
            "a cluster always has a version: this operator asks nothing",
            "use `range` or a comparison",
        ),
        Target::Api(_) | Target::Crd(_) | Target::DefaultStorageClass if !presence => (
            "this target is there or not: it has no value to compare",
            "use `exists` (the default) or `notExists`",
        ),
        Target::Object(object) if object.path.is_none() && !presence => (
            "this operator needs a field to look at",
            "add `fieldPath` to the target",
        ),
        _ => return Some(()),
    };
    let diagnostic = reader.error("op.target", span, message);
    reader.report(diagnostic.help(help));
    None
}

/// How values are read: as `as` says, as the target implies, else by their JSON types.
fn reading(
    reader: &mut Reader<'_>,
    asked: &Asked<'_>,
    operator: Operator,
    target: &Target,
) -> Option<Reading> {
    let implied = matches!(target, Target::KubeVersion).then_some(Reading::KubeVersion);
    let Some(node) = asked.reading else {
        return Some(implied.unwrap_or_default());
    };
    let text = reader.text(node, "as")?;
    let names = || Reading::NAMES.into_iter().map(|(name, _)| name);
    let Some((_, reading)) = Reading::NAMES.into_iter().find(|(name, _)| *name == text) else {
        let message = format!("`as` cannot be `{}`", crate::show::plain(text));
        let diagnostic = reader.error("as", node.span(), message);
        reader.report(match near(text, names()) {
            Some(name) => diagnostic.did_you_mean(Some(name)),
            None => diagnostic.help(format!(
                "write one of: {}",
                names().collect::<Vec<_>>().join(", ")
            )),
        });
        return None;
    };
    let problem = match operator {
        Operator::Exists | Operator::NotExists | Operator::IsNull => {
            "this operator reads no value, and ignores `as`"
        }
        _ if implied.is_some_and(|implied| implied != reading) => {
            "a cluster's version is always read as `kubeVersion`"
        }
        _ => return Some(reading),
    };
    let diagnostic = reader.error("as", node.span(), problem);
    reader.report(diagnostic.help("remove `as`"));
    None
}

fn without_value(reader: &mut Reader<'_>, asked: &Asked<'_>, test: Test) -> Option<Test> {
    let Some(node) = asked.value else {
        return Some(test);
    };
    let diagnostic = reader.error("value", node.span(), format!("`{test}` takes no value"));
    reader.report(diagnostic.help("remove `value`, or use `eq`"));
    None
}

/// The value, which must be there and not null.
fn value_node<'n>(reader: &mut Reader<'_>, asked: &Asked<'n>, span: Span) -> Option<&'n Node> {
    let Some(node) = asked.value else {
        let diagnostic = reader.error("value.missing", span, "`value` is missing");
        reader.report(diagnostic.help("add `value:`, or ask `exists`"));
        return None;
    };
    value::not_null(reader, node).then_some(node)
}

fn literal(reader: &mut Reader<'_>, node: &Node, reading: Reading) -> Option<Literal> {
    if !value::not_null(reader, node) {
        return None;
    }
    let value = value::read(reader, node, reading)?;
    if let Some(literal) = Literal::new(value.clone(), reading) {
        return Some(literal);
    }
    let message = format!(
        "{} cannot be read as {}",
        crate::show::value(&value),
        reading.as_str()
    );
    let diagnostic = reader.error("value.reading", node.span(), message);
    reader.report(diagnostic.help(match reading {
        Reading::Quantity => "write a quantity such as \"500m\" or \"1.5Gi\"",
        Reading::Duration => "write a duration such as \"90s\" or \"1h30m\"",
        Reading::Timestamp => "write a time such as \"2026-01-31T12:00:00Z\"",
        _ if value.is_number() => "quote it",
        Reading::Number => "write a number such as 5 or \"1.50\"",
        Reading::ApiVersion => "write a version such as \"v1\" or \"apps/v1beta1\"",
        Reading::Text => "write a string",
        _ => "write a version such as \"1.2.3\"",
    }));
    None
}

/// Only numbers have an order of their own; what else is to be ordered must say how it is read.
fn check_ordered(reader: &mut Reader<'_>, node: &Node, literal: &Literal) -> Option<()> {
    if literal.reading() != Reading::Json || literal.value().is_number() {
        return Some(());
    }
    let (message, help) = match literal.value() {
        Value::String(_) => (
            "strings have no order of their own".to_owned(),
            "say how to read both sides: `as: number`, `quantity`, `duration`, `timestamp`, `semver`, `kubeVersion`, `imageVersion`, `apiVersion`, or `string` for the order of their characters",
        ),
        other => (
            format!("a {} has no order", crate::show::kind(other)),
            "use `eq`",
        ),
    };
    let diagnostic = reader.error("value.order", node.span(), message);
    reader.report(diagnostic.help(help));
    None
}

fn literals(
    reader: &mut Reader<'_>,
    asked: &Asked<'_>,
    reading: Reading,
    span: Span,
) -> Option<Vec<Literal>> {
    let node = value_node(reader, asked, span)?;
    let items = reader.items(node, "value")?;
    if items.is_empty() {
        let diagnostic = reader.error("value.empty", node.span(), "the list of values is empty");
        reader.report(diagnostic.help("name at least one value"));
        return None;
    }
    let literals: Vec<Option<Literal>> = items
        .iter()
        .map(|item| literal(reader, item, reading))
        .collect();
    literals.into_iter().collect()
}

fn between(
    reader: &mut Reader<'_>,
    asked: &Asked<'_>,
    reading: Reading,
    span: Span,
) -> Option<Test> {
    let node = value_node(reader, asked, span)?;
    let literals = literals(reader, asked, reading, span)?;
    let [low, high] = <[Literal; 2]>::try_from(literals)
        .map_err(|_| {
            let diagnostic = reader.error(
                "value",
                node.span(),
                "`between` takes two values: the lowest and the highest",
            );
            reader.report(diagnostic.help("write `value: [1, 3]`"));
        })
        .ok()?;
    check_ordered(reader, node, &low)?;
    check_ordered(reader, node, &high)?;
    let read = low.read(high.value());
    let order = read.and_then(|high| low.compare(&high));
    let problem = match order {
        None => "the two values of `between` cannot be compared with each other",
        Some(std::cmp::Ordering::Less) => "the second value of `between` is below the first",
        Some(_) => return Some(Test::Between(low, high)),
    };
    let diagnostic = reader.error("value", node.span(), problem);
    reader.report(diagnostic.help("write the lower one first"));
    None
}

fn range(reader: &mut Reader<'_>, asked: &Asked<'_>, reading: Reading, span: Span) -> Option<Test> {
    let node = value_node(reader, asked, span)?;
    if !matches!(
        reading,
        Reading::Semver | Reading::KubeVersion | Reading::ImageVersion
    ) {
        let diagnostic = reader.error(
            "as.missing",
            span,
            "`range` needs to know which versions it reads",
        );
        reader.report(diagnostic.help("add `as: semver`, `as: kubeVersion` or `as: imageVersion`"));
        return None;
    }
    let Value::String(text) = value::read(reader, node, reading)? else {
        let diagnostic = reader.error("value", node.span(), "a version range is a string");
        reader.report(diagnostic.help("quote it, such as \">=1.28\""));
        return None;
    };
    let (range, notes) = match reading {
        Reading::KubeVersion => match KubeVersionRange::parse(&text) {
            Ok(range) => (Ok(Range::Kube(range.clone())), range.notes().to_vec()),
            Err(error) => (Err(error), Vec::new()),
        },
        _ => match VersionRange::parse(&text) {
            Ok(range) => {
                let notes = range.notes().to_vec();
                let image = reading == Reading::ImageVersion;
                (
                    Ok(if image {
                        Range::Image(range)
                    } else {
                        Range::Semver(range)
                    }),
                    notes,
                )
            }
            Err(error) => (Err(error), Vec::new()),
        },
    };
    for note in notes {
        let diagnostic = reader.warning("value.range", node.span(), note.to_string());
        reader.report(diagnostic);
    }
    range
        .map(Test::Range)
        .map_err(|error| {
            let diagnostic = reader.error("value.range", node.span(), error.to_string());
            reader.report(diagnostic);
        })
        .ok()
}
