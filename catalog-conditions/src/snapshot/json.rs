//! JSON as the API server reads it: no key twice. `serde_json` takes the last of several, so that a second, empty `items` would make
//! a list of objects one of none.

use std::fmt;
use std::sync::LazyLock;

use serde_core::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

/// What is said of a key that a map has twice.
pub(super) const TWICE: &str = "a key is here twice in one map";

/// A value of which no map has a key twice.
pub(super) struct Unambiguous(pub(super) Value);

/// How `serde_json` hands over numbers where some crate of the program asks it for arbitrary precision: as a map of one key.
const NUMBER: &str = "$serde_json::private::Number";

/// Whether it does. A map in the text that looks the same is a map otherwise.
static NUMBERS_ARE_MAPS: LazyLock<bool> = LazyLock::new(|| {
    let number = serde_json::from_str::<Number>("1.00");
    number.is_ok_and(|number| number.to_string() == "1.00")
});

impl<'de> Deserialize<'de> for Unambiguous {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue).map(Self)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unambiguous(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if key == NUMBER && *NUMBERS_ARE_MAPS {
                let number = entries.next_value::<String>()?.parse::<Number>();
                return number.map(Value::Number).map_err(A::Error::custom);
            }
            match map.entry(key) {
                Entry::Occupied(_) => return Err(A::Error::custom(TWICE)),
                Entry::Vacant(entry) => {
                    let Unambiguous(value) = entries.next_value()?;
                    entry.insert(value);
                }
            }
        }
        Ok(map.into())
    }
}
