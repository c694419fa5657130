//! OLM bundles, and what names them: upgrades, channels and deprecations.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod foreign;

use catalog_model::MemorySource;
use catalog_model::import::{Import, ImportOptions, olm};

use self::foreign::{file, loaded, report};

fn import(files: &[(&str, &str)]) -> Import {
    let source = MemorySource::from_iter(files.iter().copied());
    olm(&source, &ImportOptions::default()).unwrap()
}

const ANNOTATIONS: &str = "annotations: {operators.operatorframework.io.bundle.package.v1: op}\n";

const CSV: &str = "\
apiVersion: operators.coreos.com/v1alpha1
kind: ClusterServiceVersion
metadata: {name: op.v1.2.0}
spec: {version: 1.2.0, replaces: op.v1.1.0}
";

/// A catalog of one package: its channel's entries, and bundles by name and version.
fn catalog(entries: &str, bundles: &[(&str, &str)]) -> String {
    let mut text = format!(
        "schema: olm.package\nname: op\n---\nschema: olm.channel\nname: s\npackage: op\nentries:\n{entries}"
    );
    for (name, version) in bundles {
        text += &format!(
            "---\nschema: olm.bundle\nname: {name}\npackage: op\nproperties: [{{type: olm.package, value: {{packageName: op, version: {version}}}}}]\n"
        );
    }
    text
}

#[test]
fn upgrades_lead_from_the_bundles_that_have_the_names() {
    let check = |entries: &str, bundles: &[(&str, &str)], edges: &[&str], said: &str| {
        let import = import(&[("c.yaml", &catalog(entries, bundles))]);
        loaded(&import);
        let metadata = file(&import, "op/2.0.0/metadata.yaml");
        let lines = metadata.lines();
        let found: Vec<&str> = lines.skip_while(|line| *line != "- s").skip(1).collect();
        assert_eq!((found.as_slice(), report(&import).trim()), (edges, said));
    };
    // The name says another version than the bundle has.
    check(
        "- name: op.v1.0.0\n- {name: op.v2.0.0, replaces: op.v1.0.0}\n",
        &[("op.v1.0.0", "1.0.0-rc.7"), ("op.v2.0.0", "2.0.0")],
        &["replaces: 1.0.0-rc.7"],
        "",
    );
    // The name says none.
    check(
        "- name: blue\n- name: green\n- {name: red, replaces: green, skips: [blue]}\n",
        &[("blue", "1.0.0"), ("green", "1.1.0"), ("red", "2.0.0")],
        &["replaces: 1.1.0", "skips:", "- 1.0.0"],
        "",
    );
    // No bundle has the name.
    check(
        "- name: op.v1.0.0\n- {name: op.v2.0.0, replaces: op.v1, skips: [ghost.v9, op.v9]}\n",
        &[("op.v1.0.0", "1.0.0"), ("op.v2.0.0", "2.0.0")],
        &[],
        "\
c.yaml:9: `replaces`: no bundle of the package has the name `op.v1`, and upgrades lead from versions
c.yaml:9: `skips`: no bundle of the package has the name `ghost.v9`, and upgrades lead from versions
c.yaml:9: `skips`: no bundle of the package has the name `op.v9`, and upgrades lead from versions",
    );
    // It was taken out of the catalog, and clusters may have it.
    check(
        "- {name: op.v2.0.0, replaces: op.v1.9.0}\n",
        &[("op.v2.0.0", "2.0.0")],
        &["replaces: 1.9.0"],
        "c.yaml:8: `replaces`: no bundle of the package has the name `op.v1.9.0`; it is kept as the version that the name says, which is not in the catalog",
    );
}

/// The same for bundles that are folders, whose names and upgrades are in their CSVs.
#[test]
fn upgrades_lead_from_the_folders_that_have_the_names() {
    let old = CSV
        .replace("name: op.v1.2.0", "name: op.v1.1.0")
        .replace("version: 1.2.0, replaces: op.v1.1.0", "version: 1.1.0-rc.1");
    let import = import(&[
        ("new/metadata/annotations.yaml", ANNOTATIONS),
        ("new/manifests/csv.yaml", CSV),
        ("old/metadata/annotations.yaml", ANNOTATIONS),
        ("old/manifests/csv.yaml", &old),
    ]);
    loaded(&import);
    let metadata = file(&import, "op/1.2.0/metadata.yaml");
    assert!(metadata.contains("replaces: 1.1.0-rc.1\n"), "{metadata}");
}

#[test]
fn what_is_not_there_is_reported() {
    let text = catalog(
        "- {name: op.v1.0.0}\n- {name: op.v3.0.0, replaces: op.v2.0.0}\n",
        &[("op.v1.0.0", "1.0.0"), ("op.v2.0.0", "2.0.0")],
    );
    let rest = "\
---
schema: olm.package
name: lonely
---
schema: olm.channel
name: s
package: ghost
entries: [{name: ghost.v1.0.0}]
---
schema: olm.deprecations
package: op
entries: [{reference: {schema: olm.bundle, name: op.v9.0.0}, message: x}]
---
schema: olm.deprecations
package: gone
entries: [{reference: {schema: olm.package}, message: x}]
---
schema: olm.bundle
name: alone.v1.0.0
package: alone
properties: [{type: olm.package, value: {packageName: alone, version: 1.0.0}}]
";
    let import = import(&[("c.yaml", &format!("{text}{rest}"))]);
    let loaded = loaded(&import);
    let newest = |package: &str| {
        let release = loaded.catalog().package(package).unwrap().newest();
        release.map(|release| release.version().to_string())
    };
    assert_eq!(newest("op").as_deref(), Some("1.0.0"));
    assert_eq!(newest("alone").as_deref(), Some("1.0.0"));
    insta::assert_snapshot!(file(&import, "op/2.0.0/metadata.yaml"), @r#"
name: op
version: 2.0.0
yanked: it is in no channel, and OLM installs from channels only
"#);
    insta::assert_snapshot!(report(&import), @r#"
c.yaml:9: `op.v3.0.0` in the channel `s`: no bundle of the package has this name
c.yaml:16: bundle `op.v2.0.0`: it is in no channel, and OLM installs from channels only; the release is there, and yanked
c.yaml:21: package `lonely`: there is no bundle of the package `lonely`
c.yaml:24: channel `s`: there is no bundle of the package `ghost`
c.yaml:31: deprecation of `op.v9.0.0`: no bundle of the package has this name
c.yaml:35: deprecation: there is no bundle of the package `gone`
"#);
}

/// An entry whose bundle is a folder says nothing that counts.
#[test]
fn entries_of_folders_are_reported() {
    let import = import(&[
        ("b/metadata/annotations.yaml", ANNOTATIONS),
        ("b/manifests/csv.yaml", CSV),
        ("c.yaml", &catalog("- {name: op.v1.2.0}\n", &[])),
    ]);
    let lost = import.not_carried_over();
    assert!(
        lost.iter()
            .any(|lost| lost.what == "`op.v1.2.0` in the channel `s`" && lost.line == Some(8)),
        "{lost:?}"
    );
}
