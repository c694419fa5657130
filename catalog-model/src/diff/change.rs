//! One change of meaning.

use std::fmt;

use catalog_conditions::Location;
use catalog_conditions::show::one_line;
use serde_json::Value;

/// Something that two releases say otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub(super) part: Part,
    pub(super) subject: String,
    pub(super) kind: ChangeKind,
    pub(super) details: Vec<Detail>,
    pub(super) before: Option<Location>,
    pub(super) after: Option<Location>,
}

/// What a change is about, in the order of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Part {
    /// A field of `metadata.yaml` that is about the package itself.
    Metadata,
    /// What it asks of other packages: `loki`, `requires …`, `conflicts …`.
    Dependencies,
    /// What others may rely on beside definitions: `provides` of the metadata.
    Provides,
    /// A condition, `system` entries included.
    Conditions,
    /// An object of `definitions/`.
    Definitions,
    /// A hook (`pre-install/migrate`) or an action (`action/backup`), or the order of the hooks of a phase.
    Hooks,
    /// A module, or the order of modules.
    Modules,
    /// A parameter of a module: `grafana.replicas`. Told with the feature `parameters` and files alone.
    Parameters,
}

/// What became of the subject of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ChangeKind {
    /// Only the second release has it.
    Added,
    /// Only the first has it.
    Removed,
    /// Both have it and say something else of it.
    Changed,
}

/// One value in what changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Detail {
    pointer: String,
    kind: ChangeKind,
    /// None of a value that is not shown.
    before: Option<Value>,
    after: Option<Value>,
    is_shown: bool,
}

impl Change {
    pub(super) fn new(part: Part, subject: impl Into<String>, kind: ChangeKind) -> Self {
        Self {
            part,
            subject: subject.into(),
            kind,
            details: Vec::new(),
            before: None,
            after: None,
        }
    }

    /// What it is about.
    #[must_use]
    pub fn part(&self) -> Part {
        self.part
    }

    /// The field, package, condition, object, hook, module or parameter.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What became of it.
    #[must_use]
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// The values that are otherwise; none where the whole came or went.
    #[must_use]
    pub fn details(&self) -> &[Detail] {
        &self.details
    }

    /// Where the first release says it, if it does and its files are known.
    #[must_use]
    pub fn before(&self) -> Option<&Location> {
        self.before.as_ref()
    }

    /// Where the second release says it, if it does and its files are known.
    #[must_use]
    pub fn after(&self) -> Option<&Location> {
        self.after.as_ref()
    }

    /// What changes are sorted by.
    pub(super) fn place(&self) -> (Part, &str, ChangeKind) {
        (self.part, &self.subject, self.kind)
    }
}

impl Detail {
    /// A value at a place before and afterwards: not kept where either may be secret.
    pub(super) fn new(
        pointer: String,
        (before, after): (Option<&Value>, Option<&Value>),
        may_be_shown: impl Fn(&str, &Value) -> bool,
    ) -> Self {
        let values = || before.into_iter().chain(after);
        if values().all(|value| may_be_shown(&pointer, value)) {
            return Self {
                pointer,
                ..Self::shown((before.cloned(), after.cloned()))
            };
        }
        Self {
            pointer,
            kind: kind((before, after)),
            before: None,
            after: None,
            is_shown: false,
        }
    }

    /// A change of the whole that may be shown.
    pub(super) fn shown((before, after): (Option<Value>, Option<Value>)) -> Self {
        Self {
            pointer: String::new(),
            kind: kind((before.as_ref(), after.as_ref())),
            before,
            after,
            is_shown: true,
        }
    }

    /// A JSON pointer into what changed; empty for the whole.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The value before, if there was one; none that [may be secret](crate::sensitive), as those of modules and dependencies.
    #[must_use]
    pub fn before(&self) -> Option<&Value> {
        self.before.as_ref()
    }

    /// The value afterwards, likewise.
    #[must_use]
    pub fn after(&self) -> Option<&Value> {
        self.after.as_ref()
    }

    /// What became of the value.
    #[must_use]
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }
}

fn kind(sides: (Option<&Value>, Option<&Value>)) -> ChangeKind {
    match sides {
        (None, _) => ChangeKind::Added,
        (_, None) => ChangeKind::Removed,
        _ => ChangeKind::Changed,
    }
}

impl Part {
    /// A stable name: `dependencies`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Dependencies => "dependencies",
            Self::Provides => "provides",
            Self::Conditions => "conditions",
            Self::Definitions => "definitions",
            Self::Hooks => "hooks",
            Self::Modules => "modules",
            Self::Parameters => "parameters",
        }
    }
}

impl ChangeKind {
    /// `added`, `removed` or `changed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

impl fmt::Display for Change {
    /// One line: `dependencies: changed loki: version ">=2" → ">=3"`, with the first three details.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const TOLD: usize = 3;
        let (part, kind) = (self.part.as_str(), self.kind.as_str());
        write!(f, "{part}: {kind} {}", one_line(&self.subject))?;
        for (at, detail) in self.details.iter().take(TOLD).enumerate() {
            let separator = if at == 0 { ":" } else { ";" };
            write!(f, "{separator} {detail}")?;
        }
        match self.details.len().saturating_sub(TOLD) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl fmt::Display for Detail {
    /// `version ">=2" → ">=3"`; `added values.retention` where the value is not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.pointer.trim_start_matches('/').replace('/', ".");
        let path = one_line(&path);
        let gap = if path.is_empty() { "" } else { " " };
        if !self.is_shown {
            return write!(f, "{}{gap}{path}", self.kind().as_str());
        }
        match (&self.before, &self.after) {
            (Some(old), Some(new)) => write!(f, "{path}{gap}{} → {}", brief(old), brief(new)),
            (None, Some(new)) => write!(f, "added {path}{gap}{}", brief(new)),
            (Some(old), None) => write!(f, "removed {path}{gap}{}", brief(old)),
            (None, None) => f.write_str(&path),
        }
    }
}

/// A value in as much of a line as it may take.
fn brief(value: &Value) -> String {
    const LONGEST: usize = 80;
    let text = value.to_string();
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    one_line(&short)
}
