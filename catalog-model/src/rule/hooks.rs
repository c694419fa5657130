//! Rules of the files of `hooks/`.

use catalog_conditions::rule::Rule;

const RIGHT: &str = "pre-install:\n- name: migrate\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec: {template: {spec: {containers: [{name: migrate, image: \"web:1.0.0\"}]}}}\n";

pub(super) static RULES: &[Rule] = &[
    Rule::warning("hooks.empty", "a file has no hooks")
        .because("The file is there to run something and runs nothing. Remove it, or write the hooks.")
        .example("hooks/migrate.yaml", "# to be written\n", RIGHT),
    Rule::error("hooks.type", "a value is of the wrong type")
        .because("A map stands where a list belongs, or a text where a number does. It is not converted: a hook that runs otherwise than its author meant can destroy data. The message says what belongs there.")
        .example(
            "hooks/migrate.yaml",
            "pre-install:\n  name: migrate\n",
            RIGHT,
        ),
    Rule::error("hooks.unknown-key", "a key is not known")
        .because("In hooks an unknown key is an error, always: `timout` or `after:` misspelt would run the hook without a bound or before what it waits for.")
        .example(
            "hooks/migrate.yaml",
            "pre-install:\n- name: migrate\n  timout: 5m\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec: {template: {spec: {containers: [{name: migrate, image: \"web:1.0.0\"}]}}}\n",
            "pre-install:\n- name: migrate\n  timeout: 5m\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec: {template: {spec: {containers: [{name: migrate, image: \"web:1.0.0\"}]}}}\n",
        ),
    Rule::error("hooks.phase", "a phase is not known")
        .because("Hooks of a phase that nobody runs never run. Helm drops them without a word, and the migration that an upgrade needs is not made; here it is an error. The phases are listed with it.")
        .example(
            "hooks/migrate.yaml",
            "before-install:\n- name: migrate\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec: {template: {spec: {containers: [{name: migrate, image: \"web:1.0.0\"}]}}}\n",
            RIGHT,
        ),
    Rule::error("hooks.job.missing", "a hook or action has no `job`")
        .because("The Job is what runs. A hook without one would count as done as soon as it is reached.")
        .example("hooks/migrate.yaml", "pre-install:\n- name: migrate\n", RIGHT),
    Rule::error("hooks.job", "a Job is none that the API server takes")
        .because("It is a `batch/v1` Job with at least one container, each with `name` and `image`. `metadata.name` and `restartPolicy` are filled in where they are missing; what to run cannot be.")
        .example(
            "hooks/migrate.yaml",
            "pre-install:\n- name: migrate\n  job: {apiVersion: v1, kind: Pod, spec: {template: {spec: {containers: [{name: migrate, image: \"web:1.0.0\"}]}}}}\n",
            RIGHT,
        ),
    Rule::error("hooks.name", "the name of a hook or an action is none")
        .because("Actions are called by their names, which go into labels and the names of Jobs: a DNS label of at most 63 lower-case letters, digits and `-`. A hook is named in `after` and in reports: its name is not empty.")
        .example(
            "hooks/actions.yaml",
            "actions:\n- name: Back Up\n  job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: b, image: \"b:1\"}]}}}}\n",
            "actions:\n- name: back-up\n  job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: b, image: \"b:1\"}]}}}}\n",
        ),
    Rule::error("hooks.name.missing", "an action has no name")
        .because("An action runs when somebody asks for it, and asks by its name: without one it could never be run.")
        .example(
            "hooks/actions.yaml",
            "actions:\n- job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: b, image: \"b:1\"}]}}}}\n",
            "actions:\n- name: back-up\n  job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: b, image: \"b:1\"}]}}}}\n",
        ),
    Rule::error("hooks.name.duplicate", "two hooks of a phase have one name")
        .because("`after`, the journal and the names of the Jobs tell hooks apart by their names: with two of a name, the second would be taken for done when the first is.")
        .example(
            "hooks/migrate.yaml",
            "pre-install:\n- {name: a, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: \"a:1\"}]}}}}}\n- {name: a, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: b, image: \"b:1\"}]}}}}}\n",
            "pre-install:\n- {name: a, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: \"a:1\"}]}}}}}\n- {name: b, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: b, image: \"b:1\"}]}}}}}\n",
        ),
    Rule::error("hooks.action.duplicate", "two actions of a version have one name")
        .because("An action is run by its name. With two of a name, in one file or in several, nobody could say which of them is meant.")
        .example(
            "hooks/actions.yaml",
            "actions:\n- {name: back-up, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: \"a:1\"}]}}}}}\n- {name: back-up, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: b, image: \"b:1\"}]}}}}}\n",
            "actions:\n- {name: back-up, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: \"a:1\"}]}}}}}\n- {name: restore, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: b, image: \"b:1\"}]}}}}}\n",
        ),
    Rule::error("hooks.after", "`after` names no hook of the phase, or closes a circle")
        .because("A hook that waits for one that does not exist, or that waits for it in turn, never begins, and the operation stands still until its timeout.")
        .example(
            "hooks/migrate.yaml",
            "pre-install:\n- {name: a, after: b, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: \"a:1\"}]}}}}}\n",
            "pre-install:\n- {name: a, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: \"a:1\"}]}}}}}\n",
        ),
    Rule::error("hooks.duration", "a length of time cannot be read")
        .because("Durations are written as Go writes them, with a unit: `90s`, `5m`, `1h30m`. A bare number may be meant in seconds or minutes, and a timeout of nothing would fail every hook.")
        .example(
            "hooks/migrate.yaml",
            "pre-install:\n- name: migrate\n  timeout: 300\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec: {template: {spec: {containers: [{name: migrate, image: \"web:1.0.0\"}]}}}\n",
            "pre-install:\n- name: migrate\n  timeout: 300s\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec: {template: {spec: {containers: [{name: migrate, image: \"web:1.0.0\"}]}}}\n",
        ),
    Rule::error("hooks.choice", "a value is none of those that the field knows")
        .because("`onFailure`, `semantics` and `keep` decide what becomes of an operation when a hook fails. A word that is not known would fall back to a default that may be the opposite.")
        .example(
            "hooks/migrate.yaml",
            "pre-install:\n- name: migrate\n  onFailure: ignore\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec: {template: {spec: {containers: [{name: migrate, image: \"web:1.0.0\"}]}}}\n",
            "pre-install:\n- name: migrate\n  onFailure: continue\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec: {template: {spec: {containers: [{name: migrate, image: \"web:1.0.0\"}]}}}\n",
        ),
    Rule::error("hooks.semantics", "a hook that runs at most once is to be retried")
        .because("`at-most-once` promises that the Job is never started a second time, and `retries` asks for exactly that. Keep one of the two.")
        .example(
            "hooks/migrate.yaml",
            "pre-install:\n- name: migrate\n  semantics: at-most-once\n  retries: 3\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec: {template: {spec: {containers: [{name: migrate, image: \"web:1.0.0\"}]}}}\n",
            "pre-install:\n- name: migrate\n  semantics: at-most-once\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec: {template: {spec: {containers: [{name: migrate, image: \"web:1.0.0\"}]}}}\n",
        ),
    Rule::error("hooks.resource", "a resource of a hook is no Kubernetes object")
        .because("`resources` are created before the Job and removed after it, so that each is a whole object with `apiVersion`, `kind` and `metadata.name`.")
        .example(
            "hooks/migrate.yaml",
            "pre-install:\n- name: migrate\n  resources:\n  - {kind: ServiceAccount}\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec: {template: {spec: {containers: [{name: migrate, image: \"web:1.0.0\"}]}}}\n",
            "pre-install:\n- name: migrate\n  resources:\n  - {apiVersion: v1, kind: ServiceAccount, metadata: {name: migrate}}\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec: {template: {spec: {containers: [{name: migrate, image: \"web:1.0.0\"}]}}}\n",
        ),
    Rule::error("hooks.text", "what names or labels an object of a hook is no text")
        .because("`apiVersion`, `kind`, the name, the namespace and the values of labels and annotations are texts to the API server, and it refuses everything else, of a Job, of its pods and of resources. Without quotes, kubectl reads `0644` as the number 420, `1.10` as 1.1 and `y` as true.")
        .example(
            "hooks/migrate.yaml",
            "pre-install:\n- name: migrate\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    metadata: {labels: {step: 1}}\n    spec: {template: {spec: {containers: [{name: migrate, image: \"web:1.0.0\"}]}}}\n",
            "pre-install:\n- name: migrate\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    metadata: {labels: {step: \"1\"}}\n    spec: {template: {spec: {containers: [{name: migrate, image: \"web:1.0.0\"}]}}}\n",
        ),
];
