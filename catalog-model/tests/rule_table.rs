//! The table of rules: what it says is so, and nothing is missing from it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use catalog_model::rule::{Example, reference, rule, rules};
use catalog_model::{Diagnostic, LoadOptions, MemorySource, Severity, load};

/// The file that every example of one file has beside it, unless it is that file.
const METADATA: (&str, &str) = ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n");

/// Modules are looked into.
fn options() -> LoadOptions {
    #[cfg_attr(
        not(feature = "parameters"),
        expect(unused_mut, reason = "nobody can look")
    )]
    let mut options = LoadOptions::default();
    #[cfg(feature = "parameters")]
    {
        options.modules = Some(catalog_model::parameters::ParameterLimits::default());
    }
    options
}

/// Rules of what only a feature looks at.
fn is_without_feature(code: &str) -> bool {
    let inside = [
        "module.",
        "chart.",
        "values.",
        "values-schema.",
        "terraform.",
        "parameters.",
    ];
    cfg!(not(feature = "json-path")) && code == "conditions.path.blind"
        || cfg!(not(feature = "parameters")) && inside.iter().any(|family| code.starts_with(family))
}

fn diagnostics(files: &[(String, &str)]) -> Vec<Diagnostic> {
    let source: MemorySource = files
        .iter()
        .map(|(path, text)| (path.as_str(), *text))
        .collect();
    load(&source, &options()).unwrap().diagnostics().to_vec()
}

/// The catalogs of an example: the one that breaks the rule, and the one that does not.
fn catalogs(example: &Example) -> [Vec<(String, &'static str)>; 2] {
    match *example {
        Example::File { path, wrong, right } => [wrong, right].map(|text| {
            let mut files = BTreeMap::from([(METADATA.0.to_owned(), METADATA.1)]);
            if text.is_empty() {
                files.remove(&format!("web/1.0.0/{path}"));
            } else {
                files.insert(format!("web/1.0.0/{path}"), text);
            }
            files.into_iter().collect()
        }),
        Example::Catalog { wrong, right } => [wrong, right].map(|files| {
            files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), *text))
                .collect()
        }),
        _ => panic!("an example of another form"),
    }
}

#[test]
fn every_example_breaks_its_rule_and_mended_breaks_none() {
    let mut wrong_ones = Vec::new();
    let mut shown = 0;
    for rule in rules() {
        let Some(example) = rule.shown() else {
            continue;
        };
        if is_without_feature(rule.code()) {
            continue;
        }
        shown += 1;
        let [wrong, right] = catalogs(example);
        let of_wrong = diagnostics(&wrong);
        let broken = of_wrong.iter().find(|one| one.code() == rule.code());
        if broken.is_none_or(|broken| broken.severity() != rule.severity()) {
            wrong_ones.push(format!("{} in the wrong: {of_wrong:#?}", rule.code()));
        }
        let of_right = diagnostics(&right);
        let bad = |one: &Diagnostic| one.severity() > Severity::Note || one.code() == rule.code();
        if of_right.iter().any(bad) {
            wrong_ones.push(format!("{} in the right: {of_right:#?}", rule.code()));
        }
    }
    assert!(wrong_ones.is_empty(), "{}", wrong_ones.join("\n"));
    assert!(shown > 130, "{shown}");
}

#[test]
fn every_rule_is_told_in_full() {
    let mut codes = BTreeSet::new();
    for rule in rules() {
        let code = rule.code();
        assert!(codes.insert(code), "{code} is there twice");
        let first = rule.summary().chars().next().unwrap();
        assert!(!first.is_uppercase(), "{code}: {}", rule.summary());
        assert!(!rule.summary().ends_with('.'), "{code}");
        assert!(rule.explanation().len() > 70, "{code}");
        assert!(rule.explanation().ends_with(['.', ')']), "{code}");
        assert!(!rule.explanation().contains("  "), "{code}: two spaces");
        assert!(
            !rule.explanation().contains(rule.summary()),
            "{code}: the explanation repeats the summary"
        );
    }
}

/// Rules that no files of a catalog can show in a few lines, by why, and the test of each that stands by hand instead.
const WITHOUT_EXAMPLE: &[(&str, &str, &[&str])] = &[
    // Links, other encodings and files that are too large are no texts that a page could show.
    (
        "catalog-model",
        "folder.rs",
        &[
            "file.link",
            "file.link.unread",
            "file.not-utf8",
            "file.other",
            "file.too-large",
        ],
    ),
    // What goes over a limit is longer than a page.
    (
        "catalog-model",
        "limits.rs",
        &[
            "file.limit.diagnostics",
            "version.limit.files",
            "yaml.limit.alias-expansion",
            "yaml.limit.depth",
            "yaml.limit.document-bytes",
            "yaml.limit.errors",
            "yaml.limit.nodes",
            "yaml.limit.path-expansion",
        ],
    ),
    // What is installed stands in no file of a catalog.
    (
        "catalog-model",
        "installed_snapshot.rs",
        &[
            "installed.secret",
            "installed.unfinished",
            "installed.unread",
        ],
    ),
    (
        "catalog-model",
        "installed.rs",
        &[
            "installed.apiVersion.missing",
            "installed.kind.missing",
            "installed.name.missing",
            "installed.namespace.missing",
            "installed.package.missing",
            "installed.second-document",
            "installed.twice",
            "installed.type",
            "installed.unknown-key",
            "installed.version.missing",
        ],
    ),
    // Nor does what was resolved.
    (
        "catalog-model",
        "lock.rs",
        &[
            "lock.catalog.unknown",
            "lock.cut-off",
            "lock.digest",
            "lock.digest.other",
            "lock.empty",
            "lock.lockVersion.missing",
            "lock.lockVersion.unknown",
            "lock.merge",
            "lock.namespace.missing",
            "lock.package.missing",
            "lock.releases.missing",
            "lock.request.missing",
            "lock.second-document",
            "lock.twice",
            "lock.type",
            "lock.unknown-key",
            "lock.version.missing",
        ],
    ),
    // Nor are descriptors part of a catalog.
    (
        "catalog-model",
        "registry/descriptors.rs",
        &[
            "descriptor.address",
            "descriptor.address.missing",
            "descriptor.name",
            "descriptor.name.missing",
            "descriptor.protocol.several",
            "descriptor.protocol.unknown",
            "descriptor.twice",
            "descriptor.type",
            "descriptor.unknown-key",
        ],
    ),
    (
        "catalog-model",
        "registry/state.rs",
        &[
            "registry.catalogs.missing",
            "registry.registryVersion.missing",
            "registry.registryVersion.unknown",
            "registry.twice",
            "registry.type",
            "registry.unknown-key",
        ],
    ),
    (
        "catalog-model",
        "parameters_inferred.rs",
        &["values.limit.inferred"],
    ),
    (
        "catalog-model",
        "parameters_validation.rs",
        &["parameters.value.not-checked"],
    ),
    ("catalog-model", "parameters_together.rs", &["module.limit"]),
    (
        "catalog-model",
        "parameters_hostile.rs",
        &[
            "module.unread",
            "terraform.limit.assignments",
            "terraform.limit.bytes",
            "terraform.limit.files",
            "terraform.limit.schema",
            "terraform.limit.variables",
            "values-schema.limit.depth",
            "values-schema.limit.enum",
            "values-schema.limit.expansion",
            "values-schema.limit.paths",
            "values-schema.limit.pattern",
            "values-schema.limit.pattern-work",
            "values-schema.limit.patterns",
            "values-schema.limit.subschemas",
            "yaml.limit.file-bytes",
        ],
    ),
    // Values of users and of other packages are no files of a release.
    (
        "catalog-model",
        "parameters_merge.rs",
        &[
            "parameters.dependency.disagreement",
            "parameters.module.null",
            "parameters.module.type",
            "parameters.module.unknown",
            "parameters.values.documents",
            "parameters.values.type",
        ],
    ),
    // A CRD must be at hand, which a catalog does not say of itself.
    (
        "catalog-conditions",
        "schema_conditions.rs",
        &[
            "conditions.path.list-map",
            "conditions.path.schema",
            "conditions.value.enum",
        ],
    ),
    // Foreign catalogs are none of ours.
    (
        "catalog-model",
        "import_kubevela.rs",
        &[
            "kubevela.addon.duplicate",
            "kubevela.addon.name",
            "kubevela.chart",
            "kubevela.dependency",
            "kubevela.empty",
            "kubevela.limit",
            "kubevela.metadata",
            "kubevela.name",
            "kubevela.no-addon",
            "kubevela.range",
            "kubevela.terraform",
            "kubevela.type",
            "kubevela.version",
        ],
    ),
    (
        "catalog-model",
        "import_glasskube.rs",
        &[
            "glasskube.dependency",
            "glasskube.empty",
            "glasskube.limit",
            "glasskube.name",
            "glasskube.package",
            "glasskube.range",
            "glasskube.type",
            "glasskube.version",
            "glasskube.version.duplicate",
            "glasskube.versions",
        ],
    ),
    (
        "catalog-model",
        "import_helm.rs",
        &[
            "helm.chart",
            "helm.chart.duplicate",
            "helm.dependency",
            "helm.empty",
            "helm.index",
            "helm.index.name",
            "helm.index.urls",
            "helm.limit",
            "helm.name",
            "helm.range",
            "helm.type",
            "helm.version",
        ],
    ),
    (
        "catalog-model",
        "import_olm.rs",
        &[
            "bundle.duplicate",
            "bundle.csv",
            "bundle.empty",
            "bundle.limit",
            "bundle.package",
            "bundle.range",
            "bundle.type",
            "bundle.version",
        ],
    ),
];

#[test]
fn every_rule_has_an_example_or_a_test_by_hand() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut by_hand = BTreeSet::new();
    for (package, test, codes) in WITHOUT_EXAMPLE {
        let text = fs::read_to_string(root.join(package).join("tests").join(test)).unwrap();
        for code in *codes {
            // Codes begin others, as `pattern` does `patterns`.
            let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric() || c == '-');
            let is_named = text.split(code).skip(1).any(|rest| !goes_on(rest));
            assert!(is_named, "{test} does not try {code}");
            assert!(by_hand.insert(*code), "{code} is there twice");
        }
    }
    let without = rules().filter(|rule| rule.shown().is_none());
    let without: BTreeSet<&str> = without.map(|rule| rule.code()).collect();
    assert_eq!(without, by_hand);
}

/// Whoever changes a rule runs this test with `UPDATE_RULES=1`, and commits the page.
#[test]
fn the_page_is_what_the_rules_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("RULES.md");
    let page = reference();
    if std::env::var_os("UPDATE_RULES").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "RULES.md is not what the rules say: run `UPDATE_RULES=1 cargo test -p catalog-model --test rule_table`"
    );
    let headings = page.lines().filter(|line| line.starts_with("## ")).count();
    assert_eq!(headings, rules().count());
}

/// Kinds of files: the first part of the codes that a reader makes.
const KINDS: [&str; 9] = [
    "metadata",
    "definition",
    "modules",
    "hooks",
    "conditions",
    "installed",
    "lock",
    "descriptor",
    "registry",
];

/// The first parts of codes.
fn families() -> BTreeSet<&'static str> {
    rules()
        .map(|rule| rule.code().split_once('.').unwrap().0)
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Texts in a source file outside comments, each with what stands before it.
fn literals(text: &str) -> Vec<(String, String)> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut found = Vec::new();
    let mut rest = code.as_str();
    while let Some((before, after)) = rest.split_once('"') {
        let mut end = 0;
        let bytes = after.as_bytes();
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let end = end.min(after.len());
        found.push((before.trim_end().to_owned(), after[..end].to_owned()));
        rest = after.get(end + 1..).unwrap_or_default();
    }
    found
}

fn looks_like_a_code(text: &str) -> bool {
    let file = [".yaml", ".yml", ".cue", ".md", ".json", ".txt", ".rs"];
    text.contains('.')
        && !file.iter().any(|ending| text.ends_with(ending))
        && text.split('.').all(|part| {
            part.starts_with(|c: char| c.is_ascii_lowercase())
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
}

/// Paths into objects and names of groups, which look like codes.
const NO_CODES: [&str; 5] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.labels",
    "metadata.annotations",
    "metadata.generation",
];

/// Whether a literal is a code that a rule is missing for. The second is what stands before the literal.
fn is_undeclared(text: &str, before: &str, families: &BTreeSet<&str>) -> bool {
    let by_reader = [
        "reader.error(",
        "reader.warning(",
        "reader\n            .error(",
        "reader\n                .error(",
    ];
    if by_reader.iter().any(|call| before.ends_with(call)) {
        return KINDS
            .iter()
            .all(|kind| rule(&format!("{kind}.{text}")).is_none());
    }
    let family = text.split('.').next().unwrap_or_default();
    looks_like_a_code(text)
        && families.contains(family)
        && !NO_CODES.contains(&text)
        && rule(text).is_none()
        && KINDS
            .iter()
            .all(|kind| rule(&format!("{kind}.{text}")).is_none())
}

#[test]
fn every_code_in_the_sources_is_that_of_a_rule() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let families = families();
    let (mut files, mut missing, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for folder in ["catalog-conditions/src", "catalog-model/src"] {
        sources(&root.join(folder), &mut files);
    }
    for file in files.iter().filter(|file| {
        // The tables themselves declare, and what reads clusters has codes of its own.
        !file.components().any(|part| {
            matches!(
                part.as_os_str().to_str(),
                Some("rule" | "snapshot" | "kube" | "evaluate" | "report")
            )
        })
    }) {
        for (before, text) in literals(&fs::read_to_string(file).unwrap()) {
            if is_undeclared(&text, &before, &families) {
                missing.push(format!("{}: {text}", file.display()));
            } else if rule(&text).is_some() {
                seen.insert(text);
            }
        }
    }
    assert!(missing.is_empty(), "no rule is declared for: {missing:#?}");
    assert!(seen.len() > 50, "the sources are not read: {seen:?}");
}
