//! What a release adds to a cluster, one thing at a time.

use std::fmt;

use catalog_model::Phase;
use catalog_model::conditions::show::one_line;

use super::host::HostAccess;
use super::rbac::Rule;
use super::risk::Risk;

/// One thing that a release adds to a cluster or does in it. Ordered by kind, then by what it says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Effect {
    /// An API that is served because of a CustomResourceDefinition.
    Api {
        /// The API group.
        group: String,
        /// The version.
        version: String,
        /// The kind.
        kind: String,
    },
    /// An object.
    Object {
        /// Which.
        object: ObjectRef,
        /// Whether its kind lives in namespaces.
        scope: ObjectScope,
    },
    /// What a Role or ClusterRole allows: one of its rules.
    Permission {
        /// The role.
        role: ObjectRef,
        /// What it allows.
        rule: Rule,
        /// Why a reviewer should look at it.
        risks: Vec<Risk>,
    },
    /// Somebody gets what a role allows.
    Binding {
        /// The RoleBinding or ClusterRoleBinding.
        binding: ObjectRef,
        /// The role, as `ClusterRole/view`.
        role: String,
        /// Who, as `ServiceAccount/monitoring/prometheus` or `Group/system:authenticated`.
        subject: String,
        /// Why a reviewer should look at it.
        risks: Vec<Risk>,
    },
    /// Somebody is asked, and may change or refuse, what others write.
    Webhook {
        /// The ValidatingWebhookConfiguration or MutatingWebhookConfiguration.
        configuration: ObjectRef,
        /// Its name there.
        name: String,
        /// Whether it may change what is written.
        is_mutating: bool,
        /// What is intercepted: `CREATE`, `UPDATE`, `DELETE`, `CONNECT` or `*`, ascending.
        operations: Vec<String>,
        /// Of what, as `pods` and `deployments.apps`, ascending; `*.*` is all of all groups.
        resources: Vec<String>,
        /// What is done when it does not answer: `Fail` or `Ignore`.
        failure_policy: String,
        /// Why a reviewer should look at it.
        risks: Vec<Risk>,
    },
    /// Pods that reach the node they run on.
    Host {
        /// What makes the pods, or is one.
        object: ObjectRef,
        /// What they reach.
        access: HostAccess,
    },
    /// A container image, as it is written.
    Image {
        /// Its name.
        image: String,
    },
    /// A hook that runs with the operation.
    Hook {
        /// When.
        phase: Phase,
        /// Its name.
        name: String,
    },
    /// An action that a user may start from then on.
    Action {
        /// Its name.
        name: String,
    },
    /// Something that is deployed.
    Module {
        /// Its name.
        name: String,
        /// What kind it is: `chart`, `terraform`, `manifests`, or one that this library does not know.
        kind: String,
    },
    /// A namespace that an object or module names.
    Namespace {
        /// Its name.
        name: String,
    },
}

/// Which object it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectRef {
    pub(super) group: String,
    pub(super) kind: String,
    pub(super) namespace: Option<String>,
    pub(super) name: String,
}

/// Whether the objects of a kind live in namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ObjectScope {
    /// One of a name in a cluster.
    Cluster,
    /// One of a name in a namespace.
    Namespaced,
    /// Neither Kubernetes nor a CustomResourceDefinition of the plan says.
    Unknown,
}

impl ObjectRef {
    /// The API group; empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        &self.group
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The namespace, where it is written; without one, an object of a kind that lives in namespaces goes where its module or package goes.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The name; for one that the server is to name, what that begins with, and `*`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl ObjectScope {
    /// A stable name, as `cluster`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Namespaced => "namespaced",
            Self::Unknown => "unknown",
        }
    }
}

impl Effect {
    /// A stable name for what kind of effect it is, as `image`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Api { .. } => "api",
            Self::Object { .. } => "object",
            Self::Permission { .. } => "permission",
            Self::Binding { .. } => "binding",
            Self::Webhook { .. } => "webhook",
            Self::Host { .. } => "host",
            Self::Namespace { .. } => "namespace",
            Self::Image { .. } => "image",
            Self::Hook { .. } => "hook",
            Self::Action { .. } => "action",
            Self::Module { .. } => "module",
        }
    }

    /// Why a reviewer should look at it, as far as that can be told.
    #[must_use]
    pub fn risks(&self) -> &[Risk] {
        match self {
            Self::Permission { risks, .. }
            | Self::Binding { risks, .. }
            | Self::Webhook { risks, .. } => risks,
            Self::Host { .. } => &[Risk::Host],
            _ => &[],
        }
    }

    /// Whether it concerns the cluster as a whole: an API, a webhook, an object outside namespaces, the rules of a ClusterRole, or who has what a
    /// ClusterRoleBinding gives.
    #[must_use]
    pub fn is_cluster_wide(&self) -> bool {
        match self {
            Self::Api { .. } | Self::Webhook { .. } => true,
            Self::Object { scope, .. } => *scope == ObjectScope::Cluster,
            Self::Permission { role, .. } => role.kind == "ClusterRole",
            Self::Binding { binding, .. } => binding.kind == "ClusterRoleBinding",
            _ => false,
        }
    }
}

impl fmt::Display for ObjectRef {
    /// `ClusterRole/prometheus`, `Deployment.apps/monitoring/prometheus`: the kind with its group, the namespace if it is written, the name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.kind))?;
        let is_rbac = self.group == super::rbac::GROUP;
        if !self.group.is_empty() && !is_rbac {
            write!(f, ".{}", one_line(&self.group))?;
        }
        if let Some(namespace) = &self.namespace {
            write!(f, "/{}", one_line(namespace))?;
        }
        write!(f, "/{}", one_line(&self.name))
    }
}

impl fmt::Display for Effect {
    /// On one line, without its kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api {
                group,
                version,
                kind,
            } => f.write_str(&one_line(&format!("{group}/{version}/{kind}")))?,
            Self::Object { object, scope } => match scope {
                ObjectScope::Cluster => write!(f, "{object} (cluster-wide)")?,
                ObjectScope::Namespaced => write!(f, "{object}")?,
                ObjectScope::Unknown => write!(f, "{object} (scope unknown)")?,
            },
            Self::Permission { role, rule, .. } => write!(f, "{role}: {rule}")?,
            Self::Binding {
                binding,
                role,
                subject,
                ..
            } => write!(
                f,
                "{binding}: {} gets {}",
                one_line(subject),
                one_line(role)
            )?,
            Self::Webhook {
                configuration,
                name,
                is_mutating,
                operations,
                resources,
                failure_policy,
                ..
            } => {
                let does = if *is_mutating {
                    "may change"
                } else {
                    "may refuse"
                };
                let listed = |texts: &[String]| one_line(&texts.join(", "));
                write!(f, "{configuration}, {}: {does} ", one_line(name))?;
                write!(f, "{} of {}", listed(operations), listed(resources))?;
                write!(f, ", else {}", one_line(failure_policy))?;
            }
            Self::Host { object, access } => {
                write!(f, "{object}: {}", access.as_str())?;
                if let Some(detail) = access.detail() {
                    write!(f, " {}", one_line(detail))?;
                }
            }
            Self::Namespace { name } => f.write_str(&one_line(name))?,
            Self::Image { image } => f.write_str(&one_line(image))?,
            Self::Hook { phase, name } => write!(f, "{phase} {}", one_line(name))?,
            Self::Action { name } => f.write_str(&one_line(name))?,
            Self::Module { name, kind } => write!(f, "{} ({})", one_line(name), one_line(kind))?,
        }
        // Who may do everything with everything may do all that is told of others.
        let is_everything = matches!(self, Self::Permission { rule, .. } if rule.is_everything());
        let risks = self.risks().iter();
        let told = risks.filter(|risk| !is_everything || !risk.is_of_resources());
        for (position, risk) in told.enumerate() {
            write!(f, "{} {risk}", if position == 0 { "  !" } else { "," })?;
        }
        Ok(())
    }
}
