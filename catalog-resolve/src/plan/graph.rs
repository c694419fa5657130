//! Plans as pictures: the languages of Graphviz and of Mermaid.

use std::fmt::Write as _;

use catalog_model::conditions::show::one_line;

use super::{Plan, Step};

impl Plan {
    /// The plan as a graph for Graphviz: a box a step, an arrow from each to what comes after it, a rank a level, and a dashed line between
    /// steps that are done together. Steps in which nothing happens are counted in the title.
    ///
    /// Nodes are named by position (`s0`); names of packages stand in labels only, where nothing of them counts as syntax.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let mut dot = String::from("digraph plan {\n  rankdir=LR;\n  node [shape=box];\n");
        if let Some(staying) = self.staying() {
            let _ = writeln!(dot, "  label=\"{staying}\";");
        }
        for (position, step) in self.moving() {
            let _ = writeln!(dot, "  s{position} [label=\"{}\"];", quoted(&label(step)));
        }
        for level in self.ranks() {
            let _ = write!(dot, "  {{ rank=same;");
            for position in level {
                let _ = write!(dot, " s{position};");
            }
            dot.push_str(" }\n");
        }
        for (from, to) in self.arrows() {
            let _ = writeln!(dot, "  s{from} -> s{to};");
        }
        for (one, other) in self.lines() {
            let _ = writeln!(
                dot,
                "  s{one} -> s{other} [dir=none, style=dashed, constraint=false];"
            );
        }
        dot.push_str("}\n");
        dot
    }

    /// The plan as a flowchart for Mermaid, which many documentation sites draw: a box a step, a frame a level, an arrow from each step to
    /// what comes after it, and a dotted line between steps that are done together.
    ///
    /// Nodes are named by position (`s0`). In labels, all but letters, digits and a few marks that are no syntax are written as `#35;`.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let mut chart = String::from("flowchart LR\n");
        for (number, level) in self.ranks().into_iter().enumerate() {
            let _ = writeln!(chart, "  subgraph level{0}[\"{0}\"]", number + 1);
            for position in level {
                if let Some(step) = self.steps().get(position) {
                    let _ = writeln!(chart, "    s{position}[\"{}\"]", encoded(&label(step)));
                }
            }
            chart.push_str("  end\n");
        }
        for (from, to) in self.arrows() {
            let _ = writeln!(chart, "  s{from} --> s{to}");
        }
        for (one, other) in self.lines() {
            let _ = writeln!(chart, "  s{one} -.- s{other}");
        }
        if let Some(staying) = self.staying() {
            let _ = writeln!(chart, "  %% {staying}");
        }
        chart
    }

    /// The positions of moving steps by level.
    fn ranks(&self) -> Vec<Vec<usize>> {
        let mut ranks: Vec<Vec<usize>> = Vec::new();
        for (position, step) in self.moving() {
            if ranks.len() <= step.level() {
                ranks.resize(step.level() + 1, Vec::new());
            }
            if let Some(rank) = ranks.get_mut(step.level()) {
                rank.push(position);
            }
        }
        ranks
    }

    fn arrows(&self) -> impl Iterator<Item = (usize, usize)> {
        let steps = self.steps().iter().enumerate();
        steps.flat_map(|(to, step)| step.after().iter().map(move |from| (*from, to)))
    }

    /// Neighbours among the members of each group.
    fn lines(&self) -> impl Iterator<Item = (usize, usize)> {
        let groups = self.cycles().iter();
        groups.flat_map(|group| group.iter().copied().zip(group.iter().skip(1).copied()))
    }
}

/// What stands in a box: the step, and that its hops lack something.
fn label(step: &Step) -> String {
    match step.unmet().count() {
        0 => step.to_string(),
        1 => format!("{step} (1 need unmet on the way)"),
        count => format!("{step} ({count} needs unmet on the way)"),
    }
}

/// A text between double quotes, as DOT reads them: a backslash begins an escape there, and an ampersand an entity.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '&' => quoted.push_str("&amp;"),
            c => quoted.push(c),
        }
    }
    quoted
}

/// A text between double quotes, as Mermaid reads them: it knows markup, entities and more there, so that only what is surely none of
/// these is written as it is.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '+' | '/' | ',' | '(' | ')') {
            encoded.push(c);
        } else {
            let _ = write!(encoded, "#{};", u32::from(c));
        }
    }
    encoded
}
