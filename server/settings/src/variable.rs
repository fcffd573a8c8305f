//! Which environment variables may reach a step at all.

/// What is kept of `GIT_*`: who the user is, and where git's own configuration lies.
pub const GIT: [&str; 7] = [
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
];

/// Another address of the service that audits ask. It is the user's to set, unlike all others of this prefix.
pub const ADVISORIES: &str = "OFFSHOOT_OSV_URL";

/// Whether a variable never reaches a step, even when it is named: `GIT_DIR` and its like would lead git out of the
/// step's worktree, and `OFFSHOOT_*` is ours to set (processes are found by one of them).
pub fn refused(name: &str) -> bool {
    (name.starts_with("OFFSHOOT_") && name != ADVISORIES)
        || (name.starts_with("GIT_") && !GIT.contains(&name))
}
