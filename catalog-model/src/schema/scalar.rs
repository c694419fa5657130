//! Texts, numbers and booleans as the loader takes them.
//!
//! A text keeps its source text, so that `version: 1.0` is "1.0": where the loader takes a text, a number or a boolean without quotes
//! will do as long as its text does.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::pattern;

/// Types of one schema each, which stands where it is used.
macro_rules! scalars {
    ($($(#[$doc:meta])* $name:ident => $schema:expr;)*) => {$(
        $(#[$doc])*
        pub(super) struct $name;

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )*};
}

scalars! {
    /// Any text.
    Text => json_schema!({ "type": ["string", "number", "boolean"] });
    /// One text, or a list of texts.
    Texts => json_schema!({
        "type": ["array", "string", "number", "boolean"],
        "items": { "type": ["string", "number", "boolean"] },
    });
    /// A DNS-1123 label: a package's name, a namespace.
    Label => natural(
        &["integer", "boolean"],
        pattern::label(),
        "write 1 to 63 lower-case letters, digits and `-`, with a letter or digit at both ends",
    );
    /// A version of a package.
    Version => natural(&["number"], pattern::version(), "write a version such as `1.2.3`");
    /// A range of package versions.
    Range => natural(&["number"], pattern::range(), "write a range such as `>=1.2, <2`");
    /// A range of cluster versions.
    KubeRange => natural(&["number"], pattern::kube_range(), "write a range such as `>=1.28`");
    /// A length of time above zero.
    Timeout => text(&[], pattern::timeout(), "write a number and a unit, as `90s`, `10m` or `1h30m`");
    /// An absolute address.
    Address => text(&[], pattern::address(), "write it whole, as `https://example.com/`");
    /// A path inside the version folder.
    InnerPath => text(
        &["number", "boolean"],
        pattern::inner_path(),
        "write a path inside the version folder, as `./charts/name/`",
    );
    /// A SHA-256 digest.
    Sha256 => text(&[], "^[0-9A-Fa-f]{64}$".to_owned(), "write 64 hexadecimal digits: `sha256sum FILE` prints them");
    /// A module's name: one word, and no path.
    ModuleName => text(&["number", "boolean"], pattern::word(), "write one word without `/`, as `ingress`");
    /// A text that is not blank.
    Inked => text(&["number", "boolean"], r"\S".to_owned(), "write a name, or remove the key");
    /// The key of an API as a capability.
    Api => text(&[], pattern::api(), "write `group/version/Kind`, as `monitoring.coreos.com/v1/ServiceMonitor`");
    /// A definition as a capability.
    Definition => text(&[], pattern::definition(), "write `group/Kind/name`, as `core.oam.dev/TraitDefinition/autoscaler`");
    /// A free name as a capability.
    CapabilityName => text(&["number", "boolean"], pattern::capability_name(), "write one word, as `ingress-controller`");
    /// The value of a label.
    LabelValue => natural(&["number", "boolean"], pattern::label_value(), "write at most 63 letters, digits, `-`, `_` and `.`; free text belongs into `tags`");
    /// The value of a label in a selector, which the API server wants as a string.
    SelectorValue => text(&[], pattern::label_value(), "write at most 63 letters, digits, `-`, `_` and `.`");
    /// The key of a label.
    LabelKey => natural(&["number", "boolean"], pattern::label_key(), "write a name, with or without a DNS name and `/` before it");
    /// One line of text.
    Line => text(&["number", "boolean"], pattern::one_line(), "write one line of 1 to 256 characters");
    /// A name as the API server takes it.
    Identifier => text(&["number", "boolean"], pattern::identifier(), "write a name without `/`, `%`, `$` and white space (or `$namespace`)");
    /// A namespace, or the package's own.
    Namespace => natural(&["integer", "boolean"], pattern::namespace(), "write a namespace, or `$namespace` for the one that the package goes to");
    /// An API group.
    ApiGroup => natural(&["number", "boolean"], pattern::api_group(), "write the group without its version, as `apps`, or \"\" for the core group");
    /// A version of an API.
    ApiLevel => natural(&["integer", "boolean"], pattern::long_label(), "write a version of an API in lower case, as `v1beta1`");
    /// A group and version.
    ApiVersion => text(&["integer", "boolean"], pattern::api_version(), "write `v1` for the core group, else `group/version` such as `apps/v1`");
    /// A resource: a plural.
    Resource => text(&["number", "boolean"], "^[^/A-Z]*$".to_owned(), "write a plural in lower case, as `pods`; `subresource` says a part of it");
    /// A path to a field.
    FieldPath => path(pattern::field_path(), "write a path such as `spec.versions[0].name`; quote a key with dots or slashes: `['app.kubernetes.io/name']`");
    /// A path to one field.
    SinglePath => {
        let mut schema = path(pattern::field_path(), "write a path such as `spec.replicas`");
        schema.insert("not".to_owned(), json!({ "type": "string", "pattern": pattern::many() }));
        schema.insert("errorMessage".to_owned(), "name one element, as in `[0]` or `[name=x]`: one value is compared with".into());
        schema
    };
    /// An amount in the status of nodes.
    NodeAmount => text(&[], pattern::node_amount(), "write `allocatable.memory` or `capacity.cpu`; quote others: `allocatable['nvidia.com/gpu']`");
    /// A query of RFC 9535.
    JsonPath => text(&[], r"^\$".to_owned(), "write a JSONPath, which begins with `$`; without it, `fieldPath` is meant");
    /// A whole number within 32 bits.
    Signed => json_schema!({ "type": "integer", "minimum": i32::MIN, "maximum": i32::MAX });
    /// A whole number within 32 bits that is not negative.
    Unsigned => json_schema!({ "type": "integer", "minimum": 0, "maximum": u32::MAX });
    /// How many.
    Count => json_schema!({ "type": "integer", "minimum": 0, "maximum": u64::MAX });
    /// Only `true`.
    Yes => json_schema!({ "type": "boolean", "const": true });
    /// Anything.
    Anything => json_schema!({});
    /// Anything but null.
    Something => json_schema!({ "type": ["object", "array", "string", "number", "boolean"] });
    /// A map of anything.
    Object => json_schema!({ "type": "object" });
    /// The API group of a CRD.
    CrdGroup => string(pattern::crd_group(), "write a domain with at least one dot, as `example.com`");
    /// A DNS-1035 label: the plural of a kind, a version.
    ResourceName => string(pattern::resource_name(), "write lower-case letters, digits and `-`, beginning with a letter");
    /// A kind.
    KindName => string(pattern::kind_name(), "write letters and digits, beginning with a letter, as `Widget`");
    /// A string.
    PlainString => json_schema!({ "type": "string" });
    /// A map of strings, null being an empty one.
    StringMap => json_schema!({ "type": "object", "additionalProperties": { "type": ["string", "null"] } });
    /// A string that is there.
    FullString => json_schema!({ "type": "string", "minLength": 1 });
}

/// A text of a pattern, which may also be one of other types.
fn text(others: &[&str], pattern: String, message: &str) -> Schema {
    let mut types = vec!["string"];
    types.extend(others);
    let types = match others {
        [] => json!("string"),
        _ => json!(types),
    };
    json_schema!({ "type": types, "pattern": pattern, "patternErrorMessage": message })
}

/// A string of a pattern.
fn string(pattern: String, message: &str) -> Schema {
    text(&[], pattern, message)
}

/// A text of a pattern, or a number or boolean, of which no text begins with a sign.
fn natural(others: &[&str], pattern: String, message: &str) -> Schema {
    let mut schema = text(others, pattern, message);
    schema.insert("minimum".to_owned(), Value::from(0));
    schema
}

fn path(pattern: String, message: &str) -> Schema {
    let mut schema = text(&["boolean", "integer"], pattern, message);
    // Digits alone are an index, which belongs into brackets; behind a sign they are a key.
    schema.insert("maximum".to_owned(), Value::from(-1));
    schema.insert("maxLength".to_owned(), Value::from(1024));
    schema
}
