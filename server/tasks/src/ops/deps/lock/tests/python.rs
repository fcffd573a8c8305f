//! `requirements.txt`, `poetry.lock` and `uv.lock`.

use super::super::Kind;
use super::{alone, check, check_beside, parse, told};

#[test]
fn requirements() {
    let beside = |name: &str| match name {
        "more/dev.txt" => Some("-r ../requirements.txt\n-r more.txt\npytest==8.0\n".to_owned()),
        "more/more.txt" => Some("tox>=4\n".to_owned()),
        _ => None,
    };
    let parsed = Kind::Requirements.parse(REQUIREMENTS, &beside).unwrap();
    assert_eq!(
        told(&parsed),
        [
            "*requests 2.31.0:3",
            "*zope-interface 5.0:6",
            "*django 4.2.1:7",
            "*exact 1.0:8",
            "*pytest 8.0:3"
        ]
    );
    assert_eq!(parsed.packages[2].hashes.len(), 2);
    assert_eq!(parsed.packages[4].path, "more/dev.txt");
    let notes: Vec<_> = parsed
        .notes
        .iter()
        .map(|note| (note.line, note.text.as_str()))
        .collect();
    assert_eq!(
        notes,
        [
            (13, "an address or a folder is not looked up"),
            (14, "an address or a folder is not looked up"),
            (15, "an editable package is not looked up"),
            (16, "`constraints.txt` is not there to be read"),
            (
                0,
                "more/dev.txt:1: `../requirements.txt` is not there to be read"
            ),
            (18, "`gone.txt` is not there to be read"),
            (11, "`flask` is not pinned: it is not looked up"),
            (12, "`numpy` is not pinned: it is not looked up"),
            (
                0,
                "more/more.txt:1: `tox` is not pinned: it is not looked up"
            ),
            (
                20,
                "`wild` has a version that cannot be read: it is not looked up"
            ),
        ]
    );
}

#[test]
fn constraints_pin_what_is_asked_for_elsewhere() {
    let beside = |name: &str| {
        (name == "all.txt").then(|| "# all\nFlask==2.0\nunasked==1.0\nopen<3\n".to_owned())
    };
    check_beside(
        Kind::Requirements,
        "-c all.txt\n-c all.txt\nflask[async]>=1\nopen\npinned==3.0\n",
        &beside,
        &["*pinned 3.0:5", "*flask 2.0:3"],
        &[(4, "`open` is not pinned")],
    );
}

#[test]
fn groups_of_poetry_tell_what_is_for_development() {
    let text = "[[package]]\nname = \"a\"\nversion = \"1.0\"\ngroups = [\"main\", \"dev\"]\n\n\
                [[package]]\nname = \"b\"\nversion = \"1.0\"\ngroups = [\"dev\"]\n";
    let parsed = parse(Kind::Poetry, text);
    let development: Vec<bool> = parsed.packages.iter().map(|one| one.development).collect();
    assert_eq!(development, [false, true]);
}

#[test]
fn poetry_and_uv() {
    let project = |name: &str| {
        (name == "pyproject.toml")
            .then(|| "[tool.poetry.dependencies]\nRequests = \"*\"\n".to_owned())
    };
    check_beside(
        Kind::Poetry,
        POETRY,
        &project,
        &["*requests 2.31.0:2 > urllib3", "urllib3 1.26.0:14"],
        &[(21, "`own` does not come from PyPI")],
    );
    check(
        Kind::Uv,
        UV,
        &[
            "*requests 2.31.0:12 > urllib3",
            "urllib3 1.26.0:21",
            "*pytest 8.0.0:26",
        ],
        &[(31, "`forked` does not come from PyPI")],
    );
    for kind in [Kind::Poetry, Kind::Uv] {
        assert!(kind.parse("[[package]", &alone).is_err());
    }
}

pub(super) const REQUIREMENTS: &str = r##"# pinned
--index-url https://pypi.example.org/simple
requests[socks]==2.31.0  # with an extra


Zope.Interface == 5.0 ; python_version >= "3.8"
django==4.2.1 --hash=sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb --hash=sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd
exact===1.0 \
    --no-binary :all:

flask
numpy>=1.0,<2.0
here @ file:///somewhere
./folder/package
-e ./mine
-c constraints.txt
-r more/dev.txt
--requirement=gone.txt

wild==
"##;

pub(super) const POETRY: &str = r##"[[package]]
name = "requests"
version = "2.31.0"
files = [
    {file = "a.whl", hash = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
    {file = "a.tar.gz", hash = "sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"},
]

[package.dependencies]
urllib3 = {version = ">=1.21", optional = true}
idna = "*"

[[package]]
name = "urllib3"
version = "1.26.0"

[metadata]
lock-version = "2.0"

[[package]]
name = "own"
version = "0.1.0"
source = {type = "directory", url = "own"}
"##;

pub(super) const UV: &str = r##"version = 1

[[package]]
name = "app"
version = "0.1.0"
source = { editable = "." }
dependencies = [{ name = "requests" }]
[package.dev-dependencies]
dev = [{ name = "pytest" }]

[[package]]
name = "requests"
version = "2.31.0"
source = { registry = "https://pypi.org/simple" }
dependencies = [
    { name = "urllib3" },
]
sdist = { url = "https://files.example.org/r.tar.gz", hash = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", size = 1 }

[[package]]
name = "urllib3"
version = "1.26.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "pytest"
version = "8.0.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "forked"
version = "1.0"
source = { git = "https://example.org/forked" }
"##;
