//! Many runs on as many threads as there are processors.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::exploration::Exploration;

/// Looks at each of `all`, and puts what was found together in their order. `over` hears of each that is over, and how many runs it came to.
pub(super) fn explore<T: Sync>(
    all: &[T],
    look: impl Fn(&T, &mut Exploration) + Sync,
    over: impl Fn(&T, usize) + Sync,
) -> Exploration {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let next = AtomicUsize::new(0);
    let some = || {
        let mut found = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(place) else {
                return found;
            };
            let mut exploration = Exploration::default();
            look(one, &mut exploration);
            over(one, exploration.runs);
            found.push((place, exploration));
        }
    };
    let mut found = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(some)).collect();
        let mut found = Vec::new();
        for thread in threads {
            match thread.join() {
                Ok(some) => found.extend(some),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        found
    });
    found.sort_by_key(|(place, _)| *place);
    let mut whole = Exploration::default();
    for (_, exploration) in found {
        whole.merge(exploration);
    }
    whole
}
