//! Catalogs of any size, the same bytes for the same shape.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// How large a generated catalog is, and how much of it repeats.
#[derive(Clone, Copy, Debug)]
pub struct CatalogShape {
    /// Packages.
    pub packages: usize,
    /// Versions of each.
    pub versions: usize,
    /// Bytes that stand in an earlier file of the same package, of a hundred.
    pub repeated_percent: u64,
    /// Bytes of a definition, of a hundred: 100 gives the sizes of real ones.
    pub definition_percent: usize,
}

impl CatalogShape {
    /// Ten versions a package, definitions as large as real ones.
    #[must_use]
    pub fn new(packages: usize, repeated_percent: u64) -> Self {
        Self {
            packages,
            versions: 10,
            repeated_percent,
            definition_percent: 100,
        }
    }
}

/// The sizes of CustomResourceDefinitions that definitions are drawn from, in bytes: the first eight deciles of the 1,582 in the 163
/// bundles of 15 operators of OperatorHub. The ninth is 157,463 and the largest 905,808 bytes: these are left out so that the catalog
/// fits into memory several times. Of the bytes of the 1,582, 42.2 % stand in a file that is equal to an earlier one.
///
/// The other files: `package.yaml` of 495 Glasskube packages has a median of 1,167 bytes and the tenth and ninetieth centile at 450 and
/// 4,389, `metadata.yaml` of 90 KubeVela addons a median of 350. Their counterparts here have some 600 (metadata), 350 (modules), 500
/// (conditions) and 900 bytes (hooks), which are also the sizes in `examples/catalogs`.
const DEFINITION_BYTES: [usize; 8] = [
    6_382, 10_176, 12_167, 14_034, 16_069, 19_576, 23_857, 42_549,
];

/// Calls `file` with the path and text of each file, six a version: `metadata.yaml`, `modules.yaml`, one of conditions, one of hooks and
/// two of definitions.
///
/// Metadata names its version and never repeats; each other file is that of the version before it as often as makes the wanted share of
/// all bytes.
pub fn generate(shape: CatalogShape, mut file: impl FnMut(&str, &str)) {
    for package in 0..shape.packages {
        of_package(shape, package, &mut file);
    }
}

/// Writes the files below a folder.
///
/// # Errors
///
/// A file cannot be written.
pub fn write(shape: CatalogShape, folder: &Path) -> io::Result<()> {
    let mut result = Ok(());
    generate(shape, |path, text| {
        let path = folder.join(path);
        if result.is_ok() {
            let parent = path.parent().unwrap_or(folder);
            result = fs::create_dir_all(parent).and_then(|()| fs::write(&path, text));
        }
    });
    result
}

/// What the files but `metadata.yaml` are called.
const PARTS: [&str; 5] = [
    "modules.yaml",
    "conditions/cluster.yaml",
    "hooks/lifecycle.yaml",
    "definitions/first.yaml",
    "definitions/second.yaml",
];

fn of_package(shape: CatalogShape, package: usize, file: &mut impl FnMut(&str, &str)) {
    let mut random = Random(package as u64 ^ 0x5851_f42d_4c95_7f2d);
    let name = format!("package-{package:05}");
    let mut parts: [String; 5] = Default::default();
    for version in 0..shape.versions {
        let place = Place {
            package,
            version,
            name: &name,
        };
        for (part, text) in parts.iter_mut().enumerate() {
            // The first version has nothing to repeat, and metadata never does: the others make up for both.
            let chance = shape.repeated_percent * 1_000 * shape.versions as u64
                / (98 * (shape.versions as u64 - 1).max(1));
            if version == 0 || random.below(1_000) >= chance {
                *text = place.part(shape, part, &mut random);
            }
        }
        let folder = format!("{name}/{}", place.folder());
        file(
            &format!("{folder}/metadata.yaml"),
            &place.metadata(&mut random),
        );
        for (name, text) in PARTS.iter().zip(&parts) {
            file(&format!("{folder}/{name}"), text);
        }
    }
}

/// A version that is being written.
struct Place<'a> {
    package: usize,
    version: usize,
    name: &'a str,
}

impl Place<'_> {
    fn folder(&self) -> String {
        let prerelease = if self.version % 10 == 9 { "-rc.1" } else { "" };
        format!("1.{}.0{prerelease}", self.version)
    }

    fn part(&self, shape: CatalogShape, part: usize, random: &mut Random) -> String {
        match part {
            0 => self.modules(),
            1 => self.conditions(random),
            2 => self.hooks(random),
            _ => {
                let at = random.below(DEFINITION_BYTES.len() as u64) as usize;
                let size = DEFINITION_BYTES.get(at).copied().unwrap_or_default();
                self.definition(part, size * shape.definition_percent / 100, random)
            }
        }
    }

    fn metadata(&self, random: &mut Random) -> String {
        let (name, version, number) = (self.name, self.folder(), self.package);
        let tier = nth(&["foundation", "platform", "application"], number);
        let stage = nth(&["stable", "testing"], self.version);
        let mut text = format!(
            "name: {name}\nversion: {version}\ndescription: |\n  {}\n\n  {}\n",
            sentence(random, 14),
            sentence(random, 12)
        );
        let _ = write!(
            text,
            "maintainer:\n- team-{}@example.com\nlicense: Apache-2.0\nurl: https://{name}.example.com\nlabel:\n  app.kubernetes.io/part-of: part-{}\n  catalog.example.com/tier: {tier}\n  catalog.example.com/stage: {stage}\n  catalog.example.com/owner: team-{}\ntags: [{}, {}]\nnamespace: {name}\n",
            number % 40,
            number % 50,
            number % 40,
            nth(&WORDS, number),
            nth(&WORDS, number / 7),
        );
        if number > 1 {
            let first = (number * 7 / 8).max(number / 3 + 1);
            let _ = write!(
                text,
                "dependencies:\n- name: package-{first:05}\n  version: \">=1.0, <2\"\n- name: package-{:05}\n  version: \">=1.{}\"\n  optional: true\n",
                number / 3,
                self.version % 5
            );
        }
        if number.is_multiple_of(5) {
            let _ = writeln!(
                text,
                "requires:\n- api: group-{}.example.com/v1/Kind{}",
                number / 5,
                number / 5
            );
        }
        if self.version == 8 && number.is_multiple_of(10) {
            text.push_str("yanked: it loses data on upgrades from 1.7\n");
        }
        text.push_str("system:\n  kubernetes: \">=1.28\"\n");
        text
    }

    fn modules(&self) -> String {
        let (name, version) = (self.name, self.folder());
        format!(
            "modules:\n- chart:\n    remote:\n      repo: https://charts.example.com/{name}\n      name: {name}\n      version: {version}\n  values:\n    controller:\n      replicaCount: 2\n      resources:\n        requests:\n          cpu: 100m\n          memory: 128Mi\n    serviceMonitor:\n      enabled: true\n      interval: 30s\n"
        )
    }

    fn conditions(&self, random: &mut Random) -> String {
        let (name, version) = (self.name, self.folder());
        format!(
            "conditions:\n- name: no second {name} runs\n  message: uninstall the {name} in kube-system before {version}, {}\n  target:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: {name}\n    namespace: kube-system\n  op: notExists\n- name: cluster DNS answers\n  message: look at the coredns pods\n  target:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: coredns\n    namespace: kube-system\n    fieldPath: status.readyReplicas\n  op: ge\n  value: {}\n",
            sentence(random, 6),
            random.below(5)
        )
    }

    fn hooks(&self, random: &mut Random) -> String {
        let (name, version) = (self.name, self.folder());
        format!(
            "# {}\npost-install:\n- name: api-check\n  timeout: 5m\n  retries: 1\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    metadata:\n      name: {name}-api-check\n    spec:\n      template:\n        spec:\n          serviceAccountName: {name}-api-check\n          restartPolicy: Never\n          containers:\n          - name: check\n            image: registry.example.com/{name}:{version}\n            args: [\"check\", \"api\", \"--wait={}m\"]\n            securityContext:\n              allowPrivilegeEscalation: false\n              runAsNonRoot: true\n  resources:\n  - apiVersion: v1\n    kind: ServiceAccount\n    metadata:\n      name: {name}-api-check\n  - apiVersion: rbac.authorization.k8s.io/v1\n    kind: Role\n    metadata:\n      name: {name}-api-check\n    rules:\n    - apiGroups: [\"example.com\"]\n      resources: [\"requests\"]\n      verbs: [\"create\"]\n",
            sentence(random, 12),
            random.below(9) + 1
        )
    }

    /// A CustomResourceDefinition of at least so many bytes, in the layout of controller-gen.
    fn definition(&self, part: usize, bytes: usize, random: &mut Random) -> String {
        let (kind, group) = if part == 3 {
            (
                format!("Kind{}", self.package),
                format!("group-{}.example.com", self.package),
            )
        } else {
            (
                format!("Other{}", self.package),
                format!("other-{}.example.com", self.package),
            )
        };
        let plural = format!("{}s", kind.to_lowercase());
        let mut text = format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  annotations:\n    controller-gen.kubebuilder.io/version: v0.14.0\n    example.com/of: {}-{}\n  name: {plural}.{group}\nspec:\n  group: {group}\n  names:\n    kind: {kind}\n    listKind: {kind}List\n    plural: {plural}\n    singular: {}\n  scope: Namespaced\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        description: {}\n        type: object\n        properties:\n",
            self.name,
            self.folder(),
            kind.to_lowercase(),
            sentence(random, 8)
        );
        let mut number = 0;
        while text.len() < bytes {
            property(&mut text, random, 10, &mut number, 0);
        }
        text
    }
}

/// A field of a schema, with those below it.
fn property(text: &mut String, random: &mut Random, indent: usize, number: &mut usize, depth: u32) {
    *number += 1;
    let pad = " ".repeat(indent);
    let name = random.word();
    let _ = writeln!(text, "{pad}{name}{number}:");
    let first = 8 + random.below(14) as usize;
    if random.below(3) == 0 {
        let _ = writeln!(
            text,
            "{pad}  description: |-\n{pad}    {}\n{pad}    {}",
            sentence(random, first),
            sentence(random, 10)
        );
    } else {
        let _ = writeln!(
            text,
            "{pad}  description: {}\n{pad}    {}",
            sentence(random, first),
            sentence(random, 8)
        );
    }
    let below = 2 + random.below(4);
    match random.below(8) {
        0 if depth < 5 => {
            let _ = writeln!(text, "{pad}  items:\n{pad}    properties:");
            (0..below).for_each(|_| property(text, random, indent + 6, number, depth + 1));
            let _ = writeln!(text, "{pad}    type: object\n{pad}  type: array");
        }
        1 | 2 if depth < 5 => {
            let _ = writeln!(text, "{pad}  properties:");
            (0..below).for_each(|_| property(text, random, indent + 4, number, depth + 1));
            let _ = writeln!(text, "{pad}  type: object");
        }
        3 => {
            let _ = writeln!(
                text,
                "{pad}  format: int32\n{pad}  minimum: 0\n{pad}  type: integer"
            );
        }
        4 => {
            let _ = writeln!(
                text,
                "{pad}  enum:\n{pad}  - Always\n{pad}  - Never\n{pad}  - IfNotPresent\n{pad}  type: string"
            );
        }
        5 => {
            let _ = writeln!(text, "{pad}  default: false\n{pad}  type: boolean");
        }
        _ => {
            let _ = writeln!(text, "{pad}  type: string");
        }
    }
}

/// Words that are plain scalars wherever they stand.
const WORDS: [&str; 24] = [
    "controller",
    "replica",
    "selector",
    "namespace",
    "template",
    "certificate",
    "secret",
    "storage",
    "metrics",
    "endpoint",
    "policy",
    "retention",
    "address",
    "timeout",
    "volume",
    "gateway",
    "cluster",
    "reference",
    "the",
    "must",
    "defines",
    "specified",
    "resource",
    "whether",
];

/// The words in turn.
fn nth(words: &[&'static str], number: usize) -> &'static str {
    words.get(number % words.len()).copied().unwrap_or_default()
}

/// Words in a row, the last with a number, so that no two texts are equal.
fn sentence(random: &mut Random, words: usize) -> String {
    let mut text = String::new();
    for _ in 0..words {
        text.push_str(random.word());
        text.push(' ');
    }
    let _ = write!(text, "{}", random.next() % 1_000_000);
    text
}

/// SplitMix64: enough for texts, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn word(&mut self) -> &'static str {
        let number = self.below(WORDS.len() as u64);
        nth(&WORDS, number as usize)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}
