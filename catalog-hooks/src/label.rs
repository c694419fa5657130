//! The labels and annotations by which Jobs and their resources are found again.
//!
//! Labels carry ids, so that a selector can find them: a text that is no label value of at most 63 characters is shortened there, and ends
//! in a hash of the whole. [`HOOK`], [`OPERATION`], [`RELEASE_UID`] and [`VERSION`] are annotations too, with the text in full.

use crate::digest;

/// What all labels and annotations of this crate begin with.
pub const PREFIX: &str = "catalog.dev/";
/// Kubernetes' own label for who manages an object; its value is [`MANAGER`].
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The value of [`MANAGED_BY`].
pub const MANAGER: &str = "catalog-hooks";
/// The package.
pub const PACKAGE: &str = catalog_model::verdict::PACKAGE;
/// The version whose hook it is, or that wrote an object last. On objects that are no hook's, an annotation alone.
pub const VERSION: &str = catalog_model::verdict::VERSION;
/// The uid of the installed release.
pub const RELEASE_UID: &str = "catalog.dev/release-uid";
/// The id of the run of the operation.
pub const OPERATION: &str = "catalog.dev/operation";
/// The phase, such as `pre-install`.
pub const PHASE: &str = "catalog.dev/phase";
/// The hook.
pub const HOOK: &str = "catalog.dev/hook";
/// The attempt, from 1. On Jobs and their pods only: the resources of a hook serve all its attempts.
pub const ATTEMPT: &str = "catalog.dev/attempt";
/// `run` or `undo`. On Jobs and their pods only.
pub const ROLE: &str = "catalog.dev/role";
/// 32 hexadecimal digits of the SHA-256 of the Job as canonical JSON (keys sorted, no white space), without this label. On Jobs only.
pub const SPEC_HASH: &str = "catalog.dev/spec-hash";
/// The namespace that an installed instance is in. On installed records and evidence only.
pub const NAMESPACE: &str = "catalog.dev/namespace";
/// The digest of a pinned plan. On the Secrets that hold it only.
pub const PLAN: &str = "catalog.dev/plan";
/// A hash of the instances that a pinned plan is about. On the Secrets that hold it only: what runs before on the same instances left is found by it.
pub const INSTANCES: &str = "catalog.dev/instances";
/// Which part of how many, as `1/2`. An annotation of the Secrets that hold a plan.
pub const PART: &str = "catalog.dev/part";
/// How often the journal changed hands, as the runner that last looked after a Job knows it. An annotation of Jobs.
pub const EPOCH: &str = "catalog.dev/epoch";
/// The runner's namespace, in which the release is on record that an object carries the label of. An annotation, beside the label [`RELEASE_UID`].
pub const HOME: &str = "catalog.dev/home";
/// `true` on what was there, of somebody else, before a release was first written over it: whichever release has it last does not delete it. An
/// annotation, beside the label [`RELEASE_UID`], and gone with it.
pub const EXISTED: &str = "catalog.dev/existed";
/// `true` on the installed record of an install or uninstall that was not finished: the package does not count as installed.
pub const UNFINISHED: &str = "catalog.dev/unfinished";
/// The finalizer that keeps a Job until its result has been recorded.
pub const FINALIZER: &str = "catalog.dev/hook";

/// The longest value of a label.
const LONGEST: usize = 63;
/// How much of a text that is no label value stays readable before `-` and the hash.
const READABLE: usize = LONGEST - 1 - digest::SHORT;

/// A label value for `text`: itself if it is one, else a readable beginning and a hash of the whole.
pub(crate) fn value(text: &str) -> String {
    if is_value(text) {
        return text.to_owned();
    }
    let hash = digest::short(&["label", text]);
    match dns_like(text, READABLE).as_str() {
        "" => hash,
        readable => format!("{readable}-{hash}"),
    }
}

/// Whether `value` may be what [`value`] made of a text that is no label value: it ends like one.
pub(crate) fn may_be_shortened(value: &str) -> bool {
    let hash = value.rsplit_once('-').map_or(value, |(_, hash)| hash);
    digest::is_short(hash)
}

/// Whether Kubernetes takes `text` for the value of a label. It would take an empty one too, which identifies nothing.
fn is_value(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    bytes.len() <= LONGEST
        && ends
            .iter()
            .all(|end| end.is_some_and(u8::is_ascii_alphanumeric))
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
}

/// Whether `text` is a DNS-1123 label, as the name of a namespace must be.
pub(crate) fn is_dns_label(text: &str) -> bool {
    is_value(text)
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// At most `longest` characters of `text` as they can stand in a DNS-1123 label: lower case, all else as single `-`, none at an end.
pub(crate) fn dns_like(text: &str, longest: usize) -> String {
    let mut like = String::new();
    for c in text.chars() {
        if like.len() >= longest {
            break;
        }
        if c.is_ascii_alphanumeric() {
            like.push(c.to_ascii_lowercase());
        } else if !like.is_empty() && !like.ends_with('-') {
            like.push('-');
        }
    }
    like.truncate(like.trim_end_matches('-').len());
    like
}
