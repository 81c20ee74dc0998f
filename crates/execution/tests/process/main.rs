//! What becomes of processes: everything that the fixture does to get away.

mod world;

mod ends;
