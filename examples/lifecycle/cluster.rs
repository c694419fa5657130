//! A fake cluster in which packages find what they need.

use std::time::Duration;

use catalog_hooks::simulator::{FakeCluster, PodScript, Readiness};
use catalog_hooks::{Role, Timestamp, label};

/// When the time of a fake cluster begins: in September 2026.
const BEGINNING: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// Kinds of KubeVela and Flux, which are there already: API version, kind.
const SERVED: [(&str, &str); 10] = [
    ("core.oam.dev/v1beta1", "ComponentDefinition"),
    ("core.oam.dev/v1beta1", "TraitDefinition"),
    ("core.oam.dev/v1beta1", "WorkloadDefinition"),
    ("core.oam.dev/v1beta1", "PolicyDefinition"),
    ("core.oam.dev/v1beta1", "WorkflowStepDefinition"),
    ("helm.toolkit.fluxcd.io/v2", "HelmRelease"),
    ("source.toolkit.fluxcd.io/v1", "HelmRepository"),
    ("source.toolkit.fluxcd.io/v1", "OCIRepository"),
    ("source.toolkit.fluxcd.io/v1", "GitRepository"),
    ("terraform.core.oam.dev/v1beta2", "Configuration"),
];

/// Kinds whose objects become ready two seconds after each change.
const CONTROLLED: [&str; 10] = [
    "Configuration",
    "HelmRelease",
    "HelmRepository",
    "OCIRepository",
    "GitRepository",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "PersistentVolumeClaim",
];

/// A fake cluster, without a namespace for runners.
pub(crate) fn empty() -> FakeCluster {
    let mut cluster = FakeCluster::new(BEGINNING);
    cluster.add_namespace("vela-system");
    for (api_version, kind) in SERVED {
        cluster.serve(api_version, kind, true);
    }
    for kind in CONTROLLED {
        cluster.readiness(kind, Readiness::After(Duration::from_secs(2)));
    }
    cluster
}

/// Says what pods do from now on: those of some hooks and actions fail, those of others never end, and all others succeed.
pub(crate) fn set_pods(cluster: &mut FakeCluster, fails: &[String], hangs: &[String]) {
    // What was said before holds no more.
    cluster.script(&[], [PodScript::succeeds(Duration::from_secs(5))]);
    let second = Duration::from_secs(1);
    let mut say = |hook: &String, script: PodScript| {
        for role in [Role::Run, Role::Action] {
            let labels = [(label::HOOK, hook.as_str()), (label::ROLE, role.as_str())];
            cluster.script(&labels, [script.clone()]);
        }
    };
    for hook in fails {
        say(
            hook,
            PodScript::fails(second, 1).with_log("it was told to fail\n"),
        );
    }
    for hook in hangs {
        say(hook, PodScript::runs());
    }
}
