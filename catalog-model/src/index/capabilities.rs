//! Capabilities by number.

use std::sync::OnceLock;

use super::strings::{Strings, Text};
use crate::capability::Capability;

/// Capabilities, each known by its place. Those that were stored are texts until somebody asks for one.
#[derive(Debug, Default)]
pub(super) struct Capabilities {
    stored: Vec<CapabilityRow>,
    read: OnceLock<Vec<Capability>>,
}

/// A capability as its texts; those of a name are one text.
#[derive(Clone, Copy, Debug)]
pub(super) struct CapabilityRow {
    pub(super) kind: u32,
    pub(super) texts: [Option<Text>; 3],
}

impl Capabilities {
    pub(super) fn new(mut capabilities: Vec<Capability>) -> Self {
        capabilities.shrink_to_fit();
        Self {
            stored: Vec::new(),
            read: OnceLock::from(capabilities),
        }
    }

    #[cfg(feature = "sync")]
    pub(super) fn stored(stored: Vec<CapabilityRow>) -> Self {
        Self {
            stored,
            read: OnceLock::new(),
        }
    }

    pub(super) fn all(&self, strings: &Strings) -> &[Capability] {
        self.read
            .get_or_init(|| self.stored.iter().map(|row| row.read(strings)).collect())
    }

    pub(super) fn get<'a>(&'a self, strings: &Strings, number: u32) -> Option<&'a Capability> {
        self.all(strings).get(number as usize)
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let read = self.read.get().map_or(0, |read| {
            let texts: usize = read.iter().map(Capability::heap_bytes).sum();
            read.capacity() * size_of::<Capability>() + texts
        });
        read + self.stored.capacity() * size_of::<CapabilityRow>()
    }
}

impl CapabilityRow {
    pub(super) fn read(&self, strings: &Strings) -> Capability {
        let [first, second, third] = self.texts;
        let text = |text: Option<Text>| {
            text.map(|text| strings.of(text).to_owned())
                .unwrap_or_default()
        };
        match self.kind {
            0 => Capability::Api {
                group: text(first),
                version: text(second),
                kind: text(third),
            },
            1 => Capability::Definition {
                group: text(first),
                kind: text(second),
                name: text(third),
            },
            _ => Capability::Name(text(first)),
        }
    }
}
