//! One condition of a list.

use super::expression::Expression;
use super::leaf::Fact;
use super::on_unknown::OnUnknown;
use super::tree::{Part, Tree};
use crate::diagnostic::{Location, Severity};
use crate::report::Missing;
use crate::version::{KubeVersionRange, VersionRange};

/// A named question, with what its answers mean. Equal are two that ask the same, wherever they are written.
///
/// ```
/// use catalog_conditions::condition::{Condition, OnUnknown};
/// use catalog_conditions::version::KubeVersionRange;
/// use catalog_conditions::Severity;
///
/// let condition = Condition::kubernetes_version(KubeVersionRange::parse(">=1.28")?)
///     .with_message("upgrade the cluster first")
///     .with_on_unknown(OnUnknown::Warn);
/// assert_eq!(condition.name(), "system.kubernetes");
/// assert_eq!(condition.severity(), Severity::Error);
/// # Ok::<(), catalog_conditions::version::RangeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Condition {
    name: String,
    message: Option<String>,
    severity: Severity,
    on_unknown: OnUnknown,
    /// What must hold of the parameters for it to be asked.
    when: Option<Tree<Fact>>,
    /// `None` if its definition could not be read: then it is never answered, and opens no gate.
    expression: Option<Expression>,
    location: Option<Location>,
}

impl Condition {
    /// A condition that is an error if it is not satisfied, and fails if it is unknown.
    #[must_use]
    pub fn new(name: impl Into<String>, expression: Expression) -> Self {
        Self {
            expression: Some(expression),
            ..Self::broken(name)
        }
    }

    /// `system.kubernetes`: the cluster's version lies in a range.
    #[must_use]
    pub fn kubernetes_version(range: KubeVersionRange) -> Self {
        Self::new("system.kubernetes", Expression::kubernetes_version(range))
    }

    /// `system.vela`: a KubeVela controller of a version in the range runs. See [`Expression::vela_version`].
    #[must_use]
    pub fn vela_version(range: VersionRange) -> Self {
        Self::new("system.vela", Expression::vela_version(range))
    }

    /// A condition whose definition could not be read. It is never answered, and opens no gate.
    #[must_use]
    pub fn broken(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            message: None,
            severity: Severity::Error,
            on_unknown: OnUnknown::Fail,
            when: None,
            expression: None,
            location: None,
        }
    }

    /// The same with the author's advice, which a report gives as its last line of help.
    #[must_use]
    pub fn with_message(self, message: impl Into<String>) -> Self {
        Self {
            message: Some(message.into()),
            ..self
        }
    }

    /// The same with another severity.
    #[must_use]
    pub fn with_severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// The same with another meaning of unknown.
    #[must_use]
    pub fn with_on_unknown(self, on_unknown: OnUnknown) -> Self {
        Self { on_unknown, ..self }
    }

    pub(crate) fn with_when(self, when: Tree<Fact>) -> Self {
        Self {
            when: Some(when),
            ..self
        }
    }

    pub(crate) fn when(&self) -> Option<&Tree<Fact>> {
        self.when.as_ref()
    }

    pub(crate) fn with_location(self, location: Location) -> Self {
        Self {
            location: Some(location),
            ..self
        }
    }

    /// Its name, unique in its set.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The author's advice.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// How bad it is if it is not satisfied.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What becomes of it if it cannot be answered.
    #[must_use]
    pub fn on_unknown(&self) -> OnUnknown {
        self.on_unknown
    }

    /// What it asks; `None` if its definition could not be read, of which a diagnostic told.
    #[must_use]
    pub fn expression(&self) -> Option<&Expression> {
        self.expression.as_ref()
    }

    /// What it can turn out to [miss](crate::report::ConditionReport::missing) in some cluster: nothing, if it joins questions.
    ///
    /// ```
    /// use catalog_conditions::condition::{Condition, Expression};
    ///
    /// let condition = Condition::new("widgets", Expression::crd("widgets.example.com"));
    /// assert_eq!(condition.can_miss()[0].to_string(), "CRD widgets.example.com");
    /// ```
    #[must_use]
    pub fn can_miss(&self) -> Vec<Missing> {
        let tree = self.expression.as_ref().map(Expression::tree);
        match tree.map(Tree::part) {
            Some(Part::Leaf(leaf)) => leaf.target.can_miss(),
            _ => Vec::new(),
        }
    }

    /// Where it was written; `None` for one made in code.
    #[must_use]
    pub fn location(&self) -> Option<&Location> {
        self.location.as_ref()
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        // All of it is named, so that a new field is not forgotten here.
        let Self {
            name,
            message,
            severity,
            on_unknown,
            when,
            expression,
            location: _,
        } = self;
        *name == other.name
            && *message == other.message
            && *severity == other.severity
            && *on_unknown == other.on_unknown
            && *when == other.when
            && *expression == other.expression
    }
}
