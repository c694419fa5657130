//! Whole operations on a real server.

use catalog_hooks::Outcome;
use catalog_model::Operation;

use crate::runner::{Runner, Script, catalog, global, observability, package, version};

const CRD: &str = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: carts.shop.example.com}
spec:
  group: shop.example.com
  scope: Namespaced
  names: {kind: Cart, plural: carts}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
";
const CART: &str =
    "apiVersion: shop.example.com/v1\nkind: Cart\nmetadata: {name: first}\nspec: {size: 1}\n";

fn hook(phase: &str, name: &str) -> String {
    format!(
        "{phase}:\n- name: {name}\n  timeout: 1m\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec:\n      template:\n        spec:\n          containers:\n          - {{name: main, image: 'main:v1'}}\n"
    )
}

fn config_map(name: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{a: b}}\n")
}

/// Two versions of a shop: the second has another ConfigMap.
fn shop() -> catalog_model::Catalog {
    let hooks: String = [
        "pre-install",
        "post-install",
        "pre-upgrade",
        "post-upgrade",
        "pre-rollback",
        "post-rollback",
        "pre-uninstall",
        "post-uninstall",
    ]
    .map(|phase| hook(phase, &format!("{phase}-check")))
    .concat();
    catalog(&[
        ("shop/1.0.0/metadata.yaml", "name: shop\nversion: 1.0.0\n"),
        ("shop/1.0.0/definitions/crd.yaml", CRD),
        ("shop/1.0.0/definitions/cart.yaml", CART),
        ("shop/1.0.0/definitions/old.yaml", &config_map("old")),
        ("shop/1.0.0/hooks/all.yaml", &hooks),
        ("shop/2.0.0/metadata.yaml", "name: shop\nversion: 2.0.0\n"),
        ("shop/2.0.0/definitions/crd.yaml", CRD),
        ("shop/2.0.0/definitions/new.yaml", &config_map("new")),
        ("shop/2.0.0/hooks/all.yaml", &hooks),
    ])
}

#[tokio::test]
async fn a_package_comes_changes_goes_back_and_goes() {
    let Some(mut runner) = Runner::new("shop", shop()).await else {
        return;
    };
    let shop = || package("shop");
    let (one, two) = (|| version("1.0.0"), || version("2.0.0"));
    let script = Script::new();

    let (outcome, _) = runner
        .run(&Operation::install(shop(), one(), "shop"), &script)
        .await;
    assert_eq!(outcome, Outcome::Done);
    assert!(
        runner
            .nodes
            .has("shop.example.com/v1", "Cart", "first")
            .await
    );
    assert_eq!(runner.installed("shop").await.unwrap().version(), "1.0.0");

    let (outcome, _) = runner
        .run(&Operation::upgrade(shop(), one(), two(), "shop"), &script)
        .await;
    assert_eq!(outcome, Outcome::Done);
    assert!(!runner.nodes.has("v1", "ConfigMap", "old").await, "pruned");
    assert!(runner.nodes.has("v1", "ConfigMap", "new").await);

    let (outcome, _) = runner
        .run(&Operation::rollback(shop(), two(), one(), "shop"), &script)
        .await;
    assert_eq!(outcome, Outcome::Done);
    assert!(runner.nodes.has("v1", "ConfigMap", "old").await);
    assert!(!runner.nodes.has("v1", "ConfigMap", "new").await);
    assert_eq!(runner.installed("shop").await.unwrap().version(), "1.0.0");

    let (outcome, _) = runner
        .run(&Operation::uninstall(shop(), one(), "shop"), &script)
        .await;
    assert_eq!(outcome, Outcome::Done);
    assert!(!runner.nodes.has("v1", "ConfigMap", "old").await);
    let crd = global(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "carts.shop.example.com",
    );
    assert!(
        runner.world.read(&crd).await.is_some(),
        "data is never deleted by the way"
    );
    assert!(runner.installed("shop").await.is_none());
    runner.assert_released().await;
}

/// Packages of the examples with hooks, as they are.
#[tokio::test]
async fn packages_of_the_examples() {
    for (name, from, to) in [
        ("loki", "3.4.2", "3.5.7"),
        ("grafana-database", "1.1.0", "2.0.0"),
        ("minio", "5.3.0", "5.4.0"),
    ] {
        let namespace = format!("example-{name}");
        let Some(mut runner) = Runner::new(&namespace, observability()).await else {
            return;
        };
        let (from, to) = (|| version(from), || version(to));
        let operations = [
            Operation::install(package(name), from(), &namespace),
            Operation::upgrade(package(name), from(), to(), &namespace),
            Operation::rollback(package(name), to(), from(), &namespace),
            Operation::uninstall(package(name), from(), &namespace),
        ];
        for operation in operations {
            let (outcome, machine) = runner.run(&operation, &Script::new()).await;
            assert_eq!(
                outcome,
                Outcome::Done,
                "{operation}: {:#?}",
                machine.journal().operations()
            );
        }
        runner.assert_released().await;
    }
}
