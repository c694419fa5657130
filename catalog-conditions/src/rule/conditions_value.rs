//! Rules of condition files: what is asked of a value.

use super::Rule;

pub(super) static RULES: &[Rule] = &[
    Rule::error("conditions.op", "`op` is no operator")
        .because("An operator that is not known cannot be answered, and the nearest may mean the opposite (`gt`, `ge`, `lt`). Operators are words, in camel case; what other tools call them is suggested.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {kubeVersion: {}}, op: \">=\", value: 1.28.0}\n",
            "conditions:\n- {target: {kubeVersion: {}}, op: ge, value: 1.28.0}\n",
        ),
    Rule::error("conditions.op.missing", "a question has no `op`")
        .because("Only what is there or not (an API, a CRD, a permission) can be asked without an operator. A field with a value beside it may be meant as equal, as at least, or as a range.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {kubeVersion: {}}, value: \">=1.28\"}\n",
            "conditions:\n- {target: {kubeVersion: {}}, op: range, value: \">=1.28\"}\n",
        ),
    Rule::error("conditions.op.target", "an operator does not suit its target")
        .because("A CRD has no value to compare, a cluster is never without a version, and an object as a whole is there or not: such a question has no answer, or always the same. The message says which operators the target takes.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {crd: {name: widgets.example.com}}, op: eq, value: true}\n",
            "conditions:\n- {target: {crd: {name: widgets.example.com}}, op: exists}\n",
        ),
    Rule::error("conditions.value.missing", "an operator has no value")
        .because("A comparison with nothing would be with null, which no field equals. Add `value`, or ask `exists`.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {kubeVersion: {}}, op: range}\n",
            "conditions:\n- {target: {kubeVersion: {}}, op: range, value: \">=1.28\"}\n",
        ),
    Rule::error("conditions.value", "a value does not suit its operator")
        .because("`exists` takes none, `between` takes two in order, `hasItem` takes one, a range is a text. Anything else would be compared with something that the author did not write.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: apps/v1, kind: Deployment, name: web, fieldPath: spec.replicas}, op: between, value: [3]}\n",
            "conditions:\n- {target: {apiVersion: apps/v1, kind: Deployment, name: web, fieldPath: spec.replicas}, op: between, value: [1, 3]}\n",
        ),
    Rule::error("conditions.value.null", "`value` is null or empty")
        .because("`value:` with nothing behind it is null, and no comparison with null is ever satisfied. `op: isNull` asks for null, `op: notExists` for absence, and the empty text is `\"\"`.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, name: web, fieldPath: spec.nodeName}, op: eq, value: null}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, name: web, fieldPath: spec.nodeName}, op: notExists}\n",
        ),
    Rule::error("conditions.value.ambiguous", "an unquoted value means several things")
        .because("`on`, `0644`, `12:30`, `1.10` and `2024-01-31` are one thing to some readers of YAML and another to the rest, or are not held as they are written: 1.10 is the number 1.1. A condition would compare with whichever its reader made of it. Quote texts and versions, write numbers plainly.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: ConfigMap, name: web, fieldPath: data.debug}, op: eq, value: on}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: ConfigMap, name: web, fieldPath: data.debug}, op: eq, value: \"on\"}\n",
        ),
    Rule::error("conditions.value.empty", "a list or text of values is empty")
        .because("Nothing is among no values, and every text begins with the empty one: the answer would not depend on the cluster.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, name: web, fieldPath: status.phase}, op: in, value: []}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, name: web, fieldPath: status.phase}, op: in, value: [Running, Succeeded]}\n",
        ),
    Rule::error("conditions.value.order", "values that have no order are ordered")
        .because("`gt` and its like need numbers, or texts that `as` says how to read. Ordered as letters, \"10\" comes before \"9\" and \"1Gi\" before \"500Mi\".")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: PersistentVolumeClaim, name: web, fieldPath: status.capacity.storage}, op: ge, value: 10Gi}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: PersistentVolumeClaim, name: web, fieldPath: status.capacity.storage}, op: ge, as: quantity, value: 10Gi}\n",
        ),
    Rule::error("conditions.value.reading", "a value cannot be read as it is said to be")
        .because("`as: quantity` wants `500m` or `1.5Gi`, `as: duration` wants `1h30m`, `as: semver` a version. A value that cannot be read so would make every comparison unknown, and the gate would never open.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: PersistentVolumeClaim, name: web, fieldPath: status.capacity.storage}, op: ge, as: quantity, value: 10 GB}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: PersistentVolumeClaim, name: web, fieldPath: status.capacity.storage}, op: ge, as: quantity, value: 10G}\n",
        ),
    Rule::error("conditions.value.pattern", "a regular expression is none, or leaves an end open")
        .because("A pattern must say both its ends: `^…$`, or `.*` where anything may stand. Whether an unanchored pattern means \"contains\" or \"is\" differs between tools, and `v1` would match `v10`. Patterns take linear time; look-around and back-references do not exist.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, name: web, fieldPath: spec.nodeName}, op: matches, value: \"gpu-[0-9]+\"}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, name: web, fieldPath: spec.nodeName}, op: matches, value: \"^gpu-[0-9]+$\"}\n",
        ),
    Rule::warning("conditions.value.range", "a range of versions cannot be read, or means less than it seems to")
        .because("A range that cannot be read is an error: no version could be in it. A warning is about a bound that does less than it says: a vendor's build such as `-gke.100` never decides, a prerelease of bare digits orders before its release, and `-0` admits the prereleases of one version only.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {kubeVersion: {}}, op: range, value: \">=1.28.0-gke.100\"}\n",
            "conditions:\n- {target: {kubeVersion: {}}, op: range, value: \">=1.28\"}\n",
        ),
    Rule::error("conditions.value.type", "a value is never of the type that the field holds")
        .because("`spec.replicas` holds numbers, so that no Deployment has `\"3\"` there: the condition would never hold, or with `ne` always. Write the value in the field's type, or say with `as` how both sides are read.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, name: web, fieldPath: metadata.generation}, op: eq, value: \"3\"}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, name: web, fieldPath: metadata.generation}, op: eq, value: 3}\n",
        ),
    Rule::warning("conditions.value.enum", "a value is none of those that the CRD allows")
        .because("The CRD's schema lists the values of the field, and this is not among them: `eq` never holds then. It is a warning, since a later version of the CRD may allow the value. Only a service that checks conditions against CRDs says so."),
    Rule::error("conditions.valueFrom", "`valueFrom` cannot be compared with")
        .because("It takes the value from another field of the same object: one field, in a comparison, and `minus` only where numbers or quantities are read. Several values, or texts minus texts, have no answer.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: apps/v1, kind: Deployment, name: web, fieldPath: status.readyReplicas}, op: in, valueFrom: {fieldPath: spec.replicas}}\n",
            "conditions:\n- {target: {apiVersion: apps/v1, kind: Deployment, name: web, fieldPath: status.readyReplicas}, op: eq, valueFrom: {fieldPath: spec.replicas}}\n",
        ),
    Rule::error("conditions.fieldPath.missing", "`valueFrom` or `minus` names no field")
        .because("The value is that of another field of the object, and `fieldPath` says which.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: apps/v1, kind: Deployment, name: web, fieldPath: status.readyReplicas}, op: eq, valueFrom: {}}\n",
            "conditions:\n- {target: {apiVersion: apps/v1, kind: Deployment, name: web, fieldPath: status.readyReplicas}, op: eq, valueFrom: {fieldPath: spec.replicas}}\n",
        ),
    Rule::error("conditions.as", "`as` is no reading, or has no effect")
        .because("`as` says how both sides are read before they are compared. A word that is not known would leave them unread, and an operator or target that reads in a way of its own ignores it: in both cases something else is compared than the author thinks.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {kubeVersion: {}}, op: ge, as: semver, value: 1.28.0}\n",
            "conditions:\n- {target: {kubeVersion: {}}, op: ge, value: 1.28.0}\n",
        ),
    Rule::error("conditions.as.missing", "a range does not say how versions are read")
        .because("Packages, clusters and images write versions differently: `v1.30.1-gke.5` is a release of a cluster and a pre-release to semver. A range on a field must say which it is: `semver`, `kubeVersion` or `imageVersion`.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Node, name: a, fieldPath: status.nodeInfo.kubeletVersion}, op: range, value: \">=1.28\"}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Node, name: a, fieldPath: status.nodeInfo.kubeletVersion}, op: range, as: kubeVersion, value: \">=1.28\"}\n",
        ),
    Rule::error("conditions.whenAbsent", "`whenAbsent` is no answer, or has no meaning here")
        .because("It stands in for an object or field that is absent: `satisfied`, `notSatisfied` or `unknown`. Where the operator asks about absence itself, or the target cannot be absent, it would suggest a choice that does not exist.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, name: web, fieldPath: status.phase}, op: eq, value: Running, whenAbsent: ignore}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, name: web, fieldPath: status.phase}, op: eq, value: Running, whenAbsent: satisfied}\n",
        ),
    Rule::error("conditions.type.missing", "`op: condition` does not say which condition")
        .because("`status.conditions` is a list of conditions by their types, and the value names one: `{type: Ready}`.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: apps/v1, kind: Deployment, name: web}, op: condition, value: {status: \"True\"}}\n",
            "conditions:\n- {target: {apiVersion: apps/v1, kind: Deployment, name: web}, op: condition, value: {type: Available, status: \"True\"}}\n",
        ),
    Rule::error("conditions.status", "a condition has a status that none has")
        .because("Kubernetes knows three, and they are texts: `\"True\"`, `\"False\"` and `\"Unknown\"`. Any other is never met.")
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: apps/v1, kind: Deployment, name: web}, op: condition, value: {type: Available, status: \"yes\"}}\n",
            "conditions:\n- {target: {apiVersion: apps/v1, kind: Deployment, name: web}, op: condition, value: {type: Available, status: \"True\"}}\n",
        ),
];
