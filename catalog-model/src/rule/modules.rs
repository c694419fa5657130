//! Rules of `modules.yaml`.

use catalog_conditions::rule::Rule;

pub(super) static RULES: &[Rule] = &[
    Rule::error("modules.empty", "`modules.yaml` is empty")
        .because("The file is there to say what is installed. An empty one may be one whose writing was interrupted, and the package would install nothing. A package without modules has no such file.")
        .example("modules.yaml", "# soon\n", "modules: []\n"),
    Rule::error("modules.modules.missing", "the key `modules` is missing")
        .because("The one key of the file is `modules`. A list under another name would be a package that installs nothing.")
        .example(
            "modules.yaml",
            "module:\n- {name: web, manifests: {remote: {url: \"https://example.com/web.yaml\", sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855}}}\n",
            "modules:\n- {name: web, manifests: {remote: {url: \"https://example.com/web.yaml\", sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855}}}\n",
        ),
    Rule::error("modules.type", "a value is of the wrong type")
        .because("A list stands where a map belongs, or a map where a text does. It is not converted: what would be installed is seldom what was meant. The message says what belongs there.")
        .example(
            "modules.yaml",
            "modules:\n  chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n",
            "modules:\n- chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n",
        ),
    Rule::warning("modules.unknown-key", "a key is not known")
        .because("It is kept when the file is written again, and otherwise without effect. A misspelt key is usually a version or digest that is then not pinned. Strict reading (`LoadOptions::strict`) makes it an error.")
        .example(
            "modules.yaml",
            "modules:\n- chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0, digets: x}}\n",
            "modules:\n- chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n",
        ),
    Rule::error("modules.kind", "a module has no kind, or several")
        .because("An item has one key that says what it is (`chart`, `terraform`, `manifests`, or a kind of the service's own), and beside it only `name`, `namespace` and `values`. Beside a kind that we know, every other key is an unknown one; of two keys that we do not know, either could be the kind. With two kinds nobody can tell which is installed, with none there is nothing to.")
        .example(
            "modules.yaml",
            "modules:\n- name: web\n  values: {replicas: 2}\n",
            "modules:\n- name: web\n  values: {replicas: 2}\n  chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n",
        ),
    Rule::note("modules.kind.opaque", "a kind of module is passed on as it is")
        .because("A service can bring kinds of its own, so that one we do not know is kept, unread, for its driver. If no driver of that kind exists, the installation fails at this module; a misspelt `chart` ends so.")
        .example(
            "modules.yaml",
            "modules:\n- name: web\n  kustomize: {path: ./base/}\n",
            "modules:\n- name: web\n  chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n",
        ),
    Rule::error("modules.content", "a module says nothing of where its content is")
        .because("A module is a folder of the version (`path`), something published (`remote`), or both: then the path is the content and the remote its origin. With neither there is nothing to install.")
        .example(
            "modules.yaml",
            "modules:\n- name: web\n  chart: {}\n",
            "modules:\n- name: web\n  chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n",
        ),
    Rule::error("modules.path", "a path leads out of the version's folder")
        .because("A version is what is in its folder: it is copied, packed and checked as such. A path out of it means another thing on every machine, and could name a file that is none of the catalog's. `..` may not pass the version's folder, and an absolute path is never inside.")
        .example(
            "modules.yaml",
            "modules:\n- chart: {path: ../../shared/chart}\n",
            "modules:\n- chart: {remote: {repo: \"https://charts.example.com\", name: shared, version: 1.0.0}}\n",
        ),
    Rule::warning("modules.path.missing", "there is nothing at a module's path")
        .because("With a `remote` beside it that is used instead, and the local copy that the author meant is not: a warning. Without one there is nothing to install: an error. Usually the folder was not committed.")
        .example(
            "modules.yaml",
            "modules:\n- chart: {path: ./chart/, remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n",
            "modules:\n- chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n",
        ),
    Rule::error("modules.name.missing", "a module needs a name")
        .because("The name is the module's identity across versions: by it an upgrade finds what it upgrades, and user values their module. It is taken from the remote or the path where that has one.")
        .example(
            "modules.yaml",
            "modules:\n- manifests: {path: ./}\n",
            "modules:\n- name: web\n  manifests: {path: ./}\n",
        ),
    Rule::error("modules.name.duplicate", "two modules have one name")
        .because("Values are given to modules by their names, and an upgrade finds a module by it. With two of a name, one would get the other's values. Names that are not written are taken from the remote or the path, so that two modules of one chart need names of their own.")
        .example(
            "modules.yaml",
            "modules:\n- chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n- chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n",
            "modules:\n- name: blue\n  chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n- name: green\n  chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n",
        ),
    Rule::error("modules.name", "a module's name is none")
        .because("The name is a key of the values that users write and a part of the names of what is installed: one word without `/`.")
        .example(
            "modules.yaml",
            "modules:\n- name: web/blue\n  chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n",
            "modules:\n- name: web-blue\n  chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n",
        ),
    Rule::note("modules.version.unquoted", "a version is a number to other readers of YAML")
        .because("Here the text counts as it is written. To a script or a template that reads the file as YAML, `1.10` is the number 1.1, and another chart would be fetched. Quote it.")
        .example(
            "modules.yaml",
            "modules:\n- chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.10}}\n",
            "modules:\n- chart: {remote: {repo: \"https://charts.example.com\", name: web, version: \"1.10\"}}\n",
        ),
    Rule::warning("modules.remote.version", "the chart at `path` has another version than its `remote`")
        .because("With both, the path is the content and the remote says where it comes from. If they differ, the copy was updated and the file forgotten, or the other way round: whoever looks the version up finds another chart than is installed.")
        .catalog_example(
            &[
                ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
                ("web/1.0.0/chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 2.1.0\n"),
                ("web/1.0.0/modules.yaml", "modules:\n- chart: {path: ./chart/, remote: {repo: \"https://charts.example.com\", name: web, version: 2.0.0}}\n"),
            ],
            &[
                ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
                ("web/1.0.0/chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 2.1.0\n"),
                ("web/1.0.0/modules.yaml", "modules:\n- chart: {path: ./chart/, remote: {repo: \"https://charts.example.com\", name: web, version: 2.1.0}}\n"),
            ],
        ),
    Rule::error("modules.namespace", "`namespace` is no name of a namespace")
        .because("The API server takes DNS labels only: lower-case letters, digits and `-`, at most 63 characters. The installation would fail at this module, with others before it done.")
        .example(
            "modules.yaml",
            "modules:\n- namespace: Shop\n  chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n",
            "modules:\n- namespace: shop\n  chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n",
        ),
    Rule::error("modules.repo.missing", "a chart's remote has no `repo`")
        .because("A chart's name is one in a repository: without it, nobody can say which `web` is meant, and a default repository would be a choice of whoever installs.")
        .example(
            "modules.yaml",
            "modules:\n- chart: {remote: {name: web, version: 1.0.0}}\n",
            "modules:\n- chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n",
        ),
    Rule::error("modules.source.missing", "a Terraform module's remote has no `source`")
        .because("The source says where Terraform finds the module: a registry's `namespace/name/provider`, or an address.")
        .example(
            "modules.yaml",
            "modules:\n- name: db\n  terraform: {remote: {version: \"2.0\"}}\n",
            "modules:\n- name: db\n  terraform: {remote: {source: terraform-aws-modules/rds/aws, version: \"2.0\"}}\n",
        ),
    Rule::error("modules.url.missing", "the manifests' remote has no `url`")
        .because("The address says where the manifests are; a digest alone finds nothing.")
        .example(
            "modules.yaml",
            "modules:\n- name: web\n  manifests: {remote: {sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855}}\n",
            "modules:\n- name: web\n  manifests: {remote: {url: \"https://example.com/web.yaml\", sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855}}\n",
        ),
    Rule::error("modules.sha256", "a digest is none")
        .because("A SHA-256 digest has 64 hexadecimal digits. One that is cut or of another algorithm is matched by no content, and the installation would fail when it has begun. `sha256sum FILE` prints it.")
        .example(
            "modules.yaml",
            "modules:\n- name: web\n  manifests: {remote: {url: \"https://example.com/web.yaml\", sha256: e3b0c442}}\n",
            "modules:\n- name: web\n  manifests: {remote: {url: \"https://example.com/web.yaml\", sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855}}\n",
        ),
    Rule::warning("modules.remote.unpinned", "a remote has no version or digest")
        .because("What is behind it changes without a new version of the package: two clusters that installed the same version hold different things, and a rollback brings back what never was. Pin charts and Terraform modules by `version`, manifests by `sha256`.")
        .example(
            "modules.yaml",
            "modules:\n- chart: {remote: {repo: \"https://charts.example.com\", name: web}}\n",
            "modules:\n- chart: {remote: {repo: \"https://charts.example.com\", name: web, version: 1.0.0}}\n",
        ),
];
