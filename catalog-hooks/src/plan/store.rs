//! A plan in Secrets.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::PinnedPlan;
use crate::digest;
use crate::instance;
use crate::journal::JournalError;
use crate::label;
use crate::pointer::At;
use crate::record::InstalledRecord;
use crate::secret_data;

/// How much of a plan goes into one Secret: 900 KiB before it is encoded. An API server takes 1 MiB.
pub const PLAN_PART_LIMIT: usize = 900 * 1024;

/// The type of the Secrets that hold plans.
pub const PLAN_TYPE: &str = "catalog.dev/plan";

impl PinnedPlan {
    /// The immutable Secrets that hold the plan, in the runner's namespace. Their names come from its digest.
    #[must_use]
    pub fn to_secrets(&self) -> Vec<Value> {
        let parts: Vec<&[u8]> = self.text().as_bytes().chunks(PLAN_PART_LIMIT).collect();
        let count = parts.len();
        let instances = self.instances();
        let secret = |(index, part): (usize, &&[u8])| {
            json!({
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {
                    "name": self.secret_name(index),
                    "namespace": self.home(),
                    "labels": {
                        label::MANAGED_BY: label::MANAGER,
                        label::PLAN: self.digest(),
                        label::INSTANCES: instances,
                    },
                    "annotations": {label::PART: format!("{}/{count}", index + 1)},
                },
                "type": PLAN_TYPE,
                "immutable": true,
                "data": {"plan": secret_data::encode(part)},
            })
        };
        parts.iter().enumerate().map(secret).collect()
    }

    /// Reads a plan from the Secrets that hold it, in any order.
    ///
    /// # Errors
    ///
    /// Some are missing, or they are damaged.
    pub fn from_secrets(secrets: &[Value]) -> Result<Self, JournalError> {
        let mut parts = Vec::new();
        for secret in secrets {
            parts.push(
                part(secret)
                    .ok_or_else(|| JournalError::damaged("a part of the plan is damaged"))?,
            );
        }
        parts.sort_by_key(|(index, ..)| *index);
        let is_whole = parts
            .iter()
            .enumerate()
            .all(|(place, (index, count, _))| (place + 1, parts.len()) == (*index, *count));
        if !is_whole || parts.is_empty() {
            return Err(JournalError::damaged("parts of the plan are missing"));
        }
        let bytes: Vec<u8> = parts.into_iter().flat_map(|(_, _, bytes)| bytes).collect();
        Self::parse(&String::from_utf8(bytes).map_err(JournalError::damaged)?)
    }

    /// A hash of the instances that it is about, whatever is done with them.
    pub(crate) fn instances(&self) -> String {
        let operations = self.operations().iter().map(|one| one.operation());
        let instances: BTreeSet<(&str, &str)> = operations
            .map(|one| (one.package().as_str(), one.namespace()))
            .collect();
        let names = instances.into_iter().flat_map(|(one, other)| [one, other]);
        digest::short(&names.collect::<Vec<_>>())
    }

    /// The digests of the other plans that its instances had on record when it was made, the oldest of each first.
    pub(crate) fn plans_before(&self) -> Vec<String> {
        let installed = self.operations().iter().filter_map(|one| one.installed());
        let mut plans: Vec<String> = Vec::new();
        for digest in installed.flat_map(InstalledRecord::known_plans) {
            if digest != self.digest() && !plans.contains(digest) {
                plans.push(digest.clone());
            }
        }
        plans
    }

    /// The name of the Secret for the journal of its run: `catalog-journal-`, the beginning of a package's name, and a hash of the instances that it
    /// is about, in whatever order. So whoever is about the same instances finds it there, and of two that begin at a time one gets it.
    #[must_use]
    pub fn journal_name(&self) -> String {
        let operations = self.operations().iter().map(|one| one.operation());
        let first = operations.map(|one| one.package().as_str()).min();
        let readable = label::dns_like(first.unwrap_or_default(), instance::READABLE);
        format!("catalog-journal-{readable}-{}", self.instances())
    }

    fn secret_name(&self, index: usize) -> String {
        format!("catalog-plan-{}-{}", self.digest(), index + 1)
    }
}

/// Which part a Secret holds, of how many, and what is in it.
fn part(secret: &Value) -> Option<(usize, usize, Vec<u8>)> {
    let place = secret
        .at("/metadata/annotations")?
        .get(label::PART)?
        .as_str()?;
    let (index, count) = place.split_once('/')?;
    let bytes = secret_data::decode(secret.at("/data/plan")?.as_str()?)?;
    Some((index.parse().ok()?, count.parse().ok()?, bytes))
}
