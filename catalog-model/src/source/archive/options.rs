//! What reading an archive may cost.

/// Where in an archive the catalog is, and what reading it may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArchiveOptions {
    /// The folder that is the catalog. `None`, as it is: `catalog/` if there is such a folder, else all.
    pub root: Option<String>,
    /// Files, folders and links: 1,000,000.
    pub members: usize,
    /// Bytes of one file that are kept: 256 MiB. A larger file is passed over, and whoever reads it is told.
    pub file_bytes: usize,
    /// Bytes in memory, of all files and their paths: 1 GiB.
    pub kept_bytes: usize,
    /// Bytes that are unpacked, whatever is kept of them: 8 GiB.
    pub unpacked_bytes: u64,
}

impl Default for ArchiveOptions {
    fn default() -> Self {
        Self {
            root: None,
            members: 1_000_000,
            file_bytes: 256 << 20,
            kept_bytes: 1 << 30,
            unpacked_bytes: 8 << 30,
        }
    }
}
