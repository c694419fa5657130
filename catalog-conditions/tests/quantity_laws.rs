//! Quantities: laws, a naive reading beside ours, and hostile texts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::time::{Duration, Instant};

use catalog_conditions::quantity::Quantity;
use proptest::prelude::*;
use serde_json::json;

/// The value in nanos by plain arithmetic, for at most ten digits and any suffix; the rules are those of Kubernetes' documentation.
fn naive(sign: &str, whole: &str, fraction: &str, suffix: &str) -> i128 {
    let power = |power: i32| 10_i128.pow(power.unsigned_abs());
    let places = i32::try_from(fraction.len()).unwrap();
    let digits: i128 = format!("0{whole}{fraction}").parse().unwrap();
    let letters = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    let pairs = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let decimal = letters.iter().position(|letter| *letter == suffix);
    let binary = pairs.iter().position(|letters| *letters == suffix);
    let times = match (decimal, binary) {
        (Some(at), _) => power(3 * i32::try_from(at).unwrap()),
        (_, Some(at)) => power(9) << (10 * (at + 1)),
        _ => {
            let exponent: i32 = suffix.get(1..).unwrap().parse().unwrap();
            power(9 + exponent)
        }
    };
    let up = (digits * times + power(places) - 1) / power(places);
    let capped = if binary.is_some() {
        up.min(i128::from(i64::MAX) * power(9))
    } else {
        up
    };
    if sign == "-" { -capped } else { capped }
}

const SUFFIX: &str = "|[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]|[eE][+]?1[0-8]";

prop_compose! {
    /// A text with what it is worth in nanos.
    fn short()(
        sign in "[+-]?",
        whole in "[0-9]{0,5}",
        fraction in "[0-9]{1,5}",
        point in any::<bool>(),
        suffix in SUFFIX,
    ) -> (String, i128) {
        let fraction = if point || whole.is_empty() { fraction } else { String::new() };
        let dot = if fraction.is_empty() { "" } else { "." };
        let worth = naive(&sign, &whole, &fraction, &suffix);
        (format!("{sign}{whole}{dot}{fraction}{suffix}"), worth)
    }
}

/// Any quantity, large ones included.
fn any_text() -> impl Strategy<Value = String> {
    let long = "[+-]?[0-9]{1,60}(\\.[0-9]{0,40})?([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,3})?";
    prop_oneof![short().prop_map(|(text, _)| text), long]
}

fn read(text: &str) -> Quantity {
    Quantity::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

fn hash(quantity: &Quantity) -> u64 {
    let mut hasher = DefaultHasher::new();
    quantity.hash(&mut hasher);
    hasher.finish()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn values_are_those_of_plain_arithmetic((left, nanos) in short(), (right, others) in short()) {
        prop_assert_eq!(read(&left), read(&format!("{nanos}n")), "{}", left);
        let (left, right) = (read(&left), read(&right));
        prop_assert_eq!(left.cmp(&right), nanos.cmp(&others));
        prop_assert_eq!(left == right, nanos == others);
        let sum = left.checked_add(&right).unwrap();
        prop_assert_eq!(sum, read(&format!("{}n", nanos + others)));
        let difference = left.checked_sub(&right).unwrap();
        prop_assert_eq!(difference, read(&format!("{}n", nanos - others)));
    }

    #[test]
    fn both_texts_read_back_as_the_same_amount(text in any_text()) {
        let quantity = read(&text);
        for again in [quantity.to_string(), quantity.canonical()] {
            prop_assert_eq!(&read(&again), &quantity, "{} for {}", again, text);
            prop_assert_eq!(hash(&read(&again)), hash(&quantity));
        }
        // What is canonical stays as it is.
        let canonical = quantity.canonical();
        prop_assert_eq!(read(&canonical).canonical(), canonical.clone());
        prop_assert_eq!(read(&canonical).to_string(), canonical);
    }

    #[test]
    fn order_is_total_and_sums_keep_it(a in any_text(), b in any_text(), c in any_text()) {
        let (a, b, c) = (read(&a), read(&b), read(&c));
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        if a <= b && b <= c {
            prop_assert!(a <= c);
        }
        let add = |left: &Quantity, right: &Quantity| left.checked_add(right).expect("few digits");
        prop_assert_eq!(add(&a, &b), add(&b, &a));
        prop_assert_eq!(add(&add(&a, &b), &c), add(&a, &add(&b, &c)));
        prop_assert_eq!(&add(&a, &b).checked_sub(&b).unwrap(), &a);
        prop_assert_eq!(add(&a, &c).cmp(&add(&b, &c)), a.cmp(&b));
        prop_assert_eq!(add(&a, &Quantity::default()).canonical(), a.canonical());
        // A sum is written so that it reads back, beyond what a binary suffix may hold too.
        prop_assert_eq!(read(&add(&a, &b).to_string()), add(&a, &b));
    }

    #[test]
    fn nothing_panics(text in "[0-9.eEinumkKMGTP+ -]{0,12}|.{0,8}") {
        if let Ok(quantity) = Quantity::parse(&text) {
            prop_assert_eq!(read(&quantity.canonical()), quantity);
        }
    }
}

#[test]
fn hostile_texts_are_answered_in_bounded_time() {
    let digits = "7".repeat(1 << 20);
    let zeros = "0".repeat(1 << 20);
    let begun = Instant::now();
    let huge = read(&digits);
    assert!(huge > read("1e1048575") && huge < read("1e1048576"));
    assert_eq!(read(&huge.canonical()), huge);
    assert_eq!(read(&format!("{digits}Ei")).as_i64(), Some(i64::MAX));
    assert_eq!(read(&format!("-{digits}Ki")).as_i64(), Some(-i64::MAX));
    assert_eq!(read(&format!("0.{digits}")).to_string(), "777777778n");
    assert_eq!(read(&format!("0.{zeros}1Ki")).to_string(), "1n");
    assert_eq!(read(&format!("{zeros}1")).to_string(), format!("{zeros}1"));
    assert_eq!(read(&format!("1e{zeros}3")), read("1k"));
    assert!(Quantity::parse(&format!("1e{digits}")).is_err());
    assert!(Quantity::parse(&format!("{digits}{}", "Ki".repeat(1 << 19))).is_err());

    let (most, least) = (read("1e999999999"), read("1e-999999999"));
    assert_eq!(least, read("1n"));
    assert_eq!(most.to_string(), "1e999999999");
    assert!(most > huge);
    assert_eq!(most.checked_add(&least), None);
    assert_eq!(most.checked_sub(&huge), None);
    assert_eq!(most.checked_sub(&most), Some(Quantity::default()));
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn what_leaves_32_bits_is_refused() {
    for text in [
        "1e2147483648",
        "1e4294967296",
        "1e-2147483649",
        "10e2147483647",
        "0e99999999999",
    ] {
        let error = Quantity::parse(text).unwrap_err().to_string();
        assert!(
            error.ends_with("its exponent is beyond 32 bits; write a smaller one"),
            "{error}"
        );
    }
    let most = read("9e2147483647");
    assert_eq!(most.checked_add(&read("1e2147483647")), None);
    assert_eq!(read(&most.canonical()), most);
}

/// What apimachinery 0.36.2 gives for texts at the edges of its two ways of reading.
#[test]
fn edges_are_those_of_kubernetes() {
    let cases = [
        (".", Some("0")),
        ("-", Some("0")),
        ("-Ti", Some("0")),
        ("Pi", None),
        (".Ei", None),
        ("e-9", Some("0")),
        ("e-10", None),
        ("1.500", Some("1.500")),
        ("1.5000", Some("1500m")),
        ("+5", Some("+5")),
        ("5e03", Some("5e03")),
        ("1024Ki", Some("1Mi")),
        ("1025Ki", Some("1025Ki")),
        ("+1025Ki", Some("+1025Ki")),
        ("7.5Ki", Some("7680")),
        ("0.5Ki", Some("512")),
        ("0.0001Ki", Some("102400u")),
        ("1e-400", Some("1e-9")),
        ("8Ei", Some("9223372036854775807")),
        ("-8Ei", Some("-9223372036854775807")),
        ("1E", Some("1E")),
        ("1e", None),
        ("1Ee3", None),
        ("1e+3", Some("1e+3")),
        ("1e1.5", None),
        ("1E5i", None),
        ("1k-", None),
        ("1K", None),
        ("1kk", None),
        ("0x1", None),
        ("1_000", None),
        ("٣", None),
        ("1µ", None),
        ("∞", None),
        ("NaN", None),
    ];
    for (text, printed) in cases {
        let read = Quantity::parse(text).map(|quantity| quantity.to_string());
        assert_eq!(read.ok().as_deref(), printed, "{text}");
    }
    // A later apimachinery writes what is beyond `E` with an exponent, where 0.36.2 printed `1`.
    assert_eq!(read("1000E").to_string(), "1e21");
    // Kubernetes writes 8Ei, which reads back as one less.
    let sum = read("9223372036854774783")
        .checked_add(&read("1025"))
        .unwrap();
    assert_eq!(sum.to_string(), "9223372036854775808");
    let sum = read("8191Pi").checked_add(&read("1Pi")).unwrap();
    assert_eq!(sum.to_string(), "9223372036854775808");
}

#[test]
fn refusals_say_what_to_write() {
    let refused = [
        "",
        "abc",
        "GB",
        " 1",
        "5 Gi",
        "2GB",
        "2gb",
        "1K",
        "1KB",
        "1mi",
        "1GiB",
        "5M!",
        "1e",
        "1.2.3",
        "1,5",
        "10cores",
        "1e99999999999",
        "1\u{202e}Gi",
    ];
    let told: Vec<String> = refused
        .iter()
        .map(|text| Quantity::parse(text).expect_err(text).to_string())
        .chain(
            [json!(null), json!([1]), json!({"a": 1}), json!(true)]
                .iter()
                .map(|value| {
                    Quantity::from_json(value)
                        .expect_err("no quantity")
                        .to_string()
                }),
        )
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    `` is not a quantity: it is empty; write a number, as in `500m` or `1.5Gi`
    `abc` is not a quantity: it does not begin with a number; write one, as in `500m` or `1.5Gi`
    `GB` is not a quantity: it does not begin with a number; write one, as in `500m` or `1.5Gi`
    ` 1` is not a quantity: white space is not allowed; write the unit right behind the number
    `5 Gi` is not a quantity: white space is not allowed; write the unit right behind the number
    `2GB` is not a quantity: `GB` is no unit; write `G` for powers of 1000 or `Gi` for powers of 1024
    `2gb` is not a quantity: `gb` is no unit; write `G` for powers of 1000 or `Gi` for powers of 1024
    `1K` is not a quantity: `K` is no unit; write `k` for powers of 1000 or `Ki` for powers of 1024
    `1KB` is not a quantity: `KB` is no unit; write `k` for powers of 1000 or `Ki` for powers of 1024
    `1mi` is not a quantity: `mi` is no unit; write `Mi`
    `1GiB` is not a quantity: `GiB` is no unit; write `Gi`
    `5M!` is not a quantity: `M!` is no unit; the units are n, u, m, k, M, G, T, P, E and Ki, Mi, Gi, Ti, Pi, Ei
    `1e` is not a quantity: `e` is no unit; write `E` for powers of 1000 or `Ei` for powers of 1024
    `1.2.3` is not a quantity: `.3` is no unit; the units are n, u, m, k, M, G, T, P, E and Ki, Mi, Gi, Ti, Pi, Ei
    `1,5` is not a quantity: `,5` is no unit; the units are n, u, m, k, M, G, T, P, E and Ki, Mi, Gi, Ti, Pi, Ei
    `10cores` is not a quantity: `cores` is no unit; the units are n, u, m, k, M, G, T, P, E and Ki, Mi, Gi, Ti, Pi, Ei
    `1e99999999999` is not a quantity: its exponent is beyond 32 bits; write a smaller one
    `1\u{202e}Gi` is not a quantity: `\u{202e}Gi` is no unit; the units are n, u, m, k, M, G, T, P, E and Ki, Mi, Gi, Ti, Pi, Ei
    null is not a quantity: write a number or a string, as in "1.5Gi"
    a list is not a quantity: write a number or a string, as in "1.5Gi"
    a map is not a quantity: write a number or a string, as in "1.5Gi"
    a boolean is not a quantity: write a number or a string, as in "1.5Gi"
    "#);
}
