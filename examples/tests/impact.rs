//! `impact` as scripts see it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

const CATALOG: &str = "catalogs/observability";
const CLUSTER: [&str; 2] = ["--cluster", "clusters/production.yaml"];
const POLICY: &str = "policies/careful.yaml";

fn run(arguments: &[&str]) -> Output {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples/impact");
    assert!(
        path.exists(),
        "{} is not built: run `cargo test` without `--test`, or build the examples",
        path.display()
    );
    let mut command = Command::new(path);
    let command = command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(arguments).output().unwrap()
}

/// Standard output of a run that ends with a code.
#[track_caller]
fn answer(arguments: &[&str], code: i32) -> String {
    let output = run(arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}: {error}{text}"
    );
    text
}

#[track_caller]
fn json_answer(arguments: &[&str], code: i32) -> Value {
    let arguments = [arguments, &["--format", "json"]].concat();
    serde_json::from_str(&answer(&arguments, code)).unwrap()
}

/// A folder of this test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("impact")
        .join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn write(folder: &Path, files: &[(&str, &str)]) -> String {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder.to_str().unwrap().to_owned()
}

const ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: agent}
rules:
- {apiGroups: [''], resources: [pods], verbs: [get, list]}
";

/// A catalog with two versions of a package, and a cluster that has the older one.
fn agent(name: &str, marks: &str) -> (String, String) {
    let folder = folder(name);
    let more = format!("{ROLE}- {{apiGroups: [''], resources: [secrets], verbs: [get]}}\n");
    let catalog = write(
        &folder.join("catalog"),
        &[
            ("agent/1.0.0/metadata.yaml", "name: agent\nversion: 1.0.0\n"),
            ("agent/1.0.0/definitions/role.yaml", ROLE),
            ("agent/1.1.0/metadata.yaml", "name: agent\nversion: 1.1.0\n"),
            ("agent/1.1.0/definitions/role.yaml", &more),
        ],
    );
    let there = ROLE.replace(
        "metadata: {name: agent}",
        &format!("metadata: {{name: agent, {marks}}}"),
    );
    let installed = r#"[{"package": "agent", "version": "1.0.0", "namespace": "agent"}]"#;
    write(
        &folder,
        &[("cluster.yaml", &there), ("installed.json", installed)],
    );
    (catalog, folder.to_str().unwrap().to_owned())
}

#[test]
fn an_upgrade_with_its_change_and_its_growth() {
    let (catalog, folder) = agent("upgrade", "labels: {catalog.dev/package: agent}");
    let (cluster, installed) = (
        format!("{folder}/cluster.yaml"),
        format!("{folder}/installed.json"),
    );
    let arguments = [
        &catalog,
        "agent",
        "--cluster",
        &cluster,
        "--complete",
        "--installed",
        &installed,
    ];
    let text = answer(&arguments, 0);
    assert_eq!(
        text,
        "\
agent 1.1.0 in agent: changes in 1 field
  ClusterRole.rbac.authorization.k8s.io/agent: changes in 1 field
    ~ /rules changes
    ? what the document states no more is not seen: save the cluster with `--show-managed-fields`
    ? whether others own what changes is not seen: save the cluster with `--show-managed-fields`

upgrade agent 1.0.0 -> 1.1.0 in agent
  ~ object      ClusterRole/agent (cluster-wide)
  + permission  ClusterRole/agent: get on secrets  ! reads secrets
  ^ growth      get on secrets in all namespaces  ! reads secrets
"
    );
    let answer = json_answer(&arguments, 0);
    assert_eq!(
        (&answer["status"], &answer["verdict"]),
        (&json!("resolved"), &json!("upgrade"))
    );
    let definition = &answer["definitions"][0];
    assert_eq!(
        definition["object"],
        json!({"group": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "agent"})
    );
    assert_eq!(
        (&definition["package"], &definition["version"]),
        (&json!("agent"), &json!("1.1.0"))
    );
    assert_eq!(
        (
            &definition["changes"][0]["pointer"],
            &definition["changes"][0]["kind"]
        ),
        (&json!("/rules"), &json!("changed"))
    );
    assert_eq!(
        answer["ledger"][0]["growth"][0]["risks"],
        json!(["secrets"])
    );
    assert!(answer.get("policy").is_none());
}

#[test]
fn a_policy_says_which_rule_and_where() {
    let (catalog, folder) = agent("policy", "labels: {catalog.dev/package: agent}");
    let cluster = format!("{folder}/cluster.yaml");
    let policy = "rules:\n- name: no secrets\n  deny: permissions\n  where: {risks: [secrets]}\n  reason: they are the vault's\n";
    write(Path::new(&folder), &[("policy.yaml", policy)]);
    let policy = format!("{folder}/policy.yaml");
    let arguments = [
        &catalog,
        "agent",
        "--cluster",
        &cluster,
        "--complete",
        "--policy",
        &policy,
    ];
    let found = json_answer(&arguments, 1);
    assert_eq!(found["policy"]["pass"], false);
    let mut violation = found["policy"]["violations"][0].clone();
    violation["ruleFile"].take();
    assert_eq!(
        violation,
        json!({
            "code": "policy.denied", "subject": "permissions", "package": "agent", "version": "1.1.0",
            "what": "ClusterRole/agent: get on secrets  ! reads secrets", "rule": "no secrets", "reason": "they are the vault's",
            "ruleFile": null, "ruleLine": 2, "ruleColumn": 3,
            "file": "agent/1.1.0/definitions/role.yaml", "line": 6, "column": 3, "endLine": 6, "endColumn": 56,
        })
    );
    let text = answer(&arguments, 1);
    assert!(text.contains("error[policy.denied]: `no secrets` denies permissions: ClusterRole/agent: get on secrets  ! reads secrets (they are the vault's)"), "{text}");
    assert!(
        text.contains("--> agent/1.1.0/definitions/role.yaml:6:3"),
        "{text}"
    );
    assert!(
        text.ends_with("policy.yaml: 1 of 5 things are forbidden\n"),
        "{text}"
    );
    let log: Value = serde_json::from_str(&answer(
        &[&arguments[..], &["--format", "sarif"]].concat(),
        1,
    ))
    .unwrap();
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "policy.denied");
    assert_eq!(
        result["locations"][0]["physicalLocation"]["region"]["startLine"],
        6
    );
    let other = "rules:\n- {name: typo, deny: host, packages: [agnet], reason: r}\n";
    write(Path::new(&folder), &[("policy.yaml", other)]);
    let told = answer(&arguments, 0);
    assert!(
        told.contains("policy.yaml:2: `typo` is about packages of which the plan moves none\n"),
        "{told}"
    );
    assert!(
        told.contains("warning[policy.package.unknown]: `typo` is about the package `agnet`, which no catalog has")
            && told.contains("did you mean `agent`?"),
        "{told}"
    );
    let found = json_answer(&arguments, 0);
    assert_eq!(found["policy"]["idle"], json!(["typo"]));
    assert_eq!(
        found["policy"]["diagnostics"][0]["code"],
        "policy.package.unknown"
    );
    let other = "rules:\n- {name: quiet, deny: host, reason: r}\n";
    write(Path::new(&folder), &[("policy.yaml", other)]);
    let told = answer(&arguments, 0);
    assert!(
        told.contains("note: of what the plan does, these rules hold of nothing: `quiet`\n"),
        "{told}"
    );
    assert_eq!(
        json_answer(&arguments, 0)["policy"]["unmatched"],
        json!(["quiet"])
    );
    write(Path::new(&folder), &[("policy.yaml", "rules: []\n")]);
    assert!(answer(&arguments, 0).ends_with("policy.yaml: nothing is forbidden of 5 things\n"));
}

#[test]
fn whose_it_is_decides() {
    for (marks, code, verdict) in [
        ("labels: {catalog.dev/package: agent}", 0, "upgrade"),
        ("labels: {a: b}", 1, "unowned"),
        (
            "labels: {app.kubernetes.io/managed-by: Helm}, annotations: {meta.helm.sh/release-name: old}",
            1,
            "ownedByOther",
        ),
        (
            "labels: {catalog.dev/package: agent, catalog.dev/version: 2.0.0}",
            1,
            "downgrade",
        ),
        (
            "labels: {catalog.dev/package: agent}, annotations: {catalog.dev/version: 2.0.0}",
            1,
            "downgrade",
        ),
        (
            "labels: {catalog.dev/package: agent}, annotations: {catalog.dev/version: 0.9.0}",
            0,
            "upgrade",
        ),
    ] {
        let (catalog, folder) = agent("owner", marks);
        let cluster = format!("{folder}/cluster.yaml");
        let found = json_answer(
            &[&catalog, "agent", "--cluster", &cluster, "--complete"],
            code,
        );
        assert_eq!(found["verdict"], verdict, "{marks}");
        let is_told = found["diagnostics"].as_array().unwrap().len();
        assert_eq!(is_told, usize::try_from(code).unwrap(), "{found}");
    }
    let (catalog, folder) = agent("unknown", "labels: {a: b}");
    write(
        Path::new(&folder),
        &[(
            "empty.yaml",
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n",
        )],
    );
    let cluster = format!("{folder}/empty.yaml");
    let arguments = [&catalog, "agent", "--cluster", &cluster];
    assert_eq!(json_answer(&arguments, 1)["verdict"], "unknown");
    let complete = [&arguments[..], &["--complete"]].concat();
    assert_eq!(json_answer(&complete, 0)["verdict"], "install");
}

/// A package with one definition, and a cluster that has it with something else in it.
fn with_definition(name: &str, definition: &str, there: &str) -> [String; 2] {
    let folder = folder(name);
    let catalog = write(
        &folder.join("catalog"),
        &[
            ("agent/1.0.0/metadata.yaml", "name: agent\nversion: 1.0.0\n"),
            ("agent/1.0.0/definitions/one.yaml", definition),
        ],
    );
    let folder = write(&folder, &[("cluster.yaml", there)]);
    [catalog, format!("{folder}/cluster.yaml")]
}

#[test]
fn what_the_server_refuses_is_told_with_what_helps() {
    let binding = |role: &str, marks: &str| {
        format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {{name: agent{marks}}}\n\
            roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {role}}}\n"
        )
    };
    let there = binding("view", ", labels: {catalog.dev/package: agent}");
    let [catalog, cluster] = with_definition("immutable", &binding("edit", ""), &there);
    let arguments = [&catalog, "agent", "--cluster", &cluster, "--complete"];
    let text = answer(&arguments, 1);
    assert!(
        text.contains(
            "error[object.immutable]: ClusterRoleBinding.rbac.authorization.k8s.io/agent: /roleRef/name may not be changed: \
             the server refuses the apply\n --> agent/1.0.0/definitions/one.yaml:4:67"
        ),
        "{text}"
    );
    assert!(
        text.contains("give the object a new name, or have it deleted and made anew: in between, nobody has the role"),
        "{text}"
    );
    let found = json_answer(&arguments, 1);
    assert_eq!(found["verdict"], "incompatible");
    assert_eq!(
        found["definitions"][0]["breaks"][0]["hits"],
        json!(["apply"])
    );
}

#[test]
fn a_break_names_the_stored_objects_that_it_hits() {
    let crd = |required: &str, marks: &str| {
        format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: probes.example.com{marks}}}\nspec:\n  \
            group: example.com\n  scope: Namespaced\n  names: {{kind: Probe, plural: probes}}\n  versions:\n  - {{name: v1, served: true, storage: true, \
            schema: {{openAPIV3Schema: {{type: object, properties: {{spec: {{type: object{required}, properties: {{a: {{type: string}}}}}}}}}}}}}}\n"
        )
    };
    let there = |count: usize| {
        let probes = (0..count).map(|at| {
            format!("---\napiVersion: example.com/v1\nkind: Probe\nmetadata: {{namespace: ns, name: p{at}}}\nspec: {{}}\n")
        });
        let crd = crd("", ", labels: {catalog.dev/package: agent}");
        crd + &probes.collect::<String>()
    };
    for (count, told) in [
        (0, None),
        (1, Some("it hits 1 stored object: ns/p0\n")),
        (
            7,
            Some("it hits 7 stored objects: ns/p0, ns/p1, ns/p2, ns/p3, ns/p4, and 2 more\n"),
        ),
    ] {
        let new = crd(", required: [a]", "");
        let [catalog, cluster] = with_definition("affected", &new, &there(count));
        let arguments = [&catalog, "agent", "--cluster", &cluster, "--complete"];
        let text = answer(&arguments, 1);
        assert_eq!(text.contains("it hits"), told.is_some(), "{text}");
        assert!(told.is_none_or(|told| text.contains(told)), "{text}");
        let found = json_answer(&arguments, 1);
        let found = &found["definitions"][0]["breaks"][0];
        assert_eq!(found["code"], "crd.field.required");
        assert_eq!(found["affectedCount"], count);
        assert_eq!(found["affected"].as_array().unwrap().len(), count);
    }
}

#[test]
fn a_field_of_another_manager_is_a_conflict_and_unknown_without_managed_fields() {
    let deployment = |replicas: u8, metadata: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: agent, namespace: agent{metadata}}}\nspec: {{replicas: {replicas}}}\n"
        )
    };
    let marks = "labels: {catalog.dev/package: agent}";
    let managed = "managedFields: [{manager: scaler, operation: Update, apiVersion: apps/v1, subresource: scale, \
                   fieldsType: FieldsV1, fieldsV1: {'f:spec': {'f:replicas': {}}}}]";
    let there = deployment(5, &format!(", {marks}, {managed}"));
    let [catalog, cluster] = with_definition("conflict", &deployment(2, ""), &there);
    let arguments = [&catalog, "agent", "--cluster", &cluster, "--complete"];
    let text = answer(&arguments, 1);
    assert!(
        text.contains(
            "error[object.conflict]: Deployment.apps/agent/agent: conflict with `scaler` (through `scale`) over /spec/replicas: \
             the server refuses the apply unless it is forced\n --> agent/1.0.0/definitions/one.yaml:4:8"
        ),
        "{text}"
    );
    assert!(
        text.contains("take it over with `--force-conflicts`"),
        "{text}"
    );
    let found = json_answer(&arguments, 1);
    assert_eq!(
        found["definitions"][0]["breaks"][0]["code"],
        "object.conflict"
    );
    let there = deployment(5, &format!(", {marks}"));
    let [catalog, cluster] = with_definition("conflict", &deployment(2, ""), &there);
    let text = answer(&[&catalog, "agent", "--cluster", &cluster, "--complete"], 0);
    assert!(
        text.contains("? whether others own what changes is not seen"),
        "{text}"
    );
}

#[test]
fn the_example_catalog_breaks_what_production_has() {
    let arguments = [
        &[CATALOG, "prometheus"],
        &CLUSTER[..],
        &["--policy", POLICY],
    ]
    .concat();
    let found = json_answer(&arguments, 1);
    assert_eq!(found["verdict"], "incompatible");
    let definitions = found["definitions"].as_array().unwrap();
    let broken = definitions
        .iter()
        .find(|one| one["object"]["name"] == "prometheuses.monitoring.coreos.com")
        .unwrap();
    let codes: Vec<&Value> = broken["breaks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["code"])
        .collect();
    assert!(codes.contains(&&json!("crd.pruning")), "{codes:?}");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(CATALOG);
    for diagnostic in found["diagnostics"].as_array().unwrap() {
        assert!(
            root.join(diagnostic["file"].as_str().unwrap()).exists(),
            "{diagnostic}"
        );
    }
    assert_eq!(found, json_answer(&arguments, 1), "the same answer again");
    let log: Value = serde_json::from_str(&answer(
        &[&arguments[..], &["--format", "sarif"]].concat(),
        1,
    ))
    .unwrap();
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
}

#[test]
fn several_catalogs_have_names() {
    let (catalog, folder) = agent("several", "labels: {catalog.dev/package: agent}");
    let cluster = format!("{folder}/cluster.yaml");
    let role = ROLE.replace("name: agent", "name: base");
    let other = write(
        &Path::new(&folder).join("other"),
        &[
            ("base/2.0.0/metadata.yaml", "name: base\nversion: 2.0.0\n"),
            ("base/2.0.0/definitions/role.yaml", &role),
        ],
    );
    let (ours, other) = (format!("ours={catalog}"), format!("other={other}"));
    let arguments = [
        &ours,
        &other,
        "agent",
        "base",
        "--cluster",
        &cluster,
        "--complete",
    ];
    let found = json_answer(&arguments, 0);
    let of_agent = found["definitions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["package"] == "agent")
        .unwrap();
    assert_eq!(of_agent["catalog"], "ours");
    let packages: Vec<&Value> = found["ledger"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["package"])
        .collect();
    assert!(
        packages.contains(&&json!("base")) && packages.contains(&&json!("agent")),
        "{packages:?}"
    );
    for operation in found["ledger"].as_array().unwrap() {
        let missing = operation["unexamined"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["why"] == "the catalog has no such release");
        assert!(!missing, "{operation}");
    }
}

#[test]
fn a_conflict_and_wrong_usage() {
    let conflict = [&[CATALOG, "prometheus@99"], &CLUSTER[..]].concat();
    assert_eq!(json_answer(&conflict, 1)["status"], "conflict");
    let bad = folder("bad");
    write(
        &bad,
        &[(
            "policy.yaml",
            "rules:\n- {name: a, deny: image, reason: r}\n",
        )],
    );
    let policy = format!("{}/policy.yaml", bad.display());
    for (arguments, expected) in [
        (vec![], "CATALOG is missing"),
        (vec![CATALOG], "PACKAGE is missing"),
        (vec![CATALOG, "loki"], "--cluster FILE is missing"),
        (vec![CATALOG, "loki", "--cluster", "none.yaml"], "none.yaml"),
        (vec!["none", "loki", CLUSTER[0], CLUSTER[1]], "none"),
        (
            vec![
                CATALOG,
                "loki",
                CLUSTER[0],
                CLUSTER[1],
                "--policy",
                "none.yaml",
            ],
            "none.yaml",
        ),
        (
            vec![CATALOG, "loki", CLUSTER[0], CLUSTER[1], "--policy", &policy],
            "policy.yaml:2:19: error[policy.word]: `image` is none of the words that can stand here; did you mean `images`?",
        ),
        (
            vec![CATALOG, "loki", "--format", "xml"],
            "`xml` is no format: text, json or sarif",
        ),
        (
            vec![CATALOG, "loki", "--polcy", "x"],
            "did you mean `--policy`?",
        ),
    ] {
        let output = run(&arguments);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(
            output.stdout.is_empty() && message.contains(expected),
            "{arguments:?}: {message}"
        );
        assert_eq!(message.lines().count(), 1, "{message}");
    }
    assert!(answer(&["--help"], 0).contains("usage: impact CATALOG PACKAGE"));
}
