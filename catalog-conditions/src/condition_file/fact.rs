//! Facts: one operator on one field, as `satisfies` joins them about an object and `when` about the parameters.

use super::composition::{self, Leaves};
use super::set_size::SetSize;
use super::structure;
use super::subject::Subject;
use super::{question, target};
use crate::condition::{Asked, Fact, Field, NeedsEach, Test, Tree};
use crate::document::{Fields, Node, Reader};
use crate::path::FieldPath;

/// The facts of `satisfies`.
const OF_OBJECT: Leaves<Fact> = Leaves {
    read: of_object,
    keys: &[
        "fieldPath",
        "jsonPath",
        "op",
        "value",
        "valueFrom",
        "as",
        "whenAbsent",
        "each",
        "allowEmpty",
    ],
};

/// The facts of `when`.
const OF_PARAMETERS: Leaves<Fact> = Leaves {
    read: of_parameters,
    keys: &[
        "parameter",
        "op",
        "value",
        "valueFrom",
        "as",
        "whenAbsent",
        "each",
        "allowEmpty",
    ],
};

/// Reads `satisfies:`.
pub(super) fn satisfies(reader: &mut Reader<'_>, node: &Node) -> Option<Tree<Fact>> {
    composition::part(reader, node, ("satisfies", &OF_OBJECT), 0)
}

/// Reads `when:`.
pub(super) fn when(reader: &mut Reader<'_>, node: &Node) -> Option<Tree<Fact>> {
    composition::part(reader, node, ("when", &OF_PARAMETERS), 0)
}

fn of_object(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<Tree<Fact>> {
    let place = fields.span();
    let field = target::field(reader, fields);
    let field = match field {
        Some(field) => Some(field?),
        None => None,
    };
    let subject = match field {
        Some(_) => Subject::Field,
        None => Subject::Object,
    };
    let keys = question::Keys::take(reader, fields);
    let set = SetSize::take(reader, fields);
    let asked = question::read(reader, &keys, subject)?;
    if field.is_none() && !matches!(asked.test, Test::Condition(_)) {
        let start = crate::source::Span::new(place.start, place.start);
        let diagnostic = reader.error("fact", start, "this fact names no field of the object");
        reader.report(diagnostic.help("add `fieldPath`"));
        return None;
    }
    fact(reader, field, asked, set, place)
}

fn of_parameters(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<Tree<Fact>> {
    let place = fields.span();
    let field = fields
        .required(reader, "parameter")
        .and_then(|node| parameter(reader, node));
    let keys = question::Keys::take(reader, fields);
    let set = SetSize::take(reader, fields);
    let asked = question::read(reader, &keys, Subject::Field)?;
    fact(reader, Some(Field::Path(field?)), asked, set, place)
}

/// A path into the parameters, which people who write charts call `.Values`.
fn parameter(reader: &mut Reader<'_>, node: &Node) -> Option<FieldPath> {
    let text = reader.word(node, "parameter")?;
    if let Some(path) = text.strip_prefix(".Values.") {
        let message = "a parameter is named without `.Values.`, which belongs to templates";
        let diagnostic = reader.error("path", node.span(), message);
        reader.report(diagnostic.help(format!("write `{}`", crate::show::plain(path))));
        return None;
    }
    target::field_path(reader, node)
}

fn fact(
    reader: &mut Reader<'_>,
    field: Option<Field>,
    asked: Asked,
    set: SetSize,
    place: crate::source::Span,
) -> Option<Tree<Fact>> {
    let needs = field.as_ref().map_or(NeedsEach::No, Field::needs_each);
    set.check(reader, needs, place);
    structure::check_blind(reader, (field.as_ref(), &asked.test), set.each(), place);
    let fact = Fact {
        field,
        asked,
        each: set.each(),
        allow_empty: set.allow_empty(),
    };
    Some(Tree::leaf(fact, 1))
}
