//! Logs as they are written and read.
