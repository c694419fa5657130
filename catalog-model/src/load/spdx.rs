//! The identifiers of SPDX, and what people write instead.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use catalog_conditions::suggest::near;

/// Licences and exceptions of the SPDX licence list 3.28.0, the deprecated ones too, without `+`.
static LIST: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| include_str!("spdx.txt").lines().collect());

/// Those that packages for Kubernetes have: they are meant rather than others that are as near.
const USUAL: [&str; 56] = [
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

/// Whether a word is on the list, in the case in which it stands there.
pub(super) fn is_identifier(word: &str) -> bool {
    USUAL.contains(&word) || LIST.contains(word)
}

/// The identifier that a word, which is none, is but for case, signs or a slip.
pub(super) fn meant(word: &str) -> Option<&'static str> {
    let all = || USUAL.into_iter().chain(LIST.iter().copied());
    let same = all().find(|known| known.eq_ignore_ascii_case(word));
    // Short names are near too much: `MIT` and `NIST`.
    let letters = |text: &str| text.bytes().filter(|b| !b.is_ascii_digit()).count();
    let slip = |known: &mut dyn Iterator<Item = &'static str>| {
        near(word, known.filter(|known| letters(known) > 4))
    };
    same.or_else(|| same_words(word))
        .or_else(|| slip(&mut USUAL.into_iter()))
        .or_else(|| slip(&mut LIST.iter().copied()))
}

/// The usual identifier that a text names in other words.
pub(super) fn same_words(text: &str) -> Option<&'static str> {
    let plain = plain(text);
    let known = OTHERWISE.iter().find(|(written, _)| *written == plain);
    let same = || USUAL.into_iter().find(|known| self::plain(known) == plain);
    known.map(|(_, id)| *id).or_else(same)
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
