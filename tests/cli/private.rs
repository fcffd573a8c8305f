//! What is private stays where it is: no secret, no person and no place of the machine is in what the built-in tasks
//! write or print, nor in what is kept and logged.

use support::{Repo, Sandbox, sandbox};

/// Made here, so that no file of this repository holds anything that looks like a secret.
fn token(number: u64) -> String {
    let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut state = 4_711 + number;
    let random = (0..36).map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(letters[(state >> 33) as usize % letters.len()])
    });
    format!("ghp_{}", random.collect::<String>())
}

const PERSON: [&str; 2] = ["Jane Doe-Private", "jane.private@corp.dev"];

/// Secrets wherever a source can have one, each another; `@` stands for one.
const FILES: &[(&str, &str)] = &[
    (
        "src/lib.rs",
        "//! Of @.\n\n/// Says @.\npub const KEY: &str = \"@\";\n",
    ),
    (
        "src/a.py",
        "\"\"\"Of @.\"\"\"\nKEY = \"@\"\ndef f(token=\"@\"):\n    \"\"\"Uses @.\"\"\"\n",
    ),
    (
        "src/a.ts",
        "/** Of @. */\nexport function f(t: string = \"@\"): void {}\n",
    ),
    (
        "src/a.js",
        "/** Of @.\n * @param {string} @ what */\nexport const key = \"@\";\n",
    ),
    (
        "src/a.go",
        "// Package a has @.\npackage a\n\nconst Key = \"@\"\n",
    ),
    (
        "src/A.java",
        "/** Of @. */\npublic class A {\n  public static final String KEY = \"@\";\n}\n",
    ),
    (
        "README.md",
        "# Of @\n\nAbout @. [@](@.md) <https://u:@host.dev/@>\n\n```sh\nnpm run @\nmake @\n```\n",
    ),
    (
        "package.json",
        "{\"name\": \"x\", \"scripts\": {\"a\": \"echo @\"}}\n",
    ),
    (
        "requirements.txt",
        "fastapi\n--index-url https://u:@@host.dev/\n",
    ),
    ("Dockerfile", "FROM debian\nENV TOKEN=@\nRUN echo @\n"),
    (
        ".github/workflows/a.yml",
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo @\n        env: {TOKEN: @}\n",
    ),
    (
        "k8s.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {token: \"@\"}\n",
    ),
];

fn repo(sandbox: &Sandbox) -> (Repo<'_>, Vec<String>) {
    let mut tokens = Vec::new();
    let mut files: Vec<(&str, String)> = Vec::new();
    for (path, text) in FILES {
        let mut parts = text.split('@');
        let mut made = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            // A tag of a comment is none.
            if part.starts_with("param") || part.starts_with("host") {
                made = made + "@" + part;
                continue;
            }
            let token = token(tokens.len() as u64);
            made = made + &token + part;
            tokens.push(token);
        }
        files.push((path, made));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (*path, text.as_str()))
        .collect();
    let repo = sandbox.repo(&[("first", "")]);
    repo.git(&["config", "user.name", PERSON[0]]);
    repo.git(&["config", "user.email", PERSON[1]]);
    repo.commit("all of it", &files);
    (repo, tokens)
}

#[test]
fn no_secret_no_person_and_no_place_is_told() {
    let sandbox = sandbox!();
    let (repo, tokens) = repo(&sandbox);
    assert!(tokens.len() > 25, "{}", tokens.len());
    let mut told: Vec<(String, String)> = Vec::new();
    for words in [
        "docs",
        "ops scan --history HEAD",
        "ops",
        "context",
        "context warm --dry-run",
    ] {
        for more in [&[][..], &["--json"]] {
            let mut args: Vec<&str> = more.to_vec();
            args.push("task");
            args.extend(words.split(' '));
            let output = repo.call(&args).run();
            told.push((format!("{args:?}"), output.stdout + &output.stderr));
        }
    }
    repo.json(&[
        "background",
        "submit",
        "--agent",
        "ops",
        "--task",
        "all",
        "--wait",
    ]);
    let folders = [
        repo.path.join("reports"),
        repo.path.join("docs/api"),
        sandbox.state(),
    ];
    for folder in folders {
        for path in support::tree::files(&folder, &|_| true) {
            let inside = path.to_string_lossy();
            // A worktree and what git keeps of it are the repository again; the journal keeps what was submitted.
            if inside.starts_with("worktrees/") && !inside.contains("/reports/") {
                continue;
            }
            let bytes = std::fs::read(folder.join(&path)).expect("a file");
            told.push((
                inside.into_owned(),
                String::from_utf8_lossy(&bytes).into_owned(),
            ));
        }
    }
    told.push(("llms.txt".to_owned(), repo.read("llms.txt")));
    assert!(told.len() > 25, "{}", told.len());
    for (place, text) in &told {
        for token in &tokens {
            assert!(!text.contains(token.as_str()), "{place} tells a secret");
        }
        for word in PERSON {
            assert!(!text.contains(word), "{place} tells of a person");
        }
    }
    let root = sandbox.path("").display().to_string();
    let root = root.trim_end_matches('/');
    for (place, text) in &told {
        let ours = place.starts_with('[')
            || place == "llms.txt"
            || place.contains("reports/")
            || place.ends_with(".md");
        assert!(
            !ours || !text.contains(root),
            "{place} tells of the machine: {text}"
        );
    }
    sandbox.finish();
}
