//! What an expression in CEL speaks of: whether fields are there, and whether what is compared can be.

use super::expression::{Expression, Link, Macro};
use super::token::Literal;
use super::value_type::{Type, of_fields};

/// What an expression is about.
#[derive(Clone, Copy)]
pub(super) struct Selves<'a> {
    /// What `self` is.
    pub(super) itself: Type<'a>,
    /// What `oldSelf` is.
    pub(super) old: Type<'a>,
}

/// Why an expression does not fit the schema that it stands in, or comes to something else than is wanted; nothing too where that is not known
/// here.
pub(super) fn fault(
    expression: &Expression<'_>,
    selves: Selves<'_>,
    wanted: Type<'_>,
) -> Option<String> {
    let mut check = Check {
        selves,
        variables: Vec::new(),
        fault: None,
    };
    let result = check.expression(expression);
    check.fault.or_else(|| {
        result.is_other_than(wanted).then(|| {
            let (result, wanted) = (result.told(), wanted.told());
            format!("it comes to {result}, and has to come to {wanted}")
        })
    })
}

/// Names of types and of libraries, which stand where variables do.
const KNOWN: [&str; 30] = [
    "base64",
    "bool",
    "bytes",
    "cel",
    "cidr",
    "double",
    "duration",
    "dyn",
    "format",
    "google",
    "int",
    "ip",
    "jsonpatch",
    "list",
    "lists",
    "map",
    "math",
    "net",
    "null_type",
    "optional",
    "optional_type",
    "quantity",
    "regex",
    "semver",
    "sets",
    "string",
    "strings",
    "timestamp",
    "type",
    "uint",
];

struct Check<'a, 'r> {
    selves: Selves<'a>,
    variables: Vec<(&'r str, Type<'a>)>,
    /// The first that was found.
    fault: Option<String>,
}

impl<'a, 'r> Check<'a, 'r> {
    fn expression(&mut self, expression: &Expression<'r>) -> Type<'a> {
        match expression {
            Expression::Literal(literal) => match literal {
                Literal::Number => Type::Number,
                Literal::Text(_) => Type::Text,
                Literal::Bool => Type::Bool,
                Literal::Bytes => Type::Bytes,
                Literal::Null => Type::Unknown,
            },
            Expression::Name(name) => self.name(name),
            Expression::Call(name, arguments) => {
                if *name == "has" && !matches!(arguments.as_slice(), [one] if is_field(one)) {
                    self.fault("`has` is asked of something that is no field".to_owned());
                }
                let first = arguments.first().map(|first| self.expression(first));
                self.all(arguments.get(1..).unwrap_or_default());
                if let ("size", Some(of @ (Type::Bool | Type::Number))) = (*name, first) {
                    self.fault(format!("it asks `size` of {}", of.told()));
                }
                match *name {
                    "has" => Type::Bool,
                    "size" => Type::Number,
                    _ => Type::Unknown,
                }
            }
            Expression::Member(first, links) => self.member(first, links),
            Expression::List(items) => {
                self.all(items);
                Type::List(None)
            }
            Expression::Map(entries) => {
                self.all(entries);
                Type::Map(None)
            }
            Expression::Unary(sign, inner) => match (*sign, self.expression(inner)) {
                ("!", inner) => {
                    self.needs_bool("!", inner);
                    Type::Bool
                }
                (_, inner) => inner,
            },
            Expression::Chain(first, more) => self.chain(first, more),
            Expression::Choice(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                self.expression(condition);
                let then = self.expression(then);
                let otherwise = self.expression(otherwise);
                if then.is_same(otherwise) {
                    then
                } else {
                    Type::Unknown
                }
            }
        }
    }

    fn all(&mut self, expressions: &[Expression<'r>]) {
        for expression in expressions {
            self.expression(expression);
        }
    }

    fn name(&mut self, name: &str) -> Type<'a> {
        let mut variables = self.variables.iter().rev();
        match variables.find(|(variable, _)| *variable == name) {
            Some((_, kind)) => *kind,
            None if name == "self" => self.selves.itself,
            None if name == "oldSelf" => self.selves.old,
            None => {
                if !KNOWN.contains(&name) {
                    self.fault(format!(
                        "it names `{name}`, and knows `self` and `oldSelf` alone"
                    ));
                }
                Type::Unknown
            }
        }
    }

    fn chain(&mut self, first: &Expression<'r>, more: &[(&'r str, Expression<'r>)]) -> Type<'a> {
        let mut left = self.expression(first);
        for (sign, right) in more {
            let right = self.expression(right);
            if matches!(*sign, "&&" | "||") {
                self.needs_bool(sign, left);
                self.needs_bool(sign, right);
            }
            let compares = matches!(*sign, "==" | "!=" | "<" | "<=" | ">" | ">=");
            // A length of time is added to a point in time.
            let is_of_time = |one| matches!(one, Type::Time | Type::Duration);
            let adds = *sign == "+" && !(is_of_time(left) && is_of_time(right));
            if (compares || adds) && left.is_other_than(right) {
                let (left, right) = (left.told(), right.told());
                self.fault(format!("`{sign}` stands between {left} and {right}"));
            }
            left = match *sign {
                "&&" | "||" | "in" => Type::Bool,
                _ if compares => Type::Bool,
                _ if matches!((left, right), (Type::Number, Type::Number)) => Type::Number,
                _ => Type::Unknown,
            };
        }
        left
    }

    fn member(&mut self, first: &Expression<'r>, links: &[Link<'r>]) -> Type<'a> {
        if let (Expression::Name("cel"), [Link::Call("bind", arguments), ..]) = (first, links) {
            self.bind(arguments);
            return Type::Unknown;
        }
        let mut value = self.expression(first);
        for link in links {
            value = match link {
                Link::Field(name) => self.field(value, name),
                Link::Other => Type::Unknown,
                Link::Call(name, arguments) => self.call(value, name, arguments),
                Link::Index(index) => {
                    self.expression(index);
                    match value {
                        Type::List(below) | Type::Map(below) => Type::below(below),
                        _ => Type::Unknown,
                    }
                }
            };
        }
        value
    }

    fn bind(&mut self, arguments: &[Expression<'r>]) {
        let [Expression::Name(variable), value, body] = arguments else {
            return;
        };
        let value = self.expression(value);
        self.variables.push((variable, value));
        self.expression(body);
        self.variables.pop();
    }

    fn field(&mut self, value: Type<'a>, name: &str) -> Type<'a> {
        let found = match value {
            Type::Unknown => Some(Type::Unknown),
            Type::Map(below) => Some(Type::below(below)),
            Type::Metadata if matches!(name, "name" | "generateName") => Some(Type::Text),
            Type::Object(schema, is_whole) => of_fields(schema, is_whole, name),
            _ => None,
        };
        if found.is_none() {
            let reason = match value {
                Type::Object(..) | Type::Metadata => {
                    format!("it names the field `{name}`, which the schema does not have there")
                }
                other => format!("it names the field `{name}` of {}", other.told()),
            };
            self.fault(reason);
        }
        found.unwrap_or(Type::Unknown)
    }

    fn call(&mut self, value: Type<'a>, name: &str, arguments: &[Expression<'r>]) -> Type<'a> {
        const NOT_OF_SCALARS: [&str; 6] = [
            "startsWith",
            "endsWith",
            "matches",
            "lowerAscii",
            "split",
            "size",
        ];
        if NOT_OF_SCALARS.contains(&name) && matches!(value, Type::Bool | Type::Number) {
            self.fault(format!("it asks `{name}` of {}", value.told()));
        }
        let before = self.variables.len();
        let mut asked = arguments;
        if let Some(call) = Macro::of(name, arguments) {
            if value.has_no_items() {
                let of = value.told();
                self.fault(format!("it asks `{name}` of {of}, which has no items"));
            }
            let item = match value {
                _ if call.variables.len() > 1 => Type::Unknown,
                Type::List(below) => Type::below(below),
                Type::Map(_) => Type::Text,
                _ => Type::Unknown,
            };
            let variables = call.variables.into_iter();
            self.variables
                .extend(variables.map(|variable| (variable, item)));
            asked = call.asked;
        } else if let ("optMap" | "optFlatMap", [Expression::Name(variable), rest @ ..]) =
            (name, arguments)
        {
            self.variables.push((variable, Type::Unknown));
            asked = rest;
        }
        self.all(asked);
        self.variables.truncate(before);
        match name {
            "all" | "exists" | "exists_one" | "existsOne" | "startsWith" | "endsWith"
            | "matches" => Type::Bool,
            "size" => Type::Number,
            "filter" => value,
            _ => Type::Unknown,
        }
    }

    fn needs_bool(&mut self, sign: &str, value: Type<'a>) {
        if value.is_other_than(Type::Bool) {
            let value = value.told();
            self.fault(format!(
                "`{sign}` stands beside {value}, and needs a boolean"
            ));
        }
    }

    fn fault(&mut self, reason: String) {
        self.fault.get_or_insert(reason);
    }
}

/// Whether an expression ends in a field.
fn is_field(expression: &Expression<'_>) -> bool {
    match expression {
        Expression::Member(_, links) => {
            matches!(links.last(), Some(Link::Field(_) | Link::Other))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::expression::read;
    use super::{Selves, Type, fault};

    #[test]
    fn rules_speak_of_what_is_there() {
        let schema = json!({"type": "object", "properties": {
            "a": {"type": "string"}, "n": {"type": "integer"}, "a-b": {"type": "string"}, "namespace": {"type": "string"},
            "list": {"type": "array", "items": {"type": "object", "properties": {"k": {"type": "string"}}}},
            "map": {"type": "object", "additionalProperties": {"type": "integer"}},
            "any": {"x-kubernetes-int-or-string": true}, "time": {"type": "string", "format": "date-time"},
            "length": {"type": "string", "format": "duration"}, "raw": {"type": "string", "format": "byte"},
        }});
        let told = |rule: &str, is_whole, wanted| {
            let itself = Type::of(schema.as_object().unwrap(), is_whole);
            let old = itself;
            fault(&read(rule).unwrap(), Selves { itself, old }, wanted)
        };
        let cases = [
            ("self.a == 'x' && self.n > 1", true),
            ("has(self.a) ? self.a.size() > 1 : true", true),
            ("self.list.all(x, x.k == self.a)", true),
            ("self.map.all(k, self.map[k] > 1 && k != '')", true),
            ("self.map.x == 3 && self.any == 'a'", true),
            ("self.a__dash__b == self.__namespace__", true),
            ("self.time > timestamp('2020-01-01T00:00:00Z')", true),
            ("self.?zzz.hasValue()", true),
            ("cel.bind(x, self.a, x.matches('a'))", true),
            ("self.list.map(x, x.k).exists(y, y == 'a')", true),
            ("has(self.b)", false),
            ("self.list.all(x, x.j == 'a')", false),
            ("self.a == 1", false),
            ("self.time == 'x'", false),
            ("self.time == self.length", false),
            ("self.time + self.length > self.time", true),
            ("self.length < duration('1h') && self.raw != b'x'", true),
            ("self.raw == 'x'", false),
            ("self.n.startsWith('a')", false),
            ("a == 'x'", false),
            ("foo.bar == 1", false),
            ("has(self)", false),
            ("has(self.a) && self.n", false),
            ("!self.n", false),
            ("self.?a.optMap(v, v == 'x').orValue(true)", true),
            ("self.list.exists(i, x, x.k == 'a' && i > 0)", true),
            (
                "type(self.a) == string && math.greatest(self.n, 1) > 0",
                true,
            ),
            ("!format.dns1123Label().validate(self.a).hasValue()", true),
            (
                "cel.bind(x, self.n, x > 1) && sets.contains([1], [self.n])",
                true,
            ),
            ("self.n.size() > 1", false),
            ("self.all(k, k != 'a')", false),
            ("self.a.all(k, k != 'a')", false),
            ("self.n >= oldSelf.n + 1", true),
            ("self.a >= oldSelf.n", false),
            ("oldSelf.zzz == 1", false),
            ("size(self.n) > 1", false),
            ("size(self.list) + size(self.a) + size(self.map) > 1", true),
            ("self.map.all(k, self.map[k] == 'a')", false),
            ("self.a.b == 'x'", false),
            ("self.a", false),
            ("self.a + self.n == 'a'", false),
            ("self.metadata.name == 'a'", false),
        ];
        for (rule, fits) in cases {
            let told = told(rule, false, Type::Bool);
            assert_eq!(told.is_none(), fits, "{rule}: {told:?}");
        }
        assert_eq!(
            told("self.metadata.name == self.kind", true, Type::Bool),
            None
        );
        let of_message = |message| told(message, false, Type::Text);
        for message in ["'no ' + self.a", "self.a", "self.any", "string(self.n)"] {
            assert_eq!(of_message(message), None, "{message}");
        }
        for message in ["self.n", "self.list", "self.a == 'x'", "self"] {
            assert!(of_message(message).is_some(), "{message}");
        }
    }
}
