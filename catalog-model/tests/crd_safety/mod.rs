//! The table of changes, read.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]

use std::collections::BTreeMap;
use std::path::Path;

use catalog_model::SourceFile;
use catalog_model::crd_safety::{Break, Stored, compare_stored};
use catalog_model::document::{Limits, parse};
use serde_json::{Map, Value, json};

/// One direction of a case.
#[derive(Clone, Debug)]
pub struct Change {
    pub name: String,
    pub case: Value,
    pub is_back: bool,
    /// Code → audience and a part of the reason.
    pub breaks: BTreeMap<String, (String, String)>,
    pub stored_versions: Option<Vec<String>>,
}

/// All cases of the folder in both directions.
pub fn changes() -> Vec<Change> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crd_safety");
    let files = [
        "fields",
        "types",
        "values",
        "lists",
        "crd",
        "versions",
        "acceptance",
    ];
    let mut changes = Vec::new();
    for file in files {
        let path = format!("{file}.yaml");
        let text = std::fs::read_to_string(folder.join(&path)).unwrap();
        let read = parse(&SourceFile::new(path, text), &Limits::default());
        assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
        for case in read.documents[0].to_json().as_array().unwrap() {
            changes.extend([false, true].map(|is_back| Change::of_row(file, case, is_back)));
        }
    }
    changes
}

const KEYS: [&str; 31] = [
    "name",
    "at",
    "old",
    "new",
    "oldConversion",
    "newConversion",
    "forward",
    "back",
    "object",
    "backObject",
    "change",
    "backChange",
    "whole",
    "backWhole",
    "wholeChange",
    "backWholeChange",
    "after",
    "backAfter",
    "appliers",
    "appliersBack",
    "version",
    "backVersion",
    "storedVersions",
    "backStoredVersions",
    "pair",
    "server",
    "serverForward",
    "serverBack",
    "why",
    "selector",
    "backSelector",
];

impl Change {
    /// A row of a file, in one direction.
    pub fn of_row(file: &str, case: &Value, is_back: bool) -> Self {
        for key in case.as_object().unwrap().keys() {
            assert!(KEYS.contains(&key.as_str()), "{key} of {case}");
        }
        let (arrow, verdict) = if is_back {
            ("←", "back")
        } else {
            ("→", "forward")
        };
        let name = format!("{file}: {} {arrow}", case["name"].as_str().unwrap());
        let verdict = case.get(verdict).and_then(Value::as_object);
        let verdict = verdict.unwrap_or_else(|| panic!("{name} has no verdict"));
        let breaks = verdict.iter().map(|(code, told)| {
            let (audience, reason) = told.as_str().unwrap().split_once(" | ").unwrap();
            (code.clone(), (audience.to_owned(), reason.to_owned()))
        });
        let texts = |value: &Value| -> Vec<String> {
            let list = value.as_array().unwrap().iter();
            list.map(|one| one.as_str().unwrap().to_owned()).collect()
        };
        let own = if is_back {
            case.get("backStoredVersions")
        } else {
            None
        };
        let stored_versions = own.or(case.get("storedVersions")).map(texts);
        Self {
            breaks: breaks.collect(),
            stored_versions,
            name,
            is_back,
            case: case.clone(),
        }
    }

    /// What the case says in this direction.
    pub fn said(&self, key: &str) -> Option<&Value> {
        if !self.is_back {
            return self.case.get(key);
        }
        let mut letters = key.chars();
        let first = letters.next().unwrap().to_uppercase();
        let back = format!("back{first}{}", letters.as_str());
        let turned = format!("{key}Back");
        self.case.get(&back).or_else(|| self.case.get(&turned))
    }

    pub fn is_for_server(&self) -> bool {
        let is_not = |key: &str| self.case.get(key) == Some(&Value::Bool(false));
        let direction = if self.is_back {
            "serverBack"
        } else {
            "serverForward"
        };
        !is_not("server") && !is_not(direction)
    }

    /// The CRD before and after, in a group.
    pub fn crds(&self, group: &str) -> (Value, Value) {
        let old = self.crd(group, "old");
        let new = self.crd(group, "new");
        if self.is_back { (new, old) } else { (old, new) }
    }

    fn crd(&self, group: &str, side: &str) -> Value {
        let case = &self.case;
        let said = &case[side];
        let spec = |fields: Value| json!({"type": "object", "properties": {"spec": fields}});
        let with_type = |mut schema: Value| {
            schema
                .as_object_mut()
                .unwrap()
                .insert("type".into(), "object".into());
            schema
        };
        let mut crd = json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": format!("things.{group}")},
            "spec": {"group": group, "scope": "Namespaced", "names": {"kind": "Thing", "plural": "things"}},
        });
        let other = || json!({"type": "object", "properties": {"other": {"type": "string"}}});
        let versions = match case.get("at").and_then(Value::as_str).unwrap_or("field") {
            "field" => {
                let mut fields = other();
                fields["properties"]["x"] = said.clone();
                vec![version("v1", &json!({"storage": true}), spec(fields))]
            }
            "spec" => vec![version(
                "v1",
                &json!({"storage": true}),
                spec(with_type(said.clone())),
            )],
            "schema" => vec![version(
                "v1",
                &json!({"storage": true}),
                with_type(said.clone()),
            )],
            "crd" => {
                merge(&mut crd, said);
                vec![version("v1", &json!({"storage": true}), spec(other()))]
            }
            "versions" => {
                let said = said.as_object().unwrap().iter();
                let made = said.map(|(name, said)| {
                    let mut fields = other();
                    if let Some(more) = said.get("fields") {
                        merge(&mut fields["properties"], more);
                    }
                    let mut schema = spec(fields);
                    if let Some(status) = said.get("status") {
                        schema["properties"]["status"] =
                            json!({"type": "object", "properties": status});
                    }
                    version(name, said, schema)
                });
                made.collect()
            }
            other => panic!("{other} is no place"),
        };
        crd["spec"]["versions"] = versions.into();
        if let Some(conversion) = case.get(format!("{side}Conversion").as_str()) {
            crd["spec"]["conversion"] = conversion.clone();
        }
        crd
    }

    /// What the library says of it.
    pub fn found(&self, group: &str) -> Vec<Break> {
        let (old, new) = self.crds(group);
        let stored = match &self.stored_versions {
            Some(versions) => Stored::unknown().with_versions(versions),
            None => Stored::unknown(),
        };
        compare_stored(&old, &new, stored)
    }
}

fn version(name: &str, said: &Value, schema: Value) -> Value {
    let mut version: Map<String, Value> = said.as_object().unwrap().clone();
    version.retain(|key, _| !matches!(key.as_str(), "fields" | "status"));
    version.insert("name".into(), name.into());
    version.entry("served").or_insert(true.into());
    version.entry("storage").or_insert(false.into());
    version.insert("schema".into(), json!({"openAPIV3Schema": schema}));
    version.into()
}

/// RFC 7386.
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let map = target.as_object_mut().unwrap();
    for (key, value) in patch {
        if value.is_null() {
            map.remove(key);
        } else {
            merge(map.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}
