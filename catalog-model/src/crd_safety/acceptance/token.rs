//! The words of an expression in CEL.

use super::super::cel::Quote;

/// A word of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'r> {
    Name(&'r str),
    /// A name in backticks, which may have any characters.
    Quoted,
    Literal(Literal),
    /// An operator or a bracket.
    Sign(&'r str),
}

/// The kind of a value that is written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    Number,
    /// With how many bytes it has in the rule, quotes too.
    Text(usize),
    Bytes,
    Bool,
    Null,
}

/// Longest first, so that `<=` is not `<`.
const SIGNS: [&str; 27] = [
    "&&", "||", "==", "!=", "<=", ">=", ".?", "[?", "<", ">", "!", "?", ":", ",", ".", "(", ")",
    "[", "]", "{", "}", "+", "-", "*", "/", "%", "=",
];

/// The words of a rule; `None` where something is none.
pub(super) fn tokens(rule: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut rest = rule;
    loop {
        rest = rest.trim_start();
        if let Some(comment) = rest.strip_prefix("//") {
            rest = comment.split_once('\n').map_or("", |(_, rest)| rest);
            continue;
        }
        if rest.is_empty() {
            return Some(tokens);
        }
        let (token, length) = token(rest)?;
        tokens.push(token);
        rest = rest.get(length..)?;
    }
}

fn token(rest: &str) -> Option<(Token<'_>, usize)> {
    if let Some(quote) = Quote::of(rest) {
        let length = quote.end?;
        let literal = match quote.is_bytes {
            true => Literal::Bytes,
            false => Literal::Text(length),
        };
        return Some((Token::Literal(literal), length));
    }
    let first = rest.bytes().next()?;
    if first == b'`' {
        let end = rest.get(1..)?.find('`')?;
        return Some((Token::Quoted, end + 2));
    }
    if first.is_ascii_digit() || first == b'.' && rest.as_bytes().get(1)?.is_ascii_digit() {
        return Some((Token::Literal(Literal::Number), number(rest)));
    }
    let length = rest
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
        .count();
    if length > 0 {
        let name = rest.get(..length)?;
        let token = match name {
            "true" | "false" => Token::Literal(Literal::Bool),
            "null" => Token::Literal(Literal::Null),
            name => Token::Name(name),
        };
        return Some((token, length));
    }
    let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign))?;
    Some((Token::Sign(sign), sign.len()))
}

fn number(rest: &str) -> usize {
    let is_hexadecimal = rest.starts_with("0x");
    let mut before = b'0';
    let mut is_of_number = |b: &u8| {
        let is_sign = matches!(*b, b'+' | b'-') && matches!(before, b'e' | b'E') && !is_hexadecimal;
        before = *b;
        b.is_ascii_alphanumeric() || *b == b'.' || is_sign
    };
    rest.as_bytes()
        .iter()
        .take_while(|b| is_of_number(b))
        .count()
}
