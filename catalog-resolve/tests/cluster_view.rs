//! What a cluster's answers to conditions do to a resolution: releases fall out with a reason, or wait for others.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::conditions::snapshot::Snapshot;
use catalog_model::document::Limits;
use catalog_model::version::VersionRange;
use catalog_model::{Catalog, LoadOptions, MemorySource, SourceFile, load};
use catalog_resolve::{ClusterView, Item, Outcome, Request, resolve};
use serde_json::json;

const CRD: &str = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec: {group: example.com, names: {kind: Widget, plural: widgets}, scope: Namespaced, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}
";

/// A catalog of `(package/version, lines below name and version, conditions)`.
fn catalog(releases: &[(&str, &str, &str)], files: &[(&str, &str)]) -> Catalog {
    let mut source = MemorySource::new();
    for (release, metadata, conditions) in releases {
        let (package, version) = release.split_once('/').unwrap();
        source.insert(
            format!("{release}/metadata.yaml"),
            format!("name: {package}\nversion: {version}\n{metadata}"),
        );
        if !conditions.is_empty() {
            source.insert(
                format!("{release}/conditions/c.yaml"),
                format!("conditions:\n{conditions}"),
            );
        }
    }
    for (path, text) in files {
        source.insert(*path, *text);
    }
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics());
    loaded.into_catalog()
}

/// A cluster of version 1.30 that serves only what Kubernetes itself does, and the documents given.
fn cluster(documents: &str) -> Snapshot {
    let discovery = "kind: APIGroupDiscoveryList\napiVersion: apidiscovery.k8s.io/v2\nitems:\n- metadata: {name: apps}\n  versions: [{version: v1, resources: [{resource: deployments, responseKind: {group: apps, version: v1, kind: Deployment}, scope: Namespaced, verbs: [get]}]}]\n";
    let file = SourceFile::new("cluster.yaml", format!("{discovery}---\n{documents}"));
    Snapshot::builder()
        .server_version("v1.30.2")
        .read(&file, &Limits::snapshot())
        .complete()
        .build()
}

/// The releases of the answer, and its deferred conditions; or the explanation.
fn answer(view: &ClusterView, request: Request) -> String {
    match resolve(view.universe(), &view.request(request)) {
        Outcome::Resolved(resolution) => {
            let lines = resolution.releases().iter().map(|release| {
                let deferred = view.deferred(release.package(), release.version()).iter();
                let waits: String = deferred
                    .map(|d| format!(" (\"{}\" waits for {})", d.condition(), d.needs()))
                    .collect();
                format!("{} {}{waits}\n", release.package(), release.version())
            });
            lines.collect()
        }
        Outcome::Conflict(conflict) => conflict.explain().text(),
        other => panic!("{other:?}"),
    }
}

fn install(package: &str) -> Request {
    Request::new().install(package, "*").unwrap()
}

#[test]
fn a_closed_gate_excludes_with_its_reason() {
    let releases = [
        ("loki/2.0.0", "", ""),
        ("loki/3.0.0", "system: {kubernetes: '>=1.31'}\n", ""),
        (
            "app/1.0.0",
            "dependencies: [{name: loki, version: '>=3'}]\n",
            "",
        ),
    ];
    let catalog = catalog(&releases, &[]);
    let view = ClusterView::on(&catalog, &cluster(""), "default");
    assert_eq!(answer(&view, install("loki")), "loki 2.0.0\n");
    let explanation = answer(&view, install("app"));
    for part in [
        "app 1.0.0 needs loki",
        "loki 3.0.0 is excluded",
        "\"system.kubernetes\" is not satisfied",
        "v1.30.2",
    ] {
        assert!(
            explanation.contains(part),
            "{part} is not in\n{explanation}"
        );
    }
    let blind = ClusterView::without_cluster(&catalog);
    assert_eq!(
        answer(&blind, install("loki")),
        "loki 3.0.0\n",
        "nothing is excluded where nothing is known"
    );
    let Outcome::Resolved(resolution) = resolve(blind.universe(), &blind.request(install("app")))
    else {
        panic!()
    };
    assert_eq!(
        blind.not_evaluated(&resolution).collect::<Vec<_>>(),
        [("loki", 1)]
    );
}

#[test]
fn conditions_that_depend_on_parameters_are_asked_with_those_of_their_release() {
    let condition = |version| {
        format!(
            "- {{when: {{parameter: m.tls, op: eq, value: true}}, target: {{kubeVersion: {{}}}}, op: range, value: '>={version}'}}\n"
        )
    };
    let (old, new) = (condition("1.20"), condition("1.31"));
    let catalog = catalog(
        &[
            ("p/1.0.0", "", &old),
            ("p/2.0.0", "", &new),
            ("q/1.0.0", "", &new),
        ],
        &[],
    );
    let cluster = cluster("");
    let with = |tls: Option<bool>| {
        let view = ClusterView::on_with(&catalog, &cluster, "default", &|release, context| match (
            tls,
            release.package().as_str(),
        ) {
            (Some(tls), "p") => context.with_parameters(json!({"m": {"tls": tls}})),
            _ => context,
        });
        (answer(&view, install("p")), answer(&view, install("q")))
    };
    assert_eq!(with(Some(true)).0, "p 1.0.0\n");
    assert_eq!(with(Some(false)).0, "p 2.0.0\n");
    for explanation in [with(None).0, with(Some(true)).1] {
        assert!(
            explanation.contains("condition.unknown.no-parameters"),
            "who does not say the parameters gets no answer: {explanation}"
        );
    }
}

#[test]
fn unknown_excludes_unless_its_author_says_otherwise() {
    let question = "target: {apiVersion: v1, kind: ConfigMap, name: a, namespace: b}, op: exists";
    for (more, expected) in [
        ("", "p 1.0.0\n"),
        (", onUnknown: warn", "p 2.0.0\n"),
        (", severity: warning", "p 2.0.0\n"),
    ] {
        let conditions = format!("- {{{question}{more}}}\n");
        let catalog = catalog(&[("p/1.0.0", "", ""), ("p/2.0.0", "", &conditions)], &[]);
        let nothing_covered = Snapshot::builder().server_version("v1.30.2").build();
        assert_eq!(
            answer(
                &ClusterView::on(&catalog, &nothing_covered, "default"),
                install("p")
            ),
            expected,
            "{more}"
        );
    }
}

#[test]
fn what_the_catalog_can_bring_becomes_a_requirement() {
    let operator = [("operator/1.0.0/definitions/crd.yaml", CRD)];
    for (question, waits_for) in [
        (
            "{apiAvailable: {group: example.com, version: v1, kind: Widget}}",
            "API example.com/v1/Widget",
        ),
        (
            "{apiAvailable: {group: example.com, kind: Widget}}",
            "API example.com/Widget",
        ),
        (
            "{crd: {name: widgets.example.com}}",
            "CRD widgets.example.com",
        ),
    ] {
        let conditions = format!("- {{name: widgets, target: {question}}}\n");
        let catalog = catalog(
            &[("app/1.0.0", "", &conditions), ("operator/1.0.0", "", "")],
            &operator,
        );
        let view = ClusterView::on(&catalog, &cluster(""), "default");
        assert_eq!(
            answer(&view, install("app")),
            format!("app 1.0.0 (\"widgets\" waits for {waits_for})\noperator 1.0.0\n")
        );
        let there = CRD.to_owned()
            + "status: {conditions: [{type: Established, status: 'True'}], storedVersions: [v1]}\n";
        // Without discovery documents, an established CRD says what is served.
        let file = SourceFile::new("cluster.yaml", there);
        let there = Snapshot::builder()
            .read(&file, &Limits::snapshot())
            .complete()
            .build();
        let view = ClusterView::on(&catalog, &there, "default");
        assert_eq!(
            answer(&view, install("app")),
            "app 1.0.0\n",
            "{question}: the cluster has it"
        );
    }
}

#[test]
fn what_nobody_can_bring_excludes() {
    let missing = "- {name: widgets, target: {apiAvailable: {group: example.com, version: v2, kind: Widget}}}\n";
    let operator = [("operator/1.0.0/definitions/crd.yaml", CRD)];
    let catalog = catalog(
        &[("app/1.0.0", "", missing), ("operator/1.0.0", "", "")],
        &operator,
    );
    let explanation = answer(
        &ClusterView::on(&catalog, &cluster(""), "default"),
        install("app"),
    );
    assert!(
        explanation.contains("app 1.0.0 is excluded: condition \"widgets\" is not satisfied"),
        "{explanation}"
    );
}

#[test]
fn what_does_not_close_the_gate_is_no_requirement() {
    let note = "- {name: widgets, severity: note, target: {crd: {name: widgets.example.com}}}\n";
    let inside = "- {name: widgets, any: [{target: {crd: {name: widgets.example.com}}}, {target: {kubeVersion: {}}, op: ge, value: '1.20'}]}\n";
    for conditions in [note, inside] {
        let catalog = catalog(
            &[("app/1.0.0", "", conditions), ("operator/1.0.0", "", "")],
            &[("operator/1.0.0/definitions/crd.yaml", CRD)],
        );
        assert_eq!(
            answer(
                &ClusterView::on(&catalog, &cluster(""), "default"),
                install("app")
            ),
            "app 1.0.0\n",
            "{conditions}"
        );
    }
}

#[test]
fn conditions_of_a_namespaced_package_ask_about_where_it_goes() {
    let conditions = "- {target: {apiVersion: v1, kind: ConfigMap, name: a, namespace: $namespace}, op: exists}\n";
    let catalog = catalog(
        &[
            ("p/1.0.0", "", ""),
            ("p/2.0.0", "", conditions),
            ("q/1.0.0", "scope: namespace\n", conditions),
        ],
        &[],
    );
    let there = |namespace: &str| {
        cluster(&format!(
            "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: a, namespace: {namespace}}}}}\n"
        ))
    };
    assert_eq!(
        answer(&ClusterView::on(&catalog, &there("p"), "web"), install("p")),
        "p 2.0.0\n",
        "a cluster-wide package has its own place"
    );
    assert_eq!(
        answer(
            &ClusterView::on(&catalog, &there("web"), "web"),
            install("q")
        ),
        "q 1.0.0\n"
    );
    assert!(
        answer(&ClusterView::on(&catalog, &there("p"), "web"), install("q")).contains("excluded")
    );
}

#[test]
fn releases_that_ship_one_object_differently_are_not_together() {
    let other = CRD.replace("v1,", "v1beta1,");
    let files = [
        ("a/1.0.0/definitions/crd.yaml", CRD),
        ("b/1.0.0/definitions/crd.yaml", other.as_str()),
        ("c/1.0.0/definitions/crd.yaml", CRD),
    ];
    let catalog = catalog(
        &[
            ("a/1.0.0", "", ""),
            ("b/1.0.0", "", ""),
            ("c/1.0.0", "", ""),
        ],
        &files,
    );
    let view = ClusterView::without_cluster(&catalog);
    let both = |first, second| {
        Request::new()
            .install(first, "*")
            .unwrap()
            .install(second, "*")
            .unwrap()
    };
    assert_eq!(answer(&view, both("a", "c")), "a 1.0.0\nc 1.0.0\n");
    let explanation = answer(&view, both("a", "b"));
    assert!(explanation.contains("widgets.example.com"), "{explanation}");
}

#[test]
fn only_what_satisfies_the_condition_counts_as_brought() {
    let operator = [("operator/1.0.0/definitions/crd.yaml", CRD)];
    for question in [
        "{target: {crd: {name: widgets.example.com, served: v2}}}",
        "{target: {apiAvailable: {group: example.com, version: v2, kind: Widget}}}",
        "{target: {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, name: widgets.example.com, fieldPath: 'spec.versions[0].name'}, op: eq, value: v2}",
        "{target: {apiVersion: example.com/v1, kind: Widget, name: main, namespace: a, fieldPath: spec.replicas}, op: eq, value: 3}",
    ] {
        let conditions = format!("- {question}\n");
        let catalog = catalog(
            &[("app/1.0.0", "", &conditions), ("operator/1.0.0", "", "")],
            &operator,
        );
        let explanation = answer(
            &ClusterView::on(&catalog, &cluster(""), "default"),
            install("app"),
        );
        assert!(
            explanation.contains("app 1.0.0 is excluded"),
            "{question}: {explanation}"
        );
    }
    let first = "- {target: {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, name: widgets.example.com, fieldPath: 'spec.versions[0].name'}, op: eq, value: v1}\n";
    let catalog = catalog(
        &[("app/1.0.0", "", first), ("operator/1.0.0", "", "")],
        &operator,
    );
    // A real cluster serves CRDs, so that only the object is absent.
    let empty = Snapshot::builder().complete().build();
    let view = ClusterView::on(&catalog, &empty, "default");
    assert!(
        answer(&view, install("app")).ends_with("operator 1.0.0\n"),
        "the design's own condition"
    );
}

#[test]
fn nobody_brings_what_its_own_conditions_ask_for() {
    let conditions = "- {target: {crd: {name: widgets.example.com}}}\n";
    let catalog = catalog(
        &[("app/1.0.0", "", conditions)],
        &[("app/1.0.0/definitions/crd.yaml", CRD)],
    );
    let explanation = answer(
        &ClusterView::on(&catalog, &cluster(""), "default"),
        install("app"),
    );
    assert!(
        explanation.contains("app 1.0.0 is excluded"),
        "{explanation}"
    );
}

#[test]
fn a_request_goes_to_the_home_that_was_asked_about() {
    let catalog = catalog(&[("q/1.0.0", "scope: namespace\n", "")], &[]);
    let view = ClusterView::on(&catalog, &cluster(""), "web");
    let Outcome::Resolved(resolution) = resolve(view.universe(), &view.request(install("q")))
    else {
        panic!()
    };
    assert_eq!(resolution.releases()[0].namespace(), "web");
}

#[test]
fn an_exclusion_is_not_a_matter_of_spelling() {
    let catalog = catalog(&[("p/v1.0", "", ""), ("p/0.9.0", "", "")], &[]);
    let view = ClusterView::without_cluster(&catalog);
    assert_eq!(answer(&view, install("p")), "p v1.0\n");
    assert_eq!(
        answer(&view, install("p").exclude("p", "1.0.0", "policy")),
        "p 0.9.0\n"
    );
    assert_eq!(
        answer(&view, install("p").exclude("p", "1.0.1", "policy")),
        "p v1.0\n"
    );
}

const CONFIG: &str =
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: config}, data: {of: PLACE}}";

/// What comes of asking for `a` and `b`, where `b` ships this.
fn beside(object: &str) -> String {
    let a = CONFIG.replace("PLACE", "a");
    let files = [
        ("a/1.0.0/definitions/c.yaml", a.as_str()),
        ("b/1.0.0/definitions/c.yaml", object),
    ];
    let catalog = catalog(&[("a/1.0.0", "", ""), ("b/1.0.0", "", "")], &files);
    let view = ClusterView::without_cluster(&catalog);
    let request = Request::new().install("a", "*").unwrap();
    answer(&view, request.install("b", "*").unwrap())
}

#[test]
fn objects_of_one_name_stand_in_the_namespaces_of_their_packages() {
    let b = CONFIG.replace("PLACE", "b");
    assert_eq!(beside(&b), "a 1.0.0\nb 1.0.0\n");
    let in_a = b.replace("name: config", "name: config, namespace: a");
    let told = beside(&in_a);
    assert!(
        told.contains("ships ConfigMap/a/config with other content"),
        "{told}"
    );
    let everywhere = "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: config}, rules: []}";
    assert_eq!(beside(everywhere), "a 1.0.0\nb 1.0.0\n");
}

/// What comes of asking for two packages of scope `namespace`, each in a namespace; both ship a ConfigMap of one name that names no namespace.
fn in_namespaces(one: (&str, &str), other: (&str, &str)) -> String {
    let config = |of: &str| CONFIG.replace("PLACE", of);
    let files = ["a/1.0.0", "b/1.0.0", "b/2.0.0"].map(|release| {
        let path = format!("{release}/definitions/c.yaml");
        (path, config(release))
    });
    let files = files
        .each_ref()
        .map(|(path, text)| (path.as_str(), text.as_str()));
    let scoped = "scope: namespace\n";
    let releases = ["a/1.0.0", "b/1.0.0", "b/2.0.0"].map(|release| (release, scoped, ""));
    let catalog = catalog(&releases, &files);
    let view = ClusterView::without_cluster(&catalog);
    let request = [one, other]
        .into_iter()
        .fold(Request::new(), |request, (package, namespace)| {
            let (package, range) = package.split_once('@').unwrap_or((package, "*"));
            let range = VersionRange::parse(range).unwrap();
            request.item(Item::new(package, range).namespace(namespace))
        });
    answer(&view, request)
}

#[test]
fn objects_of_packages_of_scope_namespace_stand_where_their_instances_do() {
    assert_eq!(
        in_namespaces(("a", "dev"), ("b", "prod")),
        "a 1.0.0\nb 2.0.0\n"
    );
    let told = in_namespaces(("a", "dev"), ("b", "dev"));
    assert!(
        told.contains("ships ConfigMap/dev/config with other content"),
        "{told}"
    );
    // Two instances of one package, which need not be of one version.
    let told = in_namespaces(("b@1.0.0", "dev"), ("b@2.0.0", "prod"));
    assert_eq!(told, "b 1.0.0\nb 2.0.0\n");
}

#[test]
fn an_object_outside_namespaces_is_one_whoever_ships_it() {
    let role = |verb: &str| {
        format!(
            "{{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {{name: r}}, rules: [{{apiGroups: [''], resources: [pods], verbs: [{verb}]}}]}}"
        )
    };
    let (get, list) = (role("get"), role("list"));
    let files = [
        ("a/1.0.0/definitions/c.yaml", get.as_str()),
        ("b/1.0.0/definitions/c.yaml", list.as_str()),
    ];
    let catalog = catalog(&[("a/1.0.0", "", ""), ("b/1.0.0", "", "")], &files);
    let view = ClusterView::without_cluster(&catalog);
    let request = Request::new().install("a", "*").unwrap();
    let told = answer(&view, request.install("b", "*").unwrap());
    assert!(
        told.contains("ships ClusterRole.rbac.authorization.k8s.io/r with other content"),
        "{told}"
    );
}

/// What comes of asking for `a` and `b`, of scope `namespace`, in these namespaces, each of which ships this; and for what else there is.
fn of_scope_namespace(one: (&str, &str), other: (&str, &str), beside: &[(&str, &str)]) -> String {
    let files = [
        ("a/1.0.0/definitions/c.yaml", one.1),
        ("b/1.0.0/definitions/c.yaml", other.1),
    ];
    let scoped = "scope: namespace\n";
    let mut releases = vec![("a/1.0.0", scoped, ""), ("b/1.0.0", scoped, "")];
    releases.extend(beside.iter().map(|(release, _)| (*release, "", "")));
    let paths = beside
        .iter()
        .map(|(release, _)| format!("{release}/definitions/c.yaml"));
    let paths: Vec<String> = paths.collect();
    let beside = paths
        .iter()
        .zip(beside)
        .map(|(path, (_, text))| (path.as_str(), *text));
    let files: Vec<(&str, &str)> = files.into_iter().chain(beside).collect();
    let catalog = catalog(&releases, &files);
    let view = ClusterView::without_cluster(&catalog);
    let of = |package, namespace| Item::new(package, VersionRange::any()).namespace(namespace);
    answer(
        &view,
        Request::new().item(of("a", one.0)).item(of("b", other.0)),
    )
}

/// The namespace that an object gets anyway makes it no other one when it is written.
#[test]
fn an_object_that_names_the_namespace_of_its_instance_is_what_one_is_that_does_not() {
    let config = |name: &str, of: &str| {
        let config = CONFIG.replace("name: config", name);
        config.replace("PLACE", of)
    };
    let bare = config("name: config", "both");
    let named = config("name: config, namespace: dev", "both");
    let both = "a 1.0.0\nb 1.0.0\n";
    assert_eq!(
        of_scope_namespace(("dev", &bare), ("dev", &named), &[]),
        both
    );
    assert_eq!(
        of_scope_namespace(("dev", &named), ("prod", &named), &[]),
        both
    );
    let other = config("name: config, namespace: dev", "b");
    let told = of_scope_namespace(("dev", &bare), ("dev", &other), &[]);
    assert!(
        told.contains("ships ConfigMap/dev/config with other content"),
        "{told}"
    );
    let labelled = config("name: config, namespace: dev, labels: {of: b}", "both");
    let told = of_scope_namespace(("dev", &bare), ("dev", &labelled), &[]);
    assert!(
        told.contains("ships ConfigMap/dev/config with other content"),
        "{told}"
    );
}

/// Where the objects of a kind stand that is not Kubernetes' own, its CRD says.
#[test]
fn custom_resources_stand_where_the_catalog_says_that_their_kind_does() {
    let widget = |name: &str, of: &str| {
        format!(
            "{{apiVersion: example.com/v1, kind: Widget, metadata: {{{name}}}, spec: {{of: {of}}}}}"
        )
    };
    let (a, b) = (widget("name: one", "a"), widget("name: one", "b"));
    let both = "a 1.0.0\nb 1.0.0\n";
    let in_two = |beside: &[(&str, &str)]| of_scope_namespace(("dev", &a), ("prod", &b), beside);
    assert_eq!(in_two(&[("crds/1.0.0", CRD)]), both);
    let told = of_scope_namespace(("dev", &a), ("dev", &b), &[("crds/1.0.0", CRD)]);
    assert!(
        told.contains("ships Widget.example.com/dev/one with other content"),
        "{told}"
    );
    let conflict = "ships Widget.example.com/one with other content";
    let cluster_wide = CRD.replace("Namespaced", "Cluster");
    let told = in_two(&[("crds/1.0.0", cluster_wide.as_str())]);
    assert!(told.contains(conflict), "{told}");
    // Such an object is one, whatever namespace is written on it.
    let named = widget("name: one, namespace: dev", "b");
    let beside = [("crds/1.0.0", cluster_wide.as_str())];
    let told = of_scope_namespace(("dev", &a), ("prod", &named), &beside);
    assert!(told.contains(conflict), "{told}");
    // Nobody says, or there are two opinions: then it is told apart by its name alone.
    assert!(in_two(&[]).contains(conflict));
    let told = in_two(&[("crds/1.0.0", CRD), ("crds/2.0.0", cluster_wide.as_str())]);
    assert!(told.contains(conflict), "{told}");
}
