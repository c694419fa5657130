//! The conditions of one package version, or of a service.

use std::collections::BTreeMap;

use super::item::Condition;
use crate::diagnostic::Diagnostic;

/// Conditions that must all hold, in the order added.
///
/// Two of one name are both kept and both asked; that the name does not tell them apart is a diagnostic.
///
/// ```
/// use catalog_conditions::condition::{Condition, ConditionSet, Expression};
///
/// let mut set = ConditionSet::new();
/// assert!(set.push(Condition::new("widgets", Expression::crd("widgets.example.com"))).is_none());
/// let twice = set.push(Condition::new("widgets", Expression::crd("gadgets.example.com"))).unwrap();
/// assert_eq!(twice.code(), "conditions.name.duplicate");
/// assert_eq!(set.conditions().len(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConditionSet {
    conditions: Vec<Condition>,
    by_name: BTreeMap<String, usize>,
}

impl ConditionSet {
    /// A set without conditions, which any cluster passes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The conditions in order.
    #[must_use]
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// Whether nothing is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Adds a condition. Returns an error diagnostic `conditions.name.duplicate` if its name is taken.
    pub fn push(&mut self, condition: Condition) -> Option<Diagnostic> {
        let first = self
            .by_name
            .get(condition.name())
            .and_then(|&at| self.conditions.get(at));
        let duplicate = first.map(|first| duplicate(first, &condition));
        self.by_name
            .entry(condition.name().to_owned())
            .or_insert(self.conditions.len());
        self.conditions.push(condition);
        duplicate
    }

    /// Adds all of another set, such as that of the next file. Returns the diagnostics of [`push`](Self::push) for names that clash with
    /// those before; what clashes inside the other set was said when that was made.
    pub fn extend(&mut self, other: Self) -> Vec<Diagnostic> {
        let Self {
            conditions,
            by_name,
        } = other;
        let mut diagnostics = Vec::new();
        for (at, condition) in conditions.into_iter().enumerate() {
            let is_first = by_name.get(condition.name()) == Some(&at);
            diagnostics.extend(self.push(condition).filter(|_| is_first));
        }
        diagnostics
    }
}

fn duplicate(first: &Condition, second: &Condition) -> Diagnostic {
    let message = format!(
        "two conditions are named `{}`",
        crate::show::plain(first.name())
    );
    let mut diagnostic =
        Diagnostic::error("conditions.name.duplicate", message).help("give each its own `name`");
    if let Some(location) = second.location() {
        diagnostic = diagnostic.at(location.file(), location.span());
    }
    match first.location() {
        Some(location) => {
            diagnostic.related(location.file(), location.span(), "first defined here")
        }
        None => diagnostic,
    }
}
