//! What the values of things look like: a pattern that no value can be like holds of nothing, which nobody means.

use catalog_model::conditions::snapshot::built_in_kinds;
use catalog_model::conditions::suggest::near;
use catalog_model::crd_safety;

use super::pattern::Pattern;
use super::subject::WITHOUT_GROUP;

/// What values look like.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// Like anything.
    Any,
    /// The code of a break.
    Code,
    /// The group of a CustomResourceDefinition.
    CrdGroup,
    /// An API group; the core group is an empty text.
    Group,
    /// A kind without its group.
    Kind,
    /// A kind with its group.
    KindOfGroup,
    /// Without capitals.
    Lower,
    /// An operation that webhooks intercept.
    Operation,
    /// The registry of an image.
    Registry,
    /// A resource, without capitals, or a path.
    Resource,
    /// A role with its kind.
    Role,
    /// Somebody with a kind.
    RoleSubject,
    /// The tag of an image.
    Tag,
}

/// Why no value is like a pattern, and what may be meant instead.
pub(super) struct Impossible {
    pub(super) why: &'static str,
    pub(super) meant: Option<String>,
    pub(super) help: &'static str,
}

const LOWER: &str = "it has capitals, and what it is compared with has none";

/// Groups of Kubernetes without a dot in their name.
const GROUPS: [&str; 5] = ["apps", "autoscaling", "batch", "extensions", "policy"];

/// Breaks that are none of CRDs that both sides have.
const CODES: [&str; 6] = [
    "crd.gone",
    "oam.parameter.removed",
    "oam.parameter.required",
    "oam.parameter.type",
    "object.conflict",
    "object.immutable",
];

impl Form {
    /// Why no value of this form is like a pattern; none if one can be.
    pub(super) fn refuses(self, text: &str) -> Option<Impossible> {
        match self {
            Self::Any => None,
            Self::Code => code(text),
            Self::CrdGroup => crd_group(text),
            Self::Group => group(text),
            Self::Kind => kind(text),
            Self::KindOfGroup => kind_of_group(text),
            Self::Lower => capitals(text),
            Self::Operation => operation(text),
            Self::Registry => registry(text),
            Self::Resource => match text.starts_with(['/', '*']) {
                true => None,
                false => capitals(text),
            },
            Self::Role => of_kinds(text, &["ClusterRole", "Role"]),
            Self::RoleSubject => of_kinds(text, &["ServiceAccount", "Group", "User"]),
            Self::Tag => tag(text),
        }
    }
}

fn impossible(why: &'static str, meant: Option<String>, help: &'static str) -> Option<Impossible> {
    Some(Impossible { why, meant, help })
}

fn capitals(text: &str) -> Option<Impossible> {
    let has_capitals = text.chars().any(char::is_uppercase);
    let meant = Some(text.to_lowercase());
    has_capitals.then_some(())?;
    impossible(LOWER, meant, "")
}

fn code(text: &str) -> Option<Impossible> {
    let known: Vec<&str> = crd_safety::rules()
        .map(|rule| rule.code())
        .chain(CODES)
        .collect();
    let pattern = Pattern::new(text);
    if known.iter().any(|code| pattern.matches(code)) {
        return None;
    }
    let meant = near(text, known).map(str::to_owned);
    let help = "the codes are in `CRD-BREAKS.md`, and `oam.parameter.*`, `object.immutable` and `object.conflict`";
    impossible("no break has such a code", meant, help)
}

fn group(text: &str) -> Option<Impossible> {
    if let Some((group, _)) = text.split_once('/') {
        let why = "a group is named without its version";
        return impossible(why, Some(group.to_owned()), "");
    }
    if text == "core" {
        let help = "the core group is an empty text: `''`";
        return impossible("no group is called so", None, help);
    }
    if !text.is_empty() && !text.contains(['.', '*']) && !GROUPS.contains(&text) {
        let meant = near(text, GROUPS).map(str::to_owned);
        let help = "groups that are not Kubernetes' own have a dot";
        return impossible("no group is called so", meant, help);
    }
    capitals(text)
}

fn crd_group(text: &str) -> Option<Impossible> {
    if !text.contains(['.', '*', '/']) {
        let why = "the group of a CustomResourceDefinition has a dot";
        return impossible(why, None, "say the whole group, as `example.com`");
    }
    group(text)
}

fn kind(text: &str) -> Option<Impossible> {
    let (kind, _) = text.split_once(['.', '/'])?;
    let why = "a kind stands here without its group";
    impossible(why, Some(kind.to_owned()), "`groups` says of which group")
}

fn kind_of_group(text: &str) -> Option<Impossible> {
    if text.contains('*') {
        return None;
    }
    let Some((kind, group)) = text.split_once('.') else {
        // That it is of a group is told otherwise.
        let near = near(text, WITHOUT_GROUP)?.to_owned();
        let is_known = WITHOUT_GROUP.contains(&text);
        (!is_known).then_some(())?;
        return impossible("no kind is called so", Some(near), "");
    };
    let is_of_group = |(of, _): &(&str, &str)| *of == group;
    let known = built_in_kinds().filter(is_of_group);
    let known: Vec<&str> = known.map(|(_, kind)| kind).collect();
    if known.contains(&kind) {
        return None;
    }
    let with_group = |kind: &str| format!("{kind}.{group}");
    if let Some(meant) = near(kind, known.iter().copied()) {
        return impossible("no kind is called so", Some(with_group(meant)), "");
    }
    let is_unknown = known.is_empty() && !group.contains('.') && !GROUPS.contains(&group);
    is_unknown.then_some(())?;
    if WITHOUT_GROUP.contains(&kind) {
        return impossible("the kind has no group", Some(kind.to_owned()), "");
    }
    let mut of_kind = built_in_kinds().filter(|(_, known)| *known == kind);
    let meant = of_kind.next().map(|(group, _)| format!("{kind}.{group}"));
    let help = "groups that are not Kubernetes' own have a dot";
    impossible("no group is called so", meant, help)
}

fn operation(text: &str) -> Option<Impossible> {
    const OPERATIONS: [&str; 5] = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
    let pattern = Pattern::new(text);
    if OPERATIONS.iter().any(|one| pattern.matches(one)) {
        return None;
    }
    let meant = near(text, OPERATIONS).map(str::to_owned);
    let help = "known operations: CONNECT, CREATE, DELETE, UPDATE";
    impossible("webhooks know no such operation", meant, help)
}

fn registry(text: &str) -> Option<Impossible> {
    if let Some((registry, _)) = text.split_once('/') {
        let why = "a registry is a host, without what is in it";
        let help = "`repositories` says what is in it";
        return impossible(why, Some(registry.to_owned()), help);
    }
    capitals(text)
}

fn tag(text: &str) -> Option<Impossible> {
    if !text.contains(['/', ':', '@']) {
        return None;
    }
    let why = "a tag is what stands behind the colon";
    let meant = text.rsplit_once(':').map(|(_, tag)| tag.to_owned());
    impossible(why, meant, "`images` is the whole name")
}

/// Of what is written as `Kind/name`.
fn of_kinds(text: &str, kinds: &[&str]) -> Option<Impossible> {
    let pattern = Pattern::new(text);
    let is_like = |kind: &&str| pattern.overlaps(&format!("{kind}/*"));
    if kinds.iter().any(is_like) {
        return None;
    }
    let meant = match text.split_once('/') {
        Some((kind, name)) => {
            let kind = near(kind, kinds.iter().copied());
            kind.map(|kind| format!("{kind}/{name}"))
        }
        None => kinds.first().map(|kind| format!("{kind}/{text}")),
    };
    impossible(
        "its kind stands before it",
        meant,
        "`*/name` is one of any kind",
    )
}
