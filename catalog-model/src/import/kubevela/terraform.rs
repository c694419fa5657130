//! Terraform definitions: component definitions that offer a Terraform module.

use catalog_conditions::Diagnostic;
use catalog_conditions::document::Node;

use super::addon::Addon;
use crate::import::file_name::flat;
use crate::import::reading::{entries, string};
use crate::import::yaml::YamlFile;
use crate::module::{ModuleContent, TerraformRemote};
use crate::write::ModuleEntry;

/// Terraform modules for the definitions of a file. The definitions themselves stay what they are.
pub(super) fn modules(addon: &mut Addon<'_>, yaml: &YamlFile) {
    let new: Vec<&Node> = yaml
        .documents
        .iter()
        .filter(|node| addon.objects.is_new(node))
        .collect();
    for node in new {
        let terraform = node
            .value("spec")
            .and_then(|spec| spec.value("schematic")?.value("terraform"));
        let name = node
            .value("metadata")
            .and_then(|metadata| string(metadata, "name"));
        if let (Some(terraform), Some(name)) = (terraform, name) {
            module(addon, yaml, name, terraform);
        }
    }
}

/// Modules run, definitions only offer: whoever installs the package should know.
pub(super) fn tell(addon: &mut Addon<'_>) {
    let terraform =
        |module: &&ModuleEntry| matches!(module.content, ModuleContent::Terraform { .. });
    let modules = addon.modules.iter().filter(terraform).count();
    if modules > 0 {
        let message = format!(
            "{modules} Terraform definitions became modules too, which run when the package is installed; KubeVela only offers them"
        );
        let diagnostic =
            Diagnostic::warning("kubevela.terraform", message).at_path(addon.shown_folder());
        let help =
            "to install the package with its definitions only, import without Terraform modules";
        addon.report.diagnostic(diagnostic.help(help));
    }
}

fn module(addon: &mut Addon<'_>, yaml: &YamlFile, name: &str, terraform: &Node) {
    let lost = |addon: &mut Addon<'_>, why: &str| {
        let what = format!("Terraform module of `{name}`");
        addon.report.lost(&yaml.file, terraform.span(), what, why);
    };
    if !addon.options.terraform_modules {
        return lost(addon, "it stays a definition only, as was asked for");
    }
    let Some(configuration) = string(terraform, "configuration") else {
        return lost(addon, "the definition has no `configuration`");
    };
    let content = match string(terraform, "type") {
        Some("remote") => ModuleContent::Terraform {
            path: None,
            remote: Some(TerraformRemote {
                source: source(configuration, string(terraform, "path")),
                version: None,
            }),
        },
        // Inline configuration is KubeVela's default.
        None | Some("hcl") => {
            let folder = format!("tf_modules/{}", addon.module_folders.take(&flat(name)));
            addon.keep(
                format!("{folder}/main.tf"),
                &yaml.path,
                configuration.as_bytes().to_vec(),
            );
            ModuleContent::Terraform {
                path: Some(folder),
                remote: None,
            }
        }
        Some(_) => {
            return lost(
                addon,
                "only configurations of type `hcl` and `remote` are modules",
            );
        }
    };
    let keys = ["type", "configuration", "path", "providerRef"];
    for entry in entries(terraform)
        .iter()
        .filter(|entry| !entry.name().is_some_and(|name| keys.contains(&name)))
    {
        super::application::lost(
            addon,
            &yaml.file,
            entry,
            "it is in the definition; a terraform module cannot say it",
        );
    }
    let name = addon.module_names.take(name);
    addon.modules.push(ModuleEntry::new(name, content));
}

/// The address as Terraform reads it: `git::` before what git clones, the folder behind `//`.
fn source(configuration: &str, path: Option<&str>) -> String {
    let git = configuration.contains("://") && configuration.ends_with(".git");
    let prefix = if git { "git::" } else { "" };
    match path
        .map(|path| path.trim_matches('/'))
        .filter(|path| !path.is_empty() && *path != ".")
    {
        Some(path) => format!("{prefix}{configuration}//{path}"),
        None => format!("{prefix}{configuration}"),
    }
}

#[cfg(test)]
mod tests {
    use super::source;

    #[test]
    fn addresses() {
        let check = |configuration: &str, path: Option<&str>, expected: &str| {
            assert_eq!(source(configuration, path), expected)
        };
        check(
            "https://github.com/a/b.git",
            None,
            "git::https://github.com/a/b.git",
        );
        check(
            "https://github.com/a/b.git",
            Some("alibaba/rds"),
            "git::https://github.com/a/b.git//alibaba/rds",
        );
        check(
            "https://github.com/a/b.git",
            Some("."),
            "git::https://github.com/a/b.git",
        );
        check(
            "terraform-aws-modules/rds/aws",
            None,
            "terraform-aws-modules/rds/aws",
        );
    }
}
