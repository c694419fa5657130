//! Patterns of names.

/// A text in which `*` stands for any characters, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(String);

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text is like that. Cost: linear in the text for each `*`.
    pub(super) fn matches(&self, text: &str) -> bool {
        let Some((begin, rest)) = self.0.split_once('*') else {
            return self.0 == text;
        };
        let Some(mut text) = text.strip_prefix(begin) else {
            return false;
        };
        let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
        for part in middle.split('*') {
            match text.split_once(part) {
                Some((_, after)) => text = after,
                None => return false,
            }
        }
        text.ends_with(end)
    }

    /// Whether it says nothing of a text.
    pub(super) fn is_of_all(&self) -> bool {
        self.0.chars().all(|one| one == '*')
    }

    /// Whether a text is like this and like another pattern. Cost: the product of their lengths.
    pub(super) fn overlaps(&self, other: &str) -> bool {
        let (one, other) = (self.0.as_bytes(), other.as_bytes());
        // By how much of the other one is left, from its end: whether what is left of both has a text in common.
        let mut before = vec![false; other.len() + 1];
        for at in (0..=one.len()).rev() {
            let mine = one.get(at);
            let mut now = vec![false; other.len() + 1];
            for (place, theirs) in (0..=other.len())
                .map(|place| (place, other.get(place)))
                .rev()
            {
                let skips = |list: &[bool], place: usize| list.get(place) == Some(&true);
                let has_common = match (mine, theirs) {
                    (None, None) => true,
                    (Some(b'*'), _) => {
                        skips(&before, place) || theirs.is_some() && skips(&now, place + 1)
                    }
                    (_, Some(b'*')) => {
                        skips(&now, place + 1) || mine.is_some() && skips(&before, place)
                    }
                    (Some(mine), Some(theirs)) => mine == theirs && skips(&before, place + 1),
                    _ => false,
                };
                if let Some(entry) = now.get_mut(place) {
                    *entry = has_common;
                }
            }
            before = now;
        }
        before.first() == Some(&true)
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, yes, no) in [
            ("a", &["a"][..], &["", "ab", "A"][..]),
            ("*", &["", "a", "a/b"], &[]),
            ("a*", &["a", "ab"], &["ba", ""]),
            ("*a", &["a", "ba", "aa"], &["ab"]),
            ("a*b*c", &["abc", "axbxc", "abbcc"], &["ac", "acb", "ab"]),
            ("ab*ba", &["abba", "ab ba"], &["aba"]),
            ("**", &["", "a"], &[]),
        ] {
            for text in yes {
                assert!(Pattern::new(pattern).matches(text), "{pattern} {text}");
            }
            for text in no {
                assert!(!Pattern::new(pattern).matches(text), "{pattern} {text}");
            }
        }
    }

    /// Two patterns have a text in common if any of the short texts is like both.
    #[test]
    fn patterns_overlap_if_a_text_is_like_both() {
        let letters = ['a', 'b', '*'];
        let mut all = vec![String::new()];
        for length in 0..4 {
            let longest = all.iter().filter(|one| one.len() == length).cloned();
            let longer: Vec<String> = longest
                .flat_map(|one| letters.map(|letter| format!("{one}{letter}")))
                .collect();
            all.extend(longer);
        }
        // What two patterns of four have in common is no longer than both together.
        let mut texts = vec![String::new()];
        for length in 0..6 {
            let longest = texts.iter().filter(|one| one.len() == length).cloned();
            let longer: Vec<String> = longest
                .flat_map(|one| ['a', 'b'].map(|letter| format!("{one}{letter}")))
                .collect();
            texts.extend(longer);
        }
        let patterns: Vec<Pattern> = all.iter().map(|one| Pattern::new(one)).collect();
        let like: Vec<u128> = patterns
            .iter()
            .map(|one| {
                let texts = texts.iter().enumerate();
                texts.fold(0, |set, (at, text)| {
                    set | u128::from(one.matches(text)) << at
                })
            })
            .collect();
        assert!(texts.len() <= 128, "{}", texts.len());
        for (one, of_one) in patterns.iter().zip(&like) {
            for (other, of_other) in all.iter().zip(&like) {
                assert_eq!(
                    one.overlaps(other),
                    of_one & of_other != 0,
                    "{one:?} {other}"
                );
            }
        }
    }
}
