//! Kinds of other controllers.

use serde_json::{Value, json};

use super::{check, condition, told};

#[test]
fn custom_resources() {
    check(
        "cert-manager.io/v1",
        "Certificate",
        &[
            (json!({}), Value::Null, "ready"),
            (
                json!({}),
                condition(
                    "Ready",
                    "True",
                    "Ready",
                    "Certificate is up to date and has not expired",
                ),
                "ready",
            ),
            (
                json!({}),
                condition(
                    "Ready",
                    "False",
                    "DoesNotExist",
                    "Issuing certificate as Secret does not exist",
                ),
                "progressing: DoesNotExist: Issuing certificate as Secret does not exist",
            ),
            (
                json!({}),
                condition("Ready", "Unknown", "", ""),
                "progressing: its controller does not say why",
            ),
            (
                json!({}),
                condition("Synced", "False", "ReconcileError", "cannot"),
                "ready",
            ),
            (
                json!({}),
                json!({"observedGeneration": 1, "conditions": [{"type": "Ready", "status": "True"}]}),
                "progressing: its controller has not seen the change yet",
            ),
            (
                json!({}),
                json!({"conditions": [{"type": "Ready", "status": "True", "observedGeneration": 1}]}),
                "progressing: its controller has not seen the change yet",
            ),
            (
                json!({}),
                json!({"conditions": [{"type": "Ready", "status": "True", "observedGeneration": 2}]}),
                "ready",
            ),
            (
                json!({}),
                json!({"conditions": [{"type": "Ready", "status": "True"}, {"type": "Reconciling", "status": "True", "reason": "Progressing", "message": "rolling"}]}),
                "progressing: Progressing: rolling",
            ),
            (
                json!({}),
                json!({"conditions": [{"type": "Ready", "status": "False"}, {"type": "Reconciling", "status": "True"}, {"type": "Stalled", "status": "True", "reason": "Bad", "message": "no such issuer"}]}),
                "failed: Bad: no such issuer",
            ),
            (
                json!({}),
                json!({"conditions": "none", "observedGeneration": "two"}),
                "ready",
            ),
        ],
    );
    check("v1", "ConfigMap", &[(json!({}), Value::Null, "ready")]);
}

#[test]
fn flux() {
    let release = "helm.toolkit.fluxcd.io/v2";
    check(
        release,
        "HelmRelease",
        &[
            (
                json!({}),
                condition(
                    "Ready",
                    "True",
                    "InstallSucceeded",
                    "Helm install succeeded for release shop/web.v1 with chart web@1.0.0",
                ),
                "ready",
            ),
            (
                json!({}),
                json!({}),
                "progressing: Flux has not looked at it yet",
            ),
            (
                json!({}),
                json!({"observedGeneration": -1, "conditions": [{"type": "Ready", "status": "Unknown"}]}),
                "progressing: its controller has not seen the change yet",
            ),
            (
                json!({}),
                json!({"observedGeneration": 2}),
                "progressing: Flux has not said how it is yet",
            ),
            (
                json!({"suspend": true}),
                condition("Ready", "True", "InstallSucceeded", "done"),
                "progressing: it is suspended (`spec.suspend`)",
            ),
            (
                json!({}),
                json!({"observedGeneration": 2, "conditions": [
                    {"type": "Reconciling", "status": "True", "reason": "Progressing", "message": "Running 'upgrade' action with timeout of 5m0s", "observedGeneration": 2},
                    {"type": "Ready", "status": "Unknown", "reason": "Progressing", "message": "Running 'upgrade' action with timeout of 5m0s", "observedGeneration": 2},
                ]}),
                "progressing: Progressing: Running 'upgrade' action with timeout of 5m0s",
            ),
            (
                json!({}),
                json!({"observedGeneration": 2, "installFailures": 1, "conditions": [
                    {"type": "Stalled", "status": "True", "reason": "RetriesExceeded", "message": "Failed to install after 1 attempt(s)", "observedGeneration": 2},
                    {"type": "Ready", "status": "False", "reason": "InstallFailed", "message": "Helm install failed for release shop/web with chart web@1.0.0: context deadline exceeded", "observedGeneration": 2},
                ]}),
                "failed: RetriesExceeded: Failed to install after 1 attempt(s); InstallFailed: Helm install failed for release shop/web with chart web@1.0.0: context deadline exceeded; `flux reconcile helmrelease web --namespace shop --reset` lets Flux try again",
            ),
        ],
    );
    let source = "source.toolkit.fluxcd.io/v1";
    check(
        source,
        "HelmRepository",
        &[
            (
                json!({"url": "https://charts.example.com"}),
                condition(
                    "Ready",
                    "True",
                    "Succeeded",
                    "stored artifact: revision 'sha256:84'",
                ),
                "ready",
            ),
            (
                json!({"url": "https://charts.example.com"}),
                condition(
                    "Ready",
                    "False",
                    "FetchFailed",
                    "failed to fetch: 404 Not Found",
                ),
                "progressing: FetchFailed: failed to fetch: 404 Not Found",
            ),
            (
                json!({"url": "oci://ghcr.io/example", "type": "oci"}),
                json!({}),
                "ready",
            ),
        ],
    );
    check(
        source,
        "OCIRepository",
        &[
            (
                json!({}),
                condition(
                    "Ready",
                    "False",
                    "OCIArtifactPullFailed",
                    "MANIFEST_UNKNOWN",
                ),
                "progressing: OCIArtifactPullFailed: MANIFEST_UNKNOWN",
            ),
            (
                json!({}),
                condition("Stalled", "True", "URLInvalid", "URL validation failed"),
                "failed: URLInvalid: URL validation failed",
            ),
        ],
    );
}

#[test]
fn terraform() {
    let of = |state: &str, message: &str| json!({"observedGeneration": 2, "apply": {"state": state, "message": message}});
    check(
        "terraform.core.oam.dev/v1beta2",
        "Configuration",
        &[
            (
                json!({}),
                of("Available", "Cloud resources are deployed and ready to use"),
                "ready",
            ),
            (
                json!({}),
                json!({"observedGeneration": 1, "apply": {"state": "Available"}}),
                "progressing: its controller has not seen the change yet",
            ),
            (
                json!({}),
                json!({}),
                "progressing: the Terraform controller has not looked at it yet",
            ),
            (
                json!({}),
                json!({"observedGeneration": 2}),
                "progressing: the Terraform controller has not said how it is yet",
            ),
            (
                json!({}),
                of(
                    "ProvisioningAndChecking",
                    "Cloud resources are being provisioned and provisioning status is checking...",
                ),
                "progressing: ProvisioningAndChecking: Cloud resources are being provisioned and provisioning status is checking...",
            ),
            (
                json!({}),
                of("ProviderNotReady", "Provider is not ready"),
                "progressing: ProviderNotReady: Provider is not ready",
            ),
            (
                json!({}),
                of(
                    "ApplyFailed",
                    "\u{1b}[31mError: \u{1b}[0mcreating bucket:\n\tBucketAlreadyExists",
                ),
                "failed: ApplyFailed: [31mError: [0mcreating bucket: BucketAlreadyExists",
            ),
        ],
    );
}

#[test]
fn words_of_controllers_are_bounded_lines() {
    let long = "quota\r\n".repeat(10_000);
    let object = json!({"apiVersion": "example.com/v1", "kind": "Widget", "status": condition("Stalled", "True", "Bad", &long)});
    let told = told(&object);
    assert!(
        told.len() < 1100 && told.starts_with("failed: Bad: quota quota"),
        "{told}"
    );
    assert!(!told.chars().any(char::is_control), "{told}");
}

#[test]
fn anything_that_is_no_object_is_ready_or_told_and_panics_nowhere() {
    for odd in [
        json!(null),
        json!(3),
        json!([]),
        json!({"apiVersion": 1, "kind": [], "metadata": "x", "status": [1]}),
    ] {
        assert_eq!(told(&odd), "ready", "{odd}");
    }
}
