//! CustomResourceDefinitions, as far as the API server would refuse them whatever their schemas say.
//!
//! The rules are those of `ValidateCustomResourceDefinition` in `k8s.io/apiextensions-apiserver`, and one of our own: a CRD that
//! serves nothing provides nothing, and was hardly meant.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::definitions::Reading;
use crate::definition::{Crd, CrdVersion, ObjectIdentity};
use crate::name::label_problem;

/// Old CRDs have other rules, and no server of the last years takes them.
const OLD: &str = "apiextensions.k8s.io/v1beta1";

/// Reports what is wrong with a CRD.
pub(super) fn check(reading: &mut Reading<'_>, object: &Value, identity: &ObjectIdentity) {
    if object.get("apiVersion").and_then(Value::as_str) == Some(OLD) {
        let message = format!(
            "no API server since Kubernetes 1.22 takes a CustomResourceDefinition of {OLD}"
        );
        let span = reading.span(&["apiVersion"]);
        let diagnostic = reading.reader.warning("crd.v1beta1", span, message);
        reading
            .diagnostics
            .push(diagnostic.help("write it as `apiextensions.k8s.io/v1`"));
        return;
    }
    let crd = Crd::new(object);
    let mut check = Check { reading, object };
    check.group(crd, identity);
    check.names(crd);
    if crd.scope().is_none() {
        check.refuse(
            &["spec", "scope"],
            "`spec.scope` must be `Cluster` or `Namespaced`",
        );
    }
    check.versions(crd);
    check.conversion();
    if object.pointer("/spec/preserveUnknownFields") == Some(&Value::Bool(true)) {
        check.refuse(&["spec", "preserveUnknownFields"], "`spec.preserveUnknownFields` cannot be true: write `x-kubernetes-preserve-unknown-fields: true` into the schema");
    }
}

struct Check<'a, 'r> {
    reading: &'a mut Reading<'r>,
    object: &'a Value,
}

impl Check<'_, '_> {
    fn refuse(&mut self, place: &[&str], message: &str) {
        let span = self.reading.span(place);
        self.reading.error("crd", span, message);
    }

    fn required(&mut self, place: &[&str], value: Option<&str>) {
        if value.is_none_or(str::is_empty) {
            let message = format!("this CustomResourceDefinition has no `{}`", place.join("."));
            self.refuse(place, &message);
        }
    }

    fn group(&mut self, crd: Crd<'_>, identity: &ObjectIdentity) {
        let place = ["spec", "group"];
        self.required(&place, crd.group());
        let Some(group) = crd.group().filter(|group| !group.is_empty()) else {
            return;
        };
        let parts_fit = group.split('.').all(|part| label_problem(part).is_none());
        if !parts_fit || !group.contains('.') || group.len() > 253 {
            let message = format!("the group `{group}` is not a domain with at least one dot");
            self.refuse(&place, &message);
        } else if is_unapproved(group, self.object.pointer("/metadata/annotations")) {
            let message = format!(
                "the group `{group}` is Kubernetes' own: a CustomResourceDefinition in it needs the annotation `api-approved.kubernetes.io`"
            );
            self.refuse(&place, &message);
        }
        if let Some(plural) = crd.plural()
            && identity.name() != format!("{plural}.{group}")
        {
            let message = format!(
                "the name of this CustomResourceDefinition must be `{plural}.{group}`, not `{}`",
                identity.name()
            );
            self.refuse(&["metadata", "name"], &message);
        }
    }

    fn names(&mut self, crd: Crd<'_>) {
        self.required(&["spec", "names", "kind"], crd.kind());
        self.required(&["spec", "names", "plural"], crd.plural());
        for (key, name) in [
            ("plural", crd.plural()),
            ("singular", crd.singular()),
            ("kind", crd.kind()),
            ("listKind", crd.list_kind()),
        ] {
            self.name(key, name);
        }
        for (key, names) in [
            ("shortNames", crd.short_names().collect::<Vec<_>>()),
            ("categories", crd.categories().collect()),
        ] {
            for name in names {
                self.name(key, Some(name));
            }
        }
        if let (Some(kind), Some(list)) = (crd.kind(), crd.list_kind())
            && kind == list
        {
            self.refuse(
                &["spec", "names", "listKind"],
                "`spec.names.listKind` and `spec.names.kind` must differ",
            );
        }
    }

    fn name(&mut self, key: &str, name: Option<&str>) {
        // One that is missing or empty is said to be, or takes a default.
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return;
        };
        // Kinds are written in capitals, and judged in lower case.
        let judged = match key {
            "kind" | "listKind" => Cow::Owned(name.to_ascii_lowercase()),
            _ => Cow::Borrowed(name),
        };
        if let Some(problem) = dns_1035_problem(&judged) {
            let message = format!("`spec.names.{key}` cannot be `{name}`: {problem}");
            self.refuse(&["spec", "names", key], &message);
        }
    }

    fn versions(&mut self, crd: Crd<'_>) {
        let mut names = BTreeSet::new();
        for (index, version) in crd.versions().enumerate() {
            self.version(index, version);
            if let Some(name) = version.name()
                && !names.insert(name)
            {
                let message = format!("two versions are named `{name}`");
                self.refuse(&["spec", "versions", &index.to_string(), "name"], &message);
            }
        }
        let stored = crd
            .versions()
            .filter(|version| version.is_storage())
            .count();
        if stored != 1 && crd.versions().next().is_some() {
            let message = format!(
                "exactly one of `spec.versions` is the one in which objects are stored, not {stored}: give one `storage: true`, the others `storage: false`"
            );
            self.refuse(&["spec", "versions"], &message);
        }
        // Where one says neither, that has been reported.
        let says =
            |version: CrdVersion<'_>| version.value().get("served").is_some_and(Value::is_boolean);
        if !crd.versions().any(CrdVersion::is_served) && crd.versions().all(says) {
            self.refuse(&["spec", "versions"], "this CustomResourceDefinition serves no version: one of `spec.versions` needs `served: true`");
        }
    }

    fn version(&mut self, index: usize, version: CrdVersion<'_>) {
        let index = index.to_string();
        let place = |key: &'static str| ["spec", "versions", index.as_str(), key];
        let named = version.name().unwrap_or_default();
        if let Some(problem) = dns_1035_problem(named) {
            let message = format!("a version cannot be named `{named}`: {problem}");
            self.refuse(&place("name"), &message);
        }
        for key in ["served", "storage"] {
            if !version.value().get(key).is_some_and(Value::is_boolean) {
                let message =
                    format!("the version `{named}` must say `{key}: true` or `{key}: false`");
                self.refuse(&place(key), &message);
            }
        }
        match version.schema() {
            Some(Value::Object(schema)) => {
                if schema.get("type").and_then(Value::as_str) != Some("object") {
                    let message = format!(
                        "the schema of the version `{named}` must begin with `type: object`"
                    );
                    self.refuse(&place("schema"), &message);
                }
            }
            _ => {
                let message = format!("the version `{named}` has no `schema.openAPIV3Schema`");
                self.refuse(&place("schema"), &message);
            }
        }
        if version.deprecation_warning().is_some() && !version.is_deprecated() {
            let message = format!(
                "the version `{named}` has a `deprecationWarning` without `deprecated: true`"
            );
            self.refuse(&place("deprecationWarning"), &message);
        }
    }

    fn conversion(&mut self) {
        let place = ["spec", "conversion"];
        // To the API server, null is absent.
        let given = |value: &&Value| !value.is_null();
        let conversion = self.object.pointer("/spec/conversion");
        let Some(conversion) = conversion.filter(given) else {
            return;
        };
        let webhook = conversion.get("webhook").filter(given);
        match (conversion.get("strategy").and_then(Value::as_str), webhook) {
            (Some("None"), None) => {}
            (Some("None"), Some(_)) => {
                self.refuse(
                    &place,
                    "`spec.conversion.webhook` goes with `strategy: Webhook` only",
                );
            }
            (Some("Webhook"), Some(webhook)) => {
                let reviews = webhook
                    .get("conversionReviewVersions")
                    .and_then(Value::as_array);
                let client = webhook.get("clientConfig");
                if reviews.is_none_or(Vec::is_empty) || !client.is_some_and(Value::is_object) {
                    self.refuse(&place, "`spec.conversion.webhook` needs `clientConfig` and `conversionReviewVersions`");
                }
            }
            (Some("Webhook"), None) => {
                self.refuse(
                    &place,
                    "`strategy: Webhook` needs `spec.conversion.webhook`",
                );
            }
            _ => self.refuse(
                &place,
                "`spec.conversion.strategy` must be `None` or `Webhook`",
            ),
        }
    }
}

fn is_protected(group: &str) -> bool {
    ["k8s.io", "kubernetes.io"].iter().any(|own| {
        group
            .strip_suffix(own)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// Whether a CRD is in a group of Kubernetes' own, and has no annotation that says that it may be.
pub(crate) fn is_unapproved(group: &str, annotations: Option<&Value>) -> bool {
    let approved = annotations.and_then(|all| all.get("api-approved.kubernetes.io"));
    let is_approved = approved.and_then(Value::as_str).is_some_and(|text| {
        text.starts_with("unapproved")
            || text.starts_with("https://")
            || text.starts_with("http://")
    });
    is_protected(group) && !is_approved
}

/// A DNS-1035 label: like a DNS-1123 label, but beginning with a letter.
fn dns_1035_problem(text: &str) -> Option<&'static str> {
    let digit = text.starts_with(|c: char| c.is_ascii_digit());
    label_problem(text).or(digit.then_some("it must begin with a letter"))
}
