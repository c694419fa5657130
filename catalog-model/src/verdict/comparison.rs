//! Definitions beside a snapshot.

use catalog_conditions::snapshot::{Snapshot, Stored, is_cluster_scoped};
use catalog_conditions::version::Version;
use serde_json::Value;

use super::caveat::Caveat;
use super::change::{ChangeKind, FieldChange};
use super::conflict::FieldConflict;
use super::owner::{NAMESPACE, Owner, OwnerKind, PACKAGE, RELEASE_UID, VERSION, entries, text};
use super::release::ReleaseVerdict;
use super::schema::{FieldSchema, of_crd};
use super::spot::{Rules, Spot};
use super::standing::{DefinitionVerdict, Incompatibility, Verdict};
use super::stated::Stated;
use super::{conflict, crd, immutable, oam, owned};
use crate::base64;
use crate::definition::ObjectIdentity;
use crate::release::Release;

/// Parts of `metadata` that authors write.
const METADATA: [&str; 3] = ["annotations", "labels", "ownerReferences"];

/// A release, about to be applied to a cluster of which a snapshot was taken.
#[derive(Clone, Copy, Debug)]
pub struct ClusterComparison<'s> {
    snapshot: &'s Snapshot,
    package: &'s str,
    version: &'s Version,
    namespace: &'s str,
    installed: Option<&'s Version>,
}

impl<'s> ClusterComparison<'s> {
    /// A version of a package that goes to a namespace: objects that live in namespaces and name none are looked for there.
    #[must_use]
    pub fn new(
        snapshot: &'s Snapshot,
        package: &'s str,
        version: &'s Version,
        namespace: &'s str,
    ) -> Self {
        Self {
            snapshot,
            package,
            version,
            namespace,
            installed: None,
        }
    }

    /// Takes objects with the mark of the package for those of this version, where no mark on them says which: what is on record.
    #[must_use]
    pub fn installed(mut self, version: &'s Version) -> Self {
        self.installed = Some(version);
        self
    }

    /// All definitions of a release. Cost: linear in what they say and in what the cluster has of them, and for each break of a CRD in the
    /// objects of its kind.
    #[must_use]
    pub fn judge_all(&self, release: &Release) -> ReleaseVerdict {
        let definitions = release.definitions().iter();
        ReleaseVerdict::new(definitions.map(|one| self.judge(one.object())).collect())
    }

    /// One object, as kubectl would send it.
    #[must_use]
    pub fn judge(&self, document: &Value) -> DefinitionVerdict {
        let object = self.identity(document);
        let unknown =
            |reason: String| DefinitionVerdict::bare(object.clone(), Verdict::Unknown(reason));
        let api_version = document
            .get("apiVersion")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if object.kind().is_empty() || api_version.is_empty() {
            return unknown("it is no object: it has no `apiVersion` and `kind`".to_owned());
        }
        if object.name().is_empty() {
            return unknown("it has no name until the server gives it one".to_owned());
        }
        let version = api_version.rsplit('/').next().unwrap_or_default();
        let place = (
            object.group(),
            object.kind(),
            object.namespace(),
            object.name(),
        );
        match self.snapshot.look_up(place, version) {
            Some(Stored::Object(live)) if is_going(live) => {
                unknown("it is being deleted, and what is there afterwards is not known".to_owned())
            }
            Some(Stored::Object(live)) => self.compared(object, document, live),
            Some(Stored::OtherVersion(other)) => unknown(format!(
                "the snapshot has it in `{other}` and not in `{version}`"
            )),
            Some(_) => unknown("the snapshot says two things of it".to_owned()),
            None => DefinitionVerdict::bare(object.clone(), self.absent(&object)),
        }
    }

    /// Which object a document is, in the namespace where it goes.
    fn identity(&self, document: &Value) -> ObjectIdentity {
        let text = |pointer: &str| {
            let text = document.pointer(pointer).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let api_version = text("/apiVersion");
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        let kind = text("/kind");
        let stated = text("/metadata/namespace");
        // Of a kind that nobody knows, a namespace that is stated is believed.
        let is_namespaced = self
            .snapshot
            .is_namespaced(group, &kind)
            .unwrap_or(!stated.is_empty());
        let namespace = match stated {
            _ if !is_namespaced => None,
            stated if stated.is_empty() => Some(self.namespace.to_owned()),
            stated => Some(stated),
        };
        ObjectIdentity {
            group: group.to_owned(),
            kind,
            namespace,
            name: text("/metadata/name"),
        }
    }

    /// What is said of an object that the snapshot has not.
    fn absent(&self, object: &ObjectIdentity) -> Verdict {
        let (group, kind, namespace, name) = (
            object.group(),
            object.kind(),
            object.namespace(),
            object.name(),
        );
        if self.snapshot.covers_name(group, kind, namespace, name) {
            return Verdict::Install;
        }
        let failure = self.snapshot.failure(group, kind, namespace, Some(name));
        Verdict::Unknown(match failure {
            Some(failure) => failure.to_string(),
            None => "the snapshot does not say whether it is there".to_owned(),
        })
    }

    fn compared(
        &self,
        object: ObjectIdentity,
        document: &Value,
        live: &Value,
    ) -> DefinitionVerdict {
        let (changes, mut caveats) = self.changes(&object, document, live);
        let rules = self.rules(&object, document);
        let refused = immutable::refused((&object, rules), &changes, (document, live));
        let refused = refused.into_iter().map(Incompatibility::Immutable);
        let mut breaks: Vec<Incompatibility> = refused.collect();
        let changes: Vec<FieldChange> = changes
            .into_iter()
            .map(|change| change.without_secrets((document, live)))
            .collect();
        if object.is_crd() {
            let found = crd::breaks(self.snapshot, document, live);
            breaks.extend(found.into_iter().map(Incompatibility::Crd));
        }
        let (parameters, texts) = oam::compare(&object, document, live);
        breaks.extend(parameters.into_iter().map(Incompatibility::Parameter));
        caveats.extend(texts);
        let (conflicts, unseen) = self.conflicts(&object, &changes, (document, live));
        breaks.extend(conflicts.into_iter().map(Incompatibility::Conflict));
        caveats.extend(unseen);
        let owner = Owner::of(live);
        if owner.as_ref().is_some_and(|owner| owner.name().is_none()) {
            caveats.push(Caveat::PackageUnknown);
        }
        caveats.sort();
        DefinitionVerdict {
            verdict: self.verdict(owner.as_ref(), live, (&changes, &breaks)),
            object,
            owner,
            changes,
            breaks,
            caveats,
        }
    }

    fn verdict(
        &self,
        owner: Option<&Owner>,
        live: &Value,
        (changes, breaks): (&[FieldChange], &[Incompatibility]),
    ) -> Verdict {
        let is_conflict = |found: &Incompatibility| matches!(found, Incompatibility::Conflict(_));
        let is_broken = || Verdict::Incompatible(breaks.to_vec());
        // That others own fields of what is not ours is no news.
        if !breaks.iter().all(is_conflict) {
            return is_broken();
        }
        let Some(owner) = owner else {
            return Verdict::Unowned;
        };
        let is_ours = owner.kind() == OwnerKind::Package
            && owner.name().is_none_or(|package| package == self.package);
        if !is_ours {
            return Verdict::OwnedByOther(owner.clone());
        }
        if let Some(namespace) = self.other_instance(live) {
            return Verdict::OwnedByOther(owner.clone().in_namespace(namespace));
        }
        if !breaks.is_empty() {
            return is_broken();
        }
        let there = marked_version(live).or_else(|| self.installed.cloned());
        match there.filter(|there| there > self.version) {
            Some(newer) => Verdict::Downgrade(newer),
            None if changes.is_empty() => Verdict::UpToDate,
            None => Verdict::Upgrade(changes.to_vec()),
        }
    }

    /// The namespace of another instance of the package that wrote an object last, by the records of a lifecycle that the snapshot has.
    fn other_instance(&self, live: &Value) -> Option<&'s str> {
        let release = text(live, "labels", RELEASE_UID)?;
        let mut secrets = self.snapshot.objects("", "Secret");
        secrets.find_map(|record| {
            let is_its = text(record, "labels", RELEASE_UID) == Some(release)
                && text(record, "labels", PACKAGE) == Some(self.package);
            let namespace = text(record, "labels", NAMESPACE).filter(|_| is_its)?;
            (namespace != self.namespace).then_some(namespace)
        })
    }

    /// The fields that others own with other values, and what of that is not known.
    fn conflicts(
        &self,
        object: &ObjectIdentity,
        changes: &[FieldChange],
        (document, live): (&Value, &Value),
    ) -> (Vec<FieldConflict>, Vec<Caveat>) {
        let is_known = entries(live).next().is_some();
        let spot = Spot::root(self.rules(object, document));
        let (conflicts, mut caveats) = conflict::conflicts((document, live), spot);
        // What nobody owns is in conflict with nobody, and neither is what goes.
        let changes_value = |change: &FieldChange| change.kind() == ChangeKind::Changed;
        if !changes.iter().any(changes_value) {
            caveats.clear();
        } else if !is_known {
            caveats.push(Caveat::ConflictsUnseen);
        }
        (conflicts, caveats)
    }

    /// The changes with all their values, and what was not looked at.
    fn changes(
        &self,
        object: &ObjectIdentity,
        document: &Value,
        live: &Value,
    ) -> (Vec<FieldChange>, Vec<Caveat>) {
        let mut caveats = Vec::new();
        let mut stated = Stated::default();
        let rules = self.rules(object, document);
        if matches!(rules, Rules::Custom(FieldSchema::Free)) {
            caveats.push(Caveat::SchemaUnknown);
        }
        metadata(&mut stated, document, live);
        let document = &written(object, document, live);
        let spot = Spot::root(rules);
        let fields = document.as_object().into_iter().flatten();
        for (key, value) in fields.filter(|(key, value)| is_content(key) && !value.is_null()) {
            match live.get(key) {
                Some(_) if object.is_crd() && key == "spec" => {
                    crd::compare(&mut stated, document, live)
                }
                there => stated.field(key, value, there, spot),
            }
        }
        let skip: &[&str] = if object.is_crd() { &["spec"] } else { &[] };
        owned::removals(&mut stated, (document, live), skip, spot);
        if entries(live).next().is_none() {
            match object.is_crd() {
                false => caveats.push(Caveat::RemovalsUnseen),
                true if owned::has_more_metadata(document, live) => {
                    caveats.push(Caveat::MetadataRemovalsUnseen);
                }
                true => {}
            }
        }
        let mut changes = stated.into_changes();
        changes.sort_by(|one, other| (&one.pointer, one.kind).cmp(&(&other.pointer, other.kind)));
        changes.dedup_by(|one, other| (&one.pointer, one.kind) == (&other.pointer, other.kind));
        (changes, caveats)
    }

    fn rules<'r>(&self, object: &'r ObjectIdentity, document: &Value) -> Rules<'r>
    where
        's: 'r,
    {
        let (group, kind) = (object.group(), object.kind());
        if is_cluster_scoped(group, kind).is_some() {
            return Rules::BuiltIn(kind);
        }
        let version = document
            .get("apiVersion")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let version = version.rsplit('/').next().unwrap_or_default();
        let crd = self.snapshot.resource(group, kind).and_then(|plural| {
            let name = format!("{plural}.{group}");
            self.snapshot.object(
                "apiextensions.k8s.io",
                "CustomResourceDefinition",
                None,
                &name,
            )
        });
        let schema = crd.and_then(|crd| of_crd(crd, version));
        Rules::Custom(schema.map_or(FieldSchema::Free, FieldSchema::Known))
    }
}

impl DefinitionVerdict {
    fn bare(object: ObjectIdentity, verdict: Verdict) -> Self {
        Self {
            object,
            verdict,
            owner: None,
            changes: Vec::new(),
            breaks: Vec::new(),
            caveats: Vec::new(),
        }
    }
}

fn is_going(live: &Value) -> bool {
    live.pointer("/metadata/deletionTimestamp")
        .is_some_and(|at| !at.is_null())
}

/// Whether a key of an object is its author's.
fn is_content(key: &str) -> bool {
    !matches!(key, "apiVersion" | "kind" | "metadata" | "status")
}

/// Labels, annotations and owners; the rest of the metadata is the server's, or is the identity.
fn metadata(stated: &mut Stated, document: &Value, live: &Value) {
    let spot = Spot::root(Rules::BuiltIn("")).key("metadata");
    let metadata =
        |object: &'_ Value, key: &str| object.get("metadata").and_then(|all| all.get(key)).cloned();
    stated.at("metadata", |stated| {
        for key in METADATA {
            let Some(mut value) = metadata(document, key).filter(|value| !value.is_null()) else {
                continue;
            };
            if let Some(map) = value.as_object_mut() {
                map.remove("kubectl.kubernetes.io/last-applied-configuration");
            }
            stated.field(key, &value, metadata(live, key).as_ref(), spot);
        }
    });
}

/// The document as the server keeps it: `stringData` of a Secret becomes `data`.
fn written(object: &ObjectIdentity, document: &Value, live: &Value) -> Value {
    let mut document = document.clone();
    let is_secret = object.group().is_empty() && object.kind() == "Secret";
    if let (true, Some(fields)) = (
        is_secret && live.get("stringData").is_none(),
        document.as_object_mut(),
    ) && let Some(Value::Object(texts)) = fields.remove("stringData")
    {
        let data = fields.entry("data").or_insert(Value::Null);
        if !data.is_object() {
            *data = Value::Object(serde_json::Map::new());
        }
        let encoded = texts.iter().filter_map(|(key, text)| {
            Some((
                key.clone(),
                base64::encode(text.as_str()?.as_bytes()).into(),
            ))
        });
        if let Some(data) = data.as_object_mut() {
            data.extend(encoded);
        }
    }
    document
}

/// The version that our mark on an object names.
fn marked_version(live: &Value) -> Option<Version> {
    let text = text(live, "annotations", VERSION).or_else(|| text(live, "labels", VERSION))?;
    Version::parse(text).ok()
}
