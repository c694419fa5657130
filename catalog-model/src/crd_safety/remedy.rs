//! How the same end is reached without breaking anybody.

use catalog_conditions::rule::Rule;

/// Each code with its advice.
static REMEDIES: &[(&str, &str)] = &[
    (
        "crd.name",
        "bring the new name as a CRD of its own, beside the old one, and move the objects",
    ),
    (
        "crd.kind",
        "keep the kind, or bring the new one as a CRD of its own and move the objects",
    ),
    (
        "crd.scope",
        "keep the scope, or bring a CRD of its own with the new one and move the objects",
    ),
    (
        "crd.names",
        "keep the old name; more short names and categories can stand beside it",
    ),
    (
        "crd.version.removed",
        "keep serving it, mark it `deprecated: true` with a `deprecationWarning`, and remove it releases later, when nobody asks for it",
    ),
    (
        "crd.version.stored",
        "rewrite all objects in the new storage version, take the old one out of `status.storedVersions`, and remove it in the release after that",
    ),
    (
        "crd.conversion",
        "let the webhook serve before the CRD names it, and keep the old one until no object is stored in what only it can translate",
    ),
    (
        "crd.pruning",
        "name the fields that are in use before the rest is dropped, or keep `x-kubernetes-preserve-unknown-fields: true`",
    ),
    (
        "crd.subresource",
        "bring the subresource in a new version of the CRD, and keep it as it is in the old one",
    ),
    (
        "crd.selectable-field",
        "keep the entry under `selectableFields`",
    ),
    (
        "crd.field.removed",
        "keep the field and say in its description that it is deprecated; leave it out of a new version of the CRD, with a webhook that translates",
    ),
    (
        "crd.field.type",
        "bring the new type as a field of its own, or in a new version of the CRD with a webhook that translates",
    ),
    (
        "crd.field.nullable",
        "leave it as it is: an optional field can be left out, and need not be null",
    ),
    (
        "crd.field.format",
        "say the format in the description, or bring it in a new version of the CRD",
    ),
    (
        "crd.field.required",
        "give the field a `default`, which the server fills in before it asks, or let the controller do without it",
    ),
    (
        "crd.field.enum",
        "keep the value and treat it as what replaces it; say in the description that it is deprecated",
    ),
    (
        "crd.field.bound",
        "keep the bound, and let the controller warn of values beyond the new one",
    ),
    (
        "crd.field.pattern",
        "keep the pattern, or remove it and let a webhook or the controller warn",
    ),
    (
        "crd.field.combination",
        "add alternatives and take none away",
    ),
    (
        "crd.field.validation",
        "write the rule so that stored values pass, `oldSelf` among what it may speak of, or bring it in a new version",
    ),
    (
        "crd.field.list-type",
        "keep the type of the list; only an `atomic` one whose items never repeat can become a set",
    ),
    ("crd.field.map-type", "keep the map `granular`"),
    (
        "crd.field.default",
        "keep the default, and let the controller treat the absent field as the new one",
    ),
    (
        "crd.additional-properties",
        "keep `additionalProperties`, and bring the fields with names of their own beside the map",
    ),
    (
        "crd.embedded-resource",
        "keep `x-kubernetes-embedded-resource` as it is",
    ),
    (
        "crd.versions.disagree",
        "let all versions have the same schema, or bring a conversion webhook",
    ),
    (
        "crd.invalid",
        "apply the CRD with `kubectl apply --dry-run=server` before it is released",
    ),
    (
        "crd.invalid.schema",
        "give each value its type outside of conditions, and apply the CRD with `kubectl apply --dry-run=server` before it is released",
    ),
    (
        "crd.invalid.default",
        "change the default together with the schema around it",
    ),
    (
        "crd.invalid.rule",
        "change the rule together with the fields that it names, and keep the bounds of what it walks over",
    ),
    (
        "crd.unclassified",
        "look up what the part does, and tell us of it",
    ),
    ("crd.limit", "write a schema that is less deep"),
];

/// What to do instead of what a rule is about, without a full stop.
pub(super) fn remedy(rule: &Rule) -> &'static str {
    let mut all = REMEDIES.iter();
    let found = all.find(|(code, _)| *code == rule.code());
    found.map_or("", |(_, remedy)| *remedy)
}
