//! What a hook is within an operation, and what follows from that: names, labels, annotations, variables.

use std::num::NonZeroU32;

use catalog_model::version::Version;
use catalog_model::{Operation, Phase};

use crate::context::OperationContext;
use crate::digest;
use crate::label;
use crate::role::Role;

/// The longest name of a Job. Kubernetes takes 63 characters, but cuts the names of pods and of what is made from them.
const LONGEST_NAME: usize = 52;
/// What is left for the package's and the hook's name beside two `-` and the hash.
const READABLE: usize = LONGEST_NAME - digest::SHORT - 2;

/// The variables that a hook's containers find.
const VARIABLES: [&str; 7] = [
    "HOOK_PHASE",
    "HOOK_OPERATION",
    "HOOK_ATTEMPT",
    "HOOK_IDEMPOTENCY_KEY",
    "FROM_VERSION",
    "TO_VERSION",
    "HOOK_ATTEMPTED_VERSION",
];

/// A hook, or its undo, in one run of an operation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Identity {
    pub(crate) operation: Operation,
    pub(crate) context: OperationContext,
    pub(crate) version: Version,
    /// `None`: it is an action.
    pub(crate) phase: Option<Phase>,
    pub(crate) hook: String,
    pub(crate) role: Role,
}

impl Identity {
    /// The phase that it belongs to, or that it is an action.
    pub(crate) fn occasion(&self) -> &'static str {
        self.phase.map_or(Role::Action.as_str(), Phase::as_str)
    }

    /// The name of the Job of one attempt.
    pub(crate) fn job_name(&self, attempt: NonZeroU32) -> String {
        let hash = digest::short(&[
            "job",
            self.context.release_uid(),
            self.context.operation_id(),
            self.occasion(),
            &self.hook,
            &attempt.to_string(),
            self.role.as_str(),
        ]);
        let hook = label::dns_like(&self.hook, READABLE);
        let for_package = READABLE - hook.len().min(READABLE / 2);
        let package = label::dns_like(self.operation.package().as_str(), for_package);
        let hook = label::dns_like(&hook, READABLE - package.len());
        if hook.is_empty() {
            format!("{package}-{hash}")
        } else {
            format!("{package}-{hook}-{hash}")
        }
    }

    /// One key for all that a hook does in one run of an operation: all attempts, all pods, and the undo, which finds by it what to
    /// take back.
    fn idempotency_key(&self) -> String {
        digest::long(&[
            "idempotency",
            self.context.release_uid(),
            self.context.operation_id(),
            self.occasion(),
            &self.hook,
        ])
    }

    /// The labels of everything that belongs to the hook.
    pub(crate) fn labels(&self) -> Vec<(&'static str, String)> {
        vec![
            (label::MANAGED_BY, label::MANAGER.to_owned()),
            (label::PACKAGE, self.operation.package().to_string()),
            (label::VERSION, label::value(self.version.as_str())),
            (label::RELEASE_UID, label::value(self.context.release_uid())),
            (label::OPERATION, label::value(self.context.operation_id())),
            (label::PHASE, self.occasion().to_owned()),
            (label::HOOK, label::value(&self.hook)),
        ]
    }

    /// The labels of the Job of one attempt and of its pods.
    pub(crate) fn job_labels(&self, attempt: NonZeroU32) -> Vec<(&'static str, String)> {
        let mut labels = self.labels();
        labels.push((label::ATTEMPT, attempt.to_string()));
        labels.push((label::ROLE, self.role.to_string()));
        labels
    }

    /// In full what labels may have to shorten.
    pub(crate) fn annotations(&self) -> Vec<(&'static str, String)> {
        vec![
            (label::VERSION, self.version.to_string()),
            (label::RELEASE_UID, self.context.release_uid().to_owned()),
            (label::OPERATION, self.context.operation_id().to_owned()),
            (label::HOOK, self.hook.clone()),
        ]
    }

    /// The variables of every container, all of them always: empty where there is no such version, so that a shell's `set -u` is content.
    pub(crate) fn variables(&self, attempt: NonZeroU32) -> Vec<(&'static str, String)> {
        let text = |version: Option<&Version>| version.map(Version::to_string).unwrap_or_default();
        let values = [
            self.occasion().to_owned(),
            self.context.operation_id().to_owned(),
            attempt.to_string(),
            self.idempotency_key(),
            text(self.operation.from()),
            text(self.operation.to()),
            text(self.context.attempted_version()),
        ];
        VARIABLES.into_iter().zip(values).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::num::NonZeroU32;

    use catalog_model::version::Version;
    use catalog_model::{Operation, PackageName, Phase};
    use proptest::prelude::*;

    use super::Identity;
    use crate::context::OperationContext;
    use crate::label::is_dns_label;
    use crate::role::Role;

    prop_compose! {
        fn identities()(
            package in "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
            hook in any::<String>(),
            operation in "[!-~]{1,3}",
            release in "[!-~]{1,3}",
            phase in 0_usize..9,
            role in prop_oneof![Just(Role::Run), Just(Role::Undo)],
        ) -> Identity {
            let version = Version::parse("1.0").unwrap();
            let package = PackageName::parse(&package).unwrap();
            Identity {
                operation: Operation::install(package, version.clone(), "here"),
                context: OperationContext::new(operation, release).unwrap(),
                version,
                phase: Phase::ALL.get(phase).copied(),
                hook,
                role,
            }
        }
    }

    proptest! {
        #[test]
        fn names_are_short_labels(identity in identities(), attempt in 1_u32..) {
            let attempt = NonZeroU32::new(attempt).unwrap();
            let name = identity.job_name(attempt);
            prop_assert!(is_dns_label(&name) && name.len() <= 52, "{name}");
            prop_assert_eq!(&name, &identity.clone().job_name(attempt));
            for (key, value) in identity.job_labels(attempt) {
                prop_assert!(value.len() <= 63 && crate::label::value(&value) == value, "{key}: {value}");
            }
        }

        #[test]
        fn names_tell_all_parts_apart(identity in identities(), attempt in 1_u32..9, hook in any::<String>()) {
            let number = |n| NonZeroU32::new(n).unwrap();
            let context = |operation: String, release: String| OperationContext::new(operation, release).unwrap();
            let (operation, release) = (identity.context.operation_id(), identity.context.release_uid());
            let joined = format!("{operation}{release}");
            let (left, right) = joined.split_at(1);
            let changed = [
                Identity { role: if identity.role == Role::Run { Role::Undo } else { Role::Run }, ..identity.clone() },
                Identity { phase: if identity.phase == Some(Phase::PreInstall) { None } else { Some(Phase::PreInstall) }, ..identity.clone() },
                Identity { hook: if hook == identity.hook { format!("{hook}2") } else { hook }, ..identity.clone() },
                Identity { context: context(format!("{operation}1"), release.to_owned()), ..identity.clone() },
                Identity { context: context(operation.to_owned(), format!("1{release}")), ..identity.clone() },
            ];
            let mut names: BTreeSet<String> = changed.iter().map(|other| other.job_name(number(attempt))).collect();
            names.insert(identity.job_name(number(attempt)));
            names.insert(identity.job_name(number(attempt + 10)));
            prop_assert_eq!(names.len(), 7);
            let shifted = Identity { context: context(left.to_owned(), right.to_owned()), ..identity.clone() };
            let same = shifted.context == identity.context;
            prop_assert_eq!(shifted.job_name(number(attempt)) == identity.job_name(number(attempt)), same);
        }
    }
}
