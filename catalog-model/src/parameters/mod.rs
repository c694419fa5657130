//! What can be set in a module: its schema, its defaults, and what the layers above them make of it.
//!
//! - What may be set: [`ParameterSchema`], from a chart's `values.schema.json` or inferred from its `values.yaml`, or from the `variable`
//!   blocks of a Terraform module ([`SchemaOrigin`]); bounded by [`ParameterLimits`]. [`ParameterSchema::read`] takes the files from a
//!   catalog, [`ParameterSchema::of_chart`] and [`ParameterSchema::of_terraform`] from anywhere.
//! - What is set: [`Layer`]s of defaults, packages, environment and user ([`LayerOrigin`]), merged by [`ReleaseParameters`] into
//!   [`LayeredValues`], where every value knows its [`Provenance`].
//! - What may be set in an action that a user starts: [`ActionParameters`].

mod action_parameters;
mod askers;
mod budget;
mod chart;
mod chart_yaml;
mod declared;
mod describe;
mod files;
mod infer;
mod json;
mod layer;
mod limits;
mod located;
mod merge;
mod module_reader;
mod origin;
mod outline;
mod own;
mod pointer;
mod provenance;
mod read;
mod release_parameters;
mod remarks;
mod schema;
mod secrets;
mod terraform;
mod validate;
mod values;
mod violation;
mod walk;
mod wording;
mod written;

pub use self::action_parameters::ActionParameters;
pub use self::askers::Askers;
pub use self::chart::ChartFiles;
pub use self::layer::{Layer, LayerError};
pub use self::limits::ParameterLimits;
pub use self::origin::{Asker, LayerOrigin};
pub use self::provenance::{Effect, Provenance};
pub(crate) use self::release_parameters::Bringing;
pub use self::release_parameters::ReleaseParameters;
pub use self::schema::{ParameterSchema, SchemaOrigin};
pub(crate) use self::secrets::Secrets;
pub use self::values::{LayeredValues, Leaf};
pub use self::violation::{Violation, ViolationKind};
