//! `apiVersion` texts: their parts, and the order that Kubernetes gives versions of an API.

use std::cmp::Ordering;

/// The two parts of an `apiVersion` such as `apps/v1`; the core group is the empty text.
pub(crate) fn split(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

/// The `apiVersion` of a group and a version.
pub(crate) fn join(group: &str, version: &str) -> String {
    match group {
        "" => version.to_owned(),
        group => format!("{group}/{version}"),
    }
}

/// Whether a text can be an `apiVersion`: `v1` or `group/version`.
pub(crate) fn is_api_version(text: &str) -> bool {
    let is_name = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
            })
    };
    match text.split_once('/') {
        Some((group, version)) => is_name(group) && is_name(version) && !version.contains('.'),
        None => is_name(text) && !text.contains('.'),
    }
}

/// A version of an API that has a place in Kubernetes' order: v1 > v1beta2 > v1beta1 > v1alpha1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiVersion {
    group: Option<String>,
    major: u64,
    stability: Stability,
    minor: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stability {
    Alpha,
    Beta,
    Stable,
}

impl ApiVersion {
    /// Reads `v1beta1` or `group/v1beta1`; `None` for a version that has no place in the order.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (group, version) = match text.split_once('/') {
            Some((group, version)) => (Some(group.to_owned()), version),
            None => (None, text),
        };
        let digits = version.strip_prefix('v')?;
        let end = digits
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(digits.len());
        let (major, rest) = digits.split_at_checked(end)?;
        let (stability, minor) = match (rest.strip_prefix("alpha"), rest.strip_prefix("beta")) {
            (Some(minor), _) => (Stability::Alpha, number(minor)?),
            (_, Some(minor)) => (Stability::Beta, number(minor)?),
            _ if rest.is_empty() => (Stability::Stable, 0),
            _ => return None,
        };
        let major = number(major)?;
        Some(Self {
            group,
            major,
            stability,
            minor,
        })
    }

    /// How `self`, read from an object, stands to what a condition names; `None` if the condition names another group.
    pub(crate) fn compare_to(&self, bound: &Self) -> Option<Ordering> {
        if bound.group.is_some() && self.group != bound.group {
            return None;
        }
        let key = |version: &Self| (version.stability, version.major, version.minor);
        Some(key(self).cmp(&key(bound)))
    }
}

fn number(digits: &str) -> Option<u64> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::ApiVersion;
    use std::cmp::Ordering;

    #[test]
    fn versions_stand_in_kubernetes_order() {
        let falling = [
            "v10",
            "v2",
            "v1",
            "v11beta2",
            "v10beta3",
            "v3beta1",
            "v1beta2",
            "v1beta1",
            "v12alpha1",
            "v11alpha2",
            "v1alpha1",
        ];
        for (at, higher) in falling.iter().enumerate() {
            for lower in falling.iter().skip(at + 1) {
                let parse = |text: &str| ApiVersion::parse(text).unwrap();
                assert_eq!(
                    parse(higher).compare_to(&parse(lower)),
                    Some(Ordering::Greater),
                    "{higher} and {lower}"
                );
            }
        }
    }

    #[test]
    fn a_written_group_must_be_equal() {
        let compare = |found, bound| {
            ApiVersion::parse(found)
                .unwrap()
                .compare_to(&ApiVersion::parse(bound).unwrap())
        };
        assert_eq!(compare("apps/v1", "v1"), Some(Ordering::Equal));
        assert_eq!(compare("apps/v1", "apps/v1beta1"), Some(Ordering::Greater));
        assert_eq!(compare("apps/v1", "batch/v1"), None);
        assert_eq!(compare("v1", "apps/v1"), None);
    }

    #[test]
    fn what_has_no_place_in_the_order_is_not_read() {
        for text in [
            "",
            "v",
            "1",
            "foo",
            "v1gamma1",
            "v1beta",
            "v1beta1x",
            "v99999999999999999999",
            "apps/",
            "V1",
        ] {
            assert_eq!(ApiVersion::parse(text), None, "{text}");
        }
    }
}
