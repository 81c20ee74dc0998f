//! Things that were read as a whole: what is no longer said of them is gone.

use groma_database::WriteTx;
use groma_journal::NewEvent;
use groma_model::Subject;
use groma_model::change::ChangeKind;
use groma_model::estate::ResourceChanged;
use groma_model::thing::ThingFinding;

use super::{Change, Recording};
use crate::error::OpResult;
use crate::things::{self, Document, Sighted, Thing};

impl Recording<'_> {
    pub(super) fn thing(&mut self, tx: &WriteTx<'_>, finding: ThingFinding) -> OpResult<()> {
        let at = finding.at;
        let mut thing = self.read(finding);
        let known = things::light(tx.connection(), thing.id)?;
        // Of what was gone as well: it is gone again if this scan is taken back.
        let sighting = known.as_ref().map(|known| (known.last_seen, known.seen_by));
        self.observe(tx, &thing, sighting, at)?;
        let Some(known) = known else {
            return self.changed(tx, thing, None, at);
        };
        if !known.deleted && known.digest == thing.digest(&self.inventory.keyring) {
            return self.touch(tx, &thing, at);
        }
        let before = things::find(tx.connection(), &self.inventory.keyring, thing.id)?;
        if let Some(before) = &before {
            thing.sighted.first_seen = before.sighted.first_seen;
            thing.sighted.last_seen = before.sighted.last_seen.max(at);
            thing.sighted.last_changed = before.sighted.last_changed;
            thing.sighted.changed_by = before.sighted.changed_by;
            thing.sighted.slice = thing.sighted.slice.or(before.sighted.slice);
        }
        self.changed(tx, thing, before.filter(|before| before.deleted.is_none()), at)
    }

    fn read(&self, finding: ThingFinding) -> Thing {
        let slice = finding.slice.as_ref().map(|key| self.inventory.slice_id(key));
        let mut thing = Thing {
            id: finding.id,
            kind: finding.kind,
            parent: finding.parent,
            state: finding.state,
            port: None,
            scope: finding.scope,
            sighted: Sighted::first(self.task, finding.at, slice),
            deleted: None,
            document: Document {
                name: finding.name,
                alias: finding.alias,
                identifiers: finding.identifiers,
                tags: finding.tags,
                attributes: finding.attributes,
                permissions: finding.permissions,
                constraints: finding.constraints,
                relations: finding.relations,
            },
            readings: finding.readings,
        };
        thing.settle();
        thing
    }

    /// Writes the change and the event that tells it.
    fn changed(
        &mut self,
        tx: &WriteTx<'_>,
        thing: Thing,
        before: Option<Thing>,
        at: groma_model::Timestamp,
    ) -> OpResult<()> {
        self.changed.extend(event(self.task, before.as_ref(), Some(&thing)));
        self.change(tx, thing, before.as_ref(), at)
    }
}

/// Returns the event that tells a change of a thing; those of other domains have events of their own.
pub(crate) fn event(
    scan_id: groma_model::TaskId,
    before: Option<&Thing>,
    after: Option<&Thing>,
) -> Option<NewEvent> {
    let thing = after.or(before)?;
    let mut words = thing.kind.splitn(3, '.');
    let (Some("aws"), Some(service)) = (words.next(), words.next()) else { return None };
    let change = match (before, after) {
        (None, _) => ChangeKind::Added,
        (Some(_), Some(_)) => ChangeKind::Updated,
        (Some(_), None) => ChangeKind::Deleted,
    };
    let payload = ResourceChanged {
        scan_id,
        thing_id: thing.id,
        account_id: thing.scope.account.clone().unwrap_or_default(),
        region: thing.scope.region.clone().unwrap_or_default(),
        service: service.to_owned(),
        resource_type: words.next().unwrap_or(service).to_owned(),
        change,
        diff: Change::between(before, after).diff,
    };
    Some(NewEvent { subject: Some(Subject::thing(thing.id)), payload: payload.into() })
}
