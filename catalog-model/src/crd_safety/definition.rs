//! Two CRDs, above their schemas.

use std::collections::BTreeSet;

use serde_json::Value;

use super::audience::{Audience, Hit};
use super::comparison::{Comparison, Spot};
use super::finding::Break;
use super::place::Place;
use super::rules;
use super::view::{VersionView, View};
use crate::pointer::escaped;

/// What `spec` holds that some rule looks at.
const KNOWN: [&str; 11] = [
    "group",
    "names",
    "scope",
    "versions",
    "version",
    "conversion",
    "preserveUnknownFields",
    "validation",
    "subresources",
    "additionalPrinterColumns",
    "selectableFields",
];

/// What a version holds that some rule looks at, or that changes nothing for anybody.
const KNOWN_OF_VERSION: [&str; 9] = [
    "name",
    "served",
    "storage",
    "schema",
    "subresources",
    "additionalPrinterColumns",
    "deprecated",
    "deprecationWarning",
    "selectableFields",
];

impl<'a> Comparison<'a> {
    /// Compares all that is said.
    pub(super) fn run(&mut self) {
        self.names();
        self.preserved();
        let (old, new) = (self.old.versions(), self.new.versions());
        self.conversion(old.len().max(new.len()));
        for before in &old {
            self.versions = (Some(before.name.to_owned()), None);
            match new.iter().find(|now| now.name == before.name) {
                None => self.gone(before),
                Some(now) => self.version(before, now),
            }
        }
        self.siblings(&old, &new);
        self.versions = (None, None);
        self.unclassified_of_spec();
        self.acceptance();
    }

    fn names(&mut self) {
        let (old, new) = (self.old, self.new);
        for (pointer, rule) in [
            ("/metadata/name", &rules::NAME),
            ("/spec/group", &rules::NAME),
            ("/spec/names/plural", &rules::NAME),
            ("/spec/names/kind", &rules::KIND),
            ("/spec/scope", &rules::SCOPE),
        ] {
            let (Some(from), Some(to)) = (old.text(pointer), new.text(pointer)) else {
                continue;
            };
            if from != to {
                let field = pointer.trim_start_matches('/').replace('/', ".");
                let reason = format!(
                    "`{field}` was `{from}` and is `{to}`: the server takes no such change"
                );
                self.report_whole(rule, [Hit::Apply], (Some(pointer), Some(pointer)), reason);
            }
        }
        let list_kind = |view: View<'a>| {
            let kind = view.text("/spec/names/kind").unwrap_or_default();
            view.text("/spec/names/listKind")
                .map_or_else(|| format!("{kind}List"), str::to_owned)
        };
        let singular = |view: View<'a>| {
            let kind = view.text("/spec/names/kind").unwrap_or_default();
            view.text("/spec/names/singular")
                .map_or_else(|| kind.to_lowercase(), str::to_owned)
        };
        self.name("listKind", &[list_kind(old)], &[list_kind(new)]);
        self.name("singular", &[singular(old)], &[singular(new)]);
        for list in ["shortNames", "categories"] {
            let pointer = format!("/spec/names/{list}");
            let of = |view: View<'a>| view.texts(&pointer).map(str::to_owned).collect::<Vec<_>>();
            self.name(list, &of(old), &of(new));
        }
    }

    /// Names by which the kind was found and is not any more.
    fn name(&mut self, field: &str, old: &[String], new: &[String]) {
        let gone: Vec<&str> = old
            .iter()
            .filter(|name| !new.contains(name))
            .map(String::as_str)
            .collect();
        if !gone.is_empty() {
            let pointer = format!("/spec/names/{field}");
            let is_new = self.new.at(&pointer).is_some();
            let new = if is_new {
                pointer.as_str()
            } else {
                "/spec/names"
            };
            let reason = format!(
                "`{}` of `names.{field}` is gone: whoever asks by that name finds nothing",
                gone.join("`, `")
            );
            self.report_whole(
                &rules::NAMES,
                [Hit::Read],
                (Some(&pointer), Some(new)),
                reason,
            );
        }
    }

    fn preserved(&mut self) {
        let pointer = "/spec/preserveUnknownFields";
        let (hits, reason): (Audience, _) = match (self.old.prunes(), self.new.prunes()) {
            (false, true) => (
                [Hit::Read, Hit::Create].into(),
                "fields that no schema names were kept, and are dropped when objects are read",
            ),
            (true, false) => (
                [Hit::Apply].into(),
                "`preserveUnknownFields` is true, which no server of today takes for what did not have it before",
            ),
            _ => return,
        };
        self.report_whole(
            &rules::PRUNING,
            hits,
            (Some(pointer), Some(pointer)),
            reason.to_owned(),
        );
    }

    /// With one version nothing is converted, whatever is said.
    fn conversion(&mut self, versions: usize) {
        let (old, new) = (self.old, self.new);
        let pointer = "/spec/conversion";
        let reason = match (old.has_webhook(), new.has_webhook()) {
            _ if versions < 2 => return,
            (false, true) => {
                "versions were converted by the server, and are by a webhook: where it does not answer, nothing can be read or written in another version than the stored one"
            }
            (true, false) => {
                "versions were converted by a webhook, and only their `apiVersion` changes now: what the webhook translated is dropped or read wrongly"
            }
            (true, true) if webhook(old) != webhook(new) => {
                "another webhook converts versions: whether it does so as the old one, nothing tells"
            }
            _ => return,
        };
        let hits = [Hit::Read, Hit::Create, Hit::Update];
        let new_pointer = new.at(pointer).map_or("/spec", |_| pointer);
        self.report_whole(
            &rules::CONVERSION,
            hits,
            (Some(pointer), Some(new_pointer)),
            reason.to_owned(),
        );
    }

    /// A version that is no longer there.
    fn gone(&mut self, old: &VersionView<'a>) {
        let name = old.name;
        // The storage version of the old CRD is stored, whatever else is.
        let is_stored = if old.is_storage {
            Some(true)
        } else {
            self.stored.has_version(name)
        };
        let places = (Some(old.pointer.as_str()), Some("/spec/versions"));
        if is_stored != Some(false) {
            let reason = match is_stored {
                Some(true) => format!(
                    "`{name}` is gone while `status.storedVersions` has it: the server refuses the CRD"
                ),
                _ => format!(
                    "`{name}` is gone: if `status.storedVersions` has it, which is not known here, the server refuses the CRD"
                ),
            };
            self.report_whole(&rules::STORED_VERSION, [Hit::Apply], places, reason);
            if let Some(last) = self.found.last_mut() {
                last.is_certain = is_stored.is_some();
            }
        }
        if old.is_served {
            let reason =
                format!("`{name}` is gone: clients and manifests that name it find nothing");
            self.report_whole(
                &rules::VERSION,
                [Hit::Read, Hit::Create, Hit::Update],
                places,
                reason,
            );
        }
    }

    fn version(&mut self, old: &VersionView<'a>, new: &VersionView<'a>) {
        if !old.is_served {
            if old.is_storage && new.is_storage {
                self.stored_defaults(old, new);
            }
            return;
        }
        if !new.is_served {
            let reason = format!(
                "`{}` is no longer served: clients and manifests that name it find nothing",
                old.name
            );
            let (was, is) = (
                format!("{}/served", old.pointer),
                format!("{}/served", new.pointer),
            );
            let hits = [Hit::Read, Hit::Create, Hit::Update];
            return self.report_whole(&rules::VERSION, hits, (Some(&was), Some(&is)), reason);
        }
        self.schemas_of(old, new);
        self.subresources(old, new);
        self.selectable(old, new);
        self.unclassified_of_version(old, new);
    }

    fn schemas_of(&mut self, old: &VersionView<'a>, new: &VersionView<'a>) {
        let spot = Spot {
            place: Place::root(&old.schema_pointer, &new.schema_pointer),
            is_uncorrelated: false,
            required: (false, false),
            within: None,
        };
        self.schemas(old.schema, new.schema, &spot);
    }

    /// What is stored has the defaults of the version that it is stored in, in whatever version it is read, though nobody may ask for that one.
    fn stored_defaults(&mut self, old: &VersionView<'a>, new: &VersionView<'a>) {
        let before = self.found.len();
        self.schemas_of(old, new);
        let found = self.found.split_off(before).into_iter();
        let defaults =
            found.filter(|one| one.code() == rules::DEFAULT.code() && one.does_hit(Hit::Read));
        self.found.extend(defaults.map(|one| Break {
            hits: [Hit::Read].into(),
            ..one
        }));
    }

    fn subresources(&mut self, old: &VersionView<'a>, new: &VersionView<'a>) {
        let mut told = |pointer: &str, hits: &[Hit], reason: &str| {
            let (was, is) = (
                format!("{}{pointer}", old.pointer),
                format!("{}{pointer}", new.pointer),
            );
            let places = (
                Some(old.at(pointer).map_or(old.pointer.as_str(), |_| &was)),
                Some(new.at(pointer).map_or(new.pointer.as_str(), |_| &is)),
            );
            let hits: Audience = hits.iter().copied().collect();
            self.report_whole(&rules::SUBRESOURCE, hits, places, reason.to_owned());
        };
        let status = "/subresources/status";
        match (old.at(status), new.at(status)) {
            (None, Some(_)) => told(
                status,
                &[Hit::Read, Hit::Update],
                "`status` has an address of its own: what is written of it with the rest of an object is dropped",
            ),
            (Some(_), None) => told(
                status,
                &[Hit::Update],
                "`status` has no address of its own any more: clients that write to it are refused",
            ),
            _ => {}
        }
        let scale = "/subresources/scale";
        match (old.at(scale), new.at(scale)) {
            (Some(_), None) => told(
                scale,
                &[Hit::Read, Hit::Update],
                "there is no scale any more: autoscalers and `kubectl scale` are refused",
            ),
            (Some(was), Some(is)) if was != is => told(
                scale,
                &[Hit::Read, Hit::Update],
                "the scale stands in other fields: autoscalers read and write those",
            ),
            _ => {}
        }
    }

    fn selectable(&mut self, old: &VersionView<'a>, new: &VersionView<'a>) {
        let pointer = "/selectableFields";
        let paths = |version: &VersionView<'a>| {
            let list = version
                .at(pointer)
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            let paths = list.filter_map(|field| field.get("jsonPath")?.as_str());
            paths.collect::<BTreeSet<&str>>()
        };
        let (before, now) = (paths(old), paths(new));
        let gone: Vec<&str> = before.difference(&now).copied().collect();
        if !gone.is_empty() {
            let was = format!("{}{pointer}", old.pointer);
            let reason = format!(
                "objects can no longer be selected by `{}`: clients that do are refused",
                gone.join("`, `")
            );
            self.report_whole(
                &rules::SELECTABLE_FIELD,
                [Hit::Read],
                (Some(&was), Some(&new.pointer)),
                reason,
            );
        }
    }

    fn unclassified_of_spec(&mut self) {
        let (old, new) = (self.old.at("/spec"), self.new.at("/spec"));
        self.unknown_keys(("/spec", old), ("/spec", new), &KNOWN);
    }

    fn unclassified_of_version(&mut self, old: &VersionView<'a>, new: &VersionView<'a>) {
        if old.value().get("served").is_none() || new.value().get("served").is_none() {
            // The `spec` of v1beta1, which has been asked.
            return;
        }
        let (before, now) = (Some(old.value()), Some(new.value()));
        self.unknown_keys(
            (&old.pointer, before),
            (&new.pointer, now),
            &KNOWN_OF_VERSION,
        );
    }

    fn unknown_keys(
        &mut self,
        old: (&str, Option<&'a Value>),
        new: (&str, Option<&'a Value>),
        known: &[&str],
    ) {
        let map = |value: Option<&'a Value>| value.and_then(Value::as_object);
        let (before, now) = (map(old.1), map(new.1));
        let keys: BTreeSet<&String> = before
            .into_iter()
            .chain(now)
            .flat_map(|map| map.keys())
            .collect();
        for key in keys
            .into_iter()
            .filter(|key| !known.contains(&key.as_str()))
        {
            let value = |map: Option<&'a serde_json::Map<String, Value>>| {
                map.and_then(|map| map.get(key))
                    .filter(|value| !value.is_null())
            };
            if value(before) != value(now) {
                let below = |pointer: &str| format!("{pointer}/{}", escaped(key));
                let reason = format!("`{key}` is another one, and no rule says what that does");
                let places = (below(old.0), below(new.0));
                self.report_whole(
                    &rules::UNCLASSIFIED,
                    Hit::ALL,
                    (Some(&places.0), Some(&places.1)),
                    reason,
                );
            }
        }
    }
}

/// What is said of the webhook, without the bundle of certificates that controllers inject and renew.
fn webhook(view: View<'_>) -> Value {
    let mut conversion = view.at("/spec/conversion").cloned().unwrap_or_default();
    for config in ["/webhook/clientConfig", "/webhookClientConfig"] {
        if let Some(config) = conversion
            .pointer_mut(config)
            .and_then(Value::as_object_mut)
        {
            config.remove("caBundle");
            if let Some(service) = config.get_mut("service").and_then(Value::as_object_mut) {
                // The server's default.
                service.entry("port").or_insert(Value::from(443));
            }
        }
    }
    conversion
}
