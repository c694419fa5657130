//! The schema of one version of a CRD.

use serde_json::Value;

use super::part::Node;

/// What the objects of one version of a kind look like.
///
/// It borrows the CRD and walks it in place: making one costs a look at the CRD's versions, and nothing of the schema is copied.
#[derive(Clone, Copy, Debug)]
pub struct Schema<'s> {
    pub(super) root: Node<'s>,
}

impl<'s> Schema<'s> {
    /// The schema of the objects themselves: what a CRD holds under `openAPIV3Schema`.
    ///
    /// A part that is no schema, or says `$ref`, which CRDs may not, allows everything.
    #[must_use]
    pub fn new(open_api_v3_schema: &'s Value) -> Self {
        Self {
            root: Node::root(open_api_v3_schema, false),
        }
    }

    /// The schema of a version of a CRD; `None` if the CRD does not have the version.
    ///
    /// Reads `apiextensions.k8s.io/v1`, and `v1beta1` with its one `validation` for all versions. Where the CRD has no schema, or
    /// keeps unknown fields at every level (`preserveUnknownFields`, which is the default of v1beta1), every path is allowed that
    /// the schema does not contradict.
    #[must_use]
    pub fn of_crd(crd: &'s Value, version: &str) -> Option<Self> {
        let spec = crd.get("spec")?;
        let of_version = match spec.get("versions").and_then(Value::as_array) {
            Some(versions) => Some(
                versions
                    .iter()
                    .find(|candidate| text(candidate, "name") == Some(version))?,
            ),
            None if text(spec, "version") == Some(version) => None,
            None => return None,
        };
        let schema = of_version
            .and_then(|version| version.pointer("/schema/openAPIV3Schema"))
            .or_else(|| spec.pointer("/validation/openAPIV3Schema"));
        let keeps_unknown = match spec.get("preserveUnknownFields").and_then(Value::as_bool) {
            Some(said) => said,
            None => text(crd, "apiVersion") == Some("apiextensions.k8s.io/v1beta1"),
        };
        Some(Self {
            root: schema.map_or(Node::FREE, |schema| Node::root(schema, keeps_unknown)),
        })
    }
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}
