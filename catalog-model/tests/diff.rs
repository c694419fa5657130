//! What two states of a catalog say otherwise.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use catalog_model::diff::{CatalogDiff, CatalogState, Comparison, diff};
use catalog_model::source::{ContentId, ContentScheme, Entry, Source, SourceError};
use catalog_model::{LoadOptions, Location, MemorySource, Severity, load};

type Files<'a> = &'a [(&'a str, &'a str)];

const WEB: (&str, &str) = ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n");

fn source(files: Files<'_>) -> MemorySource {
    files.iter().copied().collect()
}

fn compare(old: Files<'_>, new: Files<'_>) -> String {
    between(&source(old), &source(new), told)
}

fn between<T>(old: &MemorySource, new: &MemorySource, told: impl Fn(&CatalogDiff<'_>) -> T) -> T {
    let [before, after] = [old, new].map(|source| {
        let loaded = load(source, &LoadOptions::default()).unwrap();
        let mut errors = loaded.diagnostics().iter();
        let error = errors.find(|one| one.severity() == Severity::Error);
        // That of the test about releases that break.
        let is_meant = error.is_none_or(|error| error.code() == "metadata.url");
        assert!(is_meant, "{error:?}");
        loaded.into_catalog()
    });
    told(&diff(
        CatalogState::new(&before).files(old),
        CatalogState::new(&after).files(new),
    ))
}

fn told(found: &CatalogDiff<'_>) -> String {
    let mut text = String::new();
    for release in found.releases() {
        let _ = writeln!(text, "{release}");
        if let Some(compared) = release.comparison() {
            tell(compared, &mut text);
        }
    }
    for one in found.unusable() {
        let _ = writeln!(text, "{one}: {}", one.reason());
    }
    for compared in found.newest() {
        let (old, new) = (compared.before(), compared.after());
        let _ = writeln!(
            text,
            "newest {} {} → {}",
            new.package(),
            old.version(),
            new.version()
        );
        tell(compared, &mut text);
    }
    text
}

fn tell(compared: &Comparison<'_>, text: &mut String) {
    for file in compared.files() {
        let (kind, meaning) = (file.kind().as_str(), file.meaning().as_str());
        let _ = writeln!(text, "  file {} {kind}, meaning {meaning}", file.path());
    }
    let place = |place: Option<&Location>| match place {
        Some(place) => format!("{}:{}", place.file().path(), place.start()),
        None => "-".to_owned(),
    };
    for change in compared.changes() {
        let (old, new) = (place(change.before()), place(change.after()));
        let _ = writeln!(text, "  {change} [{old} | {new}]");
    }
}

#[track_caller]
fn check(old: Files<'_>, new: Files<'_>, expected: &str) {
    let found = compare(old, new);
    assert_eq!(found, expected, "\n{found}");
}

#[test]
fn versions_come_go_and_break() {
    let old = [
        ("a/1.0.0/metadata.yaml", "name: a\nversion: 1.0.0\n"),
        ("b/1.0.0/metadata.yaml", "name: b\nversion: 1.0.0\n"),
        ("b/1.1.0/metadata.yaml", "name: b\nversion: 1.1.0\n"),
    ];
    let new = [
        (
            "b/1.0.0/metadata.yaml",
            "name: b\nversion: 1.0.0\nurl: no address\n",
        ),
        ("b/1.1.0/metadata.yaml", "name: b\nversion: 1.1.0\n"),
        ("b/1.2.0/metadata.yaml", "name: b\nversion: 1.2.0\n"),
        ("c/1.0.0/metadata.yaml", "name: c\nversion: 1.0.0\n"),
    ];
    check(
        &old,
        &new,
        "\
removed a 1.0.0
broken b 1.0.0
added b 1.2.0
added c 1.0.0
newest b 1.1.0 → 1.2.0
  file metadata.yaml changed, meaning same
",
    );
}

/// A source that gives all paths this id but for links, which have none.
struct Told {
    source: MemorySource,
    id: ContentId,
    link: Option<String>,
    listings: AtomicUsize,
}

impl Told {
    fn new(source: MemorySource, id: ContentId, link: Option<&str>) -> Self {
        Self {
            source,
            id,
            link: link.map(str::to_owned),
            listings: AtomicUsize::new(0),
        }
    }
}

impl Source for Told {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        self.listings.fetch_add(1, Ordering::Relaxed);
        self.source.list(folder)
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        self.source.read(file, limit)
    }

    fn is_link(&self, path: &str) -> bool {
        self.link.as_deref() == Some(path)
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        (!self.is_link(path)).then_some(self.id)
    }
}

#[test]
fn ids_are_believed_where_they_are_made_of_what_is_in_the_files() {
    let link = Some("web/1.0.0/files/motd.txt");
    let changed = "mutated web 1.0.0\n  file files/motd.txt changed, meaning unknown\n";
    let cases = [
        // Whoever says so has to mean it.
        (ContentScheme::Git, None, ""),
        (ContentScheme::Sha256, None, ""),
        // What a service counts, or a disk, is of no use to another one.
        (ContentScheme::Own, None, changed),
        (ContentScheme::Stat, None, changed),
        // An id has where a link leads, and not what is there.
        (ContentScheme::Git, link, changed),
    ];
    for (scheme, link, expected) in cases {
        let state = |text| {
            let source = source(&[WEB, ("web/1.0.0/files/motd.txt", text)]);
            Told::new(source, ContentId::new(scheme, b"1").unwrap(), link)
        };
        let (old, new) = (state("hello"), state("good day"));
        let [before, after] = [&old, &new].map(|source| {
            let loaded = load(source, &LoadOptions::default()).unwrap();
            loaded.into_catalog()
        });
        let found = diff(
            CatalogState::new(&before).files(&old),
            CatalogState::new(&after).files(&new),
        );
        assert_eq!(told(&found), expected, "{scheme:?} {link:?}");
    }
}

#[test]
fn a_link_at_the_bottom_of_many_folders_is_looked_for_once() {
    const DEPTH: usize = 200;
    let link = format!("web/1.0.0/{}motd.txt", "f/".repeat(DEPTH));
    let state = |text| {
        let id = ContentId::new(ContentScheme::Git, b"1").unwrap();
        Told::new(source(&[WEB, (&link, text)]), id, Some(&link))
    };
    let (old, new) = (state("hello"), state("good day"));
    let [before, after] = [&old, &new].map(|source| {
        let catalog = load(source, &LoadOptions::default())
            .unwrap()
            .into_catalog();
        source.listings.store(0, Ordering::Relaxed);
        catalog
    });
    let found = diff(
        CatalogState::new(&before).files(&old),
        CatalogState::new(&after).files(&new),
    );
    assert_eq!(found.releases().len(), 1);
    let listings = [&old, &new].map(|source| source.listings.load(Ordering::Relaxed));
    assert!(listings.iter().all(|one| *one < 3 * DEPTH), "{listings:?}");
}

#[test]
fn comments_layout_and_order_mean_nothing() {
    let old = [
        (
            "web/1.0.0/metadata.yaml",
            "name: web\nversion: 1.0.0\ntags: [a, b]\ndependencies:\n- {name: db, version: '>=2, <3'}\n- name: log\n",
        ),
        (
            "web/1.0.0/conditions/all.yaml",
            "conditions:\n- name: new enough\n  target: {kubeVersion: {}}\n  op: range\n  value: '>=1.28'\n",
        ),
        (
            "web/1.0.0/definitions/a.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: '1', y: '2'}\n",
        ),
        (
            "web/1.0.0/hooks/all.yaml",
            "pre-install:\n- job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: 'a:1'}]}}}}\n  name: a\n",
        ),
        (
            "web/1.0.0/modules.yaml",
            "modules:\n- {name: one, manifests: {path: ./m}}\n",
        ),
        (
            "web/1.0.0/m/x.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n",
        ),
    ];
    let new = [
        (
            "web/1.0.0/metadata.yaml",
            "# ours\nversion: '1.0.0'\nname: web\ntags:\n- b\n- a\ndependencies:\n- {name: log}\n- version: \">=2,  <3\"\n  name: db\n",
        ),
        (
            "web/1.0.0/conditions/other.yaml",
            "conditions:\n- {name: new enough, op: range, value: '>=1.28', target: {kubeVersion: {}}}\n",
        ),
        (
            "web/1.0.0/definitions/a.yaml",
            "kind: ConfigMap\napiVersion: v1\ndata:\n  y: '2'\n  x: \"1\"\nmetadata:\n  name: a\n",
        ),
        (
            "web/1.0.0/hooks/all.yaml",
            "pre-install:\n- name: a\n  job:\n    kind: Job\n    apiVersion: batch/v1\n    spec: {template: {spec: {containers: [{image: 'a:1', name: a}]}}}\n",
        ),
        (
            "web/1.0.0/modules.yaml",
            "modules:\n- name: one\n  manifests:\n    path: ./m\n",
        ),
        (
            "web/1.0.0/m/x.yaml",
            "# nothing new\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: x}\n",
        ),
    ];
    check(
        &old,
        &new,
        "\
rewritten web 1.0.0
  file conditions/all.yaml removed, meaning same
  file conditions/other.yaml added, meaning same
  file definitions/a.yaml changed, meaning same
  file hooks/all.yaml changed, meaning same
  file m/x.yaml changed, meaning same
  file metadata.yaml changed, meaning same
  file modules.yaml changed, meaning same
",
    );
}

#[test]
fn what_metadata_say() {
    let old = [(
        "web/1.0.0/metadata.yaml",
        "\
name: web
version: 1.0.0
license: MIT
maintainer: [ann]
label: {tier: front}
dependencies:
- {name: db, version: '>=2', values: {db: {password: a}}}
- name: log
requires:
- api: monitoring.coreos.com/v1/ServiceMonitor
provides: [{name: web-server}]
conflicts:
- {name: old-web, version: <2}
",
    )];
    let new = [(
        "web/1.0.0/metadata.yaml",
        "\
name: web
version: 1.0.0
license: Apache-2.0
maintainers: [ann, bob]
label: {tier: back}
scope: namespace
yanked: it loses data
dependencies:
- {name: db, version: '>=3', optional: true, values: {db: {password: b}}}
- name: metrics
requires:
- name: object-storage
conflicts:
- {name: old-web, version: <3}
",
    )];
    check(&old, &new, "\
mutated web 1.0.0
  file metadata.yaml changed, meaning changed
  metadata: changed label tier: \"front\" → \"back\" [web/1.0.0/metadata.yaml:5:9 | web/1.0.0/metadata.yaml:5:9]
  metadata: changed license: \"MIT\" → \"Apache-2.0\" [web/1.0.0/metadata.yaml:3:1 | web/1.0.0/metadata.yaml:3:1]
  metadata: changed maintainers: [\"ann\"] → [\"ann\",\"bob\"] [web/1.0.0/metadata.yaml:4:1 | web/1.0.0/metadata.yaml:4:1]
  metadata: changed scope: \"cluster\" → \"namespace\" [- | web/1.0.0/metadata.yaml:6:1]
  metadata: added yanked [- | web/1.0.0/metadata.yaml:7:1]
  dependencies: changed conflicts old-web: version \"<2.0.0\" → \"<3.0.0\" [web/1.0.0/metadata.yaml:13:3 | web/1.0.0/metadata.yaml:14:3]
  dependencies: changed db: optional false → true; changed values.db.password; version \">=2.0.0\" → \">=3.0.0\" [web/1.0.0/metadata.yaml:7:3 | web/1.0.0/metadata.yaml:9:3]
  dependencies: removed log [web/1.0.0/metadata.yaml:8:3 | -]
  dependencies: added metrics [- | web/1.0.0/metadata.yaml:10:3]
  dependencies: removed requires monitoring.coreos.com/v1/ServiceMonitor [web/1.0.0/metadata.yaml:10:3 | -]
  dependencies: added requires object-storage [- | web/1.0.0/metadata.yaml:12:3]
  provides: removed web-server [web/1.0.0/metadata.yaml:11:12 | -]
");
}

#[test]
fn what_a_release_brings() {
    let old = [
        WEB,
        (
            "web/1.0.0/conditions/all.yaml",
            "conditions:\n- {name: new enough, target: {kubeVersion: {}}, op: range, value: '>=1.28'}\n",
        ),
        (
            "web/1.0.0/definitions/a.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {a: b}}\ndata: {x: '1'}\n",
        ),
        (
            "web/1.0.0/hooks/all.yaml",
            "pre-install:\n- {name: a, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: 'a:1'}]}}}}}\n- {name: b, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: b, image: b}]}}}}}\n",
        ),
        (
            "web/1.0.0/modules.yaml",
            "modules:\n- {name: one, chart: {remote: {repo: 'https://example.com', name: one, version: 1.0.0}}, values: {token: a}}\n",
        ),
    ];
    let new = [
        WEB,
        (
            "web/1.0.0/conditions/all.yaml",
            "conditions:\n- {name: new enough, target: {kubeVersion: {}}, op: range, value: '>=1.30'}\n",
        ),
        (
            "web/1.0.0/definitions/a.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {a: c}}\ndata: {x: '2'}\n",
        ),
        (
            "web/1.0.0/hooks/all.yaml",
            "pre-install:\n- {name: b, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: b, image: b}]}}}}}\n- {name: a, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: 'a:2'}]}}}}, timeout: 1m}\n",
        ),
        (
            "web/1.0.0/modules.yaml",
            "modules:\n- {name: one, chart: {remote: {repo: 'https://example.com', name: one, version: 1.1.0}}, values: {token: b}}\n- {name: two, manifests: {remote: {url: 'https://example.com/x.yaml'}}}\n",
        ),
        ("web/1.0.0/README.md", "Read me.\n"),
    ];
    check(&old, &new, "\
mutated web 1.0.0
  file README.md added, meaning unknown
  file conditions/all.yaml changed, meaning changed
  file definitions/a.yaml changed, meaning changed
  file hooks/all.yaml changed, meaning changed
  file modules.yaml changed, meaning changed
  conditions: changed new enough [web/1.0.0/conditions/all.yaml:2:3 | web/1.0.0/conditions/all.yaml:2:3]
  definitions: changed ConfigMap/a: changed data.x; metadata.labels.a \"b\" → \"c\" [web/1.0.0/definitions/a.yaml:1:1 | web/1.0.0/definitions/a.yaml:1:1]
  hooks: changed order of pre-install: [\"a\",\"b\"] → [\"b\",\"a\"] [- | -]
  hooks: changed pre-install/a: job.spec.template.spec.containers.0.image \"a:1\" → \"a:2\"; policy.timeout 600.0 → 60.0 [web/1.0.0/hooks/all.yaml:2:3 | web/1.0.0/hooks/all.yaml:3:3]
  modules: changed one: chart.remote.version \"1.0.0\" → \"1.1.0\"; changed values.token [web/1.0.0/modules.yaml:2:3 | web/1.0.0/modules.yaml:2:3]
  modules: added two [- | web/1.0.0/modules.yaml:3:3]
");
}

#[cfg(feature = "parameters")]
#[test]
fn what_can_be_set() {
    let modules = (
        "web/1.0.0/modules.yaml",
        "modules:\n- {name: one, chart: {path: ./c}}\n",
    );
    let chart = (
        "web/1.0.0/c/Chart.yaml",
        "apiVersion: v2\nname: one\nversion: 1.0.0\n",
    );
    let schema = |text: &'static str| ("web/1.0.0/c/values.schema.json", text);
    let old = [
        WEB,
        modules,
        chart,
        schema(
            r#"{"type": "object", "properties": {"replicas": {"type": "integer", "description": "how many"}, "old": {"type": "string"}, "key": {"type": "string", "writeOnly": true}, "web": {"type": "object", "properties": {"port": {"type": "integer"}}}}}"#,
        ),
        (
            "web/1.0.0/c/values.yaml",
            "replicas: 1\nkey: a\nweb:\n  port: 80\n",
        ),
        ("web/1.0.0/c/templates/x.yaml", "a: {{ .Values.key }}\n"),
    ];
    let new = [
        WEB,
        modules,
        chart,
        schema(
            r#"{"type": "object", "required": ["key"], "properties": {"replicas": {"type": "integer", "minimum": 1, "description": "how many there are"}, "key": {"type": "string", "writeOnly": true}, "web": {"type": "object", "properties": {"port": {"type": "integer"}, "host": {"type": "string"}}}}}"#,
        ),
        (
            "web/1.0.0/c/values.yaml",
            "replicas: 1\nkey: b\nweb:\n  port: 8080\n",
        ),
        ("web/1.0.0/c/templates/x.yaml", "b: {{ .Values.key }}\n"),
    ];
    check(&old, &new, "\
mutated web 1.0.0
  file c/templates/x.yaml changed, meaning unknown
  file c/values.schema.json changed, meaning unknown
  file c/values.yaml changed, meaning changed
  parameters: changed one.key: added required true [web/1.0.0/c/values.yaml:2:6 | web/1.0.0/c/values.yaml:2:6]
  parameters: removed one.old [- | -]
  parameters: changed one.replicas: added minimum 1 [web/1.0.0/c/values.yaml:1:11 | web/1.0.0/c/values.yaml:1:11]
  parameters: added one.web.host [- | -]
  parameters: changed one.web.port: default 80 → 8080 [web/1.0.0/c/values.yaml:4:9 | web/1.0.0/c/values.yaml:4:9]
");
}

#[test]
fn a_definition_that_moves_is_the_same() {
    let one = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    let two = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n";
    let both = format!("{two}---\n{one}");
    let old = [
        WEB,
        ("web/1.0.0/definitions/a.yaml", one),
        ("web/1.0.0/definitions/b.yaml", two),
    ];
    let new = [WEB, ("web/1.0.0/definitions/both.yaml", both.as_str())];
    check(
        &old,
        &new,
        "\
rewritten web 1.0.0
  file definitions/a.yaml removed, meaning same
  file definitions/b.yaml removed, meaning same
  file definitions/both.yaml added, meaning same
",
    );
}

#[test]
fn a_folder_with_another_name_of_the_version() {
    let old = [("web/v1.0/metadata.yaml", "name: web\nversion: '1.0'\n")];
    let new = [("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n")];
    check(&old, &new, "\
mutated web 1.0.0
  file metadata.yaml changed, meaning changed
  metadata: changed folder: \"v1.0\" → \"1.0.0\" [- | -]
  metadata: changed version: \"1.0\" → \"1.0.0\" [web/v1.0/metadata.yaml:2:1 | web/1.0.0/metadata.yaml:2:1]
");
}

#[test]
fn a_crd_of_the_newest_release_breaks() {
    let crd = |kind: &str| {
        format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: things.example.com}}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {{kind: Thing, plural: things}}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema: {{openAPIV3Schema: {{type: object, properties: {{size: {{type: {kind}}}}}}}}}\n"
        )
    };
    let (text, number) = (crd("string"), crd("integer"));
    let old = source(&[WEB, ("web/1.0.0/definitions/crd.yaml", text.as_str())]);
    let mut new = old.clone();
    new.insert("web/1.1.0/metadata.yaml", "name: web\nversion: 1.1.0\n");
    new.insert("web/1.1.0/definitions/crd.yaml", number.as_str());
    let breaks = between(&old, &new, |found| {
        let edges = found.newest().iter().map(Comparison::crds);
        let breaks = edges.flat_map(|edge| {
            let of_each = edge.upgrades().iter().flat_map(|one| one.breaks().to_vec());
            of_each.map(|one| one.code()).collect::<Vec<_>>()
        });
        breaks.collect::<Vec<_>>()
    });
    assert_eq!(breaks, ["crd.field.type"]);
}

#[test]
fn without_files_the_releases_alone_are_compared() {
    let load = |text: &str| {
        let source = source(&[
            ("web/1.0.0/metadata.yaml", text),
            ("web/1.0.0/README.md", text),
        ]);
        load(&source, &LoadOptions::default())
            .unwrap()
            .into_catalog()
    };
    let [one, same, other] = [
        "name: web\nversion: 1.0.0\n",
        "version: 1.0.0\nname: web # web\n",
        "name: web\nversion: 1.0.0\nlicense: MIT\n",
    ]
    .map(load);
    let compare = |new| told(&diff(CatalogState::new(&one), CatalogState::new(new)));
    assert_eq!(compare(&same), "");
    assert_eq!(
        compare(&other),
        "mutated web 1.0.0\n  metadata: added license [- | -]\n"
    );
}

#[test]
fn several_entries_of_one_package_have_no_order() {
    let conflicts =
        |more: &str, list: &str| format!("name: web\nversion: 1.0.0\n{more}conflicts:\n{list}");
    let compared = |old: &str, new: &str| {
        let path = "web/1.0.0/metadata.yaml";
        compare(&[(path, old)], &[(path, new)])
    };
    let [one, two, three] = [1, 2, 3].map(|at| format!("- {{name: z, version: <{at}}}\n"));
    let found = compared(
        &conflicts("", &format!("{one}{two}")),
        &conflicts("", &format!("{two}{one}")),
    );
    assert_eq!(
        found,
        "rewritten web 1.0.0\n  file metadata.yaml changed, meaning same\n"
    );
    let found = compared(
        &conflicts("", &format!("{one}{two}")),
        &conflicts("", &format!("{two}{three}")),
    );
    let told = "changed conflicts z: version \"<1.0.0\" → \"<3.0.0\" [web/1.0.0/metadata.yaml:4:3 | web/1.0.0/metadata.yaml:5:3]";
    assert!(found.contains(told), "{found}");
    let found = compared(
        &conflicts("", &format!("{one}{one}{two}")),
        &conflicts("", &one),
    );
    assert_eq!(found.matches("removed conflicts z").count(), 2, "{found}");

    let all: String = (0..10_000)
        .map(|at| format!("- {{name: z, version: <{at}}}\n"))
        .collect();
    let started = std::time::Instant::now();
    let found = compared(&conflicts("", &all), &conflicts("license: MIT\n", &all));
    assert!(!found.contains("dependencies"), "{found}");
    assert!(
        started.elapsed().as_secs() < 60,
        "10,000 entries take {:?}",
        started.elapsed()
    );
}

#[test]
fn keys_with_slashes_have_places() {
    let of = |value: &str| {
        format!("name: web\nversion: 1.0.0\nlabel:\n  app.kubernetes.io/name: {value}\n")
    };
    let path = "web/1.0.0/metadata.yaml";
    let found = compare(&[(path, &of("one"))], &[(path, &of("two"))]);
    let place = format!("[{path}:4:3 | {path}:4:3]");
    assert!(found.contains(&place), "{found}");
}

#[test]
fn versions_that_cannot_be_used_are_named() {
    let broken = "name: b\nversion: 1.1.0\nurl: no address\n";
    let old = [
        ("b/1.0.0/metadata.yaml", "name: b\nversion: 1.0.0\n"),
        (
            "b/0.9.0/metadata.yaml",
            "name: b\nversion: 0.9.0\nurl: none\n",
        ),
    ];
    let new = [&old[..], &[("b/1.1.0/metadata.yaml", broken)]].concat();
    let found = compare(&old, &new);
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), 2, "{found}");
    assert!(
        lines[0].starts_with("unusable as before b 0.9.0: "),
        "{found}"
    );
    assert!(
        lines[1].starts_with("new and unusable b 1.1.0: "),
        "{found}"
    );
    let (old, new) = (source(&old), source(&new));
    assert!(between(&old, &old, |found| found.is_empty()));
    assert!(!between(&old, &new, |found| found.is_empty()));
}
