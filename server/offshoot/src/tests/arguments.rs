//! What may be typed.

use crate::cli::Cli;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

#[test]
fn the_table_of_verbs_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn what_people_type() {
    let check = |line: &str, expected: bool| {
        let parsed = Cli::try_parse_from(line.split_whitespace());
        assert_eq!(
            parsed.is_ok(),
            expected,
            "{line}: {:?}",
            parsed.err().map(|error| error.to_string())
        );
    };
    check("offshoot run a.yaml --json", true);
    check(
        "offshoot --json --repo /r workflow execute --workflow a.yaml --auto --detach",
        true,
    );
    check("offshoot workflow execute", false);
    check(
        "offshoot run a.yaml --input a=b --input c=d --max-parallel 2 --timeout 1.5 --backend file",
        true,
    );
    check("offshoot run a.yaml --max-parallel 0", false);
    check("offshoot run a.yaml --timeout -1", false);
    check("offshoot workflow validate", false);
    check("offshoot workflow validate a b", true);
    check("offshoot workflow graph a.yaml --format dot", true);
    check("offshoot workflow graph a.yaml --format png", false);
    check(
        "offshoot background submit --agent reviewer --task review --file a --file b --priority high",
        true,
    );
    check(
        "offshoot background submit --task free --wait --after t-1 --after t-2 --no-worktree",
        true,
    );
    check(
        "offshoot background submit --agent ops --task compliance --param framework=soc2 --param strict",
        true,
    );
    check("offshoot background submit --task x --param =y", false);
    check("offshoot background submit --param a=b -- sh", false);
    check("offshoot background submit -- sh -c true --json", true);
    check("offshoot background submit --agent reviewer -- sh", false);
    check("offshoot background submit --task x -- sh", false);
    check("offshoot background submit --priority 101 -- sh", false);
    check("offshoot background submit", false);
    check("offshoot background start --dev --production", false);
    check("offshoot background logs", true);
    check("offshoot apply r --check --undo", false);
    check("offshoot config set offshoot.x -1 --scope user", true);
    check("offshoot pool scale -1", false);
    check("offshoot completions zsh", true);
    check("offshoot worklfow list", false);
}

/// What the daemon calls is what this program understands, also where it is switched off.
#[test]
fn the_calls_of_built_in_tasks_are_understood() {
    use model::built_in::{Becomes, Param, TABLE};
    use model::workflow::Value;
    for task in TABLE {
        let params: Vec<_> = task
            .params
            .iter()
            .map(|param| {
                let value = match param.becomes {
                    Becomes::Flag(_) => Value::Bool(true),
                    Becomes::Option(_) | Becomes::Operand => Value::Text("7".to_owned()),
                    Becomes::Operands => Value::List(vec![Value::Text("7".to_owned()); 2]),
                };
                (param.name.to_owned(), value)
            })
            .collect();
        let operand = |param: &Param| param.becomes == Becomes::Operand;
        let takes_operand = task.params.iter().any(operand);
        for params in [&params[..], &[]] {
            let call = task.call(params);
            assert_eq!(call.unused, Vec::<String>::new(), "{}", task.title());
            let mut argv = vec!["offshoot".to_owned()];
            argv.extend(call.argv);
            argv.extend([
                "--as-step".to_owned(),
                "--timeout=9".to_owned(),
                "--not-run=it is off".to_owned(),
            ]);
            if !call.operands.is_empty() {
                argv.push("--".to_owned());
                argv.extend(call.operands);
            }
            let understood = match Cli::try_parse_from(&argv) {
                Ok(_) => true,
                // The option is known; what it may be is its verb's business, and so is what has to be there.
                Err(error) => match error.kind() {
                    ErrorKind::InvalidValue | ErrorKind::ValueValidation => true,
                    ErrorKind::MissingRequiredArgument => params.is_empty() && takes_operand,
                    _ => false,
                },
            };
            assert!(understood, "{argv:?}");
        }
    }
}
