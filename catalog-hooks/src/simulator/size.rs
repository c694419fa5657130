//! How large requests and objects may be.

use std::io;

use serde_json::Value;

use super::refusal;
use crate::api::Failure;

/// The longest body of a request.
const REQUEST: usize = 3 << 20;

/// What etcd stores at most under one key.
const STORED: usize = 3 << 19;

/// How long an object is as JSON. Counting more than the limits is of no use: it ends there.
fn length(object: &Value) -> usize {
    struct Count(usize);
    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            match self.0 > REQUEST {
                true => Err(io::Error::other("long enough")),
                false => Ok(bytes.len()),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // Where it ends early, what was counted says so.
    let _ = serde_json::to_writer(&mut count, object);
    count.0
}

/// That the body of a request is not too long.
pub(super) fn of_request(object: &Value) -> Result<(), Failure> {
    match length(object) > REQUEST {
        true => Err(refusal::entity_too_large(REQUEST)),
        false => Ok(()),
    }
}

/// That an object can be stored. The real one has most kinds in a form that is shorter than JSON by some percent.
pub(super) fn of_stored(object: &Value) -> Result<(), Failure> {
    match length(object) > STORED {
        true => Err(refusal::internal("etcdserver: request is too large")),
        false => Ok(()),
    }
}
