//! What names an object in a cluster.

use serde_json::Value;

use crate::api_version;

/// Group, kind, namespace and name of an object, and the version of its API that it is written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
    pub(super) namespace: String,
    pub(super) name: String,
}

/// Why a value is no object, with the kind if that is known at least.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Nameless<'v> {
    pub(super) missing: &'static str,
    pub(super) group_and_kind: Option<(&'v str, &'v str)>,
}

pub(super) fn identity(object: &Value) -> Result<Identity, Nameless<'_>> {
    let nameless = |missing, group_and_kind| Nameless {
        missing,
        group_and_kind,
    };
    let kind = text_of(object, "kind").ok_or_else(|| nameless("kind", None))?;
    let api_version = text_of(object, "apiVersion").ok_or_else(|| nameless("apiVersion", None))?;
    let (group, version) = api_version::split(api_version);
    let metadata = object.get("metadata");
    let name = metadata.and_then(|metadata| text_of(metadata, "name"));
    let name = name.ok_or_else(|| nameless("metadata.name", Some((group, kind))))?;
    let namespace = metadata.and_then(|metadata| metadata.get("namespace"));
    if namespace.is_some_and(|namespace| !namespace.is_string() && !namespace.is_null()) {
        return Err(nameless("metadata.namespace", Some((group, kind))));
    }
    let namespace = namespace.and_then(Value::as_str).unwrap_or_default();
    Ok(Identity {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: kind.to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
    })
}

fn text_of<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value
        .get(key)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}
