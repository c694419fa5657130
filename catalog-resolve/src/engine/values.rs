//! Sets of the values that one variable can take.

use std::ops::Range;

/// A value of a variable: 0 is "absent", 1 and up are its releases, the one to be tried first being 1.
pub(crate) type Value = u32;

/// The value that every variable has first.
pub(crate) const ABSENT: Value = 0;

const BITS: u32 = u64::BITS;

/// A set of values of one variable. Sets that are compared or combined belong to variables with as many values.
///
/// One word holds a variable with up to 63 releases, which is nearly every package there is; the rest has its words in a box.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ValueSet {
    Word(u64),
    Words(Box<[u64]>),
}

impl ValueSet {
    /// The set without members, for a variable of `values` values.
    pub(crate) fn none(values: u32) -> Self {
        if values <= BITS {
            Self::Word(0)
        } else {
            Self::Words(vec![0; values.div_ceil(BITS) as usize].into())
        }
    }

    /// Of a variable with 64 values at most: for each bit of a word, the value one higher.
    pub(crate) fn shifted(word: u64) -> Self {
        Self::Word(word << 1)
    }

    /// The same set once one value is made the first, so that those before it become one higher.
    pub(crate) fn fronted(&self, value: Value) -> Self {
        match self {
            Self::Word(word) => {
                let before = (1 << value) - 2;
                let rest = word & !(before | 1 << value);
                Self::Word(rest | (word & before) << 1 | (word >> value & 1) << 1)
            }
            Self::Words(words) => {
                let mut fronted = Self::Words(vec![0; words.len()].into());
                for member in self.iter() {
                    fronted.insert(match member {
                        ABSENT => ABSENT,
                        it if it == value => 1,
                        it if it < value => it + 1,
                        it => it,
                    });
                }
                fronted
            }
        }
    }

    /// The set of all `values` values.
    pub(crate) fn all(values: u32) -> Self {
        let mut set = Self::none(values);
        let mut left = values;
        for word in set.words_mut() {
            *word = if left >= BITS {
                u64::MAX
            } else {
                (1 << left) - 1
            };
            left = left.saturating_sub(BITS);
        }
        set
    }

    /// How many machine words it takes: what an operation on it costs.
    pub(crate) fn size(&self) -> usize {
        self.words().len()
    }

    /// The set of the given members.
    pub(crate) fn of(values: u32, members: impl IntoIterator<Item = Value>) -> Self {
        let mut set = Self::none(values);
        for member in members {
            set.insert(member);
        }
        set
    }

    /// The members below one.
    pub(crate) fn below(&self, value: Value) -> Self {
        let mut below = self.clone();
        let mut left = value;
        for word in below.words_mut() {
            if left < BITS {
                *word &= (1 << left) - 1;
            }
            left = left.saturating_sub(BITS);
        }
        below
    }

    /// The same, to look at.
    pub(super) fn view(&self) -> SetView<'_> {
        match self {
            Self::Word(word) => SetView::Word(*word),
            Self::Words(words) => SetView::Words(words),
        }
    }

    fn words(&self) -> &[u64] {
        match self {
            Self::Word(word) => std::slice::from_ref(word),
            Self::Words(words) => words,
        }
    }

    fn words_mut(&mut self) -> &mut [u64] {
        match self {
            Self::Word(word) => std::slice::from_mut(word),
            Self::Words(words) => words,
        }
    }

    pub(crate) fn insert(&mut self, value: Value) {
        if let Some(word) = self.words_mut().get_mut((value / BITS) as usize) {
            *word |= 1 << (value % BITS);
        }
    }

    /// Inserts values that follow each other.
    pub(crate) fn insert_run(&mut self, run: Range<Value>) {
        let words = self
            .words_mut()
            .iter_mut()
            .zip((0..).step_by(BITS as usize));
        let reached = words.take_while(|(_, base)| *base < run.end);
        for (word, base) in reached {
            let below = |end: Value| match end.saturating_sub(base) {
                count if count < BITS => (1 << count) - 1,
                _ => u64::MAX,
            };
            *word |= below(run.end) & !below(run.start);
        }
    }

    pub(crate) fn remove(&mut self, value: Value) {
        if let Some(word) = self.words_mut().get_mut((value / BITS) as usize) {
            *word &= !(1 << (value % BITS));
        }
    }

    /// Removes all members but one.
    pub(crate) fn keep_only(&mut self, value: Value) {
        let is_there = self.contains(value);
        self.words_mut().fill(0);
        if is_there {
            self.insert(value);
        }
    }

    pub(crate) fn contains(&self, value: Value) -> bool {
        self.view().contains(value)
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Word(word) => *word == 0,
            Self::Words(words) => words.iter().all(|word| *word == 0),
        }
    }

    /// The only member, if there is just one.
    pub(crate) fn single(&self) -> Option<Value> {
        match self {
            Self::Word(word) => word.is_power_of_two().then(|| word.trailing_zeros()),
            Self::Words(words) => {
                let count: u32 = words.iter().map(|word| word.count_ones()).sum();
                (count == 1).then(|| self.first()).flatten()
            }
        }
    }

    /// The least member.
    pub(crate) fn first(&self) -> Option<Value> {
        match self {
            Self::Word(word) => (*word != 0).then(|| word.trailing_zeros()),
            Self::Words(_) => self.iter().next(),
        }
    }

    #[inline]
    pub(crate) fn intersects<'s>(&self, other: impl Into<SetView<'s>>) -> bool {
        match (self, other.into()) {
            (Self::Word(a), SetView::Word(b)) => a & b != 0,
            (_, other) => self.intersects_words(other),
        }
    }

    /// The greatest member that is in the other set too.
    pub(super) fn last_in(&self, other: SetView<'_>) -> Option<Value> {
        let words = self.words().iter().zip(other.words());
        for (position, (a, b)) in words.enumerate().rev() {
            if a & b != 0 {
                return Some(position as u32 * BITS + (a & b).ilog2());
            }
        }
        None
    }

    #[inline]
    pub(crate) fn is_subset<'s>(&self, other: impl Into<SetView<'s>>) -> bool {
        match (self, other.into()) {
            (Self::Word(a), SetView::Word(b)) => a & !b == 0,
            (_, other) => self.is_subset_of_words(other),
        }
    }

    /// Out of line, so that what sets of one word take stays small enough for loops.
    #[inline(never)]
    fn intersects_words(&self, other: SetView<'_>) -> bool {
        let mut words = self.words().iter().zip(other.words());
        words.any(|(a, b)| a & b != 0)
    }

    #[inline(never)]
    fn is_subset_of_words(&self, other: SetView<'_>) -> bool {
        let mut words = self.words().iter().zip(other.words());
        words.all(|(a, b)| a & !b == 0)
    }

    pub(crate) fn unite<'s>(&mut self, other: impl Into<SetView<'s>>) {
        self.combine(other.into(), |a, b| a | b);
    }

    pub(crate) fn intersect<'s>(&mut self, other: impl Into<SetView<'s>>) {
        self.combine(other.into(), |a, b| a & b);
    }

    pub(crate) fn subtract<'s>(&mut self, other: impl Into<SetView<'s>>) {
        self.combine(other.into(), |a, b| a & !b);
    }

    #[inline]
    fn combine(&mut self, other: SetView<'_>, op: impl Fn(u64, u64) -> u64) {
        if let (Self::Word(a), SetView::Word(b)) = (&mut *self, other) {
            *a = op(*a, b);
            return;
        }
        for (a, b) in self.words_mut().iter_mut().zip(other.words()) {
            *a = op(*a, *b);
        }
    }

    /// The members, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Value> + '_ {
        (0..)
            .step_by(BITS as usize)
            .zip(self.words())
            .flat_map(|(base, word)| {
                let mut left = *word;
                std::iter::from_fn(move || {
                    let bit = (left != 0).then(|| left.trailing_zeros())?;
                    left &= left - 1;
                    Some(base + bit)
                })
            })
    }
}

/// A set that is kept elsewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SetView<'s> {
    Word(u64),
    Words(&'s [u64]),
}

impl SetView<'_> {
    fn words(&self) -> &[u64] {
        match self {
            Self::Word(word) => std::slice::from_ref(word),
            Self::Words(words) => words,
        }
    }

    #[inline]
    pub(super) fn contains(self, value: Value) -> bool {
        if let Self::Word(word) = self {
            return word.checked_shr(value).is_some_and(|word| word & 1 == 1);
        }
        let word = self.words().get((value / BITS) as usize);
        word.is_some_and(|word| word >> (value % BITS) & 1 == 1)
    }

    pub(super) fn to_set(self) -> ValueSet {
        match self {
            Self::Word(word) => ValueSet::Word(word),
            Self::Words(words) => ValueSet::Words(words.into()),
        }
    }
}

impl<'s> From<&'s ValueSet> for SetView<'s> {
    fn from(set: &'s ValueSet) -> Self {
        set.view()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_one_word_and_of_many_agree() {
        for values in [1, 5, 63, 64, 65, 128, 200] {
            let all = ValueSet::all(values);
            assert_eq!(
                all.iter().collect::<Vec<_>>(),
                (0..values).collect::<Vec<_>>()
            );
            let odd = ValueSet::of(values, (0..values).filter(|v| v % 2 == 1));
            let mut even = all.clone();
            even.subtract(&odd);
            assert!(!even.intersects(&odd) && even.is_subset(&all) && odd.is_subset(&all));
            assert!(even.contains(0) && !even.contains(1));
            let mut both = even.clone();
            both.unite(&odd);
            assert_eq!(both, all);
            both.intersect(&odd);
            assert_eq!(both, odd);
            assert_eq!(odd.first(), (values > 1).then_some(1));
            assert_eq!(
                ValueSet::of(values, [values - 1]).single(),
                Some(values - 1)
            );
            assert!(ValueSet::none(values).is_empty());
            for run in [0..0, 0..1, 1..values, values / 2..values, 0..values / 2] {
                let mut set = odd.clone();
                set.insert_run(run.clone());
                let mut members = odd.clone();
                run.for_each(|value| members.insert(value));
                assert_eq!(set, members);
            }
            for value in [0, 1, values / 2, values - 1] {
                let below = (0..value).filter(|v| v % 2 == 1);
                assert_eq!(odd.below(value), ValueSet::of(values, below));
                // Up to there, every third: what both have last, and whether they have anything.
                let thirds = (0..value).filter(|v| v % 3 == 0);
                let thirds = ValueSet::of(values, thirds);
                for set in [&odd, &even] {
                    let last = (0..value).rev();
                    let mut last = last.filter(|v| v % 3 == 0 && set.contains(*v));
                    let last = last.next();
                    assert_eq!(set.last_in(thirds.view()), last);
                    assert_eq!(set.intersects(&thirds), last.is_some());
                    let mut only = set.clone();
                    only.keep_only(value);
                    let left = set.contains(value).then_some(value);
                    assert_eq!(only, ValueSet::of(values, left));
                }
                if (1..values).contains(&value) {
                    let mut order: Vec<Value> = (0..values).collect();
                    order.remove(value as usize);
                    order.insert(1, value);
                    let fronted = (0..values).filter(|at| order[*at as usize] % 2 == 1);
                    assert_eq!(odd.fronted(value), ValueSet::of(values, fronted));
                }
            }
        }
    }
}
