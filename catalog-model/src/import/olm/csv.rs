//! The ClusterServiceVersion, and what catalogs say of it.

use catalog_conditions::document::{Entry, Node};
use catalog_conditions::version::VersionRange;
use serde_json::Value;

use super::bundle::Bundle;
use super::edges::Edge;
use super::{icon, install};
use crate::capability::Capability;
use crate::import::reading::{Reading, add_tags, brief, entries, is_address, string};
use crate::name::label_problem;

/// Where a release keeps the CSV.
pub(super) const KEPT: &str = "other/clusterserviceversion.yaml";

/// Takes what a CSV says.
pub(super) fn read(bundle: &mut Bundle, reading: &mut Reading<'_>, node: &Node) {
    for entry in entries(node) {
        match entry.name() {
            Some("apiVersion" | "kind") => {}
            Some("metadata") => metadata(bundle, reading, entry),
            Some("spec") => {
                for entry in reading.entries(entry) {
                    field(bundle, reading, entry);
                }
            }
            Some("status") => reading.lost(entry, "it is the state of a cluster"),
            _ => reading.lost(entry, "the format has no word for it"),
        }
    }
}

fn metadata(bundle: &mut Bundle, reading: &mut Reading<'_>, entry: &Entry) {
    for entry in reading.entries(entry) {
        match entry.name() {
            // The one says the version, and the other is a word that OLM replaces.
            Some("name" | "namespace" | "creationTimestamp") => {}
            Some("annotations") => annotations(bundle, reading, entry),
            Some("labels") => labels(bundle, reading, entry),
            _ => reading.lost(entry, "the format has no word for it"),
        }
    }
}

/// Takes the annotations of a CSV.
pub(super) fn annotations(bundle: &mut Bundle, reading: &mut Reading<'_>, entry: &Entry) {
    for annotation in reading.entries(entry) {
        match annotation.name().unwrap_or_default() {
            "description" => bundle.brief = reading.text(annotation),
            "categories" => {
                let text = reading.text(annotation).unwrap_or_default();
                let tags = text.split(',').map(|tag| tag.trim().to_owned());
                add_tags(
                    &mut bundle.draft.metadata,
                    tags.filter(|tag| !tag.is_empty()),
                );
            }
            "olm.skipRange" => {
                let range = reading
                    .text(annotation)
                    .filter(|text| is_range(reading, annotation, text));
                bundle.edges.skip_range = range;
            }
            "repository" => match reading.text(annotation) {
                Some(url) if is_address(&url) => bundle.draft.metadata.url = Some(url),
                Some(_) => reading.lost(
                    annotation,
                    "it is not an address such as `https://example.com/`",
                ),
                None => {}
            },
            "operatorframework.io/suggested-namespace" => match reading.text(annotation) {
                Some(name) if label_problem(&name).is_none() => {
                    bundle.draft.metadata.namespace = Some(name);
                }
                _ => reading.wrong(annotation, "is not the name of a namespace"),
            },
            "containerImage" => {
                if let Some(image) = reading.text(annotation) {
                    bundle.image("containerImage", &image);
                }
            }
            "createdAt" => reading.lost(annotation, "the format has no times"),
            "alm-examples" => reading.lost(annotation, "the format has no examples of resources"),
            _ => reading.annotation(annotation, &mut bundle.draft.metadata),
        }
    }
}

/// Whether a text is a range of versions; said if not.
pub(super) fn is_range(reading: &mut Reading<'_>, entry: &Entry, text: &str) -> bool {
    match VersionRange::parse(text) {
        Ok(_) => true,
        Err(error) => {
            reading.bad_range(entry, &error.to_string());
            false
        }
    }
}

/// Takes labels.
pub(super) fn labels(bundle: &mut Bundle, reading: &mut Reading<'_>, entry: &Entry) {
    for label in reading.entries(entry) {
        reading.annotation(label, &mut bundle.draft.metadata);
    }
}

/// Takes a key of the specification, or of `olm.csv.metadata`, which has some of them under the same names.
pub(super) fn field(bundle: &mut Bundle, reading: &mut Reading<'_>, entry: &Entry) {
    match entry.name().unwrap_or_default() {
        "version" => version(bundle, reading, entry),
        "description" => bundle.description = reading.text(entry),
        "keywords" => reading.tags(entry, &mut bundle.draft.metadata),
        "maintainers" => {
            for item in reading.items(entry) {
                bundle
                    .draft
                    .metadata
                    .maintainers
                    .extend(crate::import::person::person(reading, item));
            }
        }
        "links" => links(bundle, reading, entry),
        "icon" => icon_of(bundle, reading, entry),
        "minKubeVersion" => {
            if let Some(version) = reading.text(entry) {
                let range = format!(">={version}");
                reading.kubernetes_range(entry, range, &mut bundle.draft.metadata);
            }
        }
        "replaces" => bundle.edges.replaces = Edge::read(reading, entry),
        "skips" => bundle.edges.skips = Edge::read_all(reading, entry),
        "relatedImages" => images(bundle, reading, entry),
        "customresourcedefinitions" | "crdDescriptions" => apis(bundle, reading, entry, crd),
        "apiservicedefinitions" | "apiServiceDefinitions" => {
            apis(bundle, reading, entry, api_service)
        }
        "install" => install::strategy(bundle, reading, entry),
        "installModes" => modes(bundle, reading, entry),
        "webhookdefinitions" => {
            for item in reading.items(entry) {
                let what = format!(
                    "webhook `{}`",
                    brief(string(item, "generateName").unwrap_or_default())
                );
                let why = "OLM makes its certificate, which no manifest can";
                reading.report.lost(reading.file, item.span(), what, why);
            }
        }
        "nativeAPIs" => reading.lost(
            entry,
            "every cluster has them, and no package provides them",
        ),
        "displayName" => reading.lost(entry, "a package has one name"),
        "provider" => reading.lost(entry, "the format has maintainers"),
        "labels" | "annotations" | "selector" => {
            reading.lost(entry, "it is about what OLM makes of the operator");
        }
        "maturity" | "support" | "cleanup" => reading.lost(entry, "the format has no word for it"),
        _ => reading.lost(entry, "it is not a key that OLM reads"),
    }
}

/// The version was read before; it is said only where another was taken.
fn version(bundle: &Bundle, reading: &mut Reading<'_>, entry: &Entry) {
    if let Some(version) = reading.text(entry)
        && version != bundle.draft.metadata.version
    {
        reading.wrong(entry, "is not the version that the bundle is known under");
    }
}

fn links(bundle: &mut Bundle, reading: &mut Reading<'_>, entry: &Entry) {
    for item in reading.items(entry) {
        let url = string(item, "url").filter(|url| is_address(url));
        if let Some(url) = url
            && bundle.draft.metadata.url.is_none()
        {
            bundle.draft.metadata.url = Some(url.to_owned());
            reading.only(item, &["url"], "a package has one address without a label");
            continue;
        }
        let what = format!("link `{}`", brief(string(item, "name").unwrap_or_default()));
        let why = match url {
            Some(_) => "a package has one address, and another comes first",
            None => "it is not an address such as `https://example.com/`",
        };
        reading.report.lost(reading.file, item.span(), what, why);
    }
}

fn icon_of(bundle: &mut Bundle, reading: &mut Reading<'_>, entry: &Entry) {
    let items = match entry.value().as_mapping() {
        Some(_) => std::slice::from_ref(entry.value()),
        None => reading.items(entry),
    };
    for item in items {
        reading.only(item, &icon::KEYS, "a picture is data of a type");
        match icon::icon(item).filter(|_| bundle.draft.metadata.icon.is_none()) {
            Some((name, bytes)) => {
                bundle.draft.metadata.icon = Some(name.clone());
                bundle.draft.keep(name, reading.file.path(), bytes);
            }
            None => reading.lose(
                item.span(),
                "icon",
                "is no picture in base64, or a second one",
            ),
        }
    }
}

/// Takes images.
pub(super) fn images(bundle: &mut Bundle, reading: &mut Reading<'_>, entry: &Entry) {
    for item in reading.items(entry) {
        reading.only(
            item,
            &["name", "image"],
            "an image is a name and an address",
        );
        match string(item, "image") {
            Some(image) => bundle.image(string(item, "name").unwrap_or_default(), image),
            None => reading.lose(item.span(), "image", "has no `image`"),
        }
    }
}

/// What is owned is provided, and what is required is required.
fn apis(
    bundle: &mut Bundle,
    reading: &mut Reading<'_>,
    entry: &Entry,
    api: fn(&Node) -> Option<Capability>,
) {
    for list in reading.entries(entry) {
        let is_owned = match list.name() {
            Some("owned") => true,
            Some("required") => false,
            _ => {
                reading.lost(list, "the format has no word for it");
                continue;
            }
        };
        for item in reading.items(list) {
            match api(item) {
                Some(api) if is_owned => drop(bundle.provides.insert(api)),
                Some(api) => drop(bundle.requires.insert(api)),
                None => reading.lose(item.span(), "API", "has no name, version or kind"),
            }
            let why = "it describes a resource for a console";
            reading.only(item, &["name", "group", "version", "kind"], why);
        }
    }
}

/// A CRD is named after its plural and its group.
fn crd(item: &Node) -> Option<Capability> {
    let (_, group) = string(item, "name")?.split_once('.')?;
    let (version, kind) = (string(item, "version")?, string(item, "kind")?);
    Capability::parse_api(&format!("{group}/{version}/{kind}")).ok()
}

fn api_service(item: &Node) -> Option<Capability> {
    let (group, version) = (string(item, "group")?, string(item, "version")?);
    Capability::parse_api(&format!("{group}/{version}/{}", string(item, "kind")?)).ok()
}

fn modes(bundle: &mut Bundle, reading: &mut Reading<'_>, entry: &Entry) {
    let mut watches_all = false;
    for item in reading.items(entry) {
        let is_supported = item.value("supported").map(Node::to_json) == Some(Value::Bool(true));
        watches_all |= is_supported && string(item, "type") == Some("AllNamespaces");
    }
    bundle.watches_all = watches_all;
    let why = if watches_all {
        "the manifests are those for all namespaces"
    } else {
        "the manifests are those for the operator's own namespace"
    };
    reading.lost(entry, why);
}
