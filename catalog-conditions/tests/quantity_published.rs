//! Quantities: Kubernetes' own published cases.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::path::PathBuf;

use catalog_conditions::quantity::{Format, Quantity};
use serde_json::Value;

#[test]
fn kubernetes_published_cases_agree() {
    let folder = std::env::var_os("CATALOG_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let Ok(text) = std::fs::read_to_string(folder.join("tables/k8s_quantity_published.json"))
    else {
        eprintln!("skipped: no published table at hand");
        return;
    };
    let table: Value = serde_json::from_str(&text).unwrap();
    let cases = table["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 413);
    for case in cases {
        match case["kind"].as_str() {
            Some("parse") if case["error"] == true => {
                let input = case["input"].as_str().unwrap();
                assert!(Quantity::parse(input).is_err(), "{case}");
            }
            Some("parse") => check_parsed(case),
            Some("emit") => assert_eq!(
                read(&case["input"]).to_string(),
                case["canonical"],
                "{case}"
            ),
            Some("lex") => check_cut_up(case),
            Some("cmp") => check_order(case, read(&case["a"]), read(&case["b"])),
            Some("cmp-decimal") => check_order(case, scaled(&case["a"]), scaled(&case["b"])),
            other => panic!("a new kind of case: {other:?}"),
        }
    }
}

fn read(text: &Value) -> Quantity {
    Quantity::parse(text.as_str().unwrap()).unwrap_or_else(|error| panic!("{error}"))
}

fn check_parsed(case: &Value) {
    let quantity = read(&case["input"]);
    assert_eq!(quantity, read(&case["decimal"]), "{case}");
    assert_eq!(quantity.to_string(), case["canonical"], "{case}");
    if let Some(format) = case["format"].as_str() {
        let expected = match format {
            "DecimalSI" => Format::DecimalSi,
            "BinarySI" => Format::BinarySi,
            "DecimalExponent" => Format::DecimalExponent,
            other => panic!("a new format: {other}"),
        };
        assert_eq!(quantity.format(), expected, "{case}");
    }
    // Where the column is null Kubernetes holds the value in another way, whole or not.
    if let Some(whole) = case["as_int64"].as_i64() {
        assert_eq!(quantity.as_i64(), Some(whole), "{case}");
    }
}

/// The parts, put together again, are the same amount.
fn check_cut_up(case: &Value) {
    let part = |name: &str| case[name].as_str().unwrap();
    let sign = if case["positive"] == true { "" } else { "-" };
    let text = format!("{sign}{}.{}{}", part("num"), part("denom"), part("suffix"));
    assert_eq!(
        read(&case["input"]),
        Quantity::parse(&text).unwrap(),
        "{case}"
    );
    assert_eq!(
        read(&case["input"]).is_negative(),
        case["positive"] == false && part("num") != "0"
    );
}

/// These rows compare values that no text gives: below a nano a text is rounded. The order is kept by counting in units of 10^-40.
fn scaled(decimal: &Value) -> Quantity {
    let text = decimal.as_str().unwrap();
    assert!(!text.contains(['e', 'E']), "{text}");
    Quantity::parse(&format!("{text}e40")).unwrap()
}

fn check_order(case: &Value, left: Quantity, right: Quantity) {
    let order = left.cmp(&right) as i64;
    assert_eq!(case["cmp"].as_i64(), Some(order), "{case}");
    assert_eq!(right.cmp(&left) as i64, -order, "{case}");
    assert_eq!(left == right, order == 0, "{case}");
}
