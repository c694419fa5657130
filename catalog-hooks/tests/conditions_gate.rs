//! The conditions of a plan: pinned as they are written, and asked of a cluster each time.
#![cfg(feature = "simulator")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::cell::RefCell;

use catalog_hooks::api::Request;
use catalog_hooks::module::ManifestsRenderer;
use catalog_hooks::plan::{OperationInput, OperationOptions, PinnedPlan, PlannedOperation};
use catalog_hooks::simulator::FakeCluster;
use catalog_hooks::{Cluster, ConditionsGate, Gate, OperationContext, Timestamp};
use catalog_model::conditions::Snapshot;
use catalog_model::conditions::snapshot::{FailureKind, ReadFailure};
use catalog_model::version::Version;
use catalog_model::{LoadOptions, MemorySource, Operation, PackageName, load};
use serde_json::json;

const METADATA: &str = "name: shop\nversion: 1.0.0\nsystem: {kubernetes: '>=1.30'}\n";
const CONDITIONS: &str = "conditions:
- target: {apiVersion: v1, kind: ConfigMap, name: platform, namespace: kube-system, fieldPath: data.tier}
  message: ask the platform team
  op: eq
  value: gold
- name: the namespace is ours
  target: {apiVersion: v1, kind: ConfigMap, name: foreign, namespace: $namespace}
  op: notExists
- name: routes are served
  when: {parameter: route, op: eq, value: true}
  target: {apiAvailable: {group: gateway.networking.k8s.io, kind: HTTPRoute}}
";

fn source() -> MemorySource {
    MemorySource::from_iter([
        ("shop/1.0.0/metadata.yaml", METADATA),
        ("shop/1.0.0/conditions/cluster.yaml", CONDITIONS),
    ])
}

/// A plan as a resumed run reads it, without a catalog.
fn plan() -> PinnedPlan {
    let source = source();
    let catalog = load(&source, &LoadOptions::default())
        .unwrap()
        .into_catalog();
    let version = Version::parse("1.0.0").unwrap();
    let release = catalog.release("shop", &version);
    let operation = Operation::install(PackageName::parse("shop").unwrap(), version, "store");
    let (planned, _) = PlannedOperation::new(OperationInput {
        operation: &operation,
        context: &OperationContext::new("run", "release").unwrap(),
        from: None,
        to: release,
        installed: None,
        record: None,
        others: &[],
        renderer: &ManifestsRenderer::new(&source),
        level: 0,
        options: OperationOptions::default(),
    })
    .unwrap();
    assert_eq!(&planned.conditions(), release.unwrap().conditions());
    let plan = PinnedPlan::new("run", "catalog-system", vec![planned]).unwrap();
    let again = PinnedPlan::parse(&plan.to_text()).unwrap();
    assert_eq!(again, plan);
    again
}

/// A plan that installs these packages of a catalog, one after the other.
fn plan_of(source: &MemorySource, packages: &[&str]) -> PinnedPlan {
    let catalog = load(source, &LoadOptions::default()).unwrap();
    let catalog = catalog.into_catalog();
    let version = Version::parse("1.0.0").unwrap();
    let planned = packages.iter().enumerate().map(|(level, package)| {
        let name = PackageName::parse(package).unwrap();
        let operation = Operation::install(name, version.clone(), *package);
        let context = OperationContext::new("run", *package).unwrap();
        let input = OperationInput {
            operation: &operation,
            context: &context,
            from: None,
            to: catalog.release(package, &version),
            installed: None,
            record: None,
            others: &[],
            renderer: &ManifestsRenderer::new(source),
            level,
            options: OperationOptions::default(),
        };
        PlannedOperation::new(input).unwrap().0
    });
    let plan = PinnedPlan::new("run", "catalog-system", planned.collect()).unwrap();
    PinnedPlan::parse(&plan.to_text()).unwrap()
}

#[test]
fn what_an_earlier_operation_brings_is_asked_for_at_its_own_turn() {
    let crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]\n";
    let asks = |kind: &str| {
        format!(
            "conditions:\n- name: served\n  target: {{apiAvailable: {{group: example.com, version: v1, kind: {kind}}}}}\n"
        )
    };
    let source = MemorySource::from_iter([
        (
            "operator/1.0.0/metadata.yaml",
            "name: operator\nversion: 1.0.0\n".to_owned(),
        ),
        ("operator/1.0.0/definitions/widgets.yaml", crd.to_owned()),
        (
            "app/1.0.0/metadata.yaml",
            "name: app\nversion: 1.0.0\n".to_owned(),
        ),
        ("app/1.0.0/conditions/apis.yaml", asks("Widget")),
        (
            "odd/1.0.0/metadata.yaml",
            "name: odd\nversion: 1.0.0\n".to_owned(),
        ),
        ("odd/1.0.0/conditions/apis.yaml", asks("Gadget")),
    ]);
    let cluster = RefCell::new(FakeCluster::new(Timestamp::from_millis(1_790_000_000_000)));
    let read = |requirements: &_| cluster.borrow().snapshot(requirements);
    let plan = plan_of(&source, &["operator", "app", "odd"]);
    let mut gate = ConditionsGate::new(&plan, read);
    assert_eq!(gate.evaluate_ahead(1).unwrap(), Vec::<String>::new());
    assert_eq!(gate.evaluate(1).unwrap().len(), 1);
    // Nobody brings this one, and nobody brings the other in time.
    assert_eq!(gate.evaluate_ahead(2).unwrap().len(), 1);
    let other_way_round = plan_of(&source, &["app", "operator"]);
    let mut early = ConditionsGate::new(&other_way_round, read);
    assert_eq!(early.evaluate_ahead(0).unwrap().len(), 1);

    let definition = plan.operations()[0].target().unwrap().definitions()[0].clone();
    let applied = Request::Apply {
        object: definition,
        force: true,
        dry_run: false,
    };
    cluster.borrow_mut().call(&applied).unwrap();
    cluster
        .borrow_mut()
        .advance(std::time::Duration::from_secs(1));
    assert_eq!(gate.evaluate(1).unwrap(), Vec::<String>::new());
}

#[test]
fn parameters_are_pinned_with_the_plan() {
    let planned = plan().operations()[0].clone();
    let planned = planned.with_parameters(json!({"route": false}));
    let plan = PinnedPlan::new("run", "catalog-system", vec![planned]).unwrap();
    let again = PinnedPlan::parse(&plan.to_text()).unwrap();
    assert_eq!(again, plan);
    let mut cluster = FakeCluster::new(Timestamp::from_millis(1_790_000_000_000));
    cluster
        .call(&config_map("kube-system", "platform", "gold"))
        .unwrap();
    let read = |requirements: &_| cluster.snapshot(requirements);
    let mut gate = ConditionsGate::new(&again, read);
    assert_eq!(gate.evaluate(0).unwrap(), Vec::<String>::new());
}

fn config_map(namespace: &str, name: &str, tier: &str) -> Request {
    let metadata = json!({"name": name, "namespace": namespace});
    let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"tier": tier}});
    Request::Apply {
        object,
        force: true,
        dry_run: false,
    }
}

#[test]
fn what_does_not_hold_is_told_with_what_to_do() {
    let cluster = RefCell::new(FakeCluster::new(Timestamp::from_millis(1_790_000_000_000)));
    let read = |requirements: &_| cluster.borrow().snapshot(requirements);
    let mut gate =
        ConditionsGate::new(&plan(), read).with_parameters(0, json!({"route": false, "tier": "x"}));
    let shut = gate.evaluate(0).unwrap();
    let expected = "\"cluster[0]\" is not satisfied (ConfigMap/kube-system/platform (v1), field data.tier, expected eq \"gold\" (string), actual absent): ask the platform team";
    assert_eq!(shut, [expected]);

    let call = |request| cluster.borrow_mut().call(&request).unwrap();
    call(config_map("kube-system", "platform", "gold"));
    assert_eq!(gate.evaluate(0).unwrap(), Vec::<String>::new());

    // It is asked anew each time.
    cluster.borrow_mut().add_namespace("store");
    call(config_map("store", "foreign", "none"));
    cluster.borrow_mut().set_server_version("v1.29.3");
    let shut = gate.evaluate(0).unwrap().join("\n");
    assert!(shut.contains("\"the namespace is ours\" is not"), "{shut}");
    assert!(shut.contains("\"system.kubernetes\" is not"), "{shut}");
    assert_eq!(gate.evaluate(1).unwrap().len(), 1);
}

#[test]
fn what_depends_on_parameters_needs_them() {
    let mut cluster = FakeCluster::new(Timestamp::from_millis(1_790_000_000_000));
    cluster
        .call(&config_map("kube-system", "platform", "gold"))
        .unwrap();
    let read = |requirements: &_| cluster.snapshot(requirements);
    let shut = ConditionsGate::new(&plan(), read).evaluate(0).unwrap();
    assert!(shut[0].contains("\"routes are served\" could not be evaluated"));
    let gate = ConditionsGate::new(&plan(), read);
    let shut = gate
        .with_parameters(0, json!({"route": true}))
        .evaluate(0)
        .unwrap();
    assert!(shut[0].contains("\"routes are served\" is not satisfied"));
}

#[test]
fn a_server_that_does_not_answer_is_asked_again() {
    let failure = || ReadFailure::new(FailureKind::Unavailable, "GET /api/v1: 503");
    let read = |_: &_| {
        Snapshot::builder()
            .server_version("v1.36.2")
            .complete()
            .read_failed(
                "",
                "ConfigMap",
                Some("kube-system"),
                Some("platform"),
                failure(),
            )
            .build()
    };
    let gate = ConditionsGate::new(&plan(), read);
    let mut gate = gate.with_parameters(0, json!({"route": false}));
    let failure = gate.evaluate(0).unwrap_err();
    assert!(failure.may_pass());
    assert!(
        failure.message().contains("GET /api/v1: 503"),
        "{}",
        failure.message()
    );
}
