//! `docs/cli.md`: what the program says of itself, verb by verb. Asked of the program, not of its source.

use crate::pages::page;
use std::fmt::Write;
use support::{Sandbox, sandbox};

#[test]
fn cli_md_is_current() {
    let sandbox = sandbox!();
    let mut text = String::new();
    describe(&sandbox, &mut Vec::new(), &mut text);
    page("docs/cli.md", &[("verbs", text)]);
    sandbox.finish();
}

/// The help of a verb, then that of each verb below it.
fn describe(sandbox: &Sandbox, verb: &mut Vec<String>, text: &mut String) {
    let mut args: Vec<&str> = verb.iter().map(String::as_str).collect();
    args.push("--help");
    let help = sandbox.offshoot(&args).expect_code(0).stdout;
    let name = [vec!["offshoot".to_owned()], verb.clone()]
        .concat()
        .join(" ");
    let trimmed: Vec<&str> = help.lines().map(str::trim_end).collect();
    // The program goes by its own name, not by that of the binary under test.
    let help = trimmed
        .join("\n")
        .replace("offshoot-under-test", "offshoot");
    writeln!(text, "### {name}\n\n```text\n{}\n```\n", help.trim())
        .expect("a string takes everything");
    for below in verbs_of(&help) {
        verb.push(below);
        describe(sandbox, verb, text);
        verb.pop();
    }
}

/// The names in the list `Commands:` of a help text; names stand in the third column.
fn verbs_of(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn verbs_are_found_in_help_texts() {
    let help =
        "Usage: x\n\nCommands:\n  run   Runs\n        it\n  help  Print this\n\nOptions:\n  --json";
    assert_eq!(verbs_of(help), ["run"]);
}
