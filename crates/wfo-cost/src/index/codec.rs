//! Numbers and texts as little-endian bytes, and back without a panic.

/// Reads from the front of bytes; `None` where they end too early.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a>(&'a [u8]);

macro_rules! fixed {
    ($($name:ident: $type:ty;)*) => {
        impl Reader<'_> {
            $(pub(super) fn $name(&mut self) -> Option<$type> {
                let (head, rest) = self.0.split_first_chunk()?;
                self.0 = rest;
                Some(<$type>::from_le_bytes(*head))
            })*
        }
        impl Writer {
            $(pub(super) fn $name(&mut self, number: $type) {
                self.0.extend_from_slice(&number.to_le_bytes());
            })*
        }
    };
}

fixed! {
    u8: u8;
    u32: u32;
    u64: u64;
    i64: i64;
    u128: u128;
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    /// Reads what [`Writer::bytes`] wrote.
    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()? as usize;
        self.take(length)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    pub(super) fn u40(&mut self) -> Option<u64> {
        let (head, rest) = self.0.split_first_chunk::<5>()?;
        self.0 = rest;
        Some(head.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Reads a list that begins with its length.
    pub(super) fn list<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.u32()? as usize;
        let mut list = Vec::with_capacity(count.min(self.0.len()));
        for _ in 0..count {
            list.push(read(self)?);
        }
        Some(list)
    }
}

/// Writes at the end of bytes.
#[derive(Debug, Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    /// Begins with room for so many bytes.
    pub(super) fn of(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn done(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        // A text of 4 GiB cannot come from a line; it would be cut.
        let length = u32::try_from(bytes.len()).unwrap_or(0);
        self.u32(length);
        self.0.extend_from_slice(bytes.get(..length as usize).unwrap_or_default());
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Writes the lower 40 bits: more tokens than a response can have.
    pub(super) fn u40(&mut self, number: u64) {
        let clamped = number.min((1 << 40) - 1).to_le_bytes();
        self.0.extend(clamped.iter().take(5));
    }

    pub(super) fn pad(&mut self, length: usize) {
        self.0.resize(length.max(self.0.len()), 0);
    }

    pub(super) fn list<T>(&mut self, list: &[T], write: impl Fn(&T, &mut Self)) {
        self.u32(u32::try_from(list.len()).unwrap_or(u32::MAX));
        for one in list {
            write(one, self);
        }
    }
}
