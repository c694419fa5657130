//! The files of a module that a package carries.

use catalog_model::source::{EntryKind, Source};
use catalog_model::{Module, Release, SourceFile};

use super::ModuleError;

/// More files than any module that was looked at has (Istio's manifests: 37); a bound on hostile ones.
const MOST_FILES: usize = 1000;
/// No object may be larger than 3 MiB, and no Secret that pins a plan holds more than 1 MiB.
const MOST_BYTES: usize = 8 << 20;
/// How far folders may nest.
const DEEPEST: usize = 16;

/// The files of a folder of a version, and of the folders in it.
pub(super) struct ModuleFiles<'a> {
    source: &'a dyn Source,
    release: &'a Release,
    module: &'a Module,
    bytes: usize,
}

/// A file with its path below the module's.
pub(super) struct ModuleFile {
    pub(super) path: String,
    pub(super) text: String,
}

impl<'a> ModuleFiles<'a> {
    pub(super) fn new(source: &'a dyn Source, release: &'a Release, module: &'a Module) -> Self {
        Self {
            source,
            release,
            module,
            bytes: MOST_BYTES,
        }
    }

    /// All files at `path` in the version folder, by path; a file there is the only one, and its path below is empty.
    pub(super) fn read(mut self, path: &str) -> Result<Vec<ModuleFile>, ModuleError> {
        let path = join(self.release.folder(), path);
        if self.source.list(&path).is_err() {
            let text = self.text(&path)?;
            return Ok(vec![ModuleFile {
                path: String::new(),
                text,
            }]);
        }
        let mut paths = Vec::new();
        self.walk(&path, &mut paths)?;
        paths.sort();
        let files = paths.into_iter().map(|below| {
            let text = self.text(&join(&path, &below))?;
            Ok(ModuleFile { path: below, text })
        });
        files.collect()
    }

    /// The paths of all files below a folder. No recursion: folders are chosen by whoever wrote the package.
    fn walk(&self, top: &str, paths: &mut Vec<String>) -> Result<(), ModuleError> {
        let mut folders = vec![(String::new(), 0)];
        while let Some((below, depth)) = folders.pop() {
            let folder = join(top, &below);
            let listed = self.source.list(&folder);
            let entries = listed.map_err(|error| self.error(error.to_string()))?;
            for entry in entries {
                let path = join(&below, &entry.name);
                match entry.kind {
                    EntryKind::Folder if depth < DEEPEST => folders.push((path, depth + 1)),
                    EntryKind::File => paths.push(path),
                    _ => return Err(self.error(format!(
                        "`{path}` is neither a file nor a folder that can be followed: take it out"
                    ))),
                }
                if paths.len() + folders.len() > MOST_FILES {
                    return Err(self.error(format!("its folder holds more than {MOST_FILES} files: split it into several modules")));
                }
            }
        }
        Ok(())
    }

    fn text(&mut self, path: &str) -> Result<String, ModuleError> {
        if !self.source.is_inside(path, self.release.folder()) {
            return Err(self.error(format!(
                "`{path}` leads out of the version folder: copy what it leads to"
            )));
        }
        let read = self.source.read(path, self.bytes);
        let bytes = read.map_err(|error| self.error(error.to_string()))?;
        self.bytes = self.bytes.saturating_sub(bytes.len());
        let file = SourceFile::from_bytes(path, bytes);
        let file =
            file.map_err(|diagnostic| self.error(format!("`{path}`: {}", diagnostic.message())))?;
        Ok(file.text().to_owned())
    }

    fn error(&self, message: String) -> ModuleError {
        ModuleError::new(self.release, self.module, message)
    }
}

fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}
