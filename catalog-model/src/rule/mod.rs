//! What diagnostics can be about, and how bad each is to be taken.
//!
//! Every code that loading or importing a catalog can give is a [`Rule`]: [`rules`] has them all, [`rule`](rule()) finds one by its code, and
//! [`reference`](reference()) is the book of them, which the repository holds as `RULES.md`. [`Levels`] say which are passed over and which are
//! errors.

mod catalog;
mod definition;
mod glasskube;
mod helm;
mod hooks;
mod installed;
mod kubevela;
mod level;
mod lock;
mod metadata;
mod module_files;
mod modules;
mod olm;
mod parameters;
mod reference;
mod registry;
mod suppression;

use catalog_conditions::suggest;

pub use catalog_conditions::rule::{Example, Files, Rule};

pub use self::level::{Level, LevelError, Levels};
pub use self::reference::reference;

/// The rules of catalogs, with those of YAML and of condition files, in no order that means anything.
///
/// ```
/// use catalog_model::rule::{rule, rules};
/// assert!(rules().count() > 150);
/// assert_eq!(rule("metadata.name.missing").unwrap().summary(), "`name` is missing, of the package or of an entry");
/// ```
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    catalog_conditions::rule::rules().chain(
        [
            catalog::RULES,
            definition::RULES,
            hooks::RULES,
            installed::RULES,
            kubevela::RULES,
            helm::RULES,
            olm::RULES,
            glasskube::RULES,
            lock::RULES,
            registry::RULES,
            metadata::RULES,
            module_files::RULES,
            modules::RULES,
            parameters::RULES,
            suppression::RULES,
        ]
        .into_iter()
        .flatten(),
    )
}

/// The rule of a code. Cost: linear in the number of rules.
#[must_use]
pub fn rule(code: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.code() == code)
}

/// The code that one which is not known is probably a misspelling of.
///
/// ```
/// use catalog_model::rule::near;
/// assert_eq!(near("metadata.unknow-key"), Some("metadata.unknown-key"));
/// assert_eq!(near("metadata-unknown-key"), Some("metadata.unknown-key"));
/// assert_eq!(near("metadata.nam"), None, "no part of it is nearly `url`");
/// ```
#[must_use]
pub fn near(code: &str) -> Option<&'static str> {
    let known = rules().map(Rule::code);
    suggest::near(code, known.filter(|known| may_be_meant(code, known)))
}

/// Whether each part of a code may be a misspelling of its part of another: short ones would be edited away beside long ones.
fn may_be_meant(code: &str, known: &str) -> bool {
    let is_meant = |(part, known)| part == known || suggest::near(part, [known]).is_some();
    // A dot may be forgotten, or be one too many.
    code.split('.').count() != known.split('.').count()
        || code.split('.').zip(known.split('.')).all(is_meant)
}
