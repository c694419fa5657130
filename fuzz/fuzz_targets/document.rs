//! Any text is read or refused, and every span lies in it.
#![no_main]

use catalog_conditions::SourceFile;
use catalog_conditions::document::{Kind, Limits, Node, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let file = SourceFile::new("fuzz.yaml", text);
    let parsed = parse(&file, &Limits::default());
    for node in &parsed.documents {
        check(node, text);
        let _ = node.to_json();
        node.check_scalars(&file, &mut Vec::new());
    }
    for diagnostic in &parsed.diagnostics {
        let _ = (diagnostic.to_json(), diagnostic.to_string());
    }
});

fn check(node: &Node, text: &str) {
    let span = node.span();
    assert!(
        text.get(span.start..span.end).is_some(),
        "{span:?} is no range of the text"
    );
    match node.kind() {
        Kind::Scalar(_) => {}
        Kind::Sequence(items) => items.iter().for_each(|item| check(item, text)),
        Kind::Mapping(mapping) => mapping
            .entries()
            .iter()
            .for_each(|entry| check(entry.value(), text)),
    }
}
