//! Policies: what they forbid of a plan, what is wrong with their files, and laws.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::path::Path;

use catalog_model::conditions::snapshot::Snapshot;
use catalog_model::verdict::ClusterComparison;
use catalog_model::{Catalog, LoadOptions, MemorySource, SourceFile, load};
use catalog_resolve::ledger::{Ledger, OperationLedger};
use catalog_resolve::policy::{
    JudgedRelease, Policy, PolicyOutcome, Subject, ViolationKind, reference, schema,
};
use catalog_resolve::{ClusterView, Outcome, Request, resolve};
use proptest::prelude::*;
use serde_json::json;

const RELEASE: &[(&str, &str)] = &[
    ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
    ("web/1.0.0/modules.yaml", "\
modules:
- {name: server, manifests: {path: m}}
- {name: far, chart: {remote: {repo: 'https://example.com/charts', name: far, version: 1.0.0}}}
"),
    ("web/1.0.0/definitions/crd.yaml", "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Cluster
  names: {kind: Widget, plural: widgets}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}}
"),
    ("web/1.0.0/m/server.yaml", "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: server, namespace: kube-system}
spec:
  template:
    spec:
      hostNetwork: true
      containers:
      - name: server
        image: quay.io/web/server:1.0
      volumes: [{name: run, hostPath: {path: /run}}]
---
apiVersion: v1
kind: Secret
metadata: {name: token}
stringData: {token: hunter2}
"),
    ("web/1.0.0/m/rbac.yaml", "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: web}
rules:
- {apiGroups: [''], resources: [pods], verbs: [get, delete]}
- {apiGroups: [''], resources: [secrets], verbs: [get]}
- {nonResourceURLs: [/metrics], verbs: ['*']}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: server, namespace: web}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: web}
webhooks:
- name: a.example.com
  rules: [{apiGroups: ['*'], apiVersions: ['*'], operations: [CREATE], resources: ['*']}]
"),
];

struct World {
    source: MemorySource,
    catalog: Catalog,
    ledger: Vec<OperationLedger>,
}

fn world() -> World {
    world_with("quay.io/web/server:1.0")
}

/// The same, with another image.
fn world_with(image: &str) -> World {
    let files = RELEASE.iter().map(|(path, text)| {
        (
            (*path).to_owned(),
            text.replace("quay.io/web/server:1.0", image),
        )
    });
    let source: MemorySource = files.collect();
    let catalog = load(&source, &LoadOptions::default())
        .unwrap()
        .into_catalog();
    let view = ClusterView::without_cluster(&catalog);
    let request = Request::new().install("web", "*").unwrap();
    let Outcome::Resolved(resolution) = resolve(view.universe(), &view.request(request)) else {
        panic!("there is an answer");
    };
    let ledger = Ledger::new(&catalog)
        .files(&source)
        .view(&view)
        .of(&resolution.plan());
    World {
        source,
        catalog,
        ledger,
    }
}

fn policy(rules: &str) -> Policy {
    let file = SourceFile::new(
        "policy.yaml",
        if rules.is_empty() {
            "rules: []\n".to_owned()
        } else {
            format!("rules:\n{rules}")
        },
    );
    let (policy, diagnostics) = Policy::read(&file);
    policy.unwrap_or_else(|| panic!("{rules}: {diagnostics:?}"))
}

/// What is forbidden beside what is unexamined, each as `kind rule: what`.
fn forbidden(world: &World, rules: &str) -> Vec<String> {
    let snapshot = {
        let mut crd = world.catalog.package("web").unwrap().releases()[0].definitions()[0]
            .object()
            .clone();
        crd["metadata"]["labels"] = json!({"app.kubernetes.io/managed-by": "Helm"});
        crd["metadata"]["annotations"] = json!({"meta.helm.sh/release-name": "web"});
        crd["spec"]["names"]["shortNames"] = json!(["ww"]);
        Snapshot::builder().object(crd).complete().build()
    };
    let release = &world.catalog.package("web").unwrap().releases()[0];
    let verdict =
        ClusterComparison::new(&snapshot, "web", release.version(), "web").judge_all(release);
    let outcome = policy(rules).gate(
        &world.ledger,
        &[JudgedRelease {
            release,
            verdict: &verdict,
        }],
    );
    told(&outcome)
}

fn told(outcome: &PolicyOutcome) -> Vec<String> {
    let known = outcome
        .violations()
        .iter()
        .filter(|one| one.kind() != ViolationKind::Unexamined);
    known
        .map(|one| one.text().split("  !").next().unwrap().to_owned())
        .collect()
}

/// Rules, and what they forbid.
const CASES: &[(&str, &[&str])] = &[
    ("", &[]),
    (
        "- {name: a, deny: images, reason: r}",
        &["quay.io/web/server:1.0"],
    ),
    (
        "- {name: a, deny: images, where: {registries: [docker.io]}, reason: r}",
        &[],
    ),
    (
        "- {name: a, deny: images, where: {registries: ['quay.*'], digest: false}, reason: r}",
        &["quay.io/web/server:1.0"],
    ),
    (
        "- {name: a, deny: images, where: {digest: true}, reason: r}",
        &[],
    ),
    (
        "- {name: a, deny: images, where: {tags: [latest]}, reason: r}",
        &[],
    ),
    (
        "- {name: a, allow: images, where: {registries: [quay.io]}, reason: r}",
        &[],
    ),
    (
        "- {name: a, allow: images, where: {registries: [registry.example.com]}, reason: r}",
        &["quay.io/web/server:1.0"],
    ),
    (
        "- {name: a, allow: images, where: {digest: true}, reason: r}",
        &["quay.io/web/server:1.0"],
    ),
    (
        "- {name: a, allow: images, reason: r}\n- {name: b, deny: images, where: {repositories: ['web/*']}, reason: r}",
        &["quay.io/web/server:1.0"],
    ),
    (
        "- {name: a, allow: images, where: {tags: ['9*']}, reason: r}\n- {name: b, allow: images, where: {tags: ['1*']}, reason: r}",
        &[],
    ),
    (
        "- {name: a, deny: images, packages: [other], reason: r}",
        &[],
    ),
    (
        "- {name: a, deny: images, packages: ['w*'], reason: r}",
        &["quay.io/web/server:1.0"],
    ),
    (
        "- {name: a, allow: images, packages: [other], where: {tags: [x]}, reason: r}",
        &[],
    ),
    (
        "- {name: a, deny: permissions, where: {verbs: [delete]}, reason: r}",
        &[
            "ClusterRole/web: * on /metrics",
            "ClusterRole/web: delete, get on pods",
        ],
    ),
    (
        "- {name: a, deny: permissions, where: {verbs: [delete], resources: [pods]}, reason: r}",
        &["ClusterRole/web: delete, get on pods"],
    ),
    (
        "- {name: a, allow: permissions, where: {verbs: [get]}, reason: r}",
        &[
            "ClusterRole/web: * on /metrics",
            "ClusterRole/web: delete, get on pods",
        ],
    ),
    (
        "- {name: a, deny: permissions, where: {risks: [secrets]}, reason: r}",
        &["ClusterRole/web: get on secrets"],
    ),
    (
        "- {name: a, allow: permissions, where: {risks: [wildcardVerbs]}, reason: r}",
        &["ClusterRole/web: get on secrets"],
    ),
    (
        "- {name: a, deny: permissions, where: {clusterWide: false}, reason: r}",
        &[],
    ),
    (
        "- {name: a, deny: bindings, where: {roles: [ClusterRole/cluster-admin]}, reason: r}",
        &["ClusterRoleBinding/web: ServiceAccount/web/server gets ClusterRole/cluster-admin"],
    ),
    (
        "- {name: a, deny: bindings, where: {risks: [everybody]}, reason: r}",
        &[],
    ),
    (
        "- {name: a, deny: objects, where: {kinds: [Secret]}, reason: r}",
        &["Secret/token"],
    ),
    (
        "- {name: a, deny: objects, where: {kinds: ['*.rbac.authorization.k8s.io'], scope: [cluster]}, reason: r}",
        &[
            "ClusterRole/web (cluster-wide)",
            "ClusterRoleBinding/web (cluster-wide)",
        ],
    ),
    (
        "- {name: a, deny: objects, where: {namespaces: ['kube-*']}, reason: r}",
        &["Deployment.apps/kube-system/server"],
    ),
    (
        "- {name: a, allow: namespaces, where: {names: [web]}, reason: r}",
        &["kube-system"],
    ),
    (
        "- {name: a, deny: apis, where: {groups: [example.com]}, reason: r}",
        &["example.com/v1/Widget"],
    ),
    (
        "- {name: a, deny: host, where: {access: [hostNetwork]}, reason: r}",
        &["Deployment.apps/kube-system/server: hostNetwork"],
    ),
    (
        "- {name: a, allow: host, where: {access: [hostPath], details: ['/run*']}, reason: r}",
        &["Deployment.apps/kube-system/server: hostNetwork"],
    ),
    (
        "- {name: a, deny: webhooks, where: {resources: [secrets], failurePolicy: [Fail]}, reason: r}",
        &[
            "ValidatingWebhookConfiguration.admissionregistration.k8s.io/web, a.example.com: may refuse CREATE of *.*, else Fail",
        ],
    ),
    (
        "- {name: a, deny: webhooks, where: {mutating: true}, reason: r}",
        &[],
    ),
    (
        "- {name: a, deny: breaks, where: {hits: [read]}, reason: r}",
        &[
            "CustomResourceDefinition.apiextensions.k8s.io/widgets.example.com: crd.names (read): `ww` of `names.shortNames` is gone: whoever asks by that name finds nothing",
        ],
    ),
    (
        "- {name: a, deny: breaks, where: {hits: [apply]}, reason: r}",
        &[],
    ),
    (
        "- {name: a, deny: breaks, where: {codes: ['crd.version*']}, reason: r}",
        &[],
    ),
    (
        "- {name: a, deny: verdicts, where: {is: [incompatible]}, reason: r}",
        &["CustomResourceDefinition.apiextensions.k8s.io/widgets.example.com: breaks in 1 way"],
    ),
    (
        "- {name: a, allow: verdicts, where: {is: [install, upgrade]}, reason: r}",
        &["CustomResourceDefinition.apiextensions.k8s.io/widgets.example.com: breaks in 1 way"],
    ),
    ("- {name: a, deny: growth, reason: r}", &[]),
];

#[test]
fn each_policy_forbids_what_it_says() {
    let world = world();
    for (rules, expected) in CASES {
        assert_eq!(forbidden(&world, rules), *expected, "{rules}");
    }
    for subject in Subject::ALL {
        let is_there = CASES
            .iter()
            .any(|(rules, _)| rules.contains(&format!(": {},", subject.as_str())));
        assert!(
            is_there || subject == Subject::Unexamined,
            "{} has a case",
            subject.as_str()
        );
    }
}

#[test]
fn what_is_unexamined_needs_its_name() {
    let world = world();
    let check = |rules: &str, expected: &[&str]| {
        let outcome = policy(rules).gate(&world.ledger, &[]);
        let open: Vec<&str> = outcome
            .violations()
            .iter()
            .map(|one| one.text().split(':').next().unwrap())
            .collect();
        assert_eq!(open, expected, "{rules}");
        assert_eq!(outcome.is_pass(), expected.is_empty());
    };
    check("", &["module far"]);
    check(
        "- {name: a, allow: unexamined, where: {names: [module far]}, reason: r}",
        &[],
    );
    check(
        "- {name: a, allow: unexamined, where: {names: [module other]}, reason: r}",
        &["module far"],
    );
    check(
        "- {name: a, allow: unexamined, packages: [other], where: {names: ['module *']}, reason: r}",
        &["module far"],
    );
    check(
        "- {name: a, allow: unexamined, where: {names: ['module *']}, reason: r}\n- {name: b, deny: unexamined, reason: r}",
        &["module far"],
    );
}

#[test]
fn rules_about_packages_that_do_not_come_are_told() {
    let world = world();
    let rules = "- {name: all, deny: host, reason: r}
- {name: misspelt, deny: images, packages: [wep, 'other-*'], reason: r}
- {name: web, deny: host, packages: ['w*'], reason: r}
- {name: absent, allow: unexamined, packages: [far], where: {names: [module far]}, reason: r}
";
    let outcome = policy(rules).gate(&world.ledger, &[]);
    let idle: Vec<&str> = outcome.idle().iter().map(|rule| rule.name()).collect();
    assert_eq!(idle, ["misspelt", "absent"]);
    assert!(policy("").gate(&world.ledger, &[]).idle().is_empty());
}

#[test]
fn rules_that_hold_of_nothing_and_packages_that_nobody_has_are_told() {
    let world = world();
    let rules = policy(
        "- {name: met, deny: images, reason: r}\n\
        - {name: unmet, deny: host, where: {access: [hostPID]}, reason: r}\n\
        - {name: needed, allow: permissions, where: {verbs: [get]}, reason: r}\n\
        - {name: covered, allow: permissions, where: {verbs: ['*']}, reason: r}\n\
        - {name: needless, allow: permissions, where: {verbs: [watch]}, reason: r}\n\
        - {name: misspelt, deny: images, packages: [wbe, 'w*', other], reason: r}\n\
        - {name: absent, deny: images, packages: [other], reason: r}\n",
    );
    let outcome = rules.gate(&world.ledger, &[]);
    let unmatched: Vec<&str> = outcome.unmatched().iter().map(|rule| rule.name()).collect();
    assert_eq!(unmatched, ["unmet", "needless"]);
    let told = rules.unknown_packages(&["web", "other"].into());
    let told: Vec<String> = told
        .iter()
        .map(|one| format!("{one}, {:?}", one.help_lines()))
        .collect();
    assert_eq!(
        told,
        [
            "policy.yaml:7:3: warning[policy.package.unknown]: `misspelt` is about the package `wbe`, which no catalog has, [\"did you mean `web`?\"]"
        ]
    );
}

#[test]
fn diagnostics_name_the_rule_and_both_places() {
    let world = world();
    let policy = policy(
        "- {name: no host, deny: host, where: {access: [hostPath]}, reason: nodes are shared}\n- name: quiet\n  deny: objects\n  where: {kinds: [Secret]}\n  reason: keys\n",
    );
    let outcome = policy.gate(&world.ledger, &[]);
    let all: Vec<String> = outcome
        .violations()
        .iter()
        .map(|one| {
            let diagnostic = one.diagnostic(&policy, &world.source);
            let (rule, _) = diagnostic.related_locations().next().map_or_else(
                || ("-".to_owned(), ""),
                |(place, label)| (place.start().to_string(), label),
            );
            let place = diagnostic
                .location()
                .map(|place| format!("{}:{}", place.file().path(), place.start()));
            format!(
                "{} {diagnostic} at {place:?}, rule {rule}, {}",
                one.kind().code(),
                diagnostic.withholds_source()
            )
        })
        .collect();
    insta::assert_snapshot!(all.join("\n"), @r#"
    policy.denied web/1.0.0/m/server.yaml:13:1: error[policy.denied]: `quiet` denies objects: Secret/token (keys) at Some("web/1.0.0/m/server.yaml:13:1"), rule 3:3, true
    policy.denied web/1.0.0/m/server.yaml:11:29: error[policy.denied]: `no host` denies host: Deployment.apps/kube-system/server: hostPath /run  ! reaches the node (nodes are shared) at Some("web/1.0.0/m/server.yaml:11:29"), rule 2:3, false
    policy.unexamined error[policy.unexamined]: unexamined, and not allowed by name: module far: the chart far is at https://example.com/charts at None, rule -, false
    "#);
    assert!(!format!("{outcome:?}").contains("hunter2"));
}

/// A line that has what may be secret in it is named and not shown.
#[test]
fn no_line_with_a_secret_in_it_is_shown() {
    let policy = policy("- {name: no tags, deny: images, where: {digest: false}, reason: r}\n");
    for (containers, is_shown) in [
        ("[{name: a, image: 'a:1'}]", true),
        (
            "[{name: a, image: 'a:1', env: [{name: A, value: hunter2}]}]",
            false,
        ),
        (
            "[{name: a, image: 'a:1', args: [--password=hunter2]}]",
            false,
        ),
        (
            "\n      - name: a\n        image: a:1\n        env: [{name: A, value: hunter2}]",
            true,
        ),
    ] {
        let deployment = format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\nspec:\n  template:\n    spec:\n      containers: {containers}\n"
        );
        let files = [
            ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
            ("web/1.0.0/definitions/a.yaml", &deployment),
        ];
        let source = MemorySource::from_iter(files);
        let catalog = load(&source, &LoadOptions::default())
            .unwrap()
            .into_catalog();
        let view = ClusterView::without_cluster(&catalog);
        let request = view.request(Request::new().install("web", "*").unwrap());
        let Outcome::Resolved(resolution) = resolve(view.universe(), &request) else {
            panic!("there is an answer");
        };
        let ledger = Ledger::new(&catalog).files(&source).of(&resolution.plan());
        let outcome = policy.gate(&ledger, &[]);
        let [violation] = outcome.violations() else {
            panic!("{outcome:?}");
        };
        let diagnostic = violation.diagnostic(&policy, &source);
        assert!(diagnostic.location().is_some());
        assert_eq!(!diagnostic.withholds_source(), is_shown, "{containers}");
    }
}

#[test]
fn an_image_that_says_neither_tag_nor_digest_is_the_latest() {
    let latest = "- {name: a, deny: images, where: {tags: [latest]}, reason: r}";
    let digest = format!("quay.io/web/server@sha256:{}", "0".repeat(64));
    for (image, is_latest) in [
        ("quay.io/web/server", true),
        ("quay.io:5000/web/server", true),
        ("quay.io/web/server:latest", true),
        ("quay.io/web/server:1.0", false),
        (digest.as_str(), false),
    ] {
        let found = forbidden(&world_with(image), latest);
        assert_eq!(!found.is_empty(), is_latest, "{image}: {found:?}");
    }
}

/// Files that are no policies, and what is told of them.
const MISTAKES: &[(&str, &str)] = &[
    ("", "policy.empty 1:1"),
    ("rules: 3\n", "policy.type 1:8"),
    ("[]\n", "policy.type 1:1"),
    (
        "rule: []\n",
        "policy.rules.missing 1:1 policy.unknown-key 1:1",
    ),
    ("rules: []\n---\nrules: []\n", "policy.documents 3:1"),
    (
        "rules:\n- {name: a, deny: images, reason: r, wher: {tags: [x]}}\n",
        "policy.unknown-key 2:38",
    ),
    (
        "rules:\n- {name: a, deny: image, reason: r}\n",
        "policy.word 2:19",
    ),
    (
        "rules:\n- {name: a, reason: r}\n",
        "policy.effect.missing 2:3",
    ),
    (
        "rules:\n- {name: a, deny: images, allow: images, reason: r}\n",
        "policy.effect.both 2:19",
    ),
    (
        "rules:\n- {deny: images, reason: r}\n",
        "policy.name.missing 2:3",
    ),
    (
        "rules:\n- {name: a, deny: images}\n",
        "policy.reason.missing 2:3",
    ),
    (
        "rules:\n- {name: a, deny: images, where: {verbs: [get]}, reason: r}\n",
        "policy.unknown-key 2:35",
    ),
    (
        "rules:\n- {name: a, deny: images, where: {digest: 1}, reason: r}\n",
        "policy.type 2:43",
    ),
    (
        "rules:\n- {name: a, deny: images, where: {tags: []}, reason: r}\n",
        "policy.empty-list 2:41",
    ),
    (
        "rules:\n- {name: a, deny: images, where: {tags: latest}, reason: r}\n",
        "policy.type 2:41",
    ),
    (
        "rules:\n- {name: a, deny: host, where: {access: [hostpath]}, reason: r}\n",
        "policy.word 2:42",
    ),
    (
        "rules:\n- {name: a, deny: objects, where: {kinds: [Secret, ClusterRole, 'Job.*']}, reason: r}\n",
        "policy.kind.group 2:52",
    ),
    (
        "rules:\n- {name: a, allow: unexamined, reason: r}\n",
        "policy.unexamined.unnamed 2:3",
    ),
    (
        "rules:\n- {name: a, allow: unexamined, where: {names: ['*']}, reason: r}\n",
        "policy.unexamined.unnamed 2:3",
    ),
    (
        "rules:\n- {name: a, deny: objects, where: {kinds: ['Po?']}, reason: r}\n",
        "policy.impossible 2:44",
    ),
    (
        "rules:\n- {name: a, deny: images, reason: r}\n- {name: a, deny: host, reason: r}\n",
        "policy.name.twice 3:3",
    ),
    (
        "rules:\n- {name: a, deny: permissions, where: {verbs: [CREATE]}, reason: r}\n",
        "policy.impossible 2:48",
    ),
    (
        "rules:\n- {name: a, deny: permissions, where: {resources: [Pods]}, reason: r}\n",
        "policy.impossible 2:52",
    ),
    (
        "rules:\n- {name: a, deny: permissions, where: {apiGroups: [core]}, reason: r}\n",
        "policy.impossible 2:52",
    ),
    (
        "rules:\n- {name: a, deny: permissions, where: {apiGroups: [apps/v1]}, reason: r}\n",
        "policy.impossible 2:52",
    ),
    (
        "rules:\n- {name: a, deny: permissions, where: {apiGroups: [app]}, reason: r}\n",
        "policy.impossible 2:52",
    ),
    (
        "rules:\n- {name: a, deny: bindings, where: {roles: [cluster-admin]}, reason: r}\n",
        "policy.impossible 2:45",
    ),
    (
        "rules:\n- {name: a, deny: bindings, where: {roles: [ClusterRoles/view]}, reason: r}\n",
        "policy.impossible 2:45",
    ),
    (
        "rules:\n- {name: a, deny: bindings, where: {subjects: [default/web]}, reason: r}\n",
        "policy.impossible 2:48",
    ),
    (
        "rules:\n- {name: a, deny: breaks, where: {codes: [crd.field.remove]}, reason: r}\n",
        "policy.impossible 2:43",
    ),
    (
        "rules:\n- {name: a, deny: webhooks, where: {operations: [create]}, reason: r}\n",
        "policy.impossible 2:50",
    ),
    (
        "rules:\n- {name: a, deny: images, where: {registries: [quay.io/web]}, reason: r}\n",
        "policy.impossible 2:48",
    ),
    (
        "rules:\n- {name: a, deny: images, where: {tags: [':latest']}, reason: r}\n",
        "policy.impossible 2:42",
    ),
    (
        "rules:\n- {name: a, deny: apis, where: {groups: [example]}, reason: r}\n",
        "policy.impossible 2:42",
    ),
    (
        "rules:\n- {name: a, deny: apis, where: {kinds: [Widget.example.com]}, reason: r}\n",
        "policy.impossible 2:41",
    ),
    (
        "rules:\n- {name: a, deny: objects, where: {kinds: [deployment.apps]}, reason: r}\n",
        "policy.impossible 2:44",
    ),
    (
        "rules:\n- {name: a, deny: objects, where: {kinds: [Deploiment.apps]}, reason: r}\n",
        "policy.impossible 2:44",
    ),
    (
        "rules:\n- {name: a, deny: objects, where: {kinds: [Deployment.app]}, reason: r}\n",
        "policy.impossible 2:44",
    ),
    (
        "rules:\n- {name: a, deny: objects, where: {kinds: [Secret.core]}, reason: r}\n",
        "policy.impossible 2:44",
    ),
    (
        "rules:\n- {name: a, deny: objects, where: {kinds: [Secrets]}, reason: r}\n",
        "policy.impossible 2:44",
    ),
    (
        "rules:\n- {name: a, deny: namespaces, where: {names: [Default]}, reason: r}\n",
        "policy.impossible 2:47",
    ),
    (
        "rules:\n- {name: a, deny: host, packages: [Web], reason: r}\n",
        "policy.impossible 2:36",
    ),
    (
        "rules:\n- {name: a, deny: images, reason: ' '}\n",
        "policy.reason.empty 2:35",
    ),
    ("rules: [\n", "yaml"),
    (
        "rules:\n- &a {name: a, deny: images, reason: r}\n- 3\n",
        "policy.type 3:3",
    ),
];

#[test]
fn mistakes_in_policies_have_their_place() {
    for (text, expected) in MISTAKES {
        let (policy, diagnostics) = Policy::read(&SourceFile::new("policy.yaml", *text));
        assert!(policy.is_none(), "{text}");
        let found: Vec<String> = diagnostics
            .iter()
            .map(|one| {
                format!(
                    "{} {}",
                    one.code(),
                    one.location()
                        .map(|place| place.start().to_string())
                        .unwrap_or_default()
                )
            })
            .collect();
        assert!(found.join(" ").starts_with(expected), "{text}: {found:?}");
    }
    let (_, diagnostics) = Policy::read(&SourceFile::new(
        "policy.yaml",
        "rules:\n- {name: a, deny: image, reason: r}\n",
    ));
    assert!(
        diagnostics[0]
            .help_lines()
            .iter()
            .any(|line| line.contains("did you mean `images`")),
        "{:?}",
        diagnostics[0]
    );
}

/// What is meant is said where it can be told, and nothing that can be is refused.
#[test]
fn a_pattern_that_nothing_is_like_has_another_beside_it() {
    let read = |rule: &str| {
        let text = format!("rules:\n- {{name: a, deny: {rule}, reason: r}}\n");
        Policy::read(&SourceFile::new("policy.yaml", text)).1
    };
    for (rule, meant) in [
        ("permissions, where: {verbs: [CREATE]}", "create"),
        ("permissions, where: {apiGroups: [app]}", "apps"),
        (
            "bindings, where: {roles: [cluster-admin]}",
            "ClusterRole/cluster-admin",
        ),
        ("bindings, where: {subjects: [Groups/devs]}", "Group/devs"),
        (
            "breaks, where: {codes: [crd.field.remove]}",
            "crd.field.removed",
        ),
        ("webhooks, where: {operations: [create]}", "CREATE"),
        ("images, where: {registries: [quay.io/web]}", "quay.io"),
        ("images, where: {tags: ['web:1.0']}", "1.0"),
        (
            "objects, where: {kinds: [deployment.apps]}",
            "Deployment.apps",
        ),
        (
            "objects, where: {kinds: [Deployment.app]}",
            "Deployment.apps",
        ),
        ("objects, where: {kinds: [Secret.v1]}", "Secret"),
        ("objects, where: {kinds: [secret]}", "Secret"),
    ] {
        let told = read(rule);
        let help: Vec<&str> = told[0].help_lines().iter().map(String::as_str).collect();
        let expected = format!("did you mean `{meant}`?");
        assert!(help.contains(&expected.as_str()), "{rule}: {help:?}");
    }
    for rule in [
        "permissions, where: {verbs: [use, '*', 'get*'], apiGroups: ['', apps, '*.k8s.io', example.com], resources: [pods/exec, /Metrics, '*/Scale']}",
        "bindings, where: {roles: ['*', '*/view', 'ClusterRole/*', Role/web], subjects: ['Group/system:*', '*system*']}",
        "breaks, where: {codes: ['crd.*', crd.gone, oam.parameter.type, object.immutable, object.conflict]}",
        "webhooks, where: {operations: ['*', 'C*', DELETE]}",
        "images, where: {registries: ['localhost:5000', '*'], tags: ['v*', latest]}",
        "objects, where: {kinds: [Service.serving.knative.dev, Widget.example.com, 'Deployment.*', '*.apps', Newest.resource.k8s.io]}",
        "apis, where: {groups: ['*', example.com], kinds: [Widget, widget]}",
    ] {
        assert!(read(rule).is_empty(), "{rule}: {:?}", read(rule));
    }
}

#[test]
fn the_page_and_the_schema_are_what_the_library_writes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = format!("{:#}\n", schema());
    for (path, text) in [
        (folder.join("POLICY.md"), reference()),
        (folder.join("../schemas/policy.json"), schema),
    ] {
        if std::env::var_os("UPDATE_RULES").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == text,
            "{} is old: run this test with UPDATE_RULES=1",
            path.display()
        );
    }
}

/// The schema knows nothing of documents, of names that are there twice, and of what things are called.
const BEYOND_SCHEMAS: [&str; 5] = [
    "policy.impossible",
    "policy.empty",
    "policy.documents",
    "policy.name.twice",
    "yaml",
];

#[test]
fn the_schema_takes_what_the_reader_takes() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let value = |text: &str| {
        let file = SourceFile::new("policy.yaml", text);
        let read =
            catalog_model::document::parse(&file, &catalog_model::document::Limits::default());
        read.documents
            .first()
            .map(|node| node.to_json())
            .unwrap_or_default()
    };
    for (rules, _) in CASES.iter().filter(|(rules, _)| !rules.is_empty()) {
        let value = value(&format!("rules:\n{rules}"));
        assert!(validator.is_valid(&value), "{rules}");
    }
    for (text, code) in MISTAKES {
        if !BEYOND_SCHEMAS.iter().any(|beyond| code.starts_with(beyond)) {
            assert!(!validator.is_valid(&value(text)), "{text}");
        }
    }
}

/// Rules that cases have, alone.
fn single_rules() -> Vec<(bool, String)> {
    let lines = CASES.iter().flat_map(|(rules, _)| rules.lines());
    lines
        .map(|line| (line.contains("deny:"), line.to_owned()))
        .collect()
}

/// Rules under names of their own.
fn named(rules: &[String]) -> String {
    let rules = rules.iter().enumerate().map(|(at, rule)| {
        let (_, rest) = rule.split_once(',').unwrap();
        format!("- {{name: r{at},{rest}\n")
    });
    rules.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_more_denial_lets_nothing_pass(chosen in proptest::collection::vec(0usize..100, 0..6), more in 0usize..100) {
        let all = single_rules();
        let denials: Vec<&String> = all.iter().filter(|(is_deny, _)| *is_deny).map(|(_, rule)| rule).collect();
        let mut rules: Vec<String> = chosen.iter().map(|at| all[at % all.len()].1.clone()).collect();
        let world = world();
        let before = policy(&named(&rules)).gate(&world.ledger, &[]);
        rules.push(denials[more % denials.len()].clone());
        let after = policy(&named(&rules)).gate(&world.ledger, &[]);
        let texts = |outcome: &PolicyOutcome| -> std::collections::BTreeSet<String> {
            outcome.violations().iter().map(|one| one.text().to_owned()).collect()
        };
        prop_assert!(texts(&before).is_subset(&texts(&after)));
        prop_assert!(before.is_pass() || !after.is_pass());
    }

    #[test]
    fn any_text_gives_a_policy_or_says_why_not(text in "(rules:\n)?(- ?)?[a-z{}: ,\\[\\]\n*&\"'-]{0,60}") {
        let (policy, diagnostics) = Policy::read(&SourceFile::new("policy.yaml", text));
        prop_assert!(policy.is_some() || !diagnostics.is_empty());
    }
}
