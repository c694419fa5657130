//! What the codes of refusals mean.

use catalog_conditions::rule::Rule;

pub(in super::super) static DEFINITION: Rule = Rule::error("crd.invalid", "the server refuses the new CRD for its names, versions or conversion")
    .because("Names are labels of RFC 1035, objects are stored in exactly one version, a webhook has an address and speaks `v1`, and the paths of scales, columns and selectable fields lead to something of the right kind. A server that refuses the CRD keeps the old one, and whatever applies it fails there. Only what the old CRD did not have wrong is said. To do it safely: apply the CRD with `kubectl apply --dry-run=server` before it is released.")
    .catalog_example(
        &[
            ("old.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, properties: {size: {type: string}}}\n"),
            ("new.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets, shortNames: [Wd_1]}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, properties: {size: {type: string}}}\n"),
        ],
        &[
            ("old.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, properties: {size: {type: string}}}\n"),
            ("new.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets, shortNames: [wd]}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, properties: {size: {type: string}}}\n"),
        ],
    );

pub(in super::super) static SCHEMA: Rule = Rule::error("crd.invalid.schema", "the server refuses the new schema")
    .because("The server takes structural schemas only: each value has one type, a map has named fields or values and not both, conditions in `anyOf` and the like say nothing of types, items of a set are atomic, keys of lists are there, and patterns are such as Go reads. Only what the old CRD did not have wrong is said. To do it safely: give each value its type outside of conditions, and apply the CRD with `kubectl apply --dry-run=server` before it is released.")
    .catalog_example(
        &[
            ("old.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, properties: {size: {type: string}}}\n"),
            ("new.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, properties: {size: {type: string, pattern: \"^(?=a)\"}}}\n"),
        ],
        &[
            ("old.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, properties: {size: {type: string}}}\n"),
            ("new.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, properties: {size: {type: string, minLength: 0}}}\n"),
        ],
    );

pub(in super::super) static DEFAULT: Rule = Rule::error("crd.invalid.default", "the server refuses the new CRD for a default that is not valid where it stands")
    .because("A default is held to the schema around it: type, enum, bounds, pattern, required fields. What narrows the one down may leave the other outside. Defaults within are not filled in before, and what a schema does not name may not stand in one. To do it safely: change the default together with the schema around it.")
    .catalog_example(
        &[
            ("old.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, properties: {size: {type: string, enum: [s, m], default: m}}}\n"),
            ("new.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, properties: {size: {type: string, enum: [s], default: m}}}\n"),
        ],
        &[
            ("old.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, properties: {size: {type: string, enum: [s, m], default: m}}}\n"),
            ("new.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, properties: {size: {type: string, enum: [s, m, l], default: m}}}\n"),
        ],
    );

pub(in super::super) static VALIDATION: Rule = Rule::error("crd.invalid.rule", "the server refuses the new CRD for a rule in CEL")
    .because("Rules are compiled when the CRD is applied: fields that they name have to be there, and what they compare has to be of one kind. What a rule costs at most is bounded too: ten million units for all items that it is asked of, and a hundred million for all rules of a version. That is estimated here, roughly; what comes well above is told, and said to be uncertain. No engine for CEL is asked: a rule that passes here may still be refused. To do it safely: change the rule together with the fields that it names, and bound what it goes over with `maxItems`, `maxProperties` and `maxLength`.")
    .catalog_example(
        &[
            ("old.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, properties: {size: {type: object, properties: {w: {type: integer}, h: {type: integer}}, x-kubernetes-validations: [{rule: self.w < 9}]}}}\n"),
            ("new.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, properties: {size: {type: object, properties: {h: {type: integer}}, x-kubernetes-validations: [{rule: self.w < 9}]}}}\n"),
        ],
        &[
            ("old.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, properties: {size: {type: object, properties: {w: {type: integer}, h: {type: integer}}, x-kubernetes-validations: [{rule: self.w < 9}]}}}\n"),
            ("new.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {type: object, properties: {size: {type: object, properties: {w: {type: integer}, h: {type: integer}, d: {type: integer}}, x-kubernetes-validations: [{rule: self.w < 9}]}}}\n"),
        ],
    );
