//! What programs read: catalogs, saved clusters, requests.

use std::env;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use catalog_conditions::snapshot::Snapshot;
use catalog_model::SourceFile;
use catalog_model::document::{Limits, parse};
use catalog_model::source::GitFetchOptions;
use catalog_model::version::VersionRange;
use catalog_model::{
    AddressKind, CatalogAddress, CatalogSource, InstalledRelease, LoadOptions, Loaded, Severity,
    load,
};

use serde_json::Value;

use crate::program::{Failure, note};

/// The largest file that is read whole, after unpacking: 512 MiB.
const LIMIT: u64 = 512 << 20;

/// Opens what CATALOG names: a folder, an archive, or a repository as `git+file:///path#branch`. One of another machine (`git+ssh://…`,
/// `git+git://…`, and with the feature `https` `git+https://…`) is fetched into a folder in `CATALOG_GIT_CACHE`, else in the user's cache.
///
/// # Errors
///
/// It is no address of a catalog, or there is nothing that can be read.
pub fn source(address: &str) -> Result<CatalogSource, Failure> {
    let address = CatalogAddress::parse(address);
    let address = address.map_err(|error| Failure::new(error.to_string()))?;
    if address.kind() != AddressKind::RemoteGit {
        return Ok(address.open()?);
    }
    Ok(address.open_fetched(&git_cache()?, &GitFetchOptions::default())?)
}

/// Where repositories are fetched to.
fn git_cache() -> Result<PathBuf, Failure> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(folder) = variable("CATALOG_GIT_CACHE") {
        return Ok(folder.into());
    }
    let user = variable("XDG_CACHE_HOME").map(PathBuf::from);
    let user = user.or_else(|| Some(Path::new(&variable("HOME")?).join(".cache")));
    let user = user.ok_or_else(|| {
        Failure::new(
            "a repository of another machine is fetched first: name a folder in CATALOG_GIT_CACHE",
        )
    })?;
    Ok(user.join("catalog").join("git"))
}

/// Loads the catalog that CATALOG names.
///
/// # Errors
///
/// It cannot be opened. Whatever is wrong in it is a diagnostic of the catalog.
pub fn catalog(address: &str) -> Result<Loaded, Failure> {
    Ok(load(&source(address)?, &LoadOptions::default())?)
}

/// A text file, unpacked if it begins as gzip does.
///
/// # Errors
///
/// It cannot be read, is no UTF-8, or is larger than 512 MiB.
pub fn text_or_gzip(path: &str) -> Result<String, Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("{path}: {error}"));
    let mut bytes = Vec::new();
    File::open(path)
        .map_err(failed)?
        .take(LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = Vec::new();
        flate2::read::MultiGzDecoder::new(bytes.as_slice())
            .take(LIMIT + 1)
            .read_to_end(&mut unpacked)
            .map_err(failed)?;
        bytes = unpacked;
    }
    if bytes.len() as u64 > LIMIT {
        return Err(Failure::new(format!(
            "{path}: it has more than {LIMIT} bytes"
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        Failure::new(format!(
            "{path}: byte {} is not UTF-8",
            error.utf8_error().valid_up_to()
        ))
    })
}

/// `PACKAGE` or `PACKAGE@RANGE`.
///
/// # Errors
///
/// The name is empty, or the range cannot be read.
pub fn package_and_range(text: &str) -> Result<(&str, VersionRange), Failure> {
    let (name, range) = text.split_once('@').unwrap_or((text, "*"));
    if name.is_empty() {
        return Err(Failure::new(format!(
            "`{text}` names no package: write PACKAGE or PACKAGE@RANGE"
        )));
    }
    let range =
        VersionRange::parse(range).map_err(|error| Failure::new(format!("{text}: {error}")))?;
    Ok((name, range))
}

/// The parameters of an installation: one document of YAML or JSON, a map.
///
/// # Errors
///
/// It cannot be read, or is no map.
pub fn parameters(path: &str) -> Result<Value, Failure> {
    let file = SourceFile::new(path, text_or_gzip(path)?);
    let documents = parse(&file, &Limits::default());
    if let Some(diagnostic) = documents.diagnostics.first() {
        return Err(Failure::new(diagnostic.to_string()));
    }
    match documents.documents.as_slice() {
        [only] if only.as_mapping().is_some() => Ok(only.to_json()),
        _ => Err(Failure::new(format!("{path}: parameters are one map"))),
    }
}

/// A saved cluster: a file that kubectl wrote, or a folder of such files, packed or not. `complete` vouches that it holds every object.
///
/// # Errors
///
/// A file cannot be read, or something in it cannot be understood: the first such place.
pub fn snapshot(path: &str, complete: bool) -> Result<Snapshot, Failure> {
    let builder = Snapshot::builder()
        .read_path(path, &Limits::snapshot())
        .map_err(|error| Failure::new(error.to_string()))?;
    let builder = if complete {
        builder.complete()
    } else {
        builder
    };
    let snapshot = builder.build();
    let warnings = snapshot.diagnostics().iter();
    for warning in warnings.filter(|diagnostic| diagnostic.severity() == Severity::Warning) {
        note(warning);
    }
    match snapshot
        .diagnostics()
        .iter()
        .find(|diagnostic| diagnostic.severity() == Severity::Error)
    {
        Some(diagnostic) => Err(Failure::new(diagnostic.to_string())),
        None => Ok(snapshot),
    }
}

/// Reads the records of what is installed; one that is wrong ends the program, as a plan without it would be for another cluster.
///
/// # Errors
///
/// The file cannot be read, or something is wrong with it.
pub fn installed(path: &str) -> Result<Vec<InstalledRelease>, Failure> {
    let text = text_or_gzip(path)?;
    let file = SourceFile::new(path, text);
    let (records, diagnostics) = InstalledRelease::read(&file, &Limits::default());
    let mut errors = diagnostics
        .iter()
        .filter(|one| one.severity() == Severity::Error);
    match errors.next() {
        Some(error) => Err(Failure::new(error.to_string())),
        None => Ok(records),
    }
}
