//! What is known of one operation: routes, permissions, documents and commands all follow from it.

use utoipa::openapi::path::Parameter;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};

use crate::access::Scope;
use crate::operations::OPERATIONS;

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Changes.
    Post,
    /// Takes away.
    Delete,
}

/// Named schemas collected on the way.
pub(crate) type Schemas = Vec<(String, RefOr<Schema>)>;
type SchemaOf = fn(&mut Schemas) -> RefOr<Schema>;

/// One operation.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Its name in code, audit and documents.
    pub id: &'static str,
    /// How it is asked over HTTP.
    pub method: Method,
    /// Where, with `{parameters}`.
    pub path: &'static str,
    /// What the caller must be allowed; `None`: anybody.
    pub scope: Option<Scope>,
    /// What it does.
    pub summary: &'static str,
    /// The command that does the same, without its arguments.
    pub command: Option<&'static str>,
    /// The HTTP status of success.
    pub status: u16,
    /// The content type of success.
    pub content: &'static str,
    /// Content types that it has instead when these are asked for.
    pub alternatives: &'static [&'static str],
    pub(crate) query: Option<fn() -> Vec<Parameter>>,
    pub(crate) request: Option<SchemaOf>,
    pub(crate) response: Option<SchemaOf>,
}

impl Operation {
    /// Returns the operation of that name.
    #[must_use]
    pub fn by_id(id: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.id == id)
    }

    /// Returns whether it changes anything. Changes are audited, but for those that programs make many times a second,
    /// of which only refusals are.
    #[must_use]
    pub const fn mutates(&self) -> bool {
        !matches!(self.method, Method::Get)
    }

    pub(crate) const fn new(
        id: &'static str,
        method: Method,
        path: &'static str,
        scope: Option<Scope>,
        summary: &'static str,
    ) -> Self {
        Self {
            id,
            method,
            path,
            scope,
            summary,
            command: None,
            status: 200,
            content: "application/json",
            alternatives: &[],
            query: None,
            request: None,
            response: None,
        }
    }

    pub(crate) const fn command(mut self, command: &'static str) -> Self {
        self.command = Some(command);
        self
    }

    pub(crate) const fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub(crate) const fn content(mut self, content: &'static str) -> Self {
        self.content = content;
        self
    }

    pub(crate) const fn alternatives(mut self, alternatives: &'static [&'static str]) -> Self {
        self.alternatives = alternatives;
        self
    }

    pub(crate) const fn query(mut self, query: fn() -> Vec<Parameter>) -> Self {
        self.query = Some(query);
        self
    }

    pub(crate) const fn request<T: ToSchema + 'static>(mut self) -> Self {
        self.request = Some(reference::<T>);
        self
    }

    pub(crate) const fn reply<T: ToSchema + 'static>(mut self) -> Self {
        self.response = Some(reply::<T>);
        self
    }

    pub(crate) const fn bare<T: ToSchema + 'static>(mut self) -> Self {
        self.response = Some(reference::<T>);
        self
    }
}

/// Registers a type and all it refers to; returns a reference to it.
pub(crate) fn reference<T: ToSchema>(schemas: &mut Schemas) -> RefOr<Schema> {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
    utoipa::openapi::Ref::from_schema_name(T::name()).into()
}

/// Registers a type and returns the schema of its reply frame.
fn reply<T: ToSchema>(schemas: &mut Schemas) -> RefOr<Schema> {
    use utoipa::openapi::ObjectBuilder;
    let data = reference::<T>(schemas);
    ObjectBuilder::new()
        .property("message", ObjectBuilder::new().schema_type(utoipa::openapi::Type::String))
        .property("data", data)
        .required("message")
        .required("data")
        .into()
}

/// Returns the parameters in the query that the fields of a type are.
pub(crate) fn params<T: IntoParams>() -> Vec<Parameter> {
    T::into_params(|| Some(utoipa::openapi::path::ParameterIn::Query))
}
