//! What a step of the lifecycle's machine allocates: `cargo test -p catalog-benches --test machine_heap -- --nocapture`.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may fail loudly, and one that measures tells what it measured"
)]

use std::sync::Arc;

use allocation_counter::measure;
use catalog_benches::lifecycle::{Onlooker, carry_out, install};
use catalog_hooks::{Effect, Task};

/// What the steps of a run allocated.
#[derive(Default)]
struct Heap {
    /// By step, allocations and bytes.
    steps: Vec<(u64, u64)>,
    /// How long the journals are that were written, together.
    journals: usize,
}

impl Onlooker for Heap {
    fn step<T>(&mut self, step: impl FnOnce() -> T) -> T {
        let mut came = None;
        let heap = measure(|| came = Some(step()));
        self.steps.push((heap.count_total, heap.bytes_total));
        came.expect("the step was done")
    }

    fn effect(&mut self, effect: &Effect) {
        if let Task::SaveJournal { text, .. } = &effect.task {
            self.journals += text.len();
        }
    }
}

/// A step is a look at what there is to do, or an answer that is handed in.
#[test]
fn a_step_allocates_little() {
    let plan = Arc::new(install());
    let mut heap = Heap::default();
    carry_out(&plan, &mut heap);
    let steps = heap.steps.len() as u64;
    let (count, bytes) = heap.steps.iter().fold((0, 0), |(count, bytes), step| {
        (count + step.0, bytes + step.1)
    });
    let most = heap
        .steps
        .iter()
        .map(|step| step.0)
        .max()
        .unwrap_or_default();
    println!(
        "{steps} steps: {} allocations and {} bytes a step, at most {most} allocations; journals of {} bytes were written",
        count / steps,
        bytes / steps,
        heap.journals
    );
    assert!(count <= steps * 20, "{count} allocations in {steps} steps");
    assert!(bytes <= steps * 3_000, "{bytes} bytes in {steps} steps");
    assert!(most <= 300, "{most} allocations in one step");
}
