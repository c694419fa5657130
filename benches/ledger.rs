//! What a plan would do to a cluster, against reading its files.
//!
//! `cargo bench -p catalog-benches --bench ledger -- [--quick]`. A plan installs 50 packages of a catalog in memory and upgrades 50 more by one version; each release
//! has 20 definitions (CRDs, roles, workloads that reach their node, webhooks and others) and a module of 20 manifests. Measured are `Ledger::of`, on a catalog
//! that was loaded just before and once more, when the objects of definitions are kept; a policy of six rules on it; and the verdicts on all definitions
//! beside a cluster that has the older ones. The rival is reading the files of which the ledger tells as values and nothing else, with the library's own parser.
//! Times are by the clock and, in brackets, of this thread on a processor: the least of some runs. Exits with 1 where the ledger takes more than
//! 10 ms an operation, or ledger, policy and verdicts together more than three times what reading takes.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark reports and may fail loudly"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use catalog_model::conditions::snapshot::{Snapshot, SnapshotBuilder};
use catalog_model::document::{Limits, parse};
use catalog_model::verdict::{ClusterComparison, ReleaseVerdict};
use catalog_model::version::Version;
use catalog_model::{
    Catalog, InstalledRelease, LoadOptions, Loaded, MemorySource, SourceFile, load,
};
use catalog_resolve::ledger::Ledger;
use catalog_resolve::policy::{JudgedRelease, Policy};
use catalog_resolve::{ClusterView, Outcome, Plan, Request, resolve};
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

/// How much longer all of it may take than reading.
const LIMIT: f64 = 3.0;
/// How long the ledger may take for each operation of the plan on a processor, in milliseconds.
const LEDGER_LIMIT: f64 = 10.0;
/// Definitions of a release, and manifests of its module.
const OBJECTS: usize = 20;

const POLICY: &str = "
rules:
- {name: a, allow: images, where: {registries: [registry.example.com]}, reason: r}
- {name: b, deny: permissions, where: {risks: [escalate, bind, impersonate]}, reason: r}
- {name: c, deny: host, where: {access: [privileged]}, reason: r}
- {name: d, deny: webhooks, where: {resources: ['*']}, reason: r}
- {name: e, deny: namespaces, where: {names: ['kube-*']}, reason: r}
- {name: f, deny: breaks, where: {hits: [apply, read]}, reason: r}
";

/// Seconds by the clock, and of this thread on a processor.
#[derive(Clone, Copy)]
struct Times {
    clock: f64,
    processor: f64,
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:.1} ms ({:.1} ms)",
            self.clock * 1e3,
            self.processor * 1e3
        )
    }
}

fn main() -> ExitCode {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (packages, runs) = if quick { (10, 2) } else { (100, 15) };
    let files = files(packages);
    let source: MemorySource = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let catalog = loaded(&source);
    let cluster = cluster(catalog.catalog(), packages);
    let view = ClusterView::without_cluster(catalog.catalog());
    let plan = plan(&view, packages);
    let (policy, _) = Policy::read(&SourceFile::new("policy.yaml", POLICY));
    let policy = policy.unwrap();

    let read = told(&files);
    let bytes: usize = read.iter().map(|(_, text)| text.len()).sum();
    let reading = least(runs, || (), |&()| read.iter().for_each(|file| values(file)));
    let anew = || loaded(&source);
    let listing = least(runs, anew, |catalog| {
        drop(black_box(
            Ledger::new(catalog.catalog()).files(&source).of(&plan),
        ));
    });
    let catalog = catalog.catalog();
    let ledgers = || Ledger::new(catalog).files(&source).of(&plan);
    let ledger = ledgers();
    let again = least(runs, || (), |&()| drop(black_box(ledgers())));
    let judging = least(runs, || (), |&()| drop(black_box(judge(catalog, &cluster))));
    let verdicts = judge(catalog, &cluster);
    let releases = catalog.packages().filter_map(|package| package.newest());
    let judged: Vec<JudgedRelease<'_>> = releases
        .zip(&verdicts)
        .map(|(release, verdict)| JudgedRelease { release, verdict })
        .collect();
    let gating = least(
        runs,
        || (),
        |&()| drop(black_box(policy.gate(&ledger, &judged))),
    );
    let entries = ledger.iter().map(|operation| operation.entries().len());
    let (entries, outcome) = (entries.sum::<usize>(), policy.gate(&ledger, &judged));
    assert_eq!(ledger.len(), packages);
    assert!(entries > packages * OBJECTS && outcome.asked() > entries);
    assert!(!outcome.is_pass() && ledger.iter().all(|one| one.unexamined().is_empty()));
    println!(
        "a plan of {packages} operations on {} files, {bytes} bytes: {entries} entries",
        read.len()
    );
    println!("  reading them as values      {reading}");
    println!("  the ledger                  {listing}");
    println!("  the ledger once more        {again}");
    println!("  verdicts on definitions     {judging}");
    println!(
        "  the policy                  {gating}, {} things asked about",
        outcome.asked()
    );
    let together = listing.processor + judging.processor + gating.processor;
    let (ratio, alone) = (
        together / reading.processor,
        listing.processor / reading.processor,
    );
    #[expect(clippy::cast_precision_loss, reason = "no plan has 2^52 operations")]
    let each = listing.processor * 1e3 / packages as f64;
    println!(
        "  the ledger is {alone:.2} x reading, and {each:.2} ms an operation (at most {LEDGER_LIMIT})"
    );
    println!("  together they are {ratio:.2} x reading (at most {LIMIT})");
    if ratio > LIMIT || each > LEDGER_LIMIT {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn loaded(source: &MemorySource) -> Loaded {
    load(source, &LoadOptions::default()).unwrap()
}

/// The files of which the ledger tells: those of the newest versions, and of the older ones that are upgraded.
fn told(files: &[(String, String)]) -> Vec<&(String, String)> {
    let told = files.iter();
    let told = told.filter(|(path, _)| path.contains("/definitions/") || path.contains("/m/"));
    told.collect()
}

/// The files of a catalog: each package has a version, and each other one a second.
fn files(packages: usize) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for package in 0..packages {
        for version in 0..=package % 2 {
            let folder = format!("p{package}/1.{version}.0");
            let mut file =
                |name: &str, text: String| files.push((format!("{folder}/{name}"), text));
            file(
                "metadata.yaml",
                format!("name: p{package}\nversion: 1.{version}.0\n"),
            );
            file(
                "modules.yaml",
                "modules: [{name: all, manifests: {path: m}}]\n".to_owned(),
            );
            for at in 0..OBJECTS {
                let definition = match at % 5 {
                    4 => crd((package, at), version),
                    _ => manifest((package, at), version),
                };
                file(&format!("definitions/{at:02}.yaml"), definition);
                let at = at + OBJECTS;
                file(&format!("m/{at:02}.yaml"), manifest((package, at), version));
            }
        }
    }
    files
}

fn crd((package, at): (usize, usize), version: usize) -> String {
    let mut fields = String::new();
    for field in 0..40 + version {
        let _ = write!(
            fields,
            "\n              field{field}: {{type: string, description: what it is for}}"
        );
    }
    format!(
        "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: things{at}.p{package}.example.com}}
spec:
  group: p{package}.example.com
  scope: Namespaced
  names: {{kind: Thing{at}, plural: things{at}}}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:{fields}
"
    )
}

fn manifest((package, at): (usize, usize), version: usize) -> String {
    let kind = at % 5;
    let at = format!("{package}-{at}");
    match kind {
        0 => format!(
            "apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: r{at}}}
rules:
- apiGroups: [\"\", apps]
  resources: [pods, services, deployments, configmaps]
  verbs: [get, list, watch]
- {{apiGroups: [\"\"], resources: [secrets], verbs: [get{}]}}
",
            if version > 0 { ", list" } else { "" }
        ),
        1 => format!(
            "apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: d{at}, namespace: system}}
spec:
  selector: {{matchLabels: {{app: d{at}}}}}
  template:
    metadata: {{labels: {{app: d{at}}}}}
    spec:
      hostNetwork: true
      containers:
      - name: main
        image: registry.example.com/web/d{at}:1.{version}
        args: [--listen=:8080, --log-level=info]
        env: [{{name: A, value: one}}, {{name: B, value: two}}]
        resources: {{limits: {{cpu: 500m, memory: 1Gi}}}}
      volumes: [{{name: run, hostPath: {{path: /run}}}}]
"
        ),
        2 => format!(
            "apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {{name: w{at}}}
webhooks:
- name: a.example.com
  admissionReviewVersions: [v1]
  sideEffects: None
  clientConfig: {{service: {{namespace: system, name: w}}}}
  rules: [{{apiGroups: [\"\"], apiVersions: [v1], operations: [CREATE], resources: [pods]}}]
"
        ),
        3 => format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: s{at}}}\nspec: {{selector: {{app: a}}, ports: [{{name: http, port: 80}}]}}\n"
        ),
        _ => format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{at}}}\ndata: {{a: one, b: two, c: three}}\n"
        ),
    }
}

fn plan(view: &ClusterView, packages: usize) -> Plan {
    let mut request = Request::new();
    for package in 0..packages {
        let name = format!("p{package}");
        request = match package % 2 {
            0 => request.install(&name, "*").unwrap(),
            _ => request
                .installed(InstalledRelease::new(&name, "1.0.0", &name))
                .upgrade(&name),
        };
    }
    match resolve(view.universe(), &request) {
        Outcome::Resolved(resolution) => resolution.plan(),
        _ => panic!("there is an answer"),
    }
}

/// A cluster that has the definitions of the first version of every other package.
fn cluster(catalog: &Catalog, packages: usize) -> Snapshot {
    let version = Version::parse("1.0.0").unwrap();
    let names = (1..packages)
        .step_by(2)
        .map(|package| format!("p{package}"));
    let objects = names.flat_map(|name| {
        let definitions = catalog
            .release(&name, &version)
            .unwrap()
            .definitions()
            .iter();
        let objects = definitions.map(move |definition| {
            let mut object = definition.object().clone();
            let metadata = object
                .pointer_mut("/metadata")
                .and_then(|metadata| metadata.as_object_mut());
            metadata
                .unwrap()
                .insert("labels".to_owned(), json!({ "catalog.dev/package": name }));
            object
        });
        objects.collect::<Vec<_>>()
    });
    objects
        .fold(Snapshot::builder(), SnapshotBuilder::object)
        .complete()
        .build()
}

fn judge(catalog: &Catalog, cluster: &Snapshot) -> Vec<ReleaseVerdict> {
    let releases = catalog.packages().filter_map(|package| package.newest());
    let verdicts = releases.map(|release| {
        let package = release.package().as_str();
        ClusterComparison::new(cluster, package, release.version(), package).judge_all(release)
    });
    verdicts.collect()
}

fn values((path, text): &(String, String)) {
    let file = SourceFile::new(path.as_str(), text.as_str());
    for document in parse(&file, &Limits::default()).documents {
        black_box(document.to_json());
    }
}

/// The least of some runs, each on something that was made just before.
fn least<T>(runs: usize, make: impl Fn() -> T, mut run: impl FnMut(&T)) -> Times {
    let mut least = Times {
        clock: f64::INFINITY,
        processor: f64::INFINITY,
    };
    for _ in 0..runs {
        let made = make();
        let (begin, began) = (Instant::now(), on_processor());
        run(&made);
        least.clock = least.clock.min(begin.elapsed().as_secs_f64());
        least.processor = least.processor.min(on_processor() - began);
    }
    least
}

fn on_processor() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    #[expect(
        clippy::cast_precision_loss,
        reason = "a process does not run for years"
    )]
    let (seconds, nanoseconds) = (time.tv_sec as f64, time.tv_nsec as f64);
    seconds + nanoseconds / 1e9
}
