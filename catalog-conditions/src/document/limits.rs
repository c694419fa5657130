//! What one file may cost.

/// Bounds on one file. Going over one is a diagnostic `yaml.limit.…` that names the bound.
///
/// The defaults hold for the files of a catalog; the API server itself takes no object above 3 MiB.
/// Snapshots of whole clusters have wider ones: [`Limits::snapshot`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes in a file: 8 MiB. Above 4 GiB it counts as 4 GiB.
    pub file_bytes: usize,
    /// Bytes in one document of it: 3 MiB.
    pub document_bytes: usize,
    /// Nested lists and maps: 128.
    pub depth: usize,
    /// Nodes in a document, aliases expanded: 100,000.
    pub nodes: usize,
    /// How many times the size of the file its aliases may expand to: 10.
    pub alias_expansion: usize,
    /// How many times the size of the file the paths of all its keys and values may have, each of them with every key above it: 100. A file below
    /// 16 KiB counts as one of that size.
    pub path_expansion: usize,
    /// Errors of YAML in a file, all of them said, after which the rest of it is not read: 1,000.
    pub errors: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 8 << 20,
            document_bytes: 3 << 20,
            depth: 128,
            nodes: 100_000,
            alias_expansion: 10,
            path_expansion: 100,
            errors: 1_000,
        }
    }
}

impl Limits {
    /// For saved clusters: 512 MiB a file and a document, 20 million nodes.
    #[must_use]
    pub fn snapshot() -> Self {
        Self {
            file_bytes: 512 << 20,
            document_bytes: 512 << 20,
            nodes: 20_000_000,
            ..Self::default()
        }
    }
}
