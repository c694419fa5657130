//! The lock of an answer: read, held against what is there now, and written again.

use std::collections::BTreeMap;
use std::fs;
use std::io;

use catalog_examples::{
    Arguments, Choice, Failure, Format, Given, Offer, Output, note, replace, source,
};
use catalog_model::{
    Catalog, CatalogSource, ContentChanged, DigestLimits, Lock, LockEntry, Release, ReleaseContent,
    Severity, SourceFile,
};
use catalog_resolve::{LockChange, LockChanges, Request, Resolution, lock_changes};
use serde_json::{Map, Value, json};

/// What `--lock FILE` and `--locked` ask for.
pub(crate) struct Locking<'a> {
    path: &'a str,
    /// The lock that is there, and its text.
    before: Option<(Lock, String)>,
    /// Whether it must stay as it is.
    is_strict: bool,
}

/// What became of a lock.
pub(crate) struct Settled<'a> {
    path: &'a str,
    releases: usize,
    /// None if there was no lock.
    changes: Option<LockChanges>,
    content: Result<(), ContentChanged>,
    unverified: Vec<String>,
    is_strict: bool,
    /// What was not there to be asked, if something moved meanwhile: the lock stays as it is.
    unread: Option<String>,
    is_written: bool,
}

impl<'a> Locking<'a> {
    /// Reads the lock that the arguments name, if they name one. Something wrong with it ends the program: without it, releases would move
    /// that nobody wanted to move. A catalog that it names and that is not given is told of.
    pub(crate) fn read(
        arguments: &'a Arguments,
        given: &[Given<'_>],
    ) -> Result<Option<Self>, Failure> {
        let is_strict = arguments.switch("locked");
        let Some(path) = arguments.option("lock") else {
            return match is_strict {
                true => Err(Failure::new("--locked needs --lock FILE")),
                false => Ok(None),
            };
        };
        let before = match fs::read(path) {
            Ok(bytes) => Some(parse(path, bytes, given)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => match is_strict {
                true => {
                    let message = format!("{path}: {error}; without --locked, a lock is written");
                    return Err(Failure::new(message));
                }
                false => None,
            },
            Err(error) => return Err(Failure::new(format!("{path}: {error}"))),
        };
        Ok(Some(Self {
            path,
            before,
            is_strict,
        }))
    }

    /// A request that chooses again what is locked.
    pub(crate) fn request(&self, request: Request) -> Request {
        match &self.before {
            Some((lock, _)) => request.lock(lock),
            None => request,
        }
    }

    /// Holds an answer against the lock, and writes the lock if it is another one now and nothing speaks against it.
    pub(crate) fn settle(
        &self,
        offer: &Offer,
        given: &[Given<'_>],
        request: &Request,
        resolution: &Resolution,
    ) -> Result<Settled<'a>, Failure> {
        let mut now = self.contents(resolution.lock(request), offer, given)?;
        let mut settled = Settled {
            path: self.path,
            releases: now.releases().len(),
            changes: None,
            content: Ok(()),
            unverified: Vec::new(),
            is_strict: self.is_strict,
            unread: None,
            is_written: false,
        };
        if let Some((before, _)) = &self.before {
            let changes = lock_changes(offer.universe(), request, resolution, before);
            settled.changes = Some(changes);
            settled.content = match request.is_answered_by(before) {
                // Of all that was locked: what changed may be why it is not chosen again.
                true => before.verify(&self.contents(before.clone(), offer, given)?),
                false => before.verify(&now),
            };
            let unverified = before.unverified(&now);
            settled.unverified = unverified.map(|entry| entry.package().to_owned()).collect();
            now = now.with_digests_of(before);
        }
        let text = self.before.as_ref().map(|(_, text)| text.as_str());
        let is_other = text != Some(now.to_yaml().as_str());
        if self.before.is_some() && !settled.is_kept() {
            let problem = offer.choice().and_then(Choice::problem);
            settled.unread = problem.map(|failure| failure.to_string());
        }
        if is_other && !self.is_strict && !settled.is_broken() && settled.unread.is_none() {
            replace(self.path, text, &now.to_yaml())?;
            settled.is_written = true;
        }
        Ok(settled)
    }

    /// The digests of all releases that lie in their catalog. Of an entry with a digest, whichever catalog still holds that will do, be it one that the entry
    /// does not name. One that has none, because of a link in it, is locked without, but not where its digest is locked already.
    fn contents(&self, now: Lock, offer: &Offer, given: &[Given<'_>]) -> Result<Lock, Failure> {
        let Some(choice) = offer.choice() else {
            return Ok(now);
        };
        let mut sources = Sources::default();
        now.with_contents(|entry| {
            let found = sources.content_of(entry, choice, given);
            match found.transpose() {
                Ok(content) => Ok(content),
                Err(error) if self.has_digest_of(entry) => Err(Failure::new(error)),
                Err(error) => {
                    let package = entry.package();
                    note(format!("{package} is locked without a digest: {error}"));
                    Ok(None)
                }
            }
        })
    }

    fn has_digest_of(&self, entry: &LockEntry) -> bool {
        let before = self.before.as_ref();
        let before = before.and_then(|(lock, _)| lock.release(entry.package(), entry.namespace()));
        before
            .is_some_and(|before| before.version() == entry.version() && before.digest().is_some())
    }
}

/// The sources of catalogs, each opened once.
#[derive(Default)]
struct Sources<'g>(BTreeMap<&'g str, Result<CatalogSource, String>>);

impl<'g> Sources<'g> {
    /// What the catalogs have of an entry, or why that is not known: what was locked, if one of them holds that, else what lies in the first of its own
    /// catalogs that can be read. None if none of its own has it.
    fn content_of(
        &mut self,
        entry: &LockEntry,
        choice: &Choice,
        given: &[Given<'g>],
    ) -> Option<Result<ReleaseContent, String>> {
        let its_own = given.iter().filter(|one| entry.is_in(one.name));
        let is_other = |one: &&Given<'g>| entry.digest().is_some() && !entry.is_in(one.name);
        let mut found: Option<Result<ReleaseContent, String>> = None;
        for one in its_own.chain(given.iter().filter(is_other)) {
            let catalog = choice.catalog(one.name);
            let Some(folder) = catalog.and_then(|catalog| folder(catalog, entry)) else {
                continue;
            };
            let content = self.content(one.address, folder);
            let is_it = |content: &ReleaseContent| {
                let locked = entry.digest();
                locked.is_none_or(|it| it == content.digest().as_str())
            };
            if content.as_ref().is_ok_and(is_it) {
                return Some(content);
            }
            let is_known = found.as_ref().is_some_and(Result::is_ok);
            if entry.is_in(one.name) && (found.is_none() || (!is_known && content.is_ok())) {
                found = Some(content);
            }
        }
        found
    }

    fn content(&mut self, address: &'g str, folder: &str) -> Result<ReleaseContent, String> {
        let open = || source(address).map_err(|error| error.to_string());
        let opened = self.0.entry(address).or_insert_with(open);
        let source = opened.as_ref().map_err(String::clone)?;
        let content = ReleaseContent::of(source, folder, &DigestLimits::default());
        content.map_err(|error| error.to_string())
    }
}

/// Where a release lies that has the very version of an entry, be it that it cannot be used.
fn folder<'c>(catalog: &'c Catalog, entry: &LockEntry) -> Option<&'c str> {
    let package = catalog.package(entry.package())?;
    let mut releases = package.releases().iter();
    let mut unusable = package.unusable().iter();
    let usable = releases.find(|one| one.version().as_str() == entry.version());
    usable.map(Release::folder).or_else(|| {
        let found = unusable.find(|one| one.version() == entry.version());
        found.map(|one| one.folder())
    })
}

fn parse(path: &str, bytes: Vec<u8>, given: &[Given<'_>]) -> Result<(Lock, String), Failure> {
    let file = SourceFile::from_bytes(path, bytes);
    let file = file.map_err(|error| Failure::new(error.to_string()))?;
    let names: Vec<&str> = given.iter().filter_map(|one| one.name).collect();
    let (lock, diagnostics) = Lock::read_for(&file, &Lock::limits(), &names);
    let warnings = diagnostics.iter();
    warnings
        .filter(|diagnostic| diagnostic.severity() == Severity::Warning)
        .for_each(note);
    let mut errors = diagnostics
        .iter()
        .filter(|one| one.severity() == Severity::Error);
    match (lock, errors.next()) {
        (Some(lock), None) => Ok((lock, file.text().to_owned())),
        (_, Some(error)) => Err(Failure::new(error.to_string())),
        (None, None) => Err(Failure::new(format!("{path}: this is no lock"))),
    }
}

impl Settled<'_> {
    /// Whether the answer may not be used: a locked release holds something else now, or something would move that must not.
    pub(crate) fn is_broken(&self) -> bool {
        self.content.is_err() || (self.is_strict && !self.is_kept())
    }

    fn is_kept(&self) -> bool {
        self.changes.as_ref().is_some_and(LockChanges::is_empty)
    }

    /// Tells of the lock, and in JSON of nothing else.
    pub(crate) fn print(&self, format: Format, output: &mut Output) {
        match format {
            Format::Json => output.json(&json!({ "status": "lockBroken", "lock": self.json() })),
            Format::Text => self.lines().iter().for_each(|line| output.line(line)),
        }
    }

    /// A few lines for people.
    pub(crate) fn lines(&self) -> Vec<String> {
        let path = self.path;
        let mut lines = Vec::new();
        if self
            .changes
            .as_ref()
            .is_some_and(LockChanges::is_other_request)
        {
            lines.push(format!("{path} answers another request than this one"));
        }
        lines.extend(
            self.content
                .as_ref()
                .err()
                .map(|error| format!("{path}: {error}")),
        );
        if let Some(unread) = &self.unread {
            lines.push(format!(
                "{path} stays as it is: what was locked may be where nobody could look ({unread})"
            ));
        }
        let verb = if self.is_broken() || self.unread.is_some() {
            "would change"
        } else {
            "changed"
        };
        match &self.changes {
            Some(changes) if !changes.is_empty() => {
                lines.push(format!(
                    "{path}: {}",
                    counted(changes.changes().len(), verb)
                ));
                let changes = changes.changes().iter();
                lines.extend(changes.map(|change| format!("  {change}")));
            }
            // What was locked is chosen, and is something else now: that was said.
            Some(_) if self.content.is_err() => {}
            Some(_) => lines.push(format!("{path}: {}", told(self.releases, "as locked"))),
            None => lines.push(format!("{path}: {}", told(self.releases, "locked now"))),
        }
        if !self.unverified.is_empty() {
            let names = self.unverified.join(", ");
            lines.push(format!(
                "{path}: locked digests that could not be compared: {names}"
            ));
        }
        lines
    }

    /// The same for scripts.
    pub(crate) fn json(&self) -> Value {
        let changes = self.changes.iter().flat_map(LockChanges::changes);
        let content = self.content.as_ref().err().into_iter();
        let content = content.flat_map(ContentChanged::releases).map(|release| {
            let files = release.files();
            let files = files.map(|(path, change)| json!({ "path": path, "change": change.as_str() }));
            json!({ "package": release.package(), "version": release.version(), "files": files.collect::<Vec<_>>() })
        });
        json!({
            "file": self.path, "written": self.is_written,
            "otherRequest": self.changes.as_ref().is_some_and(LockChanges::is_other_request),
            "changes": changes.map(change_json).collect::<Vec<_>>(),
            "contentChanged": content.collect::<Vec<_>>(),
            "unverified": self.unverified, "unread": self.unread,
        })
    }
}

fn told(count: usize, how: &str) -> String {
    match count {
        1 => format!("its one release is {how}"),
        count => format!("all {count} releases are {how}"),
    }
}

fn counted(count: usize, verb: &str) -> String {
    match count {
        1 => format!("one release {verb}"),
        count => format!("{count} releases {verb}"),
    }
}

fn change_json(change: &LockChange) -> Value {
    let mut object = Map::new();
    for (key, text) in [
        ("package", change.package()),
        ("namespace", change.namespace()),
        ("change", change.kind().as_str()),
        ("reason", change.reason().as_str()),
    ] {
        object.insert(key.to_owned(), text.into());
    }
    object.insert("explanation".to_owned(), change.explanation().into());
    for (key, entry) in [("from", change.before()), ("to", change.after())] {
        object.extend(entry.map(|entry| (key.to_owned(), place_json(entry))));
    }
    let facts = change.facts().iter();
    let facts = facts.map(|fact| json!({ "kind": fact.kind().as_str(), "text": fact.text(), "packages": fact.packages() }));
    object.insert("facts".to_owned(), facts.collect());
    Value::Object(object)
}

fn place_json(entry: &LockEntry) -> Value {
    let mut object = Map::new();
    object.insert("version".to_owned(), entry.version().into());
    object.insert("namespace".to_owned(), entry.namespace().into());
    object.extend(
        entry
            .catalog()
            .map(|name| ("catalog".to_owned(), name.into())),
    );
    Value::Object(object)
}
