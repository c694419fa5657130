//! What the lifecycle asks of an API server, and what comes back: plain data that any client can carry out.
//!
//! A [`Request`] is one call. Whoever drives the lifecycle makes it, and gives back what came of it: a [`Reply`], or a [`Failure`] that says
//! as much of the server's `Status` as decides what to do next.

mod failure;
mod object_ref;
mod request;

pub use self::failure::{Cause, Failure, FailureClass};
pub use self::object_ref::ObjectRef;
pub use self::request::{ListRequest, LogRequest, PatchKind, Reply, Request};

/// The field manager of everything that the lifecycle applies.
pub const FIELD_MANAGER: &str = catalog_model::verdict::FIELD_MANAGER;
