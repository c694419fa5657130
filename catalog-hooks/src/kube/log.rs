//! The end of a container's log.

use http_body_util::BodyExt as _;
use kube::Client;

use super::call::{Call, segment};
use super::exchange::{in_time, innermost, open};
use crate::api::{Failure, LogRequest};

/// How many bytes of the limit one line is thought to take: the server can be asked for the last lines, but not for the last bytes.
const SHORT_LINE: usize = 16;

/// Reads the last lines of a log, and keeps the last bytes of them.
pub(super) async fn log(client: &Client, wanted: &LogRequest) -> Result<String, Failure> {
    let path = format!(
        "/api/v1/namespaces/{}/pods/{}/log",
        segment(&wanted.namespace)?,
        segment(&wanted.pod)?
    );
    let lines = (wanted.limit / SHORT_LINE).max(1).to_string();
    let call = Call::get(path)
        .with("container", &wanted.container)
        .with("tailLines", &lines);
    let tail = in_time(tail(client, &call, wanted.limit)).await?;
    Ok(whole_text(&tail, wanted.limit))
}

/// Reads to the end, and keeps at most twice the limit at any moment.
async fn tail(client: &Client, call: &Call, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut body = open(client, call).await?;
    let mut kept = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Failure::unanswered(innermost(&error)))?;
        if let Ok(data) = frame.into_data() {
            kept.extend_from_slice(&data);
            let surplus = kept.len().saturating_sub(limit);
            if surplus > limit {
                kept.drain(..surplus);
            }
        }
    }
    let surplus = kept.len().saturating_sub(limit);
    kept.drain(..surplus);
    Ok(kept)
}

/// The text of what was kept, at most `limit` bytes: a character that was cut at its beginning is left out, and what is no UTF-8 within
/// is replaced.
fn whole_text(kept: &[u8], limit: usize) -> String {
    let is_continuation = |byte: &&u8| **byte & 0b1100_0000 == 0b1000_0000;
    let cut = kept.iter().take(3).take_while(is_continuation).count();
    let mut text = String::from_utf8_lossy(kept.get(cut..).unwrap_or_default()).into_owned();
    // A replacement character is longer than the byte that it replaces.
    let mut surplus = text.len().saturating_sub(limit);
    while !text.is_char_boundary(surplus) {
        surplus += 1;
    }
    text.drain(..surplus);
    text
}

#[cfg(test)]
mod tests {
    use super::whole_text;

    #[test]
    fn a_cut_text_is_text() {
        let cases: [(&[u8], usize, &str); 5] = [
            (b"done\n", 10, "done\n"),
            ("ü".as_bytes(), 2, "ü"),
            (&"üx".as_bytes()[1..], 2, "x"),
            (b"\xff\xff\xff", 3, "\u{fffd}"),
            (b"", 0, ""),
        ];
        for (bytes, limit, expected) in cases {
            assert_eq!(whole_text(bytes, limit), expected);
        }
    }
}
