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

/// The name of what deploys a module: a DNS-1123 label of at most 53 characters, the package's name alone for the module that is called
/// like it, else both. What is no label, or too long, ends in a hash of both in full.
pub(super) fn name(release: &Release, module: &Module) -> String {
    let package = release.package().as_str();
    let plain = if module.name() == package {
        package.to_owned()
    } else {
        format!("{package}-{}", module.name())
    };
    if plain.len() <= LONGEST && label::is_dns_label(&plain) {
        return plain;
    }
    let readable = label::dns_like(&plain, READABLE);
    format!(
        "{readable}-{}",
        digest::short(&["module", package, module.name()])
    )
}
