//! What a release may do that the one before it may not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use catalog_model::conditions::show::one_line;

use super::effect::{Effect, ObjectRef};
use super::rbac::Rule;
use super::risk::Risk;

/// How many comparisons of texts it may take to say what is new.
const STEPS: usize = 5_000_000;

/// Verbs that roles of a release allow on a resource, and those of the release before it do not.
///
/// Roles are taken together, whatever they are called: what one allowed and another allows now is no growth. What a ClusterRole allows is taken to hold
/// in all namespaces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Growth {
    namespace: Option<String>,
    is_cluster_wide: bool,
    rule: Rule,
    risks: Vec<Risk>,
}

impl Growth {
    /// Whether a ClusterRole allows it.
    #[must_use]
    pub fn is_cluster_wide(&self) -> bool {
        self.is_cluster_wide
    }

    /// The namespace of the role, where one is written.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// What is allowed now and was not: one group and resource, or one path.
    #[must_use]
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// Why a reviewer should look at it.
    #[must_use]
    pub fn risks(&self) -> &[Risk] {
        &self.risks
    }
}

impl fmt::Display for Growth {
    /// `list on secrets`, `update on pods in monitoring`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.rule)?;
        match (&self.namespace, self.is_cluster_wide) {
            (_, true) => f.write_str(" in all namespaces")?,
            (Some(namespace), false) => write!(f, " in {}", one_line(namespace))?,
            (None, false) => {}
        }
        // Who may do everything with everything may do all that is told of others.
        let is_everything = self.rule.is_everything();
        let told = self.risks.iter();
        let told = told.filter(|risk| !is_everything || !risk.is_of_resources());
        for (position, risk) in told.enumerate() {
            write!(f, "{} {risk}", if position == 0 { "  !" } else { "," })?;
        }
        Ok(())
    }
}

/// Verbs on something that are new, and what deserves a look in the roles that allow them, whatever they allow.
#[derive(Default)]
struct New {
    verbs: Vec<String>,
    of_role: BTreeSet<Risk>,
}

/// What the effects of a release allow beyond those of another, ascending; `None` if that is too much to be looked at.
pub(super) fn growth<'e>(
    before: impl Iterator<Item = &'e Effect>,
    after: impl Iterator<Item = &'e Effect>,
) -> Option<Vec<Growth>> {
    let before: Vec<(&ObjectRef, &Rule)> = before.filter_map(permission).collect();
    let mut steps = STEPS;
    let mut found: BTreeMap<(bool, Option<&str>, Rule), New> = BTreeMap::new();
    for effect in after {
        let Some((role, rule)) = permission(effect) else {
            continue;
        };
        let covering: Vec<&Rule> = before
            .iter()
            .filter(|(known, _)| does_reach(known, role))
            .map(|(_, rule)| *rule)
            .collect();
        if covering.contains(&rule) {
            continue;
        }
        let cost = 1 + covering.iter().map(|known| known.size()).sum::<usize>();
        let place = (role.kind() == "ClusterRole", role.namespace());
        for (target, verb) in rule.singles() {
            steps = steps.checked_sub(cost)?;
            if !covering.iter().any(|known| known.allows(&target, verb)) {
                let new = found.entry((place.0, place.1, target)).or_default();
                new.verbs.push(verb.to_owned());
                let of_role = effect.risks().iter();
                new.of_role
                    .extend(of_role.filter(|risk| **risk == Risk::ExtendsBuiltIn));
            }
        }
    }
    let grown = found
        .into_iter()
        .map(|((is_cluster_wide, namespace, target), new)| {
            let rule = target.with_verbs(new.verbs);
            let mut risks = rule.risks();
            risks.extend(new.of_role);
            Growth {
                namespace: namespace.map(str::to_owned),
                is_cluster_wide,
                risks,
                rule,
            }
        });
    Some(grown.collect())
}

fn permission(effect: &Effect) -> Option<(&ObjectRef, &Rule)> {
    match effect {
        Effect::Permission { role, rule, .. } => Some((role, rule)),
        _ => None,
    }
}

/// Whether what one role allows holds wherever another does.
fn does_reach(one: &ObjectRef, other: &ObjectRef) -> bool {
    one.kind() == "ClusterRole"
        || (other.kind() != "ClusterRole" && one.namespace() == other.namespace())
}
