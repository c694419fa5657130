//! Rules in CEL, as far as texts of them are compared.

/// A rule without the white space and comments that change nothing.
pub(super) fn normal(rule: &str) -> String {
    let mut told = String::with_capacity(rule.len());
    let mut gap = false;
    for part in Parts(rule) {
        // White space is what keeps two words apart, and a name from a text that would be raw or bytes after it.
        let (text, is_apart) = match part {
            Part::Gap => {
                gap = true;
                continue;
            }
            Part::Text(text) => (text, text.starts_with(is_of_word)),
            Part::Quoted(text) => (text, told.ends_with(['b', 'B', 'r', 'R'])),
        };
        if gap && is_apart && told.ends_with(is_of_word) {
            told.push(' ');
        }
        gap = false;
        told.push_str(text);
    }
    told
}

/// Whether a rule speaks of the value before the change.
pub(super) fn is_transition(rule: &str) -> bool {
    let mut is_field = false;
    let mut parts = Parts(rule).filter(|part| !matches!(part, Part::Gap));
    parts.any(|part| {
        let is_old = matches!(part, Part::Text("oldSelf")) && !is_field;
        is_field = matches!(part, Part::Text("."));
        is_old
    })
}

/// The words of a rule, without its texts in quotes.
pub(super) fn words(rule: &str) -> impl Iterator<Item = &str> {
    Parts(rule).filter_map(|part| match part {
        Part::Text(word) if word.starts_with(is_of_word) => Some(word),
        _ => None,
    })
}

/// What stands in rules for what names in CEL may not have.
const ESCAPES: [(&str, &str); 4] = [
    ("__", "__underscores__"),
    (".", "__dot__"),
    ("-", "__dash__"),
    ("/", "__slash__"),
];

/// How rules write the name of a field.
pub(super) fn escaped(name: &str) -> String {
    if is_reserved(name) {
        return format!("__{name}__");
    }
    replaced(name, |(plain, escape)| (plain, escape))
}

/// The field that a rule names; nothing if no field is written so.
pub(super) fn unescaped(name: &str) -> Option<String> {
    let inner = name.strip_prefix("__");
    let inner = inner.and_then(|name| name.strip_suffix("__"));
    match inner {
        Some(word) if is_reserved(word) => Some(word.to_owned()),
        // After a dot the server takes words of CEL's own for names, too.
        _ if is_reserved(name) => Some(name.to_owned()),
        _ => {
            let field = replaced(name, |(plain, escape)| (escape, plain));
            (escaped(&field) == name).then_some(field)
        }
    }
}

/// A text with each escape put for another text, from its beginning on.
fn replaced(
    text: &str,
    turned: impl Fn((&'static str, &'static str)) -> (&'static str, &'static str),
) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let found = ESCAPES
            .into_iter()
            .map(&turned)
            .find(|(from, _)| rest.starts_with(from));
        let length = found.map_or(first.len_utf8(), |(from, _)| from.len());
        let (part, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        told.push_str(found.map_or(part, |(_, to)| to));
        rest = after;
    }
    told
}

/// Whether a name is a word of CEL's own.
fn is_reserved(name: &str) -> bool {
    const RESERVED: [&str; 21] = [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "false",
        "for",
        "function",
        "if",
        "import",
        "in",
        "let",
        "loop",
        "namespace",
        "null",
        "package",
        "return",
        "true",
        "var",
        "void",
        "while",
    ];
    RESERVED.contains(&name)
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A rule in parts: words, gaps, texts in quotes, and single characters for the rest.
struct Parts<'r>(&'r str);

enum Part<'r> {
    /// White space, or a comment.
    Gap,
    Text(&'r str),
    Quoted(&'r str),
}

impl<'r> Iterator for Parts<'r> {
    type Item = Part<'r>;

    fn next(&mut self) -> Option<Part<'r>> {
        let rest = self.0;
        let first = rest.chars().next()?;
        let (length, make): (usize, fn(&'r str) -> Part<'r>) = if first.is_whitespace() {
            (rest.len() - rest.trim_start().len(), |_| Part::Gap)
        } else if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), |_| Part::Gap)
        } else if let Some(quote) = Quote::of(rest) {
            (quote.end.unwrap_or(rest.len()), Part::Quoted)
        } else if is_of_word(first) {
            let end = rest.find(|c| !is_of_word(c));
            (end.unwrap_or(rest.len()), Part::Text)
        } else {
            (first.len_utf8(), Part::Text)
        };
        let (part, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(make(part))
    }
}

/// A text in quotes that something begins with: `'a'`, `"a"`, three quotes at each end, and letters before them for raw texts and bytes.
pub(super) struct Quote {
    pub(super) is_bytes: bool,
    /// How many bytes it has, with its quotes and what stands before them; `None` if it does not end.
    pub(super) end: Option<usize>,
}

impl Quote {
    pub(super) fn of(rest: &str) -> Option<Self> {
        let is_quote = |b: &u8| matches!(b, b'"' | b'\'');
        let before = rest.as_bytes().iter().take(3).position(is_quote)?;
        let (prefix, quoted) = rest.split_at_checked(before)?;
        let prefix = prefix.to_ascii_lowercase();
        if !matches!(prefix.as_str(), "" | "r" | "b" | "rb" | "br") {
            return None;
        }
        Some(Self {
            is_bytes: prefix.contains('b'),
            end: end_of_quoted(quoted, prefix.contains('r')).map(|end| before + end),
        })
    }
}

/// How many bytes something has that begins with a quote and goes to the end of the text in it.
fn end_of_quoted(quoted: &str, is_raw: bool) -> Option<usize> {
    let first = quoted.chars().next()?;
    let triple = String::from(first).repeat(3);
    let quote = match quoted.starts_with(&triple) {
        true => triple,
        false => String::from(first),
    };
    let mut is_escaped = false;
    for (at, c) in quoted.char_indices().skip(quote.len()) {
        if is_escaped {
            is_escaped = false;
        } else if c == '\\' && !is_raw {
            is_escaped = true;
        } else if quoted.get(at..)?.starts_with(&quote) {
            return Some(at + quote.len());
        } else if matches!(c, '\n' | '\r') && quote.len() == 1 {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{escaped, is_transition, normal, unescaped};

    #[test]
    fn white_space_counts_where_it_keeps_words_apart() {
        let cases = [
            ("self.a>0", "self.a > 0 // why\n", true),
            ("self.a in  ['x y']", "self.a in ['x y']", true),
            ("self.a in ['x y']", "self.a in ['x  y']", false),
            ("self.a in b", "self.ain b", false),
            ("self == '//'", "self == '", false),
            ("", " ", true),
            (
                r"self.matches(r'\') && self == '//a'",
                r"self.matches(r'\') && self == '//b'",
                false,
            ),
            (
                r"self != R'\' && self.a  > 0",
                r"self != R'\'&&self.a>0",
                true,
            ),
            (
                r"self != r'\' && self == ' '",
                r"self != r'\' && self == '  '",
                false,
            ),
            ("self != '''it's // a'''", "self != '''it's // b'''", false),
            (
                "self != \"\"\"a  \" b\"\"\"",
                "self != \"\"\"a \" b\"\"\"",
                false,
            ),
            ("self == b'a  b'", "self == b'a b'", false),
            ("self == b 'a'", "self == b'a'", false),
            ("self.a in 'x'", "self.a in'x'", true),
        ];
        for (a, b, same) in cases {
            assert_eq!(normal(a) == normal(b), same, "{a} / {b}");
        }
    }

    #[test]
    fn names_that_no_field_has() {
        assert_eq!(unescaped("namespace").as_deref(), Some("namespace"));
        for name in ["a__b", "__a__b"] {
            assert_eq!(unescaped(name), None, "{name}");
        }
    }

    #[test]
    fn names_are_escaped_once() {
        let cases = [
            ("a", "a"),
            ("a-b.c/d", "a__dash__b__dot__c__slash__d"),
            ("a__dot__b", "a__underscores__dot__underscores__b"),
            ("a_b", "a_b"),
            ("a___b", "a__underscores___b"),
            ("namespace", "__namespace__"),
        ];
        for (name, expected) in cases {
            assert_eq!(escaped(name), expected);
            assert_eq!(unescaped(expected).as_deref(), Some(name));
        }
    }

    #[test]
    fn a_transition_speaks_of_the_old_value() {
        assert!(is_transition("self == oldSelf"));
        assert!(is_transition("oldSelf.hasValue()"));
        assert!(!is_transition("self == 'oldSelf' || self.oldSelfish"));
        assert!(is_transition(
            r"self != r'\' && self == oldSelf && self != 'x'"
        ));
        assert!(!is_transition("self != '''a' || oldSelf == 'b'''"));
        assert!(!is_transition("self == '' // oldSelf"));
        assert!(!is_transition(
            "self.oldSelf == 'a' && self . oldSelf != 'b'"
        ));
    }
}
