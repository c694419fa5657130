//! Reading a lock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog_conditions::document::{self, Fields, Limits, Node, Reader};
use catalog_conditions::{Diagnostic, Severity, SourceFile, Span};

use super::{LOCK_VERSION, Lock, LockEntry};
#[cfg(feature = "digest")]
use crate::content::together;
#[cfg(feature = "digest")]
use crate::digest::ReleaseDigest;

/// What begins the lines that git puts into a file that two people changed.
const MERGE_MARKERS: [&str; 2] = ["<<<<<<< ", ">>>>>>> "];

impl Lock {
    /// Reads a lock.
    ///
    /// There is one only if nothing in the file is an error: with a part of it, releases would move that nobody wanted to move. A key that is
    /// not known is an error too, as a newer program may have meant something by it, and so is a SHA-256 of a release that is not that of its
    /// files (with the feature `digest`): one of them was changed by hand or by a merge, and nobody knows which was meant.
    #[must_use]
    pub fn read(file: &Arc<SourceFile>, limits: &Limits) -> (Option<Self>, Vec<Diagnostic>) {
        Self::read_with(file, limits, None)
    }

    /// The same for whoever has catalogs of these names: a warning says of each other name that the lock has, at the first release of it, that there is no
    /// such catalog. A release that is in one of the catalogs by another of its names is not told of.
    #[must_use]
    pub fn read_for(
        file: &Arc<SourceFile>,
        limits: &Limits,
        catalogs: &[&str],
    ) -> (Option<Self>, Vec<Diagnostic>) {
        Self::read_with(file, limits, Some(catalogs))
    }

    fn read_with(
        file: &Arc<SourceFile>,
        limits: &Limits,
        catalogs: Option<&[&str]>,
    ) -> (Option<Self>, Vec<Diagnostic>) {
        let mut reader = Reader::new(file, "lock", Severity::Error);
        if let Some(span) = merge_marker(file.text()) {
            let message = "this file was merged, and the merge was not finished";
            let diagnostic = reader.error("merge", span, message);
            let help = "take the file as it was on either side, and resolve again";
            return (None, vec![diagnostic.help(help)]);
        }
        if let Some(span) = unended_line(file.text()) {
            let message = "the file ends within a line, and may have lost the rest";
            let diagnostic = reader.error("cut-off", span, message);
            let help = "restore the file, or end its last line if nothing is missing";
            return (None, vec![diagnostic.help(help)]);
        }
        let read = document::parse(file, limits);
        let mut diagnostics = read.diagnostics;
        if let Some(second) = read.documents.get(1) {
            let message = "a lock has one document, and this is a second";
            let diagnostic = reader.error("second-document", second.span(), message);
            reader.report(diagnostic.help("remove one of them, and resolve again"));
        }
        let lock = match read.documents.first() {
            Some(document) => lock(&mut reader, document, catalogs),
            None => {
                let diagnostic = reader.error("empty", Span::default(), "there is no lock in it");
                reader.report(diagnostic.help("remove the file, and resolve again"));
                None
            }
        };
        diagnostics.extend(reader.into_diagnostics());
        let is_sound = diagnostics
            .iter()
            .all(|diagnostic| diagnostic.severity() != Severity::Error);
        (lock.filter(|_| is_sound), diagnostics)
    }
}

/// The first line that git left in the file.
fn merge_marker(text: &str) -> Option<Span> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if MERGE_MARKERS.iter().any(|marker| line.starts_with(marker)) {
            return Some(Span::new(start, start + line.trim_end().len()));
        }
        start += line.len();
    }
    None
}

/// The last line, if it has no end.
fn unended_line(text: &str) -> Option<Span> {
    let last = text.rsplit('\n').next().filter(|last| !last.is_empty())?;
    Some(Span::new(text.len() - last.len(), text.len()))
}

fn lock(reader: &mut Reader<'_>, document: &Node, catalogs: Option<&[&str]>) -> Option<Lock> {
    let mut fields = reader.fields(document, "the lock")?;
    version(reader, &mut fields)?;
    let request = required(reader, &mut fields, "request");
    let entries = fields.required(reader, "releases");
    let entries = entries.and_then(|node| reader.items(node, "releases"));
    let mut places = BTreeMap::new();
    let known = catalogs.map(|names| names.iter().copied().collect::<BTreeSet<_>>());
    let mut told = BTreeSet::new();
    let mut releases = Vec::new();
    for node in entries.unwrap_or_default() {
        if let Some((entry, catalog)) = entry(reader, node) {
            tell_of_twice(reader, &mut places, &entry, node.span());
            if let (Some(known), Some(span)) = (&known, catalog) {
                tell_of_unknown(reader, known, &mut told, (&entry, span));
            }
            releases.push(entry);
        }
    }
    reader.finish(fields);
    Some(Lock::new(request?, releases))
}

/// A lock of another form is not looked into: what it says may mean something else there.
fn version(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<()> {
    let node = fields.required(reader, "lockVersion")?;
    let version: u64 = reader.integer(node, "lockVersion")?;
    if version != LOCK_VERSION {
        let message =
            format!("`lockVersion` is {version}, and {LOCK_VERSION} is all that is known here");
        let diagnostic = reader.error("lockVersion.unknown", node.span(), message);
        let help = "use a newer version of this program, or remove the file and resolve again";
        reader.report(diagnostic.help(help));
        return None;
    }
    Some(())
}

/// A release, and where its catalog is named.
fn entry(reader: &mut Reader<'_>, node: &Node) -> Option<(LockEntry, Option<Span>)> {
    let mut fields = reader.fields(node, "a release")?;
    let [package, version, namespace] =
        ["package", "version", "namespace"].map(|key| required(reader, &mut fields, key));
    let named = fields.take("catalog");
    let catalog = named.and_then(|node| reader.text(node, "catalog"));
    let catalog = catalog.map(str::to_owned);
    let also_in = fields.take("alsoIn");
    let also_in = also_in.map(|node| names(reader, node, ("alsoIn", "a catalog")));
    let whole = fields.take("digest");
    let digest = whole.and_then(|node| digest_text(reader, node, "digest"));
    let parts = fields.take("files");
    let files = parts.map(|node| files(reader, node));
    #[cfg(feature = "digest")]
    if let (Some(whole), Some(digest), Some(parts), Some(files)) = (whole, &digest, parts, &files) {
        tell_of_contradiction(reader, (whole, digest), (parts, files));
    }
    let requested = fields.take("requested");
    let is_requested = requested.and_then(|node| reader.boolean(node, "requested"));
    let needed_by = fields
        .take("neededBy")
        .map(|node| names(reader, node, ("neededBy", "a package")));
    reader.finish(fields);
    let entry = LockEntry {
        catalog,
        also_in: also_in.unwrap_or_default(),
        digest,
        files: files.unwrap_or_default(),
        is_requested: is_requested.unwrap_or_default(),
        ..LockEntry::new(package?, version?, namespace?).needed_by(needed_by.unwrap_or_default())
    };
    Some((entry, named.map(Node::span)))
}

/// Refuses a digest of a release that is not that of its files. Where one of them is of another kind, or cannot be read, nothing is known.
#[cfg(feature = "digest")]
fn tell_of_contradiction(
    reader: &mut Reader<'_>,
    (whole, digest): (&Node, &str),
    (parts, files): (&Node, &BTreeMap<String, String>),
) {
    let are_all_read = parts
        .as_mapping()
        .is_some_and(|mapping| mapping.entries().len() == files.len());
    let (Ok(said), Some(is)) = (ReleaseDigest::parse(digest), together(files)) else {
        return;
    };
    if said == is || !are_all_read {
        return;
    }
    let message = "`digest` is not the digest of `files`: one of them was changed by hand or by a merge, or not all files stand there";
    let diagnostic = reader.error("digest.other", whole.span(), message);
    let diagnostic = diagnostic.related(reader.file(), parts.span(), format!("these give {is}"));
    reader.report(diagnostic.help(
        "restore the file, or take `digest` and `files` of this release out and resolve again",
    ));
}

/// Warns of a name that is none of the catalogs that are known, unless it was told of.
fn tell_of_unknown(
    reader: &mut Reader<'_>,
    known: &BTreeSet<&str>,
    told: &mut BTreeSet<String>,
    (entry, span): (&LockEntry, Span),
) {
    let Some(name) = entry.catalog() else {
        return;
    };
    let mut names = entry.also_in.iter().map(String::as_str).chain([name]);
    if names.any(|name| known.contains(name)) || !told.insert(name.to_owned()) {
        return;
    }
    let message = format!("there is no catalog `{name}`");
    let diagnostic = reader.warning("catalog.unknown", span, message);
    let help = "releases of it are looked for in the others, by their digests, and may move; give the catalog the name that it had to keep them";
    reader.report(diagnostic.help(help));
}

/// The digests of files by path. Any key is a path here, so that none is unknown.
fn files(reader: &mut Reader<'_>, node: &Node) -> BTreeMap<String, String> {
    let Some(mapping) = node.as_mapping() else {
        reader.wrong_type(node, "files", "a map");
        return BTreeMap::new();
    };
    let mut files = BTreeMap::new();
    for entry in mapping.entries() {
        let path = reader.word(entry.key(), "the path of a file");
        let digest = digest_text(reader, entry.value(), "the digest of a file");
        if let (Some(path), Some(digest)) = (path, digest) {
            files.insert(path.to_owned(), digest);
        }
    }
    files
}

/// A digest. What another program means by one of another kind is for it to say.
fn digest_text(reader: &mut Reader<'_>, node: &Node, what: &'static str) -> Option<String> {
    let text = reader.text(node, what)?;
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_whole = |hex: &str| hex.len() == 64 && hex.bytes().all(is_digit);
    if text.strip_prefix("sha256:").is_none_or(is_whole) {
        return Some(text.to_owned());
    }
    let message = format!("`{text}` is no SHA-256, which has 64 digits of `0-9` and `a-f`");
    let diagnostic = reader.error("digest", node.span(), message);
    reader.report(diagnostic.help("restore the file, or take the digest out and resolve again"));
    None
}

fn names(
    reader: &mut Reader<'_>,
    node: &Node,
    (key, what): (&'static str, &'static str),
) -> Vec<String> {
    let items = reader.items(node, key).unwrap_or_default();
    let names = items.iter().filter_map(|item| reader.text(item, what));
    names.map(str::to_owned).collect()
}

fn required(reader: &mut Reader<'_>, fields: &mut Fields<'_>, key: &'static str) -> Option<String> {
    let node = fields.required(reader, key)?;
    reader.text(node, key).map(str::to_owned)
}

fn tell_of_twice(
    reader: &mut Reader<'_>,
    places: &mut BTreeMap<(String, String), Span>,
    entry: &LockEntry,
    span: Span,
) {
    let (package, namespace) = entry.place();
    let place = (package.to_owned(), namespace.to_owned());
    match places.get(&place) {
        None => {
            places.insert(place, span);
        }
        Some(first) => {
            let message = format!("`{package}` is locked in `{namespace}` twice");
            let diagnostic = reader.error("twice", span, message);
            let diagnostic = diagnostic.related(reader.file(), *first, "first here");
            reader.report(diagnostic.help("remove one of them, or the file, and resolve again"));
        }
    }
}
