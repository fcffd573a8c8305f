//! The built-in tasks of the knowledge base.

use super::table::{flag, leaves, operand, option};
use super::{BuiltIn, Group, Leaves, Param};

/// Where there is a key, Context7 is asked.
const ASKS: &[&str] = &["CONTEXT7_API_KEY", "CONTEXT7_API_URL"];

const fn row(
    operation: &'static str,
    meaning: &'static str,
    actions: &'static [&'static str],
    leaves: &'static [Leaves],
    params: &'static [Param],
    secrets: &'static [&'static str],
    judgement: &'static str,
) -> BuiltIn {
    BuiltIn {
        group: Group::Context,
        operation,
        meaning,
        actions,
        leaves,
        params,
        secrets,
        judgement,
    }
}

const WARM_UP: Leaves = leaves("reports/context/warm-up.json", "context-warm-up");
const STALENESS: Leaves = leaves("reports/context/staleness.json", "context-staleness");
const STATISTICS: Leaves = leaves("reports/context/statistics.json", "context-statistics");
const REFRESH: Leaves = leaves("reports/context/refresh.json", "context-refresh");
const SEARCH: Leaves = leaves("reports/context/search.json", "context-search");
const CLEAN: Leaves = leaves("reports/context/clean.json", "context-clean");
const HEALTH: Leaves = leaves("reports/context/health.json", "context-health");
const WHOLE: Leaves = leaves("reports/context/context-report.json", "context");

/// All of them.
pub(super) const ALL: [BuiltIn; 8] = [
    row(
        "warm",
        "Fetches documentation of the libraries that the project uses.",
        &["cache-population", "warm", "warm-up", "warmup"],
        &[WARM_UP],
        &[
            option("library", "--library"),
            option("libraries", "--library"),
            option("topic", "--topic"),
            option("topics", "--topic"),
            option("limit", "--limit"),
            flag("dry-run", "--dry-run"),
        ],
        ASKS,
        "Say which libraries that matter for the work at hand are missing, and which of those that were fetched are not worth it.",
    ),
    row(
        "staleness",
        "Says which documentation of libraries is too old.",
        &["staleness", "cache-staleness", "staleness-evaluation"],
        &[STALENESS],
        &[option("max-age", "--max-age")],
        &[],
        "Say which of the stale documentation matters for the work at hand.",
    ),
    row(
        "stats",
        "Says how much documentation of libraries is there, and how often it was an answer.",
        &["stats", "statistics", "cache-statistics"],
        &[STATISTICS],
        &[],
        &[],
        "Say what the figures mean, and what would make them better.",
    ),
    row(
        "refresh",
        "Fetches again what is stale, the most urgent first.",
        &["refresh", "cache-refresh"],
        &[REFRESH],
        &[
            option("library", "--library"),
            option("limit", "--limit"),
            flag("again", "--again"),
            flag("dry-run", "--dry-run"),
        ],
        ASKS,
        "Say what changed in the documentation that was fetched again and matters for the project.",
    ),
    row(
        "search",
        "Finds documentation of libraries by name and topic.",
        &["search", "query"],
        &[SEARCH],
        &[operand("library"), flag("exact", "--exact")],
        &[],
        "Say which of the libraries that were found answers the question.",
    ),
    row(
        "clean",
        "Removes documentation that is old, unused or too much.",
        &["clean", "cleanup", "cache-optimization"],
        &[CLEAN],
        &[option("by", "--by"), flag("dry-run", "--dry-run")],
        &[],
        "Say whether something that went will be missed.",
    ),
    row(
        "health",
        "Says whether the knowledge base does its work.",
        &["health", "cache-health"],
        &[HEALTH],
        &[],
        &[],
        "Say what is behind the issues, and what to do first.",
    ),
    row(
        "",
        "Does the usual whole for the knowledge base.",
        &["all", "maintenance"],
        &[WHOLE, STALENESS, REFRESH, WARM_UP, STATISTICS, HEALTH],
        &[option("limit", "--limit"), flag("dry-run", "--dry-run")],
        ASKS,
        "Say how the knowledge base is, and what to do first.",
    ),
];
