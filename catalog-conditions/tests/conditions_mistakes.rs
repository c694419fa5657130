//! What is said about mistakes in operators, facts, fields to compare with, queries and built-in targets.
#![cfg(feature = "json-path")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::report::Gate;
use catalog_conditions::snapshot::Snapshot;
use catalog_conditions::{Severity, SourceFile};
use serde_json::json;

/// What is said about each of several items, each the only one of a file.
fn told<'i>(items: impl IntoIterator<Item = &'i str>) -> String {
    let one = |item: &str| {
        let text = format!("conditions:\n- {item}\n");
        let (set, diagnostics) =
            ConditionSet::parse(&SourceFile::new("c.yaml", text), &Limits::default());
        let errors = diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity() == Severity::Error);
        if errors {
            // Whatever is wrong, nothing opens: not even for a caller who overlooks the diagnostics.
            let context = Context::new()
                .with_namespace("web")
                .with_parameters(json!({}));
            let report = evaluate(&set, &Snapshot::builder().complete().build(), &context);
            assert!(report.gate() >= Gate::Indeterminate, "{item}\n{report}");
        }
        let lines = diagnostics.iter().map(|diagnostic| {
            let help: String = diagnostic
                .help_lines()
                .iter()
                .map(|help| format!("\n      {help}"))
                .collect();
            let at = diagnostic
                .location()
                .map(|location| location.start().to_string());
            format!(
                "\n  {} {}[{}] {}{help}",
                at.unwrap_or_default(),
                diagnostic.severity(),
                diagnostic.code(),
                diagnostic.message()
            )
        });
        format!("{item}{}", lines.collect::<String>())
    };
    items.into_iter().map(one).collect::<Vec<_>>().join("\n")
}

/// Questions about `spec.x` of a Pod.
fn about_x(questions: &[&str]) -> String {
    let item = |question: &&str| {
        format!(
            "{{ target: {{ apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }}, {question} }}"
        )
    };
    let items: Vec<String> = questions.iter().map(item).collect();
    told(items.iter().map(String::as_str)).replace(
        "{ target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, ",
        "{ … ",
    )
}

#[test]
fn patterns() {
    let text = about_x(&[
        "op: matches, value: web",
        "op: matches, value: ^web",
        "op: notMatches, value: web$",
        "op: matches, value: '^a$|b'",
        "op: matches, value: '^a\\$'",
        "op: matches, value: '.*a.+'",
        "op: matches, value: '^(a$'",
        "op: matches, value: '^a{100000}$'",
        "op: matches, value: '^((a{100}){100}){100}$'",
        "op: matches, value: '^(?=a)$'",
        "op: matches, value: '^\\1$'",
        "op: matches, value: [a]",
        "op: matches, value: 5",
        "op: matches, value: ^a$, as: string",
    ]);
    insta::assert_snapshot!(text, @r"
    { … op: matches, value: web }
      2:92 error[conditions.value.pattern] the regular expression does not say how it begins and ends: whether it must match all of the text, or a part of it
          write `^web$` for all of the text, or `.*web.*` for a part of it
    { … op: matches, value: ^web }
      2:92 error[conditions.value.pattern] the regular expression does not say how it ends: whether it must match all of the text, or a part of it
          write `^web$` for all of the text, or `.*web.*` for a part of it
    { … op: notMatches, value: web$ }
      2:95 error[conditions.value.pattern] the regular expression does not say how it begins: whether it must match all of the text, or a part of it
          write `^web$` for all of the text, or `.*web.*` for a part of it
    { … op: matches, value: '^a$|b' }
      2:92 error[conditions.value.pattern] the regular expression does not say how it begins and ends: whether it must match all of the text, or a part of it
          write `^(a$|b)$` for all of the text, or `.*(a$|b).*` for a part of it
    { … op: matches, value: '^a\$' }
      2:92 error[conditions.value.pattern] the regular expression does not say how it ends: whether it must match all of the text, or a part of it
          write `^a\$$` for all of the text, or `.*a\$.*` for a part of it
    { … op: matches, value: '.*a.+' }
      2:92 error[conditions.value.pattern] the regular expression does not say how it ends: whether it must match all of the text, or a part of it
          write `^a.+$` for all of the text, or `.*a.+.*` for a part of it
    { … op: matches, value: '^(a$' }
      2:92 error[conditions.value.pattern] this is no regular expression: unclosed group
    { … op: matches, value: '^a{100000}$' }
      2:92 error[conditions.value.pattern] the regular expression is too large: its repetitions multiply
          repeat less, or ask with several operators
    { … op: matches, value: '^((a{100}){100}){100}$' }
      2:92 error[conditions.value.pattern] the regular expression is too large: its repetitions multiply
          repeat less, or ask with several operators
    { … op: matches, value: '^(?=a)$' }
      2:92 error[conditions.value.pattern] this is no regular expression: look-around, including look-ahead and look-behind, is not supported
    { … op: matches, value: '^\1$' }
      2:92 error[conditions.value.pattern] this is no regular expression: backreferences are not supported
    { … op: matches, value: [a] }
      2:92 error[conditions.type] `value` must be a string, not a list
    { … op: matches, value: 5 }
      2:92 error[conditions.type] `value` must be a string, not `5`
    { … op: matches, value: ^a$, as: string }
      2:101 error[conditions.as] `matches` has a way of its own to read values, and ignores `as`
          remove `as`
    ");
}

#[test]
fn texts_lists_lengths_and_ages() {
    let text = about_x(&[
        "op: startsWith, value: ''",
        "op: containsText, value: 5",
        "op: contains, value: a",
        "op: hasItem, value: [a]",
        "op: hasAll, value: a",
        "op: hasAny, value: []",
        "op: hasNone, value: [a, null]",
        "op: length, value: 3",
        "op: length, value: {op: ge}",
        "op: length, value: {op: matches, value: 3}",
        "op: length, value: {op: ge, value: -1}",
        "op: length, value: {op: ge, value: 0}",
        "op: length, value: {op: between, value: [3, 1]}",
        "op: length, value: {op: between, value: [1, x]}",
        "op: length, value: {op: eq, value: 3, unit: items}",
        "op: olderThan, value: yesterday",
        "op: olderThan, value: -1h",
        "op: newerThan, value: 5",
        "op: newerThan, value: 1h, as: duration",
    ]);
    insta::assert_snapshot!(text, @r#"
    { … op: startsWith, value: '' }
      2:95 error[conditions.value.empty] every string has the empty text: this asks nothing
          name the text, or ask `exists`
    { … op: containsText, value: 5 }
      2:97 error[conditions.type] `value` must be a string, not `5`
    { … op: contains, value: a }
      2:76 error[conditions.op] `contains` is no operator
          did you mean `hasItem`?
    { … op: hasItem, value: [a] }
      2:92 error[conditions.value] `hasItem` takes one value
          use `hasAll` or `hasAny` for several
    { … op: hasAll, value: a }
      2:91 error[conditions.type] `value` must be a list, not `a`
    { … op: hasAny, value: [] }
      2:91 error[conditions.value.empty] the list of values is empty
          name at least one value
    { … op: hasNone, value: [a, null] }
      2:96 error[conditions.value.null] `value` is null or empty
          to ask for null write `op: isNull`, to ask for absence `op: notExists`; the empty text is ""
    { … op: length, value: 3 }
      2:91 error[conditions.type] `value` must be a map, not `3`
    { … op: length, value: {op: ge} }
      2:91 error[conditions.value.missing] `value` is missing
          add `value:`
    { … op: length, value: {op: matches, value: 3} }
      2:96 error[conditions.op] `op` cannot be `matches`
          write one of: eq, ne, gt, ge, lt, le, between
    { … op: length, value: {op: ge, value: -1} }
      2:107 error[conditions.type] `value` must be a whole number from 0 to 18446744073709551615, not `-1`
    { … op: length, value: {op: ge, value: 0} }
      2:107 error[conditions.value] a length is never below 0: this asks nothing
          compare with 1, or ask `exists`
    { … op: length, value: {op: between, value: [3, 1]} }
      2:112 error[conditions.value] `between` takes two numbers: the lowest and the highest
          write `value: [1, 3]`
    { … op: length, value: {op: between, value: [1, x]} }
      2:116 error[conditions.type] `value` must be a whole number, not `x`
    { … op: length, value: {op: eq, value: 3, unit: items} }
      2:110 error[conditions.unknown-key] `unit` is not a key of this map
          known keys: op, value
    { … op: olderThan, value: yesterday }
      2:94 error[conditions.value.reading] `yesterday` is not a duration: write a number and a unit, as `90s`, `10m` or `1h30m` (units: ns, us, ms, s, m, h)
          write a duration such as "90s" or "1h30m"
    { … op: olderThan, value: -1h }
      2:94 error[conditions.value.reading] an age is not negative
          write a duration such as "90s" or "1h30m"
    { … op: newerThan, value: 5 }
      2:94 error[conditions.type] `value` must be a string, not `5`
    { … op: newerThan, value: 1h, as: duration }
      2:102 error[conditions.as] `newerThan` has a way of its own to read values, and ignores `as`
          remove `as`
    "#);
}

#[test]
fn values_from_fields() {
    let text = about_x(&[
        "op: eq, valueFrom: spec.y",
        "op: eq, valueFrom: {}",
        "op: eq, valueFrom: { fieldPath: spec.y }, value: 1",
        "op: in, valueFrom: { fieldPath: spec.y }",
        "op: eq, valueFrom: { fieldPath: \"spec.y[*]\" }",
        "op: eq, valueFrom: { fieldPath: spec..y }",
        "op: eq, valueFrom: { fieldPath: metadata.labels.app.kubernetes.io }",
        "op: ge, as: semver, valueFrom: { fieldPath: spec.y, minus: { fieldPath: spec.z } }",
        "op: ge, valueFrom: { fieldPath: spec.y, minus: spec.z }",
        "op: ge, valueFrom: { fieldPath: spec.y, plus: { fieldPath: spec.z } }",
    ]);
    insta::assert_snapshot!(text, @r#"
    { … op: eq, valueFrom: spec.y }
      2:91 error[conditions.type] `valueFrom` must be a map, not `spec.y`
    { … op: eq, valueFrom: {} }
      2:91 error[conditions.fieldPath.missing] `fieldPath` is missing
          add `fieldPath:`
    { … op: eq, valueFrom: { fieldPath: spec.y }, value: 1 }
      2:121 error[conditions.mixed] `value` has no place beside `valueFrom`
          keep one of the two
    { … op: in, valueFrom: { fieldPath: spec.y } }
      2:91 error[conditions.valueFrom] `in` takes no `valueFrom`
          use a comparison: eq, ne, gt, ge, lt, le
    { … op: eq, valueFrom: { fieldPath: "spec.y[*]" } }
      2:104 error[conditions.valueFrom] `spec.y[*]` leads to several values, and one is compared with
          name one element, as in `[0]` or `[name=x]`
    { … op: eq, valueFrom: { fieldPath: spec..y } }
      2:109 error[conditions.path] `..` is not part of a path: name every key on the way
    { … op: eq, valueFrom: { fieldPath: metadata.labels.app.kubernetes.io } }
      2:91 error[conditions.path.structure] `metadata.labels` is a map of strings: nothing lies below its keys
          if the key is `app.kubernetes.io`, write `metadata.labels['app.kubernetes.io']`
    { … op: ge, as: semver, valueFrom: { fieldPath: spec.y, minus: { fieldPath: spec.z } } }
      2:103 error[conditions.valueFrom] values read as semver cannot be subtracted
          `minus` works on numbers and on `as: quantity`
    { … op: ge, valueFrom: { fieldPath: spec.y, minus: spec.z } }
      2:119 error[conditions.type] `minus` must be a map, not `spec.z`
    { … op: ge, valueFrom: { fieldPath: spec.y, plus: { fieldPath: spec.z } } }
      2:112 error[conditions.unknown-key] `plus` is not a key of this map
          known keys: fieldPath, minus
    "#);
}

#[test]
fn facts() {
    let text = told([
        "{ target: { crd: { name: a.b } }, satisfies: { fieldPath: spec.x, op: exists } }",
        "{ target: { apiVersion: v1, kind: Pod, name: x }, op: exists, satisfies: { fieldPath: spec.x, op: exists } }",
        "{ target: { apiVersion: v1, kind: Pod, name: x }, satisfies: { op: exists } }",
        "{ target: { apiVersion: v1, kind: Pod, name: x }, satisfies: {} }",
        "{ target: { apiVersion: v1, kind: Pod, name: x }, satisfies: { all: [] } }",
        "{ target: { apiVersion: v1, kind: Pod, name: x }, satisfies: { all: [ { fieldPath: spec.x, op: exists, name: a } ] } }",
        "{ target: { apiVersion: v1, kind: Pod, name: x }, satisfies: { fieldPath: spec.x, op: condition, value: { type: Ready } } }",
        "{ target: { apiVersion: v1, kind: Pod, name: x }, satisfies: { fieldPath: \"spec.x[*]\", op: exists } }",
        "{ target: { apiVersion: v1, kind: Pod, name: x }, satisfies: { fieldPath: metadata.labels.app.kubernetes.io, op: exists } }",
        "{ target: { apiVersion: v1, kind: Pod, selector: {} }, satisfies: { fieldPath: spec.x, op: exists } }",
        "{ target: { apiVersion: v1, kind: Pod, name: x }, satisfies: { fieldPath: spec.x, op: exist } }",
        "{ target: { apiVersion: v1, kind: Pod, name: x }, satisfies: { target: { apiVersion: v1 }, op: exists } }",
    ]);
    insta::assert_snapshot!(text, @r#"
    { target: { crd: { name: a.b } }, satisfies: { fieldPath: spec.x, op: exists } }
      2:48 error[conditions.satisfies] `satisfies` has no meaning here: only objects have fields to look at
          ask with `op`, or name an object
    { target: { apiVersion: v1, kind: Pod, name: x }, op: exists, satisfies: { fieldPath: spec.x, op: exists } }
      2:57 error[conditions.mixed] `op` has no place beside `satisfies`
          move it into a fact of `satisfies`
    { target: { apiVersion: v1, kind: Pod, name: x }, satisfies: { op: exists } }
      2:64 error[conditions.fact] this fact names no field of the object
          add `fieldPath`
    { target: { apiVersion: v1, kind: Pod, name: x }, satisfies: {} }
      2:64 error[conditions.op.missing] `op` is missing
          add `op:`, such as `op: eq` with a `value`, or `op: exists`
    { target: { apiVersion: v1, kind: Pod, name: x }, satisfies: { all: [] } }
      2:71 error[conditions.composition] `all` and `any` need at least one part: an empty one would be decided without asking anything
    { target: { apiVersion: v1, kind: Pod, name: x }, satisfies: { all: [ { fieldPath: spec.x, op: exists, name: a } ] } }
      2:112 error[conditions.part] `name` belongs to the items of the list alone, not to their parts
          move `name` beside the outermost `all`, `any` or `not`
    { target: { apiVersion: v1, kind: Pod, name: x }, satisfies: { fieldPath: spec.x, op: condition, value: { type: Ready } } }
      2:89 error[conditions.op.target] `condition` looks at `status.conditions` of the whole object
          remove the path
    { target: { apiVersion: v1, kind: Pod, name: x }, satisfies: { fieldPath: "spec.x[*]", op: exists } }
      2:64 error[conditions.each] this target can give several values, and `each` does not say how many must do
          add `each: all`, `any`, `none`, `{atLeast: n}`, `{atMost: n}` or `{exactly: n}`
    { target: { apiVersion: v1, kind: Pod, name: x }, satisfies: { fieldPath: metadata.labels.app.kubernetes.io, op: exists } }
      2:64 error[conditions.path.structure] `metadata.labels` is a map of strings: nothing lies below its keys
          if the key is `app.kubernetes.io`, write `metadata.labels['app.kubernetes.io']`
    { target: { apiVersion: v1, kind: Pod, selector: {} }, satisfies: { fieldPath: spec.x, op: exists } }
      2:13 error[conditions.each] this target can give several values, and `each` does not say how many must do
          add `each: all`, `any`, `none`, `{atLeast: n}`, `{atMost: n}` or `{exactly: n}`
    { target: { apiVersion: v1, kind: Pod, name: x }, satisfies: { fieldPath: spec.x, op: exist } }
      2:89 error[conditions.op] `exist` is no operator
          did you mean `exists`?
    { target: { apiVersion: v1, kind: Pod, name: x }, satisfies: { target: { apiVersion: v1 }, op: exists } }
      2:64 error[conditions.fact] this fact names no field of the object
          add `fieldPath`
      2:66 error[conditions.unknown-key] `target` is not a key of this map
          known keys: all, any, not, fieldPath, jsonPath, op, value, valueFrom, as, whenAbsent, each, allowEmpty
    "#);
}

#[test]
fn when() {
    let text = told([
        "{ when: { parameter: a.b }, target: { crd: { name: a.b } } }",
        "{ when: { parameter: .Values.a, op: exists }, target: { crd: { name: a.b } } }",
        "{ when: { fieldPath: a, op: exists }, target: { crd: { name: a.b } } }",
        "{ when: true, target: { crd: { name: a.b } } }",
        "{ when: { any: [ { parameter: a, op: eq, value: 1 }, { parameter: b, op: eq, value: on } ] }, target: { crd: { name: a.b } } }",
        "{ all: [ { when: { parameter: a, op: exists }, target: { crd: { name: a.b } } } ] }",
    ]);
    insta::assert_snapshot!(text, @r#"
    { when: { parameter: a.b }, target: { crd: { name: a.b } } }
      2:11 error[conditions.op.missing] `op` is missing
          add `op:`, such as `op: eq` with a `value`, or `op: exists`
    { when: { parameter: .Values.a, op: exists }, target: { crd: { name: a.b } } }
      2:24 error[conditions.path] a parameter is named without `.Values.`, which belongs to templates
          write `a`
    { when: { fieldPath: a, op: exists }, target: { crd: { name: a.b } } }
      2:11 error[conditions.parameter.missing] `parameter` is missing
          add `parameter:`
      2:13 error[conditions.unknown-key] `fieldPath` is not a key of this map
          known keys: all, any, not, parameter, op, value, valueFrom, as, whenAbsent, each, allowEmpty
    { when: true, target: { crd: { name: a.b } } }
      2:11 error[conditions.type] `when` must be a map, not `true`
    { when: { any: [ { parameter: a, op: eq, value: 1 }, { parameter: b, op: eq, value: on } ] }, target: { crd: { name: a.b } } }
      2:87 error[conditions.value.ambiguous] `on` means one thing to kubectl and Helm, and another to YAML 1.2
          quote it if it is a text ("on"), else write true
    { all: [ { when: { parameter: a, op: exists }, target: { crd: { name: a.b } } } ] }
      2:20 error[conditions.part] `when` belongs to the items of the list alone, not to their parts
          move `when` beside the outermost `all`, `any` or `not`
    "#);
}

#[test]
fn queries() {
    let query = |rest: &str| format!("{{ target: {{ apiVersion: v1, kind: Pod, name: x, {rest} }}");
    let items = [
        format!("{}, op: exists }}", query("jsonPath: spec.x")),
        format!("{}, op: exists }}", query("jsonPath: '$.spec['")),
        format!(
            "{}, op: exists }}",
            query("jsonPath: $.spec.x, fieldPath: spec.x")
        ),
        format!(
            "{}, op: eq, value: 1, each: all }}",
            query("jsonPath: '$.spec[*].x'")
        ),
        format!(
            "{}, op: eq, value: 1, each: all }}",
            query("jsonPath: \"$.spec[?@.a == 'b'].x\"")
        ),
        format!("{}, op: notExists }}", query("jsonPath: $.spec.x")),
        format!(
            "{}, op: eq, value: 1, each: any }}",
            query("jsonPath: $.spec.x")
        ),
        format!("{}, op: exists }}", query("jsonPath: '$..a..b..c..d..e'")),
    ];
    let text = told(items.iter().map(String::as_str));
    insta::assert_snapshot!(text, @r#"
    { target: { apiVersion: v1, kind: Pod, name: x, jsonPath: spec.x }, op: exists }
      2:61 error[conditions.path] a query begins with `$`: write `$.spec.x`
    { target: { apiVersion: v1, kind: Pod, name: x, jsonPath: '$.spec[' }, op: exists }
      2:69 error[conditions.path] `$.spec[` ends too early: close what is open, and name what follows a dot or an operator
    { target: { apiVersion: v1, kind: Pod, name: x, jsonPath: $.spec.x, fieldPath: spec.x }, op: exists }
      2:61 error[conditions.path] `jsonPath` has no place beside `fieldPath`
          keep one of the two
    { target: { apiVersion: v1, kind: Pod, name: x, jsonPath: '$.spec[*].x' }, op: eq, value: 1, each: all }
      2:61 error[conditions.path.blind] `each: all` does not see members that lack the field: this query passes over them in silence
          use a `fieldPath` with `*`, which counts them, or end the query at the members and ask with `satisfies`
    { target: { apiVersion: v1, kind: Pod, name: x, jsonPath: "$.spec[?@.a == 'b'].x" }, op: eq, value: 1, each: all }
      2:61 error[conditions.path.blind] `each: all` does not see members that lack the field: this query passes over them in silence
          use a `fieldPath` with `*`, which counts them, or end the query at the members and ask with `satisfies`
    { target: { apiVersion: v1, kind: Pod, name: x, jsonPath: $.spec.x }, op: notExists }
      2:61 warning[conditions.path.blind] a JSONPath cannot tell a name that is wrong from a field that is absent
          use a `fieldPath`, which is checked
    { target: { apiVersion: v1, kind: Pod, name: x, jsonPath: $.spec.x }, op: eq, value: 1, each: any }
      2:97 error[conditions.each] `each` has no meaning here: the target gives one value
          remove it, or use a `selector`, or `*` in the path
    { target: { apiVersion: v1, kind: Pod, name: x, jsonPath: '$..a..b..c..d..e' }, op: exists }
      2:61 error[conditions.path] the query has more than 4 descendant segments (`..`), each of which visits everything below: name the keys on the way
    "#);
}

#[test]
fn permissions_nodes_and_conditions_of_a_status() {
    let text = told([
        "{ target: { canI: { verb: get, group: '', resource: Pods } } }",
        "{ target: { canI: { verb: get, group: '', resource: pods/exec } } }",
        "{ target: { canI: { verb: get, group: '', resource: pods } }, op: eq, value: true }",
        "{ target: { canI: { verb: get, group: '', resource: pods, namespase: a } } }",
        "{ target: { nodes: {} }, op: ge, value: 1 }",
        "{ target: { nodes: { count: true, sum: allocatable.cpu } }, op: ge, value: 1 }",
        "{ target: { nodes: { count: false } }, op: ge, value: 1 }",
        "{ target: { nodes: { sum: memory } }, op: ge, value: 1Gi }",
        "{ target: { nodes: { sum: status.allocatable.memory } }, op: ge, value: 1Gi }",
        "{ target: { nodes: { sum: allocatable.memory } }, op: ge, value: 1 GB }",
        "{ target: { nodes: { sum: allocatable.memory } }, op: ge, value: 1Gi, as: number }",
        "{ target: { nodes: { count: true } }, op: matches, value: ^1$ }",
        "{ target: { nodes: { count: true, ready: maybe } }, op: ge, value: 1 }",
        "{ target: { apiVersion: v1, kind: Pod, name: x }, op: condition }",
        "{ target: { apiVersion: v1, kind: Pod, name: x }, op: condition, value: Ready }",
        "{ target: { apiVersion: v1, kind: Pod, name: x }, op: condition, value: { status: True } }",
        "{ target: { apiVersion: v1, kind: Pod, name: x }, op: condition, value: { type: Ready, status: yes } }",
        "{ target: { apiVersion: v1, kind: Pod, name: x }, op: condition, value: { type: Ready, reasn: A } }",
        "{ target: { apiVersion: v1, kind: Pod, name: x, fieldPath: status }, op: condition, value: { type: Ready } }",
    ]);
    insta::assert_snapshot!(text, @r#"
    { target: { canI: { verb: get, group: '', resource: Pods } } }
      2:21 error[conditions.target.canI] `Pods` is no resource: a resource is a plural in lower case
          write `resource: pods`, and `subresource: exec` for a part of it
    { target: { canI: { verb: get, group: '', resource: pods/exec } } }
      2:21 error[conditions.target.canI] `pods/exec` is no resource: a resource is a plural in lower case
          write `resource: pods`, and `subresource: exec` for a part of it
    { target: { canI: { verb: get, group: '', resource: pods } }, op: eq, value: true }
      2:69 error[conditions.op.target] this target is there or not: it has no value to compare
          use `exists` (the default) or `notExists`
    { target: { canI: { verb: get, group: '', resource: pods, namespase: a } } }
      2:61 error[conditions.unknown-key] `namespase` is not a key of this map
          did you mean `namespace`?
    { target: { nodes: {} }, op: ge, value: 1 }
      2:22 error[conditions.target.nodes] `nodes` takes exactly one of `count`, `sum`, `min` and `max`
          write `{count: true}`, or `{sum: allocatable.memory}`
    { target: { nodes: { count: true, sum: allocatable.cpu } }, op: ge, value: 1 }
      2:22 error[conditions.target.nodes] `nodes` takes exactly one of `count`, `sum`, `min` and `max`
          write `{count: true}`, or `{sum: allocatable.memory}`
    { target: { nodes: { count: false } }, op: ge, value: 1 }
      2:31 error[conditions.target.nodes] `count` can only be `true`
          write `{count: true}`
    { target: { nodes: { sum: memory } }, op: ge, value: 1Gi }
      2:29 error[conditions.target.nodes] `memory` is no amount that a node's status says
          write `allocatable.memory` or `capacity.cpu`, and quote other resources: `allocatable['nvidia.com/gpu']`
    { target: { nodes: { sum: status.allocatable.memory } }, op: ge, value: 1Gi }
      2:29 error[conditions.target.nodes] `status.allocatable.memory` is no amount that a node's status says
          write `allocatable.memory` or `capacity.cpu`, and quote other resources: `allocatable['nvidia.com/gpu']`
    { target: { nodes: { sum: allocatable.memory } }, op: ge, value: 1 GB }
      2:68 error[conditions.value.reading] "1 GB" (string) cannot be read as quantity
          write a quantity such as "500m" or "1.5Gi"
    { target: { nodes: { sum: allocatable.memory } }, op: ge, value: 1Gi, as: number }
      2:77 error[conditions.as] this target is always read as `quantity`
          remove `as`
    { target: { nodes: { count: true } }, op: matches, value: ^1$ }
      2:45 error[conditions.op.target] what is counted over nodes can only be compared
          use a comparison such as `ge`, or `between`
    { target: { nodes: { count: true, ready: maybe } }, op: ge, value: 1 }
      2:44 error[conditions.type] `ready` must be true or false, not `maybe`
    { target: { apiVersion: v1, kind: Pod, name: x }, op: condition }
      2:57 error[conditions.value.missing] `value` is missing
          add `value:`, or ask `exists`
    { target: { apiVersion: v1, kind: Pod, name: x }, op: condition, value: Ready }
      2:75 error[conditions.type] `value` must be a map, not `Ready`
    { target: { apiVersion: v1, kind: Pod, name: x }, op: condition, value: { status: True } }
      2:75 error[conditions.type.missing] `type` is missing
          add `type:`
    { target: { apiVersion: v1, kind: Pod, name: x }, op: condition, value: { type: Ready, status: yes } }
      2:98 error[conditions.status] `status` cannot be `yes`
          write one of: True, False, Unknown, true, false
    { target: { apiVersion: v1, kind: Pod, name: x }, op: condition, value: { type: Ready, reasn: A } }
      2:90 error[conditions.unknown-key] `reasn` is not a key of this map
          did you mean `reason`?
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: status }, op: condition, value: { type: Ready } }
      2:76 error[conditions.op.target] `condition` looks at `status.conditions` of the whole object
          remove the path
    "#);
}
