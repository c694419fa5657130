//! Rules in CEL, as far as texts of them are compared.

/// A rule without the white space and comments that change nothing.
pub(super) fn normal(rule: &str) -> String {
    let mut told = String::with_capacity(rule.len());
    let mut gap = false;
    for part in Parts(rule) {
        let text = match part {
            Part::Gap => {
                gap = true;
                continue;
            }
            Part::Text(text) | Part::Quoted(text) => text,
        };
        // Between two words white space is what keeps them apart.
        if gap && told.ends_with(is_of_word) && text.starts_with(is_of_word) {
            told.push(' ');
        }
        gap = false;
        told.push_str(text);
    }
    told
}

/// Whether a rule speaks of the value before the change.
pub(super) fn is_transition(rule: &str) -> bool {
    Parts(rule).any(|part| match part {
        Part::Text(text) => text.split(|c| !is_of_word(c)).any(|word| word == "oldSelf"),
        _ => false,
    })
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A rule, cut where its texts begin and end.
struct Parts<'r>(&'r str);

enum Part<'r> {
    /// White space, or a comment.
    Gap,
    Text(&'r str),
    Quoted(&'r str),
}

impl<'r> Iterator for Parts<'r> {
    type Item = Part<'r>;

    fn next(&mut self) -> Option<Part<'r>> {
        let rest = self.0;
        let first = rest.chars().next()?;
        let (length, make): (usize, fn(&'r str) -> Part<'r>) = if first.is_whitespace() {
            (rest.len() - rest.trim_start().len(), |_| Part::Gap)
        } else if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), |_| Part::Gap)
        } else if matches!(first, '"' | '\'') {
            (quoted(rest, first), Part::Quoted)
        } else {
            let ends = |(at, c): (usize, char)| {
                let is_comment = || rest.get(at..).is_some_and(|rest| rest.starts_with("//"));
                c.is_whitespace() || matches!(c, '"' | '\'') || c == '/' && is_comment()
            };
            let end = rest.char_indices().find(|at| ends(*at));
            (end.map_or(rest.len(), |(at, _)| at), Part::Text)
        };
        let (part, rest) = rest.split_at_checked(length.max(1)).unwrap_or((rest, ""));
        self.0 = rest;
        Some(make(part))
    }
}

/// How many bytes the text in quotes has that something begins with.
fn quoted(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::{is_transition, normal};

    #[test]
    fn white_space_counts_where_it_keeps_words_apart() {
        let cases = [
            ("self.a>0", "self.a > 0 // why\n", true),
            ("self.a in  ['x y']", "self.a in ['x y']", true),
            ("self.a in ['x y']", "self.a in ['x  y']", false),
            ("self.a in b", "self.ain b", false),
            ("self == '//'", "self == '", false),
            ("", " ", true),
        ];
        for (a, b, same) in cases {
            assert_eq!(normal(a) == normal(b), same, "{a} / {b}");
        }
    }

    #[test]
    fn a_transition_speaks_of_the_old_value() {
        assert!(is_transition("self == oldSelf"));
        assert!(is_transition("oldSelf.hasValue()"));
        assert!(!is_transition("self == 'oldSelf' || self.oldSelfish"));
    }
}
