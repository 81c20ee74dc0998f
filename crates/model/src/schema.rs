//! Schemas of types that are a text on the wire and a struct inside.

use utoipa::openapi::schema::{Object, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

/// Returns the schema of a text with an example.
pub(crate) fn text(example: &str) -> RefOr<Schema> {
    let mut object = Object::with_type(SchemaType::Type(Type::String));
    object.examples = vec![example.into()];
    object.into()
}
