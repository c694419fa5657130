//! What a release may do that the one before it may not.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use catalog_model::conditions::show::one_line;

use super::effect::{Effect, ObjectRef};
use super::rbac::{Rule, Target};
use super::risk::Risk;

/// How many comparisons of texts it may take to say what is new.
const STEPS: usize = 5_000_000;

/// How many bytes what is new may take.
const BYTES: usize = 32 << 20;

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

/// Verbs on something that are new, and whether a role that extends those of Kubernetes allows one of them.
#[derive(Default)]
struct New<'e> {
    verbs: BTreeSet<&'e str>,
    extends: bool,
}

/// Where a role holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Scope<'e> {
    /// In a namespace, the one of the release where none is written.
    Namespace(Option<&'e str>),
    /// In all.
    Cluster,
}

impl<'e> Scope<'e> {
    fn of(role: &'e ObjectRef) -> Self {
        match role.kind() {
            "ClusterRole" => Self::Cluster,
            _ => Self::Namespace(role.namespace()),
        }
    }
}

/// The rules of the roles that hold in one scope.
#[derive(Default)]
struct Known<'e> {
    rules: BTreeSet<&'e Rule>,
    cost: usize,
}

/// What the effects of a release allow beyond those of another, ascending; `None` if that is too much to be looked at, which is known before it is.
pub(super) fn growth<'e>(
    before: impl Iterator<Item = &'e Effect>,
    after: impl Iterator<Item = &'e Effect>,
) -> Option<Vec<Growth>> {
    let mut known: BTreeMap<Scope<'e>, Known<'e>> = BTreeMap::new();
    for (role, rule, _) in before.filter_map(permission) {
        let known = known.entry(Scope::of(role)).or_default();
        if known.rules.insert(rule) {
            known.cost = known.cost.saturating_add(rule.cost());
        }
    }
    let (mut steps, mut bytes) = (STEPS, BYTES);
    let mut found: BTreeMap<(Scope<'e>, Target<'e>), New<'e>> = BTreeMap::new();
    for (role, rule, risks) in after.filter_map(permission) {
        if rule.verbs().is_empty() {
            continue;
        }
        let scope = Scope::of(role);
        // What a ClusterRole allows holds wherever another role does.
        let scopes = BTreeSet::from([scope, Scope::Cluster]);
        let covering: Vec<&Known<'_>> = scopes.iter().filter_map(|at| known.get(at)).collect();
        if covering.iter().any(|known| known.rules.contains(rule)) {
            continue;
        }
        let cost = covering.iter().map(|known| known.cost);
        let cost = cost.fold(1, usize::saturating_add);
        steps = steps.checked_sub(rule.singles()?.checked_mul(cost)?)?;
        let covering = covering.iter().flat_map(|known| &known.rules);
        let covering: Vec<&Rule> = covering.copied().collect();
        for target in rule.targets() {
            let covering = covering.iter().filter(|known| known.is_about(target));
            let covering: Vec<&&Rule> = covering.collect();
            let is_new =
                |verb: &&String| !covering.iter().any(|known| known.has_verb(verb.as_str()));
            for verb in rule.verbs().iter().filter(is_new) {
                let new = match found.entry((scope, target)) {
                    Entry::Occupied(entry) => entry.into_mut(),
                    Entry::Vacant(entry) => {
                        bytes = bytes.checked_sub(size_of::<Growth>() + target.bytes())?;
                        entry.insert(New::default())
                    }
                };
                if new.verbs.insert(verb) {
                    bytes = bytes.checked_sub(size_of::<String>() + verb.len())?;
                }
                new.extends |= risks.contains(&Risk::ExtendsBuiltIn);
            }
        }
    }
    let grown = found.into_iter().map(|((scope, target), new)| {
        let rule = Rule::single(target, new.verbs);
        let mut risks = rule.risks();
        risks.extend(new.extends.then_some(Risk::ExtendsBuiltIn));
        Growth {
            namespace: match scope {
                Scope::Namespace(namespace) => namespace.map(str::to_owned),
                Scope::Cluster => None,
            },
            is_cluster_wide: scope == Scope::Cluster,
            risks,
            rule,
        }
    });
    Some(grown.collect())
}

fn permission(effect: &Effect) -> Option<(&ObjectRef, &Rule, &[Risk])> {
    match effect {
        Effect::Permission { role, rule, risks } => Some((role, rule, risks)),
        _ => None,
    }
}
