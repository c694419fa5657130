//! Versions and version ranges, as package catalogs and clusters write them.
//!
//! | what | type |
//! |---|---|
//! | the version of a package | [`Version`] |
//! | a set of versions, with its algebra | [`VersionSet`] |
//! | a range as an author wrote it | [`VersionRange`], [`Prereleases`] |
//! | the version of a cluster, and a range of them | [`KubeVersion`], [`KubeVersionRange`] |
//! | what a range's author should know | [`RangeNote`], [`RangeNoteKind`] |
//! | the version in an image reference | [`image_version`] |
//! | what cannot be read | [`VersionError`], [`RangeError`] |
//!
//! There is one range dialect, and it reads what Helm, cargo, npm, Terraform and OLM authors write:
//!
//! | written | means |
//! |---|---|
//! | `1.2.3`, `=1.2.3`, `==1.2.3` | exactly that version |
//! | `1.2`, `=1.2`, `1.2.x`, `1.2.*`, `1.2.X` | that line: from 1.2.0, below every 1.3.0 |
//! | `!=1.2.3`, `!=1.2` | everything but that version, or that line |
//! | `>1.2.3`, `>=1.2.3`, `<1.2.3`, `<=1.2.3` (also `=>`, `=<`) | by order; `>1.2` is beyond the line, `<=1.2` includes it |
//! | `^1.2.3` | up to the next change of the first number that is not zero |
//! | `~1.2.3`, `~1.2`, `~1` | that minor line, or that major line if only a major is given |
//! | `~>1.2.3`, `~>1.2` | Terraform's: only the last number given may grow |
//! | `1.2 - 2.3` | `>=1.2, <=2.3` |
//! | `*`, `x`, `X`, nothing | every version |
//! | `>=1.2, <2`, `>=1.2 <2` | both |
//! | `^1.2 \|\| ^2` | either |
//!
//! A leading `v` or `V` is read everywhere, and so is white space around operators, commas and `||`.
//!
//! ```
//! use catalog_conditions::version::{Prereleases, Version, VersionRange};
//!
//! let range = VersionRange::parse(">=1.2, <2 || ^3.1.0-rc.1")?;
//! let takes = |text: &str| -> Result<bool, Box<dyn std::error::Error>> {
//!     Ok(range.matches(&Version::parse(text)?, Prereleases::Named))
//! };
//! assert!(takes("v1.4.0")?);
//! assert!(!takes("2.0.0")?);
//! assert!(takes("3.1.0-rc.2")?, "a bound names a prerelease of 3.1.0");
//! assert!(!takes("3.2.0-rc.1")?, "no bound names a prerelease of 3.2.0");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod comparator;
mod cut;
mod error;
mod identifier;
mod image;
mod kube_range;
mod kube_version;
mod note;
mod operand;
mod package_range;
mod package_version;
mod range_parser;
mod read;
mod set;

pub use error::{RangeError, VersionError};
pub use image::image_version;
pub use kube_range::KubeVersionRange;
pub use kube_version::KubeVersion;
pub use note::{RangeNote, RangeNoteKind};
pub use package_range::{Prereleases, VersionRange};
pub use package_version::Version;
pub use set::VersionSet;
