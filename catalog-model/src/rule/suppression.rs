//! Rules of the comments that keep diagnostics back.

use catalog_conditions::rule::Rule;

pub(super) static RULES: &[Rule] = &[
    Rule::warning("suppression.syntax", "a comment is nearly one that keeps a diagnostic back")
        .because(
            "The form is `# catalog: allow(rule, reason)`, on a line of its own or behind a value, with one rule. A comment that only looks like it has no effect; it is said, because whoever wrote it believes that it has one.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\n# catalog: allow metadata.unknown-key, our portal reads it\nteam: shop\n",
            "name: web\nversion: 1.0.0\n# catalog: allow(metadata.unknown-key, our portal reads it)\nteam: shop\n",
        ),
    Rule::warning("suppression.unknown-rule", "a comment allows a rule that does not exist")
        .because(
            "It keeps nothing back. The name may be misspelt, or be that of an older or newer version of the format. The codes stand in the diagnostics, in square brackets.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\n# catalog: allow(metadata.unknown-keys, our portal reads it)\n",
            "name: web\nversion: 1.0.0\n# catalog: allow(metadata.unknown-key, our portal reads it)\nteam: shop\n",
        ),
    Rule::warning("suppression.reason", "a comment allows a rule and gives no reason")
        .because(
            "Whoever comes later must be able to tell whether the exception still holds, and a rule that is switched off without a word is never switched on again. Without a reason the comment has no effect. Write it behind the rule, after a comma.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nteam: shop # catalog: allow(metadata.unknown-key)\n",
            "name: web\nversion: 1.0.0\nteam: shop # catalog: allow(metadata.unknown-key, our portal reads it)\n",
        ),
    Rule::warning("suppression.error", "a comment allows what is an error")
        .because(
            "An error is about what cannot be used: without a name, a range or a target there is nothing that could be used all the same. It cannot be kept back, only mended. (Where strict reading makes errors of warnings, the comments that allow them have no effect either.)",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nurl: none # catalog: allow(metadata.url, there is no page)\n",
            "name: web\nversion: 1.0.0\n",
        ),
    Rule::warning("suppression.unused", "a comment allows what does not occur")
        .because(
            "The file has no such diagnostic (any more). Left standing, the comment would keep back the next one, which nobody has looked at. Remove it.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\n# catalog: allow(metadata.unknown-key, our portal reads it)\n",
            "name: web\nversion: 1.0.0\n",
        ),
];
