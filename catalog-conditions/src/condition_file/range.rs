//! The value of `range`.

use serde_json::Value;

use super::value;
use crate::condition::{Range, Reading, Test};
use crate::document::{Node, Reader};
use crate::version::{KubeVersionRange, RangeError, RangeNote, VersionRange};

pub(super) fn read(reader: &mut Reader<'_>, node: &Node, reading: Reading) -> Option<Test> {
    let parse: fn(&str) -> Parsed = match reading {
        Reading::Semver => |text| package_range(text, Range::Semver),
        Reading::ImageVersion => |text| package_range(text, Range::Image),
        Reading::KubeVersion => kube_range,
        _ => {
            let message = "`range` needs to know which versions it reads";
            let diagnostic = reader.error("as.missing", node.span(), message);
            reader.report(
                diagnostic.help("add `as: semver`, `as: kubeVersion` or `as: imageVersion`"),
            );
            return None;
        }
    };
    let Value::String(text) = value::read(reader, node, reading)? else {
        let diagnostic = reader.error("value", node.span(), "a version range is a string");
        reader.report(diagnostic.help("quote it, such as \">=1.28\""));
        return None;
    };
    match parse(&text) {
        Ok((range, notes)) => {
            for note in notes {
                let diagnostic = reader.warning("value.range", node.span(), note.to_string());
                reader.report(diagnostic);
            }
            Some(Test::Range(range))
        }
        Err(error) => {
            let diagnostic = reader.error("value.range", node.span(), error.to_string());
            reader.report(diagnostic);
            None
        }
    }
}

type Parsed = Result<(Range, Vec<RangeNote>), RangeError>;

fn package_range(text: &str, make: fn(VersionRange) -> Range) -> Parsed {
    let range = VersionRange::parse(text)?;
    let notes = range.notes().to_vec();
    Ok((make(range), notes))
}

fn kube_range(text: &str) -> Parsed {
    let range = KubeVersionRange::parse(text)?;
    let notes = range.notes().to_vec();
    Ok((Range::Kube(range), notes))
}
