//! From a text to an address.

use catalog_conditions::Span;
use catalog_conditions::suggest::near;

use super::{AddressError, AddressKind, CatalogAddress};

const GIT: &str = "git+file";
/// Schemes of other machines.
const REMOTE: [&str; 4] = ["git+https", "git+ssh", "git+git", "git+http"];
const ARCHIVES: [&str; 3] = [".tar", ".tar.gz", ".tgz"];

/// A part of an address with the place where it begins.
#[derive(Clone, Copy)]
struct Part<'a> {
    whole: &'a str,
    text: &'a str,
    at: usize,
}

pub(super) fn address(text: &str) -> Result<CatalogAddress, AddressError> {
    let whole = Part::whole(text);
    if text.is_empty() {
        return Err(whole.error("an empty text names no catalog"));
    }
    if text.contains('\0') {
        return Err(whole.error("it has a byte NUL, which no path has"));
    }
    match whole.split(':') {
        Some((scheme, rest)) if scheme.text == GIT => git(rest),
        Some((scheme, rest)) if REMOTE.contains(&scheme.text) => remote(scheme, rest),
        Some((scheme, rest)) if rest.text.starts_with("//") || scheme.text.starts_with("git+") => {
            Err(unknown(scheme))
        }
        _ => local(whole),
    }
}

/// A scheme that nobody here reads.
fn unknown(scheme: Part<'_>) -> AddressError {
    let known = || [GIT].into_iter().chain(REMOTE);
    let list: Vec<&str> = known().collect();
    let list = list.join(", ");
    let mut message = format!("the protocol `{}` is not known: {list} are", scheme.text);
    let with_git = format!("git+{}", scheme.text);
    match known().find(|one| *one == with_git) {
        Some(meant) => message.push_str(&format!("; write `{meant}://…` for a repository of git")),
        None => {
            if let Some(near) = near(scheme.text, known()) {
                message.push_str(&format!("; did you mean `{near}`?"));
            }
        }
    }
    scheme.error(message)
}

/// A repository of another machine: `https:` and the like, and what stands behind it.
fn remote(scheme: Part<'_>, rest: Part<'_>) -> Result<CatalogAddress, AddressError> {
    let (place, fragment) = match rest.split('#') {
        Some((place, fragment)) => (place, Some(fragment)),
        None => (rest, None),
    };
    let Some(below) = place.after("//") else {
        return Err(place.error(format!("write `{}://host/path`", scheme.text)));
    };
    let slash = below.text.find('/').unwrap_or(below.text.len());
    let (authority, path) = (below.start(slash), below.from(slash));
    if authority.text.is_empty() || path.text.len() < 2 {
        let message = format!(
            "there is no host or no path: write `{}://host/path`",
            scheme.text
        );
        return Err(place.error(message));
    }
    let login = authority
        .text
        .rsplit_once('@')
        .map_or("", |(login, _)| login);
    if login.contains(':') || (!login.is_empty() && scheme.text != "git+ssh") {
        let message = "user and password do not belong into an address, which is shown and stored";
        return Err(authority.error(message));
    }
    let wrong = |character: char| character.is_whitespace() || character.is_control();
    if place.text.contains(wrong) {
        return Err(place.error("a URL has no spaces: write `%20`"));
    }
    let (revision, root) = match fragment {
        None => (None, None),
        Some(fragment) => revision_and_root(fragment)?,
    };
    let protocol = scheme.text.strip_prefix("git+").unwrap_or(scheme.text);
    Ok(CatalogAddress {
        kind: AddressKind::RemoteGit,
        path: format!("{protocol}:{}", place.text),
        revision,
        root,
    })
}

/// A folder or an archive.
fn local(whole: Part<'_>) -> Result<CatalogAddress, AddressError> {
    let is_archive = |path: &str| {
        let path = path.to_ascii_lowercase();
        ARCHIVES.iter().any(|ending| path.ends_with(ending))
    };
    let (path, root) = match whole.split('#') {
        Some((path, root)) if is_archive(path.text) => (path, Some(folder(root)?)),
        _ => (whole, None),
    };
    let kind = match is_archive(path.text) {
        true => AddressKind::Archive,
        false => AddressKind::Folder,
    };
    Ok(CatalogAddress {
        kind,
        path: path.text.to_owned(),
        revision: None,
        root,
    })
}

/// What stands behind `git+file:`.
fn git(rest: Part<'_>) -> Result<CatalogAddress, AddressError> {
    let (place, fragment) = match rest.split('#') {
        Some((place, fragment)) => (place, Some(fragment)),
        None => (rest, None),
    };
    let path = match place.after("//") {
        Some(place) => below_host(place)?,
        None => place,
    };
    if path.text.is_empty() {
        return Err(place.error("there is no path: write `git+file:///path/to/repository`"));
    }
    let (revision, root) = match fragment {
        None => (None, None),
        Some(fragment) => revision_and_root(fragment)?,
    };
    Ok(CatalogAddress {
        kind: AddressKind::Git,
        path: decoded(path)?,
        revision,
        root,
    })
}

/// The path behind a host, which is this machine.
fn below_host(place: Part<'_>) -> Result<Part<'_>, AddressError> {
    let slash = place.text.find('/').unwrap_or(place.text.len());
    let host = place.start(slash);
    match host.text {
        "" | "localhost" => Ok(place.from(slash)),
        "." | ".." => Err(host.error(format!(
            "`{0}` stands where a host does: write `git+file:{0}/…` for a path from here",
            host.text
        ))),
        _ => Err(host.error(format!(
            "the host `{}` is not this machine: write `git+file:///path`, with three `/`",
            host.text
        ))),
    }
}

/// `REVISION`, `REVISION:FOLDER` or `:FOLDER`.
fn revision_and_root(fragment: Part<'_>) -> Result<(Option<String>, Option<String>), AddressError> {
    if fragment.text.is_empty() {
        return Err(fragment
            .error("nothing stands behind `#`: write `#branch`, `#branch:folder` or no `#`"));
    }
    let (revision, root) = match fragment.split(':') {
        Some((revision, root)) => (revision, Some(folder(root)?)),
        None => (fragment, None),
    };
    let revision = checked(revision)?;
    let revision = Some(revision.text.to_owned()).filter(|text| !text.is_empty());
    Ok((revision, root))
}

/// A branch, tag or commit, as far as its text tells.
fn checked(revision: Part<'_>) -> Result<Part<'_>, AddressError> {
    let wrong = |character: char| character.is_whitespace() || character.is_control();
    match revision.text.starts_with('-') || revision.text.contains(wrong) {
        true => Err(revision.error("this is no branch, tag or commit")),
        false => Ok(revision),
    }
}

/// A revision that stands by itself.
#[cfg(feature = "sync")]
pub(super) fn revision(text: &str) -> Result<String, AddressError> {
    let revision = checked(Part::whole(text))?;
    match revision.text.is_empty() || revision.text.contains(':') {
        true => Err(revision.error("this is no branch, tag or commit")),
        false => Ok(revision.text.to_owned()),
    }
}

/// A folder that stands by itself.
#[cfg(feature = "sync")]
pub(super) fn root(text: &str) -> Result<String, AddressError> {
    folder(Part::whole(text))
}

/// A folder in an archive or repository, without `.` and `/` at its ends.
fn folder(part: Part<'_>) -> Result<String, AddressError> {
    let mut parts = part.text.split('/');
    if parts.any(|part| part == "..") {
        return Err(part.error("a folder with `..` leads out: write it from the root"));
    }
    let parts = part.text.split('/');
    let parts: Vec<&str> = parts.filter(|part| !matches!(*part, "" | ".")).collect();
    Ok(parts.join("/"))
}

/// A path with what `%23` and the like stand for.
fn decoded(path: Part<'_>) -> Result<String, AddressError> {
    let mut bytes = Vec::with_capacity(path.text.len());
    let mut rest = path;
    while let Some(percent) = rest.text.find('%') {
        bytes.extend_from_slice(rest.start(percent).text.as_bytes());
        let code = rest.from(percent);
        let digits = code.text.get(1..3).filter(|digits| {
            let mut digits = digits.chars();
            digits.all(|digit| digit.is_ascii_hexdigit())
        });
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte.filter(|byte| *byte != 0) {
            Some(byte) => bytes.push(byte),
            None => {
                let message =
                    "behind `%` stand two hexadecimal digits: write `%25` for the sign itself";
                return Err(code.start(1).error(message));
            }
        }
        rest = code.from(3);
    }
    bytes.extend_from_slice(rest.text.as_bytes());
    String::from_utf8(bytes).map_err(|_| path.error("this path is not UTF-8"))
}

impl<'a> Part<'a> {
    fn whole(text: &'a str) -> Self {
        let whole = text;
        Self { whole, text, at: 0 }
    }

    /// What stands before and behind the first of a character.
    fn split(self, by: char) -> Option<(Self, Self)> {
        let at = self.text.find(by)?;
        Some((self.start(at), self.from(at + by.len_utf8())))
    }

    fn start(self, end: usize) -> Self {
        let text = self.text.get(..end).unwrap_or(self.text);
        Self { text, ..self }
    }

    fn from(self, start: usize) -> Self {
        Self {
            text: self.text.get(start..).unwrap_or_default(),
            at: self.at + start,
            ..self
        }
    }

    fn after(self, prefix: &str) -> Option<Self> {
        self.text
            .starts_with(prefix)
            .then(|| self.from(prefix.len()))
    }

    fn error(self, message: impl Into<String>) -> AddressError {
        let span = Span {
            start: self.at,
            end: self.at + self.text.len(),
        };
        AddressError::new(self.whole, span, message)
    }
}
