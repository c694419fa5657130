//! Objects that a hook's Job needs while it runs: accounts, roles, configuration.

use catalog_model::conditions::snapshot;
use serde_json::{Map, Value};

use crate::identity::Identity;
use crate::normalise::without_server_fields;
use crate::object;
use crate::remarks::{Remarks, shown};
use crate::stamp::{Overwritten, put_all};
use crate::written::Written;

/// The resources of a hook, labelled and in the instance's namespace where they name none, in the order they are written.
pub(crate) fn resources(
    author: Written<'_>,
    identity: &Identity,
) -> (Vec<Value>, Vec<catalog_model::Diagnostic>) {
    let mut diagnostics = Vec::new();
    let resources = author.resources.iter().filter_map(|written| {
        let mut remarks = Remarks::new(author, subject(written));
        let resource = resource(written, identity, &mut remarks);
        diagnostics.extend(remarks.into_diagnostics());
        resource
    });
    (resources.collect(), diagnostics)
}

fn resource(written: &Value, identity: &Identity, remarks: &mut Remarks<'_>) -> Option<Value> {
    let mut resource = written.as_object()?.clone();
    let namespace = identity.operation.namespace();
    let namespaced = !is_cluster_scoped(&resource);
    let metadata = object::map(&mut resource, "metadata", remarks)?;
    without_server_fields(metadata, "metadata", remarks);
    if namespaced && object::value(metadata, "namespace").is_none() {
        metadata.insert("namespace".to_owned(), namespace.into());
    }
    object::map(metadata, "metadata.labels", remarks)?;
    object::map(metadata, "metadata.annotations", remarks)?;
    let mut tell = |overwritten: Overwritten<'_>| remarks.overwritten(&overwritten);
    put_all(metadata, "metadata.labels", &identity.labels(), &mut tell);
    put_all(
        metadata,
        "metadata.annotations",
        &identity.annotations(),
        &mut tell,
    );
    name_subjects(&mut resource, namespace);
    Some(Value::Object(resource))
}

/// A ServiceAccount that a binding names without its namespace is the instance's: an API server insists on one, and an author cannot
/// know it for a package that may be installed in any.
pub(crate) fn name_subjects(binding: &mut Map<String, Value>, namespace: &str) {
    let is_binding = group(binding) == "rbac.authorization.k8s.io";
    let subjects = binding
        .get_mut("subjects")
        .and_then(Value::as_array_mut)
        .filter(|_| is_binding);
    let accounts = subjects
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut);
    for subject in accounts.filter(|subject| {
        subject
            .get("kind")
            .is_some_and(|kind| kind == "ServiceAccount")
    }) {
        if object::value(subject, "namespace").is_none() {
            subject.insert("namespace".to_owned(), namespace.into());
        }
    }
}

/// Whether an object of a kind that Kubernetes brings stands in no namespace. An API server drops the namespace from such objects of other
/// kinds.
pub(crate) fn is_cluster_scoped(resource: &Map<String, Value>) -> bool {
    let kind = resource
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default();
    snapshot::is_cluster_scoped(group(resource), kind).unwrap_or_default()
}

pub(crate) fn group(resource: &Map<String, Value>) -> &str {
    let version = resource
        .get("apiVersion")
        .and_then(Value::as_str)
        .unwrap_or_default();
    version.split_once('/').map_or("", |(group, _)| group)
}

fn subject(resource: &Value) -> String {
    let part = |pointer| resource.pointer(pointer).map(shown).unwrap_or_default();
    format!("{} `{}`", part("/kind"), part("/metadata/name"))
}
