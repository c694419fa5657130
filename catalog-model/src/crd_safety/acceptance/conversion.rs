//! What is said of how versions become each other.

use std::collections::HashSet;

use serde_json::Value;

use super::authority::is_bundle;
use super::definition::not_a_label;
use super::{Acceptance, Spared};

const WEBHOOK: &str = "/spec/conversion/webhook";

impl Acceptance<'_> {
    /// A webhook needs an address and the versions of its answers, and nothing else may have either.
    pub(super) fn conversion(&mut self) {
        let view = self.view;
        match view.text("/spec/conversion/strategy") {
            Some("Webhook") => {
                self.client_config();
                self.review_versions();
            }
            Some("None") | None if view.at(WEBHOOK).is_some() => {
                let reason =
                    "`conversion.webhook` is there while the strategy is not `Webhook`".to_owned();
                self.refuse_part(WEBHOOK, reason);
            }
            Some("None") | None => {}
            Some(other) => {
                let reason = format!("`{other}` is no strategy: `None` or `Webhook` is");
                self.refuse_part("/spec/conversion/strategy", reason);
            }
        }
    }

    fn client_config(&mut self) {
        let pointer = format!("{WEBHOOK}/clientConfig");
        let view = self.view;
        let of = |key: &str| view.at(&format!("{pointer}/{key}"));
        let why = match (of("url"), of("service")) {
            (None, None) => Some(
                "the strategy is `Webhook`, and neither a `url` nor a `service` says where it is",
            ),
            (Some(_), Some(_)) => Some("the webhook has both a `url` and a `service`"),
            (Some(url), None) => not_a_url(url),
            (None, Some(service)) => not_a_service(service),
        };
        if let Some(why) = why {
            self.refuse_part(&*pointer, why.to_owned());
        }
        if of("caBundle")
            .and_then(Value::as_str)
            .is_some_and(|text| !is_bundle(text))
        {
            let reason =
                "`caBundle` of the webhook has no certificate in PEM: servers since 1.31 refuse it"
                    .to_owned();
            self.refuse_part(format!("{pointer}/caBundle"), reason)
                .spared(Spared::CaBundle);
        }
    }

    fn review_versions(&mut self) {
        let pointer = format!("{WEBHOOK}/conversionReviewVersions");
        let versions: Vec<&str> = self.view.texts(&pointer).collect();
        let is_known = |version: &&str| matches!(*version, "v1" | "v1beta1");
        if versions.is_empty() {
            let reason = "`conversionReviewVersions` of the webhook is empty".to_owned();
            self.refuse_part(&*pointer, reason);
        } else if !versions.iter().any(is_known) {
            let reason = "`conversionReviewVersions` of the webhook has neither `v1` nor `v1beta1`, which are all that servers speak".to_owned();
            self.refuse_part(&*pointer, reason)
                .spared(Spared::ReviewVersions);
        }
        let mut seen = HashSet::new();
        for (at, version) in versions.iter().enumerate() {
            let is_twice = !seen.insert(version);
            let why = not_a_label(version).or(is_twice.then_some("is there twice"));
            if let Some(why) = why {
                let reason = format!("`{version}` of `conversionReviewVersions` {why}");
                self.refuse_part(format!("{pointer}/{at}"), reason);
            }
        }
    }
}

fn not_a_url(url: &Value) -> Option<&'static str> {
    let url = url.as_str().unwrap_or_default();
    let rest = url.strip_prefix("https://");
    let host = rest.and_then(|rest| rest.split('/').next());
    if host.is_none_or(str::is_empty) {
        return Some("`url` of the webhook is no address that begins with `https://`");
    }
    let is_odd = url.contains(['#', '?']) || host.is_some_and(|host| host.contains('@'));
    is_odd.then_some("`url` of the webhook has a user, a query or a fragment")
}

fn not_a_service(service: &Value) -> Option<&'static str> {
    let text = |key: &str| service.get(key).and_then(Value::as_str);
    let is_there = |key: &str| text(key).is_some_and(|text| !text.is_empty());
    let port = service.get("port").filter(|port| !port.is_null());
    if !is_there("name") || !is_there("namespace") {
        Some("`service` of the webhook has no `name` or no `namespace`")
    } else if port.is_some_and(|port| !matches!(port.as_u64(), Some(1..=65535))) {
        Some("`port` of the webhook's service is not between 1 and 65535")
    } else if text("path").is_some_and(|path| !path.is_empty() && !path.starts_with('/')) {
        Some("`path` of the webhook's service does not begin with `/`")
    } else {
        None
    }
}
