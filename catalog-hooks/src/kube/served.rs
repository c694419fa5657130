//! Which resources the server has for the kinds that are asked for.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use kube::Client;
use serde_json::Value;

use super::call::{Call, api_path, segment};
use super::exchange::{OBJECT_BYTES, ask};
use crate::api::Failure;

/// How a kind is requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Resource {
    pub(super) api_version: String,
    pub(super) kind: String,
    plural: String,
    namespaced: bool,
}

/// What discovery said, kept for as long as the server does not contradict it. A kind that is not known is looked for each time, because
/// definitions appear while we run.
#[derive(Debug, Default)]
pub(super) struct Served {
    known: RwLock<BTreeMap<(String, String), Resource>>,
}

impl Served {
    /// The resource of a kind. An unserved one is a 404 without a reason, as the server's own answer to its path is.
    pub(super) async fn find(
        &self,
        client: &Client,
        api_version: &str,
        kind: &str,
    ) -> Result<Resource, Failure> {
        let key = (api_version.to_owned(), kind.to_owned());
        if let Some(resource) = self.read().get(&key) {
            return Ok(resource.clone());
        }
        let document = ask(client, &Call::get(api_path(api_version)?), OBJECT_BYTES).await?;
        let resources = resources(api_version, &document.value);
        let found = resources.iter().find(|resource| resource.kind == kind);
        let found = found.cloned();
        self.note(resources);
        found.ok_or_else(|| unserved(api_version, kind))
    }

    /// Forgets a kind that the server says it does not have.
    pub(super) fn forget(&self, api_version: &str, kind: &str) {
        let key = (api_version.to_owned(), kind.to_owned());
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.remove(&key);
    }

    fn read(&self) -> impl std::ops::Deref<Target = BTreeMap<(String, String), Resource>> + '_ {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, resources: Vec<Resource>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for resource in resources {
            let key = (resource.api_version.clone(), resource.kind.clone());
            known.insert(key, resource);
        }
    }
}

fn unserved(api_version: &str, kind: &str) -> Failure {
    let words = format!("the server has no kind `{kind}` in `{api_version}`");
    Failure::from_status(404, &Value::String(words))
}

/// What an `APIResourceList` lists, subresources apart.
fn resources(api_version: &str, list: &Value) -> Vec<Resource> {
    let listed = list.get("resources").and_then(Value::as_array);
    let resource = |entry: &Value| {
        let text = |key| entry.get(key).and_then(Value::as_str);
        let plural = text("name").filter(|name| !name.contains('/'))?;
        Some(Resource {
            api_version: api_version.to_owned(),
            kind: text("kind")?.to_owned(),
            plural: plural.to_owned(),
            namespaced: entry.get("namespaced")?.as_bool()?,
        })
    };
    listed.into_iter().flatten().filter_map(resource).collect()
}

impl Resource {
    /// The path of its objects in a namespace, or of all of them. The namespace of a kind that stands in none is left out, as kubectl
    /// does it.
    pub(super) fn collection(&self, namespace: Option<&str>) -> Result<String, Failure> {
        let mut path = api_path(&self.api_version)?;
        if let Some(namespace) = namespace.filter(|_| self.namespaced) {
            path.push_str("/namespaces/");
            path.push_str(&segment(namespace)?);
        }
        path.push('/');
        path.push_str(&segment(&self.plural)?);
        Ok(path)
    }

    /// The path of the collection that one object stands in.
    pub(super) fn home(&self, namespace: Option<&str>) -> Result<String, Failure> {
        if self.namespaced && namespace.is_none() {
            let kind = &self.kind;
            return Err(Failure::refused(&format!(
                "a `{kind}` stands in a namespace, and none is given: name it in `metadata.namespace`"
            )));
        }
        self.collection(namespace)
    }

    /// The path of one object.
    pub(super) fn object(&self, namespace: Option<&str>, name: &str) -> Result<String, Failure> {
        Ok(format!("{}/{}", self.home(namespace)?, segment(name)?))
    }
}
