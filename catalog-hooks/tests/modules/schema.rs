//! What the API servers of Flux and of the Terraform controller take, as far as renderers write it.

use jsonschema::Validator;
use serde_json::{Value, json};

/// Whether there is a schema of the object's kind; it must fit.
#[track_caller]
pub(crate) fn check(object: &Value) -> bool {
    let key = format!(
        "{} {}",
        object["apiVersion"].as_str().unwrap(),
        object["kind"].as_str().unwrap()
    );
    let Some(spec) = spec(&key) else { return false };
    let metadata = json!({
        "type": "object", "required": ["name", "namespace"], "additionalProperties": false,
        "properties": {"name": label(63), "namespace": label(63)},
    });
    let schema = json!({
        "type": "object", "required": ["apiVersion", "kind", "metadata", "spec"], "additionalProperties": false,
        "properties": {"apiVersion": {}, "kind": {}, "metadata": metadata, "spec": spec},
    });
    let validator = Validator::new(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(object)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{object:#}");
    true
}

/// The fields of `spec` that renderers write, with the rules that the published definitions have for them: helm-controller 1.1 and
/// source-controller 1.6 (the API versions that the apiVersion says), terraform-controller 0.8.
fn spec(key: &str) -> Option<Value> {
    let duration = json!({"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$"});
    let object = |required: &[&str], properties: Value| json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false});
    let text = json!({"type": "string"});
    let remediation = object(
        &[],
        json!({"remediation": object(&[], json!({"retries": {"type": "integer"}, "remediateLastFailure": {"type": "boolean"}}))}),
    );
    Some(match key {
        "source.toolkit.fluxcd.io/v1 HelmRepository" => object(
            &["url"],
            json!({
                "interval": duration, "url": {"type": "string", "pattern": "^(http|https|oci)://.*$"},
            }),
        ),
        "source.toolkit.fluxcd.io/v1 OCIRepository" => object(
            &["interval", "url"],
            json!({
                "interval": duration,
                "url": {"type": "string", "pattern": "^oci://.*$"},
                "ref": object(&[], json!({"tag": text, "semver": text})),
                "layerSelector": object(&[], json!({"mediaType": text, "operation": {"enum": ["extract", "copy"]}})),
            }),
        ),
        "helm.toolkit.fluxcd.io/v2 HelmRelease" => {
            let source = object(
                &["name"],
                json!({"kind": {"enum": ["HelmRepository", "GitRepository", "Bucket"]}, "name": label(253), "namespace": label(63)}),
            );
            let chart = object(
                &["chart", "sourceRef"],
                json!({
                    "chart": {"type": "string", "minLength": 1, "maxLength": 2048}, "interval": duration, "version": text,
                    "reconcileStrategy": {"enum": ["ChartVersion", "Revision"]}, "sourceRef": source,
                }),
            );
            let mut spec = object(
                &["interval"],
                json!({
                    "chart": object(&["spec"], json!({"spec": chart})),
                    "chartRef": object(&["kind", "name"], json!({"kind": {"enum": ["OCIRepository", "HelmChart"]}, "name": label(253)})),
                    "interval": duration, "timeout": duration,
                    "releaseName": label(53), "targetNamespace": label(63),
                    "install": remediation, "upgrade": remediation,
                    "values": {"type": "object"},
                }),
            );
            spec["oneOf"] = json!([{"required": ["chart"]}, {"required": ["chartRef"]}]);
            spec
        }
        "terraform.core.oam.dev/v1beta2 Configuration" => {
            let reference = object(
                &["name"],
                json!({"name": label(253), "namespace": label(63)}),
            );
            let mut spec = object(
                &[],
                json!({
                    "hcl": text, "remote": text, "path": text, "variable": {"type": "object"}, "deleteResource": {"type": "boolean"},
                    "writeConnectionSecretToRef": reference, "providerRef": reference,
                }),
            );
            spec["oneOf"] = json!([{"required": ["hcl"]}, {"required": ["remote"]}]);
            spec
        }
        _ => return None,
    })
}

/// A DNS-1123 label.
fn label(longest: usize) -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": longest, "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"})
}

#[test]
fn the_schemas_refuse_what_the_servers_refuse() {
    let release = |spec: Value| json!({"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "a", "namespace": "b"}, "spec": spec});
    for wrong in [
        json!({"interval": "10m"}),
        json!({"interval": "ten", "chartRef": {"kind": "OCIRepository", "name": "a"}}),
        json!({"interval": "10m", "chartRef": {"kind": "HelmRepository", "name": "a"}}),
        json!({"interval": "10m", "chartRef": {"kind": "OCIRepository", "name": "a"}, "retries": 0}),
    ] {
        let object = release(wrong);
        assert!(
            std::panic::catch_unwind(|| check(&object)).is_err(),
            "{object}"
        );
    }
    assert!(check(&release(
        json!({"interval": "10m", "chartRef": {"kind": "OCIRepository", "name": "a"}})
    )));
}
