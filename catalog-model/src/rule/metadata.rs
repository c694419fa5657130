//! Rules of `metadata.yaml`.

use catalog_conditions::rule::Rule;

pub(super) static RULES: &[Rule] = &[
    Rule::error("metadata.missing", "a version has no `metadata.yaml`")
        .because(
            "The file says which package and version this is, and what it needs. A folder without it may be half copied or half removed; installing the rest of it would be guessing.",
        )
        .catalog_example(
            &[("web/1.0.0/modules.yaml", "modules:\n- manifests: {remote: {url: \"https://example.com/web.yaml\"}}\n")],
            &[("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n")],
        ),
    Rule::error("metadata.empty", "`metadata.yaml` is empty")
        .because(
            "It needs at least `name` and `version`. An empty file is often one whose writing was interrupted.",
        )
        .example("metadata.yaml", "# soon\n", "name: web\nversion: 1.0.0\n"),
    Rule::error("metadata.type", "a value is of the wrong type")
        .because(
            "A list stands where a text belongs, or a text where a map does. It is not converted: what would come out is seldom what was meant. The message says what belongs there.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\ndependencies: postgres\n",
            "name: web\nversion: 1.0.0\ndependencies:\n- {name: postgres}\n",
        ),
    Rule::warning("metadata.unknown-key", "a key is not known")
        .because(
            "It is kept when the file is written again, and otherwise without effect: a misspelt `dependancies` would be a package without dependencies. If it belongs to another program, allow it in the file with its reason. Strict reading (`LoadOptions::strict`) makes it an error.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nlicence: MIT\n",
            "name: web\nversion: 1.0.0\nlicense: MIT\n",
        ),
    Rule::error("metadata.alias", "a field stands under both of its names")
        .because(
            "`maintainers` is another name of `maintainer`, and `labels` of `label`. With both, one of the two values would be lost.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nmaintainer: [ann]\nmaintainers: [ben]\n",
            "name: web\nversion: 1.0.0\nmaintainer: [ann, ben]\n",
        ),
    Rule::error("metadata.name.missing", "`name` is missing, of the package or of an entry")
        .because(
            "The package's name stands in the file so that a copied folder is not taken for what it was copied from. A dependency or conflict without a name is one on nothing.",
        )
        .example("metadata.yaml", "version: 1.0.0\n", "name: web\nversion: 1.0.0\n"),
    Rule::error("metadata.version.missing", "`version` is missing")
        .because(
            "The version stands in the file so that a copied folder is not taken for what it was copied from: a new version is made by copying the last, and the file is what reminds of the rest.",
        )
        .example("metadata.yaml", "name: web\n", "name: web\nversion: 1.0.0\n"),
    Rule::error("metadata.name.folder", "the name is not that of the package's folder")
        .because(
            "Folder and file name one package. If they differ, one was copied or renamed and the other forgotten, and dependencies on either name would find the wrong package or none.",
        )
        .example("metadata.yaml", "name: wbe\nversion: 1.0.0\n", "name: web\nversion: 1.0.0\n"),
    Rule::error("metadata.version.folder", "the version is not that of its folder")
        .because(
            "Folder and file name one version, a leading `v` aside. If they differ, somebody copied the folder of the last version and changed only one of the two. The texts are compared, not the numbers: `1.10` is not `1.1`, and `1.0` not `1.0.0`.",
        )
        .example("metadata.yaml", "name: web\nversion: 1.0.1\n", "name: web\nversion: 1.0.0\n"),
    Rule::warning("metadata.version.unreadable", "the version has no order")
        .because(
            "A text such as `latest` comes neither before nor after another version, so that no range can hold it and nobody can say what an upgrade is. The release is listed and never resolved or installed. Give it a version such as `1.0.0`.",
        )
        .catalog_example(
            &[
                ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
                ("web/latest/metadata.yaml", "name: web\nversion: latest\n"),
            ],
            &[
                ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
                ("web/1.1.0/metadata.yaml", "name: web\nversion: 1.1.0\n"),
            ],
        ),
    Rule::error("metadata.version", "a version in `replaces` or `skips` is none")
        .because(
            "The versions that this one replaces are looked up among the package's releases. A text that is no version is none of them, and the upgrade that the author promised would not exist. Ranges stand in `skipRange`.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nreplaces: \"<1.0\"\n",
            "name: web\nversion: 1.0.0\nreplaces: 0.9.0\n",
        ),
    Rule::note("metadata.license.spdx", "`license` is no SPDX expression, or names what SPDX does not know")
        .because(
            "Free text is accepted and shown. Tools that check licences understand identifiers of the SPDX list (`Apache-2.0`, `MIT OR Apache-2.0`; here of version 3.28.0) and nothing else, so that the package would be held for one of unknown licence.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nlicense: Apache 2\n",
            "name: web\nversion: 1.0.0\nlicense: Apache-2.0\n",
        ),
    Rule::note("metadata.version.unquoted", "a version is a number to other readers of YAML")
        .because(
            "Here the text counts as it is written. To a script or a template that reads the file as YAML, `1.10` is the number 1.1: it would name another release. Quote it.",
        )
        .catalog_example(
            &[("web/1.10/metadata.yaml", "name: web\nversion: 1.10\n")],
            &[("web/1.10/metadata.yaml", "name: web\nversion: \"1.10\"\n")],
        ),
    Rule::note("metadata.version.revision", "a revision is written as a prerelease")
        .because(
            "In `4.2.2-6` the 6 is meant as the sixth packaging of 4.2.2. By the rules of SemVer it is a prerelease: it comes before 4.2.2, and `>=4.2.2` does not hold it. A revision that follows the release is written behind `+`.",
        )
        .catalog_example(
            &[("web/4.2.2-6/metadata.yaml", "name: web\nversion: 4.2.2-6\n")],
            &[("web/4.2.2+6/metadata.yaml", "name: web\nversion: 4.2.2+6\n")],
        ),
    Rule::warning("metadata.reason", "`yanked` or `deprecated` gives no reason")
        .because(
            "Both hold a text that users are shown when the release is theirs: what is wrong with it and what to use instead. `true` warns them of nothing in particular, and `false` reads like the opposite of what the key says by being there.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\ndeprecated: true\n",
            "name: web\nversion: 1.0.0\ndeprecated: use shop instead\n",
        ),
    Rule::error("metadata.conflict.self", "a package conflicts with itself")
        .because(
            "An instance has one release at a time anyway, so that the entry forbids nothing, and to some readers it forbids the package altogether. Usually it was copied from another package's file.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nconflicts:\n- {name: web, version: \"<1\"}\n",
            "name: web\nversion: 1.0.0\nconflicts:\n- {name: legacy-web}\n",
        ),
    Rule::warning("metadata.upgrade.down", "an upgrade edge leads from a version that is not older")
        .because(
            "`replaces`, `skips` and `skipRange` name the versions from which this one is an upgrade. One that is equal or newer would make a downgrade an upgrade, or a release the successor of itself. End the range below this release.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nreplaces: 1.2.0\n",
            "name: web\nversion: 1.0.0\nreplaces: 0.9.0\n",
        ),
    Rule::note("metadata.range.bound", "a bound of a range does less than it seems to")
        .because(
            "`-0` behind a bound admits prereleases of that one version only, a bound such as `4.2.2-6` comes before 4.2.2, and the build of a vendor in a cluster's version never decides. The message says which it is; the range is taken as it stands.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\ndependencies:\n- {name: postgres, version: \">=15.0.0-0\"}\n",
            "name: web\nversion: 1.0.0\ndependencies:\n- {name: postgres, version: \">=15.0.0\"}\n",
        ),
    Rule::error("metadata.url", "`url` is no address")
        .because("It is shown as a link, and needs a scheme: `example.com` would lead into the service's own pages.")
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nurl: example.com\n",
            "name: web\nversion: 1.0.0\nurl: https://example.com/\n",
        ),
    Rule::error("metadata.label", "a label's key or value is none that Kubernetes takes")
        .because(
            "Labels are set on what is installed and asked for by selectors, so that the API server's syntax holds: at most 63 letters, digits, `-`, `_` and `.`, the key with an optional DNS name and `/` before it. Free text belongs into `tags` or `description`.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nlabel: {tier: \"front end\"}\n",
            "name: web\nversion: 1.0.0\nlabel: {tier: front-end}\n",
        ),
    Rule::warning("metadata.label.unquoted", "a label's value is a number or a boolean without quotes")
        .because(
            "Values of labels are texts. The source text is taken (`1.10` stays `1.10`), but a tool that reads the file as YAML gets the number 1.1 or true. Quote it.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nlabel: {tier: 1}\n",
            "name: web\nversion: 1.0.0\nlabel: {tier: \"1\"}\n",
        ),
    Rule::error("metadata.choice", "a value is none of those that the field knows")
        .because(
            "`scope` and `plane` decide where a package goes and how often it may be there. A word that is not known would fall back to the default, which may be the opposite.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nscope: Namespaced\n",
            "name: web\nversion: 1.0.0\nscope: namespace\n",
        ),
    Rule::error("metadata.namespace", "`namespace` is no name of a namespace")
        .because("The API server takes DNS labels only: lower-case letters, digits and `-`, at most 63 characters. The installation would fail at its first step.")
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nnamespace: Shop\n",
            "name: web\nversion: 1.0.0\nnamespace: shop\n",
        ),
    Rule::warning("metadata.namespace.ignored", "a namespace is given to a package that goes where it is asked for")
        .because(
            "With `scope: namespace` each instance is in the namespace that the user names. The one in the file is not used, and whoever reads it expects the package there. Remove it, or make the scope `cluster`.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nscope: namespace\nnamespace: shop\n",
            "name: web\nversion: 1.0.0\nscope: cluster\nnamespace: shop\n",
        ),
    Rule::error("metadata.package-name", "a dependency or conflict is on what is no name of a package")
        .because("No package can have this name, so that the dependency can never be met and the conflict never occurs. The nearest possible name is suggested.")
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\ndependencies:\n- {name: Postgres_HA}\n",
            "name: web\nversion: 1.0.0\ndependencies:\n- {name: postgres-ha}\n",
        ),
    Rule::error("metadata.range", "a range of versions cannot be read")
        .because(
            "A range that cannot be read would hold nothing or everything, and a dependency on the wrong versions is found out at run time. Comparisons are joined by commas, alternatives by `||`: `>=2.40, <3`, `^1.2`, `~1.2.3`, `1.2 - 1.4`.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\ndependencies:\n- {name: postgres, version: \">=15 stable\"}\n",
            "name: web\nversion: 1.0.0\ndependencies:\n- {name: postgres, version: \">=15\"}\n",
        ),
    Rule::error("metadata.capability", "a capability is not written as one")
        .because(
            "An entry of `requires` and `provides` has exactly one of `api: group/version/Kind`, `definition: group/Kind/name` and `name`. Anything else could neither be provided nor found.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nrequires:\n- {api: ServiceMonitor}\n",
            "name: web\nversion: 1.0.0\nrequires:\n- {api: monitoring.coreos.com/v1/ServiceMonitor}\n",
        ),
    Rule::error("metadata.dependency.self", "a package depends on itself")
        .because(
            "It would have to be there before it is installed. Usually the entry was copied from another package's file. Versions that this one can be upgraded from stand in `replaces`.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\ndependencies:\n- {name: web}\n",
            "name: web\nversion: 1.0.0\ndependencies:\n- {name: postgres}\n",
        ),
    Rule::error("metadata.dependency.duplicate", "a dependency stands there twice")
        .because(
            "Both entries would have to hold, and their values would be set twice, in an order that nobody wrote. Put both ranges into one entry.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\ndependencies:\n- {name: postgres, version: \">=15\"}\n- {name: postgres, version: \"<17\"}\n",
            "name: web\nversion: 1.0.0\ndependencies:\n- {name: postgres, version: \">=15, <17\"}\n",
        ),
    Rule::error("metadata.system", "`system` asks what cannot be checked")
        .because(
            "`system` knows `kubernetes` and `vela`, each with a range. An entry that nobody checks would look like a requirement and be none. Anything else that a cluster must have is a condition in `conditions/`.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nsystem: {helm: \">=3\"}\n",
            "name: web\nversion: 1.0.0\nsystem: {kubernetes: \">=1.28\"}\n",
        ),
];
