//! What is wrong inside the charts and Terraform modules of a version, where somebody asks for it.

use std::sync::Arc;

use catalog_conditions::SourceFile;
use catalog_conditions::document::Node;

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
    // Two modules may have one folder.
    found.sort();
    found.dedup();
    folder.report(found);
}
