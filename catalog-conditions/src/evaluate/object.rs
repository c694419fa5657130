//! Questions about a named object.

use serde_json::Value;

use super::judge::{self, Judgment};
use super::locate::Located;
use super::members::Tally;
use super::{Asking, Detail, advice, ask, explain};
use crate::condition::{
    Around, Fact, Field, Leaf, Name, ObjectTarget, Question, Test, Tree, Which,
};
use crate::path::Finding;
use crate::report::{Answer, Missing, Outcome, Reason};
use crate::snapshot::{FailureKind, ReadFailure, is_terminating};

impl Asking<'_> {
    pub(super) fn object(self, leaf: &Leaf, target: &ObjectTarget) -> Answer {
        let mut answer = match &target.which {
            Which::Named(name) => self.named(leaf, target, name),
            Which::Selected(selector) => self.selected(leaf, target, selector),
        };
        answer.field = self
            .say(|| target.field.as_ref().map(Field::to_string))
            .flatten();
        answer
    }

    fn named(self, leaf: &Leaf, target: &ObjectTarget, name: &Name) -> Answer {
        let located = self.locate(target, name);
        let mut answer = match located {
            Located::Object(object) => self.in_object(leaf, target, object),
            Located::KindAbsent => kind_absent(leaf).into_answer(),
            Located::ObjectAbsent => elements_of_nothing(leaf)
                .unwrap_or_else(|| judge::object_absent(&leaf.question))
                .into_answer(),
            Located::OtherVersion(_) => Judgment::unknown(Reason::OtherVersion).into_answer(),
            Located::Unknown(reason) => Judgment::unknown(reason).into_answer(),
            Located::Failed(failure) => failed(failure),
        };
        let own = self.context.namespace();
        let shown = name.resolve(own).unwrap_or("$namespace");
        if answer.outcome == Outcome::NotSatisfied {
            answer.missing = missing(target, shown, located);
        }
        if self.is_telling() {
            self.tell(&mut answer, target, (located, shown));
            if located == Located::KindAbsent
                && let Some(version) = self.other_version(target, name)
            {
                let version = crate::show::plain(version);
                let note = format!("note: the object is there in version {version}");
                answer.help.push(note);
            }
        }
        answer
    }

    /// The words of an answer about a named object.
    fn tell(
        self,
        answer: &mut Answer,
        target: &ObjectTarget,
        (located, name): (Located<'_>, &str),
    ) {
        let (group, kind) = (target.group.as_str(), target.kind.as_str());
        let namespace = self.namespace_of(target).unwrap_or("$namespace");
        let object = crate::show::object(kind, namespace, name);
        answer.object = Some(format!("{object} ({})", target.api_version()));
        answer.actual = match located {
            Located::Object(_) => return,
            Located::KindAbsent => Some("the cluster does not serve the kind".to_owned()),
            Located::ObjectAbsent => Some("absent".to_owned()),
            Located::OtherVersion(version) => Some(format!(
                "in the snapshot in version {} only",
                crate::show::plain(version)
            )),
            Located::Unknown(_) | Located::Failed(_) => None,
        };
        answer.help = match (answer.outcome, located) {
            (Outcome::Satisfied, Located::KindAbsent) => vec![advice::noted_kind_absent(target)],
            (Outcome::Satisfied, _) => Vec::new(),
            (_, Located::KindAbsent) => advice::kind_absent(self.snapshot, group, kind),
            (_, Located::ObjectAbsent) => {
                advice::object_absent(self.snapshot, (group, kind), (namespace, name))
            }
            _ => advice::presence(
                self.snapshot,
                answer.reason,
                (group, kind),
                (namespace, name),
            ),
        };
    }

    fn in_object(self, leaf: &Leaf, target: &ObjectTarget, object: &Value) -> Answer {
        let mut answer = if is_leaving(object, target.field.as_ref()) {
            let mut answer = Judgment::unknown(Reason::Terminating).into_answer();
            answer.actual = self.say(|| "being deleted".to_owned());
            answer.help.push(advice::TERMINATING.to_owned());
            answer
        } else {
            self.at_field(leaf, target, object)
        };
        answer.reads = self.say(|| self.read(object)).into_iter().collect();
        answer
    }

    fn at_field(self, leaf: &Leaf, target: &ObjectTarget, object: &Value) -> Answer {
        let finding = match &target.field {
            Some(field) => field.find(object, leaf.each.is_some()),
            None => Ok(Finding::Found(object)),
        };
        let finding = match finding {
            Ok(finding) => finding,
            Err(error) => {
                let mut answer = Judgment::unknown(Reason::TooMany).into_answer();
                answer.actual = Some(error.to_string());
                answer.help = advice::presence(self.snapshot, answer.reason, ("", ""), ("", ""));
                return answer;
            }
        };
        let around = self.around(object);
        let secret = target.is_secret();
        if let (Finding::Many(members), Some(each)) = (&finding, leaf.each) {
            let mut tally = Tally::new(self.is_telling());
            tally.add_members(members, ask::each(&leaf.question, around), |member| {
                advice::member(&leaf.question, member, around, secret)
            });
            let answer = tally.answer(each, leaf.allow_empty, leaf.question.is(&Test::NotExists));
            return self.explained(answer, (leaf, target), object, &finding);
        }
        if let (Question::Satisfies(facts), Finding::Found(value)) = (&leaf.question, &finding) {
            let answer = self.facts(facts, around.of(value), secret);
            return self.explained(answer, (leaf, target), object, &finding);
        }
        let mut answer = ask::question(&leaf.question, &finding, around).into_answer();
        if self.is_telling() {
            answer.actual = Some(match (&target.field, &leaf.question) {
                (_, Question::Satisfies(_)) => advice::actual(&finding, true),
                (None, Question::Test(asked)) => advice::whole(&asked.test, object, secret),
                (Some(_), Question::Test(_)) => advice::actual(&finding, secret),
            });
            if answer.outcome != Outcome::Satisfied {
                answer.help = advice::finding(&leaf.question, target, around, &finding);
            }
        }
        self.explained(answer, (leaf, target), object, &finding)
    }

    /// Facts about one value. Each is asked once: up to a thousand of them may each look through all of a large object.
    fn facts(self, facts: &Tree<Fact>, around: Around<'_>, secret: bool) -> Answer {
        if !self.is_telling() {
            return ask::of_facts(facts, around).into_answer();
        }
        let (judgment, each) = ask::facts_and_each(facts, around);
        let mut answer = judgment.into_answer();
        answer.actual = Some(advice::count_of_facts(&each));
        if answer.outcome != Outcome::Satisfied {
            answer.help = advice::unmet_of(facts, each.into_iter(), around.object, secret);
        }
        answer
    }

    fn explained(
        self,
        mut answer: Answer,
        (leaf, target): (&Leaf, &ObjectTarget),
        object: &Value,
        finding: &Finding<'_>,
    ) -> Answer {
        if self.detail == Detail::Explained {
            answer.explanation = explain::question(leaf, target, object, finding);
        }
        answer
    }
}

/// A read that failed says nothing about the object: the API server refuses whether or not it exists.
pub(super) fn failed(failure: &ReadFailure) -> Answer {
    let mut answer = Judgment::unknown(failure_reason(failure.kind())).into_answer();
    answer.request = Some(crate::show::plain(failure.request()));
    answer
}

pub(super) fn failure_reason(kind: FailureKind) -> Reason {
    match kind {
        FailureKind::Unauthorized => Reason::Unauthorized,
        FailureKind::Forbidden => Reason::Forbidden,
        FailureKind::Unavailable => Reason::Unavailable,
        FailureKind::Discovery => Reason::Discovery,
    }
}

fn kind_absent(leaf: &Leaf) -> Judgment {
    elements_of_nothing(leaf).unwrap_or_else(|| judge::kind_absent(&leaf.question))
}

/// `notExists` asked of the elements of an object that is not there: of an empty set, since two absent elements are no two elements.
fn elements_of_nothing(leaf: &Leaf) -> Option<Judgment> {
    let each = leaf.each.filter(|_| leaf.question.is(&Test::NotExists))?;
    Some(Tally::new(false).decide(each, leaf.allow_empty))
}

/// What a catalog could bring to satisfy the question.
fn missing(target: &ObjectTarget, name: &str, located: Located<'_>) -> Option<Missing> {
    match located {
        Located::KindAbsent => Some(target.missing_api()),
        Located::ObjectAbsent => target.missing_object(name),
        _ => None,
    }
}

/// Whether an object on its way out answers for nothing: only its deletion can be asked about.
pub(super) fn is_leaving(object: &Value, field: Option<&Field>) -> bool {
    let path = field.and_then(Field::as_path);
    is_terminating(object) && !path.is_some_and(|path| path.is(&["metadata", "deletionTimestamp"]))
}
