//! What is known of every object without its schema: paths that none has, and values of a type that a field never holds.

use crate::condition::{Each, Fact, Field, Literal, ObjectTarget, Question, Reading, Test};
use crate::document::Reader;
use crate::path::{FieldPath, Structure};
use crate::source::Span;

/// Checks the paths of a question about an object. `place` is where the path of the target stands, `value` the value.
pub(super) fn check(
    reader: &mut Reader<'_>,
    object: &ObjectTarget,
    question: &Question,
    (place, value): (Span, Span),
) {
    let path = object.field.as_ref().and_then(Field::as_path);
    if let Some(path) = path {
        check_path(reader, object, path, (place, value), question.test());
    }
    match question {
        Question::Test(asked) => check_bounds(reader, object, &asked.test, value),
        Question::Satisfies(facts) => {
            // The facts are about what the target's path leads to; where a query leads, only an object could tell.
            let base = match &object.field {
                None => Some(FieldPath::of([])),
                Some(Field::Path(path)) => Some(path.clone()),
                Some(Field::Json(_)) => None,
            };
            for Fact { field, asked, .. } in facts.leaves() {
                let Some(base) = &base else { continue };
                if let Some(path) = field.as_ref().and_then(Field::as_path) {
                    let path = base.join(path);
                    check_path(reader, object, &path, (value, value), Some(&asked.test));
                }
                for path in asked.test.bound_paths() {
                    check_path(reader, object, &base.join(path), (value, value), None);
                }
            }
        }
    }
}

fn check_bounds(reader: &mut Reader<'_>, object: &ObjectTarget, test: &Test, value: Span) {
    for path in test.bound_paths() {
        check_path(reader, object, path, (value, value), None);
    }
}

fn check_path(
    reader: &mut Reader<'_>,
    object: &ObjectTarget,
    path: &FieldPath,
    (place, value): (Span, Span),
    test: Option<&Test>,
) {
    match path.structure(&object.api_version(), &object.kind) {
        Err(error) => {
            let diagnostic = reader.error("path.structure", place, error.to_string());
            reader.report(diagnostic.help(error.help()));
        }
        Ok(structure) => {
            if let Some((holds, help)) = test.and_then(|test| misfit(structure, test)) {
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

/// A JSONPath sees only members that are there: `each: all` behind a wildcard would pass over those that lack the field.
pub(super) fn check_blind(
    reader: &mut Reader<'_>,
    (field, test): (Option<&Field>, &Test),
    each: Option<Each>,
    place: Span,
) {
    let Some(Field::Json(query)) = field else {
        return;
    };
    if each == Some(Each::All) && query.each_all_is_blind() {
        let message = "`each: all` does not see members that lack the field: this query passes over them in silence";
        let diagnostic = reader.error("path.blind", place, message);
        reader.report(diagnostic.help("use a `fieldPath` with `*`, which counts them, or end the query at the members and ask with `satisfies`"));
    } else if *test == Test::NotExists {
        let message = "a JSONPath cannot tell a name that is wrong from a field that is absent";
        let diagnostic = reader.warning("path.blind", place, message);
        reader.report(diagnostic.help("use a `fieldPath`, which is checked"));
    }
}
