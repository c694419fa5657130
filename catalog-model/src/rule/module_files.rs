//! Rules of what lies inside modules: charts, their values and schemas, Terraform modules.

use catalog_conditions::rule::{Files, Rule};

const METADATA: (&str, &str) = ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n");
const CHART: (&str, &str) = (
    "web/1.0.0/chart/Chart.yaml",
    "apiVersion: v2\nname: web\nversion: 1.0.0\n",
);
const OF_CHART: (&str, &str) = (
    "web/1.0.0/modules.yaml",
    "modules:\n- chart: {path: ./chart/}\n",
);
const OF_TERRAFORM: (&str, &str) = (
    "web/1.0.0/modules.yaml",
    "modules:\n- terraform: {path: ./db/}\n",
);
const VALUES: &str = "web/1.0.0/chart/values.yaml";
const SCHEMA: &str = "web/1.0.0/chart/values.schema.json";
const VARIABLES: &str = "web/1.0.0/db/variables.tf";
const VARIABLES_JSON: &str = "web/1.0.0/db/variables.tf.json";
const ANY_SCHEMA: &str = "{\"type\": \"object\"}\n";
const NAME: &str = "variable \"name\" {\n  type = string\n}\n";

/// A release with a chart that has one more file.
macro_rules! chart {
    ($path:expr, $text:expr) => {{
        const FILES: Files = &[METADATA, OF_CHART, CHART, ($path, $text)];
        FILES
    }};
}

/// A release with a Terraform module of one file.
macro_rules! terraform {
    ($text:expr) => {{
        const FILES: Files = &[METADATA, OF_TERRAFORM, (VARIABLES, $text)];
        FILES
    }};
}

/// The same, of a file in JSON.
macro_rules! terraform_json {
    ($text:expr) => {{
        const FILES: Files = &[METADATA, OF_TERRAFORM, (VARIABLES_JSON, $text)];
        FILES
    }};
}

pub(super) static RULES: &[Rule] = &[
    Rule::error("module.unreadable", "a module's folder cannot be read")
        .because("`path` leads to a file, or to a folder that may not be listed. What is installed from it could be neither checked nor digested. Write the path of the folder itself.")
        .catalog_example(
            &[METADATA, OF_CHART, ("web/1.0.0/chart", "apiVersion: v2\n")],
            &[METADATA, OF_CHART, CHART],
        ),
    Rule::error("module.limit", "the modules of a release are too much together")
        .because("Each module is within the limits, and all of them together, as often as they are named, are more than any release needs: three times what one module may be. The modules from there on are not looked into, so that nothing is known of them. Bring fewer modules, or leave out of their charts what is not used."),
    Rule::error("module.unread", "a module was not read, and is not to blame")
        .because("Terraform's files are read by a thread with room for what they may nest, and the system started none: it ran out of memory, or of the threads that it allows. Of a module that nobody read, nothing is known. Read the catalog again where more may be used."),
    Rule::error("chart.missing", "a chart's folder has no `Chart.yaml`")
        .because("Helm refuses a folder without that file. Mostly `path` leads one folder too high, or the chart was not copied into the catalog as a whole.")
        .catalog_example(
            &[METADATA, OF_CHART, (VALUES, "replicas: 1\n")],
            &[METADATA, OF_CHART, CHART, (VALUES, "replicas: 1\n")],
        ),
    Rule::error("chart.type", "a `Chart.yaml` is no map")
        .because("Helm reads the name and version of the chart from it, and refuses the folder if there are none. Mostly the file was emptied, or is another file of that name.")
        .catalog_example(
            &[METADATA, OF_CHART, (CHART.0, "")],
            &[METADATA, OF_CHART, CHART],
        ),
    Rule::error("chart.field.missing", "a `Chart.yaml` lacks the chart's name or version")
        .because("Helm refuses a chart without them. `apiVersion` may be missing, as in charts of old; whoever writes a new one adds `apiVersion: v2`.")
        .catalog_example(
            &[METADATA, OF_CHART, (CHART.0, "apiVersion: v2\nname: web\n")],
            &[METADATA, OF_CHART, CHART],
        ),
    Rule::error("chart.field.type", "the name or version in a `Chart.yaml` is no text")
        .because("Helm takes texts there and refuses the chart otherwise: `version: 1.10` is a number. Quote it.")
        .catalog_example(
            &[METADATA, OF_CHART, (CHART.0, "apiVersion: v2\nname: web\nversion: 1.10\n")],
            &[METADATA, OF_CHART, CHART],
        ),
    Rule::warning("chart.packed", "a chart is packed, and is not looked into")
        .because("Helm installs it as well, but nobody can review what changes in it from version to version, and what can be set in it is not known here: its values are not checked, and none of them is shown. Unpack it into a folder.")
        .catalog_example(
            &[
                METADATA,
                ("web/1.0.0/modules.yaml", "modules:\n- name: web\n  chart: {path: ./web-1.0.0.tgz}\n"),
                ("web/1.0.0/web-1.0.0.tgz", "…"),
            ],
            &[METADATA, OF_CHART, CHART],
        ),
    Rule::error("values.type", "a chart's `values.yaml` is no map")
        .because("Helm gives templates named values: a list or a single value in their place has no names, and Helm refuses the chart.")
        .catalog_example(chart!(VALUES, "- replicas: 1\n"), chart!(VALUES, "replicas: 1\n")),
    Rule::warning("values.second-document", "a chart's `values.yaml` has a second document")
        .because("Helm reads the first document of the file and drops the others without a word, so that what they set is not set.")
        .catalog_example(
            chart!(VALUES, "replicas: 1\n---\nimage: nginx\n"),
            chart!(VALUES, "replicas: 1\nimage: nginx\n"),
        ),
    Rule::note("values.limit.inferred", "a chart's values are more than a schema is inferred for")
        .because("Where a chart has no `values.schema.json`, one is inferred from its values, up to 20,000 of them and 64 levels. Beyond that anything is allowed. A schema of the chart's own says more."),
    Rule::error("values-schema.json", "`values.schema.json` is not JSON")
        .because("Helm reads the file as JSON, without comments and trailing commas, and refuses the chart if it is none.")
        .catalog_example(chart!(SCHEMA, "{\"type\": object}\n"), chart!(SCHEMA, ANY_SCHEMA)),
    Rule::error("values-schema.type", "a schema is neither a map nor `true` or `false`")
        .because("Nothing else is a JSON Schema. A list of schemas stands under `allOf`, `anyOf` or `oneOf`.")
        .catalog_example(chart!(SCHEMA, "[]\n"), chart!(SCHEMA, ANY_SCHEMA)),
    Rule::error("values-schema.keyword", "a keyword of a schema has a value that means nothing")
        .because("A type that does not exist or a bound that is a text checks nothing, and what the author meant to forbid would be allowed. The dialect's own schema says what each keyword takes.")
        .catalog_example(
            chart!(SCHEMA, "{\"properties\": {\"replicas\": {\"type\": \"int\"}}}\n"),
            chart!(SCHEMA, "{\"properties\": {\"replicas\": {\"type\": \"integer\"}}}\n"),
        ),
    Rule::error("values-schema.pattern", "a pattern is no regular expression that can be used")
        .because("Patterns are matched in time linear in the text, as Helm's are: look-around and back-references are not known, and repetitions of repetitions can be too large. A pattern that is passed over would allow what it was to forbid.")
        .catalog_example(
            chart!(SCHEMA, "{\"properties\": {\"host\": {\"pattern\": \"^(?!www).*$\"}}}\n"),
            chart!(SCHEMA, "{\"properties\": {\"host\": {\"not\": {\"pattern\": \"^www\"}}}}\n"),
        ),
    Rule::error("values-schema.dialect", "`$schema` names no dialect that is known")
        .because("Keywords mean different things in different dialects. Known are draft-04, draft-06, draft-07, 2019-09 and 2020-12; without `$schema`, draft-07 is meant, as editors take it.")
        .catalog_example(
            chart!(SCHEMA, "{\"$schema\": \"https://example.com/own-dialect\"}\n"),
            chart!(SCHEMA, "{\"$schema\": \"http://json-schema.org/draft-07/schema#\"}\n"),
        ),
    Rule::error("values-schema.id", "a name of a schema is no address, or names two places")
        .because("`$id` and `$anchor` say where references lead. One that is no address leads nowhere, and one that is there twice leads to either.")
        .catalog_example(
            chart!(SCHEMA, "{\"$id\": \"https://[example.com/web.json\"}\n"),
            chart!(SCHEMA, "{\"$id\": \"https://example.com/web.json\"}\n"),
        ),
    Rule::error("values-schema.ref.remote", "a schema refers to another file")
        .because("Nothing is downloaded while values are checked: the answer would depend on a server, and a catalog could make its readers call any address. Copy what is meant under `definitions`.")
        .catalog_example(
            chart!(SCHEMA, "{\"properties\": {\"affinity\": {\"$ref\": \"https://example.com/affinity.json\"}}}\n"),
            chart!(SCHEMA, "{\"properties\": {\"affinity\": {\"$ref\": \"#/definitions/affinity\"}}, \"definitions\": {\"affinity\": {\"type\": \"object\"}}}\n"),
        ),
    Rule::error("values-schema.ref.missing", "a reference leads to nothing")
        .because("What it was to check is checked by nobody, and validators differ in whether they say so. Mostly the definition was renamed.")
        .catalog_example(
            chart!(SCHEMA, "{\"properties\": {\"port\": {\"$ref\": \"#/definitions/prot\"}}, \"definitions\": {\"port\": {\"type\": \"integer\"}}}\n"),
            chart!(SCHEMA, "{\"properties\": {\"port\": {\"$ref\": \"#/definitions/port\"}}, \"definitions\": {\"port\": {\"type\": \"integer\"}}}\n"),
        ),
    Rule::error("values-schema.ref.dynamic", "a reference depends on where it is reached from")
        .because("`$dynamicRef` and `$recursiveRef` mean another schema on each way that leads to them. What that costs cannot be told beforehand, and no schema of values needs it: write `$ref`.")
        .catalog_example(
            chart!(SCHEMA, "{\"$schema\": \"https://json-schema.org/draft/2019-09/schema\", \"$recursiveAnchor\": true, \"additionalProperties\": {\"$recursiveRef\": \"#\"}}\n"),
            chart!(SCHEMA, "{\"$schema\": \"https://json-schema.org/draft/2019-09/schema\", \"additionalProperties\": {\"$ref\": \"#\"}}\n"),
        ),
    Rule::error("values-schema.ref.endless", "a schema asks itself about the same value")
        .because("Such a question has no end, and validators hang or overflow on it. A schema may lead to itself below `properties` or `items`, where the values get smaller.")
        .catalog_example(
            chart!(SCHEMA, "{\"allOf\": [{\"$ref\": \"#\"}]}\n"),
            chart!(SCHEMA, "{\"properties\": {\"inner\": {\"$ref\": \"#\"}}}\n"),
        ),
    Rule::error("values-schema.limit.expansion", "a schema asks too much about one value")
        .because("References inside alternatives that lead to alternatives multiply: a file of a few hundred bytes can ask more than any computer answers. The questions are counted before the first is asked; 5,000,000 are allowed."),
    Rule::error("values-schema.limit.subschemas", "a schema has too many subschemas")
        .because("20,000 are allowed, where bundled Kubernetes definitions have some ten thousand. Leave out definitions that nothing refers to, or raise the limit."),
    Rule::error("values-schema.limit.depth", "the subschemas of a schema nest too deep")
        .because("64 levels are allowed, and real charts have ten. Name inner schemas under `definitions` and refer to them, or raise the limit."),
    Rule::error("values-schema.limit.paths", "the paths of the subschemas are too long together")
        .because("The place of each subschema is written out for messages: deep schemas with long names take far more memory than their text. 32 MiB are allowed."),
    Rule::error("values-schema.limit.enum", "an `enum` has too many values")
        .because("A value is compared with each of them. 10,000 are allowed; a pattern may say the same."),
    Rule::error("values-schema.limit.pattern", "a pattern is too long")
        .because("Patterns are compiled, which takes far more memory than their text. 4,096 bytes are allowed."),
    Rule::error("values-schema.limit.patterns", "a schema has too many patterns")
        .because("Each is compiled before values are looked at. 1,000 are allowed; say one that is used often under `definitions`."),
    Rule::error("values-schema.limit.pattern-work", "the patterns of a schema have too many escapes")
        .because("Each escape is translated by reading the pattern anew, so that long patterns full of them take time that grows with the square of their length."),
    Rule::error("terraform.missing", "a Terraform module's folder has no `.tf` file")
        .because("Terraform finds no configuration there and refuses the folder. Mostly `path` leads one folder too high, or the module was not copied as a whole.")
        .catalog_example(
            &[METADATA, OF_TERRAFORM, ("web/1.0.0/db/README.md", "A database.\n")],
            terraform!(NAME),
        ),
    Rule::error("terraform.syntax", "a file of a Terraform module cannot be read")
        .because("A file that cannot be read may declare any variable, so that nothing is known of the module's parameters, and Terraform refuses the module. The line is not shown, for it may hold a secret.")
        .catalog_example(terraform!("variable \"name\" {\n  type = \n}\n"), terraform!(NAME)),
    Rule::error("terraform.type", "the type of a variable is none")
        .because("Terraform knows `string`, `number`, `bool`, `any`, and `list(…)`, `set(…)`, `map(…)`, `object({…})`, `tuple([…])` of types. It refuses a module with another.")
        .catalog_example(
            terraform!("variable \"size\" {\n  type = integer\n}\n"),
            terraform!("variable \"size\" {\n  type = number\n}\n"),
        ),
    Rule::warning("terraform.default", "the default of a variable is no plain value")
        .because("Terraform allows no references and no functions in a default, for they are read before anything else is known. It is kept as text, and the variable counts as one that has a default.")
        .catalog_example(
            terraform!("variable \"zone\" {\n  default = local.zone\n}\n"),
            terraform!("variable \"zone\" {\n  default = \"a\"\n}\n"),
        ),
    Rule::error("terraform.default.type", "the default of a variable does not fit its type")
        .because("Terraform converts a default to the type of its variable, a number to a text, say, and refuses the module where it cannot: a text that is no number, an object that lacks an attribute, null where `nullable` is false.")
        .catalog_example(
            terraform!("variable \"size\" {\n  type    = number\n  default = \"large\"\n}\n"),
            terraform!("variable \"size\" {\n  type    = number\n  default = 20\n}\n"),
        ),
    Rule::error("terraform.variable.override", "a variable is overridden that no file declares")
        .because("Files named `override.tf` or `*_override.tf` say something of variables that other files declare. Terraform refuses one that is declared nowhere else.")
        .catalog_example(
            &[METADATA, OF_TERRAFORM, ("web/1.0.0/db/override.tf", NAME)],
            terraform!(NAME),
        ),
    Rule::error("terraform.variable.name", "a `variable` block has no name that can be used")
        .because("Values are given to a variable by its one name, which begins with a letter or `_` and goes on with letters, digits, `_` and `-`. `source`, `version`, `providers`, `count`, `for_each`, `depends_on`, `lifecycle`, `locals` and some more mean something else in the `module` block that calls the module. Terraform refuses other names, and blocks with none or several.")
        .catalog_example(terraform!("variable \"source\" {\n  type = string\n}\n"), terraform!(NAME)),
    Rule::error("terraform.variable.type", "a block of a Terraform file in JSON is no map")
        .because("`variable` is a map of names, and each of these is a map of arguments, or a list of such maps. Of anything else Terraform reads nothing, and refuses the module.")
        .catalog_example(
            terraform_json!("{\"variable\": {\"name\": \"string\"}}\n"),
            terraform_json!("{\"variable\": {\"name\": {\"type\": \"string\"}}}\n"),
        ),
    Rule::error("terraform.variable.unknown-key", "a variable has an argument or a block that Terraform does not know")
        .because("Terraform refuses the module. Mostly it is a misspelling, and the variable lacks what was meant: with `defualt` it must be set by whoever installs the module, and with `sensetive` its value is shown.")
        .catalog_example(
            terraform!("variable \"name\" {\n  type    = string\n  defualt = \"main\"\n}\n"),
            terraform!("variable \"name\" {\n  type    = string\n  default = \"main\"\n}\n"),
        ),
    Rule::error("terraform.variable.duplicate", "a variable is declared twice")
        .because("Terraform refuses the module, for either may be meant. Only files named `override.tf` or `*_override.tf` may say something of a variable that another declares.")
        .catalog_example(
            terraform!("variable \"name\" {}\n\nvariable \"name\" {\n  type = string\n}\n"),
            terraform!(NAME),
        ),
    Rule::error("terraform.limit.files", "a Terraform module has too many files")
        .because("1,000 are allowed. A folder with more is hardly one module: `path` may lead to one that holds many."),
    Rule::error("terraform.limit.bytes", "a file of a Terraform module is too large")
        .because("1 MiB is allowed. Variables are seldom more than some pages: split the file, or raise the limit."),
    Rule::error("terraform.limit.assignments", "a file of a Terraform module assigns too much")
        .because("10,000 `=` and `:` are allowed in a file. The parser looks at all attributes of a map before it adds one, so that the time grows with the square of their number. Split the file, or raise the limit."),
    Rule::error("terraform.limit.variables", "a Terraform module has too many variables")
        .because("10,000 are allowed: nobody can set more by hand. Put what belongs together into a variable of type `object`, or raise the limit."),
    Rule::error("terraform.limit.schema", "the variables of a Terraform module ask too much")
        .because("Their types become a JSON Schema, to which the limits of schemas apply: subschemas, depth and patterns, of which each number is one. Use fewer or flatter types, or raise the limit that is named."),
];
