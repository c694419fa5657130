//! Rules of condition files: the file, its items, and how questions are joined.

use super::Rule;

pub(super) static RULES: &[Rule] = &[
    Rule::error("conditions.missing", "a file of conditions has none")
        .because(
            "A file in `conditions/` is there to close a gate. An empty one closes none, and nobody notices: it looks exactly as if the package asked nothing. Write \
             `conditions:` with a list, or remove the file.",
        )
        .example(
            "conditions/cluster.yaml",
            "# to be written\n",
            "conditions:\n- {target: {kubeVersion: {}}, op: range, value: \">=1.28\"}\n",
        ),
    Rule::error("conditions.conditions.missing", "the key `conditions` is missing")
        .because(
            "The one key of the file is `conditions`, and without it nothing in the file is asked. A list that stands there without the key, or a key that is spelt otherwise, \
             would leave the gate open.",
        )
        .example(
            "conditions/cluster.yaml",
            "condition:\n- {target: {kubeVersion: {}}, op: range, value: \">=1.28\"}\n",
            "conditions:\n- {target: {kubeVersion: {}}, op: range, value: \">=1.28\"}\n",
        ),
    Rule::error("conditions.second-document", "a file of conditions has several documents")
        .because(
            "Only the first document is read, so that the conditions after `---` would ask nothing. Move them into the list of the first document, or into a file of their own.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- target: {crd: {name: a.example.com}}\n---\nconditions:\n- target: {crd: {name: b.example.com}}\n",
            "conditions:\n- target: {crd: {name: a.example.com}}\n- target: {crd: {name: b.example.com}}\n",
        ),
    Rule::warning("conditions.empty", "the list of conditions is empty")
        .because(
            "The file says in so many words that nothing must hold, which is allowed, and usually a leftover. Remove the file, or write the conditions.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions: []\n",
            "conditions:\n- target: {apiAvailable: {group: cert-manager.io, kind: Certificate}}\n",
        ),
    Rule::error("conditions.name", "a name is empty or too long")
        .because(
            "A condition's name stands in reports and in the answers of services, where one line of up to 256 characters has room. Without a `name` the file's name and the index are used.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {name: \"\", target: {crd: {name: widgets.example.com}}}\n",
            "conditions:\n- {name: widgets are known, target: {crd: {name: widgets.example.com}}}\n",
        ),
    Rule::error("conditions.name.duplicate", "two conditions of a version have one name")
        .because(
            "Reports, overrides and histories name a condition by its name: with two of a name, nobody can tell which of them failed or was waived. Names are unique in all files of a version together.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {name: crd, target: {crd: {name: a.example.com}}}\n- {name: crd, target: {crd: {name: b.example.com}}}\n",
            "conditions:\n- {name: crd of a, target: {crd: {name: a.example.com}}}\n- {name: crd of b, target: {crd: {name: b.example.com}}}\n",
        ),
    Rule::error("conditions.type", "a value is of the wrong type")
        .because(
            "What cannot be read as it is meant is not guessed at: a list where a map belongs, or `\"true\"` where `true` does, could ask less than the author thinks. The message says what belongs there.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, selector: {}, fieldPath: status.phase}, each: all, allowEmpty: \"yes\", op: eq, value: Running}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, selector: {}, fieldPath: status.phase}, each: all, allowEmpty: true, op: eq, value: Running}\n",
        ),
    Rule::error("conditions.unknown-key", "a key is not known")
        .because(
            "In conditions an unknown key is an error, always: `namspace`, passed over, would ask about another object, and the gate could open for the wrong reason. The nearest known key is suggested.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Secret, name: tls, namspace: shop}, op: exists}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Secret, name: tls, namespace: shop}, op: exists}\n",
        ),
    Rule::error("conditions.null", "a key has no value")
        .because(
            "`namespace:` with nothing behind it may be meant as \"any\", as \"the default\" or as unfinished. Each would ask something else, so that none is assumed. Give it a value, or remove the key.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {name: , target: {crd: {name: widgets.example.com}}}\n",
            "conditions:\n- {name: widgets, target: {crd: {name: widgets.example.com}}}\n",
        ),
    Rule::error("conditions.severity", "`severity` is no severity")
        .because(
            "`error` (the default) closes the gate, `warning` and `note` only say so. Another word might be meant as either, and a gate cannot be half closed.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {severity: fatal, target: {crd: {name: widgets.example.com}}}\n",
            "conditions:\n- {severity: error, target: {crd: {name: widgets.example.com}}}\n",
        ),
    Rule::error("conditions.onUnknown", "`onUnknown` is no answer to what is unknown")
        .because(
            "It says what becomes of the gate where the question cannot be answered: `fail` (the default), `warn` or `pass`. It is the one place where an author can open a gate on no evidence, and is read strictly.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {onUnknown: ignore, target: {crd: {name: widgets.example.com}}}\n",
            "conditions:\n- {onUnknown: pass, target: {crd: {name: widgets.example.com}}}\n",
        ),
    Rule::error("conditions.mixed", "two keys that exclude each other stand together")
        .because(
            "A question is one thing: an operator, or several facts (`satisfies`), or a composition (`all`, `any`, `not`); its value is given, or taken from a field (`valueFrom`). With both, it is open which of them counts. Join several questions with `all`.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- target: {crd: {name: a.example.com}}\n  any:\n  - target: {crd: {name: b.example.com}}\n",
            "conditions:\n- all:\n  - target: {crd: {name: a.example.com}}\n  - target: {crd: {name: b.example.com}}\n",
        ),
    Rule::error("conditions.part", "a part of a composition has a key of the whole")
        .because(
            "`name`, `message`, `severity`, `onUnknown` and `when` belong to an item of the list, which has one answer. A part of `all`, `any` or `not` has none of its own, so that there they would mean nothing. Move the key beside the outermost composition.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- all:\n  - {severity: warning, target: {crd: {name: widgets.example.com}}}\n",
            "conditions:\n- severity: warning\n  all:\n  - {target: {crd: {name: widgets.example.com}}}\n",
        ),
    Rule::error("conditions.composition", "`all`, `any` or `not` is empty or nested too deep")
        .because(
            "An empty `all` would always hold and an empty `any` never: neither asks anything. Compositions nest at most 32 deep and hold a bounded number of questions, so that a file cannot be made to exhaust who evaluates it.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- all: []\n",
            "conditions:\n- all:\n  - {target: {crd: {name: widgets.example.com}}}\n",
        ),
    Rule::error("conditions.satisfies", "`satisfies` stands where no object is looked at")
        .because(
            "`satisfies` asks several facts about the fields of one object. A cluster's version, a number of nodes or a permission has no fields. Ask with `op`, or name an object.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- target: {kubeVersion: {}}\n  satisfies: {fieldPath: minor, op: eq, value: \"30\"}\n",
            "conditions:\n- {target: {kubeVersion: {}}, op: range, value: \"~1.30\"}\n",
        ),
    Rule::error("conditions.fact", "a fact names no field")
        .because(
            "The facts of `satisfies` are about fields of the object that the target names. Without `fieldPath` there is nothing to look at; only `op: condition` looks at the object as a whole.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- target: {apiVersion: apps/v1, kind: Deployment, name: web}\n  satisfies: {op: exists}\n",
            "conditions:\n- target: {apiVersion: apps/v1, kind: Deployment, name: web}\n  satisfies: {fieldPath: status.readyReplicas, op: ge, value: 1}\n",
        ),
    Rule::error("conditions.parameter.missing", "`when` names no parameter")
        .because(
            "`when` decides by the parameters of the installation whether a condition is asked at all. Without `parameter` it would decide by nothing. Write the path of the parameter as it stands in the values: `metrics.enabled`.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- when: {op: eq, value: true}\n  target: {crd: {name: widgets.example.com}}\n",
            "conditions:\n- when: {parameter: metrics.enabled, op: eq, value: true}\n  target: {crd: {name: widgets.example.com}}\n",
        ),
    Rule::error("conditions.each", "it does not say, or says wrongly, how many of several values must do")
        .because(
            "A selector, a `*` in a path or a JSONPath gives a set. \"Ready\" can then mean that all are, that one is, or that three are, and a default would be wrong for somebody: `each` must say it, and only where there is a set. An empty set satisfies `each: all` only with `allowEmpty: true`.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, selector: app=web, fieldPath: status.phase}, op: eq, value: Running}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, selector: app=web, fieldPath: status.phase}, each: all, op: eq, value: Running}\n",
        ),
    Rule::error("conditions.allowEmpty", "`allowEmpty` stands where an empty set has an answer")
        .because(
            "Only `each: all` is undecided on an empty set. `any` is not satisfied then, `none` and the counts have their answer in the number. There the key would suggest an effect that it does not have.",
        )
        .example(
            "conditions/cluster.yaml",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, selector: app=web, fieldPath: status.phase}, each: any, allowEmpty: true, op: eq, value: Running}\n",
            "conditions:\n- {target: {apiVersion: v1, kind: Pod, selector: app=web, fieldPath: status.phase}, each: any, op: eq, value: Running}\n",
        ),
];
