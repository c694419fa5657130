//! Charts, deployed by the program `helm`.

mod command;
mod driver;
mod failure;
mod input;
mod renderer;
mod status;

pub use self::driver::HelmDriver;
pub use self::renderer::HelmRenderer;

/// The name by which plans know the driver.
const DRIVER: &str = "helm";
