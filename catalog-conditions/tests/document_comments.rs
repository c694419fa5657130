//! Comments of YAML files: which `#` begins one, and where it stands.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

use catalog_conditions::SourceFile;
use catalog_conditions::document::{Limits, parse, parse_with_comments};
use granit_parser::{Event, Parser};
use proptest::prelude::*;

/// The comments of a text, each checked against the text that its span names.
fn comments(text: &str) -> Vec<String> {
    let file = SourceFile::new("f", text);
    let (documents, comments) = parse_with_comments(&file, &Limits::default());
    assert_eq!(documents, parse(&file, &Limits::default()), "{text:?}");
    for comment in &comments {
        assert_eq!(file.slice(comment.span()), format!("#{}", comment.text()));
    }
    comments.iter().map(|c| c.text().to_owned()).collect()
}

#[test]
fn which_number_signs_begin_a_comment() {
    for (text, expected) in [
        ("", &[] as &[&str]),
        ("#", &[""]),
        ("# a file of comments\n#\n", &[" a file of comments", ""]),
        ("\u{feff}# after a mark\na: 1\n", &[" after a mark"]),
        ("a: 1 # one\n\tb", &[]),
        ("a: b#c # d # e\n", &[" d # e"]),
        ("'#a': \"x # y\" # z\n", &[" z"]),
        ("a: \"x\n  # y\" # z\n", &[" z"]),
        ("a: | # kept\n  # content\n# after\n", &[" kept", " after"]),
        (
            "a: >-\n  # content\n\n  # content\n # less\nb: 1\n",
            &[" less"],
        ),
        ("a: &x#y 1\nb: *x#y # z\n", &[" z"]),
        ("a: !t#u 1 # z\n", &[" z"]),
        (
            "%YAML 1.2 # one\n--- # two\na: 1\n... # three\n",
            &[" one", " two", " three"],
        ),
        ("[a, # one\n b] # two\n", &[" one", " two"]),
        ("a: # one\n  # two\n  b: 1\n", &[" one", " two"]),
        ("a:\r\n  # one\r\n  b: 1 # two\r\n", &[" one", " two"]),
        ("a: # ä\n  ü: 1 # €\n", &[" ä", " €"]),
        (
            "# one\n? [a]\n: 1 # two\n<<: 3 # three\n",
            &[" one", " two", " three"],
        ),
        (
            "# one\n---\n# two\n---\n# three\n",
            &[" one", " two", " three"],
        ),
        ("a: 'x\n# content\n  y' # z\n", &[" z"]),
    ] {
        assert_eq!(comments(text), expected, "{text:?}");
    }
}

#[test]
fn where_it_stands() {
    let text = "\u{feff} # alone\na: 1 # beside\n  # alone\n";
    let (_, comments) = parse_with_comments(&SourceFile::new("f", text), &Limits::default());
    let alone: Vec<_> = comments
        .iter()
        .map(|comment| comment.stands_alone())
        .collect();
    assert_eq!(alone, [true, false, true]);
}

#[test]
fn they_end_where_the_documents_do() {
    assert_eq!(comments("# one\na: 1\n---\nb: ]\n# two\n"), [" one"]);
    assert_eq!(comments("# one\n&a\n: *a # two\n"), [" one"]);
    let limits = {
        let mut limits = Limits::default();
        limits.file_bytes = 3;
        limits
    };
    let (_, comments) = parse_with_comments(&SourceFile::new("f", "# long\n"), &limits);
    assert!(comments.is_empty(), "a file too long is not read");
}

/// What the parser itself calls comments (here with its feature `comments`, which the library does without, as it costs time).
fn by_the_parser(text: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for next in Parser::new_from_str(text) {
        if let (Event::Comment(text, _), span) = next.ok()? {
            found.push((span.byte_range()?.start, text.into_owned()));
        }
    }
    found.sort();
    Some(found.into_iter().map(|(_, text)| text).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// They are those that the parser finds.
    #[test]
    fn as_the_parser_finds_them(text in "([a-c'\"\\[\\]{},:\\-|>&*! ]{0,4}(#| #|\n|\n  |: |- ){1,2}){1,12}") {
        // An alias inside what it names is an error of ours, and ends the reading; to the parser it is an event.
        let (parsed, _) = parse_with_comments(&SourceFile::new("f", text.as_str()), &Limits::default());
        prop_assume!(parsed.diagnostics.iter().all(|found| found.code() != "yaml.alias"));
        if let Some(expected) = by_the_parser(&text) {
            prop_assert_eq!(comments(&text), expected);
        }
    }
}
