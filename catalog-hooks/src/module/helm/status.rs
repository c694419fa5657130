//! What `helm status` shows of a release.

use serde_json::Value;

use super::failure::line;
use super::input::HelmInput;
use crate::effect::ModuleStatus;
use crate::readiness::readiness;

/// How the release is: by Helm's word for it, and, once it is deployed, by the objects that it consists of.
pub(super) fn read(output: &[u8], input: &HelmInput) -> Result<ModuleStatus, String> {
    let shown: Value = serde_json::from_slice(output)
        .map_err(|error| format!("what `helm status` shows is not JSON: {error}"))?;
    let text = |pointer| shown.pointer(pointer).and_then(Value::as_str);
    let description = text("/info/description").unwrap_or_default();
    Ok(match text("/info/status").unwrap_or_default() {
        "deployed" if !description.contains(&input.mark()) => ModuleStatus::Absent,
        "deployed" => objects(&shown),
        "uninstalled" => ModuleStatus::Absent,
        "failed" => ModuleStatus::Failed(line(description)),
        status @ ("uninstalling" | "pending-install" | "pending-upgrade" | "pending-rollback") => {
            ModuleStatus::Progressing(format!(
                "helm says that it is `{status}`: {}",
                line(description)
            ))
        }
        status => return Err(format!("`helm status` shows a release that is `{status}`")),
    })
}

/// The worst of the objects; of those that are equally bad the first.
fn objects(shown: &Value) -> ModuleStatus {
    let kinds = shown.pointer("/info/resources").and_then(Value::as_object);
    // Pods that belong to workloads are shown too; the workloads know better which of them count.
    let own = kinds
        .into_iter()
        .flatten()
        .filter(|(kind, _)| !kind.ends_with("(related)"));
    let mut waiting = None;
    for object in own
        .flat_map(|(_, shown)| shown.as_array())
        .flatten()
        .flat_map(single)
    {
        let text = |pointer| {
            object
                .pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let name = format!("{} {}", text("/kind"), text("/metadata/name"));
        match readiness(object) {
            ModuleStatus::Failed(why) => return ModuleStatus::Failed(format!("{name}: {why}")),
            ModuleStatus::Progressing(why) if waiting.is_none() => {
                waiting = Some(format!("{name}: {why}"))
            }
            _ => {}
        }
    }
    waiting.map_or(ModuleStatus::Ready, ModuleStatus::Progressing)
}

/// Helm shows an object (3.19), a list, or, where it asked as kubectl does, a table with the objects in its rows.
fn single(shown: &Value) -> Vec<&Value> {
    let list = |key: &str| shown.get(key).and_then(Value::as_array);
    if let Some(rows) = list("rows") {
        return rows.iter().filter_map(|row| row.get("object")).collect();
    }
    match list("items") {
        Some(items) => items.iter().collect(),
        None => vec![shown],
    }
}
