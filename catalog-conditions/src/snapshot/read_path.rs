//! Saved clusters in files and folders (feature `fs`).

use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use thiserror::Error;

use super::builder::SnapshotBuilder;
use crate::diagnostic::Diagnostic;
use crate::document::Limits;
use crate::source::SourceFile;

/// What the files of a saved cluster are called, packed or not.
const ENDINGS: [&str; 3] = [".yaml", ".yml", ".json"];

/// How a gzip file begins (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A path at which there is no saved cluster.
#[derive(Debug, Error)]
#[error("{}: {problem}", crate::show::one_line(path))]
pub struct ReadPathError {
    path: String,
    #[source]
    problem: Problem,
}

#[derive(Debug, Error)]
enum Problem {
    #[error(transparent)]
    Io(io::Error),
    #[error("there is no .yaml, .yml or .json file in this folder")]
    NoFiles,
}

impl ReadPathError {
    fn new(path: &Path, problem: Problem) -> Self {
        Self {
            path: path.display().to_string(),
            problem,
        }
    }

    /// The path, as shown to people.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl SnapshotBuilder {
    /// Adds a file that kubectl wrote, or a folder of them: its `.yaml`, `.yml` and `.json` files in the order of their names, and not
    /// those of the folders in it, as `kubectl apply -f` has it. What is packed with gzip is unpacked, and what is not read is a warning.
    ///
    /// A folder is one cluster: what is so named in it and cannot be read (a broken link, a pipe, a folder, no UTF-8) is a diagnostic,
    /// and the snapshot covers nothing because of it.
    ///
    /// Cost: linear in the unpacked text, of which all files together may have [`Limits::file_bytes`].
    ///
    /// # Errors
    ///
    /// There is nothing at `path`, it cannot be opened or listed, or it is a folder without such files.
    ///
    /// ```no_run
    /// use catalog_conditions::Snapshot;
    /// use catalog_conditions::document::Limits;
    ///
    /// let cluster = Snapshot::builder().read_path("cluster/", &Limits::snapshot())?.build();
    /// println!("{} nodes", cluster.objects("", "Node").count());
    /// # Ok::<(), catalog_conditions::snapshot::ReadPathError>(())
    /// ```
    pub fn read_path(
        mut self,
        path: impl AsRef<Path>,
        limits: &Limits,
    ) -> Result<Self, ReadPathError> {
        let path = path.as_ref();
        let failed = |error| ReadPathError::new(path, Problem::Io(error));
        if !fs::metadata(path).map_err(failed)?.is_dir() {
            // A path that is asked for by name may be a pipe: `<(kubectl get …)` is one.
            let opened = File::open(path).map_err(failed)?;
            let text = text(opened, limits.file_bytes);
            let (builder, _) = self.read_text(path, text, limits);
            return Ok(builder);
        }
        let files = files(path).map_err(failed)?;
        if files.is_empty() {
            return Err(ReadPathError::new(path, Problem::NoFiles));
        }
        self.tell_ignored(path).map_err(failed)?;
        let mut left = limits.file_bytes;
        for file in files {
            let text = open(&file).and_then(|opened| text(opened, left));
            let bytes;
            (self, bytes) = self.read_text(&file, text, limits);
            let Some(bytes) = bytes else { return Ok(self) };
            left -= bytes.min(left);
        }
        Ok(self)
    }

    /// Says which files and folders in a folder are not read. What is in a folder may be of the same cluster, and is not covered.
    fn tell_ignored(&mut self, folder: &Path) -> io::Result<()> {
        let mut ignored = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !is_saved(&name) && !name.starts_with('.') {
                ignored.push((
                    entry.path(),
                    entry.file_type().is_ok_and(|kind| kind.is_dir()),
                ));
            }
        }
        ignored.sort_unstable();
        for (path, is_folder) in ignored {
            let message = if is_folder {
                self.coverage.damage();
                "this folder is not read, and the snapshot covers nothing because of it"
            } else {
                "this file is not read: its name ends neither in .yaml, .yml or .json nor in that and .gz"
            };
            let name = path.display().to_string();
            let diagnostic = Diagnostic::warning("snapshot.file.ignored", message).at_path(name);
            self.diagnostics.push(diagnostic.help(
                "move what belongs to the cluster into the folder itself, and the rest out of it",
            ));
        }
        Ok(())
    }

    /// Reads what a file holds or says why it holds nothing; returns how many bytes that was, and `None` if there are too many.
    fn read_text(
        mut self,
        path: &Path,
        text: Result<String, Unreadable>,
        limits: &Limits,
    ) -> (Self, Option<usize>) {
        let name = path.display().to_string();
        match text {
            Ok(text) => {
                let bytes = text.len();
                (self.read(&SourceFile::new(name, text), limits), Some(bytes))
            }
            Err(problem) => {
                self.coverage.damage();
                let message = match problem {
                    Unreadable::TooLarge => {
                        let most = limits.file_bytes;
                        format!("with this file there are more than {most} bytes to read")
                    }
                    _ => problem.to_string(),
                };
                let diagnostic = Diagnostic::error("snapshot.file", message).at_path(name);
                self.diagnostics.push(match problem.help() {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic,
                });
                let go_on = !matches!(problem, Unreadable::TooLarge);
                (self, go_on.then_some(0))
            }
        }
    }
}

/// Why there is no text to be had of a file.
#[derive(Debug, Error)]
enum Unreadable {
    #[error("this cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error("this is {0}, not a file")]
    NoFile(&'static str),
    #[error("this cannot be unpacked: {0}")]
    Packed(io::Error),
    #[error("byte {0} is not UTF-8")]
    NotUtf8(usize),
    #[error("this is UTF-16, not UTF-8")]
    Utf16,
    #[error("this is too large")]
    TooLarge,
}

impl Unreadable {
    fn help(&self) -> Option<&'static str> {
        match self {
            Self::Utf16 => {
                Some("PowerShell's `>` writes UTF-16: pipe to `Out-File -Encoding utf8` instead")
            }
            Self::Packed(_) => Some("pack it again, and see that it is copied whole"),
            Self::NoFile(_) => Some("take it out of the folder, or give it another name"),
            _ => None,
        }
    }
}

/// The paths in a folder that are named as a saved cluster is, by name.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .file_name()
            .is_some_and(|name| is_saved(&name.to_string_lossy()))
        {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn is_saved(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Opens a file of a folder. What is none is not opened: a pipe would wait for somebody to write.
fn open(path: &Path) -> Result<File, Unreadable> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(Unreadable::NoFile("a folder"));
    }
    if !metadata.is_file() {
        return Err(Unreadable::NoFile("a pipe or a device"));
    }
    Ok(File::open(path)?)
}

fn text(file: File, most: usize) -> Result<String, Unreadable> {
    let mut start = Vec::new();
    (&file).take(GZIP.len() as u64).read_to_end(&mut start)?;
    let packed = start == GZIP;
    let whole = Cursor::new(start).chain(file);
    let bytes = if packed {
        bytes(
            MultiGzDecoder::new(io::BufReader::new(whole)),
            most,
            Unreadable::Packed,
        )?
    } else {
        bytes(whole, most, Unreadable::Io)?
    };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Unreadable::Utf16);
    }
    String::from_utf8(bytes).map_err(|error| Unreadable::NotUtf8(error.utf8_error().valid_up_to()))
}

fn bytes(
    reader: impl Read,
    most: usize,
    failed: fn(io::Error) -> Unreadable,
) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    // One byte more than allowed tells what is too large from what just fits.
    let more = (most as u64).saturating_add(1);
    reader.take(more).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > most {
        return Err(Unreadable::TooLarge);
    }
    Ok(bytes)
}
