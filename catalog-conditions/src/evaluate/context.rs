//! What conditions depend on beside the cluster.

use std::fmt;

use serde_json::Value;

/// What conditions depend on beside the cluster: where the package goes, and with which parameters.
///
/// ```
/// use catalog_conditions::evaluate::Context;
/// use serde_json::json;
///
/// let context = Context::new()
///     .with_namespace("monitoring")
///     .with_parameters(json!({"metrics": {"enabled": true}}));
/// assert_eq!(context.namespace(), Some("monitoring"));
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Context {
    namespace: Option<String>,
    parameters: Option<Value>,
    withholding_parameters: bool,
    explaining: bool,
}

impl Context {
    /// Nothing is known: a condition that needs a namespace and names none is unknown, and so is one that depends on a parameter.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, with the namespace that the package goes to (`$namespace`). The empty text names none, and says nothing.
    #[must_use]
    pub fn with_namespace(self, namespace: impl Into<String>) -> Self {
        let namespace: String = namespace.into();
        Self {
            namespace: Some(namespace).filter(|namespace| !namespace.is_empty()),
            ..self
        }
    }

    /// The same, with the parameters of the installation, defaults merged in: what `when: {parameter: …}` looks into.
    #[must_use]
    pub fn with_parameters(self, parameters: Value) -> Self {
        Self {
            parameters: Some(parameters),
            ..self
        }
    }

    /// The same, with answers that quote no value of the parameters: some of them may be secret.
    #[must_use]
    pub fn withholding_parameters(self) -> Self {
        Self {
            withholding_parameters: true,
            ..self
        }
    }

    /// The same, with answers that say how far each path led and what is beside it
    /// ([`Answer::explanation`](crate::report::Answer::explanation)).
    #[must_use]
    pub fn explaining(self) -> Self {
        Self {
            explaining: true,
            ..self
        }
    }

    /// The namespace that the package goes to.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The parameters of the installation.
    #[must_use]
    pub fn parameters(&self) -> Option<&Value> {
        self.parameters.as_ref()
    }

    /// Whether answers quote no value of the parameters.
    #[must_use]
    pub fn withholds_parameters(&self) -> bool {
        self.withholding_parameters
    }

    /// Whether answers explain themselves.
    #[must_use]
    pub fn is_explaining(&self) -> bool {
        self.explaining
    }
}

impl fmt::Debug for Context {
    /// Parameters that are withheld are not shown here either.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let withheld = Value::from("(withheld)");
        let parameters = match &self.parameters {
            Some(_) if self.withholding_parameters => Some(&withheld),
            parameters => parameters.as_ref(),
        };
        f.debug_struct("Context")
            .field("namespace", &self.namespace)
            .field("parameters", &parameters)
            .field("explaining", &self.explaining)
            .finish()
    }
}
