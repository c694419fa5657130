//! What the comments of a `values.yaml` say about its keys.
//!
//! Charts have three customs. helm-docs: `# -- text` above a key, to the key; `# a.b -- text` anywhere. Bitnami's generator:
//! `## @param a.b [modifiers] text` anywhere. Everybody else: a comment right above a key, or behind it in its line.

use std::collections::BTreeMap;

use catalog_conditions::document::Comment;
use catalog_conditions::{SourceFile, Span};

/// The comments of a file by what they are about.
#[derive(Clone, Debug, Default)]
pub(super) struct Descriptions {
    /// Of comments that name the path they are about.
    by_path: BTreeMap<String, String>,
    /// Comments that have their line to themselves: the column of the `#`, and the text.
    above: BTreeMap<usize, (usize, String)>,
    /// Comments behind something.
    behind: BTreeMap<usize, String>,
    /// The first byte of each line.
    lines: Vec<usize>,
}

impl Descriptions {
    pub(super) fn new(file: &SourceFile, comments: &[Comment]) -> Self {
        let lengths = file.text().split_inclusive('\n').map(str::len);
        let mut descriptions = Self {
            lines: lengths
                .scan(0, |next, length| {
                    let start = *next;
                    *next += length;
                    Some(start)
                })
                .collect(),
            ..Self::default()
        };
        for comment in comments {
            let (line, column) = descriptions.place(comment.span().start);
            let text = comment.text().trim_start_matches('#').to_owned();
            if !comment.stands_alone() {
                descriptions.behind.insert(line, text);
            } else {
                if let Some((path, text)) = named(&text) {
                    descriptions
                        .by_path
                        .entry(path.to_owned())
                        .or_insert_with(|| text.to_owned());
                }
                descriptions.above.insert(line, (column, text));
            }
        }
        descriptions
    }

    /// What is said about the value at a path of keys, whose last key stands at `key`.
    pub(super) fn of(&self, path: &[String], key: Option<Span>) -> Option<String> {
        if let Some(text) = (!self.by_path.is_empty())
            .then(|| self.by_path.get(&path.join(".")))
            .flatten()
        {
            return Some(text.clone());
        }
        let (line, column) = self.place(key?.start);
        let behind = || self.behind.get(&line).map(|text| text.trim().to_owned());
        self.block_above(line, column)
            .or_else(behind)
            .filter(|text| !text.is_empty())
    }

    /// The line and the byte in it, both from 0.
    fn place(&self, offset: usize) -> (usize, usize) {
        let line = self
            .lines
            .partition_point(|start| *start <= offset)
            .saturating_sub(1);
        let start = self.lines.get(line).copied().unwrap_or_default();
        (line, offset.saturating_sub(start))
    }

    /// The text of the comments right above a key, in its column: what is indented otherwise is about something else, most often an
    /// example for the key before.
    fn block_above(&self, line: usize, column: usize) -> Option<String> {
        let mut block = Vec::new();
        for above in (0..line).rev() {
            match self.above.get(&above) {
                Some((at, text)) if *at == column => block.push(text.as_str()),
                _ => break,
            }
        }
        block.reverse();
        // helm-docs begins anew at `--`.
        let documented = block
            .iter()
            .rposition(|text| text.trim_start().starts_with("-- "));
        let text = match documented {
            Some(first) => {
                let lines = block.get(first..).unwrap_or_default().iter();
                let lines = lines.map(|line| line.trim_start().trim_start_matches("-- "));
                joined(lines.filter(|line| !is_annotation(line)))
            }
            None => joined(
                prose(&block)
                    .iter()
                    .copied()
                    .filter(|line| !is_annotation(line)),
            ),
        };
        (!text.is_empty()).then_some(text)
    }
}

/// A comment that names the path it is about, and what it says.
fn named(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    if let Some(rest) = text
        .strip_prefix("@param ")
        .or_else(|| text.strip_prefix("@extra "))
    {
        let (path, rest) = rest.trim_start().split_once(' ')?;
        let rest = rest.trim_start();
        let said = match rest.strip_prefix('[') {
            Some(modifiers) => modifiers.split_once(']').map_or(rest, |(_, said)| said),
            None => rest,
        };
        return Some((path, said.trim()));
    }
    let (path, said) = text.split_once(" -- ")?;
    let is_path = !path.is_empty() && !path.contains(char::is_whitespace);
    is_path.then(|| (path, said.trim()))
}

/// A block without the values that are commented out at its ends.
fn prose<'b, 't>(block: &'b [&'t str]) -> &'b [&'t str] {
    let first = block.iter().position(|line| is_prose(line));
    let last = block.iter().rposition(|line| is_prose(line));
    match (first, last) {
        (Some(first), Some(last)) => block.get(first..=last).unwrap_or_default(),
        _ => &[],
    }
}

/// Whether a line of a comment is meant for people: neither a rule, nor a key or item of YAML.
fn is_prose(line: &str) -> bool {
    let line = line.trim();
    let item = line.starts_with("- ") || line == "-";
    let key = line.split_once(':').is_some_and(|(key, rest)| {
        let is_key = key
            .chars()
            .all(|c| c.is_alphanumeric() || "-_./\"'".contains(c));
        let is_value = rest.is_empty() || rest.starts_with(' ');
        // `Note: …` is a sentence, `ref: https://…` a reference.
        is_key && is_value && key.starts_with(|c: char| !c.is_uppercase()) && key != "ref"
    });
    line.contains(char::is_alphanumeric) && !item && !key && !line.starts_with(['{', '}', '[', ']'])
}

/// Whether a line is for a generator of documents: `@default -- …`, `@section …`.
fn is_annotation(line: &str) -> bool {
    line.trim_start().starts_with('@')
}

/// Lines as one text, without the white space and rules around them.
fn joined<'t>(lines: impl Iterator<Item = &'t str>) -> String {
    let lines: Vec<&str> = lines
        .map(str::trim)
        .filter(|line| line.contains(char::is_alphanumeric))
        .collect();
    lines.join("\n")
}
