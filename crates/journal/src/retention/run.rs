//! A run of retention, and what there is to tell of it.

use std::sync::Arc;
use std::time::Instant;

use groma_api::{ApiError, Retention, RetentionRun};
use groma_database::rusqlite::{self, Connection};

use super::drop::{ROWS, Reason, file_bytes, used_bytes};
use super::plan::Plan;
use super::settings::{self, Settings};
use super::victims::{self, Victim};
use super::{Hold, archive};
use crate::journal::Journal;
use crate::pack::Pack;
use crate::{consumers, counts, refuse, storage};

/// Rows that go together: into one file of the archive, if there is one.
const VICTIMS: usize = 10_000;
/// What those may take, in bytes.
const VICTIM_BYTES: u64 = 16 << 20;
/// Rows that are counted in by one transaction.
const FOLD_ROWS: u64 = 10_000;

/// What a run knows before it begins.
struct Ground {
    settings: Settings,
    holds: Vec<Hold>,
    plan: Plan,
}

impl Journal {
    /// Returns how long events are kept, and what there is. `holds` are those of whom the journal does not know.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn retention(self: &Arc<Self>, holds: Vec<Hold>) -> Result<Retention, ApiError> {
        let journal = Arc::clone(self);
        let read = move |connection: &Connection| {
            let snapshot = connection.unchecked_transaction()?;
            let Ground { settings, holds, plan } = journal.ground(&snapshot, holds)?;
            let (_, last_run) = settings::read(&snapshot)?;
            let folder = journal.archive.get().map(|folder| folder.display().to_string());
            Ok(Retention {
                rules: settings.rules,
                disk_max_bytes: settings.disk_max_bytes,
                archive: settings.archive,
                archive_folder: folder.unwrap_or_default(),
                consumer_expiry_seconds: settings.consumer_expiry_seconds,
                events: plan.counts.values().map(|count| count.stored).sum(),
                bytes: plan.counts.values().map(|count| count.bytes).sum(),
                disk_bytes: file_bytes(&snapshot)?,
                oldest_at: storage::oldest_at(&snapshot)?,
                last_run,
                held_by: plan.held_by(&holds, journal.origin.epoch),
            })
        };
        self.database.read(read).await.map_err(refuse::read)
    }

    /// Counts rows in, and returns whether the database takes more than it may: a reason for a run.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn tend(self: &Arc<Self>) -> Result<bool, ApiError> {
        let uncounted = |connection: &Connection| {
            let (newest, _) = storage::newest(connection)?;
            Ok(newest.saturating_sub(counts::counted_through(connection)?))
        };
        // Few are counted when somebody asks: a process that only reads should not write.
        let mut more = self.database.read(uncounted).await.map_err(refuse::read)? >= FOLD_ROWS;
        while more {
            let fold = self.database.write(|tx| Ok(counts::fold(tx.connection(), FOLD_ROWS)?));
            more = fold.await.map_err(refuse::written)?;
        }
        let over = |connection: &Connection| {
            let (settings, _) = settings::read(connection)?;
            Ok(settings.disk_max_bytes > 0 && used_bytes(connection)? > settings.disk_max_bytes)
        };
        self.database.read(over).await.map_err(refuse::read)
    }

    /// Drops what may go: by the rules what nobody holds, then the oldest while the database takes more than it may.
    /// `holds` are those of whom the journal does not know.
    ///
    /// # Errors
    /// When storage refuses, or the archive cannot be written; what was not archived is then not dropped.
    pub async fn retain(self: &Arc<Self>, holds: Vec<Hold>) -> Result<RetentionRun, ApiError> {
        let journal = Arc::clone(self);
        // To its end, even if whoever asked goes away.
        let run = tokio::spawn(async move { journal.run_retention(holds).await }).await;
        run.unwrap_or_else(|_| Err(refuse::internal("the run of retention came to nothing")))
    }

    pub(super) async fn run_retention(self: &Arc<Self>, holds: Vec<Hold>) -> Result<RetentionRun, ApiError> {
        let _alone = self.retaining.lock().await;
        let begun = Instant::now();
        self.tend().await?;
        let journal = Arc::clone(self);
        let read = move |connection: &Connection| {
            let snapshot = connection.unchecked_transaction()?;
            journal.ground(&snapshot, holds)
        };
        let Ground { settings, plan, .. } = self.database.read(read).await.map_err(refuse::read)?;
        let mut run = RetentionRun {
            at: self.clock.now(),
            events: 0,
            bytes: 0,
            archived_files: 0,
            forced: 0,
            duration_ms: 0,
        };
        let held_above = plan.held_above;
        let mut done = self.apply_rules(&settings, plan, &mut run).await;
        if done.is_ok() && settings.disk_max_bytes > 0 {
            done = self.apply_ceiling(&settings, held_above, &mut run).await;
        }
        run.duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        if run.events > 0 {
            let told = run.clone();
            let keep = self.database.write(move |tx| Ok(settings::keep_run(tx.connection(), &told)?));
            keep.await.map_err(refuse::written)?;
            let RetentionRun { events, bytes, archived_files, forced, duration_ms, .. } = &run;
            tracing::info!(events, bytes, archived_files, forced, duration_ms, "retention dropped events");
        }
        done.map(|()| run)
    }

    fn ground(&self, snapshot: &Connection, mut holds: Vec<Hold>) -> rusqlite::Result<Ground> {
        let (settings, _) = settings::read(snapshot)?;
        let moment = (self.origin.epoch, self.clock.now());
        holds.extend(consumers::holds(snapshot, &self.keyring, moment)?);
        let plan = Plan::make(snapshot, &self.types, &settings, &holds, moment)?;
        Ok(Ground { settings, holds, plan })
    }

    async fn apply_rules(
        self: &Arc<Self>,
        settings: &Settings,
        mut plan: Plan,
        run: &mut RetentionRun,
    ) -> Result<(), ApiError> {
        for (mut from, through) in plan.ranges() {
            while from < through {
                let look = move |connection: &Connection| {
                    let limits = (VICTIMS, VICTIM_BYTES);
                    let found = victims::by_rules(connection, &mut plan, (from, through), limits)?;
                    Ok((plan, found))
                };
                let found;
                (plan, found) = self.database.read(look).await.map_err(refuse::read)?;
                from = found.through;
                if !self.let_go(settings, found.victims, Reason::Rules, run).await? {
                    // A consumer has come that holds some of them: the next run knows of it from the start.
                    return Ok(());
                }
            }
        }
        let journal = Arc::clone(self);
        let note = self.database.write(move |tx| Ok(journal.note_empty(tx.connection(), &plan)?));
        note.await.map_err(refuse::written)
    }

    /// Notes where nothing is left to look for.
    fn note_empty(&self, connection: &Connection, plan: &Plan) -> rusqlite::Result<()> {
        let before = counts::kept(connection)?;
        let mut kept = before.clone();
        for (code, count) in &mut kept {
            let aged = plan.types.get(code).map_or(0, |cut| cut.aged_through.min(plan.ceiling()));
            // Of each type the oldest go first: nothing is left below what was dropped.
            count.empty_through = count.empty_through.max(aged).max(count.dropped_through);
        }
        kept.retain(|code, count| before.get(code) != Some(count));
        counts::write(connection, &kept)
    }

    async fn apply_ceiling(
        self: &Arc<Self>,
        settings: &Settings,
        held_above: u64,
        run: &mut RetentionRun,
    ) -> Result<(), ApiError> {
        let bytes_max = settings.disk_max_bytes;
        loop {
            let look = move |connection: &Connection| {
                if used_bytes(connection)? <= bytes_max {
                    return Ok(Vec::new());
                }
                let (newest, _) = storage::newest(connection)?;
                victims::oldest(connection, newest, 4 * ROWS)
            };
            let victims = self.database.read(look).await.map_err(refuse::read)?;
            let reason = Reason::Ceiling { held_above, bytes_max };
            if victims.is_empty() || !self.let_go(settings, victims, reason, run).await? {
                return Ok(());
            }
        }
    }

    /// Archives events if that is asked for, then drops them; returns whether all of them went.
    async fn let_go(
        self: &Arc<Self>,
        settings: &Settings,
        victims: Vec<Victim>,
        reason: Reason,
        run: &mut RetentionRun,
    ) -> Result<bool, ApiError> {
        if victims.is_empty() {
            return Ok(true);
        }
        if settings.archive {
            self.archive_rows(&victims).await?;
            run.archived_files += 1;
        }
        for rows in victims.chunks(ROWS) {
            let dropped = self.drop_rows(rows.to_vec(), reason).await?;
            run.events += dropped.events;
            run.bytes += dropped.bytes;
            run.forced += dropped.forced;
            if dropped.events < rows.len() as u64 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn archive_rows(self: &Arc<Self>, victims: &[Victim]) -> Result<(), ApiError> {
        let Some(folder) = self.archive.get().cloned() else {
            return Err(refuse::internal("events are to be archived, but there is no place for it"));
        };
        let numbers: Vec<u64> = victims.iter().map(|victim| victim.number).collect();
        let journal = Arc::clone(self);
        let read = move |connection: &Connection| {
            let pack = Pack::new(Arc::clone(&journal.origin), numbers.len());
            storage::pick(connection, (&journal.keyring, &journal.types), pack, &numbers)
        };
        let events = self.database.read(read).await.map_err(refuse::read)?;
        let (keyring, epoch) = (Arc::clone(&self.keyring), self.origin.epoch);
        let shown = folder.display().to_string();
        let write = move || archive::write(&keyring, &folder, epoch, &events);
        let written = groma_database::apart("journal-archive", write).await.flatten();
        written.map_err(|error| {
            ApiError::new(
                groma_api::ErrorCode::StorageFailed,
                format!(
                    "failed to write dropped events to the archive `{shown}`: {error}; nothing is dropped until it can \
                     be written: free some space, or switch the archive off"
                ),
            )
        })
    }
}
