//! Plans for other programs to draw.

use catalog_examples::{Output, Picture};
use catalog_resolve::Plan;

/// Draws a plan.
pub(crate) fn draw(plan: &Plan, picture: Picture, output: &mut Output) {
    let drawn = match picture {
        Picture::Dot => plan.to_dot(),
        Picture::Mermaid => plan.to_mermaid(),
    };
    output.verbatim(drawn.trim_end());
}
