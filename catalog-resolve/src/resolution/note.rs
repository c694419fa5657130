//! What is worth knowing of an answer.

use std::collections::BTreeMap;
use std::fmt;

use catalog_model::conditions::show::one_line;

use crate::best::Choice;
use crate::conflict::capability;
use crate::encode::{Admission, Encoder, Place};
use crate::engine::{Value, Var};
use crate::universe::{Dependency, PackageConflict, Relation};

/// What kind of note it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NoteKind {
    /// A declaration is met by a higher version that is installed.
    DeclaredLower,
    /// What stays as it is installed lacks something, or conflicts with something, as it did before.
    BrokenAlready,
    /// A release comes from another catalog than the first one that has its package.
    LowerCatalog,
    /// A cluster-wide instance goes to another namespace than its release says: it lives where it is installed, else where the newest release says.
    OtherNamespace,
    /// Of two records of what is installed at one place, the second is ignored.
    RepeatedRecord,
    /// Whether the answer is the best one was not settled within the budget.
    Unproven,
    /// Whether an upgrade that breaks something has a way on which nothing does was not settled within the budget.
    UnsearchedWay,
}

/// Something worth knowing of a [`Resolution`](super::Resolution): its text is one sentence, lower case, without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    kind: NoteKind,
    text: String,
    packages: Vec<String>,
}

impl NoteKind {
    /// A stable name in camel case, as `declaredLower`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DeclaredLower => "declaredLower",
            Self::BrokenAlready => "brokenAlready",
            Self::LowerCatalog => "lowerCatalog",
            Self::OtherNamespace => "otherNamespace",
            Self::RepeatedRecord => "repeatedRecord",
            Self::Unproven => "unproven",
            Self::UnsearchedWay => "unsearchedWay",
        }
    }
}

impl Note {
    fn new(kind: NoteKind, text: &str, packages: &[&str]) -> Self {
        Self {
            kind,
            text: one_line(text),
            packages: packages.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// That the answer may not be the best one, from a package on.
    pub(super) fn unproven(package: &str) -> Self {
        let text = format!(
            "whether there is a better answer was not settled: the budget ended at {package}"
        );
        Self::new(NoteKind::Unproven, &text, &[package])
    }

    /// That an upgrade may have a better way than the one it takes.
    pub(super) fn unsearched_way(package: &str) -> Self {
        let text = format!(
            "whether there is a way on which nothing breaks was not settled: the budget ended among the ways of {package}"
        );
        Self::new(NoteKind::UnsearchedWay, &text, &[package])
    }

    /// What kind of note it is.
    #[must_use]
    pub fn kind(&self) -> NoteKind {
        self.kind
    }

    /// The sentence.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The packages it is about.
    #[must_use]
    pub fn packages(&self) -> &[String] {
        &self.packages
    }
}

impl fmt::Display for NoteKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why what is broken is no conflict.
const SPARED: &str = "that was so before, and nobody asks to change it";

/// All that an answer gives rise to, but for what its releases lack.
pub(super) fn notes(encoder: &Encoder<'_>, choice: &Choice) -> Vec<Note> {
    let mut notes = declared_lower(encoder, choice);
    notes.extend(lower_catalogs(encoder, choice));
    notes.extend(other_namespaces(encoder, choice));
    notes.extend(repeated_records(encoder));
    notes
}

fn declared_lower(encoder: &Encoder<'_>, choice: &Choice) -> Vec<Note> {
    let items = encoder.situation.items();
    let items = items.filter(|(item, _)| item.is_declaration);
    let declared = items.filter_map(|(item, key)| {
        let (var, value) = choice.get(key?)?;
        encoder.is_declared_lower(var, item).then(|| {
            let (range, there) = (item.range.as_str(), told(encoder, var, value));
            let text = format!(
                "{there} is above {range}, which is declared: a lower declaration is no action"
            );
            Note::new(NoteKind::DeclaredLower, &text, &[&item.package])
        })
    });
    declared.collect()
}

/// Releases that are new there and not of the first catalog that has their package, though nobody asked for that.
fn lower_catalogs(encoder: &Encoder<'_>, choice: &Choice) -> Vec<Note> {
    let mut notes = Vec::new();
    for (_, var, value) in choice.iter() {
        let release = encoder.release(var, value);
        let first = encoder.preferred_catalog(var, value);
        let (Some(release), Some(first)) = (release, first) else {
            continue;
        };
        let name = |id| encoder.universe.catalog(id).unwrap_or("without a name");
        let (first, this) = (name(first), name(encoder.catalog_of(var, release)));
        let text = format!(
            "{} is of the catalog {this}, because no answer is left with a release of the catalog {first}",
            told(encoder, var, value)
        );
        let package = &encoder.package(var).name;
        notes.push(Note::new(NoteKind::LowerCatalog, &text, &[package]));
    }
    notes
}

/// Cluster-wide instances of which something is done, elsewhere than their release says.
fn other_namespaces(encoder: &Encoder<'_>, choice: &Choice) -> Vec<Note> {
    let chosen = choice.iter().filter(|(key, var, value)| {
        key.1 == Place::Cluster && !encoder.instance(*var).passes(*value)
    });
    let noted = chosen.filter_map(|(key, var, value)| {
        let (lives, package) = (&encoder.instance(var).lives, encoder.package(var));
        let id = encoder.instance(var).release(value)?;
        let said = package.elsewhere.get(&id).unwrap_or(&package.namespace);
        if said == lives {
            return None;
        }
        let standing = encoder.situation.standing(key);
        let why = match standing.is_some_and(|standing| standing.installed.is_some()) {
            true => "where it is installed",
            false => "as its newest release says",
        };
        let text = format!(
            "{} goes to the namespace {lives}, {why}, and says {said} itself",
            told(encoder, var, value)
        );
        Some(Note::new(NoteKind::OtherNamespace, &text, &[&package.name]))
    });
    noted.collect()
}

fn repeated_records(encoder: &Encoder<'_>) -> Vec<Note> {
    let situation = encoder.situation;
    let places = situation.standings().filter(|(_, s)| s.installed.is_some());
    if places.count() == encoder.request.installed.len() {
        return Vec::new();
    }
    let repeated = encoder.request.installed.iter().filter_map(|record| {
        let key = situation.key(record.package(), Some(record.namespace()))?;
        let (first, _) = situation.standing(&key)?.installed.as_ref()?;
        (!std::ptr::eq(*first, record)).then(|| {
            let text = format!(
                "{} is recorded as installed twice: {} in {} counts, and {} in {} does not",
                record.package(),
                first.version(),
                first.namespace(),
                record.version(),
                record.namespace()
            );
            Note::new(NoteKind::RepeatedRecord, &text, &[record.package()])
        })
    });
    repeated.collect()
}

/// What a release that stays as it is installed lacks in the answer, of something that it says and that the installed state does not meet.
pub(super) fn broken(
    encoder: &Encoder<'_>,
    choice: &Choice,
    (var, value): (Var, Value),
    relation: &Relation,
) -> Option<Note> {
    let (lack, package) = match relation {
        Relation::Dependency(dependency) => lacks(encoder, choice, var, dependency)?,
        Relation::Conflict(conflict) => clashes(encoder, choice, var, conflict)?,
        Relation::Requires(id) => {
            let what = capability(encoder.universe.capability(*id));
            (format!("needs {what}, which nothing provides"), None)
        }
    };
    let text = format!("{} {lack}; {SPARED}", told(encoder, var, value));
    let mut packages = vec![&*encoder.package(var).name];
    packages.extend(package);
    Some(Note::new(NoteKind::BrokenAlready, &text, &packages))
}

fn lacks<'a>(
    encoder: &Encoder<'a>,
    choice: &Choice,
    asker: Var,
    dependency: &Dependency,
) -> Option<(String, Option<&'a str>)> {
    let package = encoder.universe.package(dependency.package);
    let wanted = format!("{} {}", package.name, dependency.range.as_str().trim());
    let wanted = wanted.trim_end();
    let there = choice.get(&encoder.meant_by(asker, dependency.package));
    let lack = match there {
        None if dependency.is_optional => return None,
        None => format!("needs {wanted}, which is not there"),
        Some((var, value)) => {
            if encoder.admission(var, value, &encoder.asked(dependency)) == Admission::Taken {
                return None;
            }
            {
                let needs = match dependency.is_optional {
                    true => "only works with",
                    false => "needs",
                };
                format!(
                    "{needs} {wanted}, and {} is there",
                    told(encoder, var, value)
                )
            }
        }
    };
    Some((lack, Some(&package.name)))
}

fn clashes<'a>(
    encoder: &Encoder<'a>,
    choice: &Choice,
    asker: Var,
    conflict: &PackageConflict,
) -> Option<(String, Option<&'a str>)> {
    let mut instances = choice.of(conflict.package);
    let (_, var, value) = instances.find(|(_, var, value)| {
        let version = encoder
            .release(*var, *value)
            .map(|release| &release.version);
        let opaque = encoder.instance(*var).opaque(*value);
        encoder.instance(asker).reaches(encoder.instance(*var))
            && (version.is_some_and(|version| conflict.range.set().contains(version))
                || opaque.is_some_and(|opaque| opaque.is_in(&conflict.range)))
    })?;
    let lack = format!("conflicts with {}", told(encoder, var, value));
    Some((lack, Some(&encoder.universe.package(conflict.package).name)))
}

/// A release, and its namespace if there may be others: `agent 1.0.0 in dev`.
fn told(encoder: &Encoder<'_>, var: Var, value: Value) -> String {
    let name = &encoder.package(var).name;
    let version = encoder.named(var, value).map_or("", |(_, version)| version);
    match &encoder.instance(var).place {
        Place::Cluster => format!("{name} {version}"),
        Place::Namespace(namespace) => format!("{name} {version} in {namespace}"),
    }
}

/// Objects that releases which stay as they are installed ship with contents of their own.
pub(super) fn shared(encoder: &Encoder<'_>, choice: &Choice) -> Vec<Note> {
    let mut shipped: BTreeMap<_, Vec<(&str, Var, Value)>> = BTreeMap::new();
    for (var, value) in choice.values() {
        if encoder.instance(var).kept != Some(value) {
            continue;
        }
        for (object, content) in encoder.objects(var, value) {
            let known = shipped.entry(object).or_default();
            known.push((content, var, value));
        }
    }
    let mut notes = Vec::new();
    for (object, owners) in shipped {
        let Some(((content, var, value), others)) = owners.split_first() else {
            continue;
        };
        for (_, other, at) in others.iter().filter(|(other, ..)| other != content) {
            let (one, two) = (told(encoder, *var, *value), told(encoder, *other, *at));
            let object = encoder.universe.object(object.0, object.1.as_deref());
            let text = format!("{one} and {two} ship {object} with different contents; {SPARED}");
            let names = [*var, *other].map(|var| &*encoder.package(var).name);
            notes.push(Note::new(NoteKind::BrokenAlready, &text, &names));
        }
    }
    notes
}
