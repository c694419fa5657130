//! JSONPath: what is found, what is refused and why, what costs too much, and a second, plainer walk that must agree.
#![cfg(feature = "json-path")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_conditions::json_path::{JsonPath, TooManyNodes};
use catalog_conditions::path::{Finding, Step};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The nodes in words: `spec.a[0]=1 spec.b=2`.
fn nodes(query: &str, object: &Value) -> String {
    let query = JsonPath::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    let nodes = query.nodes(object).unwrap();
    let told = nodes
        .iter()
        .map(|(place, value)| format!("{place}={value}"));
    told.collect::<Vec<_>>().join(" ")
}

#[test]
fn what_queries_lead_to() {
    let object = json!({
        "metadata": {"labels": {"app.kubernetes.io/name": "web"}},
        "spec": {
            "containers": [
                {"name": "web", "image": "web:1", "ports": [{"port": 80}, {"port": 443}]},
                {"name": "log", "image": null, "ports": []},
            ],
            "tiny": 1e-20, "one": 1.0, "big": 9007199254740993_u64, "near": 9007199254740992.0, "list": [1], "same": [1.0],
        },
    });
    let cases = [
        (
            "$.metadata.labels['app.kubernetes.io/name']",
            r#"metadata.labels['app.kubernetes.io/name']="web""#,
        ),
        (
            "$.spec.containers[-1].name",
            r#"spec.containers[1].name="log""#,
        ),
        (
            "$.spec.containers[1].image",
            "spec.containers[1].image=null",
        ),
        ("$.spec.containers[2].image", ""),
        (
            "$..port",
            "spec.containers[0].ports[0].port=80 spec.containers[0].ports[1].port=443",
        ),
        (
            "$..[?@.port > 80].port",
            "spec.containers[0].ports[1].port=443",
        ),
        // The selectors of a segment go node by node.
        (
            "$..['port', 'name']",
            concat!(
                r#"spec.containers[0].name="web" spec.containers[0].ports[0].port=80 "#,
                r#"spec.containers[0].ports[1].port=443 spec.containers[1].name="log""#
            ),
        ),
        (
            "$.spec.containers[::-1].name",
            r#"spec.containers[1].name="log" spec.containers[0].name="web""#,
        ),
        (
            "$.spec.containers[0:9007199254740991:9007199254740991].name",
            r#"spec.containers[0].name="web""#,
        ),
        ("$.spec.containers[::0]", ""),
        // Counting nothing gives 0.
        (
            "$.spec.containers[?count(@.ports.*) == 0].name",
            r#"spec.containers[1].name="log""#,
        ),
        (
            "$.spec.containers[?length(@.ports) == 0].name",
            r#"spec.containers[1].name="log""#,
        ),
        (
            "$.spec.containers[?@.ports[?@.port == 443]].name",
            r#"spec.containers[0].name="web""#,
        ),
        ("$.spec.containers[?value(@..port) == 80].name", ""),
        // A null is there; what is absent equals only what is absent too.
        (
            "$.spec.containers[?@.image == null].name",
            r#"spec.containers[1].name="log""#,
        ),
        ("$.spec.containers[?@.tag == null].name", ""),
        (
            "$.spec.containers[?@.tag == @.other].name",
            r#"spec.containers[0].name="web" spec.containers[1].name="log""#,
        ),
        // Numbers are exact, in any depth.
        ("$.spec[?@ == 0]", ""),
        ("$.spec[?@ == 1]", "spec.one=1.0"),
        (
            "$.spec[?@ == $.spec.big || @ > $.spec.near]",
            "spec.big=9007199254740993",
        ),
        ("$.spec[?@ == $.spec.same]", "spec.list=[1] spec.same=[1.0]"),
        (
            "$.spec.containers[?match(@.name, 'w.b')].name",
            r#"spec.containers[0].name="web""#,
        ),
        (
            "$.spec.containers[?search(@.image, ':[0-9]{1,3}$')].name",
            r#"spec.containers[0].name="web""#,
        ),
        (
            "$.spec.containers[?!match(@.name, 'we')].name",
            r#"spec.containers[0].name="web" spec.containers[1].name="log""#,
        ),
    ];
    for (query, wanted) in cases {
        assert_eq!(nodes(query, &object), wanted, "{query}");
    }
}

#[test]
fn one_node_or_members() {
    let object = json!({"a": [1, null], "b": null});
    let find = |query: &str, many| JsonPath::parse(query).unwrap().find(&object, many).unwrap();
    assert_eq!(find("$.a[0]", false), Finding::Found(&json!(1)));
    assert_eq!(find("$.b", false), Finding::Null);
    assert!(matches!(find("$.c.d", false), Finding::Absent(place) if place.is_root()));
    assert!(matches!(find("$.a[*]", false), Finding::Ambiguous(place) if place.is_root()));

    let members = |query: &str| {
        let Finding::Many(members) = find(query, true) else {
            panic!("{query} has no members");
        };
        assert!(members.uncounted().is_empty(), "{query}");
        let told = members
            .iter()
            .map(|member| format!("{}: {:?}", member.place(), member.found()));
        told.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(members("$.a[*]"), "a[0]: Found(Number(1)), a[1]: Null");
    assert_eq!(members("$.c[*]"), "");
    // A node that is named twice is one node, one member.
    assert_eq!(find("$.a[0, 0]", false), Finding::Found(&json!(1)));
    assert_eq!(members("$.a[0, 0, -2]"), "a[0]: Found(Number(1))");
    assert_eq!(nodes("$.a[0, 0]", &object), "a[0]=1 a[0]=1");
}

#[test]
fn what_is_singular_and_what_all_is_blind_to() {
    // The query, whether it is singular, whether `each: all` is blind.
    let cases = [
        ("$", true, false),
        ("$.a['b'][-1]", true, false),
        ("$.a[*]", false, false),
        ("$.a[1:]", false, false),
        ("$.a[?@.b == 1]", false, false),
        ("$.a[*][?@.b == 1]", false, false),
        ("$..*", false, false),
        ("$..[?@.b]", false, false),
        ("$.a[*].b", false, true),
        ("$.a[1:].b", false, true),
        ("$.a[?@.b == 1].c", false, true),
        ("$.a[*][*].b", false, true),
        ("$.a[*][0]", false, true),
        ("$..b", false, true),
        ("$.a['b', 'c']", false, true),
        ("$.a['b', 'c'].d", false, true),
    ];
    for (text, singular, blind) in cases {
        let query = JsonPath::parse(text).unwrap();
        assert_eq!(
            (query.is_singular(), query.each_all_is_blind()),
            (singular, blind),
            "{text}"
        );
        assert_eq!(query.to_string(), text);
    }
}

#[test]
fn what_is_refused_says_why() {
    let refused = [
        "",
        "{.spec.replicas}",
        ".spec",
        "spec.replicas",
        " $.a",
        "$.a ",
        "$.a.",
        "$. a",
        "$.a b",
        "$.my-name",
        "$.a/b",
        "$.0",
        "$.a[(@.length-1)]",
        "$.a?(@.b)",
        "$.a[?@.b = 1]",
        "$.a[?@.b =~ 'x']",
        "$.a[?@.b == 1 & @.c]",
        "$.a[?(@.b]",
        "$['a",
        "$[01]",
        "$[9007199254740992]",
        "$.a\u{a0}",
        "$['\u{202e}']",
        "$[?count (@.a) == 1]",
        "$[?count(@.*)]",
        "$[?length(@.*) == 1]",
        "$[?length(@.a && @.b) == 1]",
        "$[?count(1) == 1]",
        "$[?count(length(@)) == 1]",
        "$[?match(@.a, 'x') == true]",
        "$[?in(@.a, $.b)]",
        "$[?ceil(@.a) == 1]",
        "$[?@.a == 1e400]",
        "$[?@.a == 9007199254740992]",
        "$[?length(@, @) == 1]",
        r"$['\x']",
        r"$[?match(@, '\\d+')]",
        "$[?match(@, '(?i)a')]",
        "$[?match(@, 'a*?')]",
        "$[?match(@, 'a^')]",
        "$[?match(@, '[[:alpha:]]')]",
        "$[?match(@, '[z-a]')]",
        "$[?match(@, '(a')]",
        r"$[?match(@, '\\p{Greek}')]",
        "$[?match(@, '((a{99}){99}){99}')]",
        "$..a..b..c..d..e",
    ];
    let told = refused.map(|text| {
        let error = JsonPath::parse(text).expect_err(text);
        format!("{}: {error}", text.escape_debug())
    });
    insta::assert_snapshot!(told.join("\n"), @r#"
    : the query is empty: write `$` and the way from the root, such as `$.spec.replicas`
    {.spec.replicas}: a query begins with `$`: write `$.spec.replicas`
    .spec: a query begins with `$`: write `$.spec`
    spec.replicas: a query begins with `$`: write `$.spec.replicas`
     $.a: a query begins with `$`: write `$.a`
    $.a : white space cannot stand at the end: remove it
    $.a.: `$.a.` ends too early: close what is open, and name what follows a dot or an operator
    $. a: white space cannot follow a dot: remove it
    $.a b: white space cannot stand between `a` and what follows: remove it, or quote a name that holds it: `['a name']`
    $.my-name: from `-name` on this is no JSONPath of RFC 9535: quote a name that holds more than letters, digits and `_`: `['a-name']`
    $.a/b: from `/b` on this is no JSONPath of RFC 9535: quote a name that holds more than letters, digits and `_`: `['a-name']`
    $.0: from `0` on this is no JSONPath of RFC 9535: write an index in brackets: `[0]`, and quote a name that begins with a digit: `['0']`
    $.a[(@.length-1)]: from `(@.length-1)]` on this is no JSONPath of RFC 9535: it has no scripts: the last element is `[-1]`, and a filter begins with `?`
    $.a?(@.b): from `?(@.b)` on this is no JSONPath of RFC 9535: a filter stands in brackets: `[?@.a == 1]`
    $.a[?@.b = 1]: from `= 1]` on this is no JSONPath of RFC 9535: two values are equal with `==`
    $.a[?@.b =~ \'x\']: from `=~ 'x']` on this is no JSONPath of RFC 9535: `=~` is no operator: write `match(@.a, '…')` or `search(@.a, '…')`
    $.a[?@.b == 1 & @.c]: from `& @.c]` on this is no JSONPath of RFC 9535: tests are joined with `&&` and `||`
    $.a[?(@.b]: from `]` on this is no JSONPath of RFC 9535: close what was opened last, and nothing else
    $[\'a: from `'a` on this is no JSONPath of RFC 9535: close the quote, and write `\\` for a backslash in it
    $[01]: from `01]` on this is no JSONPath of RFC 9535: a whole number has no leading zeros and is at most 9007199254740991
    $[9007199254740992]: from `9007199254740992]` on this is no JSONPath of RFC 9535: a whole number has no leading zeros and is at most 9007199254740991
    $.a\u{a0}: `\u{a0}` is white space or invisible; in a quoted name or text write it as an escape, and remove it elsewhere
    $[\'\u{202e}\']: `\u{202e}` is white space or invisible; in a quoted name or text write it as an escape, and remove it elsewhere
    $[?count (@.a) == 1]: white space cannot stand between `count` and what follows: remove it, or quote a name that holds it: `['a name']`
    $[?count(@.*)]: `count` gives a value, which must be compared: write `count(…) == …`
    $[?length(@.*) == 1]: `length` takes a value: a literal, a query that leads to one node at most (names and indexes only), `length`, `count` or `value`
    $[?length(@.a && @.b) == 1]: from `&& @.b) == 1]` on this is no JSONPath of RFC 9535: a function takes a value or a query, not a test
    $[?count(1) == 1]: the JSONPath library refuses it: Invalid argument for the function `count`: expected a node, got a literal
    $[?count(length(@)) == 1]: `count` takes a query, such as `count(@.*)`
    $[?match(@.a, \'x\') == true]: the JSONPath library refuses it: Function match(a, "x") is not comparable
    $[?in(@.a, $.b)]: `in` is no function of RFC 9535, which has length, count, value, match and search
    $[?ceil(@.a) == 1]: from `ceil(@.a) == 1]` on this is no JSONPath of RFC 9535: the functions are length, count, value, match and search
    $[?@.a == 1e400]: the number is beyond what a JSON number can hold
    $[?@.a == 9007199254740992]: from `9007199254740992]` on this is no JSONPath of RFC 9535: a whole number has no leading zeros and is at most 9007199254740991
    $[?length(@, @) == 1]: from `, @) == 1]` on this is no JSONPath of RFC 9535: write `.name`, `['name']`, `[0]`, `[*]`, `[1:3]`, `..name` or a filter `[?@.name == 'x']`
    $[\'\\x\']: from `'\x']` on this is no JSONPath of RFC 9535: close the quote, and write `\\` for a backslash in it
    $[?match(@, \'\\\\d+\')]: `\d+` is no regular expression of RFC 9485: it has no `\d`: write `[0-9]`
    $[?match(@, \'(?i)a\')]: `(?i)a` is no regular expression of RFC 9485: it has no flags, names or look-around: write no `?` after `(`
    $[?match(@, \'a*?\')]: `a*?` is no regular expression of RFC 9485: `?` repeats nothing here; for the character itself write `\?`
    $[?match(@, \'a^\')]: `a^` is no regular expression of RFC 9485: `^` is an anchor only at the very beginning or end; for the character itself write `\^`
    $[?match(@, \'[[:alpha:]]\')]: `[[:alpha:]]` is no regular expression of RFC 9485: `[` in brackets is written `\[`
    $[?match(@, \'[z-a]\')]: `[z-a]` is no regular expression of RFC 9485: parentheses do not match, or a range or repetition runs backwards
    $[?match(@, \'(a\')]: `(a` is no regular expression of RFC 9485: parentheses do not match, or a range or repetition runs backwards
    $[?match(@, \'\\\\p{Greek}\')]: `\p{Greek}` is no regular expression of RFC 9485: `\p{Greek}` is no category of Unicode: write one such as `\p{L}` or `\p{Lu}`
    $[?match(@, \'((a{99}){99}){99}\')]: `((a{99}){99}){99}` is no regular expression of RFC 9485: it is too large when its repetitions are written out
    $..a..b..c..d..e: the query has more than 4 descendant segments (`..`), each of which visits everything below: name the keys on the way
    "#);
}

/// Queries that a naive reader or evaluator would not come back from.
#[test]
fn hostile_queries_are_refused_at_once() {
    let nested = |open: &str, inner: &str, close: &str, count: usize| {
        format!("$[?{}{inner}{}]", open.repeat(count), close.repeat(count))
    };
    let mut hostile = vec![
        format!("${}", ".a".repeat(512)),
        format!("${}", "[".repeat(1000)),
        format!("$[?{}", "(".repeat(1000)),
        format!("$[?{}", "length(length(length(length(1)".repeat(20)),
        format!("$[?{}@", "!".repeat(900)),
    ];
    for count in [5, 14, 90] {
        hostile.push(nested("count(@[?", "@.a", "])", count));
        hostile.push(nested("length(", "@.a", "", count));
        hostile.push(nested("match(@.a,", "'a'", ")", count));
    }
    for (open, close) in [("(", ")"), ("!(", ")"), ("@[?", "]"), ("@.a&&(", ")")] {
        hostile.push(nested(open, "@.a", close, 100));
    }
    for text in hostile {
        assert!(JsonPath::parse(&text).is_err(), "{text}");
    }
}

/// What is within the bounds is read on a small stack too.
#[test]
fn the_deepest_queries_are_read_on_a_small_stack() {
    let within = || {
        for (open, close, count) in [
            ("(", ")", 15),
            ("@[?", "]", 15),
            ("!(", ")", 15),
            ("count(@[?", "])>0", 4),
        ] {
            let text = format!("$[?{}@.a{}]", open.repeat(count), close.repeat(count));
            let query = JsonPath::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(
                query
                    .nodes(&json!([{"b": 1}]))
                    .map(|nodes| nodes.is_empty()),
                Ok(open != "!("),
                "{text}"
            );
        }
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20);
    thread.spawn(within).unwrap().join().unwrap();
}

#[test]
fn a_query_that_visits_too_much_has_no_answer() {
    let mut deep = json!((0..20_000).map(|at| json!({"b": at})).collect::<Vec<_>>());
    for _ in 0..100 {
        deep = json!({"a": deep});
    }
    let patterns = json!(
        (0..200)
            .map(|at| json!({"p": format!("a{{{at}}}")}))
            .collect::<Vec<_>>()
    );
    let cases = [
        ("$..*..*..*", &deep),
        ("$..[?@..[?@..b]]", &deep),
        ("$..[?count($..*) == 0]", &deep),
        ("$..[?$ == $]", &deep),
        ("$[?match('a', @.p)]", &patterns),
    ];
    for (text, object) in cases {
        let query = JsonPath::parse(text).unwrap();
        assert!(
            matches!(query.nodes(object), Err(TooManyNodes { .. })),
            "{text}"
        );
        let told = query.find(object, true).unwrap_err().to_string();
        assert_eq!(
            told,
            "the query visits more than 1000000 nodes: name the keys on the way instead of `..` and `*`"
        );
    }
    // The same pattern is read once.
    let same: Value = (0..200).map(|_| json!({"p": "a.*"})).collect();
    assert_eq!(
        JsonPath::parse("$[?match('ab', @.p)]")
            .unwrap()
            .nodes(&same)
            .unwrap()
            .len(),
        200
    );
}

/// A value made in code may be deeper than any that was read.
#[test]
fn a_value_of_any_depth_is_walked() {
    let mut value = json!({"a": 1});
    for _ in 0..50_000 {
        value = Value::Array(vec![value]);
    }
    let ends = JsonPath::parse("$..a").unwrap().nodes(&value).unwrap();
    assert_eq!(
        ends.iter()
            .map(|(place, _)| place.steps().len())
            .collect::<Vec<_>>(),
        [50_001]
    );
    assert_eq!(
        JsonPath::parse("$[?@ == @]")
            .unwrap()
            .nodes(&value)
            .unwrap()
            .len(),
        1
    );
    // Freeing it would recurse: take it apart from the outside.
    while let Value::Array(mut items) = value {
        value = items.pop().unwrap();
    }
}

/// The steps of a singular query, as written and as taken.
fn steps() -> impl Strategy<Value = Vec<Result<String, i64>>> {
    let name = prop_oneof![Just("a".to_owned()), Just("b".to_owned()), "\\PC{0,3}"];
    let step = prop_oneof![name.prop_map(Ok), (-3_i64..4).prop_map(Err)];
    proptest::collection::vec(step, 0..5)
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        "[ab]?".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 48, 4, |inner| {
        let list = proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from);
        let map = proptest::collection::btree_map("[ab]", inner, 0..3);
        prop_oneof![list, map.prop_map(|map| map.into_iter().collect())]
    })
}

/// A query that takes these steps: names in quotes with what RFC 9535 has escaped.
fn written(steps: &[Result<String, i64>]) -> String {
    let mut text = "$".to_owned();
    for step in steps {
        match step {
            Ok(name) => text += &format!("[{}]", json!(name)),
            Err(index) => text += &format!("[{index}]"),
        }
    }
    text
}

fn walk<'v>(object: &'v Value, steps: &[Result<String, i64>]) -> Option<&'v Value> {
    steps.iter().try_fold(object, |value, step| match step {
        Ok(name) => value.as_object()?.get(name),
        Err(index) => {
            let items = value.as_array()?;
            let index = if *index < 0 {
                items.len().checked_sub(index.unsigned_abs() as usize)?
            } else {
                *index as usize
            };
            items.get(index)
        }
    })
}

proptest! {
    #[test]
    fn names_and_indexes_agree_with_a_plain_walk(object in value(), steps in steps()) {
        let Ok(query) = JsonPath::parse(&written(&steps)) else {
            // Bidi controls must be escaped; `json!` writes them as they are.
            prop_assert!(steps.iter().flatten().any(|name| !name.is_ascii()));
            return Ok(());
        };
        prop_assert!(query.is_singular());
        let wanted = walk(&object, &steps);
        let nodes = query.nodes(&object).unwrap();
        prop_assert_eq!(nodes.iter().map(|(_, value)| *value).collect::<Vec<_>>(), Vec::from_iter(wanted));
        // The place leads to the value.
        for (place, value) in &nodes {
            let taken: Vec<Result<String, i64>> = place.steps().iter().map(|step| match step {
                Step::Key(key) => Ok((*key).to_owned()),
                Step::Index(index) => Err(*index as i64),
            }).collect();
            prop_assert_eq!(walk(&object, &taken), Some(*value));
        }
    }

    #[test]
    fn every_text_is_read_or_refused(text in r#"\$([.\[\]()*?@'":,0-9a-b!=<>&| -]|length|count\(|match\(){0,24}"#, object in value()) {
        if let Ok(query) = JsonPath::parse(&text) {
            prop_assert_eq!(JsonPath::parse(query.as_str()), Ok(query.clone()));
            let nodes = query.nodes(&object).unwrap();
            prop_assert!(!query.is_singular() || nodes.len() <= 1);
        }
    }
}
