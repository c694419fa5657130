//! What was decided before, and what is preferred, in words.

use super::fact::FactKind;
use super::phrase::{self, Phrase, listed};
use super::sentence::{IS, Sentence, Speaker};
use crate::best::Cause;
use crate::encode::Preference;
use crate::engine::{ABSENT, Value, Var};

impl Speaker<'_, '_> {
    /// A decision about an instance: `foo 3.0.0 was chosen first, because it is asked for`.
    pub(super) fn decided(&self, var: Var, cause: Cause) -> Sentence {
        let why = match cause {
            Cause::FewestChanges => {
                let text = "installed and stays, because as few changes as can be are asked for";
                return self.is(var, text, FactKind::FewestChanges);
            }
            Cause::Stay => return self.is(var, self.stays(var), FactKind::Decision),
            Cause::Provider(capability) => {
                let what = phrase::capability(self.encoder.universe.capability(capability));
                if self.may_be_absent() {
                    return self.is_no_provider(var, &what);
                }
                format!("for {what}")
            }
            Cause::Upgrade => "as an upgrade is asked for".to_owned(),
            Cause::Item => self.asked_for(),
            Cause::Dependency => "because it is needed".to_owned(),
            Cause::Installed => "because it is installed".to_owned(),
        };
        let subject = self.chosen(var);
        let object = format!("chosen first, {why}");
        self.told(var, subject, ("was", "were"), object, FactKind::Decision)
    }

    fn may_be_absent(&self) -> bool {
        let mut terms = self.clause.terms.iter();
        terms.any(|(_, values)| values.contains(ABSENT))
    }

    /// Whether what stays does so because it is installed, or locked.
    fn stays(&self, var: Var) -> &'static str {
        let value = self.present();
        match value.is_some() && value == self.encoder.instance(var).kept {
            true => holds(Preference::Installed),
            false => holds(Preference::Locked),
        }
    }

    /// Somebody else provides something, and this one does not besides.
    fn is_no_provider(&self, var: Var, what: &str) -> Sentence {
        let subject = Phrase {
            text: phrase::name(self.encoder, var),
            is_plural: false,
        };
        let object = format!("not to provide {what}, for which another one was chosen");
        self.told(var, subject, IS, object, FactKind::Decision)
    }

    /// If what is looked at is asked for as well, the order decides.
    fn asked_for(&self) -> String {
        match self.core.supposed().filter(|var| {
            let key = self.encoder.instance(*var).key();
            let mut items = self.encoder.situation.items_for(&key);
            items.next().is_some()
        }) {
            Some(var) => format!(
                "because it is asked for before {}",
                phrase::name(self.encoder, var)
            ),
            None => "because it is asked for".to_owned(),
        }
    }

    /// The only release that the clause leaves, if it leaves one at all.
    fn present(&self) -> Option<Value> {
        let (_, values) = self.clause.terms.first()?;
        values.iter().find(|value| *value != ABSENT)
    }

    fn is(&self, var: Var, object: &str, kind: FactKind) -> Sentence {
        let installed = Phrase {
            text: phrase::installed(self.encoder, var),
            is_plural: false,
        };
        let subject = match kind {
            FactKind::FewestChanges => installed,
            _ => self.chosen(var),
        };
        self.told(var, subject, IS, object.to_owned(), kind)
    }

    /// The releases that a clause about one instance leaves.
    fn chosen(&self, var: Var) -> Phrase {
        let values = self.clause.terms.first().map(|(_, values)| values);
        match values {
            Some(values) => phrase::releases(self.encoder, var, values),
            None => Phrase {
                text: phrase::name(self.encoder, var),
                is_plural: false,
            },
        }
    }

    fn told(
        &self,
        var: Var,
        subject: Phrase,
        (singular, plural): (&'static str, &'static str),
        object: String,
        kind: FactKind,
    ) -> Sentence {
        Sentence {
            about: Some(var),
            verb: subject.verb(singular, plural),
            subject: Some(subject),
            object,
            kind,
            leads_to: Vec::new(),
        }
    }

    /// Which release is preferred to those that are looked at.
    pub(super) fn preferred(&self, var: Var, preference: Preference) -> Sentence {
        let kind = FactKind::Preference;
        match preference {
            Preference::Locked | Preference::Installed => self.is(var, holds(preference), kind),
            Preference::Stable => self.is(var, "preferred, because it is stable", kind),
            Preference::Catalog => {
                let release = self.present().and_then(|v| self.encoder.release(var, v));
                let catalog = release.map(|release| self.encoder.catalog_of(var, release));
                let catalog = catalog.and_then(|id| self.encoder.universe.catalog(id));
                let object = match catalog {
                    Some(name) => format!("preferred, because the catalog {name} comes first"),
                    None => "preferred, because its catalog comes first".to_owned(),
                };
                self.is(var, &object, kind)
            }
        }
    }

    /// How much of what is installed may move.
    pub(super) fn moves(&self, most: Option<u32>) -> Sentence {
        let most = most.map_or_else(String::new, |most| format!(", which are {most}"));
        let object = format!("as few changes of what is installed as can be{most}");
        let verb = "the request asks for";
        Sentence {
            about: None,
            subject: None,
            verb,
            object,
            kind: FactKind::FewestChanges,
            leads_to: Vec::new(),
        }
    }

    pub(super) fn unneeded(&self, vars: &[Var]) -> Sentence {
        let names: Vec<String> = vars
            .iter()
            .map(|var| phrase::name(self.encoder, *var))
            .collect();
        let subject = Phrase {
            text: listed(&names),
            is_plural: names.len() > 1,
        };
        let object = "there only if something needs it".to_owned();
        Sentence {
            about: vars.first().copied(),
            verb: subject.verb(IS.0, IS.1),
            subject: Some(subject),
            object,
            kind: FactKind::Unneeded,
            leads_to: Vec::new(),
        }
    }
}

/// Why what is locked or installed is as it is.
fn holds(preference: Preference) -> &'static str {
    match preference {
        Preference::Locked => "locked",
        _ => "installed and stays, because no upgrade of it is asked for",
    }
}
