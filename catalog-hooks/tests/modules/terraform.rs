//! Terraform modules, deployed by KubeVela's controller.

use catalog_hooks::module::{ModuleRenderer, ModuleValues, TerraformRenderer};
use serde_json::json;

use super::{only, pretty, refused, rendered, shop};

#[test]
fn a_module_of_a_registry_is_called_with_its_values_as_variables() {
    let source = shop(
        "modules:\n- terraform: {remote: {source: terraform-aws-modules/rds/aws, version: '~> 6.0'}}\n  name: rds\n  values:\n    engine: postgres\n    storage: 20\n    multi_az: false\n    tags: {owner: '${team}', list: ['%{if}']}\n    comment: '${kept}'\n    port: 5432\n",
        &[],
    );
    let set = json!({"port": null, "password": "s3cret"});
    let renderer = TerraformRenderer::new(&source)
        .with_values(ModuleValues::new().set(
            "shop",
            "here",
            "rds",
            set.as_object().cloned().unwrap(),
        ))
        .with_outputs("shop", "rds", ["db_instance_endpoint"])
        .with_provider("vela-system", "aws");
    assert!(!format!("{renderer:?}").contains("s3cret"));
    let objects = rendered(&source, &renderer);
    insta::assert_snapshot!(pretty(&objects), @r#"
    {
      "apiVersion": "terraform.core.oam.dev/v1beta2",
      "kind": "Configuration",
      "metadata": {
        "name": "shop--rds",
        "namespace": "here"
      },
      "spec": {
        "deleteResource": false,
        "hcl": "module \"rds\" {\n  source = \"terraform-aws-modules/rds/aws\"\n  version = \"~> 6.0\"\n  comment = var.comment\n  engine = var.engine\n  multi_az = var.multi_az\n  password = var.password\n  storage = var.storage\n  tags = var.tags\n}\n\nvariable \"comment\" {\n  type = string\n}\n\nvariable \"engine\" {\n  type = string\n}\n\nvariable \"multi_az\" {\n  type = bool\n}\n\nvariable \"password\" {\n  type = string\n}\n\nvariable \"storage\" {\n  type = number\n}\n\nvariable \"tags\" {\n  type = any\n}\n\noutput \"db_instance_endpoint\" {\n  value = module.rds.db_instance_endpoint\n}\n",
        "providerRef": {
          "name": "aws",
          "namespace": "vela-system"
        },
        "variable": {
          "comment": "${kept}",
          "engine": "postgres",
          "multi_az": false,
          "password": "s3cret",
          "storage": 20,
          "tags": {
            "list": [
              "%%{if}"
            ],
            "owner": "$${team}"
          }
        },
        "writeConnectionSecretToRef": {
          "name": "shop--rds-outputs",
          "namespace": "here"
        }
      }
    }
    "#);
    insta::assert_snapshot!(objects[0]["spec"]["hcl"].as_str().unwrap(), @r#"
    module "rds" {
      source = "terraform-aws-modules/rds/aws"
      version = "~> 6.0"
      comment = var.comment
      engine = var.engine
      multi_az = var.multi_az
      password = var.password
      storage = var.storage
      tags = var.tags
    }

    variable "comment" {
      type = string
    }

    variable "engine" {
      type = string
    }

    variable "multi_az" {
      type = bool
    }

    variable "password" {
      type = string
    }

    variable "storage" {
      type = number
    }

    variable "tags" {
      type = any
    }

    output "db_instance_endpoint" {
      value = module.rds.db_instance_endpoint
    }
    "#);
}

#[test]
fn a_repository_is_cloned_and_what_it_made_deleted_only_if_asked() {
    let source = shop(
        "modules:\n- terraform: {remote: {source: 'git::https://git.example.com/net.git//vpc'}}\n  name: net\n",
        &[],
    );
    let renderer = TerraformRenderer::new(&source);
    insta::assert_snapshot!(pretty(&rendered(&source, &renderer)), @r#"
    {
      "apiVersion": "terraform.core.oam.dev/v1beta2",
      "kind": "Configuration",
      "metadata": {
        "name": "shop--net",
        "namespace": "here"
      },
      "spec": {
        "deleteResource": false,
        "path": "vpc",
        "remote": "https://git.example.com/net.git",
        "writeConnectionSecretToRef": {
          "name": "shop--net-outputs",
          "namespace": "here"
        }
      }
    }
    "#);
    let objects = rendered(&source, &renderer.deleting_resources());
    assert_eq!(objects[0]["spec"]["deleteResource"], true);
}

#[test]
fn a_module_in_the_package_goes_in_whole() {
    let source = shop(
        "modules:\n- terraform: {path: ./tf/bucket/}\n",
        &[
            ("tf/bucket/variables.tf", "variable \"name\" {}\n\n"),
            ("tf/bucket/main.tf", "resource \"x\" \"y\" {}"),
            ("tf/bucket/README.md", "# Bucket"),
            ("tf/bucket/.terraform.lock.hcl", "provider {}"),
            ("tf/bucket/examples/all/main.tf", "module \"z\" {}"),
        ],
    );
    let objects = rendered(&source, &TerraformRenderer::new(&source));
    assert_eq!(objects[0]["metadata"]["name"], "shop--bucket");
    assert_eq!(objects[0]["spec"].get("variable"), None);
    assert_eq!(
        objects[0]["spec"]["hcl"],
        "# main.tf\nresource \"x\" \"y\" {}\n# variables.tf\nvariable \"name\" {}\n"
    );
}

#[test]
fn what_cannot_be_deployed_is_told_with_what_to_do() {
    let of = |module: &str, others: &[(&str, &str)]| {
        let source = shop(&format!("modules:\n- terraform: {module}\n"), others);
        let said = refused(&source, &TerraformRenderer::new(&source));
        said.split_once("cannot be deployed: ")
            .unwrap()
            .1
            .to_owned()
    };
    insta::assert_snapshot!(of("{path: tf}", &[("tf/main.tf", ""), ("tf/policy.tftpl", "${x}")]), @"it reads `policy.tftpl`, but a `Configuration` holds one text of HCL: put all into `.tf` files of one folder, or publish the module and name it as `remote`");
    insta::assert_snapshot!(of("{path: tf}", &[("tf/main.tf", ""), ("tf/inner/main.tf", "")]), @"it reads `inner/main.tf`, but a `Configuration` holds one text of HCL: put all into `.tf` files of one folder, or publish the module and name it as `remote`");
    insta::assert_snapshot!(of("{path: tf}", &[("tf/README.md", "")]), @"its folder holds no `.tf` file: add one, or name the module as `remote`");
    insta::assert_snapshot!(of("{remote: {source: github.com/a/b, version: 1.0.0}}", &[]), @"`github.com/a/b` is a git repository, of which Terraform takes no `version`: write it as `?ref=` behind the address");
    insta::assert_snapshot!(of("{remote: {source: a/b/c, version: 1.0.0}}\n  values: {count: 3}", &[]), @"Terraform lets no variable be called `count`: take it out of `values`");
    insta::assert_snapshot!(of("{remote: {source: a/b/c, version: 1.0.0}}\n  values: {'a\": \"b': 3}", &[]), @r#"`a": "b` is not the name of a variable: use letters, digits and `_`"#);
}

#[test]
fn an_address_that_would_end_its_text_does_not() {
    let source = shop(
        "modules:\n- terraform: {remote: {source: 'a/b/c\"}${x}', version: 1.0.0}}\n  name: 9lives\n",
        &[],
    );
    let objects = rendered(&source, &TerraformRenderer::new(&source));
    assert_eq!(
        objects[0]["spec"]["hcl"],
        "module \"_9lives\" {\n  source = \"a/b/c\\\"}$${x}\"\n  version = \"1.0.0\"\n}\n"
    );
}

#[test]
fn the_first_renderer_that_knows_a_module_takes_it() {
    let source = shop(
        "modules:\n- terraform: {remote: {source: a/b/c, version: 1.0.0}}\n- chart: {remote: {repo: 'https://charts.example.com', name: web, version: 1.0.0}}\n",
        &[],
    );
    let catalog = super::loaded(&source);
    let release = only(&catalog);
    let renderers: Vec<Box<dyn ModuleRenderer + '_>> = vec![
        Box::new(catalog_hooks::module::FluxRenderer::new()),
        Box::new(TerraformRenderer::new(&source)),
    ];
    let kinds = release.modules().iter().map(|module| {
        let rendered = renderers
            .as_slice()
            .render(release, module, "here")
            .unwrap()
            .unwrap();
        super::objects_of(rendered.content()).last().unwrap()["kind"].clone()
    });
    assert_eq!(kinds.collect::<Vec<_>>(), ["Configuration", "HelmRelease"]);
}
