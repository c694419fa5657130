//! SHA-256 of files, by several threads where they are large.

use std::num::NonZero;
use std::thread;

use sha2::{Digest as _, Sha256};

/// Bytes that one hash is of.
const BLOCK: usize = 1 << 20;

/// What fewer bytes than this are hashed by, alone: starting a thread costs as much as hashing 50 KB.
const ALONE: usize = 2 * BLOCK;

/// Threads at most.
const THREADS: usize = 4;

pub(super) type Checksum = [u8; 32];

/// The SHA-256 of the SHA-256 of each megabyte, and of how many bytes there are.
pub(super) fn checksum(bytes: &[u8]) -> Checksum {
    let blocks: Vec<&[u8]> = bytes.chunks(BLOCK).collect();
    let threads = match bytes.len() {
        ..=ALONE => 1,
        _ => thread::available_parallelism().map_or(1, NonZero::get),
    };
    let mut all = Sha256::new_with_prefix((bytes.len() as u64).to_le_bytes());
    for hash in hashes(&blocks, threads.min(THREADS)) {
        all.update(hash);
    }
    all.finalize().into()
}

fn hashes(blocks: &[&[u8]], threads: usize) -> Vec<Checksum> {
    let hash = |blocks: &[&[u8]]| -> Vec<Checksum> {
        let hashes = blocks.iter().map(|block| Sha256::digest(block).into());
        hashes.collect()
    };
    if threads < 2 {
        return hash(blocks);
    }
    let share = blocks.len().div_ceil(threads).max(1);
    let mut shares = blocks.chunks(share);
    let own = shares.next().unwrap_or_default();
    thread::scope(|scope| {
        let others: Vec<_> = shares
            .map(|share| {
                (
                    share,
                    thread::Builder::new().spawn_scoped(scope, move || hash(share)),
                )
            })
            .collect();
        let mut all = hash(own);
        for (share, other) in others {
            // Where no thread can be had, this one does it.
            let hashes = other.ok().and_then(|other| other.join().ok());
            all.extend(hashes.unwrap_or_else(|| hash(share)));
        }
        all
    })
}

/// In hexadecimal digits.
pub(super) fn digits(checksum: &Checksum) -> String {
    checksum.iter().map(|byte| format!("{byte:02x}")).collect()
}
