//! OpenAPI 3.1 from the table of operations, with every event's data among its components.

mod events;

use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, KnownFormat, ObjectBuilder, OpenApi, OpenApiBuilder,
    PathsBuilder, Ref, RefOr, Required, ResponseBuilder, Schema, SchemaFormat, SecurityRequirement, Type,
};

use crate::operation::{Method, Operation, Schemas, reference};
use crate::operations::OPERATIONS;
use crate::{Problem, StreamMessage, StreamRequest};

/// Returns the OpenAPI document of every operation.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut schemas = Schemas::new();
    let mut paths = PathsBuilder::new();
    for operation in OPERATIONS {
        paths = paths
            .path(operation.path, PathItem::new(method(operation.method), describe(operation, &mut schemas)));
    }
    let problem = reference::<Problem>(&mut schemas);
    let _ = (reference::<StreamRequest>(&mut schemas), reference::<StreamMessage>(&mut schemas));
    events::register(&mut schemas);
    let problem = ResponseBuilder::new()
        .description("Refused: see `code`")
        .content("application/problem+json", ContentBuilder::new().schema(Some(problem)).build())
        .build();
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .response("Problem", problem)
        .security_scheme(
            "bearer",
            SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
        )
        .security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("groma_session"))))
        .build();
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Groma")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "A live map of everything you run. Times are RFC 3339; identifiers are UUIDs.",
                ))
                .license(Some(utoipa::openapi::License::new("MIT OR Apache-2.0"))),
        )
        .paths(paths)
        .components(Some(components))
        .build()
}

const fn method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Delete => HttpMethod::Delete,
    }
}

fn describe(operation: &Operation, schemas: &mut Schemas) -> utoipa::openapi::path::Operation {
    let mut described =
        OperationBuilder::new().operation_id(Some(operation.id)).summary(Some(operation.summary));
    if let Some(command) = operation.command {
        described = described.description(Some(format!("On the command line: `groma {command}`.")));
    }
    for name in operation.path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
        let mut text = ObjectBuilder::new().schema_type(Type::String);
        if name == "id" || name.ends_with("_id") || name == "other" {
            text = text.format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
        }
        described = described.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(text)),
        );
    }
    if operation.mutates() && operation.scope.is_some() {
        let key = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[ -~]{1,255}$"));
        described = described.parameter(
            ParameterBuilder::new()
                .name("Idempotency-Key")
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some("The same request under the same key is done once within 24 hours."))
                .schema(Some(key)),
        );
    }
    for parameter in operation.query.map(|query| query()).unwrap_or_default() {
        described = described.parameter(parameter);
    }
    if let Some(request) = operation.request {
        let schema = request(schemas);
        // No body counts as an empty object.
        let required = if takes_nothing(&schema, schemas) { Required::False } else { Required::True };
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let body =
            RequestBodyBuilder::new().content("application/json", content).required(Some(required)).build();
        described = described.request_body(Some(body));
    }
    let mut success = ResponseBuilder::new().description(operation.summary);
    if let Some(response) = operation.response {
        success =
            success.content(operation.content, ContentBuilder::new().schema(Some(response(schemas))).build());
    } else if operation.content != "application/json" {
        let json = operation.content.ends_with("+json");
        let text = ObjectBuilder::new().schema_type(if json { Type::Object } else { Type::String });
        success = success.content(operation.content, ContentBuilder::new().schema(Some(text)).build());
    }
    for content in operation.alternatives {
        let json = *content == "application/json";
        let shape = ObjectBuilder::new().schema_type(if json { Type::Array } else { Type::String });
        success = success.content(*content, ContentBuilder::new().schema(Some(shape)).build());
    }
    let success = success.build();
    if operation.id == "scan_start" {
        // An identical scan is running already.
        described = described.response("200", success.clone());
    }
    described = described.response(operation.status.to_string(), success);
    described = described.response("default", Ref::from_response_name("Problem"));
    if operation.scope.is_some() {
        let none: [&str; 0] = [];
        described = described
            .security(SecurityRequirement::new("bearer", none))
            .security(SecurityRequirement::new("session", none));
    }
    described.build()
}

/// Returns whether an empty object fits a schema.
fn takes_nothing(schema: &RefOr<Schema>, known: &Schemas) -> bool {
    match schema {
        RefOr::Ref(named) => known
            .iter()
            .find(|(name, _)| named.ref_location.rsplit('/').next() == Some(name))
            .is_some_and(|(_, schema)| takes_nothing(schema, known)),
        RefOr::T(Schema::Object(object)) => object.required.is_empty(),
        RefOr::T(_) => false,
    }
}
