//! Histories of many packages.

use catalog_model::MemorySource;
use catalog_model::source::{ContentId, Entry, EntryKind, Source, SourceError};

use super::history::Files;

/// A root of hundreds of packages, of which one is changed at a time, or many come and go.
pub(super) struct Crowd {
    random: u64,
    files: Files,
}

impl Crowd {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            random: seed,
            files: Files::new(),
        }
    }

    fn below(&mut self, end: u64) -> u64 {
        let next = self.random.wrapping_mul(6_364_136_223_846_793_005);
        self.random = next.wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % end
    }

    pub(super) fn next(&mut self) -> Files {
        let changes = match self.below(10) {
            0 => 300,
            1 => 30,
            _ => 1 + self.below(2),
        };
        // A commit that takes most away, or adds more than it takes.
        let (of_gone, many) = (1 + self.below(9), self.below(3));
        for _ in 0..changes {
            // Names before and behind the same one with a `/` at its end, as git has folders; and one that no package may have.
            let ending = ["", "-x", "0x", ".y"][self.below(4) as usize];
            let name = format!("p{}{ending}", self.below(40 << many));
            let path = format!("{name}/1.0.0/metadata.yaml");
            match self.below(10) < of_gone {
                true => _ = self.files.remove(&path),
                false => {
                    let text = format!(
                        "name: {name}\nversion: 1.0.0\ndescription: d{}\n",
                        self.below(9)
                    );
                    self.files.insert(path, text);
                }
            }
        }
        self.files.clone()
    }
}

/// A source that lists as git does: a folder is where it would be if its name ended in `/`.
pub(super) struct InOrderOfGit(pub(super) MemorySource);

impl Source for InOrderOfGit {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        let mut listed = self.0.list(folder)?;
        listed.sort_by_cached_key(|entry| match entry.kind {
            EntryKind::Folder => format!("{}/", entry.name),
            _ => entry.name.clone(),
        });
        Ok(listed)
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        self.0.read(file, limit)
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        self.0.content_id(path)
    }
}
