//! The files of `hooks/`.
#![expect(dead_code, reason = "the generator of schemas alone reads these types")]

use schemars::{JsonSchema, Schema};
use serde_json::json;

use super::rule::{require_all, when, with};
use super::scalar::{
    FullString, Inked, Label, Object, PlainString, Signed, StringMap, Text, Texts, Timeout,
    Unsigned,
};
use super::word;

/// Jobs that run around the operations of a package: lists by phase, and actions.
#[derive(JsonSchema)]
#[schemars(
    title = "A file in hooks/",
    deny_unknown_fields,
    rename_all = "kebab-case"
)]
pub(super) struct HookFile {
    /// Before an install.
    pre_install: Option<Vec<Hook>>,
    /// After an install.
    post_install: Option<Vec<Hook>>,
    /// Before an uninstall.
    pre_uninstall: Option<Vec<Hook>>,
    /// After an uninstall.
    post_uninstall: Option<Vec<Hook>>,
    /// Before an upgrade to this version.
    pre_upgrade: Option<Vec<Hook>>,
    /// After an upgrade to this version.
    post_upgrade: Option<Vec<Hook>>,
    /// Before this version is left by a rollback.
    pre_rollback: Option<Vec<Hook>>,
    /// After a rollback to this version.
    post_rollback: Option<Vec<Hook>>,
    /// Operations that a user starts by hand.
    actions: Option<Vec<Action>>,
}

/// A Job that runs in its phase.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "camelCase", transform = retries_fit)]
struct Hook {
    /// The hook's name, unique in its phase. Default: the file's stem and the index.
    name: Option<Inked>,
    /// The Job.
    job: Job,
    /// Smaller runs earlier.
    #[schemars(extend("default" = 0))]
    weight: Option<Signed>,
    /// Hooks of the same phase that must have succeeded before.
    after: Option<Texts>,
    /// How long one attempt may take.
    #[schemars(extend("default" = "10m"))]
    timeout: Option<Timeout>,
    /// Attempts after the first. Default: the Job's own `backoffLimit`, else 0.
    retries: Option<Unsigned>,
    /// The wait between attempts.
    backoff: Option<Backoff>,
    /// What a failure does to the operation.
    #[schemars(extend("default" = "stop"))]
    on_failure: Option<OnFailure>,
    /// How often a Job may be made when it is not known whether one ran.
    #[schemars(extend("default" = "at-least-once"))]
    semantics: Option<Semantics>,
    /// Whether nothing can be undone once it started.
    #[schemars(extend("default" = false))]
    irreversible: Option<bool>,
    /// Whether the finished Job is kept for reading.
    #[schemars(extend("default" = "onFailure"))]
    keep: Option<Keep>,
    /// How long a Job may have no pod before the hook is looked at as stuck.
    #[schemars(extend("default" = "2m"))]
    stuck_after: Option<Timeout>,
    /// A Job that undoes what this one did, run also for the hook that failed or was lost.
    undo: Option<Job>,
    /// Objects that the Job needs, made before it and deleted after it.
    resources: Option<Vec<Resource>>,
}

/// An operation that a user starts by hand.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "camelCase", transform = retries_fit)]
struct Action {
    /// The action's name: a DNS-1123 label.
    name: Label,
    /// What it does, for the user.
    description: Option<Text>,
    /// A JSON Schema of what the user may set; a parameter reaches the Job as `PARAM_<NAME>`.
    parameters: Option<Object>,
    /// The Job.
    job: Job,
    /// Smaller runs earlier.
    #[schemars(extend("default" = 0))]
    weight: Option<Signed>,
    /// Hooks of the same phase that must have succeeded before.
    after: Option<Texts>,
    /// How long one attempt may take.
    #[schemars(extend("default" = "10m"))]
    timeout: Option<Timeout>,
    /// Attempts after the first. Default: the Job's own `backoffLimit`, else 0.
    retries: Option<Unsigned>,
    /// The wait between attempts.
    backoff: Option<Backoff>,
    /// What a failure does to the operation.
    #[schemars(extend("default" = "stop"))]
    on_failure: Option<OnFailure>,
    /// How often a Job may be made when it is not known whether one ran.
    #[schemars(extend("default" = "at-least-once"))]
    semantics: Option<Semantics>,
    /// Whether nothing can be undone once it started.
    #[schemars(extend("default" = false))]
    irreversible: Option<bool>,
    /// Whether the finished Job is kept for reading.
    #[schemars(extend("default" = "onFailure"))]
    keep: Option<Keep>,
    /// How long a Job may have no pod before the hook is looked at as stuck.
    #[schemars(extend("default" = "2m"))]
    stuck_after: Option<Timeout>,
    /// Objects that the Job needs, made before it and deleted after it.
    resources: Option<Vec<Resource>>,
}

/// What runs at most once cannot be retried.
fn retries_fit(schema: &mut Schema) {
    let once = json!({ "required": ["semantics"], "properties": { "semantics": { "const": "at-most-once" } } });
    require_all(
        schema,
        [when(once, with("retries", json!({ "maximum": 0 })))],
    );
}

/// The wait before the n-th retry: `initial × factor^(n-1)`, at most `max`.
#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
struct Backoff {
    /// Before the first retry.
    #[schemars(extend("default" = "10s"))]
    initial: Option<Timeout>,
    /// Growth from one to the next.
    #[schemars(extend("default" = 2))]
    factor: Option<Unsigned>,
    /// The longest wait.
    #[schemars(extend("default" = "5m"))]
    max: Option<Timeout>,
}

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "camelCase", transform = word::list)]
enum OnFailure {
    /// The operation stops.
    Stop,
    /// The failure is recorded, and the operation goes on.
    Continue,
    /// The operation is rolled back.
    Rollback,
}

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "kebab-case", transform = word::list)]
enum Semantics {
    /// It is made again.
    AtLeastOnce,
    /// It is not: somebody decides.
    AtMostOnce,
}

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "camelCase", transform = word::list)]
enum Keep {
    /// Those that failed.
    OnFailure,
    /// All.
    Always,
    /// None.
    Never,
}

/// A `batch/v1` Job with at least one container. What else a Job needs is filled in.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
struct Job {
    /// The API of Jobs.
    #[schemars(extend("const" = "batch/v1"))]
    api_version: String,
    /// What it is.
    #[schemars(extend("const" = "Job"))]
    kind: String,
    /// Its name, which is replaced, its namespace, labels and annotations.
    metadata: Option<JobMetadata>,
    /// What runs.
    spec: JobSpec,
}

#[derive(JsonSchema)]
#[schemars(inline)]
struct JobMetadata {
    /// Its name: whatever it is, the Job gets another.
    name: Option<PlainString>,
    /// Its namespace, which must be the instance's.
    namespace: Option<PlainString>,
    /// Its labels: texts.
    labels: Option<StringMap>,
    /// Its annotations: texts.
    annotations: Option<StringMap>,
}

#[derive(JsonSchema)]
#[schemars(inline)]
struct JobSpec {
    /// The pod.
    template: PodTemplate,
}

#[derive(JsonSchema)]
#[schemars(inline)]
struct PodTemplate {
    /// Labels and annotations of the pod.
    metadata: Option<PodMetadata>,
    /// What is in the pod.
    spec: PodSpec,
}

#[derive(JsonSchema)]
#[schemars(inline)]
struct PodMetadata {
    /// Its labels: texts.
    labels: Option<StringMap>,
    /// Its annotations: texts.
    annotations: Option<StringMap>,
}

#[derive(JsonSchema)]
#[schemars(inline)]
struct PodSpec {
    /// What the pod runs: one container or more.
    #[schemars(length(min = 1))]
    containers: Vec<Container>,
}

#[derive(JsonSchema)]
#[schemars(inline)]
struct Container {
    /// The container's name.
    name: FullString,
    /// The container's image.
    image: FullString,
}

/// A whole Kubernetes object.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
struct Resource {
    /// The group and version of its API.
    api_version: FullString,
    /// Its kind.
    kind: FullString,
    /// Its name, namespace, labels and annotations.
    metadata: ResourceMetadata,
}

#[derive(JsonSchema)]
#[schemars(inline)]
struct ResourceMetadata {
    /// Its name.
    name: FullString,
    /// Its namespace. Default: the instance's, for a kind that lives in one.
    namespace: Option<PlainString>,
    /// Its labels: texts.
    labels: Option<StringMap>,
    /// Its annotations: texts.
    annotations: Option<StringMap>,
}
