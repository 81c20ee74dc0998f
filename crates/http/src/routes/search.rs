//! Search, SQL and the language model.

use groma_api::{ModelInstall, SearchQuery, SqlQuery};

use super::{Answer, reply};
use crate::call::Call;

pub(super) async fn search(call: Call) -> Answer {
    let query: SearchQuery = call.query()?;
    let data = call.backend()?.search(query).await?;
    Ok(reply(&call, format!("{} hits", data.hits.len()), data))
}

pub(super) async fn sql_query(mut call: Call) -> Answer {
    call.no_query()?;
    let request: SqlQuery = call.json().await?;
    let data = call.backend()?.sql_query(request).await?;
    Ok(reply(&call, format!("{} rows", data.rows.len()), data))
}

pub(super) async fn model_status(call: Call) -> Answer {
    call.no_query()?;
    let data = call.backend()?.model_status().await?;
    Ok(reply(&call, "Model", data))
}

pub(super) async fn model_install(mut call: Call) -> Answer {
    call.no_query()?;
    let request: ModelInstall = call.json().await?;
    let data = call.backend()?.model_install(request).await?;
    Ok(reply(&call, "Installing.", data))
}
