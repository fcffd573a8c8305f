//! The table: names, arguments, switches.

use super::{Becomes, Call, Group, Switch, TABLE, TaskSwitches, by_operation, find};
use crate::workflow::{AgentWork, Value};
use std::collections::BTreeSet;
use std::time::Duration;

fn title(agent: &str, action: &str) -> Option<String> {
    find(agent, action).map(super::BuiltIn::title)
}

#[test]
fn agents_and_actions_mean_tasks_in_both_spellings() {
    for (agent, action, expected) in [
        ("ops", "security-scan", Some("ops scan")),
        ("ops", "security_scan", Some("ops scan")),
        ("Ops", "Security-Scan", Some("ops scan")),
        ("ops", "*security-scan", Some("ops scan")),
        ("ops", "scan", Some("ops scan")),
        ("documenter", "document", Some("docs")),
        ("documenter", "generate_docs", Some("docs")),
        ("docs", "generate-docs", Some("docs")),
        ("ops", "infrastructure_setup", Some("ops infra")),
        ("ops", "infra-setup", Some("ops infra")),
        ("ops", "compliance_check", Some("ops compliance")),
        ("ops", "compliance", Some("ops compliance")),
        ("ops", "all", Some("ops")),
        ("ops", "dependency_audit", Some("ops audit")),
        ("ops", "deploy", None),
        ("context", "cache_population", Some("context warm")),
        ("context", "cache-optimization", Some("context clean")),
        ("context", "query", Some("context search")),
        ("context", "all", Some("context")),
        ("reviewer", "security-scan", None),
        ("documenter", "update-docstrings", None),
        ("", "", None),
    ] {
        assert_eq!(
            title(agent, action).as_deref(),
            expected,
            "{agent}/{action}"
        );
    }
}

#[test]
fn rows_hold_together() {
    let (mut verbs, mut paths) = (BTreeSet::new(), BTreeSet::new());
    let mut actions = BTreeSet::new();
    for task in TABLE {
        let title = task.title();
        assert!(verbs.insert(title.clone()), "{title} stands twice");
        assert!(!task.leaves.is_empty(), "{title} leaves nothing");
        assert!(task.judgement.ends_with('.'), "{title}");
        assert!(task.meaning.ends_with('.'), "{title}");
        for action in task.actions {
            assert_eq!(super::fold(action), *action, "{title}");
            assert!(
                actions.insert((task.group.as_str(), action)),
                "{title}: {action}"
            );
        }
        for leaves in task.leaves {
            assert!(
                leaves.path.starts_with("reports/"),
                "{title}: {}",
                leaves.path
            );
            // The usual whole of a group leaves what its parts leave.
            let new = paths.insert(leaves.path);
            assert!(
                new || task.operation.is_empty(),
                "{} is of two tasks",
                leaves.path
            );
        }
        for param in task.params {
            let ours = match param.becomes {
                Becomes::Flag(option) | Becomes::Option(option) => option.starts_with("--"),
                Becomes::Operand | Becomes::Operands => true,
            };
            assert!(ours, "{title}");
            assert_eq!(super::fold(param.name), param.name, "{title}");
        }
        assert_eq!(by_operation(task.group, task.operation), Some(task));
        assert_eq!(Group::parse(task.group.as_str()), Some(task.group));
    }
}

#[test]
fn parameters_become_options_and_never_arguments() {
    let scan = find("ops", "security-scan").unwrap();
    let text = |text: &str| Value::Text(text.to_owned());
    let check = |params: &[(&str, Value)], argv: &[&str], unused: &[&str]| {
        let params: Vec<_> = params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        let mut expected = vec!["task", "ops", "scan"];
        expected.extend(argv);
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let expected = Call {
            argv: owned(&expected),
            operands: Vec::new(),
            unused: owned(unused),
        };
        assert_eq!(scan.call(&params), expected);
    };
    check(&[], &[], &[]);
    check(&[("history", text("main.."))], &["--history=main.."], &[]);
    check(
        &[("history", text("--strict"))],
        &["--history=--strict"],
        &[],
    );
    check(&[("strict", Value::Bool(true))], &["--strict"], &[]);
    check(&[("strict", Value::Bool(false))], &[], &[]);
    let list = Value::List(vec![text("a"), text("b")]);
    check(&[("allow", list)], &["--allow=a", "--allow=b"], &[]);
    check(&[("libraries", text("src"))], &[], &["libraries"]);
    check(&[("allow", Value::Map(Vec::new()))], &[], &["allow"]);
    check(&[("strict", text("yes"))], &[], &["strict"]);
    check(&[("history", Value::Bool(true))], &[], &["history"]);
    check(&[("history", Value::Null)], &[], &[]);
}

#[test]
fn an_operand_stands_behind_the_options() {
    let docs = find("documenter", "document").unwrap();
    let target = Value::Text("--links".to_owned());
    let call = docs.call(&[("target".to_owned(), target)]);
    assert_eq!(call.operands, ["--links"]);
    assert_eq!(call.argv, ["task", "docs"]);
}

#[test]
fn a_prompt_alone_is_for_an_agent() {
    let work = |action: &str, prompt: &str| AgentWork {
        agent: "ops".to_owned(),
        action: action.to_owned(),
        prompt: prompt.to_owned(),
        ..AgentWork::default()
    };
    assert!(work("", "look at the cluster").built_in().is_none());
    assert!(work("security-scan", "look closely").built_in().is_some());
}

#[test]
fn switches_say_why() {
    let on = Switch::default();
    let off = |docs: Switch, background| {
        let switches = TaskSwitches {
            docs,
            ..TaskSwitches::default()
        };
        assert_eq!(switches.off(Group::Ops, background), None);
        switches.off(Group::Docs, background)
    };
    assert_eq!(off(on, true), None);
    let never = Switch {
        enabled: false,
        ..on
    };
    let foreground = Switch {
        background: false,
        ..on
    };
    assert!(off(never, false).unwrap().contains("tasks.docs.enabled"));
    assert!(off(never, true).unwrap().contains("tasks.docs.enabled"));
    assert_eq!(off(foreground, false), None);
    assert!(
        off(foreground, true)
            .unwrap()
            .contains("tasks.docs.background")
    );
}

#[test]
fn times_are_those_of_the_story() {
    let seconds = Group::ALL.map(|group| group.timeout());
    assert_eq!(seconds, [900, 1200, 1800].map(Duration::from_secs));
}
