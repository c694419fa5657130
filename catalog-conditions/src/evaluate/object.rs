//! Questions about a named object.

use serde_json::Value;

use super::Asking;
use super::advice;
use super::judge::{self, Judgment};
use super::locate::Located;
use super::members::Tally;
use super::truth::Truth;
use crate::condition::{Leaf, Name, ObjectTarget, Test, Which};
use crate::path::{FieldPath, Finding};
use crate::report::{Answer, Missing, Outcome, ReadObject, Reason};
use crate::snapshot::is_terminating;

impl Asking<'_> {
    pub(super) fn object(self, leaf: &Leaf, target: &ObjectTarget) -> Answer {
        let mut answer = match &target.which {
            Which::Named(name) => self.named(leaf, target, name),
            Which::Selected(selector) => self.selected(leaf, target, selector),
        };
        answer.field = target.path.as_ref().map(FieldPath::to_string);
        answer
    }

    fn named(self, leaf: &Leaf, target: &ObjectTarget, name: &Name) -> Answer {
        let (group, kind) = (target.group.as_str(), target.kind.as_str());
        let located = self.locate(target, name);
        let mut answer = match located {
            Located::Object(object) => in_object(leaf, target, object),
            Located::KindAbsent => judge::kind_absent(&leaf.test).into_answer(),
            Located::ObjectAbsent => {
                judge::absent(&leaf.test, leaf.when_absent, Reason::ObjectAbsent).into_answer()
            }
            Located::OtherVersion(_) => Judgment::unknown(Reason::OtherVersion).into_answer(),
            Located::Unknown(reason) => Judgment::unknown(reason).into_answer(),
        };
        let shown = name
            .resolve(self.context.namespace())
            .unwrap_or("$namespace");
        let namespace = self.namespace_of(target).unwrap_or("$namespace");
        answer.object = Some(format!(
            "{} ({})",
            crate::show::object(kind, namespace, shown),
            target.api_version()
        ));
        match located {
            Located::Object(_) => return answer,
            Located::KindAbsent => {
                answer.actual = Some("the cluster does not serve the kind".to_owned())
            }
            Located::ObjectAbsent => answer.actual = Some("absent".to_owned()),
            Located::OtherVersion(version) => {
                answer.actual = Some(format!(
                    "in the snapshot in version {} only",
                    crate::show::plain(version)
                ));
            }
            Located::Unknown(_) => {}
        }
        answer.help = match (answer.outcome, located) {
            (Outcome::Satisfied, Located::KindAbsent) => vec![advice::noted_kind_absent(target)],
            (Outcome::Satisfied, _) => Vec::new(),
            (_, Located::KindAbsent) => advice::kind_absent(self.snapshot, group, kind),
            (_, Located::ObjectAbsent) => {
                advice::object_absent(self.snapshot, (group, kind), (namespace, shown))
            }
            _ => advice::presence(self.snapshot, answer.reason, (group, kind), shown),
        };
        if answer.outcome == Outcome::NotSatisfied {
            answer.missing = missing(target, shown, located);
        }
        answer
    }
}

/// What a catalog could bring to satisfy the question.
fn missing(target: &ObjectTarget, name: &str, located: Located<'_>) -> Option<Missing> {
    let crd = (target.group.as_str(), target.kind.as_str())
        == ("apiextensions.k8s.io", "CustomResourceDefinition");
    let definition = target.group == "core.oam.dev" && target.kind.ends_with("Definition");
    match located {
        Located::KindAbsent => Some(missing_api(target)),
        Located::ObjectAbsent if crd => Some(Missing::Crd {
            name: name.to_owned(),
        }),
        Located::ObjectAbsent if definition => Some(Missing::Definition {
            kind: target.kind.clone(),
            name: name.to_owned(),
        }),
        _ => None,
    }
}

pub(super) fn missing_api(target: &ObjectTarget) -> Missing {
    Missing::Api {
        group: target.group.clone(),
        version: Some(target.version.clone()),
        kind: target.kind.clone(),
    }
}

/// Whether an object on its way out answers for nothing: only its deletion can be asked about.
pub(super) fn is_leaving(object: &Value, path: Option<&FieldPath>) -> bool {
    is_terminating(object)
        && path.is_none_or(|path| path.to_string() != "metadata.deletionTimestamp")
}

fn in_object(leaf: &Leaf, target: &ObjectTarget, object: &Value) -> Answer {
    let mut answer = if is_leaving(object, target.path.as_ref()) {
        let mut answer = Judgment::unknown(Reason::Terminating).into_answer();
        answer.actual = Some("being deleted".to_owned());
        answer.help.push(advice::TERMINATING.to_owned());
        answer
    } else {
        match &target.path {
            None => {
                let mut answer =
                    judge::presence(&leaf.test, Truth::Satisfied, Reason::Value, Reason::Value)
                        .into_answer();
                answer.actual = Some("present".to_owned());
                answer
            }
            Some(path) => at_path(leaf, target, path, object),
        }
    };
    let text = |pointer: &str| {
        object
            .pointer(pointer)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    answer.read = Some(ReadObject {
        uid: text("/metadata/uid"),
        resource_version: text("/metadata/resourceVersion"),
    });
    answer
}

fn at_path(leaf: &Leaf, target: &ObjectTarget, path: &FieldPath, object: &Value) -> Answer {
    let finding = path.find(object);
    if let (Finding::Many(members), Some(each)) = (&finding, leaf.each) {
        let mut tally = Tally::default();
        tally.add_members(leaf, target, members, "");
        return tally.answer(each, leaf.allow_empty, leaf.test == Test::NotExists);
    }
    let mut answer = judge::finding(&leaf.test, leaf.when_absent, &finding).into_answer();
    answer.actual = Some(advice::actual(&finding, target.is_secret()));
    if answer.outcome != Outcome::Satisfied {
        answer.help = advice::finding(&leaf.test, target, path, object, &finding);
    }
    answer
}
