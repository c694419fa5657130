//! From a tar stream to its members.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::io::{self, Read};
use std::sync::Arc;

use tar::{Archive, Entry, EntryType};

use super::member::{File, Member};
use super::name::{PATH_BYTES, path};
use super::options::ArchiveOptions;
use super::packed::{Unpacked, broken};
use super::pax::{Pax, records};
use crate::source::{SourceError, SourceErrorKind};

/// Bytes of a header that says more of the next member: names, times, attributes.
const EXTENSION_BYTES: u64 = 1 << 20;
/// What a member costs beside its path and its bytes.
const MEMBER_BYTES: usize = 128;
const BLOCK: u64 = 512;

/// All members of an archive by path, each folder on the way to one included.
pub(super) fn members(
    archive: impl Read,
    name: &str,
    options: &ArchiveOptions,
) -> Result<BTreeMap<String, Member>, SourceError> {
    let unpacked = Unpacked::new(archive, name, options.unpacked_bytes)?;
    let mut archive = Archive::new(unpacked);
    let mut members = Members {
        name,
        options,
        members: BTreeMap::new(),
        count: 0,
        kept: 0,
    };
    let end = members.read(&mut archive)?;
    let mut rest = archive.into_inner();
    // Without the block of zeros that ends an archive, members may be missing.
    if rest.read() < end.saturating_add(BLOCK) {
        return Err(broken(name, &io::ErrorKind::UnexpectedEof.into()));
    }
    // The checksum of what is packed stands behind it.
    io::copy(&mut rest, &mut io::sink()).map_err(|error| broken(name, &error))?;
    Ok(members.members)
}

struct Members<'a> {
    name: &'a str,
    options: &'a ArchiveOptions,
    members: BTreeMap<String, Member>,
    count: usize,
    kept: usize,
}

/// What headers before a member said of it.
#[derive(Default)]
struct Said {
    long_name: Option<Vec<u8>>,
    long_link: Option<Vec<u8>>,
    pax: Pax,
}

impl Members<'_> {
    /// Reads to the end, and says where the last member ends.
    fn read<R: Read>(&mut self, archive: &mut Archive<R>) -> Result<u64, SourceError> {
        let name = self.name;
        let failed = |error: io::Error| broken(name, &error);
        let mut end = 0;
        let mut said = Said::default();
        // Raw: the headers before members are read here, within limits.
        for entry in archive.entries().map_err(failed)?.raw(true) {
            let mut entry = entry.map_err(failed)?;
            let size = entry.header().entry_size().map_err(failed)?;
            let blocks = size.div_ceil(BLOCK).saturating_mul(BLOCK);
            end = entry.raw_file_position().saturating_add(blocks);
            match entry.header().entry_type() {
                EntryType::GNULongName => said.long_name = Some(self.extension(&mut entry)?),
                EntryType::GNULongLink => said.long_link = Some(self.extension(&mut entry)?),
                EntryType::XHeader => {
                    let text = self.extension(&mut entry)?;
                    let wrong = || self.refuse("an extended header in it cannot be read");
                    said.pax = records(&text).ok_or_else(wrong)?;
                }
                EntryType::XGlobalHeader => {}
                _ => self.member(&mut entry, std::mem::take(&mut said))?,
            }
        }
        Ok(end)
    }

    /// The bytes of a header that says more of the next member.
    fn extension<R: Read>(&self, entry: &mut Entry<'_, R>) -> Result<Vec<u8>, SourceError> {
        if entry.size() > EXTENSION_BYTES {
            let message = format!(
                "a header in it has {} bytes, more than the {EXTENSION_BYTES} allowed",
                entry.size()
            );
            return Err(SourceError::new(
                SourceErrorKind::TooLarge,
                self.name,
                message,
            ));
        }
        self.bytes(entry)
    }

    /// All bytes of an entry, none missing.
    fn bytes<R: Read>(&self, entry: &mut Entry<'_, R>) -> Result<Vec<u8>, SourceError> {
        let size = entry.size();
        let mut bytes = Vec::new();
        let read = entry.read_to_end(&mut bytes);
        read.map_err(|error| broken(self.name, &error))?;
        if (bytes.len() as u64) < size {
            return Err(broken(self.name, &io::ErrorKind::UnexpectedEof.into()));
        }
        Ok(bytes)
    }

    fn member<R: Read>(&mut self, entry: &mut Entry<'_, R>, said: Said) -> Result<(), SourceError> {
        let name = match (said.pax.path, said.long_name) {
            (Some(name), _) => name,
            (None, Some(name)) => without_nul(name),
            (None, None) => entry.path_bytes().into_owned(),
        };
        let (path, is_utf8) = path(&name).map_err(|bad| {
            let start = name.get(..name.len().min(PATH_BYTES)).unwrap_or_default();
            let shown: String = String::from_utf8_lossy(start).chars().take(128).collect();
            self.refuse(&format!("the name `{shown}` in it {}", bad.problem()))
        })?;
        let kind = entry.header().entry_type();
        let is_sparse = said.pax.is_sparse || kind == EntryType::GNUSparse;
        if is_sparse || said.pax.size.is_some_and(|size| size != entry.size()) {
            return Err(self.refuse(&format!(
                "`{path}` in it is packed in a way that is not read (sparse, or larger than 8 GiB)"
            )));
        }
        let link = || match (said.pax.link, said.long_link) {
            (Some(link), _) => link,
            (None, Some(link)) => without_nul(link),
            (None, None) => entry.link_name_bytes().unwrap_or_default().into_owned(),
        };
        let member = match kind {
            EntryType::Directory => Member::Folder,
            // As programs wrote folders before there was a type for them.
            EntryType::Regular if name.ends_with(b"/") => Member::Folder,
            _ if !is_utf8 => Member::Other,
            EntryType::Symlink => symbolic(link()),
            EntryType::Link => self.hard(&link()),
            EntryType::Regular | EntryType::Continuous => self.file(entry)?,
            _ => Member::Other,
        };
        self.insert(path, member)
    }

    fn file<R: Read>(&self, entry: &mut Entry<'_, R>) -> Result<Member, SourceError> {
        let size = entry.size();
        if size > self.options.file_bytes as u64 {
            return Ok(Member::TooLarge(size));
        }
        let left = self.options.kept_bytes.saturating_sub(self.kept);
        if size > left as u64 {
            return Err(self.too_much());
        }
        Ok(Member::File(Arc::new(File::new(self.bytes(entry)?))))
    }

    /// A second name of an earlier file; of anything else it is a link that leads nowhere.
    fn hard(&self, target: &[u8]) -> Member {
        let known = path(target).ok().filter(|(_, is_utf8)| *is_utf8);
        match known.and_then(|(path, _)| self.members.get(&path)) {
            Some(Member::File(file)) => Member::File(Arc::clone(file)),
            Some(Member::TooLarge(bytes)) => Member::TooLarge(*bytes),
            _ => Member::Link(format!("/{}", String::from_utf8_lossy(target))),
        }
    }

    fn insert(&mut self, path: String, member: Member) -> Result<(), SourceError> {
        // The root itself, which many programs pack as `./`.
        if path.is_empty() && matches!(member, Member::Folder) {
            return Ok(());
        }
        self.folders_above(&path)?;
        self.count(&path, &member)?;
        match self.members.entry(path) {
            Slot::Vacant(slot) => {
                slot.insert(member);
                Ok(())
            }
            Slot::Occupied(slot) => match (slot.get(), &member) {
                (Member::Folder, Member::Folder) => Ok(()),
                (Member::Folder, _) | (_, Member::Folder) => {
                    let message = two_kinds(slot.key());
                    Err(refuse(self.name, &message))
                }
                _ => {
                    let message = format!(
                        "`{}` stands in it twice, and programs differ in which they take",
                        slot.key()
                    );
                    Err(refuse(self.name, &message))
                }
            },
        }
    }

    /// Adds the folders on the way to a path, as far as no member named them.
    fn folders_above(&mut self, path: &str) -> Result<(), SourceError> {
        let mut below = path;
        while let Some((folder, _)) = below.rsplit_once('/') {
            match self.members.get(folder) {
                // It brought those above it.
                Some(Member::Folder) => break,
                Some(_) => {
                    return Err(self.refuse(&two_kinds(folder)));
                }
                None => {
                    self.count(folder, &Member::Folder)?;
                    self.members.insert(folder.to_owned(), Member::Folder);
                }
            }
            below = folder;
        }
        Ok(())
    }

    fn count(&mut self, path: &str, member: &Member) -> Result<(), SourceError> {
        let bytes = match member {
            Member::File(file) => file.bytes.len(),
            Member::Link(text) => text.len(),
            _ => 0,
        };
        self.count += 1;
        self.kept = self.kept.saturating_add(path.len() + MEMBER_BYTES + bytes);
        if self.count > self.options.members || self.kept > self.options.kept_bytes {
            return Err(self.too_much());
        }
        Ok(())
    }

    fn too_much(&self) -> SourceError {
        let message = format!(
            "it holds more than the {} members or the {} bytes allowed",
            self.options.members, self.options.kept_bytes
        );
        SourceError::new(SourceErrorKind::TooLarge, self.name, message)
    }

    fn refuse(&self, message: &str) -> SourceError {
        refuse(self.name, message)
    }
}

/// What is wrong where a file and a folder have one path.
fn two_kinds(path: &str) -> String {
    format!("`{path}` in it is a folder, and something else too")
}

fn refuse(name: &str, message: &str) -> SourceError {
    SourceError::new(SourceErrorKind::Unreadable, name, message)
}

/// The name in a GNU header, which ends with a NUL.
fn without_nul(mut name: Vec<u8>) -> Vec<u8> {
    if name.last() == Some(&0) {
        name.pop();
    }
    name
}

fn symbolic(text: Vec<u8>) -> Member {
    match String::from_utf8(text) {
        Ok(text) => Member::Link(text),
        Err(_) => Member::Other,
    }
}
