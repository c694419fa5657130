//! Tar archives, byte by byte: what no program would write, too.

use std::io::Write;

/// An archive while it is written.
#[derive(Clone, Default)]
pub(super) struct Tarball(Vec<u8>);

impl Tarball {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// A member of a type (`0` file, `1` hard link, `2` link, `5` folder, …), with the size that its header states.
    pub(super) fn raw(
        mut self,
        kind: u8,
        name: &[u8],
        link: &[u8],
        data: &[u8],
        size: u64,
    ) -> Self {
        let mut header = [0u8; 512];
        header[..name.len()].copy_from_slice(name);
        header[100..107].copy_from_slice(b"0000644");
        header[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
        header[136..147].copy_from_slice(b"00000000000");
        header[156] = kind;
        header[157..157 + link.len()].copy_from_slice(link);
        header[257..265].copy_from_slice(b"ustar\x0000");
        header[148..156].copy_from_slice(b"        ");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        self.0.extend(header);
        self.0.extend(data);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    pub(super) fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let data = text.as_ref();
        self.raw(b'0', name.as_bytes(), b"", data, data.len() as u64)
    }

    pub(super) fn folder(self, name: &str) -> Self {
        self.raw(b'5', name.as_bytes(), b"", b"", 0)
    }

    pub(super) fn link(self, name: &str, to: &str) -> Self {
        self.raw(b'2', name.as_bytes(), to.as_bytes(), b"", 0)
    }

    pub(super) fn hard_link(self, name: &str, to: &str) -> Self {
        self.raw(b'1', name.as_bytes(), to.as_bytes(), b"", 0)
    }

    /// An extended header as POSIX has it, for the next member.
    pub(super) fn pax(self, records: &[(&str, &str)]) -> Self {
        let mut text = String::new();
        for (key, value) in records {
            let rest = key.len() + value.len() + 3;
            // The length counts its own digits.
            let length = (1..).find(|digits| (rest + digits).to_string().len() == *digits);
            let length = rest + length.unwrap();
            text.push_str(&format!("{length} {key}={value}\n"));
        }
        self.raw(
            b'x',
            b"PaxHeaders/x",
            b"",
            text.as_bytes(),
            text.len() as u64,
        )
    }

    /// A long name as GNU has it, for the next member.
    pub(super) fn long_name(self, name: &str) -> Self {
        let data = format!("{name}\0");
        self.raw(
            b'L',
            b"././@LongLink",
            b"",
            data.as_bytes(),
            data.len() as u64,
        )
    }

    /// The bytes without the end.
    pub(super) fn open(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.0.extend([0; 1024]);
        self.0
    }
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}
