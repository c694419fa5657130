//! Catalogs of one package, written in a test.

use catalog_hooks::{HookError, OperationContext, OperationHooks, hook_jobs};
use catalog_model::version::Version;
use catalog_model::{Catalog, LoadOptions, MemorySource, Operation, PackageName, load};

/// The catalog of the package `db` with these versions, each with one file of hooks. It must have no errors.
pub(crate) fn catalog(versions: &[(&str, &str)]) -> Catalog {
    let files = versions.iter().flat_map(|(version, hooks)| {
        [
            (
                format!("db/{version}/metadata.yaml"),
                format!("name: db\nversion: {version}\n"),
            ),
            (format!("db/{version}/hooks/run.yaml"), (*hooks).to_owned()),
        ]
    });
    let loaded = load(&MemorySource::from_iter(files), &LoadOptions::default()).unwrap();
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics());
    loaded.into_catalog()
}

pub(crate) fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

pub(crate) fn package() -> PackageName {
    PackageName::parse("db").unwrap()
}

pub(crate) fn context() -> OperationContext {
    OperationContext::new("operation-1", "release-1").unwrap()
}

/// The hooks of an operation on `db`, which finds its releases in `catalog`.
pub(crate) fn hooks(catalog: &Catalog, operation: &Operation) -> Result<OperationHooks, HookError> {
    let release = |version: Option<&Version>| catalog.release("db", version?);
    let (from, to) = (release(operation.from()), release(operation.to()));
    hook_jobs(operation, &context(), from, to)
}
