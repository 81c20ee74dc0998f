//! Schemas of kinds: one object with its word among the other properties.

use utoipa::ToSchema;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

/// Returns the schema of `T` with the word of its kind added.
///
/// The usual way, `allOf` of the type and of an object with the word, fits nothing when the type refuses properties
/// that it does not know: the word is one.
pub(super) fn tagged<T: ToSchema>(tag: &str, word: &str) -> RefOr<Schema> {
    let RefOr::T(Schema::Object(mut object)) = T::schema() else { return T::schema() };
    let kind = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([word]));
    object.properties.insert(tag.to_owned(), kind.into());
    object.required.push(tag.to_owned());
    Schema::Object(object).into()
}
