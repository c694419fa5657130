//! A chart and a Terraform module whose files, and the values for them, are the parts of the input between lines of `====`: their schemas
//! are read, the values merged and held to them.
#![no_main]

use catalog_model::document::Limits;
use catalog_model::parameters::{
    Layer, LayerOrigin, ParameterLimits, ReleaseParameters, SchemaOrigin,
};
use catalog_model::{LoadOptions, MemorySource, SourceFile, load};
use libfuzzer_sys::fuzz_target;

/// Of the last part the values of a user are read.
const FILES: [&str; 4] = [
    "chart/values.yaml",
    "chart/values.schema.json",
    "tf/variables.tf",
    "tf/more.tf.json",
];

const MODULES: &str =
    "modules:\n- {name: chart, chart: {path: ./chart}}\n- {name: tf, terraform: {path: ./tf}}\n";

fuzz_target!(|text: &str| {
    let mut parts = text.split("====\n");
    let mut source = MemorySource::new();
    source.insert("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n");
    source.insert("p/1.0.0/modules.yaml", MODULES);
    // The folders are there whatever else is.
    source.insert("p/1.0.0/chart/Chart.yaml", "name: c\nversion: 1.0.0\n");
    source.insert("p/1.0.0/tf/outputs.tf", "");
    for (file, part) in FILES.iter().zip(&mut parts) {
        if !part.is_empty() {
            source.insert(format!("p/1.0.0/{file}"), part);
        }
    }
    let loaded = load(&source, &LoadOptions::default()).expect("the root can be listed");
    let package = loaded.catalog().package("p").expect("it is there");
    let release = package.releases().first().expect("its own files are right");
    let limits = ParameterLimits::default();
    let (parameters, diagnostics) = ReleaseParameters::read(&source, release, &limits);
    for (_, schema) in parameters.modules() {
        if schema.origin() == SchemaOrigin::Inferred {
            assert!(
                schema.accepts(schema.defaults()),
                "what a schema was inferred from fits it"
            );
        }
    }
    let file = SourceFile::new("user.yaml", parts.next().unwrap_or_default());
    let (user, said) = Layer::parse(LayerOrigin::User, &file, &Limits::default());
    let (values, more) = parameters.merge(user.clone());
    let (again, _) = parameters.merge(user);
    assert_eq!(values.reveal(), again.reveal());
    for leaf in values.leaves() {
        let _ = format!("{leaf:?}");
    }
    for violation in values.validate() {
        let _ = format!("{violation:?}");
    }
    for diagnostic in diagnostics.iter().chain(&said).chain(&more) {
        let _ = (diagnostic.to_json(), diagnostic.to_string());
    }
});
