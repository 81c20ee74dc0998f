//! The words as bytes.

use super::bytes::{Done, Reader, Writer};
use crate::catalogue::Catalogue;
use crate::error::SnapshotError;
use crate::words::{Parts, Words};

pub(super) fn write(words: &Words, out: &mut Writer<'_>) -> Done {
    out.numbers(words.owners().iter().copied())?;
    for length in words.lengths() {
        out.raw(&length.to_le_bytes())?;
    }
    let lists = words.lists();
    out.count(lists.len())?;
    for (word, slots, columns) in lists {
        out.text(word)?;
        out.numbers(slots.iter().copied())?;
        out.raw(columns)?;
    }
    let identifiers = words.identifiers();
    out.count(identifiers.len())?;
    for (hash, slot) in identifiers {
        out.raw(&hash.to_le_bytes())?;
        out.u32(slot)?;
    }
    Ok(())
}

pub(super) fn read(from: &mut Reader<'_>, catalogue: &Catalogue) -> Result<Words, SnapshotError> {
    let mut parts = Parts { owners: from.numbers()?, ..Parts::default() };
    for _ in 0..parts.owners.len() {
        parts.lengths.push(u16::from_le_bytes(from.array()?));
    }
    for _ in 0..from.count()? {
        let word = from.text()?;
        let slots = from.numbers()?;
        let mut columns = Vec::new();
        for _ in 0..slots.len() {
            columns.push(from.array::<1>()?[0]);
        }
        parts.lists.push((word, slots, columns));
    }
    for _ in 0..from.count()? {
        parts.identifiers.push((from.u64()?, from.u32()?));
    }
    let is_there = |ordinal: u32| catalogue.rows.get(ordinal as usize).is_some_and(|row| row.alive);
    Words::from_parts(parts, is_there).ok_or(SnapshotError::Damaged { what: "its words point to nothing" })
}
