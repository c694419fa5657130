//! What reading and using a schema may cost.

use catalog_conditions::document::Limits;

/// Bounds on the schema of a module, and on those of a release together. Going over one is a diagnostic that names the bound, and the schema is not used.
///
/// The schemas of real charts have some hundred subschemas and nest ten deep; bundled Kubernetes definitions reach some ten thousand.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParameterLimits {
    /// What one file may cost: `values.yaml`, `values.schema.json`.
    pub document: Limits,
    /// Subschemas of a schema: 20,000.
    pub subschemas: usize,
    /// How deep subschemas nest, without what references add: 64.
    pub schema_depth: usize,
    /// Values under one `enum`: 10,000.
    pub enum_values: usize,
    /// Bytes of one `pattern`: 4,096.
    pub pattern_bytes: usize,
    /// Patterns of a schema: 1,000.
    pub patterns: usize,
    /// Escapes of each pattern times its bytes, added up: 2,000,000. Each escape is translated by reading the pattern anew.
    pub pattern_work: usize,
    /// Bytes that one compiled pattern may take: 128 KiB.
    pub compiled_pattern_bytes: usize,
    /// How often subschemas may be asked about parts of one set of values, alternatives and references counted each time: 5,000,000.
    pub applications: u64,
    /// How many subschemas may wait for each other's answers while a value is asked about, which deep values and chains of references make
    /// long: 512.
    pub waiting: usize,
    /// Bytes of the paths of all subschemas together: 32 MiB.
    pub path_bytes: usize,
    /// Terraform files of a module: 1,000.
    pub terraform_files: usize,
    /// Bytes of one Terraform file: 1 MiB.
    pub terraform_bytes: usize,
    /// `=` and `:` in one Terraform file: 10,000. Its parser looks at all attributes of a map before it adds one.
    pub terraform_assignments: usize,
    /// Variables of a Terraform module: 10,000.
    pub variables: usize,
    /// What all modules of a release may cost together: as much as so many modules that go to the limits: 3.
    ///
    /// Counted are bytes of files, subschemas, patterns and bytes of paths, those of a folder once, however many modules name it; and
    /// for each module the values that it brings (`document.nodes`) and the questions about all its values (`applications`).
    pub largest_modules: usize,
}

impl Default for ParameterLimits {
    fn default() -> Self {
        Self {
            document: Limits::default(),
            subschemas: 20_000,
            schema_depth: 64,
            enum_values: 10_000,
            pattern_bytes: 4096,
            patterns: 1000,
            pattern_work: 2_000_000,
            compiled_pattern_bytes: 128 << 10,
            applications: 5_000_000,
            waiting: 512,
            path_bytes: 32 << 20,
            terraform_files: 1000,
            terraform_bytes: 1 << 20,
            terraform_assignments: 10_000,
            variables: 10_000,
            largest_modules: 3,
        }
    }
}
