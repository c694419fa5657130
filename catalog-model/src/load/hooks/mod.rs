//! The files of `hooks/`: the hooks of the phases, in order, and the actions.

mod file;
mod item;
mod job;
mod order;
mod policy;

pub(super) use self::file::read;
