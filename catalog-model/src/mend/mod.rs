//! Mends the files of a catalog, as far as that can be done without asking.

mod overlay;
mod package;
mod search;
mod texts;

use std::collections::BTreeSet;

use catalog_conditions::Diagnostic;
use catalog_conditions::fix::Applicability;

use self::overlay::Overlay;
use self::package::Mending;
use crate::load::{LoadOptions, Loaded, load};
use crate::source::{Source, SourceError};

/// A catalog after mending.
#[derive(Clone, Debug, Default)]
pub struct Mended {
    files: Vec<MendedFile>,
    loaded: Loaded,
}

/// A file that was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MendedFile {
    path: String,
    before: String,
    after: String,
    mended: Vec<Diagnostic>,
}

impl Mended {
    /// The files whose text changed, by path. Nothing is written: that is for whoever holds the files.
    #[must_use]
    pub fn files(&self) -> &[MendedFile] {
        &self.files
    }

    /// The catalog with the new texts, and the diagnostics that are left.
    #[must_use]
    pub fn loaded(&self) -> &Loaded {
        &self.loaded
    }
}

impl MendedFile {
    /// The path below the root of the source.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text as it was.
    #[must_use]
    pub fn before(&self) -> &str {
        &self.before
    }

    /// The text with the fixes made.
    #[must_use]
    pub fn after(&self) -> &str {
        &self.after
    }

    /// What was mended, in the order of the rounds: each points into the text of its round, under the path below the root. The fix made
    /// is its [`Diagnostic::clear_fix`], which says whether something that was ignored counts now.
    #[must_use]
    pub fn mended(&self) -> &[Diagnostic] {
        &self.mended
    }
}

/// Makes the fixes of a catalog that leave no choice, in as many rounds as they need, and loads what comes out: for whoever wrote it.
///
/// Comments, layout and every byte that no fix names stay. A key that was ignored with a warning counts once it has its right name
/// ([`Applicability::TakesEffect`]): [`mend_within`] leaves it. A fix is not made where it would cost anybody a release: one that can be
/// used can be used after mending, the other versions of its package included, and a package without errors has none. One that cannot be
/// used may show errors that a mistake hid, such as that of a value whose key had the wrong name; but whatever of it could be read can be
/// read. Mending twice changes nothing: a package in which that cannot be reached is left as it was.
///
/// Cost: two loads of the catalog, and three of each package in which something is mended. Where fixes cannot be made, they are searched
/// for by halves, each time with a load of their version folder: at most some hundred.
///
/// ```
/// use catalog_model::{LoadOptions, MemorySource, mend};
///
/// let source = MemorySource::from_iter([("grafana/1.10/metadata.yaml", "# ours\nversion: 1.10\nlicence: MIT # as upstream\n")]);
/// let mended = mend(&source, &LoadOptions::default())?;
/// assert_eq!(mended.files()[0].after(), "# ours\nname: grafana\nversion: \"1.10\"\nlicense: MIT # as upstream\n");
/// assert!(mended.loaded().diagnostics().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The root cannot be listed.
pub fn mend(source: &dyn Source, options: &LoadOptions) -> Result<Mended, SourceError> {
    mend_within(source, options, Applicability::TakesEffect)
}

/// The same with fixes that are at most as daring as `most`. With [`Applicability::Safe`], what a usable release says stays the same:
/// for a program that mends what others wrote and installed. Fixes that need a [choice](Applicability::Choice) are never made.
///
/// ```
/// use catalog_model::fix::Applicability;
/// use catalog_model::{LoadOptions, MemorySource, mend_within};
///
/// let source = MemorySource::from_iter([("grafana/1.10/metadata.yaml", "name: grafana\nversion: 1.10\nname-space: kube-system\n")]);
/// let mended = mend_within(&source, &LoadOptions::default(), Applicability::Safe)?;
/// assert_eq!(mended.files()[0].after(), "name: grafana\nversion: \"1.10\"\nname-space: kube-system\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The root cannot be listed.
pub fn mend_within(
    source: &dyn Source,
    options: &LoadOptions,
    most: Applicability,
) -> Result<Mended, SourceError> {
    let most = most.min(Applicability::TakesEffect);
    let plain = Overlay::new(source);
    // A diagnostic that is not listed would be mended the next time only.
    let all = LoadOptions {
        diagnostics_per_file: usize::MAX,
        ..options.clone()
    };
    let loaded = load(&plain, &all)?;
    // What releases must agree on, they must within their package: each can be mended by itself.
    let packages: BTreeSet<String> = loaded
        .diagnostics()
        .iter()
        .filter(|diagnostic| diagnostic.fix_within(most).is_some())
        .filter_map(version_folder)
        .filter_map(|folder| Some(folder.rsplit_once('/')?.0.to_owned()))
        .collect();
    let mut files = Vec::new();
    for folder in packages {
        files.extend(Mending::new(plain.only(&folder), &all, most).run()?);
    }
    let changed = files
        .iter()
        .map(|file: &MendedFile| (file.path(), file.after()));
    let mut shown = plain.with(changed);
    shown.shown = true;
    Ok(Mended {
        loaded: load(&shown, options)?,
        files,
    })
}

/// The version folder of the file that a diagnostic is about.
fn version_folder(diagnostic: &Diagnostic) -> Option<String> {
    let path = diagnostic.location()?.file().path();
    let own = format!("{}/{}", diagnostic.package()?, diagnostic.version()?);
    [own.clone(), format!("catalog/{own}")]
        .into_iter()
        .find(|folder| {
            path.strip_prefix(folder.as_str())
                .is_some_and(|rest| rest.starts_with('/'))
        })
}
