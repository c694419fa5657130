//! The syntax of Kubernetes labels.

/// What keeps `key` from being a label key: an optional DNS subdomain and `/`, then a name of at most 63 characters.
pub(crate) fn key_problem(key: &str) -> Option<&'static str> {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    if prefix.is_some_and(|prefix| !is_subdomain(prefix)) {
        return Some("the part before `/` must be a DNS name in lower case");
    }
    if name.is_empty() {
        return Some("it must not be empty");
    }
    name_problem(name)
}

/// What keeps `value` from being a label value: empty, or like a key's name.
pub(crate) fn value_problem(value: &str) -> Option<&'static str> {
    if value.is_empty() {
        None
    } else {
        name_problem(value)
    }
}

fn name_problem(name: &str) -> Option<&'static str> {
    let alphanumeric = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = name.as_bytes();
    if bytes.len() > 63 {
        Some("it is longer than 63 characters")
    } else if !bytes
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    {
        Some("it may hold only letters, digits, `-`, `_` and `.`")
    } else if !alphanumeric(bytes.first()) || !alphanumeric(bytes.last()) {
        Some("it must begin and end with a letter or a digit")
    } else {
        None
    }
}

/// Whether a text is a DNS name in lower case.
pub(crate) fn is_subdomain(text: &str) -> bool {
    text.len() <= 253
        && text
            .split('.')
            .all(|part| crate::name::label_problem(part).is_none())
}
