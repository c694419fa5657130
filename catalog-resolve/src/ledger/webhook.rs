//! Who is asked, and may change or refuse, what others write.

use serde_json::Value;

use super::effect::{Effect, ObjectRef};
use super::risk::Risk;

/// The API group of webhook configurations.
pub(super) const GROUP: &str = "admissionregistration.k8s.io";

/// The webhooks of a configuration, each with where it stands.
pub(super) fn webhooks(configuration: &ObjectRef, object: &Value) -> Vec<(Effect, String)> {
    let list = object.get("webhooks").and_then(Value::as_array);
    let webhooks = list.into_iter().flatten().enumerate();
    let is_mutating = configuration.kind() == "MutatingWebhookConfiguration";
    let effects = webhooks.map(|(at, webhook)| {
        let text = |key: &str| webhook.get(key).and_then(Value::as_str);
        let resources = resources(webhook);
        let is_everything = resources.iter().any(|one| one == "*.*" || one == "*/*.*");
        let effect = Effect::Webhook {
            configuration: configuration.clone(),
            name: text("name").unwrap_or_default().to_owned(),
            is_mutating,
            operations: gathered(webhook, |rule| texts(rule, "operations")),
            resources,
            failure_policy: text("failurePolicy").unwrap_or("Fail").to_owned(),
            risks: is_everything
                .then_some(Risk::Everything)
                .into_iter()
                .collect(),
        };
        (effect, format!("/webhooks/{at}"))
    });
    effects.collect()
}

/// The resources that are intercepted, as `pods` and `deployments.apps`; `*.*` is all of all groups.
fn resources(webhook: &Value) -> Vec<String> {
    gathered(webhook, |rule| {
        let groups = texts(rule, "apiGroups");
        let named = texts(rule, "resources").into_iter().flat_map(|resource| {
            let named = groups.iter().map(move |group| match group.as_str() {
                "" => resource.clone(),
                group => format!("{resource}.{group}"),
            });
            named.collect::<Vec<_>>()
        });
        named.collect()
    })
}

fn gathered(webhook: &Value, of: impl Fn(&Value) -> Vec<String>) -> Vec<String> {
    let rules = webhook.get("rules").and_then(Value::as_array);
    let mut all: Vec<String> = rules.into_iter().flatten().flat_map(of).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn texts(rule: &Value, key: &str) -> Vec<String> {
    let list = rule.get(key).and_then(Value::as_array);
    let texts = list.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}
