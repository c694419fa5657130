//! One result for each item, in the order of the items, by one thread or by many.

/// What `work` makes of each item, in order. `parallel` lets the current rayon pool do it, where the feature `parallel` is there.
#[cfg(feature = "parallel")]
pub(crate) fn in_order<T: Send, R: Send>(
    parallel: bool,
    items: Vec<T>,
    work: impl Fn(T) -> R + Sync + Send,
) -> Vec<R> {
    use rayon::iter::{IntoParallelIterator, ParallelIterator};

    if parallel {
        items.into_par_iter().map(work).collect()
    } else {
        items.into_iter().map(work).collect()
    }
}

/// What `work` makes of each item, in order.
#[cfg(not(feature = "parallel"))]
pub(crate) fn in_order<T: Send, R: Send>(
    _parallel: bool,
    items: Vec<T>,
    work: impl Fn(T) -> R + Sync + Send,
) -> Vec<R> {
    items.into_iter().map(work).collect()
}
