//! The text of an `index.yaml`, cut into its entries: what `helm repo index` writes is so regular that lines tell where each begins.

/// An entry of a chart's list.
pub(super) struct Item<'t> {
    /// The chart it stands under.
    pub(super) chart: &'t str,
    pub(super) text: &'t str,
    /// The lines before it.
    pub(super) lines_before: usize,
}

/// An index in pieces.
pub(super) struct Pieces<'t> {
    pub(super) items: Vec<Item<'t>>,
    /// What is no entry, with empty lines instead of those that are.
    pub(super) rest: String,
}

/// The pieces of an index; `None` where it is written in another way, as in JSON.
pub(super) fn pieces(text: &str) -> Option<Pieces<'_>> {
    let mut cut = Cut::new(text);
    for line in text.split_inclusive('\n') {
        cut.line(line)?;
    }
    cut.end();
    cut.found.then_some(Pieces {
        items: cut.items,
        rest: cut.rest,
    })
}

struct Cut<'t> {
    text: &'t str,
    /// Bytes and lines before the line.
    offset: usize,
    lines: usize,
    /// Whether `entries` has been met, and whether it is what the line stands in.
    found: bool,
    inside: bool,
    /// How far the names of charts and the marks of their items are indented.
    charts: Option<usize>,
    marks: Option<usize>,
    chart: Option<&'t str>,
    /// Where the item begins that the line belongs to.
    open: Option<(usize, usize)>,
    items: Vec<Item<'t>>,
    rest: String,
}

impl<'t> Cut<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            offset: 0,
            lines: 0,
            found: false,
            inside: false,
            charts: None,
            marks: None,
            chart: None,
            open: None,
            items: Vec::new(),
            rest: String::new(),
        }
    }

    fn line(&mut self, line: &'t str) -> Option<()> {
        let trimmed = line.trim_end();
        let content = trimmed.trim_start_matches(' ');
        let indent = trimmed.len() - content.len();
        let says_something = !content.is_empty() && !content.starts_with('#');
        if says_something && indent == 0 && !content.starts_with('-') {
            self.end();
            self.inside = content == "entries:";
            if self.inside && std::mem::replace(&mut self.found, true) {
                return None;
            }
        } else if says_something && self.inside {
            self.entry(content, indent)?;
        }
        if self.inside && content != "entries:" {
            self.rest.push('\n');
        } else {
            self.rest.push_str(line);
        }
        self.offset += line.len();
        self.lines += 1;
        Some(())
    }

    fn entry(&mut self, content: &'t str, indent: usize) -> Option<()> {
        let is_mark = content == "-" || content.starts_with("- ");
        let charts = *self.charts.get_or_insert(indent);
        if indent == charts && !is_mark {
            self.end();
            let name = content.strip_suffix(':')?;
            self.chart = Some(name.trim_matches(['"', '\'']));
            self.marks = None;
            return Some(());
        }
        self.chart?;
        if is_mark && indent == *self.marks.get_or_insert(indent) {
            self.end();
            self.open = Some((self.offset, self.lines));
        }
        self.open.map(drop)
    }

    /// The item that was open ends before the line.
    fn end(&mut self) {
        if let (Some((start, lines_before)), Some(chart)) = (self.open.take(), self.chart)
            && let Some(text) = self.text.get(start..self.offset)
        {
            self.items.push(Item {
                chart,
                text,
                lines_before,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn cuts() {
        let text = "apiVersion: v1\nentries:\n  a:\n  - name: a\n    description: |\n      - x\n\n      y:\n  - name: a\n  \"b\":\n    - version: 1\n      urls:\n      - x\n# note\ngenerated: now\n";
        let pieces = pieces(text).unwrap();
        let items: Vec<_> = (pieces.items.iter())
            .map(|item| (item.chart, item.lines_before, item.text.lines().count()))
            .collect();
        assert_eq!(items, [("a", 3, 5), ("a", 8, 1), ("b", 10, 4)]);
        assert_eq!(pieces.rest.lines().count(), text.lines().count());
        assert!(pieces.rest.ends_with("generated: now\n"));
    }

    #[test]
    fn what_is_written_otherwise() {
        for text in [
            "",
            "{\"entries\": {}}",
            "entries: {a: []}\n",
            "entries:\n  a: [{name: a}]\n",
            "entries:\n  a:\n    x: y\n",
            "entries:\n- x\n",
            "entries:\n  a:\n  - x: y\nentries:\n  b:\n  - z: y\n",
        ] {
            assert!(pieces(text).is_none(), "{text}");
        }
    }
}
