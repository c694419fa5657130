//! A quantity that is read prints texts that read back as the same amount, and stands to others as plain arithmetic says.
#![no_main]

use catalog_conditions::quantity::Quantity;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (left, right) = text.split_once('|').unwrap_or((text, "1.5Gi"));
    let (Ok(a), Ok(b)) = (Quantity::parse(left), Quantity::parse(right)) else {
        return;
    };
    for quantity in [&a, &b] {
        for text in [quantity.to_string(), quantity.canonical()] {
            assert_eq!(Quantity::parse(&text).as_ref(), Ok(quantity), "{text}");
        }
    }
    if let Some(sum) = a.checked_add(&b) {
        assert_eq!(b.checked_add(&a).as_ref(), Some(&sum));
        assert_eq!(Quantity::parse(&sum.to_string()).as_ref(), Ok(&sum));
        assert_eq!(sum.checked_sub(&b), Some(a.clone()));
    }
    if let (Some(nanos), Some(others)) = (naive(left), naive(right)) {
        assert_eq!(a.cmp(&b), nanos.cmp(&others), "{left} and {right}");
        assert_eq!(Quantity::parse(&format!("{nanos}n")), Ok(a));
    }
});

/// A value in nanos by plain arithmetic; `None` for what leaves 128 bits on the way, or has no digits.
fn naive(text: &str) -> Option<i128> {
    let negative = text.starts_with('-');
    let unsigned = text.trim_start_matches(['-', '+']);
    let end = unsigned
        .find(|c: char| c != '.' && !c.is_ascii_digit())
        .unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let ten = |power: usize| 10_i128.checked_pow(u32::try_from(power).ok()?);
    let pairs = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let binary = pairs.iter().position(|pair| *pair == suffix);
    let power: i64 = match ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"]
        .iter()
        .position(|letter| *letter == suffix)
    {
        Some(at) => 3 * i64::try_from(at).ok()?,
        None if binary.is_some() => 9,
        None => 9 + suffix.get(1..)?.parse::<i64>().ok()?,
    };
    let mut product = digits;
    if let Some(at) = binary {
        product = product.checked_mul(1 << (10 * (at + 1)))?;
    }
    let places = i64::try_from(fraction.len()).ok()? - power;
    let nanos = if places <= 0 {
        product.checked_mul(ten(usize::try_from(-places).ok()?)?)?
    } else {
        let unit = ten(usize::try_from(places).ok()?)?;
        product / unit + i128::from(product % unit > 0)
    };
    let nanos = match binary {
        Some(_) => nanos.min(i128::from(i64::MAX) * 1_000_000_000),
        None => nanos,
    };
    Some(if negative { -nanos } else { nanos })
}
