//! CustomResourceDefinitions.

use serde_json::Value;

use crate::capability::Capability;

/// A CustomResourceDefinition of `apiextensions.k8s.io/v1`, read in place.
///
/// A loaded release has none that the API server would refuse for what this type reads; of an object from elsewhere each part may be
/// missing. Parts say where they stand by JSON pointers, so that a comparison can name them.
#[derive(Clone, Copy, Debug)]
pub struct Crd<'a> {
    object: &'a Value,
}

/// One entry of `spec.versions`.
#[derive(Clone, Copy, Debug)]
pub struct CrdVersion<'a> {
    index: usize,
    value: &'a Value,
}

/// Whether the objects of a kind live in namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceScope {
    /// One object of a name in a cluster.
    Cluster,
    /// One object of a name in a namespace.
    Namespaced,
}

/// How the versions of a CRD become each other.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Conversion<'a> {
    /// Only `apiVersion` changes. The default.
    None,
    /// A webhook is asked; what stands under `spec.conversion.webhook`.
    Webhook(&'a Value),
}

impl<'a> Crd<'a> {
    /// Reads an object as a CRD.
    #[must_use]
    pub fn new(object: &'a Value) -> Self {
        Self { object }
    }

    /// `spec.group`.
    #[must_use]
    pub fn group(self) -> Option<&'a str> {
        self.text("/spec/group")
    }

    /// `spec.names.kind`.
    #[must_use]
    pub fn kind(self) -> Option<&'a str> {
        self.text("/spec/names/kind")
    }

    /// `spec.names.plural`, the resource in addresses.
    #[must_use]
    pub fn plural(self) -> Option<&'a str> {
        self.text("/spec/names/plural")
    }

    /// `spec.names.singular`; the server's default is the kind in lower case.
    #[must_use]
    pub fn singular(self) -> Option<&'a str> {
        self.text("/spec/names/singular")
    }

    /// `spec.names.listKind`; the server's default is the kind with `List` behind it.
    #[must_use]
    pub fn list_kind(self) -> Option<&'a str> {
        self.text("/spec/names/listKind")
    }

    /// `spec.names.shortNames`.
    pub fn short_names(self) -> impl Iterator<Item = &'a str> {
        self.texts("/spec/names/shortNames")
    }

    /// `spec.names.categories`.
    pub fn categories(self) -> impl Iterator<Item = &'a str> {
        self.texts("/spec/names/categories")
    }

    /// `spec.scope`.
    #[must_use]
    pub fn scope(self) -> Option<ResourceScope> {
        match self.text("/spec/scope")? {
            "Cluster" => Some(ResourceScope::Cluster),
            "Namespaced" => Some(ResourceScope::Namespaced),
            _ => None,
        }
    }

    /// `spec.versions`, in the order written.
    pub fn versions(self) -> impl Iterator<Item = CrdVersion<'a>> {
        let versions = self.object.pointer("/spec/versions");
        let versions = versions.and_then(Value::as_array).into_iter().flatten();
        versions
            .enumerate()
            .map(|(index, value)| CrdVersion { index, value })
    }

    /// A version by name.
    #[must_use]
    pub fn version(self, name: &str) -> Option<CrdVersion<'a>> {
        self.versions().find(|version| version.name() == Some(name))
    }

    /// The version in which objects are stored.
    #[must_use]
    pub fn storage_version(self) -> Option<CrdVersion<'a>> {
        self.versions().find(|version| version.is_storage())
    }

    /// How versions become each other.
    #[must_use]
    pub fn conversion(self) -> Conversion<'a> {
        match self.text("/spec/conversion/strategy") {
            Some("Webhook") => {
                let webhook = self.object.pointer("/spec/conversion/webhook");
                Conversion::Webhook(webhook.unwrap_or(&Value::Null))
            }
            _ => Conversion::None,
        }
    }

    /// The APIs it serves, one a version.
    ///
    /// ```
    /// use catalog_model::Crd;
    /// use serde_json::json;
    ///
    /// let crd = json!({"spec": {"group": "example.com", "names": {"kind": "Widget", "plural": "widgets"}, "versions": [
    ///     {"name": "v1", "served": true, "storage": true}, {"name": "v1beta1", "served": false, "storage": false}]}});
    /// let served: Vec<String> = Crd::new(&crd).served().map(|api| api.to_string()).collect();
    /// assert_eq!(served, ["example.com/v1/Widget"]);
    /// assert_eq!(Crd::new(&crd).storage_version().map(|version| version.pointer()).as_deref(), Some("/spec/versions/0"));
    /// ```
    pub fn served(self) -> impl Iterator<Item = Capability> + 'a {
        let api = self.group().zip(self.kind());
        let versions = self.versions().filter(|version| version.is_served());
        versions.filter_map(move |version| {
            let (group, kind) = api?;
            Some(Capability::Api {
                group: group.to_owned(),
                version: version.name()?.to_owned(),
                kind: kind.to_owned(),
            })
        })
    }

    fn text(self, pointer: &str) -> Option<&'a str> {
        self.object.pointer(pointer)?.as_str()
    }

    fn texts(self, pointer: &str) -> impl Iterator<Item = &'a str> {
        let list = self.object.pointer(pointer).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str)
    }
}

impl<'a> CrdVersion<'a> {
    /// Its name, such as `v1beta1`.
    #[must_use]
    pub fn name(self) -> Option<&'a str> {
        self.value.get("name")?.as_str()
    }

    /// Whether clients can ask for it.
    #[must_use]
    pub fn is_served(self) -> bool {
        self.value.get("served") == Some(&Value::Bool(true))
    }

    /// Whether objects are stored in it.
    #[must_use]
    pub fn is_storage(self) -> bool {
        self.value.get("storage") == Some(&Value::Bool(true))
    }

    /// Whether the server warns of its use.
    #[must_use]
    pub fn is_deprecated(self) -> bool {
        self.value.get("deprecated") == Some(&Value::Bool(true))
    }

    /// The warning, where the author words it.
    #[must_use]
    pub fn deprecation_warning(self) -> Option<&'a str> {
        self.value.get("deprecationWarning")?.as_str()
    }

    /// Its `schema.openAPIV3Schema`.
    #[must_use]
    pub fn schema(self) -> Option<&'a Value> {
        self.value.pointer("/schema/openAPIV3Schema")
    }

    /// All that is said of it.
    #[must_use]
    pub fn value(self) -> &'a Value {
        self.value
    }

    /// Where it stands in the CRD, as a JSON pointer.
    #[must_use]
    pub fn pointer(self) -> String {
        format!("/spec/versions/{}", self.index)
    }
}
