//! What sets of conditions read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use std::time::{Duration, Instant};

use catalog_conditions::SourceFile;
use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::Context;
use catalog_conditions::requirements::{Read, Requirements};

fn set(conditions: &str) -> ConditionSet {
    let file = SourceFile::new("conditions.yaml", format!("conditions:\n{conditions}"));
    let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    assert_eq!(diagnostics, [], "{conditions}");
    set
}

fn lines(requirements: &Requirements) -> Vec<String> {
    requirements.reads().map(Read::to_string).collect()
}

/// What conditions read for a package that goes to `shop`, and to nowhere known.
#[track_caller]
fn check(conditions: &str, in_shop: &[&str], nowhere: &[&str], unresolved: &[&str]) {
    let set = set(conditions);
    let requirements = set.requirements(&Context::new().with_namespace("shop"));
    assert_eq!(lines(&requirements), in_shop, "{conditions}");
    assert_eq!(requirements.unresolved().count(), 0, "{conditions}");
    let requirements = set.requirements(&Context::new());
    assert_eq!(lines(&requirements), nowhere, "{conditions}");
    assert_eq!(requirements.unresolved().collect::<Vec<_>>(), unresolved);
}

/// The same with and without a namespace.
#[track_caller]
fn check_either(conditions: &str, reads: &[&str]) {
    check(conditions, reads, reads, &[]);
}

#[test]
fn built_in_targets_read_what_they_need() {
    check_either(
        "- { target: { kubeVersion: {} }, op: range, value: '>=1.28' }\n",
        &["get /version"],
    );
    check_either(
        "- target: { apiAvailable: { group: cert-manager.io, version: v1, kind: Certificate } }\n",
        &["discover cert-manager.io/v1/Certificate"],
    );
    check_either(
        "- target: { crd: { name: widgets.example.com, served: v1 } }\n",
        &["get CustomResourceDefinition/widgets.example.com (apiextensions.k8s.io/v1)"],
    );
    check_either(
        "- target: { storageClass: { default: true } }\n",
        &["list StorageClass (storage.k8s.io/v1)"],
    );
}

#[test]
fn nodes_and_access_reviews_are_read_as_asked() {
    check_either(
        "- { target: { nodes: { count: true, selector: disk=ssd } }, op: ge, value: 3 }\n",
        &["list Node with disk=ssd (v1)"],
    );
    check(
        "\
- target: { canI: { verb: create, group: apps, resource: deployments, namespace: $namespace } }
- target: { canI: { verb: get, group: '', resource: pods, subresource: log, name: web, namespace: a } }
",
        &[
            "ask for create apps/deployments in shop",
            "ask for get pods/log web in a",
        ],
        &["ask for get pods/log web in a"],
        &["conditions[0]"],
    );
}

#[test]
fn all_facts_about_an_object_are_read_at_once() {
    check_either(
        "\
- target: { apiVersion: storage.k8s.io/v1, kind: StorageClass, selector: '' }
  each: any
  satisfies:
    all:
    - { fieldPath: allowVolumeExpansion, op: eq, value: true }
    - { fieldPath: provisioner, op: exists }
- { target: { apiVersion: apps/v1, kind: DaemonSet, name: agent, namespace: a, fieldPath: status.numberReady }, op: eq, valueFrom: { fieldPath: status.desiredNumberScheduled } }
",
        &[
            "discover apps/v1/DaemonSet",
            "discover storage.k8s.io/v1/StorageClass",
            "get DaemonSet/a/agent (apps/v1)",
            "list StorageClass (storage.k8s.io/v1)",
        ],
    );
}

#[test]
fn what_parameters_rule_out_is_not_read() {
    let set = set("\
- when: { parameter: metrics.enabled, op: eq, value: true }
  target: { apiAvailable: { group: monitoring.coreos.com, kind: ServiceMonitor } }
- target: { crd: { name: widgets.example.com } }
");
    let reads = |context: Context| lines(&set.requirements(&context)).len();
    let enabled = |enabled: bool| serde_json::json!({"metrics": {"enabled": enabled}});
    assert_eq!(reads(Context::new().with_parameters(enabled(true))), 2);
    assert_eq!(reads(Context::new().with_parameters(enabled(false))), 1);
    assert_eq!(reads(Context::new()), 2, "they may be said later");
}

#[test]
fn an_object_is_read_in_its_namespace() {
    let deployment = "- { name: web, target: { apiVersion: apps/v1, kind: Deployment, name: web }, op: exists }\n";
    check(
        deployment,
        &[
            "discover apps/v1/Deployment",
            "get Deployment/shop/web (apps/v1)",
        ],
        &["discover apps/v1/Deployment"],
        &["web"],
    );
    let own = "- { name: own, target: { apiVersion: v1, kind: Namespace, name: $namespace }, op: exists }\n";
    check(
        own,
        &["discover v1/Namespace", "get Namespace/shop (v1)"],
        &["discover v1/Namespace"],
        &["own"],
    );
    let elsewhere =
        "- { target: { apiVersion: v1, kind: Secret, name: key, namespace: vault }, op: exists }\n";
    check_either(
        elsewhere,
        &["discover v1/Secret", "get Secret/vault/key (v1)"],
    );
}

#[test]
fn a_kind_of_unknown_scope_is_read_in_the_own_namespace_if_it_lives_in_one() {
    let widget =
        "- { target: { apiVersion: example.com/v1, kind: Widget, name: w }, op: exists }\n";
    check(
        widget,
        &[
            "discover example.com/v1/Widget",
            "get Widget/shop/w (example.com/v1)",
        ],
        &[
            "discover example.com/v1/Widget",
            "get Widget/w (example.com/v1)",
        ],
        &[],
    );
    let widgets =
        "- { target: { apiVersion: example.com/v1, kind: Widget, selector: '' }, op: exists }\n";
    check(
        widgets,
        &[
            "discover example.com/v1/Widget",
            "list Widget in shop (example.com/v1)",
        ],
        &[
            "discover example.com/v1/Widget",
            "list Widget (example.com/v1)",
        ],
        &[],
    );
}

#[test]
fn one_object_is_read_once() {
    let twice = "\
- { target: { apiVersion: apps/v1, kind: Deployment, name: web, namespace: a, fieldPath: spec.replicas }, op: ge, value: 2 }
- all:
  - { target: { apiVersion: apps/v1, kind: Deployment, name: web, namespace: a, fieldPath: status.readyReplicas }, op: ge, value: 1 }
  - not: { target: { apiVersion: apps/v1, kind: Deployment, name: web, namespace: b }, op: exists }
  - { target: { apiVersion: apps/v1beta1, kind: Deployment, name: web, namespace: a }, op: exists }
";
    check_either(
        twice,
        &[
            "discover apps/v1/Deployment",
            "discover apps/v1beta1/Deployment",
            "get Deployment/a/web (apps/v1)",
            "get Deployment/b/web (apps/v1)",
            "get Deployment/a/web (apps/v1beta1)",
        ],
    );
}

#[test]
fn a_list_leaves_out_what_it_brings() {
    let pods = |more: &str| {
        format!("- {{ target: {{ apiVersion: v1, kind: Pod, {more} }}, op: exists }}\n")
    };
    let check_pods = |targets: &[&str], reads: &[&str]| {
        let conditions: String = targets.iter().map(|target| pods(target)).collect();
        let reads: Vec<&str> = ["discover v1/Pod"].iter().chain(reads).copied().collect();
        check_either(&conditions, &reads);
    };
    let by_name = "name: web, namespace: a";
    check_pods(
        &[
            by_name,
            "selector: '', namespace: a",
            "selector: app=x, namespace: a",
        ],
        &["list Pod in a (v1)"],
    );
    check_pods(
        &[by_name, "selector: '', namespace: b"],
        &["get Pod/a/web (v1)", "list Pod in b (v1)"],
    );
    check_pods(
        &[by_name, "selector: app=x, namespace: a"],
        &["get Pod/a/web (v1)", "list Pod with app=x in a (v1)"],
    );
    check_pods(
        &[
            "selector: '', namespaces: all",
            by_name,
            "selector: 'app=x', namespaces: [a, b]",
        ],
        &["list Pod (v1)"],
    );
    check_pods(
        &[
            "selector: app=x, namespaces: [a, b]",
            "selector: 'tier=y,app=x', namespaces: [b, c]",
        ],
        &[
            "list Pod with app=x in a, b (v1)",
            "list Pod with app=x,tier=y in c (v1)",
        ],
    );
    check_pods(
        &[
            "selector: 'b=y,a=x', namespace: ns",
            "selector: 'a=x,b=y', namespaces: [m]",
        ],
        &["list Pod with a=x,b=y in m, ns (v1)"],
    );
}

#[test]
fn discovery_of_a_group_answers_for_its_versions() {
    check_either(
        "\
- target: { apiAvailable: { group: example.com, version: v1, kind: Widget } }
- target: { apiAvailable: { group: example.com, kind: Widget } }
- target: { apiAvailable: { group: example.com, version: v1, kind: Gadget } }
",
        &[
            "discover example.com/Widget",
            "discover example.com/v1/Gadget",
        ],
    );
}

#[test]
fn sets_read_together_read_no_more_than_each() {
    let context = Context::new().with_namespace("shop");
    let by_name = "- { target: { apiVersion: v1, kind: Pod, name: web }, op: exists }\n";
    let all = "- { target: { apiVersion: v1, kind: Pod, selector: '' }, op: exists }\n";
    let (by_name, all) = (set(by_name), set(all));
    let mut one_way = by_name.requirements(&context);
    one_way.extend(all.requirements(&context));
    let mut other_way = all.requirements(&context);
    other_way.extend(by_name.requirements(&context));
    assert_eq!(one_way, other_way);
    assert_eq!(
        lines(&one_way),
        ["discover v1/Pod", "list Pod in shop (v1)"]
    );
}

#[test]
fn a_condition_that_could_not_be_read_reads_nothing() {
    let file = SourceFile::new(
        "conditions.yaml",
        "conditions:\n- { target: { kubeVersion: {} }, op: nonsense }\n",
    );
    let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    assert!(!diagnostics.is_empty());
    let requirements = set.requirements(&Context::new());
    assert!(requirements.is_empty());
}

#[test]
fn many_reads_cost_no_more_than_each_of_them() {
    let line = |at: usize| {
        format!(
            "- {{ target: {{ apiVersion: v1, kind: Pod, selector: 'a=x{at},b,c,d,e', namespaces: [n{at}, m] }}, op: exists }}\n- {{ target: {{ apiVersion: v1, kind: Pod, name: p{at}, namespace: n{at} }}, op: exists }}\n"
        )
    };
    let cost = |count: usize| {
        let set = set(&(0..count).map(line).collect::<String>());
        let started = Instant::now();
        let requirements = set.requirements(&Context::new());
        assert_eq!(requirements.reads().count(), 2 * count + 1);
        started.elapsed()
    };
    // Quadratic, a tenth of the time would grow to ten times it.
    let (few, many) = (cost(200), cost(2000));
    assert!(
        many < few * 40 + Duration::from_millis(200),
        "{few:?} {many:?}"
    );
}
