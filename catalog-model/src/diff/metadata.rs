//! What the metadata of two releases say otherwise.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::change::{Change, ChangeKind, Part};
use super::place::Side;
use super::values::details;
use crate::metadata::{Dependency, Metadata, PackageConflict};
use crate::pointer::escaped;
use crate::release::Release;
use crate::sensitive::in_both;
use crate::unknown::UnknownFields;

/// What a release says of one subject, and the JSON pointers under which it may stand in `metadata.yaml`.
struct Said {
    value: Value,
    pointers: Vec<String>,
}

/// All that metadata say, by part and subject. One package may be named by several entries.
#[derive(Default)]
struct Sayings(BTreeMap<(Part, String), Vec<Said>>);

/// The changes. Versions are compared as texts only where both are one version. Cost: near linear in what both say.
pub(super) fn metadata(before: &Side<'_>, after: &Side<'_>, is_one_version: bool) -> Vec<Change> {
    let (mut old, new) = (
        Sayings::of(before.release, is_one_version),
        Sayings::of(after.release, is_one_version),
    );
    let mut changes = Vec::new();
    for ((part, subject), now) in new.0 {
        let was = old.0.remove(&(part, subject.clone()));
        let both = otherwise(was.unwrap_or_default(), now);
        changes.extend(compared((part, &subject), both, (before, after)));
    }
    for ((part, subject), was) in old.0 {
        changes.extend(compared(
            (part, &subject),
            (was, Vec::new()),
            (before, after),
        ));
    }
    changes
}

/// The sayings of one subject that the other side has not in the same words. Their order means nothing.
fn otherwise(was: Vec<Said>, now: Vec<Said>) -> (Vec<Said>, Vec<Said>) {
    let texts = |all: &[Said]| {
        let mut texts: BTreeMap<String, usize> = BTreeMap::new();
        for one in all {
            *texts.entry(one.value.to_string()).or_default() += 1;
        }
        texts
    };
    let unmatched = |all: Vec<Said>, mut others: BTreeMap<String, usize>| {
        let is_other = |one: &Said| match others.get_mut(&one.value.to_string()) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
        };
        all.into_iter().filter(is_other).collect()
    };
    let (old, new) = (texts(&was), texts(&now));
    (unmatched(was, new), unmatched(now, old))
}

/// What became of the sayings of one subject: one changed for each that both sides have, the others came or went.
fn compared(
    (part, subject): (Part, &str),
    (was, now): (Vec<Said>, Vec<Said>),
    (before, after): (&Side<'_>, &Side<'_>),
) -> Vec<Change> {
    let (mut was, mut now) = (was.into_iter(), now.into_iter());
    let change = |was: Option<Said>, now: Option<Said>| {
        let kind = match (&was, &now) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        };
        let values = was.as_ref().zip(now.as_ref());
        let told = values
            .map(|(was, now)| details(&was.value, &now.value, in_both(&was.value, &now.value)));
        Change {
            details: told.unwrap_or_default(),
            before: was.and_then(|was| was.place(before)),
            after: now.and_then(|now| now.place(after)),
            ..Change::new(part, subject.to_owned(), kind)
        }
    };
    let pairs = std::iter::from_fn(|| match (was.next(), now.next()) {
        (None, None) => None,
        (was, now) => Some(change(was, now)),
    });
    pairs.collect()
}

impl Said {
    fn place(&self, side: &Side<'_>) -> Option<catalog_conditions::Location> {
        let pointers: Vec<&str> = self.pointers.iter().map(String::as_str).collect();
        side.in_metadata(&pointers)
    }
}

impl Sayings {
    fn of(release: &Release, is_one_version: bool) -> Self {
        let metadata = release.metadata();
        let mut sayings = Self::default();
        if is_one_version {
            let folder = release.folder().rsplit('/').next();
            sayings.field("version", Some(release.version().as_str()));
            sayings.field("folder", folder);
        }
        sayings.about_the_package(metadata);
        sayings.about_upgrades(metadata);
        for (at, dependency) in metadata.dependencies().iter().enumerate() {
            let pointer = format!("/dependencies/{at}");
            let name = dependency.package().as_str();
            sayings.add(Part::Dependencies, name, of_dependency(dependency), pointer);
        }
        for (at, conflict) in metadata.conflicts().iter().enumerate() {
            let pointer = format!("/conflicts/{at}");
            let subject = format!("conflicts {}", conflict.package());
            sayings.add(Part::Dependencies, &subject, of_conflict(conflict), pointer);
        }
        let (requires, provides) = (metadata.requires(), metadata.provides());
        for (at, capability) in requires.iter().enumerate() {
            let value = more(metadata.unknown_in_requires().get(&at));
            let (subject, pointer) = (format!("requires {capability}"), format!("/requires/{at}"));
            sayings.add(Part::Dependencies, &subject, value, pointer);
        }
        for (at, capability) in provides.iter().enumerate() {
            let value = more(metadata.unknown_in_provides().get(&at));
            let pointer = format!("/provides/{at}");
            sayings.add(Part::Provides, &capability.to_string(), value, pointer);
        }
        sayings
    }

    fn about_the_package(&mut self, metadata: &Metadata) {
        self.field("description", metadata.description());
        self.field("license", metadata.license());
        self.field("url", metadata.url());
        self.field("icon", metadata.icon());
        self.field("namespace", metadata.namespace());
        self.field("group", metadata.group());
        self.field("yanked", metadata.yanked());
        self.field("deprecated", metadata.deprecated());
        self.field("scope", Some(metadata.scope().as_str()));
        self.field("plane", Some(metadata.plane().as_str()));
        self.list("maintainers", metadata.maintainers().iter().cloned());
        let mut tags = metadata.tags().to_vec();
        tags.sort_unstable();
        self.list("tags", tags.into_iter());
        for (key, value) in metadata.labels() {
            let pointers = ["label", "labels"].map(|field| format!("/{field}/{}", escaped(key)));
            let value = value.as_str().into();
            self.insert(Part::Metadata, &format!("label {key}"), value, pointers);
        }
        for (key, value) in metadata.unknown().to_json() {
            let pointer = format!("/{}", escaped(&key));
            self.add(Part::Metadata, &key, value, pointer);
        }
    }

    fn about_upgrades(&mut self, metadata: &Metadata) {
        let range = metadata.skip_range().map(ToString::to_string);
        self.field("replaces", metadata.replaces().map(|one| one.as_str()));
        self.field("skipRange", range.as_deref());
        let mut skips: Vec<String> = (metadata.skips().iter())
            .map(|one| one.as_str().to_owned())
            .collect();
        skips.sort_unstable();
        self.list("skips", skips.into_iter());
    }

    fn field(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.add(Part::Metadata, name, value.into(), format!("/{name}"));
        }
    }

    fn list(&mut self, name: &str, values: impl Iterator<Item = String>) {
        let values: Vec<Value> = values.map(Value::from).collect();
        if values.is_empty() {
            return;
        }
        let singular = name.strip_suffix('s').unwrap_or(name);
        let pointers = [format!("/{name}"), format!("/{singular}")];
        self.insert(Part::Metadata, name, values.into(), pointers);
    }

    fn add(&mut self, part: Part, subject: &str, value: Value, pointer: String) {
        self.insert(part, subject, value, [pointer]);
    }

    fn insert<const N: usize>(
        &mut self,
        part: Part,
        subject: &str,
        value: Value,
        pointers: [String; N],
    ) {
        let pointers = pointers.into();
        let sayings = self.0.entry((part, subject.to_owned())).or_default();
        sayings.push(Said { value, pointers });
    }
}

fn of_dependency(dependency: &Dependency) -> Value {
    let mut value = json!({
        "version": dependency.range().to_string(),
        "optional": dependency.is_optional(),
        "values": dependency.values(),
    });
    if let Some(object) = value.as_object_mut() {
        object.extend(
            dependency
                .catalog()
                .map(|one| ("catalog".into(), one.into())),
        );
        object.extend(dependency.unknown().to_json());
    }
    value
}

fn of_conflict(conflict: &PackageConflict) -> Value {
    let mut value = json!({ "version": conflict.range().to_string() });
    if let Some(object) = value.as_object_mut() {
        object.extend(conflict.unknown().to_json());
    }
    value
}

/// What an entry says beside its name.
fn more(unknown: Option<&UnknownFields>) -> Value {
    unknown
        .map(UnknownFields::to_json)
        .unwrap_or_default()
        .into()
}
