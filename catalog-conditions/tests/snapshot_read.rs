//! Snapshots: what is read from kubectl's output, what it covers, and what is said about the rest.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_conditions::SourceFile;
use catalog_conditions::condition::{Condition, ConditionSet, Expression};
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::report::Outcome;
use catalog_conditions::snapshot::Snapshot;
use serde_json::{Value, json};

fn read(path: &str, text: &str) -> Snapshot {
    Snapshot::builder()
        .read(&SourceFile::new(path, text), &Limits::snapshot())
        .build()
}

fn told(snapshot: &Snapshot) -> String {
    snapshot
        .diagnostics()
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

fn names(snapshot: &Snapshot, group: &str, kind: &str) -> Vec<String> {
    snapshot
        .objects(group, kind)
        .map(|object| {
            format!(
                "{}/{}",
                object["metadata"]["namespace"].as_str().unwrap_or("-"),
                object["metadata"]["name"].as_str().unwrap()
            )
        })
        .collect()
}

/// Whether the cluster serves a kind: `S` yes, `N` no, `U` unknown.
fn serves(snapshot: &Snapshot, group: &str, version: Option<&str>, kind: &str) -> char {
    let mut set = ConditionSet::new();
    set.push(Condition::new(
        "x",
        Expression::api_available(group, version, kind),
    ));
    match evaluate(&set, snapshot, &Context::new()).conditions()[0].outcome() {
        Outcome::Satisfied => 'S',
        Outcome::NotSatisfied => 'N',
        _ => 'U',
    }
}

const LIST: &str = "\
apiVersion: v1
kind: List
metadata: {resourceVersion: \"\"}
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: b, namespace: web}
  data: {mode: \"0644\"}
- apiVersion: v1
  kind: List
  items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: web}, mode: 0644}
---
apiVersion: v1
kind: Namespace
metadata: {name: web}
---
# nothing
---
serverVersion: {gitVersion: v1.33.1}
clientVersion: {gitVersion: v1.34.0}
";

#[test]
fn lists_and_documents_are_taken_apart() {
    let snapshot = read("cluster.yaml", LIST);
    assert_eq!(told(&snapshot), "");
    assert_eq!(names(&snapshot, "", "ConfigMap"), ["web/a", "web/b"]);
    assert_eq!(
        snapshot.object("", "ConfigMap", Some("web"), "a").unwrap()["mode"],
        json!(420)
    );
    assert_eq!(
        snapshot.object("", "Namespace", None, "web").unwrap()["kind"],
        "Namespace"
    );
    assert_eq!(snapshot.server_version(), Some("v1.33.1"));
    assert!(
        !snapshot.covers("", "ConfigMap", Some("web")),
        "kubectl's List covers nothing"
    );
}

#[test]
fn json_is_read_as_yaml_is() {
    let yaml = read("cluster.yaml", LIST);
    let objects: Vec<&Value> = ["ConfigMap", "Namespace"]
        .iter()
        .flat_map(|kind| yaml.objects("", kind))
        .collect();
    let json = serde_json::to_string_pretty(
        &json!({"apiVersion": "v1", "kind": "List", "items": objects}),
    )
    .unwrap();
    for (path, text) in [
        ("cluster.json", json.clone()),
        ("cluster", format!("\u{feff}{json}")),
        (
            "several.json",
            objects.iter().map(ToString::to_string).collect::<String>(),
        ),
        (
            "several.yaml",
            objects
                .iter()
                .map(|object| format!("{object}\n---\n"))
                .collect(),
        ),
    ] {
        let snapshot = read(path, &text);
        assert_eq!(told(&snapshot), "", "{path}");
        assert!(
            snapshot
                .objects("", "ConfigMap")
                .eq(yaml.objects("", "ConfigMap")),
            "{path}"
        );
    }
}

#[test]
fn versions_of_a_cluster() {
    let version = |text: &str| read("version", text).server_version().map(str::to_owned);
    assert_eq!(
        version("serverVersion: {gitVersion: v1.33.1}").as_deref(),
        Some("v1.33.1")
    );
    assert_eq!(
        version("{\"major\": \"1\", \"gitVersion\": \"v1.33.1+k3s1\"}").as_deref(),
        Some("v1.33.1+k3s1")
    );
    assert_eq!(
        version("Client Version: v1.34.0\nKustomize Version: v5.4.2\nServer Version: v1.33.1\n")
            .as_deref(),
        Some("v1.33.1")
    );
    assert_eq!(version("clientVersion: {gitVersion: v1.34.0}"), None);
    assert_eq!(
        version("serverVersion: {gitVersion: v1.33.1}\n---\nserverVersion: {gitVersion: v1.33.1}")
            .as_deref(),
        Some("v1.33.1")
    );
    assert_eq!(
        version("serverVersion: {gitVersion: v1.33.1}\n---\nserverVersion: {gitVersion: v1.33.2}"),
        None
    );
}

#[test]
fn typed_lists_cover_their_kind() {
    let item = |namespace: &str| format!("- metadata: {{name: a, namespace: {namespace}}}\n");
    let list = |metadata: &str, items: &str| {
        read(
            "l.yaml",
            &format!(
                "apiVersion: apps/v1\nkind: DeploymentList\nmetadata: {metadata}\nitems:\n{items}"
            ),
        )
    };
    let covers = |snapshot: &Snapshot, namespace| snapshot.covers("apps", "Deployment", namespace);
    let several = list("{resourceVersion: \"5\"}", &(item("web") + &item("db")));
    assert_eq!(
        names(&several, "apps", "Deployment"),
        ["db/a", "web/a"],
        "items take kind and version from their list"
    );
    assert!(covers(&several, None) && covers(&several, Some("other")));
    let of_one = list("{}", &item("web"));
    assert!(covers(&of_one, Some("web")) && !covers(&of_one, Some("db")) && !covers(&of_one, None));
    let empty = list("{}", "");
    assert!(
        !covers(&empty, None) && !covers(&empty, Some("web")),
        "an empty list of any namespace prints so"
    );
    let nodes = read("n.yaml", "apiVersion: v1\nkind: NodeList\nitems: []\n");
    assert!(nodes.covers("", "Node", None), "nodes have no namespace");
    assert!(
        !covers(&list("{continue: abc}", &item("web")), Some("web")),
        "a page is not the list"
    );
    assert!(covers(&list("{continue: \"\"}", &item("web")), Some("web")));
    assert!(
        !covers(&list("{}", "- metadata: {namespace: web}\n"), Some("web")),
        "an item that cannot be read may be the one asked for"
    );
}

#[test]
fn coverage_documents() {
    let coverage = |covers: &str| {
        read(
            "c.yaml",
            &format!("kind: SnapshotCoverage\ncovers: {covers}\n"),
        )
    };
    assert!(coverage("everything").covers("any", "Thing", None));
    let some = coverage(
        "[{group: apps, kind: Deployment, namespaces: [a, b]}, {group: apps, kind: Deployment, namespaces: [c]}, {kind: Node}, {group: x, kind: Thing, namespaces: all}]",
    );
    assert!(
        some.covers("apps", "Deployment", Some("a"))
            && some.covers("apps", "Deployment", Some("c"))
    );
    assert!(
        !some.covers("apps", "Deployment", Some("d")) && !some.covers("apps", "Deployment", None)
    );
    assert!(some.covers("", "Node", None) && some.covers("x", "Thing", Some("any")));
    for wrong in [
        "nothing",
        "[x]",
        "[{group: apps}]",
        "[{group: apps, kind: D, namespace: a}]",
        "[{group: apps, kind: D, namespaces: some}]",
        "[{group: apps, kind: D, namespaces: [1]}]",
    ] {
        let snapshot = coverage(wrong);
        assert!(!snapshot.covers("apps", "D", Some("a")), "{wrong}");
        assert_eq!(
            snapshot.diagnostics()[0].code(),
            "snapshot.coverage",
            "{wrong}"
        );
    }
}

#[test]
fn what_cannot_be_read_covers_nothing() {
    let complete = |text: &str| {
        Snapshot::builder()
            .complete()
            .read(&SourceFile::new("c.yaml", text), &Limits::snapshot())
            .build()
    };
    assert!(complete("{apiVersion: v1, kind: Node, metadata: {name: a}}").covers("", "Node", None));
    let kindless = complete("{apiVersion: v1, metadata: {name: a}}");
    assert!(
        !kindless.covers("", "Node", None),
        "nobody knows what it was"
    );
    let nameless = complete("{apiVersion: v1, kind: Node, metadata: {}}");
    assert!(
        !nameless.covers("", "Node", None) && nameless.covers("", "Pod", None),
        "it was a Node"
    );
    let homeless = complete("{apiVersion: v1, kind: Pod, metadata: {name: a}}");
    assert!(
        !homeless.covers("", "Pod", Some("web")) && homeless.objects("", "Pod").next().is_none()
    );
    let refused = complete("{kind: Status, apiVersion: v1, status: Failure, code: 403}");
    assert!(
        !refused.covers("", "Node", None),
        "nobody knows what was refused"
    );
    let broken = complete("{apiVersion: v1, kind: Node, metadata: {name: a}}\n---\n{apiVersion: [");
    assert!(!broken.covers("", "Node", None) && broken.object("", "Node", None, "a").is_some());
}

#[test]
fn discovery_says_what_is_served() {
    let aggregated = "\
kind: APIGroupDiscoveryList
apiVersion: apidiscovery.k8s.io/v2
items:
- metadata: {name: apps}
  versions:
  - version: v1
    freshness: Current
    resources:
    - {resource: deployments, scope: Namespaced, responseKind: {group: apps, version: v1, kind: Deployment}, subresources: [{subresource: scale, responseKind: {kind: Scale}}]}
- metadata: {name: metrics.k8s.io}
  versions: [{version: v1beta1, freshness: Stale}]
";
    let group_list = "{kind: APIGroupList, apiVersion: v1, groups: [{name: apps, versions: [{groupVersion: apps/v1, version: v1}]}, {name: metrics.k8s.io, versions: [{groupVersion: metrics.k8s.io/v1beta1, version: v1beta1}]}]}\n";
    let resource_list = "{kind: APIResourceList, apiVersion: v1, groupVersion: apps/v1, resources: [{name: deployments, kind: Deployment, namespaced: true}, {name: deployments/scale, kind: Scale, namespaced: true}]}\n";
    for text in [
        aggregated.to_owned(),
        format!("{group_list}---\n{resource_list}"),
    ] {
        let snapshot = read("d.yaml", &text);
        assert_eq!(told(&snapshot), "");
        assert_eq!(serves(&snapshot, "apps", None, "Deployment"), 'S');
        assert_eq!(serves(&snapshot, "apps", Some("v1"), "Deployment"), 'S');
        assert_eq!(
            serves(&snapshot, "apps", Some("v1beta1"), "Deployment"),
            'N'
        );
        assert_eq!(
            serves(&snapshot, "apps", None, "Scale"),
            'N',
            "a subresource's kind has no objects"
        );
        assert_eq!(serves(&snapshot, "nowhere.example.com", None, "X"), 'N');
        assert_eq!(
            serves(&snapshot, "metrics.k8s.io", None, "NodeMetrics"),
            'U',
            "its discovery failed, or was not saved"
        );
        assert_eq!(
            serves(&snapshot, "metrics.k8s.io", Some("v1"), "NodeMetrics"),
            'N'
        );
        assert_eq!(
            serves(&snapshot, "", Some("v1"), "Pod"),
            'U',
            "the core group has a document of its own"
        );
    }
    let only_resources = read("d.yaml", resource_list);
    assert_eq!(serves(&only_resources, "apps", Some("v1"), "Widget"), 'N');
    assert_eq!(
        serves(&only_resources, "apps", None, "Widget"),
        'U',
        "another version may serve it"
    );
    assert_eq!(serves(&only_resources, "other", None, "Widget"), 'U');
    let core = read(
        "d.yaml",
        "{kind: APIVersions, versions: [v1]}\n---\n{kind: APIResourceList, groupVersion: v1, resources: [{name: pods, kind: Pod, namespaced: true}]}\n",
    );
    assert_eq!(
        (
            serves(&core, "", None, "Pod"),
            serves(&core, "", None, "Pood")
        ),
        ('S', 'N')
    );
    let aggregated_core = read(
        "d.yaml",
        "{kind: APIGroupDiscoveryList, items: [{metadata: {}, versions: [{version: v1, resources: [{resource: pods, scope: Namespaced, responseKind: {kind: Pod}}]}]}]}\n",
    );
    assert_eq!(
        (
            serves(&aggregated_core, "", None, "Pod"),
            serves(&aggregated_core, "", None, "Pood")
        ),
        ('S', 'N')
    );
    assert_eq!(
        serves(&aggregated_core, "apps", None, "Deployment"),
        'U',
        "only /api was saved"
    );
}

#[test]
fn without_discovery_crds_and_objects_show_what_is_served() {
    let snapshot = read("c.yaml", "\
{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: widgets.example.com}, spec: {group: example.com, scope: Cluster, names: {kind: Widget}, versions: [{name: v1, served: true}, {name: v2, served: false}]}, status: {conditions: [{type: Established, status: 'True'}]}}
---
{apiVersion: other.example.com/v1, kind: Gadget, metadata: {name: a}}
");
    assert_eq!(serves(&snapshot, "example.com", None, "Widget"), 'S');
    assert_eq!(serves(&snapshot, "example.com", Some("v1"), "Widget"), 'S');
    assert_eq!(serves(&snapshot, "example.com", Some("v2"), "Widget"), 'U');
    assert_eq!(
        serves(&snapshot, "other.example.com", Some("v1"), "Gadget"),
        'S'
    );
    assert_eq!(
        serves(&snapshot, "example.com", None, "Sprocket"),
        'U',
        "that nothing shows it proves nothing"
    );
}

#[test]
fn copies_of_one_object() {
    let same = read(
        "c.yaml",
        "{apiVersion: v1, kind: Node, metadata: {name: a}}\n---\n{apiVersion: v1, kind: Node, metadata: {name: a}}\n",
    );
    assert_eq!(
        (told(&same), same.objects("", "Node").count()),
        (String::new(), 1)
    );
    let versions = read(
        "c.yaml",
        "{apiVersion: x.io/v1, kind: W, metadata: {name: a}}\n---\n{apiVersion: x.io/v2, kind: W, metadata: {name: a}}\n",
    );
    assert_eq!(
        (told(&versions), versions.objects("x.io", "W").count()),
        (String::new(), 2)
    );
}

#[test]
fn what_is_said_about_the_rest() {
    let texts = [
        (
            "c.yaml",
            "{apiVersion: v1, kind: Node, metadata: {name: a}}\n---\n{apiVersion: v1, kind: Node, metadata: {name: a}, spec: {}}\n",
        ),
        (
            "c.yaml",
            "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Node, metadata: {name: a}}\n- {apiVersion: v1, kind: Node}\n- {apiVersion: v1}\n- {kind: Node, metadata: {name: b}}\n- x\n- {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: 5}}\n",
        ),
        (
            "c.yaml",
            "{apiVersion: v1, kind: Pod, metadata: {name: \"a\\u202eb\"}}\n",
        ),
        (
            "c.yaml",
            "{kind: Status, apiVersion: v1, status: Failure, code: 403}\n",
        ),
        ("c.yaml", "{clientVersion: {gitVersion: v1.34.0}}\n"),
        (
            "c.yaml",
            "serverVersion: {gitVersion: v1.33.1}\n---\nserverVersion: {gitVersion: v1.33.2}\n",
        ),
        (
            "c.yaml",
            "{kind: APIGroupList, groups: [{versions: []}]}\n---\n{kind: APIResourceList, groupVersion: v1}\n---\n{kind: APIGroupDiscoveryList, items: [{metadata: {name: a}, versions: [{}]}]}\n",
        ),
        ("c.yaml", "a: [\n"),
        ("c.json", "{\"apiVersion\": \"v1\",\n \"kind\": }\n"),
        ("c.json", "{\"items\": [\n"),
        ("c.txt", "{\"apiVersion\": \"v1\",,}\n"),
        ("c.txt", "just words\n"),
    ];
    let lines: Vec<String> = texts
        .iter()
        .map(|(path, text)| told(&read(path, text)))
        .collect();
    insta::assert_snapshot!(lines.join("\n\n"), @r#"
    c.yaml:3:1: error[snapshot.contradiction]: Node/a is here twice, and the two differ

    c.yaml:5:3: error[snapshot.identity]: this Node has no `metadata.name`, and is left out
    c.yaml:6:3: error[snapshot.identity]: this object has no `kind`, and is left out
    c.yaml:7:3: error[snapshot.identity]: this object has no `apiVersion`, and is left out
    c.yaml:8:3: error[snapshot.document]: a snapshot holds Kubernetes objects, and this is none
    c.yaml:9:3: error[snapshot.identity]: this Pod has no `metadata.namespace`, and is left out

    error[snapshot.identity]: Pod/a\u{202e}b has no `metadata.namespace`, and is left out

    c.yaml:1:1: warning[snapshot.status]: this is an API server's refusal, not an object: the snapshot covers nothing because of it

    c.yaml:1:1: note[snapshot.version]: this says kubectl's own version, not the cluster's

    c.yaml:3:1: error[snapshot.version]: the cluster's version is said to be "v1.33.2", and elsewhere to be another

    c.yaml:1:1: warning[snapshot.discovery]: this APIGroupList has no readable `name`, so that what it lacks may be served all the same
    c.yaml:3:1: warning[snapshot.discovery]: this APIResourceList has no readable `resources`, so that what it lacks may be served all the same
    c.yaml:5:1: warning[snapshot.discovery]: this APIGroupDiscoveryList has no readable `items[].versions[].version`, so that what it lacks may be served all the same

    c.yaml:1:4: error[yaml.syntax]: this is not YAML: unclosed bracket '['

    c.json:2:10: error[json.syntax]: this is not JSON: expected value

    c.json:2:1: error[json.syntax]: this is not JSON: EOF while parsing a list

    c.txt:1:21: error[json.syntax]: this is not JSON: key must be a string

    c.txt:1:1: error[snapshot.document]: a snapshot holds Kubernetes objects, and this is none
    "#);
}

#[test]
fn a_file_without_objects_is_no_empty_cluster() {
    for text in ["", "# nothing\n---\n", "\n\n"] {
        let file = SourceFile::new("empty.yaml", text);
        let snapshot = Snapshot::builder().read(&file, &Limits::snapshot()).build();
        let codes: Vec<&str> = snapshot.diagnostics().iter().map(|d| d.code()).collect();
        assert_eq!(codes, ["snapshot.empty"], "{text:?}");
        assert!(!snapshot.covers("", "Pod", None));
    }
}
