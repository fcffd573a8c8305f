//! Agents, personas, back ends.

use super::{PROJECT, Place, USER, check};
use std::time::Duration;

const CLAUDE: &str = "offshoot:
  agents:
    claude:
      command: [claude, -p, \"{prompt}\"]
      env: [ANTHROPIC_API_KEY]
      timeout: 30m
      confine: false
  default_agent: claude
  personas:
    analyst: claude
  backends: [command, file]
  env: [CARGO_HOME]
";

#[test]
fn an_agent_is_read() {
    let tenant = Place::new(&[(PROJECT, CLAUDE)]).load().tenant;
    let agent = &tenant.agents["claude"];
    assert_eq!(agent.command, ["claude", "-p", "{prompt}"]);
    assert_eq!(agent.env, ["ANTHROPIC_API_KEY"]);
    assert_eq!(agent.timeout, Some(Duration::from_secs(1800)));
    assert!(!agent.confine);
    assert_eq!(tenant.default_agent.as_deref(), Some("claude"));
    assert_eq!(tenant.personas["analyst"], "claude");
    assert_eq!(tenant.chain, ["command", "file"]);
    assert_eq!(tenant.env, ["CARGO_HOME"]);
}

#[test]
fn agents_of_all_files_come_together_each_whole() {
    let user = "offshoot:\n  agents:\n    claude: {command: [other], timeout: 5, confine: false}\n    mine: {command: [mine]}\n";
    let project = "offshoot:\n  agents:\n    claude: {command: [claude]}\n";
    check(
        &[(PROJECT, project), (USER, user)],
        &[
            ("offshoot.agents.claude.command", "[\"claude\"] @ project:3"),
            ("offshoot.agents.claude.timeout", "not set @ default"),
            ("offshoot.agents.claude.confine", "true @ default"),
            ("offshoot.agents.mine.command", "[\"mine\"] @ user:4"),
        ],
    );
    let loaded = Place::new(&[(PROJECT, project), (USER, user)]).load();
    let repository = |key: &str| loaded.get(key).unwrap()[0].origin.from_repository();
    assert!(repository("offshoot.agents.claude.command"));
    assert!(!repository("offshoot.agents.mine.command"));
    assert_eq!(loaded.get("offshoot.agents").unwrap().len(), 8);
}

#[test]
fn merges_and_aliases_are_understood() {
    let text = "offshoot:\n  agents:\n    a: &base\n      command: [run, it]\n      confine: false\n    b:\n      <<: *base\n      timeout: 9\n";
    let tenant = Place::new(&[(PROJECT, text)]).load().tenant;
    assert_eq!(tenant.agents["b"].command, ["run", "it"]);
    assert!(!tenant.agents["b"].confine);
}

#[test]
fn sections_can_be_asked_for_also_when_empty() {
    let loaded = Place::new(&[]).load();
    assert_eq!(loaded.get("offshoot.agents").unwrap(), []);
    assert_eq!(loaded.get("offshoot.personas.analyst").unwrap().len(), 1);
    assert!(loaded.get("auto_execution").unwrap().len() > 10);
    let error = loaded.get("offshoot.max_paralel").unwrap_err();
    assert_eq!(
        error.hint().as_deref(),
        Some("did you mean `offshoot.max_parallel`?")
    );
    let error = loaded.get("pool_size").unwrap_err();
    assert_eq!(
        error.hint().as_deref(),
        Some("did you mean `offshoot.pool_size`?")
    );
}
