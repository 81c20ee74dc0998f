//! Numbers and texts as bytes.

use std::io::{Read, Write};

use crate::error::SnapshotError;

/// How much is asked of the source at a time: a length that is not true reserves no more than this.
const STEP: usize = 1 << 20;
/// How much is written at a time.
const BUFFER: usize = 1 << 16;

pub(super) type Done = Result<(), SnapshotError>;

/// Writes, some at a time.
pub(super) struct Writer<'a> {
    out: &'a mut dyn Write,
    buffer: Vec<u8>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, buffer: Vec::with_capacity(2 * BUFFER) }
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) -> Done {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER {
            self.out.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    pub(super) fn u32(&mut self, number: u32) -> Done {
        self.raw(&number.to_le_bytes())
    }

    /// Writes a count or a length, of which none is above `u32`.
    pub(super) fn count(&mut self, count: usize) -> Done {
        let count = u32::try_from(count);
        self.u32(count.map_err(|_| SnapshotError::Damaged { what: "something is too long to be written" })?)
    }

    pub(super) fn text(&mut self, text: &str) -> Done {
        self.count(text.len())?;
        self.raw(text.as_bytes())
    }

    pub(super) fn numbers(&mut self, numbers: impl ExactSizeIterator<Item = u32>) -> Done {
        self.count(numbers.len())?;
        for number in numbers {
            self.u32(number)?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Done {
        self.out.write_all(&self.buffer)?;
        self.out.flush()?;
        Ok(())
    }
}

/// Reads bytes that may be anything.
pub(super) struct Reader<'a> {
    from: std::io::BufReader<&'a mut dyn Read>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(from: &'a mut dyn Read) -> Self {
        Self { from: std::io::BufReader::with_capacity(BUFFER, from) }
    }

    fn exactly(&mut self, bytes: &mut [u8]) -> Done {
        self.from.read_exact(bytes).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => SnapshotError::Damaged { what: "it ends too soon" },
            _ => SnapshotError::Io(error),
        })
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], SnapshotError> {
        let mut bytes = [0; N];
        self.exactly(&mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, SnapshotError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(super) fn u64(&mut self) -> Result<u64, SnapshotError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub(super) fn i64(&mut self) -> Result<i64, SnapshotError> {
        Ok(i64::from_le_bytes(self.array()?))
    }

    pub(super) fn count(&mut self) -> Result<usize, SnapshotError> {
        Ok(self.u32()? as usize)
    }

    /// Reads bytes whose number is stated in front of them.
    pub(super) fn bytes(&mut self) -> Result<Vec<u8>, SnapshotError> {
        let length = self.count()?;
        self.long(length)
    }

    fn long(&mut self, length: usize) -> Result<Vec<u8>, SnapshotError> {
        let mut bytes = Vec::new();
        while bytes.len() < length {
            let from = bytes.len();
            bytes.resize(length.min(from + STEP), 0);
            self.exactly(&mut bytes[from..])?;
        }
        Ok(bytes)
    }

    pub(super) fn text(&mut self) -> Result<String, SnapshotError> {
        String::from_utf8(self.bytes()?).map_err(|_| SnapshotError::Damaged { what: "a text is no UTF-8" })
    }

    pub(super) fn numbers(&mut self) -> Result<Vec<u32>, SnapshotError> {
        let count = self.count()?;
        let length = count.checked_mul(4).ok_or(SnapshotError::Damaged { what: "a count is too great" })?;
        let bytes = self.long(length)?;
        Ok(bytes.as_chunks::<4>().0.iter().map(|number| u32::from_le_bytes(*number)).collect())
    }

    /// Reads so many floats.
    pub(super) fn floats(&mut self, count: usize) -> Result<Vec<f32>, SnapshotError> {
        let bytes = self.long(count * 4)?;
        Ok(bytes.as_chunks::<4>().0.iter().map(|number| f32::from_le_bytes(*number)).collect())
    }
}
