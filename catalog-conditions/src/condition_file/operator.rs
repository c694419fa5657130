//! `op:`, and which operators a target answers.

use super::subject::Subject;
use crate::condition::{Comparison, Side, TextPart, Wanted};
use crate::document::{Node, Reader};
use crate::source::Span;

/// An operator without its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Compare(Comparison),
    In,
    NotIn,
    Exists,
    NotExists,
    IsNull,
    Between,
    Range,
    Matches,
    NotMatches,
    Text(TextPart),
    Has(Wanted),
    Length,
    Age(Side),
    Condition,
}

/// In the order in which they are listed for people.
const NAMES: &[(&str, Operator)] = &[
    ("eq", Operator::Compare(Comparison::Eq)),
    ("ne", Operator::Compare(Comparison::Ne)),
    ("gt", Operator::Compare(Comparison::Gt)),
    ("ge", Operator::Compare(Comparison::Ge)),
    ("lt", Operator::Compare(Comparison::Lt)),
    ("le", Operator::Compare(Comparison::Le)),
    ("in", Operator::In),
    ("notIn", Operator::NotIn),
    ("exists", Operator::Exists),
    ("notExists", Operator::NotExists),
    ("isNull", Operator::IsNull),
    ("between", Operator::Between),
    ("range", Operator::Range),
    ("matches", Operator::Matches),
    ("notMatches", Operator::NotMatches),
    ("startsWith", Operator::Text(TextPart::Start)),
    ("endsWith", Operator::Text(TextPart::End)),
    ("containsText", Operator::Text(TextPart::Anywhere)),
    ("hasItem", Operator::Has(Wanted::Item)),
    ("hasAll", Operator::Has(Wanted::All)),
    ("hasAny", Operator::Has(Wanted::Any)),
    ("hasNone", Operator::Has(Wanted::None)),
    ("length", Operator::Length),
    ("olderThan", Operator::Age(Side::Older)),
    ("newerThan", Operator::Age(Side::Newer)),
    ("condition", Operator::Condition),
];

/// What other tools call an operator.
const SYNONYMS: &[(&str, &str)] = &[
    ("=", "eq"),
    ("==", "eq"),
    ("equal", "eq"),
    ("equals", "eq"),
    ("is", "eq"),
    ("!=", "ne"),
    ("neq", "ne"),
    ("notEqual", "ne"),
    ("notEquals", "ne"),
    (">", "gt"),
    ("greaterThan", "gt"),
    (">=", "ge"),
    ("gte", "ge"),
    ("<", "lt"),
    ("lessThan", "lt"),
    ("<=", "le"),
    ("lte", "le"),
    ("nin", "notIn"),
    ("oneOf", "in"),
    ("doesNotExist", "notExists"),
    ("absent", "notExists"),
    ("present", "exists"),
    ("null", "isNull"),
    ("semver", "range"),
    ("version", "range"),
    ("regex", "matches"),
    ("regexp", "matches"),
    ("like", "matches"),
    ("notRegex", "notMatches"),
    ("prefix", "startsWith"),
    ("suffix", "endsWith"),
    ("contains", "hasItem"),
    ("includes", "hasItem"),
    ("size", "length"),
    ("count", "length"),
    ("older", "olderThan"),
    ("newer", "newerThan"),
];

impl Operator {
    pub(super) fn as_str(self) -> &'static str {
        let mut names = NAMES.iter();
        names
            .find(|(_, operator)| *operator == self)
            .map_or("", |(name, _)| name)
    }

    pub(super) fn is_presence(self) -> bool {
        matches!(self, Self::Exists | Self::NotExists | Self::IsNull)
    }

    /// Whether it reads values as `as` says.
    pub(super) fn obeys_reading(self) -> bool {
        matches!(
            self,
            Self::Compare(_) | Self::In | Self::NotIn | Self::Between | Self::Range | Self::Has(_)
        )
    }
}

pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Option<Operator> {
    let text = reader.word(node, "op")?;
    if let Some((_, operator)) = NAMES.iter().find(|(name, _)| *name == text) {
        return Some(*operator);
    }
    let synonym = SYNONYMS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text))
        .map(|(_, op)| *op);
    let message = format!("`{}` is no operator", crate::show::plain(text));
    let diagnostic = reader.error("op", node.span(), message);
    reader.report(match synonym {
        // What another language means by its word need not be the same.
        Some(_) => diagnostic.did_you_mean(synonym),
        None => {
            let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            let otherwise = format!("operators: {}", names.join(", "));
            reader.meant(diagnostic, node, &names, otherwise)
        }
    });
    None
}

/// The operator where none is written: only a target that is there or not has one.
pub(super) fn implied(reader: &mut Reader<'_>, subject: Subject, leaf: Span) -> Option<Operator> {
    let help = match subject {
        Subject::Presence => return Some(Operator::Exists),
        Subject::KubeVersion => "add `op: range` and a range such as `value: \">=1.28\"`",
        Subject::NodeCount | Subject::NodeQuantity => "add `op:`, such as `op: ge`, and a `value`",
        Subject::Object | Subject::Field => {
            "add `op:`, such as `op: eq` with a `value`, or `op: exists`"
        }
    };
    let place = Span::new(leaf.start, leaf.start);
    let diagnostic = reader.error("op.missing", place, "`op` is missing");
    reader.report(diagnostic.help(help));
    None
}

/// Which operators a subject answers.
pub(super) fn check_subject(
    reader: &mut Reader<'_>,
    operator: Operator,
    subject: Subject,
    span: Span,
) -> Option<()> {
    let compares = matches!(
        operator,
        Operator::Compare(_) | Operator::In | Operator::NotIn | Operator::Between
    );
    let presence = matches!(operator, Operator::Exists | Operator::NotExists);
    let (message, help) = match subject {
        Subject::KubeVersion if operator.is_presence() => (
            "a cluster always has a version: this operator asks nothing",
            "use `range` or a comparison",
        ),
        Subject::KubeVersion if !compares && operator != Operator::Range => (
            "a cluster's version is compared as a version only",
            "use `range` or a comparison",
        ),
        Subject::NodeCount | Subject::NodeQuantity if !compares => (
            "what is counted over nodes can only be compared",
            "use a comparison such as `ge`, or `between`",
        ),
        Subject::Presence if !presence => (
            "this target is there or not: it has no value to compare",
            "use `exists` (the default) or `notExists`",
        ),
        Subject::Object if !presence && operator != Operator::Condition => (
            "this operator needs a field to look at",
            "add `fieldPath` to the target",
        ),
        Subject::Field if operator == Operator::Condition => (
            "`condition` looks at `status.conditions` of the whole object",
            "remove the path",
        ),
        _ => return Some(()),
    };
    let diagnostic = reader.error("op.target", span, message);
    reader.report(diagnostic.help(help));
    None
}
