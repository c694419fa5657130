//! A hook's Job, as it is created for real.

use std::time::{Duration, Instant};

use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use catalog_hooks::{HookJob, OperationContext, hook_jobs};
use catalog_model::version::Version;
use catalog_model::{LoadOptions, MemorySource, Operation, PackageName, load};
use serde_json::{Value, json};

use crate::world::{World, text};

/// The only pre-install hook of a package, with this policy in YAML (`timeout: 5m`, one field a line).
pub(crate) fn hook(world: &World, policy: &str) -> HookJob {
    let policy = policy.lines().map(|line| format!("  {line}\n"));
    let hooks = format!(
        "pre-install:\n- name: check\n{}  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec:\n      template:\n        spec:\n          containers:\n          - {{name: check, image: 'check:v1'}}\n",
        policy.collect::<String>()
    );
    let metadata = "name: ingress\nversion: 1.0.0\n";
    let source = MemorySource::from_iter([
        ("ingress/1.0.0/metadata.yaml", metadata),
        ("ingress/1.0.0/hooks/install.yaml", hooks.as_str()),
    ]);
    let catalog = load(&source, &LoadOptions::default())
        .expect("it loads")
        .into_catalog();
    let version = Version::parse("1.0.0").expect("a version");
    let package = PackageName::parse("ingress").expect("a name");
    let release = catalog.release("ingress", &version);
    let operation = Operation::install(package, version.clone(), &world.namespace);
    let context = OperationContext::new("operation-1", "release-1").expect("ids");
    let hooks = hook_jobs(&operation, &context, None, release).expect("hooks");
    hooks.phases()[0].jobs()[0].clone()
}

impl World {
    /// Creates the Job of a hook suspended, and lets it run.
    pub(crate) async fn run(&self, hook: &HookJob) -> Value {
        let job = self.create(hook.suspended_job()).await;
        self.unsuspend(&job).await
    }

    /// Lets a suspended Job run, as the lifecycle does: with its uid and the version that was read. The controller notes first that the
    /// Job is suspended, which makes another version of it.
    pub(crate) async fn unsuspend(&self, job: &Value) -> Value {
        let suspended = self.job_with(job, "Suspended").await;
        let metadata = json!({
            "uid": text(job, "/metadata/uid"),
            "resourceVersion": text(&suspended, "/metadata/resourceVersion"),
        });
        let patch = json!({"metadata": metadata, "spec": {"suspend": false}});
        self.patch(job, PatchKind::Merge, patch).await
    }

    pub(crate) async fn patch(&self, object: &Value, kind: PatchKind, patch: Value) -> Value {
        let target = ObjectRef::of(object).expect("an object");
        let request = Request::Patch {
            target,
            patch,
            kind,
        };
        self.call(request)
            .await
            .unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// A Job as it is now.
    pub(crate) async fn job(&self, job: &Value) -> Value {
        let target = ObjectRef::of(job).expect("a Job");
        self.read(&target).await.expect("the Job is there")
    }

    /// Waits until a Job has a condition.
    pub(crate) async fn job_with(&self, job: &Value, condition: &str) -> Value {
        let target = ObjectRef::of(job).expect("a Job");
        let has = |job: Option<&Value>| job.is_some_and(|job| has(job, condition));
        let job = self.until(condition, &target, has).await;
        job.expect("the Job is there")
    }

    /// Deletes an object as the lifecycle does.
    pub(crate) async fn delete(&self, object: &Value) {
        let target = ObjectRef::of(object).expect("an object");
        let uid = Some(text(object, "/metadata/uid").to_owned());
        self.call(Request::delete(target, uid))
            .await
            .expect("it is deleted");
    }
}

/// Whether a condition of a Job is true.
pub(crate) fn has(job: &Value, condition: &str) -> bool {
    reason(job, condition).is_some()
}

/// The reason of a condition that is true.
pub(crate) fn reason<'v>(job: &'v Value, condition: &str) -> Option<&'v str> {
    let conditions = job.pointer("/status/conditions")?.as_array()?;
    let is_true = |one: &&Value| one["type"] == condition && one["status"] == "True";
    conditions
        .iter()
        .find(is_true)
        .map(|one| text(one, "/reason"))
}

/// Holds that something stays so for a while, for what the controllers must not do.
pub(crate) async fn stays(what: &str, holds: impl AsyncFn() -> bool) {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(3) {
        assert!(holds().await, "{what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
