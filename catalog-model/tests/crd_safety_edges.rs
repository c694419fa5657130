//! The upgrades of a catalog: which there are, and that threads and the way of asking change nothing.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::fmt::Write as _;

use catalog_model::crd_safety::{Edge, EdgeOptions, edge, edges};
use catalog_model::{Catalog, LoadOptions, MemorySource, Release, load};

/// Releases as `package version enum-of-the-CRD more-metadata`; without a CRD for `-`.
fn catalog(releases: &[(&str, &str, &str, &str)]) -> Catalog {
    let mut source = MemorySource::new();
    for (package, version, values, more) in releases {
        let folder = format!("{package}/{version}");
        source.insert(
            format!("{folder}/metadata.yaml"),
            format!("name: {package}\nversion: {version}\n{more}\n"),
        );
        if *values != "-" {
            source.insert(
                format!("{folder}/definitions/crd.yaml"),
                crd(package, values),
            );
        }
    }
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics());
    loaded.into_catalog()
}

fn crd(package: &str, values: &str) -> String {
    format!(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: things.{package}.example.com}}\nspec:\n  group: {package}.example.com\n  scope: Namespaced\n  names: {{kind: Thing, plural: things}}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          size: {{type: string, enum: [{values}]}}\n"
    )
}

fn told(edges: &[Edge<'_>]) -> String {
    let mut text = String::new();
    for edge in edges {
        let (from, to) = (edge.from(), edge.to());
        let _ = write!(text, "{} {} {}", to.package(), from.version(), to.version());
        for gone in edge.gone() {
            let _ = write!(text, " gone:{}", gone.identity().name());
        }
        for found in edge.upgrades().iter().flat_map(|one| one.breaks()) {
            let _ = write!(text, " {}", found.code());
        }
        text.push('\n');
    }
    text
}

fn all(catalog: &Catalog, consecutive: bool, parallel: bool) -> String {
    let mut options = EdgeOptions::default();
    (options.consecutive, options.parallel) = (consecutive, parallel);
    told(edges(catalog, &options).all())
}

#[test]
fn which_upgrades_there_are() {
    let catalog = catalog(&[
        ("free", "1.0.0", "s, m", ""),
        ("free", "1.1.0", "s", ""),
        ("free", "2.0.0", "-", ""),
        ("stated", "1.0.0", "s, m", ""),
        ("stated", "1.1.0", "s, m, l", "replaces: 1.0.0"),
        ("stated", "1.2.0", "s, l", "skipRange: '>=1.0.0, <1.2.0'"),
        ("stated", "1.3.0", "s", "replaces: 1.1.0\nskips: [1.0.0]"),
    ]);
    let stated = "\
free 1.0.0 1.1.0 crd.field.enum
free 1.0.0 2.0.0 gone:things.free.example.com
free 1.1.0 2.0.0 gone:things.free.example.com
stated 1.0.0 1.1.0
stated 1.0.0 1.2.0 crd.field.enum
stated 1.1.0 1.2.0 crd.field.enum
stated 1.0.0 1.3.0 crd.field.enum
stated 1.1.0 1.3.0 crd.field.enum
";
    let consecutive = "\
free 1.0.0 1.1.0 crd.field.enum
free 1.1.0 2.0.0 gone:things.free.example.com
stated 1.0.0 1.1.0
stated 1.1.0 1.2.0 crd.field.enum
stated 1.2.0 1.3.0 crd.field.enum
";
    for parallel in [false, true] {
        assert_eq!(all(&catalog, false, parallel), stated);
        assert_eq!(all(&catalog, true, parallel), consecutive);
    }
}

#[test]
fn many_upgrades_on_several_threads() {
    let values: Vec<String> = (0..40)
        .map(|at| {
            let words: Vec<String> = (at % 7..12).map(|word| format!("w{word}")).collect();
            words.join(", ")
        })
        .collect();
    let versions: Vec<String> = (0..40).map(|at| format!("1.{at}.0")).collect();
    let of = |package: &'static str| {
        let both = versions.iter().zip(&values);
        both.map(move |(version, values)| (package, version.as_str(), values.as_str(), ""))
    };
    let releases: Vec<_> = of("a").chain(of("b")).collect();
    let catalog = catalog(&releases);
    let serial = all(&catalog, false, false);
    assert_eq!(serial.lines().count(), 2 * 40 * 39 / 2);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(4);
    let pool = pool.build().unwrap();
    for _ in 0..3 {
        assert_eq!(pool.install(|| all(&catalog, false, true)), serial);
    }
}

#[test]
fn one_upgrade_is_that_of_all() {
    let catalog = catalog(&[("p", "1.0.0", "s, m", ""), ("p", "1.1.0", "m, l", "")]);
    let [old, new]: &[Release; 2] = catalog.package("p").unwrap().releases().try_into().unwrap();
    let all = edges(&catalog, &EdgeOptions::default());
    assert_eq!(told(&[edge(old, new)]), told(all.all()));
    assert_eq!(told(&[edge(new, old)]), "p 1.1.0 1.0.0 crd.field.enum\n");
    assert_eq!(told(&[edge(old, old)]), "p 1.0.0 1.0.0\n");
}

/// Versions of one CRD that all say something else.
fn versions(
    package: &'static str,
    count: usize,
) -> Vec<(&'static str, String, String, &'static str)> {
    let version = |at: usize| (package, format!("1.{at}.0"), format!("w{at}"), "");
    (0..count).map(version).collect()
}

/// A package with very many versions has more upgrades than anybody can wait for, and is named.
#[test]
fn packages_with_very_many_upgrades_are_thinned() {
    let releases = [versions("few", 20), versions("many", 200)].concat();
    let releases: Vec<_> = releases
        .iter()
        .map(|(package, version, values, more)| {
            (*package, version.as_str(), values.as_str(), *more)
        })
        .collect();
    let catalog = catalog(&releases);
    let of = |limit: Option<usize>, consecutive: bool| {
        let mut options = EdgeOptions::default();
        options.limit = limit.unwrap_or(options.limit);
        options.consecutive = consecutive;
        let edges = edges(&catalog, &options);
        let names = edges
            .thinned()
            .iter()
            .map(|package| package.name().as_str());
        let names: Vec<String> = names.map(str::to_owned).collect();
        (edges.all().len(), names)
    };
    let many = vec!["many".to_owned()];
    assert_eq!(of(None, false), (190 + 199, many.clone()));
    assert_eq!(of(None, true), (19 + 199, Vec::new()));
    assert_eq!(of(Some(200 * 199 - 1), false), (190 + 199, many));
    assert_eq!(
        of(Some(200 * 199), false),
        (190 + 200 * 199 / 2, Vec::new())
    );
}

/// What is written otherwise and says the same is compared once.
#[test]
fn equal_contents_are_compared_once() {
    let mut source = MemorySource::new();
    for (version, values, comment) in [
        ("1.0.0", "s, m", ""),
        ("1.1.0", "s, m", "# the same\n"),
        ("2.0.0", "s", ""),
        ("2.1.0", "s", "# the same\n"),
    ] {
        source.insert(
            format!("p/{version}/metadata.yaml"),
            format!("name: p\nversion: {version}\n"),
        );
        source.insert(
            format!("p/{version}/definitions/crd.yaml"),
            comment.to_owned() + &crd("p", values),
        );
    }
    let catalog = load(&source, &LoadOptions::default()).unwrap();
    for parallel in [false, true] {
        let mut options = EdgeOptions::default();
        options.parallel = parallel;
        let edges = edges(catalog.catalog(), &options);
        let breaks = edges.all().iter().flat_map(|edge| edge.upgrades());
        let breaks: Vec<_> = breaks
            .map(|upgrade| upgrade.breaks())
            .filter(|breaks| !breaks.is_empty())
            .collect();
        assert_eq!(breaks.len(), 4);
        assert!(breaks.iter().all(|one| std::ptr::eq(*one, breaks[0])));
    }
}
