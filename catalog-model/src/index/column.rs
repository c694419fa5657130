//! A list for each row, all lists behind each other; and sets of rows.

/// Lists in one allocation, each known by where it ends.
#[derive(Debug)]
pub(super) struct Lists<T> {
    ends: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            ends: Vec::new(),
            items: Vec::new(),
        }
    }
}

impl<T> Lists<T> {
    pub(super) fn push(&mut self, items: impl IntoIterator<Item = T>) {
        self.items.extend(items);
        self.ends.push(row(self.items.len()));
    }

    /// Adds what `item` makes of each, which it is told what stands in its place of the list before.
    pub(super) fn push_like<S>(&mut self, items: &[S], mut item: impl FnMut(&S, Option<T>) -> T)
    where
        T: Copy,
    {
        let mut ends = self.ends.iter().rev().map(|end| *end as usize);
        let end = ends.next().unwrap_or_default();
        let start = ends.next().unwrap_or_default();
        for (at, one) in items.iter().enumerate() {
            let before = Some(start + at).filter(|at| *at < end);
            let before = before.and_then(|at| self.items.get(at)).copied();
            self.items.push(item(one, before));
        }
        self.ends.push(row(self.items.len()));
    }

    pub(super) fn of(&self, at: u32) -> &[T] {
        let at = at as usize;
        let end = self.ends.get(at).copied().unwrap_or_default();
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before));
        let start = start.copied().unwrap_or_default();
        self.items
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }

    /// Lists that were stored; one that ends where it cannot is empty.
    #[cfg(feature = "sync")]
    pub(super) fn stored(ends: Vec<u32>, items: Vec<T>) -> Self {
        Self { ends, items }
    }

    #[cfg(feature = "sync")]
    pub(super) fn ends(&self) -> &[u32] {
        &self.ends
    }

    pub(super) fn items(&self) -> &[T] {
        &self.items
    }

    pub(super) fn shrink(&mut self) {
        self.items.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.ends.capacity() * size_of::<u32>() + self.items.capacity() * size_of::<T>()
    }
}

impl<T: Clone> Clone for Lists<T> {
    fn clone(&self) -> Self {
        Self {
            ends: self.ends.clone(),
            items: self.items.clone(),
        }
    }
}

/// The number of a row. Four thousand million rows do not fit into memory.
pub(super) fn row(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A set of rows, a bit each.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    words: Vec<u64>,
}

impl Rows {
    #[cfg(feature = "sync")]
    pub(super) fn of_words(words: Vec<u64>) -> Self {
        Self { words }
    }

    #[cfg(feature = "sync")]
    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }

    pub(super) fn none(rows: usize) -> Self {
        Self {
            words: vec![0; rows.div_ceil(64)],
        }
    }

    pub(super) fn all(rows: usize) -> Self {
        let mut words = vec![u64::MAX; rows.div_ceil(64)];
        if let (Some(last), 1..) = (words.last_mut(), rows % 64) {
            *last = (1 << (rows % 64)) - 1;
        }
        Self { words }
    }

    pub(super) fn of(rows: usize, members: impl IntoIterator<Item = u32>) -> Self {
        let mut set = Self::none(rows);
        members.into_iter().for_each(|row| set.insert(row));
        set
    }

    pub(super) fn insert(&mut self, row: u32) {
        if let Some(word) = self.words.get_mut(row as usize / 64) {
            *word |= 1 << (row % 64);
        }
    }

    pub(super) fn len(&self) -> usize {
        let ones = self.words.iter().map(|word| word.count_ones() as usize);
        ones.sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// The rows in order.
    pub(super) fn iter(&self) -> RowsInOrder<impl Iterator<Item = u64>> {
        RowsInOrder::new(self.words.iter().copied())
    }

    pub(super) fn contains(&self, row: u32) -> bool {
        let word = self.words.get(row as usize / 64);
        word.is_some_and(|word| word & (1 << (row % 64)) != 0)
    }

    pub(super) fn intersect(&mut self, other: &Self) {
        for (mine, others) in self.words.iter_mut().zip(&other.words) {
            *mine &= others;
        }
    }

    pub(super) fn unite(&mut self, other: &Self) {
        for (mine, others) in self.words.iter_mut().zip(&other.words) {
            *mine |= others;
        }
    }

    pub(super) fn subtract(&mut self, other: &Self) {
        for (mine, others) in self.words.iter_mut().zip(&other.words) {
            *mine &= !others;
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }
}

impl IntoIterator for Rows {
    type Item = u32;
    type IntoIter = RowsInOrder<std::vec::IntoIter<u64>>;

    fn into_iter(self) -> Self::IntoIter {
        RowsInOrder::new(self.words.into_iter())
    }
}

/// The rows of a set, in order.
#[derive(Clone, Debug)]
pub(super) struct RowsInOrder<W> {
    words: W,
    /// What is left of the word before the next.
    rest: u64,
    /// The row of the first bit of the next word.
    next: u32,
}

impl<W> RowsInOrder<W> {
    fn new(words: W) -> Self {
        Self {
            words,
            rest: 0,
            next: 0,
        }
    }
}

impl<W: Iterator<Item = u64>> Iterator for RowsInOrder<W> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        while self.rest == 0 {
            self.rest = self.words.next()?;
            self.next = self.next.wrapping_add(64);
        }
        let bit = self.rest.trailing_zeros();
        self.rest &= self.rest - 1;
        Some(self.next.wrapping_sub(64) + bit)
    }
}
