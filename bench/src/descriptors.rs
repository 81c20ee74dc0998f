//! Room for thousands of connections, here and in the processes that are started.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::Done;

/// What all parts get along with: ten thousand connections, and some.
const WANTED: u64 = 12_288;

/// Raises how many descriptors this process and its children may have.
pub(crate) fn raise() -> Done {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= WANTED) {
        return Ok(());
    }
    let enough = maximum.is_none_or(|maximum| maximum >= WANTED);
    let limit = Rlimit { current: Some(WANTED), maximum: if enough { maximum } else { Some(WANTED) } };
    setrlimit(Resource::Nofile, limit).map_err(|error| {
        format!("could not allow {WANTED} open files: {error}; run as root, or raise `ulimit -n`").into()
    })
}
