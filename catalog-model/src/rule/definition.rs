//! Rules of the files of `definitions/`.

use catalog_conditions::rule::Rule;

pub(super) static RULES: &[Rule] = &[
    Rule::warning("definition.empty", "a file defines nothing")
        .because("It has no document, or comments alone. That is allowed, and usually a file whose content was moved or not written yet: whoever depends on the definition finds it missing.")
        .example(
            "definitions/settings.yaml",
            "# moved\n",
            "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: scaler}\nspec: {}\n",
        ),
    Rule::error("definition.apiVersion.missing", "an object has no `apiVersion`")
        .because("Every Kubernetes object has `apiVersion`, `kind` and `metadata.name`; without one the API server refuses it. A text of templates, or Helm values that ended up here, looks like this.")
        .example(
            "definitions/scaler.yaml",
            "kind: TraitDefinition\nmetadata: {name: scaler}\n",
            "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: scaler}\nspec: {}\n",
        ),
    Rule::error("definition.kind.missing", "an object has no `kind`")
        .because("Every Kubernetes object has `apiVersion`, `kind` and `metadata.name`; without one the API server refuses it.")
        .example(
            "definitions/scaler.yaml",
            "apiVersion: core.oam.dev/v1beta1\nmetadata: {name: scaler}\n",
            "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: scaler}\nspec: {}\n",
        ),
    Rule::error("definition.metadata.name.missing", "an object has no `metadata.name`")
        .because("Definitions are found, compared with a cluster and upgraded by their names. (`generateName` makes a new object at each installation, and is no name.)")
        .example(
            "definitions/scaler.yaml",
            "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {}\n",
            "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: scaler}\nspec: {}\n",
        ),
    Rule::error("definition.text", "what names or labels an object is no text")
        .because("`apiVersion`, `kind`, the name, the namespace and the values of labels and annotations are texts to the API server, and it refuses everything else. Without quotes, kubectl reads `0644` as the number 420, `1.10` as 1.1 and `y` as true.")
        .example(
            "definitions/shop.yaml",
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: 0644}\n",
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: \"0644\"}\n",
        ),
    Rule::note("definition.kind", "an object is no definition")
        .because("`definitions/` is for OAM definitions and CustomResourceDefinitions, which others build on and which outlive an upgrade. Another object is applied with them; it may belong into a module, where it has parameters and is removed with the package.")
        .example(
            "definitions/settings.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n",
            "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: scaler}\nspec: {}\n",
        ),
    Rule::warning("definition.kind.unknown", "an object is nearly a definition")
        .because("Its group has no such kind, or its kind is of another group, and both are nearly those of an OAM definition or a CustomResourceDefinition. What is written so provides nothing, and no API server takes it.")
        .example(
            "definitions/scaler.yaml",
            "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefintion\nmetadata: {name: scaler}\nspec: {}\n",
            "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: scaler}\nspec: {}\n",
        ),
    Rule::warning("definition.apiVersion.unserved", "a definition is of a version that no server of today takes")
        .because("KubeVela takes its definitions as `core.oam.dev/v1beta1` and Kubernetes a CustomResourceDefinition as `apiextensions.k8s.io/v1`. A version that was served once, or never, is refused when the package is installed. (Of old CustomResourceDefinitions `definition.crd.v1beta1` speaks.)")
        .example(
            "definitions/scaler.yaml",
            "apiVersion: core.oam.dev/v1alpha2\nkind: TraitDefinition\nmetadata: {name: scaler}\nspec: {}\n",
            "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: scaler}\nspec: {}\n",
        ),
    Rule::error("definition.crd", "a CustomResourceDefinition is none that the API server takes")
        .because("It needs `spec.group`, `spec.names.kind` and `spec.names.plural`, at least one served version, and the name `plural.group`. The package provides the APIs that its CRDs serve: from a broken one, nobody could tell which.")
        .example(
            "definitions/widgets.yaml",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widget.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}\n",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}\n",
        ),
    Rule::warning("definition.crd.v1beta1", "a CustomResourceDefinition is of a version that no server takes any more")
        .because("`apiextensions.k8s.io/v1beta1` was removed in Kubernetes 1.22. The file is read as far as it goes, and installing it fails on every cluster of the last years. Write it as `apiextensions.k8s.io/v1`: there each version has a structural schema of its own.")
        .example(
            "definitions/widgets.yaml",
            "apiVersion: apiextensions.k8s.io/v1beta1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  version: v1\n  names: {kind: Widget, plural: widgets}\n",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}\n",
        ),
    Rule::warning("definition.namespace", "an object that lives in no namespace names one")
        .because("The API server drops the namespace of CRDs and other kinds of the cluster. Whoever reads the file believes that two of them in different namespaces are two objects, and they are one.")
        .example(
            "definitions/shop.yaml",
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, namespace: web}\n",
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
        ),
    Rule::error("definition.duplicate", "an object is defined twice in one version")
        .because("Group, kind, namespace and name are one object's identity: the second would overwrite the first in the cluster, in the order of file names. Both places are named; keep one.")
        .example(
            "definitions/scaler.yaml",
            "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: scaler}\nspec: {}\n---\napiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: scaler}\nspec: {}\n",
            "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: scaler}\nspec: {}\n",
        ),
];
