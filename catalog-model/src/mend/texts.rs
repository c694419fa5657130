//! The texts of files with some fixes made.

use std::collections::BTreeMap;

use catalog_conditions::Diagnostic;
use catalog_conditions::fix::{Applicability, apply};

use super::MendedFile;

/// The new text of each file in which fixes change something, by path.
pub(super) struct Texts<'d>(BTreeMap<&'d str, NewText<'d>>);

struct NewText<'d> {
    before: &'d str,
    after: String,
    made: Vec<&'d Diagnostic>,
}

impl<'d> Texts<'d> {
    /// Makes the fixes of diagnostics, all of the same reading of the files. Of those that touch each other the one that stands first is
    /// made, in whatever order they come.
    pub(super) fn new(diagnostics: &[&'d Diagnostic], most: Applicability) -> Self {
        let mut files: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
        for diagnostic in diagnostics {
            if let Some(location) = diagnostic.location() {
                let path = location.file().path();
                files.entry(path).or_default().push(diagnostic);
            }
        }
        let texts = files.into_iter().filter_map(|(path, mut diagnostics)| {
            diagnostics.sort();
            let text = NewText::new(&diagnostics, most)?;
            Some((path, text))
        });
        Self(texts.collect())
    }

    pub(super) fn is_changed(&self) -> bool {
        !self.0.is_empty()
    }

    /// Paths and texts.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let texts = self.0.iter();
        texts.map(|(path, text)| (*path, text.after.as_str()))
    }

    /// Adds them to the files mended before.
    pub(super) fn keep(self, files: &mut BTreeMap<String, MendedFile>) {
        for (path, text) in self.0 {
            let file = files.entry(path.to_owned());
            let file = file.or_insert_with_key(|path| MendedFile {
                path: path.clone(),
                before: text.before.to_owned(),
                after: String::new(),
                mended: Vec::new(),
            });
            file.mended.extend(text.made.into_iter().cloned());
            file.after = text.after;
        }
    }
}

impl<'d> NewText<'d> {
    /// `None` where nothing changes.
    fn new(diagnostics: &[&'d Diagnostic], most: Applicability) -> Option<Self> {
        let before = diagnostics.first()?.location()?.file().text();
        let fixes = diagnostics
            .iter()
            .filter_map(|diagnostic| diagnostic.fix_within(most));
        let applied = apply(before, fixes).ok()?;
        let mut made = applied.made.into_iter().peekable();
        let mut is_made = |diagnostic: &Diagnostic| {
            let fix = diagnostic.fix_within(most);
            made.next_if(|made| fix.is_some_and(|fix| std::ptr::eq(*made, fix)))
                .is_some()
        };
        let made = diagnostics
            .iter()
            .filter(|diagnostic| is_made(diagnostic))
            .copied()
            .collect();
        (applied.text != before).then_some(Self {
            before,
            after: applied.text,
            made,
        })
    }
}
