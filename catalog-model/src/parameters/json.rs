//! JSON, and where everything in it stands.
//!
//! The readers of YAML know places too, but refuse what JSON allows: control characters in texts, and keys of more than 1,024 characters.

use catalog_conditions::Span;

/// A value and its place.
pub(super) struct Json {
    pub(super) kind: JsonKind,
    pub(super) span: Span,
}

pub(super) enum JsonKind {
    Null,
    Bool(bool),
    /// As it is written: no digit is lost.
    Number(String),
    Text(String),
    List(Vec<Json>),
    /// In the order written. A key that is there twice is there twice.
    Map(Vec<Member>),
}

/// A key with its value.
pub(super) struct Member {
    pub(super) key: String,
    /// Where the key stands, with its quotes.
    pub(super) place: Span,
    pub(super) value: Json,
}

/// Why a text cannot be read, and from which byte on.
pub(super) struct NotRead {
    pub(super) reason: Reason,
    pub(super) at: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// It is not JSON.
    Syntax,
    /// Lists and maps nest deeper than was asked for.
    Depth,
}

impl Json {
    /// Reads a text as RFC 8259 says. Lists and maps may nest `depth` deep, to which recursion is bounded. Cost: linear.
    pub(super) fn parse(text: &str, depth: usize) -> Result<Self, NotRead> {
        let mut reader = Reader { text, at: 0, depth };
        let json = reader.value()?;
        reader.space();
        match reader.peek() {
            None => Ok(json),
            Some(_) => Err(reader.wrong()),
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// How much deeper it may go.
    depth: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Json, NotRead> {
        self.space();
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.nested(Self::map)?,
            Some(b'[') => self.nested(Self::list)?,
            Some(b'"') => JsonKind::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => JsonKind::Number(self.number()?),
            _ => self.word()?,
        };
        let span = Span::new(start, self.at);
        Ok(Json { kind, span })
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<JsonKind, NotRead>,
    ) -> Result<JsonKind, NotRead> {
        let Some(depth) = self.depth.checked_sub(1) else {
            let (reason, at) = (Reason::Depth, self.at);
            return Err(NotRead { reason, at });
        };
        self.depth = depth;
        let kind = read(self)?;
        self.depth += 1;
        Ok(kind)
    }

    fn map(&mut self) -> Result<JsonKind, NotRead> {
        let mut members = Vec::new();
        self.all(b'{', b'}', |reader| {
            reader.space();
            let start = reader.at;
            let key = reader.string()?;
            let place = Span::new(start, reader.at);
            reader.space();
            reader.take(b':')?;
            let value = reader.value()?;
            members.push(Member { key, place, value });
            Ok(())
        })?;
        Ok(JsonKind::Map(members))
    }

    fn list(&mut self) -> Result<JsonKind, NotRead> {
        let mut items = Vec::new();
        self.all(b'[', b']', |reader| {
            items.push(reader.value()?);
            Ok(())
        })?;
        Ok(JsonKind::List(items))
    }

    /// What stands between `open` and `close`, with commas between.
    fn all(
        &mut self,
        open: u8,
        close: u8,
        mut one: impl FnMut(&mut Self) -> Result<(), NotRead>,
    ) -> Result<(), NotRead> {
        self.take(open)?;
        self.space();
        if self.peek() == Some(close) {
            return self.take(close);
        }
        loop {
            one(self)?;
            self.space();
            if self.peek() != Some(b',') {
                return self.take(close);
            }
            self.take(b',')?;
        }
    }

    /// Where a text ends is plain to see; what its escapes mean, and whether they mean something, is for others to say.
    fn string(&mut self) -> Result<String, NotRead> {
        let start = self.at;
        self.take(b'"')?;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => return Err(self.wrong()),
            }
        }
        self.at += 1;
        let written = self.text.get(start..self.at).unwrap_or_default();
        serde_json::from_str(written).map_err(|_| NotRead {
            reason: Reason::Syntax,
            at: start,
        })
    }

    fn number(&mut self) -> Result<String, NotRead> {
        let start = self.at;
        self.skip(b"-");
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.skip(b".") {
            self.digits()?;
        }
        if self.skip(b"eE") {
            self.skip(b"+-");
            self.digits()?;
        }
        Ok(self.text.get(start..self.at).unwrap_or_default().to_owned())
    }

    fn digits(&mut self) -> Result<(), NotRead> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        match self.at > start {
            true => Ok(()),
            false => Err(self.wrong()),
        }
    }

    fn word(&mut self) -> Result<JsonKind, NotRead> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let words = [
            ("null", JsonKind::Null),
            ("true", JsonKind::Bool(true)),
            ("false", JsonKind::Bool(false)),
        ];
        let mut words = words.into_iter();
        let (word, kind) = words
            .find(|(word, _)| rest.starts_with(word))
            .ok_or_else(|| self.wrong())?;
        self.at += word.len();
        Ok(kind)
    }

    fn space(&mut self) {
        while self.skip(b" \t\r\n") {}
    }

    /// Goes past a byte that is one of these, if it is.
    fn skip(&mut self, bytes: &[u8]) -> bool {
        let is_one = self.peek().is_some_and(|byte| bytes.contains(&byte));
        self.at += usize::from(is_one);
        is_one
    }

    fn take(&mut self, byte: u8) -> Result<(), NotRead> {
        match self.skip(&[byte]) {
            true => Ok(()),
            false => Err(self.wrong()),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn wrong(&self) -> NotRead {
        NotRead {
            reason: Reason::Syntax,
            at: self.at.min(self.text.len()),
        }
    }
}
