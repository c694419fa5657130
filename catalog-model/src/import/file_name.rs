//! Names of files that are made up.

/// A path below a folder as one file name: `crds/a.yaml` becomes `crds-a.yaml`. What is no letter, digit, `.`, `_` or `-` becomes `-`.
pub(super) fn flat(path: &str) -> String {
    let name: String = path
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' })
        .collect();
    let name = name.trim_start_matches(['.', '-']);
    if name.is_empty() { "file".to_owned() } else { name.to_owned() }
}

/// A name that is not taken yet: `a.yaml`, then `a-2.yaml`.
pub(super) fn untaken(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(name) {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) => (stem, format!(".{ending}")),
        None => (name, String::new()),
    };
    let numbered = (2_usize..).map(|number| format!("{stem}-{number}{ending}"));
    numbered
        .into_iter()
        .find(|name| !is_taken(name))
        .unwrap_or_else(|| name.to_owned())
}

/// Whether a name that somebody gave can be a folder or file of ours: one segment of a path, without control characters.
pub(super) fn is_segment(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && !matches!(name, "." | "..")
        && !name.contains(|c: char| matches!(c, '/' | '\\') || c.is_control())
}
