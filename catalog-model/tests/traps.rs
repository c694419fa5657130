//! The oddities of YAML in the fields of `metadata.yaml`, one test each: what stands in the file is what is meant.
//!
//! Fields of the format that are texts keep their source text, whatever any reader of YAML would make of it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::version::Version;
use catalog_model::{LoadOptions, Loaded, MemorySource, Metadata, Severity, UnusableReason, load};

fn loaded(package: &str, version: &str, lines: &str) -> Loaded {
    let text = format!("name: {package}\nversion: {version}\n{lines}");
    let path = format!("{package}/{version}/metadata.yaml");
    load(
        &MemorySource::from_iter([(path, text)]),
        &LoadOptions::default(),
    )
    .unwrap()
}

/// The metadata of a release without errors.
fn metadata(lines: &str) -> Metadata {
    let loaded = loaded("p", "1.0.0", lines);
    assert!(!loaded.has_errors(), "{lines}: {:#?}", loaded.diagnostics());
    let package = loaded.catalog().package("p").unwrap();
    package.releases()[0].metadata().clone()
}

/// The codes of errors in lines that are no metadata.
fn errors(lines: &str) -> Vec<String> {
    let loaded = loaded("p", "1.0.0", lines);
    let errors = loaded
        .diagnostics()
        .iter()
        .filter(|found| found.severity() == Severity::Error);
    errors.map(|found| found.code().to_owned()).collect()
}

/// A version that is written so, in its folder and in other fields, is read so.
fn is_a_version(text: &str) {
    let loaded = loaded("p", text, "");
    let package = loaded.catalog().package("p").unwrap();
    assert_eq!(package.releases()[0].version().as_str(), text);
    let metadata = metadata(&format!(
        "replaces: {text}\nskips: [{text}]\nskipRange: {text}\ndependencies: [{{name: q, version: {text}}}]\nconflicts: [{{name: r, version: {text}}}]\nsystem: {{vela: {text}}}\n"
    ));
    assert_eq!(metadata.replaces().map(Version::as_str), Some(text));
    assert_eq!(metadata.skips()[0].as_str(), text);
    assert_eq!(metadata.skip_range().unwrap().as_str(), text);
    assert_eq!(metadata.dependencies()[0].range().as_str(), text);
    assert_eq!(metadata.conflicts()[0].range().as_str(), text);
    assert_eq!(metadata.system()["vela"], text);
}

/// What no version can be stays what it is, in a release that can be listed and not used; anywhere else it is an error.
fn is_no_version(text: &str) {
    let loaded = loaded("p", text, "");
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics());
    let package = loaded.catalog().package("p").unwrap();
    assert_eq!(package.unusable()[0].version(), text);
    assert_eq!(
        package.unusable()[0].reason(),
        &UnusableReason::UnreadableVersion
    );
    assert_eq!(errors(&format!("replaces: {text}\n")), ["metadata.version"]);
    assert_eq!(errors(&format!("skips: [{text}]\n")), ["metadata.version"]);
}

/// A text that some reader takes for something else is a text in every field that is one.
fn is_a_text(text: &str) {
    let metadata = metadata(&format!(
        "description: {text}\nmaintainer: {text}\nlicense: {text}\nicon: {text}\ngroup: {text}\ntags: [{text}]\nlabel: {{a: {text}}}\ndependencies: [{{name: q, catalog: {text}}}]\n"
    ));
    assert_eq!(metadata.description(), Some(text));
    assert_eq!(metadata.maintainers(), [text]);
    assert_eq!(metadata.license(), Some(text));
    assert_eq!(metadata.icon(), Some(text));
    assert_eq!(metadata.group(), Some(text));
    assert_eq!(metadata.tags(), [text]);
    assert_eq!(metadata.labels()["a"], text);
    assert_eq!(metadata.dependencies()[0].catalog(), Some(text));
}

#[test]
fn version_1_0_is_not_1() {
    is_a_version("1.0");
    assert_ne!(Version::parse("1.0").unwrap(), Version::parse("1").unwrap());
}

#[test]
fn version_1_10_is_not_1_1() {
    is_a_version("1.10");
    assert!(Version::parse("1.10").unwrap() > Version::parse("1.9").unwrap());
}

#[test]
fn version_1e3_is_not_1000() {
    is_no_version("1e3");
    is_a_text("1e3");
}

#[test]
fn version_0x10_is_not_16() {
    is_no_version("0x10");
    is_a_text("0x10");
}

#[test]
fn version_1_underscore_0_is_not_10() {
    is_no_version("1_0");
    is_a_text("1_0");
}

#[test]
fn version_010_is_not_8() {
    is_a_version("010");
    is_a_text("010");
}

#[test]
fn a_date_is_no_timestamp() {
    is_a_version("2024-01-01");
    is_a_text("2024-01-01");
}

#[test]
fn a_time_is_no_number_to_the_base_60() {
    let metadata = metadata("description: 12:30:45\n");
    assert_eq!(metadata.description(), Some("12:30:45"));
}

#[test]
fn on_yes_and_no_are_texts() {
    for text in ["on", "off", "yes", "no", "y", "n", "Yes", "ON"] {
        is_a_text(text);
    }
}

#[test]
fn true_and_false_are_texts() {
    is_a_text("true");
    is_a_text("False");
}

#[test]
fn on_yes_and_no_are_no_booleans_of_ours() {
    for text in ["on", "yes", "y", "'true'", "1"] {
        let lines = format!("dependencies: [{{name: q, optional: {text}}}]\n");
        assert_eq!(errors(&lines), ["metadata.type"], "{text}");
    }
}

#[test]
fn a_package_may_be_called_like_a_boolean_or_a_number() {
    for name in ["on", "no", "123", "1e3", "0x10", "null-x"] {
        let loaded = loaded(name, "1.0.0", "");
        assert!(!loaded.has_errors(), "{name}: {:#?}", loaded.diagnostics());
        assert_eq!(
            loaded.catalog().package(name).unwrap().name().as_str(),
            name
        );
    }
}

#[test]
fn huge_numbers_keep_their_digits() {
    is_a_text("123456789012345678901234567890");
    is_a_version("18446744073709551615.0");
    is_no_version("18446744073709551616.0");
}

#[test]
fn not_a_number_is_a_text() {
    assert_eq!(metadata("tags: [.nan]\n").tags(), [".nan"]);
    assert_eq!(metadata("description: .inf\n").description(), Some(".inf"));
}

#[test]
fn null_is_nothing_and_a_quoted_one_is_a_text() {
    for nothing in ["", "~", "null"] {
        let metadata = metadata(&format!(
            "description: {nothing}\ntags: {nothing}\nyanked: {nothing}\ndependencies: {nothing}\nsystem: {nothing}\nreplaces: {nothing}\n"
        ));
        assert_eq!(metadata, Metadata::default(), "`{nothing}`");
    }
    assert_eq!(
        metadata("description: 'null'\n").description(),
        Some("null")
    );
    assert_eq!(metadata("yanked: '~'\n").yanked(), Some("~"));
    assert_eq!(errors("tags: [a, ~]\n"), ["metadata.type"]);
    assert_eq!(errors("label: {a: }\n"), ["metadata.type"]);
}

#[test]
fn a_tag_does_not_retype_a_text() {
    let metadata = metadata("description: !!float 1.10\ntags: [!!bool yes]\n");
    assert_eq!(metadata.description(), Some("1.10"));
    assert_eq!(metadata.tags(), ["yes"]);
}

#[test]
fn a_kubernetes_version_keeps_its_zero() {
    let metadata = metadata("system: {kubernetes: 1.30}\n");
    assert_eq!(metadata.system()["kubernetes"], "1.30");
}
