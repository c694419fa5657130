//! The targets that are no objects: the cluster's version, its APIs, CRDs, a default StorageClass.

use serde_json::Value;

use super::judge::{self, presence};
use super::object::{failed, failure_reason};
use super::truth::Truth;
use super::{Asking, advice};
use crate::condition::{ApiTarget, CrdTarget, Test, Verdict};
use crate::report::{Answer, Missing, Outcome, Reason};
use crate::snapshot::{Served, Stored, established, is_terminating, served_versions};

const CRD: (&str, &str, &str) = ("apiextensions.k8s.io", "v1", "CustomResourceDefinition");
const STORAGE_CLASS: (&str, &str, &str) = ("storage.k8s.io", "v1", "StorageClass");

/// Both spellings that the API server obeys.
const DEFAULT_CLASS: [&str; 2] = [
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
];

impl Asking<'_> {
    pub(super) fn kube_version(self, test: &Test) -> Answer {
        let version = self.server_version();
        let mut answer = match version {
            Some(version) => {
                let value = Value::from(version);
                judge::value(test, &value, self.around(&value)).into_answer()
            }
            None => match self.snapshot.version_failure() {
                Some(failure) => failed(failure),
                None => Answer::new(Outcome::Unknown, Reason::NotInSnapshot),
            },
        };
        if self.is_telling() {
            answer.object = Some("the cluster's version".to_owned());
            answer.actual = version.map(crate::show::text);
            answer.help.extend(match answer.reason {
                Reason::NotInSnapshot => {
                    Some("add what `kubectl version -o yaml` prints to the snapshot".to_owned())
                }
                Reason::TypeMismatch => Some(
                    "the cluster's version cannot be read: see the snapshot's `gitVersion`"
                        .to_owned(),
                ),
                reason => advice::general_read_failed(reason),
            });
        }
        answer
    }

    pub(super) fn api(self, api: &ApiTarget, test: &Test) -> Answer {
        let version = api.version.as_deref();
        let served = self.serves(&api.group, version, &api.kind);
        let present = match served {
            Served::Yes => Truth::Satisfied,
            Served::No => Truth::NotSatisfied,
            Served::Unknown | Served::Contradictory => Truth::Unknown,
        };
        let failure = self.snapshot.discovery_failure(&api.group, version);
        let doubt = match failure {
            _ if served == Served::Contradictory => Reason::Contradictory,
            Some(failure) => failure_reason(failure.kind()),
            None if self.snapshot.discovery_failed(&api.group, version) => Reason::Discovery,
            None => Reason::NotInSnapshot,
        };
        let mut answer = presence(test, present, Reason::KindAbsent, doubt).into_answer();
        let absent = answer.outcome == Outcome::NotSatisfied && present == Truth::NotSatisfied;
        if absent {
            answer.missing = Some(Missing::Api {
                group: api.group.clone(),
                version: api.version.clone(),
                kind: api.kind.clone(),
            });
        }
        if self.is_telling() {
            answer.object = Some(format!("API {api}"));
            answer.request = failure
                .filter(|_| answer.outcome == Outcome::Unknown)
                .map(|failure| crate::show::plain(failure.request()));
            answer.actual = Some(match served {
                Served::Contradictory => "contradictory".to_owned(),
                _ => presence_text(present, "served", "not served").to_owned(),
            });
            answer.help = match answer.reason {
                _ if absent => advice::kind_absent(self.snapshot, &api.group, &api.kind),
                Reason::NotInSnapshot => vec![advice::DISCOVERY.to_owned()],
                Reason::Contradictory => vec!["discovery does not list it, and a CRD or an object in the snapshot shows it: save the cluster again, all of it at one time".to_owned()],
                reason => advice::general_read_failed(reason).into_iter().collect(),
            };
        }
        answer
    }

    pub(super) fn crd(self, crd: &CrdTarget, test: &Test) -> Answer {
        let (group, version, kind) = CRD;
        let stored = self.stored((group, kind, "", &crd.name), version);
        let failure = || self.snapshot.failure(group, kind, None, Some(&crd.name));
        let (present, absence, doubt, actual) = match stored {
            Some(Stored::Object(object)) if is_terminating(object) => (
                Truth::Unknown,
                Reason::Value,
                Reason::Terminating,
                "being deleted".to_owned(),
            ),
            Some(Stored::Object(object)) => {
                let (present, actual) = standing(object, crd);
                (present, Reason::Value, Reason::ConditionUnknown, actual)
            }
            Some(Stored::OtherVersion(other)) => (
                Truth::Unknown,
                Reason::Value,
                Reason::OtherVersion,
                format!("in the snapshot as {group}/{other} only"),
            ),
            Some(Stored::Contradictory) => (
                Truth::Unknown,
                Reason::Value,
                Reason::Contradictory,
                "contradictory".to_owned(),
            ),
            None if self.snapshot.covers_name(group, kind, None, &crd.name) => (
                Truth::NotSatisfied,
                Reason::ObjectAbsent,
                Reason::Value,
                "absent".to_owned(),
            ),
            None => (
                Truth::Unknown,
                Reason::Value,
                failure().map_or(Reason::NotInSnapshot, |failure| {
                    failure_reason(failure.kind())
                }),
                "not in the snapshot".to_owned(),
            ),
        };
        let mut answer = presence(test, present, absence, doubt).into_answer();
        let absent = answer.reason == Reason::ObjectAbsent;
        if absent {
            answer.missing = Some(Missing::Crd {
                name: crd.name.clone(),
            });
        }
        if self.is_telling() {
            let object = crate::show::object(kind, "", &crd.name);
            answer.object = Some(format!("{object} ({group}/{version})"));
            answer.request = failure()
                .filter(|_| stored.is_none() && answer.outcome == Outcome::Unknown)
                .map(|failure| crate::show::plain(failure.request()));
            answer.actual = Some(actual).filter(|_| answer.request.is_none());
            answer.reads = match stored {
                Some(Stored::Object(object)) => vec![self.read(object)],
                _ => Vec::new(),
            };
            answer.help = if absent {
                advice::object_absent(self.snapshot, (group, kind), ("", &crd.name))
            } else if answer.reason == Reason::ConditionUnknown {
                vec!["the API server does not say yet whether it serves the CRD: wait until its condition `Established` is True or False".to_owned()]
            } else {
                let identity = (group, kind);
                advice::presence(self.snapshot, answer.reason, identity, ("", &crd.name))
            };
        }
        answer
    }

    pub(super) fn default_storage_class(self, test: &Test) -> Answer {
        let (group, version, kind) = STORAGE_CLASS;
        let mut present = Truth::NotSatisfied;
        let mut doubt = Reason::NotInSnapshot;
        let mut actual = None;
        let mut reads = Vec::new();
        for (_, name, copies) in self.stored_of_kind(group, kind) {
            let class = match copies.in_version(version) {
                Stored::Object(class) => class,
                Stored::OtherVersion(_) => {
                    (present, doubt) = (present.or(Truth::Unknown), Reason::OtherVersion);
                    continue;
                }
                Stored::Contradictory => {
                    (present, doubt) = (present.or(Truth::Unknown), Reason::Contradictory);
                    continue;
                }
            };
            if !is_default(class) {
                continue;
            }
            reads.extend(self.say(|| self.read(class)));
            if is_terminating(class) {
                (present, doubt) = (present.or(Truth::Unknown), Reason::Terminating);
            } else if present != Truth::Satisfied {
                present = Truth::Satisfied;
                actual = Some(crate::show::object(kind, "", name));
            }
        }
        let failure = self.snapshot.failure(group, kind, None, None);
        if !self.snapshot.covers(group, kind, None) {
            present = present.or(Truth::Unknown);
            if let Some(failure) = failure {
                doubt = failure_reason(failure.kind());
            }
        }
        let mut answer = presence(test, present, Reason::ObjectAbsent, doubt).into_answer();
        if !self.is_telling() {
            return answer;
        }
        answer.object = Some(format!("the default StorageClass ({group}/{version})"));
        answer.reads = reads;
        answer.actual =
            Some(actual.unwrap_or_else(|| presence_text(present, "present", "absent").to_owned()));
        match answer.outcome {
            Outcome::NotSatisfied if present == Truth::NotSatisfied => {
                answer.help.push(format!(
                    "annotate a StorageClass with {}: \"true\"",
                    DEFAULT_CLASS[0]
                ));
            }
            Outcome::Unknown => {
                answer.request = failure.map(|failure| crate::show::plain(failure.request()));
                answer.help =
                    advice::presence(self.snapshot, answer.reason, (group, kind), ("", ""));
            }
            _ => {}
        }
        answer
    }
}

fn presence_text(present: Truth, yes: &'static str, no: &'static str) -> &'static str {
    match present {
        Truth::Satisfied => yes,
        Truth::NotSatisfied => no,
        Truth::Unknown => "not in the snapshot",
    }
}

/// Whether a CRD that is there is all that is asked for, and what it is.
fn standing(object: &Value, crd: &CrdTarget) -> (Truth, String) {
    match established(object) {
        Verdict::Holds => match shortcoming(object, crd) {
            None => (Truth::Satisfied, "established".to_owned()),
            Some(shortcoming) => (Truth::NotSatisfied, shortcoming),
        },
        Verdict::Fails => (Truth::NotSatisfied, "not established".to_owned()),
        Verdict::Unknown(_) => (
            Truth::Unknown,
            "established or not: its conditions do not say".to_owned(),
        ),
    }
}

/// What a CRD that is established lacks.
fn shortcoming(object: &Value, crd: &CrdTarget) -> Option<String> {
    let served = served_versions(object);
    if let Some(version) = crd
        .served
        .as_ref()
        .filter(|version| !served.contains(*version))
    {
        let served: Vec<String> = served.into_iter().collect();
        return Some(format!("serves {}, not {version}", served.join(", ")));
    }
    let stored = object
        .pointer("/status/storedVersions")
        .and_then(Value::as_array);
    let stores =
        |version: &String| stored.is_some_and(|stored| stored.iter().any(|one| one == version));
    let lacking = crd.stored.as_ref().filter(|version| !stores(version))?;
    Some(format!("{lacking} is not among the stored versions"))
}

fn is_default(class: &Value) -> bool {
    let annotations = class.pointer("/metadata/annotations");
    let says = |key: &&str| {
        annotations
            .and_then(|annotations| annotations.get(key))
            .and_then(Value::as_str)
            == Some("true")
    };
    DEFAULT_CLASS.iter().any(says)
}
