//! A repository's `index.yaml`.

use std::sync::Arc;

use catalog_conditions::document::{Entry, Limits, Node};
use catalog_conditions::{SourceFile, Span};

use super::index_text::pieces;
use super::{FORMAT, dependencies, metadata};
use crate::import::ImportOptions;
use crate::import::made::Draft;
use crate::import::outcome::{Place, Report};
use crate::import::reading::{Reading, brief, entries, is_address, string};
use crate::import::releases::Releases;
use crate::import::walk::unreadable;
use crate::import::yaml::YamlFile;
use crate::module::{ChartRemote, ModuleContent};
use crate::source::{Source, SourceError};

/// Where the text of an entry is kept in its release.
const KEPT: &str = "other/index.yaml";

/// Nodes of an index that is read as a whole, as it is not written in lines.
const NODES: usize = 2_000_000;

/// An index that is being read.
struct Index<'a, 'p> {
    options: &'a ImportOptions,
    shown: String,
    releases: &'a mut Releases<'p>,
    report: &'a mut Report,
}

/// Reads an index.
///
/// # Errors
///
/// What is made cannot be put where it goes.
pub(super) fn read(
    source: &dyn Source,
    options: &ImportOptions,
    path: &str,
    releases: &mut Releases<'_>,
    report: &mut Report,
) -> Result<(), SourceError> {
    let shown = source.display(path);
    let text = match source.read(path, options.index_bytes) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let bytes = error.into_bytes();
                if let Err(diagnostic) = SourceFile::from_bytes(shown, bytes) {
                    report.diagnostic(*diagnostic);
                }
                return Ok(());
            }
        },
        Err(error) => {
            report.diagnostic(unreadable(&error));
            return Ok(());
        }
    };
    let mut index = Index {
        options,
        shown,
        releases,
        report,
    };
    match pieces(&text) {
        Some(pieces) => {
            index.head(&pieces.rest);
            for item in pieces.items {
                index.item(item.chart, item.text, item.lines_before)?;
            }
            Ok(())
        }
        None => index.whole(text),
    }
}

impl Index<'_, '_> {
    /// What the index may cost as one document.
    fn limits(&self) -> Limits {
        let mut limits = self.options.limits.clone();
        limits.file_bytes = self.options.index_bytes;
        limits.document_bytes = self.options.index_bytes;
        limits
    }

    /// What stands beside the entries.
    fn head(&mut self, text: &str) {
        let file = SourceFile::new(self.shown.as_str(), text);
        let limits = self.limits();
        match YamlFile::parse("", file, &limits) {
            Ok((yaml, diagnostics)) => {
                self.report.diagnostics(diagnostics);
                self.top(&yaml);
            }
            Err(diagnostics) => self.report.diagnostics(diagnostics),
        }
    }

    fn reading<'r>(&'r mut self, file: &'r Arc<SourceFile>) -> Reading<'r> {
        Reading {
            file,
            report: self.report,
            format: FORMAT,
        }
    }

    fn top(&mut self, yaml: &YamlFile) {
        let mut reading = self.reading(&yaml.file);
        for entry in yaml.documents.first().map(entries).unwrap_or_default() {
            match entry.name() {
                Some("entries" | "apiVersion") => {}
                Some("generated") => reading.lost(entry, "the format has no times"),
                _ => reading.lost(entry, "the format has no such key"),
            }
        }
        reading.only_first(&yaml.documents);
    }

    fn item(&mut self, chart: &str, text: &str, lines_before: usize) -> Result<(), SourceError> {
        let file = SourceFile::excerpt(self.shown.as_str(), text, lines_before);
        match YamlFile::parse("", file, &self.options.limits) {
            Ok((yaml, diagnostics)) => {
                self.report.diagnostics(diagnostics);
                let list = yaml.documents.first().and_then(Node::as_sequence);
                for node in list.unwrap_or_default() {
                    self.release(&yaml.file, chart, node)?;
                }
            }
            Err(diagnostics) => {
                self.report.diagnostics(diagnostics);
                let shown = self.shown.clone();
                let what = format!("version of `{}`", brief(chart));
                let place = format!("{shown}:{}", lines_before + 1);
                self.report
                    .lost_file(place, what, "it cannot be read as YAML");
            }
        }
        Ok(())
    }

    /// An index that is no block of lines.
    fn whole(&mut self, text: String) -> Result<(), SourceError> {
        let file = SourceFile::new(self.shown.as_str(), text);
        let mut limits = self.limits();
        limits.nodes = limits.nodes.max(NODES);
        let yaml = match YamlFile::parse("", file, &limits) {
            Ok((yaml, diagnostics)) => {
                self.report.diagnostics(diagnostics);
                yaml
            }
            Err(diagnostics) => {
                self.report.diagnostics(diagnostics);
                let shown = self.shown.clone();
                self.report
                    .lost_file(shown, "index", "it cannot be read as YAML");
                return Ok(());
            }
        };
        self.top(&yaml);
        let all = yaml
            .documents
            .first()
            .and_then(|node| node.as_mapping()?.entry("entries"));
        let Some(all) = all else {
            let mut reading = self.reading(&yaml.file);
            reading.error(
                "index",
                Span::default(),
                "this has no `entries` and is no index of a repository",
            );
            return Ok(());
        };
        let charts = self.reading(&yaml.file).entries(all);
        for chart in charts {
            let items = self.reading(&yaml.file).items(chart);
            for node in items {
                self.release(&yaml.file, chart.name().unwrap_or_default(), node)?;
            }
        }
        Ok(())
    }

    fn release(
        &mut self,
        file: &Arc<SourceFile>,
        chart: &str,
        node: &Node,
    ) -> Result<(), SourceError> {
        let place = Place::line(&self.shown, file.line(node.span().start));
        let mark = self.report.mark();
        let draft = self.draft(file, chart, node, place.clone());
        let is_there = |draft: &Draft| {
            let (name, version) = (&draft.metadata.name, &draft.metadata.version);
            self.releases
                .place(name, version)
                .is_some_and(|first| first.file != self.shown)
        };
        if draft.as_ref().is_some_and(is_there) {
            let why = "the chart itself is there, and counts before what an index says of it";
            let what = format!("version of `{}`", brief(chart));
            self.report.lost_since(mark, place, &what, why);
            return Ok(());
        }
        match draft.and_then(|draft| draft.finish(self.options, self.report)) {
            Some(made) => self.releases.add(made, mark, self.report),
            None => {
                let why = super::chart::NOT_MADE;
                let what = format!("version of `{}`", brief(chart));
                self.report.lost_since(mark, place, &what, why);
                Ok(())
            }
        }
    }

    fn draft(
        &mut self,
        file: &Arc<SourceFile>,
        chart: &str,
        node: &Node,
        place: Place,
    ) -> Option<Draft> {
        let repository = self.options.helm_repository.clone();
        let mut reading = self.reading(file);
        if node.as_mapping().is_none() {
            reading.error(
                "index",
                node.span(),
                "this is no map: it says nothing of a chart",
            );
            return None;
        }
        let metadata = metadata::read(&mut reading, node)?;
        if metadata.name != chart {
            let message = format!(
                "this is `{}`, and stands under `{}`",
                metadata.name,
                brief(chart)
            );
            reading.warn("index.name", node.span(), message);
        }
        let mut draft = Draft::new(metadata, place);
        draft.metadata.dependencies = dependencies::read(&mut reading, node, &draft.metadata.name);
        let mut urls = Vec::new();
        for entry in entries(node) {
            extra(&mut reading, entry, &mut urls);
        }
        remote(&mut reading, node, repository, &urls, &mut draft);
        // Its lines keep their indentation, the first one too.
        let indent = " ".repeat(
            file.position(node.span().start)
                .column
                .saturating_sub(1)
                .min(64),
        );
        let text = format!("{indent}{}\n", file.slice(node.span()).trim_end());
        draft.keep(KEPT.to_owned(), file.path(), text.into_bytes());
        Some(draft)
    }
}

/// What only indexes say.
fn extra(reading: &mut Reading<'_>, entry: &Entry, urls: &mut Vec<String>) {
    match entry.name() {
        Some("urls") => *urls = reading.texts(entry),
        Some("digest") => reading.lost(
            entry,
            &format!(
                "a chart elsewhere has a version and no digest; it is kept as text in `{KEPT}`"
            ),
        ),
        Some("created") => reading.lost(entry, "the format has no times"),
        Some("removed") => {
            let is_removed = reading.boolean(entry) == Some(true);
            let why = "the chart is not there any more, and the format has no word for it";
            is_removed.then(|| reading.lost(entry, why));
        }
        _ => {}
    }
}

/// The module of a chart that is elsewhere.
fn remote(
    reading: &mut Reading<'_>,
    node: &Node,
    repository: Option<String>,
    urls: &[String],
    draft: &mut Draft,
) {
    let absolute = urls.iter().find(|url| is_address(url));
    let guessed = absolute.and_then(|url| Some(url.rsplit_once('/')?.0.to_owned()));
    let entry = node.as_mapping().and_then(|map| map.entry("urls"));
    let span = entry.map_or(node.span(), |entry| entry.key().span());
    if repository.is_none() || urls.len() > 1 {
        let why = format!(
            "a chart elsewhere has a repository, a name and a version; the addresses are kept as text in `{KEPT}`"
        );
        reading.report.lost(reading.file, span, "`urls`", why);
    }
    let Some(repo) = repository.or(guessed) else {
        let message =
            "this names no place where the chart is: say of which repository the index is";
        return reading.warn("index.urls", span, message);
    };
    let remote = ChartRemote {
        repo,
        name: draft.metadata.name.clone(),
        version: string(node, "version").map(str::to_owned),
    };
    let content = ModuleContent::Chart {
        path: None,
        remote: Some(remote),
    };
    let name = draft.metadata.name.clone();
    draft.module(&name, content);
}
