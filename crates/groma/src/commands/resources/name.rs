//! Naming one thing: by its id or alias, or by whatever it is found by exactly.

use groma_api::{ApiError, Backend, Deleted, ErrorCode, Resource, SearchQuery, SearchReason};

/// So many are told where a name is not unique.
const TOLD_MAX: usize = 10;
/// So many hits are looked at: exact ones come first.
const HITS_MAX: u32 = 100;

/// What a thing was called on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ThingName(String);

impl std::str::FromStr for ThingName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err("it names nothing: give an id, an alias, a name or an address".to_owned()),
            name => Ok(Self(name.to_owned())),
        }
    }
}

impl ThingName {
    /// Returns the thing that is meant: the one with that id or alias, or the only one that is called so; one that is gone
    /// only if nothing present is called so.
    ///
    /// # Errors
    /// When there is none, or more than one: the error lists them.
    pub(super) async fn find(&self, backend: &dyn Backend) -> Result<Resource, ApiError> {
        // As parts of a path these lead elsewhere.
        if !matches!(self.0.as_str(), "." | "..") {
            match backend.resource_get(self.0.clone()).await {
                Err(error) if matches!(error.code, ErrorCode::NotFound | ErrorCode::InvalidRequest) => {}
                answer => return answer,
            }
        }
        for deleted in [Deleted::Exclude, Deleted::Only] {
            let mut called = self.called(backend, deleted).await?;
            match called.len() {
                0 => {}
                1 => return Ok(called.remove(0)),
                _ => return Err(self.ambiguous(&called)),
            }
        }
        let name = &self.0;
        let detail = format!(
            "nothing has `{name}` for its id, alias, name or address; `groma search` finds what is like it"
        );
        Err(ApiError::new(ErrorCode::NotFound, detail))
    }

    async fn called(&self, backend: &dyn Backend, deleted: Deleted) -> Result<Vec<Resource>, ApiError> {
        let query = SearchQuery {
            q: Some(self.0.clone()),
            limit: Some(HITS_MAX),
            deleted: Some(deleted),
            ..SearchQuery::default()
        };
        let hits = backend.search(query).await?.hits.into_iter();
        let exact = |why: &SearchReason| matches!(why, SearchReason::Exact { .. });
        Ok(hits.filter(|hit| hit.why.iter().any(exact)).map(|hit| hit.resource).collect())
    }

    fn ambiguous(&self, called: &[Resource]) -> ApiError {
        let mut detail = format!("{} things are called `{}`; name one by its id:", called.len(), self.0);
        for thing in called.iter().take(TOLD_MAX) {
            let Resource { id, kind, name, state, .. } = thing;
            detail.push_str(&format!("\n  {id}  {kind}  {}  {state}", crate::output::plain(name)));
        }
        if called.len() > TOLD_MAX {
            detail.push_str(&format!("\n  … and {} more", called.len() - TOLD_MAX));
        }
        ApiError::new(ErrorCode::InvalidRequest, detail)
    }
}
