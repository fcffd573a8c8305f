//! Tests of the store as a whole: every value through the database, and what the disk does to it.

mod damage;
pub(crate) mod fixture;
mod round_trip;
