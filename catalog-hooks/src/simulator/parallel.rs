//! Many runs on as many threads as there are processors.

use std::num::NonZeroUsize;
use std::thread;

use super::exploration::Exploration;

/// Looks at each of `all`, and puts what was found together in their order.
pub(super) fn explore<T: Sync>(
    all: &[T],
    look: impl Fn(&T, &mut Exploration) + Sync,
) -> Exploration {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let size = all.len().div_ceil(threads).max(1);
    let mut whole = Exploration::default();
    thread::scope(|scope| {
        let parts: Vec<_> = all
            .chunks(size)
            .map(|part| {
                let look = &look;
                scope.spawn(move || {
                    let mut exploration = Exploration::default();
                    for one in part {
                        look(one, &mut exploration);
                    }
                    exploration
                })
            })
            .collect();
        for part in parts {
            match part.join() {
                Ok(part) => whole.merge(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    whole
}
