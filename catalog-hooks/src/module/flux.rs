//! Charts, deployed by Flux.

use std::time::Duration;

use catalog_model::{ChartRemote, Module, ModuleContent, Release};
use serde_json::{Map, Value, json};

use super::values::ModuleValues;
use crate::digest;

use super::{ModuleError, ModuleRenderer, RenderedModule, chart, interval, place};

/// How much of a hash tells the versions of one module apart; with it a name is still a label.
const VERSION_HASH: usize = 8;
/// What a chart is called in a registry: its layer, kept packed for Helm to unpack.
const CHART_LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/// Renders charts as `HelmRelease` (`helm.toolkit.fluxcd.io/v2`) with its source: a `HelmRepository`, for registries an `OCIRepository`
/// (`source.toolkit.fluxcd.io/v1`; Flux 2.6 or later), each named after package and module in the module's namespace, an `OCIRepository` after
/// the chart's version too.
///
/// Flux tries nothing again and rolls nothing back, because the lifecycle does: both would fight over one release.
#[derive(Clone, Debug)]
pub struct FluxRenderer {
    values: ModuleValues,
    interval: Duration,
    timeout: Duration,
    catalog: Option<CatalogSource>,
}

/// Where Flux finds the catalog.
#[derive(Clone, Debug)]
struct CatalogSource {
    kind: String,
    namespace: String,
    name: String,
    root: String,
}

impl Default for FluxRenderer {
    fn default() -> Self {
        Self::new()
    }
}

impl FluxRenderer {
    /// Charts get the values of their packages; Flux looks every 10 minutes whether something has changed, and waits 10 minutes for what it
    /// deploys.
    #[must_use]
    pub fn new() -> Self {
        let ten_minutes = Duration::from_secs(600);
        Self {
            values: ModuleValues::new(),
            interval: ten_minutes,
            timeout: ten_minutes,
            catalog: None,
        }
    }

    /// What users set.
    #[must_use]
    pub fn with_values(mut self, values: ModuleValues) -> Self {
        self.values = values;
        self
    }

    /// How often Flux compares; whole seconds, at least one.
    #[must_use]
    pub fn with_interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// How long Flux waits for what it deploys; whole seconds, at least one.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The `GitRepository` or `Bucket` (`kind`) in which Flux finds the catalog below the folder `root`, for charts that packages carry.
    #[must_use]
    pub fn with_catalog(
        mut self,
        kind: impl Into<String>,
        (namespace, name): (impl Into<String>, impl Into<String>),
        root: impl Into<String>,
    ) -> Self {
        self.catalog = Some(CatalogSource {
            kind: kind.into(),
            namespace: namespace.into(),
            name: name.into(),
            root: root.into(),
        });
        self
    }

    /// What Flux fetches, if it is an object of its own, and how the release refers to it.
    fn chart(
        &self,
        release: &Release,
        (path, remote): (Option<&str>, Option<&ChartRemote>),
        place: &Place<'_>,
    ) -> Result<(Option<Value>, ChartReference), String> {
        let remote = match (path, remote) {
            (Some(path), _) => return Ok((None, self.carried(release, path)?)),
            (None, Some(remote)) => remote,
            (None, None) => return Err(chart::NOWHERE.to_owned()),
        };
        chart::check(remote)?;
        let (source, key, value) = if remote.repo.starts_with("oci://") {
            let (source, reference) = self.registry(remote, place);
            (source, "chartRef", reference)
        } else {
            let (source, chart) = self.repository(remote, place);
            (source, "chart", chart)
        };
        Ok((Some(source), ChartReference { key, value }))
    }

    /// A chart in a version folder, which Flux reads from the catalog itself.
    fn carried(&self, release: &Release, path: &str) -> Result<ChartReference, String> {
        let Some(catalog) = &self.catalog else {
            return Err(format!(
                "its chart lies in the package, at `{path}`, where Flux cannot read it: tell the renderer which source of Flux holds the catalog, or leave out `path` and name a `remote`"
            ));
        };
        let parts = [catalog.root.as_str(), release.folder(), path];
        let parts = parts.map(|part| part.trim_matches('/'));
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let spec = json!({
            "chart": format!("./{}", parts.join("/")),
            "interval": interval(self.interval),
            "reconcileStrategy": "Revision",
            "sourceRef": {"kind": catalog.kind, "name": catalog.name, "namespace": catalog.namespace},
        });
        Ok(ChartReference {
            key: "chart",
            value: json!({"spec": spec}),
        })
    }

    /// The name says which version it is: a release whose own fields stay the same would be ready before Flux has seen the new chart.
    fn registry(&self, remote: &ChartRemote, place: &Place<'_>) -> (Value, Value) {
        let url = format!("{}/{}", remote.repo.trim_end_matches('/'), remote.name);
        let version = remote.version.as_deref();
        let hash = digest::short(&["chart", &url, version.unwrap_or_default()]);
        let hash: String = hash.chars().take(VERSION_HASH).collect();
        let name = format!("{}-{hash}", place.name);
        let spec = json!({
            "interval": interval(self.interval),
            "layerSelector": {"mediaType": CHART_LAYER, "operation": "copy"},
            "ref": oci_reference(version),
            "url": url,
        });
        let reference = json!({"kind": "OCIRepository", "name": name});
        (place.source("OCIRepository", &name, spec), reference)
    }

    fn repository(&self, remote: &ChartRemote, place: &Place<'_>) -> (Value, Value) {
        let source = json!({"interval": interval(self.interval), "url": remote.repo});
        let mut chart = json!({
            "chart": remote.name,
            "interval": interval(self.interval),
            "sourceRef": {"kind": "HelmRepository", "name": place.name},
        });
        if let (Some(version), Some(chart)) = (&remote.version, chart.as_object_mut()) {
            chart.insert("version".to_owned(), version.as_str().into());
        }
        (
            place.source("HelmRepository", place.name, source),
            json!({"spec": chart}),
        )
    }

    fn release(
        &self,
        place: &Place<'_>,
        chart: ChartReference,
        values: Map<String, Value>,
    ) -> Value {
        let no_remediation = json!({"remediation": {"remediateLastFailure": false, "retries": 0}});
        let mut spec = Map::new();
        spec.insert(chart.key.to_owned(), chart.value);
        spec.insert("interval".to_owned(), interval(self.interval).into());
        spec.insert("timeout".to_owned(), interval(self.timeout).into());
        spec.insert("releaseName".to_owned(), place.name.into());
        spec.insert("targetNamespace".to_owned(), place.namespace.into());
        spec.insert("install".to_owned(), no_remediation.clone());
        spec.insert("upgrade".to_owned(), no_remediation);
        if !values.is_empty() {
            spec.insert("values".to_owned(), Value::Object(values));
        }
        json!({
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "metadata": {"name": place.name, "namespace": place.namespace},
            "spec": spec,
        })
    }
}

/// Where a release of Helm is, and its name.
struct Place<'p> {
    namespace: &'p str,
    name: &'p str,
}

/// The part of a release's `spec` that says which chart it is.
struct ChartReference {
    key: &'static str,
    value: Value,
}

impl Place<'_> {
    fn source(&self, kind: &str, name: &str, spec: Value) -> Value {
        json!({
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": kind,
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": spec,
        })
    }
}

impl ModuleRenderer for FluxRenderer {
    fn render(
        &self,
        release: &Release,
        module: &Module,
        namespace: &str,
    ) -> Result<Option<RenderedModule>, ModuleError> {
        let ModuleContent::Chart { path, remote } = module.content() else {
            return Ok(None);
        };
        let values = self.values.of(release, module, namespace);
        let namespace = place::namespace(release, module, namespace)?;
        let name = place::name(release, module);
        let place = Place {
            namespace: &namespace,
            name: &name,
        };
        let chart = self.chart(release, (path.as_deref(), remote.as_ref()), &place);
        let (source, chart) =
            chart.map_err(|message| ModuleError::new(release, module, message))?;
        let helm_release = self.release(&place, chart, values);
        let objects = source.into_iter().chain([helm_release]).collect();
        Ok(Some(RenderedModule::objects(
            module.name(),
            namespace,
            objects,
        )))
    }
}

/// Registries have tags: for an exact version its own, in which `_` stands for `+`, else the newest that a range allows.
fn oci_reference(version: Option<&str>) -> Value {
    match version {
        Some(exact) if is_exact(exact) => json!({"tag": exact.replace('+', "_")}),
        range => json!({"semver": range.unwrap_or("*")}),
    }
}

/// Whether it is a version as charts have them: three numbers, whatever follows.
fn is_exact(version: &str) -> bool {
    let version = version.strip_prefix('v').unwrap_or(version);
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let mut numbers = core.split('.');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let three = numbers
        .by_ref()
        .take(3)
        .filter(|part| is_number(part))
        .count();
    three == 3 && numbers.next().is_none() && !version.contains(char::is_whitespace)
}
