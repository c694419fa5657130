//! What the format has, and this version of the library does not know yet.

use crate::document::{Node, Reader};

/// Reports a key or word that is right, but not known yet: it is never passed over in silence.
pub(super) fn report(reader: &mut Reader<'_>, node: &Node, what: &str) {
    let message = format!("`{what}` belongs to the format, but this version does not know it yet");
    let diagnostic = reader.error("unsupported", node.span(), message);
    reader.report(diagnostic.help("use a newer version, or ask in another way"));
}
