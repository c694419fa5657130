//! What the releases of one package must agree on.

use std::collections::BTreeMap;

use catalog_conditions::Diagnostic;
use catalog_conditions::version::Version;

use crate::catalog::{Package, UnusableReason, UnusableRelease};
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

    /// The package; releases that contradict others are reported and refused.
    pub(super) fn package(
        mut self,
        mut releases: Vec<Release>,
        unusable: Vec<UnusableRelease>,
    ) -> Package {
        releases.sort_by(|a, b| a.version.cmp(&b.version));
        self.package.releases = releases;
        self.package.unusable = unusable;
        self.refuse_equal();
        self.refuse_other_scopes();
        self.package
            .unusable
            .sort_by(|a, b| a.folder.cmp(&b.folder));
        self.package
    }

    /// Two folders of one version (`v1.0` and `1.0.0`): nobody can say which is meant, so neither is used, broken ones included.
    fn refuse_equal(&mut self) {
        let folders = self.folders();
        let same = |a: &Folder, b: &Folder| a.version.same_precedence_and_build(&b.version);
        let mut refused = BTreeMap::new();
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
                refused.insert(folder.path.clone(), message);
            }
        }
        self.refuse(&refused, "version.duplicate", "keep one of the folders");
    }

    /// All folders whose version can be told, in order of it. What a broken folder holds is not sure, but its name is.
    fn folders(&self) -> Vec<Folder> {
        let usable = self.package.releases.iter().map(|release| Folder {
            version: release.version.clone(),
            path: release.folder.clone(),
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

    /// Scope is the package's, as its newest release says: an instance cannot change it by an upgrade.
    fn refuse_other_scopes(&mut self) {
        let Some(newest) = self.package.most_recent() else {
            return;
        };
        let (scope, version) = (newest.metadata.scope(), newest.version.clone());
        let others = self
            .package
            .releases
            .iter()
            .filter(|release| release.metadata.scope() != scope);
        let refused = others
            .map(|release| {
                let message = format!(
                    "this release has scope `{}`, and the newest one, {version}, has `{}`",
                    release.metadata.scope().as_str(),
                    scope.as_str()
                );
                (release.folder.clone(), message)
            })
            .collect();
        let help = format!(
            "all releases of a package have one scope: write `scope: {}`, or publish this one under another name",
            scope.as_str()
        );
        self.refuse(&refused, "package.scope", &help);
    }

    /// Reports folders, each with its message, and takes the releases among them out of use.
    fn refuse(&mut self, refused: &BTreeMap<String, String>, code: &'static str, help: &str) {
        for (folder, message) in refused {
            let diagnostic =
                Diagnostic::error(code, message.as_str()).at_path(self.source.display(folder));
            let version = folder.rsplit('/').next();
            let diagnostic = diagnostic.about(self.package.name.as_str(), version);
            self.diagnostics.push(diagnostic.help(help));
        }
        for release in std::mem::take(&mut self.package.releases) {
            match refused.get(&release.folder) {
                None => self.package.releases.push(release),
                Some(message) => self.package.unusable.push(UnusableRelease {
                    version: release.version.as_str().to_owned(),
                    folder: release.folder,
                    reason: UnusableReason::Broken(message.clone()),
                }),
            }
        }
    }
}
