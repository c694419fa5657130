//! Label selectors, as kubectl writes them and as `matchLabels` and `matchExpressions` do.
//!
//! ```
//! use catalog_conditions::selector::LabelSelector;
//! use serde_json::json;
//!
//! let selector: LabelSelector = "app=web, tier notin (test, dev), !legacy".parse()?;
//! assert!(selector.matches(&json!({"metadata": {"labels": {"app": "web"}}})));
//! assert!(!selector.matches(&json!({"metadata": {"labels": {"app": "web", "tier": "test"}}})));
//! # Ok::<(), catalog_conditions::selector::SelectorError>(())
//! ```

mod error;
mod label;
mod parse;
mod requirement;

pub use self::error::SelectorError;
pub(crate) use self::label::{is_dns_label, is_subdomain};
pub use self::requirement::{LabelSelector, Relation, Requirement};
