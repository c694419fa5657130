//! Names of members, as paths below the root.

/// The longest path that is read: Linux opens no longer one.
pub(super) const PATH_BYTES: usize = 4096;

/// Why a name is refused.
pub(super) enum BadName {
    Absolute,
    Parent,
    Nul,
    Long,
}

/// A name without `.` and doubled `/`; the archive's root is empty. Names that are not UTF-8 are read as far as they are.
pub(super) fn path(name: &[u8]) -> Result<(String, bool), BadName> {
    if name.len() > PATH_BYTES {
        return Err(BadName::Long);
    }
    if name.contains(&0) {
        return Err(BadName::Nul);
    }
    if name.starts_with(b"/") {
        return Err(BadName::Absolute);
    }
    let text = String::from_utf8_lossy(name);
    let is_utf8 = matches!(text, std::borrow::Cow::Borrowed(_));
    let mut path = String::with_capacity(text.len());
    for part in text.split('/').filter(|part| !matches!(*part, "" | ".")) {
        if part == ".." {
            return Err(BadName::Parent);
        }
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(part);
    }
    Ok((path, is_utf8))
}

impl BadName {
    /// What is wrong with the name, in words that end a sentence.
    pub(super) fn problem(&self) -> String {
        match self {
            Self::Absolute => "is an absolute path: pack the folder with paths below it".to_owned(),
            Self::Parent => "has a part `..`, which may lead out of the archive".to_owned(),
            Self::Nul => "has a byte NUL, which no file's name has".to_owned(),
            Self::Long => format!("has more than {PATH_BYTES} bytes"),
        }
    }
}
