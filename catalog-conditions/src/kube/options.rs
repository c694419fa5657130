//! What reading a cluster may cost.

use std::time::Duration;

/// Bounds on the reading of one snapshot. What is not read within them is `unavailable`, never absent.
///
/// ```
/// use catalog_conditions::kube::ReadOptions;
/// use std::time::Duration;
///
/// let mut options = ReadOptions::default();
/// options.total_timeout = Duration::from_secs(20); // somebody is waiting
/// assert_eq!(options.page_size, 500);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadOptions {
    /// Tries for each request: 5. Tried again are 429, 5xx, and what got no whole answer. A client made from `kube::Config` tries some
    /// of them again by itself, each time it is asked, unless its `default_retry` is off.
    pub attempts: u32,
    /// Time for one try, its answer's body included: 30 seconds.
    pub timeout: Duration,
    /// Time for everything, waiting included: 5 minutes. What is not read by then is not asked for any more.
    pub total_timeout: Duration,
    /// Objects in one page of a list: 500, as kubectl asks for.
    pub page_size: u32,
    /// Reads under way at the same time, once it is known what the cluster serves: 4.
    pub concurrency: usize,
    /// Bytes that one read may bring, all pages of a list together: 256 MiB. In memory, values take several times as much.
    pub read_bytes: usize,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            attempts: 5,
            timeout: Duration::from_secs(30),
            total_timeout: Duration::from_secs(300),
            page_size: 500,
            concurrency: 4,
            read_bytes: 256 << 20,
        }
    }
}
