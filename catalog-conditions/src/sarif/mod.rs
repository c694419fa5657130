//! Diagnostics as SARIF 2.1.0, the format in which code hosts and editors take the findings of tools.
//!
//! ```
//! use catalog_conditions::sarif::{Tool, log};
//! use catalog_conditions::{Diagnostic, SourceFile, Span, rule};
//!
//! let file = SourceFile::new("web/1.0.0/definitions/a b.yaml", "on: yes\n");
//! let diagnostic = Diagnostic::warning("yaml.ambiguous", "`yes` is true to kubectl and Helm").at(&file, Span::new(4, 7));
//! let tool = Tool::new("lint").with_version("1.2.0").with_rules(rule::rules());
//! let log = log(&tool, [&diagnostic]);
//! assert_eq!(log["version"], "2.1.0");
//! assert_eq!(log["runs"][0]["results"][0]["ruleId"], "yaml.ambiguous");
//! let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
//! assert_eq!(place["artifactLocation"]["uri"], "web/1.0.0/definitions/a%20b.yaml");
//! assert_eq!(place["region"]["startColumn"], 5);
//! ```

mod descriptor;
mod place;
mod result;
mod text;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::diagnostic::Diagnostic;
use crate::rule::Rule;

/// Where the schema is published that a log conforms to.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The program that a log says it is of.
#[derive(Clone, Debug)]
pub struct Tool<'a> {
    name: &'a str,
    version: Option<&'a str>,
    information: Option<&'a str>,
    rules: BTreeMap<&'a str, &'a Rule>,
}

impl<'a> Tool<'a> {
    /// A program by its name.
    #[must_use]
    pub fn new(name: &'a str) -> Self {
        Self {
            name,
            version: None,
            information: None,
            rules: BTreeMap::new(),
        }
    }

    /// The same with its version: a semantic one.
    #[must_use]
    pub fn with_version(mut self, version: &'a str) -> Self {
        self.version = Some(version);
        self
    }

    /// The same with the absolute address of a page about it.
    #[must_use]
    pub fn with_information(mut self, address: &'a str) -> Self {
        self.information = Some(address);
        self
    }

    /// The same with rules that it knows, besides those given before. A log describes those that its results name.
    #[must_use]
    pub fn with_rules(mut self, rules: impl IntoIterator<Item = &'a Rule>) -> Self {
        self.rules
            .extend(rules.into_iter().map(|rule| (rule.code(), rule)));
        self
    }
}

/// A log of one run, with a result for each diagnostic, in the order given; `results` is there even if there is none.
///
/// Each result has its rule, level, message (with the help below it), place, further places, fixes and suppressions; each rule its text. Places have lines, columns in
/// Unicode code points (`columnKind` says so), byte offset and byte length. Relative paths become relative URIs below `%SRCROOT%`, absolute ones `file:` URIs.
/// No text of the files is copied into the log but what messages and fixes say. It conforms to the published schema; the same diagnostics give the same log.
#[must_use]
pub fn log<'d>(tool: &Tool<'_>, diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> Value {
    let diagnostics: Vec<&Diagnostic> = diagnostics.into_iter().collect();
    let codes: BTreeMap<&str, usize> = {
        let mut codes: Vec<&str> = diagnostics.iter().map(|one| one.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes.into_iter().zip(0..).collect()
    };
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|diagnostic| {
            let index = codes.get(diagnostic.code()).copied().unwrap_or_default();
            result::result(diagnostic, index)
        })
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver(tool, codes.keys().copied()) },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn driver<'c>(tool: &Tool<'_>, codes: impl Iterator<Item = &'c str>) -> Value {
    let rules: Vec<Value> = codes
        .map(|code| descriptor::descriptor(code, tool.rules.get(code).copied()))
        .collect();
    let mut driver = json!({ "name": tool.name, "rules": rules });
    for (key, value) in [
        ("semanticVersion", tool.version),
        ("informationUri", tool.information),
    ] {
        if let (Some(value), Value::Object(driver)) = (value, &mut driver) {
            driver.insert(key.to_owned(), value.into());
        }
    }
    driver
}
