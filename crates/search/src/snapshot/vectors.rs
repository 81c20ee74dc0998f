//! The vectors as bytes, by ordinal.

use super::bytes::{Done, Reader, Writer};
use crate::catalogue::Catalogue;
use crate::error::SnapshotError;
use crate::vectors::{Approximate, DIMENSIONS, Exact, VectorIndex};

pub(super) fn write(vectors: &Exact, out: &mut Writer<'_>) -> Done {
    out.count(vectors.len())?;
    for (ordinal, vector) in vectors.iter() {
        out.u32(ordinal)?;
        let mut bytes = [0; DIMENSIONS * 4];
        for (to, number) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(vector) {
            *to = number.to_le_bytes();
        }
        out.raw(&bytes)?;
    }
    Ok(())
}

pub(super) fn read(
    from: &mut Reader<'_>,
    catalogue: &Catalogue,
    into: &mut Approximate,
) -> Result<(), SnapshotError> {
    for _ in 0..from.count()? {
        let ordinal = from.u32()?;
        let vector = from.floats(DIMENSIONS)?;
        let before = into.len();
        if catalogue.rows.get(ordinal as usize).is_some_and(|row| row.alive) {
            into.replace(ordinal, &vector);
        }
        if into.len() == before {
            return Err(SnapshotError::Damaged { what: "a vector is nobody's, or none" });
        }
    }
    Ok(())
}
