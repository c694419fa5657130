//! Times as they stand in objects: RFC 3339 in whole seconds, as an API server writes them.

use std::str::FromStr;

use jiff_core::civil::{Date, UnixEpochDay};

use crate::time::Timestamp;

const DAY: u64 = 86_400;

/// `2026-11-22T03:29:12Z`; what is below a second is cut off, and what is past the year 9999 is at its end.
pub(super) fn write(time: Timestamp) -> String {
    let seconds = time.as_millis() / 1000;
    let days = i32::try_from(seconds / DAY).unwrap_or(i32::MAX);
    let date = UnixEpochDay::new(days).map_or(Date::MAX, UnixEpochDay::to_date);
    let of_day = seconds % DAY;
    let (year, month, day) = (date.year(), date.month(), date.day());
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The time that [`write`] wrote.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers::<i16>(date, '-')?;
    let [hour, minute, second] = numbers::<u64>(time, ':')?;
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    let days = Date::new(year, month, day).ok()?.to_unix_epoch_day().day();
    let seconds = u64::try_from(days).ok()? * DAY + hour * 3600 + minute * 60 + second;
    Some(Timestamp::from_millis(seconds * 1000))
}

fn numbers<N: FromStr>(text: &str, separator: char) -> Option<[N; 3]> {
    let mut parts = text.split(separator).map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::{read, write};
    use crate::time::Timestamp;

    #[test]
    fn times_are_those_of_the_calendar() {
        let cases = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_709_164_799_999, "2024-02-28T23:59:59Z"),
            (1_795_318_152_250, "2026-11-22T03:29:12Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
        ];
        for (millis, text) in cases {
            assert_eq!(write(Timestamp::from_millis(millis)), text);
            let whole = Timestamp::from_millis(millis / 1000 * 1000);
            assert_eq!(read(text), Some(whole), "{text}");
        }
        assert_eq!(read("2026-11-22"), None);
        assert_eq!(read("2026-11-22T03:29Z"), None);
    }
}
