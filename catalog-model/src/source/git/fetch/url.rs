//! Where a repository is, as far as that is needed to go there.

use std::path::Path;

/// A URL, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RemoteUrl {
    /// Of this machine, by way of the program `git`.
    File(String),
    Ssh {
        /// `host` or `user@host`.
        login: String,
        port: Option<u16>,
        path: String,
    },
    Daemon {
        host: String,
        port: u16,
        path: String,
    },
    Http(String),
}

/// The port of `git daemon`.
const DAEMON: u16 = 9418;

impl RemoteUrl {
    /// Reads `ssh://`, `git://`, `https://`, `http://` and `file://`; else, says what is wrong.
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        if url.chars().any(|one| one.is_control() || one == ' ') {
            return Err("a URL has no spaces and no control characters".to_owned());
        }
        let Some((scheme, rest)) = url.split_once("://") else {
            return Err(
                "this is no URL: write `https://host/path`, `ssh://`, `git://` or `file://`"
                    .to_owned(),
            );
        };
        let (authority, path) = match rest.find('/') {
            Some(slash) => rest.split_at_checked(slash).unwrap_or((rest, "")),
            None => (rest, ""),
        };
        if path.len() < 2 {
            return Err("there is no path behind the host".to_owned());
        }
        let path = decoded(path)?;
        match scheme {
            "file" if matches!(authority, "" | "localhost") => Ok(Self::File(path)),
            "file" => Err(format!("the host `{authority}` is not this machine")),
            "ssh" => {
                let (login, port) = host_and_port(authority, true)?;
                Ok(Self::Ssh { login, port, path })
            }
            "git" => {
                let (host, port) = host_and_port(authority, false)?;
                let port = port.unwrap_or(DAEMON);
                Ok(Self::Daemon { host, port, path })
            }
            "http" | "https" => {
                host_and_port(authority, false)?;
                Ok(Self::Http(url.to_owned()))
            }
            other => Err(format!(
                "the protocol `{other}` is not known: `https`, `ssh`, `git`, `file` are"
            )),
        }
    }

    /// Whether a path of a file URL leads to something.
    pub(super) fn is_there(&self) -> bool {
        match self {
            Self::File(path) => Path::new(path).exists(),
            _ => true,
        }
    }
}

/// The host, with the user where there may be one, and the port. What another program could take for an option is refused.
fn host_and_port(authority: &str, with_user: bool) -> Result<(String, Option<u16>), String> {
    let (user, place) = match authority.rsplit_once('@') {
        Some((user, place)) => (Some(user), place),
        None => (None, authority),
    };
    if user.is_some_and(|user| !with_user || !is_plain(user)) {
        return Err(match with_user {
            true => {
                "a user is letters, digits, `.`, `_` and `-`: no password belongs here".to_owned()
            }
            false => {
                "user and password do not belong into a URL, which is shown and stored".to_owned()
            }
        });
    }
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            let port: u16 = port.parse().map_err(|_| format!("`{port}` is no port"))?;
            (host, Some(port))
        }
        _ => (place, None),
    };
    let inner = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let is_host = match inner {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => is_plain(host),
    };
    if !is_host {
        return Err(format!("`{host}` is no host"));
    }
    let host = inner.unwrap_or(host);
    let login = match user {
        Some(user) => format!("{user}@{host}"),
        None => host.to_owned(),
    };
    Ok((login, port))
}

fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    !text.is_empty() && !text.starts_with('-') && text.bytes().all(plain)
}

/// A path with what `%23` and the like stand for.
fn decoded(path: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = rest.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let byte = byte.filter(|byte| !byte.is_ascii_control());
        bytes.push(byte.ok_or("behind `%` stand two hexadecimal digits of a character")?);
        rest = rest.get(2..).unwrap_or_default();
    }
    String::from_utf8(bytes).map_err(|_| "the path is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::RemoteUrl;

    #[test]
    fn urls_are_read_and_harmful_ones_are_not() {
        let fine = [
            (
                "ssh://git@host:2222/a%20b.git",
                "Ssh { login: \"git@host\", port: Some(2222), path: \"/a b.git\" }",
            ),
            (
                "git://host/a",
                "Daemon { host: \"host\", port: 9418, path: \"/a\" }",
            ),
            (
                "git://[::1]:1/a",
                "Daemon { host: \"::1\", port: 1, path: \"/a\" }",
            ),
            ("file:///srv/a", "File(\"/srv/a\")"),
            ("https://host:8443/a", "Http(\"https://host:8443/a\")"),
        ];
        for (url, expected) in fine {
            assert_eq!(format!("{:?}", RemoteUrl::parse(url).unwrap()), expected);
        }
        let wrong = [
            ("ssh://-oProxyCommand=x/a", "is no host"),
            ("ssh://-l@host/a", "a user is letters"),
            ("ssh://git:secret@host/a", "no password belongs here"),
            ("https://u:p@host/a", "do not belong into a URL"),
            ("git://host:99999/a", "is no port"),
            ("git://host", "there is no path"),
            ("git://host/%0aa", "two hexadecimal digits"),
            ("file://host/a", "is not this machine"),
            ("ext::sh -c x", "no spaces"),
            ("svn://host/a", "is not known"),
            ("/srv/a", "this is no URL"),
        ];
        for (url, expected) in wrong {
            let told = RemoteUrl::parse(url).unwrap_err();
            assert!(told.contains(expected), "{url}: {told}");
        }
    }
}
