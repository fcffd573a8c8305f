//! Workflows and composite actions of GitHub.

mod jobs;
mod jobs_table;
mod shape;
mod steps;
mod steps_table;

pub(super) use jobs_table::RULES as MORE;
pub(super) use steps_table::RULES;
