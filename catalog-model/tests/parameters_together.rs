//! Many modules in one release: what they share, and what they may cost together.
#![cfg(feature = "parameters")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use catalog_model::parameters::{ParameterLimits, ParameterSchema, ReleaseParameters};
use catalog_model::source::{Entry, Source, SourceError};
use catalog_model::{LoadOptions, Loaded, MemorySource, load};

const CHART: &str = "apiVersion: v2\nname: web\nversion: 1.0.0\n";

/// A source that counts what is asked of it.
struct Counted {
    source: MemorySource,
    asked: Mutex<BTreeMap<String, usize>>,
}

impl Counted {
    fn new(source: MemorySource) -> Self {
        Self {
            source,
            asked: Mutex::default(),
        }
    }

    fn count(&self, path: &str) {
        *self
            .asked
            .lock()
            .unwrap()
            .entry(path.to_owned())
            .or_default() += 1;
    }

    /// How often a path was asked for since the last time.
    fn asked(&self, path: &str) -> usize {
        self.asked.lock().unwrap().remove(path).unwrap_or_default()
    }
}

impl Source for Counted {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        self.count(folder);
        self.source.list(folder)
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        self.count(file);
        self.source.read(file, limit)
    }
}

fn release(modules: &str, files: &[(&str, &str)]) -> MemorySource {
    let mut source =
        MemorySource::from_iter([("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n")]);
    source.insert("web/1.0.0/modules.yaml", format!("modules:\n{modules}"));
    for (path, text) in files {
        source.insert(format!("web/1.0.0/{path}"), *text);
    }
    source
}

fn numbered(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        text.write_str(&item(number)).unwrap();
        text
    })
}

fn options(change: impl Fn(&mut ParameterLimits)) -> LoadOptions {
    let mut limits = ParameterLimits::default();
    change(&mut limits);
    let mut options = LoadOptions::default();
    options.modules = Some(limits);
    options
}

fn told(loaded: &Loaded) -> Vec<String> {
    loaded
        .diagnostics()
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn a_folder_that_many_modules_name_is_read_once() {
    let modules = numbered(30, |n| {
        format!("- {{name: c{n}, chart: {{path: ./chart}}}}\n")
    });
    let more = numbered(30, |n| {
        format!("- {{name: t{n}, terraform: {{path: ./db}}}}\n")
    });
    let source = Counted::new(release(
        &format!("{modules}{more}"),
        &[
            ("chart/Chart.yaml", CHART),
            ("chart/values.yaml", "replicas: 1\n"),
            ("db/main.tf", "variable \"size\" {\n  default = 1\n}\n"),
        ],
    ));
    let loaded = load(&source, &options(|_| ())).unwrap();
    assert_eq!(told(&loaded), [""; 0]);
    let files = ["chart/Chart.yaml", "chart/values.yaml", "db/main.tf"];
    for file in files {
        assert_eq!(source.asked(&format!("web/1.0.0/{file}")), 1, "{file}");
    }
    let web = loaded.catalog().package("web").unwrap().newest().unwrap();
    let (parameters, _) = ReleaseParameters::read(&source, web, &ParameterLimits::default());
    for file in files {
        assert_eq!(source.asked(&format!("web/1.0.0/{file}")), 1, "{file}");
    }
    for module in web.modules() {
        let (alone, _) = ParameterSchema::read(&source, web, module, &ParameterLimits::default());
        let shared = parameters.schema(module.name()).unwrap();
        assert_eq!(
            (shared.json(), shared.origin(), shared.defaults()),
            (alone.json(), alone.origin(), alone.defaults())
        );
    }
    let (merged, _) = parameters.merge([]);
    let merged = merged.to_json();
    for n in 0..30 {
        assert_eq!(merged[format!("c{n}")]["replicas"], 1);
        assert_eq!(merged[format!("t{n}")]["size"], 1);
    }
}

/// Without a look into modules, too: whether there is something at a path, and which version a chart has, is found out once.
#[test]
fn what_many_modules_name_is_looked_at_once() {
    let manifests = numbered(50, |n| {
        format!(
            "- {{name: m{n}, manifests: {{path: ./all/{}.yaml}}}}\n",
            n % 7
        )
    });
    let charts = numbered(50, |n| {
        format!(
            "- {{name: c{n}, chart: {{path: ./charts/web, remote: {{repo: 'https://charts.example.com', name: web, version: 1.0.0}}}}}}\n"
        )
    });
    let mut source = release(
        &format!("{manifests}{charts}"),
        &[("charts/web/Chart.yaml", CHART)],
    );
    for n in 0..6 {
        source.insert(format!("web/1.0.0/all/{n}.yaml"), "");
    }
    let source = Counted::new(source);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let codes: Vec<&str> = loaded
        .diagnostics()
        .iter()
        .map(|found| found.code())
        .collect();
    assert_eq!(codes, ["modules.path.missing"; 7]);
    for path in ["all", "charts", "charts/web/Chart.yaml"] {
        assert_eq!(source.asked(&format!("web/1.0.0/{path}")), 1, "{path}");
    }
}

/// Each of two folders is within the limits, and the two together are not. It is said once, where the module is that is too much.
#[test]
fn modules_have_one_budget() {
    let modules = "- {name: a, chart: {path: ./a}}\n- {name: b, chart: {path: ./b}}\n- {name: c, chart: {path: ./b}}\n";
    let schema = r#"{"properties": {"x": {"pattern": "^a"}, "y": {}, "z": {}}}"#;
    let values = "x: abc\ny: 2\nz: 3\n";
    let files = [
        ("a/Chart.yaml", CHART),
        ("a/values.yaml", values),
        ("a/values.schema.json", schema),
        ("b/Chart.yaml", CHART),
        ("b/values.yaml", values),
        ("b/values.schema.json", schema),
    ];
    let check = |change: fn(&mut ParameterLimits), what: Option<&str>| {
        let loaded = load(&release(modules, &files), &options(change)).unwrap();
        let expected = what.map(|what| {
            format!("web/1.0.0/modules.yaml:3:3: error[module.limit]: the modules of this release have more than the {what} allowed to all of them together")
        });
        assert_eq!(told(&loaded), Vec::from_iter(expected));
        assert_eq!(loaded.has_errors(), what.is_some());
    };
    check(|_| (), None);
    check(
        |limits| (limits.subschemas, limits.largest_modules) = (7, 1),
        Some("7 subschemas"),
    );
    check(
        |limits| (limits.patterns, limits.largest_modules) = (1, 1),
        Some("1 patterns"),
    );
    check(
        |limits| (limits.path_bytes, limits.largest_modules) = (60, 1),
        Some("60 bytes of paths of subschemas"),
    );
    check(
        |limits| (limits.document.file_bytes, limits.largest_modules) = (150, 1),
        Some("150 bytes"),
    );
}

/// A folder counts once, but each module has values of its own.
#[test]
fn values_count_for_each_module() {
    let modules = numbered(5, |n| {
        format!("- {{name: m{n}, chart: {{path: ./chart}}}}\n")
    });
    let source = release(
        &modules,
        &[
            ("chart/Chart.yaml", CHART),
            ("chart/values.yaml", "a: [1, 2]\nb: 3\n"),
        ],
    );
    let with = |nodes: usize| {
        let options = options(|limits| {
            (limits.document.nodes, limits.largest_modules) = (nodes, 1);
        });
        told(&load(&source, &options).unwrap())
    };
    assert_eq!(with(25), [""; 0]);
    assert_eq!(
        with(24),
        [
            "web/1.0.0/modules.yaml:6:3: error[module.limit]: the modules of this release have more than the 24 default values allowed to all of them together"
        ]
    );
}

#[test]
fn many_modules_of_one_large_chart_are_bounded() {
    let values = numbered(12_000, |n| format!("key{n}: value number {n}\n"));
    let modules = numbered(5_000, |n| {
        format!("- {{name: m{n}, chart: {{path: ./chart}}, values: {{key1: a}}}}\n")
    });
    let source = release(
        &modules,
        &[("chart/Chart.yaml", CHART), ("chart/values.yaml", &values)],
    );
    let start = Instant::now();
    let loaded = load(&source, &options(|_| ())).unwrap();
    let taken = start.elapsed();
    eprintln!("5,000 modules of 12,000 values: {taken:?}");
    assert!(taken < Duration::from_secs(60), "{taken:?}");
    let codes: Vec<&str> = loaded
        .diagnostics()
        .iter()
        .map(|found| found.code())
        .collect();
    assert_eq!(codes, ["module.limit"]);
}

/// Once all questions are asked, or answered, a further module costs no more than to say so.
#[test]
fn many_modules_that_ask_much_are_bounded() {
    let names: Vec<String> = (0..1000).map(|n| format!("p{n}")).collect();
    let bounds = (0..1000)
        .map(|n| serde_json::json!({"properties": {"a": {"type": "integer", "minimum": n}}}));
    for schema in [
        serde_json::json!({"required": names}),
        serde_json::json!({"allOf": bounds.collect::<Vec<_>>()}),
    ] {
        let modules = numbered(5_000, |n| {
            format!("- {{name: m{n}, chart: {{path: ./chart}}, values: {{a: -1}}}}\n")
        });
        let source = release(
            &modules,
            &[
                ("chart/Chart.yaml", CHART),
                ("chart/values.schema.json", &schema.to_string()),
            ],
        );
        let start = Instant::now();
        let loaded = load(&source, &options(|_| ())).unwrap();
        let taken = start.elapsed();
        eprintln!("5,000 modules that ask 1,000 questions: {taken:?}");
        assert!(taken < Duration::from_secs(60), "{taken:?}");
        assert!(loaded.has_errors());
    }
}

/// What each module asks is little, and all of them together ask more than is allowed: that is said, and not passed over.
#[test]
fn questions_about_all_values_are_bounded_together() {
    let modules = numbered(20, |n| {
        format!("- {{name: m{n:02}, chart: {{path: ./chart}}, values: {{a: x}}}}\n")
    });
    let source = release(
        &modules,
        &[
            ("chart/Chart.yaml", CHART),
            (
                "chart/values.schema.json",
                r#"{"properties": {"a": {"type": "string"}}}"#,
            ),
        ],
    );
    let with = |questions: u64| {
        let options = options(|limits| {
            (limits.applications, limits.largest_modules) = (questions, 1);
        });
        told(&load(&source, &options).unwrap())
    };
    assert_eq!(with(1000), [""; 0]);
    let told = with(30);
    assert!(
        told[0].starts_with("web/1.0.0/modules.yaml:12:47: error[parameters.value.not-checked]: the values of `m10` were not checked: the schemas of the modules together ask more"),
        "{told:#?}"
    );
}

/// Others may still add what is missing, but not take back a wrong type: however much is missing, that is said.
#[test]
fn what_is_missing_does_not_crowd_out_what_is_wrong() {
    let names: Vec<String> = (0..1500).map(|n| format!("p{n}")).collect();
    let schema = serde_json::json!({"required": names, "properties": {"z": {"type": "integer"}}});
    let source = release(
        "- chart: {path: ./chart}\n  values: {z: many}\n",
        &[
            ("chart/Chart.yaml", CHART),
            ("chart/values.schema.json", &schema.to_string()),
        ],
    );
    let loaded = load(&source, &options(|_| ())).unwrap();
    assert_eq!(
        told(&loaded),
        [
            "web/1.0.0/modules.yaml:3:15: error[parameters.value.type]: `/chart/z` must be a whole number, not the text `many` (set by `modules.yaml`)"
        ]
    );
}
