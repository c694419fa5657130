//! etcd, kube-apiserver and kube-controller-manager from the folder that `KUBEBUILDER_ASSETS` names.
//!
//! One server serves all tests of this program. It listens on 127.0.0.1 alone, on ports that were free, and ends with the process that
//! started it, however that ends: a shell holds the servers, and stops them when its standard input closes.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use http::Request;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use serde_json::{Value, json};

/// May do everything.
pub(crate) const ADMIN: &str = "admin";
/// May do nothing that is not granted to it: user `limited`, group `devs`.
pub(crate) const LIMITED: &str = "limited";
/// Somebody whom the API server does not know.
pub(crate) const STRANGER: &str = "stranger";

const STARTS_WITHIN: Duration = Duration::from_secs(120);

/// A running API server with its controllers.
pub(crate) struct ApiServer {
    folder: PathBuf,
    port: u16,
    _shell: Child,
    _held: Mutex<Option<ChildStdin>>,
}

/// The server of this test program; `None`, and a line that says so, where there are no binaries to start.
pub(crate) fn shared() -> Option<&'static ApiServer> {
    static SERVER: OnceLock<Option<ApiServer>> = OnceLock::new();
    let server = SERVER.get_or_init(|| {
        let assets = PathBuf::from(std::env::var_os("KUBEBUILDER_ASSETS")?);
        if !assets.join("kube-controller-manager").exists() {
            return None;
        }
        // Tests run on runtimes of their own, inside which no other can be waited for.
        let starting = std::thread::spawn(move || ApiServer::start(&assets));
        Some(starting.join().expect("the API server starts"))
    });
    if server.is_none() {
        println!(
            "skipped: KUBEBUILDER_ASSETS names no folder with etcd, kube-apiserver and kube-controller-manager"
        );
    }
    server.as_ref()
}

/// `$1` is the folder of the binaries, `$2` the folder for data, `$3` and `$4` etcd's ports and `$5` the API server's.
const SCRIPT: &str = r#"
cd "$2"
"$1/etcd" --data-dir=etcd --unsafe-no-fsync --name=default \
  --listen-client-urls="http://127.0.0.1:$3" --advertise-client-urls="http://127.0.0.1:$3" \
  --listen-peer-urls="http://127.0.0.1:$4" --initial-advertise-peer-urls="http://127.0.0.1:$4" \
  --initial-cluster="default=http://127.0.0.1:$4" >etcd.log 2>&1 &
etcd=$!
# The key that the server makes for its certificate signs its tokens as well.
"$1/kube-apiserver" --etcd-servers="http://127.0.0.1:$3" --cert-dir=certificates --token-auth-file=tokens.csv \
  --bind-address=127.0.0.1 --advertise-address=127.0.0.1 --secure-port="$5" --endpoint-reconciler-type=none \
  --service-account-issuer=https://kubernetes.default.svc --service-account-key-file=certificates/apiserver.key \
  --service-account-signing-key-file=certificates/apiserver.key --service-cluster-ip-range=10.0.0.0/24 \
  --authorization-mode=RBAC --profiling=false >apiserver.log 2>&1 &
server=$!
# The controllers end where they find no server.
(
  until grep -q ok ready 2>/dev/null; do sleep 0.1; done
  exec "$1/kube-controller-manager" --kubeconfig=admin.kubeconfig --secure-port=0 --leader-elect=false --profiling=false --kube-api-qps=500 --kube-api-burst=1000 \
    --service-account-private-key-file=certificates/apiserver.key --root-ca-file=certificates/apiserver.crt \
    --controllers=job-controller,serviceaccount-controller,namespace-controller,garbage-collector-controller,ttl-after-finished-controller,resourcequota-controller \
    >controllers.log 2>&1
) &
controllers=$!
read -r end
kill -9 "$controllers" "$server" "$etcd" 2>/dev/null
wait
rm -rf "$2"
"#;

impl ApiServer {
    fn start(assets: &Path) -> Self {
        let name = format!("catalog-hooks-api-server-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder for the server");
        let line = |name: &str, group: &str| format!("{name},{name},{name}-uid,{group}\n");
        let tokens = line(ADMIN, "system:masters") + &line(LIMITED, "devs");
        std::fs::write(folder.join("tokens.csv"), tokens).expect("the users");
        let ports: Vec<String> = free_ports().iter().map(u16::to_string).collect();
        let mut shell = Command::new("sh")
            .args(["-c", SCRIPT, "sh"])
            .args([assets, folder.as_path()])
            .args(&ports)
            .stdin(Stdio::piped())
            .spawn()
            .expect("a shell");
        let server = Self {
            port: ports[2].parse().expect("a port"),
            _held: Mutex::new(shell.stdin.take()),
            _shell: shell,
            folder,
        };
        server.kubeconfig(ADMIN);
        server.wait_until_ready();
        server
    }

    fn wait_until_ready(&self) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let certificate = self.folder.join("certificates/apiserver.crt");
        runtime.expect("a runtime").block_on(async {
            self.wait(|| certificate.exists()).await;
            self.wait_for("/readyz").await;
            std::fs::write(self.folder.join("ready"), "ok").expect("the sign for the controllers");
            self.wait_for("/api/v1/namespaces/default/serviceaccounts/default")
                .await;
        });
    }

    async fn wait_for(&self, path: &str) {
        let client = self.client(ADMIN).await;
        let started = Instant::now();
        let asked = || Request::get(path).body(Vec::new()).expect("a request");
        while client.request_text(asked()).await.is_err() {
            self.assert_in_time(started);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn wait(&self, done: impl Fn() -> bool) {
        let started = Instant::now();
        while !done() {
            self.assert_in_time(started);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn assert_in_time(&self, started: Instant) {
        let log = |name| std::fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        assert!(
            started.elapsed() < STARTS_WITHIN,
            "the API server did not start: {}\n{}",
            log("apiserver.log"),
            log("controllers.log")
        );
    }

    /// A kubeconfig file of one of the users.
    pub(crate) fn kubeconfig(&self, user: &str) -> PathBuf {
        let path = self.folder.join(format!("{user}.kubeconfig"));
        std::fs::write(&path, self.config(user).to_string()).expect("a kubeconfig");
        path
    }

    fn config(&self, user: &str) -> Value {
        json!({
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": user}}],
            "users": [{"name": user, "user": {"token": user}}],
            "clusters": [{"name": "test", "cluster": {
                "server": format!("https://127.0.0.1:{}", self.port),
                "certificate-authority": self.folder.join("certificates/apiserver.crt"),
            }}],
        })
    }

    /// A client of one of the users, for the runtime that this is called on. It tries nothing again by itself.
    pub(crate) async fn client(&self, user: &str) -> Client {
        let config: Kubeconfig = serde_json::from_value(self.config(user)).expect("a kubeconfig");
        let config = Config::from_custom_kubeconfig(config, &KubeConfigOptions::default()).await;
        let mut config = config.expect("a configuration");
        config.default_retry = false;
        Client::try_from(config).expect("a client")
    }
}

fn free_ports() -> [u16; 3] {
    // All are held until all are known, so that they differ.
    let held = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    held.map(|listener| listener.local_addr().expect("its address").port())
}
