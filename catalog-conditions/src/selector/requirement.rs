//! What a selector asks of an object's labels.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use super::error::{Problem, SelectorError};
use super::{label, parse};

/// Requirements on labels, all of which must hold. Without any, every object is selected.
///
/// `Display` writes kubectl's text, which parses back.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelSelector {
    requirements: Vec<Requirement>,
}

/// What is asked of one label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Requirement {
    key: String,
    relation: Relation,
    values: BTreeSet<String>,
}

/// How a label and the values of a [`Requirement`] must relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Relation {
    /// The label is there, with one of the values (`=`, `in`).
    In,
    /// The label is not there, or has none of the values (`!=`, `notin`).
    NotIn,
    /// The label is there.
    Exists,
    /// The label is not there.
    DoesNotExist,
    /// The label is a whole number above the value (`>`).
    GreaterThan,
    /// The label is a whole number below the value (`<`).
    LessThan,
}

impl LabelSelector {
    /// A selector of requirements made in code.
    #[must_use]
    pub fn new(requirements: Vec<Requirement>) -> Self {
        Self { requirements }
    }

    /// Reads kubectl's text; the empty text selects everything.
    ///
    /// # Errors
    ///
    /// What `kubectl get -l` would refuse too.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        parse::parse(text).map(Self::new)
    }

    /// The requirements.
    #[must_use]
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// Whether an object (as the API server writes it) has such labels.
    #[must_use]
    pub fn matches(&self, object: &Value) -> bool {
        let labels = object
            .get("metadata")
            .and_then(|metadata| metadata.get("labels"));
        self.requirements.iter().all(|requirement| {
            let value = labels.and_then(|labels| labels.get(&requirement.key));
            requirement.accepts(value.and_then(Value::as_str))
        })
    }
}

impl Requirement {
    /// A requirement on the label `key`.
    ///
    /// # Errors
    ///
    /// A key or value that no label can have; values where the relation takes none, or none where it needs some.
    ///
    /// ```
    /// use catalog_conditions::selector::{LabelSelector, Relation, Requirement};
    ///
    /// let requirement = Requirement::new("app", Relation::In, ["web", "api"])?;
    /// assert_eq!(LabelSelector::new(vec![requirement]).to_string(), "app in (api,web)");
    /// # Ok::<(), catalog_conditions::selector::SelectorError>(())
    /// ```
    pub fn new<'a>(
        key: &str,
        relation: Relation,
        values: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, SelectorError> {
        let values: BTreeSet<String> = values.into_iter().map(str::to_owned).collect();
        let refuse = |problem| Err(SelectorError::new(problem));
        if !label::is_key(key) {
            return refuse(Problem::Key(key.to_owned()));
        }
        match relation {
            Relation::Exists | Relation::DoesNotExist if !values.is_empty() => {
                return refuse(Problem::Values(key.to_owned()));
            }
            Relation::In | Relation::NotIn if values.is_empty() => {
                return refuse(Problem::NoValues(key.to_owned()));
            }
            Relation::GreaterThan | Relation::LessThan => {
                let value = values.first().cloned().unwrap_or_default();
                if values.len() != 1 || value.parse::<i64>().is_err() {
                    return refuse(Problem::Number {
                        key: key.to_owned(),
                        value,
                    });
                }
            }
            _ => {}
        }
        if let Some(value) = values.iter().find(|value| !label::is_value(value)) {
            return refuse(Problem::Value(value.clone()));
        }
        Ok(Self {
            key: key.to_owned(),
            relation,
            values,
        })
    }

    /// The key of the label.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// How the label and the values must relate.
    #[must_use]
    pub fn relation(&self) -> Relation {
        self.relation
    }

    /// The values, sorted.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(String::as_str)
    }

    /// Whether an object with this value of the label is selected; `None` is one without the label.
    #[must_use]
    pub fn accepts(&self, label: Option<&str>) -> bool {
        let has = |value: &str| self.values.contains(value);
        match self.relation {
            Relation::In => label.is_some_and(has),
            Relation::NotIn => !label.is_some_and(has),
            Relation::Exists => label.is_some(),
            Relation::DoesNotExist => label.is_none(),
            Relation::GreaterThan => self.compares(label, |label, bound| label > bound),
            Relation::LessThan => self.compares(label, |label, bound| label < bound),
        }
    }

    fn compares(&self, label: Option<&str>, holds: fn(i64, i64) -> bool) -> bool {
        let number = |text: &str| text.parse::<i64>().ok();
        match (
            label.and_then(number),
            self.values.first().and_then(|value| number(value)),
        ) {
            (Some(label), Some(bound)) => holds(label, bound),
            _ => false,
        }
    }
}

impl FromStr for LabelSelector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, SelectorError> {
        Self::parse(text)
    }
}

impl fmt::Display for LabelSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, requirement) in self.requirements.iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            requirement.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = &self.key;
        let values = || {
            self.values
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(",")
        };
        let one = self.values.len() == 1;
        match self.relation {
            Relation::In if one => write!(f, "{key}={}", values()),
            Relation::NotIn if one => write!(f, "{key}!={}", values()),
            Relation::In => write!(f, "{key} in ({})", values()),
            Relation::NotIn => write!(f, "{key} notin ({})", values()),
            Relation::Exists => f.write_str(key),
            Relation::DoesNotExist => write!(f, "!{key}"),
            Relation::GreaterThan => write!(f, "{key}>{}", values()),
            Relation::LessThan => write!(f, "{key}<{}", values()),
        }
    }
}
