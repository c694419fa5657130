//! `manifests`: a module each.

use catalog_conditions::document::Node;

use super::manifest::Package;
use crate::import::file_name::flat;
use crate::import::reading::{brief, is_address, string};
use crate::import::walk::below;
use crate::module::{ManifestsRemote, ModuleContent};

/// The module of one item.
pub(super) fn module(package: &mut Package<'_>, item: &Node) {
    let Some(url) = string(item, "url") else {
        return package
            .reading
            .lose(item.span(), "manifest", "has no `url`");
    };
    let remote = is_address(url).then(|| ManifestsRemote {
        url: url.to_owned(),
        sha256: None,
    });
    let file = beside(package, url, remote.is_some());
    if file.is_none() && remote.is_none() {
        let problem = "is neither an address nor a file of the version's folder";
        return package.reading.lose(item.span(), "manifest", problem);
    }
    let name = url.split(['?', '#']).next().unwrap_or_default();
    let name = flat(name.rsplit('/').next().unwrap_or_default());
    let name = name
        .strip_suffix(".yaml")
        .or_else(|| name.strip_suffix(".yml"))
        .unwrap_or(&name);
    let name = brief(if name.is_empty() { "manifests" } else { name });
    let content = ModuleContent::Manifests { path: None, remote };
    let given = package.draft.module(&name, content).name.clone();
    if let Some(path) = file
        && let Some(bytes) = package.files.remove(&path)
    {
        let folder = format!("manifests/{given}");
        let origin = below(&package.folder, &path);
        let made = format!("{folder}/{}", flat(&path));
        package.draft.keep(made, &origin, bytes);
        if let Some(last) = package.draft.modules.last_mut()
            && let ModuleContent::Manifests { path, .. } = &mut last.content
        {
            *path = Some(folder);
        }
    }
    package.reading.only(
        item,
        &["url"],
        "a manifests module has `url` and `sha256` only",
    );
}

/// The file that an address means: a relative one is beside `package.yaml`, and so is what the repository publishes under the version's own folder.
fn beside(package: &Package<'_>, url: &str, is_absolute: bool) -> Option<String> {
    let path = if is_absolute {
        let (name, version) = (
            &package.draft.metadata.name,
            &package.draft.metadata.version,
        );
        let url = url.replace("%2B", "+").replace("%2b", "+");
        let folder = format!("/packages/{name}/{version}/");
        url.split_once(&folder)?.1.to_owned()
    } else {
        url.trim_start_matches("./").to_owned()
    };
    package.files.contains_key(&path).then_some(path)
}
