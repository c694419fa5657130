//! Amounts as Kubernetes writes them: `500m`, `1.5Gi`, `12e6`.
//!
//! ```
//! use catalog_conditions::quantity::Quantity;
//!
//! let asked: Quantity = "1.5Gi".parse()?;
//! let there: Quantity = "2G".parse()?;
//! assert!(asked < there);
//! assert_eq!(asked, "1536Mi".parse()?);
//! assert_eq!(asked.to_string(), "1536Mi");
//!
//! let left = there.checked_sub(&asked).expect("few digits");
//! assert_eq!(left.to_string(), "389387264");
//! # Ok::<(), catalog_conditions::quantity::QuantityError>(())
//! ```

mod amount;
mod arithmetic;
mod error;
mod format;
mod json;
mod parse;
mod unit;

pub use self::amount::Quantity;
pub use self::error::QuantityError;
pub use self::format::Format;
