//! A loaded release, written again.

use catalog_conditions::SourceFile;
use catalog_conditions::document::Limits;
use serde_json::Value;

use super::document::documents;
use super::{MetadataFile, ModulesFile};
use crate::load::allowing_lines;
use crate::release::Release;
use crate::source::{EntryKind, MemorySource, Source, SourceError, SourceErrorKind, join};

/// The files of a release in canonical form, under the same version folder as in the `source` it was loaded from.
///
/// `metadata.yaml`, `modules.yaml` and `definitions/` are written anew from what was read, keys that the format does not know included;
/// layout is not kept, nor are comments, but for those that allow rules, which stand first in the file then. Every other file is copied byte for byte: charts and manifests that modules refer to, files that
/// the format does not know, and `conditions/` and `hooks/`.
///
/// Those two are copied because nothing is gained by writing them anew: an unknown key is an error in them, so that none could get lost
/// unseen, and each says why a gate is shut or what a Job does in its comments, which review and `# catalog: allow(…)` need.
///
/// Loading the result as the release was loaded gives an equal one, and writing that one gives the same bytes. (What is wrong with how
/// something was written, and not with what, is gone then. A comment that allowed it is `suppression.unused`: where options make that an
/// error, take the comment out first.) Each file may have `limits.file_bytes` at most.
///
/// # Errors
///
/// A file cannot be read, is too large, or is a link that is not followed.
pub fn release(
    release: &Release,
    source: &dyn Source,
    limits: &Limits,
) -> Result<MemorySource, SourceError> {
    let mut written = MemorySource::new();
    for path in files(source, release.folder())? {
        let full = join(release.folder(), &path);
        let bytes = source.read(&full, limits.file_bytes)?;
        let (full, text) = match path.as_str() {
            "metadata.yaml" | "metadata.yml" => {
                let full = join(release.folder(), "metadata.yaml");
                (full, Some(MetadataFile::of(release).to_yaml()))
            }
            "modules.yaml" | "modules.yml" => {
                let full = join(release.folder(), "modules.yaml");
                (full, Some(ModulesFile::of(release).to_yaml()))
            }
            _ => (full, definitions(release, &path)),
        };
        match text {
            Some(text) => written.insert(full, allowing(&path, bytes, limits) + &text),
            None => written.insert(full, bytes),
        }
    }
    Ok(written)
}

/// The text of a definitions file; `None` for other files, and for those that define nothing.
fn definitions(release: &Release, path: &str) -> Option<String> {
    let objects: Vec<&Value> = release
        .definitions()
        .iter()
        .filter(|definition| definition.file() == path)
        .map(crate::Definition::object)
        .collect();
    (!objects.is_empty()).then(|| documents(objects))
}

/// The comments that allow rules in what is written anew: without them it might not be loaded again.
fn allowing(path: &str, bytes: Vec<u8>, limits: &Limits) -> String {
    let file = SourceFile::from_bytes(path, bytes);
    file.map_or_else(|_| String::new(), |file| allowing_lines(&file, limits))
}

/// The paths of all files below a folder, relative to it.
fn files(source: &dyn Source, folder: &str) -> Result<Vec<String>, SourceError> {
    let (mut found, mut open) = (Vec::new(), vec![String::new()]);
    while let Some(below) = open.pop() {
        let opened = if below.is_empty() {
            folder.to_owned()
        } else {
            join(folder, &below)
        };
        for entry in source.list(&opened)? {
            let path = join(&below, &entry.name);
            match entry.kind {
                EntryKind::File => found.push(path),
                EntryKind::Folder => open.push(path),
                _ => {
                    let shown = source.display(&join(folder, &path));
                    return Err(SourceError::new(
                        SourceErrorKind::WrongKind,
                        shown,
                        "this is neither a file nor a folder, and cannot be written again",
                    ));
                }
            }
        }
    }
    found.sort();
    Ok(found)
}
