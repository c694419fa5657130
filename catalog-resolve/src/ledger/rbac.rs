//! What roles allow, and who gets it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use catalog_model::conditions::show::one_line;
use serde_json::Value;

use super::effect::{Effect, ObjectRef};
use super::risk::{DANGERS, Risk};

/// The API group of roles and bindings.
pub(super) const GROUP: &str = "rbac.authorization.k8s.io";

/// One rule of a role. All lists are sorted, and say each thing once.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    api_groups: Vec<String>,
    resources: Vec<String>,
    resource_names: Vec<String>,
    non_resource_urls: Vec<String>,
    verbs: Vec<String>,
}

/// What verbs are allowed on: one resource, be it of any name or of one, or one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target<'r> {
    /// A path of the API server that is no resource.
    Path(&'r str),
    /// A resource.
    Resource {
        group: &'r str,
        resource: &'r str,
        name: Option<&'r str>,
    },
}

impl Target<'_> {
    /// How many bytes its texts have.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Path(path) => path.len(),
            Self::Resource {
                group,
                resource,
                name,
            } => group.len() + resource.len() + name.map_or(0, str::len),
        }
    }
}

/// Whether a sorted list has a text.
fn has(list: &[String], wanted: &str) -> bool {
    list.binary_search_by(|one| one.as_str().cmp(wanted))
        .is_ok()
}

/// Whether a sorted list has a text, or `*`.
fn has_or_all(list: &[String], wanted: &str) -> bool {
    has(list, wanted) || has(list, "*")
}

impl Rule {
    fn of(value: &Value) -> Self {
        let list = |key: &str| {
            let items = value.get(key).and_then(Value::as_array);
            let texts = items.into_iter().flatten().filter_map(Value::as_str);
            let mut texts: Vec<String> = texts.map(str::to_owned).collect();
            texts.sort_unstable();
            texts.dedup();
            texts
        };
        Self {
            api_groups: list("apiGroups"),
            resources: list("resources"),
            resource_names: list("resourceNames"),
            non_resource_urls: list("nonResourceURLs"),
            verbs: list("verbs"),
        }
    }

    /// The API groups; the empty text is the core group, `*` all.
    #[must_use]
    pub fn api_groups(&self) -> &[String] {
        &self.api_groups
    }

    /// The resources, as `pods` and `pods/exec`; `*` is all.
    #[must_use]
    pub fn resources(&self) -> &[String] {
        &self.resources
    }

    /// The names of the objects that it is about; if there are none, it is about all.
    #[must_use]
    pub fn resource_names(&self) -> &[String] {
        &self.resource_names
    }

    /// Paths of the API server that are no resources.
    #[must_use]
    pub fn non_resource_urls(&self) -> &[String] {
        &self.non_resource_urls
    }

    /// What may be done; `*` is everything.
    #[must_use]
    pub fn verbs(&self) -> &[String] {
        &self.verbs
    }

    /// Whether it allows all verbs on all resources of all groups.
    pub(super) fn is_everything(&self) -> bool {
        let lists = [&self.verbs, &self.resources, &self.api_groups];
        lists.iter().all(|list| list.iter().any(|one| one == "*")) && self.resource_names.is_empty()
    }

    /// Each resource, name and path alone.
    pub(super) fn targets(&self) -> impl Iterator<Item = Target<'_>> {
        let names: Vec<Option<&str>> = match self.resource_names.as_slice() {
            [] => vec![None],
            names => names.iter().map(|name| Some(name.as_str())).collect(),
        };
        let resources = self.api_groups.iter().flat_map(move |group| {
            let names = names.clone();
            self.resources.iter().flat_map(move |resource| {
                names.clone().into_iter().map(move |name| Target::Resource {
                    group,
                    resource,
                    name,
                })
            })
        });
        let paths = self.non_resource_urls.iter();
        resources.chain(paths.map(|path| Target::Path(path)))
    }

    /// How many verbs on targets it allows, if that can be counted.
    pub(super) fn singles(&self) -> Option<usize> {
        let resources = self.api_groups.len().checked_mul(self.resources.len())?;
        let targets = resources.checked_mul(self.resource_names.len().max(1))?;
        let targets = targets.checked_add(self.non_resource_urls.len())?;
        targets.checked_mul(self.verbs.len())
    }

    /// How many comparisons it may take to find a text in it; long ones count as several.
    pub(super) fn cost(&self) -> usize {
        let lists = [
            &self.api_groups,
            &self.resources,
            &self.resource_names,
            &self.non_resource_urls,
            &self.verbs,
        ];
        let texts = lists.into_iter().flatten();
        texts.map(|text| 1 + text.len() / 64).sum()
    }

    /// The rule that allows verbs on one target.
    pub(super) fn single(target: Target<'_>, verbs: BTreeSet<&str>) -> Self {
        let verbs = verbs.into_iter().map(str::to_owned).collect();
        match target {
            Target::Path(path) => Self {
                non_resource_urls: vec![path.to_owned()],
                verbs,
                ..Self::default()
            },
            Target::Resource {
                group,
                resource,
                name,
            } => Self {
                api_groups: vec![group.to_owned()],
                resources: vec![resource.to_owned()],
                resource_names: name.into_iter().map(str::to_owned).collect(),
                verbs,
                ..Self::default()
            },
        }
    }

    /// Whether it allows a verb on something.
    pub(super) fn has_verb(&self, verb: &str) -> bool {
        has_or_all(&self.verbs, verb)
    }

    /// Whether what it allows, it allows on a target.
    pub(super) fn is_about(&self, target: Target<'_>) -> bool {
        let (group, resource, name) = match target {
            Target::Path(path) => {
                let reaches = |known: &String| match known.strip_suffix('*') {
                    Some(begin) => path.starts_with(begin),
                    None => known == path,
                };
                return self.non_resource_urls.iter().any(reaches);
            }
            Target::Resource {
                group,
                resource,
                name,
            } => (group, resource, name),
        };
        let is_of_all = || {
            let of_all = resource.split_once('/').map(|(_, of)| format!("*/{of}"));
            of_all.is_some_and(|of_all| has(&self.resources, &of_all))
        };
        let names = &self.resource_names;
        has_or_all(&self.api_groups, group)
            && (has_or_all(&self.resources, resource) || is_of_all())
            && (names.is_empty() || name.is_some_and(|name| has(names, name)))
    }

    /// What a reviewer should look at, ascending.
    pub(super) fn risks(&self) -> Vec<Risk> {
        let covers_resource = |wanted: &str| {
            let subresource = wanted.split_once('/').map(|(_, of)| format!("*/{of}"));
            let any = wanted.strip_suffix('*');
            let is_any = any.is_some_and(|begin| {
                let mut resources = self.resources.iter();
                resources.any(|one| one.starts_with(begin))
            });
            has_or_all(&self.resources, wanted)
                || is_any
                || subresource.is_some_and(|wanted| has(&self.resources, &wanted))
        };
        let mut risks = Vec::new();
        if has(&self.verbs, "*") {
            risks.push(Risk::WildcardVerbs);
        }
        if has(&self.resources, "*") || has(&self.api_groups, "*") {
            risks.push(Risk::WildcardResources);
        }
        for (risk, verbs, group, resources) in DANGERS {
            if verbs.iter().any(|verb| has_or_all(&self.verbs, verb))
                && has_or_all(&self.api_groups, group)
                && resources.iter().any(|resource| covers_resource(resource))
            {
                risks.push(*risk);
            }
        }
        risks.sort_unstable();
        risks.dedup();
        risks
    }
}

impl fmt::Display for Rule {
    /// `get, list on pods, pods/log`, with groups as `deployments.apps`, or behind the resources if there are several.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed = |texts: &[String]| one_line(&texts.join(", "));
        write!(f, "{} on ", listed(&self.verbs))?;
        if !self.non_resource_urls.is_empty() {
            f.write_str(&listed(&self.non_resource_urls))?;
        }
        f.write_str(&listed(&self.resources))?;
        match self.api_groups.as_slice() {
            [] => {}
            [core] if core.is_empty() => {}
            groups => {
                let named = groups.iter().map(|group| match group.as_str() {
                    "" => "core",
                    group => group,
                });
                let named = named.map(str::to_owned).collect::<Vec<_>>();
                write!(f, " of {}", listed(&named))?;
            }
        }
        if !self.resource_names.is_empty() {
            write!(f, " named {}", listed(&self.resource_names))?;
        }
        Ok(())
    }
}

/// The rules of a role, each with its risks.
pub(super) fn permissions(role: &ObjectRef, object: &Value) -> Vec<(Effect, String)> {
    let labels = object
        .pointer("/metadata/labels")
        .and_then(Value::as_object);
    let aggregates = |(key, value): (&String, &Value)| {
        key.starts_with("rbac.authorization.k8s.io/aggregate-to-") && value == "true"
    };
    let extends = labels.is_some_and(|labels| labels.iter().any(aggregates));
    let rules = object.get("rules").and_then(Value::as_array);
    let rules = rules.into_iter().flatten().map(Rule::of).enumerate();
    let effects = rules.map(|(at, rule)| {
        let mut risks = rule.risks();
        risks.extend(extends.then_some(Risk::ExtendsBuiltIn));
        let effect = Effect::Permission {
            role: role.clone(),
            rule,
            risks,
        };
        (effect, format!("/rules/{at}"))
    });
    effects.collect()
}

/// Whether a ClusterRole gathers the rules of others, which are known in a cluster alone.
pub(super) fn gathers(object: &Value) -> bool {
    object
        .get("aggregationRule")
        .is_some_and(|rule| !rule.is_null())
}

/// Who gets a role by a binding.
pub(super) fn bindings(binding: &ObjectRef, object: &Value) -> Vec<(Effect, String)> {
    let text = |value: &Value, key: &str| {
        let text = value.get(key).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let role = object.get("roleRef").unwrap_or(&Value::Null);
    let (role_kind, role_name) = (text(role, "kind"), text(role, "name"));
    let mut known = BTreeMap::new();
    let subjects = object.get("subjects").and_then(Value::as_array);
    for (at, subject) in subjects.into_iter().flatten().enumerate() {
        let (kind, name) = (text(subject, "kind"), text(subject, "name"));
        let mut risks = Vec::new();
        if role_kind == "ClusterRole" && role_name == "cluster-admin" {
            risks.push(Risk::ClusterAdmin);
        }
        let public = [
            "system:anonymous",
            "system:authenticated",
            "system:unauthenticated",
            "system:serviceaccounts",
        ];
        if public.contains(&name.as_str()) {
            risks.push(Risk::Everybody);
        }
        let subject = match text(subject, "namespace") {
            namespace if namespace.is_empty() => format!("{kind}/{name}"),
            namespace => format!("{kind}/{namespace}/{name}"),
        };
        known.insert(subject, (risks, at));
    }
    let effects = known.into_iter().map(|(subject, (risks, at))| {
        let effect = Effect::Binding {
            binding: binding.clone(),
            role: format!("{role_kind}/{role_name}"),
            subject,
            risks,
        };
        (effect, format!("/subjects/{at}"))
    });
    effects.collect()
}
