//! A schema that its author wrote: `values.schema.json`.

use std::borrow::Cow;
use std::sync::Arc;

use catalog_conditions::document::{Entry, Kind, Mapping, Node, parse};
use catalog_conditions::{Diagnostic, Severity, SourceFile, Span};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, ValidationError};
use serde_json::Value;

use super::limits::ParameterLimits;
use super::outline::{Outline, Problem, Token};
use super::schema::Rules;
use crate::pointer::unescaped;

/// More that is wrong with one schema helps nobody.
const MISTAKES: usize = 50;

/// A schema and what holds values to it.
pub(super) struct Declared {
    pub(super) json: Value,
    pub(super) rules: Rules,
}

/// Reads a JSON Schema. Everything that could make an answer expensive is looked at before the validator sees it.
///
/// # Errors
///
/// Whatever keeps it from being used, each with its place.
pub(super) fn declared(
    file: &Arc<SourceFile>,
    limits: &ParameterLimits,
) -> Result<Declared, Vec<Diagnostic>> {
    let (json, node) = json(file, limits)?;
    match rules(&json, limits) {
        Ok(rules) => Ok(Declared { json, rules }),
        Err(problems) => Err(problems
            .into_iter()
            .map(|problem| diagnostic(file, &node, problem))
            .collect()),
    }
}

/// What holds values to a schema.
///
/// # Errors
///
/// Whatever keeps it from being used.
pub(super) fn rules<'v>(
    schema: &'v Value,
    limits: &'v ParameterLimits,
) -> Result<Rules, Vec<Problem<'v>>> {
    let draft = draft(schema);
    let outline = Outline::new(schema, draft, limits)?;
    let mistakes = mistakes(schema, draft);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let bytes = limits.compiled_pattern_bytes;
    let patterns = PatternOptions::regex()
        .size_limit(bytes)
        .dfa_size_limit(bytes);
    let validator = jsonschema::options()
        .with_draft(draft)
        .offline()
        .with_pattern_options(patterns)
        .build(schema)
        .map_err(|error| vec![refused(schema, &error)])?;
    Ok(Rules {
        outline,
        validator,
        limits: limits.clone(),
    })
}

/// The JSON of a file, and the tree that knows where everything stood.
fn json(
    file: &Arc<SourceFile>,
    limits: &ParameterLimits,
) -> Result<(Value, Node), Vec<Diagnostic>> {
    let parsed = parse(file, &limits.document);
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity() == Severity::Error;
    if parsed.diagnostics.iter().any(is_error) {
        return Err(parsed.diagnostics.into_iter().filter(is_error).collect());
    }
    // The tree is read as YAML, of which JSON is a part; Helm reads nothing but JSON.
    let json: Value = serde_json::from_str(file.text()).map_err(|error| {
        let at = offset(file, error.line(), error.column());
        let diagnostic =
            Diagnostic::error("values-schema.json", "this is not JSON").at(file, Span::new(at, at));
        vec![diagnostic.help("Helm reads this file as JSON, without comments and trailing commas")]
    })?;
    let node = parsed.documents.into_iter().next();
    match (&json, node) {
        (Value::Object(_) | Value::Bool(_), Some(node)) => Ok((json, node)),
        (_, node) => {
            let span = node.map(|node| node.span()).unwrap_or_default();
            let message = "a schema is a map, `true` or `false`";
            Err(vec![
                Diagnostic::error("values-schema.type", message).at(file, span).help("write `{\"type\": \"object\"}`, and what the values are under `properties`"),
            ])
        }
    }
}

/// The byte at a line and a column of bytes, both from 1.
fn offset(file: &SourceFile, line: usize, column: usize) -> usize {
    let before: usize = file
        .text()
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    (before + column.saturating_sub(1)).min(file.text().len())
}

/// Draft-07 where nothing is said, as editors take it.
fn draft(schema: &Value) -> Draft {
    let said = schema.get("$schema").and_then(Value::as_str);
    let draft = said.map_or(Draft::Draft7, Draft::from_schema_uri);
    // What is not known is reported with the outline.
    if draft == Draft::Unknown {
        Draft::Draft7
    } else {
        draft
    }
}

/// What the dialect's own schema refuses.
fn mistakes(schema: &Value, draft: Draft) -> Vec<Problem<'_>> {
    let validator = match draft {
        Draft::Draft4 => jsonschema::draft4::meta::validator(),
        Draft::Draft6 => jsonschema::draft6::meta::validator(),
        Draft::Draft201909 => jsonschema::draft201909::meta::validator(),
        Draft::Draft202012 => jsonschema::draft202012::meta::validator(),
        _ => jsonschema::draft7::meta::validator(),
    };
    let errors = validator.iter_errors(schema).take(MISTAKES);
    errors.map(|error| mistake(schema, &error, draft)).collect()
}

fn mistake<'v>(schema: &'v Value, error: &ValidationError<'_>, draft: Draft) -> Problem<'v> {
    let place = place(schema, error.instance_path().as_str());
    let keyword = place.iter().rev().find_map(|token| match token {
        Token::Key(key) => Some(*key),
        Token::Index(_) => None,
    });
    let shown: String = error.instance().to_string().chars().take(64).collect();
    let named = match error.kind() {
        ValidationErrorKind::PropertyNames { error } => error.instance().as_str(),
        _ => error.instance().as_str(),
    };
    if let (Some("pattern" | "patternProperties"), Some(text)) = (keyword, named) {
        return no_pattern(place, text);
    }
    let dialect = dialect(draft);
    let message = match keyword {
        Some(keyword) => format!("`{keyword}` cannot be `{shown}` in a JSON Schema of {dialect}"),
        None => format!("this is no JSON Schema of {dialect}"),
    };
    Problem {
        rule: "keyword",
        message,
        help: help(keyword.unwrap_or_default()),
        place,
    }
}

fn dialect(draft: Draft) -> &'static str {
    match draft {
        Draft::Draft4 => "draft-04",
        Draft::Draft6 => "draft-06",
        Draft::Draft201909 => "2019-09",
        Draft::Draft202012 => "2020-12",
        _ => "draft-07",
    }
}

/// What a keyword wants.
fn help(keyword: &str) -> Cow<'static, str> {
    Cow::Borrowed(match keyword {
        "type" => {
            "write one of array, boolean, integer, null, number, object and string, or a list of them"
        }
        "required" | "dependentRequired" => "write a list of names, each once",
        "properties" | "patternProperties" | "definitions" | "$defs" | "dependentSchemas" => {
            "write a map of schemas"
        }
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => "write a list of schemas, at least one",
        "enum" => "write a list of values",
        "pattern" => "write a regular expression",
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
            "write a number"
        }
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            "write a whole number from 0"
        }
        "title" | "description" | "$comment" | "format" | "$ref" | "$id" | "$schema" => {
            "write a text"
        }
        "uniqueItems" | "writeOnly" | "readOnly" => "write true or false",
        _ => "https://json-schema.org says what a keyword takes",
    })
}

fn no_pattern<'v>(place: Vec<Token<'v>>, text: &str) -> Problem<'v> {
    let shown: String = text.chars().take(64).collect();
    Problem {
        place,
        rule: "pattern",
        message: format!("`{shown}` is no regular expression that can be matched in linear time and bounded space"),
        help: "look-around and back-references are not known to Helm either; long repetitions of repetitions are too large".into(),
    }
}

/// What the validator refuses beyond that: patterns, above all.
fn refused<'v>(schema: &'v Value, error: &ValidationError<'_>) -> Problem<'v> {
    let place = place(schema, error.instance_path().as_str());
    let is_pattern = place
        .iter()
        .any(|token| matches!(token, Token::Key("pattern" | "patternProperties")));
    if is_pattern || error.kind().keyword() == "pattern" {
        let text = error
            .instance()
            .as_str()
            .map_or_else(|| error.instance().to_string(), str::to_owned);
        return no_pattern(place, &text);
    }
    Problem {
        place,
        rule: "keyword",
        message: "this schema cannot be used: one of its keywords has a value that means nothing"
            .to_owned(),
        help: "https://json-schema.org says what a keyword takes".into(),
    }
}

/// A JSON pointer as the steps it takes in a document, as far as they are there.
fn place<'v>(document: &'v Value, pointer: &str) -> Vec<Token<'v>> {
    let mut place = Vec::new();
    let mut at = document;
    for token in pointer.split('/').skip(1) {
        let token = unescaped(token);
        let step = match at {
            Value::Object(map) => map
                .get_key_value(token.as_ref())
                .map(|(key, value)| (Token::Key(key), value)),
            Value::Array(items) => token
                .parse()
                .ok()
                .and_then(|index| Some((Token::Index(index), items.get(index)?))),
            _ => None,
        };
        let Some((token, value)) = step else { break };
        place.push(token);
        at = value;
    }
    place
}

fn diagnostic(file: &Arc<SourceFile>, root: &Node, problem: Problem<'_>) -> Diagnostic {
    let span = span(root, &problem.place);
    Diagnostic::error(format!("values-schema.{}", problem.rule), problem.message)
        .at(file, span)
        .help(problem.help)
}

/// Where the value at a place stands, as far as the place is there; of a map or list, its key.
fn span(root: &Node, place: &[Token<'_>]) -> Span {
    let mut at = root;
    let mut span = Span::new(root.span().start, root.span().start);
    for token in place {
        let (value, own) = match (at.kind(), token) {
            (Kind::Mapping(mapping), Token::Key(key)) => match Mapping::entry(mapping, key) {
                Some(entry) => (Entry::value(entry), entry.key().span()),
                None => break,
            },
            (Kind::Sequence(items), Token::Index(index)) => match items.get(*index) {
                Some(item) => (item, Span::new(item.span().start, item.span().start)),
                None => break,
            },
            _ => break,
        };
        (at, span) = (value, own);
    }
    if at.as_scalar().is_some() {
        at.span()
    } else {
        span
    }
}
