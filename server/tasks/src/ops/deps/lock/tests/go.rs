//! `go.mod` and `go.sum`.

use super::super::Kind;
use super::{alone, check, check_beside};

#[test]
fn go() {
    let sums = |name: &str| (name == "go.sum").then(|| GO_SUM.to_owned());
    check_beside(
        Kind::GoMod,
        GO_MOD,
        &sums,
        &[
            "*github.com/a/b 1.2.3:6",
            "golang.org/x/text 0.3.7:7",
            "*example.org/fork 1.0.1:8",
            "*github.com/one/line 0.1.0:12",
        ],
        &[(9, "`example.org/near` is replaced by a folder")],
    );
    check_beside(
        Kind::GoMod,
        "module m\ngo 1.16\nrequire github.com/a/b v1.2.3\n",
        &sums,
        &["*github.com/a/b 1.2.3:3", "golang.org/x/text 0.3.10:2"],
        &[(2, "before Go 1.17")],
    );
    check(
        Kind::GoSum,
        "no go sum\nexample.org/a v1.0.0\n",
        &["example.org/a 1.0.0:2"],
        &[(1, "there is no go.mod")],
    );
    check(
        Kind::GoSum,
        GO_SUM,
        &["github.com/a/b 1.2.3:1", "golang.org/x/text 0.3.10:4"],
        &[(1, "there is no go.mod")],
    );
}

#[test]
fn what_is_none_is_said_to_be_none() {
    assert!(Kind::GoMod.parse("<html>\n", &alone).is_err());
    assert!(Kind::GoSum.parse("<html>\n", &alone).is_err());
    check(Kind::GoSum, "", &[], &[(1, "there is no go.mod")]);
}

pub(super) const GO_MOD: &str = r##"module example.org/app

go 1.21

require (
	github.com/a/b v1.2.3
	golang.org/x/text v0.3.7 // indirect
	example.org/old v1.0.0
	example.org/near v1.0.0
)

require github.com/one/line v0.1.0

replace example.org/old v1.0.0 => example.org/fork v1.0.1
replace (
	example.org/near => ../near
)
"##;

pub(super) const GO_SUM: &str = r##"github.com/a/b v1.2.3 h1:AAAA=
github.com/a/b v1.2.3/go.mod h1:AAAA=
golang.org/x/text v0.3.7 h1:AAAA=
golang.org/x/text v0.3.10 h1:AAAA=
golang.org/x/tools v0.0.0-20180917221912-90fa682c2a6e/go.mod h1:AAAA=
"##;
