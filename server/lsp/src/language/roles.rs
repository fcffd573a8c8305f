//! Roles and what they do, as TappsCodingAgents has them: for suggestions only. Others are as good.

/// What a role does.
pub(super) struct Action {
    pub(super) role: &'static str,
    pub(super) action: &'static str,
    /// Parameters it is usually given.
    pub(super) params: &'static [&'static str],
    pub(super) meaning: &'static str,
}

const fn row(
    role: &'static str,
    action: &'static str,
    params: &'static [&'static str],
    meaning: &'static str,
) -> Action {
    Action {
        role,
        action,
        params,
        meaning,
    }
}

/// The table, roles together.
#[rustfmt::skip]
pub(super) const ACTIONS: &[Action] = &[
    row("analyst", "gather-requirements", &["description", "output_file"], "Collects requirements."),
    row("planner", "plan", &["description"], "Plans the work."),
    row("planner", "create-stories", &["description"], "Writes stories."),
    row("architect", "design-system", &["requirements", "context", "output_file"], "Designs the system."),
    row("designer", "design-api", &["requirements", "architecture"], "Designs an interface."),
    row("designer", "api-design", &["requirements", "architecture"], "Designs an interface."),
    row("implementer", "implement", &["specification", "file_path"], "Writes code."),
    row("implementer", "write-code", &["specification", "file_path"], "Writes code."),
    row("implementer", "refactor", &["file", "requirements"], "Rewrites code without changing what it does."),
    row("reviewer", "review", &["file"], "Reviews code."),
    row("reviewer", "review-code", &["file"], "Reviews code."),
    row("tester", "test", &["file"], "Writes tests."),
    row("tester", "write-tests", &["file"], "Writes tests."),
    row("debugger", "analyze-error", &["error_message", "stack_trace"], "Looks for the cause of an error."),
    row("documenter", "document", &["target", "output_dir"], "Writes documentation."),
    row("documenter", "generate-docs", &["target", "output_dir"], "Writes documentation."),
    row("documenter", "update-docstrings", &["file", "write_file"], "Brings comments up to date."),
    row("ops", "security-scan", &["history", "allow", "strict"], "Looks for secrets and weaknesses."),
    row("ops", "infra-setup", &["allow", "ignore", "strict"], "Checks container files, manifests and pipelines."),
    row("ops", "compliance", &["framework", "allow", "ignore", "strict"], "Checks what a repository should have."),
    row("improver", "improve", &["file", "feedback"], "Improves code after a review."),
    row("improver", "refactor", &["file_path", "instruction"], "Rewrites code by an instruction."),
    row("enhancer", "enhance", &["prompt", "format"], "Makes a prompt more precise."),
    row("enhancer", "enhance-prompt", &["prompt", "format"], "Makes a prompt more precise."),
    row("quality", "analyze", &["target"], "Measures quality."),
    row("quality", "quality-check", &["target"], "Measures quality."),
    row("testing", "run-tests", &["test_path", "coverage"], "Runs tests."),
    row("testing", "test", &["test_path", "coverage"], "Runs tests."),
    row("orchestrator", "finalize", &[], "Does nothing and waits for all other steps."),
    row("orchestrator", "complete", &[], "Does nothing and waits for all other steps."),
];

/// The roles, each once.
pub(super) fn roles() -> Vec<&'static str> {
    let mut roles: Vec<&str> = ACTIONS.iter().map(|row| row.role).collect();
    roles.dedup();
    roles
}

/// What a role does; of one that is not in the table, everything.
pub(super) fn actions_of(role: &str) -> impl Iterator<Item = &'static Action> {
    let known = ACTIONS.iter().any(|row| row.role == role);
    ACTIONS.iter().filter(move |row| !known || row.role == role)
}

/// `_` and `-` are alike, as they are for TappsCodingAgents.
pub(super) fn action(role: &str, action: &str) -> Option<&'static Action> {
    let folded = action
        .trim_start_matches('*')
        .replace('_', "-")
        .to_ascii_lowercase();
    actions_of(role).find(|row| row.role == role && row.action == folded)
}
