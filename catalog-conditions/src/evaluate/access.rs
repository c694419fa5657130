//! `canI`: what an access review answered.

use super::judge::presence;
use super::object::failed;
use super::truth::Truth;
use super::{Asking, advice};
use crate::condition::{AccessTarget, Name, Test};
use crate::report::{Answer, Outcome, Reason};
use crate::snapshot::{Access, AccessQuery};

impl Asking<'_> {
    pub(super) fn access(self, target: &AccessTarget, test: &Test) -> Answer {
        let own = self.context.namespace();
        let query = query(target, own);
        let access = query.as_ref().and_then(|query| self.snapshot.access(query));
        let (present, doubt) = match (&query, access) {
            (None, _) => (Truth::Unknown, Reason::NoNamespace),
            (_, Some(Access::Allowed)) => (Truth::Satisfied, Reason::Value),
            (_, Some(Access::Denied)) => (Truth::NotSatisfied, Reason::Value),
            (_, Some(Access::Undecided)) => (Truth::Unknown, Reason::Undecided),
            (_, None) => (Truth::Unknown, Reason::NotInSnapshot),
        };
        let failure = self.snapshot.access_failure();
        let mut answer = match failure.filter(|_| doubt == Reason::NotInSnapshot) {
            Some(failure) => failed(failure),
            None => presence(test, present, Reason::Value, doubt).into_answer(),
        };
        if self.is_telling() {
            answer.object = Some(format!("permission to {target}"));
            answer.actual = words(access).map(str::to_owned);
            if answer.outcome != Outcome::Satisfied {
                answer.help.push(help(answer.reason, access, target));
            }
        }
        answer
    }
}

fn words(access: Option<Access>) -> Option<&'static str> {
    Some(match access? {
        Access::Allowed => "allowed",
        Access::Denied => "denied",
        Access::Undecided => "no decision",
    })
}

fn help(reason: Reason, access: Option<Access>, target: &AccessTarget) -> String {
    match (reason, access) {
        (Reason::NoNamespace, _) => advice::NO_NAMESPACE.to_owned(),
        (_, Some(Access::Undecided)) => {
            "the API server could not decide: see `status.evaluationError` of the review".to_owned()
        }
        (_, Some(Access::Allowed)) => format!("take away the permission to {target}"),
        (_, Some(Access::Denied)) => format!("grant the permission to {target}"),
        (Reason::NotInSnapshot, None) => "the snapshot does not say: add the answer to a SelfSubjectAccessReview, as `kubectl create -f - -o yaml` prints it".to_owned(),
        (reason, None) => advice::general_read_failed(reason).unwrap_or_default(),
    }
}

/// What the review must have been asked; `None` if the namespace is not known.
pub(crate) fn query(target: &AccessTarget, own: Option<&str>) -> Option<AccessQuery> {
    let resolve = |name: &Option<Name>| match name {
        Some(name) => name.resolve(own).map(str::to_owned),
        None => Some(String::new()),
    };
    Some(AccessQuery {
        verb: target.verb.clone(),
        group: target.group.clone(),
        resource: target.resource.clone(),
        subresource: target.subresource.clone().unwrap_or_default(),
        name: resolve(&target.name)?,
        namespace: resolve(&target.namespace)?,
    })
}
