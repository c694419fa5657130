//! Which key of a module is its kind, and what becomes of the others.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::{LoadOptions, Loaded, MemorySource, load};

const CHART: &str = "{remote: {repo: r, name: web, version: 1.0.0}}";

fn loaded(item: &str, options: &LoadOptions) -> Loaded {
    let modules = format!("modules:\n- {}\n", item.replace("CHART", CHART));
    let source = MemorySource::from_iter([
        ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
        ("p/1.0.0/modules.yaml", modules.as_str()),
    ]);
    load(&source, options).unwrap()
}

fn said(loaded: &Loaded) -> Vec<String> {
    let lines = loaded.diagnostics().iter().map(|found| {
        format!(
            "{}[{}]: {}",
            found.severity(),
            found.code(),
            found.message()
        )
    });
    lines.collect()
}

/// Loads an item, and compares what is said of it, its kind and the keys that are kept beside it.
#[track_caller]
fn check(item: &str, expected: &[&str], kept: Option<(&str, &[&str])>) {
    let loaded = loaded(item, &LoadOptions::default());
    assert_eq!(said(&loaded), expected, "{item}");
    let package = loaded.catalog().package("p").unwrap();
    let found = package.releases().first().map(|release| {
        let module = &release.modules()[0];
        let unknown: Vec<&str> = module.unknown().names().collect();
        (module.content().kind(), unknown)
    });
    let kept = kept.map(|(kind, unknown)| (kind, unknown.to_vec()));
    assert_eq!(found, kept, "{item}");
}

const OPAQUE: &str =
    "note[modules.kind.opaque]: `flux` is a kind of module that is passed on as it is";

#[test]
fn beside_a_known_kind_every_other_key_is_unknown() {
    check("chart: CHART", &[], Some(("chart", &[])));
    check(
        "{chart: CHART, vaules: {a: 1}}",
        &["warning[modules.unknown-key]: `vaules` is not a key of this map"],
        Some(("chart", &["vaules"])),
    );
    check(
        "{x: 1, chart: CHART, name: a, flux: {}, values: {}}",
        &[
            "warning[modules.unknown-key]: `x` is not a key of this map",
            "warning[modules.unknown-key]: `flux` is not a key of this map",
        ],
        Some(("chart", &["x", "flux"])),
    );
}

#[test]
fn the_only_key_that_can_be_one_is_the_kind() {
    check("flux: {}", &[OPAQUE], Some(("flux", &[])));
    check("{flux: {}, name: a}", &[OPAQUE], Some(("flux", &[])));
    check(
        "{nmae: a, flux: {}}",
        &[
            "warning[modules.unknown-key]: `nmae` is not a key of this map",
            OPAQUE,
        ],
        Some(("flux", &["nmae"])),
    );
}

#[test]
fn a_kind_that_is_nearly_a_key_of_ours_is_asked_about() {
    for (key, meant) in [
        ("chrat", "chart"),
        ("Chart", "chart"),
        ("manifest", "manifests"),
        ("terrafrom", "terraform"),
        ("vaules", "values"),
    ] {
        let loaded = loaded(&format!("{key}: CHART"), &LoadOptions::default());
        let found = &loaded.diagnostics()[0];
        assert_eq!(
            said(&loaded),
            [format!(
                "warning[modules.kind.opaque]: `{key}` is a kind of module that is passed on as it is"
            )]
        );
        assert_eq!(found.help_lines(), [format!("did you mean `{meant}`?")]);
        let fix = &found.fixes()[0];
        assert_eq!(fix.edits()[0].replacement, meant);
        assert!(!fix.is_safe(), "what was ignored counts with it");
    }
}

#[test]
fn without_one_kind_a_module_is_refused() {
    for (item, message) in [
        ("{name: a}", "this module says nothing of what it is"),
        ("{}", "this module says nothing of what it is"),
        (
            "{chart: CHART, manifests: {remote: {url: u}}}",
            "a module is of one kind, and this has several keys: chart, manifests",
        ),
        (
            "{chart: CHART, manifests: {remote: {url: u}}, x: 1}",
            "a module is of one kind, and this has several keys: chart, manifests",
        ),
        (
            "{flux: {}, helmfile: {}}",
            "a module is of one kind, and this has several keys: flux, helmfile",
        ),
        (
            "{nmae: a, vaules: {}}",
            "a module is of one kind, and this has several keys: nmae, vaules",
        ),
    ] {
        check(item, &[&format!("error[modules.kind]: {message}")], None);
    }
}

#[test]
fn strict_reading_refuses_unknown_keys_alone() {
    let mut strict = LoadOptions::default();
    strict.strict = true;
    let refused = |item: &str| loaded(item, &strict).has_errors();
    assert!(refused("{chart: CHART, vaules: {a: 1}}"));
    assert!(refused("{flux: {}, nmae: a}"));
    assert!(!refused("{flux: {}, name: a}"));
    assert!(!refused("chart: CHART"));
}
