//! What the releases of one package must agree on.

use std::collections::BTreeMap;

use catalog_conditions::Diagnostic;
use catalog_conditions::version::Version;

use super::Parts;
use crate::catalog::{Package, UnusableReason, UnusableRelease, most_recent};
use crate::metadata::Scope;
use crate::name::PackageName;
use crate::release::Release;
use crate::source::Source;

/// How many folders of one version a message names.
const NAMED: usize = 3;

/// The version folders of one package, read one by one.
pub(super) struct Siblings<'a> {
    source: &'a dyn Source,
    package: Package,
    diagnostics: &'a mut Vec<Diagnostic>,
}

/// Releases that are refused for what others of their package say.
pub(crate) struct Refused {
    code: &'static str,
    help: String,
    /// A message for each version folder.
    messages: BTreeMap<String, String>,
}

/// What of a release its scope is judged by.
pub(crate) struct Scoped<'a> {
    pub(crate) version: &'a Version,
    pub(crate) folder: &'a str,
    pub(crate) scope: Scope,
}

/// A version folder and the version that its name stands for.
struct Folder {
    version: Version,
    path: String,
}

impl<'a> Siblings<'a> {
    pub(super) fn new(
        source: &'a dyn Source,
        name: PackageName,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            source,
            package: Package {
                name,
                releases: Vec::new(),
                unusable: Vec::new(),
            },
            diagnostics,
        }
    }

    /// The package; releases that contradict others are reported and refused. While definitions are not read, nobody knows yet which
    /// release is the newest that can be used, and scopes are left to whoever reads them.
    pub(super) fn package(
        mut self,
        mut releases: Vec<Release>,
        unusable: Vec<UnusableRelease>,
        parts: Parts,
    ) -> Package {
        releases.sort_by(|a, b| a.version().cmp(b.version()));
        self.package.releases = releases;
        self.package.unusable = unusable;
        self.refuse_equal();
        if parts == Parts::All {
            self.refuse_other_scopes();
        }
        self.package
            .unusable
            .sort_by(|a, b| a.folder.cmp(&b.folder));
        self.package
    }

    /// Two folders of one version (`v1.0` and `1.0.0`): nobody can say which is meant, so neither is used, broken ones included.
    fn refuse_equal(&mut self) {
        let folders = self.folders();
        let same = |a: &Folder, b: &Folder| a.version.same_precedence_and_build(&b.version);
        let mut messages = BTreeMap::new();
        for group in folders.chunk_by(same).filter(|group| group.len() > 1) {
            for folder in group {
                let others = group.iter().filter(|other| other.path != folder.path);
                let named: Vec<_> = others
                    .take(NAMED)
                    .map(|other| format!("`{}`", other.path))
                    .collect();
                let more = match group.len() - 1 - named.len() {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                let named = named.join(" and ");
                let message = format!("`{}` is the same version as {named}{more}", folder.path);
                messages.insert(folder.path.clone(), message);
            }
        }
        self.refuse(&Refused {
            code: "version.duplicate",
            help: "keep one of the folders".to_owned(),
            messages,
        });
    }

    /// All folders whose version can be told, in order of it. What a broken folder holds is not sure, but its name is.
    fn folders(&self) -> Vec<Folder> {
        let usable = self.package.releases.iter().map(|release| Folder {
            version: release.version().clone(),
            path: release.folder().to_owned(),
        });
        let unusable = self.package.unusable.iter().filter_map(|release| {
            let name = release.folder.rsplit('/').next()?;
            Some(Folder {
                version: Version::parse(name).ok()?,
                path: release.folder.clone(),
            })
        });
        let mut folders: Vec<Folder> = usable.chain(unusable).collect();
        folders.sort_by(|a, b| (&a.version, &a.path).cmp(&(&b.version, &b.path)));
        folders
    }

    fn refuse_other_scopes(&mut self) {
        let releases = self.package.releases.iter().map(|release| Scoped {
            version: release.version(),
            folder: release.folder(),
            scope: release.metadata().scope(),
        });
        let releases: Vec<Scoped<'_>> = releases.collect();
        if let Some(refused) = Refused::other_scopes(&releases) {
            self.refuse(&refused);
        }
    }

    /// Reports folders and takes the releases among them out of use; of those that are broken as well, this is the reason.
    fn refuse(&mut self, refused: &Refused) {
        let reported = refused.diagnostics(self.source, self.package.name.as_str());
        self.diagnostics.extend(reported);
        for broken in &mut self.package.unusable {
            if let Some(message) = refused.message(&broken.folder) {
                broken.reason = UnusableReason::Broken(message.to_owned());
            }
        }
        for release in std::mem::take(&mut self.package.releases) {
            match refused.message(release.folder()) {
                None => self.package.releases.push(release),
                Some(message) => self.package.unusable.push(UnusableRelease::broken(
                    release.version(),
                    release.folder(),
                    message,
                )),
            }
        }
    }
}

impl Refused {
    /// Scope is the package's, as its newest release says: an instance cannot change it by an upgrade. The releases that can be used are
    /// given oldest first; `None` where they agree.
    pub(crate) fn other_scopes(releases: &[Scoped<'_>]) -> Option<Self> {
        let newest = most_recent(releases, |release| release.version)?;
        let (scope, version) = (newest.scope.as_str(), newest.version);
        let others = releases
            .iter()
            .filter(|release| release.scope != newest.scope);
        let messages: BTreeMap<String, String> = others
            .map(|release| {
                let message = format!(
                    "this release has scope `{}`, and the newest one, {version}, has `{scope}`",
                    release.scope.as_str()
                );
                (release.folder.to_owned(), message)
            })
            .collect();
        (!messages.is_empty()).then(|| Self {
            code: "package.scope",
            help: format!(
                "all releases of a package have one scope: write `scope: {scope}`, or publish this one under another name"
            ),
            messages,
        })
    }

    /// Why the release of a folder is refused, if it is.
    pub(crate) fn message(&self, folder: &str) -> Option<&str> {
        self.messages.get(folder).map(String::as_str)
    }

    /// An error for each folder.
    pub(crate) fn diagnostics(&self, source: &dyn Source, package: &str) -> Vec<Diagnostic> {
        let error = |(folder, message): (&String, &String)| {
            let diagnostic = Diagnostic::error(self.code, message.as_str());
            let diagnostic = diagnostic.at_path(source.display(folder));
            let version = folder.rsplit('/').next();
            diagnostic.about(package, version).help(self.help.as_str())
        };
        self.messages.iter().map(error).collect()
    }
}
