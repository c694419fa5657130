//! Links in trees that no file system follows them in.

use super::{EntryKind, SourceError, SourceErrorKind, join};

/// Links on one way that are followed: as many as Linux follows.
const LINKS: usize = 40;

/// What lies at a path of a tree, links not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    File,
    Folder,
    /// A link with its text.
    Link(String),
    Other,
}

/// A tree in which links can be followed.
pub(super) trait Nodes {
    /// What lies at a path on which no link lies before its end; the root, which is the empty path, is a folder.
    fn node(&self, path: &str) -> Result<Option<Node>, SourceError>;
}

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Real {
    /// The same place without links.
    pub(super) path: String,
    /// What is there: no link.
    pub(super) node: Node,
    /// Whether a link led there.
    pub(super) by_link: bool,
}

/// Why a path leads nowhere.
#[derive(Debug)]
pub(super) enum Lost {
    Nothing,
    ThroughFile,
    Out,
    Circle,
    Failed(SourceError),
}

/// Follows the links on the way to a path, as long as they stay inside the tree.
pub(super) fn follow(nodes: &dyn Nodes, path: &str) -> Result<Real, Lost> {
    let mut way: Vec<String> = parts(path);
    let mut real = Real {
        path: String::new(),
        node: Node::Folder,
        by_link: false,
    };
    let mut links = 0;
    while let Some(part) = way.pop() {
        if real.node != Node::Folder {
            return Err(Lost::ThroughFile);
        }
        if part == ".." {
            let above = real
                .path
                .rsplit_once('/')
                .map(|(above, _)| above.to_owned());
            match (above, real.path.is_empty()) {
                (Some(above), _) => real.path = above,
                (None, false) => real.path.clear(),
                (None, true) => return Err(Lost::Out),
            }
            continue;
        }
        let next = join(&real.path, &part);
        match nodes.node(&next).map_err(Lost::Failed)? {
            None => return Err(Lost::Nothing),
            Some(Node::Link(text)) => {
                links += 1;
                if links > LINKS {
                    return Err(Lost::Circle);
                }
                if text.starts_with('/') {
                    return Err(Lost::Out);
                }
                real.by_link = true;
                way.extend(parts(&text));
            }
            Some(node) => {
                real.path = next;
                real.node = node;
            }
        }
    }
    Ok(real)
}

/// What a listing says of a link: what it leads to, if that can be followed.
pub(super) fn kind(nodes: &dyn Nodes, link: &str) -> Result<EntryKind, SourceError> {
    match follow(nodes, link) {
        Ok(real) => Ok(match real.node {
            Node::File => EntryKind::File,
            // A link to a folder above itself would make the tree endless.
            Node::Folder if !is_below(link, &real.path) => EntryKind::Folder,
            _ => EntryKind::Link,
        }),
        Err(Lost::Failed(error)) => Err(error),
        Err(_) => Ok(EntryKind::Link),
    }
}

/// Whether a path is a folder or lies in it.
pub(super) fn is_below(path: &str, folder: &str) -> bool {
    let below = path.strip_prefix(folder);
    folder.is_empty() || below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// [`Source::is_inside`](super::Source::is_inside) of a tree: what is not there leads nowhere.
pub(super) fn is_inside(nodes: &dyn Nodes, path: &str, folder: &str) -> bool {
    match (follow(nodes, path), follow(nodes, folder)) {
        (Ok(path), Ok(folder)) => is_below(&path.path, &folder.path),
        (Err(Lost::Nothing | Lost::ThroughFile), _) => true,
        _ => false,
    }
}

impl Lost {
    /// The error of whoever asked for what is at the path.
    pub(super) fn error(self, shown: String) -> SourceError {
        let (kind, message) = match self {
            Self::Failed(error) => return error,
            Self::Nothing => (SourceErrorKind::NotFound, "there is no such file or folder"),
            Self::ThroughFile => (SourceErrorKind::WrongKind, "this is a file, not a folder"),
            Self::Out => (
                SourceErrorKind::WrongKind,
                "this link leads out of the catalog and is not followed",
            ),
            Self::Circle => (
                SourceErrorKind::WrongKind,
                "this link leads in a circle and is not followed",
            ),
        };
        SourceError::new(kind, shown, message)
    }
}

/// The parts of a path or of a link's text, the last one first.
fn parts(path: &str) -> Vec<String> {
    let parts = path.rsplit('/').filter(|part| !matches!(*part, "" | "."));
    parts.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Tree(&'static [(&'static str, &'static str)]);

    impl Nodes for Tree {
        fn node(&self, path: &str) -> Result<Option<Node>, SourceError> {
            let found = self.0.iter().find(|(known, _)| *known == path);
            Ok(found.map(|(_, what)| match *what {
                "file" => Node::File,
                "folder" => Node::Folder,
                link => Node::Link(link.to_owned()),
            }))
        }
    }

    const TREE: Tree = Tree(&[
        ("a", "folder"),
        ("a/f", "file"),
        ("a/up", ".."),
        ("a/g", "./f"),
        ("b", "a"),
        ("c", "c"),
        ("d", "/etc"),
        ("e", "a/../../x"),
        ("h", "b/g"),
        ("i", "nothing"),
    ]);

    #[test]
    fn links_are_followed_as_a_file_system_follows_them() {
        let leads = |path: &str| match follow(&TREE, path) {
            Ok(real) => real.path,
            Err(lost) => lost.error(String::new()).message().to_owned(),
        };
        let out = "this link leads out of the catalog and is not followed";
        for (path, expected) in [
            ("a/f", "a/f"),
            ("b/f", "a/f"),
            ("h", "a/f"),
            ("a/up/b/up/a", "a"),
            ("c", "this link leads in a circle and is not followed"),
            ("d", out),
            ("e", out),
            ("i", "there is no such file or folder"),
            ("a/f/x", "this is a file, not a folder"),
        ] {
            assert_eq!(leads(path), expected, "{path}");
        }
    }

    #[test]
    fn a_listing_shows_what_links_lead_to() {
        for (link, expected) in [
            ("h", EntryKind::File),
            ("b", EntryKind::Folder),
            ("a/up", EntryKind::Link),
            ("c", EntryKind::Link),
            ("d", EntryKind::Link),
            ("i", EntryKind::Link),
        ] {
            assert_eq!(kind(&TREE, link).unwrap(), expected, "{link}");
        }
        assert!(is_inside(&TREE, "b/f", "a") && is_inside(&TREE, "a/none", "a"));
        assert!(!is_inside(&TREE, "d", "a") && !is_inside(&TREE, "a/up", "a"));
    }
}
