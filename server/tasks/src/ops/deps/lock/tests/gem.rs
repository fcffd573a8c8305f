//! `Gemfile.lock`.

use super::super::Kind;
use super::{alone, check, parse};

#[test]
fn gems() {
    check(
        Kind::Gem,
        GEMS,
        &[
            "nokogiri 1.15.0:13 > racc",
            "racc 1.7.0:17",
            "*rails 7.0.4:18 > nokogiri",
        ],
        &[(5, "`forked`")],
    );
    let parsed = parse(Kind::Gem, GEMS);
    assert_eq!(parsed.packages[1].hashes.len(), 1);
    assert!(Kind::Gem.parse("<html>\n", &alone).is_err());
}

pub(super) const GEMS: &str = r##"GIT
  remote: https://example.org/forked.git
  revision: abc
  specs:
    forked (0.1.0)

PATH
  remote: .
  specs:

GEM
  remote: https://rubygems.org/
    nokogiri (1.15.0)
      racc (~> 1.4)
    nokogiri (1.15.0-x86_64-linux)
      racc (~> 1.4)
    racc (1.7.0)
    rails (7.0.4)
      nokogiri (>= 1.6)

PLATFORMS
  ruby

DEPENDENCIES
  forked!
  rails (~> 7.0)

CHECKSUMS
  racc (1.7.0) sha256=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb

BUNDLED WITH
   2.4.0
"##;
