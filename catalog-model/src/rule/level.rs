//! How bad breaches of rules are to be taken.

use std::collections::BTreeMap;

use catalog_conditions::{Diagnostic, Severity, Suppression};
use thiserror::Error;

use super::{near, rule};

/// What to make of a warning or a note. There are these four and will be no others: `match` needs no wildcard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It is kept back.
    Allow,
    /// It is a note.
    Note,
    /// It is a warning.
    Warning,
    /// It is an error: the release that it is in is not used.
    Error,
}

/// Levels by rule, for [`LoadOptions::levels`](crate::LoadOptions::levels).
///
/// Besides codes there are two groups: `warnings` and `notes`, which mean what is a warning or a note without them. A rule's own level
/// goes before that of a group. What is an error stays one.
///
/// A comment `# catalog: allow(rule, reason)` in a file goes before the level of a group, as `#[allow]` in a source goes before `-D warnings`
/// of rustc: the author has looked at the one place and said why. It does not go before [`Level::Error`] for a rule by its own name, as
/// nothing does before rustc's `-F`: name the rules that no author may overrule.
///
/// ```
/// use catalog_model::{Level, Levels};
/// let levels = Levels::new()
///     .with("warnings", Level::Error)?
///     .with("yaml.ambiguous", Level::Note)?;
/// let error = levels.with("metadata.url", Level::Allow).unwrap_err();
/// assert_eq!(error.to_string(), "`metadata.url` is an error, and can be neither allowed nor made milder: what it stands in cannot be used");
/// # Ok::<(), catalog_model::LevelError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    rules: BTreeMap<&'static str, Level>,
    warnings: Option<Level>,
    notes: Option<Level>,
}

/// A level that cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct LevelError(Kind);

#[derive(Clone, Debug, PartialEq, Eq, Error)]
enum Kind {
    #[error("there is no rule `{name}`{}", near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    Unknown {
        name: String,
        near: Option<&'static str>,
    },
    #[error(
        "`{0}` is an error, and can be neither allowed nor made milder: what it stands in cannot be used"
    )]
    IsError(&'static str),
}

impl LevelError {
    /// The rule that was probably meant.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        match &self.0 {
            Kind::Unknown { near, .. } => *near,
            Kind::IsError(_) => None,
        }
    }
}

impl Levels {
    /// Every rule as it is.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a level for a rule, or for the group `warnings` or `notes`; it replaces the one set before.
    ///
    /// # Errors
    ///
    /// There is no such rule, or it is an error and would be made milder.
    pub fn with(mut self, name: &str, level: Level) -> Result<Self, LevelError> {
        self.set(name, level)?;
        Ok(self)
    }

    /// Sets a level as [`with`](Self::with) does.
    ///
    /// # Errors
    ///
    /// There is no such rule, or it is an error and would be made milder.
    pub fn set(&mut self, name: &str, level: Level) -> Result<(), LevelError> {
        match name {
            "warnings" => self.warnings = Some(level),
            "notes" => self.notes = Some(level),
            _ => {
                let Some(rule) = rule(name) else {
                    let (name, near) = (name.chars().take(64).collect(), near(name));
                    return Err(LevelError(Kind::Unknown { name, near }));
                };
                if rule.severity() == Severity::Error && level != Level::Error {
                    return Err(LevelError(Kind::IsError(rule.code())));
                }
                self.rules.insert(rule.code(), level);
            }
        }
        Ok(())
    }

    /// Whether a rule was made an error by its own name: then no comment in a file can allow it.
    pub(crate) fn insists_on(&self, code: &str) -> bool {
        self.rules.get(code) == Some(&Level::Error)
    }

    /// A diagnostic as it is to be taken.
    pub(crate) fn apply(&self, diagnostic: Diagnostic) -> Diagnostic {
        let group = match diagnostic.severity() {
            Severity::Error => return diagnostic,
            Severity::Warning => self.warnings,
            Severity::Note => self.notes,
        };
        if diagnostic.suppression().is_some() {
            return diagnostic;
        }
        match self.rules.get(diagnostic.code()).copied().or(group) {
            None => diagnostic,
            Some(Level::Allow) => diagnostic.suppressed(Suppression::Allowed),
            Some(Level::Note) => diagnostic.with_severity(Severity::Note),
            Some(Level::Warning) => diagnostic.with_severity(Severity::Warning),
            Some(Level::Error) => diagnostic.with_severity(Severity::Error),
        }
    }
}
