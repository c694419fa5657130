//! The program `helm` on a real server. Skipped, with a line that says so, where there is none.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use catalog_hooks::module::HelmDriver;
use catalog_hooks::{ModuleCall, ModuleDriver, ModuleFailure, ModuleStatus, ModuleVerb};
use serde_json::{Value, json};

use crate::server::{ADMIN, shared};

const CHART: &str = "apiVersion: v2\nname: web\nversion: 1.2.0\n";
/// A name that no server takes makes a deployment fail.
const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.name }}\n";

struct Helm {
    catalog: PathBuf,
    kubeconfig: PathBuf,
    namespace: &'static str,
}

impl Helm {
    /// `None`, and a line that says so, where there is no server or no Helm.
    fn new(namespace: &'static str) -> Option<Self> {
        let kubeconfig = shared()?.kubeconfig(ADMIN);
        if Command::new("helm").arg("version").output().is_err() {
            println!("skipped: there is no `helm`");
            return None;
        }
        let catalog = Path::new(env!("CARGO_TARGET_TMPDIR")).join(namespace);
        let _ = fs::remove_dir_all(&catalog);
        fs::create_dir_all(catalog.join("web/templates")).unwrap();
        fs::write(catalog.join("web/Chart.yaml"), CHART).unwrap();
        fs::write(catalog.join("web/templates/config.yaml"), CONFIG).unwrap();
        Some(Self {
            catalog,
            kubeconfig,
            namespace,
        })
    }

    fn call(&self, verb: ModuleVerb, name: &str) -> Result<ModuleStatus, ModuleFailure> {
        self.call_from("catalog-system", verb, name)
    }

    fn call_from(
        &self,
        home: &str,
        verb: ModuleVerb,
        name: &str,
    ) -> Result<ModuleStatus, ModuleFailure> {
        let chart = json!({"carried": "web"});
        let mut driver = HelmDriver::new()
            .with_catalog(&self.catalog)
            .with_kubeconfig(&self.kubeconfig)
            .with_timeout(Duration::from_secs(60));
        driver.call(&ModuleCall {
            verb,
            driver: "helm".to_owned(),
            module: "web".to_owned(),
            namespace: self.namespace.to_owned(),
            home: home.to_owned(),
            input: json!({"release": "shop", "chart": chart, "values": {"name": name}}),
        })
    }

    /// Somebody else installs the chart.
    fn install(&self, release: &str) {
        let chart = self.catalog.join("web");
        let chart = chart.to_str().unwrap();
        self.by_hand(&[
            "install",
            "--create-namespace",
            "--set=name=theirs",
            release,
            chart,
        ]);
    }

    /// What somebody else does with Helm.
    fn by_hand(&self, arguments: &[&str]) -> Value {
        let output = Command::new("helm")
            .arg("--kubeconfig")
            .arg(&self.kubeconfig)
            .args(["--namespace", self.namespace])
            .args(arguments)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }
}

#[test]
fn a_release_is_deployed_again_and_deleted() {
    let Some(helm) = Helm::new("helm-release") else {
        return;
    };
    helm.install("other");
    assert_eq!(
        helm.call(ModuleVerb::Status, "one"),
        Ok(ModuleStatus::Absent)
    );
    assert_eq!(
        helm.call(ModuleVerb::Delete, "one"),
        Ok(ModuleStatus::Absent)
    );
    assert_eq!(
        helm.call(ModuleVerb::Deploy, "one"),
        Ok(ModuleStatus::Ready)
    );
    assert_eq!(
        helm.call(ModuleVerb::Status, "one"),
        Ok(ModuleStatus::Ready)
    );
    assert_eq!(
        helm.call(ModuleVerb::Status, "two"),
        Ok(ModuleStatus::Absent)
    );
    // Another home's runner leaves it alone.
    let elsewhere = |verb| helm.call_from("elsewhere", verb, "three");
    assert!(elsewhere(ModuleVerb::Deploy).is_err());
    assert_eq!(elsewhere(ModuleVerb::Delete), Ok(ModuleStatus::OfOthers));
    // What failed of ours is ours, too.
    assert!(helm.call(ModuleVerb::Deploy, "NO-NAME").is_err());
    assert_eq!(
        helm.call(ModuleVerb::Deploy, "two"),
        Ok(ModuleStatus::Ready)
    );
    assert_eq!(
        helm.call(ModuleVerb::Delete, "two"),
        Ok(ModuleStatus::Absent)
    );
    assert_eq!(
        helm.call(ModuleVerb::Status, "two"),
        Ok(ModuleStatus::Absent)
    );
    assert_eq!(helm.by_hand(&["list", "--output=json"])[0]["name"], "other");
}

#[test]
fn a_release_of_somebody_else_stays_as_it_is() {
    let Some(helm) = Helm::new("helm-foreign") else {
        return;
    };
    helm.install("shop");
    let failure = helm.call(ModuleVerb::Deploy, "ours").unwrap_err();
    assert!(!failure.may_pass);
    assert_eq!(
        failure.message,
        "there is a release `shop` in namespace `helm-foreign` that this runner has not deployed: uninstall it, or install the package elsewhere"
    );
    assert_eq!(
        helm.call(ModuleVerb::Delete, "ours"),
        Ok(ModuleStatus::OfOthers)
    );
    let values = helm.by_hand(&["get", "values", "shop", "--output=json"]);
    assert_eq!(values, json!({"name": "theirs"}));
}
