//! Who stops a fetch: whoever set the flag, the clock, or too many bytes.

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error::GitFetchErrorKind;
use super::options::{GitFetchOptions, GitFetchProgress};

/// How often it is looked whether to stop.
const TICK: Duration = Duration::from_millis(20);

/// What is known of a fetch while it runs.
pub(super) struct Watch<'a> {
    options: &'a GitFetchOptions<'a>,
    end: Option<Instant>,
    bytes: AtomicU64,
    stopped: Mutex<Option<GitFetchErrorKind>>,
    /// What gix looks at.
    pub(super) interrupt: AtomicBool,
}

impl<'a> Watch<'a> {
    pub(super) fn new(options: &'a GitFetchOptions<'a>) -> Self {
        Self {
            options,
            end: Instant::now().checked_add(options.timeout),
            bytes: AtomicU64::new(0),
            stopped: Mutex::new(None),
            interrupt: AtomicBool::new(false),
        }
    }

    /// Why it was stopped, if it was.
    pub(super) fn stopped(&self) -> Option<GitFetchErrorKind> {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Time that is left.
    pub(super) fn left(&self) -> Duration {
        let left = self
            .end
            .map(|end| end.saturating_duration_since(Instant::now()));
        left.unwrap_or(Duration::MAX)
    }

    /// Waits until the fetch is over, which closes the channel, or is to be stopped; then calls `abort`.
    pub(super) fn guard(&self, over: &Receiver<()>, abort: impl FnOnce()) {
        while let Err(RecvTimeoutError::Timeout) = over.recv_timeout(TICK) {
            let is_cancelled = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
            if self.options.cancel.is_some_and(is_cancelled) {
                self.stop(GitFetchErrorKind::Cancelled);
            } else if self.left().is_zero() {
                self.stop(GitFetchErrorKind::TimedOut);
            }
            if self.stopped().is_some() {
                return abort();
            }
        }
    }

    fn stop(&self, why: GitFetchErrorKind) {
        let mut known = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        known.get_or_insert(why);
        self.interrupt.store(true, Ordering::Relaxed);
    }

    /// Counts what came, and whether more may come.
    fn came(&self, count: usize) -> io::Result<()> {
        let bytes = self.bytes.fetch_add(count as u64, Ordering::Relaxed) + count as u64;
        if bytes > self.options.max_bytes {
            self.stop(GitFetchErrorKind::TooLarge);
        }
        if self.stopped().is_some() {
            return Err(io::Error::other("the fetch was stopped"));
        }
        if let Some(progress) = self.options.progress {
            progress(&GitFetchProgress { bytes });
        }
        Ok(())
    }
}

/// A reader whose bytes are counted.
pub(super) struct Counted<'w, R> {
    pub(super) from: R,
    pub(super) watch: &'w Watch<'w>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(buffer)?;
        self.watch.came(count)?;
        Ok(count)
    }
}
