//! Repositories of other machines, fetched into a folder of this one.

mod credentials;
mod error;
#[cfg(feature = "git-https")]
mod http;
mod options;
mod process;
mod receive;
mod url;
mod watch;

use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use gix::protocol::transport::Protocol;
use gix::protocol::transport::client::git::{ConnectMode, blocking_io::Connection};

pub use self::error::{GitFetchError, GitFetchErrorKind};
pub use self::options::{GitFetchOptions, GitFetchProgress};
use self::receive::{Receiver, Wanted};
use self::url::RemoteUrl;
use self::watch::{Counted, Watch};
use super::GitRepository;

/// What was fetched.
#[derive(Clone)]
#[non_exhaustive]
pub struct FetchedRepository {
    /// The repository in the folder.
    pub repository: GitRepository,
    /// The commit that was asked for, in hexadecimal digits: what [`GitRepository::source`] takes.
    pub commit: String,
    /// How many bytes came.
    pub bytes: u64,
}

impl GitRepository {
    /// Fetches a branch, a tag, a commit (all digits of it) or, with `None`, what `HEAD` is, into a bare repository in the folder `into`,
    /// which is made if it is not there. Another fetch into the same folder brings what is missing there.
    ///
    /// | URL | needs |
    /// |---|---|
    /// | `git://host/path` | nothing |
    /// | `https://host/path` | feature `git-https` |
    /// | `ssh://user@host/path` | the program `ssh`, with its keys and its settings; it asks nobody for passwords |
    /// | `file:///path` | the program `git`; to read such a repository, [`open`](Self::open) needs neither it nor a copy |
    ///
    /// ```no_run
    /// use catalog_model::source::{GitFetchOptions, GitRepository};
    /// use catalog_model::{LoadOptions, load};
    ///
    /// let url = "ssh://git@example.com/catalogs/community.git";
    /// let fetched = GitRepository::fetch(url, Some("main"), "/var/cache/community.git", &GitFetchOptions::default())?;
    /// let source = fetched.repository.source(&fetched.commit, None)?;
    /// println!("{} packages", load(&source, &LoadOptions::default())?.catalog().packages().count());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Cost: the connection, and what the folder lacks of the commits that are asked for. It calls the progress from the threads that read.
    ///
    /// # Errors
    ///
    /// See [`GitFetchErrorKind`]. The references of the folder are as they were; objects that came may stay there.
    pub fn fetch(
        url: &str,
        revision: Option<&str>,
        into: impl AsRef<Path>,
        options: &GitFetchOptions<'_>,
    ) -> Result<FetchedRepository, GitFetchError> {
        let refuse = |kind, message: String| GitFetchError::new(kind, url, message);
        let remote =
            RemoteUrl::parse(url).map_err(|message| refuse(GitFetchErrorKind::Address, message))?;
        let wanted = Wanted::parse(revision)
            .map_err(|message| refuse(GitFetchErrorKind::NotFound, message))?;
        if !remote.is_there() {
            let message = "there is no such folder".to_owned();
            return Err(refuse(GitFetchErrorKind::Remote, message));
        }
        let watch = Watch::new(options);
        let receiver = Receiver {
            url,
            into: into.as_ref(),
            wanted: &wanted,
            watch: &watch,
            options,
        };
        let commit = receiver
            .repository(|receiver| remote.fetch(receiver))
            .map_err(|failure| failure.told(url, &watch))?;
        let repository = Self::open(into.as_ref())
            .map_err(|error| refuse(GitFetchErrorKind::Folder, error.to_string()))?;
        // A tag may have an object of its own.
        let commit = repository
            .commit(&commit)
            .map_err(|error| refuse(GitFetchErrorKind::NotFound, error.message().to_owned()))?;
        Ok(FetchedRepository {
            repository,
            commit,
            bytes: watch.bytes(),
        })
    }
}

/// What went wrong, before it is known whether somebody stopped the fetch.
pub(super) struct Failure {
    kind: GitFetchErrorKind,
    message: String,
}

impl Failure {
    pub(super) fn new(kind: GitFetchErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, message }
    }

    fn told(self, url: &str, watch: &Watch<'_>) -> GitFetchError {
        let Some(kind) = watch.stopped() else {
            return GitFetchError::new(self.kind, url, self.message);
        };
        let message = match kind {
            GitFetchErrorKind::Cancelled => "the fetch was cancelled",
            GitFetchErrorKind::TimedOut => "the fetch took longer than it may",
            _ => "more came than may come: nothing of it is used",
        };
        GitFetchError::new(kind, url, message)
    }
}

impl RemoteUrl {
    /// Connects as the protocol does, and receives; the id of what was asked for comes out.
    fn fetch(&self, receiver: &Receiver<'_>) -> Result<String, Failure> {
        match self {
            Self::File(path) => process::git(path, receiver),
            Self::Ssh { login, port, path } => process::ssh(login, *port, path, receiver),
            Self::Daemon { host, port, path } => daemon((host, *port), path, receiver),
            #[cfg(feature = "git-https")]
            Self::Http(url) => http::fetch(url, receiver),
            #[cfg(not(feature = "git-https"))]
            Self::Http(_) => {
                let message = "catalog-model is built without its feature `git-https`";
                Err(Failure::new(GitFetchErrorKind::Address, message))
            }
        }
    }
}

/// A connection to the first address of a host that takes one: a server that listens at one of them need not do so at the others.
fn connect(host: &str, port: u16, watch: &Watch<'_>) -> std::io::Result<TcpStream> {
    let mut last = std::io::Error::other("it has no address");
    for address in (host, port).to_socket_addrs()? {
        let patience = watch
            .left()
            .min(Duration::from_secs(30))
            .max(Duration::from_millis(1));
        match TcpStream::connect_timeout(&address, patience) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// By TCP, as `git daemon` speaks.
fn daemon(
    (host, port): (&str, u16),
    path: &str,
    receiver: &Receiver<'_>,
) -> Result<String, Failure> {
    let failed = |error: std::io::Error| {
        let message = format!("`{host}` cannot be reached: {error}");
        Failure::new(GitFetchErrorKind::Remote, message)
    };
    let watch = receiver.watch;
    let stream = connect(host, port, watch).map_err(failed)?;
    let writer = stream.try_clone().map_err(failed)?;
    let guarded = stream.try_clone().map_err(failed)?;
    let (alive, over) = mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            watch.guard(&over, || {
                // Whoever reads finds the end.
                let _ = guarded.shutdown(Shutdown::Both);
            });
        });
        let connection = Connection::new(
            Counted {
                from: stream,
                watch,
            },
            writer,
            Protocol::V2,
            path,
            Some((host, Some(port))),
            ConnectMode::Daemon,
            false,
        );
        let connection = connection.custom_url(Some(receiver.url.into()));
        let received = receiver.receive(connection);
        drop(alive);
        received
    })
}
