//! Positions in a list, from its beginning or its end (RFC 9535, sections 2.3.3 and 2.3.4).

/// `start:end:step`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice {
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
    pub(super) step: i64,
}

impl Slice {
    /// The positions that it takes of a list of this length, in its order.
    pub(super) fn indexes(self, length: usize) -> impl Iterator<Item = usize> {
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        let forward = self.step > 0;
        let bound = |given: Option<i64>, absent: i64| {
            let at = given.map_or(absent, |at| from_start(at, length));
            match forward {
                true => at.clamp(0, length),
                false => at.clamp(-1, length - 1),
            }
        };
        let (first, end) = match forward {
            true => (bound(self.start, 0), bound(self.end, length)),
            false => (bound(self.start, length - 1), bound(self.end, -1)),
        };
        let step = self.step;
        let next = move |at: &i64| at.checked_add(step);
        std::iter::successors(Some(first).filter(|_| step != 0), next)
            .take_while(move |&at| if forward { at < end } else { at > end })
            .filter_map(|at| usize::try_from(at).ok())
    }
}

/// The position of an index; `None` before the beginning.
pub(super) fn position(index: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).ok()?;
    usize::try_from(from_start(index, length)).ok()
}

fn from_start(index: i64, length: i64) -> i64 {
    match index < 0 {
        true => length.saturating_add(index),
        false => index,
    }
}
