//! Tests of the store as a whole: every value through the database, and what the disk does to it.

mod damage;
mod fixture;
mod round_trip;
