//! An object that answers rest on.

use std::sync::Arc;

use serde_json::Value;

/// An object that an answer rests on, and its state: a recheck that reads another saw that something changed.
///
/// Cheap to clone: many answers may rest on the same objects, and share them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReadObject {
    state: Arc<State>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    api_version: String,
    kind: String,
    namespace: Option<String>,
    name: String,
    uid: Option<String>,
    resource_version: Option<String>,
}

impl ReadObject {
    /// The object as the snapshot holds it.
    pub(crate) fn of(object: &Value) -> Self {
        let metadata = object.get("metadata");
        let own = |key| text(Some(object), key);
        let in_metadata = |key| text(metadata, key);
        let state = State {
            api_version: own("apiVersion").unwrap_or_default(),
            kind: own("kind").unwrap_or_default(),
            namespace: in_metadata("namespace"),
            name: in_metadata("name").unwrap_or_default(),
            uid: in_metadata("uid"),
            resource_version: in_metadata("resourceVersion"),
        };
        Self {
            state: Arc::new(state),
        }
    }

    /// `apiVersion`.
    #[must_use]
    pub fn api_version(&self) -> &str {
        &self.state.api_version
    }

    /// `kind`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.state.kind
    }

    /// `metadata.namespace`.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.state.namespace.as_deref()
    }

    /// `metadata.name`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.state.name
    }

    /// `metadata.uid`.
    #[must_use]
    pub fn uid(&self) -> Option<&str> {
        self.state.uid.as_deref()
    }

    /// `metadata.resourceVersion`.
    #[must_use]
    pub fn resource_version(&self) -> Option<&str> {
        self.state.resource_version.as_deref()
    }
}

fn text(value: Option<&Value>, key: &str) -> Option<String> {
    let text = value?.get(key)?.as_str()?;
    Some(text.to_owned())
}
