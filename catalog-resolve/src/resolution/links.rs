//! Who needs whom in an answer.

use std::collections::BTreeSet;

use crate::best::Choice;
use crate::encode::{Encoder, InstanceKey, Met};
use crate::engine::{Value, Var};
use crate::universe::Relation;

/// What one chosen release has to do with others.
pub(super) struct Links<'a> {
    pub(super) needs: BTreeSet<InstanceKey>,
    /// Those of them that have to come before it.
    pub(super) waits: BTreeSet<InstanceKey>,
    /// Who provides what it requires.
    pub(super) providers: BTreeSet<InstanceKey>,
    /// Other dependencies, which it would rather come after.
    pub(super) follows: BTreeSet<InstanceKey>,
    /// What the installed state does not meet of what it says, if it stays as it is installed.
    pub(super) unmet: Vec<&'a Relation>,
}

impl<'a> Links<'a> {
    pub(super) fn of(encoder: &Encoder<'a>, choice: &Choice, var: Var, value: Value) -> Self {
        let (mut needs, mut waits) = (BTreeSet::new(), BTreeSet::new());
        let (mut providers, mut follows) = (BTreeSet::new(), BTreeSet::new());
        let mut unmet = Vec::new();
        let is_kept = encoder.instance(var).kept == Some(value);
        for relation in encoder.relations(var, value) {
            match relation {
                Relation::Dependency(dependency) => {
                    let key = encoder.meant_by(var, dependency.package);
                    if !dependency.is_optional {
                        needs.insert(key.clone());
                    }
                    let is_met = encoder.installed_meets(var, dependency) == Met::Yes;
                    if is_kept && !is_met {
                        unmet.push(relation);
                    }
                    match dependency.is_optional || is_kept || is_met {
                        true => follows.insert(key),
                        false => waits.insert(key),
                    };
                }
                Relation::Requires(capability) => {
                    let keys = encoder.universe.providers(*capability).iter();
                    let keys = keys.map(|package| encoder.meant_by(var, *package));
                    let gives = |key: &InstanceKey| {
                        choice.get(key).is_some_and(|(provider, value)| {
                            *provider != var
                                && encoder.providing(*provider, *capability).contains(*value)
                        })
                    };
                    let mut giving = keys.filter(gives).peekable();
                    let is_alone = giving.peek().is_none();
                    if is_kept && is_alone && encoder.is_without(var, value, *capability) {
                        unmet.push(relation);
                    }
                    // What the cluster or the release itself gives, nobody is needed for.
                    if encoder.looks_for(var, value, *capability) {
                        providers.extend(giving);
                    }
                }
                Relation::Conflict(_) if is_kept => unmet.push(relation),
                Relation::Conflict(_) => {}
            }
        }
        follows.retain(|key| choice.contains_key(key) && !waits.contains(key));
        Self {
            needs,
            waits,
            providers,
            follows,
            unmet,
        }
    }
}
