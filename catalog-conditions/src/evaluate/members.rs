//! Counts the members of a set, and decides by the count.

use super::judge::{self, Judgment};
use super::truth::Truth;
use crate::condition::{Each, NeedsEach, ObjectTarget};
use crate::path::{Finding, Member, Members};
use crate::report::{Answer, Outcome, ReadObject, Reason};
use crate::snapshot::ReadFailure;

/// How many members of each kind are shown.
const SHOWN: usize = 3;

/// How many members are satisfied, are not, and are unknown.
///
/// What was not seen may be any number of further members: then only what no such member can change is decided.
pub(super) struct Tally {
    satisfied: u64,
    not_satisfied: u64,
    unknown: u64,
    unseen: bool,
    doubt: Option<Reason>,
    shown: Vec<(Truth, String)>,
    kind_absent: bool,
    /// Nobody reads the words.
    brief: bool,
    reads: Vec<ReadObject>,
    request: Option<String>,
    explained: usize,
    explanation: Vec<String>,
}

impl Tally {
    /// Nothing counted yet. `telling`: whether anybody reads the words of the answer.
    pub(super) fn new(telling: bool) -> Self {
        Self {
            satisfied: 0,
            not_satisfied: 0,
            unknown: 0,
            unseen: false,
            doubt: None,
            shown: Vec::new(),
            kind_absent: false,
            brief: !telling,
            reads: Vec::new(),
            request: None,
            explained: 0,
            explanation: Vec::new(),
        }
    }

    pub(super) fn kind_is_absent(&mut self) {
        self.kind_absent = true;
    }

    /// Keeps the state of an object that was looked at.
    pub(super) fn read(&mut self, object: ReadObject) {
        self.reads.push(object);
    }

    pub(super) fn take_reads(&mut self) -> Vec<ReadObject> {
        std::mem::take(&mut self.reads)
    }

    /// Keeps the request that failed; the first, if several did.
    pub(super) fn request(&mut self, failure: &ReadFailure) {
        self.request
            .get_or_insert_with(|| crate::show::plain(failure.request()));
    }

    pub(super) fn take_request(&mut self) -> Option<String> {
        self.request.take()
    }

    /// Keeps how far the paths led in one object, of the first few.
    pub(super) fn explain(&mut self, explain: impl FnOnce() -> (String, Vec<String>)) {
        if self.explained >= SHOWN {
            return;
        }
        self.explained += 1;
        let (name, lines) = explain();
        let of_object = lines.iter().map(|line| format!("{line} ({name})"));
        self.explanation.extend(of_object);
    }

    pub(super) fn take_explanation(&mut self) -> Vec<String> {
        std::mem::take(&mut self.explanation)
    }

    /// There may be members that were not seen.
    pub(super) fn unseen(&mut self, reason: Reason) {
        self.unseen = true;
        self.doubt.get_or_insert(reason);
    }

    /// Counts one member; `show` says what it is.
    pub(super) fn add(&mut self, judgment: Judgment, show: impl FnOnce() -> String) {
        match judgment.truth {
            Truth::Satisfied => self.satisfied += 1,
            Truth::NotSatisfied => self.not_satisfied += 1,
            Truth::Unknown => {
                self.unknown += 1;
                self.doubt.get_or_insert(judgment.reason);
            }
        }
        self.show(judgment.truth, show);
    }

    /// Keeps what is said of a member, of the first few of each sort.
    fn show(&mut self, truth: Truth, show: impl FnOnce() -> String) {
        if self.brief {
            return;
        }
        let alike = self.shown.iter().filter(|(of, _)| *of == truth).count();
        if alike < SHOWN {
            self.shown.push((truth, show()));
        }
    }

    /// Counts an object that cannot be looked at: one member, or with a path to several values any number of them.
    pub(super) fn add_unknown(
        &mut self,
        target: &ObjectTarget,
        reason: Reason,
        show: impl FnOnce() -> String,
    ) {
        let field = target.field.as_ref();
        if field.is_none_or(|field| field.needs_each() == NeedsEach::No) {
            return self.add(Judgment::unknown(reason), show);
        }
        self.unseen(reason);
        self.show(Truth::Unknown, show);
    }

    /// Counts the members that a path found in one object; `show` says what one of them is.
    pub(super) fn add_members(
        &mut self,
        members: &Members<'_>,
        judge: impl Fn(&Finding<'_>) -> Judgment,
        show: impl Fn(&Member<'_, '_>) -> String,
    ) {
        for member in members.iter() {
            self.add(judge(&member.found()), || show(&member));
        }
        for finding in members.uncounted() {
            self.unseen(judge::no_value(finding, Judgment::not).reason);
        }
    }

    pub(super) fn answer(&self, each: Each, allow_empty: bool, absence_wanted: bool) -> Answer {
        let judgment = self.decide(each, allow_empty);
        let mut answer = judgment.into_answer();
        if self.brief {
            return answer;
        }
        answer.actual = Some(self.count(absence_wanted));
        if judgment.truth != Truth::Satisfied {
            answer.help = self.telling(each);
        } else if self.is_empty() && !self.kind_absent {
            answer.help.push("note: nothing is selected".to_owned());
        }
        answer
    }

    fn count(&self, absence_wanted: bool) -> String {
        let total = self.satisfied + self.not_satisfied + self.unknown;
        let mut text = match total {
            0 => "nothing is selected".to_owned(),
            _ => format!(
                "{} of {total} {}",
                self.satisfied,
                if absence_wanted {
                    "without it"
                } else {
                    "satisfied"
                }
            ),
        };
        if self.unknown > 0 {
            text.push_str(&format!(", {} unknown", self.unknown));
        }
        if self.unseen {
            text.push_str(", and there may be more");
        }
        text
    }

    /// The members that made the answer: for an upper bound those that are satisfied, else those that are not.
    fn telling(&self, each: Each) -> Vec<String> {
        let upper = matches!(each, Each::None | Each::AtMost(_));
        let tells = |truth: Truth| truth == Truth::Unknown || (truth == Truth::Satisfied) == upper;
        self.shown
            .iter()
            .filter(|(truth, _)| tells(*truth))
            .take(SHOWN)
            .map(|(_, text)| text.clone())
            .collect()
    }

    fn is_empty(&self) -> bool {
        self.satisfied + self.not_satisfied + self.unknown == 0 && !self.unseen
    }

    pub(super) fn decide(&self, each: Each, allow_empty: bool) -> Judgment {
        if self.is_empty() {
            return self.decide_empty(each, allow_empty);
        }
        let least = self.satisfied;
        let most = if self.unseen {
            u64::MAX
        } else {
            self.satisfied + self.unknown
        };
        let (yes, no) = match each {
            Each::All => (
                most == least && self.not_satisfied == 0,
                self.not_satisfied > 0,
            ),
            Each::Any => (least >= 1, most < 1),
            Each::None => (most == 0, least > 0),
            Each::AtLeast(count) => (least >= count, most < count),
            Each::AtMost(count) => (most <= count, least > count),
            Each::Exactly(count) => (
                least == count && most == count,
                count < least || most < count,
            ),
        };
        match (yes, no) {
            (true, _) => Judgment::SATISFIED,
            (false, true) => Judgment::not(Reason::Count),
            (false, false) => Judgment::unknown(self.doubt.unwrap_or(Reason::NotInSnapshot)),
        }
    }

    fn decide_empty(&self, each: Each, allow_empty: bool) -> Judgment {
        match each {
            Each::All if allow_empty => Judgment::SATISFIED,
            Each::All => Judgment::unknown(Reason::NothingSelected),
            Each::None | Each::AtMost(_) | Each::Exactly(0) => Judgment::SATISFIED,
            _ if self.kind_absent => Judgment::not(Reason::KindAbsent),
            _ => Judgment::not(Reason::EmptySet),
        }
    }

    /// Whether some member is there, for `exists` and `notExists` about the set itself.
    pub(super) fn presence(&self) -> (Truth, Reason) {
        let doubt = self.doubt.unwrap_or(Reason::NotInSnapshot);
        if self.satisfied > 0 {
            (Truth::Satisfied, doubt)
        } else if self.unknown > 0 || self.unseen {
            (Truth::Unknown, doubt)
        } else {
            (Truth::NotSatisfied, doubt)
        }
    }

    /// The members seen that are satisfied, for advice.
    pub(super) fn satisfied_members(&self) -> impl Iterator<Item = &str> {
        self.shown
            .iter()
            .filter(|(truth, _)| *truth == Truth::Satisfied)
            .map(|(_, text)| text.as_str())
    }

    /// Whether the outcome rests on a kind that is not served.
    pub(super) fn rests_on_absent_kind(&self, outcome: Outcome) -> bool {
        self.kind_absent && outcome == Outcome::NotSatisfied
    }
}
