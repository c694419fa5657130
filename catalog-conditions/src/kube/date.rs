//! The time that a server gives in its answers.

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// An HTTP `Date` (`Sat, 21 Nov 2026 06:23:56 GMT`, RFC 9110's preferred form) in RFC 3339; `None` for any other text.
pub(super) fn rfc3339(date: &str) -> Option<String> {
    let (_, rest) = date.split_once(", ")?;
    let parts: Vec<&str> = rest.split(' ').collect();
    let &[day, month, year, time, "GMT"] = parts.as_slice() else {
        return None;
    };
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let clock: Vec<&str> = time.split(':').collect();
    let &[hour, minute, second] = clock.as_slice() else {
        return None;
    };
    let (day, year) = (number(day, 2, 31)?, number(year, 4, 9999)?);
    let (hour, minute) = (number(hour, 2, 23)?, number(minute, 2, 59)?);
    let second = number(second, 2, 59)?;
    (day > 0).then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

fn number(text: &str, digits: usize, most: u32) -> Option<u32> {
    let all_digits = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| *number <= most)?;
    all_digits.then_some(number)
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn reads_the_preferred_form_and_nothing_else() {
        let cases = [
            (
                "Sat, 21 Nov 2026 06:23:56 GMT",
                Some("2026-11-21T06:23:56Z"),
            ),
            (
                "Sun, 06 Nov 1994 08:49:37 GMT",
                Some("1994-11-06T08:49:37Z"),
            ),
            ("Sunday, 06-Nov-94 08:49:37 GMT", None),
            ("Sun Nov  6 08:49:37 1994", None),
            ("Sat, 21 Nov 2026 06:23:56 CET", None),
            ("Sat, 00 Nov 2026 06:23:56 GMT", None),
            ("Sat, 21 Nov 2026 24:23:56 GMT", None),
            ("Sat, 21 Nov 2026 +6:23:56 GMT", None),
            ("Sat, ٢١ Nov 2026 06:23:56 GMT", None),
            ("", None),
        ];
        for (date, expected) in cases {
            assert_eq!(rfc3339(date).as_deref(), expected, "{date}");
        }
    }
}
