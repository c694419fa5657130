//! How long things are waited for.

use std::time::Duration;

/// How long the lifecycle waits for what, where no author of a hook says it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// How long a call is made again whose failure may pass; 2 minutes.
    pub patience: Duration,
    /// The same, when the run is told to stop; 20 seconds. A pod is given 30 to end.
    pub stop_patience: Duration,
    /// The first pause before a call is made again; half a second. The next ones are twice as long each.
    pub first_pause: Duration,
    /// The longest such pause; 15 seconds.
    pub longest_pause: Duration,
    /// How long a kind is waited for that the server does not serve yet; 30 seconds.
    pub kind_patience: Duration,
    /// How long what was applied may take to become ready; 10 minutes.
    pub ready_timeout: Duration,
    /// How long what was deleted may take to go; 5 minutes.
    pub gone_timeout: Duration,
    /// How often something is looked at that nobody watches; 10 seconds.
    pub look_every: Duration,
    /// How long a Job that failed is kept, if its hook says `keep: onFailure`; a day.
    pub keep_failed: Duration,
    /// How long pods may take to end beyond their grace period; 60 seconds.
    pub pod_margin: Duration,
    /// How long a Job may have neither start time nor pod before nobody can be there to start it, or its pods are refused; 2 minutes.
    pub stuck_after: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(120),
            stop_patience: Duration::from_secs(20),
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(15),
            kind_patience: Duration::from_secs(30),
            ready_timeout: Duration::from_secs(600),
            gone_timeout: Duration::from_secs(300),
            look_every: Duration::from_secs(10),
            keep_failed: Duration::from_secs(24 * 3600),
            pod_margin: Duration::from_secs(60),
            stuck_after: Duration::from_secs(120),
        }
    }
}
