//! Packages of an object of each kind, and what is done with them before somebody acts and while they do.

use std::time::Duration;

use catalog_hooks::simulator::{FakeCluster, Readiness};
use serde_json::{Value, json};

use crate::fleet::{Fleet, HOME, cluster};
use crate::package::{Version, config, crd};

/// The namespace of all instances.
pub(crate) const PLACE: &str = "apps";

/// Where another runner keeps its things.
pub(crate) const OTHER_HOME: &str = "catalog-other";

/// An object of the packages, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// Data in a namespace.
    Config,
    /// The same, which the second version has no more.
    Old,
    /// What stands in no namespace.
    Role,
    Definition,
    /// An object of that definition.
    Resource,
    /// What a driver makes of a module.
    Module,
    Namespace,
}

impl Target {
    pub(crate) const ALL: [Self; 7] = [
        Self::Config,
        Self::Old,
        Self::Role,
        Self::Definition,
        Self::Resource,
        Self::Module,
        Self::Namespace,
    ];

    /// The object, with this text in it where it has any.
    pub(crate) fn manifest(self, text: &str) -> Value {
        match self {
            Self::Config => placed(config("settings", text)),
            Self::Old => placed(config("old", text)),
            Self::Role => json!({
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "ClusterRole",
                "metadata": {"name": "reader"},
                "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", text]}],
            }),
            Self::Definition => crd("Gadget", &["v1"]),
            Self::Resource => placed(json!({
                "apiVersion": "example.com/v1",
                "kind": "Gadget",
                "metadata": {"name": "gadget"},
                "spec": {"text": text},
            })),
            Self::Module => placed(json!({
                "apiVersion": "helm.toolkit.fluxcd.io/v2",
                "kind": "HelmRelease",
                "metadata": {"name": "chart"},
                "spec": {"text": text},
            })),
            Self::Namespace => {
                json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": PLACE}})
            }
        }
    }
}

fn placed(mut object: Value) -> Value {
    object["metadata"]["namespace"] = PLACE.into();
    object
}

/// What one runner does.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub(crate) home: &'static str,
    /// Which package is brought to which version; `None`: it goes.
    pub(crate) to: Vec<(&'static str, Option<&'static str>)>,
    /// Whether the namespace goes too.
    pub(crate) deletes_namespace: bool,
}

impl Turn {
    pub(crate) fn new(
        home: &'static str,
        to: impl IntoIterator<Item = (&'static str, Option<&'static str>)>,
    ) -> Self {
        Self {
            home,
            to: to.into_iter().collect(),
            deletes_namespace: false,
        }
    }
}

/// What was done, and what is being done when somebody acts.
#[derive(Clone, Debug)]
pub(crate) struct Plot {
    pub(crate) name: &'static str,
    pub(crate) before: Vec<Turn>,
    pub(crate) turn: Turn,
}

/// All of them: each operation, of one package, beside one that has the same objects, and beside one that another runner has in the namespace.
pub(crate) fn plots() -> Vec<Plot> {
    let a = |to| Turn::new(HOME, [("a", to)]);
    let both = |to| Turn::new(HOME, [("a", to), ("b", to)]);
    let (one, two) = (Some("1.0"), Some("2.0"));
    let b = || Turn::new(HOME, [("b", one)]);
    let c = || Turn::new(OTHER_HOME, [("c", one)]);
    let plot = |name, before: Vec<Turn>, turn| Plot { name, before, turn };
    let with_namespace = |turn: Turn| Turn {
        deletes_namespace: true,
        ..turn
    };
    vec![
        plot("install", vec![], a(one)),
        plot("upgrade", vec![a(one)], a(two)),
        plot("rollback", vec![a(one), a(two)], a(one)),
        plot("uninstall", vec![a(one)], a(None)),
        plot(
            "uninstall with the namespace",
            vec![a(one)],
            with_namespace(a(None)),
        ),
        plot("install beside one", vec![b()], a(one)),
        plot("upgrade beside one", vec![b(), a(one)], a(two)),
        plot("rollback beside one", vec![b(), a(one), a(two)], a(one)),
        plot("uninstall beside one", vec![b(), a(one)], a(None)),
        plot("install of two", vec![], both(one)),
        plot(
            "uninstall of two",
            vec![both(one)],
            with_namespace(both(None)),
        ),
        plot("install beside another home", vec![c()], a(one)),
        plot("upgrade beside another home", vec![c(), a(one)], a(two)),
        plot(
            "uninstall beside another home",
            vec![a(one), c()],
            with_namespace(a(None)),
        ),
    ]
}

/// Two packages with the same objects, and one with its own.
pub(crate) fn packages() -> Fleet {
    let version = |package: &str, name: &str, text: &str| {
        Version::new(package, name)
            .definition("role", &Target::Role.manifest(text))
            .definition("crd", &Target::Definition.manifest(text))
            .object(Target::Config.manifest(text))
            .object(Target::Resource.manifest(text))
            .object(Target::Module.manifest(text))
            .object(config(&format!("{package}-own"), text))
    };
    let old = |package: &str| version(package, "1.0", "one").object(Target::Old.manifest("one"));
    let apart = Version::new("c", "1.0").object(config("c-own", "one"));
    Fleet::new([old("a"), version("a", "2.0", "two"), old("b"), apart])
}

/// A cluster with two homes, in which charts are deployed.
pub(crate) fn stage() -> FakeCluster {
    let mut cluster = cluster();
    cluster.add_namespace(OTHER_HOME);
    cluster.serve("helm.toolkit.fluxcd.io/v2", "HelmRelease", true);
    for kind in ["HelmRelease", "Gadget"] {
        cluster.readiness(kind, Readiness::After(Duration::from_secs(1)));
    }
    cluster
}
