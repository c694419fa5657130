//! What is asked of the server, and how objects are made.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::FakeCluster;
use super::kind::{Kind, named};
use super::owners::Owners;
use super::store::Key;
use super::{field, job, refusal, rfc3339, schema, size};
use crate::api::{Failure, ObjectRef, Reply, Request};
use crate::label;
use crate::pointer::At;
use crate::secret_data;

/// Where a new object goes.
pub(super) struct Place {
    pub(super) kind: Kind,
    pub(super) key: Arc<Key>,
}

impl FakeCluster {
    /// Answers a call, and leaves the trace of the call to the caller.
    pub(super) fn answer(&mut self, request: &Request) -> Result<Reply, Failure> {
        self.authorize(request)?;
        match request {
            Request::Read(target) => self.read(target).map(Reply::Object),
            Request::List(list) => self.list(list).map(Reply::Objects),
            Request::Log(log) => self.log(log).map(Reply::Log),
            Request::Create { object, dry_run } => self.create(object, *dry_run).map(Reply::Object),
            Request::Apply {
                object,
                force,
                dry_run,
            } => self.apply(object, *force, *dry_run).map(Reply::Object),
            Request::Replace(object) => self.replace(object).map(Reply::Object),
            Request::Patch {
                target,
                patch,
                kind,
            } => self.patch(target, patch, *kind).map(Reply::Object),
            Request::Delete {
                target,
                uid,
                resource_version,
            } => {
                let preconditions = [uid.as_deref(), resource_version.as_deref()];
                self.delete(target, preconditions).map(|()| Reply::Done)
            }
        }
    }

    fn read(&self, target: &ObjectRef) -> Result<Value, Failure> {
        let place = self.place(target)?;
        let found = self.store.get(&place.key);
        found
            .map(|object| Value::clone(object))
            .ok_or_else(|| refusal::not_found(&place.kind, target.name()))
    }

    /// The kind of an object and the key it is kept under.
    pub(super) fn place(&self, target: &ObjectRef) -> Result<Place, Failure> {
        let kind = Kind::served(target.api_version(), target.kind(), &self.store)?;
        if kind.namespaced && target.namespace().is_none() {
            // The path of such a call names no resource.
            return Err(refusal::unserved());
        }
        // What stands in no namespace is found whatever namespace is said.
        let bare = ObjectRef::cluster(target.api_version(), target.kind(), target.name());
        let key = Arc::new(Key::of(if kind.namespaced { target } else { &bare }));
        Ok(Place { kind, key })
    }

    fn create(&mut self, manifest: &Value, dry_run: bool) -> Result<Value, Failure> {
        size::of_request(manifest)?;
        let mut object = manifest.clone();
        self.generate_name(&mut object);
        let target = named(&object)?;
        let place = self.place(&target)?;
        schema::written(&place.kind, &target, &object)?;
        if !field::text(&object, "/metadata/resourceVersion").is_empty() {
            return Err(refusal::internal(
                "resourceVersion should not be set on objects to be created",
            ));
        }
        let mut owners = Owners::default();
        let now = rfc3339::write(self.now);
        owners.written(&Value::Null, &object, (&self.manager(), &now));
        self.make(&place, object, owners, dry_run)
    }

    /// Makes an object that passes admission, for [`create`](Self::create) and apply.
    pub(super) fn make(
        &mut self,
        place: &Place,
        mut object: Value,
        owners: Owners,
        dry_run: bool,
    ) -> Result<Value, Failure> {
        let name = place.key.name.clone();
        self.admit_new(place, &object)?;
        if let Some(there) = self.store.get(&place.key) {
            let is_deleting = field::has(there, "/metadata/deletionTimestamp");
            return Err(refusal::already_exists(&place.kind, &name, is_deleting));
        }
        self.fill_in(&place.kind, &mut object);
        let mut wrong = object_rules(&object);
        if place.kind.is("Job") {
            wrong.extend(job::rules_of_new(&object));
        }
        if !wrong.is_empty() {
            return Err(refusal::invalid(&place.kind, &name, &wrong));
        }
        if dry_run {
            return Ok(object);
        }
        size::of_stored(&object)?;
        self.await_storage(&place.kind);
        let object = self.put(&place.key, object, Arc::new(owners));
        Ok(Value::clone(&object))
    }

    fn generate_name(&mut self, object: &mut Value) {
        let prefix = field::text(object, "/metadata/generateName").to_owned();
        if field::text(object, "/metadata/name").is_empty() && !prefix.is_empty() {
            let name = format!("{prefix}{}", self.store.next_suffix());
            field::set(object, &["metadata", "name"], name);
        }
    }

    /// What a server puts on every new object, and the defaults of some kinds.
    fn fill_in(&mut self, kind: &Kind, object: &mut Value) {
        let uid = self.store.next_uid();
        if !kind.namespaced {
            field::remove(object, &["metadata", "namespace"]);
        }
        let metadata = field::map(object, &["metadata"]);
        for ours in [
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "managedFields",
            "resourceVersion",
            "generation",
        ] {
            metadata.remove(ours);
        }
        metadata.insert("uid".to_owned(), uid.clone().into());
        let now = rfc3339::write(self.now);
        metadata.insert("creationTimestamp".to_owned(), now.into());
        if kind.has_generation() {
            metadata.insert("generation".to_owned(), 1.into());
        }
        match (kind.custom, kind.kind.as_str()) {
            (false, "Job") => job::fill_in(object, &uid),
            (false, "Pod") => fill_in_pod(object),
            (false, "Namespace") => fill_in_namespace(object),
            (false, "Secret") => encode_strings(object),
            (false, "Service") => fill_in_service(object),
            (false, "CustomResourceDefinition") => field::set(object, &["status"], json!({})),
            _ => {}
        }
    }
}

/// What a server insists on in all objects, or in those of kinds without a controller.
pub(super) fn object_rules(object: &Value) -> Vec<refusal::Wrong> {
    const ANNOTATIONS: usize = 256 * 1024;
    const SECRET: usize = 1024 * 1024;
    const LABEL: usize = 63;
    let size = |pointer: &str, of: fn(&str, usize) -> usize| -> usize {
        let entries = object.at(pointer).and_then(Value::as_object);
        let entries = entries.into_iter().flatten();
        entries
            .map(|(key, value)| of(key, value.as_str().map_or(0, str::len)))
            .sum()
    };
    let decoded = |_: &str, length: usize| length / 4 * 3;
    let too_long = |field: &str, most: usize| {
        let message = format!("Too long: may not be more than {most} bytes");
        ("FieldValueTooLong", field.to_owned(), message)
    };
    let mut wrong = Vec::new();
    if size("/metadata/annotations", |key, length| key.len() + length) > ANNOTATIONS {
        wrong.push(too_long("metadata.annotations", ANNOTATIONS));
    }
    if field::text(object, "/kind") == "Secret" && size("/data", decoded) > SECRET {
        wrong.push(too_long("data", SECRET));
    }
    let of_config = || size("/data", |_, length| length) + size("/binaryData", decoded);
    if field::text(object, "/kind") == "ConfigMap" && of_config() > SECRET {
        wrong.push(too_long("[]", SECRET));
    }
    let name = field::text(object, "/metadata/name");
    if field::text(object, "/kind") == "Namespace" && !label::is_dns_label(name) {
        let message = format!(
            "Invalid value: \"{name}\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
        );
        wrong.push(("FieldValueInvalid", "metadata.name".to_owned(), message));
    }
    let labels = object.at("/metadata/labels").and_then(Value::as_object);
    for (_, value) in labels.into_iter().flatten() {
        if value.as_str().is_some_and(|value| value.len() > LABEL) {
            let message = format!("Invalid value: {value}: must be no more than {LABEL} bytes");
            wrong.push(("FieldValueInvalid", "metadata.labels".to_owned(), message));
        }
    }
    wrong
}

/// `stringData` is written only: what is read is `data`.
pub(super) fn encode_strings(secret: &mut Value) {
    let Some(Value::Object(strings)) = field::remove(secret, &["stringData"]) else {
        return;
    };
    for (key, text) in strings {
        let encoded = secret_data::encode(text.as_str().unwrap_or_default().as_bytes());
        field::set(secret, &["data", &key], encoded);
    }
}

/// A server gives each Service an address, but those that name another host, and those that say that they have none. Here it comes of the name, so
/// that a Service has the same in two runs which differ in what they made before it.
fn fill_in_service(service: &mut Value) {
    field::default(service, &["spec", "type"], "ClusterIP");
    if field::text(service, "/spec/type") == "ExternalName" {
        return;
    }
    let namespace = field::text(service, "/metadata/namespace");
    let letters = namespace.bytes().chain([b'/']);
    let letters = letters.chain(field::text(service, "/metadata/name").bytes());
    let number = letters.fold(0_u16, |number, letter| {
        number.wrapping_mul(31).wrapping_add(letter.into())
    });
    let [high, low] = number.to_be_bytes();
    field::default(
        service,
        &["spec", "clusterIP"],
        format!("10.96.{high}.{low}"),
    );
}

fn fill_in_pod(pod: &mut Value) {
    field::default(pod, &["spec", "restartPolicy"], "Always");
    field::default(pod, &["spec", "terminationGracePeriodSeconds"], 30);
    field::default(pod, &["spec", "serviceAccountName"], "default");
    field::set(pod, &["status"], json!({"phase": "Pending"}));
}

fn fill_in_namespace(namespace: &mut Value) {
    let name = field::text(namespace, "/metadata/name").to_owned();
    field::set(
        namespace,
        &["metadata", "labels", "kubernetes.io/metadata.name"],
        name,
    );
    field::set(namespace, &["spec", "finalizers"], json!(["kubernetes"]));
    field::set(namespace, &["status"], json!({"phase": "Active"}));
}
