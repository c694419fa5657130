//! Reads a file of conditions.
//!
//! A typo must not open a gate: whatever is not understood is an error, and the condition it stands in is never answered.

mod access;
mod composition;
mod count;
mod fact;
mod item;
mod leaf;
mod literal;
mod nodes;
mod operand;
mod operator;
mod question;
mod range;
mod selector;
mod set_size;
mod structure;
mod subject;
mod target;
mod value;
mod value_from;

use std::sync::Arc;

use crate::condition::{Condition, ConditionSet};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Documents, Limits, Node, Reader, parse};
use crate::source::{SourceFile, Span};

/// The first part of every diagnostic's code.
const KIND: &str = "conditions";

impl ConditionSet {
    /// Reads a file with the one key `conditions:`, a list.
    ///
    /// Returns the conditions and everything that is wrong with them, sorted. A condition that could not be read stays in the set
    /// and is never answered, so that a caller who overlooks the diagnostics opens no gate. A name defaults to the file's stem and
    /// the index, as in `crds[2]`.
    ///
    /// ```
    /// use catalog_conditions::SourceFile;
    /// use catalog_conditions::condition::ConditionSet;
    /// use catalog_conditions::document::Limits;
    ///
    /// let file = SourceFile::new("conditions/cluster.yaml", "\
    /// conditions:
    /// - target: { kubeVersion: {} }
    ///   op: range
    ///   value: \">=1.28\"
    /// - target: { apiVersion: v1, kind: Node, selector: {}, fieldPath: spec.unschedulable }
    ///   each: any
    ///   op: notExist
    /// ");
    /// let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    /// assert_eq!(set.conditions()[0].name(), "cluster[0]");
    /// assert_eq!(diagnostics[0].to_string(), "conditions/cluster.yaml:7:7: error[conditions.op]: `notExist` is no operator");
    /// assert_eq!(diagnostics[0].help_lines(), ["did you mean `notExists`?"]);
    /// ```
    #[must_use]
    pub fn parse(file: &Arc<SourceFile>, limits: &Limits) -> (Self, Vec<Diagnostic>) {
        let Documents {
            documents,
            mut diagnostics,
            ..
        } = parse(file, limits);
        let mut reader = Reader::new(file, KIND, Severity::Error);
        let mut set = Self::new();
        let mut of_items = Vec::new();
        match documents.as_slice() {
            [] if diagnostics.is_empty() => {
                let diagnostic =
                    reader.error("missing", Span::default(), "the file has no conditions");
                reader
                    .report(diagnostic.help("write `conditions:` and a list, or remove the file"));
            }
            [] => {}
            [only] => read_list(&mut reader, only, &mut set, &mut of_items),
            [first, second, ..] => {
                let message = "a file of conditions has one document, and this is a second";
                let diagnostic = reader.error("second-document", second.span(), message);
                reader.report(diagnostic.help("move its conditions into the list of the first"));
                read_list(&mut reader, first, &mut set, &mut of_items);
            }
        }
        diagnostics.extend(reader.into_diagnostics());
        if has_error(&diagnostics) {
            // What is wrong with the file as a whole may have hidden a condition.
            set.push(Condition::broken(stem(file)));
        }
        diagnostics.extend(of_items);
        diagnostics.sort();
        (set, diagnostics)
    }
}

fn read_list(
    reader: &mut Reader<'_>,
    root: &Node,
    set: &mut ConditionSet,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(mut fields) = reader.fields(root, "the file") else {
        return;
    };
    let list = fields.required(reader, KIND);
    reader.finish(fields);
    let Some(items) = list.and_then(|list| reader.items(list, KIND)) else {
        return;
    };
    if let ([], Some(list)) = (items, list) {
        let diagnostic = reader.warning("empty", list.span(), "the list of conditions is empty");
        reader.report(diagnostic.help("remove the file if nothing must hold"));
    }
    let file = reader.file();
    for (index, node) in items.iter().enumerate() {
        // A reader of its own tells which condition an error spoils.
        let mut reader = Reader::new(file, KIND, Severity::Error);
        let condition = item::read(&mut reader, node, &format!("{}[{index}]", stem(file)));
        diagnostics.extend(reader.into_diagnostics());
        diagnostics.extend(set.push(condition));
    }
}

fn has_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity() == Severity::Error)
}

/// The name of the file without folders and ending.
fn stem(file: &SourceFile) -> &str {
    let name = file.path().rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = name
        .strip_suffix(".yaml")
        .or_else(|| name.strip_suffix(".yml"))
        .unwrap_or(name);
    if stem.is_empty() { KIND } else { stem }
}
