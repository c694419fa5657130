//! Points in time as Kubernetes writes them: `2026-01-31T12:00:00Z`.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use jiff_core::civil::Date;
use thiserror::Error;

const SECOND: i128 = 1_000_000_000;

/// A text that is no point in time.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{input}` is not a time: {problem}")]
pub struct TimestampError {
    input: String,
    problem: Problem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
enum Problem {
    #[error(
        "write it as RFC 3339 does, as in `2026-01-31T12:00:00Z` or `2026-01-31T14:00:00.5+02:00`"
    )]
    Syntax,
    #[error("there is no such day in the calendar")]
    Day,
    #[error("hours go to 23, minutes and seconds to 59 (a leap second has no time of its own)")]
    TimeOfDay,
    #[error("hours of an offset go to 23, minutes to 59")]
    Offset,
}

/// A point in time with the offset that it was written with, exact to the nanosecond, in the years 0000 to 9999.
///
/// Equality, order and hash are by the instant: `12:00:00Z` and `14:00:00+02:00` of one day are one time.
///
/// ```
/// use catalog_conditions::timestamp::Timestamp;
/// let issued = Timestamp::parse("2026-01-31T12:00:00Z").unwrap();
/// let renewed = Timestamp::parse("2026-01-31T14:00:00.5+02:00").unwrap();
/// assert!(issued < renewed);
/// assert_eq!(renewed.nanoseconds_since(&issued), 500_000_000);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Timestamp {
    date: Date,
    time: TimeOfDay,
    /// How far local time is ahead of UTC, in minutes.
    offset: i16,
}

/// The time on a clock's face.
#[derive(Clone, Copy, Debug)]
struct TimeOfDay {
    hour: u8,
    minute: u8,
    second: u8,
    nanosecond: u32,
}

impl Timestamp {
    /// Reads RFC 3339 as Go's `time.RFC3339` does, which Kubernetes writes: capital `T` and `Z`, the days that a month has, no leap
    /// second. Of a fraction nine digits count; more are cut off.
    ///
    /// Three things that Go reads are refused, for they are not RFC 3339 and Go never writes them: an hour of one digit, a comma before
    /// the fraction, an offset of 24 hours or 60 minutes.
    ///
    /// ```
    /// use catalog_conditions::timestamp::Timestamp;
    /// assert!(Timestamp::parse("2024-02-29T23:59:59Z").is_ok());
    /// assert_eq!(
    ///     Timestamp::parse("2026-02-29T23:59:59Z").unwrap_err().to_string(),
    ///     "`2026-02-29T23:59:59Z` is not a time: there is no such day in the calendar"
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// Where Go refuses, and as said above.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        read(text).map_err(|problem| TimestampError {
            input: crate::show::plain(text),
            problem,
        })
    }

    /// How much later this is than another time, in nanoseconds; negative if it is earlier.
    ///
    /// The years that can be written span more nanoseconds than 64 bits count. A [duration](crate::duration) compares with the answer
    /// through `i128::from`.
    #[must_use]
    pub fn nanoseconds_since(&self, earlier: &Self) -> i128 {
        self.instant() - earlier.instant()
    }

    /// Nanoseconds since the beginning of 1970, UTC.
    fn instant(&self) -> i128 {
        let day = i128::from(self.date.to_unix_epoch_day().day());
        let minutes = (day * 24 + i128::from(self.time.hour)) * 60 + i128::from(self.time.minute);
        let seconds = (minutes - i128::from(self.offset)) * 60 + i128::from(self.time.second);
        seconds * SECOND + i128::from(self.time.nanosecond)
    }
}

fn read(text: &str) -> Result<Timestamp, Problem> {
    let fields = Fields::split(text).ok_or(Problem::Syntax)?;
    let time = fields.time;
    if time.hour > 23 || time.minute > 59 || time.second > 59 {
        return Err(Problem::TimeOfDay);
    }
    let (ahead, [hours, minutes]) = fields.offset;
    if hours > 23 || minutes > 59 {
        return Err(Problem::Offset);
    }
    let offset = i16::from(hours) * 60 + i16::from(minutes);
    let date = Date::new(fields.year, fields.month, fields.day).map_err(|_| Problem::Day)?;
    Ok(Timestamp {
        date,
        time,
        offset: if ahead { offset } else { -offset },
    })
}

/// The numbers of a text that has the form of a time; what they may be is looked at later.
struct Fields {
    year: i16,
    month: i8,
    day: i8,
    time: TimeOfDay,
    /// Whether local time is ahead of UTC, and by how many hours and minutes.
    offset: (bool, [i8; 2]),
}

impl Fields {
    fn split(text: &str) -> Option<Self> {
        let (year, rest) = digits(text, 4)?;
        let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
        let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
        let (hour, rest) = digits(rest.strip_prefix('T')?, 2)?;
        let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
        let (second, rest) = digits(rest.strip_prefix(':')?, 2)?;
        let (nanosecond, rest) = fraction(rest)?;
        Some(Self {
            year: year.parse().ok()?,
            month: month.parse().ok()?,
            day: day.parse().ok()?,
            time: TimeOfDay {
                hour: hour.parse().ok()?,
                minute: minute.parse().ok()?,
                second: second.parse().ok()?,
                nanosecond,
            },
            offset: offset(rest)?,
        })
    }
}

/// So many digits that a text begins with, and the rest.
fn digits(text: &str, count: usize) -> Option<(&str, &str)> {
    let (digits, rest) = text.split_at_checked(count)?;
    let all = digits.bytes().all(|byte| byte.is_ascii_digit());
    all.then_some((digits, rest))
}

/// Nanoseconds that a text begins with, and the rest.
fn fraction(text: &str) -> Option<(u32, &str)> {
    let Some(fraction) = text.strip_prefix('.') else {
        return Some((0, text));
    };
    let count = fraction.bytes().take_while(u8::is_ascii_digit).count();
    let (written, rest) = fraction.split_at_checked(count)?;
    let kept: String = written.chars().chain("000000000".chars()).take(9).collect();
    (count > 0).then(|| Some((kept.parse().ok()?, rest)))?
}

/// `Z`, or hours and minutes with a sign, and nothing behind.
fn offset(text: &str) -> Option<(bool, [i8; 2])> {
    if text == "Z" {
        return Some((true, [0, 0]));
    }
    let (hours, rest) = digits(text.strip_prefix(['+', '-'])?, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let numbers = [hours.parse().ok()?, minutes.parse().ok()?];
    rest.is_empty().then(|| (text.starts_with('+'), numbers))
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339, in the offset that it was written with.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = (self.date, self.time);
        write!(
            f,
            "{:04}-{:02}-{:02}T{time}",
            date.year(),
            date.month(),
            date.day()
        )?;
        if self.offset == 0 {
            return f.write_str("Z");
        }
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl fmt::Display for TimeOfDay {
    /// `12:00:00.5`: a fraction without the zeros at its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour, self.minute, self.second)?;
        if self.nanosecond == 0 {
            return Ok(());
        }
        let digits = format!("{:09}", self.nanosecond);
        write!(f, ".{}", digits.trim_end_matches('0'))
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.instant() == other.instant()
    }
}

impl Eq for Timestamp {}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.instant().cmp(&other.instant())
    }
}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Timestamp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.instant().hash(state);
    }
}
