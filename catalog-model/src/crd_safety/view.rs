//! What is compared of a CRD, in `apiextensions.k8s.io/v1` and in the `v1beta1` of before.

use serde_json::Value;

/// Nothing is said of a value: anything goes, and nothing of it is dropped.
pub(super) static ANYTHING: Value = Value::Bool(true);

/// A CRD, read in place.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    object: &'a Value,
}

/// One version of it.
pub(super) struct VersionView<'a> {
    pub(super) name: &'a str,
    pub(super) is_served: bool,
    pub(super) is_storage: bool,
    pub(super) pointer: String,
    pub(super) schema: &'a Value,
    pub(super) schema_pointer: String,
    /// What is said of the version, or of all of them.
    said: Said<'a>,
}

#[derive(Clone, Copy)]
struct Said<'a> {
    version: &'a Value,
    spec: Option<&'a Value>,
}

impl<'a> View<'a> {
    pub(super) fn new(object: &'a Value) -> Self {
        Self { object }
    }

    pub(super) fn at(self, pointer: &str) -> Option<&'a Value> {
        self.object
            .pointer(pointer)
            .filter(|value| !value.is_null())
    }

    pub(super) fn text(self, pointer: &str) -> Option<&'a str> {
        self.at(pointer)?.as_str()
    }

    pub(super) fn texts(self, pointer: &str) -> impl Iterator<Item = &'a str> {
        let list = self.at(pointer).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str)
    }

    pub(super) fn is_v1beta1(self) -> bool {
        self.text("/apiVersion") == Some("apiextensions.k8s.io/v1beta1")
    }

    /// Whether fields that no schema names are dropped.
    pub(super) fn prunes(self) -> bool {
        let preserves = self.at("/spec/preserveUnknownFields");
        // The default of v1beta1 was to keep all.
        let preserves = preserves.map_or(self.is_v1beta1(), |value| value == &Value::Bool(true));
        !preserves
    }

    pub(super) fn versions(self) -> Vec<VersionView<'a>> {
        let spec = self.at("/spec").unwrap_or(&Value::Null);
        let listed = self.at("/spec/versions").and_then(Value::as_array);
        let mut versions: Vec<_> = (listed.into_iter().flatten().enumerate())
            .filter_map(|(index, version)| self.version(index, version, spec))
            .collect();
        // v1beta1 knew a single version beside the list.
        if let (true, Some(name)) = (versions.is_empty(), self.text("/spec/version")) {
            let said = Said {
                version: spec,
                spec: Some(spec),
            };
            versions.push(VersionView {
                name,
                is_served: true,
                is_storage: true,
                pointer: "/spec/version".to_owned(),
                schema: spec
                    .pointer("/validation/openAPIV3Schema")
                    .unwrap_or(&ANYTHING),
                schema_pointer: "/spec/validation/openAPIV3Schema".to_owned(),
                said,
            });
        }
        versions
    }

    fn version(self, index: usize, version: &'a Value, spec: &'a Value) -> Option<VersionView<'a>> {
        let pointer = format!("/spec/versions/{index}");
        let own = version.pointer("/schema/openAPIV3Schema");
        let of_all = spec.pointer("/validation/openAPIV3Schema");
        let of_all = of_all.filter(|_| self.is_v1beta1());
        let is = |key: &str| version.get(key) == Some(&Value::Bool(true));
        Some(VersionView {
            name: version.get("name")?.as_str()?,
            is_served: is("served"),
            is_storage: is("storage"),
            schema_pointer: match (own, of_all) {
                (None, Some(_)) => "/spec/validation/openAPIV3Schema".to_owned(),
                _ => format!("{pointer}/schema/openAPIV3Schema"),
            },
            pointer,
            schema: own.or(of_all).unwrap_or(&ANYTHING),
            said: Said {
                version,
                spec: self.is_v1beta1().then_some(spec),
            },
        })
    }

    /// Whether a webhook turns versions into each other.
    pub(super) fn has_webhook(self) -> bool {
        self.text("/spec/conversion/strategy") == Some("Webhook")
    }
}

impl<'a> VersionView<'a> {
    pub(super) fn at(&self, pointer: &str) -> Option<&'a Value> {
        let own = self.said.version.pointer(pointer);
        let found = own.or_else(|| self.said.spec?.pointer(pointer));
        found.filter(|value| !value.is_null())
    }

    /// What is said of the version.
    pub(super) fn value(&self) -> &'a Value {
        self.said.version
    }
}
