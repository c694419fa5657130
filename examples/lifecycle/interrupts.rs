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

#[cfg(unix)]
fn signals(sender: std::sync::mpsc::Sender<()>) -> Result<(), Failure> {
    use catalog_examples::note;
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let signals = Signals::new([SIGINT, SIGTERM]);
    let mut signals = signals.map_err(|error| Failure::new(error.to_string()))?;
    std::thread::spawn(move || {
        for (number, _) in signals.forever().enumerate() {
            if number == 0 {
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
