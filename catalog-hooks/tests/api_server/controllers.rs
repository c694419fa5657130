//! Flux and the Terraform controller, as far as their objects show them: definitions with the fields that the renderers write, and somebody
//! who writes what the controllers would write.

use std::sync::Mutex;
use std::time::Duration;

use catalog_hooks::module::{
    FluxRenderer, ModuleError, ModuleRenderer, RenderedModule, TerraformRenderer,
};
use catalog_model::{MemorySource, Module, Release};
use serde_json::{Value, json};

use crate::world::{World, text};

/// What the controllers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conduct {
    /// All comes to be as it was asked for.
    Works,
    /// They try, and give up.
    GivesUp,
    /// They look at nothing: what they said before stays.
    Sleeps,
}

/// The API versions, kinds and plurals.
const KINDS: [(&str, &str, &str); 4] = [
    (
        "source.toolkit.fluxcd.io/v1",
        "HelmRepository",
        "helmrepositories",
    ),
    (
        "source.toolkit.fluxcd.io/v1",
        "OCIRepository",
        "ocirepositories",
    ),
    ("helm.toolkit.fluxcd.io/v2", "HelmRelease", "helmreleases"),
    (
        "terraform.core.oam.dev/v1beta2",
        "Configuration",
        "configurations",
    ),
];

/// Charts go to Flux, Terraform modules to the Terraform controller.
pub(crate) struct Rendered;

impl ModuleRenderer for Rendered {
    fn render(
        &self,
        release: &Release,
        module: &Module,
        namespace: &str,
    ) -> Result<Option<RenderedModule>, ModuleError> {
        let flux = FluxRenderer::new().render(release, module, namespace)?;
        if flux.is_some() {
            return Ok(flux);
        }
        let source = MemorySource::from_iter(Vec::<(String, String)>::new());
        TerraformRenderer::new(&source).render(release, module, namespace)
    }
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({"type": "object", "required": required, "properties": properties})
}

fn one_of(values: &[&str]) -> Value {
    json!({"type": "string", "enum": values})
}

fn free() -> Value {
    json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true})
}

fn repository(kind: &str, duration: &Value) -> Value {
    let text = json!({"type": "string"});
    if kind == "HelmRepository" {
        let url = json!({"type": "string", "pattern": "^(http|https|oci)://.*$"});
        return object(&["url"], json!({"url": url, "interval": duration}));
    }
    let layer = object(
        &[],
        json!({"mediaType": text, "operation": one_of(&["extract", "copy"])}),
    );
    let tag = object(&[], json!({"tag": text, "semver": text, "digest": text}));
    let url = json!({"type": "string", "pattern": "^oci://.*$"});
    object(
        &["url", "interval"],
        json!({"url": url, "interval": duration, "ref": tag, "layerSelector": layer}),
    )
}

fn release(duration: &Value) -> Value {
    let text = |longest: u32| json!({"type": "string", "minLength": 1, "maxLength": longest});
    let source = object(
        &["name"],
        json!({
            "kind": one_of(&["HelmRepository", "GitRepository", "Bucket"]),
            "name": text(253), "namespace": text(63),
        }),
    );
    let chart = object(
        &["chart", "sourceRef"],
        json!({
            "chart": text(2048), "version": {"type": "string", "default": "*"}, "interval": duration,
            "sourceRef": source,
            "reconcileStrategy": {"type": "string", "enum": ["ChartVersion", "Revision"], "default": "ChartVersion"},
        }),
    );
    let reference = object(
        &["kind", "name"],
        json!({"kind": one_of(&["OCIRepository", "HelmChart"]), "name": text(253), "namespace": text(63)}),
    );
    let remediation = object(
        &[],
        json!({"retries": {"type": "integer"}, "remediateLastFailure": {"type": "boolean"}}),
    );
    let action = object(&[], json!({"remediation": remediation}));
    let mut spec = object(
        &["interval"],
        json!({
            "chart": object(&["spec"], json!({"spec": chart})), "chartRef": reference,
            "interval": duration, "timeout": duration,
            "releaseName": text(53), "targetNamespace": text(63),
            "install": action, "upgrade": action, "values": free(),
        }),
    );
    spec["x-kubernetes-validations"] = json!([{
        "rule": "has(self.chart) != has(self.chartRef)", "message": "either a chart or a reference to one",
    }]);
    spec
}

fn configuration() -> Value {
    let text = json!({"type": "string"});
    let reference = object(&["name"], json!({"name": text, "namespace": text}));
    object(
        &[],
        json!({
            "hcl": text, "remote": text, "path": text, "variable": free(),
            "deleteResource": {"type": "boolean", "default": true},
            "providerRef": reference, "writeConnectionSecretToRef": reference,
        }),
    )
}

fn status(kind: &str) -> Value {
    let text = json!({"type": "string"});
    if kind == "Configuration" {
        let apply = object(&[], json!({"state": text, "message": text}));
        return object(
            &[],
            json!({"observedGeneration": {"type": "integer"}, "apply": apply}),
        );
    }
    let condition = object(
        &["type", "status", "reason", "message", "lastTransitionTime"],
        json!({
            "type": text, "status": one_of(&["True", "False", "Unknown"]), "reason": text, "message": text,
            "lastTransitionTime": {"type": "string", "format": "date-time"},
            "observedGeneration": {"type": "integer", "minimum": 0},
        }),
    );
    let mut status = object(
        &[],
        json!({
            "observedGeneration": {"type": "integer"},
            "conditions": {"type": "array", "items": condition},
        }),
    );
    status["default"] = json!({"observedGeneration": -1});
    status
}

/// Makes the kinds known to the server, unless another test has done it.
pub(crate) async fn define(world: &World) {
    let duration = json!({"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$"});
    for (api_version, kind, plural) in KINDS {
        let (group, version) = api_version.split_once('/').expect("a group");
        let spec = match kind {
            "HelmRelease" => release(&duration),
            "Configuration" => configuration(),
            _ => repository(kind, &duration),
        };
        let mut crd = crate::server_objects::crd(group, plural, kind, version);
        crd["spec"]["versions"][0]["subresources"] = json!({"status": {}});
        crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"] =
            object(&[], json!({"spec": spec, "status": status(kind)}));
        let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        world.try_send("POST", path, &crd).await;
        let target = crate::runner::global(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            &format!("{plural}.{group}"),
        );
        let done =
            |crd: Option<&Value>| crd.is_some_and(|crd| crate::hook::has(crd, "Established"));
        world.until(kind, &target, done).await;
    }
}

/// The controllers of one namespace.
pub(crate) struct Controllers {
    world: World,
    conduct: Mutex<Conduct>,
}

impl Controllers {
    pub(crate) fn new(world: World, conduct: Conduct) -> Self {
        Self {
            world,
            conduct: Mutex::new(conduct),
        }
    }

    pub(crate) fn now(&self, conduct: Conduct) {
        *self.conduct.lock().expect("no panic") = conduct;
    }

    /// Does something while the controllers are at work.
    pub(crate) async fn beside<T>(&self, work: impl Future<Output = T>) -> T {
        tokio::select! {
            done = work => done,
            () = self.work() => panic!("controllers never end"),
        }
    }

    async fn work(&self) {
        loop {
            let conduct = *self.conduct.lock().expect("no panic");
            for (api_version, kind, plural) in KINDS {
                for object in self.world.list(api_version, kind).await {
                    let path = format!(
                        "/apis/{api_version}/namespaces/{}/{plural}/{}",
                        self.world.namespace,
                        text(&object, "/metadata/name")
                    );
                    self.reconcile(&object, kind, &path, conduct).await;
                }
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn reconcile(&self, object: &Value, kind: &str, path: &str, conduct: Conduct) {
        let is_going = !text(object, "/metadata/deletionTimestamp").is_empty();
        let held = object["metadata"].get("finalizers").is_some();
        let finalizers = |value: Value| json!({"metadata": {"finalizers": value}});
        match (conduct, is_going) {
            (Conduct::Sleeps, _) => {}
            (_, true) => {
                self.world
                    .try_send("PATCH", path, &finalizers(Value::Null))
                    .await
            }
            (_, false) => {
                if !held {
                    let ours = finalizers(json!(["controllers.example.com/held"]));
                    self.world.try_send("PATCH", path, &ours).await;
                }
                let status = said(object, kind, conduct);
                if object["status"] != status {
                    let path = format!("{path}/status");
                    self.world
                        .try_send("PATCH", &path, &json!({"status": status}))
                        .await;
                }
            }
        }
    }
}

/// What a controller says of an object at which it has looked.
fn said(object: &Value, kind: &str, conduct: Conduct) -> Value {
    let generation = &object["metadata"]["generation"];
    let works = conduct == Conduct::Works;
    if kind == "Configuration" {
        let apply = match works {
            true => json!({"state": "Available", "message": "cloud resources are deployed"}),
            false => json!({"state": "ApplyFailed", "message": "no such region"}),
        };
        return json!({"observedGeneration": generation, "apply": apply});
    }
    let condition = |name: &str, status: &str, reason: &str, message: &str| {
        json!({
            "type": name, "status": status, "reason": reason, "message": message,
            "lastTransitionTime": "2026-01-01T00:00:00Z", "observedGeneration": generation,
        })
    };
    let conditions = match works || kind != "HelmRelease" {
        true => json!([condition("Ready", "True", "Succeeded", "it is there")]),
        false => json!([
            condition("Stalled", "True", "RetriesExceeded", "no retries are left"),
            condition(
                "Ready",
                "False",
                "InstallFailed",
                "the chart has no values for it"
            ),
        ]),
    };
    json!({"observedGeneration": generation, "conditions": conditions})
}
