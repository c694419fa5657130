//! All modules of the example catalog.

use catalog_hooks::module::{
    FluxRenderer, ManifestsRenderer, ModuleRenderer, RenderedContent, TerraformRenderer,
};
use catalog_model::{FolderSource, LoadOptions, load};
use serde_json::Value;

use super::{objects_of, schema};

/// A line for each module that differs from that of the version before: where it goes and as what.
#[test]
fn every_module_is_rendered_as_its_controllers_take_it() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/catalogs/observability"
    );
    let source = FolderSource::open(folder).unwrap();
    let catalog = load(&source, &LoadOptions::default())
        .unwrap()
        .into_catalog();
    let renderers: Vec<Box<dyn ModuleRenderer + '_>> = vec![
        Box::new(FluxRenderer::new().with_catalog("GitRepository", ("flux-system", "catalog"), "")),
        Box::new(TerraformRenderer::new(&source)),
        Box::new(ManifestsRenderer::new(&source)),
    ];
    let mut lines = Vec::new();
    let (mut modules, mut checked) = (0, 0);
    for release in catalog.packages().flat_map(|package| package.releases()) {
        let namespace = release
            .metadata()
            .namespace()
            .unwrap_or(release.package().as_str());
        for module in release.modules() {
            let rendered = renderers
                .as_slice()
                .render(release, module, namespace)
                .unwrap()
                .unwrap();
            let again = renderers
                .as_slice()
                .render(release, module, namespace)
                .unwrap()
                .unwrap();
            assert_eq!(rendered, again);
            assert!(matches!(rendered.content(), RenderedContent::Objects(_)));
            let objects = objects_of(rendered.content());
            checked += objects
                .iter()
                .filter(|object| schema::check(object))
                .count();
            modules += 1;
            let line = format!(
                "{}/{}: {}",
                release.package(),
                module.name(),
                summary(objects)
            );
            if lines.last() != Some(&line) {
                lines.push(line);
            }
        }
    }
    assert!(
        modules > 50 && checked > 60,
        "{modules} modules, {checked} objects checked"
    );
    insta::assert_snapshot!(lines.join("\n"), @"
    agent-operator/grafana-agent-operator: HelmRepository grafana-agent/agent-operator--grafana-agent-operator, HelmRelease grafana-agent/agent-operator--grafana-agent-operator
    alloy/collector: HelmRepository alloy/alloy--collector, HelmRelease alloy/alloy--collector
    cert-manager/cert-manager: HelmRepository cert-manager/cert-manager, HelmRelease cert-manager/cert-manager
    full-observability/rules: PrometheusRule monitoring/observability
    full-observability/overview: HelmRelease grafana/full-observability--overview
    grafana/server: GrafanaDatasource grafana/prometheus, GrafanaDatasource grafana/loki, GrafanaDatasource grafana/jaeger, Grafana grafana/main
    grafana/server: GrafanaDatasource grafana/prometheus, GrafanaDatasource grafana/loki, GrafanaDatasource grafana/jaeger, Grafana grafana/main, GrafanaServiceAccount grafana/alert-rules
    grafana-database/rds: Configuration grafana-database/grafana-database--rds
    grafana-operator/operator: OCIRepository grafana/grafana-operator--operator-odds2iei, HelmRelease grafana/grafana-operator--operator
    grafana-operator/operator: OCIRepository grafana/grafana-operator--operator-rt3uq3ur, HelmRelease grafana/grafana-operator--operator
    grafana-operator/operator: OCIRepository grafana/grafana-operator--operator-et6mtcpj, HelmRelease grafana/grafana-operator--operator
    grafana-operator/operator: OCIRepository grafana/grafana-operator--operator-keympcwy, HelmRelease grafana/grafana-operator--operator
    grafana-operator/operator: OCIRepository grafana/grafana-operator--operator-4gicuzzb, HelmRelease grafana/grafana-operator--operator
    ingress-nginx/controller: HelmRepository ingress-nginx/ingress-nginx--controller, HelmRelease ingress-nginx/ingress-nginx--controller
    jaeger/jaeger: Jaeger tracing/jaeger
    jaeger/jaeger: OpenTelemetryCollector tracing/jaeger
    jaeger-operator/operator: HelmRepository tracing/jaeger-operator--operator, HelmRelease tracing/jaeger-operator--operator
    kube-state-metrics/kube-state-metrics: HelmRepository monitoring/kube-state-metrics, HelmRelease monitoring/kube-state-metrics
    loki/loki: HelmRepository loki/loki, HelmRelease loki/loki
    loki-bucket/bucket: Configuration loki/loki-bucket--bucket
    minio/minio: HelmRepository minio/minio, HelmRelease minio/minio
    opentelemetry-operator/operator: HelmRepository opentelemetry/opentelemetry-operator--operator, HelmRelease opentelemetry/opentelemetry-operator--operator
    prometheus/server: ServiceAccount monitoring/prometheus, ClusterRole -/prometheus, ClusterRoleBinding -/prometheus, Prometheus monitoring/main, ServiceMonitor monitoring/prometheus
    prometheus/server: ServiceAccount monitoring/prometheus, ClusterRole -/prometheus, ClusterRoleBinding -/prometheus, ScrapeConfig monitoring/kubelets, Prometheus monitoring/main, ServiceMonitor monitoring/prometheus
    prometheus-operator/operator: HelmRepository monitoring/prometheus-operator--operator, HelmRelease monitoring/prometheus-operator--operator
    traefik/traefik: HelmRepository traefik/traefik, HelmRelease traefik/traefik
    ");
}

fn summary(objects: &[Value]) -> String {
    let text = |object: &Value, pointer| {
        object
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or("-")
            .to_owned()
    };
    let objects = objects.iter().map(|object| {
        format!(
            "{} {}/{}",
            text(object, "/kind"),
            text(object, "/metadata/namespace"),
            text(object, "/metadata/name")
        )
    });
    objects.collect::<Vec<_>>().join(", ")
}
