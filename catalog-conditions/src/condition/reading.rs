//! `as:`: how values are read before they are compared.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use crate::api_version::ApiVersion;
use crate::decimal::Decimal;
use crate::duration::parse_duration;
use crate::quantity::Quantity;
use crate::timestamp::Timestamp;
use crate::version::{KubeVersion, Version, image_version};

/// How both sides of a comparison are read. Never inferred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reading {
    #[default]
    Json,
    Number,
    Text,
    Quantity,
    Duration,
    Timestamp,
    Semver,
    KubeVersion,
    ImageVersion,
    ApiVersion,
}

/// A value as it was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Read<'v> {
    /// Compared by type; has no order. No number, which is read as one.
    Json(Cow<'v, Value>),
    Number(Decimal),
    Text(Cow<'v, str>),
    Quantity(Quantity),
    /// In nanoseconds.
    Duration(i64),
    Timestamp(Timestamp),
    Version(Version),
    KubeVersion(KubeVersion),
    ApiVersion(ApiVersion),
}

impl Reading {
    pub(crate) const NAMES: [(&'static str, Self); 10] = [
        ("json", Self::Json),
        ("number", Self::Number),
        ("string", Self::Text),
        ("quantity", Self::Quantity),
        ("duration", Self::Duration),
        ("timestamp", Self::Timestamp),
        ("semver", Self::Semver),
        ("kubeVersion", Self::KubeVersion),
        ("imageVersion", Self::ImageVersion),
        ("apiVersion", Self::ApiVersion),
    ];

    pub(crate) fn as_str(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, reading)| *reading == self)
            .map_or("", |(name, _)| name)
    }

    /// Reads a value of an object; `None` if it does not read so.
    pub(crate) fn read(self, value: &Value) -> Option<Read<'_>> {
        let text = value.as_str();
        let number = || value.as_number().map(Decimal::from_number);
        match self {
            Self::Json => {
                let other = || Read::Json(Cow::Borrowed(value));
                Some(number().map_or_else(other, Read::Number))
            }
            Self::Number => number().or_else(|| Decimal::parse(text?)).map(Read::Number),
            Self::Text => text.map(|text| Read::Text(Cow::Borrowed(text))),
            Self::Quantity => Quantity::from_json(value).ok().map(Read::Quantity),
            Self::Duration => parse_duration(text?).ok().map(Read::Duration),
            Self::Timestamp => Timestamp::parse(text?).ok().map(Read::Timestamp),
            Self::Semver => Version::parse(text?).ok().map(Read::Version),
            Self::KubeVersion => KubeVersion::parse(text?).ok().map(Read::KubeVersion),
            Self::ImageVersion => Version::parse(image_version(text?)?)
                .ok()
                .map(Read::Version),
            Self::ApiVersion => ApiVersion::parse(text?).map(Read::ApiVersion),
        }
    }

    /// Why a value does not read so, for readings that can tell.
    pub(crate) fn refusal(self, value: &Value) -> Option<String> {
        let text = value.as_str();
        match self {
            Self::Quantity => Some(Quantity::from_json(value).err()?.to_string()),
            Self::Duration => Some(parse_duration(text?).err()?.to_string()),
            Self::Timestamp => Some(Timestamp::parse(text?).err()?.to_string()),
            _ => None,
        }
    }

    /// Reads what an author wrote to compare with: as [`read`](Self::read), but where an image's tag is meant, the version alone does,
    /// and a quantity has a number.
    pub(crate) fn read_bound(self, value: &Value) -> Option<Read<'_>> {
        let plain_version = || Version::parse(value.as_str()?).ok().map(Read::Version);
        match self {
            // Kubernetes takes `Gi` for zero. Whoever writes that has lost a number.
            Self::Quantity if !has_digit(value) => None,
            Self::ImageVersion => plain_version().or_else(|| self.read(value)),
            _ => self.read(value),
        }
    }
}

impl Read<'_> {
    /// The same, to keep.
    pub(crate) fn into_owned(self) -> Read<'static> {
        match self {
            Self::Json(value) => Read::Json(Cow::Owned(value.into_owned())),
            Self::Text(text) => Read::Text(Cow::Owned(text.into_owned())),
            Self::Number(number) => Read::Number(number),
            Self::Quantity(quantity) => Read::Quantity(quantity),
            Self::Duration(duration) => Read::Duration(duration),
            Self::Timestamp(time) => Read::Timestamp(time),
            Self::Version(version) => Read::Version(version),
            Self::KubeVersion(version) => Read::KubeVersion(version),
            Self::ApiVersion(version) => Read::ApiVersion(version),
        }
    }

    /// How a value stands to a bound. `None`: they have no order, and are not equal.
    pub(crate) fn compare_to(&self, bound: &Read<'_>) -> Option<Ordering> {
        match (self, bound) {
            (Read::Json(value), Read::Json(bound)) => {
                json_equal(value, bound).then_some(Ordering::Equal)
            }
            (Read::Number(value), Read::Number(bound)) => Some(value.cmp(bound)),
            (Read::Text(value), Read::Text(bound)) => Some(value.cmp(bound)),
            (Read::Quantity(value), Read::Quantity(bound)) => Some(value.cmp(bound)),
            (Read::Duration(value), Read::Duration(bound)) => Some(value.cmp(bound)),
            (Read::Timestamp(value), Read::Timestamp(bound)) => Some(value.cmp(bound)),
            (Read::Version(value), Read::Version(bound)) => Some(compare_versions(value, bound)),
            (Read::KubeVersion(value), Read::KubeVersion(bound)) => Some(value.cmp(bound)),
            (Read::ApiVersion(value), Read::ApiVersion(bound)) => value.compare_to(bound),
            _ => None,
        }
    }
}

fn has_digit(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(|c: char| c.is_ascii_digit()),
        other => other.is_number(),
    }
}

/// A bound without build metadata ignores it, as in a range.
fn compare_versions(value: &Version, bound: &Version) -> Ordering {
    if bound.build().is_empty() {
        value.cmp_precedence(bound)
    } else if value.same_precedence_and_build(bound) {
        Ordering::Equal
    } else {
        value.cmp(bound)
    }
}

/// Equality of JSON values: numbers as exact decimals, the order of keys is nothing, that of items is something.
pub(crate) fn json_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            Decimal::from_number(left) == Decimal::from_number(right)
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| json_equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let equal = |(key, value): (&String, &Value)| {
                right.get(key).is_some_and(|other| json_equal(value, other))
            };
            left.len() == right.len() && left.iter().all(equal)
        }
        _ => left == right,
    }
}
