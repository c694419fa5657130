//! The canonical text of a path.

use std::fmt;

use super::parse::{is_bidi, is_ident, is_select_text};
use super::place::{Place, Step};
use super::segment::{FieldPath, Pair, Segment, Wanted};

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Key(key) => write_key(f, at == 0, key)?,
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Every => f.write_str("[*]")?,
                Segment::Select(pairs) => write_pairs(f, pairs)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.steps().iter().enumerate() {
            match step {
                Step::Key(key) => write_key(f, at == 0, key)?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

fn write_key(f: &mut fmt::Formatter<'_>, first: bool, key: &str) -> fmt::Result {
    if !is_ident(key) {
        return write!(f, "[{}]", Quoted(key));
    }
    if !first {
        f.write_str(".")?;
    }
    f.write_str(key)
}

fn write_pairs(f: &mut fmt::Formatter<'_>, pairs: &[Pair]) -> fmt::Result {
    f.write_str("[")?;
    for (at, pair) in pairs.iter().enumerate() {
        if at > 0 {
            f.write_str(",")?;
        }
        match is_ident(&pair.key) {
            true => f.write_str(&pair.key)?,
            false => write!(f, "{}", Quoted(&pair.key))?,
        }
        match &pair.wanted {
            Wanted::Text(text) if is_select_text(text) => write!(f, "={text}")?,
            Wanted::Text(text) | Wanted::Quoted(text) => write!(f, "={}", Quoted(text))?,
        }
    }
    f.write_str("]")
}

/// A text in single quotes. A control character, which a path cannot hold but an object's key can, is shown escaped.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("'")?;
        for c in self.0.chars() {
            match c {
                '\'' | '\\' => write!(f, "\\{c}")?,
                c if c.is_control() || is_bidi(c) => write!(f, "{}", c.escape_default())?,
                c => write!(f, "{c}")?,
            }
        }
        f.write_str("'")
    }
}
