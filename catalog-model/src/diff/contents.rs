//! What two releases bring: conditions, definitions, hooks and modules.

use std::collections::BTreeMap;
use std::time::Duration;

use catalog_conditions::Location;
use serde_json::{Value, json};

use super::change::{Change, ChangeKind, Detail, Part};
use super::order::reordered;
use super::place::Side;
use super::values::details;
use crate::hook::{Action, Hook, HookPolicy, Phase};
use crate::module::{Module, ModuleContent};
use crate::origin::Origin;
use crate::release::Release;
use crate::sensitive::in_both;

/// Two lists by subject: of each subject the changes, and the places on both sides.
struct Keyed<'s, 'c, T> {
    part: Part,
    sides: (&'s Side<'c>, &'s Side<'c>),
    place: fn(&Side<'c>, &T) -> Option<Location>,
    /// Nothing where both say the same.
    differ: fn(&T, &T) -> Option<Vec<Detail>>,
}

impl<'c, T> Keyed<'_, 'c, T> {
    fn compare<'t>(
        &self,
        old: impl Iterator<Item = (String, &'t T)>,
        new: impl Iterator<Item = (String, &'t T)>,
    ) -> Vec<Change>
    where
        T: 't,
    {
        let (before, after) = self.sides;
        let mut was: BTreeMap<String, &T> = old.collect();
        let mut changes = Vec::new();
        for (subject, now) in new {
            let change = match was.remove(&subject) {
                None => Change::new(self.part, subject, ChangeKind::Added),
                Some(then) => {
                    let Some(details) = (self.differ)(then, now) else {
                        continue;
                    };
                    Change {
                        details,
                        before: (self.place)(before, then),
                        ..Change::new(self.part, subject, ChangeKind::Changed)
                    }
                }
            };
            changes.push(Change {
                after: (self.place)(after, now),
                ..change
            });
        }
        changes.extend(was.into_iter().map(|(subject, then)| Change {
            before: (self.place)(before, then),
            ..Change::new(self.part, subject, ChangeKind::Removed)
        }));
        changes
    }
}

fn at(side: &Side<'_>, origin: &Origin) -> Option<Location> {
    side.at(origin.file(), origin.span())
}

/// The changes of conditions. How they are otherwise is not told: their texts are short, and both places are there.
pub(super) fn conditions(before: &Side<'_>, after: &Side<'_>) -> Vec<Change> {
    let of = |release: &'_ Release| -> Vec<_> { release.conditions().conditions().to_vec() };
    let (old, new) = (of(before.release), of(after.release));
    let keyed = Keyed {
        part: Part::Conditions,
        sides: (before, after),
        place: |_, condition: &catalog_conditions::condition::Condition| {
            condition.location().cloned()
        },
        differ: |old, new| (old != new).then(Vec::new),
    };
    let named = |one| -> (String, &catalog_conditions::condition::Condition) { one };
    keyed.compare(
        old.iter().map(|one| named((one.name().to_owned(), one))),
        new.iter().map(|one| named((one.name().to_owned(), one))),
    )
}

/// The changes of definitions, by what the objects say.
pub(super) fn definitions(before: &Side<'_>, after: &Side<'_>) -> Vec<Change> {
    let keyed = Keyed {
        part: Part::Definitions,
        sides: (before, after),
        place: |side, one: &crate::definition::Definition| at(side, one.origin()),
        differ: |old, new| (old != new).then(|| told(old.object(), new.object())),
    };
    keyed.compare(
        before
            .release
            .definitions()
            .iter()
            .map(|one| (one.identity().to_string(), one)),
        after
            .release
            .definitions()
            .iter()
            .map(|one| (one.identity().to_string(), one)),
    )
}

/// The changes of hooks and actions.
pub(super) fn hooks(before: &Side<'_>, after: &Side<'_>) -> Vec<Change> {
    let keyed = Keyed {
        part: Part::Hooks,
        sides: (before, after),
        place: |side, one: &Hook| at(side, one.origin()),
        differ: |old, new| (old != new).then(|| told(&of_hook(old), &of_hook(new))),
    };
    let (old, new) = (before.release.content(), after.release.content());
    let named = |hook: &Hook| format!("{}/{}", hook.phase(), hook.name());
    let mut changes = keyed.compare(
        old.hooks.iter().map(|one| (named(one), one)),
        new.hooks.iter().map(|one| (named(one), one)),
    );
    let keyed = Keyed {
        part: Part::Hooks,
        sides: (before, after),
        place: |side, one: &Action| at(side, one.origin()),
        differ: |old, new| (old != new).then(|| told(&of_action(old), &of_action(new))),
    };
    changes.extend(
        keyed.compare(
            old.actions
                .iter()
                .map(|one| (format!("action/{}", one.name()), one)),
            new.actions
                .iter()
                .map(|one| (format!("action/{}", one.name()), one)),
        ),
    );
    for phase in Phase::ALL {
        let names = |release: &'_ Release| -> Vec<String> {
            let hooks = release.hooks(phase);
            hooks.map(|hook| hook.name().to_owned()).collect()
        };
        let (old, new) = (names(before.release), names(after.release));
        let subject = format!("order of {phase}");
        changes.extend(reordered(
            Part::Hooks,
            &subject,
            (&texts(&old), &texts(&new)),
        ));
    }
    changes
}

/// The changes of modules.
pub(super) fn modules(before: &Side<'_>, after: &Side<'_>) -> Vec<Change> {
    let keyed = Keyed {
        part: Part::Modules,
        sides: (before, after),
        place: |side, one: &Module| at(side, one.origin()),
        differ: |old, new| (old != new).then(|| told(&of_module(old), &of_module(new))),
    };
    let of = |release: &'_ Release| -> Vec<String> {
        let modules = release.modules().iter();
        modules.map(|one| one.name().to_owned()).collect()
    };
    let mut changes = keyed.compare(
        before
            .release
            .modules()
            .iter()
            .map(|one| (one.name().to_owned(), one)),
        after
            .release
            .modules()
            .iter()
            .map(|one| (one.name().to_owned(), one)),
    );
    let (old, new) = (of(before.release), of(after.release));
    let names = (&*texts(&old), &*texts(&new));
    changes.extend(reordered(Part::Modules, "order", names));
    let (old, new) = (before.release, after.release);
    let (old, new) = (
        old.unknown_in_modules().to_json(),
        new.unknown_in_modules().to_json(),
    );
    if old != new {
        changes.push(Change {
            details: told(&old.into(), &new.into()),
            ..Change::new(Part::Modules, "other keys", ChangeKind::Changed)
        });
    }
    changes
}

/// What two values say otherwise, without what may be secret.
fn told(old: &Value, new: &Value) -> Vec<Detail> {
    details(old, new, in_both(old, new))
}

fn texts(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

fn of_hook(hook: &Hook) -> Value {
    json!({
        "policy": of_policy(hook.policy()), "job": hook.job(), "undo": hook.undo(), "resources": hook.resources(),
    })
}

fn of_policy(policy: &HookPolicy) -> Value {
    let (backoff, seconds) = (&policy.backoff, |time: Duration| time.as_secs_f64());
    json!({
        "weight": policy.weight, "after": policy.after, "timeout": seconds(policy.timeout), "retries": policy.retries,
        "backoff": {"initial": seconds(backoff.initial), "factor": backoff.factor, "max": seconds(backoff.max)},
        "onFailure": format!("{:?}", policy.on_failure), "semantics": format!("{:?}", policy.semantics),
        "irreversible": policy.irreversible, "keep": format!("{:?}", policy.keep),
        "stuckAfter": policy.stuck_after.map(seconds),
    })
}

fn of_action(action: &Action) -> Value {
    json!({
        "policy": of_policy(action.policy()), "job": action.job(), "resources": action.resources(),
        "description": action.description(), "parameters": action.parameters(),
    })
}

fn of_module(module: &Module) -> Value {
    let content = match module.content() {
        ModuleContent::Chart { path, remote } => json!({
            "path": path,
            "remote": remote.as_ref().map(|one| json!({"repo": one.repo, "name": one.name, "version": one.version})),
        }),
        ModuleContent::Terraform { path, remote } => json!({
            "path": path,
            "remote": remote.as_ref().map(|one| json!({"source": one.source, "version": one.version})),
        }),
        ModuleContent::Manifests { path, remote } => json!({
            "path": path,
            "remote": remote.as_ref().map(|one| json!({"url": one.url, "sha256": one.sha256})),
        }),
        ModuleContent::Opaque { value, .. } => value.clone(),
    };
    json!({
        module.content().kind(): content, "namespace": module.namespace(), "values": module.values(),
        "otherKeys": [module.unknown().to_json(), module.unknown_in_content().to_json(), module.unknown_in_remote().to_json()],
    })
}
