//! What is said of a file that counts and is not read. It is an error always: what it would have asked for is not known.

use catalog_conditions::Diagnostic;

use crate::source::{EntryKind, SourceError, SourceErrorKind};

/// Why what stands in the place of a file is not read; `None` for a file.
pub(crate) fn unread(kind: EntryKind) -> Option<Diagnostic> {
    match kind {
        EntryKind::File => None,
        EntryKind::Link => Some(link("out of the catalog, to nothing or in a circle")),
        EntryKind::Folder => Some(Diagnostic::error("file.unreadable", "this is not a file")),
        EntryKind::Other => {
            let message =
                "this is not a file (a device, a submodule of git), or its name is not UTF-8";
            Some(Diagnostic::error("file.unreadable", message))
        }
    }
}

/// A link that is not followed, as it leads where it may not.
pub(crate) fn link(leads: &str) -> Diagnostic {
    let message =
        format!("this link leads {leads}: it is not followed, and what it stands for is missing");
    Diagnostic::error("file.link.unread", message).help("put the file itself here")
}

/// A file or folder that the source did not give.
pub(crate) fn unreadable(error: &SourceError) -> Diagnostic {
    let code = match error.kind() {
        SourceErrorKind::TooLarge => "file.too-large",
        _ => "file.unreadable",
    };
    Diagnostic::error(code, error.message()).at_path(error.path())
}
