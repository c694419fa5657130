//! What the index says of its heap, against the allocator of this process.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use catalog_benches::{CatalogShape, generate_catalog};
use catalog_model::index::Index;
use catalog_model::{LoadOptions, MemorySource};
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// All in one test, as the allocator counts what every thread holds.
#[test]
fn the_heap_of_an_index_is_what_it_says() {
    let options = LoadOptions::default();
    // What is made once in a process is no part of an index.
    let small = source(2);
    let index = Index::read(&small, &options).unwrap().into_index();
    index.read_definitions(&small);
    drop(index);
    drop(small);

    let source = source(300);
    let before = HEAP.current_usage();
    let index = Index::read(&source, &options).unwrap().into_index();
    let held = HEAP.current_usage() - before;
    assert_eq!(index.len(), 3_000);
    agree("without definitions", held, &index);
    assert!(held / index.len() <= 1_024, "{held} bytes");

    index.read_definitions(&source);
    agree("with definitions", HEAP.current_usage() - before, &index);
}

/// Within a tenth: what the allocator itself adds to an allocation is in neither.
fn agree(what: &str, held: usize, index: &Index) {
    let said = index.heap_bytes();
    assert!(
        said.abs_diff(held) * 10 <= held,
        "{what}: the index says {said} bytes, and the allocator {held}"
    );
}

fn source(packages: usize) -> MemorySource {
    let mut shape = CatalogShape::new(packages, 42);
    shape.definition_percent = 10;
    let mut source = MemorySource::new();
    generate_catalog(shape, |path, text| source.insert(path, text));
    source
}
