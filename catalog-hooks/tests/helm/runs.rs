//! How the program is run.

use std::time::{Duration, Instant};

use catalog_hooks::{ModuleDriver, ModuleFailure, ModuleStatus, ModuleVerb};
use serde_json::{Value, json};

use super::{Fake, call, deployed, input};

/// What `helm list` shows of a release.
const LISTED: &str = r#"[{"name": "shop", "status": "deployed"}]"#;

fn lasting(message: &str) -> ModuleFailure {
    ModuleFailure {
        message: message.to_owned(),
        may_pass: false,
    }
}

#[test]
fn deploying_upgrades_or_installs_with_values_on_standard_input() {
    let fake = Fake::new("deploy", &[("status.out", &deployed(&json!({})))]);
    assert_eq!(fake.call(ModuleVerb::Deploy), Ok(ModuleStatus::Ready));
    let arguments = fake.arguments("upgrade");
    let (description, others): (Vec<_>, Vec<_>) = arguments
        .iter()
        .partition(|one| one.starts_with("--description="));
    assert_eq!(
        others,
        [
            "upgrade",
            "--install",
            "--atomic=false",
            "--wait=false",
            "--values=-",
            "--namespace=here",
            "--timeout=300s",
            "--labels=app.kubernetes.io/managed-by=catalog-hooks,catalog.dev/home=catalog-system",
            "--version=1.2.0",
            "--repo=https://charts.example.com",
            "--",
            "shop",
            "web",
        ],
    );
    assert_eq!(description.len(), 1);
    assert!(!arguments.iter().any(|argument| argument.contains("s3cret")));
    let values: Value = serde_json::from_str(&fake.read("values")).unwrap();
    assert_eq!(values, json!({"replicas": 2, "password": "s3cret"}));
    assert_eq!(
        fake.arguments("status"),
        [
            "status",
            "--output=json",
            "--show-resources",
            "--namespace=here",
            "--",
            "shop"
        ]
    );
}

#[test]
fn charts_of_registries_and_of_the_catalog() {
    let fake = Fake::new("charts", &[("status.out", &deployed(&json!({})))]);
    let mut driver = fake
        .driver()
        .with_catalog("/srv/catalog")
        .with_context("production")
        .with_timeout(Duration::from_secs(7));
    let mut input = input();
    input["chart"] = json!({"remote": {"repo": "oci://ghcr.io/example/", "name": "web"}});
    driver
        .call(&call(ModuleVerb::Deploy, input.clone()))
        .unwrap();
    let arguments = fake.arguments("upgrade");
    assert_eq!(arguments[1], "--kube-context=production");
    assert!(arguments.contains(&"--timeout=7s".to_owned()));
    assert_eq!(
        arguments[arguments.len() - 3..],
        ["--", "shop", "oci://ghcr.io/example/web"]
    );

    input["chart"] = json!({"carried": "shop/1.0.0/charts/web"});
    driver.call(&call(ModuleVerb::Deploy, input)).unwrap();
    assert_eq!(
        fake.arguments("upgrade").last().unwrap(),
        "/srv/catalog/shop/1.0.0/charts/web"
    );
}

#[test]
fn deleting_what_is_there_and_what_is_not() {
    let fake = Fake::new(
        "delete",
        &[
            ("list.out", LISTED),
            ("uninstall.out", "release \"shop\" uninstalled\n"),
        ],
    );
    assert_eq!(fake.call(ModuleVerb::Delete), Ok(ModuleStatus::Absent));
    assert_eq!(
        fake.arguments("uninstall"),
        [
            "uninstall",
            "--namespace=here",
            "--timeout=300s",
            "--",
            "shop"
        ]
    );

    let gone = "Error: uninstall: Release not loaded: shop: release: not found\n";
    let fake = Fake::new(
        "delete-going",
        &[("list.out", LISTED), ("uninstall.err", gone)],
    );
    assert_eq!(fake.call(ModuleVerb::Delete), Ok(ModuleStatus::Absent));

    let fake = Fake::new("delete-nothing", &[]);
    assert_eq!(fake.call(ModuleVerb::Delete), Ok(ModuleStatus::Absent));
    assert!(!fake.folder.join("uninstall.arguments").exists());
}

#[test]
fn a_release_of_somebody_else_is_neither_deployed_over_nor_deleted() {
    let script = "case \" $* \" in *\" --selector=\"*) echo '[]';; *) echo '[{\"name\":\"shop\"}]';; esac; exit 0\n";
    let fake = Fake::new("foreign", &[("list.script", script)]);
    assert_eq!(
        fake.call(ModuleVerb::Deploy),
        Err(lasting(
            "there is a release `shop` in namespace `here` that this runner has not deployed: uninstall it, or install the package elsewhere"
        ))
    );
    assert_eq!(
        fake.arguments("list"),
        [
            "list",
            "--output=json",
            "--namespace=here",
            "--deployed",
            "--failed",
            "--pending",
            "--superseded",
            "--uninstalled",
            "--uninstalling",
            "--filter=^shop$",
            "--selector=app.kubernetes.io/managed-by=catalog-hooks,catalog.dev/home=catalog-system"
        ]
    );
    assert_eq!(fake.call(ModuleVerb::Delete), Ok(ModuleStatus::OfOthers));
    assert!(!fake.folder.join("upgrade.arguments").exists());
    assert!(!fake.folder.join("uninstall.arguments").exists());
    let fake = Fake::new("garbled-list", &[("list.out", "NAME")]);
    let failure = fake.call(ModuleVerb::Delete).unwrap_err();
    assert!(
        failure
            .message
            .starts_with("what `helm list` shows is no list: "),
        "{failure:?}"
    );
}

#[test]
fn failures_are_told_in_helms_words_and_may_pass_or_not() {
    let of = |test: &str, words: &str| {
        let fake = Fake::new(test, &[("upgrade.err", words)]);
        fake.call(ModuleVerb::Deploy).unwrap_err()
    };
    assert_eq!(
        of(
            "no-chart",
            "Error: chart \"web\" version \"1.2.0\" not found in https://charts.example.com repository\n"
        ),
        lasting(
            "helm upgrade failed: chart \"web\" version \"1.2.0\" not found in https://charts.example.com repository"
        ),
    );
    let warning = "level=WARN msg=\"--wait=false is deprecated\"\nFlag --atomic has been deprecated\nError: create: namespaces \"here\" not found\n";
    assert_eq!(
        of("warning", warning),
        lasting("helm upgrade failed: create: namespaces \"here\" not found"),
    );
    assert_eq!(
        of("crash", "panic: out of memory\n"),
        lasting("helm upgrade failed: panic: out of memory"),
    );
    assert_eq!(
        of("silent", ""),
        lasting("helm upgrade failed: it does not say why")
    );
    let hooks = "Error: UPGRADE FAILED: pre-upgrade hooks failed: 1 error occurred:\n\t* timed out waiting for the condition\n\n";
    assert!(!of("hooks", hooks).may_pass);
    let hooks =
        "Error: failed pre-install: 1 error occurred:\n\t* timed out waiting for the condition\n\n";
    assert!(!of("first-hooks", hooks).may_pass);
    let busy = of(
        "busy",
        "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress\n",
    );
    assert!(
        busy.may_pass
            && busy
                .message
                .ends_with("`helm rollback`, or `helm uninstall` after a first install, takes back what one left behind"),
        "{busy:?}"
    );
    assert!(of("network", "Error: Kubernetes cluster unreachable: Get \"https://10.0.0.1/version\": dial tcp 10.0.0.1:443: connect: connection refused\n").may_pass);
}

#[test]
fn what_a_plan_keeps_is_checked_again() {
    let fake = Fake::new("input", &[]);
    let said = |change: &dyn Fn(&mut Value)| {
        let mut input = input();
        change(&mut input);
        fake.driver()
            .call(&call(ModuleVerb::Deploy, input))
            .unwrap_err()
            .message
    };
    insta::assert_snapshot!(said(&|input| input["release"] = json!("--post-renderer=sh")), @"`--post-renderer=sh` cannot be the name of a release");
    insta::assert_snapshot!(said(&|input| input["chart"] = json!({"carried": "a/b"})), @"the chart lies in the catalog, at `a/b`: tell the driver where the catalog's folder is");
    insta::assert_snapshot!(said(&|input| input["extra"] = json!(1)), @"the plan holds no input for helm: unknown field `extra`, expected one of `release`, `chart`, `values`");
    insta::assert_snapshot!(said(&|input| *input = json!([])), @"the plan holds no input for helm: it is no map");
    let mut outside = input();
    outside["chart"] = json!({"carried": "a/../../etc"});
    let mut driver = fake.driver().with_catalog("/srv");
    assert_eq!(
        driver.call(&call(ModuleVerb::Deploy, outside)),
        Err(lasting("`a/../../etc` is no path inside the catalog"))
    );
    let mut elsewhere = call(ModuleVerb::Status, input());
    elsewhere.namespace = "--debug".to_owned();
    assert_eq!(
        driver.call(&elsewhere),
        Err(lasting("`--debug` is not the name of a namespace"))
    );
    let mut other = call(ModuleVerb::Status, input());
    other.driver = "argo".to_owned();
    assert_eq!(
        driver.call(&other),
        Err(lasting(
            "the driver `argo` is another than `helm`: give the runner one that knows it"
        ))
    );
    assert!(
        !fake.folder.join("upgrade.arguments").exists()
            && !fake.folder.join("status.arguments").exists()
    );
}

#[test]
fn a_helm_that_is_not_there_or_does_not_end_or_writes_for_ever() {
    let fake = Fake::new("missing", &[]);
    let mut driver = fake.driver().with_program("/nowhere/helm");
    assert_eq!(
        driver.call(&call(ModuleVerb::Status, input())),
        Err(lasting(
            "there is no program `/nowhere/helm`: install Helm, or tell the driver where it is"
        )),
    );

    // Nothing reads the values, and more is written than a pipe holds.
    let fake = Fake::new(
        "chatty",
        &[("status.script", "head -c 34000000 /dev/zero\n")],
    );
    assert_eq!(
        fake.call(ModuleVerb::Status),
        Err(lasting("helm writes more than 32 MiB"))
    );
    let fake = Fake::new(
        "complaining",
        &[(
            "status.script",
            "head -c 300000 /dev/zero | tr '\\0' x >&2; exit 1\n",
        )],
    );
    let failure = fake.call(ModuleVerb::Status).unwrap_err();
    assert!(failure.message.len() < 20_000, "{}", failure.message.len());
}

#[test]
fn a_helm_that_hangs_is_ended() {
    let fake = Fake::new(
        "hanging",
        &[("status.script", "echo still at it >&2; exec sleep 600\n")],
    );
    let start = Instant::now();
    let mut driver = fake
        .driver()
        .with_timeout(Duration::from_secs(1))
        .with_grace(Duration::ZERO);
    let failure = driver.call(&call(ModuleVerb::Status, input())).unwrap_err();
    assert_eq!(
        failure.message,
        "helm did not end within 1 s, and was ended: still at it"
    );
    assert!(failure.may_pass && start.elapsed() < Duration::from_secs(20));

    // What was being changed stays half changed; what was only asked may be asked again.
    let fake = Fake::new("hanging-upgrade", &[("upgrade.script", "exec sleep 600\n")]);
    let mut driver = fake
        .driver()
        .with_timeout(Duration::from_secs(1))
        .with_grace(Duration::ZERO);
    let failure = driver.call(&call(ModuleVerb::Deploy, input())).unwrap_err();
    assert!(!failure.may_pass, "{failure:?}");
}
