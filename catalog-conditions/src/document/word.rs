//! Words that are none of those a value can be.

use super::node::{Node, Scalar};
use super::reader::Reader;
use crate::diagnostic::Diagnostic;
use crate::suggest::{near, nearest};

impl Reader<'_> {
    /// Adds to what is said of a word which of `names` is probably meant, with the fix that writes it where no other is as near; where none
    /// is near, `otherwise` as help.
    #[must_use]
    pub fn meant(
        &self,
        diagnostic: Diagnostic,
        word: &Node,
        names: &[&str],
        otherwise: impl Into<String>,
    ) -> Diagnostic {
        let text = word.as_scalar().map(Scalar::text).unwrap_or_default();
        let names = || names.iter().copied();
        match near(text, names()) {
            Some(near) => {
                let fix = nearest(text, names()).and_then(|name| self.renamed(word, name));
                diagnostic.did_you_mean(Some(near)).fix(fix)
            }
            None => diagnostic.help(otherwise),
        }
    }
}
