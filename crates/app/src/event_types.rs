//! Event types that plugins declare, and the events that they publish.

use async_trait::async_trait;
use groma_api::{
    ApiError, ErrorCode, EventTypeInfo, EventTypeList, EventTypeOperations, EventTypeRequest, PublishRequest,
    Published, event_schemas,
};

use crate::backend::Caller;

#[async_trait]
impl EventTypeOperations for Caller {
    async fn event_type_register(&self, request: EventTypeRequest) -> Result<EventTypeInfo, ApiError> {
        // The schema is whoever's own, and may be long: the audit tells whose name it got.
        let detail = request.name.chars().take(200).collect();
        let act = self.app.journal.declare(request, self.principal.id);
        self.audited("event_type_register", None, detail, act).await
    }

    async fn event_type_list(&self) -> Result<EventTypeList, ApiError> {
        self.allow("event_type_list")?;
        Ok(EventTypeList { types: self.app.journal.event_types() })
    }

    async fn event_type_schema(&self, name: String) -> Result<serde_json::Value, ApiError> {
        self.allow("event_type_schema")?;
        if let Some(schema) = self.app.journal.declared_schema(&name)? {
            return Ok(schema);
        }
        let own = event_schemas().into_iter().find(|(known, _)| *known == name);
        own.map(|(_, schema)| schema).ok_or_else(|| {
            let shown: String = name.chars().take(100).collect();
            ApiError::new(
                ErrorCode::NotFound,
                format!("there is no event type `{shown}`: `groma events types list` shows all"),
            )
        })
    }

    async fn event_publish(&self, request: PublishRequest) -> Result<Published, ApiError> {
        // Events tell of themselves.
        self.allow_often("event_publish").await?;
        self.app.journal.publish(request, self.principal.id).await
    }
}
