//! What is run: values, retries, limits, and what the watcher answers.

use super::*;

#[test]
fn the_agent_of_the_guide_does_a_workflow() {
    let sandbox = sandbox!();
    sandbox.user_settings(SETTINGS);
    sandbox.script("my-agent", AGENT);
    let repo = repo(&sandbox, GUIDE);
    let watcher = watch(&repo);
    let run = id(&repo.detach(&["w.yaml"]));
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    for name in ["plan", "build"] {
        assert_eq!(step(&end, name)["backend"], "file", "{end:#}");
    }
    let branch = text(&end, "result_branch");
    assert_eq!(repo.show(branch, "out.md"), "@analyst plan\n");
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
    process::signal(watcher.pid(), nix::sys::signal::Signal::SIGINT);
    let output = watcher.wait().expect_code(0);
    assert!(output.stdout.contains("completed"), "{output}");
    assert!(!output.stdout.contains("sesame"), "{output}");
}

#[test]
fn a_command_gets_each_value_as_one_word() {
    let sandbox = sandbox!();
    let agents = agents(
        &[
            "printf '%s\\n' {command} \"<{step_id}>\" '{workflow_id}' $EXTRA ${PROJECT_ROOT} \"$GITHUB_REPO\" > got.txt",
            "printf '%s' \"$TOKEN\" | tr a-z A-Z > token.txt; echo $TOKEN",
        ],
        "    environment: [\"EXTRA={step_id}-x\", TOKEN]\n    output: {location: .tapps-agents/reports}\n",
    );
    let repo = repo(&sandbox, &agents);
    repo.git(&["remote", "add", "origin", "git@forge.example:ada/shop.git"]);
    let nasty = "@a b --c \"$(touch hacked); `touch hacked`\" 'x' \\ * ; touch hacked\nline";
    leave(&repo.path, "n1", nasty);
    let output = repo
        .call(&[])
        .env("TOKEN", "sesame")
        .args(&["agent", "watch", "--once"])
        .run()
        .expect_code(0);
    let root = repo.path.display();
    let got = repo.read("got.txt");
    assert_eq!(got, format!("{nasty}\n<s>\nw\ns-x\n{root}\nada/shop\n"));
    assert!(!repo.path.join("hacked").exists());
    assert_eq!(repo.read("token.txt"), "SESAME");
    assert!(!output.stdout.contains("sesame"), "{output}");
    let answer = status(&repo.path).expect("a status");
    assert_eq!(answer["status"], "completed");
    assert_eq!(answer["execution_id"], "n1");
    let reports = support::tree::files(&repo.path.join(".tapps-agents/reports"), &|_| true);
    let report: Value = serde_json::from_str(
        &repo.read(&format!(".tapps-agents/reports/{}", reports[0].display())),
    )
    .expect("a report");
    assert_eq!(report["status"], "completed");
    assert_eq!(report["commands"].as_array().map(Vec::len), Some(2));
    assert!(!report.to_string().contains("sesame"), "{report}");
}

#[test]
fn failures_are_tried_again_and_then_answered() {
    let sandbox = sandbox!();
    let agents = agents(
        &[
            "echo x >> count.txt; test $(wc -l < count.txt) -ge 2",
            "echo said; exit 3",
        ],
        "    retry_count: 1\n",
    );
    let repo = repo(&sandbox, &agents);
    leave(&repo.path, "n1", "@a b");
    let events = once(&repo, 1);
    assert_eq!(
        kinds(&events),
        [
            "taken",
            "started",
            "attempt",
            "started",
            "attempt_completed",
            "started",
            "attempt",
            "started",
            "attempt",
            "ended"
        ]
    );
    let answer = status(&repo.path).expect("a status");
    assert_eq!(answer["status"], "failed");
    assert_eq!(
        answer["error"]["message"],
        "`echo said; exit 3` ended with status 3: said"
    );
}

#[test]
fn a_command_that_takes_too_long_is_ended_with_all_it_started() {
    let sandbox = sandbox!();
    let repo = repo(
        &sandbox,
        &agents(
            &["setsid sleep 1000 & echo $! > pid.txt; sleep 1000"],
            "    timeout_seconds: 1\n",
        ),
    );
    leave(&repo.path, "n1", "@a b");
    once(&repo, 1);
    let answer = status(&repo.path).expect("a status");
    assert_eq!(answer["status"], "timeout", "{answer:#}");
    let pid: i32 = repo.read("pid.txt").trim().parse().expect("a number");
    assert!(!process::alive(pid));
}

#[test]
fn spellings_of_tapps_agents_work_in_the_middle_of_a_command() {
    let sandbox = sandbox!();
    sandbox.user_settings(SETTINGS);
    sandbox.script("my-agent", AGENT);
    let agents = agents(
        &[
            "cd \"${PROJECT_ROOT}\" && TAPPS_AGENTS_MODE=cursor python3 -m tapps_agents.cli cursor-invoke \"{command}\" >> \"$HOME/said\" 2>&1 && echo after >> \"$HOME/said\"",
        ],
        "    environment: [MY_KEY]\n",
    );
    let repo = repo(&sandbox, &agents);
    leave(&repo.path, "n1", "@analyst plan");
    let call = repo.call(&[]).env("MY_KEY", "sesame");
    call.args(&["agent", "watch", "--once"])
        .run()
        .expect_code(0);
    assert_eq!(repo.read("plan.md"), "@analyst plan\n");
    let said = std::fs::read_to_string(sandbox.path("home/said")).expect("said");
    assert!(
        said.contains("completed") && said.ends_with("after\n"),
        "{said}"
    );
    let answer = status(&repo.path).expect("a status");
    assert_eq!(
        (text(&answer, "status"), text(&answer, "execution_id")),
        ("completed", "n1")
    );
}

#[test]
fn values_are_one_word_in_quotes_within_quotes() {
    let sandbox = sandbox!();
    let agents = agents(
        &[
            "# don't split\nprintf '<%s>\\n' \"$(printf '[%s]' \"{command}\")\" > got.txt\ncat >> got.txt <<END\nit's {command}\nEND",
        ],
        "    environment: [\"PATH=${PROJECT_ROOT}/bin:${PATH}\", \"LEFT=${NOBODY_HAS_THIS}\"]\n",
    );
    let repo = repo(&sandbox, &agents);
    leave(&repo.path, "n1", "@a  *  $(touch hacked) \"b\"");
    once(&repo, 0);
    let command = "@a  *  $(touch hacked) \"b\"";
    assert_eq!(
        repo.read("got.txt"),
        format!("<[{command}]>\nit's {command}\n")
    );
    assert!(!repo.path.join("hacked").exists());
}

#[test]
fn a_folder_that_is_not_there_is_said() {
    let sandbox = sandbox!();
    let repo = repo(
        &sandbox,
        &agents(
            &["true"],
            "    working_directory: ${PROJECT_ROOT}/nowhere\n",
        ),
    );
    leave(&repo.path, "n1", "@a b");
    once(&repo, 1);
    let answer = status(&repo.path).expect("a status");
    let message = text(&answer["error"], "message");
    assert!(message.contains("nowhere"), "{answer:#}");
    assert_eq!(answer["error"]["retryable"], false, "{answer:#}");
}

#[test]
fn every_placeholder_has_its_value() {
    let sandbox = sandbox!();
    let names = [
        "command",
        "prompt",
        "command_file_path",
        "command_file",
        "worktree",
        "workflow_id",
        "run_id",
        "step_id",
    ];
    let lines = names.map(|name| format!("echo {name}={{{name}}} >> got.txt"));
    // As a value of a variable, too.
    let variables = names.map(|name| format!("\"V_{name}={{{name}}}\""));
    let commands: Vec<&str> = lines.iter().map(String::as_str).collect();
    let more = format!("    environment: [{}]\n", variables.join(", "));
    let all = [
        &commands[..],
        &["env | grep ^V_ | sed s/^V_// | sort > variables.txt"],
    ]
    .concat();
    let repo = repo(&sandbox, &agents(&all, &more));
    let file = repo.path.join(".cursor/.cursor-skill-command.txt");
    let command = serde_json::json!({"command": "@a b", "prompt": "do it", "execution_id": "n1", "workflow_id": "w", "run_id": "w-1", "step_id": "s"});
    support::tree::put(&file, &command.to_string());
    once(&repo, 0);
    let (root, file) = (repo.path.display(), file.display());
    let expected = [
        "command=@a b".to_owned(),
        "prompt=do it".to_owned(),
        format!("command_file_path={file}"),
        format!("command_file={file}"),
        format!("worktree={root}"),
        "workflow_id=w".to_owned(),
        "run_id=w-1".to_owned(),
        "step_id=s".to_owned(),
    ];
    assert_eq!(repo.read("got.txt").lines().collect::<Vec<_>>(), expected);
    let mut sorted = expected.to_vec();
    sorted.sort();
    let mut variables: Vec<String> = repo
        .read("variables.txt")
        .lines()
        .map(str::to_owned)
        .collect();
    variables.sort();
    assert_eq!(variables, sorted);
}
