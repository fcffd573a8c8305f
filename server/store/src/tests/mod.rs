//! Tests of the store as a whole: every value through the database, and what the disk does to it.

pub(crate) mod cases;
mod child;
mod damage;
mod findings;
pub(crate) mod fixture;
mod pruning;
mod queries;
mod round_trip;
mod speed;
