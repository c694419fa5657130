//! What names and labels a Kubernetes object, wherever it stands: texts, as kubectl reads them, and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::time::{Duration, Instant};

use catalog_model::{Diagnostic, LoadOptions, Loaded, MemorySource, Severity, load};

/// Where an object stands.
#[derive(Clone, Copy, Debug)]
enum Place {
    Document,
    ItemOfList,
    Resource,
    ResourceOfAction,
    Job,
    Undo,
    JobOfAction,
}

use Place::{Document, ItemOfList, Job, JobOfAction, Resource, ResourceOfAction, Undo};

const WHOLE: [Place; 4] = [Document, ItemOfList, Resource, ResourceOfAction];

const JOBS: [Place; 3] = [Job, Undo, JobOfAction];

const FIELDS: [&str; 6] = [
    "apiVersion",
    "kind",
    "metadata.name",
    "metadata.namespace",
    "metadata.labels",
    "metadata.annotations",
];

/// `apiVersion` and `kind` of a Job are one text each, and its name may be left out.
const FIELDS_OF_JOBS: [&str; 6] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.labels",
    "metadata.annotations",
    "spec.template.metadata.labels",
    "spec.template.metadata.annotations",
];

/// A Job that has nothing but what it needs.
const JOB: &str = "{apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: c, image: i}]}}}}";

/// Every field in every place.
fn fields() -> impl Iterator<Item = (Place, &'static str)> {
    let whole = WHOLE
        .into_iter()
        .flat_map(|place| FIELDS.map(|field| (place, field)));
    let of_jobs = |place| FIELDS_OF_JOBS.map(|field| (place, field));
    whole.chain(JOBS.into_iter().flat_map(of_jobs))
}

impl Place {
    fn code(self) -> &'static str {
        match self {
            Document | ItemOfList => "definition.text",
            _ => "hooks.text",
        }
    }

    /// A file with an object, one of whose fields has `value`.
    fn file(self, field: &str, value: &str) -> String {
        match self {
            Document => object(field, value),
            ItemOfList => format!(
                "apiVersion: v1\nkind: List\nitems:\n-\n{}",
                indented(&object(field, value), 2)
            ),
            Resource => format!(
                "pre-install:\n- job: {JOB}\n  resources:\n  -\n{}",
                indented(&object(field, value), 4)
            ),
            ResourceOfAction => format!(
                "actions:\n- name: a\n  job: {JOB}\n  resources:\n  -\n{}",
                indented(&object(field, value), 4)
            ),
            Job => format!(
                "pre-install:\n- job:\n{}",
                indented(&of_job(field, value), 4)
            ),
            Undo => format!(
                "pre-install:\n- job: {JOB}\n  undo:\n{}",
                indented(&of_job(field, value), 4)
            ),
            JobOfAction => format!(
                "actions:\n- name: a\n  job:\n{}",
                indented(&of_job(field, value), 4)
            ),
        }
    }

    fn loaded(self, text: &str) -> Loaded {
        let path = match self {
            Document | ItemOfList => "p/1.0.0/definitions/d.yaml",
            _ => "p/1.0.0/hooks/h.yaml",
        };
        let metadata = ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n");
        let source = MemorySource::from_iter([metadata, (path, text)]);
        load(&source, &LoadOptions::default()).unwrap()
    }
}

/// The errors of a file.
fn errors(loaded: &Loaded) -> Vec<&Diagnostic> {
    let is_error = |found: &&Diagnostic| found.severity() == Severity::Error;
    loaded.diagnostics().iter().filter(is_error).collect()
}

/// What is said of a file beside that its objects are no definitions.
fn said(loaded: &Loaded) -> Vec<&Diagnostic> {
    let is_kind = |found: &&Diagnostic| !found.code().starts_with("definition.kind");
    loaded.diagnostics().iter().filter(is_kind).collect()
}

fn indented(text: &str, by: usize) -> String {
    let blanks = " ".repeat(by);
    text.lines()
        .map(|line| format!("{blanks}{line}\n"))
        .collect()
}

/// An object with `value` in one of its fields.
fn object(field: &str, value: &str) -> String {
    let own = |name, otherwise| if name == field { value } else { otherwise };
    format!(
        "apiVersion: {}\nkind: {}\nmetadata:\n  name: {}\n  namespace: {}\n  labels: {{ a: {} }}\n  annotations: {{ a: {} }}\n",
        own("apiVersion", "e.com/v1"),
        own("kind", "Widget"),
        own("metadata.name", "scaler"),
        own("metadata.namespace", "shop"),
        own("metadata.labels", "x"),
        own("metadata.annotations", "x"),
    )
}

/// A Job with `value` in one of its fields.
fn of_job(field: &str, value: &str) -> String {
    let own = |name, otherwise| if name == field { value } else { otherwise };
    format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {}\n  namespace: {}\n  labels: {{ a: {} }}\n  annotations: {{ a: {} }}\nspec:\n  template:\n    metadata:\n      labels: {{ a: {} }}\n      annotations: {{ a: {} }}\n    spec: {{ containers: [{{ name: c, image: i }}] }}\n",
        own("metadata.name", "run"),
        own("metadata.namespace", "shop"),
        own("metadata.labels", "x"),
        own("metadata.annotations", "x"),
        own("spec.template.metadata.labels", "x"),
        own("spec.template.metadata.annotations", "x"),
    )
}

/// Scalars that `sigs.k8s.io/yaml` makes something else of than a text: an API server (1.36) answered each with 400, "cannot unmarshal
/// number into Go struct field" or the like.
const NO_TEXTS: [(&str, &str); 12] = [
    ("0644", "the number 420"),
    ("389", "the number 389"),
    ("1.10", "the number 1.1"),
    ("1e3", "the number 1000"),
    ("0x10", "the number 16"),
    ("0o17", "the number 15"),
    ("1_000", "the number 1000"),
    ("y", "true"),
    ("on", "true"),
    ("true", "true"),
    ("No", "false"),
    ("-0", "the number 0"),
];

#[test]
fn what_kubectl_reads_as_no_text_is_refused_with_a_fix_that_quotes() {
    for (place, field) in fields() {
        for (scalar, meaning) in NO_TEXTS {
            let text = place.file(field, scalar);
            let loaded = place.loaded(&text);
            let found = said(&loaded);
            assert_eq!(found.len(), 1, "{text}{found:#?}");
            assert_eq!(found[0].code(), place.code());
            assert_eq!(
                found[0].message(),
                format!(
                    "`{field}` must be a text, and `{scalar}` is {meaning} to kubectl, which the API server refuses"
                )
            );
            let quoted = format!("\"{scalar}\"");
            let fix = found[0].safe_fix().unwrap();
            assert_eq!(fix.edits().len(), 1);
            assert_eq!(fix.edits()[0].replacement, quoted);
            assert!(!place.loaded(&place.file(field, &quoted)).has_errors());
        }
    }
}

#[test]
fn what_kubectl_reads_as_a_text_is_one() {
    for scalar in [
        "\"0644\"",
        "'y'",
        "!!str 389",
        "2024-01-01",
        "1.2.3",
        "0b2",
        "12:30",
        "maybe",
        "|-\n    1",
    ] {
        for (place, field) in fields() {
            // A block cannot stand in braces.
            if scalar.starts_with('|') && field.ends_with('s') {
                continue;
            }
            let text = place.file(field, scalar);
            let loaded = place.loaded(&text);
            assert!(!loaded.has_errors(), "{text}{:#?}", loaded.diagnostics());
            let release = &loaded.catalog().package("p").unwrap().releases()[0];
            if let Some(definition) = release.definitions().first() {
                let named = definition.object().pointer("/metadata/name").unwrap();
                assert_eq!(named, definition.identity().name());
            }
        }
    }
}

#[test]
fn null_is_nothing() {
    for (place, field) in fields() {
        let code = match (place, field) {
            (Document | ItemOfList, "apiVersion" | "kind" | "metadata.name") => {
                Some(format!("definition.{field}.missing"))
            }
            (Resource | ResourceOfAction, "apiVersion" | "kind" | "metadata.name") => {
                Some("hooks.resource".to_owned())
            }
            _ => None,
        };
        for null in ["~", "null", ""] {
            let loaded = place.loaded(&place.file(field, null));
            let codes: Vec<&str> = errors(&loaded).iter().map(|found| found.code()).collect();
            assert_eq!(
                codes,
                Vec::from_iter(code.as_deref()),
                "{place:?} {field}: {null:?}"
            );
        }
    }
}

#[test]
fn lists_and_maps_are_no_texts() {
    for (place, field) in fields() {
        for (value, what) in [("[a]", "a list"), ("{a: b}", "a map")] {
            let loaded = place.loaded(&place.file(field, value));
            let found = said(&loaded);
            assert_eq!(found.len(), 1, "{found:#?}");
            assert_eq!(found[0].code(), place.code());
            assert_eq!(
                found[0].message(),
                format!("`{field}` must be a text, not {what}")
            );
        }
    }
}

/// What fixes must not touch is found out once a file, not once a mistake: once a mistake, this took minutes.
#[test]
fn many_mistakes_in_a_file_with_aliases_are_read_once() {
    let object = |index: usize| {
        format!(
            "{{apiVersion: v1, kind: A, metadata: {{name: {index}, labels: {{a: &x x, b: *x}}}}}}\n"
        )
    };
    let objects = |before: &str| -> String {
        let objects = (0..4000).map(|index| format!("{before}{}", object(index)));
        objects.collect()
    };
    let (items, documents) = (objects("- "), objects("---\n"));
    for (place, text) in [
        (Document, documents),
        (
            ItemOfList,
            format!("apiVersion: v1\nkind: List\nitems:\n{items}"),
        ),
        (
            Resource,
            format!(
                "pre-install:\n- job: {JOB}\n  resources:\n{}",
                indented(&items, 2)
            ),
        ),
    ] {
        let begun = Instant::now();
        let loaded = place.loaded(&text);
        assert_eq!(errors(&loaded)[0].code(), place.code());
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{place:?}: {:?}",
            begun.elapsed()
        );
    }
}
