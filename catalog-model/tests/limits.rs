//! Each limit of loading: what fits passes, one more is a diagnostic at its place, and neither costs much.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

#[path = "../../catalog-conditions/tests/cost/mod.rs"]
mod cost;

use std::time::Duration;

use catalog_model::{LoadOptions, Loaded, MemorySource, load};

use self::cost::computed;

const HEAD: &str = "name: p\nversion: 1.0.0\n";
const OBJECT: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

/// Far above what any case costs in a debug build, and far below what a quadratic one would.
const BOUND: Duration = Duration::from_secs(15);

fn options(set: impl FnOnce(&mut LoadOptions)) -> LoadOptions {
    let mut options = LoadOptions::default();
    set(&mut options);
    options
}

fn loaded(file: &str, text: String, options: &LoadOptions) -> Loaded {
    let mut source =
        MemorySource::from_iter([("q/1.0.0/metadata.yaml", "name: q\nversion: 1.0.0\n")]);
    if file != "metadata.yaml" {
        source.insert("p/1.0.0/metadata.yaml", HEAD);
    }
    source.insert(format!("p/1.0.0/{file}"), text);
    let start = computed();
    let loaded = load(&source, options).unwrap();
    let took = computed() - start;
    assert!(took < BOUND, "{file}: {took:?}");
    let other = loaded.catalog().package("q").unwrap();
    assert_eq!(
        other.releases().len(),
        1,
        "the other package is still there"
    );
    loaded
}

/// The first diagnostic of a text as `line:column code`.
fn first(file: &str, text: impl Into<String>, options: &LoadOptions) -> Option<String> {
    let loaded = loaded(file, text.into(), options);
    let diagnostic = loaded.diagnostics().first()?;
    let start = diagnostic.location().unwrap().start();
    Some(format!("{start} {}", diagnostic.code()))
}

/// `fits` is read without any diagnostic; `exceeds` is refused with this one, and its release is not usable.
fn check(file: &str, fits: String, exceeds: String, options: &LoadOptions, expected: &str) {
    let fine = loaded(file, fits, options);
    let told: Vec<String> = fine
        .diagnostics()
        .iter()
        .map(ToString::to_string)
        .filter(|line| !line.contains("note["))
        .collect();
    assert_eq!(told, [""; 0], "within the limit");
    assert_eq!(fine.catalog().package("p").unwrap().releases().len(), 1);
    let over = loaded(file, exceeds, options);
    let diagnostic = &over.diagnostics()[0];
    let location = diagnostic.location().unwrap();
    assert_eq!(
        format!(
            "{}:{} {}",
            location.file().path(),
            location.start(),
            diagnostic.code()
        ),
        format!("p/1.0.0/{file}:{expected}")
    );
    assert!(over.catalog().package("p").unwrap().releases().is_empty());
}

/// A text of so many bytes: `head`, and a comment up to the end.
fn padded(head: &str, bytes: usize) -> String {
    let line = format!("#{}\n", "x".repeat(998));
    let mut text = head.to_owned();
    while text.len() + line.len() < bytes {
        text.push_str(&line);
    }
    let rest = bytes - text.len();
    text + "#" + &"x".repeat(rest - 2) + "\n"
}

#[test]
fn file_bytes() {
    let default = LoadOptions::default();
    assert_eq!(default.limits.file_bytes, 8 << 20);
    let documents = |bytes: usize| {
        let part = padded(OBJECT, 2 << 20) + "---\n";
        let mut text: String = (0..3)
            .map(|at| part.replace("name: a", &format!("name: a{at}")))
            .collect();
        text += &padded("", bytes - text.len());
        text
    };
    check(
        "definitions/d.yaml",
        documents(8 << 20),
        documents((8 << 20) + 1),
        &default,
        "1:1 file.too-large",
    );
    let small = options(|options| options.limits.file_bytes = 100);
    check(
        "metadata.yaml",
        padded(HEAD, 100),
        padded(HEAD, 101),
        &small,
        "1:1 file.too-large",
    );
}

#[test]
fn document_bytes() {
    let default = LoadOptions::default();
    assert_eq!(default.limits.document_bytes, 3 << 20);
    let object = |bytes: usize| {
        let head = format!("{OBJECT}data:\n  a: \"");
        let rest = bytes - head.len() - 2;
        format!("{head}{}\"\n", "x".repeat(rest))
    };
    check(
        "definitions/d.yaml",
        object(3 << 20),
        object((3 << 20) + 1),
        &default,
        "6:1 yaml.limit.document-bytes",
    );
    let small = options(|options| options.limits.document_bytes = 100);
    check(
        "definitions/d.yaml",
        object(100),
        object(101),
        &small,
        "6:1 yaml.limit.document-bytes",
    );
}

#[test]
fn depth() {
    let default = LoadOptions::default();
    assert_eq!(default.limits.depth, 128);
    // The document is a level of its own, and `data` another.
    let flow = |depth: usize| {
        format!(
            "{OBJECT}data: {}{}\n",
            "[".repeat(depth - 1),
            "]".repeat(depth - 1)
        )
    };
    check(
        "definitions/d.yaml",
        flow(128),
        flow(129),
        &default,
        "4:134 yaml.limit.depth",
    );
    let block = |depth: usize| {
        let lines: String = (0..depth - 1)
            .map(|at| format!("{}a:\n", " ".repeat(at + 1)))
            .collect();
        format!("{OBJECT}data:\n{lines}")
    };
    check(
        "definitions/d.yaml",
        block(128),
        block(129),
        &default,
        "132:129 yaml.limit.depth",
    );
    let small = options(|options| options.limits.depth = 4);
    check(
        "definitions/d.yaml",
        flow(4),
        flow(5),
        &small,
        "4:10 yaml.limit.depth",
    );
}

#[test]
fn nodes() {
    let default = LoadOptions::default();
    assert_eq!(default.limits.nodes, 100_000);
    // The map, four keys, the four values and what `metadata` holds.
    let object = |nodes: usize| format!("{OBJECT}data:\n{}", " - a\n".repeat(nodes - 11));
    check(
        "definitions/d.yaml",
        object(100_000),
        object(100_001),
        &default,
        "99994:4 yaml.limit.nodes",
    );
    let small = options(|options| options.limits.nodes = 20);
    check(
        "definitions/d.yaml",
        object(20),
        object(21),
        &small,
        "14:4 yaml.limit.nodes",
    );
}

#[test]
fn alias_expansion() {
    let default = LoadOptions::default();
    assert_eq!(default.limits.alias_expansion, 10);
    // Each alias copies the anchored text, and the anchor itself is a copy.
    let object = |aliases: usize| {
        let text = "x".repeat(1_000);
        format!("{OBJECT}data:\n- &a {text}\n{}", "- *a\n".repeat(aliases))
    };
    let most = (0..100)
        .take_while(|&aliases| (aliases + 1) * 1_001 <= 10 * object(aliases).len())
        .last()
        .unwrap();
    let last = format!("{}:3 yaml.limit.alias-expansion", 5 + most + 1);
    check(
        "definitions/d.yaml",
        object(most),
        object(most + 1),
        &default,
        &last,
    );
    let none = options(|options| options.limits.alias_expansion = 0);
    assert_eq!(
        first(
            "metadata.yaml",
            format!("{HEAD}tags: &a [x]\nmaintainer: *a\n"),
            &none
        )
        .unwrap(),
        "3:10 yaml.limit.alias-expansion"
    );
}

#[test]
fn path_expansion() {
    let default = LoadOptions::default();
    assert_eq!(default.limits.path_expansion, 100);
    // Below a key of 1,000 bytes each of these stands twice in the count, as a key and as a value.
    let key = "k".repeat(1_000);
    let object = |values: usize| {
        let values: String = (0..values).map(|at| format!("  k{at:04}: v\n")).collect();
        format!("{OBJECT}{key}:\n{values}")
    };
    let small = options(|options| options.limits.path_expansion = 10);
    // Above the map there are `/` and 1,000 bytes, and above each value its own key too; the map itself counts.
    let of = |values: usize| 1_001 + values * (1_001 + 1_001 + 6);
    let most = (0..200)
        .take_while(|&values| of(values) <= 10 * (16 << 10))
        .last()
        .unwrap();
    // It is the map that is too much, once it is whole.
    check(
        "definitions/d.yaml",
        object(most - 1),
        object(most + 1),
        &small,
        "5:3 yaml.limit.path-expansion",
    );
    // Several documents count together.
    let several = |count: usize| {
        let one = object(most / 4);
        vec![one; count].join("---\n")
    };
    let allowed = |text: &str| 10 * text.len().max(16 << 10);
    let (few, many) = (several(2), several(8));
    assert!(8 * of(most / 4) > allowed(&many));
    let is_refused = |text: String| {
        let loaded = loaded("definitions/d.yaml", text, &small);
        let mut diagnostics = loaded.diagnostics().iter();
        diagnostics.any(|one| one.code() == "yaml.limit.path-expansion")
    };
    assert!(!is_refused(few));
    assert!(is_refused(many));
    // Aliases are counted where they are used.
    let aliases = |count: usize| {
        let held: String = (0..count).map(|at| format!("  k{at}: *a\n")).collect();
        format!("{OBJECT}one: &a {{a: b, c: d, e: f}}\n{key}:\n{held}")
    };
    let all = first("definitions/d.yaml", aliases(40), &small).unwrap();
    assert!(all.contains("yaml.limit.path-expansion"), "{all}");
    let few = first("definitions/d.yaml", aliases(4), &small).unwrap();
    assert!(few.contains("definition.kind"), "{few}");
}

#[test]
fn files_per_version() {
    let count = |files: usize, options: &LoadOptions| {
        let mut source = MemorySource::from_iter([
            ("p/1.0.0/metadata.yaml", HEAD),
            ("q/1.0.0/metadata.yaml", "name: q\nversion: 1.0.0\n"),
        ]);
        for at in 0..files {
            source.insert(
                format!("p/1.0.0/definitions/{at:05}.yaml"),
                OBJECT.replace("name: a", &format!("name: a{at}")),
            );
        }
        let start = computed();
        let loaded = load(&source, options).unwrap();
        assert!(computed() - start < BOUND);
        assert_eq!(loaded.catalog().package("q").unwrap().releases().len(), 1);
        let codes: Vec<String> = loaded
            .diagnostics()
            .iter()
            .map(|diagnostic| diagnostic.code().to_owned())
            .filter(|code| code != "definition.kind")
            .collect();
        codes
    };
    let default = LoadOptions::default();
    assert_eq!(default.files_per_version, 10_000);
    assert_eq!(count(9_999, &default), [""; 0]);
    assert_eq!(count(10_001, &default), ["version.limit.files"]);
    let small = options(|options| options.files_per_version = 3);
    assert_eq!(count(2, &small), [""; 0]);
    assert_eq!(count(4, &small), ["version.limit.files"]);
}

#[test]
fn errors_of_yaml() {
    let default = LoadOptions::default();
    assert_eq!(default.limits.errors, 1_000);
    let maps = |count: usize| "- {a: 1, a: 2}\n".repeat(count);
    let codes = |text: String, options: &LoadOptions| -> Vec<String> {
        let loaded = loaded("conditions/c.yaml", text, options);
        let codes = loaded.diagnostics().iter();
        codes
            .map(|diagnostic| diagnostic.code().to_owned())
            .collect()
    };
    let count = |codes: &[String], code: &str| codes.iter().filter(|one| *one == code).count();
    let mut most = options(|options| options.limits.errors = 3);
    for (maps_in_error, stopped) in [(3, 0), (4, 1), (5, 1)] {
        let codes = codes(maps(maps_in_error), &most);
        assert_eq!(count(&codes, "yaml.limit.errors"), stopped, "{codes:?}");
        assert_eq!(count(&codes, "yaml.duplicate-key"), maps_in_error.min(4));
    }
    most.limits.errors = 1_000;
    most.diagnostics_per_file = 10_000;
    let codes = codes(maps(20_000), &most);
    assert_eq!(count(&codes, "yaml.duplicate-key"), 1_001);
    assert_eq!(count(&codes, "yaml.limit.errors"), 1);
}

#[test]
fn diagnostics_per_file() {
    let default = LoadOptions::default();
    assert_eq!(default.diagnostics_per_file, 1_000);
    let told = |keys: usize, error: &str, options: &LoadOptions| {
        let unknown: String = (0..keys).map(|at| format!("zz{at}: 1\n")).collect();
        let loaded = loaded("metadata.yaml", format!("{HEAD}{unknown}{error}"), options);
        let usable = loaded.catalog().package("p").unwrap().releases().len();
        let messages = loaded.diagnostics().iter();
        let last = messages
            .clone()
            .find(|diagnostic| diagnostic.code() == "file.limit.diagnostics");
        let errors = messages
            .filter(|diagnostic| diagnostic.code() == "metadata.url")
            .count();
        let last = last.map(|diagnostic| diagnostic.message().to_owned());
        (usable, loaded.diagnostics().len(), errors, last)
    };
    let more = |count: usize| {
        let message =
            format!("there is more to say of this file than is listed: {count} diagnostics");
        Some(message)
    };
    assert_eq!(told(1_000, "", &default), (1, 1_000, 0, None));
    assert_eq!(told(1_001, "", &default), (1, 1_001, 0, more(1)));
    // The error stands last, and is listed all the same.
    assert_eq!(
        told(5_000, "url: x y\n", &default),
        (0, 1_001, 1, more(4_001))
    );
    let small = options(|options| options.diagnostics_per_file = 2);
    assert_eq!(told(5, "url: x y\n", &small), (0, 3, 1, more(4)));
    let none = options(|options| options.diagnostics_per_file = 0);
    assert_eq!(
        told(1, "url: x y\n", &none).0,
        0,
        "unseen errors count, too"
    );
}

#[test]
fn diagnostics_of_many_documents() {
    let loaded = loaded(
        "definitions/d.yaml",
        "--- a\n".repeat(100_000),
        &LoadOptions::default(),
    );
    assert_eq!(loaded.diagnostics().len(), 1_001);
    assert!(loaded.catalog().package("p").unwrap().releases().is_empty());
}

/// Whatever a text is made of, each kind of file that holds it is refused or read in bounded time.
#[test]
fn hostile_texts_are_read_or_refused_in_bounded_time() {
    let default = LoadOptions::default();
    let laughs = (b'b'..=b'j').fold("a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, letter| {
        let (this, before) = (char::from(letter), char::from(letter - 1));
        format!(
            "{text}{this}: &{this} [{}]\n",
            vec![format!("*{before}"); 9].join(",")
        )
    });
    let merges: String = "base: &a {a: 1, b: 2, c: 3}\n".to_owned()
        + &(0..10_000)
            .map(|at| format!("k{at}: {{<<: *a}}\n"))
            .collect::<String>();
    let many = (0..110_000).fold(String::new(), |mut text, at| {
        text.push_str(&format!("k{at}:\n"));
        text
    });
    let mebibyte = 1 << 20;
    for (name, text, code) in [
        ("billion laughs", laughs, "yaml.limit.alias-expansion"),
        ("merges", merges, ""),
        (
            "a mebibyte of brackets",
            "[".repeat(mebibyte),
            "yaml.limit.depth",
        ),
        (
            "a mebibyte of braces",
            "{".repeat(mebibyte),
            "yaml.limit.depth",
        ),
        (
            "a mebibyte of dashes",
            "- ".repeat(mebibyte / 2),
            "yaml.limit.depth",
        ),
        (
            "a mebibyte of question marks",
            "? ".repeat(mebibyte / 2),
            "yaml.limit.depth",
        ),
        ("a mebibyte of colons", ": ".repeat(mebibyte / 2), ""),
        ("a mebibyte of quotes", "'".repeat(mebibyte), ""),
        (
            "a mebibyte of one open quote",
            format!("\"{}", "\n".repeat(mebibyte - 1)),
            "yaml.syntax",
        ),
        ("a mebibyte of blanks", " ".repeat(mebibyte), ""),
        ("a mebibyte of tabs", "\t".repeat(mebibyte), ""),
        ("a mebibyte of newlines", "\n".repeat(mebibyte), ""),
        ("a mebibyte of ampersands", "&".repeat(mebibyte), ""),
        ("a mebibyte of percent signs", "%".repeat(mebibyte), ""),
        (
            "a key of a mebibyte",
            format!("{}: 1\n", "k".repeat(1 << 20)),
            "",
        ),
        (
            "a quoted key of a mebibyte",
            format!("\"{}\": 1\n", "k".repeat(1 << 20)),
            "",
        ),
        (
            "an explicit key of a mebibyte",
            format!("? {}\n: 1\n", "k".repeat(1 << 20)),
            "",
        ),
        ("very many keys", many, "yaml.limit.nodes"),
        (
            "one key many times",
            "a: 1\n".repeat(20_000),
            "yaml.duplicate-key",
        ),
        (
            "long keys that are the same",
            format!("{}: 1\n", "k".repeat(1_000)).repeat(300),
            "yaml.duplicate-key",
        ),
        (
            "quoted lines at the parent's column",
            "a:\n".to_owned() + &"- b: 'x\ny'\n".repeat(2_000),
            "",
        ),
        (
            "one quoted text of many such lines",
            format!("a:\n  b: 'x\n{}'\n", "  y\n".repeat(20_000)),
            "",
        ),
        (
            "many anchors",
            (0..10_000).fold("l:\n".to_owned(), |text, at| {
                text + &format!("- &a{at} x\n")
            }),
            "",
        ),
        (
            "one anchor many times",
            format!("l:\n{}", "- &a x\n- *a\n".repeat(8_000)),
            "",
        ),
        ("many documents", "--- a\n".repeat(20_000), ""),
        ("many empty documents", "---\n".repeat(1 << 15), ""),
        (
            "a comment of a mebibyte",
            format!("#{}", "x".repeat(mebibyte - 1)),
            "",
        ),
        ("many tags", format!("[{}]", "!a b,".repeat(20_000)), ""),
        (
            "a tag of a mebibyte",
            format!("!{} a\n", "t".repeat(1 << 20)),
            "",
        ),
        (
            "an anchor of a mebibyte",
            format!("a: &{} a\n", "t".repeat(1 << 20)),
            "",
        ),
        (
            "a number of a mebibyte",
            format!("a: {}\n", "9".repeat(1 << 20)),
            "",
        ),
        (
            "a name of a mebibyte",
            format!(
                "name: {}\nversion: {}\n",
                "p".repeat(1 << 20),
                "1.".repeat(1 << 19)
            ),
            "",
        ),
    ] {
        for file in [
            "metadata.yaml",
            "definitions/d.yaml",
            "conditions/c.yaml",
            "hooks/h.yaml",
            "modules.yaml",
        ] {
            // Each kind is parsed alike: the large texts need not be read as all of them.
            let slow = text.len() >= 200_000 || name.starts_with("quoted lines");
            if slow && !matches!(file, "metadata.yaml" | "conditions/c.yaml") {
                continue;
            }
            let loaded = loaded(file, text.clone(), &default);
            if !code.is_empty() {
                let codes: Vec<&str> = loaded
                    .diagnostics()
                    .iter()
                    .map(|diagnostic| diagnostic.code())
                    .collect();
                assert!(
                    codes.contains(&code),
                    "{name} as {file}: {:?}",
                    codes.get(..codes.len().min(5))
                );
            }
            let longest = loaded
                .diagnostics()
                .iter()
                .map(|diagnostic| diagnostic.message().len())
                .max()
                .unwrap_or_default();
            assert!(loaded.diagnostics().len() <= 1_010, "{name} as {file}");
            assert!(
                longest <= 4 * 2_001,
                "{name} as {file}: a message of {longest} bytes"
            );
        }
    }
}
