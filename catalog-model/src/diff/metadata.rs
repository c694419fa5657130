//! What the metadata of two releases say otherwise.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::change::{Change, ChangeKind, Part};
use super::place::Side;
use super::values::{details, escaped};
use crate::metadata::{Dependency, Metadata, PackageConflict};
use crate::release::Release;
use crate::unknown::UnknownFields;

/// What a release says of one subject, and the JSON pointers under which it may stand in `metadata.yaml`.
struct Said {
    value: Value,
    pointers: Vec<String>,
}

/// All that metadata say, by part and subject.
#[derive(Default)]
struct Sayings(BTreeMap<(Part, String), Said>);

/// The changes. Versions are compared as texts only where both are one version.
pub(super) fn metadata(before: &Side<'_>, after: &Side<'_>, is_one_version: bool) -> Vec<Change> {
    let (mut old, new) = (
        Sayings::of(before.release, is_one_version),
        Sayings::of(after.release, is_one_version),
    );
    let mut changes = Vec::new();
    for ((part, subject), now) in new.0 {
        let was = old.0.remove(&(part, subject.clone()));
        let kind = match &was {
            None => ChangeKind::Added,
            Some(was) if was.value == now.value => continue,
            Some(_) => ChangeKind::Changed,
        };
        let told = was.as_ref().map(|was| {
            details(&was.value, &now.value, |pointer| {
                !pointer.starts_with("/values")
            })
        });
        changes.push(Change {
            details: told.unwrap_or_default(),
            before: was.and_then(|was| was.place(before)),
            after: now.place(after),
            ..Change::new(part, subject, kind)
        });
    }
    changes.extend(old.0.into_iter().map(|((part, subject), was)| Change {
        before: was.place(before),
        ..Change::new(part, subject, ChangeKind::Removed)
    }));
    changes
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
        // One package may be named by several entries.
        let mut subject = subject.to_owned();
        while self.0.contains_key(&(part, subject.clone())) {
            subject.push_str(" (again)");
        }
        let pointers = pointers.into();
        self.0.insert((part, subject), Said { value, pointers });
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
