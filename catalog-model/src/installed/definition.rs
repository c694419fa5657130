//! Definitions on record.

use serde_json::{Map, Value};

/// A definition that an installed release brought: one object of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstalledDefinition {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) namespace: Option<String>,
    pub(super) name: String,
}

impl InstalledDefinition {
    /// A definition that stands in no namespace, as a CustomResourceDefinition.
    ///
    /// ```
    /// use catalog_model::InstalledDefinition;
    ///
    /// let crd = InstalledDefinition::new("apiextensions.k8s.io/v1", "CustomResourceDefinition", "widgets.example.com");
    /// assert_eq!(crd.namespace(), None);
    /// ```
    pub fn new(
        api_version: impl Into<String>,
        kind: impl Into<String>,
        name: impl Into<String>,
    ) -> Self {
        Self {
            api_version: api_version.into(),
            kind: kind.into(),
            namespace: None,
            name: name.into(),
        }
    }

    /// The same, in a namespace.
    #[must_use]
    pub fn in_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Its `apiVersion`, as it was written.
    #[must_use]
    pub fn api_version(&self) -> &str {
        &self.api_version
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Its namespace, unless it stands in none.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn to_json(&self) -> Value {
        let texts = [
            ("apiVersion", Some(&self.api_version)),
            ("kind", Some(&self.kind)),
            ("namespace", self.namespace.as_ref()),
            ("name", Some(&self.name)),
        ];
        let texts = texts.into_iter();
        let texts = texts.filter_map(|(key, text)| Some((key.to_owned(), text?.as_str().into())));
        Value::Object(texts.collect::<Map<_, _>>())
    }
}
