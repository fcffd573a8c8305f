//! The task as a whole: what it leaves, the second time, what is not its own, and ends at any moment.

use super::bed::Bed;
use super::{ARTIFACT, Cache, Forgetful, Means, Options, run};
use crate::ground::Stop;
use crate::web::{Answer, Offline, Request, Unanswered, Web};
use artifact::Artifact;
use proptest::prelude::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Default)]
struct Memory(Mutex<Vec<u8>>, AtomicUsize);

impl Cache for Memory {
    fn load(&self) -> Option<Vec<u8>> {
        self.0.lock().ok().map(|kept| kept.clone())
    }

    fn store(&self, bytes: &[u8]) {
        self.1.fetch_add(1, Ordering::Relaxed);
        *self.0.lock().expect("the memory") = bytes.to_owned();
    }
}

const FILES: [(&str, &str); 7] = [
    (
        "README.md",
        "# Things\n\nCounts things. Well.\n\n[a](src/lib.rs) [b](gone.md)\n\n```sh\nmake gone\n```\n",
    ),
    ("Makefile", "all:\n"),
    (
        "src/lib.rs",
        "//! The library.\n\n/// One.\npub fn one() {}\npub fn two() {}\n",
    ),
    (
        "src/app.py",
        "def a(b):\n    \"\"\"A.\n\n    Args:\n        c: no.\n    \"\"\"\n",
    ),
    ("tests/it.rs", "pub fn helper() {}\n"),
    ("vendor/x.go", "package x\nfunc X() {}\n"),
    ("docs/guide.md", "# Guide\n\nHow to.\n"),
];

fn codes(artifact: &Artifact) -> Vec<String> {
    let told = artifact.findings.iter().map(|finding| {
        format!(
            "{} {}",
            finding.path.as_deref().unwrap_or_default(),
            finding.code
        )
    });
    told.collect()
}

const EXPECTED: [&str; 6] = [
    "README.md broken-link",
    "README.md unknown-command",
    "src/app.py undocumented",
    "src/app.py missing-parameter",
    "src/app.py unknown-parameter",
    "src/lib.rs undocumented",
];

#[test]
fn it_leaves_an_artifact_a_reference_and_an_index() {
    let bed = Bed::new(&FILES);
    let artifact = bed.run(&Forgetful, &Options::default());
    assert_eq!(artifact.status, "completed");
    assert_eq!(codes(&artifact), EXPECTED);
    assert_eq!(
        artifact.other["totals"],
        serde_json::json!({"public": 4, "documented": 2, "percent": 50.0})
    );
    assert!(
        bed.read("docs/api/src/lib.rs.md")
            .contains("## function `one`")
    );
    assert_eq!(
        bed.read("llms.txt"),
        "# Things\n\n> Counts things.\n\n## Docs\n\n- [Things](README.md): Counts things.\n\
         - [Guide](docs/guide.md): How to.\n\n## API reference\n\n\
         - [src/app.py](docs/api/src/app.py.md)\n- [src/lib.rs](docs/api/src/lib.rs.md): The library.\n\n\
         <!-- offshoot task docs: made from the repository; changes are lost -->\n"
    );
    let page = bed.read("reports/docs/coverage.md");
    assert!(
        page.contains("2 of 4 public items are documented (50 %)."),
        "{page}"
    );
}

#[test]
fn the_same_input_gives_the_same_bytes_with_and_without_a_cache() {
    let bed = Bed::new(&FILES);
    let memory = Memory::default();
    bed.run(&memory, &Options::default());
    let first = bed.all();
    assert_eq!(memory.1.load(Ordering::Relaxed), 1);
    bed.run(&memory, &Options::default());
    assert_eq!(bed.all(), first);
    assert_eq!(
        memory.1.load(Ordering::Relaxed),
        1,
        "nothing changed, nothing is kept anew"
    );
    bed.run(&Forgetful, &Options::default());
    assert_eq!(bed.all(), first);
}

#[test]
fn what_changed_is_read_again_and_broken_memory_is_none() {
    let bed = Bed::new(&FILES);
    let memory = Memory::default();
    bed.run(&memory, &Options::default());
    bed.put("src/lib.rs", "/// One.\npub fn one() {}\n");
    let again = bed.run(&memory, &Options::default());
    assert_eq!(codes(&again), &EXPECTED[..5]);
    *memory.0.lock().expect("the memory") = b"{\"version\": 1".to_vec();
    assert_eq!(bed.run(&memory, &Options::default()), again);
    assert_eq!(bed.run(&memory, &Options::default()), again);
}

#[test]
fn pages_go_with_their_sources_and_files_of_others_stay() {
    let bed = Bed::new(&FILES);
    bed.put("docs/api/src/app.py.md", "mine\n");
    bed.put("docs/api/notes.md", "mine too\n");
    bed.put("llms.txt", "# Mine\n");
    let artifact = bed.run(&Forgetful, &Options::default());
    let foreign = [
        "docs/api/src/app.py.md foreign-page",
        "llms.txt foreign-page",
    ];
    assert!(
        foreign
            .iter()
            .all(|told| codes(&artifact).iter().any(|code| code == told)),
        "{artifact:#?}"
    );
    bed.remove("src/lib.rs");
    bed.run(&Forgetful, &Options::default());
    assert_eq!(bed.read("docs/api/src/lib.rs.md"), "");
    assert_eq!(bed.read("docs/api/src/app.py.md"), "mine\n");
    assert_eq!(bed.read("docs/api/notes.md"), "mine too\n");
    assert_eq!(bed.read("llms.txt"), "# Mine\n");
    bed.remove("docs/api/src/app.py.md");
    bed.remove("src/app.py");
    bed.put(
        "docs/api/src/x.rs.md",
        "<!-- offshoot task docs: made from src/x.rs; changes are lost -->\n",
    );
    bed.run(&Forgetful, &Options::default());
    assert!(
        !bed.folder.path().join("docs/api/src").exists(),
        "an empty folder goes"
    );
}

#[test]
fn nothing_is_written_through_a_link() {
    let bed = Bed::new(&FILES);
    let outside = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(outside.path(), bed.folder.path().join("docs/api")).expect("a link");
    run(
        &bed,
        Means {
            cache: &Forgetful,
            web: &Offline,
        },
        &Options::default(),
    )
    .expect("an artifact");
    assert_eq!(
        std::fs::read_dir(outside.path())
            .expect("the folder")
            .count(),
        0
    );
}

#[test]
fn it_can_be_held_to_a_part_and_to_the_report() {
    let bed = Bed::new(&FILES);
    let options = Options {
        within: Some("src".to_owned()),
        check: true,
        links: false,
    };
    let artifact = bed.run(&Forgetful, &options);
    assert_eq!(codes(&artifact), &EXPECTED[2..]);
    assert_eq!(
        (
            bed.read("llms.txt").as_str(),
            bed.folder.path().join("docs/api").exists()
        ),
        ("", false)
    );
}

/// Servers.
struct Servers(Mutex<Vec<String>>);

impl Web for Servers {
    fn ask(&self, request: &Request) -> Result<Answer, Unanswered> {
        self.0.lock().expect("the list").push(request.url.clone());
        let (status, location) = match request.url.as_str() {
            "https://docs.rs/gone" => (404, None),
            "https://docs.rs/moved" => (301, Some("/there")),
            "https://docs.rs/home" => (302, Some("http://localhost/secret")),
            "https://docs.rs/busy" => (429, None),
            "https://nobody.dev/" => return Err(Unanswered::Failed("no such name".to_owned())),
            _ => (200, None),
        };
        let headers = location.map(|to| ("location".to_owned(), to.to_owned()));
        Ok(Answer {
            status,
            headers: headers.into_iter().collect(),
            body: Vec::new(),
        })
    }
}

#[test]
fn outside_links_are_asked_for_when_wanted() {
    let bed = Bed::new(&[(
        "README.md",
        "[a](https://docs.rs/gone#x) [b](https://docs.rs/moved) [c](https://docs.rs/home) <https://docs.rs/busy>\n\
         [d](https://nobody.dev/) [e](http://localhost:80/) [f](http://10.0.0.1/) [g](https://example.com/x)\n\
         [h](https://docs.rs/fine) [i](https://docs.rs/fine#part) [j](http://x.internal/) [k](http://0x7f.1/)\n",
    )]);
    let servers = Servers(Mutex::default());
    let options = Options {
        links: true,
        ..Options::default()
    };
    let means = Means {
        cache: &Forgetful,
        web: &servers,
    };
    let artifact = run(&bed, means, &options).expect("an artifact");
    assert_eq!(
        codes(&artifact),
        ["README.md dead-link", "README.md unreachable-link"]
    );
    let mut asked = servers.0.into_inner().expect("the list");
    asked.sort();
    assert_eq!(
        asked,
        [
            "https://docs.rs/busy",
            "https://docs.rs/fine",
            "https://docs.rs/gone",
            "https://docs.rs/home",
            "https://docs.rs/moved",
            "https://docs.rs/there",
            "https://nobody.dev/",
        ]
    );
    assert_eq!(
        (
            &artifact.other["links_asked"],
            &artifact.other["links_left_out"]
        ),
        (&4.into(), &2.into())
    );
    let offline = bed.run(&Forgetful, &options);
    assert_eq!(offline.status, "failed", "{offline:#?}");
}

#[test]
fn more_than_an_artifact_holds_leaves_out_what_is_only_worth_knowing() {
    let many: String = (0..artifact::MOST + 5)
        .map(|n| format!("pub fn f{n}() {{}}\n"))
        .collect();
    let bed = Bed::new(&[("a.rs", &many), ("z.md", "[a](gone.md)\n")]);
    let artifact = bed.run(&Forgetful, &Options::default());
    assert_eq!(artifact.findings.len(), artifact::MOST);
    assert_eq!(artifact.other["findings_left_out"], 6);
    assert!(
        codes(&artifact)
            .iter()
            .any(|code| code == "z.md broken-link")
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn an_end_at_any_moment_leaves_what_was_done(last in 0_usize..14, timed_out: bool) {
        let mut bed = Bed::new(&FILES);
        bed.last = last;
        bed.stop = if timed_out { Stop::TimedOut } else { Stop::Cancelled };
        let memory = Memory::default();
        let artifact = bed.run(&memory, &Options::default());
        let asked = bed.questions.load(Ordering::Relaxed);
        let word = match (asked > last, timed_out) {
            (false, _) => "completed",
            (true, true) => "timeout",
            (true, false) => "cancelled",
        };
        prop_assert_eq!(&artifact.status, word);
        let text = bed.read(ARTIFACT);
        prop_assert_eq!(artifact.to_json().expect("JSON"), text.as_str());
        let read = artifact::read(text.as_bytes(), &[]);
        prop_assert!(read.is_ok(), "{:?}", read.err());
        for told in codes(&artifact) {
            prop_assert!(EXPECTED.contains(&told.as_str()), "{}", told);
        }
        // The next time all of it is done, from what is left.
        bed.last = usize::MAX;
        prop_assert_eq!(codes(&bed.run(&memory, &Options::default())), EXPECTED);
    }

    #[test]
    fn no_page_makes_it_panic(text in "([\\[\\]()`#<>!\\-\\*_\\\\ \"'a-zé\n]|```sh\n|```json\n|\\$ |https://|<a id=\"x\">){0,60}") {
        let bed = Bed::new(&[("README.md", &text)]);
        prop_assert_eq!(bed.run(&Forgetful, &Options::default()).status, "completed");
    }
}
