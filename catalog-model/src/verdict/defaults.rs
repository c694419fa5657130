//! What the server makes of what is not said, in Kubernetes' own kinds.
//!
//! From the functions `SetDefaults_…` of Kubernetes, and from `omitempty` in its types.

use serde_json::Value;

/// A map, a key in it, and its default as JSON.
type Default = (&'static str, &'static str, &'static str);

const DEFAULTS: &[Default] = &[
    ("clientConfig", "port", "443"),
    ("configMap", "defaultMode", "420"),
    (
        "containers",
        "terminationMessagePath",
        "\"/dev/termination-log\"",
    ),
    ("containers", "terminationMessagePolicy", "\"File\""),
    ("conversion", "strategy", "\"None\""),
    ("downwardAPI", "defaultMode", "420"),
    ("fieldRef", "apiVersion", "\"v1\""),
    ("grpc", "service", "\"\""),
    ("hostPath", "type", "\"\""),
    ("httpGet", "scheme", "\"HTTP\""),
    (
        "initContainers",
        "terminationMessagePath",
        "\"/dev/termination-log\"",
    ),
    ("initContainers", "terminationMessagePolicy", "\"File\""),
    ("livenessProbe", "failureThreshold", "3"),
    ("livenessProbe", "periodSeconds", "10"),
    ("livenessProbe", "successThreshold", "1"),
    ("livenessProbe", "timeoutSeconds", "1"),
    ("onPodConditions", "status", "\"True\""),
    ("ports", "protocol", "\"TCP\""),
    ("projected", "defaultMode", "420"),
    ("readinessProbe", "failureThreshold", "3"),
    ("readinessProbe", "periodSeconds", "10"),
    ("readinessProbe", "successThreshold", "1"),
    ("readinessProbe", "timeoutSeconds", "1"),
    ("resourceFieldRef", "divisor", "\"0\""),
    ("rules", "scope", "\"*\""),
    ("resourceRules", "scope", "\"*\""),
    ("secret", "defaultMode", "420"),
    ("service", "port", "443"),
    ("serviceAccountToken", "expirationSeconds", "3600"),
    ("spec", "dnsPolicy", "\"ClusterFirst\""),
    ("spec", "internalTrafficPolicy", "\"Cluster\""),
    ("spec", "progressDeadlineSeconds", "600"),
    ("spec", "replicas", "1"),
    ("spec", "restartPolicy", "\"Always\""),
    ("spec", "revisionHistoryLimit", "10"),
    ("spec", "schedulerName", "\"default-scheduler\""),
    ("spec", "sessionAffinity", "\"None\""),
    ("spec", "terminationGracePeriodSeconds", "30"),
    ("spec", "type", "\"ClusterIP\""),
    ("spec", "volumeMode", "\"Filesystem\""),
    ("volumeClaimTemplates", "apiVersion", "\"v1\""),
    ("volumeClaimTemplates", "kind", "\"PersistentVolumeClaim\""),
    ("webhooks", "failurePolicy", "\"Fail\""),
    ("webhooks", "matchPolicy", "\"Equivalent\""),
    ("webhooks", "namespaceSelector", "{}"),
    ("webhooks", "objectSelector", "{}"),
    ("webhooks", "reinvocationPolicy", "\"Never\""),
    ("webhooks", "timeoutSeconds", "10"),
];

/// Whether a value is what the server writes where nothing is said. `parent` is the field that the map stands under, or that of the list it
/// is in. Asked of fields alone: the keys that authors choose mean nothing here.
pub(super) fn is_default(parent: &str, key: &str, value: &Value) -> bool {
    if matches!(key, "apiGroup") && matches!(parent, "subjects" | "roleRef") {
        return value == "rbac.authorization.k8s.io" || value == "";
    }
    // Written by controllers and by the server, inside lists too.
    if matches!(
        (parent, key),
        ("metadata", "creationTimestamp") | ("volumeClaimTemplates", "status")
    ) {
        return true;
    }
    // Of a LimitRange, what is not said follows from the limits that are.
    if parent == "limits" && matches!(key, "default" | "defaultRequest") {
        return true;
    }
    let text = value.to_string();
    let is = |default: &Default| (default.0, default.1, default.2) == (parent, key, text.as_str());
    DEFAULTS.iter().any(is)
}

/// Switches and counters that the server leaves out when they are off; of others `false` and `0` say something.
const SWITCHES: [&str; 21] = [
    "deprecated",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "globalDefault",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "minReadySeconds",
    "nullable",
    "paused",
    "preserveUnknownFields",
    "priority",
    "publishNotReadyAddresses",
    "readOnly",
    "stdin",
    "stdinOnce",
    "tty",
    "uniqueItems",
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
    "x-kubernetes-preserve-unknown-fields",
];

/// Whether the server leaves out a field with this value, so that saying it and saying nothing is the same. Of maps that depends on whether
/// their keys are chosen; `{}` of a type says something.
pub(super) fn is_left_out(key: &str, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(false) => SWITCHES.contains(&key),
        Value::Number(number) => number.as_u64() == Some(0) && SWITCHES.contains(&key),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Bool(true) | Value::Object(_) => false,
    }
}

/// Whether a value under `key` in the map under `parent` is an amount, which the server writes in its own way. Of maps of amounts the key
/// is `*`: authors choose it.
pub(super) fn is_quantity(parent: &str, key: &str) -> bool {
    let is_in_map = matches!(
        parent,
        "overhead"
            | "podFixed"
            | "limits"
            | "requests"
            | "hard"
            | "capacity"
            | "default"
            | "defaultRequest"
            | "max"
            | "min"
            | "maxLimitRequestRatio"
    );
    key == "*" && is_in_map
        || matches!(key, "sizeLimit" | "divisor" | "tolerance")
        || matches!(
            (parent, key),
            ("", "capacity" | "maximumVolumeSize")
                | ("target", "value" | "averageValue")
                | ("*", "value")
        )
}
