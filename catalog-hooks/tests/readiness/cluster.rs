//! Storage, services, namespaces, and what extends the API.

use serde_json::{Value, json};

use super::{check, condition, told};

#[test]
fn claims_and_services() {
    check(
        "v1",
        "PersistentVolumeClaim",
        &[
            (json!({}), json!({"phase": "Bound"}), "ready"),
            (
                json!({}),
                json!({"phase": "Pending"}),
                "progressing: it is not bound to a volume yet",
            ),
            (
                json!({}),
                json!({"phase": "Lost"}),
                "failed: its volume is lost",
            ),
            (
                json!({}),
                json!({}),
                "progressing: nothing is known of it yet",
            ),
        ],
    );
    check(
        "v1",
        "Service",
        &[
            (
                json!({"type": "ClusterIP", "clusterIP": "10.96.0.7"}),
                json!({"loadBalancer": {}}),
                "ready",
            ),
            (json!({"clusterIP": "None"}), json!({}), "ready"),
            (
                json!({"type": "ExternalName", "externalName": "db.example.com"}),
                json!({}),
                "ready",
            ),
            (
                json!({"type": "ClusterIP"}),
                json!({}),
                "progressing: it has no cluster IP yet",
            ),
            (
                json!({"type": "LoadBalancer", "clusterIP": "10.96.0.7"}),
                json!({"loadBalancer": {}}),
                "progressing: its load balancer has no address yet",
            ),
            (
                json!({"type": "LoadBalancer", "clusterIP": "10.96.0.7"}),
                json!({"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}),
                "ready",
            ),
            (
                json!({"type": "LoadBalancer", "clusterIP": "10.96.0.7", "externalIPs": ["192.0.2.2"]}),
                json!({}),
                "ready",
            ),
        ],
    );
}

#[test]
fn extensions_of_the_api() {
    let conflict = "\"WidgetList\" is already in use";
    check(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        &[
            (
                json!({}),
                json!({}),
                "progressing: it is not established yet",
            ),
            (
                json!({}),
                json!({"conditions": [{"type": "NamesAccepted", "status": "True"}, {"type": "Established", "status": "False", "reason": "Installing", "message": "the initial names have been accepted"}]}),
                "progressing: it is not established yet",
            ),
            (
                json!({}),
                json!({"conditions": [{"type": "NamesAccepted", "status": "True"}, {"type": "Established", "status": "True"}]}),
                "ready",
            ),
            (
                json!({}),
                json!({"conditions": [
                    {"type": "NamesAccepted", "status": "False", "reason": "ListKindConflict", "message": conflict},
                    {"type": "Established", "status": "False", "reason": "NotAccepted", "message": "not all names are accepted"},
                ]}),
                "failed: ListKindConflict: \"WidgetList\" is already in use",
            ),
            // Names that were accepted once and are lost now: the old ones are served still.
            (
                json!({}),
                json!({"conditions": [{"type": "NamesAccepted", "status": "False", "reason": "ListKindConflict", "message": conflict}, {"type": "Established", "status": "True"}]}),
                "failed: ListKindConflict: \"WidgetList\" is already in use",
            ),
            (
                json!({}),
                condition(
                    "Established",
                    "False",
                    "NotAccepted",
                    "not all names are accepted",
                ),
                "failed: NotAccepted: not all names are accepted",
            ),
        ],
    );
    check(
        "apiregistration.k8s.io/v1",
        "APIService",
        &[
            (
                json!({}),
                json!({}),
                "progressing: nothing is known of its server yet",
            ),
            (
                json!({}),
                condition("Available", "True", "Passed", "all checks passed"),
                "ready",
            ),
            (
                json!({}),
                condition(
                    "Available",
                    "False",
                    "MissingEndpoints",
                    "endpoints for service/metrics in \"kube-system\" have no addresses with port name \"https\"",
                ),
                "progressing: MissingEndpoints: endpoints for service/metrics in \"kube-system\" have no addresses with port name \"https\"",
            ),
        ],
    );
}

#[test]
fn namespaces_and_disruption_budgets() {
    check(
        "v1",
        "Namespace",
        &[
            (json!({}), json!({"phase": "Active"}), "ready"),
            (
                json!({}),
                json!({"phase": "Terminating"}),
                "progressing: it is being deleted",
            ),
            (
                json!({}),
                json!({"phase": "Terminating", "conditions": [
                    {"type": "NamespaceDeletionDiscoveryFailure", "status": "False", "reason": "ResourcesDiscovered"},
                    {"type": "NamespaceContentRemaining", "status": "True", "reason": "SomeResourcesRemain", "message": "Some resources are remaining: widgets.example.com has 1 resource instances"},
                    {"type": "NamespaceFinalizersRemaining", "status": "True", "reason": "SomeFinalizersRemain", "message": "Some content in the namespace has finalizers remaining: example.com/w in 1 resource instances"},
                ]}),
                "progressing: it is being deleted; SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/w in 1 resource instances; SomeResourcesRemain: Some resources are remaining: widgets.example.com has 1 resource instances",
            ),
        ],
    );
    check(
        "policy/v1",
        "PodDisruptionBudget",
        &[
            (
                json!({}),
                json!({}),
                "progressing: its controller has not looked at it yet",
            ),
            (
                json!({}),
                condition("DisruptionAllowed", "False", "InsufficientPods", ""),
                "ready",
            ),
            (
                json!({}),
                condition(
                    "DisruptionAllowed",
                    "False",
                    "SyncFailed",
                    "found no controllers for pod \"web\"",
                ),
                "progressing: SyncFailed: found no controllers for pod \"web\"",
            ),
        ],
    );
}

#[test]
fn what_is_being_deleted_is_not_ready() {
    let object = |finalizers: Value| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": finalizers}});
    assert_eq!(
        told(&object(Value::Null)),
        "progressing: it is being deleted"
    );
    assert_eq!(
        told(&object(json!(["example.com/a", "example.com/b"]))),
        "progressing: it is being deleted; held by `example.com/a`, `example.com/b`",
    );
}
