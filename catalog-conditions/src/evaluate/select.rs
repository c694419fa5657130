//! Questions about the objects that a selector matches.

use std::collections::BTreeSet;

use super::judge::{self, Judgment};
use super::members::Tally;
use super::object::{failure_reason, is_leaving};
use super::truth::Truth;
use super::{Asking, Detail, advice, ask, explain};
use crate::condition::{Around, Field, Leaf, ObjectTarget, Places, Question, Test};
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
        answer.object = self.say(|| described(target, selector, &looked));
        answer.field = self
            .say(|| target.field.as_ref().map(Field::to_string))
            .flatten();
        answer
    }

    fn looked<'a>(self, target: &'a ObjectTarget) -> Looked<'a>
    where
        Self: 'a,
    {
        let own = self.context.namespace();
        let names: Option<BTreeSet<&str>> =
            match (&target.places, self.scope(&target.group, &target.kind)) {
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
        let mut tally = self.tally(leaf, target, selector, looked);
        let mut answer = match leaf.each {
            Some(each) => tally.answer(each, leaf.allow_empty, leaf.question.is(&Test::NotExists)),
            None => presence_of(leaf, &tally),
        };
        if tally.rests_on_absent_kind(answer.outcome) {
            answer.missing = Some(target.missing_api());
        }
        answer.explanation = tally.take_explanation();
        answer.reads = tally.take_reads();
        answer.request = tally
            .take_request()
            .filter(|_| answer.outcome == Outcome::Unknown);
        if self.is_telling() {
            self.advise(&mut answer, target, looked);
        }
        answer
    }

    fn advise(self, answer: &mut Answer, target: &ObjectTarget, looked: &Looked<'_>) {
        let (group, kind) = (target.group.as_str(), target.kind.as_str());
        let absent_kind = self.serves(group, Some(&target.version), kind) == Served::No;
        match answer.outcome {
            Outcome::Satisfied if absent_kind => {
                answer.help.push(advice::noted_kind_absent(target));
            }
            Outcome::Satisfied => {}
            _ if absent_kind => answer.help = advice::kind_absent(self.snapshot, group, kind),
            _ => answer.help.extend(advice::presence(
                self.snapshot,
                answer.reason,
                (group, kind),
                (self.looked_into(target, looked), ""),
            )),
        }
    }

    /// The namespace to name to kubectl: `*` for all of them, and nothing for a kind without.
    fn looked_into<'a>(self, target: &ObjectTarget, looked: &Looked<'a>) -> &'a str {
        match looked {
            Looked::In(namespaces) if namespaces.len() == 1 => {
                namespaces.first().copied().unwrap_or_default()
            }
            _ if self.scope(&target.group, &target.kind) == Some(Scope::Cluster) => "",
            _ => "*",
        }
    }

    fn tally(
        self,
        leaf: &Leaf,
        target: &ObjectTarget,
        selector: &LabelSelector,
        looked: &Looked<'_>,
    ) -> Tally {
        let (group, kind) = (target.group.as_str(), target.kind.as_str());
        let mut tally = Tally::new(self.is_telling());
        match self.serves(group, Some(&target.version), kind) {
            Served::No => {
                tally.kind_is_absent();
                return tally;
            }
            Served::Contradictory => {
                tally.unseen(Reason::Contradictory);
                return tally;
            }
            Served::Yes | Served::Unknown => {}
        }
        let stored: Box<dyn Iterator<Item = _>> = match looked {
            Looked::In(namespaces) => {
                let places = namespaces.iter();
                Box::new(places.flat_map(|place| self.stored_in(group, kind, place)))
            }
            _ => Box::new(self.stored_of_kind(group, kind)),
        };
        for (namespace, name, copies) in stored {
            let selected =
                copies.is_contradictory() || copies.all().any(|copy| selector.matches(copy));
            if selected {
                self.add(&mut tally, leaf, target, (copies, namespace, name));
            }
        }
        self.note_unseen(&mut tally, target, selector, looked);
        tally
    }

    /// What is selected and not in the snapshot is unknown, namespace by namespace.
    fn note_unseen(
        self,
        tally: &mut Tally,
        target: &ObjectTarget,
        selector: &LabelSelector,
        looked: &Looked<'_>,
    ) {
        let (group, kind) = (target.group.as_str(), target.kind.as_str());
        let places: Vec<Option<&str>> = match looked {
            Looked::In(namespaces) => namespaces.iter().map(|place| Some(*place)).collect(),
            _ => vec![None],
        };
        for place in places {
            if self.snapshot.covers_selection(group, kind, place, selector) {
                continue;
            }
            match self.snapshot.failure(group, kind, place, None) {
                Some(failure) => {
                    tally.unseen(failure_reason(failure.kind()));
                    tally.request(failure);
                }
                None => tally.unseen(Reason::NotInSnapshot),
            }
        }
    }

    fn add(
        self,
        tally: &mut Tally,
        leaf: &Leaf,
        target: &ObjectTarget,
        (copies, namespace, name): (&Copies, &str, &str),
    ) {
        let name = || crate::show::object(&target.kind, namespace, name);
        let object = match copies.in_version(&target.version) {
            Stored::Object(object) => object,
            Stored::OtherVersion(version) => {
                return tally.add_unknown(target, Reason::OtherVersion, || {
                    format!("{} is in the snapshot in version {version} only", name())
                });
            }
            Stored::Contradictory => {
                return tally.add_unknown(target, Reason::Contradictory, || {
                    format!("{} is in the snapshot twice, and the two differ", name())
                });
            }
        };
        if self.is_telling() {
            tally.read(self.read(object));
        }
        if is_leaving(object, target.field.as_ref()) {
            return tally.add_unknown(target, Reason::Terminating, || {
                format!("{} is being deleted", name())
            });
        }
        if self.detail == Detail::Explained {
            tally.explain(|| {
                let finding = match &target.field {
                    Some(field) => field.find(object, leaf.each.is_some()).ok(),
                    None => Some(Finding::Found(object)),
                };
                let lines =
                    finding.map(|finding| explain::question(leaf, target, object, &finding));
                (name(), lines.unwrap_or_default())
            });
        }
        add_object(tally, leaf, target, self.around(object), name);
    }
}

fn add_object(
    tally: &mut Tally,
    leaf: &Leaf,
    target: &ObjectTarget,
    around: Around<'_>,
    name: impl Fn() -> String,
) {
    let secret = target.is_secret();
    let Some(field) = &target.field else {
        return add_whole(tally, leaf, target, around, name);
    };
    let finding = match field.find(around.object, leaf.each.is_some()) {
        Ok(finding) => finding,
        Err(error) => {
            return tally.add_unknown(target, Reason::TooMany, || format!("{}: {error}", name()));
        }
    };
    if let Finding::Many(members) = &finding {
        return tally.add_members(members, ask::each(&leaf.question, around), |member| {
            format!(
                "{}: {}",
                name(),
                advice::member(&leaf.question, member, around, secret)
            )
        });
    }
    let judgment = ask::question(&leaf.question, &finding, around);
    tally.add(judgment, || match (&leaf.question, &finding) {
        (Question::Satisfies(facts), Finding::Found(value)) => {
            let unmet = advice::unmet(facts, around.of(value), secret);
            format!("{}: {}", name(), unmet.join("; "))
        }
        (_, finding) => format!("{}: {field} is {}", name(), advice::actual(finding, secret)),
    });
}

/// A question without a path is about the object as a whole.
fn add_whole(
    tally: &mut Tally,
    leaf: &Leaf,
    target: &ObjectTarget,
    around: Around<'_>,
    name: impl Fn() -> String,
) {
    let (secret, object) = (target.is_secret(), around.object);
    let judge = || ask::question(&leaf.question, &Finding::Found(object), around);
    match &leaf.question {
        // What is selected is there: whether that is wanted is asked of the set.
        Question::Test(asked) if asked.test.is_presence() => tally.add(Judgment::SATISFIED, name),
        Question::Test(asked) => tally.add(judge(), || {
            format!("{}: {}", name(), advice::whole(&asked.test, object, secret))
        }),
        Question::Satisfies(facts) => tally.add(judge(), || {
            let unmet = advice::unmet(facts, around, secret);
            format!("{}: {}", name(), unmet.join("; "))
        }),
    }
}

/// `exists` and `notExists` without a path: is anything selected?
fn presence_of(leaf: &Leaf, tally: &Tally) -> Answer {
    let test = leaf.question.test().unwrap_or(&Test::Exists);
    let (present, doubt) = tally.presence();
    let absence = if tally.rests_on_absent_kind(Outcome::NotSatisfied) {
        Reason::KindAbsent
    } else {
        Reason::ObjectAbsent
    };
    let mut answer = judge::presence(test, present, absence, doubt).into_answer();
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
