//! What else stands in a namespace that is to be deleted.

use serde_json::Value;

use super::claims;
use super::marks::{home_of, is_going, is_ours, release_uid};
use super::operation_desk::{Halt, OperationDesk};
use crate::api::{FailureClass, ListRequest, ObjectRef};
use crate::label;
use crate::pointer::At;

/// The kinds that people and other programs put things into a namespace as. A namespace may hold others: which, only discovery knows.
const KINDS: [(&str, &str); 6] = [
    ("v1", "ConfigMap"),
    ("v1", "Secret"),
    ("v1", "Service"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
];

/// How many objects are named.
const NAMED: usize = 5;

/// The type of the Secrets that Helm keeps releases in.
const HELM_RELEASE: &str = "helm.sh/release.v1";

/// What would go with a namespace and is not of the release.
#[derive(Default)]
pub(super) struct Inhabitants {
    /// What others have installed: it keeps the namespace.
    installed: Vec<String>,
    /// What else somebody has made.
    made: Vec<String>,
}

impl Inhabitants {
    /// Looks into a namespace, as far as that is allowed.
    pub(super) async fn of(cx: &OperationDesk, namespace: &ObjectRef) -> Result<Self, Halt> {
        let mut found = Self::default();
        for (api_version, kind) in KINDS {
            let list = ListRequest {
                api_version: api_version.to_owned(),
                kind: kind.to_owned(),
                namespace: Some(namespace.name().to_owned()),
                labels: Vec::new(),
                fields: Vec::new(),
            };
            match cx.desk().list(list).await {
                Ok(objects) => {
                    for object in &objects {
                        found.add(cx, object);
                        found.add_if_on_record(cx, object).await?;
                    }
                }
                Err(failure) if failure.class() == FailureClass::Forbidden => {}
                Err(failure) => {
                    let what = format!("what {namespace} holds cannot be listed");
                    return Err(Halt::of(&what, &failure));
                }
            }
        }
        Ok(found)
    }

    /// Adds what another instance has that keeps its record where this one does.
    async fn add_if_on_record(&mut self, cx: &OperationDesk, object: &Value) -> Result<(), Halt> {
        let Some(target) = ObjectRef::of(object).filter(|_| !is_going(object)) else {
            return Ok(());
        };
        let Some(uid) = release_uid(object).filter(|_| !is_ours(cx, object)) else {
            return Ok(());
        };
        if let Some(package) = claims::has_on_record(cx, uid, &target).await? {
            self.installed.push(format!("{target} of `{package}`"));
        }
        Ok(())
    }

    fn add(&mut self, cx: &OperationDesk, object: &Value) {
        let Some(target) = ObjectRef::of(object).filter(|_| !is_going(object)) else {
            return;
        };
        let label = |key: &str| object.at("/metadata/labels")?.get(key)?.as_str();
        let is_of_helm = object.at("/type").and_then(Value::as_str) == Some(HELM_RELEASE);
        if is_of_helm && label(label::MANAGED_BY) != Some(label::MANAGER) {
            let release = label("name").unwrap_or_else(|| target.name());
            let line = format!("the Helm release `{release}`");
            if !self.installed.contains(&line) {
                self.installed.push(line);
            }
            return;
        }
        match release_uid(object) {
            Some(uid) if cx.planned().knows(uid) => {}
            Some(_) => {
                let home = home_of(object).filter(|home| *home != cx.plan().home());
                if let Some(home) = home {
                    self.installed.push(format!(
                        "{target}, installed by the runner that keeps its records in namespace `{home}`"
                    ));
                }
            }
            None if is_by_the_way(object) => {}
            None => self.made.push(target.to_string()),
        }
    }

    /// Why the namespace stays, if others have installed something in it.
    pub(super) fn keep(&self) -> Option<String> {
        let shown = named(&self.installed)?;
        Some(format!(
            "{shown} would go with it: uninstall that first, or delete the namespace by hand"
        ))
    }

    /// What goes with the namespace, in words.
    pub(super) fn go(&self) -> Option<String> {
        let shown = named(&self.made)?;
        Some(format!(
            "what the release did not make went with it: {shown}"
        ))
    }
}

/// What nobody has made on purpose: what servers and controllers make, and what comes and goes with hooks.
fn is_by_the_way(object: &Value) -> bool {
    let name = object.at("/metadata/name").and_then(Value::as_str);
    let kind = object.at("/type").and_then(Value::as_str);
    let owners = object.at("/metadata/ownerReferences");
    let labels = object.at("/metadata/labels");
    name == Some("kube-root-ca.crt")
        || kind == Some("kubernetes.io/service-account-token")
        || owners
            .and_then(Value::as_array)
            .is_some_and(|all| !all.is_empty())
        || labels.is_some_and(|labels| {
            labels.get(label::OPERATION).is_some()
                || labels
                    .get(label::MANAGED_BY)
                    .is_some_and(|by| by == label::MANAGER)
        })
}

/// The first of a list and how many more there are; `None`: there is nothing in it.
fn named(all: &[String]) -> Option<String> {
    let shown: Vec<&str> = all.iter().take(NAMED).map(String::as_str).collect();
    let more = all.len().saturating_sub(NAMED);
    match (shown.is_empty(), more) {
        (true, _) => None,
        (_, 0) => Some(shown.join(", ")),
        (_, more) => Some(format!("{}, and {more} more", shown.join(", "))),
    }
}
