//! What holds because of what is installed, in words.

use super::fact::FactKind;
use super::phrase::{self, Phrase};
use super::sentence::{IS, Sentence, Speaker};
use crate::encode::InstalledFact;
use crate::engine::Var;

impl Speaker<'_, '_> {
    pub(super) fn of_installed(&self, var: Var, fact: InstalledFact) -> Sentence {
        let installed = || phrase::installed(self.encoder, var);
        match fact {
            InstalledFact::Stays => self.tell(var, "installed", FactKind::Installed),
            InstalledFact::Pinned => self.tell(var, "pinned", FactKind::Pin),
            InstalledFact::Removed => {
                let object = format!("the removal of {}", phrase::name(self.encoder, var));
                let verb = ("the request asks for", "");
                self.say(None, verb, object, FactKind::Removal)
            }
            InstalledFact::NoWayUp => {
                let from = installed();
                let object = format!("out of reach: no upgrade leads there from {from}");
                self.say(Some(var), IS, object, FactKind::OutOfReach)
            }
            InstalledFact::NoWayDown => {
                let key = self.encoder.instance(var).key();
                let mut items = self.encoder.situation.items_for(&key);
                let object = match items.any(|item| item.is_rollback) {
                    true => format!(
                        "below {}, which is installed, and not in its history",
                        installed()
                    ),
                    false => format!("not above {}, which is installed", installed()),
                };
                self.say(Some(var), IS, object, FactKind::OutOfReach)
            }
            InstalledFact::Prerelease => {
                let object = "a prerelease, to which nothing installed moves unasked".to_owned();
                self.say(Some(var), IS, object, FactKind::Prerelease)
            }
        }
    }

    /// Something about the release that is installed.
    fn tell(&self, var: Var, object: &str, kind: FactKind) -> Sentence {
        Sentence {
            about: Some(var),
            subject: Some(Phrase {
                text: phrase::installed(self.encoder, var),
                is_plural: false,
            }),
            verb: "is",
            object: object.to_owned(),
            kind,
            leads_to: Vec::new(),
        }
    }
}
