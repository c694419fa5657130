//! What a failure is, told by its words where its code does not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use std::time::Duration;

use catalog_hooks::api::{Failure, FailureClass};
use serde_json::json;

/// Class, code, reason, cause and words, which are those of Kubernetes 1.36.
const ANSWERS: &str = r#"
NotFound      | 404 | NotFound      | | jobs.batch "a" not found
NoSuchKind    | 404 | NotFound      | | the server could not find the requested resource
AlreadyExists | 409 | AlreadyExists | | jobs.batch "a" already exists
Outdated      | 409 | Conflict      | | the object has been modified; please apply your changes
OtherUid      | 409 | Conflict      | | Precondition failed: UID in precondition: a, UID in object meta: b
OtherUid      | 409 | Conflict      | | the UID in the precondition (a) does not match the UID in record (b)
OtherUid      | 409 | Conflict      | | uid mismatch: the provided object specified uid a, and no existing object was found
OtherUid      | 422 | Invalid       | FieldValueInvalid metadata.uid | metadata.uid: field is immutable
FieldConflict | 409 | Conflict      | FieldManagerConflict .data.a   | Apply failed with 1 conflict
Invalid       | 422 | Invalid       | | spec.completions: field is immutable
Invalid       | 500 |               | | failed to create typed patch object (a/b; /v1, Kind=C): .c: field not declared
Invalid       | 500 |               | | failed to convert new object (a/b; /v1, Kind=Secret) to proper version: illegal base64 data
Invalid       | 500 |               | | etcdserver: request is too large
Transient     | 500 | InternalError | | failed calling webhook "a"
"#;

#[test]
fn words_tell_what_codes_do_not() {
    for line in ANSWERS.trim().lines() {
        let mut cells = line.splitn(5, '|').map(str::trim);
        let [class, code, reason, cause, message] = [(); 5].map(|()| cells.next().unwrap());
        let causes: Vec<_> = cause.split_once(' ').into_iter().collect();
        let causes: Vec<_> = causes
            .iter()
            .map(|(reason, field)| json!({"reason": reason, "field": field}))
            .collect();
        let status = json!({"kind": "Status", "reason": reason, "message": message, "details": {"causes": causes}});
        let failure = Failure::from_status(code.parse().unwrap(), &status);
        assert_eq!(format!("{:?}", failure.class()), class, "{message}");
    }
}

#[test]
fn a_page_is_no_status() {
    let page = Failure::from_status(404, &"404 page not found".into());
    assert_eq!(page.class(), FailureClass::NoSuchKind);
    let later = page.with_retry_after(Duration::from_secs(2));
    assert_eq!(later.retry_after(), Some(Duration::from_secs(2)));
}
