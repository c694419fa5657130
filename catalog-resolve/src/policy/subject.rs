//! What rules can be about, and what they can ask of it: one table for reading, for the schema and for the page.

use super::form::Form;

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// APIs that come with a CustomResourceDefinition.
    Apis,
    /// Who gets which role.
    Bindings,
    /// What would break in definitions that the cluster has.
    Breaks,
    /// What roles allow that those of the release before did not.
    Growth,
    /// What pods reach of the node.
    Host,
    /// Container images, of workloads and hooks.
    Images,
    /// Namespaces that are written to.
    Namespaces,
    /// Objects.
    Objects,
    /// Rules of roles.
    Permissions,
    /// What is not known of the plan.
    Unexamined,
    /// Verdicts on definitions.
    Verdicts,
    /// Admission webhooks.
    Webhooks,
}

/// What can be asked of a thing.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) kind: KeyKind,
    pub(super) about: &'static str,
}

/// What stands under a key.
#[derive(Clone, Copy)]
pub(super) enum KeyKind {
    /// A list of patterns of values that look like this.
    Patterns(Form),
    /// A list of some of these words.
    Words(&'static [&'static str]),
    /// True or false.
    Flag,
}

const RISKS: &[&str] = &[
    "bind",
    "certificates",
    "clusterAdmin",
    "escalate",
    "everybody",
    "exec",
    "extendsBuiltIn",
    "impersonate",
    "namespaces",
    "nodes",
    "secrets",
    "tokens",
    "volumes",
    "webhooks",
    "wildcardResources",
    "wildcardVerbs",
    "workloads",
];

const fn patterns(name: &'static str, form: Form, about: &'static str) -> Key {
    let kind = KeyKind::Patterns(form);
    Key { name, kind, about }
}

const fn words(name: &'static str, words: &'static [&'static str], about: &'static str) -> Key {
    let kind = KeyKind::Words(words);
    Key { name, kind, about }
}

const fn kinds(about: &'static str) -> Key {
    patterns("kinds", Form::KindOfGroup, about)
}

const fn flag(name: &'static str, about: &'static str) -> Key {
    let kind = KeyKind::Flag;
    Key { name, kind, about }
}

/// The kinds of objects that are of no group.
pub(super) const WITHOUT_GROUP: [&str; 16] = [
    "ComponentStatus",
    "ConfigMap",
    "Endpoints",
    "Event",
    "LimitRange",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Pod",
    "PodTemplate",
    "ReplicationController",
    "ResourceQuota",
    "Secret",
    "Service",
    "ServiceAccount",
];

static APIS: [Key; 2] = [
    patterns("groups", Form::CrdGroup, "the API group"),
    patterns("kinds", Form::Kind, "the kind"),
];
static BINDINGS: [Key; 4] = [
    flag("clusterWide", "whether it is a ClusterRoleBinding"),
    words(
        "risks",
        &["clusterAdmin", "everybody"],
        "why it deserves a look",
    ),
    patterns("roles", Form::Role, "the role, as `ClusterRole/view`"),
    patterns(
        "subjects",
        Form::RoleSubject,
        "who gets it, as `ServiceAccount/web/server` or `Group/system:authenticated`",
    ),
];
static BREAKS: [Key; 3] = [
    patterns(
        "codes",
        Form::Code,
        "the code, as `crd.field.removed` and `object.immutable`",
    ),
    words(
        "hits",
        &["apply", "create", "read", "update"],
        "whom it hits",
    ),
    patterns("names", Form::Any, "the definition's name"),
];
static RULES: [Key; 5] = [
    patterns(
        "apiGroups",
        Form::Group,
        "the API groups; the core group is an empty text",
    ),
    flag("clusterWide", "whether a ClusterRole says so"),
    patterns(
        "resources",
        Form::Resource,
        "the resources, as `pods/exec`, or the paths that are none",
    ),
    words("risks", RISKS, "why it deserves a look"),
    patterns("verbs", Form::Lower, "the verbs"),
];
static HOST: [Key; 2] = [
    words(
        "access",
        &[
            "capability",
            "hostIPC",
            "hostNetwork",
            "hostPID",
            "hostPath",
            "hostPort",
            "hostProcess",
            "privileged",
            "probeHost",
            "procMount",
            "seLinuxOptions",
            "sysctl",
            "unconfined",
        ],
        "what is reached",
    ),
    patterns(
        "details",
        Form::Any,
        "the path, the port, the capability, the setting of the kernel, the container that is privileged, the profile that is missing, the label, the host that is probed",
    ),
];
static IMAGES: [Key; 5] = [
    flag("digest", "whether it is named by a digest"),
    patterns("images", Form::Any, "the name as it is written"),
    patterns(
        "registries",
        Form::Registry,
        "the registry; `docker.io` where none is written",
    ),
    patterns(
        "repositories",
        Form::Lower,
        "the repository in it, as `library/nginx`",
    ),
    patterns(
        "tags",
        Form::Tag,
        "the tag; `latest` where neither tag nor digest is written",
    ),
];
static NAMESPACES: [Key; 1] = [patterns("names", Form::Lower, "the name")];
static OBJECTS: [Key; 4] = [
    kinds("the kind with its group, as `Deployment.apps` and `Secret`"),
    patterns("names", Form::Any, "the name"),
    patterns(
        "namespaces",
        Form::Lower,
        "the namespace, where one is written",
    ),
    words(
        "scope",
        &["cluster", "namespaced", "unknown"],
        "where its kind lives",
    ),
];
static UNEXAMINED: [Key; 1] = [patterns(
    "names",
    Form::Any,
    "what it is, as the ledger says: `module web`, a file, an object",
)];
static VERDICTS: [Key; 2] = [
    words(
        "is",
        &[
            "downgrade",
            "incompatible",
            "install",
            "ownedByOther",
            "unknown",
            "unowned",
            "upToDate",
            "upgrade",
        ],
        "the verdict",
    ),
    kinds("the kind with its group"),
];
static WEBHOOKS: [Key; 4] = [
    words(
        "failurePolicy",
        &["Fail", "Ignore"],
        "what is done when it does not answer",
    ),
    flag("mutating", "whether it may change what is written"),
    patterns(
        "operations",
        Form::Operation,
        "what is intercepted, as `CREATE`",
    ),
    patterns(
        "resources",
        Form::Resource,
        "of what, as `pods` and `deployments.apps`",
    ),
];

impl Subject {
    /// All of them, by name.
    pub const ALL: [Self; 12] = [
        Self::Apis,
        Self::Bindings,
        Self::Breaks,
        Self::Growth,
        Self::Host,
        Self::Images,
        Self::Namespaces,
        Self::Objects,
        Self::Permissions,
        Self::Unexamined,
        Self::Verdicts,
        Self::Webhooks,
    ];

    /// Its name in rules, as `images`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Apis => "apis",
            Self::Bindings => "bindings",
            Self::Breaks => "breaks",
            Self::Growth => "growth",
            Self::Host => "host",
            Self::Images => "images",
            Self::Namespaces => "namespaces",
            Self::Objects => "objects",
            Self::Permissions => "permissions",
            Self::Unexamined => "unexamined",
            Self::Verdicts => "verdicts",
            Self::Webhooks => "webhooks",
        }
    }

    /// What it is, for the page.
    pub(super) fn about(self) -> &'static str {
        match self {
            Self::Apis => "an API that comes with a CustomResourceDefinition",
            Self::Bindings => "somebody gets a role",
            Self::Breaks => {
                "something that a definition in the cluster allowed and would not any more"
            }
            Self::Growth => "what the roles of a release allow and those of the one before did not",
            Self::Host => "what a pod, of a workload or of a hook, reaches of its node",
            Self::Images => "a container image, of a workload or of a hook",
            Self::Namespaces => "a namespace that is written to",
            Self::Objects => "an object that comes or changes",
            Self::Permissions => "a rule of a Role or ClusterRole",
            Self::Unexamined => {
                "something of which nothing is known: a remote chart, Terraform, a file that cannot be read"
            }
            Self::Verdicts => "what applying a definition would do to what the cluster has",
            Self::Webhooks => "an admission webhook",
        }
    }

    /// What can be asked of it.
    pub(super) fn keys(self) -> &'static [Key] {
        match self {
            Self::Apis => &APIS,
            Self::Bindings => &BINDINGS,
            Self::Breaks => &BREAKS,
            Self::Growth | Self::Permissions => &RULES,
            Self::Host => &HOST,
            Self::Images => &IMAGES,
            Self::Namespaces => &NAMESPACES,
            Self::Objects => &OBJECTS,
            Self::Unexamined => &UNEXAMINED,
            Self::Verdicts => &VERDICTS,
            Self::Webhooks => &WEBHOOKS,
        }
    }
}
