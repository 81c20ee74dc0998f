//! Schemas of types whose form on the wire cannot be derived.

use utoipa::openapi::schema::{Object, ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

/// Returns the schema of a text with an example.
pub(crate) fn text(example: &str) -> RefOr<Schema> {
    let mut object = Object::with_type(SchemaType::Type(Type::String));
    object.examples = vec![example.into()];
    object.into()
}

/// Returns the schema of an object that has exactly one of these fields.
pub(crate) fn one_of(fields: &[(&str, RefOr<Schema>)]) -> RefOr<Schema> {
    let alternative = |(name, field): &(&str, RefOr<Schema>)| {
        ObjectBuilder::new().schema_type(Type::Object).property(*name, field.clone()).required(*name)
    };
    fields.iter().map(alternative).fold(OneOfBuilder::new(), OneOfBuilder::item).into()
}
