//! Kinds, groups and versions that are nearly those of definitions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::{Diagnostic, LoadOptions, MemorySource, MendedFile, load, mend};

/// What a CustomResourceDefinition needs to be one.
const SPEC: &str = "spec: {group: e.io, scope: Cluster, names: {kind: W, plural: ws}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}\n";

fn text(api_version: &str, kind: &str) -> String {
    format!("apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: ws.e.io}}\n{SPEC}")
}

fn source(api_version: &str, kind: &str) -> MemorySource {
    let text = text(api_version, kind);
    MemorySource::from_iter([
        ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
        ("p/1.0.0/definitions/d.yaml", text.as_str()),
    ])
}

fn diagnostics(api_version: &str, kind: &str) -> Vec<Diagnostic> {
    let loaded = load(&source(api_version, kind), &LoadOptions::default()).unwrap();
    loaded.diagnostics().to_vec()
}

/// Loads an object that is nearly a definition, and compares what is said, what is meant, and what the fix writes.
#[track_caller]
fn check_slip(api_version: &str, kind: &str, message: &str, meant: &str) {
    let all = diagnostics(api_version, kind);
    assert_eq!(all.len(), 1, "{all:#?}");
    let said = format!("warning[definition.kind.unknown]: {message}");
    assert!(all[0].to_string().ends_with(&said), "{}", all[0]);
    assert_eq!(all[0].help_lines(), [format!("did you mean `{meant}`?")]);
    let fix = &all[0].fixes()[0];
    assert_eq!(fix.edits()[0].replacement, meant);
    assert!(!fix.is_safe());
}

#[test]
fn a_kind_that_its_group_does_not_have() {
    for (kind, meant) in [
        ("TraitDefintion", "TraitDefinition"),
        ("Componentdefinition", "ComponentDefinition"),
        ("TraitsDefinition", "TraitDefinition"),
        ("WorkflowStepDefinitions", "WorkflowStepDefinition"),
    ] {
        let message = format!("`core.oam.dev` has no kind `{kind}`");
        check_slip("core.oam.dev/v1beta1", kind, &message, meant);
    }
    for kind in ["CustomResourceDefintion", "Crd", "ComponentDefinition"] {
        let message = format!("`apiextensions.k8s.io` has no kind `{kind}`");
        check_slip(
            "apiextensions.k8s.io/v1",
            kind,
            &message,
            "CustomResourceDefinition",
        );
    }
}

#[test]
fn a_group_that_does_not_have_the_kind() {
    check_slip(
        "core.oam.de/v1beta1",
        "TraitDefinition",
        "`TraitDefinition` is a kind of `core.oam.dev`, not of `core.oam.de`",
        "core.oam.dev/v1beta1",
    );
    check_slip(
        "apiextension.k8s.io/v1",
        "CustomResourceDefinition",
        "`CustomResourceDefinition` is a kind of `apiextensions.k8s.io`, not of `apiextension.k8s.io`",
        "apiextensions.k8s.io/v1",
    );
    check_slip(
        "v1",
        "CustomResourceDefinition",
        "`CustomResourceDefinition` is a kind of `apiextensions.k8s.io`, not of the core group",
        "apiextensions.k8s.io/v1",
    );
}

/// A group that is put right never makes an API that does not exist; an old version stays, and is warned of.
#[test]
fn what_is_mended_is_an_api_that_there_is() {
    for (api_version, kind, meant) in [
        ("v1", "TraitDefinition", "core.oam.dev/v1beta1"),
        ("core.oam.dev", "TraitDefinition", "core.oam.dev/v1beta1"),
        ("core.oam.de/v7", "PolicyDefinition", "core.oam.dev/v1beta1"),
        (
            "core.oam.de/v1alpha2",
            "TraitDefinition",
            "core.oam.dev/v1alpha2",
        ),
        ("v7", "CustomResourceDefinition", "apiextensions.k8s.io/v1"),
        (
            "apiextensions.k8s.io",
            "CustomResourceDefinition",
            "apiextensions.k8s.io/v1",
        ),
        (
            "apiextension.k8s.io/v1beta1",
            "CustomResourceDefinition",
            "apiextensions.k8s.io/v1beta1",
        ),
    ] {
        let source = source(api_version, kind);
        let mended = mend(&source, &LoadOptions::default()).unwrap();
        let files: Vec<&str> = mended.files().iter().map(MendedFile::after).collect();
        assert_eq!(files, [text(meant, kind)], "{api_version} {kind}");
    }
}

#[test]
fn a_version_that_no_server_takes() {
    for (api_version, kind, served) in [
        ("core.oam.dev/v9", "TraitDefinition", "core.oam.dev/v1beta1"),
        (
            "core.oam.dev/v1",
            "ComponentDefinition",
            "core.oam.dev/v1beta1",
        ),
        (
            "core.oam.dev/v1alpha2",
            "WorkloadDefinition",
            "core.oam.dev/v1beta1",
        ),
        (
            "apiextensions.k8s.io/v2",
            "CustomResourceDefinition",
            "apiextensions.k8s.io/v1",
        ),
    ] {
        let all = diagnostics(api_version, kind);
        let mut said = all.iter();
        let said = said.find(|one| one.code() == "definition.apiVersion.unserved");
        let said = said.expect(api_version);
        assert_eq!(said.help_lines(), [format!("write it as `{served}`")]);
        // Whether it is a slip or newer than this library nobody knows.
        assert!(said.fixes().is_empty());
    }
    for (api_version, kind) in [
        ("core.oam.dev/v1beta1", "TraitDefinition"),
        ("core.oam.dev/v1alpha1", "Policy"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"),
    ] {
        let all = diagnostics(api_version, kind);
        assert!(
            all.iter()
                .all(|one| one.code() != "definition.apiVersion.unserved"),
            "{all:#?}"
        );
    }
}

#[test]
fn what_is_meant_as_it_is_gets_a_note_at_most() {
    for (api_version, kind) in [
        ("core.oam.dev/v1beta1", "Application"),
        ("core.oam.dev/v1alpha1", "Policy"),
        ("core.oam.dev/v1beta1", "Something"),
        ("example.com/v1", "TraitDefinition"),
        ("example.com/v1", "CustomResourceDefinition"),
        ("v1", "ConfigMap"),
        ("example.com/v1", "TraitDefintion"),
    ] {
        let all = diagnostics(api_version, kind);
        let codes: Vec<&str> = all.iter().map(Diagnostic::code).collect();
        assert_eq!(codes, ["definition.kind"], "{api_version} {kind}");
    }
    for kind in ["ScopeDefinition", "SomethingDefinition", "TraitDefinition"] {
        let all = diagnostics("core.oam.dev/v1beta1", kind);
        assert!(all.is_empty(), "{kind}: {all:#?}");
    }
}
