//! Who runs a release: one holder at a time, by a Lease.
//!
//! A [`LeaseKeeper`] does no I/O and reads no clock: it says which call to make next, and is told what came of it. It works with any
//! client of an API server; the feature `kube` has one.
//!
//! # What is promised
//!
//! While [`LeaseKeeper::may_write`] says yes to one runner, it says no to all others, as long as their monotonic clocks run equally fast.
//! It does not have to be believed: a runner that was stopped between the question and its write writes late. So the journal has an
//! epoch, which decides; the Lease only keeps runners from getting in each other's way.
//!
//! - **A Lease is expired** when its resource version stood still for its duration on the observer's own clock. `renewTime` is for people,
//!   and is compared with no clock.
//! - **A holder counts from before it sent its last renewal**, and stops writing [`MARGIN`] earlier than the Lease runs out, so that what it
//!   sent last has arrived by then.
//! - **Each write carries uid and resource version** of the Lease as it was read: of two who take it over, one does.
//! - **`leaseTransitions` counts take-overs for people.** The server lets anybody lower it, and nothing here reads it.
//!
//! ```
//! use catalog_hooks::Timestamp;
//! use catalog_hooks::api::{Failure, Request};
//! use catalog_hooks::lease::{LeaseKeeper, LeaseStep};
//! use serde_json::json;
//! use std::time::Duration;
//!
//! let mut keeper = LeaseKeeper::new("catalog-system", "ingress", "runner-7f")?;
//! let (start, wall) = (Duration::ZERO, Timestamp::from_millis(1_790_000_000_250));
//!
//! let LeaseStep::Call(read) = keeper.step(start, wall) else { panic!() };
//! assert_eq!(read.to_string(), "read Lease catalog-system/ingress");
//! let absent = json!({"kind": "Status", "reason": "NotFound", "message": "leases \"ingress\" not found"});
//! keeper.answered(Err(Failure::from_status(404, &absent)), start);
//!
//! let LeaseStep::Call(Request::Create { object: mut lease, .. }) = keeper.step(start, wall) else { panic!() };
//! assert_eq!(lease["spec"]["renewTime"], "2026-09-21T14:13:20.250000Z");
//! lease["metadata"]["uid"] = "4f0a".into();
//! lease["metadata"]["resourceVersion"] = "17".into();
//! keeper.answered(Ok(catalog_hooks::api::Reply::Object(lease)), start);
//!
//! assert!(keeper.may_write(Duration::from_secs(24)));
//! assert!(!keeper.may_write(Duration::from_secs(25)), "5 s before it runs out");
//! assert_eq!(keeper.step(start, wall), LeaseStep::Wait(Duration::from_secs(10)), "then it is renewed");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod keeper;
mod micro_time;
mod record;

pub use self::keeper::{LeaseEnd, LeaseKeeper, LeaseStep, MARGIN};
