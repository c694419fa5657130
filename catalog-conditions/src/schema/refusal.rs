//! Why a schema does not have a path, and what to write instead.

use super::error::SchemaError;
use super::part::{Form, ListType, Node, Part};
use super::walk::{PairMisfit, may_equal, misfit_pair};
use crate::path::{FieldPath, Pair, Segment, Wanted};
use crate::show;
use crate::suggest::near;

/// How many names of a schema are looked at for advice.
const MAX_NAMES: usize = 1000;
/// How many names are listed.
const MAX_LISTED: usize = 10;

/// The refusal of the step `at`, which leads nowhere from any of the nodes.
pub(super) fn of(path: &FieldPath, at: usize, nodes: &[Node<'_>]) -> SchemaError {
    let telling = nodes.iter().find(|node| node.is_object());
    match telling.or(nodes.first()) {
        Some(Node::Part(part)) => of_part(path, at, part),
        Some(Node::Known(shape)) => match path.below(*shape, at) {
            Err(error) => SchemaError::of_structure(error),
            Ok(_) => end_here(path, at, "without such a field"),
        },
        None => end_here(path, at, "without fields"),
    }
}

fn end_here(path: &FieldPath, at: usize, is: &str) -> SchemaError {
    no_fit(path, at, is, "end the path here".to_owned())
}

fn of_part(path: &FieldPath, at: usize, part: &Part<'_>) -> SchemaError {
    let known = || names(part);
    match (part.form(), path.segments().get(at)) {
        (Form::Object, Some(Segment::Key(_) | Segment::Every)) if part.is_map_of_texts() => {
            SchemaError::of_structure(path.below_text_map(at))
        }
        (Form::Object, Some(Segment::Key(key))) => {
            let help = below_root(at, part, key).unwrap_or_else(|| advice(key, &known()));
            unknown_field(path, at, key, help)
        }
        (Form::Object, Some(Segment::Every)) => end_here(path, at, "an object without fields"),
        (Form::Object, _) if at == 0 => SchemaError::new(
            "a path begins with a field of the object, which is no list".to_owned(),
            listed(&known()),
        ),
        (Form::Object, _) if known().is_empty() => no_fit(
            path,
            at,
            "a map",
            format!("name a key: `{}['key']`", path.prefix(at)),
        ),
        (Form::Object, _) => no_fit(path, at, "an object", listed(&known())),
        (Form::List, Some(Segment::Select(pairs))) => select(path, at, part, pairs),
        (Form::List, _) => no_fit(path, at, "a list", list_help(path, at, part)),
        (Form::Scalar | Form::Any, _) => end_here(path, at, &Node::Part(*part).types().to_string()),
    }
}

fn no_fit(path: &FieldPath, at: usize, is: &str, help: String) -> SchemaError {
    SchemaError::of_structure(path.no_fit(at, is, help))
}

fn unknown_field(path: &FieldPath, at: usize, key: &str, help: String) -> SchemaError {
    let holder = match at {
        0 => "the object".to_owned(),
        _ => format!("`{}`", path.prefix(at)),
    };
    SchemaError::new(
        format!("{holder} has no field `{}`", show::plain(key)),
        help,
    )
}

/// The commonest slip at the root: `replicas` for `spec.replicas`.
fn below_root(at: usize, root: &Part<'_>, key: &str) -> Option<String> {
    let holder = ["spec", "status"]
        .into_iter()
        .filter(|_| at == 0)
        .find(|holder| {
            let below = root.field(holder);
            matches!(below, Some(Node::Part(part)) if part.specifies(key))
        })?;
    Some(format!("did you mean `{holder}.{}`?", show::plain(key)))
}

fn select(path: &FieldPath, at: usize, part: &Part<'_>, pairs: &[Pair]) -> SchemaError {
    let item = part.item();
    let list = path.prefix(at);
    let misfit = pairs
        .iter()
        .find_map(|pair| Some((pair, misfit_pair(&item, pair)?)));
    match misfit {
        Some((pair, PairMisfit::UnknownKey)) => {
            let known = match &item {
                Node::Part(item) => names(item),
                Node::Known(_) => Vec::new(),
            };
            let message = format!(
                "the elements of `{list}` have no field `{}`",
                show::plain(&pair.key)
            );
            SchemaError::new(message, advice(&pair.key, &known))
        }
        Some((pair, PairMisfit::NeverEqual(node))) => never_equal(path, at, pair, &node),
        Some((_, PairMisfit::NoObjects)) | None => SchemaError::new(
            format!(
                "the elements of `{list}` are no objects, and a selection compares their fields"
            ),
            format!("write `{list}[0]` for one element, or `{list}[*]` for each"),
        ),
    }
}

fn never_equal(path: &FieldPath, at: usize, pair: &Pair, node: &Node<'_>) -> SchemaError {
    let (key, list) = (show::plain(&pair.key), path.prefix(at));
    let (Wanted::Text(wanted) | Wanted::Quoted(wanted)) = &pair.wanted;
    let help = match may_equal(&node.types(), &Wanted::Text(wanted.clone())) {
        true => "what is quoted equals strings only: write it without the quotes".to_owned(),
        false => format!(
            "select by another key, or write {} after `{key}=`",
            node.types()
        ),
    };
    let message = format!(
        "in the elements of `{list}`, `{key}` is {}, and never `{}`",
        node.types(),
        show::plain(wanted)
    );
    SchemaError::new(message, help)
}

fn list_help(path: &FieldPath, at: usize, part: &Part<'_>) -> String {
    let list = path.prefix(at);
    let one = match (part.list_type(), part.item()) {
        (ListType::Map(keys), _) => format!("`{}`", selection(path, at, &keys)),
        (_, Node::Part(item)) if item.form() == Form::Object && item.field("name").is_some() => {
            format!("`{list}[0]` or `{list}[name=x]`")
        }
        _ => format!("`{list}[0]`"),
    };
    format!("write {one} for one element, or `{list}[*]` for each")
}

/// The path to an element of a list that is a map by these keys.
pub(super) fn selection(path: &FieldPath, at: usize, keys: &[&str]) -> FieldPath {
    let pairs = keys.iter().map(|key| Pair {
        key: (*key).to_owned(),
        wanted: Wanted::Text("x".to_owned()),
    });
    path.prefix_and(at, Segment::Select(pairs.collect()))
}

fn names<'s>(part: &Part<'s>) -> Vec<&'s str> {
    let implied = part.implied_names();
    let specified = part.field_names().filter(|name| !implied.contains(name));
    let all = implied.iter().copied().chain(specified);
    all.take(MAX_NAMES).collect()
}

fn advice(key: &str, known: &[&str]) -> String {
    match near(key, known.iter().copied()) {
        Some(name) => format!("did you mean `{}`?", show::plain(name)),
        None => listed(known),
    }
}

fn listed(known: &[&str]) -> String {
    let mut shown: Vec<String> = known
        .iter()
        .take(MAX_LISTED)
        .map(|name| show::plain(name))
        .collect();
    if known.len() > MAX_LISTED {
        shown.push(format!("… {} more", known.len() - MAX_LISTED));
    }
    match shown.is_empty() {
        true => "its schema specifies no fields".to_owned(),
        false => format!("known fields: {}", shown.join(", ")),
    }
}
