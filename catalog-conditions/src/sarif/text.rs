//! Texts as SARIF's messages have them.

/// A plain text message (section 3.11): a brace would begin a placeholder and is doubled; brackets that could make a link of what stood in a file
/// are escaped.
pub(super) fn message(text: &str) -> String {
    let text = text.replace('{', "{{").replace('}', "}}");
    if text.contains("](") {
        text.replace('[', "\\[").replace(']', "\\]")
    } else {
        text
    }
}

/// A summary as a sentence.
pub(super) fn sentence(summary: &str) -> String {
    let mut letters = summary.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
