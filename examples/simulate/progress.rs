//! How far a search is, on standard error.

use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use catalog_examples::note;
use catalog_hooks::simulator::Progress;
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

/// How often there is a line, where no terminal shows a bar.
const PAUSE: Duration = Duration::from_secs(5);

/// Shows how far a search is: a bar on a terminal, and elsewhere a line now and then.
pub(crate) struct Shown {
    bar: Option<ProgressBar>,
    begun: Instant,
    last: Mutex<Instant>,
}

impl Shown {
    pub(crate) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style =
                ProgressStyle::with_template("{bar:40} {pos} of about {len} runs, {eta} left");
            let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(0).with_style(style)
        });
        let begun = Instant::now();
        Self {
            bar,
            begun,
            last: Mutex::new(begun),
        }
    }

    pub(crate) fn tell(&self, progress: Progress) {
        let Progress {
            runs,
            expected,
            all,
            ..
        } = progress;
        if let Some(bar) = &self.bar {
            bar.set_length(expected as u64);
            return bar.set_position(runs as u64);
        }
        if runs == 0 {
            return note(match all == expected {
                true => format!("about {expected} runs to try"),
                false => format!("about {expected} runs to try, of about {all}"),
            });
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() < PAUSE {
            return;
        }
        *last = Instant::now();
        let share = expected.saturating_sub(runs) as f64 / runs as f64;
        let left = HumanDuration(self.begun.elapsed().mul_f64(share));
        note(format!(
            "{runs} of about {expected} runs, about {left} left"
        ));
    }

    pub(crate) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
