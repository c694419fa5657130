//! Rules of values laid in layers, and of what schemas refuse in them.

use catalog_conditions::rule::{Files, Rule};

/// A release whose chart has this schema, and what `modules.yaml` sets in the chart.
macro_rules! set {
    ($schema:expr, $values:expr) => {{
        const FILES: Files = &[
            ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
            (
                "web/1.0.0/modules.yaml",
                concat!(
                    "modules:\n- chart: {path: ./chart/}\n  values: {",
                    $values,
                    "}\n"
                ),
            ),
            (
                "web/1.0.0/chart/Chart.yaml",
                "apiVersion: v2\nname: web\nversion: 1.0.0\n",
            ),
            ("web/1.0.0/chart/values.schema.json", $schema),
        ];
        FILES
    }};
}

pub(super) static RULES: &[Rule] = &[
    Rule::error("parameters.values.type", "values are no map of modules").because(
        "What a layer sets is `{module: {key: value}}`: the name of a module first, then its values. A list or a single value sets nothing that anybody would find.",
    ),
    Rule::error("parameters.values.documents", "a file of values has a second document").because(
        "Helm reads the first document of such a file and drops the others without a word. Give each a file of its own: of several, the one given last wins.",
    ),
    Rule::error("parameters.module.unknown", "values are set in a module that the release does not have").because(
        "They would go nowhere. The name is misspelt, another version of the package had such a module, or the values lack the name of the module around them.",
    ),
    Rule::error("parameters.module.type", "the values of a module are no map").because(
        "Modules take named values; a list or a single value in their place has no name.",
    ),
    Rule::warning("parameters.module.null", "nothing stands below the name of a module").because(
        "Such a line is what remains of a map whose lines were commented out. It does not delete the defaults of the module; to delete some, name each with null.",
    ),
    Rule::warning("parameters.dependency.disagreement", "two packages set one value of a third, neither with more right").because(
        "Both are as far from what the user asked for, so that neither overrides the other. That of the package whose name comes first is used, so that the result does not change from run to run. Set the value where more has a say: in a nearer package, in the environment, or as the user.",
    ),
    Rule::error("parameters.value.unknown-key", "a key that the schema does not know").because(
        "The schema of the module lists its keys and allows no others; Helm refuses such values, and Terraform such variables. Mostly it is a misspelling of one that is listed. Its line is not shown, for it may be that of a secret.",
    )
    .catalog_example(
        set!("{\"properties\": {\"replicas\": {\"type\": \"integer\"}}, \"additionalProperties\": false}\n", "replicsa: 2"),
        set!("{\"properties\": {\"replicas\": {\"type\": \"integer\"}}, \"additionalProperties\": false}\n", "replicas: 2"),
    ),
    Rule::error("parameters.value.missing", "a value that must be set is not").because(
        "The schema requires it, and no layer sets it, or one deletes it with null. The map it belongs to is pointed at.",
    )
    .catalog_example(
        set!("{\"properties\": {\"ports\": {\"items\": {\"required\": [\"port\"]}}}}\n", "ports: [{name: http}]"),
        set!("{\"properties\": {\"ports\": {\"items\": {\"required\": [\"port\"]}}}}\n", "ports: [{name: http, port: 80}]"),
    ),
    Rule::error("parameters.value.type", "a value of the wrong type").because(
        "YAML gives a value a type by how it is written: `\"3\"` is a text and 3 a number. A template that counts on the one often fails on the other long after installing began.",
    )
    .catalog_example(
        set!("{\"properties\": {\"replicas\": {\"type\": \"integer\"}}}\n", "replicas: \"2\""),
        set!("{\"properties\": {\"replicas\": {\"type\": \"integer\"}}}\n", "replicas: 2"),
    ),
    Rule::error("parameters.value.choice", "none of the values that the schema lists").because(
        "The module knows what to do with those alone; with another it fails late, or does what nobody expects.",
    )
    .catalog_example(
        set!("{\"properties\": {\"mode\": {\"enum\": [\"single\", \"cluster\"]}}}\n", "mode: clustered"),
        set!("{\"properties\": {\"mode\": {\"enum\": [\"single\", \"cluster\"]}}}\n", "mode: cluster"),
    ),
    Rule::error("parameters.value.bound", "a number out of bounds").because(
        "It is under the least or over the largest number that the schema allows, or no multiple of the one it asks for.",
    )
    .catalog_example(
        set!("{\"properties\": {\"replicas\": {\"minimum\": 1}}}\n", "replicas: 0"),
        set!("{\"properties\": {\"replicas\": {\"minimum\": 1}}}\n", "replicas: 1"),
    ),
    Rule::error("parameters.value.size", "a text, list or map that is too long or too short").because(
        "The schema says how many characters, items or keys it may have, whether its items must differ, or what one of them must be.",
    )
    .catalog_example(
        set!("{\"properties\": {\"name\": {\"maxLength\": 8}}}\n", "name: observability"),
        set!("{\"properties\": {\"name\": {\"maxLength\": 8}}}\n", "name: observe"),
    ),
    Rule::error("parameters.value.pattern", "a text that does not match").because(
        "The schema asks for a regular expression or a format, such as that of an address. An expression matches anywhere in the text unless it begins with `^` and ends with `$`.",
    )
    .catalog_example(
        set!("{\"properties\": {\"refresh\": {\"pattern\": \"^[0-9]+[smh]$\"}}}\n", "refresh: often"),
        set!("{\"properties\": {\"refresh\": {\"pattern\": \"^[0-9]+[smh]$\"}}}\n", "refresh: 30s"),
    ),
    Rule::error("parameters.value.alternative", "a value that fits no alternative, or too many").because(
        "The schema gives several forms, of which one, exactly one or none may fit. The help says what the nearest one lacks.",
    )
    .catalog_example(
        set!("{\"properties\": {\"port\": {\"oneOf\": [{\"type\": \"integer\"}, {\"type\": \"string\", \"pattern\": \"^[a-z]+$\"}]}}}\n", "port: \"80/tcp\""),
        set!("{\"properties\": {\"port\": {\"oneOf\": [{\"type\": \"integer\"}, {\"type\": \"string\", \"pattern\": \"^[a-z]+$\"}]}}}\n", "port: 80"),
    ),
    Rule::error("parameters.value.forbidden", "a value where the schema allows none").because(
        "The schema has `false` for this key: it was taken out of the module, or is set by the module itself.",
    )
    .catalog_example(
        set!("{\"properties\": {\"replicas\": {\"type\": \"integer\"}, \"legacy\": false}}\n", "legacy: true"),
        set!("{\"properties\": {\"replicas\": {\"type\": \"integer\"}, \"legacy\": false}}\n", "replicas: 2"),
    ),
    Rule::error("parameters.value.other", "a value that the schema refuses for another reason").because(
        "The message names the keyword of JSON Schema that refused it; the schema says there what it wants.",
    )
    .catalog_example(
        set!("{\"properties\": {\"dashboard\": {\"contentMediaType\": \"application/json\"}}}\n", "dashboard: \"{\""),
        set!("{\"properties\": {\"dashboard\": {\"contentMediaType\": \"application/json\"}}}\n", "dashboard: \"{}\""),
    ),
    Rule::error("parameters.value.not-checked", "values that are not held against their schema").because(
        "Alternatives and references can make a small schema ask more questions about large values than any computer answers. Such values are not called right: make them smaller, or raise the limit.",
    ),
];
