//! Which segments there are, and of what.

use std::collections::BTreeSet;
use std::time::Duration;

use catalog_conditions::json_path::JsonPath;
use sha2::{Digest as _, Sha256};

use super::checksum::{Checksum, checksum, digits};
use super::error::{CacheNote, CacheNoteKind};
use super::files::{CacheFiles, PARTIAL};
use crate::columns::{Reader, Writer};
use crate::load::LoadOptions;
use crate::source::ContentId;
use crate::sync::SyncedIndex;
use crate::sync::entries::{read_id, write_id};

/// The file that names the segments.
pub(super) const NAME: &str = "index";

/// How the names of segments end.
const ENDING: &str = ".segment";

/// What the file begins with, and no text does.
const MAGIC: &[u8; 16] = b"\x89catalog-index\r\n";

/// Changes whenever what is stored does.
const FORMAT: u32 = 2;

/// What a manifest ends with: the SHA-256 of the rest.
type Seal = [u8; 32];

/// The most bytes that are read of a manifest: 24 for each segment.
const LIMIT: u64 = 4 << 20;

/// How old a file is that nobody is still writing, or reading by an older manifest.
const OLD: Duration = Duration::from_secs(600);

/// What is stored.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    pub(super) segments: Vec<Segment>,
    pub(super) id: Option<ContentId>,
    pub(super) root: String,
    pub(super) has_errors: bool,
    /// What its file ends with; `None` where there is no file.
    sum: Option<Seal>,
}

/// A file of entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) bytes: u64,
    pub(super) sum: Checksum,
}

impl Segment {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.len() as u64,
            sum: checksum(bytes),
        }
    }

    pub(super) fn file_name(&self) -> String {
        format!("{}{ENDING}", digits(&self.sum))
    }
}

impl Manifest {
    /// What is to be stored, and the bytes of its file.
    pub(super) fn of(
        index: &SyncedIndex,
        segments: Vec<Segment>,
        options: &LoadOptions,
    ) -> (Self, Vec<u8>) {
        let state = index.inner.state();
        let mut out = Writer::default();
        out.raw(MAGIC);
        out.u32(FORMAT);
        out.raw(&fingerprint(options));
        write_id(&mut out, state.id);
        out.text(&state.root);
        out.u8(u8::from(index.has_errors()));
        out.u64(segments.len() as u64);
        for segment in &segments {
            out.u64(segment.bytes);
            out.raw(&segment.sum);
        }
        let mut bytes = out.into_bytes();
        let sum: Seal = Sha256::digest(&bytes).into();
        bytes.extend(sum);
        let manifest = Self {
            segments,
            id: state.id,
            root: state.root.clone(),
            has_errors: index.has_errors(),
            sum: Some(sum),
        };
        (manifest, bytes)
    }

    /// The manifest that is there; `None` where there is none.
    pub(super) fn read(
        files: &dyn CacheFiles,
        options: &LoadOptions,
    ) -> Result<Option<Self>, CacheNote> {
        let note = |kind, why: &str| CacheNote::new(kind, NAME, why);
        let read = files.read(NAME, LIMIT).map_err(|error| {
            note(
                CacheNoteKind::Unreadable,
                &format!("cannot be read: {error}"),
            )
        })?;
        let Some(bytes) = read else {
            return Ok(None);
        };
        if !bytes.starts_with(MAGIC) {
            return Err(note(CacheNoteKind::Foreign, "is no index of a catalog"));
        }
        let damaged = || note(CacheNoteKind::Damaged, "is damaged");
        let (said, sum) = bytes.split_last_chunk::<32>().ok_or_else(damaged)?;
        let mut said_by = Reader::new(said);
        let format = said_by.raw(MAGIC.len()).and_then(|_| said_by.u32());
        // Another format may end otherwise.
        if format.is_some_and(|format| format != FORMAT) {
            return Err(note(CacheNoteKind::Other, "has another format"));
        }
        if Sha256::digest(said)[..] != sum[..] {
            return Err(damaged());
        }
        if said_by.raw(32).ok_or_else(damaged)? != fingerprint(options) {
            let why = "is of another version of this program, or was made with other options";
            return Err(note(CacheNoteKind::Other, why));
        }
        let manifest = Self::parse(&mut said_by, *sum).ok_or_else(damaged)?;
        Ok(Some(manifest))
    }

    fn parse(from: &mut Reader<'_>, sum: Seal) -> Option<Self> {
        let (id, root, has_errors) = (read_id(from)?, from.text()?, from.u8()? != 0);
        let mut segments = Vec::new();
        for _ in 0..from.u64()? {
            segments.push(Segment {
                bytes: from.u64()?,
                sum: from.raw(16)?.try_into().ok()?,
            });
        }
        from.is_at_end().then_some(Self {
            segments,
            id,
            root,
            has_errors,
            sum: Some(sum),
        })
    }

    /// Whether the file that is there is this one.
    pub(super) fn is_current(&self, files: &dyn CacheFiles) -> bool {
        let read = files.read(NAME, LIMIT).ok().flatten();
        let sum = read.as_deref().and_then(|bytes| bytes.last_chunk());
        sum == self.sum.as_ref()
    }

    /// Removes what is named here no more. What cannot be removed stays for the next time.
    pub(super) fn remove_others(&self, files: &dyn CacheFiles) {
        let named: BTreeSet<String> = self.segments.iter().map(Segment::file_name).collect();
        for file in files.list().unwrap_or_default() {
            let is_old = file.age.is_some_and(|age| age > OLD);
            let is_ours = file.name.ends_with(ENDING) || file.name.ends_with(PARTIAL);
            if is_old && is_ours && !named.contains(&file.name) {
                let _ = files.remove(&file.name);
            }
        }
    }
}

/// What else an index depends on than on its source.
fn fingerprint(options: &LoadOptions) -> Seal {
    let mut options = options.clone();
    // By how many threads it was read changes nothing.
    options.parallel = false;
    // Without them files are refused that are usable with them. The first may also be switched on by who else uses catalog-conditions.
    let features = (JsonPath::parse("$.a").is_ok(), cfg!(feature = "parameters"));
    let of = format!("{}\n{features:?}\n{options:?}", env!("CARGO_PKG_VERSION"));
    Sha256::digest(of).into()
}
