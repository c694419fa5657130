//! Which key of a module says what it is.
//!
//! A service may bring kinds of its own, so that a key that nobody knows can be a kind, or a mistake. It is taken for the kind where it
//! is the only one that can be, and for a mistake where another key is.

use catalog_conditions::document::{Entry, Mapping, Node, Reader};

use crate::load::near_name;

/// The kinds that the format knows.
pub(super) const KINDS: [&str; 3] = ["chart", "terraform", "manifests"];

/// The keys beside the kind.
pub(super) const BESIDE: [&str; 3] = ["name", "namespace", "values"];

/// The entry of the kind. No kind and several are errors.
pub(super) fn kind<'n>(
    reader: &mut Reader<'_>,
    item: &Node,
    mapping: &'n Mapping,
) -> Option<&'n Entry> {
    let entries = mapping.entries().iter();
    let beside = |name: &str| BESIDE.contains(&name);
    let (known, others): (Vec<_>, Vec<_>) = entries
        .filter(|entry| !entry.name().is_some_and(beside))
        .partition(|entry| entry.name().is_some_and(|name| KINDS.contains(&name)));
    match (known.as_slice(), others.as_slice()) {
        (&[entry], _) | (&[], &[entry]) => return Some(entry),
        (&[], others) => {
            let mut own = others.iter().filter(|entry| !is_slip(entry));
            if let (Some(entry), None) = (own.next(), own.next()) {
                return Some(entry);
            }
            refuse(reader, item, others);
        }
        (known, _) => refuse(reader, item, known),
    }
    None
}

/// Whether a key is nearly one of those beside the kind.
fn is_slip(entry: &Entry) -> bool {
    entry
        .name()
        .is_some_and(|name| near_name(name, &BESIDE).is_some())
}

fn refuse(reader: &mut Reader<'_>, item: &Node, kinds: &[&Entry]) {
    let found: Vec<&str> = kinds.iter().filter_map(|entry| entry.name()).collect();
    let message = match found.as_slice() {
        [] => "this module says nothing of what it is".to_owned(),
        found => {
            let shown = found.join(", ").chars().take(256).collect::<String>();
            format!("a module is of one kind, and this has several keys: {shown}")
        }
    };
    let mut near = found
        .iter()
        .filter(|name| !KINDS.contains(name))
        .filter_map(|name| near_name(name, &KINDS).or_else(|| near_name(name, &BESIDE)));
    let diagnostic = reader
        .error("kind", item.span(), message)
        .did_you_mean(near.next());
    reader.report(diagnostic.help("write one of `chart:`, `terraform:` and `manifests:`, and beside it only `name`, `namespace` and `values`"));
}
