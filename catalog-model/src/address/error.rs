//! Why a text is no address.

use catalog_conditions::Span;
use thiserror::Error;

/// Why a text is no [`CatalogAddress`](super::CatalogAddress), and where in it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{}`: {message}", shown(.text))]
pub struct AddressError {
    text: String,
    span: Span,
    message: String,
}

impl AddressError {
    pub(super) fn new(text: &str, span: Span, message: impl Into<String>) -> Self {
        Self {
            text: text.to_owned(),
            span,
            message: message.into(),
        }
    }

    /// The text that was read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of it that are wrong.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// What is wrong and what to write, without the text.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

fn shown(text: &str) -> String {
    text.chars().take(200).collect()
}
