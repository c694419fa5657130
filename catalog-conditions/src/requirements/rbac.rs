//! The rights that reading needs.

use std::collections::{BTreeMap, BTreeSet};

use super::Requirements;
use super::read::Read;
use super::rule::{Rule, Verb};
use crate::snapshot::{Namespaces, Scope, Snapshot};

/// The smallest RBAC rules that allow a set of reads: those of a `ClusterRole`, and those of a `Role` in each namespace.
///
/// A `get` is granted for the objects named, a `list` for all objects of its kind, since RBAC cannot narrow a list. What is read in
/// named namespaces is granted there alone. The server's version, discovery and `SelfSubjectAccessReview`s need no rule: Kubernetes
/// grants them to every authenticated user (`system:discovery`, `system:basic-user`), unless an administrator took that away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rbac {
    pub(super) cluster: Vec<Rule>,
    pub(super) namespaces: BTreeMap<String, Vec<Rule>>,
    pub(super) unresolved: BTreeSet<(String, String)>,
}

/// What is read in one place: by group and resource.
#[derive(Default)]
struct Rights(BTreeMap<(String, String), Right>);

#[derive(Default)]
struct Right {
    list: bool,
    get: BTreeSet<String>,
}

impl Requirements {
    /// The smallest RBAC rules that allow all [`reads`](Self::reads).
    ///
    /// RBAC names resources by their plurals: the snapshot says them, by discovery documents or CRDs, and those of Kubernetes' own kinds
    /// are known. A kind whose plural nothing tells is [unresolved](Rbac::unresolved), never guessed.
    ///
    /// ```
    /// use catalog_conditions::condition::{Condition, ConditionSet, Expression};
    /// use catalog_conditions::evaluate::Context;
    /// use catalog_conditions::snapshot::Snapshot;
    ///
    /// let mut set = ConditionSet::new();
    /// set.push(Condition::new("web", Expression::object_exists("apps/v1", "Deployment", None, "web")));
    /// set.push(Condition::new("widget", Expression::object_exists("example.com/v1", "Widget", None, "w")));
    /// let rbac = set.requirements(&Context::new().with_namespace("shop")).rbac(&Snapshot::default());
    /// assert_eq!(rbac.to_yaml("shop-checks"), r#"# Not granted, since nothing says the plural of the kind: Widget of example.com
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   name: "shop-checks"
    ///   namespace: "shop"
    /// rules:
    /// - apiGroups: ["apps"]
    ///   resources: ["deployments"]
    ///   resourceNames: ["web"]
    ///   verbs: ["get"]
    /// "#);
    /// ```
    #[must_use]
    pub fn rbac(&self, snapshot: &Snapshot) -> Rbac {
        let mut cluster = Rights::default();
        let mut namespaces: BTreeMap<String, Rights> = BTreeMap::new();
        let mut unresolved = BTreeSet::new();
        for read in self.reads() {
            let Some((group, kind)) = read.kind_read() else {
                continue;
            };
            let Some(resource) = snapshot.resource(group, kind) else {
                unresolved.insert((group.to_owned(), kind.to_owned()));
                continue;
            };
            let of = (group.to_owned(), resource.to_owned());
            match read.named_namespaces(snapshot.scope(group, kind)) {
                None => cluster.add(of, read),
                Some(names) => {
                    for name in names {
                        let rights = namespaces.entry(name.to_owned()).or_default();
                        rights.add(of.clone(), read);
                    }
                }
            }
        }
        for rights in namespaces.values_mut() {
            rights.leave_out_lists_of(&cluster);
        }
        let rules = |(namespace, rights): (String, Rights)| (namespace, rights.into_rules());
        Rbac {
            cluster: cluster.into_rules(),
            namespaces: namespaces
                .into_iter()
                .map(rules)
                .filter(|(_, rules)| !rules.is_empty())
                .collect(),
            unresolved,
        }
    }
}

impl Read {
    /// Group and kind of the objects that are read; `None` for what needs no right.
    fn kind_read(&self) -> Option<(&str, &str)> {
        match self {
            Self::Object { group, kind, .. } | Self::List { group, kind, .. } => {
                Some((group, kind))
            }
            _ => None,
        }
    }

    /// The namespaces in which the right to read is enough; `None` if it must be that of the whole cluster.
    fn named_namespaces(&self, scope: Option<Scope>) -> Option<Vec<&str>> {
        let namespaced = scope == Some(Scope::Namespaced);
        match self {
            _ if scope == Some(Scope::Cluster) => None,
            Self::Object { namespace, .. } => match namespace {
                Some(namespace) => Some(vec![namespace]),
                None => namespaced.then(Vec::new),
            },
            Self::List { namespaces, .. } => match namespaces {
                Namespaces::All => None,
                Namespaces::Named(names) if names.is_empty() && !namespaced => None,
                Namespaces::Named(names) => Some(names.iter().map(String::as_str).collect()),
            },
            _ => None,
        }
    }
}

impl Rights {
    fn add(&mut self, of: (String, String), read: &Read) {
        let right = self.0.entry(of).or_default();
        match read {
            Read::Object { name, .. } => {
                right.get.insert(name.clone());
            }
            _ => right.list = true,
        }
    }

    fn leave_out_lists_of(&mut self, cluster: &Self) {
        for (of, right) in &mut self.0 {
            right.list &= !cluster.0.get(of).is_some_and(|right| right.list);
        }
    }

    /// Resources of one group share a rule where the verb and the names are the same: RBAC then grants no more than is read.
    fn into_rules(self) -> Vec<Rule> {
        let mut rules: BTreeMap<(String, Verb, BTreeSet<String>), BTreeSet<String>> =
            BTreeMap::new();
        for ((group, resource), right) in self.0 {
            let lists = right.list.then(|| (Verb::List, BTreeSet::new()));
            let gets = (!right.get.is_empty()).then_some((Verb::Get, right.get));
            for (verb, names) in lists.into_iter().chain(gets) {
                let rule = rules.entry((group.clone(), verb, names)).or_default();
                rule.insert(resource.clone());
            }
        }
        let rule = |((group, verb, names), resources)| Rule {
            group,
            verb,
            resources,
            names,
        };
        rules.into_iter().map(rule).collect()
    }
}

impl Rbac {
    /// The rules that have to hold in the whole cluster, in order.
    #[must_use]
    pub fn cluster_rules(&self) -> &[Rule] {
        &self.cluster
    }

    /// Each namespace with the rules that have to hold in it, in order.
    pub fn namespace_rules(&self) -> impl Iterator<Item = (&str, &[Rule])> {
        let rules = self.namespaces.iter();
        rules.map(|(namespace, rules)| (namespace.as_str(), rules.as_slice()))
    }

    /// Group and kind, in order, of what nothing says the plural of: no rule grants reading them. A snapshot with discovery documents,
    /// or with their CRDs, says it.
    pub fn unresolved(&self) -> impl Iterator<Item = (&str, &str)> {
        let unresolved = self.unresolved.iter();
        unresolved.map(|(group, kind)| (group.as_str(), kind.as_str()))
    }
}
