//! Reading what a server shows of an object.

use serde_json::Value;

use crate::effect::ModuleStatus;
use crate::pointer::At;

/// How much of a controller's words is kept.
const LONGEST_WORDS: usize = 1024;

/// An object as a server shows it.
#[derive(Clone, Copy)]
pub(super) struct Observed<'o>(&'o Value);

/// One of its conditions.
#[derive(Clone, Copy)]
pub(super) struct Condition<'o>(&'o Value);

impl<'o> Observed<'o> {
    pub(super) fn new(object: &'o Value) -> Self {
        Self(object)
    }

    pub(super) fn kind(self) -> &'o str {
        self.text("/kind")
    }

    pub(super) fn group(self) -> &'o str {
        let version = self.text("/apiVersion");
        version.split_once('/').map_or("", |(group, _)| group)
    }

    /// The text at a JSON pointer; empty if there is none.
    pub(super) fn text(self, pointer: &str) -> &'o str {
        let value = self.0.at(pointer);
        value.and_then(Value::as_str).unwrap_or_default()
    }

    /// The number at a JSON pointer, unless there is none.
    pub(super) fn given(self, pointer: &str) -> Option<i64> {
        self.0.at(pointer).and_then(Value::as_i64)
    }

    /// The number at a JSON pointer; servers leave out what is 0.
    pub(super) fn count(self, pointer: &str) -> i64 {
        self.given(pointer).unwrap_or_default()
    }

    pub(super) fn is_true(self, pointer: &str) -> bool {
        self.0.at(pointer) == Some(&Value::Bool(true))
    }

    /// The items of the list at a JSON pointer.
    pub(super) fn items(self, pointer: &str) -> impl Iterator<Item = Observed<'o>> {
        let items = self.0.at(pointer).and_then(Value::as_array);
        items.into_iter().flatten().map(Observed)
    }

    /// Somebody has deleted it, and it is not gone yet.
    pub(super) fn is_going(self) -> bool {
        !self.text("/metadata/deletionTimestamp").is_empty()
    }

    /// Its controller says for which generation its status is, and that is not this one.
    pub(super) fn is_outdated(self) -> bool {
        let generation = self.given("/metadata/generation");
        let observed = self.given("/status/observedGeneration");
        observed.is_some() && generation.is_some() && observed != generation
    }

    /// Its controller, which always says for which generation its status is, has not looked at it yet.
    pub(super) fn is_unseen(self) -> bool {
        self.given("/status/observedGeneration").is_none()
    }

    /// The condition of this type; one that is said of another generation does not count.
    pub(super) fn condition(self, name: &str) -> Option<Condition<'o>> {
        let generation = self.given("/metadata/generation");
        let mut conditions = self.items("/status/conditions");
        let condition = conditions.find(|condition| condition.text("/type") == name)?;
        let observed = condition.given("/observedGeneration");
        let counts = observed.is_none() || generation.is_none() || observed == generation;
        counts.then_some(Condition(condition.0))
    }

    /// The condition of this type has a reason or a message.
    pub(super) fn says_why(self, name: &str) -> bool {
        let condition = self.condition(name).map(|condition| Observed(condition.0));
        condition
            .is_some_and(|one| !one.text("/reason").is_empty() || !one.text("/message").is_empty())
    }

    /// The condition of this type, if it is `True`.
    pub(super) fn holding(self, name: &str) -> Option<Condition<'o>> {
        self.condition(name)
            .filter(|condition| condition.is("True"))
    }

    /// The condition of this type, if it is `False`.
    pub(super) fn refused(self, name: &str) -> Option<Condition<'o>> {
        self.condition(name)
            .filter(|condition| condition.is("False"))
    }
}

impl<'o> Condition<'o> {
    pub(super) fn is(self, status: &str) -> bool {
        Observed(self.0).text("/status") == status
    }

    pub(super) fn reason(self) -> &'o str {
        Observed(self.0).text("/reason")
    }

    /// Reason and message, as far as there are any.
    pub(super) fn words(self) -> String {
        words(self.reason(), Observed(self.0).text("/message"))
    }
}

/// A controller's reason and message in one line that acts on no terminal.
pub(super) fn words(reason: &str, message: &str) -> String {
    let message = line(message);
    match (reason.is_empty(), message.is_empty()) {
        (true, true) => "its controller does not say why".to_owned(),
        (true, false) => message,
        (false, true) => line(reason),
        (false, false) => format!("{}: {message}", line(reason)),
    }
}

fn line(text: &str) -> String {
    let visible = text.chars().take(LONGEST_WORDS);
    let visible: String = visible
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    words.join(" ")
}

/// Waiting for so many of so many.
pub(super) fn waiting(have: i64, want: i64, what: &str) -> Option<ModuleStatus> {
    (have < want).then(|| ModuleStatus::Progressing(format!("{have} of {want} {what}")))
}

pub(super) fn progressing(words: impl Into<String>) -> ModuleStatus {
    ModuleStatus::Progressing(words.into())
}

pub(super) fn failed(words: impl Into<String>) -> ModuleStatus {
    ModuleStatus::Failed(words.into())
}
