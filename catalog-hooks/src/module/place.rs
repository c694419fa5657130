//! Where a module goes, and what it is called there.

use catalog_model::{Module, Release, Scope};

use super::ModuleError;
use crate::{digest, label};

/// The longest name of a release of Helm.
const LONGEST: usize = 53;
/// How much of a name stays readable before `-` and the hash.
const READABLE: usize = LONGEST - 1 - digest::SHORT;

/// The namespace of a module of a package that is installed in `namespace`.
pub(super) fn namespace(
    release: &Release,
    module: &Module,
    namespace: &str,
) -> Result<String, ModuleError> {
    let own = module.namespace().unwrap_or(namespace);
    if !label::is_dns_label(own) {
        let message = format!(
            "`{own}` is not the name of a namespace: use at most 63 lower-case letters, digits and `-`"
        );
        return Err(ModuleError::new(release, module, message));
    }
    if own != namespace && release.metadata().scope() == Scope::Namespace {
        let message = format!(
            "it goes to namespace `{own}`, but the package may be installed in any, and is in `{namespace}`: leave out its `namespace`, or the package's `scope: namespace`"
        );
        return Err(ModuleError::new(release, module, message));
    }
    Ok(own.to_owned())
}

/// Between package and module in a name.
const BETWEEN: &str = "--";

/// The name of what deploys a module: a DNS-1123 label of at most 53 characters, the package's name alone for the module that is called
/// like it, else both with `--` between them. What would be no label, too long, or not tell where the package's name ends, becomes both with a
/// hash of them in full.
///
/// No two modules of packages in one namespace have the same: a name with `--` has it once, where a package ends; one without is a
/// package's own, or has a hash.
pub(super) fn name(release: &Release, module: &Module) -> String {
    let (package, name) = (release.package().as_str(), module.name());
    let is_plain = |part: &str| label::is_dns_label(part) && !part.contains(BETWEEN);
    let plain = match package == name {
        true => package.to_owned(),
        false => format!("{package}{BETWEEN}{name}"),
    };
    if plain.len() <= LONGEST && is_plain(package) && is_plain(name) {
        return plain;
    }
    let readable = label::dns_like(&plain, READABLE);
    let hash = digest::short(&["module", package, name]);
    format!("{readable}-{hash}")
}
