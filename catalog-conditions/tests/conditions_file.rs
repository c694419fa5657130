//! Condition files: what is read, and what is said about mistakes.
#![cfg(feature = "json-path")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_conditions::condition::{Condition, ConditionSet, Expression, OnUnknown};
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::report::Gate;
use catalog_conditions::snapshot::Snapshot;
use catalog_conditions::{Diagnostic, Severity, SourceFile};

fn parse(text: &str) -> (ConditionSet, Vec<Diagnostic>) {
    ConditionSet::parse(
        &SourceFile::new("conditions/cluster.yaml", text),
        &Limits::default(),
    )
}

/// What is said about a file, a line a diagnostic.
fn told(text: &str) -> String {
    let (set, diagnostics) = parse(text);
    let errors = diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity() == Severity::Error);
    if errors {
        // Whatever is wrong, nothing opens: not even for a caller who overlooks the diagnostics.
        let report = evaluate(
            &set,
            &Snapshot::builder().complete().build(),
            &Context::new(),
        );
        assert!(report.gate() >= Gate::Indeterminate, "{text}\n{report}");
    }
    let lines = diagnostics.iter().map(|diagnostic| {
        let place = diagnostic
            .location()
            .map(|location| location.start().to_string())
            .unwrap_or_default();
        let help: String = diagnostic
            .help_lines()
            .iter()
            .map(|help| format!("\n    {help}"))
            .collect();
        format!(
            "{place} {}[{}] {}{help}",
            diagnostic.severity(),
            diagnostic.code(),
            diagnostic.message()
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What is said about each of several questions, each the only item of a file.
fn told_of_each(items: &[&str]) -> String {
    let one = |item: &&str| {
        format!(
            "{item}\n  {}",
            told(&format!("conditions:\n- {item}")).replace('\n', "\n  ")
        )
    };
    items.iter().map(one).collect::<Vec<_>>().join("\n")
}

#[test]
fn everything_that_is_known_is_read() {
    let text = r#"
conditions:
- name: cluster is new enough
  message: upgrade the cluster first
  severity: warning
  onUnknown: pass
  target: { kubeVersion: {} }
  op: range
  value: ">=1.28"
- target: { apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, name: test.example.com, fieldPath: "spec.versions[0].name" }
  op: eq
  value: "v1"
- target: { apiVersion: apps/v1, kind: Deployment, selector: { matchLabels: { app: x }, matchExpressions: [{ key: tier, operator: In, values: [a, b] }] }, namespaces: all, fieldPath: status.readyReplicas }
  each: all
  allowEmpty: true
  op: ge
  value: 1
  whenAbsent: notSatisfied
- any:
  - target: { apiAvailable: { group: monitoring.coreos.com, kind: ServiceMonitor } }
  - not: { target: { crd: { name: prometheuses.monitoring.coreos.com, served: v1, stored: v1 } } }
  - all: [{ target: { storageClass: { default: true } }, op: exists }]
- { target: { apiVersion: v1, kind: Node, selector: "" }, op: exists }
- { target: { apiVersion: v1, kind: Namespace, name: $namespace }, op: notExists }
- { target: { apiVersion: v1, kind: ConfigMap, selector: "a in (x, y)", namespaces: [$namespace, web], fieldPath: "data.size" }, each: { atLeast: 2 }, op: between, value: [1, 2.50], as: number }
- { target: { apiVersion: apps/v1, kind: Deployment, name: x, namespace: web, fieldPath: "spec.template.spec.containers[name=x].image" }, op: range, value: "^1.2", as: imageVersion }
- { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: "spec.containers[*].name" }, each: { exactly: 0 }, op: in, value: [a, 1, true] }
- { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: "spec.x" }, op: isNull }
- { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: "spec.x" }, op: eq, value: { a: [1, null], b: "" } }
- { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: "spec.x" }, op: ne, value: "" }
- { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: "spec.x" }, op: lt, value: b, as: string }
- { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: "spec.x" }, op: gt, value: apps/v1beta1, as: apiVersion }
"#;
    assert_eq!(told(text), "");
    let (set, _) = parse(text);
    let first = &set.conditions()[0];
    assert_eq!(first.name(), "cluster is new enough");
    assert_eq!(first.message(), Some("upgrade the cluster first"));
    assert_eq!(
        (first.severity(), first.on_unknown()),
        (Severity::Warning, OnUnknown::Pass)
    );
    assert_eq!(first.location().unwrap().start().to_string(), "3:3");
    assert_eq!(set.conditions()[3].name(), "cluster[3]");
    assert_eq!(set.conditions()[3].expression().unwrap().leaf_count(), 3);
    assert!(
        set.conditions()
            .iter()
            .all(|condition| condition.expression().is_some())
    );
}

#[test]
fn files_that_hold_something_else() {
    let texts = [
        "",
        "# nothing\n",
        "conditions: []\n",
        "conditions:\n",
        "conditions: x\n",
        "condition: []\n",
        "- a\n",
        "conditions: [1]\n",
        "conditions: []\nmore: 1\n",
        "conditions: []\n---\nconditions: []\n",
        "conditions: [\n",
    ];
    let lines: Vec<String> = texts
        .iter()
        .map(|text| format!("{text:?}\n  {}", told(text).replace('\n', "\n  ")))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r##"
    ""
      1:1 error[conditions.missing] the file has no conditions
          write `conditions:` and a list, or remove the file
    "# nothing\n"
      1:1 error[conditions.missing] the file has no conditions
          write `conditions:` and a list, or remove the file
    "conditions: []\n"
      1:13 warning[conditions.empty] the list of conditions is empty
          remove the file if nothing must hold
    "conditions:\n"
      1:1 error[conditions.conditions.missing] `conditions` is missing
          add `conditions:`
    "conditions: x\n"
      1:13 error[conditions.type] `conditions` must be a list, not `x`
    "condition: []\n"
      1:1 error[conditions.conditions.missing] `conditions` is missing
          did you mean it by `condition`?
      1:1 error[conditions.unknown-key] `condition` is not a key of this map
          did you mean `conditions`?
    "- a\n"
      1:1 error[conditions.type] `the file` must be a map, not a list
    "conditions: [1]\n"
      1:14 error[conditions.type] `cluster[0]` must be a map, not `1`
    "conditions: []\nmore: 1\n"
      1:13 warning[conditions.empty] the list of conditions is empty
          remove the file if nothing must hold
      2:1 error[conditions.unknown-key] `more` is not a key of this map
          known keys: conditions
    "conditions: []\n---\nconditions: []\n"
      1:13 warning[conditions.empty] the list of conditions is empty
          remove the file if nothing must hold
      3:1 error[conditions.second-document] a file of conditions has one document, and this is a second
          move its conditions into the list of the first
    "conditions: [\n"
      1:13 error[yaml.syntax] this is not YAML: unclosed bracket '['
    "##);
}

#[test]
fn items_that_are_not_conditions() {
    insta::assert_snapshot!(told_of_each(&[
        "{}",
        "{ target: { kubeVersion: {} } }",
        "{ op: exists }",
        "{ nam: x, target: { apiAvailable: { group: a, kind: B } } }",
        "{ name: '', target: { apiAvailable: { group: a, kind: B } } }",
        "{ name: [x], target: { apiAvailable: { group: a, kind: B } } }",
        "{ name: null, target: { apiAvailable: { group: a, kind: B } } }",
        "{ severity: warn, target: { apiAvailable: { group: a, kind: B } } }",
        "{ onUnknown: ignore, target: { apiAvailable: { group: a, kind: B } } }",
        "{ when: { parameter: x }, target: { apiAvailable: { group: a, kind: B } } }",
        "{ all: [] }",
        "{ any: { target: { apiAvailable: { group: a, kind: B } } } }",
        "{ any: [{ target: { crd: { name: a.b } } }], op: exists, not: { target: { crd: { name: a.b } } } }",
        "{ any: [{ target: { crd: { name: a.b } }, severity: note }] }",
        "{ not: [] }",
    ]), @r#"
    {}
      2:3 error[conditions.target.missing] `target` is missing
          add `target:`
    { target: { kubeVersion: {} } }
      2:3 error[conditions.op.missing] `op` is missing
          add `op: range` and a range such as `value: ">=1.28"`
    { op: exists }
      2:3 error[conditions.target.missing] `target` is missing
          add `target:`
    { nam: x, target: { apiAvailable: { group: a, kind: B } } }
      2:5 error[conditions.unknown-key] `nam` is not a key of this map
          did you mean `name`?
    { name: '', target: { apiAvailable: { group: a, kind: B } } }
      2:11 error[conditions.name] a name is one line of 1 to 256 characters
    { name: [x], target: { apiAvailable: { group: a, kind: B } } }
      2:11 error[conditions.type] `name` must be a text, not a list
    { name: null, target: { apiAvailable: { group: a, kind: B } } }
      2:11 error[conditions.null] `name` has no value
          give `name` a value, or remove it
    { severity: warn, target: { apiAvailable: { group: a, kind: B } } }
      2:15 error[conditions.severity] `severity` cannot be `warn`
          write one of: error, warning, note
    { onUnknown: ignore, target: { apiAvailable: { group: a, kind: B } } }
      2:16 error[conditions.onUnknown] `onUnknown` cannot be `ignore`
          write one of: fail, warn, pass
    { when: { parameter: x }, target: { apiAvailable: { group: a, kind: B } } }
      2:11 error[conditions.op.missing] `op` is missing
          add `op:`, such as `op: eq` with a `value`, or `op: exists`
    { all: [] }
      2:10 error[conditions.composition] `all` and `any` need at least one part: an empty one would be decided without asking anything
    { any: { target: { apiAvailable: { group: a, kind: B } } } }
      2:10 error[conditions.type] `any` must be a list, not a map
    { any: [{ target: { crd: { name: a.b } } }], op: exists, not: { target: { crd: { name: a.b } } } }
      2:52 error[conditions.mixed] `op` has no place beside `all`, `any` or `not`
          move it into a part of its own
      2:65 error[conditions.mixed] `not` has no place beside `all`, `any` or `not`
          move it into a part of its own
    { any: [{ target: { crd: { name: a.b } }, severity: note }] }
      2:55 error[conditions.part] `severity` belongs to the items of the list alone, not to their parts
          move `severity` beside the outermost `all`, `any` or `not`
    { not: [] }
      2:10 error[conditions.type] `not` must be a map, not a list
    "#);
}

#[test]
fn targets_that_are_none() {
    let items: Vec<String> = [
        "{}",
        "x",
        "{ kubeVersion: {}, crd: { name: a.b } }",
        "{ kubeVersion: { min: 1 } }",
        "{ kubeVersion: null }",
        "{ kubeVerson: {} }",
        "{ apiAvailable: { kind: X } }",
        "{ apiAvailable: { group: a, kind: B, versions: v1 } }",
        "{ crd: { name: widgets } }",
        "{ storageClass: { default: false } }",
        "{ storageClass: { default: \"true\" } }",
        "{ canI: { verb: get } }",
        "{ nodes: { count: true } }",
        "{ apiVersion: v1, kind: Pod }",
        "{ apiVersion: v1, kind: Pod, name: x, selector: {} }",
        "{ apiVersion: v1, kind: Pod, selector: null }",
        "{ apiVersion: v1, kind: Pod, selector: { matchLabel: {} } }",
        "{ apiVersion: v1, kind: Pod, selector: { matchLabels: { a: true } } }",
        "{ apiVersion: v1, kind: Pod, selector: { matchExpressions: [{ key: a, operator: in, values: [x] }] } }",
        "{ apiVersion: v1, kind: Pod, selector: { matchExpressions: [{ key: a, values: [x] }] } }",
        "{ apiVersion: v1, kind: Pod, selector: { matchExpressions: [{ key: a, operator: In }] } }",
        "{ apiVersion: v1, kind: Pod, selector: \"a=\\u0007\" }",
        "{ apiVersion: apps/v1/Deployment, kind: Deployment, name: x }",
        "{ apiVersion: v1, kind: Pod, name: a/b }",
        "{ apiVersion: v1, kind: Pod, name: $name }",
        "{ apiVersion: v1, kind: Pod, name: x, namespaces: all }",
        "{ apiVersion: v1, kind: Pod, name: x, namespace: a, namespaces: [b] }",
        "{ apiVersion: v1, kind: Pod, selector: {}, namespaces: [] }",
        "{ apiVersion: v1, kind: Node, name: x, namespace: a }",
        "{ apiVersion: v1, kind: Pod, name: x, jsonPath: $.spec }",
        "{ apiVersion: v1, kind: Pod, name: x, fieldPath: .spec.x }",
        "{ apiVersion: v1, kind: Pod, name: x, fieldPath: metadata.labels.app.kubernetes.io/name }",
        "{ apiVersion: v1, kind: Pod, name: x, fieldPath: metadata.labels.app.x }",
        "{ apiVersion: v1, kind: ConfigMap, name: x, fieldPath: \"data.tls.crt\" }",
    ]
    .iter()
    .map(|target| format!("{{ op: exists, target: {target} }}"))
    .collect();
    insta::assert_snapshot!(told_of_each(&items.iter().map(String::as_str).collect::<Vec<_>>()), @r#"
    { op: exists, target: {} }
      2:25 error[conditions.target.empty] the target names nothing to look at
          name an object by `apiVersion`, `kind` and `name` or `selector`, or use one of `kubeVersion`, `apiAvailable`, `crd`, `storageClass`, `canI`, `nodes`
    { op: exists, target: x }
      2:25 error[conditions.type] `target` must be a map, not `x`
    { op: exists, target: { kubeVersion: {}, crd: { name: a.b } } }
      2:9 error[conditions.op.target] a cluster always has a version: this operator asks nothing
          use `range` or a comparison
      2:49 error[conditions.target] `crd` is a second target: a question has one
          write two parts of an `all`
    { op: exists, target: { kubeVersion: { min: 1 } } }
      2:9 error[conditions.op.target] a cluster always has a version: this operator asks nothing
          use `range` or a comparison
      2:42 error[conditions.unknown-key] `min` is not a key of this map
          this map has no keys: write `{}`
    { op: exists, target: { kubeVersion: null } }
      2:40 error[conditions.null] `kubeVersion` has no value
          give `kubeVersion` a value, or remove it
    { op: exists, target: { kubeVerson: {} } }
      2:25 error[conditions.target.empty] the target names nothing to look at
          name an object by `apiVersion`, `kind` and `name` or `selector`, or use one of `kubeVersion`, `apiAvailable`, `crd`, `storageClass`, `canI`, `nodes`
      2:27 error[conditions.unknown-key] `kubeVerson` is not a key of this map
          did you mean `kubeVersion`?
    { op: exists, target: { apiAvailable: { kind: X } } }
      2:41 error[conditions.group.missing] `group` is missing
          add `group:`
    { op: exists, target: { apiAvailable: { group: a, kind: B, versions: v1 } } }
      2:62 error[conditions.unknown-key] `versions` is not a key of this map
          did you mean `version`?
    { op: exists, target: { crd: { name: widgets } } }
      2:40 error[conditions.target.crd] `widgets` is no name of a CRD
          a CRD is named by the plural and the group: `widgets.example.com`
    { op: exists, target: { storageClass: { default: false } } }
      2:52 error[conditions.target.storageClass] only `default: true` can be asked for
          to ask for its absence, write `default: true` and `op: notExists`
    { op: exists, target: { storageClass: { default: "true" } } }
      2:52 error[conditions.type] `default` must be true or false, not `true`
    { op: exists, target: { canI: { verb: get } } }
      2:33 error[conditions.group.missing] `group` is missing
          add `group:`
      2:33 error[conditions.resource.missing] `resource` is missing
          add `resource:`
    { op: exists, target: { nodes: { count: true } } }
      2:9 error[conditions.op.target] what is counted over nodes can only be compared
          use a comparison such as `ge`, or `between`
    { op: exists, target: { apiVersion: v1, kind: Pod } }
      2:25 error[conditions.target.name] the target does not say which object
          add `name`, or `selector` (`selector: {}` for all of them)
    { op: exists, target: { apiVersion: v1, kind: Pod, name: x, selector: {} } }
      2:73 error[conditions.target.selector] `selector` has no place beside `name`
          keep one of the two
    { op: exists, target: { apiVersion: v1, kind: Pod, selector: null } }
      2:64 error[conditions.null] `selector` has no value
          give `selector` a value, or remove it
    { op: exists, target: { apiVersion: v1, kind: Pod, selector: { matchLabel: {} } } }
      2:66 error[conditions.unknown-key] `matchLabel` is not a key of this map
          did you mean `matchLabels`?
    { op: exists, target: { apiVersion: v1, kind: Pod, selector: { matchLabels: { a: true } } } }
      2:84 error[conditions.type] `a label's value` must be a string (quote it), not `true`
    { op: exists, target: { apiVersion: v1, kind: Pod, selector: { matchExpressions: [{ key: a, operator: in, values: [x] }] } } }
      2:105 error[conditions.operator] `operator` cannot be `in`
          did you mean `In`?
    { op: exists, target: { apiVersion: v1, kind: Pod, selector: { matchExpressions: [{ key: a, values: [x] }] } } }
      2:85 error[conditions.operator.missing] `operator` is missing
          add `operator: In`, `NotIn`, `Exists` or `DoesNotExist`
    { op: exists, target: { apiVersion: v1, kind: Pod, selector: { matchExpressions: [{ key: a, operator: In }] } } }
      2:85 error[conditions.selector] `a` needs at least one value
    { op: exists, target: { apiVersion: v1, kind: Pod, selector: "a=\u0007" } }
      2:64 error[conditions.selector] `\u{7}` is no label value: at most 63 letters, digits, `-`, `_`, `.`, beginning and ending with a letter or digit
    { op: exists, target: { apiVersion: apps/v1/Deployment, kind: Deployment, name: x } }
      2:39 error[conditions.target.apiVersion] `apps/v1/Deployment` is no apiVersion
          write `v1` for the core group, else `group/version` such as `apps/v1`
    { op: exists, target: { apiVersion: v1, kind: Pod, name: a/b } }
      2:60 error[conditions.type] `name` must be a name without `/`, `%`, `$` and white space (or `$namespace`), not `a/b`
    { op: exists, target: { apiVersion: v1, kind: Pod, name: $name } }
      2:60 error[conditions.type] `name` must be a name without `/`, `%`, `$` and white space (or `$namespace`), not `$name`
    { op: exists, target: { apiVersion: v1, kind: Pod, name: x, namespaces: all } }
      2:75 error[conditions.target.namespaces] a named object is in one namespace
          write `namespace`, or select objects with `selector`
    { op: exists, target: { apiVersion: v1, kind: Pod, name: x, namespace: a, namespaces: [b] } }
      2:89 error[conditions.target.namespace] `namespaces` has no place beside `namespace`
          keep one of the two
    { op: exists, target: { apiVersion: v1, kind: Pod, selector: {}, namespaces: [] } }
      2:80 error[conditions.type] `namespaces` must be `all` or a list of one name or more, not a list
    { op: exists, target: { apiVersion: v1, kind: Node, name: x, namespace: a } }
      2:75 warning[conditions.target.namespace] a Node lives in no namespace: this has no effect
          remove it
    { op: exists, target: { apiVersion: v1, kind: Pod, name: x, jsonPath: $.spec } }
      
    { op: exists, target: { apiVersion: v1, kind: Pod, name: x, fieldPath: .spec.x } }
      2:74 error[conditions.path] this is not JSONPath: write `spec.x`, or use `jsonPath:`
    { op: exists, target: { apiVersion: v1, kind: Pod, name: x, fieldPath: metadata.labels.app.kubernetes.io/name } }
      2:107 error[conditions.path] `/` cannot stand in an unquoted key; quote the whole key: `metadata.labels['app.kubernetes.io/name']`
    { op: exists, target: { apiVersion: v1, kind: Pod, name: x, fieldPath: metadata.labels.app.x } }
      2:74 error[conditions.path.structure] `metadata.labels` is a map of strings: nothing lies below its keys
          if the key is `app.x`, write `metadata.labels['app.x']`
    { op: exists, target: { apiVersion: v1, kind: ConfigMap, name: x, fieldPath: "data.tls.crt" } }
      2:80 error[conditions.path.structure] `data` is a map of strings: nothing lies below its keys
          if the key is `tls.crt`, write `data['tls.crt']`
    "#);
}

#[test]
fn questions_that_cannot_be_asked() {
    let pod = |rest: &str| {
        format!("{{ target: {{ apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }}, {rest} }}")
    };
    let mut items: Vec<String> = [
        "op: equals, value: 1",
        "op: exist",
        "op: '>=', value: 1",
        "op: frobnicate",
        "op: matches, value: ^a$",
        "op: eq",
        "op: eq, value: null",
        "op: eq, value: ",
        "op: eq, valueFrom: { fieldPath: a }",
        "op: in, value: a",
        "op: in, value: []",
        "op: in, value: [a, null]",
        "op: exists, value: true",
        "op: exists, as: number",
        "op: notExists, whenAbsent: satisfied",
        "op: eq, value: a, whenAbsent: yes",
        "op: eq, value: a, each: all",
        "op: eq, value: a, allowEmpty: true",
        "op: gt, value: a",
        "op: gt, value: true",
        "op: ge, value: [1]",
        "op: between, value: [1]",
        "op: between, value: [2, 1]",
        "op: between, value: [1, a]",
        "op: range, value: '>=1'",
        "op: range, value: '>=1', as: number",
        "op: range, value: '>=1.2.x.y', as: semver",
        "op: range, value: 1.28, as: semver",
        "op: eq, value: abc, as: number",
        "op: eq, value: latest, as: semver",
        "op: eq, value: 2, as: semver",
        "op: eq, value: alpha, as: apiVersion",
        "op: eq, value: 1Gi, as: quantity",
        "op: eq, value: 1, as: integer",
        "op: eq, value: a, valu: b",
    ]
    .iter()
    .map(|rest| pod(rest))
    .collect();
    items.extend(
        [
            "{ target: { apiVersion: v1, kind: Pod, name: x }, op: eq, value: a }",
            "{ target: { apiVersion: v1, kind: Pod, name: x }, op: isNull }",
            "{ target: { apiVersion: v1, kind: Pod, selector: {}, fieldPath: spec.x }, op: exists }",
            "{ target: { apiVersion: v1, kind: Pod, name: x, fieldPath: 'spec.x[*]' }, op: eq, value: a }",
            "{ target: { apiVersion: v1, kind: Pod, selector: {} }, op: exists, each: any }",
            "{ target: { apiVersion: v1, kind: Pod, selector: {}, fieldPath: spec.x }, op: exists, each: some }",
            "{ target: { apiVersion: v1, kind: Pod, selector: {}, fieldPath: spec.x }, op: exists, each: { atLeast: 0 } }",
            "{ target: { apiVersion: v1, kind: Pod, selector: {}, fieldPath: spec.x }, op: exists, each: { atLeast: 1, atMost: 2 } }",
            "{ target: { apiVersion: v1, kind: Pod, selector: {}, fieldPath: spec.x }, op: exists, each: { atLeast: -1 } }",
            "{ target: { apiVersion: v1, kind: Pod, selector: {}, fieldPath: spec.x }, op: exists, each: any, allowEmpty: true }",
            "{ target: { kubeVersion: {} }, op: exists }",
            "{ target: { kubeVersion: {} }, op: range, value: '>=1.28', as: semver }",
            "{ target: { kubeVersion: {} }, op: range, value: '>=1.28.3-gke.1' }",
            "{ target: { kubeVersion: {} }, op: ge, value: '1.28', whenAbsent: satisfied }",
            "{ target: { crd: { name: a.b } }, op: eq, value: true }",
            "{ target: { apiVersion: v1, kind: Pod, name: x, fieldPath: metadata.labels.a }, op: eq, value: 1 }",
            "{ target: { apiVersion: v1, kind: Pod, name: x, fieldPath: metadata.generation }, op: in, value: [1, \"2\"] }",
        ]
        .map(str::to_owned),
    );
    insta::assert_snapshot!(told_of_each(&items.iter().map(String::as_str).collect::<Vec<_>>()), @r#"
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: equals, value: 1 }
      2:76 error[conditions.op] `equals` is no operator
          did you mean `eq`?
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: exist }
      2:76 error[conditions.op] `exist` is no operator
          did you mean `exists`?
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: '>=', value: 1 }
      2:76 error[conditions.op] `>=` is no operator
          did you mean `ge`?
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: frobnicate }
      2:76 error[conditions.op] `frobnicate` is no operator
          operators: eq, ne, gt, ge, lt, le, in, notIn, exists, notExists, isNull, between, range, matches, notMatches, startsWith, endsWith, containsText, hasItem, hasAll, hasAny, hasNone, length, olderThan, newerThan, condition
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: matches, value: ^a$ }
      
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: eq }
      2:76 error[conditions.value.missing] `value` is missing
          add `value:`, or ask `exists`
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: eq, value: null }
      2:87 error[conditions.value.null] `value` is null or empty
          to ask for null write `op: isNull`, to ask for absence `op: notExists`; the empty text is ""
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: eq, value:  }
      2:85 error[conditions.value.null] `value` is null or empty
          to ask for null write `op: isNull`, to ask for absence `op: notExists`; the empty text is ""
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: eq, valueFrom: { fieldPath: a } }
      
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: in, value: a }
      2:87 error[conditions.type] `value` must be a list, not `a`
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: in, value: [] }
      2:87 error[conditions.value.empty] the list of values is empty
          name at least one value
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: in, value: [a, null] }
      2:91 error[conditions.value.null] `value` is null or empty
          to ask for null write `op: isNull`, to ask for absence `op: notExists`; the empty text is ""
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: exists, value: true }
      2:91 error[conditions.value] `exists` takes no value
          remove `value`, or use `eq`
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: exists, as: number }
      2:88 error[conditions.as] this operator reads no value, and ignores `as`
          remove `as`
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: notExists, whenAbsent: satisfied }
      2:99 error[conditions.whenAbsent] `whenAbsent` has no meaning here: this operator asks about absence itself
          remove it
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: eq, value: a, whenAbsent: yes }
      2:102 error[conditions.whenAbsent] `whenAbsent` cannot be `yes`
          write one of: satisfied, notSatisfied, unknown
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: eq, value: a, each: all }
      2:96 error[conditions.each] `each` has no meaning here: the target gives one value
          remove it, or use a `selector`, or `*` in the path
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: eq, value: a, allowEmpty: true }
      2:102 error[conditions.allowEmpty] `allowEmpty` has no meaning here: only `each: all` has no answer for an empty set
          remove it
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: gt, value: a }
      2:87 error[conditions.value.order] strings have no order of their own
          say how to read both sides: `as: number`, `quantity`, `duration`, `timestamp`, `semver`, `kubeVersion`, `imageVersion`, `apiVersion`, or `string` for the order of their characters
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: gt, value: true }
      2:87 error[conditions.value.order] a boolean has no order
          use `eq`
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: ge, value: [1] }
      2:87 error[conditions.value.order] a list has no order
          use `eq`
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: between, value: [1] }
      2:92 error[conditions.value] `between` takes two values: the lowest and the highest
          write `value: [1, 3]`
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: between, value: [2, 1] }
      2:92 error[conditions.value] the second value of `between` is below the first
          write the lower one first
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: between, value: [1, a] }
      2:92 error[conditions.value.order] strings have no order of their own
          say how to read both sides: `as: number`, `quantity`, `duration`, `timestamp`, `semver`, `kubeVersion`, `imageVersion`, `apiVersion`, or `string` for the order of their characters
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: range, value: '>=1' }
      2:90 error[conditions.as.missing] `range` needs to know which versions it reads
          add `as: semver`, `as: kubeVersion` or `as: imageVersion`
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: range, value: '>=1', as: number }
      2:90 error[conditions.as.missing] `range` needs to know which versions it reads
          add `as: semver`, `as: kubeVersion` or `as: imageVersion`
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: range, value: '>=1.2.x.y', as: semver }
      2:90 error[conditions.value.range] `>=1.2.x.y` is not a version range: there are more than three numbers; write a fourth one as build metadata, as in `1.2.3+4` (at byte 8)
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: range, value: 1.28, as: semver }
      2:90 error[conditions.value] a version range is a string
          quote it, such as ">=1.28"
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: eq, value: abc, as: number }
      2:87 error[conditions.value.reading] "abc" (string) cannot be read as number
          write a number such as 5 or "1.50"
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: eq, value: latest, as: semver }
      2:87 error[conditions.value.reading] "latest" (string) cannot be read as semver
          write a version such as "1.2.3"
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: eq, value: 2, as: semver }
      2:87 error[conditions.value.reading] 2 (number) cannot be read as semver
          quote it
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: eq, value: alpha, as: apiVersion }
      2:87 error[conditions.value.reading] "alpha" (string) cannot be read as apiVersion
          write a version such as "v1" or "apps/v1beta1"
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: eq, value: 1Gi, as: quantity }
      
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: eq, value: 1, as: integer }
      2:94 error[conditions.as] `as` cannot be `integer`
          write one of: json, number, string, quantity, duration, timestamp, semver, kubeVersion, imageVersion, apiVersion
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: eq, value: a, valu: b }
      2:90 error[conditions.unknown-key] `valu` is not a key of this map
          did you mean `value`?
    { target: { apiVersion: v1, kind: Pod, name: x }, op: eq, value: a }
      2:57 error[conditions.op.target] this operator needs a field to look at
          add `fieldPath` to the target
    { target: { apiVersion: v1, kind: Pod, name: x }, op: isNull }
      2:57 error[conditions.op.target] this operator needs a field to look at
          add `fieldPath` to the target
    { target: { apiVersion: v1, kind: Pod, selector: {}, fieldPath: spec.x }, op: exists }
      2:13 error[conditions.each] this target can give several values, and `each` does not say how many must do
          add `each: all`, `any`, `none`, `{atLeast: n}`, `{atMost: n}` or `{exactly: n}`
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: 'spec.x[*]' }, op: eq, value: a }
      2:13 error[conditions.each] this target can give several values, and `each` does not say how many must do
          add `each: all`, `any`, `none`, `{atLeast: n}`, `{atMost: n}` or `{exactly: n}`
    { target: { apiVersion: v1, kind: Pod, selector: {} }, op: exists, each: any }
      2:76 error[conditions.each] `exists` and `notExists` without a path ask about the object or selection itself, and take no `each`
          remove `each`, or add a `fieldPath`
    { target: { apiVersion: v1, kind: Pod, selector: {}, fieldPath: spec.x }, op: exists, each: some }
      2:95 error[conditions.each] `each` cannot be `some`
          write `all`, `any`, `none`, `{atLeast: n}`, `{atMost: n}` or `{exactly: n}`
    { target: { apiVersion: v1, kind: Pod, selector: {}, fieldPath: spec.x }, op: exists, each: { atLeast: 0 } }
      2:95 error[conditions.each] at least 0 is always so, and asks nothing
          for a span, write two parts of an `all`
    { target: { apiVersion: v1, kind: Pod, selector: {}, fieldPath: spec.x }, op: exists, each: { atLeast: 1, atMost: 2 } }
      2:95 error[conditions.each] `each` has exactly one of `atLeast`, `atMost` and `exactly`
          for a span, write two parts of an `all`
    { target: { apiVersion: v1, kind: Pod, selector: {}, fieldPath: spec.x }, op: exists, each: { atLeast: -1 } }
      2:106 error[conditions.type] `atLeast` must be a whole number from 0 to 18446744073709551615, not `-1`
    { target: { apiVersion: v1, kind: Pod, selector: {}, fieldPath: spec.x }, op: exists, each: any, allowEmpty: true }
      2:112 error[conditions.allowEmpty] `allowEmpty` has no meaning here: only `each: all` has no answer for an empty set
          remove it
    { target: { kubeVersion: {} }, op: exists }
      2:38 error[conditions.op.target] a cluster always has a version: this operator asks nothing
          use `range` or a comparison
    { target: { kubeVersion: {} }, op: range, value: '>=1.28', as: semver }
      2:66 error[conditions.as] a cluster's version is always read as `kubeVersion`
          remove `as`
    { target: { kubeVersion: {} }, op: range, value: '>=1.28.3-gke.1' }
      2:52 warning[conditions.value.range] the vendor's build in `1.28.3-gke.1` is ignored; only alpha, beta and rc order cluster versions
    { target: { kubeVersion: {} }, op: ge, value: '1.28', whenAbsent: satisfied }
      2:69 error[conditions.whenAbsent] `whenAbsent` has no meaning here: this target cannot be absent
          remove it
    { target: { crd: { name: a.b } }, op: eq, value: true }
      2:41 error[conditions.op.target] this target is there or not: it has no value to compare
          use `exists` (the default) or `notExists`
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: metadata.labels.a }, op: eq, value: 1 }
      2:98 error[conditions.value.type] `metadata.labels.a` always holds a string, and never such a value
          quote the value, or say how to read both sides: `as: number`
    { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: metadata.generation }, op: in, value: [1, "2"] }
      2:100 error[conditions.value.type] `metadata.generation` always holds a whole number, and never such a value
          write the number without quotes
    "#);
}

#[test]
fn scalars_that_do_not_mean_what_they_seem_to() {
    let value = |scalar: &str| {
        format!(
            "conditions:\n- target: {{ apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }}\n  op: eq\n  value: {scalar}\n"
        )
    };
    for fine in [
        "1",
        "-5",
        "1.5",
        "0.001",
        "true",
        "v1",
        "\"1.10\"",
        "'on'",
        "!!str 1.10",
        "1.2.3",
        "2024",
        "a:b",
        "12:99",
        "[1, {a: b}]",
        "1500",
        "9007199254740993",
    ] {
        assert_eq!(told(&value(fine)), "", "{fine}");
    }
    let refused = [
        "1.10",
        "on",
        "yes",
        "n",
        "0123",
        "0x10",
        "0o17",
        "1_000",
        "12:30",
        "1:02:03",
        "1e3",
        "+1",
        "-0",
        ".5",
        "1.",
        "2024-01-31",
        "2001-12-14t21:59:43Z",
        ".inf",
        ".NaN",
        "123456789012345678901234567890",
        "[1, on, {a: 1.10}]",
    ];
    let lines: Vec<String> = refused
        .iter()
        .map(|scalar| format!("{scalar}\n  {}", told(&value(scalar)).replace('\n', "\n  ")))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    1.10
      4:10 error[conditions.value.ambiguous] `1.10` is not held as it is written
          quote it if it is a text or a version ("1.10"), else write 1.1
    on
      4:10 error[conditions.value.ambiguous] `on` means one thing to kubectl and Helm, and another to YAML 1.2
          quote it if it is a text ("on"), else write true
    yes
      4:10 error[conditions.value.ambiguous] `yes` means one thing to kubectl and Helm, and another to YAML 1.2
          quote it if it is a text ("yes"), else write true
    n
      4:10 error[conditions.value.ambiguous] `n` means one thing to kubectl and Helm, and another to YAML 1.2
          quote it if it is a text ("n"), else write false
    0123
      4:10 error[conditions.value.ambiguous] `0123` means one thing to kubectl and Helm, and another to YAML 1.2
          quote it if it is a text or a version ("0123"), else write 83
    0x10
      4:10 error[conditions.value.ambiguous] `0x10` is not held as it is written
          quote it if it is a text or a version ("0x10"), else write 16
    0o17
      4:10 error[conditions.value.ambiguous] `0o17` is not held as it is written
          quote it if it is a text or a version ("0o17"), else write 15
    1_000
      4:10 error[conditions.value.ambiguous] `1_000` means one thing to kubectl and Helm, and another to YAML 1.2
          quote it if it is a text or a version ("1_000"), else write 1000
    12:30
      4:10 error[conditions.value.ambiguous] `12:30` is a text to YAML 1.2 and kubectl, but a number or a time to YAML 1.1
          quote it: "12:30"
    1:02:03
      4:10 error[conditions.value.ambiguous] `1:02:03` is a text to YAML 1.2 and kubectl, but a number or a time to YAML 1.1
          quote it: "1:02:03"
    1e3
      4:10 error[conditions.value.ambiguous] `1e3` is not held as it is written
          quote it if it is a text or a version ("1e3"), else write 1000
    +1
      4:10 error[conditions.value.ambiguous] `+1` is not held as it is written
          quote it if it is a text or a version ("+1"), else write 1
    -0
      4:10 error[conditions.value.ambiguous] `-0` is not held as it is written
          quote it if it is a text or a version ("-0"), else write 0
    .5
      4:10 error[conditions.value.ambiguous] `.5` is not held as it is written
          quote it if it is a text or a version (".5"), else write 0.5
    1.
      4:10 error[conditions.value.ambiguous] `1.` is not held as it is written
          quote it if it is a text or a version ("1."), else write 1
    2024-01-31
      4:10 error[conditions.value.ambiguous] `2024-01-31` is a text to YAML 1.2 and kubectl, but a number or a time to YAML 1.1
          quote it: "2024-01-31"
    2001-12-14t21:59:43Z
      4:10 error[conditions.value.ambiguous] `2001-12-14t21:59:43Z` is a text to YAML 1.2 and kubectl, but a number or a time to YAML 1.1
          quote it: "2001-12-14t21:59:43Z"
    .inf
      4:10 error[conditions.value.ambiguous] `.inf` is no number that JSON and the API server know
          quote it: ".inf"
    .NaN
      4:10 error[conditions.value.ambiguous] `.NaN` is no number that JSON and the API server know
          quote it: ".NaN"
    123456789012345678901234567890
      4:10 error[conditions.value.ambiguous] `123456789012345678901234567890` is not held as it is written
          quote it if it is a text or a version ("123456789012345678901234567890"), else write 1.2345678901234568e29
    [1, on, {a: 1.10}]
      4:14 error[conditions.value.ambiguous] `on` means one thing to kubectl and Helm, and another to YAML 1.2
          quote it if it is a text ("on"), else write true
      4:22 error[conditions.value.ambiguous] `1.10` is not held as it is written
          quote it if it is a text or a version ("1.10"), else write 1.1
    "#);
    let as_number = |scalar: &str| value(scalar) + "  as: number\n";
    for fine in ["1.10", "1e3", "-0", "\"1.50\""] {
        assert_eq!(told(&as_number(fine)), "", "{fine}");
    }
    for refused in [
        "0123",
        "on",
        "12:30",
        "0.1000000000000000055511151231257827",
    ] {
        assert_ne!(told(&as_number(refused)), "", "{refused}");
    }
}

#[test]
fn names_tell_conditions_apart() {
    let text = "conditions:\n- { name: a, target: { crd: { name: a.b } } }\n- { name: a, target: { crd: { name: c.d } } }\n";
    insta::assert_snapshot!(told(text), @r"
    3:3 error[conditions.name.duplicate] two conditions are named `a`
        give each its own `name`
    ");
    let (set, diagnostics) = parse(text);
    let (place, label) = diagnostics[0].related_locations().next().unwrap();
    assert_eq!(
        (place.start().to_string().as_str(), label),
        ("2:3", "first defined here")
    );
    let mut both = ConditionSet::new();
    assert_eq!(both.extend(set.clone()).len(), 0, "it was said of the file");
    assert_eq!(
        both.extend(set).len(),
        1,
        "the first clashes with the other file's"
    );
    assert_eq!(both.conditions().len(), 4);
}

#[test]
fn compositions_are_bounded() {
    let crd = "target: { crd: { name: a.b } }";
    let nested = |depth: usize| {
        format!(
            "conditions:\n- {}{crd}{}",
            "not: { ".repeat(depth),
            " }".repeat(depth)
        )
    };
    assert_eq!(told(&nested(Expression::MAX_DEPTH)), "");
    insta::assert_snapshot!(told(&nested(Expression::MAX_DEPTH + 1)), @"2:232 error[conditions.composition] `all`, `any` and `not` nest deeper than 32");
    let wide = |count: usize| {
        format!(
            "conditions:\n- any:\n{}",
            format!("  - {crd}\n").repeat(count)
        )
    };
    assert_eq!(told(&wide(Expression::MAX_LEAVES)), "");
    insta::assert_snapshot!(told(&wide(Expression::MAX_LEAVES + 1)), @"3:5 error[conditions.composition] one condition asks more than 1000 questions: split it");
    let mut deep = Expression::crd("a.b");
    for _ in 0..Expression::MAX_DEPTH {
        deep = Expression::not(deep).unwrap();
    }
    assert!(Expression::not(deep.clone()).is_err());
    assert!(Expression::all(vec![deep]).is_err());
    let _made_in_code = Condition::new(
        "x",
        Expression::object_exists("v1", "Namespace", None, "web"),
    );
}
