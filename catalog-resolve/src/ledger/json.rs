//! Ledgers as JSON.

use serde_json::{Map, Value, json};

use super::effect::{Effect, ObjectRef};
use super::growth::Growth;
use super::image::ImageName;
use super::operation::{Entry, OperationLedger};
use super::rbac::Rule;

impl OperationLedger {
    /// The ledger as JSON: `step` (a position in the plan), `action`, `package`, `namespace`, `from` and `to` where there are such, `entries`,
    /// `conditions` (`{"name", "state": "deferred|notEvaluated", "needs"?}`) and `unexamined` (`{"what", "why"}`).
    ///
    /// An entry has `change` (as [`Change::as_str`](super::Change::as_str)), `kind` (as [`Effect::kind`]), `clusterWide`, `origins`, `risks`
    /// where there are some (as [`Risk::as_str`](super::Risk::as_str)), and by its kind: `group`, `version`, `objectKind` of an API; `object`
    /// (`{"group", "kind", "namespace"?, "name"}`) and `scope` of an object; `role` and `rule` of a permission; `binding`, `role`, `subject`;
    /// `configuration`, `name`, `mutating`, `operations`, `resources` and `failurePolicy` of a webhook; `object`, `access` and `detail` of a way to the node;
    /// `image` with its `registry`, `repository`, `tag` and `digest`; `phase` and `name` of a hook; `name` and `moduleKind` of a module; `name` of a namespace.
    /// `growth`, where roles allow more than before, has `{"clusterWide", "namespace"?, "rule", "risks"}`. All lists are ordered as the methods say.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("step".to_owned(), self.step().into());
        object.insert("action".to_owned(), self.action().as_str().into());
        object.insert("package".to_owned(), self.package().into());
        object.insert("namespace".to_owned(), self.namespace().into());
        for (key, version) in [("from", self.from()), ("to", self.to())] {
            object.extend(version.map(|version| (key.to_owned(), version.into())));
        }
        let entries = self.entries().iter().map(Entry::to_json);
        object.insert("entries".to_owned(), entries.collect());
        if !self.growth().is_empty() {
            let growth = self.growth().iter().map(Growth::to_json);
            object.insert("growth".to_owned(), growth.collect());
        }
        let conditions = self.conditions().iter();
        let conditions = conditions.map(|condition| match condition.needs() {
            Some(needs) => json!({ "name": condition.name(), "state": "deferred", "needs": needs }),
            None => json!({ "name": condition.name(), "state": "notEvaluated" }),
        });
        object.insert("conditions".to_owned(), conditions.collect());
        let unexamined = self.unexamined().iter();
        let unexamined = unexamined.map(|one| json!({ "what": one.what(), "why": one.why() }));
        object.insert("unexamined".to_owned(), unexamined.collect());
        Value::Object(object)
    }
}

impl Growth {
    fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("clusterWide".to_owned(), self.is_cluster_wide().into());
        let namespace = self.namespace();
        object.extend(namespace.map(|name| ("namespace".to_owned(), name.into())));
        object.insert("rule".to_owned(), rule_json(self.rule()));
        let risks = self.risks().iter().map(|risk| risk.as_str());
        object.insert("risks".to_owned(), risks.collect());
        Value::Object(object)
    }
}

impl Entry {
    /// The entry as it stands in [`OperationLedger::to_json`].
    #[must_use]
    pub fn to_json(&self) -> Value {
        let effect = self.effect();
        let mut object = fields(effect);
        object.insert("change".to_owned(), self.change().as_str().into());
        object.insert("kind".to_owned(), effect.kind().into());
        object.insert("clusterWide".to_owned(), effect.is_cluster_wide().into());
        object.insert("origins".to_owned(), self.origins().into());
        if !effect.risks().is_empty() {
            let risks = effect.risks().iter().map(|risk| risk.as_str());
            object.insert("risks".to_owned(), risks.collect());
        }
        Value::Object(object)
    }
}

fn fields(effect: &Effect) -> Map<String, Value> {
    let fields: Vec<(&str, Value)> = match effect {
        Effect::Api {
            group,
            version,
            kind,
        } => vec![
            ("group", group.as_str().into()),
            ("version", version.as_str().into()),
            ("objectKind", kind.as_str().into()),
        ],
        Effect::Object { object, scope } => vec![
            ("object", reference(object)),
            ("scope", scope.as_str().into()),
        ],
        Effect::Permission { role, rule, .. } => {
            vec![("role", reference(role)), ("rule", rule_json(rule))]
        }
        Effect::Binding {
            binding,
            role,
            subject,
            ..
        } => vec![
            ("binding", reference(binding)),
            ("role", role.as_str().into()),
            ("subject", subject.as_str().into()),
        ],
        Effect::Webhook {
            configuration,
            name,
            is_mutating,
            operations,
            resources,
            failure_policy,
            ..
        } => vec![
            ("configuration", reference(configuration)),
            ("name", name.as_str().into()),
            ("mutating", (*is_mutating).into()),
            ("operations", operations.as_slice().into()),
            ("resources", resources.as_slice().into()),
            ("failurePolicy", failure_policy.as_str().into()),
        ],
        Effect::Host { object, access } => vec![
            ("object", reference(object)),
            ("access", access.as_str().into()),
            ("detail", access.detail().into()),
        ],
        Effect::Namespace { name } => vec![("name", name.as_str().into())],
        Effect::Image { image } => {
            let name = ImageName::parse(image);
            vec![
                ("image", image.as_str().into()),
                ("registry", name.registry().into()),
                ("repository", name.repository().into()),
                ("tag", name.tag().into()),
                ("digest", name.digest().into()),
            ]
        }
        Effect::Hook { phase, name } => vec![
            ("phase", phase.as_str().into()),
            ("name", name.as_str().into()),
        ],
        Effect::Action { name } => vec![("name", name.as_str().into())],
        Effect::Module { name, kind } => vec![
            ("name", name.as_str().into()),
            ("moduleKind", kind.as_str().into()),
        ],
    };
    let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
    fields.map(|(key, value)| (key.to_owned(), value)).collect()
}

fn reference(object: &ObjectRef) -> Value {
    let mut fields = Map::new();
    fields.insert("group".to_owned(), object.group().into());
    fields.insert("kind".to_owned(), object.kind().into());
    let namespace = object.namespace();
    fields.extend(namespace.map(|namespace| ("namespace".to_owned(), namespace.into())));
    fields.insert("name".to_owned(), object.name().into());
    Value::Object(fields)
}

/// A rule as Kubernetes writes it, without the lists that are empty.
fn rule_json(rule: &Rule) -> Value {
    let lists = [
        ("apiGroups", rule.api_groups()),
        ("resources", rule.resources()),
        ("resourceNames", rule.resource_names()),
        ("nonResourceURLs", rule.non_resource_urls()),
        ("verbs", rule.verbs()),
    ];
    let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
    let lists = lists.map(|(key, list)| (key.to_owned(), list.into()));
    Value::Object(lists.collect())
}
