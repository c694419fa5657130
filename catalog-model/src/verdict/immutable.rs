//! Fields that a server lets nobody change.
//!
//! Those of Kubernetes' own kinds are a table, from the functions `Validate…Update` of Kubernetes 1.36; older servers refuse some more of them.
//! Those of custom resources are what rules of the CRD say that are `self == oldSelf`, or that of a field in them; what other rules compare with the old
//! object is not known. `tests/verdict/immutable.yaml` holds both to a server.

use std::collections::BTreeSet;
use std::fmt;

use catalog_conditions::quantity::Quantity;
use catalog_conditions::show::one_line;
use serde_json::Value;

use super::change::{ChangeKind, FieldChange};
use super::json::same;
use super::owner::{FIELD_MANAGER, entries};
use super::schema::FieldSchema;
use super::spot::Rules;
use crate::definition::ObjectIdentity;
use crate::pointer::unescaped;

/// A change that a server refuses, because nobody may change the field once the object is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImmutableField {
    pointer: String,
    loss: &'static str,
}

impl ImmutableField {
    /// Which field, as a JSON pointer into the document, or into the cluster's object for what goes.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What deleting the object and making it anew costs, in a sentence without a full stop.
    #[must_use]
    pub fn loss(&self) -> &'static str {
        self.loss
    }

    /// What helps.
    #[must_use]
    pub fn remedy(&self) -> String {
        format!(
            "leave the field as it is, give the object a new name, or have it deleted and made anew: {}",
            self.loss
        )
    }
}

impl fmt::Display for ImmutableField {
    /// `object.immutable (apply): /spec/selector/matchLabels/app may not be changed: the server refuses the apply`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = one_line(&self.pointer);
        write!(
            f,
            "object.immutable (apply): {pointer} may not be changed: the server refuses the apply"
        )
    }
}

/// A kind of which some fields stay as they were made.
struct Kind {
    group: &'static str,
    kind: &'static str,
    /// JSON pointers: these and all below stay.
    fixed: &'static [&'static str],
    /// But not these, nor what is below them.
    free: &'static [&'static str],
    /// Nor a change of which this holds.
    may_change: fn(&Update<'_>) -> bool,
    loss: &'static str,
}

/// A change, and the object on both sides of it.
struct Update<'u> {
    change: &'u FieldChange,
    document: &'u Value,
    live: &'u Value,
}

const SECRET_LOSS: &str = "pods that start in between do not";
const BINDING_LOSS: &str = "in between, nobody has the role";
const RESOURCE_LOSS: &str = "what its controller made of it may go with it";
const CLASS_LOSS: &str = "what names it in between is refused or waits";
const POD_LOSS: &str = "its pods end, and those of the new one have to start";

static KINDS: &[Kind] = &[
    Kind {
        may_change: is_change_of_a_deployment,
        ..Kind::of(
            "apps",
            "Deployment",
            &["/spec/selector", "/spec/strategy/type"],
            POD_LOSS,
        )
    },
    Kind::of("apps", "DaemonSet", &["/spec/selector"], POD_LOSS),
    Kind::of("apps", "ReplicaSet", &["/spec/selector"], POD_LOSS),
    Kind {
        free: &[
            "/spec/minReadySeconds",
            "/spec/ordinals",
            "/spec/persistentVolumeClaimRetentionPolicy",
            "/spec/replicas",
            "/spec/revisionHistoryLimit",
            "/spec/template",
        ],
        may_change: is_change_of_a_stateful_set,
        ..Kind::of(
            "apps",
            "StatefulSet",
            &["/spec"],
            "with `--cascade=orphan` its pods and claims stay, and the new one takes those over that its selector and name fit",
        )
    },
    Kind::of(
        "apps",
        "ControllerRevision",
        &["/data"],
        "a rollback to it is not possible any more",
    ),
    Kind {
        may_change: is_change_of_a_job,
        ..Kind::of(
            "batch",
            "Job",
            &[
                "/spec/backoffLimitPerIndex",
                "/spec/completionMode",
                "/spec/completions",
                "/spec/managedBy",
                "/spec/podFailurePolicy",
                "/spec/selector",
                "/spec/successPolicy",
                "/spec/template",
            ],
            "its pods and their logs go, and what it did is done again",
        )
    },
    Kind {
        free: &["/spec/activeDeadlineSeconds"],
        may_change: is_change_of_a_pod,
        ..Kind::of("", "Pod", &["/spec"], "it ends, and starts anew")
    },
    Kind {
        may_change: is_change_of_a_service,
        ..Kind::of(
            "",
            "Service",
            &[
                "/spec/clusterIP",
                "/spec/clusterIPs",
                "/spec/healthCheckNodePort",
                "/spec/ipFamilies",
                "/spec/loadBalancerClass",
            ],
            "in between, nobody reaches it, and its addresses may be others afterwards",
        )
    },
    Kind {
        may_change: is_change_of_a_claim,
        free: &["/spec/volumeAttributesClassName"],
        ..Kind::of(
            "",
            "PersistentVolumeClaim",
            &["/spec"],
            "the volume and all data on it go with it, unless `persistentVolumeReclaimPolicy` of the volume is `Retain`",
        )
    },
    Kind {
        may_change: is_change_of_a_volume,
        free: &[
            "/spec/accessModes",
            "/spec/capacity",
            "/spec/claimRef",
            "/spec/mountOptions",
            "/spec/persistentVolumeReclaimPolicy",
            "/spec/storageClassName",
        ],
        ..Kind::of(
            "",
            "PersistentVolume",
            &["/spec"],
            "the claim that is bound to it is lost; what is stored stays where `persistentVolumeReclaimPolicy` is `Retain`",
        )
    },
    Kind::of(
        "storage.k8s.io",
        "StorageClass",
        &[
            "/parameters",
            "/provisioner",
            "/reclaimPolicy",
            "/volumeBindingMode",
        ],
        "volumes that are there stay; claims that are made in between wait",
    ),
    Kind::of(
        "storage.k8s.io",
        "VolumeAttributesClass",
        &["/driverName", "/parameters"],
        CLASS_LOSS,
    ),
    Kind::of(
        "storage.k8s.io",
        "CSIDriver",
        &["/spec/attachRequired", "/spec/volumeLifecycleModes"],
        "volumes that are mounted in between are mounted without what it says",
    ),
    Kind {
        may_change: |update| !update.is_sealed() && update.change.pointer != "/type",
        ..Kind::of(
            "",
            "Secret",
            &["/data", "/immutable", "/stringData", "/type"],
            SECRET_LOSS,
        )
    },
    Kind {
        may_change: |update| !update.is_sealed(),
        ..Kind::of(
            "",
            "ConfigMap",
            &["/binaryData", "/data", "/immutable"],
            SECRET_LOSS,
        )
    },
    Kind::of(
        "rbac.authorization.k8s.io",
        "RoleBinding",
        &["/roleRef"],
        BINDING_LOSS,
    ),
    Kind::of(
        "rbac.authorization.k8s.io",
        "ClusterRoleBinding",
        &["/roleRef"],
        BINDING_LOSS,
    ),
    Kind::of(
        "scheduling.k8s.io",
        "PriorityClass",
        &["/preemptionPolicy", "/value"],
        "pods that are there keep their priority; those that name it in between are refused",
    ),
    Kind::of("node.k8s.io", "RuntimeClass", &["/handler"], CLASS_LOSS),
    Kind::of(
        "networking.k8s.io",
        "IngressClass",
        &["/spec/controller"],
        "in between, its Ingresses are nobody's",
    ),
    Kind::of(
        "",
        "ResourceQuota",
        &["/spec/scopes"],
        "in between, nothing is limited",
    ),
    Kind::of(
        "discovery.k8s.io",
        "EndpointSlice",
        &["/addressType"],
        "in between, nobody reaches its endpoints",
    ),
    Kind::of(
        "resource.k8s.io",
        "ResourceClaim",
        &["/spec"],
        "it is deleted only when no pod uses it, and its devices are given out anew",
    ),
    Kind::of(
        "resource.k8s.io",
        "ResourceClaimTemplate",
        &["/spec"],
        "claims that were made of it stay; pods that name it in between wait",
    ),
];

impl Kind {
    /// A kind of which these fields stay, whatever else is so.
    const fn of(
        group: &'static str,
        kind: &'static str,
        fixed: &'static [&'static str],
        loss: &'static str,
    ) -> Self {
        Self {
            group,
            kind,
            fixed,
            free: &[],
            may_change: |_| false,
            loss,
        }
    }

    fn is_refused(&self, update: &Update<'_>) -> bool {
        let is_in = |list: &[&str]| list.iter().any(|at| update.change.is_in(at));
        is_in(self.fixed) && !is_in(self.free) && !(self.may_change)(update)
    }
}

/// The changes of an object that a server refuses. Cost: linear in the changes, each with the rules on its way.
pub(super) fn refused(
    (object, rules): (&ObjectIdentity, Rules<'_>),
    changes: &[FieldChange],
    (document, live): (&Value, &Value),
) -> Vec<ImmutableField> {
    if let Rules::Custom(schema) = rules {
        return by_rules(schema, changes);
    }
    let mut kinds = KINDS.iter();
    let Some(kind) = kinds.find(|one| (one.group, one.kind) == (object.group(), object.kind()))
    else {
        return Vec::new();
    };
    let updates = changes.iter().map(|change| Update {
        change,
        document,
        live,
    });
    let refused = updates.filter(|update| kind.is_refused(update));
    let fields = refused.map(|update| ImmutableField {
        pointer: update.change.pointer.clone(),
        loss: kind.loss,
    });
    fields.collect()
}

/// The changes of a custom resource that rules of its CRD keep from being made.
fn by_rules(schema: FieldSchema<'_>, changes: &[FieldChange]) -> Vec<ImmutableField> {
    let refused = changes.iter().filter(|change| {
        let tokens: Vec<String> = change
            .tokens()
            .map(|token| unescaped(token).into_owned())
            .collect();
        let mut place = schema;
        (0..=tokens.len()).any(|at| {
            let (way, below) = tokens.split_at(at);
            if let Some(token) = way.last() {
                place = place.step(token);
            }
            let is_fixed = |path: &[&str]| {
                let is_in =
                    below.len() >= path.len() && below.iter().zip(path).all(|(a, b)| a == b);
                // Of a value that comes or goes there is nothing to compare; of a field in it, the rule fails.
                let is_compared =
                    !below.is_empty() || !path.is_empty() || change.kind == ChangeKind::Changed;
                is_in && is_compared
            };
            place.kept().any(|path| is_fixed(&path))
        })
    });
    let fields = refused.map(|change| ImmutableField {
        pointer: change.pointer.clone(),
        loss: RESOURCE_LOSS,
    });
    fields.collect()
}

impl Update<'_> {
    fn live(&self, pointer: &str) -> Option<&Value> {
        self.live.pointer(pointer).filter(|value| !value.is_null())
    }

    fn document(&self, pointer: &str) -> Option<&Value> {
        let value = self.document.pointer(pointer);
        value.filter(|value| !value.is_null())
    }

    /// Whether a Secret or ConfigMap says that it never changes.
    fn is_sealed(&self) -> bool {
        self.live("/immutable") == Some(&Value::Bool(true))
    }
}

/// A Job that waits to be started may still be told where its pods go; one whose pods have numbers may have more or fewer of them.
fn is_change_of_a_job(update: &Update<'_>) -> bool {
    const SCHEDULING: [&str; 6] = [
        "/spec/template/metadata/annotations",
        "/spec/template/metadata/labels",
        "/spec/template/spec/affinity",
        "/spec/template/spec/nodeSelector",
        "/spec/template/spec/schedulingGates",
        "/spec/template/spec/tolerations",
    ];
    let change = update.change;
    if change.is_in("/spec/completions") {
        let is_indexed = update.live("/spec/completionMode") == Some(&"Indexed".into());
        let after = |pointer| update.document(pointer).or_else(|| update.live(pointer));
        return is_indexed && after("/spec/completions") == after("/spec/parallelism");
    }
    let has_started = update.live("/status/startTime").is_some();
    let is_suspended = update.live("/spec/suspend") == Some(&Value::Bool(true)) && !has_started;
    let is_of_containers = change.is_in("/spec/template/spec/containers")
        || change.is_in("/spec/template/spec/initContainers");
    let is_scheduling = SCHEDULING.iter().any(|at| change.is_in(at))
        || is_of_containers && change.tokens().nth(5) == Some("resources");
    is_suspended && is_scheduling
}

/// Another image may be put into a pod, and tolerations may be added.
fn is_change_of_a_pod(update: &Update<'_>) -> bool {
    let change = update.change;
    let mut tokens = change.tokens().skip(1);
    match (tokens.next(), tokens.nth(1), tokens.next()) {
        (Some("containers" | "initContainers"), Some("image"), None) => true,
        (Some("tolerations"), None, None) => {
            let now = items(change.new.as_ref());
            let stays = |one: &Value| is_given(one) || now.iter().any(|now| same(now, one));
            items(change.old.as_ref()).iter().all(stays)
        }
        _ => {
            let gates = update.live(GATES).and_then(Value::as_array);
            gates.is_some_and(|gates| !gates.is_empty()) && is_change_of_a_gated_pod(update)
        }
    }
}

const GATES: &str = "/spec/schedulingGates";

/// A pod that waits for gates may lose some of them, and be held to fewer nodes.
fn is_change_of_a_gated_pod(update: &Update<'_>) -> bool {
    const SELECTOR: &str = "/spec/nodeSelector";
    const AFFINITY: &str = "/spec/affinity/nodeAffinity";
    const PREFERRED: &str =
        "/spec/affinity/nodeAffinity/preferredDuringSchedulingIgnoredDuringExecution";
    const TERMS: &str = "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms";
    let change = update.change;
    if change.is_in(GATES) {
        let [old, new] = [&change.old, &change.new].map(|side| {
            let names = items(side.as_ref()).iter();
            let names = names.filter_map(|gate| gate.get("name")?.as_str());
            names.collect::<BTreeSet<_>>()
        });
        return change.kind != ChangeKind::Added && new.is_subset(&old);
    }
    // A server takes it as one value.
    if change.is_in(SELECTOR) {
        let old = update.live(SELECTOR).and_then(Value::as_object);
        let new = update.document(SELECTOR);
        let stays = |(key, value)| new.and_then(|new| new.get(key)) == Some(value);
        return old.into_iter().flatten().all(stays);
    }
    let mut values = change.old.iter().chain(&change.new);
    let is_of_nodes = |value: &Value| {
        let mut keys = value.as_object().into_iter().flat_map(|map| map.keys());
        keys.all(|key| key == "nodeAffinity")
    };
    let is_alone = change.pointer == "/spec/affinity" && values.all(is_of_nodes);
    if !is_alone && !change.is_in(AFFINITY) {
        return false;
    }
    let (old, new) = (items(update.live(TERMS)), items(update.document(TERMS)));
    change.is_in(PREFERRED)
        || old.is_empty()
        || old.len() == new.len() && old.iter().zip(new).all(|(old, new)| is_narrowed(old, new))
}

/// Whether a term asks of nodes what another does, and perhaps more.
fn is_narrowed(old: &Value, new: &Value) -> bool {
    let lists =
        ["matchExpressions", "matchFields"].map(|key| (items(old.get(key)), items(new.get(key))));
    // A term that asks nothing is one that no node meets.
    let meets_none = lists.iter().all(|(old, _)| old.is_empty());
    lists.iter().all(|(old, new)| match meets_none {
        true => new.is_empty(),
        false => old.len() <= new.len() && old.iter().zip(*new).all(|(old, new)| same(old, new)),
    })
}

/// The items of a list.
fn items(list: Option<&Value>) -> &[Value] {
    list.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Whether a toleration is one of those that the server gives each pod.
fn is_given(toleration: &Value) -> bool {
    let key = toleration.get("key").and_then(Value::as_str);
    matches!(
        key,
        Some("node.kubernetes.io/not-ready" | "node.kubernetes.io/unreachable")
    )
}

/// A Service that becomes a name of something outside, or was one, has no addresses to keep; and what nobody asks for any more, the server keeps.
fn is_change_of_a_deployment(update: &Update<'_>) -> bool {
    update.change.is_in("/spec/strategy/type") && !leaves_numbers(update, "strategy")
}

fn is_change_of_a_stateful_set(update: &Update<'_>) -> bool {
    update.change.is_in("/spec/updateStrategy") && !leaves_numbers(update, "updateStrategy")
}

/// Whether the numbers of a rolling update stay beside another strategy, for which they are refused: those that a server filled in do, and
/// those that we applied go with what we no longer say of them.
fn leaves_numbers(update: &Update<'_>, strategy: &str) -> bool {
    let is_other = update.change.is_in(&format!("/spec/{strategy}/type"))
        && update.change.new.as_ref() != Some(&"RollingUpdate".into());
    let are_there = update
        .live(&format!("/spec/{strategy}/rollingUpdate"))
        .is_some();
    let pointer = format!("/fieldsV1/f:spec/f:{strategy}/f:rollingUpdate");
    let are_ours = entries(update.live).any(|entry| {
        entry.get("manager") == Some(&FIELD_MANAGER.into()) && entry.pointer(&pointer).is_some()
    });
    is_other && are_there && !are_ours
}

fn is_change_of_a_service(update: &Update<'_>) -> bool {
    let change = update.change;
    let on_both = |is: fn(&Value) -> bool| is(update.live) && is(update.document);
    if change.is_in("/spec/loadBalancerClass") {
        return !on_both(is_balanced);
    }
    if change.is_in("/spec/healthCheckNodePort") {
        return change.kind == ChangeKind::Removed || !on_both(has_health_check);
    }
    let is_name = |value: Option<&Value>| value.and_then(Value::as_str) == Some("ExternalName");
    let is_second = change.tokens().nth(2).is_some_and(|at| at != "0");
    change.kind == ChangeKind::Removed
        || is_second
        || is_name(update.live("/spec/type"))
        || is_name(update.document("/spec/type"))
}

/// Whether a Service asks for a load balancer.
fn is_balanced(service: &Value) -> bool {
    service.pointer("/spec/type") == Some(&"LoadBalancer".into())
}

/// Whether a Service has a port at which load balancers ask nodes for its pods.
fn has_health_check(service: &Value) -> bool {
    is_balanced(service) && service.pointer("/spec/externalTrafficPolicy") == Some(&"Local".into())
}

/// A claim that is bound may grow, and one that is not may be told its volume.
fn is_change_of_a_claim(update: &Update<'_>) -> bool {
    let change = update.change;
    if change.is_in("/spec/volumeName") {
        return change.kind == ChangeKind::Added;
    }
    let is_size = change.is_in("/spec/resources/requests/storage");
    let is_bound = update.live("/status/phase") == Some(&"Bound".into());
    let amount = |side: Option<&Value>| side.and_then(|side| Quantity::from_json(side).ok());
    let (old, new) = (amount(change.old.as_ref()), amount(change.new.as_ref()));
    is_size && is_bound && matches!((old, new), (Some(old), Some(new)) if old <= new)
}

/// Where a volume can be reached may be said once.
fn is_change_of_a_volume(update: &Update<'_>) -> bool {
    update.change.is_in("/spec/nodeAffinity") && update.live("/spec/nodeAffinity").is_none()
}
