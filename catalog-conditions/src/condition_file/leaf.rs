//! One question: a target, and what is asked of it.

use super::item::optional;
use super::set_size::SetSize;
use super::subject::Subject;
use super::{fact, question, structure, target};
use crate::condition::{Leaf, NeedsEach, ObjectTarget, Question, Target, Test, Tree};
use crate::document::{Fields, Node, Reader};

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

pub(super) fn read(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<Tree<Leaf>> {
    let span = fields.span();
    let target_node = fields.required(reader, "target");
    let read = target_node.and_then(|node| target::read(reader, node));
    let set = SetSize::take(reader, fields);
    let satisfies = optional(reader, fields, "satisfies");
    // The keys beside `satisfies` are refused, and so must not count as known.
    let (question, value_span) = match satisfies {
        Some(node) => (several(reader, fields, node, read.as_ref()), node.span()),
        None => {
            let keys = question::Keys::take(reader, fields);
            let value_span = keys.value_span();
            let subject = Subject::of(read.as_ref()?);
            let asked = question::read(reader, &keys, subject);
            (asked.map(Question::Test), value_span)
        }
    };
    let leaf = Leaf {
        target: read?,
        question: question?,
        each: set.each(),
        allow_empty: set.allow_empty(),
    };
    let target_span = target_node.map_or(span, Node::span);
    check_each(reader, &leaf, set, target_span);
    if let Target::Object(object) = &leaf.target {
        let path = target_node.and_then(|node| node.value("fieldPath").or(node.value("jsonPath")));
        let place = path.map_or(value_span, Node::span);
        structure::check(reader, object, &leaf.question, (place, value_span));
        if let Some(test) = leaf.question.test() {
            structure::check_blind(reader, (object.field.as_ref(), test), leaf.each, place);
        }
    }
    let questions = leaf.question.count();
    Some(Tree::leaf(leaf, questions))
}

/// `satisfies`: several facts about each object.
fn several(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    node: &Node,
    target: Option<&Target>,
) -> Option<Question> {
    for key in question::KEYS {
        if let Some(node) = fields.take_present(key) {
            let message = format!("`{key}` has no place beside `satisfies`");
            let diagnostic = reader.error("mixed", node.span(), message);
            reader.report(diagnostic.help("move it into a fact of `satisfies`"));
        }
    }
    if target.is_some_and(|target| !matches!(target, Target::Object(_))) {
        let message = "`satisfies` has no meaning here: only objects have fields to look at";
        let diagnostic = reader.error("satisfies", node.span(), message);
        reader.report(diagnostic.help("ask with `op`, or name an object"));
    }
    fact::satisfies(reader, node).map(Question::Satisfies)
}

/// Several values need `each`, one value has none; the set itself can be asked about as well.
fn check_each(reader: &mut Reader<'_>, leaf: &Leaf, set: SetSize, target: crate::source::Span) {
    let object = match &leaf.target {
        Target::Object(object) => Some(object),
        _ => None,
    };
    let presence = matches!(leaf.question.test(), Some(Test::Exists | Test::NotExists));
    let of_the_set_itself = presence && object.is_some_and(|object| object.field.is_none());
    match set.span().filter(|_| of_the_set_itself) {
        Some(span) => {
            let message = "`exists` and `notExists` without a path ask about the object or selection itself, and take no `each`";
            let diagnostic = reader.error("each", span, message);
            reader.report(diagnostic.help("remove `each`, or add a `fieldPath`"));
            set.check_allow_empty(reader);
        }
        None => {
            let needs = object
                .filter(|_| !of_the_set_itself)
                .map_or(NeedsEach::No, ObjectTarget::needs_each);
            set.check(reader, needs, target);
        }
    }
}
