//! Charts deployed by the program `helm`, which a script stands in for, and by the real one where there is one.
#![cfg(all(feature = "helm", unix))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

mod real;
mod renderer;
mod runs;
mod status;

use std::fs;
use std::path::PathBuf;

use catalog_hooks::module::HelmDriver;
use catalog_hooks::{ModuleCall, ModuleDriver, ModuleFailure, ModuleStatus, ModuleVerb};
use serde_json::{Value, json};

/// A folder from which the script takes its answers.
struct Fake {
    folder: PathBuf,
}

impl Fake {
    /// With these answers, by file name.
    fn new(test: &str, answers: &[(&str, &str)]) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join("fake-helm")
            .join(test);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("list.out"), "[]").unwrap();
        for (name, text) in answers {
            fs::write(folder.join(name), text).unwrap();
        }
        Self { folder }
    }

    fn driver(&self) -> HelmDriver {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/helm/fake-helm.sh");
        HelmDriver::new()
            .with_program(script)
            .with_kubeconfig(self.folder.join("config"))
    }

    fn call(&self, verb: ModuleVerb) -> Result<ModuleStatus, ModuleFailure> {
        self.driver().call(&call(verb, input()))
    }

    /// The arguments that a verb got last, without the file that names this folder.
    fn arguments(&self, verb: &str) -> Vec<String> {
        let text = self.read(&format!("{verb}.arguments"));
        let lines = text
            .lines()
            .filter(|line| !line.starts_with("--kubeconfig="));
        lines.map(str::to_owned).collect()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap()
    }
}

fn input() -> Value {
    let chart = json!({"remote": {"repo": "https://charts.example.com", "name": "web", "version": "1.2.0"}});
    json!({"release": "shop", "chart": chart, "values": {"replicas": 2, "password": "s3cret"}})
}

fn call(verb: ModuleVerb, input: Value) -> ModuleCall {
    ModuleCall {
        verb,
        driver: "helm".to_owned(),
        module: "web".to_owned(),
        namespace: "here".to_owned(),
        home: "catalog-system".to_owned(),
        input,
    }
}

/// What `helm status -o json` shows of a release that is deployed from the input of the last upgrade, with these objects.
fn deployed(resources: &Value) -> String {
    json!({"name": "shop", "info": {"status": "deployed", "description": "DESCRIPTION", "resources": resources}}).to_string()
}
