//! How long something is tried again that may succeed later.

use std::time::Duration;

use super::desk::Desk;
use super::outcome::Stop;
use crate::api::{Failure, FailureClass, Request};
use crate::journal::Journal;
use crate::time::Timestamp;

/// The tries of one thing: pauses that double, up to [`Settings::patience`](super::Settings::patience) in all, or
/// [`Settings::stop_patience`](super::Settings::stop_patience) from when the run is told to stop.
pub(super) struct Patience<'d> {
    desk: &'d Desk,
    since: Timestamp,
    pause: Duration,
}

impl<'d> Patience<'d> {
    pub(super) fn new(desk: &'d Desk) -> Self {
        Self {
            desk,
            since: desk.now(),
            pause: desk.settings().first_pause,
        }
    }

    /// Waits before the next try of a call.
    ///
    /// # Errors
    ///
    /// The failure, if there has been trying enough and the server did answer. If it did not, the run stops.
    pub(super) async fn wait(
        &mut self,
        failure: &Failure,
        request: &Request,
    ) -> Result<(), Failure> {
        let reason = format!("to {request} again: {failure}");
        if self.again(failure.retry_after(), reason).await {
            return Ok(());
        }
        if failure.class() == FailureClass::Unanswered {
            let message = format!("{request}: {failure}");
            self.desk.stop(Stop::Unreachable(message)).await;
        }
        Err(failure.clone())
    }

    /// Waits before the next try, as long as was asked for if something was. Whether there is to be one: without, nothing is waited for.
    pub(super) async fn again(&mut self, asked: Option<Duration>, reason: String) -> bool {
        let (desk, now, until) = (self.desk, self.desk.now(), self.until());
        if now >= until {
            return false;
        }
        let longest = desk.settings().longest_pause;
        let pause = asked.unwrap_or(self.pause).min(longest);
        self.pause = (self.pause * 2).min(longest);
        // The last try is when the time is over.
        desk.sleep(now.after(pause).min(until), Vec::new(), reason)
            .await;
        true
    }

    fn until(&self) -> Timestamp {
        let settings = self.desk.settings();
        let until = self.since.after(settings.patience);
        if !self.desk.stops() {
            return until;
        }
        let told = self.desk.look(Journal::cancelled);
        let since = told.map_or(self.since, |told| told.max(self.since));
        until.min(since.after(settings.stop_patience))
    }
}
