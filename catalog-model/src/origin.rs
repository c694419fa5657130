//! Where something of a release is written.

use std::sync::Arc;

use catalog_conditions::Span;

/// The place of a hook, module or definition in the files of its version folder, for those who have more to say about it later.
///
/// Two origins are always equal: what a release says does not change with the place where it says it, and a release that is written anew
/// equals the old one.
#[derive(Clone, Debug)]
pub struct Origin {
    file: Arc<str>,
    span: Span,
}

impl Origin {
    pub(crate) fn new(file: &Arc<str>, span: Span) -> Self {
        Self {
            file: Arc::clone(file),
            span,
        }
    }

    /// The file, relative to the version folder: `hooks/lifecycle.yaml`.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The bytes in it.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }
}

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Origin {}
