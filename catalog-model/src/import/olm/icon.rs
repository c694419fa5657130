//! Pictures, which come as base64.

use catalog_conditions::document::Node;

use crate::base64;
use crate::import::reading::string;

/// The keys of a picture.
pub(super) const KEYS: [&str; 2] = ["base64data", "mediatype"];

/// A picture's file name and bytes; `None` where there is none that could be read.
pub(super) fn icon(node: &Node) -> Option<(String, Vec<u8>)> {
    let ending = match string(node, "mediatype")? {
        "image/svg+xml" => "svg",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        _ => return None,
    };
    let data: String = string(node, "base64data")?
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    Some((format!("icon.{ending}"), base64::decode(&data)?))
}
