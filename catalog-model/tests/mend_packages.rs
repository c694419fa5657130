//! Mending whole packages: what could be used can be used, what is ignored stays so where that is asked, and nothing is left for a
//! second time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use catalog_model::fix::Applicability;
use catalog_model::source::{Entry, Source, SourceError};
use catalog_model::{LoadOptions, MemorySource, Mended, Release, load, mend, mend_within};
use proptest::prelude::*;

fn catalog(files: &[(&str, &str)]) -> MemorySource {
    files.iter().copied().collect()
}

/// The usable releases by their folders.
fn usable(source: &MemorySource) -> BTreeMap<String, Release> {
    let loaded = load(source, &LoadOptions::default()).unwrap();
    let releases = loaded
        .catalog()
        .packages()
        .flat_map(|package| package.releases());
    releases
        .map(|release| (release.folder().to_owned(), release.clone()))
        .collect()
}

fn with(source: &MemorySource, mended: &Mended) -> MemorySource {
    let mut new = source.clone();
    for file in mended.files() {
        new.insert(file.path(), file.after());
    }
    new
}

/// Mends a catalog, whose files must then be the expected ones, those that stay left out; nothing becomes unusable, and mending again
/// changes nothing.
fn check(files: &[(&str, &str)], expected: &[(&str, &str)]) {
    let source = catalog(files);
    let mended = mend(&source, &LoadOptions::default()).unwrap();
    let after: Vec<(&str, &str)> = mended
        .files()
        .iter()
        .map(|file| (file.path(), file.after()))
        .collect();
    assert_eq!(after, expected);
    let after = with(&source, &mended);
    let usable_after = usable(&after);
    for folder in usable(&source).keys() {
        assert!(usable_after.contains_key(folder), "{folder} was usable");
    }
    let again = mend(&after, &LoadOptions::default()).unwrap();
    assert_eq!(again.files(), [], "mending twice changes nothing");
}

#[test]
fn a_version_is_not_mended_at_the_cost_of_another() {
    // With the scope `namespace` the newest release could be used, and the others not any more.
    check(
        &[
            ("a/1.0.0/metadata.yaml", "name: a\nversion: 1.0.0\n"),
            (
                "a/2.0/metadata.yaml",
                "name: a\nversion: 2.0\nscope: namespac\n",
            ),
        ],
        &[(
            "a/2.0/metadata.yaml",
            "name: a\nversion: \"2.0\"\nscope: namespac\n",
        )],
    );
    // An ignored scope that would count.
    check(
        &[
            ("a/1.0.0/metadata.yaml", "name: a\nversion: 1.0.0\n"),
            (
                "a/2.0.0/metadata.yaml",
                "name: a\nversion: 2.0.0\nscop: namespace\nlicence: MIT\n",
            ),
        ],
        &[(
            "a/2.0.0/metadata.yaml",
            "name: a\nversion: 2.0.0\nscop: namespace\nlicense: MIT\n",
        )],
    );
    // Together they agree.
    check(
        &[
            (
                "a/1.0.0/metadata.yaml",
                "name: a\nversion: 1.0.0\nscop: namespace\n",
            ),
            (
                "a/2.0.0/metadata.yaml",
                "name: a\nversion: 2.0.0\nscope: namespac\n",
            ),
        ],
        &[
            (
                "a/1.0.0/metadata.yaml",
                "name: a\nversion: 1.0.0\nscope: namespace\n",
            ),
            (
                "a/2.0.0/metadata.yaml",
                "name: a\nversion: 2.0.0\nscope: namespace\n",
            ),
        ],
    );
}

/// In a version that has no error, `requires: 5` would be one; in one that has, it tells its author more.
#[test]
fn what_a_mistake_hid_is_shown_where_it_costs_no_release() {
    let text = |url, key| format!("name: a\nversion: 1.0.0\nurl: {url}\n{key}: 5\n");
    for (url, key, releases) in [
        ("https://a.example", "requries", 2),
        ("'no address'", "requires", 1),
    ] {
        let source = catalog(&[
            ("a/1.0.0/metadata.yaml", &text(url, "requries")),
            ("a/2.0.0/metadata.yaml", "name: a\nversion: 2.0.0\n"),
        ]);
        let mended = mend(&source, &LoadOptions::default()).unwrap();
        let after = with(&source, &mended);
        let bytes = after.read("a/1.0.0/metadata.yaml", 1_000).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), text(url, key));
        assert_eq!(usable(&after).len(), releases, "{url}");
    }
}

/// A file is never mended to one that is larger than files may be; what else there is to mend is mended.
#[test]
fn a_fix_that_would_make_a_file_too_large_is_not_made() {
    let sound = "name: a\nversion: 1.10 # as those wrote it who were here before us\n";
    // An error beside it gives no leave.
    let broken = "name: a\nversion: 1.10\nurl: 'this is no address of anything'\n";
    for (text, room) in [(sound, 2), (sound, 0), (sound, 1), (broken, 2), (broken, 0)] {
        let mut options = LoadOptions::default();
        options.limits.file_bytes = text.len() + room;
        let source = catalog(&[
            ("a/1.10/metadata.yaml", text),
            (
                "a/1.10/definitions/d.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\n",
            ),
            ("a/2.0/metadata.yaml", "version: 2.0\n"),
        ]);
        let counting = Counting(source, AtomicUsize::new(0));
        let mended = mend(&counting, &options).unwrap();
        let after: Vec<(&str, &str)> = mended
            .files()
            .iter()
            .map(|file| (file.path(), file.after()))
            .collect();
        let quoted = text.replace("1.10", "\"1.10\"");
        let mut expected = vec![("a/2.0/metadata.yaml", "name: a\nversion: \"2.0\"\n")];
        if quoted.len() <= text.len() + room {
            expected.insert(0, ("a/1.10/metadata.yaml", &quoted));
        }
        assert_eq!(after, expected, "{room} bytes left");
        let read = counting.1.load(Ordering::Relaxed);
        assert!(read <= 20, "{read}");
    }
}

/// Counts how often definitions are read.
struct Counting(MemorySource, AtomicUsize);

impl Source for Counting {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        self.0.list(folder)
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        if file.contains("definitions") {
            self.1.fetch_add(1, Ordering::Relaxed);
        }
        self.0.read(file, limit)
    }
}

#[test]
fn one_fix_among_many_that_cannot_be_made_is_found_in_few_loads() {
    let labels: String = (0..400).map(|at| format!("  k{at}: {at}\n")).collect();
    // As `conflicts` it must be a list.
    let text = format!("name: a\nversion: 1.0.0\nconflict: x\nlabel:\n{labels}");
    let definition = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\n";
    let source = catalog(&[
        ("a/1.0.0/metadata.yaml", &text),
        ("a/1.0.0/definitions/d.yaml", definition),
    ]);
    let counting = Counting(source.clone(), AtomicUsize::new(0));
    let mended = mend(&counting, &LoadOptions::default()).unwrap();
    assert_eq!(mended.files()[0].mended().len(), 400);
    assert!(mended.files()[0].after().contains("conflict: x"));
    let read = counting.1.load(Ordering::Relaxed);
    assert!(read <= 40, "{read}");
    let again = mend(&with(&source, &mended), &LoadOptions::default()).unwrap();
    assert_eq!(again.files(), [], "mending twice changes nothing");
}

#[test]
fn where_too_many_fixes_cannot_be_made_a_rule_is_left_as_a_whole() {
    let dependencies: String = (0..300)
        .map(|at| format!("- {{name: q{at}, optonal: 3}}\n"))
        .collect();
    let text = |version| {
        format!("name: a\nversion: {version}\nlicence: MIT\ndependencies:\n{dependencies}")
    };
    check(
        &[("a/1.0/metadata.yaml", &text("1.0"))],
        &[("a/1.0/metadata.yaml", &text("\"1.0\""))],
    );
}

#[test]
fn what_was_ignored_counts_only_where_that_is_asked_for() {
    let text =
        "name: w\nversion: 1.0\nplanes: control\nname-space: kube-system\ndeprecate: never mind\n";
    let source = catalog(&[("w/1.0/metadata.yaml", text)]);
    let after = |options: &LoadOptions, most| {
        let mended = mend_within(&source, options, most).unwrap();
        mended.files()[0].after().to_owned()
    };
    let options = LoadOptions::default();
    let quoted = "name: w\nversion: \"1.0\"\nplanes: control\nname-space: kube-system\ndeprecate: never mind\n";
    let all = "name: w\nversion: \"1.0\"\nplane: control\nnamespace: kube-system\ndeprecated: never mind\n";
    assert_eq!(after(&options, Applicability::Safe), quoted);
    assert_eq!(after(&options, Applicability::TakesEffect), all);
    assert_eq!(after(&options, Applicability::Choice), all);
    // Where unknown keys are errors nothing was ignored: the release could not be used.
    let mut strict = LoadOptions::default();
    strict.strict = true;
    assert_eq!(after(&strict, Applicability::Safe), all);
}

const VERSIONS: [&str; 4] = ["1.0.0", "2.0", "v2.0.0", "3.0"];

/// For each field of a metadata file what may stand there.
const FIELDS: [&[&str]; 9] = [
    &["name: NAME", "nmae: NAME", "", "name: NAME"],
    &[
        "version: VERSION",
        "version: 'VERSION'",
        "verison: VERSION",
        "",
    ],
    &[
        "",
        "scope: namespac",
        "scop: namespace",
        "scope: cluster",
        "scope: namespace",
    ],
    &["", "planes: control", "plane: contrl"],
    &["", "deprecate: soon", "deprecated: [soon]"],
    &[
        "",
        "licence: MIT",
        "licence: MIT\nlisence: MIT",
        "icno: [a]",
    ],
    &[
        "",
        "label: {a: 1.10, b: on, c: 1}",
        "lables: {a: yes}",
        "labl: x",
    ],
    &[
        "",
        "dependencies: [{name: x, verison: 1.10, optional: yes}]",
        "dependencies:\n- {name: x, optonal: 3}",
    ],
    &["", "name-space: kube-system", "conflict: x"],
];

const MODULES: [&str; 4] = [
    "",
    "modules:\n- name: m\n  manifests: {path: .}\n  values: {a: on}\n",
    "modules:\n- nmae: m\n  manifests: {path: .}\n",
    "module: []\n",
];

const CONDITIONS: [&str; 4] = [
    "",
    "conditions:\n- {target: {kubeVersion: {}}, op: ge, value: 1.30}\n",
    "conditions:\n- {target: {kubeVersion: {}}, op: gee, value: 1.30}\n",
    "conditions:\n- {target: {kubeVersion: {}}, op: ge, valeu: 1.30}\n",
];

/// A version folder, as choices among what may stand in it.
fn insert(source: &mut MemorySource, package: &str, version: &str, choices: &[usize]) {
    let mut choices = choices.iter();
    let mut choose = |texts: &[&'static str]| texts[choices.next().unwrap() % texts.len()];
    let lines: Vec<&str> = FIELDS.iter().map(|texts| choose(texts)).collect();
    let metadata = lines.join("\n").replace("NAME", package);
    let folder = format!("{package}/{version}");
    for (file, text) in [
        (
            "metadata.yaml",
            metadata.replace("VERSION", version).as_str(),
        ),
        ("modules.yaml", choose(&MODULES)),
        ("conditions/c.yaml", choose(&CONDITIONS)),
    ] {
        if !text.is_empty() {
            source.insert(format!("{folder}/{file}"), text);
        }
    }
}

const CHOICES: usize = FIELDS.len() + 2;

/// Two packages of up to three versions: mostly sound, so that some can be used.
fn catalogs() -> impl Strategy<Value = MemorySource> {
    let choice = prop_oneof![3 => Just(0_usize), 2 => 0_usize..60];
    let version = (0..VERSIONS.len(), prop::collection::vec(choice, CHOICES));
    let package = prop::collection::vec(version, 1..4);
    (package.clone(), package).prop_map(|(p, q)| {
        let mut source = MemorySource::new();
        for (package, versions) in [("p", p), ("q", q)] {
            for (version, choices) in versions {
                insert(&mut source, package, VERSIONS[version], &choices);
            }
        }
        source
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_could_be_used_can_be_used_and_twice_is_once(source in catalogs()) {
        let options = LoadOptions::default();
        let before = usable(&source);
        for most in [Applicability::Safe, Applicability::TakesEffect] {
            let mended = mend_within(&source, &options, most).unwrap();
            let new = with(&source, &mended);
            let after = usable(&new);
            for (folder, release) in &before {
                prop_assert!(after.contains_key(folder), "{folder} was usable");
                if most == Applicability::Safe {
                    prop_assert_eq!(&after[folder], release, "it says the same");
                }
            }
            prop_assert_eq!(mended.loaded().catalog().packages().map(|package| package.releases().len()).sum::<usize>(), after.len());
            let again = mend_within(&new, &options, most).unwrap();
            prop_assert_eq!(again.files(), &[], "mending twice changes nothing");
        }
    }
}
