//! Mending: what comes out of a file, byte for byte, and what is left alone.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test may fail loudly"
)]

#[path = "corpus/mod.rs"]
mod corpus;

use std::collections::BTreeMap;
use std::path::Path;

use catalog_model::document::{Limits, Node, parse};
use catalog_model::fix::apply;
use catalog_model::{Diagnostic, LoadOptions, MemorySource, SourceFile, load, mend};

/// Mends a file of `p/1.0/` and compares what comes out; then mends that again.
fn check(file: &str, text: &str, expected: &str) {
    let mut source = MemorySource::from_iter([(format!("p/1.0/{file}"), text)]);
    if file != "metadata.yaml" {
        source.insert("p/1.0/metadata.yaml", "name: p\nversion: \"1.0\"\n");
    }
    let options = LoadOptions::default();
    let mended = mend(&source, &options).unwrap();
    let after = mended.files().first().map_or(text, |file| file.after());
    assert_eq!(after, expected, "{:?}", mended.loaded().diagnostics());
    assert!(mended.files().len() <= 1);
    for mended in mended.files() {
        assert_eq!(mended.before(), text);
        assert!(!mended.mended().is_empty());
        source.insert(mended.path(), mended.after());
    }
    assert!(
        mend(&source, &options).unwrap().files().is_empty(),
        "mending twice changes nothing"
    );
}

/// A metadata file of `p/1.0/`.
fn metadata(text: &str, expected: &str) {
    check("metadata.yaml", text, expected);
}

#[test]
fn unknown_keys_get_the_near_name() {
    metadata(
        "name: p\nversion: '1.0'\n# why\nlicence:   MIT  # as upstream\n",
        "name: p\nversion: '1.0'\n# why\nlicense:   MIT  # as upstream\n",
    );
    metadata(
        "{name: p, version: '1.0', 'licence': MIT, \"descripton\" : x}",
        "{name: p, version: '1.0', 'license': MIT, \"description\" : x}",
    );
    metadata(
        "name: p\nversion: '1.0'\ndependencies:\n- name: ä\u{1f600}q\n",
        "name: p\nversion: '1.0'\ndependencies:\n- name: ä\u{1f600}q\n",
    );
    metadata(
        "description: \"ä\u{1f600}\"\nname: p\nversion: '1.0'\nmaintaner: [\"\u{1f600}\"]",
        "description: \"ä\u{1f600}\"\nname: p\nversion: '1.0'\nmaintainer: [\"\u{1f600}\"]",
    );
    check(
        "modules.yaml",
        "modules:\n- chart:\n    remote: { rep: 'https://e.com', name: x, version: 1.2.3 }\n",
        "modules:\n- chart:\n    remote: { repo: 'https://e.com', name: x, version: 1.2.3 }\n",
    );
    check(
        "hooks/h.yaml",
        "pre_install:\n- {job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: c, image: i}]}}}}, onFailure: rolback}\n",
        "pre-install:\n- {job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: c, image: i}]}}}}, onFailure: rollback}\n",
    );
}

#[test]
fn names_that_are_taken_or_not_clearly_meant_stay() {
    for rest in [
        "license: MIT\nlicence: MIT\n",
        "label: {a: b}\nlables: {a: c}\n",
        "colour: red\n",
        "? licence\n  more\n: x\n",
    ] {
        let text = format!("name: p\nversion: '1.0'\n{rest}");
        metadata(&text, &text);
    }
}

#[test]
fn of_two_misspellings_of_a_key_neither_is_taken_for_it() {
    for (rest, fixes) in [
        ("descripton: a\ndesciption: b\n", 0),
        // `label` and `labels` are one.
        ("lable: {a: b}\nlabelz: {a: c}\n", 0),
        ("descripton: a\nlicence: b\n", 2),
    ] {
        let text = format!("name: p\nversion: '1.0'\n{rest}");
        let source = MemorySource::from_iter([("p/1.0/metadata.yaml", text.as_str())]);
        let loaded = load(&source, &LoadOptions::default()).unwrap();
        let unknown: Vec<&Diagnostic> = loaded
            .diagnostics()
            .iter()
            .filter(|diagnostic| diagnostic.code() == "metadata.unknown-key")
            .collect();
        assert_eq!(
            unknown.len(),
            rest.matches("\n").count(),
            "{rest:?}: {unknown:?}"
        );
        let clear = unknown.iter().filter(|one| one.clear_fix().is_some());
        assert_eq!(clear.count(), fixes, "{rest:?}");
        if fixes == 0 {
            metadata(&text, &text);
        }
    }
}

#[test]
fn a_fix_that_would_break_a_release_is_not_made() {
    // As `icon` it must be a text: the release could be used before, and could not after.
    metadata(
        "name: p\nversion: 1.0\nicno: [a]\n",
        "name: p\nversion: \"1.0\"\nicno: [a]\n",
    );
    // What cannot be used anyway says more once it is read further.
    metadata(
        "name: q\nversion: 1.0\nicno: [a]\n",
        "name: q\nversion: \"1.0\"\nicon: [a]\n",
    );
}

#[test]
fn what_one_fix_brings_to_light_is_mended_where_fixes_are_tried_one_by_one() {
    // Renaming the key and adding the missing one would give two of it: only the one that stands is renamed, and then quoted.
    metadata(
        "name: q\n# one\nversioyesn: 1.10\n",
        "name: q\n# one\nversion: \"1.10\"\n",
    );
}

#[test]
fn what_others_would_retype_is_quoted() {
    metadata(
        "name: p\nversion: 1.0 # one\nlabel: {tier: 1.10, on: yes, z: a}\nreplaces: 0.9\nskips: [0.8, 0.8.1]\ndependencies:\n- {name: q, version: 1.10}\ngroup: no\n",
        "name: p\nversion: \"1.0\" # one\nlabel: {tier: \"1.10\", \"on\": \"yes\", z: a}\nreplaces: \"0.9\"\nskips: [\"0.8\", 0.8.1]\ndependencies:\n- {name: q, version: \"1.10\"}\ngroup: \"no\"\n",
    );
    check(
        "conditions/c.yaml",
        "conditions:\n- target: {kubeVersion: {}}\n  op: ge\n  value: 1.30\n",
        "conditions:\n- target: {kubeVersion: {}}\n  op: ge\n  value: \"1.30\"\n",
    );
}

#[test]
fn booleans_and_numbers_in_other_words_are_written_as_such() {
    metadata(
        "name: p\nversion: '1.0'\ndependencies:\n- {name: q, optional: yes}\n- {name: r, optional: 'false'}\n",
        "name: p\nversion: '1.0'\ndependencies:\n- {name: q, optional: true}\n- {name: r, optional: false}\n",
    );
}

#[test]
fn values_that_two_readers_read_differently_are_for_people_to_choose() {
    let text = "modules:\n- name: m\n  manifests: {path: .}\n  values: {a: on, b: 0644}\n";
    check("modules.yaml", text, text);
    let source = MemorySource::from_iter([
        ("p/1.0/metadata.yaml", "name: p\nversion: '1.0'\n"),
        ("p/1.0/modules.yaml", text),
    ]);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let choices: Vec<String> = loaded
        .diagnostics()
        .iter()
        .flat_map(Diagnostic::fixes)
        .map(|fix| {
            apply(text, [fix]).unwrap().text[text.find("values").unwrap()..]
                .trim()
                .to_owned()
        })
        .collect();
    assert_eq!(
        choices,
        [
            "values: {a: \"on\", b: 0644}",
            "values: {a: true, b: 0644}",
            "values: {a: on, b: \"0644\"}",
            "values: {a: on, b: 420}"
        ]
    );
}

#[test]
fn name_and_version_are_known_from_the_folders() {
    for (text, expected) in [
        ("", "name: p\nversion: \"1.0\"\n"),
        (
            "# nothing yet",
            "# nothing yet\nname: p\nversion: \"1.0\"\n",
        ),
        (
            "\u{feff}# nothing yet\r\n",
            "\u{feff}# nothing yet\r\nname: p\r\nversion: \"1.0\"\r\n",
        ),
        ("---\n", "---\nname: p\nversion: \"1.0\"\n"),
        ("version: '1.0'\n", "name: p\nversion: '1.0'\n"),
        (
            "# head\n\n  version: '1.0'",
            "# head\n\n  name: p\n  version: '1.0'",
        ),
        (
            "\u{feff}version: '1.0'\r\n",
            "\u{feff}name: p\r\nversion: '1.0'\r\n",
        ),
        ("---\nversion: '1.0'\n", "---\nname: p\nversion: '1.0'\n"),
        (
            "name: p # ours\nurl: https://e.com\n",
            "name: p # ours\nversion: \"1.0\"\nurl: https://e.com\n",
        ),
        (
            "url: https://e.com\nname: p",
            "url: https://e.com\nname: p\nversion: \"1.0\"",
        ),
        (
            "name: p\r\nurl: https://e.com\r\n",
            "name: p\r\nversion: \"1.0\"\r\nurl: https://e.com\r\n",
        ),
        (
            "name: \"p\n  \"\nversion: '1.0'\n",
            "name: \"p\n  \"\nversion: '1.0'\n",
        ),
        ("{version: '1.0'}", "{name: p, version: '1.0'}"),
        (
            "{\"version\": \"1.0\"}\n",
            "{\"name\": \"p\", \"version\": \"1.0\"}\n",
        ),
        ("{}\n", "{version: \"1.0\", name: p}\n"),
        ("{ }\n", "{ version: \"1.0\", name: p }\n"),
        ("{ version: '1.0' }", "{ name: p, version: '1.0' }"),
        (
            "{  # ours\n  version: '1.0' }",
            "{  # ours\n  name: p,\n  version: '1.0' }",
        ),
        (
            "{\n  \"version\": \"1.0\"\n}\n",
            "{\n  \"name\": \"p\",\n  \"version\": \"1.0\"\n}\n",
        ),
        (
            "{\r\n\r\n    version: '1.0'}\r\n",
            "{\r\n\r\n    name: p,\r\n    version: '1.0'}\r\n",
        ),
        (
            "{ # ours\n}\n",
            "{ # ours\n  version: \"1.0\",\n  name: p\n}\n",
        ),
        ("# x\rversion: '1.0'\r", "# x\rname: p\rversion: '1.0'\r"),
        (
            "name: p # x\rurl: https://e.com",
            "name: p # x\rversion: \"1.0\"\rurl: https://e.com",
        ),
        (
            "url: https://e.com\rname: p",
            "url: https://e.com\rname: p\rversion: \"1.0\"",
        ),
        (
            "name: # none\rversion: '1.0'\r",
            "name: p # none\rversion: '1.0'\r",
        ),
        (
            "{\r  version: '1.0'\r}\r",
            "{\r  name: p,\r  version: '1.0'\r}\r",
        ),
        ("# x\r", "# x\rname: p\rversion: \"1.0\"\r"),
        ("name:\nversion: '1.0'\n", "name: p\nversion: '1.0'\n"),
        (
            "name: # none\nversion: '1.0'\n",
            "name: p # none\nversion: '1.0'\n",
        ),
        (
            "name: ~ # none\nversion: null\n",
            "name: p # none\nversion: \"1.0\"\n",
        ),
        ("{name: , version:}", "{name: p, version: \"1.0\"}"),
        ("name: &a\nversion: '1.0'\n", "name: &a\nversion: '1.0'\n"),
        ("nmae: p\nversion: '1.0'\n", "name: p\nversion: '1.0'\n"),
    ] {
        metadata(text, expected);
    }
}

#[test]
fn fixes_keep_to_their_place_in_every_layout() {
    for (text, expected) in [
        // Tabs, comments and multi-byte texts around values.
        (
            "name:\tp\t# ä\u{1f600}\nversion:\t1.0\t# ö\n",
            "name:\tp\t# ä\u{1f600}\nversion:\t\"1.0\"\t# ö\n",
        ),
        (
            "name: p\nversion: '1.0'\nlabel: { ä: x, b: 1.10 } # 1.10\n",
            "name: p\nversion: '1.0'\nlabel: { ä: x, b: \"1.10\" } # 1.10\n",
        ),
        (
            "name: p\nversion: '1.0'\nlabel: { a: x,\n  # 1.10\n  b: 1.10, # 1.10\n  c: 'é' }\n",
            "name: p\nversion: '1.0'\nlabel: { a: x,\n  # 1.10\n  b: \"1.10\", # 1.10\n  c: 'é' }\n",
        ),
        // Keys in quotes, and explicit ones.
        (
            "'name': p\n\"version\": 1.0\n? licence\n: MIT\n",
            "'name': p\n\"version\": \"1.0\"\n? license\n: MIT\n",
        ),
        (
            "{\"name\":\"p\",\"version\":1.0}",
            "{\"name\":\"p\",\"version\":\"1.0\"}",
        ),
        // Properties before values.
        (
            "name: p\nversion: &v 1.0\n&k licence: MIT\n",
            "name: p\nversion: &v \"1.0\"\n&k license: MIT\n",
        ),
        // A value on a line of its own.
        (
            "name: p\nversion:\n  1.0\n",
            "name: p\nversion:\n  \"1.0\"\n",
        ),
        (
            "name:\n  p # a\nurl: https://e.com\n",
            "version: \"1.0\"\nname:\n  p # a\nurl: https://e.com\n",
        ),
        // Documents and directives.
        (
            "%YAML 1.2\n---\nname: p\nversion: 1.0\n...\n",
            "%YAML 1.2\n---\nname: p\nversion: \"1.0\"\n...\n",
        ),
        (
            "--- # one\nname: p\nversion: 1.0\n--- # none\n",
            "--- # one\nname: p\nversion: \"1.0\"\n--- # none\n",
        ),
        (
            "# a\n---\n# b\n...\n",
            "# a\n---\n# b\n...\nname: p\nversion: \"1.0\"\n",
        ),
        ("--- {version: '1.0'}\n", "--- {name: p, version: '1.0'}\n"),
        // Quoted texts that go on at their parent's column, before what is mended.
        (
            "description: 'a\nb'\nname: p\nversion: 1.0\nicon: \"a\nb\"\nlicence: MIT\n",
            "description: 'a\nb'\nname: p\nversion: \"1.0\"\nicon: \"a\nb\"\nlicense: MIT\n",
        ),
        (
            "version: \"1.\\\n0\"\nurl: 'https://e.com'\n",
            "name: p\nversion: \"1.\\\n0\"\nurl: 'https://e.com'\n",
        ),
    ] {
        metadata(text, expected);
    }
}

#[test]
fn nothing_is_added_that_the_folders_do_not_know() {
    let source = MemorySource::from_iter([("p/latest/metadata.yaml", "name: p\n")]);
    let mended = mend(&source, &LoadOptions::default()).unwrap();
    assert!(mended.files().is_empty(), "`latest` is no version");
}

#[test]
fn misspelled_words_of_conditions_are_written_right() {
    let file = |severity: &str, unknown: &str, each: &str, op: &str, reading: &str| {
        format!(
            "conditions:\n- name: a\n  severity: {severity}\n  onUnknown: {unknown}\n  target: {{apiVersion: v1, kind: ConfigMap, name: x, fieldPath: data.n}}\n  each: {each}\n  op: {op} # ours\n  as: {reading}\n  value: '1'\n"
        )
    };
    check(
        "conditions/a.yaml",
        &file("eror", "'fial'", "alll", "eqq", "numbr"),
        &file("error", "'fail'", "all", "eq", "number"),
    );
    let ranged =
        "conditions:\n- {name: a, target: {kubeVersion: {}}, op: rnage, value: '>=1.30'}\n";
    check(
        "conditions/a.yaml",
        ranged,
        &ranged.replace("rnage", "range"),
    );
    // What another language calls it is no slip.
    let other = ranged.replace("rnage", "semver");
    check("conditions/a.yaml", &other, &other);
}

#[test]
fn what_an_alias_repeats_stays() {
    // The label is a text, but the value is a number.
    let repeated = "name: p\nversion: '1.0'\nlabel: {port: &p 8080}\ndependencies:\n- {name: q, values: {port: *p}}\n";
    metadata(repeated, repeated);
    let merged = "name: p\nversion: '1.0'\nlabel: &l {port: 8080}\ndependencies:\n- {name: q, values: {<<: *l}}\n";
    metadata(merged, merged);
    metadata(
        "name: p\nversion: &v 1.0\ntags: &t [a]\nmaintainer: *t\nlabel: {b: 1}\n",
        "name: p\nversion: &v \"1.0\"\ntags: &t [a]\nmaintainer: *t\nlabel: {b: \"1\"}\n",
    );
}

#[test]
fn only_the_folders_with_fixes_change_and_paths_are_below_the_root() {
    let source = MemorySource::from_iter([
        ("catalog/a/1.0.0/metadata.yaml", "version: 1.0.0\n"),
        ("catalog/b/1.0.0/metadata.yaml", "name: b\nversion: 1.0.0\n"),
        (
            "catalog/b/2.0.0/metadata.yaml",
            "name: b\nversion: 2.0.0\nlisense: MIT\n",
        ),
    ]);
    let mended = mend(&source, &LoadOptions::default()).unwrap();
    let paths: Vec<&str> = mended.files().iter().map(|file| file.path()).collect();
    assert_eq!(
        paths,
        [
            "catalog/a/1.0.0/metadata.yaml",
            "catalog/b/2.0.0/metadata.yaml"
        ]
    );
    assert!(mended.loaded().diagnostics().is_empty());
    assert_eq!(mended.files()[1].mended()[0].code(), "metadata.unknown-key");
}

#[test]
fn many_fixes_cost_little() {
    let keys: String = (0..20_000).map(|at| format!("  a{at}: {at}\n")).collect();
    let text = format!("name: p\nversion: 1.0\nlabel:\n{keys}");
    let source = MemorySource::from_iter([("p/1.0/metadata.yaml", text)]);
    let start = std::time::Instant::now();
    let mended = mend(&source, &LoadOptions::default()).unwrap();
    assert_eq!(mended.files()[0].mended().len(), 20_001);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

/// Every scalar and key of a file in order, as it was written but for quotes.
fn words(text: &str) -> Vec<String> {
    fn visit(node: &Node, words: &mut Vec<String>) {
        if let Some(scalar) = node.as_scalar() {
            words.push(scalar.text().to_owned());
        }
        for item in node.as_sequence().unwrap_or_default() {
            visit(item, words);
        }
        for entry in node
            .as_mapping()
            .map(|map| map.entries())
            .unwrap_or_default()
        {
            visit(entry.key(), words);
            visit(entry.value(), words);
        }
    }
    let mut words_of = Vec::new();
    for document in &parse(&SourceFile::new("f", text), &Limits::default()).documents {
        visit(document, &mut words_of);
    }
    words_of
}

fn codes(diagnostics: &[Diagnostic]) -> BTreeMap<String, usize> {
    let mut codes = BTreeMap::new();
    for diagnostic in diagnostics {
        *codes.entry(diagnostic.code().to_owned()).or_default() += 1;
    }
    codes
}

/// What must hold of each safe fix of a catalog by itself: its diagnostic is gone, the YAML is as sound as it was, nothing outside the
/// edits changed, and at most as many words as there are edits.
fn check_each_fix(source: &MemorySource, what: &str) -> usize {
    let options = LoadOptions::default();
    let loaded = load(source, &options).unwrap();
    let mut count = 0;
    for diagnostic in loaded.diagnostics() {
        let Some(fix) = diagnostic.clear_fix() else {
            continue;
        };
        count += 1;
        let file = diagnostic.location().unwrap().file();
        let applied = apply(file.text(), [fix]).unwrap();
        let mut fixed = source.clone();
        fixed.insert(file.path(), applied.text.as_str());
        let after = load(&fixed, &options).unwrap();
        let (codes, before) = (codes(after.diagnostics()), codes(loaded.diagnostics()));
        let same = |other: &&Diagnostic| {
            other.message() == diagnostic.message() && other.code() == diagnostic.code()
        };
        assert!(
            after.diagnostics().iter().filter(same).count()
                < loaded.diagnostics().iter().filter(same).count(),
            "{what}: {diagnostic} is still there after \"{}\":\n{}",
            fix.title(),
            applied.text
        );
        let is_yaml = |code: &String| code.starts_with("yaml.");
        for (code, count) in codes.iter().filter(|(code, _)| is_yaml(code)) {
            assert!(
                before.get(code).is_some_and(|before| count <= before),
                "{what}: {fix:?} brought {code}"
            );
        }
        let (old, new) = (words(file.text()), words(&applied.text));
        let kept = old.iter().filter(|word| new.contains(word)).count();
        assert!(old.len() - kept <= fix.edits().len(), "{what}: {fix:?}");
        let edited: isize = fix
            .edits()
            .iter()
            .map(|edit| {
                edit.replacement.len() as isize - (edit.span.end - edit.span.start) as isize
            })
            .sum();
        assert_eq!(
            applied.text.len() as isize,
            file.text().len() as isize + edited
        );
    }
    if count == 0 {
        return 0;
    }
    let mended = mend(source, &options).unwrap();
    let mut twice = source.clone();
    for file in mended.files() {
        twice.insert(file.path(), file.after());
    }
    assert!(
        mend(&twice, &options).unwrap().files().is_empty(),
        "{what}: mending twice changes nothing"
    );
    let usable = |source: &MemorySource| {
        let loaded = load(source, &options).unwrap();
        loaded
            .catalog()
            .packages()
            .map(|package| package.releases().len())
            .sum::<usize>()
    };
    assert!(
        usable(&twice) >= usable(source),
        "{what}: mending breaks nothing"
    );
    count
}

#[test]
fn each_fix_of_the_corpus_mends_what_it_says() {
    let mut count = 0;
    for case in corpus::cases() {
        count += check_each_fix(&case.catalog(), &case.name);
        // The same with other line endings and a byte order mark, and with no newline at the end.
        let windows = format!("\u{feff}{}", case.text.replace('\n', "\r\n"));
        count += check_each_fix(&case.catalog_with(&windows), &case.name);
        count += check_each_fix(&case.catalog_with(case.text.trim_end()), &case.name);
    }
    println!("{count} fixes");
    assert!(count > 30, "{count}");
}

#[test]
fn each_fix_of_the_example_catalogs_mends_what_it_says() {
    for name in ["broken", "observability"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../examples/catalogs")
            .join(name);
        let mut source = MemorySource::new();
        read(&root, "", &mut source);
        check_each_fix(&source, name);
    }
}

fn read(folder: &Path, below: &str, source: &mut MemorySource) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = format!("{below}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            read(&entry.path(), &path, source);
        } else {
            source.insert(path, std::fs::read(entry.path()).unwrap());
        }
    }
}
