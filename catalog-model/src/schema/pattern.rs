//! The grammars of the format's texts as regular expressions, in the dialect of ECMAScript that JSON Schema asks for.
//!
//! None is stricter than the loader. Where a grammar is not regular, or a bound is on numbers, they are wider, and the loader decides.

/// A DNS-1123 label.
pub(super) const LABEL: &str = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
/// A DNS-1123 label without a bound on its length, as API groups and versions have it.
const LONG_LABEL: &str = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
/// The name of a label's key, and a label's value.
const LABEL_NAME: &str = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";

const IDENTIFIER: &str = r"(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)";
const BUILD: &str = r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)";
/// One number with its unit, as Go writes durations.
const SPAN: &str = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h)";
/// The same of no length.
const NO_SPAN: &str = r"(?:0+(?:\.0*)?|\.0+)(?:ns|us|µs|μs|ms|s|m|h)";

/// Controls, and characters that make a text look other than it is.
const INVISIBLE: &str = r"\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069";

pub(super) fn label() -> String {
    format!("^{LABEL}$")
}

pub(super) fn long_label() -> String {
    format!("^{LONG_LABEL}$")
}

pub(super) fn label_key() -> String {
    format!("^{}$", label_key_inside())
}

fn label_key_inside() -> String {
    format!(r"(?:{LONG_LABEL}(?:\.{LONG_LABEL})*/)?{LABEL_NAME}")
}

pub(super) fn label_value() -> String {
    format!("^(?:{LABEL_NAME})?$")
}

/// The name of an API group, or nothing for the core group.
pub(super) fn api_group() -> String {
    format!(r"^(?:{LONG_LABEL}(?:\.{LONG_LABEL})*)?$")
}

/// The API group of a CRD: a domain with at least one dot.
pub(super) fn crd_group() -> String {
    format!(r"^{LABEL}(?:\.{LABEL})+$")
}

/// A DNS-1035 label.
const RESOURCE_NAME: &str = r"[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?";

pub(super) fn resource_name() -> String {
    format!("^{RESOURCE_NAME}$")
}

pub(super) fn resource_name_if_any() -> String {
    format!("^(?:{RESOURCE_NAME})?$")
}

/// A kind, which is judged in lower case.
pub(super) fn kind_name() -> String {
    "^[A-Za-z](?:[-A-Za-z0-9]{0,61}[A-Za-z0-9])?$".to_owned()
}

/// A namespace, or `$namespace`.
pub(super) fn namespace() -> String {
    format!(r"^(?:\$namespace|{LABEL})$")
}

fn prerelease() -> String {
    format!(r"(?:-{IDENTIFIER}(?:\.{IDENTIFIER})*)")
}

/// Up to three numbers, a prerelease and build metadata.
fn version_inside() -> String {
    format!(r"[vV]?[0-9]+(?:\.[0-9]+){{0,2}}{}?{BUILD}?", prerelease())
}

pub(super) fn version() -> String {
    format!("^{}$", version_inside())
}

/// A cluster's version: of a vendor's build nothing is asked.
pub(super) fn kube_version() -> String {
    r"^[vV]?[0-9]+(?:\.[0-9]+){0,2}(?:[-+][\s\S]*)?$".to_owned()
}

/// A version, or an image reference with a tag that is one.
pub(super) fn image_version() -> String {
    format!("^(?:{0}|[\\s\\S]*:{0}(?:@[\\s\\S]*)?)$", version_inside())
}

/// A range of package versions.
pub(super) fn range() -> String {
    let suffix = format!("{}?{BUILD}?", prerelease());
    range_of(&suffix, "(?:-0)?")
}

/// A range of cluster versions.
pub(super) fn kube_range() -> String {
    let suffix = r"(?:[-+][^\s,|<>=!~^]*)?";
    range_of(suffix, suffix)
}

/// Alternatives of comparators. `of_line` is what may follow a wildcard.
fn range_of(suffix: &str, of_line: &str) -> String {
    let full = format!(r"[vV]?[0-9]+(?:\.[0-9]+){{0,2}}{suffix}");
    let line = format!(r"[vV]?[0-9]+\.(?:[0-9]+\.)?[xX*](?:\.[xX*])?{of_line}");
    let any = format!(r"[vV]?[xX*](?:\.[xX*]){{0,2}}{of_line}");
    let operand = format!("(?:{full}|{line}|{any})");
    // A bare wildcard behind these would take nothing.
    let excluding = format!(r"(?:!\s*=|>|<)\s*(?:{full}|{line})");
    let including = format!(r"(?:>\s*=|=\s*[>=<]|<\s*=|~\s*>|=|~|\^)?\s*{operand}");
    let hyphen = format!(r"{operand}\s+-\s+{operand}");
    let term = format!("(?:{hyphen}|{excluding}|{including})");
    let alternative = format!(r"\s*{term}(?:(?:\s*,\s*|\s+){term})*\s*");
    format!(r"^(?:\s*|{alternative}(?:\|\|{alternative})*)$")
}

/// A duration that is not negative, and longer than nothing.
pub(super) fn timeout() -> String {
    format!(r"^\+?(?=[^1-9]*[1-9])(?:{SPAN})+$")
}

/// A duration that is not negative.
pub(super) fn age() -> String {
    format!(r"^(?:\+?(?:0|(?:{SPAN})+)|-(?:0|(?:{NO_SPAN})+))$")
}

/// Any duration.
pub(super) fn duration() -> String {
    format!(r"^[-+]?(?:0|(?:{SPAN})+)$")
}

/// An absolute address.
pub(super) fn address() -> String {
    r"^[A-Za-z][A-Za-z0-9+.-]*:(?:(?!//)|//(?=[\s\S]))[^\s\u0000-\u001f\u007f-\u009f]+$".to_owned()
}

/// A path inside the version folder, as far as its first steps say.
pub(super) fn inner_path() -> String {
    r"^(?!/)(?!(?:\.?/)*\.\.(?:/|$))[^\\\u0000]*$".to_owned()
}

/// One word, and no path.
pub(super) fn word() -> String {
    r"^[^\s/\u0000-\u001f\u007f-\u009f]+$".to_owned()
}

/// `group/version/Kind`, or `version/Kind`.
pub(super) fn api() -> String {
    r"^(?:[^/\s*]+/)?[^/\s*]+/[^/\s*]+$".to_owned()
}

/// `group/Kind/name`.
pub(super) fn definition() -> String {
    r"^[^/\s*]+/[^/\s*]+/[^/\s*]+$".to_owned()
}

/// A capability's name.
pub(super) fn capability_name() -> String {
    r"^[^/\s*]+$".to_owned()
}

pub(super) fn api_version() -> String {
    r"^(?:[a-z0-9.-]+/)?[a-z0-9-]+$".to_owned()
}

/// A version of an API that has a place in Kubernetes' order.
pub(super) fn ordered_api_version() -> String {
    r"^(?:[^/]*/)?v[0-9]+(?:(?:alpha|beta)[0-9]+)?$".to_owned()
}

/// What the API server takes in an address, or `$namespace`.
pub(super) fn identifier() -> String {
    r"^(?:\$namespace|[^/%$\s\u0000-\u001f\u007f-\u009f]{1,253})$".to_owned()
}

pub(super) fn one_line() -> String {
    r"^(?=[\s\S]*\S)[^\u0000-\u001f\u007f-\u009f]{1,256}$".to_owned()
}

/// A path to a field.
pub(super) fn field_path() -> String {
    let ident = format!(r#"(?:\*|(?![0-9]+(?:[.\[]|$))[^.\[\]'"\\{{}}$@/=,?()*\s{INVISIBLE}]+)"#);
    let bracket = bracket();
    format!(r"^(?:{ident}|{bracket})(?:\.{ident}|{bracket}){{0,63}}$")
}

/// An index, a quoted or bare key, `*`, or a selection.
fn bracket() -> String {
    let quoted =
        format!(r#"(?:'(?:[^'\\{INVISIBLE}]|\\['\\])*'|"(?:[^"\\{INVISIBLE}]|\\["\\])*")"#);
    let key = format!(r#"[^.\[\]'"\\{{}}$@/=,?()*\s{INVISIBLE}]+"#);
    let text = format!(r#"[^,=\[\]'"\s{INVISIBLE}]+"#);
    let pair = format!("(?:{key}|{quoted})=(?:{text}|{quoted})");
    let bare = r"(?=[^\]]*[A-Za-z])[A-Za-z0-9._/][A-Za-z0-9._/-]*";
    format!(r"\[(?:0|[1-9][0-9]{{0,9}}|\*|{quoted}|{pair}(?:,{pair})*|{bare})\]")
}

/// A path that leads to several values: `*` as a key, or in brackets.
pub(super) fn many() -> String {
    let bracket = r#"\[(?:[^'"\]]|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")*\]"#;
    format!(r"^(?:[^\[\]]|{bracket})*?(?:(?:^|\.)\*(?:$|[.\[])|\[\*\])")
}

/// An amount in a node's status.
pub(super) fn node_amount() -> String {
    r#"^(?:allocatable|capacity|\[['"]?(?:allocatable|capacity)['"]?\])(?:\.[^.\[]+|\[.+\])$"#
        .to_owned()
}

/// kubectl's text of a label selector.
pub(super) fn selector() -> String {
    let key = label_key_inside();
    let value = format!("(?:{LABEL_NAME})?");
    let space = r"[ \t\r\n]*";
    let values = format!(r"\({space}{value}{space}(?:,{space}{value}{space})*\)");
    let one = format!(
        r"(?:!{space}{key}|{key}(?:{space}(?:==?|!=){space}{value}|{space}[<>]{space}[-+]?[0-9]+|[ \t\r\n]+(?:in|notin){space}{values})?)"
    );
    format!(r"^{space}(?:{one}{space}(?:,{space}{one}{space})*)?$")
}

/// A number in decimal digits.
pub(super) fn number() -> String {
    r"^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$".to_owned()
}

/// An amount as Kubernetes writes it, with a digit.
pub(super) fn quantity() -> String {
    r"^\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[numkMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]+)?\s*$"
        .to_owned()
}

/// RFC 3339.
pub(super) fn timestamp() -> String {
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})$"
        .to_owned()
}

/// A regular expression that says how it begins, behind groups and flags; with the flag `x`, white space and comments may come before.
pub(super) fn begins() -> String {
    r"^(?:(?:\s|\((?:\?(?:P?<[^>]*>|[A-Za-z-]*:))?|\(\?[A-Za-z-]+\))*(?:\^|\\A|\.\*)|[\s\S]*\(\?[A-Za-z]*x)"
        .to_owned()
}

/// A regular expression that says how it ends.
pub(super) fn ends() -> String {
    r"(?:\$|\\z|\.\*\??)[)\s]*$|\(\?[A-Za-z]*x".to_owned()
}
