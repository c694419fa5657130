//! Which diagnostics are reported, and how bad they are: levels by rule, and comments in files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::{
    Diagnostic, Level, Levels, LoadOptions, Loaded, MemorySource, Severity, Suppression, load,
};

const HEAD: &str = "name: web\nversion: 1.0.0\n";

fn loaded(files: &[(&str, &str)], levels: &[(&str, Level)], strict: bool) -> Loaded {
    let source: MemorySource = files.iter().map(|(path, text)| (*path, *text)).collect();
    let mut options = LoadOptions::default();
    options.strict = strict;
    for (rule, level) in levels {
        options.levels.set(rule, *level).unwrap();
    }
    load(&source, &options).unwrap()
}

fn lines(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(ToString::to_string).collect()
}

/// Loads a `metadata.yaml` with these lines below name and version, and compares what is reported and what is kept back.
fn check(text: &str, levels: &[(&str, Level)], reported: &[&str], kept_back: &[&str]) -> Loaded {
    let text = format!("{HEAD}{text}");
    let loaded = loaded(&[("web/1.0.0/metadata.yaml", &text)], levels, false);
    assert_eq!(lines(loaded.diagnostics()), reported, "{text}");
    assert_eq!(lines(loaded.suppressed()), kept_back, "{text}");
    loaded
}

const LICENCE: &str = "web/1.0.0/metadata.yaml:3:1: warning[metadata.unknown-key]: `licence` is not a key of this map";

#[test]
fn a_level_is_that_of_a_rule() {
    let key = "metadata.unknown-key";
    check("licence: MIT\n", &[], &[LICENCE], &[]);
    check("licence: MIT\n", &[(key, Level::Warning)], &[LICENCE], &[]);
    check("licence: MIT\n", &[(key, Level::Allow)], &[], &[LICENCE]);
    let noted = LICENCE.replace("warning[", "note[");
    check("licence: MIT\n", &[(key, Level::Note)], &[&noted], &[]);
    let refused = LICENCE.replace("warning[", "error[");
    let loaded = check("licence: MIT\n", &[(key, Level::Error)], &[&refused], &[]);
    assert!(loaded.has_errors());
    // An error is about what cannot be used, whoever made it one.
    let package = loaded.catalog().package("web").unwrap();
    assert_eq!((package.releases().len(), package.unusable().len()), (0, 1));
}

#[test]
fn groups_mean_what_has_no_level_of_its_own() {
    let text = "licence: MIT\nlabel: {tier: 1}\n";
    let unquoted = "web/1.0.0/metadata.yaml:4:15: warning[metadata.label.unquoted]: the values of labels are texts: `1` is read as one";
    let all = [
        ("warnings", Level::Error),
        ("metadata.label.unquoted", Level::Warning),
    ];
    let licence = LICENCE.replace("warning[", "error[");
    check(text, &all, &[&licence, unquoted], &[]);
    check(
        text,
        &[("warnings", Level::Allow)],
        &[],
        &[LICENCE, unquoted],
    );
    // What becomes a note by the one group is no note of the other.
    let noted = [LICENCE, unquoted].map(|line| line.replace("warning[", "note["));
    let both = [("warnings", Level::Note), ("notes", Level::Allow)];
    check(text, &both, &[&noted[0], &noted[1]], &[]);
}

#[test]
fn levels_hold_for_what_is_about_folders_too() {
    let files = [
        ("web/1.0.0/metadata.yaml", HEAD),
        ("docs/index.md", "Read me.\n"),
    ];
    let allowed = loaded(&files, &[("package.empty", Level::Allow)], false);
    assert_eq!(allowed.diagnostics(), []);
    assert_eq!(allowed.suppressed().len(), 1);
    assert_eq!(
        allowed.suppressed()[0].suppression(),
        Some(&Suppression::Allowed)
    );
    let refused = loaded(&files, &[("notes", Level::Error)], false);
    assert!(refused.has_errors());
}

#[test]
fn errors_stay_errors() {
    for level in [Level::Allow, Level::Note, Level::Warning] {
        let error = Levels::new()
            .with("metadata.name.missing", level)
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "`metadata.name.missing` is an error, and can be neither allowed nor made milder: what it stands in cannot be used"
        );
    }
    assert!(
        Levels::new()
            .with("metadata.name.missing", Level::Error)
            .is_ok()
    );
    // A rule that is a warning in one place is an error in another, and stays one there.
    let modules = "modules:\n- chart: {path: ./chart}\n";
    let loaded = loaded(
        &[
            ("web/1.0.0/metadata.yaml", HEAD),
            ("web/1.0.0/modules.yaml", modules),
        ],
        &[
            ("modules.path.missing", Level::Allow),
            ("warnings", Level::Allow),
        ],
        false,
    );
    assert_eq!(
        lines(loaded.diagnostics()),
        [
            "web/1.0.0/modules.yaml:2:17: error[modules.path.missing]: there is nothing at `./chart` in this version folder"
        ]
    );
}

#[test]
fn unknown_rules_are_refused() {
    let error = Levels::new()
        .with("metadata.unknown-kye", Level::Allow)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no rule `metadata.unknown-kye`; did you mean `metadata.unknown-key`?"
    );
    assert_eq!(error.suggestion(), Some("metadata.unknown-key"));
    let error = Levels::new().with("style", Level::Allow).unwrap_err();
    assert_eq!(error.to_string(), "there is no rule `style`");
}

#[test]
fn a_comment_allows_a_rule_in_its_file() {
    let own_line =
        "# catalog: allow(metadata.unknown-key, our portal reads it)\nlicence: MIT\nteam: shop\n";
    let loaded = check(
        own_line,
        &[],
        &[],
        &[
            "web/1.0.0/metadata.yaml:4:1: warning[metadata.unknown-key]: `licence` is not a key of this map",
            "web/1.0.0/metadata.yaml:5:1: warning[metadata.unknown-key]: `team` is not a key of this map",
        ],
    );
    let Some(Suppression::Comment { location, reason }) = loaded.suppressed()[0].suppression()
    else {
        panic!("a comment keeps it back");
    };
    assert_eq!(reason, "our portal reads it");
    assert_eq!(location.start().to_string(), "3:1");
    let comment = "# catalog: allow(metadata.unknown-key, our portal reads it)";
    assert_eq!(location.file().slice(location.span()), comment);
    for text in [
        "licence: MIT # catalog: allow(metadata.unknown-key, our portal reads it)\n",
        "licence: MIT #catalog:allow( metadata.unknown-key ,a (good) reason, really )\n",
    ] {
        check(text, &[], &[], &[LICENCE]);
    }
    // The end of a file needs no newline, and its lines may end as on Windows.
    check(
        "licence: MIT\r\n# catalog: allow(metadata.unknown-key, x)",
        &[],
        &[],
        &[LICENCE],
    );
}

#[test]
fn a_comment_allows_nothing_in_other_files() {
    let allow = format!("{HEAD}# catalog: allow(modules.remote.unpinned, it is ours)\n");
    let modules =
        "modules:\n- chart: {remote: {repo: \"https://charts.example.com\", name: web}}\n";
    let files = [
        ("web/1.0.0/metadata.yaml", allow.as_str()),
        ("web/1.0.0/modules.yaml", modules),
    ];
    assert_eq!(
        lines(loaded(&files, &[], false).diagnostics()),
        [
            "web/1.0.0/metadata.yaml:3:1: warning[suppression.unused]: nothing in this file breaks `modules.remote.unpinned`",
            "web/1.0.0/modules.yaml:2:19: warning[modules.remote.unpinned]: without `version`, what is installed is not reproducible",
        ]
    );
}

#[test]
fn every_kind_of_file_can_have_such_a_comment() {
    let remark = |rule: &str| format!("# catalog: allow({rule}, it is meant so)\n");
    let files = [
        ("metadata.yaml", HEAD.to_owned()),
        (
            "modules.yaml",
            remark("modules.remote.unpinned")
                + "modules:\n- chart: {remote: {repo: \"https://charts.example.com\", name: web}}\n",
        ),
        (
            "definitions/a.yaml",
            remark("yaml.ambiguous")
                + &remark("definition.kind")
                + "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {debug: on}}\n",
        ),
        (
            "conditions/a.yaml",
            remark("conditions.empty") + "conditions: []\n",
        ),
        ("hooks/a.yaml", remark("hooks.empty")),
    ];
    let files: Vec<(String, String)> = files
        .into_iter()
        .map(|(path, text)| (format!("web/1.0.0/{path}"), text))
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let loaded = loaded(&files, &[], false);
    assert_eq!(lines(loaded.diagnostics()), [""; 0]);
    let codes: Vec<&str> = loaded.suppressed().iter().map(Diagnostic::code).collect();
    assert_eq!(
        codes,
        [
            "conditions.empty",
            "definition.kind",
            "yaml.ambiguous",
            "hooks.empty",
            "modules.remote.unpinned"
        ]
    );
}

#[test]
fn what_is_in_a_text_is_no_comment() {
    let text = "description: |\n  # catalog: allow(metadata.unknown-key, no comment)\nlicence: MIT\nicon: \"# catalog: allow(metadata.unknown-key, none)\"\n";
    let reported = "web/1.0.0/metadata.yaml:5:1: warning[metadata.unknown-key]: `licence` is not a key of this map";
    check(text, &[], &[reported], &[]);
}

#[test]
fn comments_that_do_nothing_are_warned_of() {
    let at = "web/1.0.0/metadata.yaml:3:1: warning";
    for (comment, said) in [
        (
            "# catalog: allow(metadata.unknown-kye, x)",
            "[suppression.unknown-rule]: there is no rule `metadata.unknown-kye`",
        ),
        (
            "# catalog: allow(warnings, x)",
            "[suppression.unknown-rule]: there is no rule `warnings`",
        ),
        (
            "# catalog: allow(metadata.unknown-key)",
            "[suppression.reason]: `metadata.unknown-key` is allowed without a reason, which has no effect",
        ),
        (
            "# catalog: allow(metadata.unknown-key, )",
            "[suppression.reason]: `metadata.unknown-key` is allowed without a reason, which has no effect",
        ),
        (
            "# catalog: allow(metadata.url, x)",
            "[suppression.error]: `metadata.url` is an error here, and no comment can allow one",
        ),
        (
            "# catalog: allow(metadata.unknown-key, x)",
            "[suppression.unused]: nothing in this file breaks `metadata.unknown-key`",
        ),
        (
            "# catalog: allow metadata.unknown-key, x",
            "[suppression.syntax]: this comment looks like one that allows a rule, and is none",
        ),
        (
            "# catalog: alow(metadata.unknown-key, x)",
            "[suppression.syntax]: this comment looks like one that allows a rule, and is none",
        ),
        (
            "# catalog: ignore(metadata.unknown-key, x)",
            "[suppression.syntax]: this comment looks like one that allows a rule, and is none",
        ),
        (
            "# catalog: allow(metadata.unknown-key, x) and more",
            "[suppression.syntax]: this comment looks like one that allows a rule, and is none",
        ),
        (
            "# catalog: allow()",
            "[suppression.unknown-rule]: there is no rule ``",
        ),
    ] {
        check(&format!("{comment}\n"), &[], &[&format!("{at}{said}")], &[]);
    }
    check(
        "# catalog: our own, see the handbook\n# the catalog: allow me\n",
        &[],
        &[],
        &[],
    );
    // They can be allowed like any warning, by who loads the catalog.
    let unused = "web/1.0.0/metadata.yaml:3:1: warning[suppression.unused]: nothing in this file breaks `metadata.unknown-key`";
    let allow = [("suppression.unused", Level::Allow)];
    check(
        "# catalog: allow(metadata.unknown-key, x)\n",
        &allow,
        &[],
        &[unused],
    );
}

#[test]
fn of_two_comments_for_a_rule_the_second_is_unused() {
    let text = "licence: MIT # catalog: allow(metadata.unknown-key, a)\nicon: x # catalog: allow(metadata.unknown-key, b)\n";
    let unused = "web/1.0.0/metadata.yaml:4:9: warning[suppression.unused]: nothing in this file breaks `metadata.unknown-key`";
    check(text, &[], &[unused], &[LICENCE]);
}

#[test]
fn errors_are_not_kept_back() {
    // Strict reading makes errors of warnings: the comment says that it had no effect, and the release is not used.
    let text = format!("{HEAD}licence: MIT # catalog: allow(metadata.unknown-key, x)\n");
    let files = [("web/1.0.0/metadata.yaml", text.as_str())];
    let strict = loaded(&files, &[], true);
    assert_eq!(
        lines(strict.diagnostics()),
        [
            LICENCE.replace("warning[", "error["),
            "web/1.0.0/metadata.yaml:3:14: warning[suppression.error]: `metadata.unknown-key` is an error here, and no comment can allow one".to_owned(),
        ]
    );
    assert_eq!(strict.catalog().package("web").unwrap().releases().len(), 0);
}

#[test]
fn who_insists_on_a_rule_by_its_name_is_obeyed() {
    let text = "licence: MIT # catalog: allow(metadata.unknown-key, x)\n";
    // All warnings are errors: those that were looked at and allowed are none.
    check(text, &[("warnings", Level::Error)], &[], &[LICENCE]);
    // This rule is an error: no author of a catalog can allow himself to break it.
    let refused = LICENCE.replace("warning[", "error[");
    let loaded = check(
        text,
        &[("metadata.unknown-key", Level::Error)],
        &[&refused],
        &[],
    );
    assert_eq!(
        loaded.diagnostics()[0].help_lines().last().unwrap(),
        "the comment that allows it has no effect: the rule was made an error"
    );
}

#[test]
fn what_is_kept_back_is_never_an_error() {
    let text = format!(
        "{HEAD}licence: MIT\nurl: none\nlabel: {{tier: 1}}\n# catalog: allow(metadata.label.unquoted, x)\n"
    );
    let files = [("web/1.0.0/metadata.yaml", text.as_str())];
    for level in [Level::Allow, Level::Note, Level::Warning, Level::Error] {
        for group in ["warnings", "notes"] {
            for strict in [false, true] {
                let loaded = loaded(&files, &[(group, level)], strict);
                let kept_back = loaded.suppressed().iter();
                assert!(
                    kept_back
                        .clone()
                        .all(|one| one.severity() < Severity::Error)
                );
                assert!(kept_back.clone().all(|one| one.suppression().is_some()));
                assert!(
                    loaded
                        .diagnostics()
                        .iter()
                        .all(|one| one.suppression().is_none())
                );
                assert_eq!(loaded.diagnostics().len() + loaded.suppressed().len(), 3);
                assert!(
                    loaded
                        .diagnostics()
                        .iter()
                        .any(|one| one.code() == "metadata.url")
                );
            }
        }
    }
}
