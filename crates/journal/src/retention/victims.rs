//! Which rows go.

use groma_database::rusqlite::{self, Connection};

use super::plan::Plan;

/// Rows that are looked at in one read: others use the readers too.
const LOOKED_AT_MAX: usize = 20_000;

/// A row that goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Victim {
    pub(super) number: u64,
    pub(super) code: u16,
    pub(super) bytes: u64,
}

/// Some victims, and where to go on looking.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) victims: Vec<Victim>,
    /// Everything up to here was looked at.
    pub(super) through: u64,
}

/// Looks for victims of the rules from behind `from` through `through`, at most so many and of so many bytes; `plan` is
/// told of those that are too many by size.
pub(super) fn by_rules(
    connection: &Connection,
    plan: &mut Plan,
    (from, through): (u64, u64),
    (count_max, bytes_max): (usize, u64),
) -> rusqlite::Result<Found> {
    let mut found = Found { victims: Vec::new(), through };
    let ceiling = plan.ceiling();
    let mut bytes = 0;
    each(connection, from, through, |victim, looked_at| {
        if found.victims.len() == count_max || bytes > bytes_max || looked_at == LOOKED_AT_MAX {
            found.through = victim.number - 1;
            return false;
        }
        if let Some(cut) = plan.types.get_mut(&victim.code)
            && victim.number <= ceiling
            && victim.number > cut.from
            && (victim.number <= cut.aged_through || cut.excess > 0)
        {
            bytes += victim.bytes;
            cut.excess = cut.excess.saturating_sub(victim.bytes);
            found.victims.push(victim);
        }
        true
    })?;
    Ok(found)
}

/// Returns the oldest rows of all below `newest`, at most `limit`.
pub(super) fn oldest(connection: &Connection, newest: u64, limit: usize) -> rusqlite::Result<Vec<Victim>> {
    let mut victims = Vec::new();
    each(connection, 0, newest.saturating_sub(1), |victim, _| {
        victims.push(victim);
        victims.len() < limit
    })?;
    Ok(victims)
}

fn each(
    connection: &Connection,
    from: u64,
    through: u64,
    mut look: impl FnMut(Victim, usize) -> bool,
) -> rusqlite::Result<()> {
    let sql = "SELECT sequence, type, length(data_sealed) FROM journal
               WHERE sequence > ?1 AND sequence <= ?2 ORDER BY sequence";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([from as i64, through.min(i64::MAX as u64) as i64])?;
    let mut looked_at = 0;
    while let Some(row) = rows.next()? {
        let number = |at| row.get::<_, i64>(at).map(|number| number.max(0) as u64);
        let victim = Victim { number: number(0)?, code: row.get(1)?, bytes: number(2)? };
        if !look(victim, looked_at) {
            break;
        }
        looked_at += 1;
    }
    Ok(())
}
