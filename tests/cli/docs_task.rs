//! `task docs`: coverage, pages, the reference, `llms.txt`.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use support::run::{id, step, text};
use support::{LIMIT, Repo, Sandbox, sandbox, wait_until};

fn repo(sandbox: &Sandbox) -> Repo<'_> {
    sandbox.repo(&[
        (
            "README.md",
            "# Counter\n\nCounts é things.\n\n[the guide](docs/guide.md#first) [gone](docs/gone.md)\n\n```sh\nmake count\nmake gone\n```\n",
        ),
        ("docs/guide.md", "# Guide\n\n## First\n\n```json\n{\"a\": }\n```\n"),
        ("Makefile", "count:\n\techo 1\n"),
        ("src/lib.rs", "//! Counts.\n\n/// Counts up.\npub fn up() {}\n\npub fn down() {}\n"),
        (
            "app/count.py",
            "\"\"\"Counts, too.\"\"\"\n\ndef count(things):\n    \"\"\"Counts.\n\n    :param thing: what\n    \"\"\"\n",
        ),
        ("w.yaml", "steps:\n  - id: docs\n    run: offshoot task docs\n    creates: [reports/docs/coverage.json]\n"),
    ])
}

fn codes(artifact: &Value) -> Vec<String> {
    let findings = artifact["findings"].as_array().expect("findings").iter();
    findings
        .map(|one| {
            format!(
                "{}:{}:{} {}",
                text(one, "path"),
                one["line"],
                one["column"],
                text(one, "code")
            )
        })
        .collect()
}

const FOUND: [&str; 6] = [
    "README.md:5:41 broken-link",
    "README.md:9:6 unknown-command",
    "app/count.py:3:5 missing-parameter",
    "app/count.py:6:12 unknown-parameter",
    "docs/guide.md:6:1 unparsable-code",
    "src/lib.rs:6:8 undocumented",
];

#[test]
fn documentation_is_looked_through_and_a_reference_made() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let output = repo.call(&["--json", "task", "docs"]).run().expect_code(0);
    let artifact = output.json();
    support::schema::assert_document("artifact-documentation", &artifact);
    assert_eq!(artifact["status"], "completed", "{artifact:#}");
    assert_eq!(codes(&artifact), FOUND);
    assert_eq!(
        artifact["totals"],
        serde_json::json!({"public": 4, "documented": 3, "percent": 75.0})
    );
    let report = repo.read("reports/docs/coverage.json");
    assert_eq!(
        serde_json::from_str::<Value>(&report).expect("JSON"),
        artifact
    );
    assert!(
        repo.read("reports/docs/coverage.md")
            .contains("3 of 4 public items")
    );
    assert!(repo.read("docs/api/src/lib.rs.md").contains("pub fn up()"));
    assert!(
        repo.read("llms.txt")
            .starts_with("# Counter\n\n> Counts é things.\n")
    );
    // The same input gives the same bytes, and what was made is no input.
    let index = repo.read("docs/api/README.md");
    let human = repo.call(&["task", "docs"]).run().expect_code(0);
    assert_eq!(
        (
            repo.read("reports/docs/coverage.json"),
            repo.read("docs/api/README.md")
        ),
        (report, index)
    );
    assert!(human.stdout.contains("README.md:5"), "{human}");
    assert!(
        human
            .stdout
            .contains("6 findings, 3 of 4 public items documented, in reports/docs/coverage.json"),
        "{human}"
    );
}

#[test]
fn a_part_is_reported_on_and_only_reports_are_written() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let output = repo
        .call(&["--json", "task", "docs", "src/lib.rs", "--check"])
        .run()
        .expect_code(0);
    assert_eq!(codes(&output.json()), &FOUND[5..]);
    assert!(!repo.path.join("llms.txt").exists() && !repo.path.join("docs/api").exists());
    repo.call(&["task", "docs", "--check", "--strict"])
        .run()
        .expect_code(1);
    repo.call(&["task", "docs", "src", "--check", "--strict"])
        .run()
        .expect_code(0);
    let missing = repo.call(&["task", "docs", "nowhere"]).run().expect_code(2);
    assert!(missing.stderr.contains("nowhere"), "{missing}");
    repo.call(&["task", "docs", "--timeout", "0"])
        .run()
        .expect_code(1);
    let report: Value =
        serde_json::from_str(&repo.read("reports/docs/coverage.json")).expect("JSON");
    assert_eq!(report["status"], "timeout");
}

#[test]
fn what_is_kept_for_the_next_time_lies_with_the_user_and_may_be_lost() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let run = || {
        repo.call(&["task", "docs"]).run().expect_code(0);
        repo.read("reports/docs/coverage.json")
    };
    let first = run();
    let kept = sandbox.state().join("kept/docs");
    let files: Vec<_> = std::fs::read_dir(&kept).expect("the folder").collect();
    assert_eq!(files.len(), 1);
    let file = files[0].as_ref().expect("a file").path();
    for broken in ["", "{", "{\"version\":\"0\",\"records\":[]}"] {
        let mut file = std::fs::File::create(&file).expect("the file");
        file.write_all(broken.as_bytes()).expect("the file");
        assert_eq!(run(), first);
    }
    let changed = repo.git(&["status", "--porcelain", "--untracked-files=all"]);
    let foreign = |line: &&str| {
        !["docs/api/", "reports/docs/", "llms.txt"]
            .iter()
            .any(|own| line.contains(own))
    };
    assert_eq!(changed.lines().find(foreign), None, "{changed}");
}

#[test]
fn as_a_step_its_findings_are_those_of_the_run() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let program = sandbox.program().display().to_string();
    sandbox.script("offshoot", &format!("exec {program} \"$@\""));
    let run = id(&repo.detach(&["w.yaml"]));
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    let findings = step(&end, "docs")["finding_list"]
        .as_array()
        .expect("findings")
        .clone();
    let found = findings
        .iter()
        .find(|one| one["path"] == "src/lib.rs")
        .expect("the finding");
    assert_eq!(
        (&found["line"], &found["source"]),
        (&6.into(), &"documentation".into())
    );
    wait_until("the daemon to end", LIMIT, || {
        (sandbox.offshoot(&["background", "stop"]).code == 0).then_some(())
    });
}

/// What it says of the servers that links lead to, by way of a proxy.
fn outside(proxy: &str) -> (i32, Value) {
    let sandbox = sandbox!();
    let page = "[a](http://one.dev/) [b](http://two.dev/gone) [c](http://three.dev/a) [d](http://three.dev/b)\n";
    let repo = sandbox.repo(&[("README.md", page), ("a.py", "def a():\n    pass\n")]);
    let call = repo.call(&["--json", "task", "docs", "--links", "--check"]);
    let output = call.env("HTTP_PROXY", proxy).env("http_proxy", proxy).run();
    let artifact = output.json();
    support::schema::assert_document("artifact-documentation", &artifact);
    sandbox.finish();
    (output.code, artifact)
}

/// A proxy that has an answer for each server; it ends with the test.
fn proxy() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream));
        }
    });
    format!("http://{address}")
}

/// In a tunnel, or asked with the whole address.
fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    loop {
        let mut head = String::new();
        for line in lines.by_ref() {
            match line? {
                line if line.is_empty() => break,
                line => head = head + &line + "\n",
            }
        }
        if head.is_empty() {
            return Ok(());
        }
        let status = match &head {
            head if head.starts_with("CONNECT") => {
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
                continue;
            }
            head if head.contains("/gone") => "404 Not Found",
            _ => "200 OK",
        };
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        stream.write_all(answer.as_bytes())?;
    }
}

#[test]
fn links_outside_are_asked_for_and_no_answer_at_all_is_a_failure() {
    let (code, artifact) = outside(&proxy());
    assert_eq!(
        (code, &artifact["status"]),
        (0, &"completed".into()),
        "{artifact:#}"
    );
    assert_eq!(artifact["links_asked"], 4, "{artifact:#}");
    let links: Vec<String> = codes(&artifact);
    assert!(
        links.contains(&"README.md:1:26 dead-link".to_owned()),
        "{links:?}"
    );
    assert_eq!(links.len(), 3, "{links:?}");
    // A port that nobody listens at: it is the network that is wrong, and not each of the links.
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = closed.local_addr().expect("an address");
    drop(closed);
    let (code, artifact) = outside(&format!("http://{address}"));
    assert_eq!(
        (code, &artifact["status"]),
        (1, &"failed".into()),
        "{artifact:#}"
    );
    let why = text(&artifact, "error");
    assert!(
        why.contains("no server that links lead to could be reached"),
        "{why}"
    );
    let links = codes(&artifact);
    assert!(
        !links.iter().any(|link| link.contains("-link")),
        "{links:?}"
    );
    // What was found without the network is there.
    assert!(
        links.iter().any(|link| link == "a.py:1:5 undocumented"),
        "{links:?}"
    );
}
