//! `docs/rules.md`: the tables of rules, as people read them.

use crate::pages::page;
use std::fmt::Write;
use tasks::ops::check::{Group, Rule};
use tasks::ops::{compliance, infra};

#[test]
fn rules_md_is_current() {
    page(
        "docs/rules.md",
        &[
            ("infrastructure", of_task(&infra::rules())),
            ("compliance", of_task(&compliance::rules())),
            ("frameworks", frameworks()),
        ],
    );
}

/// A list of all rules of a task, then each of them.
fn of_task(rules: &[&Rule]) -> String {
    let mut groups: Vec<Group> = rules.iter().map(|rule| rule.group()).collect();
    groups.sort_unstable();
    groups.dedup();
    let mut text = String::new();
    for group in groups {
        writeln!(text, "### {}\n", group.title()).expect("a string takes everything");
        let of_group: Vec<_> = rules.iter().filter(|rule| rule.group() == group).collect();
        text.push_str("| rule | severity | finds |\n|---|---|---|\n");
        for rule in &of_group {
            let (id, severity) = (rule.id, rule.severity.as_str());
            writeln!(text, "| [`{id}`](#{id}) | {severity} | {} |", rule.what)
                .expect("a string takes everything");
        }
        for rule in of_group {
            text.push('\n');
            text.push_str(&describe(rule));
        }
        text.push('\n');
    }
    text.trim_end().to_owned() + "\n"
}

fn describe(rule: &Rule) -> String {
    let mut text = format!(
        "#### {}\n\n{}: {}. {}\n\nWay out: {}.\n",
        rule.id,
        rule.severity.as_str(),
        rule.what,
        rule.reason,
        rule.help
    );
    for (name, example) in [("Finds something", rule.bad), ("Finds nothing", rule.good)] {
        write!(
            text,
            "\n{name}:\n\n~~~text\n{}~~~\n",
            example.replace('»', "")
        )
        .expect("a string takes everything");
    }
    text
}

fn frameworks() -> String {
    let mut text = String::new();
    for framework in compliance::FRAMEWORKS {
        writeln!(
            text,
            "### --framework {}\n\n{}.\n",
            framework.name, framework.title
        )
        .expect("a string takes everything");
        if framework.sections.is_empty() {
            continue;
        }
        text.push_str("| section | asks for | rules |\n|---|---|---|\n");
        for section in framework.sections {
            let rules: Vec<String> = section
                .rules
                .iter()
                .map(|rule| format!("[`{rule}`](#{rule})"))
                .collect();
            writeln!(
                text,
                "| {} | {} | {} |",
                section.name,
                section.title,
                rules.join(", ")
            )
            .expect("a string takes everything");
        }
        text.push('\n');
    }
    text.trim_end().to_owned() + "\n"
}
