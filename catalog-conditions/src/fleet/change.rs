//! One thing that somebody could do to a cluster.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use super::agenda::{CRD, VERSION};
use super::edit::{Edit, apply};
use super::json::{put, put_if_some};
use crate::api_version;
use crate::evaluate::Hypothesis;
use crate::show;
use crate::snapshot::{Snapshot, Stored};

/// One thing that somebody could do to a cluster. `Display` says it in a sentence: `raise Kubernetes to 1.30.0`,
/// `set metadata.labels.tier to "db" in Namespace/shop (v1)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    what: What,
}

#[derive(Clone, Debug, PartialEq)]
enum What {
    Version(String),
    Create(Identity, Vec<Edit>),
    Edit(Identity, Edit),
    Serve {
        group: String,
        version: Option<String>,
        kind: String,
    },
    Crd {
        name: String,
        kind: Option<String>,
        versions: Vec<String>,
    },
}

/// Changes that create one object.
#[derive(Default)]
struct Joined<'a> {
    identity: Option<&'a Identity>,
    /// By the text of the path.
    edits: BTreeMap<String, &'a Edit>,
    changes: usize,
    count: usize,
}

/// What names an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
    /// Empty for a kind that lives in none.
    pub(super) namespace: String,
    pub(super) name: String,
}

impl Change {
    /// The cluster is upgraded to a version, written without `v`.
    pub(super) fn version(version: String) -> Self {
        let what = What::Version(version);
        Self { what }
    }

    /// An object is created with these fields.
    pub(super) fn create(identity: Identity, edits: Vec<Edit>) -> Self {
        let what = What::Create(identity, edits);
        Self { what }
    }

    /// Of several changes that create objects, those that create each with all fields that one of them gives it: of a field, the
    /// first value counts. An object that only one of them creates is left out. Each change comes with a count, which is added up.
    pub(super) fn joined<'a>(
        changes: impl Iterator<Item = &'a (usize, Self)>,
    ) -> Vec<(usize, Self)> {
        let mut created: BTreeMap<[&str; 5], Joined<'_>> = BTreeMap::new();
        for (count, change) in changes {
            let What::Create(identity, edits) = &change.what else {
                continue;
            };
            let joined = created.entry(identity.parts()).or_default();
            joined.changes += 1;
            joined.count += count;
            joined.identity = Some(identity);
            for edit in edits {
                joined.edits.entry(edit.path.to_string()).or_insert(edit);
            }
        }
        let several = created.into_values().filter(|joined| joined.changes > 1);
        several
            .filter_map(|joined| {
                let edits = joined.edits.into_values().cloned().collect();
                let change = Self::create(joined.identity?.clone(), edits);
                Some((joined.count, change))
            })
            .collect()
    }

    /// A field of an object is set or taken away.
    pub(super) fn edit(identity: Identity, edit: Edit) -> Self {
        let what = What::Edit(identity, edit);
        Self { what }
    }

    /// Something is installed that serves a kind.
    pub(super) fn serve(group: &str, version: Option<&str>, kind: &str) -> Self {
        let what = What::Serve {
            group: group.to_owned(),
            version: version.map(str::to_owned),
            kind: kind.to_owned(),
        };
        Self { what }
    }

    /// A CRD is created, or serves more versions; `kind` is what it brings, if anybody says.
    pub(super) fn crd(name: &str, kind: Option<String>, versions: Vec<String>) -> Self {
        let name = name.to_owned();
        let what = What::Crd {
            name,
            kind,
            versions,
        };
        Self { what }
    }

    /// Group and kind of what the change touches.
    pub(super) fn touches(&self) -> Vec<(&str, &str)> {
        match &self.what {
            What::Version(_) => vec![VERSION],
            What::Create(identity, _) | What::Edit(identity, _) => {
                vec![(&identity.group, &identity.kind)]
            }
            What::Serve { group, kind, .. } => vec![(group, kind)],
            What::Crd { name, kind, .. } => {
                let brought = kind.as_deref().map(|kind| (group_of(name), kind));
                std::iter::once(CRD).chain(brought).collect()
            }
        }
    }

    /// The change laid over a snapshot; `None` if it cannot be made there, or is made already.
    pub(super) fn suppose(&self, snapshot: &Snapshot) -> Option<Hypothesis> {
        let nothing = Hypothesis::default();
        match &self.what {
            What::Version(version) => Some(nothing.with_server_version(format!("v{version}"))),
            What::Create(identity, edits) => {
                let mut object = identity.object();
                let made = edits.iter().all(|edit| apply(edit, &mut object));
                made.then(|| nothing.with_object(identity.parts(), object))
            }
            What::Edit(identity, edit) => {
                let mut object = identity.stored(snapshot)?.clone();
                apply(edit, &mut object).then(|| nothing.with_object(identity.parts(), object))
            }
            What::Serve {
                group,
                version,
                kind,
            } => Some(nothing.with_served(group, version.as_deref(), kind)),
            What::Crd {
                name,
                kind,
                versions,
            } => {
                let identity = Identity::of_crd(name);
                let before = identity.stored(snapshot).cloned();
                let crd = crd(before, name, (kind.as_deref(), versions))?;
                let supposed = nothing.with_object(identity.parts(), crd);
                let Some(kind) = kind else {
                    return Some(supposed);
                };
                Some(versions.iter().fold(supposed, |supposed, version| {
                    supposed.with_served(group_of(name), Some(version), kind)
                }))
            }
        }
    }

    /// What is done, for scripts: `raiseVersion`, `createObject`, `setField`, `removeField`, `serveApi` or `createCrd` (which also
    /// stands for a CRD that is there and gets versions).
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.what {
            What::Version(_) => "raiseVersion",
            What::Create(..) => "createObject",
            What::Edit(_, edit) if edit.value.is_some() => "setField",
            What::Edit(..) => "removeField",
            What::Serve { .. } => "serveApi",
            What::Crd { .. } => "createCrd",
        }
    }

    /// The change as JSON: `kind`, `text`, and what it needs of `version`, `object` (`apiVersion`, `kind`, `namespace`, `name`),
    /// `fields` (each with `fieldPath` and, unless it is taken away, `value`), `api` (`group`, `version`, `kind`), `crd` (`name`,
    /// `kind`, `versions`).
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut json = json!({"kind": self.kind(), "text": self.to_string()});
        match &self.what {
            What::Version(version) => put(&mut json, "version", version.as_str()),
            What::Create(identity, edits) => {
                put(&mut json, "object", identity.to_json());
                put(
                    &mut json,
                    "fields",
                    edits.iter().map(edit_json).collect::<Value>(),
                );
            }
            What::Edit(identity, edit) => {
                put(&mut json, "object", identity.to_json());
                put(&mut json, "fields", vec![edit_json(edit)]);
            }
            What::Serve {
                group,
                version,
                kind,
            } => {
                let mut api = json!({"group": group, "kind": kind});
                put_if_some(&mut api, "version", version.as_deref());
                put(&mut json, "api", api);
            }
            What::Crd {
                name,
                kind,
                versions,
            } => {
                let mut crd = json!({"name": name, "versions": versions});
                put_if_some(&mut crd, "kind", kind.as_deref());
                put(&mut json, "crd", crd);
            }
        }
        json
    }
}

fn edit_json(edit: &Edit) -> Value {
    let mut json = json!({"fieldPath": edit.path.to_string()});
    put_if_some(&mut json, "value", edit.value.clone());
    json
}

impl Identity {
    pub(super) fn of_crd(name: &str) -> Self {
        Self {
            group: CRD.0.to_owned(),
            version: "v1".to_owned(),
            kind: CRD.1.to_owned(),
            namespace: String::new(),
            name: name.to_owned(),
        }
    }

    fn parts(&self) -> [&str; 5] {
        let identity = [&self.group, &self.version, &self.kind];
        let [group, version, kind] = identity.map(String::as_str);
        [group, version, kind, &self.namespace, &self.name]
    }

    fn api_version(&self) -> String {
        api_version::join(&self.group, &self.version)
    }

    /// The object in the snapshot, if it holds it in this one version of its API.
    pub(super) fn stored<'s>(&self, snapshot: &'s Snapshot) -> Option<&'s Value> {
        let identity = (
            self.group.as_str(),
            self.kind.as_str(),
            self.namespace.as_str(),
            self.name.as_str(),
        );
        match snapshot.stored(identity, &self.version) {
            Some(Stored::Object(object)) => Some(object),
            _ => None,
        }
    }

    fn object(&self) -> Value {
        let mut metadata = json!({"name": self.name});
        let namespace = Some(self.namespace.as_str()).filter(|name| !name.is_empty());
        put_if_some(&mut metadata, "namespace", namespace);
        json!({"apiVersion": self.api_version(), "kind": self.kind, "metadata": metadata})
    }

    fn to_json(&self) -> Value {
        let mut json =
            json!({"apiVersion": self.api_version(), "kind": self.kind, "name": self.name});
        let namespace = Some(self.namespace.as_str()).filter(|name| !name.is_empty());
        put_if_some(&mut json, "namespace", namespace);
        json
    }
}

/// The group in a CRD's name.
pub(super) fn group_of(crd: &str) -> &str {
    crd.split_once('.').map_or("", |(_, group)| group)
}

/// A CRD that is established and serves these versions, beside those that it serves already. `None` if nothing would be new.
fn crd(before: Option<Value>, name: &str, brings: (Option<&str>, &[String])) -> Option<Value> {
    let (kind, versions) = brings;
    let served = |version: &String| json!({"name": version, "served": true, "storage": false});
    if let Some(mut crd) = before {
        let known = crate::snapshot::served_versions(&crd);
        let new = versions.iter().filter(|version| !known.contains(*version));
        let new: Vec<Value> = new.map(served).collect();
        let list = crd.pointer_mut("/spec/versions")?.as_array_mut()?;
        list.retain(|one| !new.iter().any(|new| new.get("name") == one.get("name")));
        let changes = !new.is_empty();
        list.extend(new);
        return changes.then_some(crd);
    }
    let (plural, group) = name.split_once('.')?;
    let mut names = json!({"plural": plural});
    put_if_some(&mut names, "kind", kind);
    let mut list: Vec<Value> = versions.iter().map(served).collect();
    if let Some(first) = list.first_mut() {
        put(first, "storage", true);
    }
    let mut object = Identity::of_crd(name).object();
    let established = json!({
        "conditions": [{"type": "Established", "status": "True"}],
        "storedVersions": versions.first().into_iter().collect::<Vec<_>>(),
    });
    put(
        &mut object,
        "spec",
        json!({"group": group, "names": names, "versions": list}),
    );
    put(&mut object, "status", established);
    Some(object)
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Version(version) => write!(f, "raise Kubernetes to {version}"),
            What::Create(identity, edits) => {
                write!(f, "create {identity}")?;
                for (at, edit) in edits.iter().enumerate() {
                    let join = if at == 0 { "with" } else { "and" };
                    let value = edit.value.as_ref().map_or("nothing".to_owned(), show::bare);
                    write!(f, " {join} {} = {value}", edit.path)?;
                }
                Ok(())
            }
            What::Edit(identity, edit) => match &edit.value {
                Some(value) => write!(
                    f,
                    "set {} to {} in {identity}",
                    edit.path,
                    show::bare(value)
                ),
                None => write!(f, "remove {} from {identity}", edit.path),
            },
            What::Serve {
                group,
                version,
                kind,
            } => {
                let api = [Some(group), version.as_ref(), Some(kind)];
                let api = api.into_iter().flatten().filter(|part| !part.is_empty());
                let api: Vec<String> = api.map(|part| show::plain(part)).collect();
                write!(f, "install what serves {}", api.join("/"))
            }
            What::Crd {
                name,
                kind,
                versions,
            } => {
                write!(f, "install the CRD {}", show::plain(name))?;
                let versions: Vec<String> = versions
                    .iter()
                    .map(|version| show::plain(version))
                    .collect();
                write!(f, ", serving {}", versions.join(" and "))?;
                match kind {
                    Some(kind) => write!(f, " of kind {}", show::plain(kind)),
                    None => Ok(()),
                }
            }
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = show::object(&self.kind, &self.namespace, &self.name);
        write!(f, "{object} ({})", show::plain(&self.api_version()))
    }
}
