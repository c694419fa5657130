//! What is at the paths that modules name: many may name the same, and each is looked at once.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use catalog_conditions::SourceFile;
use catalog_conditions::document::{Limits, Scalar, parse};

use crate::source::{EntryKind, Source, join};

/// What was found out about paths of a source.
pub(super) struct ModulePlaces<'a> {
    source: &'a dyn Source,
    /// The files and folders of each folder that was asked about.
    contents: RefCell<BTreeMap<String, BTreeSet<String>>>,
    /// The versions in the `Chart.yaml` of charts.
    chart_versions: RefCell<BTreeMap<String, Option<String>>>,
}

impl<'a> ModulePlaces<'a> {
    pub(super) fn new(source: &'a dyn Source) -> Self {
        Self {
            source,
            contents: RefCell::default(),
            chart_versions: RefCell::default(),
        }
    }

    /// Whether there is a file or folder at a path.
    pub(super) fn exists(&self, path: &str) -> bool {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut contents = self.contents.borrow_mut();
        if let Some(known) = contents.get(parent) {
            return known.contains(name);
        }
        let content = self.content(parent);
        let exists = content.contains(name);
        contents.insert(parent.to_owned(), content);
        exists
    }

    fn content(&self, folder: &str) -> BTreeSet<String> {
        let entries = self.source.list(folder).unwrap_or_default().into_iter();
        let content = entries
            .filter(|entry| matches!(entry.kind, EntryKind::File | EntryKind::Folder))
            .map(|entry| entry.name);
        content.collect()
    }

    /// The version that the chart in a folder says it has, if that can be read: what is wrong with the file is not said here.
    pub(super) fn chart_version(&self, chart: &str, limits: &Limits) -> Option<String> {
        let mut versions = self.chart_versions.borrow_mut();
        if let Some(known) = versions.get(chart) {
            return known.clone();
        }
        let version = self.read_chart_version(chart, limits);
        versions.insert(chart.to_owned(), version.clone());
        version
    }

    fn read_chart_version(&self, chart: &str, limits: &Limits) -> Option<String> {
        let path = join(chart, "Chart.yaml");
        let bytes = self.source.read(&path, limits.file_bytes).ok()?;
        let file = SourceFile::from_bytes(self.source.display(&path), bytes).ok()?;
        let documents = parse(&file, limits).documents;
        let version = documents.first()?.value("version")?;
        version.as_scalar().map(Scalar::text).map(str::to_owned)
    }
}
