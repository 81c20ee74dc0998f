mod refused;
mod secret;
mod started;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use groma_execution_types::ExecutionRequest;
use serde_json::Value;

use super::Resolved;
use crate::ExecutionError;

pub(super) fn request(json: Value) -> ExecutionRequest {
    serde_json::from_value(json).expect("it is a request")
}

pub(super) async fn resolve(json: Value) -> Result<Resolved, ExecutionError> {
    super::resolve(&request(json), None).await
}

pub(super) fn write(file: &Path, text: &str, mode: u32) {
    std::fs::write(file, text).expect("it is written");
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).expect("it gets its mode");
}
