//! The bytes of an archive, unpacked and counted.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use crate::source::{SourceError, SourceErrorKind};

/// What other archives begin with, and what they are.
const OTHERS: [(&[u8], &str); 5] = [
    (b"PK", "a zip archive"),
    (b"\xfd7zXZ\0", "packed with xz"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd"),
    (b"BZh", "packed with bzip2"),
    (b"7z\xbc\xaf", "a 7z archive"),
];

/// The tar stream in an archive, up to a limit.
pub(super) struct Unpacked<'a> {
    inner: Box<dyn Read + 'a>,
    read: u64,
    limit: u64,
}

impl<'a> Unpacked<'a> {
    /// Looks at the first bytes to see how it is packed.
    pub(super) fn new(
        mut archive: impl Read + 'a,
        name: &str,
        limit: u64,
    ) -> Result<Self, SourceError> {
        let mut first = Vec::with_capacity(6);
        let read = archive.by_ref().take(6).read_to_end(&mut first);
        read.map_err(|error| broken(name, &error))?;
        let other = OTHERS.iter().find(|(magic, _)| first.starts_with(magic));
        if let Some((_, what)) = other {
            let message = format!(
                "this is {what}: a catalog is read from tar archives, packed with gzip or not"
            );
            return Err(SourceError::new(SourceErrorKind::WrongKind, name, message));
        }
        let is_gzip = first.starts_with(&[0x1f, 0x8b]);
        let archive = io::Cursor::new(first).chain(archive);
        let inner: Box<dyn Read + 'a> = match is_gzip {
            true => Box::new(MultiGzDecoder::new(BufReader::new(archive))),
            false => Box::new(archive),
        };
        Ok(Self {
            inner,
            read: 0,
            limit,
        })
    }

    /// Bytes unpacked so far.
    pub(super) fn read(&self) -> u64 {
        self.read
    }
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read = self.read.saturating_add(read as u64);
        if self.read > self.limit {
            let message = format!("it unpacks to more than the {} bytes allowed", self.limit);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        Ok(read)
    }
}

/// The error of an archive that cannot be read on.
pub(super) fn broken(name: &str, error: &io::Error) -> SourceError {
    if error.kind() == io::ErrorKind::FileTooLarge {
        return SourceError::new(SourceErrorKind::TooLarge, name, error.to_string());
    }
    let message = match error.kind() {
        io::ErrorKind::UnexpectedEof => "the archive ends early: it is cut off".to_owned(),
        _ => format!("this is no tar archive, or a damaged one: {error}"),
    };
    SourceError::new(SourceErrorKind::Unreadable, name, message)
        .caused_by(io::Error::new(error.kind(), error.to_string()))
}
