//! What a service asks of a whole catalog, in a small part of its memory.
//!
//! An [`Index`] holds of each version what is asked of many: version, labels, tags, texts, dependencies, capabilities and flags, in
//! columns that share their texts. It is made of a [`Catalog`] that is there, or read from a [`Source`] without its definitions, which
//! are nine tenths of the bytes of real catalogs:
//!
//! ```
//! use catalog_model::index::{Index, Query};
//! use catalog_model::{Capability, LoadOptions, MemorySource};
//!
//! let source = MemorySource::from_iter([
//!     ("grafana/11.0.0/metadata.yaml", "name: grafana\nversion: 11.0.0\nlabel: { tier: web }\n"),
//!     ("grafana/12.0.0/metadata.yaml", "name: grafana\nversion: 12.0.0\nlabel: { tier: web }\nprovides:\n- name: dashboards\n"),
//!     ("loki/3.0.0/metadata.yaml", "name: loki\nversion: 3.0.0\nlabel: { tier: data }\n"),
//! ]);
//! let loaded = Index::read(&source, &LoadOptions::default())?;
//! assert!(loaded.diagnostics().is_empty());
//! let index = loaded.into_index();
//!
//! let web = index.select(&Query::new().labels("tier=web".parse()?))?;
//! let web = web.iter().next().ok_or("nothing is found")?;
//! assert_eq!(web.to_string(), "grafana@12.0.0");
//! let unknown = index.versions("grafan").err().ok_or("it is not there")?;
//! assert_eq!(unknown.near(), ["grafana"]);
//!
//! // What definitions provide is known once they are read, and a question that needs them does not guess.
//! let dashboards = Query::new().provides([Capability::parse_name("dashboards")?]);
//! assert!(index.select(&dashboards).is_err());
//! assert!(index.read_definitions(&source).diagnostics().is_empty());
//! let packages: Vec<_> = index.select(&dashboards)?.iter().map(|entry| entry.package()).collect();
//! assert_eq!(packages, ["grafana"]);
//!
//! let loaded = web.load(&source)?;
//! assert_eq!(loaded.release().version().as_str(), "12.0.0");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod builder;
mod capabilities;
mod column;
mod definitions;
mod entry;
mod error;
#[cfg(feature = "sync")]
mod follow;
mod labels;
mod layer;
mod loaded;
mod lookup;
mod order;
mod query;
mod read;
mod release;
mod select;
#[cfg(feature = "sync")]
mod stored;
mod strings;
mod summary;

use std::sync::Arc;

use self::column::Rows;
use self::layer::Layer;
use crate::load::LoadOptions;

pub use self::entry::{Entry, IndexedDependency};
pub use self::error::{IndexError, IndexErrorKind};
pub use self::loaded::{DefinitionsRead, LoadedIndex, LoadedRelease};
pub use self::query::Query;
pub use self::select::{Entries, Selection};
#[cfg(feature = "sync")]
pub(crate) use self::stored::StoredLayer;

#[cfg(doc)]
use crate::{Catalog, Source};

/// The versions of a catalog, in columns. Immutable, but for definitions that are read once when asked for; can be shared by threads.
///
/// **Usable** is a version that nothing is wrong with as far as is known: in an index that was [read](Self::read), as far as its metadata,
/// conditions, hooks and modules tell; once [definitions are read](Self::definitions_are_read), in earnest, as [`load`](crate::load())
/// has it. Every method that speaks of usable or newest versions answers by what is known when it is asked, so that reading definitions
/// may take a version away, put an older one in its place as the newest, and never adds one.
///
/// Cost: some 450 bytes a version ([`heap_bytes`](Self::heap_bytes) says how many), and what is asked reads only the columns it needs.
#[derive(Debug)]
pub struct Index {
    /// What was known first, and what came in its place since. Each package is shown by one of them.
    layers: Vec<Shown>,
    /// How it was read, and how definitions and releases will be.
    options: LoadOptions,
}

/// A layer, and what of it is no more.
#[derive(Clone, Debug)]
struct Shown {
    layer: Arc<Layer>,
    hidden: Option<Hidden>,
}

/// What later layers have in its place, or say is gone.
#[derive(Clone, Debug)]
struct Hidden {
    packages: Rows,
    versions: Rows,
}

const PRERELEASE: u8 = 1;
const YANKED: u8 = 2;
const NAMESPACED: u8 = 4;
