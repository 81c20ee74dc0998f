//! Backups as a whole: made, interrupted, damaged, pruned, and brought back.

mod basic;
mod damage;
mod faulty;
mod interrupted;
mod killed;
mod s3;
mod together;
mod world;
