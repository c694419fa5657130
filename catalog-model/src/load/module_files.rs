//! What is wrong inside the charts and Terraform modules of a version, where somebody asks for it.

use std::sync::Arc;

use catalog_conditions::document::Node;
use catalog_conditions::{Diagnostic, SourceFile};

use super::folder::VersionFolder;
use crate::module::Module;
use crate::parameters::{Bringing, ReleaseParameters, Violation};

/// Looks into the modules that a document of a version folder names, if the options say so.
pub(super) fn look_into(
    modules: &[Module],
    document: (&Arc<SourceFile>, &Node),
    (package, version): (&str, &str),
    folder: &mut VersionFolder<'_>,
) {
    let Some(limits) = &folder.options().modules else {
        return;
    };
    let of = Bringing {
        package,
        version,
        folder: folder.path(),
        modules,
        document: Some(document),
    };
    let (parameters, mut found) = ReleaseParameters::of(folder.source(), &of, limits);
    let violations = parameters.own_violations();
    found.extend(violations.iter().map(Violation::diagnostic).cloned());
    folder.keep_secret(parameters.secrets(document, modules));
    // Two modules may have one folder.
    found.sort();
    found.dedup();
    folder.report(found);
}

/// Withholds the lines of a file of modules that cannot be read as a whole: what is secret in the values of such a file is not known.
pub(super) fn withhold_unread(folder: &mut VersionFolder<'_>) {
    if folder.options().modules.is_none() {
        return;
    }
    let paths = ["modules.yaml", "modules.yml"].map(|name| folder.display(name));
    let diagnostics = std::mem::take(&mut folder.diagnostics);
    let withheld = diagnostics.into_iter().map(|found| {
        let unread = found.code() == "yaml.syntax" || found.code().starts_with("yaml.limit.");
        match found.location() {
            Some(place) if unread && paths.iter().any(|path| path == place.file().path()) => {
                withheld_after_values(found)
            }
            _ => found,
        }
    });
    folder.diagnostics = withheld.collect();
}

/// Before the first values there are no secrets.
fn withheld_after_values(found: Diagnostic) -> Diagnostic {
    let has_values = found.location().is_some_and(|place| {
        let (text, span) = (place.file().text(), place.span());
        let line_end = text.get(span.end..).and_then(|rest| rest.find('\n'));
        let shown = text.get(..line_end.map_or(text.len(), |end| span.end + end));
        shown.is_none_or(|shown| shown.contains("values"))
    });
    match has_values {
        true => found.withholding_source(),
        false => found,
    }
}
