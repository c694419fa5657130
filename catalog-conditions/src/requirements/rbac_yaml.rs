//! Roles as `kubectl apply` takes them.

use super::rbac::Rbac;
use super::rule::Rule;
use super::yaml_text::{list, quoted};
use crate::show::plain;

impl Rbac {
    /// The rules as YAML for `kubectl apply -f -`: a `ClusterRole` and a `Role` for each namespace, all of one name. Empty if no rule is
    /// needed. To whom they are granted is for bindings to say (`kubectl create rolebinding`), which are not written.
    ///
    /// Comments at the beginning name what is [unresolved](Self::unresolved). The same rules give the same bytes. See
    /// [`Requirements::rbac`](super::Requirements::rbac) for an example.
    #[must_use]
    pub fn to_yaml(&self, name: &str) -> String {
        let mut yaml = String::new();
        for (group, kind) in self.unresolved() {
            let group = if group.is_empty() {
                "the core group"
            } else {
                group
            };
            yaml.push_str(&format!(
                "# Not granted, since nothing says the plural of the kind: {} of {}\n",
                plain(kind),
                plain(group)
            ));
        }
        let mut roles = Vec::new();
        if !self.cluster.is_empty() {
            roles.push(role("ClusterRole", name, None, &self.cluster));
        }
        for (namespace, rules) in self.namespace_rules() {
            roles.push(role("Role", name, Some(namespace), rules));
        }
        yaml.push_str(&roles.join("---\n"));
        yaml
    }
}

fn role(kind: &str, name: &str, namespace: Option<&str>, rules: &[Rule]) -> String {
    let mut yaml = format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata:\n  name: {}\n",
        quoted(name)
    );
    if let Some(namespace) = namespace {
        yaml.push_str(&format!("  namespace: {}\n", quoted(namespace)));
    }
    yaml.push_str("rules:\n");
    for rule in rules {
        // To name no object would mean all of them here too, but people could take it for none.
        let names = match rule.names().count() {
            0 => String::new(),
            _ => format!("  resourceNames: {}\n", list(rule.names())),
        };
        yaml.push_str(&format!(
            "- apiGroups: {}\n  resources: {}\n{names}  verbs: {}\n",
            list([rule.group()]),
            list(rule.resources()),
            list([rule.verb().as_str()])
        ));
    }
    yaml
}
