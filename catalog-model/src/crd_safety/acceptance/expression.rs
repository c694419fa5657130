//! Expressions in CEL, read as its grammar has them.

use super::token::{Literal, Token, tokens};

/// An expression.
#[derive(Debug)]
pub(super) enum Expression<'r> {
    Literal(Literal),
    Name(&'r str),
    /// A function that stands by itself.
    Call(&'r str, Vec<Self>),
    /// A value, and what is asked of it one after the other.
    Member(Box<Self>, Vec<Link<'r>>),
    List(Vec<Self>),
    Map(Vec<Self>),
    /// `!` or `-`, and what it stands before.
    Unary(&'r str, Box<Self>),
    /// Operators of one rank, and what stands around them.
    Chain(Box<Self>, Vec<(&'r str, Self)>),
    Choice(Box<[Self; 3]>),
}

/// What is asked of a value.
#[derive(Debug)]
pub(super) enum Link<'r> {
    /// `.name`.
    Field(&'r str),
    /// A field that may not be there, or whose name is in backticks.
    Other,
    Call(&'r str, Vec<Expression<'r>>),
    Index(Expression<'r>),
}

/// What a call of a macro asks, by its name.
pub(super) struct Macro<'e, 'r> {
    /// What it calls an item or key, and with two, what stands at it.
    pub(super) variables: Vec<&'r str>,
    /// What it asks of each.
    pub(super) asked: &'e [Expression<'r>],
}

impl<'e, 'r> Macro<'e, 'r> {
    /// Nothing for what is no macro that goes over items or keys.
    pub(super) fn of(name: &str, arguments: &'e [Expression<'r>]) -> Option<Self> {
        let most = match name {
            "all" | "exists" | "exists_one" | "existsOne" | "filter" | "sortBy" => {
                if arguments.len() > 2 { 2 } else { 1 }
            }
            "map" => 1,
            "transformList" | "transformMap" | "transformMapEntry" => 2,
            _ => return None,
        };
        let mut asked = arguments;
        let mut variables = Vec::new();
        while let ([Expression::Name(variable), rest @ ..], true) = (asked, variables.len() < most)
        {
            variables.push(*variable);
            asked = rest;
        }
        Some(Self { variables, asked })
    }
}

/// Why an expression cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is none.
    Syntax(String),
    /// It is too large, or has what is not known here.
    Undecided,
}

type Read<T> = Result<T, Unread>;

/// Operators by their rank, those that bind least first.
const RANKS: [&[&str]; 5] = [
    &["||"],
    &["&&"],
    &["==", "!=", "<", "<=", ">", ">=", "in"],
    &["+", "-"],
    &["*", "/", "%"],
];

/// Reads an expression.
pub(super) fn read(rule: &str) -> Read<Expression<'_>> {
    const LONGEST: usize = 1 << 16;
    if rule.len() > LONGEST {
        return Err(Unread::Undecided);
    }
    let odd = || Unread::Syntax("a text is not closed, or a character is none of CEL".to_owned());
    let tokens = tokens(rule).ok_or_else(odd)?;
    let mut reader = Reader {
        tokens: &tokens,
        depth: 0,
    };
    let expression = reader.expression()?;
    match reader.tokens.first() {
        None => Ok(expression),
        Some(token) => Err(unexpected(Some(token))),
    }
}

struct Reader<'t, 'r> {
    tokens: &'t [Token<'r>],
    depth: usize,
}

impl<'r> Reader<'_, 'r> {
    fn expression(&mut self) -> Read<Expression<'r>> {
        /// Deeper ones are not looked at.
        const DEEPEST: usize = 48;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Unread::Undecided);
        }
        let condition = self.chain(0)?;
        let expression = if self.takes("?") {
            let then = self.chain(0)?;
            self.needs(":")?;
            let otherwise = self.expression()?;
            Expression::Choice(Box::new([condition, then, otherwise]))
        } else {
            condition
        };
        self.depth -= 1;
        Ok(expression)
    }

    fn chain(&mut self, rank: usize) -> Read<Expression<'r>> {
        let Some(signs) = RANKS.get(rank) else {
            return self.unary();
        };
        let first = self.chain(rank + 1)?;
        let mut more = Vec::new();
        while let Some(sign) = self.takes_one_of(signs) {
            more.push((sign, self.chain(rank + 1)?));
        }
        Ok(match more.is_empty() {
            true => first,
            false => Expression::Chain(Box::new(first), more),
        })
    }

    fn unary(&mut self) -> Read<Expression<'r>> {
        let Some(sign) = self.takes_one_of(&["!", "-"]) else {
            return self.member();
        };
        while self.takes(sign) {}
        Ok(Expression::Unary(sign, Box::new(self.member()?)))
    }

    fn member(&mut self) -> Read<Expression<'r>> {
        let first = self.primary()?;
        let mut links = Vec::new();
        loop {
            if self.takes(".") {
                links.push(match self.next() {
                    Some(Token::Name(name)) if self.takes("(") => {
                        Link::Call(name, self.items(")")?)
                    }
                    Some(Token::Name(name)) => Link::Field(name),
                    Some(Token::Quoted) => Link::Other,
                    other => return Err(unexpected(other.as_ref())),
                });
            } else if self.takes(".?") {
                self.next().ok_or_else(|| unexpected(None))?;
                links.push(Link::Other);
            } else if self.takes("[") || self.takes("[?") {
                let index = self.expression()?;
                self.needs("]")?;
                links.push(Link::Index(index));
            } else if self.tokens.first() == Some(&Token::Sign("{")) {
                // Messages of protocol buffers, which rules of CRDs have none of.
                return Err(Unread::Undecided);
            } else {
                break;
            }
        }
        Ok(match links.is_empty() {
            true => first,
            false => Expression::Member(Box::new(first), links),
        })
    }

    fn primary(&mut self) -> Read<Expression<'r>> {
        let _ = self.takes(".");
        match self.next() {
            Some(Token::Literal(literal)) => Ok(Expression::Literal(literal)),
            Some(Token::Name(name)) if self.takes("(") => {
                Ok(Expression::Call(name, self.items(")")?))
            }
            Some(Token::Name(name)) if name != "in" => Ok(Expression::Name(name)),
            Some(Token::Sign("(")) => {
                let expression = self.expression()?;
                self.needs(")")?;
                Ok(expression)
            }
            Some(Token::Sign("[")) => Ok(Expression::List(self.items("]")?)),
            Some(Token::Sign("[?")) => Err(Unread::Undecided),
            Some(Token::Sign("{")) => self.map(),
            other => Err(unexpected(other.as_ref())),
        }
    }

    fn items(&mut self, end: &'static str) -> Read<Vec<Expression<'r>>> {
        let mut items = Vec::new();
        while !self.takes(end) {
            if self.tokens.first() == Some(&Token::Sign("?")) {
                return Err(Unread::Undecided);
            }
            items.push(self.expression()?);
            if !self.takes(",") {
                self.needs(end)?;
                break;
            }
        }
        Ok(items)
    }

    fn map(&mut self) -> Read<Expression<'r>> {
        let mut entries = Vec::new();
        while !self.takes("}") {
            let _ = self.takes("?");
            entries.push(self.expression()?);
            self.needs(":")?;
            entries.push(self.expression()?);
            if !self.takes(",") {
                self.needs("}")?;
                break;
            }
        }
        Ok(Expression::Map(entries))
    }

    fn next(&mut self) -> Option<Token<'r>> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(*first)
    }

    fn takes(&mut self, sign: &str) -> bool {
        self.takes_one_of(&[sign]).is_some()
    }

    fn takes_one_of(&mut self, signs: &[&str]) -> Option<&'r str> {
        let (Token::Sign(text) | Token::Name(text)) = *self.tokens.first()? else {
            return None;
        };
        let is_one = signs.contains(&text);
        if is_one {
            let _ = self.next();
        }
        is_one.then_some(text)
    }

    fn needs(&mut self, sign: &str) -> Read<()> {
        if self.takes(sign) {
            return Ok(());
        }
        let found = told(self.tokens.first());
        Err(Unread::Syntax(format!(
            "`{sign}` was expected, and {found} is there"
        )))
    }
}

fn unexpected(token: Option<&Token<'_>>) -> Unread {
    Unread::Syntax(format!("{} does not belong there", told(token)))
}

fn told(token: Option<&Token<'_>>) -> String {
    match token {
        Some(Token::Name(text) | Token::Sign(text)) => format!("`{text}`"),
        Some(Token::Literal(_) | Token::Quoted) => "a value".to_owned(),
        None => "its end".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Unread, read};

    #[test]
    fn what_cel_reads_is_read() {
        let rules = [
            "self.a > 0 && !has(self.b) || self.c in ['x', \"y\"]",
            "self.all(x, x.startsWith('a') ? x.size() < 3 : true)",
            "oldSelf == self || -self.a * (3 + 2.5e-3) % 2 >= 0x1F",
            "self.m[\"a.b\"].c.exists_one(k, {'a': 1, 'b': 2,}[k] == 1u)",
            "self.?a.orValue('x') == r'\\d' // why\n && b'x' != b\"\"\"y\"\"\"",
            "!!self.a",
            "[1, 2,].size() == 2",
            "self.`a-b` == 'x'",
            "cel.bind(x, self.a, x == x)",
            ".5 < 1.",
        ];
        for rule in rules {
            assert!(read(rule).is_ok(), "{rule}: {:?}", read(rule));
        }
    }

    #[test]
    fn what_is_no_expression_is_told() {
        let rules = [
            "self ==",
            "",
            "self.a &&",
            "(self.a",
            "self.a)",
            "self..a",
            "'a",
            "self.a = 1",
            "self a",
            "self.all(x, )x",
            "#",
            "a ? b",
        ];
        for rule in rules {
            assert!(matches!(read(rule), Err(Unread::Syntax(_))), "{rule}");
        }
        let deep = "(".repeat(100_000);
        assert_eq!(read(&deep).unwrap_err(), Unread::Undecided);
    }
}
