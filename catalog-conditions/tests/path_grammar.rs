//! The texts that are field paths, and what is said about those that are not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_conditions::path::{FieldPath, Pair, Segment, Wanted};
use proptest::prelude::*;

#[track_caller]
fn reads_as(text: &str, canonical: &str, segments: &[Segment]) {
    let path = FieldPath::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(path.segments(), segments, "{text}");
    assert_eq!(path.to_string(), canonical, "{text}");
    assert_eq!(FieldPath::parse(canonical), Ok(path), "{canonical}");
}

fn key(key: &str) -> Segment {
    Segment::Key(key.to_owned())
}

fn pair(key: &str, wanted: Wanted) -> Pair {
    Pair {
        key: key.to_owned(),
        wanted,
    }
}

fn text(text: &str) -> Wanted {
    Wanted::Text(text.to_owned())
}

fn quoted(text: &str) -> Wanted {
    Wanted::Quoted(text.to_owned())
}

#[test]
fn every_form_of_step_is_read() {
    reads_as("spec", "spec", &[key("spec")]);
    reads_as(
        "spec.replicas",
        "spec.replicas",
        &[key("spec"), key("replicas")],
    );
    reads_as(
        "a-b.c_d.x:y.é",
        "a-b.c_d.x:y.é",
        &[key("a-b"), key("c_d"), key("x:y"), key("é")],
    );
    reads_as("a[0].b", "a[0].b", &[key("a"), Segment::Index(0), key("b")]);
    reads_as(
        "a[2147483647]",
        "a[2147483647]",
        &[key("a"), Segment::Index(2_147_483_647)],
    );
    reads_as("[0][1]", "[0][1]", &[Segment::Index(0), Segment::Index(1)]);
    reads_as("a[*].b", "a[*].b", &[key("a"), Segment::Every, key("b")]);
    reads_as("a.*.b", "a[*].b", &[key("a"), Segment::Every, key("b")]);
    reads_as("*", "[*]", &[Segment::Every]);
    reads_as(
        "a['b.c/d'].e",
        "a['b.c/d'].e",
        &[key("a"), key("b.c/d"), key("e")],
    );
    reads_as(r#"a["b"]"#, "a.b", &[key("a"), key("b")]);
    reads_as(r#"["it's"]"#, r"['it\'s']", &[key("it's")]);
    reads_as(r"['a\'b\\c']", r"['a\'b\\c']", &[key(r"a'b\c")]);
    reads_as(r#"["a\"b"]"#, r#"['a"b']"#, &[key("a\"b")]);
    reads_as("a['']", "a['']", &[key("a"), key("")]);
    reads_as("a[' ']", "a[' ']", &[key("a"), key(" ")]);
    reads_as("a['*']", "a['*']", &[key("a"), key("*")]);
    reads_as("data['0']", "data['0']", &[key("data"), key("0")]);
    reads_as(
        "data[.config.yml]",
        "data['.config.yml']",
        &[key("data"), key(".config.yml")],
    );
    reads_as(
        "l[app.kubernetes.io/name]",
        "l['app.kubernetes.io/name']",
        &[key("l"), key("app.kubernetes.io/name")],
    );
    reads_as("a[b]", "a.b", &[key("a"), key("b")]);
    reads_as("a[1x]", "a.1x", &[key("a"), key("1x")]);
}

#[test]
fn selections_are_read() {
    reads_as(
        "v[name=v1]",
        "v[name=v1]",
        &[key("v"), Segment::Select(vec![pair("name", text("v1"))])],
    );
    reads_as(
        "ports[port=53,protocol=UDP].name",
        "ports[port=53,protocol=UDP].name",
        &[
            key("ports"),
            Segment::Select(vec![
                pair("port", text("53")),
                pair("protocol", text("UDP")),
            ]),
            key("name"),
        ],
    );
    reads_as(
        "e['a.b'='c,d']",
        "e['a.b'='c,d']",
        &[key("e"), Segment::Select(vec![pair("a.b", quoted("c,d"))])],
    );
    reads_as(
        r#"e[a="1"]"#,
        "e[a='1']",
        &[key("e"), Segment::Select(vec![pair("a", quoted("1"))])],
    );
    reads_as(
        "e[a='']",
        "e[a='']",
        &[key("e"), Segment::Select(vec![pair("a", quoted(""))])],
    );
    reads_as(
        "e[a=b.c/d@*]",
        "e[a=b.c/d@*]",
        &[key("e"), Segment::Select(vec![pair("a", text("b.c/d@*"))])],
    );
    reads_as(
        "e[a=']']",
        "e[a=']']",
        &[key("e"), Segment::Select(vec![pair("a", quoted("]"))])],
    );
    reads_as(
        "e[x=1,'y'=2]",
        "e[x=1,y=2]",
        &[
            key("e"),
            Segment::Select(vec![pair("x", text("1")), pair("y", text("2"))]),
        ],
    );
}

#[test]
fn what_is_refused_says_what_to_write() {
    let refused = [
        "",
        ".spec.x",
        "$.spec.x",
        "{.spec.x}",
        "{",
        "$",
        "..",
        "a.[0]",
        "a..b",
        "a.",
        "a.0.b",
        "0",
        "metadata.labels.app\\.kubernetes\\.io/name",
        "spec.a\\.b.c",
        "a\\b",
        "metadata.labels.app.kubernetes.io/name",
        "metadata.annotations.a=b",
        "spec.x/y",
        "a.'b'",
        "a b",
        "a,b",
        "a(b)",
        "a@b",
        "a\u{a0}b",
        "a\tb",
        "a\u{202e}b",
        "a['\u{7}']",
        "a*",
        "a.b*c",
        "a]",
        "a[0",
        "a['b",
        "a['b'",
        "a[\"b']",
        r"a['\n']",
        "a[]",
        "a[ 0 ]",
        "a['b' ]",
        "a[-1]",
        "a[007]",
        "a[00]",
        "a[2147483648]",
        "a[99999999999999999999]",
        "a[1:3]",
        "a[:]",
        "a[0,1]",
        "a['b','c']",
        "a[?(@.x==1)]",
        "a[?@.x]",
        "a[(@.length-1)]",
        "a[name==v1]",
        "a[name=]",
        "a[=v]",
        "a[name=v1,x]",
        "a[name=v1,]",
        "a[ name=v1]",
        "a[name=v 1]",
        "a[*=v]",
        "a[n*=v]",
        "a[name='x'y]",
        "a[name='x']y",
        "a[x=1=2]",
        "a[0]b",
        "a[0]]",
        "a[-x]",
        "a[1.5]",
        "a[é]",
        "a['b']c",
        "a.b[",
    ];
    let told: Vec<String> = refused
        .iter()
        .map(|text| match FieldPath::parse(text) {
            Ok(path) => panic!("{text} is read as {path}"),
            Err(error) => format!("{} ({}): {error}", text.escape_debug(), error.offset()),
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
     (0): the path is empty: write the keys from the root of the object, such as `spec.replicas`
    .spec.x (0): this is not JSONPath: write `spec.x`, or use `jsonPath:`
    $.spec.x (0): this is not JSONPath: write `spec.x`, or use `jsonPath:`
    {.spec.x} (0): this is not JSONPath: write `spec.x`, or use `jsonPath:`
    { (0): this is not JSONPath: write `spec.x`, or use `jsonPath:`
    $ (0): this is not JSONPath: write `spec.x`, or use `jsonPath:`
    .. (0): this is not JSONPath: write `spec.x`, or use `jsonPath:`
    a.[0] (2): no dot stands before a bracket: write `a[0]`, not `a.[0]`
    a..b (2): `..` is not part of a path: name every key on the way
    a. (2): the path ends with a dot: remove it, or name the key that follows
    a.0.b (2): `0` outside brackets is no index: write `[0]`, or `['0']` for a key of that name
    0 (0): `0` outside brackets is no index: write `[0]`, or `['0']` for a key of that name
    metadata.labels.app\\.kubernetes\\.io/name (19): a backslash escapes nothing in an unquoted key; quote the whole key: `metadata.labels['app.kubernetes.io/name']`
    spec.a\\.b.c (6): a backslash escapes nothing in an unquoted key; quote the whole key: `spec['a.b'].c`
    a\\b (1): a backslash escapes nothing in an unquoted key; quote the whole key: `['app.kubernetes.io/name']`
    metadata.labels.app.kubernetes.io/name (33): `/` cannot stand in an unquoted key; quote the whole key: `metadata.labels['app.kubernetes.io/name']`
    metadata.annotations.a=b (22): `=` cannot stand in an unquoted key; quote the whole key: `metadata.annotations['a=b']`
    spec.x/y (6): `/` cannot stand in an unquoted key; quote the whole key: `['app.kubernetes.io/name']`
    a.\'b\' (2): a quoted key stands in brackets: `['key']`
    a b (1): white space cannot stand in an unquoted key; remove it, or quote the key: `['a key']`
    a,b (1): `,` cannot stand in an unquoted key; quote the key: `['key']`
    a(b) (1): `(` cannot stand in an unquoted key; quote the key: `['key']`
    a@b (1): `@` cannot stand in an unquoted key; quote the key: `['key']`
    a\u{a0}b (1): white space cannot stand in an unquoted key; remove it, or quote the key: `['a key']`
    a\tb (1): `\u{9}` is invisible or a control character, and cannot stand in a path: remove it
    a\u{202e}b (1): `\u{202e}` is invisible or a control character, and cannot stand in a path: remove it
    a[\'\u{7}\'] (3): `\u{7}` is invisible or a control character, and cannot stand in a path: remove it
    a* (0): `*` stands alone: write `[*]` for every element, or quote a key that holds one: `['a*']`
    a.b*c (2): `*` stands alone: write `[*]` for every element, or quote a key that holds one: `['b*c']`
    a] (1): `]` has no `[` before it: remove it, or quote the key that holds it
    a[0 (1): `[` has no `]` after it: close the bracket
    a[\'b (2): the quote ' is not closed: end the key with ']
    a[\'b\' (5): `[` has no `]` after it: close the bracket
    a[\"b\'] (2): the quote " is not closed: end the key with "]
    a[\'\\n\'] (3): `\n` is no escape: in quotes, only the quote itself and `\\` are escaped
    a[] (2): the bracket is empty: write an index `[0]`, `[*]`, a key `['key']` or a selection `[name=x]`
    a[ 0 ] (2): white space has no place in a bracket: write `[0]`
    a[\'b\' ] (5): white space has no place in a bracket: write `['b']`
    a[-1] (2): `[-1]` counts from the end, and an index counts from 0: select the element by its key, such as `[name=x]`
    a[007] (2): an index has no leading zeros: write `[7]`
    a[00] (2): an index has no leading zeros: write `[0]`
    a[2147483648] (2): the index `2147483648` is beyond 2147483647
    a[99999999999999999999] (2): the index `99999999999999999999` is beyond 2147483647
    a[1:3] (2): `[1:3]` is a slice, which a path has not: write `[*]` for every element, or one index
    a[:] (2): `[:]` is a slice, which a path has not: write `[*]` for every element, or one index
    a[0,1] (2): `[0,1]` names several elements: write one index or key, or `[*]` for every element
    a[\'b\',\'c\'] (5): `['b','c']` names several elements: write one index or key, or `[*]` for every element
    a[?(@.x==1)] (2): a filter is written as a selection: `[name=x]`, or `[name=x,key=y]`
    a[?@.x] (2): a filter is written as a selection: `[name=x]`, or `[name=x,key=y]`
    a[(@.length-1)] (2): a filter is written as a selection: `[name=x]`, or `[name=x,key=y]`
    a[name==v1] (7): a selection has one `=`: write `[name=x]`
    a[name=] (7): the value of `name` is empty: write `[name='']` for the empty text
    a[=v] (2): `=v` is no pair: a selection is written `[key=value]`, or `[key=value,other=value]`
    a[name=v1,x] (10): `x` is no pair: a selection is written `[key=value]`, or `[key=value,other=value]`
    a[name=v1,] (10): a pair is missing: remove the comma, or write `key=value` after it
    a[ name=v1] (2): white space has no place in a bracket: write `[name=v1]`
    a[name=v 1] (8): ` ` cannot stand in an unquoted value; quote the value: `[name='…']`
    a[*=v] (2): `*` is no key of a selection: write `['*'=x]` for a key of that name
    a[n*=v] (2): `*` stands alone: write `[*]` for every element, or quote a key that holds one: `['n*']`
    a[name=\'x\'y] (10): `y` cannot stand in an unquoted value; quote the value: `[name='…']`
    a[name=\'x\']y (11): after `]` comes a dot, a bracket or the end: write `].y`
    a[x=1=2] (5): `=` cannot stand in an unquoted value; quote the value: `[x='…']`
    a[0]b (4): after `]` comes a dot, a bracket or the end: write `].b`
    a[0]] (4): `]` has no `[` before it: remove it, or quote the key that holds it
    a[-x] (2): `[-x]` is neither an index nor a key nor a selection; quote a key: `['-x']`
    a[1.5] (2): `[1.5]` is neither an index nor a key nor a selection; quote a key: `['1.5']`
    a[é] (2): `[é]` is neither an index nor a key nor a selection; quote a key: `['é']`
    a[\'b\']c (6): after `]` comes a dot, a bracket or the end: write `].c`
    a.b[ (3): `[` has no `]` after it: close the bracket
    "#);
}

#[test]
fn lengths_are_bounded() {
    let longest = "a".repeat(FieldPath::MAX_BYTES);
    assert!(FieldPath::parse(&longest).is_ok());
    assert_eq!(
        FieldPath::parse(&format!("{longest}a"))
            .unwrap_err()
            .to_string(),
        "the path has 1025 bytes, more than the 1024 allowed"
    );
    let most = vec!["a"; FieldPath::MAX_SEGMENTS].join(".");
    assert!(FieldPath::parse(&most).is_ok());
    assert_eq!(
        FieldPath::parse(&format!("{most}.a"))
            .unwrap_err()
            .to_string(),
        "the path has more than 64 steps"
    );
    assert_eq!(
        FieldPath::parse(&format!("{most}[0]"))
            .unwrap_err()
            .to_string(),
        "the path has more than 64 steps"
    );
    // The canonical text of a bare key is longer than what was written, and must parse all the same.
    let bare = format!("[.{}]", "a".repeat(FieldPath::MAX_BYTES - 3));
    assert!(FieldPath::parse(&bare).is_err());
}

#[test]
fn a_megabyte_is_refused_at_once() {
    for filler in ["a", ".", "[", "a.", "[0]", "\\", "['"] {
        let text = filler.repeat((1 << 20) / filler.len());
        assert!(FieldPath::parse(&text).is_err());
    }
}

fn any_segment() -> impl Strategy<Value = Segment> {
    // Any characters but those that no path can hold.
    let texts =
        || "[^\\p{Cc}\\u{61c}\\u{200e}\\u{200f}\\u{202a}-\\u{202e}\\u{2066}-\\u{2069}]{0,6}";
    let words = || "[a-z]{1,3}|[0-9]{1,3}|[a*.=,']{0,3}";
    let keys = prop_oneof![texts().boxed(), words().boxed()];
    let bare = "[^,=\\[\\]'\"\\s\\p{Cc}\\u{61c}\\u{200e}\\u{200f}\\u{202a}-\\u{202e}\\u{2066}-\\u{2069}]{1,5}";
    let wanted = prop_oneof![
        bare.prop_map(Wanted::Text),
        texts().prop_map(Wanted::Quoted)
    ];
    let pairs = prop::collection::vec(
        (keys.clone(), wanted).prop_map(|(key, wanted)| Pair { key, wanted }),
        1..3,
    );
    prop_oneof![
        keys.prop_map(Segment::Key),
        (0..=u32::try_from(i32::MAX).unwrap()).prop_map(Segment::Index),
        Just(Segment::Every),
        pairs.prop_map(Segment::Select),
    ]
}

/// A spelling of a path with quotes wherever they are allowed.
fn spelled(segments: &[Segment]) -> String {
    let quote = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let pair = |pair: &Pair| match &pair.wanted {
        Wanted::Quoted(text) => format!("{}={}", quote(&pair.key), quote(text)),
        Wanted::Text(text) => format!("{}={text}", quote(&pair.key)),
        _ => panic!("two forms are known"),
    };
    let spell = |segment: &Segment| match segment {
        Segment::Key(key) => format!("[{}]", quote(key)),
        Segment::Index(index) => format!("[{index}]"),
        Segment::Every => "[*]".to_owned(),
        Segment::Select(pairs) => {
            format!("[{}]", pairs.iter().map(pair).collect::<Vec<_>>().join(","))
        }
        _ => panic!("four forms are known"),
    };
    segments.iter().map(spell).collect()
}

proptest! {
    #[test]
    fn the_canonical_text_parses_back(segments in prop::collection::vec(any_segment(), 1..6)) {
        let path = FieldPath::parse(&spelled(&segments)).unwrap();
        prop_assert_eq!(path.segments(), &segments[..]);
        prop_assert_eq!(FieldPath::parse(&path.to_string()).unwrap(), path);
    }

    #[test]
    fn any_text_is_read_or_refused_at_a_character(text in "[a-z0-9.\\[\\]'\"*=,/\\\\ $@{}?()é\\u{202e}\n-]{0,24}") {
        match FieldPath::parse(&text) {
            Ok(path) => prop_assert_eq!(FieldPath::parse(&path.to_string()).unwrap(), path),
            Err(error) => prop_assert!(text.is_char_boundary(error.offset()), "{} at {}", error, error.offset()),
        }
    }
}
