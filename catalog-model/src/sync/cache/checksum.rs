//! SHA-256 of files, by several threads where they are large.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use sha2::{Digest as _, Sha256};

/// Bytes that one hash is of.
const BLOCK: usize = 64 << 10;

/// Bytes that are not worth a thread: on a machine that has other work, one may begin milliseconds after it was asked to.
const ALONE: usize = 64 * BLOCK;

/// Threads at most.
const THREADS: usize = 4;

pub(super) type Checksum = [u8; 32];

/// The SHA-256 of how many bytes there are, and of the SHA-256 of each 64 KB.
pub(super) fn checksum(bytes: &[u8]) -> Checksum {
    checksum_beside(bytes, || ()).0
}

/// The checksum, and what is done while other threads begin with it.
pub(super) fn checksum_beside<T>(bytes: &[u8], act: impl FnOnce() -> T) -> (Checksum, T) {
    let blocks = Blocks {
        bytes,
        next: AtomicUsize::new(0),
    };
    let threads = match bytes.len() {
        ..=ALONE => 1,
        _ => thread::available_parallelism().map_or(1, NonZero::get),
    };
    let mut hashes = vec![Checksum::default(); bytes.len().div_ceil(BLOCK)];
    let done = thread::scope(|scope| {
        let helpers: Vec<_> = (1..threads.min(THREADS))
            .map(|_| thread::Builder::new().spawn_scoped(scope, || blocks.hash()))
            .collect();
        let done = act();
        place(&mut hashes, blocks.hash());
        for helper in helpers.into_iter().flatten() {
            // One that failed leaves hashes that are wrong, and what has them is not used.
            place(&mut hashes, helper.join().unwrap_or_default());
        }
        done
    });
    let mut all = Sha256::new_with_prefix((bytes.len() as u64).to_le_bytes());
    hashes.iter().for_each(|hash| all.update(hash));
    (all.finalize().into(), done)
}

/// Blocks of which each is hashed by whoever comes first.
struct Blocks<'a> {
    bytes: &'a [u8],
    next: AtomicUsize,
}

impl Blocks<'_> {
    /// Hashes blocks as long as there are some that nobody has taken.
    fn hash(&self) -> Vec<(usize, Checksum)> {
        let mut hashes = Vec::new();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(block) = self.bytes.chunks(BLOCK).nth(number) else {
                return hashes;
            };
            hashes.push((number, Sha256::digest(block).into()));
        }
    }
}

fn place(hashes: &mut [Checksum], found: Vec<(usize, Checksum)>) {
    for (number, hash) in found {
        if let Some(place) = hashes.get_mut(number) {
            *place = hash;
        }
    }
}

/// In hexadecimal digits.
pub(super) fn digits(checksum: &Checksum) -> String {
    checksum.iter().map(|byte| format!("{byte:02x}")).collect()
}
