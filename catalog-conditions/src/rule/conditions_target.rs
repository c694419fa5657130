//! Rules of condition files: what is looked at.

use super::Rule;

pub(super) static RULES: &[Rule] = &[
    Rule::error("conditions.target.missing", "a question has no target")
        .because(
            "The target says what is looked at: an object, the cluster's version, an API, a CRD, a permission, the nodes. Without it there is no question, and an item that asks nothing must not count as satisfied.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {op: range, value: \">=1.28\"}\n",
            "conditions:\n- {target: {kubeVersion: {}}, op: range, value: \">=1.28\"}\n",
        ),
    Rule::error("conditions.target", "a target names two things")
        .because("A question looks at one thing, and has one answer. Write two parts of an `all`.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- target: {crd: {name: a.example.com}, storageClass: {default: true}}\n",
            "conditions:\n- all:\n  - target: {crd: {name: a.example.com}}\n  - target: {storageClass: {default: true}}\n",
        ),
    Rule::error("conditions.target.empty", "a target names nothing")
        .because(
            "Nothing is looked at, so nothing could fail. Name an object by `apiVersion`, `kind` and `name` or `selector`, or use one of the built-in targets.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {}, op: exists}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Namespace, name: shop}, op: exists}\n",
        ),
    Rule::error("conditions.target.name", "a target does not say which object, or says it wrongly")
        .because(
            "Of a kind there can be any number of objects. `name` means one, `selector` means those with the labels, and `selector: {}` means all; a default would guess. A name must be one that Kubernetes takes, else the object can never be there and the answer is settled by a typo.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Secret}, op: exists}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Secret, name: tls}, op: exists}\n",
        ),
    Rule::error("conditions.target.selector", "`selector` and `name` stand together")
        .because("One object has one name, and a selection has none. With both it is open whether the labels must match too. Keep one; what must hold of the labels can be asked by `fieldPath`.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Secret, name: tls, selector: app=web}, op: exists}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Secret, name: tls}, op: exists}\n",
        ),
    Rule::error("conditions.selector", "a selector is no label selector")
        .because(
            "Selectors are written as `kubectl get -l` takes them, or as `matchLabels` and `matchExpressions`. One that cannot be read would select nothing or everything. Keys and values follow the syntax of labels; `in` and `notin` want values, `exists` none.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, selector: app in web}, op: exists}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, selector: app in (web)}, op: exists}\n",
        ),
    Rule::error("conditions.key.missing", "an expression of a selector has no `key`")
        .because("Each entry of `matchExpressions` says something about one label, and `key` names it.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- target: {apiVersion: v1, kind: Pod, selector: {matchExpressions: [{operator: Exists}]}}\n  op: exists\n",
            "conditions:\n- target: {apiVersion: v1, kind: Pod, selector: {matchExpressions: [{key: app, operator: Exists}]}}\n  op: exists\n",
        ),
    Rule::error("conditions.operator", "an expression of a selector has an unknown operator")
        .because("Kubernetes knows four: `In`, `NotIn`, `Exists` and `DoesNotExist`, in this spelling. (The operators of conditions are others and stand under `op`.)")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- target: {apiVersion: v1, kind: Pod, selector: {matchExpressions: [{key: app, operator: exists}]}}\n  op: exists\n",
            "conditions:\n- target: {apiVersion: v1, kind: Pod, selector: {matchExpressions: [{key: app, operator: Exists}]}}\n  op: exists\n",
        ),
    Rule::error("conditions.operator.missing", "an expression of a selector has no operator")
        .because("Without `operator` it is open whether the label must be there, must not be, or must have one of the values.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- target: {apiVersion: v1, kind: Pod, selector: {matchExpressions: [{key: app}]}}\n  op: exists\n",
            "conditions:\n- target: {apiVersion: v1, kind: Pod, selector: {matchExpressions: [{key: app, operator: Exists}]}}\n  op: exists\n",
        ),
    Rule::error("conditions.apiVersion.missing", "a target names no `apiVersion`")
        .because("A kind alone does not say which API is meant: there are Ingresses, Clusters and Services in many groups. Write it as manifests do: `v1`, `apps/v1`.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {kind: Deployment, name: web}, op: exists}\n",
            "conditions:\n- {target: {apiVersion: apps/v1, kind: Deployment, name: web}, op: exists}\n",
        ),
    Rule::error("conditions.target.apiVersion", "an `apiVersion` is none")
        .because("It is a version (`v1`, the core group) or a group and a version (`apps/v1`). Anything else is served by no cluster, and the object would be absent for ever.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: apps/v1/Deployment, kind: Deployment, name: web}, op: exists}\n",
            "conditions:\n- {target: {apiVersion: apps/v1, kind: Deployment, name: web}, op: exists}\n",
        ),
    Rule::error("conditions.kind.missing", "a target names no `kind`")
        .because("Group and version hold many kinds, and the question is about objects of one.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: apps/v1, name: web}, op: exists}\n",
            "conditions:\n- {target: {apiVersion: apps/v1, kind: Deployment, name: web}, op: exists}\n",
        ),
    Rule::warning("conditions.target.namespace", "a namespace has no effect, or contradicts another key")
        .because(
            "Nodes, CRDs, namespaces and other kinds of the cluster live in no namespace: naming one suggests a limit that is not there (a warning). `namespace` beside `namespaces`, and a name that no namespace can have, are errors: it would be open, or settled by a typo, where is looked.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Node, name: a, namespace: shop}, op: exists}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Node, name: a}, op: exists}\n",
        ),
    Rule::error("conditions.target.namespaces", "a named object is looked for in several namespaces")
        .because("`name` means one object, and it is in one namespace. To find objects wherever they are, use `selector` with `namespaces`.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Secret, name: tls, namespaces: all}, op: exists}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Secret, selector: app=tls, namespaces: all}, op: exists}\n",
        ),
    Rule::error("conditions.group.missing", "a target names no `group`")
        .because("APIs and permissions are those of a group, and the core group is the empty text. It must be written, `group: \"\"`, so that nobody leaves a group out by mistake and asks about the core.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {canI: {verb: create, resource: pods}}}\n",
            "conditions:\n- {target: {canI: {verb: create, group: \"\", resource: pods}}}\n",
        ),
    Rule::error("conditions.target.canI", "a resource is written as none is named")
        .because("Permissions are given on plurals in lower case, and parts of a resource stand in `subresource`. RBAC knows no `Pod` and no `pods/exec` as a resource, so that the answer would be \"no\" whatever the rights are.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {canI: {verb: create, group: \"\", resource: pods/exec}}}\n",
            "conditions:\n- {target: {canI: {verb: create, group: \"\", resource: pods, subresource: exec}}}\n",
        ),
    Rule::error("conditions.verb.missing", "a permission names no `verb`")
        .because("May do what? `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, or a verb of the resource's own.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {canI: {group: \"\", resource: pods}}}\n",
            "conditions:\n- {target: {canI: {verb: create, group: \"\", resource: pods}}}\n",
        ),
    Rule::error("conditions.resource.missing", "a permission names no `resource`")
        .because("A right is one on a resource, named by its plural in lower case: `deployments`.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {canI: {verb: create, group: \"\"}}}\n",
            "conditions:\n- {target: {canI: {verb: create, group: \"\", resource: pods}}}\n",
        ),
    Rule::error("conditions.target.crd", "a name is not one of a CRD")
        .because("A CustomResourceDefinition is named by its plural, a dot and its group: `widgets.example.com`. The API server takes no other, so that the question would never be satisfied.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {crd: {name: Widget}}}\n",
            "conditions:\n- {target: {crd: {name: widgets.example.com}}}\n",
        ),
    Rule::error("conditions.name.missing", "a target `crd` has no `name`")
        .because("The question is whether one CRD is there, and the name says which: the plural, a dot, the group.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {crd: {served: v1}}}\n",
            "conditions:\n- {target: {crd: {name: widgets.example.com, served: v1}}}\n",
        ),
    Rule::error("conditions.default.missing", "a target `storageClass` does not say `default`")
        .because("The one question about storage classes is whether there is a default, and it is written out: `storageClass: {default: true}`. A class by its name is an object like any other.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {storageClass: {}}}\n",
            "conditions:\n- {target: {storageClass: {default: true}}}\n",
        ),
    Rule::error("conditions.target.storageClass", "`default` is not true")
        .because("`default: false` would read as \"a class that is not the default\", which is another question. To ask that there is no default, write `default: true` with `op: notExists`.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {storageClass: {default: false}}}\n",
            "conditions:\n- {target: {storageClass: {default: true}}, op: notExists}\n",
        ),
    Rule::error("conditions.target.nodes", "it is not said what of the nodes is counted")
        .because("Nodes can be counted, and what they have to give be summed or compared: exactly one of `count: true`, `sum`, `min` and `max`, the last three with `allocatable.…` or `capacity.…`, which is where a node's status says it.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {nodes: {sum: memory}}, op: ge, value: 16Gi}\n",
            "conditions:\n- {target: {nodes: {sum: allocatable.memory}}, op: ge, value: 16Gi}\n",
        ),
    Rule::error("conditions.path", "a path cannot be read")
        .because("A path that cannot be read leads nowhere, and what is nowhere is absent: `notExists` would open the gate. `fieldPath` and `jsonPath` are two ways to write one, so that only one of them may stand there; a parameter's path has no `.Values.`.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, name: web, fieldPath: \"spec.containers[0\"}, op: exists}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, name: web, fieldPath: \"spec.containers[0]\"}, op: exists}\n",
        ),
    Rule::error("conditions.path.structure", "a path leads to what no object of the kind has")
        .because("The shape of what every object has (`metadata`, and what is known of built-in kinds) is fixed. A path that does not fit it is always absent, and a condition on it is decided by a typo.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, name: web, fieldPath: metadata.nme}, op: exists}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, name: web, fieldPath: metadata.name}, op: exists}\n",
        ),
    Rule::warning("conditions.path.blind", "a JSONPath passes over what is missing")
        .because("A JSONPath gives the values that it finds and says nothing of members that lack the field. With `each: all` a container without limits would then count as if it had them: an error. With `notExists` a wrong name looks like an absent field: a warning. A `fieldPath` with `*` counts every member.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, name: web, jsonPath: \"$.spec.hostNetwork\"}, op: notExists}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, name: web, fieldPath: spec.hostNetwork}, op: notExists}\n",
        ),
    Rule::error("conditions.path.schema", "a path is none of the CRD")
        .because("Where the CRD is at hand, its schema says which fields there are. A field that it does not have is pruned by the API server and never there: a condition on it never holds, or always. Only a service that checks conditions against CRDs says so."),
    Rule::warning("conditions.path.list-map", "an element is named by its place in a list that has keys")
        .because("In a list whose elements have keys (containers have names), the order is nobody's promise: webhooks and controllers insert elements. `[0]` then means another element tomorrow. Name it by its key: `[name=web]`. Only a service that checks conditions against CRDs says so."),
];
