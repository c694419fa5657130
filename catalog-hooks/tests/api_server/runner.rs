//! Whole operations on a real server, with somebody who plays the nodes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::api::ObjectRef;
use catalog_hooks::journal::JournalSecret;
use catalog_hooks::kube::{KubeCluster, KubeJournal, KubeSurroundings};
use catalog_hooks::module::{ModuleError, ModuleRenderer, RenderedModule};
use catalog_hooks::plan::{OperationInput, OperationOptions, PinnedPlan, PlannedOperation};
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::{
    Machine, ModuleCall, ModuleDriver, ModuleFailure, ModuleStatus, ModuleVerb, OperationContext,
    Outcome, Settings,
};
use catalog_model::version::Version;
use catalog_model::{
    Catalog, FolderSource, LoadOptions, MemorySource, Module, Operation, PackageName, Release, load,
};
use futures_util::stream;
use serde_json::{Value, json};

use crate::world::{World, text};

/// What the container of a hook does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// It ends with this exit code.
    Ends(i32),
    /// It runs until it is stopped.
    Runs,
    /// It never starts.
    Waits,
    /// It runs on a node that nobody reaches.
    Unreachable,
    /// Its first pod is evicted; the next, if there is one, succeeds.
    EvictedOnce,
}

/// What hooks do, by name, and their undo as `undo of NAME`; those that are not named succeed.
pub(crate) type Script = BTreeMap<&'static str, Act>;

/// A catalog of files by path.
pub(crate) fn catalog(files: &[(&str, &str)]) -> Catalog {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    let loaded = load(&MemorySource::from_iter(files), &LoadOptions::default()).expect("it loads");
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics());
    loaded.into_catalog()
}

/// The catalog of the examples.
pub(crate) fn observability() -> Catalog {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/catalogs/observability");
    let source = FolderSource::open(folder).expect("the examples");
    let loaded = load(&source, &LoadOptions::default()).expect("it loads");
    loaded.into_catalog()
}

pub(crate) fn version(text: &str) -> Version {
    Version::parse(text).expect("a version")
}

pub(crate) fn package(name: &str) -> PackageName {
    PackageName::parse(name).expect("a name")
}

/// All modules go to one driver.
struct AllModules;

impl ModuleRenderer for AllModules {
    fn render(
        &self,
        _: &Release,
        module: &Module,
        namespace: &str,
    ) -> Result<Option<RenderedModule>, ModuleError> {
        let input = json!({"module": module.name()});
        let rendered = RenderedModule::driver(module.name(), namespace, "test", input);
        Ok(Some(rendered))
    }
}

/// Modules are ready as soon as they are deployed.
pub(crate) struct Deployed;

impl ModuleDriver for Deployed {
    fn call(&mut self, call: &ModuleCall) -> Result<ModuleStatus, ModuleFailure> {
        Ok(match call.verb {
            ModuleVerb::Deploy | ModuleVerb::Status => ModuleStatus::Ready,
            ModuleVerb::Delete => ModuleStatus::Absent,
        })
    }
}

/// Waits that suit a test.
pub(crate) fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.look_every = Duration::from_secs(1);
    settings.patience = Duration::from_secs(10);
    settings.pod_margin = Duration::from_secs(3);
    settings.ready_timeout = Duration::from_secs(60);
    settings.gone_timeout = Duration::from_secs(20);
    settings.stuck_after = Duration::from_secs(4);
    settings
}

/// Operations on one instance. The namespace of the world is the runner's.
pub(crate) struct Runner {
    pub(crate) world: World,
    /// The instance's namespace, as the nodes see it.
    pub(crate) nodes: World,
    pub(crate) catalog: Catalog,
    pub(crate) options: OperationOptions,
    pub(crate) renderer: Box<dyn ModuleRenderer + Send + Sync>,
    runs: u32,
}

impl Runner {
    pub(crate) async fn new(name: &str, catalog: Catalog) -> Option<Self> {
        let world = World::new(&format!("{name}-home")).await?;
        Some(Self {
            nodes: world.beside(name),
            world,
            catalog,
            options: OperationOptions::default(),
            renderer: Box::new(AllModules),
            runs: 0,
        })
    }

    pub(crate) fn journal(&self) -> KubeJournal {
        KubeJournal::new(
            KubeCluster::new(self.world.client.clone()),
            JournalSecret::new(&self.world.namespace, "journal"),
        )
    }

    /// What is on record of a package in the instance's namespace.
    pub(crate) async fn installed(&self, package: &str) -> Option<InstalledRecord> {
        let secret =
            InstalledRecord::secret_ref(&self.world.namespace, package, &self.nodes.namespace);
        let secret = self.world.read(&secret).await?;
        Some(InstalledRecord::from_secret(&secret).expect("a record"))
    }

    /// The plan of one operation.
    pub(crate) async fn plan(&mut self, operation: &Operation) -> Arc<PinnedPlan> {
        Arc::new(self.plan_of(std::slice::from_ref(operation)).await)
    }

    /// The plan of several operations, each on a level of its own.
    pub(crate) async fn plan_of(&mut self, operations: &[Operation]) -> PinnedPlan {
        self.runs += 1;
        let run = format!("run-{}", self.runs);
        let mut planned = Vec::new();
        for (level, operation) in operations.iter().enumerate() {
            planned.push(self.planned(operation, &run, level).await);
        }
        PinnedPlan::new(run, &self.world.namespace, planned).expect("a plan")
    }

    async fn planned(&self, operation: &Operation, run: &str, level: usize) -> PlannedOperation {
        let name = operation.package().as_str();
        let installed = self.installed(name).await;
        let release = |version: Option<&Version>| self.catalog.release(name, version?);
        let context = OperationContext::new(
            format!("{run}-{level}"),
            format!("{}-{name}", self.nodes.namespace),
        );
        let (planned, _) = PlannedOperation::new(OperationInput {
            operation,
            context: &context.expect("ids"),
            from: release(operation.from()),
            to: release(operation.to()),
            installed: installed.as_ref(),
            record: None,
            others: &[],
            renderer: self.renderer.as_ref(),
            level,
            options: self.options,
        })
        .unwrap_or_else(|error| panic!("{operation}: {error}"));
        planned
    }

    /// A machine for a new run, after the one before if there was one.
    pub(crate) async fn machine(&self, plan: Arc<PinnedPlan>) -> Machine {
        let writer = format!("writer-of-{}", plan.run());
        match self
            .journal()
            .load()
            .await
            .expect("the journal can be read")
        {
            None => Machine::begin(plan, &writer, settings()),
            Some(stored) => Machine::begin_after(plan, stored, &writer, settings())
                .unwrap_or_else(|error| panic!("{error}")),
        }
    }

    /// Carries out an operation whose hooks do what the script says.
    pub(crate) async fn run(
        &mut self,
        operation: &Operation,
        script: &Script,
    ) -> (Outcome, Machine) {
        let plan = self.plan(operation).await;
        let mut machine = self.machine(plan).await;
        let outcome = self.drive(&mut machine, &self.world.cluster, script).await;
        (outcome, machine)
    }

    /// Drives a machine to its end, on this cluster.
    pub(crate) async fn drive(
        &self,
        machine: &mut Machine,
        cluster: &KubeCluster,
        script: &Script,
    ) -> Outcome {
        let surroundings =
            KubeSurroundings::new(cluster.clone(), self.journal(), catalog_hooks::NoConditions)
                .with_modules(Deployed);
        let show = |next: &catalog_hooks::Poll| match next {
            catalog_hooks::Poll::Do(effect) => println!("{} {}", effect.id, effect.task),
            catalog_hooks::Poll::Wait(wait) => println!("  waits {:?}", wait.reasons),
            _ => {}
        };
        let drive = surroundings.drive(machine, stream::pending(), show);
        tokio::select! {
            outcome = drive => outcome,
            () = nodes(&self.nodes, script) => panic!("nodes never end"),
            () = tokio::time::sleep(Duration::from_secs(120)) => panic!("the run takes too long"),
        }
    }

    /// Asserts that nothing of a hook is held any more.
    pub(crate) async fn assert_released(&self) {
        for job in self.nodes.list("batch/v1", "Job").await {
            let finalizers = &job["metadata"]["finalizers"];
            assert!(!finalizers.to_string().contains("catalog.dev"), "{job:#}");
        }
    }
}

/// Lets the pods of hooks do what the script says, for ever.
pub(crate) async fn nodes(world: &World, script: &Script) {
    loop {
        for pod in world.list("v1", "Pod").await {
            act(world, &pod, script).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Does to one pod what its node would do next.
pub(crate) async fn act(world: &World, pod: &Value, script: &Script) {
    let hook = text(pod, "/metadata/annotations/catalog.dev~1hook");
    let hook = if hook.is_empty() {
        text(pod, "/metadata/labels/catalog.dev~1hook")
    } else {
        hook
    };
    let key = match text(pod, "/metadata/labels/catalog.dev~1role") {
        "undo" => format!("undo of {hook}"),
        _ => hook.to_owned(),
    };
    let act = script.get(key.as_str()).copied().unwrap_or(Act::Ends(0));
    let is_deleting = !text(pod, "/metadata/deletionTimestamp").is_empty();
    match (text(pod, "/status/phase"), act) {
        _ if is_deleting && act != Act::Unreachable => world.reap(pod).await,
        ("Pending", Act::Waits) => {}
        ("Pending", _) => world.start(pod).await,
        ("Running", Act::Ends(code)) => world.end(pod, code).await,
        ("Running", Act::EvictedOnce) => match world.list("v1", "Pod").await.len() {
            1 => world.evict(pod).await,
            _ => world.end(pod, 0).await,
        },
        _ => {}
    }
}

impl World {
    /// The same server, another namespace.
    pub(crate) fn beside(&self, namespace: &str) -> Self {
        Self {
            server: self.server,
            client: self.client.clone(),
            cluster: self.cluster.clone(),
            namespace: namespace.to_owned(),
        }
    }

    /// All objects of a kind in the namespace.
    pub(crate) async fn list(&self, api_version: &str, kind: &str) -> Vec<Value> {
        let wanted = catalog_hooks::api::ListRequest {
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            namespace: Some(self.namespace.clone()),
            labels: vec![],
            fields: vec![],
        };
        let listed = self.call(catalog_hooks::api::Request::List(wanted)).await;
        let listed = listed.unwrap_or_else(|failure| panic!("list {kind}: {failure}"));
        listed.as_array().cloned().expect("a list")
    }

    /// Whether an object of this kind and name is in the namespace.
    pub(crate) async fn has(&self, api_version: &str, kind: &str, name: &str) -> bool {
        self.read(&self.named(api_version, kind, name))
            .await
            .is_some()
    }
}

/// An object that stands in no namespace.
pub(crate) fn global(api_version: &str, kind: &str, name: &str) -> ObjectRef {
    ObjectRef::cluster(api_version, kind, name)
}
