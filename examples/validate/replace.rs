//! Replacing a file as a whole: whoever reads it at any time sees the old text or the new one.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::process;

/// A file that may be replaced.
pub(crate) struct Target {
    path: PathBuf,
    metadata: Metadata,
}

impl Target {
    /// The file at a path below `root`, if no link leads to it, it may be written, and it still holds what was read.
    pub(crate) fn new(root: &Path, below: &str, read: &str) -> Result<Self, String> {
        let mut path = root.to_path_buf();
        for part in Path::new(below).components() {
            let Component::Normal(part) = part else {
                return Err("this path leads out of the catalog".to_owned());
            };
            path.push(part);
            let metadata = fs::symlink_metadata(&path).map_err(|error| error.to_string())?;
            if metadata.is_symlink() {
                return Err("it is reached by a link, and is mended only where it lies".to_owned());
            }
        }
        let metadata = fs::symlink_metadata(&path).map_err(|error| error.to_string())?;
        if !metadata.is_file() {
            return Err("it is no file any more".to_owned());
        }
        if metadata.permissions().readonly() {
            return Err("it is read-only".to_owned());
        }
        if fs::read(&path).map_err(|error| error.to_string())? != read.as_bytes() {
            return Err("it changed while it was checked: run this again".to_owned());
        }
        Ok(Self { path, metadata })
    }

    /// Writes the text beside the file, and then puts it in its place. What fails leaves the file as it was.
    pub(crate) fn replace(self, text: &str) -> Result<(), String> {
        let name = format!(".catalog-validate-{}.tmp", process::id());
        let beside = self.path.with_file_name(name);
        let said = |error: io::Error| error.to_string();
        let file = create(&beside).map_err(said)?;
        let replaced = self
            .fill(file, text)
            .and_then(|()| fs::rename(&beside, &self.path));
        replaced.map_err(|error| {
            // It may be gone already; why nothing was written matters more.
            let _ = fs::remove_file(&beside);
            said(error)
        })
    }

    fn fill(&self, mut file: File, text: &str) -> io::Result<()> {
        file.write_all(text.as_bytes())?;
        keep(&file, &self.metadata)?;
        file.sync_all()
    }
}

/// A new file; somebody else's of that name is not touched. Until it is what it replaces, nobody else reads it.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path)
}

/// Gives a file the owner, the group and the mode of another. Only root can give files away: for anybody else it stays his, and in his group
/// where he is not in the other, but lends neither to whoever runs it.
#[cfg(unix)]
fn keep(file: &File, of: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

    let is_kept = fchown(file, Some(of.uid()), Some(of.gid()))
        .or_else(|_| fchown(file, None, Some(of.gid())))
        .and_then(|()| file.metadata())
        .is_ok_and(|new| (new.uid(), new.gid()) == (of.uid(), of.gid()));
    let mode = of.mode() & if is_kept { 0o7777 } else { 0o1777 };
    // A change of the owner clears the bits that lend him, so that the mode comes after it.
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn keep(file: &File, of: &Metadata) -> io::Result<()> {
    file.set_permissions(of.permissions())
}
