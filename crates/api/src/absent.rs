//! A field that may be absent is left out, never null. The derive describes it as either; this takes the null away.

use utoipa::openapi::schema::{AllOf, Object, OneOf, SchemaType};
use utoipa::openapi::{RefOr, Schema, Type};

/// Takes null away from fields that need not be there; those that always are keep it.
pub(crate) fn without_null(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => in_object(object),
        Schema::AllOf(AllOf { items, .. }) | Schema::OneOf(OneOf { items, .. }) => {
            items.iter_mut().for_each(without_null);
        }
        _ => {}
    }
}

fn in_object(object: &mut Object) {
    for (name, property) in &mut object.properties {
        if !object.required.contains(name) {
            lose_null(property);
        }
        without_null(property);
    }
}

fn lose_null(property: &mut RefOr<Schema>) {
    let null = |schema: &RefOr<Schema>| matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null));
    match property {
        RefOr::T(Schema::Object(object)) => {
            if let SchemaType::Array(types) = &mut object.schema_type {
                types.retain(|name| *name != Type::Null);
                if let [only] = types.as_slice() {
                    object.schema_type = SchemaType::Type(only.clone());
                }
            }
        }
        RefOr::T(Schema::OneOf(one_of)) => {
            one_of.items.retain(|alternative| !null(alternative));
            if let [_] = one_of.items.as_slice() {
                *property = one_of.items.remove(0);
            }
        }
        _ => {}
    }
}
