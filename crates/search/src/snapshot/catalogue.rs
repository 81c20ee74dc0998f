//! The catalogue as bytes: a table of texts per scope, one of tags, then the documents by ordinal.

use std::collections::BTreeMap;

use groma_model::ThingId;
use smallvec::SmallVec;
use uuid::Uuid;

use super::bytes::{Done, Reader, Writer};
use crate::catalogue::{Catalogue, Row, SCOPES};
use crate::error::SnapshotError;
use crate::fold::SEPARATOR;

pub(super) fn write(catalogue: &Catalogue, out: &mut Writer<'_>) -> Done {
    // Numbers in use are written as their place in this table, so that free ones are left out.
    let mut numbers: Vec<BTreeMap<u32, u32>> = Vec::new();
    for texts in &catalogue.scopes {
        let mut places = BTreeMap::from([(0, 0)]);
        out.count(texts.iter().count())?;
        for (place, (number, text)) in (1u32..).zip(texts.iter()) {
            places.insert(number, place);
            out.text(text)?;
        }
        numbers.push(places);
    }
    let mut places = vec![0u32; catalogue.tags.len()];
    out.count(catalogue.tags.iter().count())?;
    for (place, (pair, value)) in (0u32..).zip(catalogue.tags.iter()) {
        places[pair as usize] = place;
        out.text(catalogue.tags.key(catalogue.tags.key_of(pair)))?;
        out.text(value)?;
    }
    out.count(catalogue.rows.len())?;
    for (ordinal, row) in (0u32..).zip(&catalogue.rows) {
        out.raw(&[u8::from(row.alive) | u8::from(row.deleted) << 1])?;
        if !row.alive {
            continue;
        }
        out.raw(catalogue.ids[ordinal as usize].uuid().as_bytes())?;
        out.raw(&row.version)?;
        for time in [row.first_seen, row.last_seen, row.last_changed] {
            out.raw(&time.to_le_bytes())?;
        }
        for (places, number) in numbers.iter().zip(row.scopes) {
            out.u32(places.get(&number).copied().unwrap_or_default())?;
        }
        out.numbers(row.tags.iter().map(|pair| places[*pair as usize]))?;
        out.text(catalogue.text(ordinal))?;
    }
    Ok(())
}

const fn damaged(what: &'static str) -> SnapshotError {
    SnapshotError::Damaged { what }
}

pub(super) fn read(from: &mut Reader<'_>) -> Result<Catalogue, SnapshotError> {
    let mut catalogue = Catalogue::default();
    let mut tables: Vec<Vec<String>> = Vec::new();
    for _ in 0..SCOPES {
        let mut texts = vec![String::new()];
        for _ in 0..from.count()? {
            texts.push(from.text()?);
        }
        tables.push(texts);
    }
    let mut tags: Vec<(String, String)> = Vec::new();
    for _ in 0..from.count()? {
        tags.push((from.text()?, from.text()?));
    }
    for _ in 0..from.count()? {
        let [flags] = from.array::<1>()?;
        match flags {
            0 => catalogue.restore_free(),
            1 | 3 => document(from, &mut catalogue, &tables, &tags, flags == 3)?,
            _ => return Err(damaged("a document is marked as nothing is")),
        }
    }
    Ok(catalogue)
}

fn document(
    from: &mut Reader<'_>,
    catalogue: &mut Catalogue,
    tables: &[Vec<String>],
    tags: &[(String, String)],
    deleted: bool,
) -> Result<(), SnapshotError> {
    let id = ThingId::from_uuid(Uuid::from_bytes(from.array()?));
    if catalogue.ordinal(id).is_some() {
        return Err(damaged("an id is there twice"));
    }
    let mut row = Row {
        version: from.array()?,
        first_seen: from.i64()?,
        last_seen: from.i64()?,
        last_changed: from.i64()?,
        alive: true,
        deleted,
        ..Row::default()
    };
    for (at, texts) in tables.iter().enumerate() {
        let text = texts.get(from.count()?).ok_or(damaged("a scope has no text"))?;
        row.scopes[at] = catalogue.scopes[at].acquire(text);
    }
    let mut pairs = SmallVec::new();
    for place in from.numbers()? {
        let (key, value) = tags.get(place as usize).ok_or(damaged("a tag has no text"))?;
        pairs.push(catalogue.tags.acquire(key, value));
    }
    row.tags = pairs;
    let text = from.text()?;
    let inner = text.strip_prefix(SEPARATOR).and_then(|text| text.strip_suffix(SEPARATOR));
    if inner.is_none() {
        return Err(damaged("names are not separated"));
    }
    catalogue.restore(id, row, &text);
    Ok(())
}
