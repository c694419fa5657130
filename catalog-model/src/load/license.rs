//! Licences: SPDX expressions are suggested, free text is accepted.

use catalog_conditions::Severity;
use catalog_conditions::document::{Node, Reader};

use super::spdx::{is_identifier, meant, same_words};

/// Notes a licence that is no SPDX expression, or has an identifier that SPDX does not know, with what is probably meant.
pub(super) fn note(reader: &mut Reader<'_>, node: &Node, text: &str) {
    let unknown = unknown_identifier(text);
    if unknown.is_none() && is_expression(text) {
        return;
    }
    let shown: String = unknown.unwrap_or(text).chars().take(64).collect();
    let message = match unknown {
        Some(_) => format!("`{shown}` is not an identifier of SPDX, which tools would understand"),
        None => format!("`{shown}` is not an SPDX expression, which tools would understand"),
    };
    let diagnostic = reader.diagnostic(Severity::Note, "license.spdx", node.span(), message);
    reader.report(match suggestion(text) {
        Some(meant) => diagnostic.did_you_mean(Some(&meant)),
        None => diagnostic.help("write an identifier of https://spdx.org/licenses/, as `Apache-2.0`, or `LicenseRef-` and a name of your own"),
    });
}

/// The first identifier of an expression that SPDX does not know; `None` also of what is no expression.
fn unknown_identifier(text: &str) -> Option<&str> {
    let mut unknown = words(text).filter(|id| !is_known(id));
    is_expression(text).then(|| unknown.next()).flatten()
}

/// The words of an expression without parentheses and `+`.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| c.is_ascii_whitespace() || matches!(c, '(' | ')'));
    words
        .map(|word| word.strip_suffix('+').unwrap_or(word))
        .filter(|word| !word.is_empty())
}

/// Whether a word of an expression is an operator, a name of the author's own, or on the list.
fn is_known(word: &str) -> bool {
    is_operator(word)
        || word.starts_with("LicenseRef-")
        || word.starts_with("DocumentRef-")
        || is_identifier(word)
}

/// The expression that is probably meant, where it is not what was written.
fn suggestion(text: &str) -> Option<String> {
    // A longer text is the licence itself, or prose; and each word is compared with the whole list.
    if text.len() > 256 || words(text).count() > 16 {
        return None;
    }
    if !is_expression(text) {
        return same_words(text).map(str::to_owned);
    }
    let mut changed = false;
    let words = text.split(' ').map(|word| {
        let id = word.trim_matches(['(', ')', '+']);
        match meant(id).filter(|_| !id.is_empty() && !is_known(id)) {
            Some(known) => {
                changed = true;
                word.replacen(id, known, 1)
            }
            None => word.to_owned(),
        }
    });
    let meant = words.collect::<Vec<_>>().join(" ");
    changed.then_some(meant)
}

fn is_operator(word: &str) -> bool {
    matches!(word, "AND" | "OR" | "WITH")
}

/// Whether a text has the form of an SPDX expression: identifiers with operators between them, and parentheses in pairs.
fn is_expression(text: &str) -> bool {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let (mut depth, mut after_operand) = (0_u32, false);
    for word in spaced.split_ascii_whitespace() {
        let fits = match word {
            "(" => {
                depth += 1;
                !after_operand
            }
            ")" => {
                let open = depth > 0 && after_operand;
                depth = depth.saturating_sub(1);
                open
            }
            operator if is_operator(operator) => std::mem::take(&mut after_operand),
            id => {
                let characters = id.strip_suffix('+').unwrap_or(id).bytes();
                let fits = characters.clone().len() > 0
                    && characters
                        .into_iter()
                        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b':'));
                !std::mem::replace(&mut after_operand, true) && fits
            }
        };
        if !fits {
            return false;
        }
    }
    after_operand && depth == 0
}

#[cfg(test)]
mod tests {
    use super::{is_expression, suggestion, unknown_identifier};

    #[test]
    fn knows_what_people_mean() {
        for (written, meant) in [
            ("apache-2.0", "Apache-2.0"),
            ("Apache2.0", "Apache-2.0"),
            ("Apache 2.0", "Apache-2.0"),
            ("Apache License 2.0", "Apache-2.0"),
            ("Apache License, Version 2.0", "Apache-2.0"),
            ("Apache v2", "Apache-2.0"),
            ("The MIT License", "MIT"),
            ("mit", "MIT"),
            ("GPLv3", "GPL-3.0-only"),
            ("BSD 3-Clause", "BSD-3-Clause"),
            ("MIT OR apache-2.0", "MIT OR Apache-2.0"),
            ("(mit AND ISC)", "(MIT AND ISC)"),
            ("Mozilla Public License 2.0", "MPL-2.0"),
            ("Apache-3.0 OR MIT", "Apache-2.0 OR MIT"),
            ("MIT AND (Apache-2 OR zlib)", "MIT AND (Apache-2.0 OR Zlib)"),
            ("CC-BY-4.1", "CC-BY-4.0"),
            ("GPL-2.0-onyl", "GPL-2.0-only"),
            ("afl-1.1+", "AFL-1.1+"),
        ] {
            assert_eq!(suggestion(written).as_deref(), Some(meant), "{written}");
        }
    }

    #[test]
    fn finds_identifiers_that_are_none() {
        for (text, unknown) in [
            ("Apache-3.0 OR MIT", Some("Apache-3.0")),
            ("MIT OR (ISC AND Acme)", Some("Acme")),
            ("Proprietary", Some("Proprietary")),
            ("mit", Some("mit")),
            (
                "GPL-2.0-or-later WITH My-exception-1.0",
                Some("My-exception-1.0"),
            ),
            ("GPL-2.0+ OR LicenseRef-Acme", None),
            ("our own", None),
        ] {
            assert_eq!(unknown_identifier(text), unknown, "{text}");
        }
        assert_eq!(suggestion("Proprietary"), None);
        assert_eq!(suggestion("NIST"), None);
    }

    #[test]
    fn leaves_what_is_an_expression() {
        for text in [
            "MIT",
            "MIT OR Apache-2.0",
            "(MIT AND ISC) OR BSD-2-Clause",
            "GPL-2.0-or-later WITH Classpath-exception-2.0",
            "Apache-1.1+",
            "LicenseRef-Acme",
            "CC-BY-3.0",
            "NIST-PD",
            "Zimbra-1.3",
        ] {
            assert!(is_expression(text), "{text}");
            assert_eq!(suggestion(text), None, "{text}");
            assert_eq!(unknown_identifier(text), None, "{text}");
        }
        for text in [
            "",
            "MIT OR",
            "OR MIT",
            "MIT ISC",
            "(MIT",
            "MIT)",
            "()",
            "all rights reserved",
            "a/b",
            "+",
        ] {
            assert!(!is_expression(text), "{text}");
        }
        assert_eq!(suggestion("our terms of service"), None);
    }
}
