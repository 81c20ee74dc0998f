//! What is wrong with a request or a plan.

/// What is wrong with a request or a plan: nothing was started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {detail}")]
pub struct ValidationError {
    /// The field, such as `command.program` or `steps[2].depends_on`.
    pub field: String,
    /// What is wrong with it and what to do.
    pub detail: String,
    absent: bool,
}

impl ValidationError {
    /// Returns the fault of a field.
    #[must_use]
    pub fn new(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { field: field.into(), detail: detail.into(), absent: false }
    }

    /// Returns the fault of a field that names something which is not there: a file, a folder, a program.
    #[must_use]
    pub fn absent(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { absent: true, ..Self::new(field, detail) }
    }

    /// Returns whether the field names something that is not there, and that may be there later, such as when an
    /// earlier step of a plan makes it.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        self.absent
    }

    /// Returns the same fault seen from outside, such as from the plan that has the request.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        self.field = format!("{outer}.{}", self.field);
        self
    }
}
