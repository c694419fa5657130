//! `modules.yaml`: the file, its items, and what each holds.

mod content;
mod file;
mod item;
mod kind;
mod name;
mod path;
mod remote;

pub(super) use self::file::{ModulesFile, read};
