//! Made-up histories of a catalog: files that come, change, move, go and break.

use std::collections::BTreeMap;

/// A tree of files by path.
pub(super) type Files = BTreeMap<String, String>;

/// A sequence of trees, each made of the one before by a few changes.
pub(super) struct History {
    random: u64,
    files: Files,
    /// Whether the packages lie in `catalog/`.
    nested: bool,
}

const PACKAGES: [&str; 7] = [
    "grafana",
    "grafana-loki",
    "loki",
    "mimir",
    "Bad_Name",
    "tempo",
    "notes",
];
const VERSIONS: [&str; 8] = [
    "1.0.0",
    "v1.0",
    "1.1.0",
    "2.0.0",
    "2.0.0-rc.1",
    "3.0.0",
    "nightly",
    "docs",
];
const TEXTS: [&str; 5] = ["one", "two", "three", "'four'", "[five"];

impl History {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            random: seed | 1,
            files: Files::new(),
            nested: false,
        }
    }

    /// The next tree.
    pub(super) fn next(&mut self) -> Files {
        for _ in 0..=self.below(3) {
            self.change();
        }
        let nested = |path: &String| format!("catalog/{path}");
        match self.nested {
            true => self
                .files
                .iter()
                .map(|(path, text)| (nested(path), text.clone()))
                .collect(),
            false => self.files.clone(),
        }
    }

    fn change(&mut self) {
        let (package, version) = (self.pick(&PACKAGES), self.pick(&VERSIONS));
        let folder = format!("{package}/{version}");
        match self.below(24) {
            0..=3 => self.version(package, version),
            4 | 5 => self.chart(&folder),
            6 => self.definition(&folder),
            7 => self.put(&folder, "conditions/system.yaml", &["conditions:\n- name: recent\n  target: {kubeVersion: {}}\n  op: range\n  value: '>=1.28'\n", "conditions:\n- name: recent\n  target: {kubeVersion: {}}\n  op: range\n  value: '>=1.29'\n", "conditions:\n- name: new\n  target: {kubeVersion: {}}\n  op: range\n  value: '>=1.28'\n", "conditions: []\n", "conditions:\n- nmae: x\n"]),
            8 => self.put(&folder, "hooks/jobs.yaml", &["pre-install:\n- job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: 'a:v1'}]}}}}\n", "pre-install:\n- job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: 'a:v2'}]}}}}\n", "post-install:\n- job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: 'a:v1'}]}}}}\n", "pre-instal: []\n"]),
            9 => self.chart(&folder),
            10 => self.put(&folder, "README.md", &["hello\n", "goodbye\n"]),
            11 => self.put(&folder, "metdata.yaml", &["", "x"]),
            12 => self.put(package, "README.md", &["about\n", "more about\n"]),
            13 if self.below(4) == 0 => self.put(package, "metadata.yaml", &["name: x\n"]),
            14 if self.below(3) == 0 => self.put(self.files.keys().next().cloned().as_deref().unwrap_or("x"), "", &["{", "", "\u{feff}a: 1\n"]),
            15 => self.put("README.md", "", &["hello\n", "goodbye\n"]),
            16 => self.remove(&format!("{package}/metadata.yaml")),
            17 => self.remove(&folder),
            18 => self.remove(package),
            19 | 20 => {
                let to = self.pick(&VERSIONS);
                self.rename(&folder, &format!("{package}/{to}"));
            }
            21 => {
                let to = self.pick(&PACKAGES);
                self.rename(package, to);
            }
            22 if self.below(8) == 0 => self.nested = !self.nested,
            _ => self.version(package, version),
        }
    }

    /// A `metadata.yaml` that may contradict its folder, its siblings, or itself.
    fn version(&mut self, package: &str, version: &str) {
        let said = match self.below(8) {
            0 => self.pick(&VERSIONS),
            _ => version,
        };
        let mut text = format!("name: {package}\nversion: '{said}'\n");
        if self.below(3) == 0 {
            text.push_str(&format!("description: {}\n", self.pick(&TEXTS)));
        }
        if self.below(4) == 0 {
            text.push_str(&format!(
                "dependencies:\n- {{name: {}, version: '>=1'}}\n",
                self.pick(&PACKAGES)
            ));
        }
        if self.below(6) == 0 {
            text.push_str(self.pick(&[
                "scope: namespace\n",
                "scope: cluster\n",
                "system: {kubernetes: '>=1.30'}\n",
                "licence: MIT\n",
                "# catalog: allow(metadata.license.missing, we say so)\n",
            ]));
        }
        self.files
            .insert(format!("{package}/{version}/metadata.yaml"), text);
    }

    fn definition(&mut self, folder: &str) {
        let kind = self.pick(&["integer", "string", "number", "boolean", "strin"]);
        let text = format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: dashboards.example.com}}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {{plural: dashboards, kind: Dashboard}}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema: {{openAPIV3Schema: {{type: object, properties: {{a: {{type: {kind}}}}}}}}}\n"
        );
        let name = self.pick(&["crd.yaml", "crd.yaml", "crd.yaml", "again.yaml", "crd.txt"]);
        self.files
            .insert(format!("{folder}/definitions/{name}"), text);
    }

    fn chart(&mut self, folder: &str) {
        self.put(folder, "modules.yaml", &["modules:\n- chart: {path: ./charts/a/, remote: {repo: 'https://charts.example.com', name: a, version: 1.0.0}}\n", "modules:\n- chart: {path: ./charts/a/}\n  values: {x: 1}\n", "modules:\n- chart: {path: ./charts/a/}\n", "modules:\n- chart: {path: ./charts/none/}\n"]);
        self.put(
            folder,
            "charts/a/Chart.yaml",
            &["name: a\nversion: 1.0.0\n", "name: a\nversion: 1.0.1\n"],
        );
    }

    fn put(&mut self, folder: &str, name: &str, texts: &[&str]) {
        let text = self.pick(texts).to_owned();
        let path = format!("{folder}/{name}");
        let path = path.trim_end_matches('/');
        // A file cannot stand where a folder is, nor a folder where a file is.
        let is_folder = self
            .files
            .keys()
            .any(|known| known.starts_with(&format!("{path}/")));
        let below_file = path
            .match_indices('/')
            .any(|(at, _)| self.files.contains_key(&path[..at]));
        if !is_folder && !below_file {
            self.files.insert(path.to_owned(), text);
        }
    }

    fn remove(&mut self, folder: &str) {
        self.files
            .retain(|path, _| path != folder && !path.starts_with(&format!("{folder}/")));
    }

    fn rename(&mut self, from: &str, to: &str) {
        if from == to || to.starts_with(&format!("{from}/")) {
            return;
        }
        let prefix = format!("{from}/");
        let moved: Vec<(String, String)> = self
            .files
            .iter()
            .filter_map(|(path, text)| {
                Some((
                    format!("{to}/{}", path.strip_prefix(&prefix)?),
                    text.clone(),
                ))
            })
            .collect();
        if !moved.is_empty() {
            self.remove(from);
            self.remove(to);
            self.files.extend(moved);
        }
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn below(&mut self, end: usize) -> usize {
        // As Marsaglia's generators do.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        usize::try_from(self.random >> 33).unwrap() % end
    }
}
