//! A stack that the parser of Terraform's language does not run out of.

use std::io;
use std::panic::resume_unwind;
use std::thread::{Builder, scope};

/// The parser goes 64 levels deep, which takes more than the 2 MiB that most threads have, and less than 3, in a build without
/// optimisation. Only what is touched of it becomes memory.
const BYTES: usize = 16 << 20;

/// Runs work on a thread of its own, and waits for it.
///
/// # Errors
///
/// The system starts no thread.
pub(super) fn with_enough<T: Send>(work: impl FnOnce() -> T + Send) -> io::Result<T> {
    scope(|threads| {
        let thread = Builder::new()
            .stack_size(BYTES)
            .spawn_scoped(threads, work)?;
        thread.join().or_else(|panic| resume_unwind(panic))
    })
}
