//! Tests of whole sessions over memory pipes, and of what is pure.

mod commands;
mod connection;
mod documents;
mod editor;
mod edits;
mod fake;
mod features;
mod findings;
mod lifecycle;
mod load;
mod pass_through;
mod pipes;
mod progress;
mod pure;
mod session;
