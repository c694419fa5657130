//! Texts that are kept once.

use std::collections::HashMap;
use std::num::NonZeroU32;

/// A text of [`Strings`]. Counted from one, so that an optional text takes no more room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Text(NonZeroU32);

/// Texts behind each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<usize>,
}

/// Gives equal texts one place.
#[derive(Default)]
pub(super) struct Interner {
    strings: Strings,
    places: HashMap<Box<str>, Text>,
}

impl Interner {
    pub(super) fn text(&mut self, text: &str) -> Text {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        self.strings.text.push_str(text);
        self.strings.ends.push(self.strings.text.len());
        // Four thousand million texts do not fit into memory.
        let number = u32::try_from(self.strings.ends.len()).unwrap_or(u32::MAX);
        let place = Text(NonZeroU32::new(number).unwrap_or(NonZeroU32::MAX));
        self.places.insert(text.into(), place);
        place
    }

    /// As [`text`](Self::text), quicker where it is likely to be one that has its place.
    pub(super) fn text_as(&mut self, text: &str, likely: Option<Text>) -> Text {
        match likely.filter(|likely| self.of(*likely) == text) {
            Some(place) => place,
            None => self.text(text),
        }
    }

    pub(super) fn of(&self, text: Text) -> &str {
        self.strings.of(text)
    }

    pub(super) fn finish(mut self) -> Strings {
        self.strings.text.shrink_to_fit();
        self.strings.ends.shrink_to_fit();
        self.strings
    }
}

#[cfg(feature = "sync")]
impl Text {
    pub(super) fn number(self) -> u32 {
        self.0.get()
    }

    /// The number of a text, or 0 for none.
    pub(super) fn optional(text: Option<Self>) -> u32 {
        text.map_or(0, Self::number)
    }
}

#[cfg(feature = "sync")]
impl Interner {
    /// Texts behind those that are there, which are not looked at again.
    pub(super) fn of_strings(strings: &Strings) -> Self {
        Self {
            strings: strings.clone(),
            places: HashMap::new(),
        }
    }
}

#[cfg(feature = "sync")]
impl Strings {
    /// Texts that were stored, of which it is known where they end.
    pub(super) fn stored(ends: Vec<usize>) -> Self {
        let text = String::new();
        Self { text, ends }
    }

    pub(super) fn set_text(&mut self, text: String) {
        self.text = text;
    }

    pub(super) fn ends(&self) -> &[usize] {
        &self.ends
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// The text of a number that was stored.
    pub(super) fn text(&self, number: u32) -> Option<Text> {
        let text = NonZeroU32::new(number)?;
        (number as usize <= self.ends.len()).then_some(Text(text))
    }

    /// As [`text`](Self::text), where 0 is no text.
    pub(super) fn optional(&self, number: u32) -> Option<Option<Text>> {
        match number {
            0 => Some(None),
            number => self.text(number).map(Some),
        }
    }
}

impl Strings {
    pub(super) fn of(&self, text: Text) -> &str {
        let at = text.0.get() as usize - 1;
        let end = self.ends.get(at).copied().unwrap_or_default();
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before));
        self.text
            .get(start.copied().unwrap_or_default()..end)
            .unwrap_or_default()
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<usize>()
    }
}
