//! One question: a target, and what is asked of it.

use super::count;
use super::item::{optional, word};
use super::operator::{self, Asked};
use super::{target, unsupported};
use crate::condition::{
    Each, Expression, Leaf, Literal, ObjectTarget, Reading, Target, Test, WhenAbsent,
};
use crate::document::{Fields, Node, Reader};
use crate::path::Structure;
use crate::source::Span;

/// The keys of a question.
pub(super) const KEYS: [&str; 9] = [
    "target",
    "op",
    "value",
    "valueFrom",
    "as",
    "each",
    "satisfies",
    "allowEmpty",
    "whenAbsent",
];

pub(super) fn read(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<Expression> {
    let span = fields.span();
    let target_node = fields.required(reader, "target");
    let read = target_node.and_then(|node| target::read(reader, node));
    unsupported_keys(reader, fields);
    let each =
        optional(reader, fields, "each").map(|node| (count::read(reader, node), node.span()));
    let allow_empty = optional(reader, fields, "allowEmpty")
        .map(|node| (reader.boolean(node, "allowEmpty"), node.span()));
    let absent_node = optional(reader, fields, "whenAbsent");
    let when_absent = absent_node.and_then(|node| word(reader, node, "whenAbsent", &WHEN_ABSENT));
    let asked = Asked::take(reader, fields);
    let target = read?;
    let test = operator::read(reader, &asked, &target, span)?;
    let mut leaf = Leaf::new(target, test);
    leaf.when_absent = when_absent;
    leaf.allow_empty = allow_empty.is_some_and(|(allow, _)| allow == Some(true));
    leaf.each = each.and_then(|(each, _)| each);
    let target_span = target_node.map_or(span, Node::span);
    check_presence(reader, &leaf, absent_node.map(Node::span));
    check_each(reader, &leaf, each.map(|(_, span)| span), target_span);
    check_allow_empty(reader, &leaf, allow_empty.map(|(_, span)| span));
    check_structure(
        reader,
        &leaf,
        target_node,
        asked.value_span().unwrap_or(span),
    );
    Some(Expression::leaf(leaf))
}

const WHEN_ABSENT: [(&str, WhenAbsent); 3] = [
    ("satisfied", WhenAbsent::Satisfied),
    ("notSatisfied", WhenAbsent::NotSatisfied),
    ("unknown", WhenAbsent::Unknown),
];

fn unsupported_keys(reader: &mut Reader<'_>, fields: &mut Fields<'_>) {
    for key in ["valueFrom", "satisfies"] {
        if let Some(node) = optional(reader, fields, key) {
            unsupported::report(reader, node, key);
        }
    }
}

/// `whenAbsent` has nothing to say where absence is the very question, or cannot be.
fn check_presence(reader: &mut Reader<'_>, leaf: &Leaf, span: Option<Span>) {
    let Some(span) = span.filter(|_| leaf.when_absent.is_some()) else {
        return;
    };
    let why = match (&leaf.test, &leaf.target) {
        (Test::Exists | Test::NotExists | Test::IsNull, _) => {
            "this operator asks about absence itself"
        }
        (_, Target::Object(_)) => return,
        _ => "this target cannot be absent",
    };
    let diagnostic = reader.error(
        "whenAbsent",
        span,
        format!("`whenAbsent` has no meaning here: {why}"),
    );
    reader.report(diagnostic.help("remove it"));
}

/// Several values need `each`, one value has none.
fn check_each(reader: &mut Reader<'_>, leaf: &Leaf, each: Option<Span>, target: Span) {
    let object = match &leaf.target {
        Target::Object(object) => Some(object),
        _ => None,
    };
    let presence = matches!(leaf.test, Test::Exists | Test::NotExists);
    let of_the_set_itself = presence && object.is_some_and(|object| object.path.is_none());
    let wanted = object.is_some_and(ObjectTarget::is_set) && !of_the_set_itself;
    let (span, message, help) = match (wanted, each) {
        (true, None) => (
            target,
            "this target can give several values, and `each` does not say how many must do",
            "add `each: all`, `any`, `none`, `{atLeast: n}`, `{atMost: n}` or `{exactly: n}`",
        ),
        (false, Some(span)) if of_the_set_itself => (
            span,
            "`exists` and `notExists` without a path ask about the object or selection itself, and take no `each`",
            "remove `each`, or add a `fieldPath`",
        ),
        (false, Some(span)) => (
            span,
            "`each` has no meaning here: the target gives one value",
            "remove it, or use a `selector`, or `*` in the path",
        ),
        _ => return,
    };
    let diagnostic = reader.error("each", span, message);
    reader.report(diagnostic.help(help));
}

fn check_allow_empty(reader: &mut Reader<'_>, leaf: &Leaf, span: Option<Span>) {
    if let Some(span) = span.filter(|_| leaf.each != Some(Each::All)) {
        let message =
            "`allowEmpty` has no meaning here: only `each: all` has no answer for an empty set";
        let diagnostic = reader.error("allowEmpty", span, message);
        reader.report(diagnostic.help("remove it"));
    }
}

/// What is known of every object without its schema: paths that none has, and values of a type that the field never holds.
fn check_structure(reader: &mut Reader<'_>, leaf: &Leaf, target: Option<&Node>, value: Span) {
    let Target::Object(object) = &leaf.target else {
        return;
    };
    let Some(path) = &object.path else {
        return;
    };
    let place = target
        .and_then(|target| target.value("fieldPath"))
        .map_or(value, Node::span);
    match path.structure(&object.api_version(), &object.kind) {
        Err(error) => {
            let diagnostic = reader.error("path.structure", place, error.to_string());
            reader.report(diagnostic.help(error.help()));
        }
        Ok(structure) => {
            if let Some((holds, help)) = misfit(structure, &leaf.test) {
                let message = format!("`{path}` always holds {holds}, and never such a value");
                let diagnostic = reader.error("value.type", value, message);
                reader.report(diagnostic.help(help));
            }
        }
    }
}

fn misfit(structure: Structure, test: &Test) -> Option<(&'static str, &'static str)> {
    let (holds, help) = match structure {
        Structure::Text => (
            "a string",
            "quote the value, or say how to read both sides: `as: number`",
        ),
        Structure::Integer => ("a whole number", "write the number without quotes"),
        Structure::Boolean => ("true or false", "write `true` or `false` without quotes"),
        Structure::Any => return None,
    };
    let fits = |literal: &Literal| {
        let value = literal.value();
        literal.reading() != Reading::Json
            || match structure {
                Structure::Text => value.is_string(),
                Structure::Integer => value.is_i64() || value.is_u64(),
                _ => value.is_boolean(),
            }
    };
    (!test.literals().iter().all(fits)).then_some((holds, help))
}
