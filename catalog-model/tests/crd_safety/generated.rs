//! Changes that nobody thought of: a schema at random, one or two edits of it, and an object that the schema may have.
#![allow(unreachable_pub, reason = "one test file uses it")]

use serde_json::{Map, Value, json};

/// Numbers from a seed, the same everywhere (SplitMix64).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % end as u64).unwrap()
    }

    fn is(&mut self, of_ten: usize) -> bool {
        self.below(10) < of_ten
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// A row as those of the table, from a seed.
pub fn case(seed: u64) -> Value {
    let dice = &mut Dice::new(seed);
    let old = schema(dice, 3);
    let mut new = old.clone();
    for _ in 0..1 + dice.below(2) {
        edit(dice, &mut new);
    }
    let mut case = json!({"name": format!("seed {seed}"), "old": old, "new": new, "object": {"other": "a"}, "forward": {}, "back": {}});
    if dice.is(9) {
        let value = value(dice, &old);
        case["object"]["x"] = value.clone();
        let mut places = Vec::new();
        places_of_z(&value, &mut Vec::new(), &mut places);
        if !places.is_empty() && dice.is(7) {
            let place = dice.one(&places).clone();
            let change = with_other_z(&value, &place);
            case["change"] = json!({"x": change});
        }
    }
    case
}

/// Below each map that has one, the way to `z`, whose value can be another one.
fn places_of_z(value: &Value, way: &mut Vec<String>, places: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(fields) => {
            if fields.get("z").is_some_and(Value::is_string) {
                places.push(way.clone());
            }
            for (name, field) in fields {
                way.push(name.clone());
                places_of_z(field, way, places);
                way.pop();
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                way.push(at.to_string());
                places_of_z(item, way, places);
                way.pop();
            }
        }
        _ => {}
    }
}

/// The merge patch that changes `z` at a place: lists are replaced as a whole.
fn with_other_z(value: &Value, way: &[String]) -> Value {
    match (value, way) {
        (Value::Object(_), []) => json!({"z": "q"}),
        (Value::Object(fields), [name, rest @ ..]) => {
            json!({name.as_str(): with_other_z(&fields[name], rest)})
        }
        (list, way) => {
            let mut list = list.clone();
            let pointer: String = way.iter().map(|step| format!("/{step}")).collect();
            list.pointer_mut(&pointer).unwrap()["z"] = "q".into();
            list
        }
    }
}

const NAMES: [&str; 4] = ["a", "b", "c", "d"];
const TEXTS: [&str; 6] = ["a", "b", "ab", "abc", "bb", "1"];
const PATTERNS: [&str; 5] = ["^[a-z]+$", "^a", "b$", "^.{1,3}$", "[0-9]"];

fn schema(dice: &mut Dice, depth: usize) -> Value {
    let kind = if depth == 0 {
        dice.below(5)
    } else {
        dice.below(11)
    };
    let mut schema = match kind {
        0 => json!({"type": "string"}),
        1 => json!({"type": "integer"}),
        2 => json!({"type": "number"}),
        3 => json!({"type": "boolean"}),
        4 => json!({"x-kubernetes-int-or-string": true}),
        5 => json!({"type": "object", "additionalProperties": schema(dice, depth - 1)}),
        6 => json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true}),
        7 | 8 => {
            let mut list = json!({"type": "array", "items": schema(dice, depth - 1)});
            if dice.is(6) {
                list_type(dice, &mut list);
            }
            list
        }
        _ => {
            let mut fields = Map::new();
            for _ in 0..1 + dice.below(3) {
                fields.insert((*dice.one(&NAMES)).into(), schema(dice, depth - 1));
            }
            fields.insert("z".into(), json!({"type": "string"}));
            json!({"type": "object", "properties": fields})
        }
    };
    for _ in 0..dice.below(3) {
        keyword(dice, &mut schema);
    }
    schema
}

/// What kind of list it is; one that is a map gets a key.
fn list_type(dice: &mut Dice, list: &mut Value) {
    let map = list.as_object_mut().unwrap();
    map.remove("x-kubernetes-list-map-keys");
    let kind = *dice.one(&["atomic", "set", "map"]);
    map.insert("x-kubernetes-list-type".into(), kind.into());
    if kind == "map" {
        if map["items"]["type"] != "object" || !map["items"]["properties"].is_object() {
            map.insert("items".into(), json!({"type": "object", "properties": {"z": {"type": "string"}, "v": {"type": "integer"}}}));
        }
        let items = map["items"].as_object_mut().unwrap();
        items["properties"]["k"] = json!({"type": "string"});
        if dice.is(3) {
            items["properties"]["k"]["default"] = "a".into();
        } else {
            items.insert("required".into(), json!(["k"]));
        }
        map.insert("x-kubernetes-list-map-keys".into(), json!(["k"]));
    }
}

/// Says one thing more, or another one, or nothing any more.
fn keyword(dice: &mut Dice, schema: &mut Value) {
    let all = [
        "nullable",
        "default",
        "x-kubernetes-validations",
        "anyOf",
        "oneOf",
        "allOf",
        "not",
        "description",
        "enum",
    ];
    let own: &[&str] = match schema["type"].as_str() {
        Some("string") => &["minLength", "maxLength", "pattern", "format"],
        Some("integer") => &[
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "multipleOf",
            "format",
        ],
        Some("number") => &["minimum", "maximum", "multipleOf"],
        Some("array") => &["minItems", "maxItems", "x-kubernetes-list-type"],
        Some("object") => &[
            "minProperties",
            "maxProperties",
            "required",
            "x-kubernetes-map-type",
            "x-kubernetes-preserve-unknown-fields",
        ],
        _ => &[],
    };
    let key = match own {
        own if !own.is_empty() && dice.is(6) => *dice.one(own),
        _ => *dice.one(&all),
    };
    if schema.get(key).is_some() && dice.is(4) {
        schema.as_object_mut().unwrap().remove(key);
        return;
    }
    let number = dice.below(4);
    let said = match key {
        "nullable" | "exclusiveMinimum" | "x-kubernetes-preserve-unknown-fields" => json!(true),
        "default" => value(dice, schema),
        "enum" => {
            let mut values: Vec<Value> = Vec::new();
            for _ in 0..1 + dice.below(3) {
                let one = value(dice, schema);
                if !values.contains(&one) {
                    values.push(one);
                }
            }
            values.into()
        }
        "description" => json!("words"),
        "pattern" => (*dice.one(&PATTERNS)).into(),
        "format" if schema["type"] == "string" => {
            (*dice.one(&["date", "byte", "uuid", "hostname"])).into()
        }
        "format" => (*dice.one(&["int32", "int64"])).into(),
        "multipleOf" => json!(number + 1),
        "required" => {
            let names: Vec<&String> = schema["properties"]
                .as_object()
                .into_iter()
                .flat_map(Map::keys)
                .collect();
            match names.is_empty() {
                true => json!(["a"]),
                false => json!([dice.one(&names)]),
            }
        }
        "x-kubernetes-map-type" => (*dice.one(&["granular", "atomic"])).into(),
        "x-kubernetes-list-type" => return list_type(dice, schema),
        "x-kubernetes-validations" => {
            let rule = rule(dice, schema);
            json!([{"rule": rule}])
        }
        "anyOf" | "oneOf" | "allOf" => {
            let ones: Vec<Value> = (0..1 + dice.below(3)).map(|_| part(dice, schema)).collect();
            ones.into()
        }
        "not" => part(dice, schema),
        // What bounds the cost of rules.
        most if most.starts_with("max") => json!(dice.one(&[1, 2, 3, 10, 100, 1000, 10_000])),
        _ => json!(number),
    };
    schema[key] = said;
}

/// One schema of a combination.
fn part(dice: &mut Dice, schema: &Value) -> Value {
    match schema["type"].as_str() {
        Some("string") => match dice.below(3) {
            0 => json!({"enum": [dice.one(&TEXTS)]}),
            1 => json!({"minLength": dice.below(3)}),
            _ => json!({"pattern": dice.one(&PATTERNS)}),
        },
        Some("integer" | "number") => json!({"minimum": dice.below(4)}),
        Some("array") => json!({"maxItems": dice.below(4)}),
        Some("object") => match dice.below(2) {
            0 => json!({"required": [dice.one(&NAMES)]}),
            _ => json!({"minProperties": dice.below(3)}),
        },
        _ => json!({"enum": [dice.below(3)]}),
    }
}

fn rule(dice: &mut Dice, schema: &Value) -> String {
    let text = *dice.one(&TEXTS);
    let number = dice.below(3);
    let rules = match schema["type"].as_str() {
        Some("string") => vec![
            format!("self != '{text}'"),
            format!("self.size() > {number}"),
            format!("self  !=  '{text}' // why"),
            format!("self == oldSelf || self != '{text}'"),
            format!("self.startsWith('{text}') || true"),
            "self.matches('^[a-z0-9]+$') && self.contains(self)".into(),
        ],
        Some("integer") => vec![
            format!("self > {number}"),
            format!("self >= oldSelf + {number}"),
        ],
        Some("array") => vec![
            format!("self.size() > {number}"),
            "self.all(x, x == x)".into(),
            "self.all(x, self.exists(y, x == y))".into(),
            "self.all(x, self.all(y, self.all(z, x == y || y == z)))".into(),
            "oldSelf.size() <= self.size()".into(),
        ],
        Some("object") if schema["properties"].is_object() => vec![
            format!("has(self.z) && self.z != '{text}'"),
            "!has(oldSelf.z) || self.z == oldSelf.z".into(),
            format!("size(self.z) > {number}"),
        ],
        Some("object") if schema["additionalProperties"].is_object() => {
            vec![
                format!("self.all(k, k != '{text}')"),
                format!("self.size() > {number}"),
            ]
        }
        _ => vec!["self == self".into()],
    };
    dice.one(&rules).clone()
}

/// A value that a schema may take: the server is asked whether it does.
fn value(dice: &mut Dice, schema: &Value) -> Value {
    if schema["nullable"] == true && dice.is(2) {
        return Value::Null;
    }
    if let Some(values) = schema["enum"].as_array()
        && dice.is(9)
        && !values.is_empty()
    {
        return dice.one(values).clone();
    }
    let most = |key: &str, most: usize| {
        let said = schema[key]
            .as_u64()
            .and_then(|said| usize::try_from(said).ok());
        said.unwrap_or(most)
    };
    match schema["type"].as_str() {
        Some("string") => match schema["format"].as_str() {
            Some("date") => "2020-02-03".into(),
            Some("byte") => "YWE=".into(),
            Some("uuid") => "7a2d6a5c-6d4c-4d8a-9d3f-0f3f6b0e8a11".into(),
            _ => (*dice.one(&TEXTS)).into(),
        },
        Some("integer") => {
            let step = most("multipleOf", 1);
            json!((most("minimum", 0) / step + dice.below(4)) * step)
        }
        Some("number") => match dice.below(2) {
            0 => json!(1.5),
            _ => json!(most("minimum", 0) + dice.below(3)),
        },
        Some("boolean") => dice.is(5).into(),
        Some("array") => {
            let (least, most) = (most("minItems", 0), most("maxItems", 3));
            let count = least + dice.below(3).min(most.saturating_sub(least));
            let items: Vec<Value> = (0..count).map(|_| value(dice, &schema["items"])).collect();
            items.into()
        }
        Some("object") => {
            let mut fields = Map::new();
            let required: Vec<&str> = schema["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            for (name, field) in schema["properties"].as_object().into_iter().flatten() {
                if name == "z" {
                    fields.insert(name.clone(), "p".into());
                } else if required.contains(&name.as_str()) || dice.is(6) {
                    fields.insert(name.clone(), value(dice, field));
                }
            }
            if schema["additionalProperties"].is_object() {
                for _ in 0..dice.below(3) {
                    fields.insert(
                        (*dice.one(&NAMES)).into(),
                        value(dice, &schema["additionalProperties"]),
                    );
                }
            }
            if schema["x-kubernetes-preserve-unknown-fields"] == true && dice.is(6) {
                let one = [json!("a"), json!(1), json!({"z": "p"}), json!(["a"])];
                fields.insert((*dice.one(&NAMES)).into(), dice.one(&one).clone());
            }
            fields.into()
        }
        _ => match dice.is(5) {
            true => json!(dice.below(3)),
            false => (*dice.one(&TEXTS)).into(),
        },
    }
}

/// Each schema of values below a schema, by pointer.
fn places(schema: &Value, pointer: &str, found: &mut Vec<String>) {
    found.push(pointer.to_owned());
    let fields = schema["properties"].as_object().into_iter().flatten();
    // `z` stays as it is, so that any text is one that it may be.
    for (name, below) in fields.filter(|(name, _)| *name != "z") {
        places(below, &format!("{pointer}/properties/{name}"), found);
    }
    for key in ["items", "additionalProperties"] {
        if schema[key].is_object() {
            places(&schema[key], &format!("{pointer}/{key}"), found);
        }
    }
}

/// One change of a schema, somewhere in it.
fn edit(dice: &mut Dice, schema: &mut Value) {
    let mut found = Vec::new();
    places(schema, "", &mut found);
    let place = dice.one(&found).clone();
    let Some(here) = schema.pointer_mut(&place) else {
        return;
    };
    match dice.below(10) {
        0 => *here = self::schema(dice, 1),
        1 => turn(dice, here),
        2 | 3 => field(dice, here),
        4 => combination(dice, here),
        5 => {
            let types = ["string", "integer", "number", "boolean"];
            if types.iter().any(|kind| here["type"] == *kind) {
                here["type"] = (*dice.one(&types)).into();
            }
        }
        _ => keyword(dice, here),
    }
}

/// Makes a map of fields one of values, or the other way round.
fn turn(dice: &mut Dice, here: &mut Value) {
    let Some(map) = here.as_object_mut() else {
        return;
    };
    if map.remove("properties").is_some() {
        map.remove("required");
        match dice.below(2) {
            0 => map.insert("additionalProperties".into(), json!({"type": "string"})),
            _ => map.insert("x-kubernetes-preserve-unknown-fields".into(), true.into()),
        };
    } else if let Some(values) = map.remove("additionalProperties") {
        map.insert(
            "properties".into(),
            json!({"a": values, "z": {"type": "string"}}),
        );
    }
}

/// A field more, or less, or under another name.
fn field(dice: &mut Dice, here: &mut Value) {
    let Some(fields) = here.get_mut("properties").and_then(Value::as_object_mut) else {
        return keyword(dice, here);
    };
    let names: Vec<String> = fields.keys().filter(|name| *name != "z").cloned().collect();
    match (dice.below(3), names.is_empty()) {
        (0, _) | (_, true) => {
            fields.insert("fresh".into(), schema(dice, 1));
        }
        (1, _) => {
            fields.remove(dice.one(&names));
        }
        _ => {
            let field = fields.remove(dice.one(&names)).unwrap();
            fields.insert("renamed".into(), field);
        }
    }
}

/// An alternative more, or less, or twice.
fn combination(dice: &mut Dice, here: &mut Value) {
    let key = *dice.one(&["anyOf", "oneOf", "allOf"]);
    let part = part(dice, here);
    let Some(list) = here.get_mut(key).and_then(Value::as_array_mut) else {
        return keyword(dice, here);
    };
    match dice.below(4) {
        0 => list.push(part),
        1 if list.len() > 1 => {
            list.pop();
        }
        2 => list.push(list[0].clone()),
        _ => list.reverse(),
    }
}
