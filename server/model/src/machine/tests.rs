//! The machine, proved on the pure core: scripts against a fake world that answers effects, and
//! properties over random workflows, orders and crashes.

mod commands;
mod conditions;
mod crashes;
mod invariants;
mod large;
mod loops;
mod overlaps;
mod phases;
mod pool;
mod properties;
mod retries;
mod script;
mod submitted;
mod table;
mod world;
