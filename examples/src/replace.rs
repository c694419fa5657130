//! Replacing a file as a whole: whoever reads it at any time sees the old text or the new one.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

use crate::program::Failure;

/// Writes a text beside a file and then puts it in its place, or makes the file. `read` is what was read there before, if it was there:
/// should it hold something else by now, somebody else is at work, and it stays as it is.
///
/// # Errors
///
/// The file changed, or cannot be written. Then it is as it was.
pub fn replace(path: &str, read: Option<&str>, text: &str) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::new(format!("{path}: {error}"));
    // Where a link leads to a file, the file is replaced and not the link.
    let real = match read {
        Some(_) => fs::canonicalize(path).map_err(failed)?,
        None => PathBuf::from(path),
    };
    let holds = match fs::read(&real) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    if holds.as_deref() != read.map(str::as_bytes) {
        let message = format!("{path}: it changed meanwhile, and was not written: run this again");
        return Err(Failure::new(message));
    }
    let beside = real.with_file_name(format!(".catalog-replace-{}.tmp", process::id()));
    let replaced = fill(&beside, &real, text).and_then(|()| fs::rename(&beside, &real));
    replaced.map_err(|error| {
        // It may be gone already; why nothing was written matters more.
        let _ = fs::remove_file(&beside);
        failed(error)
    })
}

/// A new file with the permissions of the one that it replaces; somebody else's of that name is not touched.
fn fill(beside: &Path, real: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(beside)?;
    if let Ok(metadata) = fs::metadata(real) {
        file.set_permissions(metadata.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
