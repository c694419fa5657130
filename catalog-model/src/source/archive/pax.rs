//! Records of extended headers, as POSIX has them: `LENGTH KEY=VALUE`, each with a line break at its end.

/// What an extended header says of the member after it.
#[derive(Debug, Default)]
pub(super) struct Pax {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) is_sparse: bool,
}

/// Reads the records; `None` if they are none. A value may hold line breaks: its length says where it ends.
pub(super) fn records(mut text: &[u8]) -> Option<Pax> {
    let mut pax = Pax::default();
    while !text.is_empty() {
        let space = text.iter().position(|byte| *byte == b' ')?;
        let (digits, _) = text.split_at_checked(space)?;
        let length: usize = std::str::from_utf8(digits).ok()?.parse().ok()?;
        let (record, rest) = text.split_at_checked(length)?;
        let record = record.get(space + 1..)?.strip_suffix(b"\n")?;
        let equals = record.iter().position(|byte| *byte == b'=')?;
        let (key, value) = record.split_at_checked(equals)?;
        let value = value.get(1..)?;
        match key {
            b"path" => pax.path = Some(value.to_vec()),
            b"linkpath" => pax.link = Some(value.to_vec()),
            b"size" => pax.size = Some(std::str::from_utf8(value).ok()?.parse().ok()?),
            key => pax.is_sparse |= key.starts_with(b"GNU.sparse."),
        }
        text = rest;
    }
    Some(pax)
}

#[cfg(test)]
mod tests {
    use super::records;

    #[test]
    fn records_end_where_their_length_says() {
        let pax = records(b"14 path=a\nb/c\n12 size=042\n11 other=x\n").unwrap();
        assert_eq!(pax.path.as_deref(), Some(&b"a\nb/c"[..]));
        assert_eq!((pax.size, pax.is_sparse), (Some(42), false));
        assert!(
            records(b"24 GNU.sparse.realsize=1\n").is_none(),
            "one byte is missing"
        );
        assert!(records(b"25 GNU.sparse.realsize=1\n").unwrap().is_sparse);
        for wrong in [
            &b"x"[..],
            b"99 path=a\n",
            b"0 path=a\n",
            b"3 a=b\n",
            b"7 path\n",
            b"9 path=ab",
        ] {
            assert!(records(wrong).is_none(), "{wrong:?}");
        }
    }
}
