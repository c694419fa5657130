//! Columns as bytes: little-endian numbers, and lists with their length before them.

/// Bytes that are being written.
#[derive(Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
}

/// Bytes that are being read. Nothing is set aside for more than there is: what is read is at most some times as large as the bytes.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl Writer {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn u8(&mut self, number: u8) {
        self.bytes.push(number);
    }

    pub(crate) fn u32(&mut self, number: u32) {
        self.raw(&number.to_le_bytes());
    }

    pub(crate) fn u64(&mut self, number: u64) {
        self.raw(&number.to_le_bytes());
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.u64(bytes.len() as u64);
        self.raw(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// A list of numbers.
    pub(crate) fn u32s(&mut self, numbers: impl ExactSizeIterator<Item = u32>) {
        self.u64(numbers.len() as u64);
        numbers.for_each(|number| self.u32(number));
    }

    /// A list of long numbers.
    pub(crate) fn u64s(&mut self, numbers: impl ExactSizeIterator<Item = u64>) {
        self.u64(numbers.len() as u64);
        numbers.for_each(|number| self.u64(number));
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn raw(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(head)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.raw(N)?.try_into().ok()
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        Some(u8::from_le_bytes(self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.array()?))
    }

    /// The bytes of a list of items of a size.
    fn items(&mut self, size: usize) -> Option<&'a [u8]> {
        let items = usize::try_from(self.u64()?).ok()?;
        self.raw(items.checked_mul(size)?)
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        self.items(1)
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        let text = std::str::from_utf8(self.bytes()?).ok()?;
        Some(text.to_owned())
    }

    pub(crate) fn u32s(&mut self) -> Option<Vec<u32>> {
        let (items, _) = self.items(4)?.as_chunks();
        Some(items.iter().map(|item| u32::from_le_bytes(*item)).collect())
    }

    pub(crate) fn u64s(&mut self) -> Option<Vec<u64>> {
        let (items, _) = self.items(8)?.as_chunks();
        Some(items.iter().map(|item| u64::from_le_bytes(*item)).collect())
    }
}
