//! What the releases of one package must agree on.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use catalog_model::{LoadOptions, Loaded, MemorySource, UnusableReason, load};

/// Loads `p` with a `metadata.yaml` for each version folder, and compares the diagnostics and the usable versions.
fn check(folders: &[(&str, &str)], diagnostics: &[&str], usable: &[&str]) -> Loaded {
    let source: MemorySource = folders
        .iter()
        .map(|(folder, text)| {
            (
                format!("p/{folder}/metadata.yaml"),
                format!("name: p\n{text}"),
            )
        })
        .collect();
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let found: Vec<String> = loaded
        .diagnostics()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(found, diagnostics);
    let package = loaded.catalog().package("p").unwrap();
    let versions: Vec<_> = package
        .releases()
        .iter()
        .map(|release| release.version().as_str())
        .collect();
    assert_eq!(versions, usable);
    loaded
}

#[test]
fn a_broken_folder_is_a_duplicate_too() {
    let loaded = check(
        &[
            ("1.0.0", "version: 1.0.0\n"),
            ("v1.0", "version: v1.0\nscope: nowhere\n"),
            ("2.0.0", "version: 2.0.0\n"),
        ],
        &[
            "p/1.0.0:1:1: error[version.duplicate]: `p/1.0.0` is the same version as `p/v1.0`",
            "p/v1.0:1:1: error[version.duplicate]: `p/v1.0` is the same version as `p/1.0.0`",
            "p/v1.0/metadata.yaml:3:8: error[metadata.choice]: `nowhere` is not a value of `scope`",
        ],
        &["2.0.0"],
    );
    let unusable = loaded.catalog().package("p").unwrap().unusable();
    let reasons: Vec<_> = unusable.iter().map(|release| release.reason()).collect();
    // That it is there twice outweighs whatever else is wrong with it.
    assert_eq!(
        reasons,
        [
            &UnusableReason::Broken("`p/1.0.0` is the same version as `p/v1.0`".to_owned()),
            &UnusableReason::Broken("`p/v1.0` is the same version as `p/1.0.0`".to_owned()),
        ]
    );
}

#[test]
fn many_folders_of_one_version_are_named_in_bounded_messages() {
    let folders: Vec<(String, String)> = (1..=2000)
        .map(|zeros| format!("{}1", "0".repeat(zeros % 200)) + &".0".repeat(zeros % 3))
        .map(|version| (version.clone(), format!("version: '{version}'\n")))
        .collect();
    let folders: Vec<(&str, &str)> = folders
        .iter()
        .map(|(folder, text)| (folder.as_str(), text.as_str()))
        .collect();
    let source: MemorySource = folders
        .iter()
        .map(|(folder, text)| {
            (
                format!("p/{folder}/metadata.yaml"),
                format!("name: p\n{text}"),
            )
        })
        .collect();
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let duplicates = loaded
        .diagnostics()
        .iter()
        .filter(|found| found.code() == "version.duplicate");
    assert_eq!(duplicates.clone().count(), 600, "each spelling is a folder");
    assert!(duplicates.map(|found| found.message().len()).max() < Some(1200));
    let first = loaded.diagnostics().first().unwrap().message();
    assert!(first.ends_with(" and 596 more"), "three others are named");
}

#[test]
fn scope_is_that_of_the_newest_release() {
    let loaded = check(
        &[
            ("1.0.0", "version: 1.0.0\n"),
            ("2.0.0", "version: 2.0.0\nscope: namespace\n"),
            ("3.0.0", "version: 3.0.0\nscope: namespace\n"),
            ("4.0.0-rc.1", "version: 4.0.0-rc.1\nscope: cluster\n"),
        ],
        &[
            "p/1.0.0:1:1: error[package.scope]: this release has scope `cluster`, and the newest one, 3.0.0, has `namespace`",
            "p/4.0.0-rc.1:1:1: error[package.scope]: this release has scope `cluster`, and the newest one, 3.0.0, has `namespace`",
        ],
        &["2.0.0", "3.0.0"],
    );
    let found = loaded.diagnostics().first().unwrap();
    assert_eq!(found.version(), Some("1.0.0"));
    assert_eq!(
        found.help_lines(),
        [
            "all releases of a package have one scope: write `scope: namespace`, or publish this one under another name"
        ]
    );
    check(
        &[
            ("1.0.0", "version: 1.0.0\nscope: namespace\n"),
            (
                "2.0.0",
                "version: 2.0.0\nscope: namespace\nyanked: broken\n",
            ),
            ("3.0.0-rc.1", "version: 3.0.0-rc.1\nscope: namespace\n"),
        ],
        &[],
        &["1.0.0", "2.0.0", "3.0.0-rc.1"],
    );
}

#[test]
fn a_package_of_prereleases_has_the_scope_of_its_newest() {
    check(
        &[
            ("1.0.0-rc.1", "version: 1.0.0-rc.1\n"),
            ("1.0.0-rc.2", "version: 1.0.0-rc.2\nscope: namespace\n"),
        ],
        &[
            "p/1.0.0-rc.1:1:1: error[package.scope]: this release has scope `cluster`, and the newest one, 1.0.0-rc.2, has `namespace`",
        ],
        &["1.0.0-rc.2"],
    );
}

#[test]
fn a_release_that_cannot_be_read_does_not_decide_the_scope() {
    check(
        &[
            ("1.0.0", "version: 1.0.0\n"),
            ("2.0.0", "version: 2.0.0\nscope: namespace\nurl: nowhere\n"),
        ],
        &["p/2.0.0/metadata.yaml:4:6: error[metadata.url]: `nowhere` is not an address"],
        &["1.0.0"],
    );
}
