//! Points in time as a Lease has them.

use jiff_core::civil::UnixEpochDay;

use crate::time::Timestamp;

const DAY: u64 = 24 * 60 * 60 * 1000;
/// The end of the year 9999: RFC 3339 has no later one.
const LAST: u64 = 253_402_300_799_999;

/// A `MicroTime`: RFC 3339 with exactly 6 decimals, as the server insists on.
pub(super) fn micro_time(time: Timestamp) -> String {
    let millis = time.as_millis().min(LAST);
    let days = i32::try_from(millis / DAY).unwrap_or(i32::MAX);
    let date = UnixEpochDay::new(days).map(UnixEpochDay::to_date);
    let (year, month, day) = date.map_or((9999, 12, 31), |date| {
        (date.year(), date.month(), date.day())
    });
    let of_day = millis % DAY;
    let (hours, minutes, seconds) = (of_day / 3_600_000, of_day / 60_000 % 60, of_day / 1000 % 60);
    let decimals = of_day % 1000 * 1000;
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{decimals:06}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_six_decimals() {
        let cases = [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000000Z"),
            (1_790_000_000_250, "2026-09-21T14:13:20.250000Z"),
            (u64::MAX, "9999-12-31T23:59:59.999000Z"),
        ];
        for (millis, expected) in cases {
            assert_eq!(micro_time(Timestamp::from_millis(millis)), expected);
        }
    }
}
