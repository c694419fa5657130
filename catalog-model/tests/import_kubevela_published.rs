//! The addons that KubeVela publishes, imported all at once.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail loudly, and says why it was skipped"
)]

mod published;

use std::collections::{BTreeMap, BTreeSet};

use catalog_model::import::{Import, ImportOptions, kubevela};
use catalog_model::{
    Catalog, LoadOptions, Loaded, MemorySource, ModuleContent, Plane, Release, Severity,
    UnusableReason, load,
};

use self::published::{releases, tar_gz, written_alike};

fn imported() -> Option<(MemorySource, Import)> {
    let addons = tar_gz("kubevela-addons.tar.gz")?;
    let import = kubevela(&addons, &ImportOptions::default()).unwrap();
    Some((addons, import))
}

fn loaded(source: &MemorySource) -> Loaded {
    load(source, &LoadOptions::default()).unwrap()
}

fn newest<'c>(catalog: &'c Catalog, name: &str) -> &'c Release {
    catalog.package(name).unwrap().newest().unwrap()
}

/// The folders of addons, found without the importer: whatever lies in `addons/` or `experimental/addons/` and has metadata.
fn folders(addons: &MemorySource) -> Vec<String> {
    let metadata = addons
        .files()
        .filter_map(|(path, _)| path.strip_suffix("/metadata.yaml"));
    metadata.map(str::to_owned).collect()
}

#[test]
fn all_load_without_errors() {
    let Some((addons, import)) = imported() else {
        return;
    };
    assert_eq!(folders(&addons).len(), 90);
    assert_eq!((import.packages(), import.versions()), (90, 90));
    let loaded = loaded(import.files());
    let errors: Vec<String> = loaded
        .diagnostics()
        .iter()
        .filter(|found| found.severity() == Severity::Error)
        .map(ToString::to_string)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let unusable: Vec<_> = loaded
        .catalog()
        .packages()
        .flat_map(|package| package.unusable())
        .map(|release| (release.folder(), release.reason()))
        .collect();
    assert_eq!(
        unusable,
        [(
            "spark-kubernetes-operator/v1beta2-1.3.8-3.1.1",
            &UnusableReason::UnreadableVersion
        )]
    );
    assert_eq!(releases(loaded.catalog()).count(), 89);
}

#[test]
fn what_authors_should_know() {
    let Some((_, import)) = imported() else {
        return;
    };
    let lines: Vec<String> = import
        .diagnostics()
        .iter()
        .map(|found| {
            let location = found.location().unwrap();
            let package = found.package().unwrap();
            format!(
                "{package} {}:{} {}",
                location.file().path(),
                location.start().line,
                found.code()
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
ocm-gateway-manager-addon addons/ocm-gateway-manager-addon/template.yaml:62 yaml.quoted-indent
terraform-alibaba addons/terraform-alibaba:1 kubevela.terraform
terraform-aws addons/terraform-aws:1 kubevela.terraform
terraform-azure addons/terraform-azure:1 kubevela.terraform
terraform-baidu addons/terraform-baidu:1 kubevela.terraform
terraform-ec addons/terraform-ec:1 kubevela.terraform
terraform-gcp addons/terraform-gcp:1 kubevela.terraform
terraform-tencent addons/terraform-tencent:1 kubevela.terraform
terraform-ucloud addons/terraform-ucloud:1 kubevela.terraform
victoria-metric addons/victoria-metric/metadata.yaml:8 yaml.duplicate-key
example experimental/addons/example/resources/crds/helm-release.yaml:37 yaml.quoted-indent
example experimental/addons/example/resources/crds/image-repo.yaml:32 yaml.quoted-indent
kruise experimental/addons/kruise/definitions/cloneset.yaml:8 yaml.quoted-indent
spark-kubernetes-operator experimental/addons/spark-kubernetes-operator/metadata.yaml:7 kubevela.version
terraform-vsphere experimental/addons/terraform-vsphere:1 kubevela.terraform
"#);
    assert!(
        import
            .diagnostics()
            .iter()
            .all(|found| found.severity() == Severity::Warning),
        "nothing in this catalog is left out"
    );
}

#[test]
fn counts() {
    let Some((_, import)) = imported() else {
        return;
    };
    let loaded = loaded(import.files());
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = |what: String| *counts.entry(what).or_default() += 1;
    for release in releases(loaded.catalog()) {
        for definition in release.definitions() {
            count(format!("definition: {}", definition.identity().kind()));
        }
        for module in release.modules() {
            let inside = match module.content() {
                ModuleContent::Terraform { path: Some(_), .. } => ", inline",
                _ => "",
            };
            count(format!("module: {}{inside}", module.content().kind()));
        }
        count(format!("plane: {:?}", release.metadata().plane()));
    }
    for lost in import.not_carried_over() {
        count(format!("not carried over: {}", lost.what));
    }
    let lines: Vec<String> = counts
        .iter()
        .map(|(what, count)| format!("{count:4} {what}"))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
180 definition: ComponentDefinition
 36 definition: CustomResourceDefinition
  9 definition: TraitDefinition
  3 definition: WorkflowStepDefinition
 10 module: chart
 14 module: manifests
164 module: terraform
 10 module: terraform, inline
 37 not carried over: Application
363 not carried over: CUE
  2 not carried over: `appVersion`
  3 not carried over: `cloudProperties`
  3 not carried over: `completeCloudName`
  1 not carried over: `git`
 47 not carried over: `invisible`
  1 not carried over: `label`
  2 not carried over: `namespace`
  3 not carried over: `shortCloudName`
  1 not carried over: `traits`
  1 not carried over: `upgradeCRD`
  1 not carried over: `uxPlugins`
  4 not carried over: `workflow`
 55 not carried over: file of `schemas/`
 91 not carried over: readme
 22 plane: Control
 67 plane: Data
"#);
}

/// Every file but `metadata.yaml` is in the release byte for byte, wherever; every key of `metadata.yaml` has a place or stands in the report.
#[test]
fn nothing_is_dropped_silently() {
    let Some((addons, import)) = imported() else {
        return;
    };
    let kept: BTreeSet<&[u8]> = import.files().files().map(|(_, bytes)| bytes).collect();
    let reported: BTreeSet<(&str, usize)> = import
        .not_carried_over()
        .iter()
        .filter_map(|lost| Some((lost.file.as_str(), lost.line?)))
        .collect();
    let placed = [
        "name",
        "version",
        "description",
        "icon",
        "url",
        "tags",
        "dependencies",
        "system",
        "deployTo",
        "needNamespace",
    ];
    let folders = folders(&addons);
    let mut files = 0;
    for (path, bytes) in addons.files() {
        if !folders
            .iter()
            .any(|folder| path.starts_with(&format!("{folder}/")))
        {
            continue;
        }
        files += 1;
        if !path.ends_with("/metadata.yaml") {
            assert!(kept.contains(bytes), "{path}");
            continue;
        }
        for (index, line) in std::str::from_utf8(bytes).unwrap().lines().enumerate() {
            let key = line.split_once(':').map_or("", |(key, _)| key);
            let top_level = key.starts_with(|c: char| c.is_ascii_alphabetic());
            if top_level && !placed.contains(&key) {
                assert!(
                    reported.contains(&(path, index + 1)),
                    "{path}:{}: {line}",
                    index + 1
                );
            }
        }
    }
    assert!(files > 900, "only {files} files were looked at");
}

#[test]
fn two_lists_of_dependencies_become_one() {
    let Some((_, import)) = imported() else {
        return;
    };
    let loaded = loaded(import.files());
    let victoria = newest(loaded.catalog(), "victoria-metric");
    let names: Vec<_> = victoria
        .metadata()
        .dependencies()
        .iter()
        .map(|d| d.package().as_str())
        .collect();
    assert_eq!(names, ["fluxcd", "o11y-definitions"]);
    let warning = import
        .diagnostics()
        .iter()
        .find(|found| found.code() == "yaml.duplicate-key")
        .unwrap();
    assert_eq!(warning.severity(), Severity::Warning);
    assert_eq!(
        warning.message(),
        "`dependencies` stands in line 1 and again in line 8: both lists are imported"
    );
}

#[test]
fn places() {
    let Some((_, import)) = imported() else {
        return;
    };
    let loaded = loaded(import.files());
    let catalog = loaded.catalog();
    let namespaces: Vec<_> = releases(catalog)
        .filter_map(|release| Some((release.package().as_str(), release.metadata().namespace()?)))
        .collect();
    assert_eq!(
        namespaces,
        [
            ("argocd", "argocd"),
            ("mysql-operator", "mysql-operator"),
            ("pyroscope", "vela-system")
        ]
    );
    let plane = |name: &str| newest(catalog, name).metadata().plane();
    assert_eq!(
        plane("velaux"),
        Plane::Control,
        "controlPlane: true, runtimeCluster: false"
    );
    assert_eq!(plane("vegeta"), Plane::Control, "control_plane: true alone");
    assert_eq!(plane("istio"), Plane::Data, "both");
    assert_eq!(plane("example"), Plane::Data, "runtimeCluster: true alone");
}

#[test]
fn charts() {
    let Some((_, import)) = imported() else {
        return;
    };
    let loaded = loaded(import.files());
    let mut lines = Vec::new();
    for release in releases(loaded.catalog()) {
        for module in release.modules() {
            if let ModuleContent::Chart {
                remote: Some(remote),
                ..
            } = module.content()
            {
                lines.push(format!(
                    "{} {} in {}: {} {} of {}, {} values",
                    release.package().as_str(),
                    module.name(),
                    module.namespace().unwrap(),
                    remote.name,
                    remote.version.as_deref().unwrap(),
                    remote.repo,
                    module.values().len(),
                ));
            }
        }
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
cloudshell cloudshell-operator in vela-system: cloudtty 0.3.0 of https://cloudtty.github.io/cloudtty, 2 values
dapr dapr in vela-system: dapr 1.6.0 of https://dapr.github.io/helm-charts/, 0 values
dex dex in vela-system: dex 0.15.3 of https://charts.dexidp.io, 4 values
istio istio in istio-system: istio 1.11.1 of https://charts.kubevela.net/addons, 0 values
kruise kruise in vela-system: kruise 1.2.0 of https://openkruise.github.io/charts/, 1 values
model-serving seldon-core in vela-system: seldon-core-operator 1.12.0 of https://storage.googleapis.com/seldon-charts, 2 values
model-training training-operator in vela-system: training-operator 1.1.4 of https://cowboysysop.github.io/charts, 0 values
observability loki in vela-system: loki-stack 2.4.1 of https://charts.kubevela.net/addons, 0 values
observability kube-state-metrics in vela-system: kube-state-metrics 3.4.1 of https://charts.kubevela.net/addons, 1 values
observability-assets grafana-registration in vela-system: grafana-registration 0.0.7 of https://charts.kubevela.net/addons, 0 values
"#);
}

#[test]
fn loading_writing_and_loading_again_changes_nothing() {
    let Some((_, import)) = imported() else {
        return;
    };
    written_alike(&import);
}

#[test]
fn importing_twice_gives_the_same_bytes() {
    let Some((addons, import)) = imported() else {
        return;
    };
    let again = kubevela(&addons, &ImportOptions::default()).unwrap();
    assert_eq!(import.files(), again.files());
    assert_eq!(import.not_carried_over(), again.not_carried_over());
    assert_eq!(import.diagnostics(), again.diagnostics());
}
