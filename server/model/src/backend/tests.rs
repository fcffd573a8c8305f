//! Which back ends a step has, in order.

use super::{Backend, candidates};
use crate::ids::StepId;
use crate::settings::{AgentTemplate, TenantSettings};
use crate::workflow::{AgentWork, Step, Work};

/// A step, and what is set up around it.
#[derive(Default)]
struct Case {
    /// `agent/action`.
    step: &'static str,
    /// `--backend`.
    over: &'static [&'static str],
    /// `backend:` of the step.
    own: &'static [&'static str],
    /// The chain of the settings.
    chain: &'static [&'static str],
    /// An agent is configured.
    agent: bool,
    /// A watcher is configured.
    watched: bool,
    /// Auto execution is off.
    manual: bool,
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The back ends in order, and those that were passed over.
fn check(case: &Case, expected: &[&str], passed: &[&str]) {
    let (agent, action) = case.step.split_once('/').unwrap();
    let work = Work::Agent(AgentWork {
        agent: agent.to_owned(),
        action: action.to_owned(),
        ..AgentWork::default()
    });
    let mut step = Step::new(StepId::new("s"), String::new(), work);
    step.backends = names(case.own);
    let mut settings = TenantSettings {
        chain: names(case.chain),
        watched: case.watched,
        ..TenantSettings::default()
    };
    if case.agent {
        let template = AgentTemplate {
            command: names(&["claude"]),
            env: Vec::new(),
            timeout: None,
            confine: true,
        };
        settings.agents.insert("claude".to_owned(), template);
        settings.default_agent = Some("claude".to_owned());
    }
    let (found, over) = candidates(&step, &names(case.over), !case.manual, &settings);
    let name = |backend: &Backend| match backend {
        Backend::File { manual: true } => "manual",
        other => other.name(),
    };
    let found: Vec<_> = found.iter().map(name).collect();
    assert_eq!(found, expected, "{}", case.step);
    let over: Vec<_> = over.iter().map(|over| over.backend.as_str()).collect();
    assert_eq!(over, passed, "{}", case.step);
}

#[test]
fn a_step_for_an_agent_ends_at_the_hand_off() {
    let step = || Case {
        step: "reviewer/review",
        ..Case::default()
    };
    check(&step(), &["file"], &["command"]);
    check(
        &Case {
            agent: true,
            ..step()
        },
        &["command", "file"],
        &[],
    );
    let watched = Case {
        agent: true,
        watched: true,
        ..step()
    };
    check(&watched, &["file", "command"], &[]);
    check(
        &Case {
            manual: true,
            ..step()
        },
        &["manual"],
        &["command"],
    );
    let named = Case {
        own: &["built-in"],
        ..step()
    };
    check(&named, &["file"], &["built-in"]);
}

#[test]
fn a_built_in_task_waits_for_no_agent_that_nobody_set_up() {
    let step = || Case {
        step: "ops/security-scan",
        ..Case::default()
    };
    check(&step(), &["built-in"], &["command"]);
    check(
        &Case {
            manual: true,
            ..step()
        },
        &["built-in"],
        &["command"],
    );
    // Where there is an agent, it goes on from what the built-in task found.
    check(
        &Case {
            agent: true,
            ..step()
        },
        &["command", "built-in"],
        &[],
    );
    check(
        &Case {
            watched: true,
            ..step()
        },
        &["file"],
        &["command"],
    );
    // What is named counts.
    let alone = Case {
        agent: true,
        own: &["built-in"],
        ..step()
    };
    check(&alone, &["built-in"], &[]);
    let over = Case {
        agent: true,
        over: &["built-in"],
        own: &["file"],
        ..step()
    };
    check(&over, &["built-in"], &[]);
    check(
        &Case {
            own: &["file"],
            ..step()
        },
        &["file"],
        &[],
    );
    let manual = Case {
        own: &["file"],
        manual: true,
        ..step()
    };
    check(&manual, &["manual"], &["command"]);
    let chain = Case {
        chain: &["command", "file"],
        ..step()
    };
    check(&chain, &["file"], &["command"]);
    let chain = Case {
        chain: &["cursor-cloud", "command"],
        ..step()
    };
    check(&chain, &["built-in"], &["cursor-cloud", "command"]);
}

#[test]
fn an_agent_is_grounded_and_a_built_in_task_is_not() {
    let work = |agent: &str| {
        Work::Agent(AgentWork {
            agent: agent.to_owned(),
            action: "security-scan".to_owned(),
            ..AgentWork::default()
        })
    };
    let step = |agent| Step::new(StepId::new("s"), String::new(), work(agent));
    let file = Backend::File { manual: false };
    assert!(file.ground(&step("ops")).is_some());
    assert!(file.ground(&step("reviewer")).is_none());
    assert!(Backend::BuiltIn.ground(&step("ops")).is_none());
}
