//! Signals that ask the program to end.

use std::sync::mpsc::{Receiver, channel};

use catalog_examples::Failure;

/// SIGINT and SIGTERM, from when on they are listened for. Elsewhere than on Unix there are none: whatever ends the program is a crash, after
/// which the run can be resumed.
pub(crate) struct Interrupts(Receiver<()>);

impl Interrupts {
    /// Listens from now on: until then, a signal ends the program as ever.
    ///
    /// # Errors
    ///
    /// The system refuses.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let (sender, receiver) = channel();
        #[cfg(unix)]
        signals(sender)?;
        #[cfg(not(unix))]
        drop(sender);
        Ok(Self(receiver))
    }

    /// Whether there was one more.
    pub(crate) fn take(&self) -> bool {
        self.0.try_recv().is_ok()
    }
}

/// The same signal within this time is one.
#[cfg(unix)]
const TOGETHER: std::time::Duration = std::time::Duration::from_secs(1);

#[cfg(unix)]
fn signals(sender: std::sync::mpsc::Sender<()>) -> Result<(), Failure> {
    use std::time::Instant;

    use catalog_examples::note;
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let signals = Signals::new([SIGINT, SIGTERM]);
    let mut signals = signals.map_err(|error| Failure::new(error.to_string()))?;
    std::thread::spawn(move || {
        let mut last: Option<(i32, Instant)> = None;
        for signal in signals.forever() {
            let now = Instant::now();
            // A supervisor that signals a process and then its group means it once.
            let is_echo = |(known, at): (i32, Instant)| known == signal && now - at < TOGETHER;
            if last.is_some_and(is_echo) {
                continue;
            }
            if last.replace((signal, now)).is_none() {
                note(
                    "cancelling: the hook that runs is stopped, and nothing more begins; one more signal leaves all as it is, to be resumed",
                );
            }
            if sender.send(()).is_err() {
                break;
            }
        }
    });
    Ok(())
}
