//! The bytes of an archive, unpacked and counted.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

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
            true => Box::new(Members::new(BufReader::new(archive), limit)),
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

/// The members of a gzip file, one after the other, and after the last one nothing but zeros: whole blocks are padded with them.
struct Members<R> {
    /// None behind the last one.
    member: Option<GzDecoder<R>>,
    /// The most zeros behind it that are looked at.
    limit: u64,
}

impl<R: BufRead> Members<R> {
    fn new(packed: R, limit: u64) -> Self {
        Self {
            member: Some(GzDecoder::new(packed)),
            limit,
        }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let rest = self.member.take().map(GzDecoder::into_inner);
            if let Some(mut rest) = rest
                && !is_at_end(&mut rest, self.limit)?
            {
                self.member = Some(GzDecoder::new(rest));
            }
        }
        Ok(0)
    }
}

/// Whether nothing comes but zeros. Something that comes at once is left to be read.
fn is_at_end(packed: &mut impl BufRead, limit: u64) -> io::Result<bool> {
    let mut zeros = 0;
    loop {
        let next = packed.fill_buf()?;
        let of_them = next.iter().take_while(|byte| **byte == 0).count();
        match next.len() {
            0 => return Ok(true),
            _ if zeros == 0 && of_them == 0 => return Ok(false),
            len if of_them < len => {
                let message = "something stands behind the zeros after it";
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            _ => packed.consume(of_them),
        }
        zeros += of_them as u64;
        if zeros > limit {
            let message = format!("more than {limit} zeros come after it");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
    }
}

/// The error of an archive that cannot be read on.
pub(super) fn broken(name: &str, error: &io::Error) -> SourceError {
    if error.kind() == io::ErrorKind::FileTooLarge {
        return SourceError::new(SourceErrorKind::TooLarge, name, error.to_string());
    }
    let said = error.to_string();
    let said = without_content(&said);
    let message = match error.kind() {
        io::ErrorKind::UnexpectedEof => "the archive ends early: it is cut off".to_owned(),
        _ => format!("this is no tar archive, or a damaged one: {said}"),
    };
    SourceError::new(SourceErrorKind::Unreadable, name, message)
        .caused_by(io::Error::new(error.kind(), said))
}

/// What is said of a header without what stands in it: where a number is none, the reader of headers quotes it, and the name beside it. Of a file that is no
/// archive that is any text.
fn without_content(said: &str) -> &str {
    match said.contains(" when getting ") {
        true => "a header has no number where one must be",
        false => said,
    }
}
