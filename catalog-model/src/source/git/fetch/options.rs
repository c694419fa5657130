//! What a fetch may cost, and who watches it.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How much is fetched, what that may cost, and who watches it.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct GitFetchOptions<'a> {
    /// How many commits back from the one that is asked for: 1, itself alone. `None`: all, for those who look into the history.
    pub depth: Option<NonZeroU32>,
    /// How long it may take: 10 minutes.
    pub timeout: Duration,
    /// How many bytes may come: 1 GiB.
    pub max_bytes: u64,
    /// Set by another thread, it ends the fetch within some 50 ms.
    pub cancel: Option<&'a AtomicBool>,
    /// Called with what came so far, whenever something came.
    pub progress: Option<&'a (dyn Fn(&GitFetchProgress) + Sync)>,
    /// Name and password, or name and token, for a server that asks for them; sent over https alone. `ssh` has its own ways.
    pub credentials: Option<(&'a str, &'a str)>,
}

/// How far a fetch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GitFetchProgress {
    /// Bytes that came. How many will come, nobody says beforehand.
    pub bytes: u64,
}

impl Default for GitFetchOptions<'_> {
    fn default() -> Self {
        Self {
            depth: Some(NonZeroU32::MIN),
            timeout: Duration::from_secs(600),
            max_bytes: 1 << 30,
            cancel: None,
            progress: None,
            credentials: None,
        }
    }
}

impl fmt::Debug for GitFetchOptions<'_> {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("GitFetchOptions");
        shown
            .field("depth", &self.depth)
            .field("timeout", &self.timeout)
            .field("max_bytes", &self.max_bytes)
            .field("cancel", &self.cancel)
            .field("progress", &self.progress.is_some());
        shown.finish_non_exhaustive()
    }
}
