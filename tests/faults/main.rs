//! What goes wrong in real life, end to end: processes killed at any moment, disks full, databases locked,
//! hands in the repository while a run is under way. After every one of these nothing is lost, nothing is
//! done twice, and no process is left.

mod agents;
mod bed;
mod benchmark;
mod cancel;
mod checkout;
mod clients;
mod database;
mod disk;
mod disks;
mod grounding;
mod handoff;
mod hands;
mod inputs;
mod kills;
mod leaving;
mod moments;
mod recycling;
mod secrets;
mod supervisors;
mod versions;
mod wire;
