//! Plain manifests.

use catalog_hooks::module::ManifestsRenderer;
use catalog_model::MemorySource;
use serde_json::Value;

use super::{refused, rendered, shop, with_metadata};

const MODULE: &str = "modules:\n- manifests: {path: ./manifests/}\n";

/// Kind, namespace and name of each object.
fn told(source: &MemorySource, renderer: &ManifestsRenderer<'_>) -> Vec<String> {
    let text = |object: &Value, pointer| {
        object
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or("-")
            .to_owned()
    };
    let objects = rendered(source, renderer).into_iter().map(|object| {
        format!(
            "{} {}/{}",
            text(&object, "/kind"),
            text(&object, "/metadata/namespace"),
            text(&object, "/metadata/name")
        )
    });
    objects.collect()
}

#[test]
fn objects_get_the_namespace_unless_their_kind_stands_in_none() {
    let source = shop(
        MODULE,
        &[
            (
                "definitions/widgets.yaml",
                "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Cluster\n  names: {kind: Widget, plural: widgets}\n  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]\n",
            ),
            (
                "manifests/a.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n---\n# nothing\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: two, namespace: gone}\n",
            ),
            (
                "manifests/b/c.json",
                r#"{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "three"}}, {"apiVersion": "other.example.com/v1", "kind": "Widget", "metadata": {"name": "four"}}]}"#,
            ),
            (
                "manifests/b/d.yml",
                "apiVersion: v1\nkind: Secret\nmetadata: {name: five, namespace: kube-system}\n",
            ),
            ("manifests/README.md", "no manifest: ["),
        ],
    );
    assert_eq!(
        told(&source, &ManifestsRenderer::new(&source)),
        [
            "ConfigMap here/one",
            "ClusterRole -/two",
            "Secret kube-system/five",
            "Widget -/three",
            "Widget here/four",
        ],
    );
}

#[test]
fn what_others_need_comes_first() {
    let object = |version: &str, kind: &str| {
        format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\n")
    };
    let written = [
        object(
            "admissionregistration.k8s.io/v1",
            "ValidatingWebhookConfiguration",
        ),
        object("example.com/v1", "Widget"),
        object("apps/v1", "Deployment"),
        object("v1", "Service"),
        object("rbac.authorization.k8s.io/v1", "ClusterRole"),
        object("v1", "ConfigMap"),
        object("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        object("example.com/v1", "Namespace"),
        object("v1", "Namespace"),
    ];
    let source = shop(MODULE, &[("manifests/all.yaml", &written.join("---\n"))]);
    let objects = rendered(&source, &ManifestsRenderer::new(&source));
    let kinds: Vec<&str> = objects
        .iter()
        .map(|object| object["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "Namespace",
            "CustomResourceDefinition",
            "ClusterRole",
            "ConfigMap",
            "Deployment",
            "Service",
            "Widget",
            "Namespace",
            "ValidatingWebhookConfiguration"
        ],
    );
}

#[test]
fn accounts_that_bindings_name_are_the_modules() {
    let source = shop(
        MODULE,
        &[(
            "manifests/a.yaml",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: one}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\nsubjects: [{kind: ServiceAccount, name: one}]\n",
        )],
    );
    assert_eq!(
        rendered(&source, &ManifestsRenderer::new(&source))[0]["subjects"][0]["namespace"],
        "here"
    );
}

#[test]
fn a_single_file_and_a_download() {
    let source = shop(
        "modules:\n- manifests: {path: ./install.yaml}\n",
        &[(
            "install.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n",
        )],
    );
    assert_eq!(
        told(&source, &ManifestsRenderer::new(&source)),
        ["ConfigMap here/one"]
    );

    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: far}\n";
    let remote = |sha256: &str| {
        shop(
            &format!(
                "modules:\n- manifests: {{remote: {{url: 'https://example.com/install.yaml', sha256: {sha256}}}}}\n"
            ),
            &[],
        )
    };
    let right = remote("e0bf13bd9fdb0a6a7ec2c7ad2b94a4b2b4b8a2a2fa4ac0b5e7a3c0ffa3b0d0a1");
    let renderer =
        ManifestsRenderer::new(&source).with_download("https://example.com/install.yaml", text);
    let said = refused(&right, &renderer);
    let sum = said
        .split("SHA-256 is ")
        .nth(1)
        .unwrap()
        .split(',')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(sum.len(), 64, "{said}");
    assert_eq!(told(&remote(&sum), &renderer), ["ConfigMap here/far"]);
    assert_eq!(
        refused(&right, &ManifestsRenderer::new(&source)),
        "module `install.yaml` of shop 1.0.0 cannot be deployed: `https://example.com/install.yaml` was not downloaded: give its text to the renderer",
    );
}

#[test]
fn what_cannot_be_applied_is_told_with_its_place() {
    let of = |files: &[(&str, &str)]| {
        let source = shop(MODULE, files);
        let said = refused(&source, &ManifestsRenderer::new(&source));
        said.split_once("cannot be deployed: ")
            .unwrap()
            .1
            .to_owned()
    };
    insta::assert_snapshot!(of(&[("manifests/a.yaml", "a: [\n")]), @"manifests/a.yaml:1:4: error[yaml.syntax]: this is not YAML: unclosed bracket '['");
    insta::assert_snapshot!(of(&[("manifests/a.yaml", "- 1\n")]), @"manifests/a.yaml:1: this is no object of Kubernetes: it needs `apiVersion`, `kind` and `metadata.name`");
    insta::assert_snapshot!(of(&[("manifests/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}\n")]), @"manifests/a.yaml:1: this is no object of Kubernetes: it needs `apiVersion`, `kind` and `metadata.name`");
    let twice = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    insta::assert_snapshot!(of(&[("manifests/a.yaml", twice), ("manifests/b.yaml", &format!("---\n{twice}"))]), @"manifests/b.yaml:2: ConfigMap here/a is in manifests/a.yaml:1 already: take one out");

    let object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: there}\n";
    let source = with_metadata(
        "scope: namespace\n",
        MODULE,
        &[("manifests/a.yaml", object)],
    );
    insta::assert_snapshot!(refused(&source, &ManifestsRenderer::new(&source)), @"module `manifests` of shop 1.0.0 cannot be deployed: manifests/a.yaml:1: this object goes to namespace `there`, but the package may be installed in any, and goes to `here`: leave out `metadata.namespace`");
}

#[test]
fn a_folder_without_end_is_refused() {
    let many: Vec<(String, String)> = (0..1100)
        .map(|n| (format!("manifests/{n}.yaml"), String::new()))
        .collect();
    let many: Vec<(&str, &str)> = many
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let source = shop(MODULE, &many);
    insta::assert_snapshot!(refused(&source, &ManifestsRenderer::new(&source)), @"module `manifests` of shop 1.0.0 cannot be deployed: its folder holds more than 1000 files: split it into several modules");

    let deep = format!("manifests/{}a.yaml", "d/".repeat(40));
    let source = shop(MODULE, &[(&deep, "")]);
    assert!(
        refused(&source, &ManifestsRenderer::new(&source))
            .contains("is neither a file nor a folder that can be followed")
    );
}
