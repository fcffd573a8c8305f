//! How agents are started: found, with which environment and streams, with secrets.

use agents::attempt::{Outcome, Program};
use model::failure::FailureClass;

use crate::Test;
use crate::support::{Case, files};

pub(crate) const TESTS: &[Test] = &[
    (
        "argv_is_looked_up_in_the_attempts_own_path",
        argv_is_looked_up_in_the_attempts_own_path,
    ),
    ("what_cannot_start_says_why", what_cannot_start_says_why),
    (
        "the_environment_and_streams_are_clean",
        the_environment_and_streams_are_clean,
    ),
    (
        "secrets_reach_the_agent_and_no_file",
        secrets_reach_the_agent_and_no_file,
    ),
    (
        "a_missing_secret_fails_the_start",
        a_missing_secret_fails_the_start,
    ),
];

fn argv_is_looked_up_in_the_attempts_own_path() {
    let case = Case::new();
    // Without `#!`: a shell runs it, as execvp has it. Written by another process: one that this
    // one just starts could still hold it open for writing (ETXTBSY).
    let writer = Case::new();
    let tool = case.file("tool").display().to_string();
    let content = r#"echo "tool $1 in $(pwd)" > "$HERE/word""#;
    writer.run(writer.script(&format!("echo '{content}' > {tool}; chmod +x {tool}")));
    let mut spec = case.script("");
    spec.program = Program::Argv(vec!["tool".into(), "a b".into()]);
    spec.env
        .iter_mut()
        .filter(|(name, _)| name == "PATH")
        .for_each(|(_, path)| {
            path.insert_str(0, &format!("/nowhere:{}:", case.root.path().display()));
        });
    assert_eq!(case.run(spec).outcome, Outcome::Exited { code: 0 });
    let here = case.root.path().canonicalize().unwrap();
    assert_eq!(case.word("word"), format!("tool a b in {}", here.display()));
}

fn what_cannot_start_says_why() {
    let folder = std::env::temp_dir().display().to_string();
    for (argv, cwd, words) in [
        (
            vec!["no-such-program"],
            None,
            &["no-such-program", "PATH"][..],
        ),
        (vec![folder.as_str()], None, &["executable"]),
        (vec![], None, &["empty"]),
        (
            vec!["true"],
            Some("/no/such/folder"),
            &["/no/such/folder", "working folder"],
        ),
        (vec!["true", "a\0b"], None, &["NUL"]),
    ] {
        let case = Case::new();
        let mut spec = case.script("");
        spec.program = Program::Argv(argv.iter().map(|argument| (*argument).to_owned()).collect());
        spec.cwd = cwd.map_or(spec.cwd, Into::into);
        let result = case.run(spec);
        let failure = result.failure().unwrap();
        assert_eq!(failure.class, FailureClass::Spawn);
        words.iter().for_each(|word| {
            assert!(
                failure.message.contains(word),
                "{word}: {}",
                failure.message
            )
        });
    }
}

fn the_environment_and_streams_are_clean() {
    let case = Case::new();
    let mut spec = case.script(
        "env | grep -v -e ^PWD= -e ^SHLVL= -e ^_= | sort; readlink /proc/self/fd/0; ls /proc/self/fd | tr '\\n' ' '
         grep -e SigBlk -e SigIgn /proc/self/status",
    );
    spec.env.push(("WITH".into(), "a=b\nc".into()));
    let result = case.run(spec);
    let here = case.root.path().display().to_string();
    let expected = [
        format!("HERE={here}"),
        format!("OFFSHOOT_ATTEMPT={}", case.cookie),
        "PATH=/usr/local/bin:/usr/bin:/bin".into(),
        "WITH=a=b".into(),
        "c".into(),
        "/dev/null".into(),
        // 3 is the folder that `ls` reads.
        "0 1 2 3 SigBlk: 0000000000000000".into(),
        "SigIgn: 0000000000000000".into(),
    ];
    let mut lines = result.last_lines;
    lines.sort();
    let mut expected = expected.to_vec();
    expected.sort();
    assert_eq!(lines, expected);
}

fn secrets_reach_the_agent_and_no_file() {
    let case = Case::new();
    let secret = "s3cret-value-42";
    let mut spec = case.script(
        "test \"$TOKEN\" = s3cret-value-\"42\"; echo \"the token is $TOKEN\"
         printf s3cret-; printf value-; echo 42; echo \"$TOKEN\" >&2; echo \"$OTHER\"",
    );
    spec.secrets = vec!["TOKEN".into(), "OTHER".into()];
    // What the script spells out is hidden in the log as well, whoever wrote it.
    spec.program = match spec.program {
        Program::Shell(script) => {
            Program::Shell(script.replace("s3cret-value-\"42\"", "s3cret-value\"-42\""))
        }
        other => other,
    };
    let launched = case.launch_with(spec, &[("TOKEN", secret), ("OTHER", "")]);
    let result = case.result(&launched);
    assert_eq!(
        result.outcome,
        Outcome::Exited { code: 0 },
        "{:?}",
        result.last_lines
    );
    assert!(
        result
            .last_lines
            .iter()
            .any(|line| line == "the token is ***************"),
        "{:?}",
        result.last_lines
    );
    for (name, content) in files(&case.dir()) {
        assert!(
            !String::from_utf8_lossy(&content).contains(secret),
            "{name}"
        );
    }
}

fn a_missing_secret_fails_the_start() {
    let case = Case::new();
    let mut spec = case.script("touch \"$HERE/ran\"");
    spec.secrets = vec!["TOKEN".into()];
    let failure = case.run(spec).failure().unwrap();
    assert_eq!(failure.class, FailureClass::Spawn);
    assert!(
        failure.message.contains("secret TOKEN"),
        "{}",
        failure.message
    );
    assert!(!case.file("ran").exists());
}
