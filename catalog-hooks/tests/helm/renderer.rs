//! What a plan keeps for the driver.

use catalog_hooks::module::{HelmRenderer, ModuleRenderer, ModuleValues, RenderedContent};
use catalog_model::{LoadOptions, MemorySource, load};
use serde_json::{Value, json};

fn rendered(module: &str) -> Result<Value, String> {
    let modules = format!("modules:\n- {module}\n");
    let source = MemorySource::from_iter([
        ("shop/1.0.0/metadata.yaml", "name: shop\nversion: 1.0.0\n"),
        ("shop/1.0.0/modules.yaml", &modules),
        (
            "shop/1.0.0/charts/web/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 0.1.0\n",
        ),
    ]);
    let catalog = load(&source, &LoadOptions::default())
        .unwrap()
        .into_catalog();
    let release = &catalog.packages().next().unwrap().releases()[0];
    let set = json!({"replicas": 3}).as_object().cloned().unwrap();
    let renderer =
        HelmRenderer::new().with_values(ModuleValues::new().set("shop", "here", "web", set));
    let rendered = renderer
        .render(release, &release.modules()[0], "here")
        .map_err(|error| error.to_string())?;
    match rendered.map(|rendered| rendered.content().clone()) {
        Some(RenderedContent::Driver { driver, input }) => {
            assert_eq!(driver, "helm");
            Ok(input)
        }
        _ => Ok(Value::Null),
    }
}

#[test]
fn charts_are_pinned_with_their_values() {
    let remote = "chart: {remote: {repo: 'https://charts.example.com', name: web, version: 1.2.0}}\n  values: {replicas: 2, debug: true}";
    assert_eq!(
        rendered(remote),
        Ok(json!({
            "release": "shop--web",
            "chart": {"remote": {"repo": "https://charts.example.com", "name": "web", "version": "1.2.0"}},
            "values": {"replicas": 3, "debug": true},
        })),
    );
    assert_eq!(
        rendered("chart: {path: ./charts/web}"),
        Ok(
            json!({"release": "shop--web", "chart": {"carried": "shop/1.0.0/charts/web"}, "values": {"replicas": 3}})
        ),
    );
    assert_eq!(
        rendered("terraform: {remote: {source: a/b/c, version: 1.0.0}}"),
        Ok(Value::Null)
    );
}

#[test]
fn a_chart_that_would_become_an_option_is_refused() {
    assert_eq!(
        rendered("chart: {remote: {repo: 'https://charts.example.com', name: --post-renderer=sh, version: 1.2.0}}\n  name: web"),
        Err("module `web` of shop 1.0.0 cannot be deployed: `--post-renderer=sh` is not the name of a chart: use letters, digits, `.`, `_` and `-`".to_owned()),
    );
}
