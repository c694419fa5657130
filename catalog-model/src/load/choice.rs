//! Values out of a short list.

use catalog_conditions::document::{Node, Reader};
use catalog_conditions::suggest::{near, nearest};

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
    let near = near(text, names.iter().copied());
    reader.report(match near {
        Some(_) => {
            let word = nearest(text, names.iter().copied());
            let fix = word.and_then(|word| reader.renamed(node, word));
            diagnostic.did_you_mean(near).fix(fix)
        }
        None => diagnostic.help(format!("write one of: {}", names.join(", "))),
    });
    None
}
