//! The names of modules: written or taken from their content, they keep one rule, so that what is loaded can be written again.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::{LoadOptions, Loaded, MemorySource, load};

fn source(module: &str) -> MemorySource {
    let text = format!("modules:\n- {module}\n");
    MemorySource::from_iter([
        ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
        ("p/1.0.0/modules.yaml", text.as_str()),
        ("p/1.0.0/what?/x.yaml", "a: b\n"),
    ])
}

fn loaded(module: &str) -> Loaded {
    load(&source(module), &LoadOptions::default()).unwrap()
}

fn lines(loaded: &Loaded) -> Vec<String> {
    let lines = loaded.diagnostics().iter().map(ToString::to_string);
    let lines = lines.filter(|line| !line.contains("modules.kind.opaque"));
    lines
        .map(|line| line.split_once("modules.yaml:").unwrap().1.to_owned())
        .collect()
}

/// Loads a module and compares the name that it gets.
#[track_caller]
fn check(module: &str, name: &str) {
    let loaded = loaded(module);
    assert_eq!(lines(&loaded), [""; 0], "{module}");
    let release = loaded.catalog().package("p").unwrap().newest().unwrap();
    assert_eq!(release.modules()[0].name(), name, "{module}");
    #[cfg(feature = "write")]
    {
        let limits = catalog_model::document::Limits::default();
        let written = catalog_model::write::release(release, &source(module), &limits).unwrap();
        let again = load(&written, &LoadOptions::default()).unwrap();
        let again = again.catalog().package("p").unwrap().newest().unwrap();
        assert!(again == release, "{module}");
    }
}

/// Loads a module that makes the release unusable, and compares what is said of it.
#[track_caller]
fn check_refused(module: &str, expected: &str) {
    let loaded = loaded(module);
    assert_eq!(lines(&loaded), [expected], "{module}");
    assert!(loaded.catalog().package("p").unwrap().releases().is_empty());
}

fn chart(name: &str) -> String {
    format!("chart: {{remote: {{repo: 'https://e.com', name: {name}, version: 1.0.0}}}}")
}

#[test]
fn a_name_is_taken_from_the_content() {
    check(&chart("web"), "web");
    check("manifests: {path: './what?'}", "what?");
    let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    for (url, name) in [
        ("https://e.com/web.yaml?raw=a/b", "web.yaml"),
        ("https://e.com/web.yaml#a/b", "web.yaml"),
        ("https://e.com/web/?a=b", "web"),
    ] {
        check(
            &format!("manifests: {{remote: {{url: '{url}', sha256: {digest}}}}}"),
            name,
        );
    }
    for (source, name) in [
        ("git::https://e.com/modules/db?ref=feature/x", "db"),
        ("git::https://e.com/x.git//db?depth=1&ref=v1", "db"),
    ] {
        check(
            &format!("terraform: {{remote: {{source: '{source}'}}}}"),
            name,
        );
    }
    check("kustomize: {}", "kustomize");
}

#[test]
fn a_name_that_is_taken_is_as_good_as_a_written_one() {
    let refused = |name: &str| {
        format!(
            "2:3: error[modules.name]: this module needs a `name`: the one it would be given, `{name}`, is not the name of a module"
        )
    };
    check_refused(&chart("a b/c"), &refused("a b/c"));
    check_refused(&chart("''"), &refused(""));
    check_refused(&chart("\"x\\ny\""), &refused("x\\ny"));
    check_refused("'x/y z': {a: 1}", &refused("x/y z"));
    // With a name of its own it may have any content.
    check(&format!("{{name: web, {}}}", chart("a b/c")), "web");
    check("{name: web, 'x/y z': {a: 1}}", "web");
}

#[test]
fn a_written_name_is_not_replaced() {
    let expected = "2:10: error[modules.name]: `a b` is not the name of a module";
    check_refused(&format!("{{name: a b, {}}}", chart("web")), expected);
}

#[test]
fn a_digest_without_value_pins_nothing() {
    let unpinned = "2:23: warning[modules.remote.unpinned]: without `sha256`, what is installed is not reproducible";
    for digest in ["", ", sha256: ", ", sha256: null", ", sha256: ~"] {
        let loaded = loaded(&format!(
            "manifests: {{remote: {{url: 'https://e.com/x.yaml'{digest}}}}}"
        ));
        assert_eq!(lines(&loaded), [unpinned], "{digest}");
    }
    let bad = loaded("manifests: {remote: {url: 'https://e.com/x.yaml', sha256: abc}}");
    assert_eq!(
        lines(&bad).len(),
        1,
        "one thing is said of a digest that is none"
    );
}
