//! Values out of a short list.

use catalog_conditions::document::{Node, Reader};

/// The value whose name a node holds; anything else is an error with the nearest one.
pub(super) fn choice<T: Copy>(
    reader: &mut Reader<'_>,
    node: &Node,
    what: &str,
    choices: &[(&'static str, T)],
) -> Option<T> {
    let text = reader.word(node, what)?;
    if let Some((_, value)) = choices.iter().find(|(name, _)| *name == text) {
        return Some(*value);
    }
    let names: Vec<&'static str> = choices.iter().map(|(name, _)| *name).collect();
    let shown: String = text.chars().take(64).collect();
    let diagnostic = reader.error(
        "choice",
        node.span(),
        format!("`{shown}` is not a value of `{what}`"),
    );
    let otherwise = format!("write one of: {}", names.join(", "));
    reader.report(reader.meant(diagnostic, node, &names, otherwise));
    None
}
