//! What the rules of the fields are, one by one: lines of a file, and all that is said of them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::{LoadOptions, Loaded, MemorySource, Module, Phase, Release, load};

const JOB: &str = "{apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: c, image: i}]}}}}";

/// Loads files of `p/1.0.0/` and compares all diagnostics, help lines behind theirs.
fn check(files: &[(&str, &str)], expected: &[&str]) -> Loaded {
    let mut source = MemorySource::from_iter([(
        "p/1.0.0/metadata.yaml".to_owned(),
        "name: p\nversion: 1.0.0\n".to_owned(),
    )]);
    for (path, text) in files {
        source.insert(format!("p/1.0.0/{path}"), *text);
    }
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let found: Vec<String> = loaded
        .diagnostics()
        .iter()
        .map(|found| {
            let help: Vec<String> = found
                .help_lines()
                .iter()
                .map(|line| format!("; {line}"))
                .collect();
            format!(
                "{}[{}]: {}{}",
                found.severity(),
                found.code(),
                found.message(),
                help.concat()
            )
        })
        .collect();
    assert_eq!(found, expected, "{files:#?}");
    loaded
}

fn metadata(lines: &str, expected: &[&str]) -> Loaded {
    let text = format!("name: p\nversion: 1.0.0\n{lines}");
    check(&[("metadata.yaml", &text)], expected)
}

fn release(loaded: &Loaded) -> &Release {
    &loaded.catalog().package("p").unwrap().releases()[0]
}

fn modules(text: &str, expected: &[&str]) -> Vec<Module> {
    let loaded = check(
        &[
            ("modules.yaml", text),
            ("c/Chart.yaml", "name: c\nversion: v1.2.0\n"),
            ("m/a.yaml", ""),
        ],
        expected,
    );
    let package = loaded.catalog().package("p").unwrap();
    package
        .releases()
        .first()
        .map(|release| release.modules().to_vec())
        .unwrap_or_default()
}

#[test]
fn an_address_is_whole() {
    metadata("url: https://example.com/a\n", &[]);
    for text in [
        "example.com",
        "https://",
        "https:example.com",
        "'https://exa mple.com'",
    ] {
        let shown = text.trim_matches('\'');
        metadata(
            &format!("url: {text}\n"),
            &[&format!(
                "error[metadata.url]: `{shown}` is not an address; write it whole, as `https://example.com/`"
            )],
        );
    }
}

#[test]
fn a_licence_is_free_text_and_better_an_expression() {
    for text in ["Apache-2.0", "MIT OR Apache-2.0", "LicenseRef-Acme"] {
        metadata(&format!("license: {text}\n"), &[]);
    }
    let loaded = metadata(
        "license: Apache License 2.0\n",
        &[
            "note[metadata.license.spdx]: `Apache License 2.0` is not an SPDX expression, which tools would understand; did you mean `Apache-2.0`?",
        ],
    );
    assert_eq!(
        release(&loaded).metadata().license(),
        Some("Apache License 2.0")
    );
    metadata(
        "license: Apache-3.0 OR MIT\n",
        &[
            "note[metadata.license.spdx]: `Apache-3.0` is not an identifier of SPDX, which tools would understand; did you mean `Apache-2.0 OR MIT`?",
        ],
    );
    metadata(
        "license: ask our lawyers\n",
        &[
            "note[metadata.license.spdx]: `ask our lawyers` is not an SPDX expression, which tools would understand; write an identifier of https://spdx.org/licenses/, as `Apache-2.0`, or `LicenseRef-` and a name of your own",
        ],
    );
}

#[test]
fn a_withdrawal_says_why() {
    let wanted = "write what is wrong with this release, and what to use instead";
    let loaded = metadata(
        "yanked: true\ndeprecated: ''\n",
        &[
            &format!(
                "warning[metadata.reason]: `yanked` says why, and this gives no reason; {wanted}"
            ),
            &format!(
                "warning[metadata.reason]: `deprecated` says why, and this gives no reason; {wanted}"
            ),
        ],
    );
    let read = release(&loaded).metadata();
    assert_eq!((read.yanked(), read.deprecated()), (Some("true"), Some("")));
    let loaded = metadata(
        "yanked: false\n",
        &[
            "warning[metadata.reason]: `yanked` says why, and this gives no reason; remove `yanked`: this release is not yanked",
        ],
    );
    assert_eq!(release(&loaded).metadata().yanked(), None);
    metadata("yanked: breaks upgrades\n", &[]);
}

#[test]
fn upgrades_go_up() {
    metadata(
        "replaces: 0.9.0\nskips: [0.9.1, 1.0.0-rc.1]\nskipRange: '>=0.7.0, <0.9.0'\n",
        &[],
    );
    let down = |text: &str| format!("{text}, 1.0.0: nothing is upgraded downwards");
    let advice = "name the versions that are upgraded to this one";
    metadata(
        "replaces: 1.1.0\nskips: [v1.0, 0.9.0]\n",
        &[
            &format!(
                "warning[metadata.upgrade.down]: {}; {advice}",
                down("`replaces` names 1.1.0, which is not below this release")
            ),
            &format!(
                "warning[metadata.upgrade.down]: {}; {advice}",
                down("`skips` names v1.0, which is not below this release")
            ),
        ],
    );
    let advice = "end the range below this release: `<1.0.0`";
    metadata(
        "skipRange: '>=0.7.0'\n",
        &[&format!(
            "warning[metadata.upgrade.down]: {}; {advice}",
            down("`skipRange` takes versions that are not below this release")
        )],
    );
    metadata(
        "skipRange: '>=2.0.0'\n",
        &[&format!(
            "warning[metadata.upgrade.down]: {}; {advice}",
            down("`skipRange` takes no version below this release")
        )],
    );
}

#[test]
fn a_package_has_nothing_against_itself() {
    metadata(
        "conflicts: [{name: p, version: '<1'}]\n",
        &[
            "error[metadata.conflict.self]: a package cannot conflict with itself; remove this conflict: an instance has one release at a time",
        ],
    );
}

#[test]
fn bounds_that_mean_less_than_they_seem_to_are_noted() {
    metadata(
        "dependencies: [{name: q, version: '>=4.2.2-6'}]\nsystem: {kubernetes: '>=1.28.3-gke.100'}\n",
        &[
            "note[metadata.range.bound]: `4.2.2-6` orders before the release it revises, as SemVer has it; a revision that follows it is written behind `+`",
            "warning[metadata.range.bound]: the vendor's build in `1.28.3-gke.100` is ignored; only alpha, beta and rc order cluster versions",
        ],
    );
}

#[test]
fn a_module_is_called_by_its_name_its_remote_or_its_place() {
    let read = modules(
        "modules:\n- chart: {path: c, remote: {repo: r, name: web, version: 1.2.0}}\n- chart: {path: ./c/}\n- terraform: {remote: {source: 'terraform-aws-modules/rds/aws', version: '~> 2.0'}}\n- manifests: {path: ./x/../m/a.yaml}\n- manifests: {remote: {url: 'https://e.com/crds.yaml', sha256: 'ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB'}}\n- {kustomize: {}, name: mine}\n",
        &["note[modules.kind.opaque]: `kustomize` is a kind of module that is passed on as it is"],
    );
    let names: Vec<_> = read.iter().map(Module::name).collect();
    assert_eq!(names, ["web", "c", "aws", "a.yaml", "crds.yaml", "mine"]);
    assert_eq!(read[1].origin().file(), "modules.yaml");
    assert!(read[0].origin().span().end <= read[1].origin().span().start);
}

#[test]
fn a_module_s_name_is_one_word() {
    for name in ["''", "a b", "a/b", "\"a\\n\""] {
        let text = format!("modules: [{{name: {name}, manifests: {{path: m}}}}]\n");
        let loaded = load(
            &MemorySource::from_iter([
                ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
                ("p/1.0.0/modules.yaml", text.as_str()),
                ("p/1.0.0/m/a.yaml", ""),
            ]),
            &LoadOptions::default(),
        );
        let loaded = loaded.unwrap();
        let codes: Vec<_> = loaded
            .diagnostics()
            .iter()
            .map(|found| found.code())
            .collect();
        assert_eq!(codes, ["modules.name"], "{name}");
    }
    modules(
        "modules: [{manifests: {path: m}}, {name: m, chart: {path: c}}]\n",
        &[
            "error[modules.name.duplicate]: two modules are named `m`, the first in line 1; give one of them another `name:`",
        ],
    );
}

#[test]
fn the_chart_beside_another_version_of_its_origin() {
    for version in ["1.2.0", "v1.2", "^1", ">=1.2.0"] {
        modules(
            &format!(
                "modules: [{{chart: {{path: c, remote: {{repo: r, name: c, version: '{version}'}}}}}}]\n"
            ),
            &[],
        );
    }
    for version in ["1.2.1", "^2", "nightly"] {
        modules(
            &format!(
                "modules: [{{chart: {{path: c, remote: {{repo: r, name: c, version: '{version}'}}}}}}]\n"
            ),
            &[
                "warning[modules.remote.version]: the chart at `path` has version `v1.2.0`, and `remote` names another; the chart at `path` is what is installed: write `version: v1.2.0`, or put that version there",
            ],
        );
    }
}

#[test]
fn a_remote_names_what_it_is() {
    let unpinned = "is installed is not reproducible";
    modules(
        "modules:\n- chart: {remote: {repo: r, name: c}}\n- terraform: {remote: {source: a/b/rds}}\n- terraform: {remote: {source: 'git::https://e.com/x.git?depth=1&ref=v1'}}\n  name: d\n- manifests: {remote: {url: 'https://e.com/x'}}\n",
        &[
            &format!(
                "warning[modules.remote.unpinned]: without `version`, what {unpinned}; add `version:`"
            ),
            &format!(
                "warning[modules.remote.unpinned]: without `version`, what {unpinned}; add `version:`"
            ),
            &format!(
                "warning[modules.remote.unpinned]: without `sha256`, what {unpinned}; add `sha256:`"
            ),
        ],
    );
}

#[test]
fn a_kind_that_is_nearly_one_of_ours_is_a_warning() {
    modules(
        "modules: [{charts: {path: c}}]\n",
        &[
            "warning[modules.kind.opaque]: `charts` is a kind of module that is passed on as it is; did you mean `chart`?",
        ],
    );
}

#[test]
fn actions_and_hooks_have_names_and_places() {
    let one = format!("pre-install: [{{job: {JOB}}}]\nactions: [{{name: backup, job: {JOB}}}]\n");
    let loaded = check(&[("hooks/a.yaml", &one)], &[]);
    let read = release(&loaded);
    let hook = read.hooks(Phase::PreInstall).next().unwrap();
    assert_eq!((hook.name(), hook.origin().file()), ("a-1", "hooks/a.yaml"));
    assert_eq!(hook.origin().span().start, one.find("{job").unwrap());
    let action = &read.actions()[0];
    assert_eq!(
        action.origin().span().start,
        one.find("{name: backup").unwrap()
    );
    let other = format!("actions: [{{name: backup, job: {JOB}}}]\n");
    check(
        &[("hooks/a.yaml", &one), ("hooks/b.yaml", &other)],
        &[
            "error[hooks.action.duplicate]: two actions are named `backup`; give one of them another `name:`",
        ],
    );
    check(
        &[(
            "hooks/a.yaml",
            &format!("post-install: [{{name: '', job: {JOB}}}]\n"),
        )],
        &[
            "error[hooks.name]: a hook's name is not empty; remove `name`, and the hook is named after its file",
        ],
    );
}

#[test]
fn files_of_conditions_say_conditions() {
    let codes = |text: &str| -> Vec<String> {
        let source = MemorySource::from_iter([
            ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
            ("p/1.0.0/conditions/c.yaml", text),
        ]);
        let loaded = load(&source, &LoadOptions::default()).unwrap();
        let found = loaded.diagnostics().iter();
        found
            .map(|found| format!("{} {}", found.severity(), found.code()))
            .collect()
    };
    assert_eq!(
        codes("condition: []\n")[0],
        "error conditions.conditions.missing"
    );
    assert_eq!(codes("conditions: []\n"), ["warning conditions.empty"]);
    assert_eq!(codes("# nothing\n").len(), 1);
    assert!(codes("# nothing\n")[0].starts_with("error "));
}
