//! Workflows from start to end: order, retries, checks, conditions, results, and going on by hand.

mod again;
mod built_in;
mod cancel;
mod checkout;
mod condition;
mod conflicts;
mod dag;
mod failure;
mod files;
mod findings;
mod foreign;
mod furnish;
mod handoff;
mod kinds;
mod landing;
mod loops;
mod overlap;
mod repositories;
mod results;
mod warm;
mod watch;
