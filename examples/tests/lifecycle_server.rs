//! `lifecycle` on a real API server, killed with SIGKILL and resumed. Skipped, with a line that says so, unless `KUBEBUILDER_ASSETS` names a
//! folder with etcd, kube-apiserver and kube-controller-manager.

#![cfg(all(unix, feature = "kube"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail loudly, and says that it was skipped"
)]

// The server, and who plays its nodes, are those of catalog-hooks' tests.
#[path = "../../catalog-hooks/tests/api_server/kubelet.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod kubelet;
#[path = "../../catalog-hooks/tests/api_server/runner.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod runner;
#[path = "../../catalog-hooks/tests/api_server/server.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod server;
#[path = "../../catalog-hooks/tests/api_server/world.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod world;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use catalog_hooks::journal::JOURNAL_TYPE;
use catalog_hooks::record::InstalledRecord;
use serde_json::{Value, json};

use self::runner::{Script, nodes};
use self::server::ADMIN;
use self::world::World;

/// A package with a definition, a module, a hook before and after, and a condition; `tier` is what the condition asks for.
fn files(package: &str, tier: &str) -> Vec<(String, String)> {
    let hook = |phase: &str, name: &str| {
        format!(
            "{phase}:\n- name: {name}\n  job: {{apiVersion: batch/v1, kind: Job, spec: {{template: {{spec: {{containers: [{{name: main, image: 'main:v1'}}]}}}}}}}}\n"
        )
    };
    let hooks = [
        hook("pre-install", "prepare"),
        hook("post-install", "check"),
        hook("pre-uninstall", "save"),
    ];
    let map = |name: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{a: b}}\n")
    };
    let condition = format!(
        "conditions:\n- name: the cluster has a tier\n  message: ask the platform team\n  target: {{apiVersion: v1, kind: Namespace, name: kube-system, fieldPath: \"metadata.labels['kubernetes.io/metadata.name']\"}}\n  op: eq\n  value: {tier}\n"
    );
    [
        (
            "metadata.yaml",
            format!("name: {package}\nversion: 1.0.0\n"),
        ),
        ("conditions/cluster.yaml", condition),
        ("hooks/hooks.yaml", hooks.concat()),
        ("definitions/settings.yaml", map("settings")),
        (
            "modules.yaml",
            "modules:\n- name: extras\n  manifests: {path: ./extras/}\n".to_owned(),
        ),
        ("extras/extra.yaml", map("extra")),
    ]
    .into_iter()
    .map(|(path, text)| (format!("{package}/1.0.0/{path}"), text))
    .collect()
}

/// A package in a catalog of its own, on the server, with somebody who plays the nodes of its namespace.
struct Package {
    world: World,
    name: String,
    folder: PathBuf,
}

impl Package {
    async fn new(name: &str, tier: &str) -> Self {
        let folder = format!("catalog-lifecycle-server-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        for (path, text) in files(name, tier) {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let world = World::new(&format!("{name}-home")).await.unwrap();
        Self {
            world,
            name: name.to_owned(),
            folder,
        }
    }

    fn lifecycle(&self, arguments: &[&str]) -> Command {
        let mut program = std::env::current_exe().unwrap();
        program.pop();
        program.pop();
        let mut command = Command::new(program.join("examples/lifecycle"));
        // It is written once: the file is truncated each time.
        static KUBECONFIG: OnceLock<PathBuf> = OnceLock::new();
        let kubeconfig = KUBECONFIG.get_or_init(|| self.world.server.kubeconfig(ADMIN));
        let home = &self.world.namespace;
        command
            .args([self.folder.as_path(), Path::new(&self.name)])
            .args(arguments)
            .args(["--home", home.as_str(), "--cluster"])
            .arg(kubeconfig);
        command
    }

    /// Runs it to its end, while the nodes are at work.
    async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = self.lifecycle(arguments);
        self.beside_nodes(move || command.output().unwrap()).await
    }

    async fn done(&self, arguments: &[&str]) {
        let output = self.run(arguments).await;
        let name = &self.name;
        assert_eq!(
            output.status.code(),
            Some(0),
            "{name} {arguments:?}: {output:?}"
        );
    }

    /// Starts it, and kills it when it has printed so many lines.
    async fn kill_after(&self, lines: usize, arguments: &[&str]) {
        let mut command = self.lifecycle(arguments);
        let ran = self.beside_nodes(move || {
            let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
            let mut printed = BufReader::new(process.stdout.take().unwrap()).lines();
            let came_so_far = printed.nth(lines - 1).is_some();
            process.kill().unwrap();
            process.wait().unwrap();
            came_so_far
        });
        assert!(ran.await, "{}: it ended before line {lines}", self.name);
    }

    async fn beside_nodes<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        let (world, script) = (self.world.beside(&self.name), Script::new());
        tokio::select! {
            done = tokio::task::spawn_blocking(work) => done.unwrap(),
            () = nodes(&world, &script) => panic!("nodes never end"),
            () = tokio::time::sleep(Duration::from_secs(150)) => panic!("{} takes too long", self.name),
        }
    }

    async fn record(&self) -> Option<InstalledRecord> {
        let (home, name) = (&self.world.namespace, &self.name);
        let secret = InstalledRecord::secret_ref(home, name, name);
        let secret = self.world.read(&secret).await?;
        InstalledRecord::from_secret(&secret)
    }

    /// What is there of it, in words that are the same for each package.
    async fn state(&self) -> BTreeMap<String, String> {
        let instance = self.world.beside(&self.name);
        let mut state = BTreeMap::new();
        for (api_version, kind) in [("v1", "ConfigMap"), ("v1", "ServiceAccount")] {
            for object in instance.list(api_version, kind).await {
                let name = object["metadata"]["name"].as_str().unwrap();
                state.insert(format!("{kind} {name}"), object["data"].to_string());
            }
        }
        for job in instance.list("batch/v1", "Job").await {
            let finalizers = job["metadata"]["finalizers"].to_string();
            assert!(!finalizers.contains("catalog.dev"), "{job:#}");
        }
        if let Some(record) = self.record().await {
            let ledger = record.ledger().iter();
            let ledger: Vec<String> = ledger
                .map(|entry| format!("{} {}", entry.object, entry.origin.is_others()))
                .collect();
            let record = format!("{} {ledger:?}", record.version());
            state.insert("record".to_owned(), record.replace(&self.name, "PACKAGE"));
        }
        state
    }
}

impl Drop for Package {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Killed on the way in and on the way out, where the catalog is gone too.
async fn killed(at: usize, installed: &BTreeMap<String, String>, gone: &BTreeMap<String, String>) {
    let package = Package::new(&format!("killed-{at}"), "kube-system").await;
    package.kill_after(at, &[]).await;
    package.done(&["--resume"]).await;
    assert_eq!(&package.state().await, installed, "{}", package.name);
    std::fs::remove_dir_all(&package.folder).unwrap();
    let uninstall = ["--operation", "uninstall"];
    package.kill_after(at.min(8), &uninstall).await;
    package
        .done(&["--operation", "uninstall", "--resume"])
        .await;
    assert_eq!(&package.state().await, gone, "{}", package.name);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_killed_on_a_real_server() {
    if server::shared().is_none() {
        return;
    }
    let whole = Package::new("whole", "kube-system").await;
    whole.done(&[]).await;
    let installed = whole.state().await;
    assert!(
        installed.contains_key("ConfigMap settings"),
        "{installed:?}"
    );
    assert!(installed.contains_key("record"), "{installed:?}");
    whole.done(&["--operation", "uninstall"]).await;
    let gone = whole.state().await;
    assert!(!gone.contains_key("ConfigMap settings") && !gone.contains_key("record"));
    // Whoever takes over waits until the Lease of the one that was killed has run out.
    tokio::join!(
        killed(3, &installed, &gone),
        killed(7, &installed, &gone),
        killed(12, &installed, &gone),
        killed(18, &installed, &gone),
    );
}

/// Killed on the way in, and its journal damaged by somebody: it is given up, and what was made is taken over.
async fn damaged(at: usize, installed: &BTreeMap<String, String>) {
    let package = Package::new(&format!("damaged-{at}"), "kube-system").await;
    package.kill_after(at, &["--lease", "15"]).await;
    let secrets = package.world.list("v1", "Secret").await;
    let journal = secrets.iter().find(|secret| secret["type"] == JOURNAL_TYPE);
    let journal = journal.unwrap()["metadata"]["name"].as_str().unwrap();
    let path = format!(
        "/api/v1/namespaces/{}/secrets/{journal}",
        package.world.namespace
    );
    let garbage = json!({"data": {"journal": "Z2FyYmFnZQ=="}});
    package.world.send("PATCH", &path, &garbage).await;
    for asked in [
        &[][..],
        &["--resume"],
        &["--operation", "uninstall", "--from", "1.0.0"],
    ] {
        let refused = package.run(asked).await;
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(said.contains("--release-all"), "{asked:?}: {refused:?}");
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    }
    package.done(&["--release-all"]).await;
    package.done(&["--take-ownership"]).await;
    assert_eq!(&package.state().await, installed, "{}", package.name);
    package.done(&["--operation", "uninstall"]).await;
    assert!(package.record().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_journal_is_given_up_on_a_real_server() {
    if server::shared().is_none() {
        return;
    }
    let whole = Package::new("undamaged", "kube-system").await;
    whole.done(&[]).await;
    let installed = whole.state().await;
    tokio::join!(
        damaged(7, &installed),
        damaged(12, &installed),
        damaged(18, &installed),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_are_asked_of_a_real_server() {
    if server::shared().is_none() {
        return;
    }
    let package = Package::new("shut", "gold").await;
    let answer = async |arguments: &[&str]| {
        let arguments = [arguments, &["--format", "json"]].concat();
        let output = package.run(&arguments).await;
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let conflict = answer(&[]).await;
    assert_eq!(conflict["status"], "conflict", "{conflict}");
    let explanation = conflict["explanation"].as_str().unwrap();
    assert!(
        explanation.contains("the cluster has a tier"),
        "{explanation}"
    );
    let answer = answer(&["--no-dependencies"]).await;
    assert_eq!(answer["outcome"], "unchanged");
    let message = answer["operations"][0]["failure"]["message"].as_str();
    let message = message.unwrap();
    assert!(message.contains("actual \"kube-system\""), "{message}");
    assert!(message.ends_with(": ask the platform team"), "{message}");
    assert!(package.record().await.is_none());
    package.done(&["--skip-conditions"]).await;
}
