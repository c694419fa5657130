//! Licences: SPDX expressions are suggested, free text is accepted.

use catalog_conditions::document::{Node, Reader};
use catalog_conditions::{Severity, suggest::near};

/// Identifiers of the SPDX licence list that packages for Kubernetes have, and the exceptions that go with them: enough to know what
/// is nearly one. What is not here is not therefore wrong.
const KNOWN: [&str; 56] = [
    "0BSD",
    "AFL-3.0",
    "AGPL-3.0",
    "AGPL-3.0-only",
    "AGPL-3.0-or-later",
    "Apache-1.1",
    "Apache-2.0",
    "Artistic-2.0",
    "BlueOak-1.0.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "BUSL-1.1",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC0-1.0",
    "CDDL-1.0",
    "CDDL-1.1",
    "Classpath-exception-2.0",
    "CPL-1.0",
    "ECL-2.0",
    "Elastic-2.0",
    "EPL-1.0",
    "EPL-2.0",
    "EUPL-1.2",
    "GPL-2.0",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "Hippocratic-2.1",
    "ISC",
    "LGPL-2.1",
    "LGPL-2.1-only",
    "LGPL-2.1-or-later",
    "LGPL-3.0",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "LLVM-exception",
    "MIT",
    "MIT-0",
    "MPL-1.1",
    "MPL-2.0",
    "MS-PL",
    "MulanPSL-2.0",
    "NCSA",
    "OFL-1.1",
    "OpenSSL",
    "PostgreSQL",
    "Python-2.0",
    "SSPL-1.0",
    "Unlicense",
    "Vim",
    "WTFPL",
    "Zlib",
];

/// What people write instead, in lower case and without the words and signs that say nothing.
const OTHERWISE: [(&str, &str); 28] = [
    ("2 clause bsd", "BSD-2-Clause"),
    ("3 clause bsd", "BSD-3-Clause"),
    ("agpl", "AGPL-3.0-only"),
    ("agpl 3", "AGPL-3.0-only"),
    ("agplv3", "AGPL-3.0-only"),
    ("apache", "Apache-2.0"),
    ("apache 2", "Apache-2.0"),
    ("apache2", "Apache-2.0"),
    ("apache 2 0", "Apache-2.0"),
    ("apache software 2 0", "Apache-2.0"),
    ("asl 2 0", "Apache-2.0"),
    ("bsd", "BSD-3-Clause"),
    ("bsd 2", "BSD-2-Clause"),
    ("bsd 3", "BSD-3-Clause"),
    ("bsl 1 1", "BUSL-1.1"),
    ("business source 1 1", "BUSL-1.1"),
    ("gpl 2", "GPL-2.0-only"),
    ("gpl 3", "GPL-3.0-only"),
    ("gplv2", "GPL-2.0-only"),
    ("gplv2+", "GPL-2.0-or-later"),
    ("gplv3", "GPL-3.0-only"),
    ("gplv3+", "GPL-3.0-or-later"),
    ("lgplv3", "LGPL-3.0-only"),
    ("mozilla public 2 0", "MPL-2.0"),
    ("mpl", "MPL-2.0"),
    ("mpl2", "MPL-2.0"),
    ("mplv2", "MPL-2.0"),
    ("server side public 1", "SSPL-1.0"),
];

/// Notes a licence that is no SPDX expression, with the one that is probably meant.
pub(super) fn note(reader: &mut Reader<'_>, node: &Node, text: &str) {
    let meant = suggestion(text);
    if meant.is_none() && is_expression(text) {
        return;
    }
    let shown: String = text.chars().take(64).collect();
    let diagnostic = reader.diagnostic(
        Severity::Note,
        "license.spdx",
        node.span(),
        format!("`{shown}` is not an SPDX expression, which tools would understand"),
    );
    reader.report(match meant {
        Some(meant) => diagnostic.did_you_mean(Some(&meant)),
        None => diagnostic.help("write an identifier of https://spdx.org/licenses/, as `Apache-2.0`, or `LicenseRef-` and a name of your own"),
    });
}

/// The expression that is probably meant, where it is not what was written.
fn suggestion(text: &str) -> Option<String> {
    // A longer text is the licence itself, or prose.
    if text.len() > 256 {
        return None;
    }
    if is_expression(text) {
        let mut changed = false;
        let words = text.split(' ').map(|word| {
            let id = word.trim_matches(['(', ')', '+']);
            match nearly(id) {
                Some(known) => {
                    changed = true;
                    word.replacen(id, known, 1)
                }
                None => word.to_owned(),
            }
        });
        let meant = words.collect::<Vec<_>>().join(" ");
        return changed.then_some(meant);
    }
    let plain = plain(text);
    let known = OTHERWISE.iter().find(|(written, _)| *written == plain);
    let same = || KNOWN.into_iter().find(|known| self::plain(known) == plain);
    known.map(|(_, id)| *id).or_else(same).map(str::to_owned)
}

/// A known identifier that `id` is but for case or a slip.
fn nearly(id: &str) -> Option<&'static str> {
    if id.is_empty()
        || KNOWN.contains(&id)
        || is_operator(id)
        || id.starts_with("LicenseRef-")
        || id.starts_with("DocumentRef-")
    {
        return None;
    }
    let same = KNOWN
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(id));
    let plain = plain(id);
    let otherwise = || {
        OTHERWISE
            .iter()
            .find(|(written, _)| *written == plain)
            .map(|(_, id)| *id)
    };
    // Short names are near too much: `MIT` and `NIST`. Versions differ on purpose: `CC-BY-3.0` is no slip of `CC-BY-4.0`.
    let letters = |text: &str| text.bytes().filter(|b| !b.is_ascii_digit()).count();
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
    let slip = || {
        near(
            id,
            KNOWN
                .into_iter()
                .filter(|known| letters(known) > 4 && digits(known) == digits(id)),
        )
    };
    same.or_else(otherwise).or_else(slip)
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

/// Lower case, with a space for each sign, and without `the`, `license`, `version` and `v` before a number.
fn plain(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let words = lower
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '+')
        .filter(|word| !matches!(*word, "" | "the" | "license" | "licence" | "version" | "v"))
        .map(|word| match word.strip_prefix('v') {
            Some(number) if number.bytes().all(|b| b.is_ascii_digit()) => number,
            _ => word,
        });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{is_expression, suggestion};

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
        ] {
            assert_eq!(suggestion(written).as_deref(), Some(meant), "{written}");
        }
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
