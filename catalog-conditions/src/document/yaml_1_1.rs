//! What YAML 1.1 makes of plain scalars, where Kubernetes' tools and YAML 1.2 agree on another reading.
//!
//! `sigs.k8s.io/yaml` reads most of YAML 1.1, but no numbers to the base of sixty and no dates; PyYAML, Ruby and others do. The rules
//! are those of the type repository, <https://yaml.org/type/>.

/// Whether a text to Kubernetes' tools and YAML 1.2 is a number or a time to YAML 1.1: `12:30`, `2024-01-31`.
pub(crate) fn is_of_yaml_1_1(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+'))
        && (is_sexagesimal(text) || is_date(text))
}

/// Whether a number to Kubernetes' tools and YAML 1.2 is a text to YAML 1.1: `1e3` (an exponent needs a point and a sign), `0o17`, `08`.
pub(super) fn is_text_of_yaml_1_1(number: &str) -> bool {
    let unsigned = number.strip_prefix(['-', '+']).unwrap_or(number);
    if unsigned.starts_with("0x") {
        return false;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let whole = !mantissa.contains('.');
    let octal = mantissa.len() > 1 && mantissa.starts_with('0');
    match exponent {
        Some(exponent) => whole || !exponent.starts_with(['-', '+']),
        None => whole && octal && !mantissa.bytes().all(|byte| (b'0'..=b'7').contains(&byte)),
    }
}

/// Numbers to the base of sixty: `12:30`, `1:02:03.5`.
fn is_sexagesimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = unsigned.split(':');
    let first = parts.next().is_some_and(|first| {
        first
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_')
            && first.starts_with(|c: char| c.is_ascii_digit())
    });
    let mut more = 0;
    let rest = parts.all(|part| {
        more += 1;
        let digits = part.split('.').next().unwrap_or_default();
        digits.len() <= 2
            && digits.parse::<u8>().is_ok_and(|value| value < 60)
            && part
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    first && rest && more > 0
}

/// A date, with or without a time: `2024-01-31`, `2001-12-14t21:59:43.10-05:00`.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let digits = |part: Option<&str>, least: usize, most: usize| {
        part.is_some_and(|part| {
            (least..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    let year = digits(parts.next(), 4, 4);
    let month = digits(parts.next(), 1, 2);
    let rest = parts.next().unwrap_or_default();
    let day = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let after = rest.get(day..).unwrap_or_default();
    let of_time = |c: char| c.is_ascii_digit() || " \t:.+-tTZ".contains(c);
    year && month
        && (1..=2).contains(&day)
        && (after.is_empty() || after.starts_with(['t', 'T', ' ', '\t']))
        && after.chars().all(of_time)
}

#[cfg(test)]
mod tests {
    use super::{is_of_yaml_1_1, is_text_of_yaml_1_1};

    #[test]
    fn times_and_dates() {
        for text in [
            "12:30",
            "1:02:03.5",
            "-1:30",
            "190:20:30",
            "2024-01-31",
            "2024-1-1 12:30:00 Z",
            "2001-12-14t21:59:43.10-05:00",
        ] {
            assert!(is_of_yaml_1_1(text), "{text}");
        }
        for text in [
            "12:60",
            "a:30",
            ":30",
            "12:",
            "2024-01",
            "24-01-01",
            "2024-01-01-x",
            "2024-01-31 was the day",
            "1.2.3",
            "-",
            "",
        ] {
            assert!(!is_of_yaml_1_1(text), "{text}");
        }
    }

    #[test]
    fn numbers_that_yaml_1_1_does_not_have() {
        for number in ["1e3", "-1E3", "1e+3", "1.5e3", "0o17", "08", "+09"] {
            assert!(is_text_of_yaml_1_1(number), "{number}");
        }
        for number in [
            "0", "1", "-1", "1.0", "0.5", ".5", "1.", "1.5e+3", "0x1e", "0017", "00.9",
        ] {
            assert!(!is_text_of_yaml_1_1(number), "{number}");
        }
    }
}
