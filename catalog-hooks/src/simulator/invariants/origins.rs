//! Whose the objects in a cluster are: by who made them, and who set what in them. Nothing that the machine says of it is believed.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::api::ObjectRef;
use crate::label;
use crate::pointer::At;
use crate::simulator::cluster::CONTROLLERS;
use crate::simulator::field;
use crate::simulator::interference::ELSEWHERE;
use crate::simulator::owners::{Path, is_mark, leaves, shown};
use crate::simulator::trace::{Event, Happening};

/// Who made an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Maker {
    Runner,
    Controller,
    Somebody,
}

/// What the trace says of an object that is there.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) maker: Maker,
    /// The runner's namespace in which the release is on record that it was made for, if it says so.
    pub(super) home: Option<String>,
    /// Whether it was made for a hook.
    pub(super) is_of_hook: bool,
    object: ObjectRef,
    /// What somebody has set in it, as long as it is as they set it.
    set: BTreeMap<Path, Value>,
}

/// All objects that are there, by uid.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins(Arc<BTreeMap<Arc<str>, Arc<Origin>>>);

impl Origins {
    /// What is known of an object as it was.
    pub(super) fn of(&self, object: &Value) -> Option<&Origin> {
        let known = self.0.get(field::text(object, "/metadata/uid"));
        known.map(|origin| &**origin)
    }

    /// What is known of the object that has this name now.
    pub(super) fn named(&self, object: &ObjectRef) -> Option<&Origin> {
        let mut all = self.0.values().map(|origin| &**origin);
        all.find(|origin| origin.object.is_same_object(object))
    }

    /// Goes on by what has happened.
    pub(super) fn see(&mut self, event: &Event) {
        let Happening::Changed {
            object,
            before,
            after,
        } = &event.what
        else {
            return;
        };
        match (before, after) {
            (None, Some(after)) => self.made(&event.who, object, after),
            (Some(before), Some(after)) => self.changed(&event.who, before, after),
            (Some(before), None) => {
                let uid = field::text(before, "/metadata/uid");
                Arc::make_mut(&mut self.0).remove(uid);
            }
            (None, None) => {}
        }
    }

    fn made(&mut self, who: &str, object: &ObjectRef, after: &Value) {
        let maker = maker(who);
        let labels = after.at("/metadata/labels");
        let mut set = BTreeMap::new();
        if maker == Maker::Somebody {
            let fields = leaves(after).into_iter();
            let fields = fields.filter(|(path, _)| !is_mark(path));
            set.extend(fields.map(|(path, value)| (path, value.clone())));
        }
        let origin = Origin {
            maker,
            home: home_of(after).map(str::to_owned),
            is_of_hook: labels.is_some_and(|labels| labels.get(label::OPERATION).is_some()),
            object: object.clone(),
            set,
        };
        let uid = field::text(after, "/metadata/uid");
        Arc::make_mut(&mut self.0).insert(uid.into(), Arc::new(origin));
    }

    fn changed(&mut self, who: &str, before: &Value, after: &Value) {
        let uid = field::text(before, "/metadata/uid");
        let Some(known) = self.0.get(uid) else {
            return;
        };
        let maker = maker(who);
        let home = home_of(after).filter(|home| known.home.as_deref() != Some(home));
        if maker != Maker::Somebody && known.set.is_empty() && home.is_none() {
            return;
        }
        let Some(known) = Arc::make_mut(&mut self.0).get_mut(uid) else {
            return;
        };
        let known = Arc::make_mut(known);
        if home.is_some() {
            known.home = home.map(str::to_owned);
        }
        let (was, is) = (leaves(before), leaves(after));
        known
            .set
            .retain(|path, value| is.get(path) == Some(&&*value));
        if maker == Maker::Somebody {
            let news = is
                .into_iter()
                .filter(|(path, value)| was.get(path) != Some(value));
            let news = news.filter(|(path, _)| !is_mark(path));
            known
                .set
                .extend(news.map(|(path, value)| (path, value.clone())));
        }
    }
}

impl Origin {
    /// The first field that somebody has set and that a change takes out or makes another.
    pub(super) fn overwritten(&self, after: &Value) -> Option<String> {
        if self.set.is_empty() {
            return None;
        }
        let is = leaves(after);
        let mut set = self.set.iter();
        let lost = set.find(|(path, value)| is.get(*path) != Some(value))?;
        Some(shown(lost.0))
    }
}

/// Who acts under a name.
pub(super) fn maker(who: &str) -> Maker {
    match who {
        who if is_runner(who) || who == ELSEWHERE => Maker::Runner,
        who if CONTROLLERS.contains(&who) => Maker::Controller,
        _ => Maker::Somebody,
    }
}

/// Whether a name is that of a runner of the home that is looked at.
pub(super) fn is_runner(who: &str) -> bool {
    who.starts_with("runner")
}

fn home_of(object: &Value) -> Option<&str> {
    let annotations = object.at("/metadata/annotations")?;
    annotations.get(label::HOME)?.as_str()
}
