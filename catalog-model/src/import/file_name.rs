//! Names of files that are made up.

use std::collections::{BTreeMap, BTreeSet};

/// A path below a folder as one file name: `crds/a.yaml` becomes `crds-a.yaml`. What is no letter, digit, `.`, `_` or `-` becomes `-`.
pub(super) fn flat(path: &str) -> String {
    let name: String = path
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') {
                c
            } else {
                '-'
            }
        })
        .collect();
    let name = name.trim_start_matches(['.', '-']);
    if name.is_empty() {
        "file".to_owned()
    } else {
        name.to_owned()
    }
}

/// The names given in one folder.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
    /// The number that a name which is taken gets next.
    next: BTreeMap<String, usize>,
}

impl Names {
    /// A name that was not taken yet: `a.yaml`, then `a-2.yaml`.
    pub(super) fn take(&mut self, name: &str) -> String {
        let (stem, ending) = match name.rsplit_once('.') {
            Some((stem, ending)) => (stem, format!(".{ending}")),
            None => (name, String::new()),
        };
        let mut free = name.to_owned();
        while !self.taken.insert(free.clone()) {
            let number = self.next.entry(name.to_owned()).or_insert(2);
            free = format!("{stem}-{number}{ending}");
            *number += 1;
        }
        free
    }
}

/// Whether a name that somebody gave can be a folder or file of ours: one segment of a path, without control characters.
pub(super) fn is_segment(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && !matches!(name, "." | "..")
        && !name.contains(|c: char| matches!(c, '/' | '\\') || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::{Names, flat, is_segment};

    #[test]
    fn flattens() {
        assert_eq!(flat("crds/a.yaml"), "crds-a.yaml");
        assert_eq!(flat("../a b.yaml"), "a-b.yaml");
        assert_eq!(flat("日"), "file");
    }

    #[test]
    fn numbers_what_is_taken() {
        let mut names = Names::default();
        let given: Vec<_> = ["a.yaml", "a-2.yaml", "a.yaml", "a.yaml", "b"]
            .map(|name| names.take(name))
            .into();
        assert_eq!(given, ["a.yaml", "a-2.yaml", "a-3.yaml", "a-4.yaml", "b"]);
    }

    #[test]
    fn refuses_paths() {
        for name in ["", ".", "..", "a/b", "a\\b", "a\0", "a\n"] {
            assert!(!is_segment(name), "{name:?}");
        }
        assert!(is_segment("v1beta2-1.3.8-3.1.1"));
    }
}
