//! Things of every domain: finding them, and what is known of them.

mod export;
pub(crate) mod select;

use async_trait::async_trait;
use groma_api::{
    ApiError, Coverage, CoverageQuery, ErrorCode, ExportQuery, RelationList, Resource, ResourceHistory,
    ResourceHistoryQuery, ResourceList, ResourceOperations, ResourceQuery, TextStream,
};
use groma_model::ThingId;
use groma_model::thing::SliceState;

use crate::backend::Caller;
use crate::error;
use crate::scans::limit;

/// An alias or a name in a path is at most so long.
const NAME_BYTES_MAX: usize = 2_048;

#[async_trait]
impl ResourceOperations for Caller {
    async fn resource_list(&self, query: ResourceQuery) -> Result<ResourceList, ApiError> {
        self.allow("resource_list")?;
        self.app.select(query).await
    }

    async fn resource_get(&self, id: String) -> Result<Resource, ApiError> {
        self.allow("resource_get")?;
        let id = self.named(&id).await?;
        self.app.inventory.resource(id).await.map_err(error::inventory)
    }

    async fn resource_history(
        &self,
        id: String,
        query: ResourceHistoryQuery,
    ) -> Result<ResourceHistory, ApiError> {
        self.allow("resource_history")?;
        let limit = limit(query.limit, 100, 1_000)?;
        let refuse = |_| ApiError::invalid("cursor", "pass the `next_cursor` of the page before");
        let before = query.cursor.as_deref().map(str::parse).transpose().map_err(refuse)?;
        let id = self.named(&id).await?;
        let found = self.app.inventory.resource_history(id, query.since, before, limit).await;
        let history = found.map_err(error::inventory)?;
        let known = !history.changes.is_empty()
            || self.app.inventory.has_history(id).await.map_err(error::inventory)?;
        if known { Ok(history) } else { Err(unknown(&id.to_string())) }
    }

    async fn resource_relations(&self, id: String) -> Result<RelationList, ApiError> {
        self.allow("resource_relations")?;
        let id = self.named(&id).await?;
        self.app.inventory.resource(id).await.map_err(error::inventory)?;
        self.app.inventory.relations(id).await.map_err(error::inventory)
    }

    async fn resource_export(&self, query: ExportQuery) -> Result<TextStream, ApiError> {
        self.allow("resource_export")?;
        self.app.export(query).await
    }

    async fn account_resources(
        &self,
        account: String,
        query: ResourceQuery,
    ) -> Result<ResourceList, ApiError> {
        self.allow("account_resources")?;
        if query.account.is_some() {
            return Err(ApiError::invalid("account", "the account is in the path already"));
        }
        self.app.select(ResourceQuery { account: Some(account), ..query }).await
    }

    async fn coverage_list(&self, query: CoverageQuery) -> Result<Coverage, ApiError> {
        self.allow("coverage_list")?;
        let limit = limit(query.limit, 1_000, 10_000)?;
        let words = |list: Option<&str>| -> Vec<String> { select::words(list) };
        let state = |word: String| {
            SliceState::from_word(&word).ok_or_else(|| {
                let known: Vec<&str> = SliceState::ALL.iter().map(|state| state.as_str()).collect();
                ApiError::invalid("state", format!("`{word}` is none of {}", known.join(", ")))
            })
        };
        let states = words(query.state.as_deref()).into_iter().map(state).collect::<Result<_, _>>()?;
        let kinds = words(query.kind.as_deref());
        self.app.inventory.coverage(kinds, states, limit).await.map_err(error::inventory)
    }
}

impl Caller {
    /// Returns the thing of that id or alias.
    async fn named(&self, text: &str) -> Result<ThingId, ApiError> {
        if let Ok(id) = text.parse() {
            return Ok(id);
        }
        if text.len() > NAME_BYTES_MAX {
            return Err(ApiError::invalid("id", format!("an alias has at most {NAME_BYTES_MAX} bytes")));
        }
        let found = self.app.inventory.by_alias(text).await.map_err(error::inventory)?;
        found.ok_or_else(|| unknown(text))
    }
}

fn unknown(id: &str) -> ApiError {
    let detail =
        format!("there is no resource with the id or alias `{id}`: `groma search` finds things by name");
    ApiError::new(ErrorCode::NotFound, detail)
}
