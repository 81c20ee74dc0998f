//! Components for events: the data of each type, each type's whole event, and the union of all of them.

use groma_model::{DeliveryClass, Envelope, EventType, Payload, SchemaVisitor};
use utoipa::openapi::schema::{Discriminator, Object, OneOfBuilder};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::absent::without_null;
use crate::operation::{Schemas, reference};

/// The component that is any of Groma's own events. Those of plugins fit `Envelope`.
const UNION: &str = "GromaEvent";

/// Adds everything about events.
pub(super) fn register(schemas: &mut Schemas) {
    let mut visitor = Events { schemas: Vec::new(), names: Vec::new() };
    let _ = reference::<Envelope>(&mut visitor.schemas);
    Payload::register_schemas(&mut visitor);
    let Events { schemas: mut of_events, names } = visitor;
    of_events.iter_mut().for_each(|(_, schema)| without_null(schema));
    // What others registered under the same name is what the derive made of it: ours is more exact.
    schemas.retain(|(name, _)| of_events.iter().all(|(ours, _)| ours != name));
    schemas.extend(of_events);
    let mut union = OneOfBuilder::new().description(Some(
        "Any event of a type of Groma's own; `type` tells which. Events of plugins fit `Envelope`.",
    ));
    let mut discriminator = Discriminator::new("type");
    for (event_type, name) in names {
        discriminator.mapping.insert(event_type.name.to_owned(), format!("#/components/schemas/{name}"));
        union = union.item(Ref::from_schema_name(name));
    }
    schemas.push((UNION.to_owned(), union.discriminator(Some(discriminator)).into()));
}

struct Events {
    schemas: Schemas,
    names: Vec<(&'static EventType, String)>,
}

impl SchemaVisitor for Events {
    fn event<T: ToSchema + 'static>(&mut self, event_type: &'static EventType) {
        let data = reference::<T>(&mut self.schemas);
        let name = format!("{}Event", T::name());
        if let Some(event) = whole(event_type, data) {
            self.schemas.push((name.clone(), event.into()));
            self.names.push((event_type, name));
        }
    }
}

/// Returns the envelope's own schema with what is certain for one type filled in.
fn whole(event_type: &EventType, data: RefOr<Schema>) -> Option<Object> {
    let RefOr::T(Schema::Object(mut event)) = Envelope::schema() else { return None };
    event.description = Some(event_type.summary().to_owned());
    for (field, value) in [
        ("specversion", "1.0".to_owned()),
        ("type", event_type.name.to_owned()),
        ("datacontenttype", "application/json".to_owned()),
        ("dataschema", event_type.schema_path()),
    ] {
        event.properties.insert(field.to_owned(), exactly(value));
    }
    event.properties.insert("data".to_owned(), data);
    if !event_type.class.journaled() {
        event.properties.remove("sequence");
    }
    if event_type.class != DeliveryClass::Kept {
        let class = format!("{:?}", event_type.class).to_lowercase();
        event.description = event.description.map(|text| format!("{text} Delivery class: {class}."));
    }
    Some(event)
}

fn exactly(value: String) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some([value])).into()
}
