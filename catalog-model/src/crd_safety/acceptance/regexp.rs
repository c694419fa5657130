//! Regular expressions as Go reads them: its syntax is that of RE2, which has neither looking around nor going back.
//!
//! From `regexp/syntax` of Go with the flags `Perl`, as `regexp.Compile` has it.

use std::collections::HashSet;

/// Why Go refuses a pattern.
pub(super) fn fault(pattern: &str) -> Option<String> {
    /// What is longer is not looked at.
    const LONGEST: usize = 1 << 16;
    if pattern.len() > LONGEST {
        return None;
    }
    let mut reader = Reader {
        rest: pattern,
        groups: vec![Group::default()],
        names: HashSet::new(),
    };
    reader.read().err().map(str::to_owned)
}

type Read<T = ()> = Result<T, &'static str>;

/// More repetitions than that, multiplied where they nest, are refused.
const MOST_REPETITIONS: u32 = 1000;
/// Groups that nest deeper are refused.
const DEEPEST: usize = 1000;

struct Reader<'p> {
    rest: &'p str,
    groups: Vec<Group>,
    names: HashSet<&'p str>,
}

/// A group that is open, or the whole pattern.
#[derive(Default)]
struct Group {
    last: Last,
    /// The most repetitions inside of what was read.
    inside: u32,
}

/// What was read last in a group.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Last {
    /// Nothing that could be repeated.
    #[default]
    Nothing,
    /// An operand, in which something is repeated so often.
    Operand(u32),
    Repetition(u32),
}

impl<'p> Reader<'p> {
    fn read(&mut self) -> Read {
        while let Some(c) = self.next() {
            match c {
                '(' => self.open()?,
                ')' => self.close()?,
                '|' => self.last(Last::Nothing),
                '*' | '+' | '?' => self.repeat(1)?,
                '{' => self.braces()?,
                '[' => {
                    self.class()?;
                    self.last(Last::Operand(1));
                }
                '\\' => {
                    self.escape(false)?;
                    self.last(Last::Operand(1));
                }
                _ => self.last(Last::Operand(1)),
            }
        }
        if self.groups.len() > 1 {
            return Err("a group is not closed");
        }
        Ok(())
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next()?;
        self.rest = chars.as_str();
        Some(c)
    }

    fn takes(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn last(&mut self, last: Last) {
        if let Some(group) = self.groups.last_mut() {
            if let Last::Operand(times) | Last::Repetition(times) = last {
                group.inside = group.inside.max(times);
            }
            group.last = last;
        }
    }

    fn open(&mut self) -> Read {
        if self.takes("?") && !self.flags()? {
            // Flags for the rest of the group.
            return Ok(());
        }
        if self.groups.len() > DEEPEST {
            return Err("groups nest too deeply");
        }
        self.groups.push(Group::default());
        Ok(())
    }

    /// What follows `(?`: whether it opens a group.
    fn flags(&mut self) -> Read<bool> {
        const ODD: &str = "`(?` is followed by what Go does not have";
        if self.rest.starts_with("<=") || self.rest.starts_with("<!") {
            return Err(ODD);
        }
        if self.takes("P<") || self.takes("<") {
            return self.name().map(|()| true);
        }
        let (mut is_negative, mut is_flag) = (false, false);
        while let Some(c) = self.next() {
            match c {
                'i' | 'm' | 's' | 'U' => is_flag = true,
                '-' if !is_negative => (is_negative, is_flag) = (true, false),
                ':' | ')' if is_flag || !is_negative => return Ok(c == ':'),
                _ => return Err(ODD),
            }
        }
        Err("a group is not closed")
    }

    fn name(&mut self) -> Read {
        let (name, rest) = self.rest.split_once('>').ok_or("a name has no end")?;
        let is_of_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        if name.is_empty() || !name.bytes().all(is_of_name) || !self.names.insert(name) {
            return Err("a group has no name, an odd one, or that of another");
        }
        self.rest = rest;
        Ok(())
    }

    fn close(&mut self) -> Read {
        let group = self.groups.pop().filter(|_| !self.groups.is_empty());
        let group = group.ok_or("a group is closed that was not opened")?;
        self.last(Last::Operand(group.inside.max(1)));
        Ok(())
    }

    /// Repeats what was read last, so often.
    fn repeat(&mut self, times: u32) -> Read {
        let _ = self.takes("?");
        let inside = match self.groups.last().map(|group| group.last) {
            Some(Last::Operand(inside)) => inside,
            Some(Last::Repetition(_)) => return Err("a repetition is repeated"),
            _ => return Err("a repetition repeats nothing"),
        };
        let times = inside.saturating_mul(times.max(1));
        if times > MOST_REPETITIONS {
            return Err("it repeats something more than 1000 times");
        }
        self.last(Last::Repetition(times));
        Ok(())
    }

    /// `{2}`, `{2,}` or `{2,3}`; other braces are themselves.
    fn braces(&mut self) -> Read {
        let is_of_range = |b: &u8| b.is_ascii_digit() || *b == b',';
        let length = self.rest.bytes().take_while(|b| is_of_range(b)).count();
        let range = self.rest.split_at_checked(length);
        let range = range.and_then(|(range, rest)| Some((range, rest.strip_prefix('}')?)));
        let Some((range, rest)) = range else {
            self.last(Last::Operand(1));
            return Ok(());
        };
        let (least, most) = match range.split_once(',') {
            Some((least, "")) => (number(least), Some(None)),
            Some((least, most)) => (number(least), number(most).map(Some)),
            None => (number(range), number(range).map(Some)),
        };
        let (Some(least), Some(most)) = (least, most) else {
            self.last(Last::Operand(1));
            return Ok(());
        };
        self.rest = rest;
        let is_odd = most.is_some_and(|most| most > MOST_REPETITIONS || most < least);
        if least > MOST_REPETITIONS || is_odd {
            return Err("a repetition runs backwards, or is more than 1000");
        }
        self.repeat(most.unwrap_or(least))
    }

    fn class(&mut self) -> Read {
        let _ = self.takes("^");
        let mut is_first = true;
        loop {
            if !is_first && self.takes("]") {
                return Ok(());
            }
            is_first = false;
            if self.rest.starts_with("[:") && self.named_class()? {
                continue;
            }
            let Some(low) = self.class_char()? else {
                continue;
            };
            let is_range = self.rest.starts_with('-') && !self.rest.starts_with("-]");
            if is_range && self.rest.len() > 1 {
                let _ = self.takes("-");
                let high = self.class_char()?.ok_or("a range ends in a class")?;
                if high < low {
                    return Err("a range of characters runs backwards");
                }
            }
        }
    }

    /// `[:alpha:]`; whether it was one.
    fn named_class(&mut self) -> Read<bool> {
        const NAMES: [&str; 14] = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print",
            "punct", "space", "upper", "word", "xdigit",
        ];
        // No name has a bracket, so that what is looked through is looked through once.
        let inside = self.rest.get(2..).unwrap_or_default();
        let end = inside.find([']', '[', '\\']).unwrap_or_default();
        let named = inside.split_at_checked(end);
        let named = named.and_then(|(name, rest)| Some((name.strip_suffix(':')?, rest)));
        let Some((name, rest)) =
            named.and_then(|(name, rest)| Some((name, rest.strip_prefix(']')?)))
        else {
            return Ok(false);
        };
        if !NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err("a class of characters has a name that Go does not know");
        }
        self.rest = rest;
        Ok(true)
    }

    /// A character of a class; nothing for a class in it.
    fn class_char(&mut self) -> Read<Option<char>> {
        match self.next().ok_or("a class of characters is not closed")? {
            '\\' => self.escape(true),
            c => Ok(Some(c)),
        }
    }

    /// What follows a backslash: a character, or something else.
    fn escape(&mut self, is_in_class: bool) -> Read<Option<char>> {
        const ODD: &str = "a backslash is followed by what Go does not have";
        let c = self.next().ok_or("it ends with a backslash")?;
        match c {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => Ok(None),
            'A' | 'b' | 'B' | 'z' if !is_in_class => Ok(None),
            'p' | 'P' => self.unicode(),
            'Q' if !is_in_class => {
                self.rest = self.rest.split_once("\\E").map_or("", |(_, rest)| rest);
                Ok(None)
            }
            'x' => self.hexadecimal(),
            '0' => Ok(Some(self.octal(0, 2))),
            '1'..='7'
                if self
                    .rest
                    .starts_with(|next: char| matches!(next, '0'..='7')) =>
            {
                let first = c.to_digit(8).unwrap_or_default();
                Ok(Some(self.octal(first, 2)))
            }
            'a' => Ok(Some('\u{7}')),
            'f' => Ok(Some('\u{c}')),
            'n' => Ok(Some('\n')),
            'r' => Ok(Some('\r')),
            't' => Ok(Some('\t')),
            'v' => Ok(Some('\u{b}')),
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => Ok(Some(c)),
            _ => Err(ODD),
        }
    }

    /// `\pL` or `\p{Greek}`. Names of classes are not looked up.
    fn unicode(&mut self) -> Read<Option<char>> {
        const ODD: &str = "`\\p` is followed by no class";
        if self.takes("{") {
            let (name, rest) = self.rest.split_once('}').ok_or(ODD)?;
            self.rest = rest;
            return if name.is_empty() { Err(ODD) } else { Ok(None) };
        }
        self.next().map(|_| None).ok_or(ODD)
    }

    fn hexadecimal(&mut self) -> Read<Option<char>> {
        const ODD: &str = "`\\x` is followed by no number of a character";
        let digits = if self.takes("{") {
            let (digits, rest) = self.rest.split_once('}').ok_or(ODD)?;
            self.rest = rest;
            digits
        } else {
            let (digits, rest) = self.rest.split_at_checked(2).ok_or(ODD)?;
            self.rest = rest;
            digits
        };
        let number = u32::from_str_radix(digits, 16).map_err(|_| ODD)?;
        char::from_u32(number).map(Some).ok_or(ODD)
    }

    fn octal(&mut self, first: u32, most: usize) -> char {
        let mut number = first;
        for _ in 0..most {
            let digit = self.rest.chars().next().and_then(|c| c.to_digit(8));
            let Some(digit) = digit else { break };
            number = number * 8 + digit;
            let _ = self.next();
        }
        char::from_u32(number).unwrap_or_default()
    }
}

/// A number without leading zeros.
fn number(text: &str) -> Option<u32> {
    let is_plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty();
    if !is_plain || text.len() > 1 && text.starts_with('0') {
        return None;
    }
    Some(text.parse().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn what_go_reads_is_taken() {
        let patterns = [
            "",
            "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
            "a{2,3}?",
            "a{",
            "a{,3}",
            "{a}",
            "{01}",
            "[]a]",
            "[^]]",
            "[a\\-z]",
            "[\\w-.]",
            "(?i)a",
            "(?i:a)",
            "(?P<n>a)",
            "(?<n>a)",
            "(?s-m:.)",
            "\\p{Greek}\\pL",
            "[[:alpha:]_]",
            "\\x{10FFFF}\\x41",
            "\\012\\12",
            "\\Q(*\\E",
            "a||b",
            "()",
            "^*",
            "(a{10}){100}",
            "[a-]",
            "[-a]",
            "\\/\\_\\-\\<",
            "\\.\\z",
            "a*|b+",
            "é+",
            "[[]",
            "(?:a*)*",
        ];
        for pattern in patterns {
            assert_eq!(fault(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn what_go_does_not_read_is_refused() {
        let patterns = [
            "([",
            "(",
            ")",
            "a)",
            "*a",
            "(*a)",
            "a**",
            "a+*",
            "a{2}{3}",
            "a{2,1}",
            "a{1001}",
            "(a{100}){100}",
            "[z-a]",
            "[a",
            "\\",
            "^(?=a)",
            "(?!a)",
            "(?<=a)",
            "(?<!a)",
            "(?>a)",
            "\\1",
            "\\8",
            "\\Z",
            "\\c",
            "\\u0041",
            "\\h",
            "(?x)a",
            "(?P<n>a)(?P<n>b)",
            "(?P<>a)",
            "[[:nope:]]",
            "\\p{",
            "\\xZZ",
            "|*",
            "(?",
            "(?i",
            "[\\b]",
            "a*+",
        ];
        for pattern in patterns {
            assert!(fault(pattern).is_some(), "{pattern}");
        }
    }
}
