//! `context health`: whether the knowledge base does its work, in the words of TappsCodingAgents.

use super::cache::Cache;
use super::shelf::Index;
use super::statistics::Numbers;
use super::{Surroundings, operate, yaml};
use crate::ground::Ground;
use artifact::Artifact;
use schemars::JsonSchema;
use serde::Serialize;
use std::io;

/// Where its artifact lies, and its kind.
pub const ARTIFACT: (&str, &str) = ("reports/context/health.json", "context-health");

/// Percent of questions that should have an answer, and that have to.
const TARGET: f64 = 80.0;
const NEEDED: f64 = 70.0;
/// Milliseconds that an answer may take.
const SLOW: f64 = 1000.0;
/// Tokens that an answer saves, as estimated there.
const SAVED: u64 = 2000;

/// How it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It does its work.
    Healthy,
    /// There is nothing in it, and nobody has asked.
    #[default]
    Empty,
    /// Something is wrong: see the issues.
    NeedsAttention,
}

/// What its artifact reports.
#[derive(Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// `health`.
    pub operation_type: String,
    /// Whether Context7 may be asked: a key is set and the network is allowed.
    pub enabled: bool,
    /// How it is.
    pub health: Health,
    /// What is wrong.
    pub issues: Vec<String>,
    /// What would help.
    pub recommendations: Vec<String>,
    /// Numbers of all of it.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// Percent of questions that should have an answer.
    pub hit_rate_target: f64,
    /// Milliseconds that an answer should take at most.
    pub response_time_target_ms: f64,
    /// Tokens that its answers saved, estimated.
    pub estimated_tokens_saved: u64,
    /// Libraries whose documentation is stale.
    pub stale_libraries: usize,
}

/// Does it, and leaves the artifact.
///
/// # Errors
/// When the artifact cannot be written; everything else is said in it.
pub fn run(ground: &dyn Ground, around: &Surroundings) -> io::Result<Artifact> {
    operate(ARTIFACT, ground, around, |_, cache| {
        let report = report(cache, around);
        let word = match report.health {
            Health::Healthy => "healthy",
            Health::Empty => "empty",
            Health::NeedsAttention => "in need of attention",
        };
        let told = report.issues.iter().chain(&report.recommendations);
        let lines: Vec<String> = told.map(|line| format!("- {line}")).collect();
        let summary = format!("The knowledge base is {word}.\n\n{}", lines.join("\n"));
        Ok((report, summary, Ok(())))
    })
}

/// How it is.
pub(super) fn report(cache: &Cache, around: &Surroundings) -> Report {
    let held = cache.libraries();
    let numbers = Numbers::of(cache, &held);
    let stale = held.iter().filter(|library| {
        around
            .policy
            .judge(&library.name, library.updated(), around.now)
            .stale
    });
    let stale = stale.count();
    let mut issues = issues(&numbers);
    if !index_is_sound(cache, numbers.total_entries) {
        issues.push(
            "The index does not say what is there; the next change makes it anew.".to_owned(),
        );
    }
    if stale * 2 > held.len() {
        issues.push(format!("{stale} of {} libraries are stale.", held.len()));
    }
    if numbers.given_up > 0 {
        issues.push(format!(
            "{} tasks of the refresh queue were given up.",
            numbers.given_up
        ));
    }
    let unused = numbers.total_entries == 0 && numbers.cache_hits + numbers.cache_misses == 0;
    let health = match (unused, issues.is_empty()) {
        (true, true) => Health::Empty,
        (false, true) => Health::Healthy,
        (_, false) => Health::NeedsAttention,
    };
    Report {
        operation_type: "health".to_owned(),
        enabled: around.access.is_ok(),
        health,
        recommendations: recommendations(&numbers, stale, around),
        issues,
        hit_rate_target: TARGET,
        response_time_target_ms: SLOW,
        estimated_tokens_saved: numbers.cache_hits.saturating_mul(SAVED),
        stale_libraries: stale,
        numbers,
    }
}

/// A rate says nothing where nobody has asked.
fn issues(numbers: &Numbers) -> Vec<String> {
    let mut issues = Vec::new();
    if let Some(rate) = numbers.hit_rate.filter(|rate| *rate < NEEDED) {
        issues.push(format!("Only {rate} % of the questions had an answer."));
    }
    if numbers.avg_response_time_ms > SLOW {
        issues.push(format!(
            "An answer took {} ms on average.",
            numbers.avg_response_time_ms
        ));
    }
    if numbers.cache_misses > numbers.cache_hits.saturating_mul(2) {
        issues.push(format!(
            "{} questions had no answer, {} had one.",
            numbers.cache_misses, numbers.cache_hits
        ));
    }
    issues
}

fn recommendations(numbers: &Numbers, stale: usize, around: &Surroundings) -> Vec<String> {
    let mut told = Vec::new();
    if numbers.total_entries == 0 || numbers.hit_rate.is_some_and(|rate| rate < TARGET) {
        told.push("`offshoot task context warm` fetches what the project uses.".to_owned());
    }
    if stale > 0 {
        told.push(format!(
            "`offshoot task context refresh` fetches again what is stale ({stale} libraries)."
        ));
    }
    if let Err(why) = &around.access {
        told.push(format!("Context7 is not asked: {why}."));
    }
    told
}

/// Whether the index is there where something is held, and has as many entries.
fn index_is_sound(cache: &Cache, entries: usize) -> bool {
    let path = cache.root().join("index.yaml");
    match yaml::read(&path) {
        Some(_) => Index::read(cache.root()).entries() == entries,
        None => entries == 0 && !path.exists(),
    }
}
