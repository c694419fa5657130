//! Where a module lies that the package does not carry.

use catalog_model::TerraformRemote;

/// How a module is reached.
#[derive(Debug, PartialEq)]
pub(super) enum Origin<'r> {
    /// The controller clones it.
    Repository {
        url: String,
        folder: Option<&'r str>,
    },
    /// Terraform fetches it.
    Called {
        source: &'r str,
        version: Option<&'r str>,
    },
}

impl<'r> Origin<'r> {
    pub(super) fn of(remote: &'r TerraformRemote) -> Result<Self, String> {
        let source = remote.source.as_str();
        if ["./", "../", "/"]
            .iter()
            .any(|start| source.starts_with(start))
        {
            return Err(format!(
                "`{source}` is a folder, which nobody but its author has: name it as `path`, or publish the module"
            ));
        }
        let version = remote.version.as_deref();
        let texts = source.chars().chain(version.unwrap_or_default().chars());
        if let Some(control) = texts.into_iter().find(|c| c.is_control()) {
            return Err(format!(
                "its `remote` holds {control:?}, which no address or version has: take it out"
            ));
        }
        let in_git = is_in_git(source);
        if in_git && version.is_some() {
            return Err(format!(
                "`{source}` is a git repository, of which Terraform takes no `version`: write it as `?ref=` behind the address"
            ));
        }
        Ok(match in_git.then(|| repository(source)).flatten() {
            Some(repository) => repository,
            None => Self::Called { source, version },
        })
    }
}

/// Addresses that Terraform reads with git.
fn is_in_git(source: &str) -> bool {
    let starts = ["git::", "git@", "github.com/", "bitbucket.org/"];
    let address = source.split(['?', '#']).next().unwrap_or_default();
    let is_file = address.ends_with(".git") || address.contains(".git//");
    starts.iter().any(|start| source.starts_with(start)) || is_file
}

/// The whole of a repository's newest state, over HTTPS. The controller hands address and folder to a shell: nothing that a shell reads may
/// be in them.
fn repository(source: &str) -> Option<Origin<'_>> {
    let url = source.strip_prefix("git::").unwrap_or(source);
    let rest = url.strip_prefix("https://")?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/:".contains(c);
    if !rest.chars().all(is_plain)
        || rest
            .split('/')
            .any(|part| part == ".." || part.starts_with('-'))
    {
        return None;
    }
    let (address, folder) = match rest.split_once("//") {
        Some((address, folder)) => (address, Some(folder.trim_matches('/'))),
        None => (rest, None),
    };
    Some(Origin::Repository {
        url: format!("https://{address}"),
        folder: folder.filter(|folder| !folder.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use catalog_model::TerraformRemote;

    use super::Origin;

    #[track_caller]
    fn check(source: &str, version: Option<&str>, expected: &str) {
        let remote = TerraformRemote {
            source: source.to_owned(),
            version: version.map(str::to_owned),
        };
        let found = match Origin::of(&remote) {
            Ok(Origin::Repository { url, folder }) => format!("clone {url} {folder:?}"),
            Ok(Origin::Called { source, version }) => format!("call {source} {version:?}"),
            Err(message) => message,
        };
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn addresses() {
        check(
            "terraform-aws-modules/rds/aws",
            Some("~> 6.0"),
            "call terraform-aws-modules/rds/aws Some(\"~> 6.0\")",
        );
        check(
            "app.terraform.io/example/vpc/aws",
            None,
            "call app.terraform.io/example/vpc/aws None",
        );
        check(
            "git::https://git.example.com/net.git",
            None,
            "clone https://git.example.com/net.git None",
        );
        check(
            "https://git.example.com/net.git//vpc",
            None,
            "clone https://git.example.com/net.git Some(\"vpc\")",
        );
        check(
            "git::https://git.example.com/net.git//vpc?ref=v1",
            None,
            "call git::https://git.example.com/net.git//vpc?ref=v1 None",
        );
        check(
            "github.com/example/net",
            None,
            "call github.com/example/net None",
        );
        check(
            "git@github.com:example/net.git",
            None,
            "call git@github.com:example/net.git None",
        );
        check(
            "https://example.com/net.zip",
            None,
            "call https://example.com/net.zip None",
        );
    }

    #[test]
    fn what_a_shell_would_read_is_never_cloned() {
        for source in [
            "https://git.example.com/a.git//b;reboot",
            "git::https://git.example.com/$(reboot).git",
            "git::https://git.example.com/a b.git",
            "git::https://-upload-pack=x/-a.git",
        ] {
            check(source, None, &format!("call {source} None"));
        }
    }

    #[test]
    fn refused() {
        check(
            "../rds",
            None,
            "`../rds` is a folder, which nobody but its author has: name it as `path`, or publish the module",
        );
        check(
            "github.com/example/net",
            Some("1.0"),
            "`github.com/example/net` is a git repository, of which Terraform takes no `version`: write it as `?ref=` behind the address",
        );
        check(
            "a/b\n/c",
            None,
            "its `remote` holds '\\n', which no address or version has: take it out",
        );
    }
}
