//! Lists whose positions have a type of their own.

use std::fmt;
use std::marker::PhantomData;

/// A list that only its own kind of identifier can look into.
pub(crate) struct Index<I, T> {
    items: Vec<T>,
    ids: PhantomData<fn(I)>,
}

impl<I, T> Default for Index<I, T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<I, T> From<Vec<T>> for Index<I, T> {
    fn from(items: Vec<T>) -> Self {
        Self {
            items,
            ids: PhantomData,
        }
    }
}

impl<I, T: fmt::Debug> fmt::Debug for Index<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(f)
    }
}

impl<I: From<u32>, T> Index<I, T> {
    pub(crate) fn push(&mut self, item: T) -> I {
        self.items.push(item);
        I::from(self.items.len() as u32 - 1)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = I> + use<I, T> {
        (0..self.items.len() as u32).map(I::from)
    }
}

impl<I, T> Index<I, T> {
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(crate) fn into_iter(self) -> impl Iterator<Item = T> {
        self.items.into_iter()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.items.iter()
    }
}

impl<I: Into<u32>, T> std::ops::Index<I> for Index<I, T> {
    type Output = T;

    #[expect(
        clippy::indexing_slicing,
        reason = "an identifier is only ever made for an entry that is there, and entries stay"
    )]
    fn index(&self, id: I) -> &T {
        &self.items[id.into() as usize]
    }
}

impl<I: Into<u32>, T> std::ops::IndexMut<I> for Index<I, T> {
    #[expect(clippy::indexing_slicing, reason = "as for `index`")]
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.items[id.into() as usize]
    }
}

/// Defines an identifier: a position in an [`Index`].
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(u32);

        impl From<u32> for $name {
            fn from(position: u32) -> Self {
                Self(position)
            }
        }

        impl From<$name> for u32 {
            fn from(id: $name) -> u32 {
                id.0
            }
        }
    };
}

pub(crate) use identifier;
