//! Type constraints: what a variable's `type` says.

use std::fmt;
use std::ops::Range;

use hcl_edit::Ident;
use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, FuncCall, Object, ObjectKey};
use serde_json::Value;

use super::literal::{literal, name};

/// A type. As text it is Terraform's own, without the defaults of attributes, which may be secret.
pub(super) enum Constraint {
    Any,
    String,
    Number,
    Bool,
    List(Box<Constraint>),
    Set(Box<Constraint>),
    Map(Box<Constraint>),
    Object(Vec<Attribute>),
    Tuple(Vec<Constraint>),
}

/// An attribute of an `object`.
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) constraint: Constraint,
    pub(super) presence: Presence,
}

/// Whether an attribute must be there.
pub(super) enum Presence {
    Required,
    Optional,
    /// What it is where nobody sets it; `None` for what is no plain value.
    Default(Option<Value>, Range<usize>),
}

/// Why an expression is no type, and the bytes of it that are to blame. No more than a name is quoted: the rest may be a default that is
/// secret.
pub(super) struct NoType {
    pub(super) message: String,
    pub(super) bytes: Range<usize>,
}

impl Constraint {
    /// The type that an expression is. Recursion is bounded by the parser, which nests no deeper than 64.
    pub(super) fn read(expression: &Expression) -> Result<Self, NoType> {
        match expression {
            Expression::Variable(name) => Self::named(name.as_str(), expression),
            // Terraform 0.11 wrote types in quotes.
            Expression::String(name) => Self::named(name.value(), expression),
            Expression::Parenthesis(inside) => Self::read(inside.inner()),
            Expression::FuncCall(call) if !call.name.is_namespaced() => {
                Self::constructed(call, expression)
            }
            _ => Err(no_type("this is no type".to_owned(), expression)),
        }
    }

    fn named(name: &str, expression: &Expression) -> Result<Self, NoType> {
        let of_any = || Box::new(Self::Any);
        Ok(match name {
            "any" => Self::Any,
            "string" => Self::String,
            "number" => Self::Number,
            "bool" => Self::Bool,
            "list" => Self::List(of_any()),
            "set" => Self::Set(of_any()),
            "map" => Self::Map(of_any()),
            _ => return Err(no_type(unknown(name), expression)),
        })
    }

    fn constructed(call: &FuncCall, expression: &Expression) -> Result<Self, NoType> {
        let arguments: Vec<&Expression> = call.args.iter().collect();
        let constructor = call.name.name.as_str();
        let of = |of: &Expression| Self::read(of).map(Box::new);
        Ok(match (constructor, arguments.as_slice()) {
            ("list", [element]) => Self::List(of(element)?),
            ("set", [element]) => Self::Set(of(element)?),
            ("map", [element]) => Self::Map(of(element)?),
            ("object", [Expression::Object(attributes)]) => Self::Object(object(attributes)?),
            ("tuple", [Expression::Array(items)]) => {
                Self::Tuple(items.iter().map(Self::read).collect::<Result<_, _>>()?)
            }
            ("list" | "set" | "map", _) => {
                return Err(no_type(
                    format!("`{constructor}(…)` holds one type"),
                    expression,
                ));
            }
            ("object", _) => {
                let message = "`object({…})` holds a map of types";
                return Err(no_type(message.to_owned(), expression));
            }
            ("tuple", _) => {
                let message = "`tuple([…])` holds a list of types";
                return Err(no_type(message.to_owned(), expression));
            }
            ("optional", _) => {
                let message = "`optional(…)` belongs to an attribute of an `object`";
                return Err(no_type(message.to_owned(), expression));
            }
            (name, _) => return Err(no_type(unknown(name), expression)),
        })
    }

    /// The attributes in it that have defaults, each with its type, in the order written.
    pub(super) fn defaults(&self) -> Vec<(&Attribute, Option<&Value>, Range<usize>)> {
        let mut found = Vec::new();
        match self {
            Self::Any | Self::String | Self::Number | Self::Bool => {}
            Self::List(of) | Self::Set(of) | Self::Map(of) => found.extend(of.defaults()),
            Self::Tuple(items) => found.extend(items.iter().flat_map(Self::defaults)),
            Self::Object(attributes) => {
                for attribute in attributes {
                    found.extend(attribute.constraint.defaults());
                    if let Presence::Default(value, bytes) = &attribute.presence {
                        found.push((attribute, value.as_ref(), bytes.clone()));
                    }
                }
            }
        }
        found
    }
}

fn object(attributes: &Object) -> Result<Vec<Attribute>, NoType> {
    let attribute = |key: &ObjectKey, of: &Expression| {
        let no_name = || no_type("an attribute's name is no plain value".to_owned(), of);
        let name = name(key).ok_or_else(no_name)?;
        let (constraint, presence) = match optional(of).as_deref() {
            None => (of, Presence::Required),
            Some([constraint]) => (*constraint, Presence::Optional),
            Some([constraint, default]) => {
                let bytes = default.span().unwrap_or_default();
                (*constraint, Presence::Default(literal(default), bytes))
            }
            Some(_) => {
                let message = "`optional(…)` holds one type, and a default where there is one";
                return Err(no_type(message.to_owned(), of));
            }
        };
        let constraint = Constraint::read(constraint)?;
        Ok(Attribute {
            name,
            constraint,
            presence,
        })
    };
    let attributes = attributes.iter();
    attributes
        .map(|(key, of)| attribute(key, of.expr()))
        .collect()
}

/// The arguments of `optional(…)`.
fn optional(expression: &Expression) -> Option<Vec<&Expression>> {
    let call = expression.as_func_call()?;
    (call.name.name.as_str() == "optional").then(|| call.args.iter().collect())
}

fn no_type(message: String, expression: &Expression) -> NoType {
    let bytes = expression.span().unwrap_or_default();
    NoType { message, bytes }
}

/// Of what is no name nothing is shown: it is a text, and may be anything.
fn unknown(name: &str) -> String {
    match Ident::try_new(name) {
        Ok(_) if name.len() <= 64 => format!("`{name}` is no type"),
        _ => "this is no type".to_owned(),
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::String => f.write_str("string"),
            Self::Number => f.write_str("number"),
            Self::Bool => f.write_str("bool"),
            Self::List(of) => write!(f, "list({of})"),
            Self::Set(of) => write!(f, "set({of})"),
            Self::Map(of) => write!(f, "map({of})"),
            Self::Object(attributes) => {
                f.write_str("object({")?;
                listed(f, attributes)?;
                f.write_str("})")
            }
            Self::Tuple(items) => {
                f.write_str("tuple([")?;
                listed(f, items)?;
                f.write_str("])")
            }
        }
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Ident::try_new(self.name.as_str()) {
            Ok(name) => write!(f, "{} = ", name.as_str())?,
            Err(_) => write!(f, "{} = ", Value::from(self.name.as_str()))?,
        }
        match self.presence {
            Presence::Required => write!(f, "{}", self.constraint),
            Presence::Optional | Presence::Default(..) => {
                write!(f, "optional({})", self.constraint)
            }
        }
    }
}

fn listed(f: &mut fmt::Formatter<'_>, items: &[impl fmt::Display]) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        let before = if index == 0 { "" } else { ", " };
        write!(f, "{before}{item}")?;
    }
    Ok(())
}
