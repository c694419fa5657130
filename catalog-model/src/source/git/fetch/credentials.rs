//! Name and password, for servers that ask.

use gix::credentials::helper::Action;
use gix::credentials::protocol::Outcome;

/// What is answered to a server that asks: what the caller gave, and never what some program of this machine keeps.
pub(super) fn answer(known: Option<(&str, &str)>, action: Action) -> Option<Outcome> {
    let (name, password) = known?;
    let context = match &action {
        Action::Get(context) => context.clone(),
        _ => return None,
    };
    Some(Outcome {
        identity: gix::sec::identity::Account {
            username: name.to_owned(),
            password: password.to_owned(),
            oauth_refresh_token: None,
        },
        next: context.into(),
    })
}
