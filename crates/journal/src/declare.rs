//! Declaring types of events.

use std::sync::Arc;

use groma_api::{ApiError, ErrorCode, EventTypeInfo, EventTypeRequest, breaking_changes};
use groma_database::rusqlite::{self, Connection, OptionalExtension as _};
use groma_database::{OpError, WriteTx};
use groma_model::{DeliveryClass, EventType, PrincipalId, Timestamp};
use groma_seal::{Keyring, Place};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::counts;
use crate::journal::Journal;
use crate::refuse::{self, OpResult};
use crate::schema::DataSchema;
use crate::types::{Declared, FIRST_CODE, TYPES_MAX, delivery, info, intern, word};

/// The sealed column; its rows are named by the type's name.
const COLUMN: &str = "event_types.schema";
const PREFIX: &str = "groma.custom.";
const NAME_CHARACTERS_MAX: usize = 100;
const DESCRIPTION_CHARACTERS_MAX: usize = 500;

/// What is sealed.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    schema: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

/// A row of the table.
struct Stored {
    code: u16,
    class: DeliveryClass,
    desktop_name: String,
    registered_at: Timestamp,
    record: Option<Record>,
}

impl Journal {
    /// Declares a type, or widens the schema of one that is declared. Declaring the same again changes nothing.
    ///
    /// # Errors
    /// When the request does not fit its form, differs from what was declared in a way that would break readers, or
    /// storage refuses.
    pub async fn declare(
        self: &Arc<Self>,
        request: EventTypeRequest,
        principal: PrincipalId,
    ) -> Result<EventTypeInfo, ApiError> {
        check_name(&request.name)?;
        let desktop_name = desktop_name(&request)?;
        let description = request.description.filter(|text| !text.is_empty());
        if description.as_ref().is_some_and(|text| text.chars().count() > DESCRIPTION_CHARACTERS_MAX) {
            let detail = format!("a description has at most {DESCRIPTION_CHARACTERS_MAX} characters");
            return Err(ApiError::invalid("description", detail));
        }
        let document = request.schema;
        // Compiling is work that others should not wait for.
        let schema = self.work.run(move || DataSchema::declare(document)).await;
        let schema = schema.ok_or_else(|| refuse::internal("the schema could not be compiled"))?;
        let schema = schema.map_err(|fault| {
            ApiError::invalid("schema", format!("the schema of {} is not taken: {fault}", request.name))
        })?;
        let wanted = Wanted {
            name: request.name,
            class: delivery(request.class),
            desktop_name,
            description,
            schema: Arc::new(schema),
        };
        let journal = Arc::clone(self);
        let declared = self.database.write(move |tx| wanted.keep(&journal, tx, principal)).await;
        Ok(declared.map_err(refuse::written)?.info())
    }

    /// Lists all types: Groma's own first, then declared ones, by name.
    #[must_use]
    pub fn event_types(&self) -> Vec<EventTypeInfo> {
        let mut own: Vec<_> = EventType::ALL.iter().map(|event_type| info(event_type)).collect();
        own.sort_by(|one, other| one.name.cmp(&other.name));
        own.into_iter().chain(self.types.all().iter().map(|declared| declared.info())).collect()
    }

    /// Returns the schema of a declared type's data; `None` if no such type is declared.
    ///
    /// # Errors
    /// When the record of the type is damaged.
    pub fn declared_schema(&self, name: &str) -> Result<Option<Value>, ApiError> {
        match self.types.declared(name) {
            None => Ok(None),
            Some(declared) => match &declared.schema {
                Some(schema) => Ok(Some(schema.document().clone())),
                None => Err(refuse::internal(format!("the schema of {name} is damaged: declare it again"))),
            },
        }
    }
}

/// What is to be declared.
struct Wanted {
    name: String,
    class: DeliveryClass,
    desktop_name: String,
    description: Option<String>,
    schema: Arc<DataSchema>,
}

impl Wanted {
    /// Writes the type, and has the journal learn it once it is on disk.
    fn keep(
        self,
        journal: &Arc<Journal>,
        tx: &mut WriteTx<'_>,
        principal: PrincipalId,
    ) -> OpResult<Declared> {
        let found = read(tx.connection(), &journal.keyring, &self.name)?;
        let (event_type, registered_at) = match &found {
            Some(stored) => {
                self.compare(stored).map_err(OpError::Refused)?;
                // The same name is the same type: what was handed out stays good.
                let known = journal.types.by_code(stored.code);
                (known, stored.registered_at)
            }
            None => (None, journal.clock.now()),
        };
        let code = match &found {
            Some(stored) => stored.code,
            None => next_code(tx.connection())?,
        };
        self.write(journal, tx.connection(), code, registered_at, principal)?;
        if found.is_none() {
            counts::begin(tx.connection(), code)?;
        }
        let event_type = event_type.unwrap_or_else(|| intern(code, self.name, self.desktop_name, self.class));
        let declared =
            Declared { event_type, description: self.description, registered_at, schema: Some(self.schema) };
        let (journal, learnt) = (Arc::clone(journal), declared.clone());
        tx.on_commit(move || journal.learn(learnt));
        Ok(declared)
    }

    /// Refuses what would break readers of events that were published before.
    fn compare(&self, stored: &Stored) -> Result<(), ApiError> {
        let conflict = |detail: String| Err(ApiError::new(ErrorCode::Conflict, detail));
        let name = &self.name;
        if self.class != stored.class {
            let told = word(stored.class);
            return conflict(format!(
                "{name} was declared with the class `{told}`, which stays: use another name"
            ));
        }
        if self.desktop_name != stored.desktop_name {
            let told = &stored.desktop_name;
            return conflict(format!("{name} was declared with the desktop name `{told}`, which stays"));
        }
        let Some(record) = &stored.record else { return Ok(()) };
        let breaks = breaking_changes(&record.schema, self.schema.document());
        if breaks.is_empty() {
            return Ok(());
        }
        let shown: Vec<_> = breaks.iter().take(10).map(String::as_str).collect();
        conflict(format!(
            "{name} is declared with another schema, whose readers this one would break: {}; widen it, or use another name",
            shown.join("; ")
        ))
    }

    fn write(
        &self,
        journal: &Journal,
        connection: &Connection,
        code: u16,
        registered_at: Timestamp,
        principal: PrincipalId,
    ) -> OpResult<()> {
        let record = Record { schema: self.schema.document().clone(), description: self.description.clone() };
        let json = serde_json::to_vec(&record).map_err(|error| {
            OpError::Refused(refuse::internal(format!("failed to write the schema: {error}")))
        })?;
        let sealed = journal.keyring.seal(Place::new(COLUMN, self.name.as_bytes()), &json);
        connection.execute(
            "INSERT INTO event_types (code, name, class, desktop_name, registered, principal, schema_sealed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (code) DO UPDATE SET schema_sealed = excluded.schema_sealed",
            (
                code,
                &self.name,
                word(self.class),
                &self.desktop_name,
                registered_at.micros(),
                principal.uuid().into_bytes(),
                sealed,
            ),
        )?;
        Ok(())
    }
}

fn next_code(connection: &Connection) -> OpResult<u16> {
    let (count, highest): (u32, Option<u16>) =
        connection.query_row("SELECT count(*), max(code) FROM event_types", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let next = highest.map_or(Some(FIRST_CODE), |highest| highest.checked_add(1));
    next.filter(|_| count < TYPES_MAX).ok_or_else(|| {
        OpError::Refused(ApiError::new(
            ErrorCode::Conflict,
            format!("this folder has {TYPES_MAX} declared types, as many as it takes"),
        ))
    })
}

/// Reads all declared types.
pub(crate) fn load(connection: &Connection, keyring: &Keyring) -> rusqlite::Result<Vec<Declared>> {
    let mut statement = connection.prepare(
        "SELECT code, class, desktop_name, registered, name, schema_sealed FROM event_types ORDER BY code",
    )?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(4)?;
        let Stored { code, class, desktop_name, registered_at, record } = stored(row, keyring, &name)?;
        if record.is_none() {
            tracing::warn!(
                code,
                "the record of a declared type is damaged: it takes no events until it is declared again"
            );
        }
        let (schema, description) = match record {
            Some(Record { schema, description }) => (Some(Arc::new(DataSchema::stored(schema))), description),
            None => (None, None),
        };
        let event_type = intern(code, name, desktop_name, class);
        all.push(Declared { event_type, description, registered_at, schema });
    }
    Ok(all)
}

fn read(connection: &Connection, keyring: &Keyring, name: &str) -> rusqlite::Result<Option<Stored>> {
    connection
        .query_row(
            "SELECT code, class, desktop_name, registered, name, schema_sealed FROM event_types WHERE name = ?1",
            [name],
            |row| stored(row, keyring, name),
        )
        .optional()
}

fn stored(row: &rusqlite::Row<'_>, keyring: &Keyring, name: &str) -> rusqlite::Result<Stored> {
    let sealed: Vec<u8> = row.get(5)?;
    let json = keyring.open_sealed(Place::new(COLUMN, name.as_bytes()), &sealed).ok();
    Ok(Stored {
        code: row.get(0)?,
        class: if row.get_ref(1)?.as_str()? == "latest" {
            DeliveryClass::Latest
        } else {
            DeliveryClass::Kept
        },
        desktop_name: row.get(2)?,
        registered_at: Timestamp::from_micros(row.get(3)?),
        record: json.and_then(|json| serde_json::from_slice(&json).ok()),
    })
}

fn check_name(name: &str) -> Result<(), ApiError> {
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let parts = name.strip_prefix(PREFIX).and_then(|rest| rest.split_once('.'));
    if name.len() <= NAME_CHARACTERS_MAX && parts.is_some_and(|(plugin, name)| part(plugin) && part(name)) {
        return Ok(());
    }
    Err(ApiError::invalid(
        "name",
        format!(
            "`{}` is no name of a declared type: expected {PREFIX}<plugin>.<name> of lower-case letters, digits and `_`, \
             at most {NAME_CHARACTERS_MAX} characters",
            name.chars().take(NAME_CHARACTERS_MAX).collect::<String>()
        ),
    ))
}

fn desktop_name(request: &EventTypeRequest) -> Result<String, ApiError> {
    let last = request.name.rsplit('.').next().unwrap_or_default();
    let name = request.desktop_name.as_deref().unwrap_or(last);
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b':' | b'/');
    if name.is_empty() || name.len() > NAME_CHARACTERS_MAX || !name.bytes().all(allowed) {
        return Err(ApiError::invalid(
            "desktop_name",
            format!("a desktop name has 1 to {NAME_CHARACTERS_MAX} letters, digits, `_`, `-`, `:` and `/`"),
        ));
    }
    if EventType::ALL.iter().any(|own| own.desktop_name == name) {
        let detail = format!(
            "the desktop window emits events of Groma's own as `{name}`, which others would take these for: give another \
             desktop name"
        );
        return Err(ApiError::invalid("desktop_name", detail));
    }
    Ok(name.to_owned())
}
