//! Sessions in process, over memory pipes, and tables for the pure parts.

mod editor;
mod pure;
mod session;
