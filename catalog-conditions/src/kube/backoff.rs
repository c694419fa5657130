//! How long to wait before a request is tried again.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(10);

/// The time to wait after so many tries: 0.2, 0.4, 0.8 … 10 seconds, and never less than the server asks for (`Retry-After`).
pub(super) fn backoff(tries: u32, asked_for: Option<Duration>) -> Duration {
    let doubled = FIRST.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1)));
    doubled.min(LONGEST).max(asked_for.unwrap_or_default())
}

/// The seconds that a `Retry-After` header names. Its other form, a date, needs a clock that agrees with the server's: API servers do
/// not write it, and it counts for nothing.
pub(super) fn retry_after(header: &str) -> Option<Duration> {
    header.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_longer_each_time_and_as_long_as_asked() {
        let waits = [1, 2, 3, 6, 7, 8, u32::MAX].map(|tries| backoff(tries, None).as_millis());
        assert_eq!(waits, [200, 400, 800, 6400, 10_000, 10_000, 10_000]);
        assert_eq!(
            backoff(1, retry_after("120")),
            Duration::from_secs(120),
            "longer than our own longest"
        );
        assert_eq!(backoff(3, retry_after(" 0 ")).as_millis(), 800);
        assert_eq!(retry_after("Sat, 21 Nov 2026 06:23:56 GMT"), None);
        assert_eq!(retry_after("-1"), None);
    }
}
