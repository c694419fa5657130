//! What a picture of a plan shows, read by a strict reader of the little of DOT and Mermaid that plans are written in.

use std::collections::{BTreeMap, BTreeSet};

/// A picture: what stands in boxes, arrows and lines between them, and boxes that stand together.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Picture {
    pub(crate) labels: BTreeMap<usize, String>,
    pub(crate) arrows: BTreeSet<(usize, usize)>,
    pub(crate) lines: BTreeSet<(usize, usize)>,
    pub(crate) levels: BTreeSet<Vec<usize>>,
}

fn node(text: &str) -> usize {
    text.trim()
        .strip_prefix('s')
        .and_then(|n| n.parse().ok())
        .unwrap_or_else(|| panic!("{text} is no node"))
}

fn ends(text: &str, arrow: &str) -> Option<(usize, usize)> {
    let (from, to) = text.split_once(arrow)?;
    Some((node(from), node(to)))
}

impl Picture {
    pub(crate) fn of_dot(text: &str) -> Self {
        let body = text
            .strip_prefix("digraph plan {\n")
            .and_then(|text| text.strip_suffix("}\n"))
            .unwrap();
        let mut picture = Self::default();
        for line in body.lines().map(str::trim) {
            let line = match line.strip_prefix("{ rank=same; ") {
                Some(nodes) => {
                    let nodes = nodes.strip_suffix("; }").unwrap().split(';');
                    picture.levels.insert(nodes.map(node).collect());
                    continue;
                }
                None => line.strip_suffix(';').unwrap(),
            };
            if let Some(rest) = line.strip_suffix(" [dir=none, style=dashed, constraint=false]") {
                picture.lines.extend(ends(rest, " -> "));
            } else if let Some((name, label)) = line.split_once(" [label=\"") {
                let label = label.strip_suffix("\"]").unwrap();
                picture.labels.insert(node(name), of_dot_string(label));
            } else if !matches!(line, "rankdir=LR" | "node [shape=box]")
                && !line.starts_with("label=\"")
            {
                picture.arrows.extend([ends(line, " -> ").unwrap()]);
            }
        }
        picture
    }

    pub(crate) fn of_mermaid(text: &str) -> Self {
        let mut picture = Self::default();
        let mut level = None;
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("flowchart LR"));
        for line in lines.map(str::trim) {
            if line.starts_with("%% ") {
                continue;
            } else if line.starts_with("subgraph level") {
                assert!(level.replace(Vec::new()).is_none());
            } else if line == "end" {
                picture.levels.extend(level.take());
            } else if let Some((name, label)) = line.split_once("[\"") {
                let label = of_mermaid_string(label.strip_suffix("\"]").unwrap());
                picture.labels.insert(node(name), label);
                level.as_mut().unwrap().push(node(name));
            } else if let Some(ends) = ends(line, " -.- ") {
                picture.lines.insert(ends);
            } else {
                picture.arrows.insert(ends(line, " --> ").unwrap());
            }
        }
        picture
    }
}

/// What Graphviz shows of a string: entities are read, and a backslash takes the next character as it is.
fn of_dot_string(text: &str) -> String {
    let mut shown = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c @ ('"' | '\\')) => shown.push(c),
                other => panic!("an escape that means something: {other:?} in {text}"),
            },
            '"' => panic!("the string ends within {text}"),
            c => shown.push(c),
        }
    }
    let entities = shown.matches('&').count();
    assert_eq!(entities, shown.matches("&amp;").count(), "{text}");
    shown.replace("&amp;", "&")
}

/// What Mermaid shows of a string: `#n;` is a character, and nothing else may be anything but plain text.
fn of_mermaid_string(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c == '#' {
            let (code, after) = rest.split_once(';').unwrap();
            shown.push(char::from_u32(code.parse().unwrap()).unwrap());
            rest = after;
        } else {
            assert!(
                c.is_alphanumeric() || " .-+/,()".contains(c),
                "{c} in {text}"
            );
            shown.push(c);
        }
    }
    shown
}
