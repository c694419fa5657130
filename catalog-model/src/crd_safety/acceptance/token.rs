//! The words of an expression in CEL.

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
    Text,
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
    if let Some((token, length)) = text(rest) {
        return Some((token, length?));
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

/// A text in quotes, with what may stand before it, and its length where it ends.
fn text(rest: &str) -> Option<(Token<'_>, Option<usize>)> {
    let is_quote = |b: &u8| matches!(b, b'"' | b'\'');
    let before = rest.as_bytes().iter().take(3).position(is_quote)?;
    let prefix = rest.get(..before)?.to_ascii_lowercase();
    if !matches!(prefix.as_str(), "" | "r" | "b" | "rb" | "br") {
        return None;
    }
    let kind = if prefix.contains('b') {
        Literal::Bytes
    } else {
        Literal::Text
    };
    let quoted = rest.get(before..)?;
    let length = end_of_text(quoted, prefix.contains('r')).map(|length| before + length);
    Some((Token::Literal(kind), length))
}

/// How long the text in quotes is that something begins with.
fn end_of_text(quoted: &str, is_raw: bool) -> Option<usize> {
    let first = quoted.chars().next()?;
    let triple = String::from(first).repeat(3);
    let quote = match quoted.starts_with(&triple) {
        true => triple,
        false => String::from(first),
    };
    let mut is_escaped = false;
    for (at, c) in quoted.char_indices().skip(quote.len()) {
        if is_escaped {
            is_escaped = false;
        } else if c == '\\' && !is_raw {
            is_escaped = true;
        } else if quoted.get(at..)?.starts_with(&quote) {
            return Some(at + quote.len());
        } else if c == '\n' && quote.len() == 1 {
            return None;
        }
    }
    None
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
