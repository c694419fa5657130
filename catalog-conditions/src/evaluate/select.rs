//! Questions about the objects that a selector matches.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Asking;
use super::advice;
use super::judge::{self, Judgment};
use super::members::Tally;
use super::object::{is_leaving, missing_api};
use super::truth::Truth;
use crate::condition::{Leaf, ObjectTarget, Places, Test};
use crate::path::Finding;
use crate::report::{Answer, Outcome, Reason};
use crate::selector::LabelSelector;
use crate::snapshot::{Copies, Scope, Served, Stored};

/// The namespaces that a selector looks into.
enum Looked<'a> {
    /// All there are, or the cluster itself.
    Everywhere,
    In(BTreeSet<&'a str>),
    NoNamespace,
}

impl Asking<'_> {
    pub(super) fn selected(
        self,
        leaf: &Leaf,
        target: &ObjectTarget,
        selector: &LabelSelector,
    ) -> Answer {
        let looked = self.looked(target);
        let mut answer = match &looked {
            Looked::NoNamespace => {
                let mut answer = Judgment::unknown(Reason::NoNamespace).into_answer();
                answer.help.push(advice::NO_NAMESPACE.to_owned());
                answer
            }
            _ => self.count(leaf, target, selector, &looked),
        };
        answer.object = Some(described(target, selector, &looked));
        answer
    }

    fn looked<'a>(self, target: &'a ObjectTarget) -> Looked<'a>
    where
        Self: 'a,
    {
        let own = self.context.namespace();
        let names: Option<BTreeSet<&str>> = match (
            &target.places,
            self.snapshot.scope(&target.group, &target.kind),
        ) {
            (Places::All, _) | (_, Some(Scope::Cluster)) | (Places::Default, None) => {
                return Looked::Everywhere;
            }
            (Places::Default, Some(Scope::Namespaced)) => own.map(|own| [own].into()),
            (Places::These(names), _) => names.iter().map(|name| name.resolve(own)).collect(),
        };
        names.map_or(Looked::NoNamespace, Looked::In)
    }

    fn count(
        self,
        leaf: &Leaf,
        target: &ObjectTarget,
        selector: &LabelSelector,
        looked: &Looked<'_>,
    ) -> Answer {
        let tally = self.tally(leaf, target, selector, looked);
        let (group, kind) = (target.group.as_str(), target.kind.as_str());
        let mut answer = match leaf.each {
            Some(each) => tally.answer(each, leaf.allow_empty, leaf.test == Test::NotExists),
            None => presence_of(leaf, &tally),
        };
        let absent_kind = self.snapshot.serves(group, Some(&target.version), kind) == Served::No;
        match answer.outcome {
            Outcome::Satisfied if absent_kind => {
                answer.help.push(advice::noted_kind_absent(target))
            }
            Outcome::Satisfied => {}
            _ if absent_kind => answer.help = advice::kind_absent(self.snapshot, group, kind),
            _ => answer.help.extend(advice::presence(
                self.snapshot,
                answer.reason,
                (group, kind),
                "",
            )),
        }
        if tally.rests_on_absent_kind(answer.outcome) {
            answer.missing = Some(missing_api(target));
        }
        answer
    }

    fn tally(
        self,
        leaf: &Leaf,
        target: &ObjectTarget,
        selector: &LabelSelector,
        looked: &Looked<'_>,
    ) -> Tally {
        let (group, kind) = (target.group.as_str(), target.kind.as_str());
        let mut tally = Tally::default();
        if self.snapshot.serves(group, Some(&target.version), kind) == Served::No {
            tally.kind_is_absent();
            return tally;
        }
        for (namespace, name, copies) in self.snapshot.stored_of_kind(group, kind) {
            let looked_into = match looked {
                Looked::In(namespaces) => namespaces.contains(namespace),
                _ => true,
            };
            let selected =
                copies.is_contradictory() || copies.all().any(|copy| selector.matches(copy));
            if looked_into && selected {
                add(&mut tally, leaf, target, copies, || {
                    crate::show::object(kind, namespace, name)
                });
            }
        }
        let covered = match looked {
            Looked::In(namespaces) => namespaces
                .iter()
                .all(|namespace| self.snapshot.covers(group, kind, Some(namespace))),
            _ => self.snapshot.covers(group, kind, None),
        };
        if !covered {
            tally.unseen(Reason::NotInSnapshot);
        }
        tally
    }
}

fn add(
    tally: &mut Tally,
    leaf: &Leaf,
    target: &ObjectTarget,
    copies: &Copies,
    name: impl Fn() -> String,
) {
    let object: &Value = match copies.in_version(&target.version) {
        Stored::Object(object) => object,
        Stored::OtherVersion(version) => {
            let judgment = Judgment::unknown(Reason::OtherVersion);
            return tally.add(judgment, || {
                format!("{} is in the snapshot in version {version} only", name())
            });
        }
        Stored::Contradictory => {
            let judgment = Judgment::unknown(Reason::Contradictory);
            return tally.add(judgment, || {
                format!("{} is in the snapshot twice, and the two differ", name())
            });
        }
    };
    if is_leaving(object, target.path.as_ref()) {
        return tally.add(Judgment::unknown(Reason::Terminating), || {
            format!("{} is being deleted", name())
        });
    }
    let Some(path) = &target.path else {
        return tally.add(Judgment::SATISFIED, name);
    };
    match path.find(object) {
        Finding::Many(members) => {
            tally.add_members(leaf, target, &members, &format!("{}: ", name()))
        }
        finding => {
            let judgment = judge::finding(&leaf.test, leaf.when_absent, &finding);
            tally.add(judgment, || {
                format!(
                    "{}: {path} is {}",
                    name(),
                    advice::actual(&finding, target.is_secret())
                )
            });
        }
    }
}

/// `exists` and `notExists` without a path: is anything selected?
fn presence_of(leaf: &Leaf, tally: &Tally) -> Answer {
    let (present, doubt) = tally.presence();
    let absence = if tally.rests_on_absent_kind(Outcome::NotSatisfied) {
        Reason::KindAbsent
    } else {
        Reason::ObjectAbsent
    };
    let mut answer = judge::presence(&leaf.test, present, absence, doubt).into_answer();
    answer.actual = Some(match present {
        Truth::Satisfied => tally.satisfied_members().collect::<Vec<_>>().join(", "),
        Truth::NotSatisfied => "nothing is selected".to_owned(),
        Truth::Unknown => "not known".to_owned(),
    });
    answer
}

fn described(target: &ObjectTarget, selector: &LabelSelector, looked: &Looked<'_>) -> String {
    let labels = match selector.requirements() {
        [] => format!("every {}", target.kind),
        _ => format!("every {} with {selector}", target.kind),
    };
    let places = match looked {
        Looked::Everywhere => String::new(),
        Looked::NoNamespace => " in $namespace".to_owned(),
        Looked::In(namespaces) => {
            let names: Vec<String> = namespaces
                .iter()
                .map(|name| crate::show::plain(name))
                .collect();
            format!(" in {}", names.join(", "))
        }
    };
    format!("{labels}{places} ({})", target.api_version())
}
