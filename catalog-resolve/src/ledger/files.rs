//! Manifests in the folders of a catalog.

use catalog_model::document::{Limits, Node, parse};
use catalog_model::source::EntryKind;
use catalog_model::{Severity, Source, SourceFile, Span};
use serde_json::Value;

use super::Unexamined;

/// Files that one ledger reads, and how many bytes of them.
const FILES: usize = 10_000;
const BYTES: usize = 64 << 20;
/// How deep folders may lie in the folder of a module.
const DEPTH: usize = 16;

/// Reads manifests as long as there are not too many.
pub(super) struct Files<'a> {
    source: Option<&'a dyn Source>,
    files: usize,
    bytes: usize,
}

/// An object in a file.
pub(super) struct Manifest {
    /// The file, relative to the version folder.
    pub(super) file: String,
    /// The file, relative to the catalog.
    pub(super) whole: String,
    pub(super) object: Value,
    pub(super) span: Span,
}

/// The objects of a file or folder, each with the file it stands in, and what could not be read.
#[derive(Default)]
pub(super) struct Manifests {
    pub(super) objects: Vec<Manifest>,
    pub(super) unexamined: Vec<Unexamined>,
}

impl Manifests {
    fn miss(&mut self, what: &str, why: impl Into<String>) {
        self.unexamined.push(Unexamined::new(what, why));
    }
}

impl<'a> Files<'a> {
    pub(super) fn new(source: Option<&'a dyn Source>) -> Self {
        Self {
            source,
            files: FILES,
            bytes: BYTES,
        }
    }

    /// Whether there is a folder at a path of a version folder.
    pub(super) fn has_folder(&self, folder: &str, path: &str) -> bool {
        let source = self.source;
        source.is_some_and(|source| source.list(&joined(folder, path)).is_ok())
    }

    /// All manifests at a path of a version folder, in the order of their names.
    pub(super) fn read(&mut self, folder: &str, path: &str) -> Manifests {
        let mut manifests = Manifests::default();
        let Some(source) = self.source else {
            manifests.miss(path, "the files of the catalog are not at hand");
            return manifests;
        };
        let mut open = vec![(trimmed(path).to_owned(), 0)];
        while let Some((path, depth)) = open.pop() {
            let whole = joined(folder, &path);
            if !source.is_inside(&whole, folder) {
                manifests.miss(&path, "it leads out of the version folder");
                continue;
            }
            let Ok(mut entries) = source.list(&whole) else {
                self.read_file(source, (&whole, &path), &mut manifests);
                continue;
            };
            entries.sort_by(|a, b| b.cmp(a));
            for entry in entries {
                let inner = joined(&path, &entry.name);
                match entry.kind {
                    EntryKind::Folder if depth >= DEPTH => {
                        manifests.miss(&inner, format!("it lies more than {DEPTH} folders deep"));
                    }
                    EntryKind::Folder => open.push((inner, depth + 1)),
                    EntryKind::File if is_manifest(&entry.name) => open.push((inner, depth)),
                    EntryKind::File => manifests.miss(&inner, "it is no YAML and no JSON"),
                    _ => manifests.miss(&inner, "it is a link that is not followed, or no file"),
                }
            }
        }
        manifests
    }

    fn read_file(&mut self, source: &dyn Source, (whole, path): (&str, &str), to: &mut Manifests) {
        let limits = Limits::default();
        if self.files == 0 || self.bytes == 0 {
            return to.miss(
                path,
                format!("a ledger reads {FILES} files and {BYTES} bytes of manifests, and no more"),
            );
        }
        self.files -= 1;
        let read = source.read(whole, limits.file_bytes.min(self.bytes));
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(error) => return to.miss(path, error.message()),
        };
        self.bytes = self.bytes.saturating_sub(bytes.len());
        let Ok(file) = SourceFile::from_bytes(path, bytes) else {
            return to.miss(path, "it is not UTF-8");
        };
        let documents = parse(&file, &limits);
        let mut errors = documents.diagnostics.iter();
        if let Some(error) = errors.find(|found| found.severity() == Severity::Error) {
            to.miss(path, error.message());
        }
        let nodes = documents.documents.iter().flat_map(expanded);
        let objects = nodes.filter(|node| !node.is_null()).map(|node| Manifest {
            file: path.to_owned(),
            whole: whole.to_owned(),
            object: node.to_json(),
            span: node.span(),
        });
        to.objects.extend(objects);
    }
}

/// The objects of a document: a list stands for its items, as kubectl has it.
fn expanded(document: &Node) -> Vec<&Node> {
    let (mut objects, mut open) = (Vec::new(), vec![document]);
    while let Some(node) = open.pop() {
        let kind = node.value("kind").and_then(Node::as_scalar);
        let is_list = kind.is_some_and(|kind| kind.text().ends_with("List"));
        match node
            .value("items")
            .and_then(Node::as_sequence)
            .filter(|_| is_list)
        {
            Some(items) => open.extend(items.iter().rev()),
            None => objects.push(node),
        }
    }
    objects
}

fn is_manifest(name: &str) -> bool {
    [".yaml", ".yml", ".json"]
        .iter()
        .any(|end| name.ends_with(end))
}

fn trimmed(path: &str) -> &str {
    path.trim_start_matches("./").trim_end_matches('/')
}

fn joined(folder: &str, path: &str) -> String {
    match (folder, trimmed(path)) {
        ("", path) => path.to_owned(),
        (folder, "" | ".") => folder.to_owned(),
        (folder, path) => format!("{folder}/{path}"),
    }
}
