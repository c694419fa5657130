//! What can be set in a module: its schema, its defaults, and what the layers above them make of it.
//!
//! - What may be set: [`ParameterSchema`], from a chart's `values.schema.json` or inferred from its `values.yaml`, or from the `variable`
//!   blocks of a Terraform module ([`SchemaOrigin`]); bounded by [`ParameterLimits`].

mod limits;
mod read;
mod schema;

pub use self::limits::ParameterLimits;
pub use self::schema::{ParameterSchema, SchemaOrigin};
