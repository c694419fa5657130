//! The files of one version folder.

use std::collections::BTreeMap;
#[cfg(feature = "parameters")]
use std::collections::BTreeSet;
use std::sync::Arc;

#[cfg(feature = "parameters")]
use catalog_conditions::Location;
use catalog_conditions::document::{Documents, Node, parse};
use catalog_conditions::{Diagnostic, Severity, SourceFile};

use super::allow::{may_allow, settle};
use super::crowd;
use super::definitions::Piece;
use super::module_places::ModulePlaces;
use super::shared::SharedDocuments;
use super::unread::{unread, unreadable};
use super::{LoadOptions, definitions};
use crate::definition::Manifests;
#[cfg(feature = "parameters")]
use crate::parameters::Secrets;
use crate::source::{Entry, EntryKind, Source, join};

/// A version folder while it is read. What is wrong with a file is reported, and the file left out.
pub(super) struct VersionFolder<'a> {
    source: &'a dyn Source,
    options: &'a LoadOptions,
    path: &'a str,
    entries: Vec<Entry>,
    files: PartFiles,
    places: ModulePlaces<'a>,
    documents: &'a SharedDocuments,
    /// Files that may hold comments which allow rules.
    commented: Vec<Arc<SourceFile>>,
    /// How many diagnostics of a file were left out already.
    left_out: BTreeMap<String, usize>,
    /// What of `modules.yaml` must not be shown.
    #[cfg(feature = "parameters")]
    secrets: Option<Secrets>,
    /// Of the files read since the last were settled.
    pub(super) diagnostics: Vec<Diagnostic>,
    settled: Vec<Diagnostic>,
}

/// How many files and folders lie in the parts of a version folder, as far as they were listed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PartFiles {
    pub(super) conditions: usize,
    pub(super) definitions: usize,
    pub(super) hooks: usize,
}

impl PartFiles {
    fn all(self) -> usize {
        self.conditions + self.definitions + self.hooks
    }

    fn of(&mut self, part: Part) -> &mut usize {
        match part {
            Part::Conditions => &mut self.conditions,
            Part::Definitions => &mut self.definitions,
            Part::Hooks => &mut self.hooks,
        }
    }
}

/// A folder in a version folder, whose files are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Conditions,
    Definitions,
    Hooks,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Conditions => "conditions",
            Self::Definitions => "definitions",
            Self::Hooks => "hooks",
        }
    }
}

/// A text file of the release.
pub(super) struct TextFile {
    /// The name relative to the version folder.
    pub(super) name: String,
    pub(super) file: Arc<SourceFile>,
}

/// A text file of YAML documents.
pub(super) struct DocumentFile {
    /// The name relative to the version folder.
    pub(super) name: String,
    pub(super) file: Arc<SourceFile>,
    pub(super) documents: Arc<Vec<Node>>,
}

impl<'a> VersionFolder<'a> {
    pub(super) fn new(
        source: &'a dyn Source,
        options: &'a LoadOptions,
        path: &'a str,
        mut entries: Vec<Entry>,
        documents: &'a SharedDocuments,
    ) -> Self {
        entries.sort();
        Self {
            source,
            options,
            path,
            entries,
            files: PartFiles::default(),
            places: ModulePlaces::new(source),
            documents,
            commented: Vec::new(),
            left_out: BTreeMap::new(),
            #[cfg(feature = "parameters")]
            secrets: None,
            diagnostics: Vec::new(),
            settled: Vec::new(),
        }
    }

    pub(super) fn path(&self) -> &'a str {
        self.path
    }

    pub(super) fn options(&self) -> &'a LoadOptions {
        self.options
    }

    #[cfg(feature = "parameters")]
    pub(super) fn source(&self) -> &'a dyn Source {
        self.source
    }

    /// Takes what is secret out of the diagnostics that there are, and keeps it out of what will be said of comments.
    #[cfg(feature = "parameters")]
    pub(super) fn keep_secret(&mut self, secrets: Secrets) {
        let diagnostics = std::mem::take(&mut self.diagnostics).into_iter();
        self.diagnostics = diagnostics
            .map(|found| secrets.guard_remark(found))
            .collect();
        self.secrets = Some(secrets);
    }

    /// Adds diagnostics of files that were read by others, whose comments count as those of the files read here.
    #[cfg(feature = "parameters")]
    pub(super) fn report(&mut self, diagnostics: Vec<Diagnostic>) {
        let known = self.commented.iter().map(|file| file.path().to_owned());
        let mut known: BTreeSet<String> = known.collect();
        for file in diagnostics
            .iter()
            .filter_map(Diagnostic::location)
            .map(Location::file)
        {
            let is_yaml = file.path().ends_with(".yaml") || file.path().ends_with(".yml");
            if is_yaml && known.insert(file.path().to_owned()) && may_allow(file.text()) {
                self.commented.push(Arc::clone(file));
            }
        }
        self.diagnostics.extend(diagnostics);
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// A name in this folder as diagnostics show it; the empty name is the folder itself.
    pub(super) fn display(&self, name: &str) -> String {
        self.source.display(&self.below(name))
    }

    /// Whether there is a file or folder of this name.
    pub(super) fn exists(&self, name: &str) -> bool {
        self.places.exists(&self.below(name))
    }

    /// Whether a link on the way to this name leads out of the version folder.
    pub(super) fn leads_out(&self, name: &str) -> bool {
        !self.source.is_inside(&self.below(name), self.path)
    }

    /// The version of the chart in a folder, if it can be read.
    pub(super) fn chart_version(&self, name: &str) -> Option<String> {
        // It is no chart of this version then.
        if self.leads_out(&join(name, "Chart.yaml")) {
            return None;
        }
        let limits = &self.options.limits;
        self.places.chart_version(&self.below(name), limits)
    }

    fn below(&self, name: &str) -> String {
        if name.is_empty() {
            self.path.to_owned()
        } else {
            join(self.path, name)
        }
    }

    /// `<stem>.yaml` or `<stem>.yml`, with the one document it may have.
    pub(super) fn single(&mut self, stem: &str) -> Option<DocumentFile> {
        let named = |ending: &str| {
            self.entries
                .iter()
                .find(|entry| entry.name == format!("{stem}.{ending}"))
                .cloned()
        };
        let (yaml, yml) = (named("yaml"), named("yml"));
        if let (Some(yaml), Some(yml)) = (&yaml, &yml) {
            let message = format!("both `{}` and `{}` are here", yaml.name, yml.name);
            let diagnostic =
                Diagnostic::error("file.twice", message).at_path(self.display(&yml.name));
            self.diagnostics.push(diagnostic.help("keep one of them"));
        }
        let entry = yaml.or(yml)?;
        let text = self.text(&entry, entry.name.clone())?;
        let read = self.parse(text)?;
        self.refuse_second_document(&read);
        Some(read)
    }

    /// Counts the files of a part as if they were read.
    pub(super) fn count(&mut self, part: Part) {
        let is_part = |entry: &&Entry| entry.name == part.name();
        let found = self.entries.iter().find(is_part);
        if found.is_some_and(|entry| entry.kind == EntryKind::Folder) {
            let listed = self.source.list(&join(self.path, part.name()));
            *self.files.of(part) = listed.map_or(0, |entries| entries.len());
        }
    }

    /// Counts the files of a part of which it is known how many there are, unless they are more than there may be: whoever reads them
    /// says so.
    pub(super) fn has_room_for(&mut self, part: Part, files: usize) -> bool {
        let has_room = self.files.all() + files <= self.options.files_per_version;
        if has_room {
            *self.files.of(part) = files;
        }
        has_room
    }

    /// The text files of a part, by name.
    pub(super) fn part(&mut self, part: Part) -> Vec<TextFile> {
        let name = part.name();
        let Some(kind) = self.entries.iter().find(|entry| entry.name == name) else {
            return Vec::new();
        };
        // What is not read might ask for something: passing over it would open a gate.
        if kind.kind != EntryKind::Folder {
            let message = format!("`{name}` must be a folder inside the catalog, and this is none");
            let diagnostic = Diagnostic::error("file.not-a-folder", message);
            self.diagnostics
                .push(diagnostic.at_path(self.display(name)));
            return Vec::new();
        }
        let mut entries = match self.source.list(&join(self.path, name)) {
            Ok(entries) => entries,
            Err(error) => {
                self.diagnostics.push(unreadable(&error));
                return Vec::new();
            }
        };
        entries.sort();
        let (before, limit) = (self.files.all(), self.options.files_per_version);
        *self.files.of(part) = entries.len();
        if self.files.all() > limit {
            // Said once, by the part that is too much.
            if before <= limit {
                let message = format!("this version has more than the {limit} files allowed");
                let diagnostic = Diagnostic::error("version.limit.files", message);
                self.diagnostics.push(diagnostic.at_path(self.display("")));
            }
            return Vec::new();
        }
        entries
            .iter()
            .filter_map(|entry| self.part_file(name, entry))
            .collect()
    }

    fn part_file(&mut self, part: &str, entry: &Entry) -> Option<TextFile> {
        let name = format!("{part}/{}", entry.name);
        if let Some(problem) = stray(entry) {
            let diagnostic =
                Diagnostic::warning("file.ignored", problem).at_path(self.display(&name));
            self.diagnostics
                .push(diagnostic.help(format!("put YAML files straight into `{part}/`")));
            return None;
        }
        self.text(entry, name)
    }

    fn text(&mut self, entry: &Entry, name: String) -> Option<TextFile> {
        match self.read(entry, &name) {
            Ok(file) => {
                if may_allow(file.text()) {
                    self.commented.push(Arc::clone(&file));
                }
                Some(TextFile { name, file })
            }
            Err(diagnostic) => {
                self.diagnostics.push(*diagnostic);
                None
            }
        }
    }

    fn read(&self, entry: &Entry, name: &str) -> Result<Arc<SourceFile>, Box<Diagnostic>> {
        let path = self.below(name);
        if let Some(diagnostic) = unread(entry.kind) {
            return Err(Box::new(diagnostic.at_path(self.source.display(&path))));
        }
        let limit = self.options.limits.file_bytes;
        let bytes = self
            .source
            .read(&path, limit)
            .map_err(|error| Box::new(unreadable(&error)))?;
        SourceFile::from_bytes(self.source.display(&path), bytes)
    }

    /// Parses a text file; `None` if nothing of it can be read, which is reported.
    pub(super) fn parse(&mut self, text: TextFile) -> Option<DocumentFile> {
        let TextFile { name, file } = text;
        let mut found = Vec::new();
        let documents = self.documents.value("", &file, || {
            let Documents {
                documents,
                diagnostics,
                ..
            } = parse(&file, &self.options.limits);
            found = diagnostics;
            if found.is_empty() {
                Ok(documents)
            } else {
                Err(documents)
            }
        });
        // A file that is broken from its start is not empty: nothing more is said about it.
        let broken = found
            .iter()
            .any(|diagnostic| diagnostic.severity() == Severity::Error);
        self.diagnostics.extend(found);
        (!documents.is_empty() || !broken).then_some(DocumentFile {
            name,
            file,
            documents,
        })
    }

    /// Reads the definitions of a text file that nobody read before, or whose reading nobody may share.
    pub(super) fn definitions(&mut self, text: &TextFile) -> definitions::Shareable {
        let manifests = Manifests::new(&text.file, &self.options.limits);
        if let Some(read) = definitions::outlined(&text.name, &text.file, &manifests) {
            return Ok(read);
        }
        let Documents {
            documents,
            diagnostics,
            ..
        } = parse(&text.file, &self.options.limits);
        let broken = diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity() == Severity::Error);
        let before = self.diagnostics.len();
        self.diagnostics.extend(diagnostics);
        let mut read = Vec::new();
        let reader = definitions::reader(&text.file);
        let mut piece = Piece::first(&manifests, &reader);
        if documents.is_empty() && !broken {
            read = definitions::read(&text.name, &piece, &mut self.diagnostics);
        }
        for some in documents.chunks(PIECE) {
            piece = piece.next(some);
            let more = definitions::read(&text.name, &piece, &mut self.diagnostics);
            read.extend(more);
            self.leave_out(&text.file, before);
        }
        if self.diagnostics.len() == before {
            Ok(read)
        } else {
            Err(read)
        }
    }

    /// Keeps as many of a file's diagnostics, those from `before` on, as are reported in the end.
    fn leave_out(&mut self, file: &SourceFile, before: usize) {
        let most = self.options.diagnostics_per_file.max(1);
        if self.diagnostics.len() - before > most {
            let mut of_file = self.diagnostics.split_off(before);
            let left_out = crowd::cut(&mut of_file, most);
            self.diagnostics.extend(of_file);
            *self.left_out.entry(file.path().to_owned()).or_default() += left_out;
        }
    }

    /// Takes the diagnostics of the files read so far as comments in them and the options say, and no more of a file than the options
    /// allow. None of the files is read again.
    pub(super) fn settle(&mut self) {
        let diagnostics = std::mem::take(&mut self.diagnostics);
        let commented = std::mem::take(&mut self.commented);
        let settled = settle(diagnostics, &commented, self.options);
        #[cfg(feature = "parameters")]
        let settled = match &self.secrets {
            Some(secrets) => (settled.into_iter())
                .map(|found| secrets.guard(found))
                .collect(),
            None => settled,
        };
        let left_out = std::mem::take(&mut self.left_out);
        let bounded = crowd::bounded(settled, left_out, self.options);
        self.settled.extend(bounded);
    }

    /// What is settled, in the order of settling.
    pub(super) fn settled(&self) -> &[Diagnostic] {
        &self.settled
    }

    /// What is settled, without the folder.
    pub(super) fn into_settled(self) -> Vec<Diagnostic> {
        self.settled
    }

    /// How many files there are in the parts that were looked into.
    pub(super) fn files(&self) -> PartFiles {
        self.files
    }

    pub(super) fn refuse_second_document(&mut self, read: &DocumentFile) {
        // One of them says it for all.
        if let Some(second) = read.documents.get(1) {
            let message = "this file may hold one document only";
            let diagnostic =
                Diagnostic::error("yaml.second-document", message).at(&read.file, second.span());
            self.diagnostics
                .push(diagnostic.help("move it to a file of its own"));
        }
    }
}

/// So many documents of a file are read before its diagnostics are counted.
const PIECE: usize = 100;

/// Why an entry of a part's folder is none of the files that count.
fn stray(entry: &Entry) -> Option<&'static str> {
    let yaml = entry.name.ends_with(".yaml") || entry.name.ends_with(".yml");
    match entry.kind {
        EntryKind::Folder => Some("folders in here are not read"),
        _ if !yaml => Some("only `.yaml` and `.yml` files in here are read"),
        _ => None,
    }
}
