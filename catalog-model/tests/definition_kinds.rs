//! Kinds and groups that are nearly those of definitions.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::{Diagnostic, LoadOptions, MemorySource, load};

fn diagnostics(api_version: &str, kind: &str) -> Vec<Diagnostic> {
    let text = format!("apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\n");
    let source = MemorySource::from_iter([
        ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
        ("p/1.0.0/definitions/d.yaml", text.as_str()),
    ]);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
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
