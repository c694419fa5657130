//! The book of rules.

use super::{Rule, rules};

const HEAD: &str = "\
# Rules

Every diagnostic has a code, and each code is a rule: what it means, why it is there, what to write. An error cannot be kept back: what it
stands in cannot be used. Warnings and notes can be allowed, made milder or raised: by whoever loads a catalog (`LoadOptions::levels`;
`validate --allow`, `--warn`, `--deny`), and for one file by a comment in it that gives a reason:

```yaml
team: shop # catalog: allow(metadata.unknown-key, our portal reads it)
```

This page is written by the library itself (`catalog_model::rule::reference`), and a test keeps it so.
";

/// All rules as one page of Markdown, by code.
#[must_use]
pub fn reference() -> String {
    let mut rules: Vec<&Rule> = rules().collect();
    rules.sort_unstable_by_key(|rule| rule.code());
    let chapters: String = rules
        .iter()
        .map(|rule| format!("\n{}", rule.to_markdown()))
        .collect();
    format!("{HEAD}{chapters}")
}
