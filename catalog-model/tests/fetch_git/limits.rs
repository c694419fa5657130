//! What stops a fetch, and what is said then.

use std::io::Read;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use catalog_model::source::{GitFetchErrorKind, GitFetchOptions, GitRepository};

use super::server::{folder, port, repository, there_is_git};

fn refused(url: &str, name: &str, options: &GitFetchOptions<'_>) -> (GitFetchErrorKind, String) {
    let into = folder(name).join("into");
    let error = GitRepository::fetch(url, None, into, options)
        .err()
        .unwrap();
    (error.kind(), error.message().to_owned())
}

#[test]
fn what_cannot_be_reached_is_told() {
    let options = GitFetchOptions::default();
    let (kind, told) = refused(&format!("git://127.0.0.1:{}/a", port()), "nobody", &options);
    assert_eq!(kind, GitFetchErrorKind::Remote);
    assert!(
        told.starts_with("`127.0.0.1` cannot be reached: "),
        "{told}"
    );
    let (kind, told) = refused("file:///no/such/repository", "nothing", &options);
    assert_eq!(
        (kind, told.as_str()),
        (GitFetchErrorKind::Remote, "there is no such folder")
    );
    let (kind, told) = refused("svn://host/a", "svn", &options);
    assert_eq!(kind, GitFetchErrorKind::Address);
    assert_eq!(
        told,
        "the protocol `svn` is not known: `https`, `ssh`, `git`, `file` are"
    );
    #[cfg(not(feature = "git-https"))]
    {
        let (kind, told) = refused("https://host/a", "https", &options);
        assert_eq!(kind, GitFetchErrorKind::Address);
        assert_eq!(
            told,
            "catalog-model is built without its feature `git-https`"
        );
    }
}

/// A port of ours, where nobody is at home for ssh: whatever `ssh` is or is not, the error is one in words.
#[test]
fn ssh_is_run_and_what_it_says_is_told() {
    let url = format!("ssh://nobody@127.0.0.1:{}/a.git", port());
    let (kind, told) = refused(&url, "ssh", &GitFetchOptions::default());
    match kind {
        GitFetchErrorKind::Program => {
            let expected =
                "the program `ssh` is not installed, and `ssh://` needs it; `https://` needs none";
            assert_eq!(told, expected);
        }
        kind => {
            assert_eq!(kind, GitFetchErrorKind::Remote);
            assert!(
                told.starts_with("`ssh` says: ") && told.contains("refused"),
                "{told}"
            );
        }
    }
}

#[test]
fn a_server_that_says_nothing_is_left_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("git://{}/a", silent.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in silent.incoming() {
            std::thread::spawn(move || stream.unwrap().read_to_end(&mut Vec::new()));
        }
    });
    let mut options = GitFetchOptions::default();
    options.timeout = Duration::from_millis(200);
    let began = Instant::now();
    let (kind, told) = refused(&url, "silent", &options);
    assert_eq!(kind, GitFetchErrorKind::TimedOut, "{told}");
    let cancelled = AtomicBool::new(false);
    options.timeout = Duration::from_secs(60);
    options.cancel = Some(&cancelled);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(200));
            cancelled.store(true, Ordering::Relaxed);
        });
        let (kind, told) = refused(&url, "silent-cancelled", &options);
        assert_eq!(
            (kind, told.as_str()),
            (GitFetchErrorKind::Cancelled, "the fetch was cancelled")
        );
    });
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn more_than_may_come_is_not_taken() {
    if !there_is_git() {
        return;
    }
    let work = repository(&folder("large"), &[]);
    let url = format!("file://{}", work.display());
    let mut options = GitFetchOptions::default();
    for bytes in [0, 100, 600] {
        options.max_bytes = bytes;
        let (kind, told) = refused(&url, "large-into", &options);
        assert_eq!(kind, GitFetchErrorKind::TooLarge, "{bytes}: {told}");
    }
    // The next one may have more, and the folder is as good as a new one.
    let into = folder("large-again");
    options.max_bytes = 600;
    assert!(GitRepository::fetch(&url, None, &into, &options).is_err());
    options.max_bytes = 1 << 20;
    let fetched = GitRepository::fetch(&url, None, &into, &options).unwrap();
    assert!(fetched.bytes > 600, "{}", fetched.bytes);
}

#[test]
fn a_server_that_talks_nonsense_is_an_error() {
    let talking = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("git://{}/a", talking.local_addr().unwrap());
    let answers: [&[u8]; 5] = [
        b"",
        b"zzzz",
        b"0010ERR go away\n",
        b"000eversion 2\n0000",
        &[0xff; 4096],
    ];
    std::thread::spawn(move || {
        for (stream, answer) in talking.incoming().zip(answers) {
            use std::io::Write;
            let _ = stream.unwrap().write_all(answer);
        }
    });
    for answer in answers {
        let mut options = GitFetchOptions::default();
        options.timeout = Duration::from_secs(10);
        let (kind, told) = refused(&url, "nonsense", &options);
        assert_eq!(kind, GitFetchErrorKind::Remote, "{answer:?}: {told}");
    }
}
