//! The environment of a command.

use std::collections::BTreeMap;
use std::ffi::OsString;

use groma_execution_types::{Command, ExecutionRequest, InheritEnv};

use super::outside::Outside;

/// What [`InheritEnv::Clean`] takes over.
const CLEAN: [&str; 5] = ["HOME", "LANG", "PATH", "TMPDIR", "TZ"];
/// What keeps the AWS CLI from paging and asking. By the environment, not by options: the CLI's first version knows
/// neither option and would refuse them.
const AWS: [(&str, &str); 2] = [("AWS_PAGER", ""), ("AWS_CLI_AUTO_PROMPT", "off")];

/// Returns all variables of a command but its secrets.
pub(super) fn complete(request: &ExecutionRequest, outside: Outside) -> BTreeMap<OsString, OsString> {
    let named = |names: &mut dyn Iterator<Item = &str>| {
        let found = names.filter_map(|name| outside.env.get_key_value(&OsString::from(name)));
        found.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let mut env: BTreeMap<OsString, OsString> = match &request.inherit_env {
        InheritEnv::All => outside.env,
        InheritEnv::Clean => named(&mut CLEAN.into_iter()),
        InheritEnv::Named(names) => named(&mut names.iter().map(String::as_str)),
    };
    env.extend(request.env.iter().map(|(name, value)| (name.into(), value.into())));
    if let Command::AwsCli { .. } = request.command {
        env.extend(AWS.map(|(name, value)| (name.into(), value.into())));
    }
    env
}

/// Returns the bytes as the system takes them.
#[cfg(unix)]
pub(super) fn os_string(bytes: &[u8]) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec())
}

/// Returns the bytes as the system takes them.
#[cfg(not(unix))]
pub(super) fn os_string(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}
