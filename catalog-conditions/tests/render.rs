//! Diagnostics with their source lines: places, marks and what has no width.
#![cfg(feature = "render")]
#![allow(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

use catalog_conditions::render::Colour;
use catalog_conditions::{Diagnostic, SourceFile, Span};

/// A warning at the place of `word` in `text`, rendered.
fn rendered(text: &str, word: &str) -> String {
    let file = SourceFile::new("file.yaml", text);
    let start = text.find(word).unwrap();
    let span = Span::new(start, start + word.len());
    let diagnostic = Diagnostic::warning("a.rule", "it is wrong").at(&file, span);
    let rendered = diagnostic.render(Colour::Never);
    let place = diagnostic.location().unwrap().start().to_string();
    assert!(
        rendered.contains(&format!("--> file.yaml:{place}\n")),
        "{rendered}\nwhere the diagnostic itself says {place}"
    );
    rendered
}

#[test]
fn places_in_all_sorts_of_lines() {
    insta::assert_snapshot!(rendered("\u{feff}name: grafana\nurl: x\n", "grafana"), @r"
    warning[a.rule]: it is wrong
     --> file.yaml:1:7
      |
    1 | name: grafana
      |       ^^^^^^^
    ");
    insta::assert_snapshot!(rendered("name: grafana\r\nurl: x\r\n", "url"), @r"
    warning[a.rule]: it is wrong
     --> file.yaml:2:1
      |
    2 | url: x
      | ^^^
    ");
    insta::assert_snapshot!(rendered("a:\tb\n", "b"), @r"
    warning[a.rule]: it is wrong
     --> file.yaml:1:4
      |
    1 | a:    b
      |       ^
    ");
    insta::assert_snapshot!(rendered("名前: 値 x\n", "x"), @r"
    warning[a.rule]: it is wrong
     --> file.yaml:1:7
      |
    1 | 名前: 値 x
      |          ^
    ");
    insta::assert_snapshot!(rendered("a: b", "b"), @r"
    warning[a.rule]: it is wrong
     --> file.yaml:1:4
      |
    1 | a: b
      |    ^
    ");
}

#[test]
fn a_mark_alone() {
    let file = SourceFile::new("file.yaml", "\u{feff}");
    let diagnostic = Diagnostic::error("a.rule", "it is empty").at(&file, Span::default());
    insta::assert_snapshot!(diagnostic.render(Colour::Never), @r"
    error[a.rule]: it is empty
     --> file.yaml:1:1
      |
    1 |
      | ^
    ");
}

#[test]
fn a_second_place_and_a_second_file() {
    let text = "a: 1\nb: 2\na: 3\n";
    let (file, other) = (
        SourceFile::new("file.yaml", text),
        SourceFile::new("other.yaml", "a: 4\n"),
    );
    let diagnostic = Diagnostic::error("a.rule", "`a` stands here again")
        .at(&file, Span::new(10, 11))
        .related(&file, Span::new(0, 1), "first defined here")
        .related(&other, Span::new(0, 1), "and in another file");
    insta::assert_snapshot!(diagnostic.render(Colour::Never), @r"
    error[a.rule]: `a` stands here again
     --> file.yaml:3:1
      |
    3 | a: 3
      | ^
      |
     ::: file.yaml:1:1
      |
    1 | a: 1
      | - first defined here
      |
     ::: other.yaml:1:1
      |
    1 | a: 4
      | - and in another file
    ");
}

#[test]
fn a_name_cannot_write_to_the_terminal() {
    let file = SourceFile::new("a\u{1b}[31m\nb.yaml", "a: 1\n");
    let diagnostic = Diagnostic::error("a.rule", "it is wrong").at(&file, Span::new(0, 1));
    for told in [diagnostic.to_string(), diagnostic.render(Colour::Never)] {
        assert!(told.contains("a\\u{1b}[31m\\nb.yaml:1:1"), "{told}");
    }
}

#[test]
fn nothing_that_a_terminal_acts_on_is_written() {
    let hostile =
        "a\u{1b}[31m\u{7}\r\u{8}\u{7f}\u{9b}31m\u{85}\u{61c}\u{200f}\u{202e}\u{2066}\u{2028}z";
    let file = SourceFile::new(hostile, format!("url: {hostile} x\n").as_str());
    let start = file.text().find('z').unwrap();
    let diagnostic = Diagnostic::warning("metadata.url", hostile)
        .at(&file, Span::new(start, start + 1))
        .related(&file, Span::new(0, 3), hostile)
        .help(hostile);
    let rendered = diagnostic.render(Colour::Never);
    let acts = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert_eq!(rendered.find(acts), None, "{rendered:?}");
    assert!(rendered.contains(&format!(":1:{}\n", file.position(start).column)));
}
