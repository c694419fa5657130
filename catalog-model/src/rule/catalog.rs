//! Rules of the tree of files: the catalog, packages, versions, and which files are read.

use catalog_conditions::rule::Rule;

const METADATA: &str = "name: web\nversion: 1.0.0\n";

pub(super) static RULES: &[Rule] = &[
    Rule::error("catalog.empty", "there is no package in the folder")
        .because(
            "Loading an empty folder is nearly always loading the wrong one: a path with a typo, a repository that was not checked out, the folder above or below. An empty catalog that loads without a word \
             would look as if every package had been withdrawn. A catalog holds a folder for each package, and in it one for each version, with a `metadata.yaml`.",
        )
        .catalog_example(
            &[("web.yaml", METADATA)],
            &[("web/1.0.0/metadata.yaml", METADATA)],
        ),
    Rule::error("package.no-version-folder", "`metadata.yaml` stands in the package's folder")
        .because(
            "Each version has a folder of its own, so that old ones stay as they were released. Files beside the version folders belong to no version. KubeVela's addons look like this: import them first.",
        )
        .catalog_example(
            &[("web/metadata.yaml", METADATA)],
            &[("web/1.0.0/metadata.yaml", METADATA)],
        ),
    Rule::note("package.empty", "a folder has no version and is no package")
        .because(
            "Repositories hold folders of other things (`docs/`, `scripts/`), and those are skipped. It is noted so that a package whose version folders are misnamed is not missed in silence.",
        )
        .catalog_example(
            &[("web/1.0.0/metadata.yaml", METADATA), ("docs/index.md", "Read me.\n")],
            &[("web/1.0.0/metadata.yaml", METADATA)],
        ),
    Rule::error("package.name", "the name of a package's folder is no name of a package")
        .because(
            "A package's name goes into labels, names of Jobs and namespaces, and must be a DNS label there: lower-case letters, digits and `-`, at most 63 characters. A name that has to be changed on the way would be another one in the cluster.",
        )
        .catalog_example(
            &[("My_Web/1.0.0/metadata.yaml", "name: My_Web\nversion: 1.0.0\n")],
            &[("my-web/1.0.0/metadata.yaml", "name: my-web\nversion: 1.0.0\n")],
        ),
    Rule::note("version.skipped", "a folder is no version and is skipped")
        .because(
            "It has no `metadata.yaml`, and its name is no version: most likely it holds something else. Had it either, the missing half would be an error.",
        )
        .catalog_example(
            &[("web/1.0.0/metadata.yaml", METADATA), ("web/images/logo.txt", "web\n")],
            &[("web/1.0.0/metadata.yaml", METADATA)],
        ),
    Rule::error("version.duplicate", "two folders hold one version")
        .because(
            "`1.0`, `v1.0` and `1.0.0` are one version: nothing could say which of the folders a lock or a dependency means, and two machines might take different ones. Neither is used until one is gone.",
        )
        .catalog_example(
            &[
                ("web/1.0.0/metadata.yaml", METADATA),
                ("web/v1.0/metadata.yaml", "name: web\nversion: v1.0\n"),
            ],
            &[("web/1.0.0/metadata.yaml", METADATA)],
        ),
    Rule::error("package.scope", "a release has another scope than its package")
        .because(
            "Scope says how many instances of a package a cluster can have, and is the package's, as its newest release says: an instance that is there cannot change it by an upgrade. Publish what has \
             another scope under another name, or write the newest release's scope into the old ones.",
        )
        .catalog_example(
            &[
                ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\nscope: namespace\n"),
                ("web/2.0.0/metadata.yaml", "name: web\nversion: 2.0.0\nscope: cluster\n"),
            ],
            &[
                ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\nscope: cluster\n"),
                ("web/2.0.0/metadata.yaml", "name: web\nversion: 2.0.0\nscope: cluster\n"),
            ],
        ),
    Rule::error("version.limit.files", "a version has more files than allowed").because(
        "Whoever loads a catalog of others must be able to say what it may cost. Ten thousand files hold more than any published package. `LoadOptions::files_per_version` is the bound.",
    ),
    Rule::error("file.unreadable", "a file or folder cannot be read").because(
        "What cannot be read might ask for something: a condition in it would be passed over and the gate stand open. So the version is not used until it can be. Usually it is a matter of permissions, or a file that vanished while it was read.",
    )
    .catalog_example(
        &[("web/1.0.0/metadata.yaml", METADATA), ("web/1.0.0/modules.yaml/main.yaml", "modules: []\n")],
        &[("web/1.0.0/metadata.yaml", METADATA)],
    ),
    Rule::error("file.too-large", "a file is larger than allowed").because(
        "A file is not read further than `Limits::file_bytes`, 8 MiB, so that nobody's catalog can exhaust the memory of who loads it. Split it.",
    ),
    Rule::note("file.limit.diagnostics", "a file has more diagnostics than are listed").because(
        "Nobody reads the second thousand, and a file made of mistakes would take many times its size to tell of. Errors are listed before warnings and notes, so that \
         none keeps a version from being used unseen; the number of the rest is said. `LoadOptions::diagnostics_per_file` is the bound.",
    ),
    Rule::error("file.twice", "a file is there with both endings")
        .because(
            "`.yml` is read like `.yaml`, so that both are the same file. Which of the two is meant nobody can say, and half of the tools would take the other. Keep one.",
        )
        .catalog_example(
            &[
                ("web/1.0.0/metadata.yaml", METADATA),
                ("web/1.0.0/metadata.yml", METADATA),
            ],
            &[("web/1.0.0/metadata.yaml", METADATA)],
        ),
    Rule::error("file.not-a-folder", "`definitions`, `conditions` or `hooks` is no folder")
        .because(
            "A file of this name, or a link that leads out of the catalog, is not read; what it would have asked for is not known. Make it a folder, with the YAML files in it.",
        )
        .example(
            "conditions",
            "conditions:\n- {target: {kubeVersion: {}}, op: range, value: \">=1.28\"}\n",
            "",
        ),
    Rule::error("file.misplaced", "a file stands beside the folder that it belongs into")
        .because(
            "`conditions.yaml` in the version's folder is not read: files of this kind stand in `conditions/`. It is an error, because a gate that its author believes shut would be open.",
        )
        .catalog_example(
            &[
                ("web/1.0.0/metadata.yaml", METADATA),
                ("web/1.0.0/hooks.yaml", "pre-install: []\n"),
            ],
            &[
                ("web/1.0.0/metadata.yaml", METADATA),
                ("web/1.0.0/hooks/hooks.yaml", "pre-install: []\n"),
            ],
        ),
    Rule::warning("file.near", "the name of a file or folder is nearly one of the format")
        .because(
            "What is not part of the format is not read, and a version may hold any further files. A name that is one letter away from `conditions/` or `modules.yaml` is probably a slip, and its content would be missing. Rename it.",
        )
        .catalog_example(
            &[
                ("web/1.0.0/metadata.yaml", METADATA),
                ("web/1.0.0/condition/cluster.yaml", "conditions:\n- {target: {kubeVersion: {}}, op: range, value: \">=1.28\"}\n"),
            ],
            &[
                ("web/1.0.0/metadata.yaml", METADATA),
                ("web/1.0.0/conditions/cluster.yaml", "conditions:\n- {target: {kubeVersion: {}}, op: range, value: \">=1.28\"}\n"),
            ],
        ),
    Rule::warning("file.ignored", "a file in `definitions/`, `conditions/` or `hooks/` is not read")
        .because(
            "Only files that end in `.yaml` or `.yml`, straight in the folder, are read. A `.json`, a `.yaml.bak` or a subfolder may be meant to be, so that it is said. Move it: into the folder if it counts, out of it if not.",
        )
        .catalog_example(
            &[
                ("web/1.0.0/metadata.yaml", METADATA),
                ("web/1.0.0/definitions/notes.txt", "to do\n"),
            ],
            &[
                ("web/1.0.0/metadata.yaml", METADATA),
                ("web/1.0.0/notes.txt", "to do\n"),
            ],
        ),
    Rule::warning("file.link", "a link is not followed").because(
        "A link that leads out of the catalog could show files of the machine that loads it to whoever reads the catalog; one in a circle has no end. Links within the catalog are followed. Copy the file instead. This is about folders of packages and versions: a file that a version is made of must be there, and a link in its place is `file.link.unread`.",
    ),
    Rule::warning("file.other", "something is neither file nor folder, or its name is not UTF-8").because(
        "A pipe, a device, or a name whose bytes are no text is not read: a name that cannot be said cannot be asked for. It may have been meant as a package, a version or the content of a module, and then that is missing. Where its name is nearly that of a part of a version, such as `conditions/`, it is `file.unreadable` and the version is not used. Rename it, or take it out of the catalog.",
    ),
    Rule::error("file.link.unread", "a link stands for a file that counts and is not followed").because(
        "`metadata.yaml`, `modules.yaml` or a YAML file in `definitions/`, `conditions/` or `hooks/` is a link out of the catalog, to nothing or in a circle; or a file of a chart or Terraform module that says what can be set is one, or a link out of the version folder, for what one version installs is no other's. It is not followed (`file.link` says why), and what it would have asked for is not known: passing over it would leave a gate open, a module out, or its values unchecked. So the version is not used, and no level or comment allows it. Put the file itself in its place.",
    ),
];
