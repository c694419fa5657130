//! What an answer chose, kept for the next time: the lock, what moves away from it, and why.

mod askers;
mod change;
mod changes;
mod content;
mod hold;
mod inquiry;
mod order;
mod reason;
mod request_digest;
mod strict;

pub use self::change::{ChangeKind, LockChange};
pub use self::changes::{LockChanges, lock_changes};
pub use self::reason::ChangeReason;
pub use self::strict::{LockedError, resolve_locked};
