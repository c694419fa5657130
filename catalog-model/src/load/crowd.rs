//! Files of which there is more to say than anybody reads.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::{Diagnostic, SourceFile, Span};

use super::LoadOptions;

/// Of each file as many diagnostics as the options allow, and one that says how many more there are. `left_out` are, by path, those that
/// were cut before.
pub(super) fn bounded(
    diagnostics: Vec<Diagnostic>,
    mut left_out: BTreeMap<String, usize>,
    options: &LoadOptions,
) -> Vec<Diagnostic> {
    // One error is enough to say that a version cannot be used, and fewer are not.
    let most = options.diagnostics_per_file.max(1);
    if diagnostics.len() <= most && left_out.is_empty() {
        return diagnostics;
    }
    let (mut all, mut files) = (Vec::new(), BTreeMap::<_, Vec<_>>::new());
    for diagnostic in diagnostics {
        match diagnostic.location().map(|location| location.file().path()) {
            Some(path) => files.entry(path.to_owned()).or_default().push(diagnostic),
            None => all.push(diagnostic),
        }
    }
    for (path, mut of_file) in files {
        let count = cut(&mut of_file, most) + left_out.remove(&path).unwrap_or_default();
        let file = of_file
            .first()
            .and_then(Diagnostic::location)
            .map(|at| Arc::clone(at.file()));
        all.extend(of_file);
        if let Some(file) = file.filter(|_| count > 0) {
            all.push(options.levels.apply(more(&file, count)));
        }
    }
    all
}

/// Cuts the diagnostics of a file to so many and gives how many were cut. What is reported comes before what is kept back, then what is worse
/// before what is milder, then what stands first.
pub(super) fn cut(diagnostics: &mut Vec<Diagnostic>, most: usize) -> usize {
    let count = diagnostics.len().saturating_sub(most);
    if count > 0 {
        diagnostics.sort_by(|a, b| {
            let rank = |diagnostic: &Diagnostic| {
                let reported = diagnostic.suppression().is_none();
                Reverse((reported, diagnostic.severity()))
            };
            rank(a).cmp(&rank(b)).then_with(|| a.cmp(b))
        });
        diagnostics.truncate(most);
    }
    count
}

fn more(file: &Arc<SourceFile>, count: usize) -> Diagnostic {
    let message = format!("there is more to say of this file than is listed: {count} diagnostics");
    let diagnostic = Diagnostic::note("file.limit.diagnostics", message).at(file, Span::default());
    diagnostic.help("mend those that are listed first")
}
