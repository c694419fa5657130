//! Where the subschemas of a schema stand, and what they are asked about.

/// How a keyword holds its subschemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    One,
    List,
    OneOrList,
    Map,
}

/// What the subschemas under a keyword are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The same value as the schema they stand in.
    Same,
    /// The same value, and the contrary is wanted.
    Contrary,
    /// The same value, as one of several alternatives.
    Alternative,
    /// The property they are named after.
    Property,
    /// Any property: its name decides, and is not looked at here.
    EveryProperty,
    /// Properties without a schema of their own.
    OtherProperty,
    /// The item at their place in the list.
    Position,
    /// Any item.
    EveryItem,
    /// Items after those with a schema of their own.
    OtherItem,
    /// Nothing, until a reference names them.
    Definition,
}

/// The keywords of all drafts that hold subschemas. Those that a draft does not know cannot make a value less secret or cheaper.
pub(super) fn keyword(name: &str) -> Option<(Shape, Role)> {
    Some(match name {
        "allOf" => (Shape::List, Role::Same),
        "anyOf" | "oneOf" => (Shape::List, Role::Alternative),
        "not" => (Shape::One, Role::Contrary),
        "if" | "then" | "else" => (Shape::One, Role::Same),
        "dependencies" | "dependentSchemas" => (Shape::Map, Role::Same),
        "properties" => (Shape::Map, Role::Property),
        "patternProperties" => (Shape::Map, Role::EveryProperty),
        "propertyNames" => (Shape::One, Role::EveryProperty),
        "additionalProperties" | "unevaluatedProperties" => (Shape::One, Role::OtherProperty),
        "items" => (Shape::OneOrList, Role::OtherItem),
        "prefixItems" => (Shape::List, Role::Position),
        "contains" => (Shape::One, Role::EveryItem),
        "additionalItems" | "unevaluatedItems" => (Shape::One, Role::OtherItem),
        "definitions" | "$defs" => (Shape::Map, Role::Definition),
        _ => return None,
    })
}

/// Whether a schema is asked, at the end of this path of keywords, only while values beside the one in question are what they are:
/// another value of those can make right what is wrong. Inside a list nothing is: who changes one value of a list writes all of it anew.
pub(in crate::parameters) fn is_conditional(path: &str) -> bool {
    let mut tokens = path.split('/').skip(1);
    while let Some(token) = tokens.next() {
        match token {
            "then"
            | "else"
            | "dependencies"
            | "dependentSchemas"
            | "dependentRequired"
            | "unevaluatedProperties" => return true,
            "items" | "prefixItems" | "additionalItems" | "unevaluatedItems" | "contains" => {
                return false;
            }
            _ => {}
        }
        // What follows is a name.
        if let Some((Shape::Map, _)) = keyword(token) {
            tokens.next();
        }
    }
    false
}
