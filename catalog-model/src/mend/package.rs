//! The mending of one package: rounds of reading and mending, until nothing changes any more.

use std::collections::{BTreeMap, BTreeSet};

use catalog_conditions::fix::Applicability;
use catalog_conditions::{Diagnostic, Severity};

use super::MendedFile;
use super::overlay::Overlay;
use super::search::{Search, Trial};
use super::texts::Texts;
use crate::load::{LoadOptions, Loaded, load};
use crate::source::SourceError;

/// A fix may bring to light what another mends, one level of a file at a time, and files are no deeper than [some 128
/// levels](catalog_conditions::document::Limits): a package that is not at rest after this many rounds is left as it was.
const ROUNDS: usize = 160;

/// One package on its own, and the fixes made in it so far.
pub(super) struct Mending<'a> {
    source: Overlay<'a>,
    options: &'a LoadOptions,
    most: Applicability,
    files: BTreeMap<String, MendedFile>,
}

/// What mending must not make worse. What was broken may well show more errors once it is read further, but no less of it may be read.
struct Standing {
    /// The folders of the releases that can be used.
    usable: BTreeSet<String>,
    has_errors: bool,
    /// Errors that keep a file, or some of it, from being read.
    unread: usize,
}

impl Standing {
    fn of(loaded: &Loaded) -> Self {
        let releases = loaded
            .catalog()
            .packages()
            .flat_map(|package| package.releases());
        let is_unread = |diagnostic: &&Diagnostic| {
            let family = diagnostic.code().split('.').next();
            diagnostic.severity() == Severity::Error && matches!(family, Some("yaml" | "file"))
        };
        Self {
            usable: releases
                .map(|release| release.folder().to_owned())
                .collect(),
            has_errors: loaded.has_errors(),
            unread: loaded.diagnostics().iter().filter(is_unread).count(),
        }
    }

    fn is_worse_than(&self, before: &Self) -> bool {
        !before.usable.is_subset(&self.usable)
            || (self.has_errors && !before.has_errors)
            || self.unread > before.unread
    }
}

impl<'a> Mending<'a> {
    pub(super) fn new(source: Overlay<'a>, options: &'a LoadOptions, most: Applicability) -> Self {
        Self {
            source,
            options,
            most,
            files: BTreeMap::new(),
        }
    }

    /// The files whose text changes.
    ///
    /// What a round does depends on nothing but the texts it finds. So the last one, which changes nothing, is also the first one of
    /// whoever mends what comes out.
    pub(super) fn run(mut self) -> Result<Vec<MendedFile>, SourceError> {
        for _ in 0..ROUNDS {
            if !self.round()? {
                return Ok(self.files.into_values().collect());
            }
        }
        Ok(Vec::new())
    }

    /// Makes the fixes that make nothing worse; whether a text changed.
    fn round(&mut self) -> Result<bool, SourceError> {
        let loaded = load(&self.source, self.options)?;
        let is_fixable = |diagnostic: &&Diagnostic| {
            diagnostic.fix_within(self.most).is_some() && diagnostic.location().is_some()
        };
        let fixable: Vec<&Diagnostic> = loaded.diagnostics().iter().filter(is_fixable).collect();
        let package = self.trial(self.source.clone(), Standing::of(&loaded));
        let made = match package.is_sound(&fixable)? {
            true => fixable,
            false => self.sound(&package, &fixable)?,
        };
        let texts = Texts::new(&made, self.most);
        let changed = texts.is_changed();
        self.source = self.source.with(texts.iter());
        texts.keep(&mut self.files);
        Ok(changed)
    }

    /// The fixes that break neither their own version folder nor, together with those of the others, the package. Only what a trial
    /// changes is read for it: one folder, mostly.
    fn sound<'d>(
        &self,
        package: &impl Trial,
        fixable: &[&'d Diagnostic],
    ) -> Result<Vec<&'d Diagnostic>, SourceError> {
        let mut folders: BTreeMap<&str, Vec<&'d Diagnostic>> = BTreeMap::new();
        for diagnostic in fixable {
            let version = diagnostic.version().unwrap_or_default();
            folders.entry(version).or_default().push(diagnostic);
        }
        let mut sound = Vec::new();
        for diagnostics in folders.into_values() {
            let Some(folder) = diagnostics
                .first()
                .and_then(|first| super::version_folder(first))
            else {
                continue;
            };
            let source = self.source.only(&folder);
            let before = Standing::of(&load(&source, self.options)?);
            let alone = self.trial(source, before);
            sound.extend(Search::new(&alone).most(&diagnostics)?);
        }
        Search::new(package).most(&sound)
    }

    fn trial(&self, source: Overlay<'a>, before: Standing) -> impl Trial + use<'a> {
        let (options, most) = (self.options, self.most);
        move |fixes: &[&Diagnostic]| {
            let source = source.with(Texts::new(fixes, most).iter());
            let after = Standing::of(&load(&source, options)?);
            Ok(!after.is_worse_than(&before))
        }
    }
}
