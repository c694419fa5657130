//! What a plain scalar means: as Kubernetes' tools read it, and as YAML 1.2 does.
//!
//! kubectl and Helm read YAML through `sigs.k8s.io/yaml`, whose rules are those of YAML 1.1: `0644` is 420 and `on` is true.
//! Editors and most newer parsers follow the core schema of YAML 1.2. Where the two differ, the author is told.

use std::sync::Arc;

use serde_json::{Map, Number, Value};

use super::mend;
use super::node::{Entry, Kind, Node, Scalar, ScalarStyle};
use super::yaml_1_1::{is_of_yaml_1_1, is_text_of_yaml_1_1};
use crate::diagnostic::Diagnostic;
use crate::fix::Fix;
use crate::source::SourceFile;

impl Node {
    /// The value as `sigs.k8s.io/yaml` would hand it to the API server.
    ///
    /// Keys are read like values and written as texts: `on: x` is `{"true": x}`.
    /// Integers beyond 64 bits become floating-point numbers, as they do there; NaN and infinities, which JSON lacks, become their text.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self.kind() {
            Kind::Scalar(scalar) => resolve(scalar, self.tag()),
            Kind::Sequence(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Kind::Mapping(mapping) => {
                // Maps are small: putting in one entry after the other is faster than sorting them before.
                let mut object = Map::new();
                for entry in mapping.entries() {
                    if let Some(key) = key(entry.key()) {
                        object.insert(key, entry.value().to_json());
                    }
                }
                Value::Object(object)
            }
        }
    }

    /// Whether it is a string in [`to_json`](Self::to_json), which need not be made for it.
    #[must_use]
    pub fn is_string(&self) -> bool {
        let meaning = self.as_scalar().map(|scalar| meaning(scalar, self.tag()));
        matches!(meaning, Some(Plain::Text | Plain::NotFinite))
    }

    /// Reports scalars that do not mean what they seem to: those that YAML 1.1 and 1.2 read differently (warnings `yaml.ambiguous`),
    /// NaN and infinities (errors `yaml.not-finite`), and tags that no Kubernetes tool knows (warnings `yaml.tag`).
    pub fn check_scalars(&self, file: &Arc<SourceFile>, diagnostics: &mut Vec<Diagnostic>) {
        match self.kind() {
            Kind::Scalar(scalar) => diagnostics.extend(check(self, scalar, file)),
            Kind::Sequence(items) => items
                .iter()
                .for_each(|item| item.check_scalars(file, diagnostics)),
            Kind::Mapping(mapping) => mapping.entries().iter().for_each(|entry| {
                let scalar = entry.key().as_scalar();
                diagnostics.extend(scalar.and_then(|scalar| check(entry.key(), scalar, file)));
                entry.value().check_scalars(file, diagnostics);
            }),
        }
    }
}

impl Entry {
    /// The text that the key has in [`Node::to_json`]: `on: x` is `{"true": x}` there. `None` for a list or map as a key.
    #[must_use]
    pub fn json_name(&self) -> Option<String> {
        key(self.key())
    }
}

impl Scalar {
    /// Whether YAML 1.1 (Kubernetes' tools) and YAML 1.2 (editors) read it differently: `on`, `0644`, `1_000`.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.style == ScalarStyle::Plain && differ(self.text())
    }

    /// Whether any two readers of YAML, those of 1.1 that are not Kubernetes' among them, read it differently: `12:30` and `1e3` too.
    pub(super) fn is_read_otherwise(&self) -> bool {
        let text = self.text();
        let of_1_1 = || match core(text) {
            Plain::Text => is_of_yaml_1_1(text),
            Plain::Signed(_) | Plain::Unsigned(_) | Plain::Float(_) => is_text_of_yaml_1_1(text),
            Plain::Null | Plain::Bool(_) | Plain::NotFinite => false,
        };
        self.is_ambiguous() || (self.style == ScalarStyle::Plain && starts_number(text) && of_1_1())
    }
}

fn check(node: &Node, scalar: &Scalar, file: &Arc<SourceFile>) -> Option<Diagnostic> {
    let text = scalar.text();
    if let Some(tag) = node.tag() {
        let known = ["str", "int", "float", "bool", "null", "binary", "timestamp"]
            .iter()
            .any(|name| core_tag(tag) == Some(name));
        let message = format!("the tag `{tag}` means nothing to Kubernetes' tools");
        return (!known).then(|| {
            Diagnostic::warning("yaml.tag", message)
                .at(file, node.span())
                .help("remove the tag")
        });
    }
    if scalar.style != ScalarStyle::Plain {
        return None;
    }
    let meant = kubernetes(text);
    if meant == Plain::NotFinite {
        let diagnostic = Diagnostic::error(
            "yaml.not-finite",
            format!("`{text}` is no number that JSON and the API server know"),
        );
        return Some(
            diagnostic
                .at(file, node.span())
                .help(format!("quote it if it is a text: \"{text}\"")),
        );
    }
    if !differ(text) {
        return None;
    }
    let diagnostic = Diagnostic::warning(
        "yaml.ambiguous",
        format!(
            "`{text}` is {} to kubectl and Helm, and {} to YAML 1.2",
            meant.describe(),
            core(text).describe()
        ),
    );
    let diagnostic = diagnostic.at(file, node.span()).help(format!(
        "quote it if it is a text (\"{text}\"), else write {}",
        meant.canonical()
    ));
    // Which of the two was meant, the text does not say, and either may be what a cluster needs.
    let as_text = mend::quoted(file, node)
        .map(|quoted| Fix::choice(format!("write {quoted}, a text")).replace(node.span(), quoted));
    let as_read = Fix::choice(format!(
        "write {}, as kubectl and Helm read it",
        meant.canonical()
    ))
    .replace(node.span(), meant.canonical());
    Some(diagnostic.fix(as_text).fix(as_read))
}

/// Whether the two readings give different values: `08` is 8 in both, as a float here and an integer there.
fn differ(text: &str) -> bool {
    match (kubernetes(text), core(text)) {
        (Plain::Text | Plain::NotFinite, Plain::Text | Plain::NotFinite) => false,
        (kubernetes, core) => kubernetes.into_json(text) != core.into_json(text),
    }
}

/// Whether [`Node::check_scalars`] would report a plain scalar.
pub(super) fn is_doubtful(text: &str) -> bool {
    !is_long_word(text) && (kubernetes(text) == Plain::NotFinite || differ(text))
}

/// Whether a plain scalar is a text to both readers.
pub(super) fn is_text(text: &str) -> bool {
    kubernetes(text) == Plain::Text && core(text) == Plain::Text
}

/// What YAML 1.2 reads in a plain scalar, in words.
pub(super) fn core_value(text: &str) -> String {
    core(text).describe()
}

/// The boolean that Kubernetes' tools read in a plain scalar.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match kubernetes(text) {
        Plain::Bool(value) => Some(value),
        _ => None,
    }
}

/// The text that a key has in JSON: `on: x` is `{"true": x}` to kubectl and Helm, and `0644: x` is `{"420": x}`.
fn key(node: &Node) -> Option<String> {
    let text = node.as_scalar()?.text();
    Some(match resolve(node.as_scalar()?, node.tag()) {
        Value::Null => text.to_owned(),
        Value::String(text) => text,
        other => other.to_string(),
    })
}

/// What a plain scalar can be.
#[derive(Clone, Debug, PartialEq)]
enum Plain {
    Null,
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    NotFinite,
    Text,
}

impl Plain {
    fn describe(&self) -> String {
        match self {
            Self::Text => "a text".to_owned(),
            Self::Null => "null".to_owned(),
            _ => self.canonical(),
        }
    }

    fn canonical(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Signed(value) => value.to_string(),
            Self::Unsigned(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::NotFinite => "not a finite number".to_owned(),
            Self::Text => "it in quotes".to_owned(),
        }
    }

    fn into_json(self, text: &str) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Signed(value) => value.into(),
            Self::Unsigned(value) => value.into(),
            Self::Float(value) => float(value).unwrap_or_else(|| Value::String(text.to_owned())),
            Self::NotFinite | Self::Text => Value::String(text.to_owned()),
        }
    }
}

/// Go's JSON writes a whole number without a point, whatever it was before.
fn float(value: f64) -> Option<Value> {
    // 2^53: up to there every whole number is exact.
    if value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0 {
        #[expect(clippy::cast_possible_truncation, reason = "whole and at most 2^53")]
        return Some(Value::from(value as i64));
    }
    Number::from_f64(value).map(Value::Number)
}

fn core_tag(tag: &str) -> Option<&str> {
    tag.strip_prefix("tag:yaml.org,2002:")
        .or_else(|| tag.strip_prefix("!!"))
}

fn resolve(scalar: &Scalar, tag: Option<&str>) -> Value {
    meaning(scalar, tag).into_json(scalar.text())
}

/// What a scalar with a tag, or without one, is to Kubernetes' tools.
fn meaning(scalar: &Scalar, tag: Option<&str>) -> Plain {
    match tag.and_then(core_tag) {
        Some("int" | "float" | "bool" | "null") => kubernetes(scalar.text()),
        None if tag.is_none() && scalar.style == ScalarStyle::Plain => kubernetes(scalar.text()),
        _ => Plain::Text,
    }
}

/// The reading of `sigs.k8s.io/yaml` (YAML 1.1 with Go's number syntax).
fn kubernetes(text: &str) -> Plain {
    match text {
        _ if is_long_word(text) => Plain::Text,
        "" | "~" | "null" | "Null" | "NULL" => Plain::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Plain::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Plain::Bool(false)
        }
        _ if is_not_finite(text) => Plain::NotFinite,
        _ if starts_number(text) => go_number(text),
        _ => Plain::Text,
    }
}

/// The core schema of YAML 1.2.
fn core(text: &str) -> Plain {
    match text {
        _ if is_long_word(text) => return Plain::Text,
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "true" | "True" | "TRUE" => return Plain::Bool(true),
        "false" | "False" | "FALSE" => return Plain::Bool(false),
        _ if is_not_finite(text) => return Plain::NotFinite,
        _ => {}
    }
    let radix = |prefix: &str, radix| {
        text.strip_prefix(prefix)
            .and_then(|digits| unsigned(digits, radix))
    };
    if let Some(value) = radix("0o", 8).or_else(|| radix("0x", 16)) {
        return integer(value, false).unwrap_or(Plain::Text);
    }
    let (negative, digits) = sign(text);
    if let Some(plain) = unsigned(digits, 10).and_then(|value| integer(value, negative)) {
        return plain;
    }
    decimal(text)
}

/// Whether a text begins no number and is longer than each word that means something else (`false`): so are most.
fn is_long_word(text: &str) -> bool {
    text.len() > "false".len() && !starts_number(text)
}

fn is_not_finite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

fn starts_number(text: &str) -> bool {
    matches!(text.as_bytes(), [b'0'..=b'9' | b'+' | b'-' | b'.', ..])
}

fn go_number(text: &str) -> Plain {
    if text.starts_with('.') {
        return decimal(text);
    }
    let plain = text.replace('_', "");
    let (negative, digits) = sign(&plain);
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, lower.get(2..)),
        Some("0o") => (8, lower.get(2..)),
        Some("0b") => (2, lower.get(2..)),
        Some(head) if head.starts_with('0') => (8, lower.get(1..)),
        _ => (10, Some(lower.as_str())),
    };
    if let Some(number) = digits
        .and_then(|digits| unsigned(digits, radix))
        .and_then(|value| integer(value, negative))
    {
        return number;
    }
    decimal(&plain)
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn unsigned(digits: &str, radix: u32) -> Option<u64> {
    let only_digits = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    only_digits.then(|| u64::from_str_radix(digits, radix).ok())?
}

fn integer(value: u64, negative: bool) -> Option<Plain> {
    match (i64::try_from(value), negative) {
        (Ok(value), false) => Some(Plain::Signed(value)),
        (Ok(value), true) => Some(Plain::Signed(-value)),
        (Err(_), true) => (value == 1 << 63).then_some(Plain::Signed(i64::MIN)),
        (Err(_), false) => Some(Plain::Unsigned(value)),
    }
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn decimal(text: &str) -> Plain {
    let (_, unsigned) = sign(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(sign(exponent).1)),
        None => (unsigned, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some(("", fraction)) => digits(fraction),
        Some((whole, fraction)) => digits(whole) && (fraction.is_empty() || digits(fraction)),
        None => digits(mantissa),
    };
    if !mantissa_fits || !exponent.is_none_or(digits) {
        return Plain::Text;
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Plain::Float(value),
        Ok(_) => Plain::NotFinite,
        Err(_) => Plain::Text,
    }
}
