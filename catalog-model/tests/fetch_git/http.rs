//! Over HTTP: a small server of ours, with `git http-backend` behind it, in clear text and behind TLS.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use catalog_model::source::{GitFetchErrorKind, GitFetchOptions, GitRepository};
use rustls::{ServerConnection, StreamOwned};

use super::certificate::Certificate;
use super::protocols::{check_all, fetched};
use super::server::{folder, git, repository, there_is_git};

/// Serves the repositories of a folder; what is below `/moved` lies elsewhere, and below `/closed` a password is needed.
fn serve(root: &Path) -> u16 {
    let root = root.to_owned();
    listen(move |stream| answer(stream, &root))
}

/// The same behind TLS.
fn serve_safely(root: &Path, certificate: &Certificate) -> u16 {
    let (root, config) = (root.to_owned(), certificate.server());
    listen(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).ok()?;
        answer(StreamOwned::new(connection, stream), &root)
    })
}

/// Answers each connection in a thread of its own.
fn listen(answer: impl Fn(TcpStream) -> Option<()> + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || answer(stream.unwrap()));
        }
    });
    port
}

fn answer(stream: impl Read + Write, root: &PathBuf) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length: usize = headers
        .get("content-length")
        .map_or(0, |one| one.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut parts = first.split(' ');
    let (method, target) = (parts.next()?, parts.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let stream = reader.get_mut();
    if let Some(rest) = target.strip_prefix("/moved/") {
        let head = format!("HTTP/1.1 301 Moved\r\nLocation: /{rest}\r\nContent-Length: 0\r\n\r\n");
        return stream.write_all(head.as_bytes()).ok();
    }
    if path.starts_with("/closed/") && !headers.contains_key("authorization") {
        let head =
            "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";
        return stream.write_all(head.as_bytes()).ok();
    }
    let mut backend = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("REQUEST_METHOD", method)
        .env(
            "CONTENT_TYPE",
            headers.get("content-type").map_or("", String::as_str),
        )
        .env(
            "GIT_PROTOCOL",
            headers.get("git-protocol").map_or("", String::as_str),
        )
        .env("REMOTE_ADDR", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    backend.stdin.take()?.write_all(&body).ok()?;
    let mut made = Vec::new();
    backend.stdout.take()?.read_to_end(&mut made).ok()?;
    backend.wait().ok()?;
    let end = made.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, body) = made.split_at(end + 4);
    let head = String::from_utf8_lossy(head).into_owned();
    let status = head.lines().find_map(|line| line.strip_prefix("Status: "));
    let status = status.unwrap_or("200 OK");
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{head}");
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()
}

fn has_backend() -> bool {
    let has = there_is_git()
        && Path::new(&git(Path::new("."), &["--exec-path"]))
            .join("git-http-backend")
            .exists();
    if !has {
        eprintln!("skipped: there is no `git http-backend`");
    }
    has
}

#[test]
fn repositories_are_fetched_over_http() {
    if !has_backend() {
        return;
    }
    let root = folder("http");
    let work = repository(&root, &[]);
    let port = serve(&root);
    check_all(
        &format!("http://127.0.0.1:{port}/tree/.git"),
        &work,
        "http-into",
    );
    // Where the server sends us on, we go, and ask there for the rest.
    let moved = format!("http://127.0.0.1:{port}/moved/tree/.git");
    let options = GitFetchOptions::default();
    let fetched = GitRepository::fetch(&moved, None, root.join("moved"), &options).unwrap();
    assert_eq!(fetched.commit, git(&work, &["rev-parse", "HEAD"]));
    for (path, expected) in [
        ("nothing/.git", "404"),
        ("closed/tree/.git", "asks for a name and a password"),
    ] {
        let url = format!("http://127.0.0.1:{port}/{path}");
        let error = GitRepository::fetch(&url, None, root.join("refused"), &options);
        let error = error.err().unwrap();
        assert_eq!(error.kind(), GitFetchErrorKind::Remote, "{error}");
        assert!(error.message().contains(expected), "{path}: {error}");
    }
    // A password is not sent in clear text.
    let mut options = GitFetchOptions::default();
    options.credentials = Some(("me", "secret"));
    let url = format!("http://127.0.0.1:{port}/closed/tree/.git");
    let error = GitRepository::fetch(&url, None, root.join("refused"), &options);
    let error = error.err().unwrap();
    assert!(
        !format!("{error}{error:?}{options:?}").contains("secret"),
        "{error}"
    );
    assert!(error.message().contains("clear text"), "{error}");
}

#[test]
fn tls_needs_no_provider_of_the_process_and_trusts_nobody_unknown() {
    // No provider is installed for the process here, as in a service that links several.
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut hello = [0; 5];
            stream.read_exact(&mut hello).unwrap();
            // A handshake of TLS begins like that.
            assert_eq!((hello[0], hello[1]), (22, 3));
            stream.write_all(b"\x15\x03\x03\x00\x02\x02\x28").unwrap();
        }
    });
    let mut options = GitFetchOptions::default();
    options.timeout = Duration::from_secs(20);
    let url = format!("https://127.0.0.1:{port}/a.git");
    let error = GitRepository::fetch(&url, None, folder("tls"), &options)
        .err()
        .unwrap();
    assert_eq!(error.kind(), GitFetchErrorKind::Remote, "{error}");
    assert!(error.message().contains("HandshakeFailure"), "{error}");
}

/// What a process is told to fetch that is started with certificates of its own.
const URL: &str = "CATALOG_TEST_HTTPS_URL";
const WORK: &str = "CATALOG_TEST_HTTPS_WORK";

/// What such a process does; in others, nothing.
#[test]
fn child() {
    let (Ok(url), Ok(work)) = (std::env::var(URL), std::env::var(WORK)) else {
        return;
    };
    check_all(&url, Path::new(&work), "https-into");
    // Where it is sent on to, TLS goes on.
    let moved = url.replace("/tree/", "/moved/tree/");
    fetched(&moved, None, &folder("https-moved"));
    let mut options = GitFetchOptions::default();
    options.credentials = Some(("me", "secret"));
    let closed = url.replace("/tree/", "/closed/tree/");
    let error = GitRepository::fetch(&closed, None, folder("https-closed"), &options);
    // The password is sent, and what is closed lies nowhere.
    let error = error.err().unwrap();
    assert!(error.message().contains("404"), "{error}");
}

#[test]
fn repositories_are_fetched_over_https_from_those_who_are_trusted() {
    if !has_backend() {
        return;
    }
    let root = folder("https");
    let work = repository(&root, &[]);
    let trusted = Certificate::new("localhost", 2999);
    let path = root.join("trusted.pem");
    let expired = Certificate::new("localhost", 2001);
    let another = Certificate::new("elsewhere.example", 2999);
    let told = [&trusted, &expired, &another]
        .map(Certificate::pem)
        .concat();
    std::fs::write(&path, told).unwrap();
    // Whom the system trusts is asked once for each process.
    let fetch = |certificate: &Certificate| {
        let port = serve_safely(&root, certificate);
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "http::child", "--nocapture"])
            .env("SSL_CERT_FILE", &path)
            .env(URL, format!("https://localhost:{port}/tree/.git"))
            .env(WORK, &work)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&child.stderr).into_owned();
        (child.status.success(), told)
    };
    let unknown = Certificate::new("localhost", 2998);
    for (certificate, expected) in [
        (&unknown, "UnknownIssuer"),
        (&expired, "certificate expired"),
        (&another, "not valid for name"),
    ] {
        let (is_fetched, told) = fetch(certificate);
        assert!(!is_fetched && told.contains(expected), "{expected}: {told}");
    }
    let (is_fetched, told) = fetch(&trusted);
    assert!(is_fetched, "{told}");
}
