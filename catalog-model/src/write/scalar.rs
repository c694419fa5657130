//! How a text is written, so that every reader gets that text back.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Words that some reader of YAML takes for a boolean or for nothing, in any mixture of cases.
const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// A text on one line: plain where nobody can misread it, else in double quotes.
pub(super) fn inline(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(quote(text))
    }
}

/// The lines of a text that can stand in a literal block, and the sign that begins the block.
///
/// A block is for people: texts that need care (blanks at the ends of lines or before the first, tabs, control characters) are quoted instead.
pub(super) fn block(text: &str) -> Option<(&'static str, impl Iterator<Item = &str>)> {
    let (sign, body) = match text.strip_suffix('\n') {
        Some(body) => ("|", body),
        None => ("|-", text),
    };
    let readable = |c: char| c == '\n' || (is_printable(c) && c != '\t');
    let fits = text.contains('\n')
        && !body.starts_with([' ', '\n'])
        && !body.ends_with('\n')
        && !body.is_empty()
        && body.chars().all(readable)
        && body.split('\n').all(|line| !line.ends_with(' '));
    fits.then(|| (sign, body.split('\n')))
}

fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else {
        return false;
    };
    let begins = first.is_alphabetic() || first == '/' || text.starts_with("./") || is_dotted(text);
    begins
        && text
            .chars()
            .all(|c| c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric())
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether it is numbers with two dots or more, as `1.2.3-rc.1`: no number of any reader.
fn is_dotted(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().filter(|byte| *byte == b'.').count() >= 2
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+'))
}

fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if is_printable(c) => quoted.push(c),
            c => escape(&mut quoted, c),
        }
    }
    quoted.push('"');
    quoted
}

/// Writing to a `String` cannot fail.
fn escape(quoted: &mut String, c: char) {
    let code = u32::from(c);
    let _ = match code {
        0..=0xff => write!(quoted, "\\x{code:02X}"),
        0x100..=0xffff => write!(quoted, "\\u{code:04X}"),
        _ => write!(quoted, "\\U{code:08X}"),
    };
}

/// What YAML allows to stand unescaped, without the characters that some readers take for the end of a line or drop.
fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

#[cfg(test)]
mod tests {
    use super::inline;

    #[test]
    fn quotes_what_a_reader_could_retype() {
        for text in [
            "",
            "~",
            "null",
            "Null",
            "y",
            "N",
            "yes",
            "No",
            "ON",
            "off",
            "true",
            "FALSE",
            "0",
            "-1",
            "+1",
            "1.10",
            "1.",
            ".5",
            "1e3",
            "1E3",
            "1_000",
            "0644",
            "0o17",
            "0x1F",
            "0b1",
            "1__0",
            "12:30",
            "1:20:30",
            "2024-01-01",
            ".inf",
            "-.INF",
            ".nan",
            "<<",
            "=",
            "- a",
            "a: b",
            "a #b",
            "a:",
            "a ",
            " a",
            "*a",
            "&a",
            "!a",
            "%a",
            "@a",
            "`a",
            "{a",
            "[a",
            "#a",
            "|",
            ">",
            ">=1.2",
            "?",
            "-",
            "---",
            "...",
            "'a'",
            "\"a\"",
            "1.0",
            "99999999999999999999",
            "a\tb",
        ] {
            assert!(
                inline(text).starts_with('"'),
                "{text:?} is written {}",
                inline(text)
            );
        }
    }

    #[test]
    fn leaves_what_people_write_plain() {
        for text in [
            "grafana",
            "v1.0",
            "1.2.3",
            "1.14.2+1",
            "4.2.2-rc.1",
            "https://example.com/a?b=c#d",
            "./charts/a/",
            "/a",
            "Let's Encrypt",
            "core.oam.dev/v1beta1",
            "a:b",
            "é",
            "one, two",
            "yes, please",
        ] {
            assert_eq!(inline(text), text);
        }
    }
}
