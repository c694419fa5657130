//! Locks as files.

use crate::lock::{LOCK_VERSION, Lock, LockEntry};

use super::document::write;
use super::tree::{Fields, Tree};

/// What stands first in a lock.
const HEAD: &str = "# What was resolved, to be resolved again. Programs write this file: change what is asked for instead.\n";

impl Lock {
    /// The text of the file. [`read`](Self::read) gives the same lock back, and writing that one gives the same bytes.
    ///
    /// ```
    /// use catalog_model::{Lock, LockEntry};
    ///
    /// let loki = LockEntry::new("loki", "3.5", "loki").needed_by(["grafana"]);
    /// let lock = Lock::new("sha256:01", [loki, LockEntry::new("grafana", "12.1.0", "grafana").requested()]);
    /// let (_, text) = lock.to_yaml().split_once('\n').map(|(head, text)| (head.to_owned(), text.to_owned())).unwrap();
    /// assert_eq!(text, "\
    /// lockVersion: 1
    /// request: sha256:01
    /// releases:
    /// - package: grafana
    ///   version: 12.1.0
    ///   namespace: grafana
    ///   requested: true
    /// - package: loki
    ///   version: \"3.5\"
    ///   namespace: loki
    ///   neededBy:
    ///   - grafana
    /// ");
    /// ```
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let version = LOCK_VERSION.to_string();
        let mut fields = Fields::new();
        fields.put("lockVersion", Tree::Plain(&version));
        fields.text("request", self.request());
        let releases = self.releases().iter().map(tree).collect();
        fields.put("releases", Tree::List(releases));
        HEAD.to_owned() + &write(Tree::Fields(fields))
    }
}

fn tree(entry: &LockEntry) -> Tree<'_> {
    let mut fields = Fields::new();
    fields.text("package", entry.package());
    fields.text("version", entry.version());
    fields.text("namespace", entry.namespace());
    fields.optional("catalog", entry.catalog());
    fields.texts("alsoIn", entry.other_catalogs());
    fields.optional("digest", entry.digest());
    let mut files = Fields::new();
    for (path, digest) in entry.files() {
        files.text(path, digest);
    }
    fields.fields("files", files);
    if entry.is_requested() {
        fields.put("requested", Tree::Plain("true"));
    }
    fields.texts("neededBy", entry.askers());
    Tree::Fields(fields)
}
