//! The wording of what was found, and of what to do about it.

mod facts;
mod field;
mod object;
mod shown;
mod status;

pub(super) use self::facts::{count_of_facts, fact_as_it_is, facts, member, unmet, unmet_of};
pub(super) use self::field::finding;
pub(super) use self::object::{
    DISCOVERY, NO_NAMESPACE, TERMINATING, general_read_failed, kind_absent, noted_kind_absent,
    object_absent, presence,
};
pub(super) use self::shown::{LISTED, actual, listed, shown_place, value_at};
pub(super) use self::status::whole;
