//! From the library's reading of a text to a query of our own. No other file knows the library.
//!
//! The library checks neither the types of functions (section 2.4.3) nor the size of numbers; both are checked here.

use jsonpath_rust::parser::model as library;
use jsonpath_rust::parser::{errors::JsonPathError as LibraryError, parse_json_path};
use pest::error::InputLocation;
use serde_json::{Number, Value};

use super::error::{JsonPathError, Refusal};
use super::find::JsonPath;
use super::guard;
use super::pattern::Pattern;
use super::query::{
    Comparison, Logical, Operand, Query, Relation, Search, Segment, Selector, Start, Wanted,
};
use super::slice::Slice;

pub(super) fn read(text: &str) -> Result<Query, JsonPathError> {
    guard::check(text)?;
    let parsed = parse_json_path(text).map_err(|error| refused(text, &error))?;
    let mut reader = Reader { descendants: 0 };
    Ok(reader.query(Start::Root, &parsed.segments)?)
}

fn refused(text: &str, error: &LibraryError) -> JsonPathError {
    let place = match error {
        LibraryError::PestError(place) => &place.location,
        LibraryError::InvalidJsonPath(reason) => {
            return Refusal::Library(reason.clone()).into();
        }
        other => return Refusal::Library(other.to_string()).into(),
    };
    let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = *place;
    let (before, rest) = text.split_at_checked(at).unwrap_or((text, ""));
    if rest.is_empty() {
        return JsonPathError::at(at, Refusal::Unfinished(before.to_owned()));
    }
    let advice = advice(before, rest);
    let rest = rest.to_owned();
    JsonPathError::at(at, Refusal::Grammar { rest, advice })
}

/// What people write there who know another JSONPath.
fn advice(before: &str, rest: &str) -> &'static str {
    let after_word = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let word_end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
    let calls = word_end
        .is_some_and(|end| end > 0 && rest.get(end..).is_some_and(|rest| rest.starts_with('(')));
    match rest.as_bytes() {
        _ if calls => "the functions are length, count, value, match and search",
        [b'-' | b'/' | b'\\', ..] if after_word => {
            "quote a name that holds more than letters, digits and `_`: `['a-name']`"
        }
        [b'=', b'~', ..] => "`=~` is no operator: write `match(@.a, '…')` or `search(@.a, '…')`",
        [b'=', ..] => "two values are equal with `==`",
        [b'&', b'&', ..] | [b'|', b'|', ..] => "a function takes a value or a query, not a test",
        [b'&' | b'|', ..] => "tests are joined with `&&` and `||`",
        [b'(', ..] if before.ends_with('[') => {
            "it has no scripts: the last element is `[-1]`, and a filter begins with `?`"
        }
        [b'0'..=b'9', ..] if before.ends_with('.') => {
            "write an index in brackets: `[0]`, and quote a name that begins with a digit: `['0']`"
        }
        [b'0'..=b'9' | b'-', ..] => {
            "a whole number has no leading zeros and is at most 9007199254740991"
        }
        [b'\'' | b'"', ..] => "close the quote, and write `\\\\` for a backslash in it",
        [b']' | b')', ..] => "close what was opened last, and nothing else",
        [b'?' | b'@', ..] if !before.ends_with('[') => "a filter stands in brackets: `[?@.a == 1]`",
        [b' ' | b'\t' | b'\n' | b'\r', ..] => "white space cannot stand here: remove it",
        _ => {
            "write `.name`, `['name']`, `[0]`, `[*]`, `[1:3]`, `..name` or a filter `[?@.name == 'x']`"
        }
    }
}

struct Reader {
    descendants: usize,
}

/// Recursion is bounded, since the guard has bounded the nesting of the text.
impl Reader {
    fn query(&mut self, start: Start, segments: &[library::Segment]) -> Result<Query, Refusal> {
        let segments = segments.iter().map(|segment| self.segment(segment));
        let segments = segments.collect::<Result<_, _>>()?;
        Ok(Query { start, segments })
    }

    fn segment(&mut self, segment: &library::Segment) -> Result<Segment, Refusal> {
        let (descendant, segment) = match segment {
            library::Segment::Descendant(inner) => (true, &**inner),
            child => (false, child),
        };
        self.descendants += usize::from(descendant);
        if self.descendants > JsonPath::MAX_DESCENDANTS {
            return Err(Refusal::Descendants);
        }
        let selectors = match segment {
            library::Segment::Selector(one) => std::slice::from_ref(one),
            library::Segment::Selectors(several) => several,
            library::Segment::Descendant(_) => return Err(Refusal::Descendants),
        };
        let selectors = selectors.iter().map(|selector| self.selector(selector));
        Ok(Segment {
            descendant,
            selectors: selectors.collect::<Result<_, _>>()?,
        })
    }

    fn selector(&mut self, selector: &library::Selector) -> Result<Selector, Refusal> {
        Ok(match selector {
            library::Selector::Name(name) => Selector::Name(name.clone()),
            library::Selector::Wildcard => Selector::Every,
            library::Selector::Index(index) => Selector::Index(*index),
            &library::Selector::Slice(start, end, step) => Selector::Slice(Slice {
                start,
                end,
                step: step.unwrap_or(1),
            }),
            library::Selector::Filter(filter) => Selector::Filter(self.logical(filter)?),
        })
    }

    fn logical(&mut self, filter: &library::Filter) -> Result<Logical, Refusal> {
        Ok(match filter {
            library::Filter::Or(parts) => Logical::Or(self.logicals(parts)?),
            library::Filter::And(parts) => Logical::And(self.logicals(parts)?),
            library::Filter::Atom(library::FilterAtom::Filter { expr, not }) => {
                negated(self.logical(expr)?, *not)
            }
            library::Filter::Atom(library::FilterAtom::Test { expr, not }) => {
                negated(self.test(expr)?, *not)
            }
            library::Filter::Atom(library::FilterAtom::Comparison(comparison)) => {
                Logical::Compare(Box::new(self.comparison(comparison)?))
            }
        })
    }

    fn logicals(&mut self, parts: &[library::Filter]) -> Result<Vec<Logical>, Refusal> {
        parts.iter().map(|part| self.logical(part)).collect()
    }

    fn test(&mut self, test: &library::Test) -> Result<Logical, Refusal> {
        match test {
            library::Test::RelQuery(segments) => {
                Ok(Logical::Exists(self.query(Start::Current, segments)?))
            }
            library::Test::AbsQuery(query) => {
                Ok(Logical::Exists(self.query(Start::Root, &query.segments)?))
            }
            library::Test::Function(function) => match &**function {
                library::TestFunction::Match(text, pattern) => {
                    self.search("match", text, pattern, true)
                }
                library::TestFunction::Search(text, pattern) => {
                    self.search("search", text, pattern, false)
                }
                library::TestFunction::Length(_) => Err(Refusal::NotCompared("length")),
                library::TestFunction::Count(_) => Err(Refusal::NotCompared("count")),
                library::TestFunction::Value(_) => Err(Refusal::NotCompared("value")),
                library::TestFunction::Custom(name, _) => {
                    Err(Refusal::UnknownFunction(name.clone()))
                }
            },
        }
    }

    fn search(
        &mut self,
        name: &'static str,
        text: &library::FnArg,
        pattern: &library::FnArg,
        whole: bool,
    ) -> Result<Logical, Refusal> {
        let text = self.value_argument(name, text)?;
        let pattern = match self.value_argument(name, pattern)? {
            Operand::Literal(Value::String(pattern)) => {
                let refused = |reason| Refusal::Pattern {
                    pattern: pattern.clone(),
                    reason,
                };
                Wanted::Fixed(Pattern::read(&pattern, whole).map_err(refused)?)
            }
            operand => Wanted::Read(operand),
        };
        Ok(Logical::Search(Box::new(Search {
            text,
            pattern,
            whole,
        })))
    }

    fn comparison(&mut self, comparison: &library::Comparison) -> Result<Comparison, Refusal> {
        let (left, right) = comparison.vals();
        Ok(Comparison {
            left: self.comparable(left)?,
            relation: match comparison {
                library::Comparison::Eq(..) => Relation::Equal,
                library::Comparison::Ne(..) => Relation::NotEqual,
                library::Comparison::Lt(..) => Relation::Less,
                library::Comparison::Lte(..) => Relation::LessOrEqual,
                library::Comparison::Gt(..) => Relation::Greater,
                library::Comparison::Gte(..) => Relation::GreaterOrEqual,
            },
            right: self.comparable(right)?,
        })
    }

    fn comparable(&mut self, comparable: &library::Comparable) -> Result<Operand, Refusal> {
        match comparable {
            library::Comparable::Literal(literal) => Ok(Operand::Literal(value(literal)?)),
            library::Comparable::Function(function) => self.function(function),
            library::Comparable::SingularQuery(query) => {
                let (start, segments) = match query {
                    library::SingularQuery::Current(segments) => (Start::Current, segments),
                    library::SingularQuery::Root(segments) => (Start::Root, segments),
                };
                let segments = segments.iter().map(singular_segment).collect();
                Ok(Operand::Singular(Query { start, segments }))
            }
        }
    }

    fn function(&mut self, function: &library::TestFunction) -> Result<Operand, Refusal> {
        Ok(match function {
            library::TestFunction::Length(argument) => {
                Operand::Length(Box::new(self.value_argument("length", argument)?))
            }
            library::TestFunction::Count(argument) => {
                Operand::Count(self.query_argument("count", argument)?)
            }
            library::TestFunction::Value(argument) => {
                Operand::Only(self.query_argument("value", argument)?)
            }
            library::TestFunction::Match(..) => return Err(Refusal::NotAValue("match")),
            library::TestFunction::Search(..) => return Err(Refusal::NotAValue("search")),
            library::TestFunction::Custom(name, _) => {
                return Err(Refusal::UnknownFunction(name.clone()));
            }
        })
    }

    /// An argument of the RFC's `ValueType`.
    fn value_argument(
        &mut self,
        name: &'static str,
        argument: &library::FnArg,
    ) -> Result<Operand, Refusal> {
        match argument {
            library::FnArg::Literal(literal) => Ok(Operand::Literal(value(literal)?)),
            library::FnArg::Filter(_) => Err(Refusal::WantsValue(name)),
            library::FnArg::Test(test) => match &**test {
                library::Test::Function(function) => self.function(function),
                _ => {
                    let query = self.query_argument(name, argument)?;
                    let singular = query.is_singular().then_some(Operand::Singular(query));
                    singular.ok_or(Refusal::WantsValue(name))
                }
            },
        }
    }

    /// An argument of the RFC's `NodesType`.
    fn query_argument(
        &mut self,
        name: &'static str,
        argument: &library::FnArg,
    ) -> Result<Query, Refusal> {
        let library::FnArg::Test(test) = argument else {
            return Err(Refusal::WantsQuery(name));
        };
        match &**test {
            library::Test::RelQuery(segments) => self.query(Start::Current, segments),
            library::Test::AbsQuery(query) => self.query(Start::Root, &query.segments),
            library::Test::Function(_) => Err(Refusal::WantsQuery(name)),
        }
    }
}

fn negated(logical: Logical, not: bool) -> Logical {
    match not {
        true => Logical::Not(Box::new(logical)),
        false => logical,
    }
}

fn singular_segment(segment: &library::SingularQuerySegment) -> Segment {
    let selector = match segment {
        library::SingularQuerySegment::Index(index) => Selector::Index(*index),
        library::SingularQuerySegment::Name(name) => Selector::Name(name.clone()),
    };
    Segment {
        descendant: false,
        selectors: vec![selector],
    }
}

fn value(literal: &library::Literal) -> Result<Value, Refusal> {
    Ok(match literal {
        library::Literal::Int(int) => (*int).into(),
        library::Literal::Float(float) => Number::from_f64(*float).ok_or(Refusal::Number)?.into(),
        library::Literal::String(text) => Value::String(text.clone()),
        library::Literal::Bool(boolean) => Value::Bool(*boolean),
        library::Literal::Null => Value::Null,
    })
}
