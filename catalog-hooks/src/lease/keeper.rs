//! Gets a Lease, and keeps it.

use std::time::Duration;

use serde_json::Value;

use super::record::{self, Holder};
use crate::api::{Failure, FailureClass, ObjectRef, Reply, Request};
use crate::context::id;
use crate::error::HookError;
use crate::time::Timestamp;

/// How long before its Lease runs out a holder stops writing: as long as a call may take.
pub const MARGIN: Duration = crate::REQUEST_TIMEOUT;

/// How long a Lease lasts that is not renewed.
const DURATION: Duration = Duration::from_secs(30);
/// The shortest Lease that leaves time to write, and to renew it twice.
const SHORTEST: Duration = Duration::from_secs(15);
/// The longest: who takes over waits so long.
const LONGEST: Duration = Duration::from_secs(3600);
/// A Lease is renewed after this part of its duration.
const RENEWALS: u32 = 3;
/// How long to wait before asking again: who holds the Lease, or what did not succeed.
const PAUSE: Duration = Duration::from_secs(2);

/// What to do for the Lease now.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum LeaseStep {
    /// Make this call, and tell [`LeaseKeeper::answered`] what came of it.
    Call(Request),
    /// Nothing until this time on the monotonic clock.
    Wait(Duration),
    /// It is over, and nothing more is to do.
    Over(LeaseEnd),
}

/// How the holding of a Lease ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeaseEnd {
    /// It was given back, or will run out.
    Released,
    /// Somebody else has it now: who; or nobody, if the Lease was deleted.
    Lost(Option<String>),
}

/// Gets the Lease of a release for one runner, and keeps it until the end. See the [module](super).
#[derive(Clone, Debug)]
pub struct LeaseKeeper {
    target: ObjectRef,
    me: Holder,
    state: State,
    /// The Lease as it was last read or written, and since when it is so.
    seen: Option<Seen>,
    /// Whether `seen` is not known, or may not be so any more.
    stale: bool,
    /// When the write was sent that made the Lease ours, or kept it so.
    held_since: Option<Duration>,
    /// When the earliest write was sent that may still have its effect, or have had it.
    unsure_since: Option<Duration>,
    /// The call whose answer is awaited: when it was sent.
    asked: Option<Asked>,
    not_before: Duration,
    trouble: Option<Failure>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Wanted,
    /// To be given back, or deleted.
    Ending {
        delete: bool,
    },
    Over(LeaseEnd),
}

#[derive(Clone, Debug)]
struct Seen {
    lease: Value,
    since: Duration,
}

#[derive(Clone, Copy, Debug)]
enum Asked {
    Read,
    Write(Duration),
    Release,
}

impl LeaseKeeper {
    /// For the Lease of this namespace and name, and a holder whose name no other process has, not even the same program started again.
    /// It lasts 30 seconds.
    ///
    /// # Errors
    ///
    /// A holder that is empty, longer than 253 bytes, or not made of visible ASCII characters.
    pub fn new(
        namespace: impl Into<String>,
        name: impl Into<String>,
        holder: impl Into<String>,
    ) -> Result<Self, HookError> {
        Ok(Self {
            target: ObjectRef::namespaced("coordination.k8s.io/v1", "Lease", namespace, name),
            me: Holder {
                name: id("holder of a Lease", holder.into())?,
                duration: DURATION,
            },
            state: State::Wanted,
            seen: None,
            stale: true,
            held_since: None,
            unsure_since: None,
            asked: None,
            not_before: Duration::ZERO,
            trouble: None,
        })
    }

    /// The same with another duration, in whole seconds from 15 seconds to an hour.
    #[must_use]
    pub fn with_duration(mut self, duration: Duration) -> Self {
        let duration = duration.clamp(SHORTEST, LONGEST);
        self.me.duration = Duration::from_secs(duration.as_secs());
        self
    }

    /// What to do now. `now` is a monotonic clock, from whatever beginning; `wall` is only written down for people to read.
    ///
    /// A call that is asked for must be answered before the next step; a step without it counts as an answer that did not come.
    pub fn step(&mut self, now: Duration, wall: Timestamp) -> LeaseStep {
        if self.asked.is_some() {
            self.answered(Err(Failure::unanswered("it was given up")), now);
        }
        match &self.state {
            State::Over(end) => return LeaseStep::Over(end.clone()),
            State::Ending { delete } => return self.release_now(*delete, wall),
            State::Wanted => {}
        }
        if now < self.not_before {
            return LeaseStep::Wait(self.not_before);
        }
        if self.stale {
            return self.ask(Asked::Read, Request::Read(self.target.clone()));
        }
        let write = match (&self.seen, self.held_since) {
            (None, _) => record::create(&self.target, &self.me, wall),
            (Some(seen), Some(_)) => record::renew(&seen.lease, wall),
            (Some(seen), None) if now >= seen.expires() => {
                record::take_over(&seen.lease, &self.me, wall)
            }
            (Some(seen), None) => {
                // Its holder may go on, or give it back, at any time.
                self.not_before = now.saturating_add(PAUSE).min(seen.expires());
                self.stale = self.not_before < seen.expires();
                return LeaseStep::Wait(self.not_before);
            }
        };
        self.ask(Asked::Write(now), write)
    }

    /// Tells what came of the call.
    pub fn answered(&mut self, outcome: Result<Reply, Failure>, now: Duration) {
        let Some(asked) = self.asked.take() else {
            return;
        };
        match (asked, outcome) {
            (Asked::Release, _) => self.over(LeaseEnd::Released),
            (Asked::Read, Ok(Reply::Object(lease))) => self.observe(lease, now),
            (Asked::Read, Err(failure)) if failure.class() == FailureClass::NotFound => {
                self.observe_absence();
            }
            (Asked::Write(sent), Ok(Reply::Object(lease))) => self.hold(lease, sent, now),
            (Asked::Write(sent), Err(failure)) => self.write_failed(failure, sent, now),
            (_, Err(failure)) => self.try_later(Some(failure), now),
            (_, Ok(_)) => self.try_later(None, now),
        }
    }

    /// Whether the Lease is held, and for long enough that what is sent now arrives before it runs out.
    #[must_use]
    pub fn may_write(&self, now: Duration) -> bool {
        self.lasts_for(now).is_some_and(|left| left > MARGIN)
    }

    /// How long the Lease lasts if it is not renewed any more; `None`: it is not held.
    #[must_use]
    pub fn lasts_for(&self, now: Duration) -> Option<Duration> {
        let since = self.held_since.filter(|_| self.state == State::Wanted)?;
        Some(since.saturating_add(self.me.duration).saturating_sub(now))
    }

    /// Who holds the Lease, as it was last seen.
    #[must_use]
    pub fn holder(&self) -> Option<&str> {
        let seen = self.seen.as_ref()?;
        Some(record::holder(&seen.lease)).filter(|holder| !holder.is_empty())
    }

    /// How long it takes at most until the Lease may be taken over, if whoever holds it does not renew it any more; `None`: nobody else holds it.
    #[must_use]
    pub fn expires_in(&self, now: Duration) -> Option<Duration> {
        let seen = self.seen.as_ref().filter(|_| self.held_since.is_none())?;
        self.holder()?;
        Some(seen.expires().saturating_sub(now))
    }

    /// What the last call failed of that got no use; none after one that succeeded.
    #[must_use]
    pub fn trouble(&self) -> Option<&Failure> {
        self.trouble.as_ref()
    }

    /// Gives the Lease back with the next step, so that nobody has to wait until it runs out. Nothing may be written after this call.
    pub fn release(&mut self) {
        self.end(false);
    }

    /// Deletes the Lease with the next step, if it is held: for a release that is uninstalled. Nothing may be written after this call.
    pub fn delete(&mut self) {
        self.end(true);
    }

    fn end(&mut self, delete: bool) {
        if self.state == State::Wanted {
            self.state = State::Ending { delete };
        }
    }

    /// One try: if it fails, the Lease runs out.
    fn release_now(&mut self, delete: bool, wall: Timestamp) -> LeaseStep {
        let request = match (&self.seen, self.held_since) {
            (Some(seen), Some(_)) if delete => {
                let uid = record::uid(&seen.lease).to_owned();
                Request::delete(self.target.clone(), Some(uid))
            }
            (Some(seen), Some(_)) => record::vacate(&seen.lease, wall),
            _ => {
                self.over(LeaseEnd::Released);
                return LeaseStep::Over(LeaseEnd::Released);
            }
        };
        self.ask(Asked::Release, request)
    }

    fn ask(&mut self, asked: Asked, request: Request) -> LeaseStep {
        self.asked = Some(asked);
        LeaseStep::Call(request)
    }

    fn over(&mut self, end: LeaseEnd) {
        self.state = State::Over(end);
        self.held_since = None;
    }

    /// A write of ours is known to have made this Lease.
    fn hold(&mut self, lease: Value, sent: Duration, now: Duration) {
        self.seen = Some(Seen { lease, since: now });
        self.stale = false;
        self.held_since = Some(sent);
        // What was sent before it can have no effect any more: the resource version has changed.
        self.unsure_since = None;
        self.trouble = None;
        self.not_before = sent.saturating_add(self.me.duration / RENEWALS);
    }

    fn write_failed(&mut self, failure: Failure, sent: Duration, now: Duration) {
        if failure.is_definite() {
            // Somebody was faster, or an earlier write of ours: a read tells at once. Else it is as it was, and waiting may help.
            let raced = matches!(
                failure.class(),
                FailureClass::Outdated | FailureClass::OtherUid | FailureClass::AlreadyExists
            );
            if raced {
                self.stale = true;
                self.not_before = now;
                return;
            }
        } else {
            self.unsure_since.get_or_insert(sent);
        }
        self.try_later(Some(failure), now);
    }

    fn try_later(&mut self, failure: Option<Failure>, now: Duration) {
        let wait = failure.as_ref().and_then(Failure::retry_after);
        self.trouble = failure;
        self.stale = true;
        let wait = PAUSE.max(wait.unwrap_or_default()).min(LONGEST);
        self.not_before = now.saturating_add(wait);
    }

    fn observe(&mut self, lease: Value, now: Duration) {
        self.stale = false;
        self.trouble = None;
        self.not_before = now;
        let is_same = |seen: &Seen| {
            record::resource_version(&seen.lease) == record::resource_version(&lease)
                && record::uid(&seen.lease) == record::uid(&lease)
        };
        // What was sent for this version may still arrive.
        if self.seen.as_ref().is_some_and(is_same) {
            return;
        }
        let unsure = self.unsure_since.take();
        let is_ours = record::holder(&lease) == self.me.name;
        match (is_ours, self.held_since, unsure) {
            // A renewal landed whose answer did not come, or something else of the Lease was changed: the earlier of both counts.
            (true, Some(since), _) => self.hold(lease, since, now),
            // So did the write that made it ours.
            (true, None, Some(sent)) => self.hold(lease, sent, now),
            (false, Some(_), _) => {
                let holder = Some(record::holder(&lease).to_owned());
                self.seen = Some(Seen { lease, since: now });
                self.over(LeaseEnd::Lost(holder.filter(|holder| !holder.is_empty())));
            }
            (_, None, _) => self.seen = Some(Seen { lease, since: now }),
        }
    }

    fn observe_absence(&mut self) {
        self.trouble = None;
        self.stale = false;
        self.seen = None;
        // Between our last renewal and now, anybody may have had a Lease of this name.
        if self.held_since.is_some() {
            self.over(LeaseEnd::Lost(None));
        }
    }
}

impl Seen {
    /// When it may be taken over: at once, where nobody holds it.
    fn expires(&self) -> Duration {
        match record::holder(&self.lease) {
            "" => self.since,
            _ => self.since.saturating_add(record::duration(&self.lease)),
        }
    }
}
