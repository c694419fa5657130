//! A path that is read prints text that reads back as the same path.
#![no_main]

use catalog_conditions::path::FieldPath;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(path) = FieldPath::parse(text) {
        assert_eq!(FieldPath::parse(&path.to_string()).as_ref(), Ok(&path));
    }
});
