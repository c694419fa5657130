//! Names of packages.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

/// A package's name: a DNS-1123 label (1 to 63 of `a-z`, `0-9`, `-`, with a letter or digit at both ends). Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageName(Arc<str>);

/// Why a text is no [`PackageName`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` is not a package name: {problem}")]
pub struct NameError {
    text: String,
    problem: &'static str,
    suggestion: Option<String>,
}

impl NameError {
    /// The nearest name that would do.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

impl PackageName {
    /// Reads a name.
    ///
    /// # Errors
    ///
    /// Says which rule of a DNS-1123 label is broken.
    ///
    /// ```
    /// use catalog_model::PackageName;
    /// assert_eq!(PackageName::parse("cert-manager").unwrap().as_str(), "cert-manager");
    /// let error = PackageName::parse("Cert_Manager").unwrap_err();
    /// assert_eq!(error.suggestion(), Some("cert-manager"));
    /// ```
    pub fn parse(text: &str) -> Result<Self, NameError> {
        match label_problem(text) {
            None => Ok(Self(text.into())),
            Some(problem) => Err(NameError {
                text: text.chars().take(64).collect(),
                problem,
                suggestion: label_like(text),
            }),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What keeps a text from being a DNS-1123 label.
pub(crate) fn label_problem(text: &str) -> Option<&'static str> {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = text.as_bytes();
    match (bytes.first(), bytes.last()) {
        _ if bytes.len() > 63 => Some("it is longer than 63 characters"),
        (Some(&first), Some(&last)) if inner(first) && inner(last) => {
            let fits = bytes.iter().all(|&b| inner(b) || b == b'-');
            (!fits).then_some("it may hold only lower-case letters, digits and `-`")
        }
        (None, _) => Some("it is empty"),
        _ => Some("it must begin and end with a lower-case letter or a digit"),
    }
}

fn label_like(text: &str) -> Option<String> {
    let lower: String = text
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .take(63)
        .collect();
    let trimmed = lower.trim_matches('-');
    label_problem(trimmed).is_none().then(|| trimmed.to_owned())
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl FromStr for PackageName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

impl Borrow<str> for PackageName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for PackageName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}
