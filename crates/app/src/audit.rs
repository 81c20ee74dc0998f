//! Every mutation is audited with its principal, done or refused.

use std::future::Future;

use groma_api::{ApiError, ErrorCode, Operation};

use crate::backend::Caller;

impl Caller {
    /// Refuses unless the principal may do the operation.
    pub(crate) fn allow(&self, operation: &'static str) -> Result<(), ApiError> {
        let scope = Operation::by_id(operation).and_then(|operation| operation.scope);
        match scope {
            Some(scope) if !self.principal.may(scope) => Err(ApiError::new(
                ErrorCode::Forbidden,
                format!("{} may not do {operation}: it needs the scope `{scope}`", self.principal.name),
            )),
            _ => Ok(()),
        }
    }

    /// Returns whether the principal may do what programs do many times a second: of that only refusals are noted, or
    /// the audit would be as long as the journal.
    pub(crate) async fn allow_often(&self, operation: &'static str) -> Result<(), ApiError> {
        match self.allow(operation) {
            Ok(()) => Ok(()),
            Err(_) => self.audited(operation, None, String::new(), async { Ok(()) }).await,
        }
    }

    /// Does a mutation if it is allowed, and notes it either way. A change that cannot be noted is still a change:
    /// that is told in the log.
    pub(crate) async fn audited<T, F>(
        &self,
        operation: &'static str,
        subject: Option<String>,
        detail: String,
        act: F,
    ) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, ApiError>> + Send,
    {
        let result = match self.allow(operation) {
            Ok(()) => act.await,
            Err(error) => Err(error),
        };
        let outcome = match &result {
            Ok(_) => "done",
            Err(error) => error.code.as_str(),
        };
        let noted = self.app.inventory.audit(
            Some(self.principal.clone()),
            operation,
            subject,
            outcome.to_owned(),
            detail,
        );
        if let Err(error) = noted.await {
            tracing::error!(%error, operation, "failed to write the audit");
        }
        result
    }
}
