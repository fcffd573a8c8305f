//! The engine against fake ports: what is stored before what is told and done, and what happens when
//! storing fails, when the daemon dies, and when work is lost. The clock is tokio's, paused.

mod committing;
mod failing;
mod lost_work;
mod recovering;
mod support;
