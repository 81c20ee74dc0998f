//! Search by words and meaning, SQL over the inventory, and the language model.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use groma_api::{
    ApiError, ModelInstall, ModelStatus, Resource, SearchAnswer, SearchCorrection, SearchHit, SearchMeaning,
    SearchOperations, SearchQuery, SearchReason, SqlAnswer, SqlQuery,
};
use groma_inventory::{Found, Meaning};
use groma_model::ThingId;
use groma_search::{Field, Hit, Why};

use crate::backend::Caller;
use crate::resources::select;
use crate::scans::limit;
use crate::{App, error};

const TEXT_CHARACTERS_MAX: usize = 1_000;

#[async_trait]
impl SearchOperations for Caller {
    async fn search(&self, query: SearchQuery) -> Result<SearchAnswer, ApiError> {
        self.allow("search")?;
        self.app.find(query).await
    }

    async fn sql_query(&self, query: SqlQuery) -> Result<SqlAnswer, ApiError> {
        // What is read is noted only when it is refused: a query changes nothing.
        self.allow_often("sql_query").await?;
        let limit = limit(query.limit, 1_000, 100_000)? as usize;
        self.app.inventory.query(query.sql, limit).await.map_err(error::inventory)
    }

    async fn model_status(&self) -> Result<ModelStatus, ApiError> {
        self.allow("model_status")?;
        self.app.model_status().await
    }

    async fn model_install(&self, request: ModelInstall) -> Result<ModelStatus, ApiError> {
        let detail = request.source.clone().unwrap_or_default();
        let app = Arc::clone(&self.app);
        self.audited("model_install", None, detail, async move { app.install_model(request).await }).await
    }
}

impl App {
    async fn find(&self, query: SearchQuery) -> Result<SearchAnswer, ApiError> {
        let text = query.q.as_deref().unwrap_or_default().trim().to_owned();
        if text.is_empty() || text.chars().count() > TEXT_CHARACTERS_MAX {
            let detail = format!("expected 1 to {TEXT_CHARACTERS_MAX} characters of what is looked for");
            return Err(ApiError::invalid("q", detail));
        }
        let limit = limit(query.limit, 20, 100)? as usize;
        let filter = select::filter(&query.filter(), None)?;
        let explain = query.explain.unwrap_or(false);
        let found = self.search.search(text, filter, limit, explain).await.map_err(error::inventory)?;
        let ids: Vec<ThingId> = found.answer.hits.iter().map(|hit| hit.id).collect();
        let (things, _) = self.inventory.resources(ids).await.map_err(error::inventory)?;
        let mut things: HashMap<ThingId, Resource> =
            things.into_iter().map(|thing| (thing.id, thing)).collect();
        let note = note(&found);
        let corrections = found.answer.corrected.iter().map(|correction| SearchCorrection {
            typed: correction.typed.clone(),
            taken_for: correction.taken_as.clone(),
        });
        let corrections = corrections.collect();
        let (searched, embedded) = (found.answer.allowed as u64, found.standing.vectors as u64);
        let shown = found.answer.hits.into_iter().filter_map(|hit| {
            let resource = things.remove(&hit.id)?;
            Some(shown(hit, resource, explain))
        });
        Ok(SearchAnswer {
            hits: shown.collect(),
            meaning: match found.meaning {
                Meaning::Model => SearchMeaning::Model,
                Meaning::Lexical => SearchMeaning::Lexical,
                Meaning::Warming => SearchMeaning::Warming,
            },
            note,
            corrections,
            searched,
            embedded,
            took_ms: found.took_ms,
        })
    }
}

/// Returns what an answer lacks.
fn note(found: &Found) -> Option<String> {
    let standing = &found.standing;
    let waiting = standing.documents.saturating_sub(standing.vectors);
    match found.meaning {
        Meaning::Warming if found.answer.words_ready => {
            Some("words only, warming: meanings are still being loaded".to_owned())
        }
        Meaning::Warming => Some("names only, warming: words and meanings are still being loaded".to_owned()),
        Meaning::Lexical => Some(
            "without the language model, which finds by meaning: likeness of spelling stands in; `groma model install` \
             installs it"
                .to_owned(),
        ),
        Meaning::Model if waiting > 0 => {
            Some(format!("the meaning of {waiting} of {} things is not known yet", standing.documents))
        }
        Meaning::Model => None,
    }
}

fn shown(hit: Hit, resource: Resource, explain: bool) -> SearchHit {
    let numbers = hit.numbers;
    let why = hit.why.into_iter().map(|why| match why {
        Why::Exact { field, text } => {
            SearchReason::Exact { value: value(&resource, field, &text), field: name(field) }
        }
        Why::Fragment { field, text } => {
            SearchReason::Fragment { value: value(&resource, field, &text), field: name(field) }
        }
        Why::Words { rank, mut terms, related, corrected } => {
            terms.extend(related);
            terms.extend(corrected.into_iter().map(|correction| correction.taken_as));
            let score = numbers.and_then(|numbers| numbers.words).map(f64::from);
            SearchReason::Words { terms, rank: explain.then_some(rank as u32), score }
        }
        Why::Meaning { rank, cosine } => SearchReason::Meaning {
            rank: explain.then_some(rank as u32),
            cosine: explain.then_some(f64::from(cosine)),
        },
    });
    let why = why.collect();
    let score = numbers.map(|numbers| f64::from(numbers.fused));
    SearchHit { resource, why, score }
}

fn name(field: Field) -> String {
    match field {
        Field::Id => "id",
        Field::Name => "name",
        Field::Identifier => "identifier",
    }
    .to_owned()
}

/// Returns the whole of what was named, or what was typed where that cannot be told.
fn value(resource: &Resource, field: Field, typed: &str) -> String {
    let folded = typed.to_lowercase();
    match field {
        Field::Id => resource.id.to_string(),
        Field::Name => resource.name.clone(),
        Field::Identifier => {
            let mut known = resource.identifiers.iter().chain(resource.alias.iter());
            known
                .find(|known| known.to_lowercase().contains(&folded))
                .map_or(typed, String::as_str)
                .to_owned()
        }
    }
}
