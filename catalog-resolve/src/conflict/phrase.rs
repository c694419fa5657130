//! Sets of releases in words.

use catalog_model::Capability;
use catalog_model::version::{Version, VersionRange};

use crate::encode::{Encoder, Place};
use crate::engine::{ValueSet, Var};
use crate::request::Item;

/// Pieces that are spelt out; how many more there are is said.
const PIECES: usize = 4;

/// A subject: words, and whether its verb is plural.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Phrase {
    pub(crate) text: String,
    pub(crate) is_plural: bool,
}

impl Phrase {
    /// The verb that goes with it.
    pub(super) fn verb(&self, singular: &'static str, plural: &'static str) -> &'static str {
        if self.is_plural { plural } else { singular }
    }
}

/// The releases of an instance that a set contains, merged into ranges.
pub(crate) fn releases(encoder: &Encoder<'_>, var: Var, set: &ValueSet) -> Phrase {
    let package = encoder.package(var);
    let mut all: Vec<&Version> = package.releases.iter().map(|r| &r.version).collect();
    all.sort_unstable();
    all.dedup();
    let mut meant: Vec<&Version> = set
        .iter()
        .filter_map(|value| encoder.release(var, value))
        .map(|r| &r.version)
        .collect();
    meant.sort_unstable();
    meant.dedup();
    let (name, place) = (&package.name, place(encoder, var));
    if meant.len() > 1 && meant.len() == all.len() {
        return Phrase {
            text: format!("every {name}{place}"),
            is_plural: false,
        };
    }
    let mut pieces = pieces(&all, &meant);
    let opaque = set
        .iter()
        .filter_map(|value| encoder.instance(var).opaque(value));
    pieces.extend(opaque.map(|opaque| opaque.version.as_str().to_owned()));
    let text = match pieces.len() {
        0 => format!("{name}{place}"),
        _ => format!("{name} {}{place}", listed(&pieces)),
    };
    Phrase {
        text,
        is_plural: pieces.len() > 1,
    }
}

/// What is installed: `loki 2.9.0`.
pub(super) fn installed(encoder: &Encoder<'_>, var: Var) -> String {
    let kept = encoder.instance(var).kept;
    let version = kept.and_then(|kept| encoder.named(var, kept));
    let (name, place) = (&encoder.package(var).name, place(encoder, var));
    match version {
        Some((_, version)) => format!("{name} {version}{place}"),
        None => format!("{name}{place}"),
    }
}

/// The package, and the namespace if there may be several instances.
pub(crate) fn name(encoder: &Encoder<'_>, var: Var) -> String {
    format!("{}{}", encoder.package(var).name, place(encoder, var))
}

fn place(encoder: &Encoder<'_>, var: Var) -> String {
    match &encoder.instance(var).place {
        Place::Cluster => String::new(),
        Place::Namespace(namespace) => format!(" in {namespace}"),
    }
}

/// Where an item is to be, if its package may be in several namespaces.
pub(super) fn place_of_item(encoder: &Encoder<'_>, item: &Item) -> String {
    match encoder
        .situation
        .key(&item.package, item.namespace.as_deref())
    {
        Some((_, Place::Namespace(namespace))) => format!(" in {namespace}"),
        _ => String::new(),
    }
}

/// What an item asks for: `loki >=3`, `agent in x`.
pub(super) fn item(encoder: &Encoder<'_>, item: &Item) -> String {
    wanted(&item.package, &item.range) + &place_of_item(encoder, item)
}

/// A package within a range: `loki >=3`, or just `loki`; `=2.0.0` is 2.0.0.
pub(super) fn wanted(package: &str, range: &VersionRange) -> String {
    match range.exact() {
        Some(version) => format!("{package} {version}"),
        None if range.set() == VersionRange::any().set() => package.to_owned(),
        None => format!("{package} {}", written(range)),
    }
}

/// A range as its author wrote it, but for white space at either end; an exact version without its `=`.
pub(super) fn written(range: &VersionRange) -> String {
    match range.exact() {
        Some(version) => version.to_string(),
        None if range.as_str().trim().is_empty() => "*".to_owned(),
        None => range.as_str().trim().to_owned(),
    }
}

/// A capability, and what kind of one it is. A name with spaces in it is that of a condition that waits for something, and says so itself.
pub(crate) fn capability(capability: &Capability) -> String {
    match capability {
        Capability::Api { .. } => format!("the API {capability}"),
        Capability::Definition { .. } => format!("the definition {capability}"),
        Capability::Name(name) if name.contains(' ') => format!("the {name}"),
        _ => format!("the capability {capability}"),
    }
}

/// "a", "a and b", "a, b and c", "a, b, c and 5 more".
pub(super) fn listed(words: &[String]) -> String {
    let mut words: Vec<String> = words.to_vec();
    if words.len() > PIECES {
        let more = words.len() - (PIECES - 1);
        words.truncate(PIECES - 1);
        words.push(format!("{more} more"));
    }
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Runs of versions, each as short as it can be said: `1.2.0`, `2.x`, `>=3.1.0`, `<=1.4.0`, `1.2.0 to 1.4.0`. Those that are only
/// [counted](listed) are no texts.
fn pieces(all: &[&Version], meant: &[&Version]) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = meant;
    while let Some(first) = rest.first() {
        let start = all.partition_point(|version| version < first);
        let run = all
            .iter()
            .skip(start)
            .zip(rest)
            .take_while(|(a, b)| a == b)
            .count();
        let (versions, left) = rest.split_at(run.max(1).min(rest.len()));
        pieces.push(match pieces.len() < PIECES {
            true => piece(all, start, versions),
            false => String::new(),
        });
        rest = left;
    }
    pieces
}

/// A run of versions that begins at position `start` of all versions.
fn piece(all: &[&Version], start: usize, run: &[&Version]) -> String {
    let (Some(first), Some(last)) = (run.first(), run.last()) else {
        return String::new();
    };
    if run.len() == 1 {
        return first.to_string();
    }
    let is_line = |v: &&&Version| v.major() == first.major();
    if last.major() == first.major() && all.iter().filter(is_line).count() == run.len() {
        return format!("{}.x", first.major());
    }
    if start + run.len() == all.len() {
        return format!(">={first}");
    }
    if start == 0 {
        return format!("<={last}");
    }
    format!("{first} to {last}")
}
