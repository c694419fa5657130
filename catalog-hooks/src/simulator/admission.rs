//! Who may do what, and what may be made where.

use serde_json::Value;

use super::cluster::FakeCluster;
use super::create::Place;
use super::kind::Kind;
use super::store::Key;
use super::{field, refusal};
use crate::api::{Failure, Request};

impl FakeCluster {
    /// Refuses what [`deny`](Self::deny) said.
    pub(super) fn authorize(&self, request: &Request) -> Result<(), Failure> {
        if self.denied.is_empty() {
            return Ok(());
        }
        let (api_version, kind, namespace) = match (request, request.target()) {
            (Request::List(list), _) => (
                list.api_version.clone(),
                list.kind.clone(),
                list.namespace.clone(),
            ),
            (_, Some(target)) => (
                target.api_version().to_owned(),
                target.kind().to_owned(),
                target.namespace().map(str::to_owned),
            ),
            (_, None) => return Ok(()),
        };
        let verb = request.verb();
        let is_denied = |(denied, of): &(String, String)| denied == verb && *of == kind;
        if !self.denied.iter().any(is_denied) {
            return Ok(());
        }
        let kind = Kind::served(&api_version, &kind, &self.store)?;
        let wherever = namespace.map_or_else(
            || "at the cluster scope".to_owned(),
            |namespace| format!("in the namespace \"{namespace}\""),
        );
        let why = format!(
            "User \"{}\" cannot {verb} resource \"{}\" in API group \"{}\" {wherever}",
            self.who(),
            kind.plural,
            kind.group,
        );
        let name = request.target().map(|target| target.name().to_owned());
        Err(refusal::forbidden(&kind, &name.unwrap_or_default(), &why))
    }

    /// Whether an object may be made where it is to be.
    pub(super) fn admit_new(&self, place: &Place, object: &Value) -> Result<(), Failure> {
        let (kind, name) = (&place.kind, place.key.name.as_str());
        if let Some(namespace) = place.key.namespace.as_deref() {
            let Some(there) = self.store.get(&Key::namespace_object(namespace)) else {
                return Err(namespace_missing(namespace));
            };
            if field::has(there, "/metadata/deletionTimestamp") {
                return Err(refusal::namespace_terminating(kind, name, namespace));
            }
            if kind.is("Pod") {
                self.admit_pod(kind, (name, namespace), (object, there))?;
            }
        }
        if kind.custom && self.is_definition_going(kind) {
            let why = "create not allowed while custom resource definition is terminating";
            return Err(refusal::forbidden(kind, name, why));
        }
        Ok(())
    }

    /// ServiceAccount, PodSecurity and quota, in the order a server asks for them.
    fn admit_pod(
        &self,
        kind: &Kind,
        (name, namespace): (&str, &str),
        (pod, home): (&Value, &Value),
    ) -> Result<(), Failure> {
        let account = match field::text(pod, "/spec/serviceAccountName") {
            "" => "default",
            account => account,
        };
        let account_key = Key::core("ServiceAccount", namespace, account);
        if self.store.get(&account_key).is_none() {
            let why = format!(
                "error looking up service account {namespace}/{account}: serviceaccount \"{account}\" not found"
            );
            return Err(refusal::forbidden(kind, name, &why));
        }
        let level = field::text(home, "/metadata/labels/pod-security.kubernetes.io~1enforce");
        if level == "restricted" && !runs_as_non_root(pod) {
            let why = "violates PodSecurity \"restricted:latest\": runAsNonRoot != true (pod or containers must set securityContext.runAsNonRoot=true)";
            return Err(refusal::forbidden(kind, name, why));
        }
        match self.exceeded_quota(namespace) {
            Some(why) => Err(refusal::forbidden(kind, name, &why)),
            None => Ok(()),
        }
    }

    /// Why one more pod is more than a quota of the namespace allows.
    fn exceeded_quota(&self, namespace: &str) -> Option<String> {
        let is_here = |key: &Key| key.namespace.as_deref() == Some(namespace);
        let used = self
            .store
            .of_kind("", "Pod")
            .filter(|(key, pod)| is_here(key) && !super::pod::has_ended(pod))
            .count();
        let quotas = self.store.of_kind("", "ResourceQuota");
        quotas.filter(|(key, _)| is_here(key)).find_map(|(key, quota)| {
            let most: usize = field::text(quota, "/spec/hard/pods").parse().ok()?;
            let why = format!(
                "exceeded quota: {}, requested: pods=1, used: pods={used}, limited: pods={most}",
                key.name
            );
            (used >= most).then_some(why)
        })
    }
}

fn namespace_missing(namespace: &str) -> Failure {
    let kind = Kind {
        group: String::new(),
        kind: "Namespace".to_owned(),
        plural: "namespaces".to_owned(),
        namespaced: false,
        custom: false,
    };
    refusal::not_found(&kind, namespace)
}

fn runs_as_non_root(pod: &Value) -> bool {
    let says =
        |context: &Value| context.pointer("/securityContext/runAsNonRoot") == Some(&true.into());
    let containers = field::list(pod, "/spec/containers");
    pod.get("spec").is_some_and(says) || containers.iter().all(says)
}
