//! Exact decimal numbers: what JSON writes, compared, added and rounded without loss.

mod arithmetic;
mod number;

pub(crate) use self::number::Decimal;
