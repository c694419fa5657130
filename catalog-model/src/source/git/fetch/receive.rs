//! Receiving what is wanted, whoever brings it.

use std::cell::Cell;
use std::path::Path;

use gix::ObjectId;
use gix::create;
use gix::open::Options;
use gix::progress::Discard;
use gix::protocol::transport::client::blocking_io::Transport;
use gix::remote::fetch::{Shallow, Tags};
use gix::remote::{Direction, ref_map};

use super::Failure;
use super::error::GitFetchErrorKind;
use super::options::GitFetchOptions;
use super::watch::Watch;

/// The largest object that is unpacked, in bytes: much more than any file of a catalog may have.
const OBJECT_BYTES: usize = 512 << 20;

/// A branch or tag, a commit, or `HEAD`.
pub(super) enum Wanted {
    Head,
    Name(String),
    Reference(String),
    Commit(ObjectId),
}

/// What is to be fetched, and where to.
pub(super) struct Receiver<'a> {
    pub(super) url: &'a str,
    pub(super) into: &'a Path,
    pub(super) wanted: &'a Wanted,
    pub(super) watch: &'a Watch<'a>,
    pub(super) options: &'a GitFetchOptions<'a>,
}

impl Wanted {
    pub(super) fn parse(revision: Option<&str>) -> Result<Self, String> {
        let Some(text) = revision.filter(|text| *text != "HEAD") else {
            return Ok(Self::Head);
        };
        if let Ok(id) = ObjectId::from_hex(text.as_bytes()) {
            return Ok(Self::Commit(id));
        }
        let full = match text.starts_with("refs/") {
            true => text.to_owned(),
            false => format!("refs/heads/{text}"),
        };
        if text.starts_with('-') || gix::validate::reference::name(full.as_str().into()).is_err() {
            return Err(format!(
                "`{text}` is no branch, tag or commit: of what git takes, only these can be fetched, and commits with all their digits"
            ));
        }
        Ok(match text.starts_with("refs/") {
            true => Self::Reference(full),
            false => Self::Name(text.to_owned()),
        })
    }

    /// What to ask for, and where to keep it.
    fn refspecs(&self) -> Vec<String> {
        match self {
            Self::Head => vec!["+HEAD:refs/catalog/HEAD".to_owned()],
            Self::Name(name) => ["tags", "heads"]
                .map(|kind| format!("+refs/{kind}/{name}:refs/{kind}/{name}"))
                .into(),
            Self::Reference(name) => vec![format!("+{name}:{name}")],
            Self::Commit(id) => vec![format!("+{id}:refs/catalog/{id}")],
        }
    }

    fn missing(&self) -> String {
        match self {
            Self::Head => "the repository is empty, or the server does not give it".to_owned(),
            Self::Name(name) | Self::Reference(name) => {
                format!("the repository has no branch and no tag `{name}`")
            }
            Self::Commit(id) => format!("the repository has no commit `{id}`, or does not give it"),
        }
    }
}

impl Receiver<'_> {
    /// Lets a connection receive into the repository, which is made where there is none, of the kind that the other side has.
    pub(super) fn repository(
        &self,
        connect: impl Fn(&Self) -> Result<String, Failure>,
    ) -> Result<String, Failure> {
        let is_new = self
            .into
            .read_dir()
            .map_or(true, |mut entries| entries.next().is_none());
        if is_new {
            self.create(gix::hash::Kind::Sha1)?;
        }
        match connect(self) {
            // A repository of SHA-256: nothing was written yet.
            Err(failure) if is_new && failure.kind == GitFetchErrorKind::Folder => {
                std::fs::remove_dir_all(self.into).map_err(folder)?;
                self.create(gix::hash::Kind::Sha256)?;
                connect(self)
            }
            result => result,
        }
    }

    fn create(&self, hash: gix::hash::Kind) -> Result<(), Failure> {
        std::fs::create_dir_all(self.into).map_err(folder)?;
        let options = create::Options {
            object_hash: Some(hash),
            ..create::Options::default()
        };
        let kind = create::Kind::Bare;
        let made =
            gix::ThreadSafeRepository::init_opts(self.into, kind, options, Options::isolated());
        made.map(drop).map_err(folder)
    }

    /// Receives through a connection; the id that was asked for comes out.
    pub(super) fn receive<T: Transport>(&self, transport: T) -> Result<String, Failure> {
        let limit = format!("gitoxide.objects.allocLimit={OBJECT_BYTES}");
        // Whoever runs this need not have an identity, which references are written with.
        let overrides = [
            limit.as_str(),
            "committer.name=catalog",
            "committer.email=catalog@localhost",
        ];
        let options = Options::isolated().config_overrides(overrides);
        let repository = gix::open_opts(self.into, options).map_err(folder)?;
        let remote = repository.remote_at_without_url_rewrite(self.url);
        let remote = remote.map_err(broken)?.with_fetch_tags(Tags::None);
        let specs = self.wanted.refspecs();
        let remote = remote
            .with_refspecs(specs.iter().map(|one| one.as_str()), Direction::Fetch)
            .map_err(broken)?;
        let (credentials, is_asked) = (self.options.credentials, Cell::new(false));
        let connection = remote
            .to_connection_with_transport(transport)
            .with_credentials(|action| {
                is_asked.set(true);
                Ok(super::credentials::answer(credentials, action))
            });
        let prepared = connection.prepare_fetch(Discard, ref_map::Options::default());
        let prepared = prepared.map_err(|error| match credentials {
            None if is_asked.get() => {
                let message = "the server asks for a name and a password, and none are given";
                Failure::new(GitFetchErrorKind::Remote, message)
            }
            _ => broken(error),
        })?;
        let map = prepared.ref_map();
        if map.object_hash != repository.object_hash() {
            let message = format!(
                "it holds a repository of another kind than {}",
                map.object_hash
            );
            return Err(Failure::new(GitFetchErrorKind::Folder, message));
        }
        let found = map.mappings.iter().find_map(|mapping| {
            let id = mapping.remote.as_id()?;
            Some(id.to_owned())
        });
        let Some(found) = found else {
            let message = self.wanted.missing();
            return Err(Failure::new(GitFetchErrorKind::NotFound, message));
        };
        let shallow = match self.options.depth {
            Some(depth) => Shallow::DepthAtRemote(depth),
            None if repository.is_shallow().map_err(folder)? => Shallow::undo(),
            None => Shallow::NoChange,
        };
        let prepared = prepared.with_shallow(shallow);
        prepared
            .receive(Discard, &self.watch.interrupt)
            .map_err(|error| match self.wanted {
                Wanted::Commit(_) => {
                    let message = format!("{}: {}", self.wanted.missing(), broken(error).message);
                    Failure::new(GitFetchErrorKind::NotFound, message)
                }
                _ => broken(error),
            })?;
        Ok(found.to_string())
    }
}

fn folder(error: impl std::fmt::Display) -> Failure {
    let message = format!("the folder to fetch into cannot be used: {error}");
    Failure::new(GitFetchErrorKind::Folder, message)
}

/// What went wrong, and why, in one line.
fn broken(error: impl std::error::Error) -> Failure {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !message.contains(&text) {
            message.push_str(": ");
            message.push_str(&text);
        }
        cause = inner.source();
    }
    Failure::new(GitFetchErrorKind::Remote, message)
}
