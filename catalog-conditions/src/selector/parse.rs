//! Reads kubectl's selector text, by the rules of Kubernetes' `labels.Parse`.

use super::error::{Problem, SelectorError};
use super::requirement::{Relation, Requirement};

const MAX_BYTES: usize = 4096;

pub(super) fn parse(text: &str) -> Result<Vec<Requirement>, SelectorError> {
    if text.len() > MAX_BYTES {
        return refuse(Problem::TooLong(text.len()));
    }
    let mut parser = Parser {
        tokens: tokens(text),
        at: 0,
    };
    let mut requirements = Vec::new();
    if parser.peek().is_none() {
        return Ok(requirements);
    }
    loop {
        requirements.push(parser.requirement()?);
        match parser.next() {
            None => return Ok(requirements),
            Some(Token::Symbol(",")) => {}
            Some(token) => return refuse(Problem::Rest(token.text().to_owned())),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Token<'a> {
    Symbol(&'a str),
    Word(&'a str),
}

impl<'a> Token<'a> {
    fn text(self) -> &'a str {
        match self {
            Self::Symbol(text) | Self::Word(text) => text,
        }
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let is_symbol = |c: char| matches!(c, '=' | '!' | '(' | ')' | ',' | '>' | '<');
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while let Some(first) = rest.chars().next() {
        let length = if is_symbol(first) {
            match rest.get(..2) {
                Some("==" | "!=") => 2,
                _ => 1,
            }
        } else {
            rest.find(|c| is_symbol(c) || is_space(c))
                .unwrap_or(rest.len())
        };
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        tokens.push(if is_symbol(first) {
            Token::Symbol(token)
        } else {
            Token::Word(token)
        });
        rest = after.trim_start_matches(is_space);
    }
    tokens
}

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    fn next(&mut self) -> Option<Token<'a>> {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn requirement(&mut self) -> Result<Requirement, SelectorError> {
        if self.peek() == Some(Token::Symbol("!")) {
            self.at += 1;
            let key = self.key()?;
            return match self.peek() {
                None | Some(Token::Symbol(",")) => {
                    Requirement::new(key, Relation::DoesNotExist, [])
                }
                Some(_) => refuse(Problem::NegatedComparison(key.to_owned())),
            };
        }
        let key = self.key()?;
        let operator = match self.peek() {
            None | Some(Token::Symbol(",")) => return Requirement::new(key, Relation::Exists, []),
            Some(operator) => operator.text(),
        };
        self.at += 1;
        match operator {
            "=" | "==" => Requirement::new(key, Relation::In, [self.exact_value()?]),
            "!=" => Requirement::new(key, Relation::NotIn, [self.exact_value()?]),
            ">" => Requirement::new(key, Relation::GreaterThan, [self.exact_value()?]),
            "<" => Requirement::new(key, Relation::LessThan, [self.exact_value()?]),
            "in" => Requirement::new(key, Relation::In, self.values(key)?),
            "notin" => Requirement::new(key, Relation::NotIn, self.values(key)?),
            other => refuse(Problem::Operator(other.to_owned())),
        }
    }

    fn key(&mut self) -> Result<&'a str, SelectorError> {
        match self.next() {
            Some(Token::Word(key)) => Ok(key),
            Some(token) => refuse(Problem::MissingKey(token.text().to_owned())),
            None => refuse(Problem::MissingLastKey),
        }
    }

    fn exact_value(&mut self) -> Result<&'a str, SelectorError> {
        match self.peek() {
            None | Some(Token::Symbol(",")) => Ok(""),
            Some(Token::Word(value)) => {
                self.at += 1;
                Ok(value)
            }
            Some(Token::Symbol(symbol)) => refuse(Problem::Rest(symbol.to_owned())),
        }
    }

    /// Values between parentheses; nothing between two commas is the empty value.
    fn values(&mut self, key: &str) -> Result<Vec<&'a str>, SelectorError> {
        if self.next() != Some(Token::Symbol("(")) {
            return refuse(Problem::Parentheses(key.to_owned()));
        }
        let mut values = Vec::new();
        loop {
            let value = match self.peek() {
                Some(Token::Word(value)) => {
                    self.at += 1;
                    value
                }
                _ => "",
            };
            values.push(value);
            match self.next() {
                Some(Token::Symbol(",")) => {}
                Some(Token::Symbol(")")) => return Ok(values),
                _ => return refuse(Problem::Parentheses(key.to_owned())),
            }
        }
    }
}

fn refuse<T>(problem: Problem) -> Result<T, SelectorError> {
    Err(SelectorError::new(problem))
}
