//! Values laid in layers: what they come to, and who made each of them so.
#![cfg(feature = "parameters")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeMap;

use catalog_model::document::Limits;
use catalog_model::parameters::{
    Asker, Effect, Layer, LayerOrigin, LayeredValues, ParameterLimits, ReleaseParameters,
};
use catalog_model::{Diagnostic, LoadOptions, MemorySource, SourceFile, load};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A release with the modules `m` and `metrics`, about which nothing is known.
fn parameters() -> ReleaseParameters {
    let source = MemorySource::from_iter([
        ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
        (
            "web/1.0.0/modules.yaml",
            "modules:\n- manifests: {path: ./m}\n- manifests: {path: ./m}\n  name: metrics\n",
        ),
        ("web/1.0.0/m/all.yaml", "kind: ConfigMap\n"),
    ]);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics());
    let release = loaded.catalog().package("web").unwrap().newest().unwrap();
    ReleaseParameters::read(&source, release, &ParameterLimits::default()).0
}

fn layer(origin: LayerOrigin, values: Value) -> Layer {
    Layer::from_json(origin, &values, &Limits::default()).unwrap()
}

fn asker(package: &str, distance: usize) -> LayerOrigin {
    LayerOrigin::Dependency(Asker::new(package, "1.0.0", distance))
}

fn merge(parameters: &ReleaseParameters, layers: Vec<Layer>) -> LayeredValues<'_> {
    let (values, diagnostics) = parameters.merge(layers);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    values
}

/// What the module `m` comes to.
fn merged(layers: Vec<(LayerOrigin, Value)>) -> Value {
    let parameters = parameters();
    let layers = layers
        .into_iter()
        .map(|(origin, values)| layer(origin, json!({ "m": values })))
        .collect();
    merge(&parameters, layers).reveal()["m"].take()
}

#[test]
fn the_examples_of_rfc_7396_hold() {
    let examples = [
        (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
        (
            json!({"a": "b"}),
            json!({"b": "c"}),
            json!({"a": "b", "b": "c"}),
        ),
        (json!({"a": "b"}), json!({"a": null}), json!({})),
        (
            json!({"a": "b", "b": "c"}),
            json!({"a": null}),
            json!({"b": "c"}),
        ),
        (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
        (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
        (
            json!({"a": {"b": "c"}}),
            json!({"a": {"b": "d", "c": null}}),
            json!({"a": {"b": "d"}}),
        ),
        (
            json!({"a": [{"b": "c"}]}),
            json!({"a": [1]}),
            json!({"a": [1]}),
        ),
        (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
        (json!({"a": "b"}), json!(["c"]), json!(["c"])),
        (json!({"a": "foo"}), json!("bar"), json!("bar")),
        (
            json!({"e": null}),
            json!({"a": 1}),
            json!({"e": null, "a": 1}),
        ),
        (
            json!([1, 2]),
            json!({"a": "b", "c": null}),
            json!({"a": "b"}),
        ),
        (
            json!({}),
            json!({"a": {"bb": {"ccc": null}}}),
            json!({"a": {"bb": {}}}),
        ),
    ];
    for (target, patch, result) in examples {
        let found = merged(vec![
            (LayerOrigin::Defaults, json!({ "k": target })),
            (LayerOrigin::User, json!({ "k": patch })),
        ]);
        assert_eq!(found, json!({ "k": result }), "{target} {patch}");
    }
    // The one example whose patch is null as a whole: at `k` it deletes.
    let deleted = merged(vec![
        (LayerOrigin::Defaults, json!({"k": {"a": "foo"}})),
        (LayerOrigin::User, json!({ "k": null })),
    ]);
    assert_eq!(deleted, json!({}));
}

#[test]
fn null_in_the_defaults_is_a_value_and_above_them_deletes() {
    let parameters = parameters();
    let values = merge(
        &parameters,
        vec![
            layer(
                LayerOrigin::Defaults,
                json!({"m": {"kept": null, "gone": null, "map": {"a": 1, "b": 2}}}),
            ),
            layer(
                LayerOrigin::Module,
                json!({"m": {"gone": null, "map": null, "never": null}}),
            ),
            layer(LayerOrigin::User, json!({"m": {"map": {"b": 3}}})),
        ],
    );
    assert_eq!(
        values.reveal()["m"],
        json!({"kept": null, "map": {"b": 3}}),
        "what the module deleted, the user did not ask back"
    );
    let said = |pointer: &str| values.provenance(pointer).map(|by| by.to_string());
    assert_eq!(
        said("/m/kept").as_deref(),
        Some("set by the module's defaults")
    );
    for pointer in ["/m/gone", "/m/never", "/m/map/a", "/m/map/a/deeper"] {
        assert_eq!(
            said(pointer).as_deref(),
            Some("deleted by `modules.yaml`"),
            "{pointer}"
        );
    }
    assert_eq!(said("/m/map/b").as_deref(), Some("set by the user"));
    assert_eq!(said("/m/other"), None);
    assert_eq!(said("no pointer"), None);
}

#[test]
fn origins_decide_and_then_the_order_given() {
    let order = [
        LayerOrigin::Defaults,
        LayerOrigin::Module,
        asker("far", 3),
        asker("near", 1),
        asker("root", 0),
        LayerOrigin::Environment,
        LayerOrigin::User,
    ];
    for (index, strong) in order.iter().enumerate() {
        for weak in &order[..index] {
            let found = merged(vec![
                (strong.clone(), json!({"a": "strong"})),
                (weak.clone(), json!({"a": "weak", "b": 1})),
            ]);
            assert_eq!(
                found,
                json!({"a": "strong", "b": 1}),
                "{strong} over {weak}"
            );
            assert!(strong.overrides(weak) && !weak.overrides(strong));
        }
    }
    let twice = vec![
        (LayerOrigin::User, json!({"a": "first"})),
        (LayerOrigin::User, json!({"a": "second"})),
    ];
    assert_eq!(merged(twice), json!({"a": "second"}));
}

/// The diagnostics of askers from one distance, laid over the values of others, as they print.
fn disagreements(layers: &[(LayerOrigin, Value)]) -> Vec<String> {
    let parameters = parameters();
    let layers: Vec<Layer> = layers
        .iter()
        .map(|(origin, values)| layer(origin.clone(), json!({ "m": values })))
        .collect();
    let (values, diagnostics) = parameters.merge(layers.clone());
    let (reversed, _) = parameters.merge(layers.into_iter().rev());
    assert_eq!(
        values.reveal(),
        reversed.reveal(),
        "the order given decides nothing"
    );
    diagnostics.iter().map(Diagnostic::to_string).collect()
}

#[test]
fn askers_from_one_distance_are_reported_where_they_differ() {
    let differ = "warning[parameters.dependency.disagreement]: the dependency of alpha 1.0.0 and the dependency of beta 1.0.0 set `/a` of module `m` differently; the former is used";
    let (alpha, beta) = (asker("alpha", 1), asker("beta", 1));
    let of = |a: Value, b: Value| vec![(alpha.clone(), a), (beta.clone(), b)];
    for (a, b) in [
        (json!({"a": 1}), json!({"a": 2})),
        (json!({"a": null}), json!({"a": 2})),
        (json!({"a": 1}), json!({"a": null})),
        (json!({"a": {"b": 1}}), json!({"a": 2})),
        (json!({"a": 1}), json!({"a": {"b": 2}})),
        (json!({"a": 1}), json!({"a": {"b": {"c": 2}}})),
        (json!({"a": [1]}), json!({"a": [2]})),
    ] {
        assert_eq!(disagreements(&of(a, b)), [differ]);
    }
    for (a, b) in [
        (json!({"a": 1}), json!({"a": 1})),
        (json!({"a": null}), json!({"a": null})),
        (json!({"a": {"b": 1}}), json!({"a": {"c": 2}})),
        (json!({"a": {"b": 1}}), json!({"a": {}})),
    ] {
        assert!(disagreements(&of(a, b)).is_empty());
    }
    let mut settled = of(json!({"a": 1}), json!({"a": 2}));
    settled.push((asker("root", 0), json!({"a": 3})));
    assert!(
        disagreements(&settled).is_empty(),
        "somebody nearer settles it"
    );
    let parameters = parameters();
    let layers = of(json!({"m": {"a": 1}}), json!({"m": {"a": 2}}));
    let layers = layers
        .into_iter()
        .map(|(origin, values)| layer(origin, values));
    let (values, _) = parameters.merge(layers);
    assert_eq!(values.reveal()["m"]["a"], 1, "the first by name");
}

#[test]
fn what_names_no_module_is_reported_and_left_aside() {
    let parameters = parameters();
    let check = |origin: LayerOrigin, text: &str| {
        let file = SourceFile::new("mine.yaml", text);
        let (layer, diagnostics) = Layer::parse(origin, &file, &Limits::default());
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let (values, diagnostics) = parameters.merge(layer);
        assert_eq!(values.reveal(), json!({}));
        let lines = diagnostics.iter().map(|diagnostic| {
            assert_eq!(diagnostic.package(), Some("web"));
            format!("{diagnostic}\n  {}\n", diagnostic.help_lines().join("; "))
        });
        lines.collect::<String>()
    };
    insta::assert_snapshot!(check(LayerOrigin::User, "metrix: {a: 1}\n"), @r"
    mine.yaml:1:1: error[parameters.module.unknown]: the user sets values of `metrix`, and web 1.0.0 has no such module
      did you mean `metrics`?
    ");
    insta::assert_snapshot!(check(asker("shop", 0), "replicas: 2\n"), @r"
    mine.yaml:1:1: error[parameters.module.unknown]: the dependency of shop 1.0.0 sets values of `replicas`, and web 1.0.0 has no such module
      its modules: m, metrics; values stand below the name of their module
    ");
    insta::assert_snapshot!(check(LayerOrigin::Environment, "m: 2\n"), @r"
    mine.yaml:1:1: error[parameters.module.type]: the environment sets `m`, whose values are a map
      write `m: {…}`
    ");
    insta::assert_snapshot!(check(LayerOrigin::User, "m:\n# a: 1\n"), @r"
    mine.yaml:1:1: warning[parameters.module.null]: nothing stands below `m`, so that nothing is set in this module
      name the values to delete, each with null, or remove the line
    ");
}

#[test]
fn files_are_read_as_helm_reads_them_and_remember_places() {
    let file = SourceFile::new(
        "mine.yaml",
        "m:\n  mode: 0644\n  'on': yes\n  big: 9007199254740993\n  list: [a, {b: c}]\n  no:\n",
    );
    let (mine, diagnostics) = Layer::parse(LayerOrigin::User, &file, &Limits::default());
    assert!(diagnostics.is_empty());
    let parameters = parameters();
    let (values, _) = parameters.merge(mine);
    assert_eq!(
        values.reveal()["m"],
        json!({"mode": 420, "on": true, "big": 9_007_199_254_740_993_i64, "list": ["a", {"b": "c"}]})
    );
    for (pointer, place) in [
        ("/m/mode", "set by the user, mine.yaml:2:9"),
        ("/m/on", "set by the user, mine.yaml:3:9"),
        ("/m/list/1/b", "set by the user, mine.yaml:5:17"),
        ("/m/list/7", "deleted by the user, mine.yaml:5:9"),
        ("/m/false", "deleted by the user, mine.yaml:6:3"),
    ] {
        let provenance = values.provenance(pointer).unwrap();
        assert_eq!(provenance.to_string(), place, "{pointer}");
    }
}

#[test]
fn values_are_bounded() {
    let mut deep = json!(1);
    for _ in 0..200 {
        deep = json!({ "a": deep });
    }
    let limits = Limits::default();
    let error = Layer::from_json(LayerOrigin::User, &deep, &limits).unwrap_err();
    insta::assert_snapshot!(error, @"the values of the user nest deeper than 128 or are more than 100000; if they are meant to, raise the limit");
    let wide: Value = (0..100_001).collect();
    let wide = json!({"m": {"list": wide}});
    assert!(Layer::from_json(LayerOrigin::User, &wide, &limits).is_err());
    let list = Layer::from_json(LayerOrigin::User, &json!([]), &limits).unwrap_err();
    insta::assert_snapshot!(list, @"the user sets values of modules, which are a map `{module: {…}}`, not a list");

    let text = format!("m: {}1{}\n", "{a: ".repeat(200), "}".repeat(200));
    let (layer, diagnostics) = Layer::parse(
        LayerOrigin::User,
        &SourceFile::new("deep.yaml", text),
        &limits,
    );
    assert!(layer.is_none());
    assert_eq!(diagnostics[0].code(), "yaml.limit.depth");
    let list = SourceFile::new("list.yaml", "- m\n");
    let (layer, diagnostics) = Layer::parse(LayerOrigin::User, &list, &limits);
    assert!(layer.is_none());
    insta::assert_snapshot!(diagnostics[0], @"list.yaml:1:1: error[parameters.values.type]: values are a map `{module: {…}}`, not a list");
    let second = SourceFile::new("two.yaml", "m: {}\n---\nm: {a: 1}\n");
    let (layer, diagnostics) = Layer::parse(LayerOrigin::User, &second, &limits);
    assert!(layer.is_none());
    insta::assert_snapshot!(diagnostics[0], @"two.yaml:3:1: error[parameters.values.documents]: a file of values is one document, and here a second one begins");
    let empty = SourceFile::new("empty.yaml", "# nothing yet\n");
    let (layer, diagnostics) = Layer::parse(LayerOrigin::User, &empty, &limits);
    assert!(layer.unwrap().is_empty() && diagnostics.is_empty());
}

/// Values path by path: the simplest way to say what merging means.
#[derive(Clone, Debug, Default, PartialEq)]
struct Paths(BTreeMap<Vec<String>, Option<Value>>);

impl Paths {
    fn lay(&mut self, value: &Value, path: &mut Vec<String>, null_deletes: bool) {
        let Value::Object(entries) = value else {
            self.0.retain(|there, _| !there.starts_with(path));
            if !(null_deletes && value.is_null()) {
                self.0.insert(path.clone(), Some(value.clone()));
            }
            return;
        };
        if self.0.get(path) != Some(&None) {
            self.0.retain(|there, _| !there.starts_with(path));
            self.0.insert(path.clone(), None);
        }
        for (key, value) in entries {
            path.push(key.clone());
            self.lay(value, path, null_deletes);
            path.pop();
        }
    }

    fn of(layers: &[Value]) -> Self {
        let mut paths = Self::default();
        for (number, layer) in layers.iter().enumerate() {
            paths.lay(layer, &mut Vec::new(), number > 0);
        }
        paths
    }

    fn contains(&self, path: &[String]) -> bool {
        (0..=path.len()).any(|length| match self.0.get(&path[..length]) {
            Some(None) => length == path.len(),
            Some(Some(value)) => descend(value, &path[length..]).is_some(),
            None => false,
        })
    }
}

/// What a path leads to, through lists too.
fn descend<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        value => value.get(step),
    })
}

/// Whether a layer has something at a path, or something else than a map on the way there.
fn speaks_of(layer: &Value, path: &[String]) -> bool {
    let mut at = layer;
    for step in path {
        match at {
            Value::Object(entries) => match entries.get(step) {
                Some(next) => at = next,
                None => return false,
            },
            _ => return true,
        }
    }
    true
}

/// Every path of the layers, and some that lead nowhere.
fn paths_of(value: &Value, path: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
    paths.push(path.clone());
    for key in ["a", "b", "0"] {
        path.push(key.to_owned());
        match descend(value, &path[path.len() - 1..]) {
            Some(next) => paths_of(next, path, paths),
            None => paths.push(path.clone()),
        }
        path.pop();
    }
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        Just(json!(1)),
        Just(json!("x")),
        Just(json!([])),
        Just(json!([{"a": null}, 1])),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        proptest::collection::btree_map("[ab~]", inner, 0..3)
            .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>()))
    })
}

fn map() -> impl Strategy<Value = Value> {
    proptest::collection::btree_map("[ab~]", values(), 0..3)
        .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>()))
}

const ORIGINS: [LayerOrigin; 4] = [
    LayerOrigin::Defaults,
    LayerOrigin::Module,
    LayerOrigin::Environment,
    LayerOrigin::User,
];

fn lay(parameters: &ReleaseParameters, layers: &[Value]) -> Value {
    let layers = layers
        .iter()
        .zip(ORIGINS)
        .map(|(values, origin)| layer(origin, json!({ "m": values })));
    let (values, _) = parameters.merge(layers);
    values.reveal()["m"].take()
}

fn pointer(path: &[String]) -> String {
    let steps = path
        .iter()
        .map(|step| format!("/{}", step.replace('~', "~0")));
    std::iter::once("/m".to_owned()).chain(steps).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn merging_is_what_laying_path_by_path_gives(layers in proptest::collection::vec(map(), 1..5)) {
        let parameters = parameters();
        let merged = lay(&parameters, &layers);
        prop_assert_eq!(Paths::of(&[merged]), Paths::of(&layers));
    }

    #[test]
    fn provenance_names_the_last_layer_that_speaks_of_a_path(layers in proptest::collection::vec(map(), 1..5)) {
        let parameters = parameters();
        let (values, _) = parameters.merge(
            layers.iter().zip(ORIGINS).map(|(values, origin)| layer(origin, json!({ "m": values }))),
        );
        let expected = Paths::of(&layers);
        let mut paths = Vec::new();
        layers.iter().for_each(|layer| paths_of(layer, &mut Vec::new(), &mut paths));
        for path in paths {
            let last = layers.iter().zip(ORIGINS).rev().find(|(layer, _)| speaks_of(layer, &path));
            let effect = if expected.contains(&path) { Effect::Set } else { Effect::Deleted };
            let expected = last.map(|(_, origin)| (origin, effect));
            let found = values.provenance(&pointer(&path));
            let found = found.map(|by| (by.origin().clone(), by.effect()));
            prop_assert_eq!(found, expected, "{:?}", path);
        }
    }

    #[test]
    fn an_empty_layer_is_neutral_and_laying_twice_is_laying_once(defaults in map(), over in map()) {
        let parameters = parameters();
        let once = lay(&parameters, &[defaults.clone(), over.clone()]);
        prop_assert_eq!(&lay(&parameters, &[defaults.clone(), over.clone(), over.clone()]), &once);
        prop_assert_eq!(&lay(&parameters, &[defaults.clone(), json!({}), over.clone()]), &once);
        prop_assert_eq!(&lay(&parameters, &[defaults.clone(), over, json!({})]), &once);
        prop_assert_eq!(lay(&parameters, std::slice::from_ref(&defaults)), defaults);
    }

    #[test]
    fn the_last_layer_wins(defaults in map(), middle in map(), last in map()) {
        let parameters = parameters();
        let merged = lay(&parameters, &[defaults, middle, last.clone()]);
        prop_assert_eq!(lay(&parameters, &[merged.clone(), last]), merged);
    }

    #[test]
    fn leaves_are_all_that_there_is(layers in proptest::collection::vec(map(), 1..3)) {
        let parameters = parameters();
        // Defaults and the package's values stand in the catalog, so that all of them are shown.
        let layers = layers.iter().zip(ORIGINS).map(|(values, origin)| layer(origin, json!({ "m": values })));
        let (values, _) = parameters.merge(layers);
        prop_assert_eq!(values.to_json(), values.reveal());
        for leaf in values.leaves() {
            let there = values.reveal().pointer(&leaf.pointer).cloned();
            prop_assert_eq!(&there, &leaf.value);
            prop_assert_eq!(there.is_some(), leaf.provenance.effect() == Effect::Set);
        }
    }
}

#[test]
fn a_large_default_of_a_variable_is_kept() {
    let items = "1,".repeat(150_000);
    let variables = format!(
        "variable \"a\" {{\n  default = [{items}1]\n}}\nvariable \"b\" {{\n  default = 1\n}}\n"
    );
    let source = MemorySource::from_iter([
        ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
        (
            "web/1.0.0/modules.yaml",
            "modules:\n- terraform: {path: ./tf}\n",
        ),
        ("web/1.0.0/tf/a.tf", variables.as_str()),
    ]);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let release = loaded.catalog().package("web").unwrap().newest().unwrap();
    let (parameters, diagnostics) =
        ReleaseParameters::read(&source, release, &ParameterLimits::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let (values, _) = parameters.merge([]);
    let values = values.reveal();
    assert_eq!(values["tf"]["a"].as_array().unwrap().len(), 150_001);
    assert_eq!(values["tf"]["b"], 1);
}
