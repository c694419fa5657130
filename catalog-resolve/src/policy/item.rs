//! What rules are asked about, one thing at a time.

use std::collections::BTreeMap;

use catalog_model::Release;
use catalog_model::verdict::{DefinitionVerdict, Incompatibility, ReleaseVerdict};

use super::subject::Subject;
use crate::ledger::{
    Change, Effect, Entry, Growth, ImageName, ObjectRef, OperationLedger, Place, Risk, Rule,
};

/// A release of a plan, and the verdicts on its definitions.
#[derive(Clone, Copy, Debug)]
pub struct JudgedRelease<'a> {
    /// The release that comes.
    pub release: &'a Release,
    /// What it means to the cluster.
    pub verdict: &'a ReleaseVerdict,
}

/// Something that a plan does.
pub(super) struct Item {
    pub(super) subject: Subject,
    pub(super) package: String,
    pub(super) version: String,
    pub(super) text: String,
    pub(super) facts: BTreeMap<&'static str, Fact>,
    pub(super) place: Option<Place>,
}

/// What is known of it under a key of rules.
pub(super) enum Fact {
    Texts(Vec<String>),
    Flag(bool),
}

type Facts = Vec<(&'static str, Fact)>;

fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Fact {
    Fact::Texts(texts.into_iter().map(Into::into).collect())
}

/// All that an operation does.
pub(super) fn of_operation(operation: &OperationLedger) -> Vec<Item> {
    let item = |subject, text: String, facts: Facts, place: Option<&Place>| Item {
        subject,
        package: operation.package().to_owned(),
        version: operation
            .to()
            .or(operation.from())
            .unwrap_or_default()
            .to_owned(),
        text,
        facts: facts.into_iter().collect(),
        place: place.cloned(),
    };
    let here = operation.namespace().to_owned();
    let facts = vec![("names", texts([here.as_str()]))];
    let mut items = vec![item(Subject::Namespaces, here, facts, None)];
    let entries = operation.entries().iter();
    let stays = |entry: &&Entry| entry.change() != Change::Dropped;
    for entry in entries.clone().filter(stays) {
        if let Some((subject, facts)) = of_entry(entry) {
            items.push(item(
                subject,
                entry.effect().to_string(),
                facts,
                entry.places().first(),
            ));
        }
    }
    let is_upgrade = operation.from().is_some() && operation.to().is_some();
    let dropped = entries.filter(|entry| is_upgrade && entry.change() == Change::Dropped);
    for (entry, crd) in dropped.filter_map(|entry| Some((entry, crd(entry.effect())?))) {
        let facts = vec![
            ("codes", texts(["crd.gone"])),
            ("hits", texts(["create", "read", "update"])),
            ("names", texts([crd.name()])),
        ];
        let text = format!("{crd}: the CRD is gone; who removes it removes all its objects");
        items.push(item(Subject::Breaks, text, facts, entry.places().first()));
    }
    for growth in operation.growth() {
        items.push(item(
            Subject::Growth,
            growth.to_string(),
            of_growth(growth),
            None,
        ));
    }
    for one in operation.unexamined() {
        let text = format!("{}: {}", one.what(), one.why());
        let facts = vec![("names", texts([one.what()]))];
        items.push(item(Subject::Unexamined, text, facts, None));
    }
    items
}

/// All that is said of the definitions of a release.
pub(super) fn of_release(judged: &JudgedRelease<'_>) -> Vec<Item> {
    let release = judged.release;
    let definitions = release
        .definitions()
        .iter()
        .zip(judged.verdict.definitions());
    let mut items = Vec::new();
    for (definition, verdict) in definitions {
        let span = definition.origin().span();
        let place = Place::of_object(format!("{}/{}", release.folder(), definition.file()), span);
        let item = |subject, text: String, facts: Facts| Item {
            subject,
            package: release.package().to_string(),
            version: release.version().to_string(),
            text,
            facts: facts.into_iter().collect(),
            place: Some(place.clone()),
        };
        let text = format!("{}: {}", verdict.object(), verdict.verdict());
        items.push(item(Subject::Verdicts, text, of_verdict(verdict)));
        for found in verdict.breaks() {
            let text = format!("{}: {found}", verdict.object());
            items.push(item(Subject::Breaks, text, of_break(verdict, found)));
        }
    }
    items
}

/// The CRD that an effect is.
fn crd(effect: &Effect) -> Option<&ObjectRef> {
    match effect {
        Effect::Object { object, .. } => {
            let is_crd = object.kind() == "CustomResourceDefinition";
            (is_crd && object.group() == "apiextensions.k8s.io").then_some(object)
        }
        _ => None,
    }
}

fn of_entry(entry: &Entry) -> Option<(Subject, Facts)> {
    Some(match entry.effect() {
        Effect::Api { group, kind, .. } => (
            Subject::Apis,
            vec![("groups", texts([group])), ("kinds", texts([kind]))],
        ),
        Effect::Object { object, scope } => {
            let facts = vec![
                ("kinds", texts([kind(object.group(), object.kind())])),
                ("names", texts([object.name()])),
                ("namespaces", texts(object.namespace())),
                ("scope", texts([scope.as_str()])),
            ];
            (Subject::Objects, facts)
        }
        Effect::Permission { role, rule, risks } => (
            Subject::Permissions,
            of_rule(rule, risks, is_cluster_role(role)),
        ),
        Effect::Binding {
            binding,
            role,
            subject,
            risks,
        } => {
            let facts = vec![
                (
                    "clusterWide",
                    Fact::Flag(binding.kind() == "ClusterRoleBinding"),
                ),
                ("risks", texts(risks.iter().map(|risk| risk.as_str()))),
                ("roles", texts([role])),
                ("subjects", texts([subject])),
            ];
            (Subject::Bindings, facts)
        }
        Effect::Webhook {
            is_mutating,
            operations,
            resources,
            failure_policy,
            ..
        } => {
            let facts = vec![
                ("failurePolicy", texts([failure_policy])),
                ("mutating", Fact::Flag(*is_mutating)),
                ("operations", texts(operations)),
                (
                    "resources",
                    texts(resources.iter().flat_map(|one| of_any_group(one))),
                ),
            ];
            (Subject::Webhooks, facts)
        }
        Effect::Host { access, .. } => {
            let facts = vec![
                ("access", texts([access.as_str()])),
                ("details", texts(access.detail())),
            ];
            (Subject::Host, facts)
        }
        Effect::Image { image } => (Subject::Images, of_image(image)),
        Effect::Namespace { name } => (Subject::Namespaces, vec![("names", texts([name]))]),
        Effect::Hook { .. } | Effect::Action { .. } | Effect::Module { .. } => return None,
    })
}

/// A resource of all groups, as `secrets.*`, is also that of the group without a name; all resources of all groups are what `*` means in rules.
fn of_any_group(resource: &str) -> impl Iterator<Item = &str> {
    let (resource, without) = match resource.strip_suffix(".*") {
        Some("*" | "*/*") => ("*", None),
        without => (resource, without),
    };
    std::iter::once(resource).chain(without)
}

fn of_image(image: &str) -> Facts {
    let name = ImageName::parse(image);
    vec![
        ("digest", Fact::Flag(name.digest().is_some())),
        ("images", texts([image])),
        ("registries", texts([name.registry()])),
        ("repositories", texts([name.repository()])),
        // Without tag and digest, nodes take this one.
        (
            "tags",
            texts(name.tag().or(name.digest().is_none().then_some("latest"))),
        ),
    ]
}

fn of_growth(growth: &Growth) -> Facts {
    of_rule(growth.rule(), growth.risks(), growth.is_cluster_wide())
}

fn of_rule(rule: &Rule, risks: &[Risk], is_cluster_wide: bool) -> Facts {
    let resources = rule.resources().iter().chain(rule.non_resource_urls());
    vec![
        ("apiGroups", texts(rule.api_groups())),
        ("clusterWide", Fact::Flag(is_cluster_wide)),
        ("resources", texts(resources)),
        ("risks", texts(risks.iter().map(|risk| risk.as_str()))),
        ("verbs", texts(rule.verbs())),
    ]
}

fn of_verdict(verdict: &DefinitionVerdict) -> Facts {
    let object = verdict.object();
    vec![
        ("is", texts([verdict.verdict().as_str()])),
        ("kinds", texts([kind(object.group(), object.kind())])),
    ]
}

fn of_break(verdict: &DefinitionVerdict, found: &Incompatibility) -> Facts {
    vec![
        ("codes", texts([found.code()])),
        ("hits", texts(found.hits().iter().map(|hit| hit.as_str()))),
        ("names", texts([verdict.object().name()])),
    ]
}

fn is_cluster_role(role: &ObjectRef) -> bool {
    role.kind() == "ClusterRole"
}

fn kind(group: &str, kind: &str) -> String {
    match group {
        "" => kind.to_owned(),
        group => format!("{kind}.{group}"),
    }
}
