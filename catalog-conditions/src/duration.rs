//! Durations as Go writes them: `10m`, `1h30m`, `300ms`.

use std::time::Duration;

use thiserror::Error;

/// Why a text is no duration.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` {problem}")]
pub struct DurationError {
    text: String,
    problem: Problem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
enum Problem {
    #[error(
        "is not a duration: write a number and a unit, as `90s`, `10m` or `1h30m` (units: ns, us, ms, s, m, h)"
    )]
    Malformed,
    #[error("is too long: a duration is at most `2562047h47m16.854775807s`, 292 years")]
    TooLong,
    #[error("is less than nothing: leave out the `-`")]
    Negative,
}

/// A signed length of time as Go's `time.ParseDuration` reads it, exact to the nanosecond, within ±292 years.
///
/// ```
/// use catalog_conditions::duration::parse_duration;
/// assert_eq!(parse_duration("1h15m30.918s").unwrap(), 4_530_918_000_000);
/// assert_eq!(parse_duration("-1.5h").unwrap(), -5_400_000_000_000);
/// assert!(parse_duration("10").is_err(), "a unit is needed");
/// ```
///
/// # Errors
///
/// Where Go refuses: no unit, an unknown unit, no digits, more than 64 bits of nanoseconds.
pub fn parse_duration(text: &str) -> Result<i64, DurationError> {
    let error = |problem| DurationError {
        text: crate::show::plain(text),
        problem,
    };
    let (negative, mut rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(error(Problem::Malformed));
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (nanoseconds, tail) = element(rest).map_err(error)?;
        // Go allows 1 << 63 itself, which only a negative duration can be.
        total = total
            .checked_add(nanoseconds)
            .filter(|sum| *sum <= 1 << 63)
            .ok_or_else(|| error(Problem::TooLong))?;
        rest = tail;
    }
    match (i64::try_from(total), negative) {
        (Ok(value), negative) => Ok(if negative { -value } else { value }),
        (Err(_), true) => Ok(i64::MIN),
        (Err(_), false) => Err(error(Problem::TooLong)),
    }
}

/// The same, for a length of time that cannot be negative.
///
/// # Errors
///
/// As [`parse_duration`], and below zero.
pub fn parse_timeout(text: &str) -> Result<Duration, DurationError> {
    let nanoseconds = parse_duration(text)?;
    u64::try_from(nanoseconds)
        .map(Duration::from_nanos)
        .map_err(|_| DurationError {
            text: crate::show::plain(text),
            problem: Problem::Negative,
        })
}

/// One number with its unit, in nanoseconds, and what follows it.
fn element(text: &str) -> Result<(u64, &str), Problem> {
    let (whole, fraction, unit, rest) = parts(text).ok_or(Problem::Malformed)?;
    let nanoseconds = nanoseconds(whole, fraction, unit);
    let nanoseconds = nanoseconds.filter(|sum| *sum <= 1 << 63);
    nanoseconds.map(|sum| (sum, rest)).ok_or(Problem::TooLong)
}

/// The digits before the point and after it, the nanoseconds of the unit, and what follows.
fn parts(text: &str) -> Option<(&str, &str, u64, &str)> {
    let (whole, rest) = text.split_at_checked(digits(text))?;
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(tail) => tail.split_at_checked(digits(tail))?,
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let unit_end = rest
        .find(|c: char| c == '.' || c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (unit, rest) = rest.split_at_checked(unit_end)?;
    Some((whole, fraction, nanoseconds_in(unit)?, rest))
}

/// `None`: more than 64 bits.
fn nanoseconds(whole: &str, fraction: &str, unit: u64) -> Option<u64> {
    let whole = match whole {
        "" => 0,
        digits => digits.parse::<u64>().ok()?,
    };
    whole
        .checked_mul(unit)?
        .checked_add(fraction_of(fraction, unit))
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn nanoseconds_in(unit: &str) -> Option<u64> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60 * 1_000_000_000,
        "h" => 3_600 * 1_000_000_000,
        _ => return None,
    })
}

/// `0.<digits>` of a unit, in floating point as Go computes it: `0.3333333333333333333h` is 20 minutes to the nanosecond.
/// Digits that no longer fit 63 bits are left out.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "below one unit, hence at most 3.6e12"
)]
fn fraction_of(digits: &str, unit: u64) -> u64 {
    let (mut value, mut scale) = (0_u64, 1.0_f64);
    for digit in digits.bytes().map(|digit| u64::from(digit - b'0')) {
        match value
            .checked_mul(10)
            .and_then(|value| value.checked_add(digit))
            .filter(|value| *value <= 1 << 63)
        {
            Some(next) => value = next,
            None => break,
        }
        scale *= 10.0;
    }
    (value as f64 * (unit as f64 / scale)) as u64
}
