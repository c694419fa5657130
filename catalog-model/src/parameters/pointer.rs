//! JSON pointers (RFC 6901).

use crate::pointer::unescaped;

/// A pointer one step deeper.
pub(super) fn push(pointer: &str, step: &str) -> String {
    let mut longer = String::with_capacity(pointer.len() + step.len() + 1);
    longer.push_str(pointer);
    longer.push('/');
    for c in step.chars() {
        match c {
            '~' => longer.push_str("~0"),
            '/' => longer.push_str("~1"),
            c => longer.push(c),
        }
    }
    longer
}

/// The steps of a pointer, unescaped; `None` if it is neither empty nor begins with `/`.
pub(super) fn steps(pointer: &str) -> Option<impl Iterator<Item = String>> {
    let rest = match pointer {
        "" => None,
        pointer => Some(pointer.strip_prefix('/')?),
    };
    let steps = rest.into_iter().flat_map(|rest| rest.split('/'));
    Some(steps.map(|step| unescaped(step).into_owned()))
}
