//! What a Job's `podFailurePolicy` says of a pod that failed.

use serde_json::Value;

use crate::simulator::field;

/// Whether a rule says that this failure does not count.
pub(super) fn is_ignored(job: &Value, pod: &Value) -> bool {
    action(job, pod) == Some("Ignore")
}

/// Whether a rule says that the Job fails with this pod.
pub(super) fn fails_job(job: &Value, pod: &Value) -> bool {
    action(job, pod) == Some("FailJob")
}

fn action<'j>(job: &'j Value, pod: &Value) -> Option<&'j str> {
    let rules = field::list(job, "/spec/podFailurePolicy/rules");
    let rule = rules.iter().find(|rule| fits(rule, pod))?;
    Some(field::text(rule, "/action"))
}

fn fits(rule: &Value, pod: &Value) -> bool {
    let codes = rule.get("onExitCodes").filter(|codes| !codes.is_null());
    if let Some(codes) = codes {
        return field::list(pod, "/status/containerStatuses")
            .iter()
            .any(|container| fits_code(codes, container));
    }
    let conditions = field::list(rule, "/onPodConditions");
    conditions.iter().any(|wanted| {
        field::list(pod, "/status/conditions").iter().any(|there| {
            let status = match field::text(wanted, "/status") {
                "" => "True",
                status => status,
            };
            field::text(there, "/type") == field::text(wanted, "/type")
                && field::text(there, "/status") == status
        })
    })
}

fn fits_code(codes: &Value, container: &Value) -> bool {
    let named = field::text(codes, "/containerName");
    let is_meant = named.is_empty() || named == field::text(container, "/name");
    let code = container.pointer("/state/terminated/exitCode");
    let Some(code) = code.filter(|code| is_meant && **code != 0) else {
        return false;
    };
    let is_listed = field::list(codes, "/values").contains(code);
    is_listed == (field::text(codes, "/operator") == "In")
}
