//! The index against a loop over the releases, which knows nothing of columns; and the door without definitions.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail loudly"
)]

use std::path::PathBuf;

use catalog_model::conditions::selector::{LabelSelector, Relation, Requirement};
use catalog_model::index::{Entry, Index, IndexErrorKind, Query};
use catalog_model::rule::Level;
use catalog_model::version::Version;
use catalog_model::{
    Capability, Catalog, Diagnostic, LoadOptions, MemorySource, Package, Release, load,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

/// The last is none.
const NAMES: [&str; 5] = ["alpha", "alpine", "beta", "gamma", "Delta_"];
const VERSIONS: [&str; 6] = ["1.0.0", "v1.0", "1.1.0-rc.1", "1.1.0", "2.0.0-beta", "v10"];
const LABELS: [&str; 6] = [
    "tier: web",
    "tier: data",
    "stage: test",
    "rank: '7'",
    "rank: '12'",
    "legacy: ''",
];
const SELECTORS: [&str; 9] = [
    "tier=web",
    "tier!=web",
    "tier in (web,data),stage=test",
    "tier notin (data)",
    "legacy",
    "!legacy,rank",
    "rank>7",
    "rank<12",
    "nobody=here",
];

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Made {
    package: usize,
    version: usize,
    labels: Vec<usize>,
    yanked: bool,
    text: usize,
    provides: bool,
    definition: Option<usize>,
    namespaced: bool,
    unknown_key: bool,
    other_files: usize,
    hooks: Option<usize>,
}

const TEXTS: [&str; 3] = ["Draws DASHBOARDS", "keeps logs", "Straße"];
const DEFINED: [&str; 4] = ["scaler", "route", "dashboards", "{broken"];
/// Two errors each.
const BROKEN_HOOKS: [&str; 2] = [
    "pre-instal: []\npst-install: []\n",
    "nonsense: 1\npre-install: 1\n",
];

fn made() -> impl Strategy<Value = Made> {
    (
        0..NAMES.len(),
        0..VERSIONS.len(),
        subsequence((0..LABELS.len()).collect::<Vec<_>>(), 0..4),
        proptest::bool::weighted(0.3),
        0..TEXTS.len(),
        any::<bool>(),
        proptest::option::of(0..DEFINED.len()),
        proptest::bool::weighted(0.3),
        proptest::bool::weighted(0.2),
        (
            0..4_usize,
            proptest::option::weighted(0.2, 0..BROKEN_HOOKS.len()),
        ),
    )
        .prop_map(
            |(
                package,
                version,
                labels,
                yanked,
                text,
                provides,
                definition,
                namespaced,
                unknown_key,
                (other_files, hooks),
            )| Made {
                package,
                version,
                labels,
                yanked,
                text,
                provides,
                definition,
                namespaced,
                unknown_key,
                other_files,
                hooks,
            },
        )
}

/// How a catalog may be read.
fn options() -> impl Strategy<Value = LoadOptions> {
    let levels = select(vec![
        "",
        "metadata.unknown-key",
        "file.ignored",
        "package.empty",
    ]);
    let files = proptest::option::weighted(0.3, 1..4_usize);
    let most = select(vec![1, 1_000]);
    (any::<bool>(), files, levels, any::<bool>(), most).prop_map(
        |(strict, files, rule, allow, most)| {
            let mut options = LoadOptions::default();
            options.diagnostics_per_file = most;
            options.strict = strict;
            if !rule.is_empty() {
                let level = if allow { Level::Allow } else { Level::Error };
                options.levels.set(rule, level).unwrap();
            }
            options.files_per_version = files.unwrap_or(options.files_per_version);
            options
        },
    )
}

fn source(made: &[Made]) -> MemorySource {
    let mut source = MemorySource::new();
    for one in made {
        let (name, version) = (NAMES[one.package], VERSIONS[one.version]);
        let mut text = format!(
            "name: {name}\nversion: {version}\ndescription: {}\n",
            TEXTS[one.text]
        );
        let mut keys: Vec<&str> = Vec::new();
        for label in one.labels.iter().map(|at| LABELS[*at]) {
            let key = label.split(':').next().unwrap();
            if keys.is_empty() {
                text.push_str("label:\n");
            }
            if !keys.contains(&key) {
                keys.push(key);
                text.push_str(&format!("  {label}\n"));
            }
        }
        if one.yanked {
            text.push_str("yanked: it breaks\n");
        }
        if one.provides {
            text.push_str("provides:\n- name: dashboards\n- name: dashboards\n");
        }
        if one.namespaced {
            text.push_str("scope: namespace\n");
        }
        if one.unknown_key {
            text.push_str("colour: green\n");
        }
        let folder = format!("{name}/{version}");
        source.insert(format!("{folder}/metadata.yaml"), text);
        for other in 0..one.other_files {
            source.insert(format!("{folder}/hooks/{other}.md"), "nothing".to_owned());
        }
        if let Some(at) = one.hooks {
            source.insert(format!("{folder}/hooks/h.yaml"), BROKEN_HOOKS[at]);
        }
        if let Some(at) = one.definition {
            source.insert(
                format!("{folder}/definitions/d.yaml"),
                format!(
                    "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {{ name: {} }}\n",
                    DEFINED[at]
                ),
            );
        }
    }
    source
}

/// What a query asks, as a loop can ask it.
#[derive(Clone, Debug)]
struct Asked {
    selectors: Vec<&'static str>,
    provides: Option<Capability>,
    text: Option<&'static str>,
    every: bool,
}

fn asked() -> impl Strategy<Value = Asked> {
    (
        subsequence(SELECTORS.to_vec(), 0..3),
        proptest::option::of(select(vec![
            Capability::parse_name("dashboards").unwrap(),
            Capability::parse_definition("core.oam.dev/TraitDefinition/scaler").unwrap(),
            Capability::parse_name("nothing").unwrap(),
        ])),
        proptest::option::of(select(vec!["dash", "LOGS", "alp", "STRASSE", "straße"])),
        any::<bool>(),
    )
        .prop_map(|(selectors, provides, text, every)| Asked {
            selectors,
            provides,
            text,
            every,
        })
}

impl Asked {
    fn query(&self) -> Query {
        let mut query = Query::new();
        for selector in &self.selectors {
            query = query.labels(selector.parse().unwrap());
        }
        if let Some(capability) = &self.provides {
            query = query.provides([capability.clone()]);
        }
        if let Some(text) = self.text {
            query = query.text(text);
        }
        if self.every {
            query.every_version()
        } else {
            query
        }
    }

    /// Whether a release is one of those asked for, by what it says itself.
    fn holds(&self, release: &Release) -> bool {
        let metadata = release.metadata();
        let object = json!({"metadata": {"labels": metadata.labels()}});
        let selected = self
            .selectors
            .iter()
            .all(|text| LabelSelector::parse(text).unwrap().matches(&object));
        let provided = self
            .provides
            .iter()
            .all(|capability| release.provides().contains(capability));
        let texts = [release.package().as_str()]
            .into_iter()
            .chain(metadata.description())
            .chain(metadata.tags().iter().map(String::as_str))
            .map(str::to_lowercase);
        let texts: Vec<String> = texts.collect();
        let named = self
            .text
            .iter()
            .all(|text| texts.iter().any(|one| one.contains(&text.to_lowercase())));
        selected && provided && named
    }

    fn naive(&self, catalog: &Catalog) -> Vec<String> {
        let mut found = Vec::new();
        for package in catalog.packages() {
            let releases: Vec<&Release> = if self.every {
                package.releases().iter().collect()
            } else {
                newest(package).into_iter().collect()
            };
            let releases = releases.into_iter().filter(|release| self.holds(release));
            found.extend(releases.map(named));
        }
        found
    }
}

/// The newest release by comparing each with each.
fn newest(package: &Package) -> Option<&Release> {
    let offered = || {
        let releases = package.releases().iter();
        releases.filter(|release| release.metadata().yanked().is_none())
    };
    let any_stable = offered().any(|release| release.version().prerelease().is_empty());
    offered()
        .filter(|release| !any_stable || release.version().prerelease().is_empty())
        .max_by(|a, b| a.version().cmp(b.version()))
}

fn named(release: &Release) -> String {
    format!("{}@{}", release.package(), release.version())
}

fn shown<'a>(entries: impl IntoIterator<Item = Entry<'a>>) -> Vec<String> {
    entries.into_iter().map(|entry| entry.to_string()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn a_loop_over_releases_finds_the_same(
        made in proptest::collection::vec(made(), 0..14),
        asked in proptest::collection::vec(asked(), 1..4),
        options in options(),
    ) {
        let source = source(&made);
        let loaded = load(&source, &options).unwrap();
        let catalog = loaded.catalog();
        let whole = Index::of(catalog, &options);
        let without = Index::read(&source, &options).unwrap();
        let read = without.index();
        prop_assert!(!read.definitions_are_read());
        let definitions = read.read_definitions(&source);
        prop_assert!(definitions.happened_now() && read.definitions_are_read());
        let both = |one: &[Diagnostic], other: &[Diagnostic]| {
            let mut both = [one, other].concat();
            both.sort();
            both
        };
        prop_assert_eq!(both(without.diagnostics(), definitions.diagnostics()), loaded.diagnostics());
        prop_assert_eq!(both(without.suppressed(), definitions.suppressed()), loaded.suppressed());
        for index in [&whole, read] {
            let releases: usize = catalog.packages().map(|package| package.releases().len()).sum();
            prop_assert_eq!(index.len(), releases);
            prop_assert_eq!(index.is_empty(), releases == 0);
            for asked in &asked {
                let selection = index.select(&asked.query()).unwrap();
                let naive = asked.naive(catalog);
                prop_assert_eq!(selection.len(), naive.len());
                prop_assert_eq!(selection.is_empty(), naive.is_empty());
                prop_assert_eq!(shown(selection.iter()), &naive[..]);
                for entry in index.select(&Query::new().every_version()).unwrap() {
                    prop_assert_eq!(selection.contains(entry), naive.contains(&entry.to_string()));
                }
                prop_assert_eq!(shown(selection), naive);
            }
            let all: Vec<String> = catalog.packages().filter_map(newest).map(named).collect();
            prop_assert_eq!(shown(index.newest()), all);
            for package in catalog.packages() {
                let versions = index.versions(package.name().as_str()).unwrap();
                let mut releases: Vec<&Release> = package.releases().iter().collect();
                releases.sort_by(|a, b| a.version().cmp(b.version()));
                prop_assert_eq!(shown(versions), releases.iter().map(|one| named(one)).collect::<Vec<_>>());
                let unusable = index.unusable(package.name().as_str()).unwrap();
                prop_assert_eq!(unusable, package.unusable());
                for one in unusable {
                    let version = Version::parse(one.version()).unwrap();
                    let error = index.release(package.name().as_str(), &version).unwrap_err();
                    prop_assert_eq!(error.kind(), IndexErrorKind::Unusable);
                    prop_assert!(error.to_string().ends_with("has errors and cannot be used"), "{error}");
                }
                for release in releases {
                    let entry = index.release(package.name().as_str(), release.version()).unwrap();
                    prop_assert_eq!(said(entry), said_by(release));
                    let whole = entry.load(&source).unwrap();
                    prop_assert_eq!(format!("{:?}", whole.release()), format!("{release:?}"));
                }
            }
        }
    }
}

/// All that an entry says.
fn said(entry: Entry<'_>) -> String {
    let mut provides: Vec<String> = entry.provides().map(ToString::to_string).collect();
    provides.sort();
    format!(
        "{entry} {} {:?} {:?} {:?} {:?} {provides:?}",
        entry.folder(),
        entry.description(),
        entry.yanked(),
        entry.labels().collect::<Vec<_>>(),
        entry.tags().collect::<Vec<_>>(),
    )
}

fn said_by(release: &Release) -> String {
    let metadata = release.metadata();
    let mut provides: Vec<String> = release.provides().iter().map(ToString::to_string).collect();
    provides.sort();
    format!(
        "{} {} {:?} {:?} {:?} {:?} {provides:?}",
        named(release),
        release.folder(),
        metadata.description(),
        metadata.yanked(),
        metadata
            .labels()
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect::<Vec<_>>(),
        metadata.tags(),
    )
}

#[test]
fn kubernetes_published_cases_agree_through_the_index() {
    let folder = std::env::var_os("CATALOG_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let Ok(text) = std::fs::read_to_string(folder.join("tables/k8s_label_selector.json")) else {
        eprintln!("skipped: no published table at hand");
        return;
    };
    let table: Value = serde_json::from_str(&text).unwrap();
    let mut matched = 0;
    for case in table["cases"].as_array().unwrap() {
        let selector = read(&case["selector"]);
        if case["kind"] == "parse" {
            assert_eq!(selector.is_ok(), case["ok"] == true, "{case}");
            continue;
        }
        matched += 1;
        let mut text = "name: one\nversion: 1.0.0\nlabel:\n".to_owned();
        for (key, value) in case["labels"].as_object().unwrap() {
            text.push_str(&format!("  {key:?}: {value}\n"));
        }
        let text = text.trim_end_matches("label:\n").to_owned();
        let source = MemorySource::from_iter([("one/1.0.0/metadata.yaml", text)]);
        let read = Index::read(&source, &LoadOptions::default()).unwrap();
        assert!(read.diagnostics().is_empty(), "{case}: {read:?}");
        let index = read.into_index();
        let query = Query::new().labels(selector.unwrap());
        let found = !index.select(&query).unwrap().is_empty();
        assert_eq!(found, case["match"] == true, "{case}");
    }
    assert!(matched > 20, "{matched}");
}

fn read(selector: &Value) -> Result<LabelSelector, String> {
    let words = |error: catalog_model::conditions::selector::SelectorError| error.to_string();
    match selector {
        Value::Object(labels) => {
            let one = |(key, value): (&String, &Value)| {
                Requirement::new(key, Relation::In, [value.as_str().unwrap()])
            };
            let requirements: Result<Vec<Requirement>, _> = labels.iter().map(one).collect();
            requirements.map(LabelSelector::new).map_err(words)
        }
        text => LabelSelector::parse(text.as_str().unwrap()).map_err(words),
    }
}

#[test]
fn unknown_names_are_answered_with_near_ones() {
    let all: Vec<Made> = (0..4)
        .map(|package| Made {
            package,
            version: 3,
            labels: vec![],
            yanked: false,
            text: 0,
            provides: false,
            definition: None,
            namespaced: false,
            unknown_key: false,
            other_files: 0,
            hooks: None,
        })
        .collect();
    let options = LoadOptions::default();
    let index = Index::of(load(&source(&all), &options).unwrap().catalog(), &options);
    let error = index.newest_version("alphine").unwrap_err();
    assert_eq!(error.kind(), IndexErrorKind::NotFound);
    assert_eq!(
        error.to_string(),
        "there is no package `alphine` in this catalog"
    );
    assert_eq!(error.near(), ["alpine"]);
    let version = Version::parse("1.1.1").unwrap();
    let error = index.release("alpha", &version).unwrap_err();
    assert_eq!(error.to_string(), "version 1.1.1 of `alpha` is not there");
    assert_eq!(error.near(), ["1.1.0"]);
    let version = Version::parse("v1.1").unwrap();
    assert_eq!(
        index.release("alpha", &version).unwrap().to_string(),
        "alpha@1.1.0"
    );
}

/// Keys and values that all, most, some, few or none have, in a catalog with more versions than fit into a word.
#[test]
fn selectors_find_the_same_whether_many_have_a_label_or_few() {
    let mut source = MemorySource::new();
    for at in 0..200 {
        let mut labels = format!("  all: same\n  own: v{at}\n  half: \"{}\"\n", at % 2);
        if at % 70 == 3 {
            labels.push_str("  rare: here\n");
        }
        if at % 3 > 0 {
            labels.push_str(&format!("  number: \"{at}\"\n"));
        }
        source.insert(
            format!("p{at:03}/1.0.0/metadata.yaml"),
            format!("name: p{at:03}\nversion: 1.0.0\nlabel:\n{labels}"),
        );
    }
    let options = LoadOptions::default();
    let loaded = load(&source, &options).unwrap();
    let index = Index::of(loaded.catalog(), &options);
    let terms = [
        "all",
        "!all",
        "all=same",
        "all!=same",
        "own",
        "!own",
        "own=v7",
        "own in (v3,v73,v199,v200)",
        "own notin (v3,v4)",
        "half=0",
        "half!=1",
        "rare",
        "!rare",
        "rare=here",
        "rare!=here",
        "number",
        "!number",
        "number>100",
        "number<5",
        "gone",
        "!gone",
        "gone=x",
        "gone!=x",
        "a",
        "!a",
        "z",
    ];
    let mut found = 0;
    for first in terms {
        for second in terms {
            let asked = Asked {
                selectors: vec![first, second],
                provides: None,
                text: None,
                every: true,
            };
            let naive = asked.naive(loaded.catalog());
            found += naive.len();
            assert_eq!(
                shown(index.select(&asked.query()).unwrap()),
                naive,
                "{first},{second}"
            );
        }
    }
    assert!(found > 10_000, "{found}");
}
