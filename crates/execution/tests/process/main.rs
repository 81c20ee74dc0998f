//! What becomes of processes: everything that the fixture does to get away.

mod world;

mod cancel;
mod crash;
mod ends;
mod escape;
mod limits;
mod many;
mod retry;
mod start;
