//! Fetching over HTTP, with a TLS library of which nothing is global.
//!
//! Each agent is given its cryptography (`ring`) by hand, so that it does not matter which provider a service has installed for the whole process,
//! or whether two are linked into it and none is: that would be a panic elsewhere. Certificates are those that the system trusts.

use std::any::Any;
use std::io::{self, BufRead, BufReader, Cursor, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use gix::error::{ErrorExt, Result};
use gix::protocol::transport::Protocol;
use gix::protocol::transport::client::AuthenticationRequired;
use gix::protocol::transport::client::blocking_io::http::{
    GetResponse, Http, PostBodyDataKind, PostResponse, Transport,
};
use ureq::http::{Response, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, ResponseExt};

use super::Failure;
use super::error::GitFetchErrorKind;
use super::receive::Receiver;
use super::watch::{Counted, Watch};

/// How long the other side may be silent.
const SILENCE: Duration = Duration::from_secs(60);

/// What is asked of a server, at the end of its address.
const REFERENCES: &str = "info/refs?service=git-upload-pack";

pub(super) fn fetch(url: &str, receiver: &Receiver<'_>) -> std::result::Result<String, Failure> {
    let failed = |message: String| Failure::new(GitFetchErrorKind::Address, message);
    let parsed = gix::url::parse(url).map_err(|error| failed(error.to_string()))?;
    let watch = receiver.watch;
    let (alive, over) = mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || watch.guard(&over, || ()));
        let client = Client {
            agent: agent(watch),
            watch,
            moved: None,
        };
        let transport = Transport::new_http(client, parsed, Protocol::V2, false);
        let received = receiver.receive(transport);
        drop(alive);
        received
    })
}

fn agent(watch: &Watch<'_>) -> Agent {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(provider)
        .root_certs(RootCerts::PlatformVerifier)
        .build();
    let left = watch.left().max(Duration::from_millis(1));
    let config = Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .timeout_global(Some(left))
        .timeout_per_read(Some(SILENCE.min(left)))
        .timeout_connect(Some(SILENCE.min(left)))
        .user_agent("git/catalog-model");
    config.build().new_agent()
}

/// One server.
struct Client<'w> {
    agent: Agent,
    watch: &'w Watch<'w>,
    /// Where the server sent us, without what was asked.
    moved: Option<String>,
}

type Reply<'w> = BufReader<Counted<'w, Box<dyn Read + Send>>>;

impl<'w> Http for Client<'w> {
    type Headers = HeaderLines<'w>;
    type ResponseBody = ReplyBody<'w>;
    type PostBody = Upload<'w>;

    fn get(
        &mut self,
        url: &str,
        base_url: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<GetResponse<Self::Headers, Self::ResponseBody>> {
        let mut request = self.agent.get(url);
        let mut has_password = false;
        for (name, value) in headers.into_iter().filter_map(split) {
            has_password |= name.eq_ignore_ascii_case("authorization");
            request = request.header(name, value);
        }
        let response = request.call().map_err(|error| refused(&error))?;
        let at = response.get_uri().to_string();
        if at != url {
            let base = moved(base_url, &at, has_password);
            self.moved = Some(base.map_err(|why| io::Error::other(why).raise())?);
        }
        // Whoever reads the headers is told of what is wrong: only there is it known for a server that wants a password.
        let (lines, failure, reply) = match answer(response, self.watch) {
            Ok((lines, reply)) => (lines, None, Some(reply)),
            Err(failure) => (Cursor::default(), Some(failure), None),
        };
        Ok(GetResponse {
            headers: HeaderLines {
                exchange: None,
                failure,
                lines,
            },
            body: ReplyBody {
                exchange: None,
                reply,
            },
        })
    }

    fn post(
        &mut self,
        url: &str,
        _base_url: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
        _kind: PostBodyDataKind,
    ) -> Result<PostResponse<Self::Headers, Self::ResponseBody, Self::PostBody>> {
        let exchange = Exchange {
            agent: self.agent.clone(),
            watch: self.watch,
            url: url.to_owned(),
            headers: headers.into_iter().filter_map(split).collect(),
            body: Vec::new(),
            reply: None,
        };
        let exchange = Arc::new(Mutex::new(exchange));
        Ok(PostResponse {
            post_body: Upload(Arc::clone(&exchange)),
            headers: HeaderLines {
                exchange: Some(Arc::clone(&exchange)),
                failure: None,
                lines: Cursor::default(),
            },
            body: ReplyBody {
                exchange: Some(exchange),
                reply: None,
            },
        })
    }

    fn configure(&mut self, _: &dyn Any) -> Result {
        Ok(())
    }

    fn redirected_base_url(&self) -> Option<String> {
        self.moved.clone()
    }
}

/// A request that is sent when its answer is first looked at: all of it has been written by then.
pub(super) struct Exchange<'w> {
    agent: Agent,
    watch: &'w Watch<'w>,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    reply: Option<Reply<'w>>,
}

type Shared<'w> = Arc<Mutex<Exchange<'w>>>;

impl Exchange<'_> {
    fn send(&mut self) -> io::Result<Cursor<Vec<u8>>> {
        // A request that is sent on would lose its body.
        let mut request = self.agent.post(&self.url).config().max_redirects(0).build();
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = request.send(self.body.as_slice());
        let response = response.map_err(|error| io::Error::other(error.to_string()))?;
        let (headers, reply) = answer(response, self.watch)?;
        self.reply = Some(reply);
        Ok(headers)
    }
}

fn locked<'s, 'w>(exchange: &'s Shared<'w>) -> MutexGuard<'s, Exchange<'w>> {
    exchange.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is written of a request.
pub(super) struct Upload<'w>(Shared<'w>);

impl Write for Upload<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        locked(&self.0).body.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The headers of an answer, a line each.
pub(super) struct HeaderLines<'w> {
    /// What is still to be sent.
    exchange: Option<Shared<'w>>,
    failure: Option<io::Error>,
    lines: Cursor<Vec<u8>>,
}

impl BufRead for HeaderLines<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if let Some(exchange) = self.exchange.take() {
            self.lines = locked(&exchange).send()?;
        }
        self.lines.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.lines.consume(count);
    }
}

impl Read for HeaderLines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.fill_buf()?;
        self.lines.read(buffer)
    }
}

/// The body of an answer, whose headers were read before.
pub(super) struct ReplyBody<'w> {
    exchange: Option<Shared<'w>>,
    reply: Option<Reply<'w>>,
}

impl BufRead for ReplyBody<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Some(exchange) = self.exchange.take() {
            self.reply = locked(&exchange).reply.take();
        }
        match &mut self.reply {
            Some(reply) => reply.fill_buf(),
            None => Ok(&[]),
        }
    }

    fn consume(&mut self, count: usize) {
        if let Some(reply) = &mut self.reply {
            reply.consume(count);
        }
    }
}

impl Read for ReplyBody<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.fill_buf()?;
        match &mut self.reply {
            Some(reply) => reply.read(buffer),
            None => Ok(0),
        }
    }
}

/// Headers as lines, and the body. What is no success is an error.
fn answer<'w>(
    response: Response<Body>,
    watch: &'w Watch<'w>,
) -> io::Result<(Cursor<Vec<u8>>, Reply<'w>)> {
    let status = response.status();
    if status.as_u16() == 401 {
        let required = AuthenticationRequired::default();
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, required));
    }
    if !status.is_success() {
        return Err(io::Error::other(format!("the server answers {status}")));
    }
    let mut headers = Vec::new();
    for (name, value) in response.headers() {
        headers.extend([name.as_str().as_bytes(), b":", value.as_bytes(), b"\n"].concat());
    }
    let from: Box<dyn Read + Send> = Box::new(response.into_body().into_reader());
    let body = BufReader::new(Counted { from, watch });
    Ok((Cursor::new(headers), body))
}

/// Where a repository is that a server sends us on to. What is asked there next carries the password that this server was given, so that has to be
/// the same server, and never is anything sent on from a safe connection to one that everybody can read.
fn moved(base_url: &str, at: &str, has_password: bool) -> std::result::Result<String, String> {
    let is_safe = at.starts_with("https://") || base_url.starts_with("http://");
    let base = at.strip_suffix(REFERENCES).filter(|_| is_safe);
    let base = base.ok_or_else(|| {
        format!("the server sends on to `{at}`, where no repository is to be had")
    })?;
    if has_password && server(base_url) != server(at) {
        return Err(format!(
            "the server sends on to `{at}`, which is another one and is not given the password: use that address"
        ));
    }
    Ok(base.trim_end_matches('/').to_owned())
}

/// Protocol, host and port of an address; `None` where it has none, and then it is not said to be the same as another.
fn server(url: &str) -> Option<(String, String, Option<u16>)> {
    let url: Uri = url.parse().ok()?;
    let scheme = url.scheme_str()?.to_owned();
    let port = url.port_u16().or(match scheme.as_str() {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    });
    Some((scheme, url.host()?.to_ascii_lowercase(), port))
}

/// `name: value`.
fn split(line: impl AsRef<str>) -> Option<(String, String)> {
    let (name, value) = line.as_ref().split_once(':')?;
    Some((name.trim().to_owned(), value.trim().to_owned()))
}

fn refused(error: &ureq::Error) -> gix::Error {
    io::Error::other(error.to_string()).raise()
}

#[cfg(test)]
mod tests {
    use super::moved;

    #[test]
    fn a_password_stays_with_the_server_that_it_was_given_to() {
        let asked = |base: &str, to: &str, has_password| {
            moved(
                base,
                &format!("{to}/info/refs?service=git-upload-pack"),
                has_password,
            )
        };
        for (base, to, without, with) in [
            ("https://a.example/r", "https://a.example/r.git", true, true),
            (
                "https://a.example/r",
                "https://A.example:443/r.git",
                true,
                true,
            ),
            ("https://a.example/r", "https://b.example/r", true, false),
            (
                "https://a.example/r",
                "https://a.example:8443/r",
                true,
                false,
            ),
            (
                "https://a.example/r",
                "https://a.example.b.example/r",
                true,
                false,
            ),
            ("https://a.example/r", "http://a.example/r", false, false),
            ("http://a.example/r", "https://a.example/r", true, false),
        ] {
            assert_eq!(asked(base, to, false).is_ok(), without, "{base} to {to}");
            assert_eq!(
                asked(base, to, true).is_ok(),
                with,
                "{base} to {to} with a password"
            );
        }
        let left = asked("https://a.example/r", "https://a.example/r.git", true);
        assert_eq!(left.unwrap(), "https://a.example/r.git");
        assert!(moved("https://a.example/r", "https://a.example/login", false).is_err());
    }
}
