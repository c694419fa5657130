//! Texts as every reader of YAML understands them.

/// A text in double quotes: no version of YAML reads it as anything else, whatever it holds (`on`, `1e3`, a line break of Unicode).
pub(super) fn quoted(text: &str) -> String {
    let mut yaml = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => yaml.extend(['\\', c]),
            ' '..='~' => yaml.push(c),
            _ => {
                let code = u32::from(c);
                yaml.push_str(&match code {
                    0..=0xffff => format!("\\u{code:04x}"),
                    _ => format!("\\U{code:08x}"),
                });
            }
        }
    }
    yaml.push('"');
    yaml
}

/// A list of texts on one line.
pub(super) fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<String> = items.into_iter().map(quoted).collect();
    format!("[{}]", items.join(", "))
}
