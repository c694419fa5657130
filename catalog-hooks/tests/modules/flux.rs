//! Charts, deployed by Flux.

use std::time::Duration;

use catalog_hooks::module::{FluxRenderer, ModuleRenderer, ModuleValues};
use serde_json::json;

use super::{loaded, only, pretty, refused, rendered, shop, with_metadata};

const REMOTE: &str = "remote: {repo: 'https://charts.example.com', name: web, version: 1.2.0}";

#[test]
fn a_chart_of_a_repository_with_values_of_package_and_user() {
    let source = shop(
        "modules:\n- chart:\n    remote: {repo: 'https://charts.example.com', name: web, version: 1.2.0}\n  name: front\n  namespace: edge\n  values: {replicas: 2, image: {tag: v1, pull: Always}, args: [a, b]}\n",
        &[],
    );
    let set = json!({"image": {"tag": "v2"}, "args": ["c"], "probe": null});
    let values =
        ModuleValues::new().set("shop", "here", "front", set.as_object().cloned().unwrap());
    let renderer = FluxRenderer::new()
        .with_values(values)
        .with_interval(Duration::from_secs(90));
    insta::assert_snapshot!(pretty(&rendered(&source, &renderer)), @r#"
    {
      "apiVersion": "source.toolkit.fluxcd.io/v1",
      "kind": "HelmRepository",
      "metadata": {
        "name": "shop--front",
        "namespace": "edge"
      },
      "spec": {
        "interval": "90s",
        "url": "https://charts.example.com"
      }
    }
    {
      "apiVersion": "helm.toolkit.fluxcd.io/v2",
      "kind": "HelmRelease",
      "metadata": {
        "name": "shop--front",
        "namespace": "edge"
      },
      "spec": {
        "chart": {
          "spec": {
            "chart": "web",
            "interval": "90s",
            "sourceRef": {
              "kind": "HelmRepository",
              "name": "shop--front"
            },
            "version": "1.2.0"
          }
        },
        "install": {
          "remediation": {
            "remediateLastFailure": false,
            "retries": 0
          }
        },
        "interval": "90s",
        "releaseName": "shop--front",
        "targetNamespace": "edge",
        "timeout": "10m",
        "upgrade": {
          "remediation": {
            "remediateLastFailure": false,
            "retries": 0
          }
        },
        "values": {
          "args": [
            "c"
          ],
          "image": {
            "pull": "Always",
            "tag": "v2"
          },
          "probe": null,
          "replicas": 2
        }
      }
    }
    "#);
}

#[test]
fn a_chart_of_a_registry() {
    let source = shop(
        "modules:\n- chart: {remote: {repo: 'oci://ghcr.io/example/charts/', name: web, version: v1.2.0+build.3}}\n",
        &[],
    );
    insta::assert_snapshot!(pretty(&rendered(&source, &FluxRenderer::new())), @r#"
    {
      "apiVersion": "source.toolkit.fluxcd.io/v1",
      "kind": "OCIRepository",
      "metadata": {
        "name": "shop--web-fjynmqo5",
        "namespace": "here"
      },
      "spec": {
        "interval": "10m",
        "layerSelector": {
          "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
          "operation": "copy"
        },
        "ref": {
          "tag": "v1.2.0_build.3"
        },
        "url": "oci://ghcr.io/example/charts/web"
      }
    }
    {
      "apiVersion": "helm.toolkit.fluxcd.io/v2",
      "kind": "HelmRelease",
      "metadata": {
        "name": "shop--web",
        "namespace": "here"
      },
      "spec": {
        "chartRef": {
          "kind": "OCIRepository",
          "name": "shop--web-fjynmqo5"
        },
        "install": {
          "remediation": {
            "remediateLastFailure": false,
            "retries": 0
          }
        },
        "interval": "10m",
        "releaseName": "shop--web",
        "targetNamespace": "here",
        "timeout": "10m",
        "upgrade": {
          "remediation": {
            "remediateLastFailure": false,
            "retries": 0
          }
        }
      }
    }
    "#);
}

/// Else its generation would stay the same, and with it that it is ready.
#[test]
fn another_version_changes_the_release_itself() {
    for repo in ["oci://ghcr.io/example", "https://charts.example.com"] {
        let release = |version: &str| {
            let module = format!("{{repo: '{repo}', name: web, version: {version}}}");
            let source = shop(&format!("modules:\n- chart: {{remote: {module}}}\n"), &[]);
            rendered(&source, &FluxRenderer::new())[1].clone()
        };
        assert_eq!(release("1.2.0")["metadata"], release("1.3.0")["metadata"]);
        assert_ne!(release("1.2.0")["spec"], release("1.3.0")["spec"], "{repo}");
    }
}

#[test]
fn versions_of_charts_in_registries() {
    let cases = [
        ("version: 1.2.3", json!({"tag": "1.2.3"})),
        ("version: v1.2.3-rc.1", json!({"tag": "v1.2.3-rc.1"})),
        ("version: '>=1.2, <2'", json!({"semver": ">=1.2, <2"})),
        ("version: '1.2'", json!({"semver": "1.2"})),
        ("version: 1.2.x", json!({"semver": "1.2.x"})),
        ("version: ~", json!({"semver": "*"})),
    ];
    for (version, expected) in cases {
        let source = shop(
            &format!(
                "modules:\n- chart: {{remote: {{repo: 'oci://ghcr.io/example', name: web, {version}}}}}\n"
            ),
            &[],
        );
        assert_eq!(
            rendered(&source, &FluxRenderer::new())[0]["spec"]["ref"],
            expected,
            "{version}"
        );
    }
}

#[test]
fn a_chart_in_the_package_comes_from_the_catalog_that_flux_knows() {
    let source = shop(
        "modules:\n- chart: {path: ./charts/web/}\n",
        &[(
            "charts/web/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 0.1.0\n",
        )],
    );
    assert_eq!(
        refused(&source, &FluxRenderer::new()),
        "module `web` of shop 1.0.0 cannot be deployed: its chart lies in the package, at `charts/web`, where Flux cannot read it: tell the renderer which source of Flux holds the catalog, or leave out `path` and name a `remote`",
    );
    let renderer = FluxRenderer::new().with_catalog(
        "GitRepository",
        ("flux-system", "catalog"),
        "/catalogs/main/",
    );
    let objects = rendered(&source, &renderer);
    assert_eq!(objects.len(), 1);
    assert_eq!(
        objects[0]["spec"]["chart"]["spec"],
        json!({
            "chart": "./catalogs/main/shop/1.0.0/charts/web", "interval": "10m", "reconcileStrategy": "Revision",
            "sourceRef": {"kind": "GitRepository", "name": "catalog", "namespace": "flux-system"},
        }),
    );
}

#[test]
fn names_are_labels_of_at_most_53_characters_and_do_not_meet() {
    let long = "a".repeat(60);
    let modules = [
        "shop",
        "front",
        "Front",
        "front_end",
        "front.end",
        "front-end",
        &long,
        &format!("{long}b"),
        "Größe",
    ];
    let mut names = Vec::new();
    for module in modules {
        let source = shop(
            &format!("modules:\n- chart: {{{REMOTE}}}\n  name: {module}\n"),
            &[],
        );
        let objects = rendered(&source, &FluxRenderer::new());
        let name = objects[1]["metadata"]["name"].as_str().unwrap().to_owned();
        assert_eq!(objects[1]["spec"]["releaseName"], name.as_str());
        assert_eq!(objects[0]["metadata"], objects[1]["metadata"]);
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        assert!(
            name.len() <= 53 && name.bytes().all(fits) && !name.ends_with('-'),
            "{name}"
        );
        names.push(name);
    }
    insta::assert_debug_snapshot!(names, @r#"
    [
        "shop",
        "shop--front",
        "shop-front-5eqkoetb2rv65teo",
        "shop-front-end-5llo77vhvpqgb62a",
        "shop-front-end-vymxtastqimvguao",
        "shop--front-end",
        "shop-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-d72qfu6dk3uco6zw",
        "shop-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-hrym2pl6kuygeus4",
        "shop-gr-e-avfr2kepvhj5oaun",
    ]
    "#);
    names.sort();
    names.dedup();
    assert_eq!(names.len(), modules.len());
}

#[test]
fn what_cannot_be_deployed_is_told_with_what_to_do() {
    let cases = [
        (
            "chart: {remote: {repo: charts.example.com, name: web, version: 1.0.0}}",
            "`charts.example.com` is not the address of a Helm repository: it begins with `https://`, `http://` or `oci://`",
        ),
        (
            "chart: {remote: {repo: 'oci://', name: web, version: 1.0.0}}",
            "`oci://` is not the address of a registry: write `oci://HOST/PATH`",
        ),
        (
            "chart: {remote: {repo: 'oci://ghcr.io/a?b', name: web, version: 1.0.0}}",
            "`oci://ghcr.io/a?b` is not the address of a registry: write `oci://HOST/PATH`",
        ),
        (
            "chart: {remote: {repo: 'https://charts.example.com', name: '../web', version: 1.0.0}}\n  name: web",
            "`../web` is not the name of a chart: use letters, digits, `.`, `_` and `-`",
        ),
    ];
    for (module, problem) in cases {
        let said = refused(
            &shop(&format!("modules:\n- {module}\n"), &[]),
            &FluxRenderer::new(),
        );
        assert_eq!(
            said,
            format!("module `web` of shop 1.0.0 cannot be deployed: {problem}")
        );
    }
}

#[test]
fn a_package_for_any_namespace_puts_nothing_into_another() {
    let modules = format!("modules:\n- chart: {{{REMOTE}}}\n  namespace: edge\n");
    let source = with_metadata("scope: namespace\n", &modules, &[]);
    assert_eq!(
        refused(&source, &FluxRenderer::new()),
        "module `web` of shop 1.0.0 cannot be deployed: it goes to namespace `edge`, but the package may be installed in any, and is in `here`: leave out its `namespace`, or the package's `scope: namespace`",
    );
}

#[test]
fn a_namespace_that_can_be_none_and_modules_of_other_kinds() {
    let source = shop(
        &format!(
            "modules:\n- chart: {{{REMOTE}}}\n- terraform: {{remote: {{source: a/b/c, version: 1.0.0}}}}\n"
        ),
        &[],
    );
    let catalog = loaded(&source);
    let release = only(&catalog);
    let renderer = FluxRenderer::default();
    assert_eq!(
        renderer.render(release, &release.modules()[1], "here"),
        Ok(None)
    );
    let error = renderer
        .render(release, &release.modules()[0], "Not A Namespace")
        .unwrap_err();
    assert_eq!(error.module(), "web");
    assert_eq!(
        error.to_string(),
        "module `web` of shop 1.0.0 cannot be deployed: `Not A Namespace` is not the name of a namespace: use at most 63 lower-case letters, digits and `-`",
    );
}
