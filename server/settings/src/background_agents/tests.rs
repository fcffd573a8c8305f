//! Texts and what is said of them.

use super::{Variable, read};

const GUIDE: &str = include_str!("guide.yaml");

const GENERATED: &str = r#"agents:
- name: TappsCodingAgents Workflow Executor
  type: background
  description: Automatically execute workflow commands from .cursor-skill-command.txt files
  commands: ['python -m tapps_agents.cli cursor-invoke "{command}"']
  watch_paths: ['**/.cursor-skill-command.txt', '.tapps-agents/workflow-state/**/.cursor-skill-command.txt']
  context7_cache: .tapps-agents/kb/context7-cache
  environment:
  - TAPPS_AGENTS_MODE=cursor
  - CONTEXT7_KB_CACHE=.tapps-agents/kb/context7-cache
  - MY_KEY
  - OTHER_KEY=${OTHER_KEY}
  triggers: [Execute workflow command, Run workflow step]
  enabled: true
  timeout_seconds: 3600
  retry_count: 2
  working_directory: ${PROJECT_ROOT}
  output: {format: json, location: .tapps-agents/reports, delivery: [file]}
global: {context7_cache: .tapps-agents/kb/context7-cache, output_directory: .tapps-agents/reports, worktree_base: .tapps-agents/worktrees, progress_reporting: true, result_delivery: [file], max_parallel_agents: 2, timeout_seconds: 60}
"#;

#[test]
fn the_files_of_the_guide_and_the_generator_are_understood() {
    let guide = read(GUIDE);
    assert_eq!(guide.diagnostics, []);
    let agents = guide.agents.expect("agents");
    assert_eq!(agents.max_parallel, 4);
    assert!(agents.agents[0].watches());

    let generated = read(GENERATED);
    assert_eq!(generated.diagnostics, []);
    let agents = generated.agents.expect("agents");
    assert_eq!(agents.max_parallel, 2);
    let agent = &agents.agents[0];
    assert_eq!((agent.retries, agent.timeout.as_secs()), (2, 3600));
    assert_eq!(
        agent.report_folder.as_deref(),
        Some(".tapps-agents/reports")
    );
    let inherited = |name: &str| Variable::Inherited(name.to_owned());
    assert_eq!(
        agent.environment[2..],
        [inherited("MY_KEY"), inherited("OTHER_KEY")]
    );
}

/// Line and column from 1, severity by its first letter, code, message.
fn check(text: &str, expected: &[&str]) {
    let found: Vec<String> = read(text)
        .diagnostics
        .iter()
        .map(|one| {
            let at = one.range.start;
            let severity = format!("{:?}", one.severity);
            format!(
                "{}:{} {} {}: {}",
                at.line + 1,
                at.column + 1,
                severity.chars().next().unwrap_or_default(),
                one.code,
                one.message
            )
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn every_problem_has_its_place() {
    check("", &["1:1 E value: there is no list `agents`"]);
    check(
        "- a\n",
        &["1:1 E type: the file must be a mapping of sections"],
    );
    check(
        "agents: 3\nglobal: x\n",
        &[
            "1:9 E value: `agents` must be a list of at least one agent (got: 3)",
            "2:9 E value: `global` must be a mapping (got: \"x\")",
        ],
    );
    check(
        "agents:\n  - 1\n  - name: a\n    typo: 1\n",
        &[
            "2:5 E value: an agent must be a mapping (got: 1)",
            "3:5 E value: an agent needs `type`",
            "3:5 E value: `commands` must hold at least one command",
            "3:5 W not-watching: no file starts this agent",
            "4:5 W unknown-key: `typo` is not known here, and has no effect",
        ],
    );
    check(
        "agents:\n  - name: a\n    type: foreground\n    commands: [x, 2]\n    watch_paths: ['[', '../x']\n    timeout_seconds: true\n    retry_count: -1\n    enabled: maybe\n",
        &[
            "3:11 E value: `type` must be `background` (got: \"foreground\")",
            "4:19 E value: `commands` must hold only texts (got: 2)",
            "5:19 E value: not a glob: unclosed character class; missing ']'",
            "5:24 E value: only files in the repository are watched",
            "6:22 E value: `timeout_seconds` must be a whole number of 1 or more (got: true)",
            "7:18 E value: `retry_count` must be a whole number of 0 or more (got: -1)",
            "8:14 E value: `enabled` must be true or false (got: \"maybe\")",
        ],
    );
    check(
        "agents:\n  - {name: a, type: background, commands: ['x {comand}'], watch_paths: [a], environment: ['1=2', 'GIT_DIR=x']}\n  - {name: a, type: background, commands: [x], enabled: false}\n",
        &[
            "2:44 W placeholder: {comand} is no placeholder, and stays as it is",
            "2:91 E value: `1` is not the name of a variable",
            "2:98 E value: `GIT_DIR` never reaches a command",
            "3:12 W same-name: there is an agent `a` already",
        ],
    );
}

#[test]
fn what_can_run_is_run_with_a_warning() {
    check(
        "agents:\n  - {name: a, type: background, watch_paths: [a], commands: [\"cat <<'E'\\n{command}\\nE\"]}\n  - {name: a, type: background, commands: [x], watch_paths: [a], output: {format: markdown, delivery: [pr]}}\n",
        &[
            "2:62 W placeholder: {command} stays as it is in a here-document whose end is quoted",
            "3:12 W same-name: there is an agent `a` already",
            "3:83 W no-effect: reports are JSON, not markdown",
            "3:103 W no-effect: only `file` is delivered",
        ],
    );
}

/// Where the agent of this file reports, by its `output` and by `global`.
#[track_caller]
fn check_report(output: &str, global: &str, expected: Option<&str>) {
    let text = format!(
        "agents:\n  - {{name: a, type: background, commands: [x], watch_paths: [a]{output}}}\nglobal: {{{global}}}\n"
    );
    let read = read(&text);
    let agents = read
        .agents
        .unwrap_or_else(|| panic!("{:?}", read.diagnostics));
    assert_eq!(
        agents.agents[0].report_folder.as_deref(),
        expected,
        "{text}"
    );
}

#[test]
fn reports_go_where_the_agent_or_all_of_them_say() {
    check_report("", "", None);
    check_report("", "output_directory: out", None);
    check_report(
        ", output: {format: json}",
        "",
        Some(".tapps-agents/reports"),
    );
    check_report(
        ", output: {format: json}",
        "output_directory: out",
        Some("out"),
    );
    check_report(
        ", output: {location: own}",
        "output_directory: out",
        Some("own"),
    );
    check_report(", output: {location: own}", "result_delivery: [pr]", None);
    check_report(
        ", output: {location: own, delivery: [file, pr]}",
        "result_delivery: [pr]",
        Some("own"),
    );
    check_report(", output: {location: own, delivery: [pr]}", "", None);
}

#[test]
fn folders_may_be_written_from_the_project_root() {
    let read = |base: &str| {
        read(&format!(
            "agents:\n  - {{name: a, type: background, commands: [x], watch_paths: [a]}}\nglobal: {{worktree_base: \"{base}\"}}\n"
        ))
    };
    let agents = read("${PROJECT_ROOT}/trees").agents.expect("agents");
    assert_eq!(agents.worktree_base, std::path::Path::new("trees"));
    assert!(read("../trees").agents.is_none());
    assert!(read("${PROJECT_ROOT}/../trees").agents.is_none());
}
